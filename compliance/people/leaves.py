"""Leave: who is away, and who stands in. Pure."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from compliance.shared.problems import Conflict, Problem
from compliance.shared.words import N_

LONGEST_DAYS = 366


@dataclass(frozen=True)
class Away:
    """Somebody is away from `first_day` to `last_day`, both included, and `substitute_id` does the work."""

    person_id: UUID
    substitute_id: UUID
    first_day: date
    last_day: date

    def on(self, day: date) -> bool:
        """Whether the person is away on this day."""
        return self.first_day <= day <= self.last_day


def standing_in(away: Iterable[Away], day: date) -> dict[UUID, UUID]:
    """By person who is away on this day, who does the work: the substitute, or the substitute's own one.

    Nobody stands in where all of a chain are away.
    """
    direct = {one.person_id: one.substitute_id for one in away if one.on(day)}
    found = {}
    for person in direct:
        met, now = {person}, direct[person]
        while now in direct and now not in met:
            met.add(now)
            now = direct[now]
        if now not in direct:
            found[person] = now
    return found


def works_for(person_id: UUID, standing: Mapping[UUID, UUID]) -> frozenset[UUID]:
    """Everybody whose work this person does besides their own."""
    return frozenset(away for away, substitute in standing.items() if substitute == person_id)


def check_leave(wanted: Away, others: Iterable[Away], today: date) -> None:
    """Refuse a leave that cannot be. Raises Problem("leave-days", "leave-past", "leave-long", "leave-self") or
    Conflict("leave-overlaps", "leave-substitute-away").
    """
    if wanted.first_day > wanted.last_day:
        raise Problem("leave-days", N_("The last day lies before the first."), field="last_day")
    if wanted.last_day < today:
        raise Problem("leave-past", N_("These days have gone by."), field="last_day")
    if (wanted.last_day - wanted.first_day).days >= LONGEST_DAYS:
        raise Problem("leave-long", N_("A leave is entered for at most a year."), field="last_day")
    if wanted.person_id == wanted.substitute_id:
        raise Problem("leave-self", N_("Nobody is their own substitute."), field="substitute")
    for other in others:
        meets = other.first_day <= wanted.last_day and wanted.first_day <= other.last_day
        if meets and other.person_id == wanted.person_id:
            raise Conflict("leave-overlaps", N_("A leave on some of these days is entered already."))
        if meets and other.person_id == wanted.substitute_id:
            raise Problem(
                "leave-substitute-away", N_("The substitute is away on some of these days."), field="substitute"
            )
