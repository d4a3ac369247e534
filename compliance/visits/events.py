"""What was entered on a visit, as events that are only ever added; and their fold into what is true now.

An event names the events that it replaces. What no other event replaces is a head. Two heads that say different things
are a conflict: both are kept until a person picks. Nothing here looks at a clock: events may arrive late, twice and in
any order, and the fold is the same.
"""

import base64
import binascii
import hashlib
from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal
from enum import StrEnum
from uuid import UUID

from compliance.checklists.rules import Severity, Verdict
from compliance.visits.answers import Answer, Known

Key = tuple[str, str]
"""(item, field). The item is one of the checklist, or one of the two below."""
Value = None | bool | int | str

PROFILE = "@profile"
"""Stands in place of an item for what the workplace was found to be."""
CLOSING = "@closing"
"""Stands in place of an item for how the visit ended: day, outcome, signatures, remark."""
PRESENCE = "@presence"
"""Stands in place of an item for who was there when and where, and whether they were well."""
INTERVIEW = "@interview"
"""Stands in place of an item for what was said in interviews; a tablet sends it closed, and here stays a digest."""
PAY = "@pay"
"""Stands in place of an item for the pay sheet; the wages keep what a tablet sends, and here stays a digest."""

FACT, KNOWN, QUANTITY = "fact:", "known:", "quantity:"
"""Fields of an item that exist once for each fact, way of knowing, and quantity: ticks of two people add up."""

# Until a person picks, the graver of two verdicts is shown: a danger is not hidden by a disagreement.
_GRAVEST_FIRST = (
    Verdict.non_compliant,
    Verdict.partial,
    Verdict.unable_to_verify,
    Verdict.not_looked_at,
    Verdict.not_applicable,
    Verdict.compliant,
)


class Source(StrEnum):
    """Where an event came in."""

    tablet = "tablet"
    form = "form"
    desk = "desk"
    correction = "correction"


@dataclass(frozen=True, slots=True)
class Event:
    """One thing that one person entered. ``at`` is the device's own word for the moment and decides nothing."""

    id: UUID
    item: str
    field: str
    value: Value
    replaces: frozenset[UUID] = frozenset()
    by: UUID | None = None
    at: datetime | None = None
    received_at: datetime | None = None
    device: str | None = None
    seq: int | None = None
    source: Source = Source.form
    reason: str = ""
    bulk: bool = False

    @property
    def key(self) -> Key:
        """What the event speaks of."""
        return (self.item, self.field)


@dataclass(frozen=True, slots=True)
class Conflict:
    """Several heads that say different things about one field."""

    item: str
    field: str
    events: tuple[Event, ...]


@dataclass(frozen=True)
class Folded:
    """Everything entered so far. ``answers`` holds one entry for each item that anything was said about."""

    heads: Mapping[Key, tuple[Event, ...]] = field(default_factory=dict)
    values: Mapping[Key, Value] = field(default_factory=dict)
    answers: Mapping[str, Answer] = field(default_factory=dict)
    conflicts: tuple[Conflict, ...] = ()

    def value(self, item: str, name: str) -> Value:
        """What a field holds, None where nothing was entered."""
        return self.values.get((item, name))

    def group(self, item: str) -> dict[str, Value]:
        """Every field of one item (or of ``PROFILE``, ``CLOSING``) that holds something."""
        return {name: value for (of, name), value in self.values.items() if of == item}


def heads_of(events: Iterable[Event]) -> dict[Key, tuple[Event, ...]]:
    """The heads of each field, sorted by id. An event replaces only events of its own field."""
    by_key: dict[Key, dict[UUID, Event]] = defaultdict(dict)
    for event in events:
        by_key[event.key][event.id] = event
    found = {}
    for key in sorted(by_key):
        known = by_key[key]
        replaced = {old for event in known.values() for old in event.replaces if old != event.id}
        standing = [event for id, event in known.items() if id not in replaced] if replaced else list(known.values())
        # Events that replace each other in a circle can only be forged; none of them may vanish.
        found[key] = tuple(sorted(standing or known.values(), key=lambda event: event.id))
    return found


def fold(events: Iterable[Event]) -> Folded:
    """What is true now. The order of the events and repetitions change nothing."""
    heads = heads_of(events)
    values = {key: merged(standing) for key, standing in heads.items()}
    conflicts = tuple(
        Conflict(key[0], key[1], standing)
        for key, standing in heads.items()
        if len(standing) > 1 and _say_different_things(standing)
    )
    return Folded(heads, values, _answers(heads, values), conflicts)


def merged(standing: Iterable[Event]) -> Value:
    """One value for several heads: theirs where they agree, else the one shown until a person picks."""
    heads = list(standing)
    values = [event.value for event in heads]
    if len(heads) == 1:
        return values[0]
    if len(set(map(_comparable, values))) <= 1:
        return values[0] if values else None
    if heads[0].field == "verdict":
        return min(
            values, key=lambda value: _GRAVEST_FIRST.index(Verdict(str(value))) if value else len(_GRAVEST_FIRST)
        )
    if any(value is True for value in values):
        return True
    spoken = [event for event in heads if event.value not in (None, "")]
    return min(spoken or heads, key=lambda event: event.id).value


def _comparable(value: Value) -> tuple[str, Value]:
    # False equals 0 and True equals 1 in Python; here they do not.
    return (type(value).__name__, value)


def _say_different_things(standing: tuple[Event, ...]) -> bool:
    return len({_comparable(event.value) for event in standing}) > 1


