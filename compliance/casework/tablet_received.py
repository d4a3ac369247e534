"""What a tablet sends, given to those who keep it: interviews and pay sheets leave only a digest among the entries."""

from collections.abc import Callable, Mapping, Sequence
from typing import TYPE_CHECKING, Any
from uuid import UUID

from compliance.casework import tablet_interviews, tablet_pay
from compliance.people.rules import Actor
from compliance.shared.problems import Problem
from compliance.visits import store as visits
from compliance.visits import store_given, store_sync, sync
from compliance.visits.rules import INTERVIEW, PAY, normal
from compliance.visits.store_sync import Received

if TYPE_CHECKING:
    from compliance.visits.models import Visit

_KEEPERS: Mapping[str, Callable[[Actor, "Visit", str, Any], None]] = {
    INTERVIEW: tablet_interviews.keep,
    PAY: tablet_pay.keep,
}


def receive(actor: Actor, visit: Any, device: Any, entries: Any, at: Any = None) -> Received:
    """``store_sync.receive``, with the entries that others keep given to them."""
    refused: list[tuple[Any, Problem]] = []
    if _any_kept_elsewhere(entries):
        try:
            row, _drift, _why = store_given.addressed(actor, visit, device)
        except Problem:
            return store_sync.receive(actor, visit, device, entries, at)  # it says what is wrong with each
        entries, refused = _given(actor, row, entries)
    received = store_sync.receive(actor, visit, device, entries, at)
    received.refused += refused
    return received


def receive_file(actor: Actor, visit_id: UUID, device: str, entries: Any) -> Received:
    """``store_sync.receive_file``, as in ``receive``."""
    refused: list[tuple[Any, Problem]] = []
    visit = visits.get(actor, visit_id)
    if _any_kept_elsewhere(entries) and visits.may_enter(actor, visit, at_desk=True):
        entries, refused = _given(actor, visit, entries)
    received = store_sync.receive_file(actor, visit_id, device, entries)
    received.refused += refused
    return received


def _any_kept_elsewhere(entries: Any) -> bool:
    return isinstance(entries, list) and any(sync.field_of(raw, "item") in _KEEPERS for raw in entries)


def _given(actor: Actor, visit: "Visit", entries: Sequence[Any]) -> tuple[list[Any], list[tuple[Any, Problem]]]:
    """The entries without those that their keepers refuse, and these with the reason."""
    elsewhere = [raw for raw in entries if sync.field_of(raw, "item") in _KEEPERS]
    here = store_sync.here({id for raw in elsewhere if (id := sync.uuid_of(sync.field_of(raw, "id")))})
    passed, refused = [], []
    for raw in entries:
        try:
            if sync.field_of(raw, "item") in _KEEPERS and sync.uuid_of(sync.field_of(raw, "id")) not in here:
                _keep(actor, visit, raw)
        except Problem as problem:
            refused.append((raw, problem))
        else:
            passed.append(raw)
    return passed, refused


def _keep(actor: Actor, visit: "Visit", raw: Any) -> None:
    """Give one entry to its keeper. One that is not well formed is refused where all are."""
    item, name = sync.field_of(raw, "item"), str(sync.field_of(raw, "field"))
    try:
        sent = sync.read(raw, str(visit.id), "")
        normal(visits.checklist(visit), (item, name), sent.value)
    except Problem:
        return
    _KEEPERS[item](actor, visit, name, sync.field_of(raw, "value"))
