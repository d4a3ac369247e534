"""The life of a member: what can happen to an enterprise, in which order, and what of it the register takes over."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import Any, Protocol

from compliance.enterprises.classes import district_name
from compliance.enterprises.rules import Fault, Status
from compliance.shared.words import N_, Text, day


class LifeKind(StrEnum):
    """What happened."""

    joined = "joined"
    moved = "moved"
    changed_owner = "changed_owner"
    split_up = "split"
    left = "left"
    closed = "closed"
    came_back = "came_back"


WORDS: dict[LifeKind, Text] = {
    LifeKind.joined: Text("Joined the association", "入会"),
    LifeKind.moved: Text("Moved", "搬迁"),
    LifeKind.changed_owner: Text("Changed owner", "变更所有者"),
    LifeKind.split_up: Text("Split into several enterprises", "分立"),
    LifeKind.left: Text("Left the association", "退会"),
    LifeKind.closed: Text("Closed down", "停业注销"),
    LifeKind.came_back: Text("Came back", "恢复会籍"),
}

FACTS: dict[str, str] = {
    "address": N_("Address"),
    "district": N_("District"),
    "owner": N_("Owner"),
    "status": N_("Membership"),
    "member_since": N_("Member since"),
}
"""What an event changes, in the order in which it is shown. An owner does not stand in the register."""

MEMBERSHIP: dict[LifeKind, Status] = {
    LifeKind.joined: Status.active,
    LifeKind.left: Status.left,
    LifeKind.closed: Status.closed,
    LifeKind.came_back: Status.active,
}
"""The events that change whether an enterprise is a member, with what it is afterwards."""

STATUS: dict[Status, Text] = {
    Status.active: Text("Member", "在会"),
    Status.left: Text("Has left", "已退会"),
    Status.closed: Text("Closed down", "已注销"),
    Status.merged: Text("Merged with another entry", "已并入其他条目"),
}

_NEXT: dict[LifeKind | None, frozenset[LifeKind]] = {
    None: frozenset(MEMBERSHIP),
    LifeKind.joined: frozenset({LifeKind.left, LifeKind.closed}),
    LifeKind.came_back: frozenset({LifeKind.left, LifeKind.closed}),
    LifeKind.left: frozenset({LifeKind.closed, LifeKind.came_back}),
    LifeKind.closed: frozenset({LifeKind.came_back}),
}
"""Which change of membership can follow which; None where nothing is known of the time before."""

ENDS = frozenset({LifeKind.left, LifeKind.closed})
"""After these an enterprise is not visited any more."""


class Happened(Protocol):
    """An event, as far as its order goes."""

    @property
    def kind(self) -> LifeKind:
        """What happened."""

    @property
    def happened_on(self) -> date:
        """On which day."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Told:
    """An event as somebody tells it. Of the facts only those of its kind count; ``into`` are enterprises' ids."""

    kind: LifeKind
    happened_on: date
    learnt_on: date
    note: str = ""
    address: tuple[str, str] = ("", "")
    district: tuple[str, str] = ("", "")
    owner: tuple[str, str] = ("", "")
    into: tuple[Any, ...] = ()


def faults(told: Told, standing: Sequence[Happened], today: date) -> tuple[Fault, ...]:
    """What keeps an event from being recorded beside those that stand (in the order of their days)."""
    found = []
    if told.happened_on > told.learnt_on:
        found.append(Fault("learnt_on", N_("Nobody learns of a thing before it happens.")))
    if told.learnt_on > today:
        found.append(Fault("learnt_on", N_("That day lies in the future.")))
    if told.kind is LifeKind.moved and not (told.address[1] or told.district[1]):
        found.append(Fault("address_new", N_("Say where it moved to.")))
    if told.kind is LifeKind.moved and told.district[1] and not re.fullmatch(r"\d{6}", told.district[1]):
        text = N_("%(district)s is not a district code of six digits (GB/T 2260).")
        found.append(Fault("district_new", text, {"district": told.district[1]}))
    if told.kind is LifeKind.changed_owner and not told.owner[1]:
        found.append(Fault("owner_new", N_("Say who the new owner is.")))
    if told.kind is LifeKind.split_up and not told.into:
        found.append(Fault("into", N_("Say into which enterprises of the register it was split.")))
    if told.kind in MEMBERSHIP:
        clash = disorder([*standing, told])
        if clash is not None:
            found.append(Fault("happened_on", *clash))
    return tuple(found)


