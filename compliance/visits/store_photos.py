"""What tablets say of photos, brought to the photos: marks, words, strike, place, and that nobody can be recognised.

The entries stay as they came; a photo's row follows those that just arrived. Nothing here asks a person to pick between
two tablets: what one has hidden or struck through stays so, and a tick holds only where all who spoke of it ticked.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlmodel import col, select

from compliance.people.rules import Actor
from compliance.shared import clock
from compliance.shared.audit import audited
from compliance.shared.database import session
from compliance.shared.problems import Problem
from compliance.visits import store_reading as reading
from compliance.visits.beside import CAPTION, MARKS, MOVED, OF_PHOTOS, PHOTO, STRUCK, UNRECOGNISABLE, photo_of
from compliance.visits.events import CLOSING, Event, Key, heads_of, merged
from compliance.visits.marks import Mark, parse, shows_more, union
from compliance.visits.models import AnswerEvent, Evidence, Visit
from compliance.visits.models_tablet import TabletPhoto
from compliance.visits.store_evidence import redraw

_NOT_CLEAR = {"unrecognisable_at": None, "unrecognisable_by": None}


@dataclass(frozen=True)
class Said:
    """What all tablets together say of one photo: the standing entries by kind of field, and every entry by id."""

    heads: Mapping[str, Sequence[Event]]
    by_id: Mapping[UUID, Event]

    def of(self, kind: str) -> Sequence[Event]:
        """The standing entries of one kind of field."""
        return self.heads.get(kind, ())

    def marks(self, there: tuple[Mark, ...]) -> tuple[Mark, ...]:
        """Everything that any of them drew, and what was drawn elsewhere (``there``) and no tablet spoke of."""
        spoken_of = union(*(_marks(event) for event in self.by_id.values() if _kind(event.field) == MARKS))
        elsewhere = tuple(mark for mark in there if mark not in spoken_of)
        return union(*(_marks(event) for event in self.of(MARKS)), elsewhere)

    def clear(self, shown: tuple[Mark, ...]) -> bool:
        """Whether all who spoke say that nobody can be recognised, each of a copy that showed no less than this one."""
        ticks = self.of(UNRECOGNISABLE)
        return bool(ticks) and all(self._holds(event, shown) for event in ticks)

    def waited(self) -> bool:
        """Whether a tick came before the marks that it speaks of."""
        return not {str(event.id) for event in self.of(MARKS)}.isdisjoint(
            str(event.value) for event in self.of(UNRECOGNISABLE)
        )

    def _holds(self, tick: Event, shown: tuple[Mark, ...]) -> bool:
        if tick.value is True:
            return True  # seen without any mark
        seen = self.by_id.get(UUID(str(tick.value))) if tick.value else None
        return seen is not None and not shows_more(_marks(seen), shown)


def keys_about(visit: Visit, photo_id: UUID) -> list[Key]:
    """The keys of everything that was entered about a photo so far."""
    fields = [f"{kind}{photo_id}" for kind in OF_PHOTOS]
    query = select(AnswerEvent.item, AnswerEvent.field).where(
        AnswerEvent.visit_id == visit.id, col(AnswerEvent.field).in_(fields)
    )
    return sorted({(item, name) for item, name in session().exec(query)})


def follow(actor: Actor, visit: Visit, keys: Iterable[Key]) -> list[Evidence]:
    """Bring photos in line with entries that arrived: ``keys`` are theirs. Returns the photos that changed.

    A photo that has not come yet waits: call again with ``keys_about`` once it is there. A photo whose marks cannot be
    drawn keeps those it had, and is not said to be clear.
    """
    touched: dict[UUID, set[str]] = defaultdict(set)
    for _item, name in keys:
        photo_id = photo_of(name)
        if photo_id is not None and not name.startswith(PHOTO):
            touched[photo_id].add(_kind(name))
    rows = _rows(visit, set(touched)) if touched else {}
    if not rows:
        return []
    said = _said(reading.events(visit), set(rows))
    changed = []
    for photo_id, row in rows.items():
        marks = parse(row.marks)
        if MARKS in touched[photo_id]:
            marks = said[photo_id].marks(marks)
        wanted = _wanted(visit, row, said[photo_id], touched[photo_id], marks)
        if marks != parse(row.marks) or any(getattr(row, name) != value for name, value in wanted.items()):
            changed.append(_bring_in_line(actor, row, said[photo_id], marks, wanted))
    return changed


@audited("evidence.followed")
def _bring_in_line(
    _actor: Actor, row: Evidence, said: Said, marks: tuple[Mark, ...], wanted: dict[str, Any]
) -> Evidence:
    if marks != parse(row.marks):
        newest = _newest(said.of(MARKS))
        try:
            redraw(row, marks, newest.by, _when(newest))
        except Problem:
            wanted = wanted | _NOT_CLEAR
    for name, value in wanted.items():
        setattr(row, name, value)
    session().flush()
    return row


def _wanted(visit: Visit, row: Evidence, said: Said, touched: set[str], marks: tuple[Mark, ...]) -> dict[str, Any]:
    """The columns but for the marks, as the entries want them; only those that something was said about."""
    wanted: dict[str, Any] = {}
    if CAPTION in touched:
        wanted["caption"] = str(merged(said.of(CAPTION)) or "")[:500]
    if STRUCK in touched:
        wanted |= _strike(row, [event for event in said.of(STRUCK) if event.value])
    if MOVED in touched:
        wanted |= _place(visit, row, said.of(MOVED))
    if UNRECOGNISABLE in touched or (MARKS in touched and said.waited()):
        newest = _newest(said.of(UNRECOGNISABLE))
        if not said.clear(marks):
            wanted |= _NOT_CLEAR
        elif row.unrecognisable_at is None or shows_more(parse(row.marks), marks):
            wanted |= {"unrecognisable_at": _when(newest), "unrecognisable_by": newest.by}
    return wanted


def _strike(row: Evidence, standing: Sequence[Event]) -> dict[str, Any]:
    if not standing:
        return {"struck_at": None, "struck_by": None, "struck_reason": ""}
    reason = " / ".join(dict.fromkeys(str(event.value) for event in standing))[:2000]
    if row.struck_reason == reason:
        return {}
    return {"struck_at": _when(standing[0]), "struck_by": standing[0].by, "struck_reason": reason}


def _place(visit: Visit, row: Evidence, standing: Sequence[Event]) -> dict[str, Any]:
    """The item under which the photo is shown: where it was moved to, or back where it was taken. It stays where it is
    when the checklist has no such item or the same picture is there already.
    """
    item = str(merged(standing) or standing[0].item)
    if item != CLOSING and not reading.checklist(visit).has(item):
        return {}
    there = select(Evidence.id).where(
        Evidence.visit_id == visit.id, Evidence.item == item, Evidence.digest == row.digest, Evidence.id != row.id
    )
    return {} if session().exec(there).first() else {"item": item}


def _said(events: Iterable[Event], photo_ids: set[UUID]) -> dict[UUID, Said]:
    by_photo: dict[UUID, list[Event]] = {photo_id: [] for photo_id in photo_ids}
    for event in events:
        photo_id = photo_of(event.field)
        if photo_id in by_photo:
            by_photo[photo_id].append(event)
    found = {}
    for photo_id, about in by_photo.items():
        heads: dict[str, list[Event]] = defaultdict(list)
        for (_item, name), standing in heads_of(about).items():
            heads[_kind(name)] += standing
        found[photo_id] = Said(heads, {event.id: event for event in about})
    return found


def _rows(visit: Visit, photo_ids: set[UUID]) -> dict[UUID, Evidence]:
    photos = select(Evidence).where(Evidence.visit_id == visit.id, Evidence.kind == "photo")
    by_id = {row.id: row for row in session().exec(photos)}
    found = {photo_id: by_id[photo_id] for photo_id in photo_ids if photo_id in by_id}
    if len(found) < len(photo_ids):
        # The same picture sent twice is one piece of evidence with two names.
        for sent in session().exec(select(TabletPhoto).where(TabletPhoto.visit_id == visit.id)):
            if sent.id in photo_ids and sent.evidence_id in by_id:
                found.setdefault(sent.id, by_id[sent.evidence_id])
    return found


def _newest(events: Sequence[Event]) -> Event:
    return max(events, key=lambda event: event.id)


def _when(event: Event) -> datetime:
    return event.received_at or clock.now()


def _marks(event: Event) -> tuple[Mark, ...]:
    try:
        return parse(event.value if isinstance(event.value, str) else None)
    except Problem:
        return ()


def _kind(name: str) -> str:
    return f"{name.partition(':')[0]}:"