def _answers(heads: Mapping[Key, tuple[Event, ...]], values: Mapping[Key, Value]) -> dict[str, Answer]:
    grouped: dict[str, dict[str, Value]] = defaultdict(dict)
    for (item, name), value in values.items():
        if not item.startswith("@"):
            grouped[item][name] = value
    return {
        item: answer_of(item, given, bulk=all(event.bulk for event in heads.get((item, "verdict"), ())))
        for item, given in grouped.items()
    }


def answer_of(item: str, given: Mapping[str, Value], *, bulk: bool = False) -> Answer:
    """The answer that the fields of one item make. Fields must have passed ``fields.normal``."""
    verdict = given.get("verdict")
    severity = given.get("severity")
    return Answer(
        item=item,
        verdict=Verdict(str(verdict)) if verdict else None,
        note=_text(given.get("note")),
        reason=_text(given.get("reason")),
        workers=_number(given.get("workers")),
        known_by=frozenset(Known(name.removeprefix(KNOWN)) for name, on in given.items() if _ticked(name, KNOWN, on)),
        facts=frozenset(name.removeprefix(FACT) for name, on in given.items() if _ticked(name, FACT, on)),
        quantities={
            name.removeprefix(QUANTITY): Decimal(str(value))
            for name, value in sorted(given.items())
            if name.startswith(QUANTITY) and value is not None
        },
        severity=Severity(str(severity)) if severity else None,
        action=_text(given.get("action")),
        due_days=_number(given.get("due_days")),
        good=_text(given.get("good")),
        bulk=bulk and bool(verdict),
    )


def fields_of(answer: Answer) -> dict[str, Value]:
    """The fields that make an answer: ``answer_of`` backwards, empty fields left out."""
    plain: dict[str, Value] = {
        "verdict": answer.verdict.value if answer.verdict else None,
        "note": answer.note or None,
        "reason": answer.reason or None,
        "workers": answer.workers,
        "severity": answer.severity.value if answer.severity else None,
        "action": answer.action or None,
        "due_days": answer.due_days,
        "good": answer.good or None,
    }
    plain |= {KNOWN + way.value: True for way in answer.known_by}
    plain |= {FACT + fact: True for fact in answer.facts}
    plain |= {QUANTITY + name: f"{number.normalize():f}" for name, number in answer.quantities.items()}
    return {name: value for name, value in plain.items() if value is not None}


def _text(value: Value) -> str:
    return value if isinstance(value, str) else ""


def _number(value: Value) -> int | None:
    return value if isinstance(value, int) and not isinstance(value, bool) else None


def _ticked(name: str, prefix: str, on: Value) -> bool:
    return name.startswith(prefix) and on is True


# -- from a form to events ----------------------------------------------------------------------------------------

Stamp = Callable[[Key, Value, frozenset[UUID]], Event]
"""Makes an event of a field, its new value and the ids it replaces: adds id, person, moment and source."""


def diff(
    posted: Mapping[Key, Value],
    seen: frozenset[UUID],
    events: Iterable[Event],
    stamp: Stamp,
    *,
    by: UUID | None = None,
    defaults: Mapping[Key, Value] | None = None,
) -> tuple[Event, ...]:
    """The events that a form post amounts to: one for each field that differs from what the form was rendered from.

    ``seen`` are the ids of the heads it was rendered from, ``defaults`` what it showed where nothing was entered.
    A field that meanwhile holds the posted value, or whose very change this person has sent before from the same
    form (a double submit, a step back in the browser), makes no event. A field that somebody else changed meanwhile
    keeps both: the new event replaces only what was seen.
    """
    by_key: dict[Key, list[Event]] = defaultdict(list)
    for event in events:
        by_key[event.key].append(event)
    new = []
    for key, value in posted.items():
        known = by_key.get(key, [])
        base = [event for event in known if event.id in seen]
        shown = merged(base) if base else (defaults or {}).get(key, blank(key))
        if value == shown and type(value) is type(shown):
            continue
        replaces = frozenset(event.id for event in base)
        standing = heads_of(known).get(key, ())
        if standing and all(_comparable(event.value) == _comparable(value) for event in standing):
            continue
        if any(e.by == by and e.replaces == replaces and _comparable(e.value) == _comparable(value) for e in known):
            continue
        new.append(stamp(key, value, replaces))
    return tuple(new)


def blank(key: Key) -> Value:
    """What an untouched field holds: unticked, or nothing."""
    return False if key[1].startswith((FACT, KNOWN)) or key[1] == "checked" else None


def pack(ids: Iterable[UUID]) -> str:
    """Head ids as a form carries them: what it was rendered from, with a check digest in front (URL-safe text)."""
    body = b"".join(id.bytes for id in sorted(ids))
    return base64.urlsafe_b64encode(hashlib.sha256(body).digest()[:6] + body).decode().rstrip("=")


def unpack(token: str) -> frozenset[UUID]:
    """The ids of a packed token. One that is damaged gives none: then every field counts as unseen, so that what was
    entered meanwhile is kept as a conflict rather than overwritten.
    """
    try:
        raw = base64.urlsafe_b64decode(token + "=" * (-len(token) % 4))
    except (binascii.Error, ValueError):
        return frozenset()
    check, body = raw[:6], raw[6:]
    if len(body) % 16 or hashlib.sha256(body).digest()[:6] != check:
        return frozenset()
    return frozenset(UUID(bytes=body[at : at + 16]) for at in range(0, len(body), 16))
