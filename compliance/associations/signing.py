"""Who signs a letter: whoever holds the office that must sign it, else whoever may sign its kind on its day, or who
stands in while they are away. Pure.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Protocol
from uuid import UUID

from compliance.shared.problems import Problem
from compliance.shared.words import N_, Text

OFFICES = ("secretary_general", "chair")
"""The offices that a letter can need; in every other letter whoever may sign its kind does."""


class Signing(Protocol):
    """What must be known of somebody who signs. All days are included."""

    id: UUID
    name: str
    title_en: str
    title_zh: str
    kinds: list[str]
    office: str
    valid_from: date
    valid_to: date | None
    substitute_id: UUID | None
    away_from: date | None
    away_to: date | None


@dataclass(frozen=True)
class Signature:
    """The name and title under a letter; whoever stands in says for whom."""

    name: str
    title: Text


def valid(one: Signing, on: date) -> bool:
    """Whether somebody may sign on a day."""
    return one.valid_from <= on and (one.valid_to is None or on <= one.valid_to)


def away(one: Signing, on: date) -> bool:
    """Whether somebody is away on a day."""
    return one.away_from is not None and one.away_to is not None and one.away_from <= on <= one.away_to


def signature(kind: str, on: date, rows: Iterable[Signing], office: str = "") -> Signature | None:
    """Who signs a letter of this kind dated ``on``: who holds the ``office`` that it needs, if any; else of those who
    may, whoever may since the latest day; None for nobody. A substitute signs what the other may, whatever their own
    kinds and office are.
    """
    known: Mapping[UUID, Signing] = {one.id: one for one in rows}
    held = holder(office, on, known.values())
    return held or _first([one for one in known.values() if kind in one.kinds], on, known)


def holder(office: str, on: date, rows: Iterable[Signing]) -> Signature | None:
    """Who signs for an office on a day; None where nobody holds it, or its holder is away and nobody stands in."""
    known: Mapping[UUID, Signing] = {one.id: one for one in rows}
    return _first([one for one in known.values() if office and one.office == office], on, known)


def _first(rows: Iterable[Signing], on: date, known: Mapping[UUID, Signing]) -> Signature | None:
    may = [one for one in rows if valid(one, on)]
    for one in sorted(may, key=lambda row: (row.valid_from, row.name), reverse=True):
        if not away(one, on):
            return Signature(one.name, Text(one.title_en, one.title_zh))
        other = known.get(one.substitute_id) if one.substitute_id else None
        if other is not None and valid(other, on) and not away(other, on):
            title = Text(f"{other.title_en}, for {one.name}", f"{other.title_zh}（代{one.name}）")
            return Signature(other.name, title)
    return None


def require_right(
    kinds: Sequence[str],
    valid_from: date,
    valid_to: date | None,
    away_from: date | None,
    away_to: date | None,
    substitute: bool,
    office: str = "",
) -> None:
    """Raise ``Problem`` with ``field`` for days that cannot be, or somebody who signs nothing and stands in for nobody
    knows whom.
    """
    if valid_to is not None and valid_to < valid_from:
        raise Problem("signatory-days", N_("The last day is before the first."), field="valid_to")
    if (away_from is None) != (away_to is None):
        raise Problem(
            "signatory-away", N_("Enter both days, or neither."), field="away_to" if away_from else "away_from"
        )
    if away_from is not None and away_to is not None:
        if away_to < away_from:
            raise Problem("signatory-away", N_("The last day is before the first."), field="away_to")
        if (kinds or office) and not substitute:
            raise Problem("signatory-substitute", N_("Choose who signs meanwhile."), field="substitute")