def disorder(events: Sequence[Happened]) -> tuple[str, dict[str, Any]] | None:
    """Where changes of membership contradict each other (a message and its facts), or None. Later ones stand later."""
    before: Happened | None = None
    for event in in_order(events):
        if event.kind not in MEMBERSHIP:
            continue
        if event.kind not in _NEXT[before.kind if before else None]:
            assert before is not None  # the first may be any
            facts = {"event": WORDS[event.kind], "before": WORDS[before.kind], "day": before.happened_on}
            return N_("“%(event)s” cannot come after “%(before)s” of %(day)s. Record what lies between first."), facts
        before = event
    return None


def in_order(events: Sequence[Happened]) -> list[Any]:
    """Events by their days; those of one day as they were told."""
    return sorted(events, key=lambda event: event.happened_on)


def changes(told: Told, register: Mapping[str, Any]) -> dict[str, tuple[str, str]]:
    """What the event changes: fact -> (before, after), days in ISO form. ``register`` are the enterprise's facts."""
    if told.kind is LifeKind.moved:
        pairs = {"address": told.address, "district": told.district}
        return {name: pair for name, pair in pairs.items() if pair[1] and pair[0] != pair[1]}
    if told.kind is LifeKind.changed_owner:
        return {"owner": told.owner}
    if told.kind not in MEMBERSHIP:
        return {}
    changed = {"status": (str(register["status"].value), MEMBERSHIP[told.kind].value)}
    if told.kind is LifeKind.joined:
        since = register["member_since"]
        changed["member_since"] = (since.isoformat() if since else "", told.happened_on.isoformat())
    return {name: pair for name, pair in changed.items() if pair[0] != pair[1]}


def taken_over(told: Told, standing: Sequence[Happened]) -> tuple[str, ...]:
    """The facts that the register takes over from an event: an older move or change of membership is history alone."""

    def newest(kinds: Sequence[LifeKind]) -> bool:
        return all(event.happened_on <= told.happened_on for event in standing if event.kind in kinds)

    if told.kind is LifeKind.moved and newest([LifeKind.moved]):
        return ("address", "district")
    if told.kind is LifeKind.joined:
        return ("status", "member_since") if newest(list(MEMBERSHIP)) else ("member_since",)
    if told.kind in MEMBERSHIP and newest(list(MEMBERSHIP)):
        return ("status",)
    return ()


def given_back(
    changed: Mapping[str, Sequence[str]], taken: Sequence[str], register: Mapping[str, Any]
) -> dict[str, str]:
    """What the register gets back when an event is withdrawn: each fact that it took and nobody changed since."""
    found = {}
    for name in taken:
        if name in changed and as_text(register[name]) == changed[name][1]:
            found[name] = changed[name][0]
    return found


def as_text(fact: Any) -> str:
    """A fact of the register as an event keeps it."""
    if fact is None:
        return ""
    return fact.isoformat() if isinstance(fact, date) else str(getattr(fact, "value", fact))


def as_fact(name: str, text: str) -> Any:
    """The other way round."""
    if name == "status":
        return Status(text)
    if name == "member_since":
        return date.fromisoformat(text) if text else None
    return text


def shown(name: str, text: str, language: str) -> str:
    """A fact that an event keeps, as a person reads it."""
    if not text:
        return "–"
    if name == "status":
        return STATUS[Status(text)].in_(language)
    if name == "district":
        return district_name(text).in_(language)
    return day(date.fromisoformat(text), language) if name == "member_since" else text


class CountSource(StrEnum):
    """How a headcount is known."""

    register = "register"
    imported = "imported"
    entered = "entered"
    visit = "visit"


SOURCES: dict[CountSource, str] = {
    CountSource.register: N_("as the register had it"),
    CountSource.imported: N_("import of a spreadsheet"),
    CountSource.entered: N_("entered by hand"),
    CountSource.visit: N_("counted on a visit"),
}


@dataclass(frozen=True, slots=True)
class Audience:
    """To which members a version of the code goes: all, those of a sector, those who have not pledged to it."""

    sector: str = ""
    outstanding: bool = False

    def as_json(self) -> dict[str, Any]:
        """As it is kept."""
        return {"sector": self.sector, "outstanding": self.outstanding}
