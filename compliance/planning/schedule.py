"""When and by whom drawn workplaces are visited: the words and values of a plan of days. Pure.

What a plan is made from holds no route, no points, no name and no place in the draw: a day cannot depend on them.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, time
from enum import StrEnum
from uuid import UUID

from compliance.shared.problems import Problem
from compliance.shared.words import N_
from compliance.visits.parts import Part

ALGORITHM = "days-2"
"""The name of the algorithm in ``schedule_draw``; changed with everything that can change a plan."""
TEAM = 2
"""People in a team."""


BY_DAY = (Part.morning, Part.afternoon)

NEAR: Sequence[tuple[int, float]] = ((6, 4.0), (4, 2.0), (0, 1.0))
"""(leading digits of the district's code that agree, weight): whoever lives in the district of a visit is drawn four
times as readily as somebody from another city, whoever lives in the city twice as readily."""
UNKNOWN_NEAR = 2.0
"""The weight where either district is not entered: neither favoured nor passed over."""


class Relaxed(StrEnum):
    """What a team could not be given, in the order in which it is given up. Nothing else is ever given up."""

    rotation = "rotation"
    language = "language"
    woman = "woman"


RELAXED_WORDS: Mapping[Relaxed, str] = {
    Relaxed.rotation: N_("Somebody goes again who was there last time: nobody else was free."),
    Relaxed.language: N_("Neither of the two speaks the workers' language: nobody who does was free."),
    Relaxed.woman: N_("No woman is in the team: none was free."),
}
SHORT_WORDS: Mapping[Relaxed, str] = {
    Relaxed.rotation: N_("was there last time"),
    Relaxed.language: N_("nobody speaks the workers' language"),
    Relaxed.woman: N_("no woman"),
}
LEVELS: Sequence[frozenset[Relaxed]] = (
    frozenset(),
    frozenset({Relaxed.rotation}),
    frozenset({Relaxed.language}),
    frozenset({Relaxed.rotation, Relaxed.language}),
    frozenset({Relaxed.woman}),
    frozenset({Relaxed.woman, Relaxed.rotation}),
    frozenset({Relaxed.woman, Relaxed.language}),
    frozenset(Relaxed),
)
"""What is tried one after the other. Before any of them the common tour of a district is given up, and then the
common half-day of a park, whose workplaces then lie on unrelated days."""


class Left(StrEnum):
    """Why a workplace has no day."""

    no_days = "no_days"
    no_team = "no_team"
    neighbours = "neighbours"
    full = "full"


LEFT_WORDS: Mapping[Left, str] = {
    Left.no_days: N_("No working day is left in the period."),
    Left.no_team: N_("Fewer than two inspectors may go there: the others have a tie to the enterprise or are away."),
    Left.neighbours: N_("Neighbours or the enterprise itself are visited on days too near to every free one."),
    Left.full: N_("No half-day of the period has two inspectors free."),
}


class SlotState(StrEnum):
    """Where the day of a drawn workplace stands."""

    waiting = "waiting"
    handed_out = "handed_out"
    missed = "missed"  # its day went by without a hand-out
    unplaced = "unplaced"
    dropped = "dropped"  # the workplace has left the register


SLOT_WORDS: Mapping[SlotState, str] = {
    SlotState.waiting: N_("Not handed out yet"),
    SlotState.handed_out: N_("Handed out"),
    SlotState.missed: N_("Its day went by"),
    SlotState.unplaced: N_("Without a day"),
    SlotState.dropped: N_("Has left the register"),
}


class ChangeKind(StrEnum):
    """What was changed about a day."""

    moved = "moved"
    replaced = "replaced"
    undone = "undone"


CHANGE_WORDS: Mapping[ChangeKind, str] = {
    ChangeKind.moved: N_("Moved to another drawn half-day"),
    ChangeKind.replaced: N_("Somebody else goes"),
    ChangeKind.undone: N_("Taken back"),
}


@dataclass(frozen=True, slots=True)
class Place:
    """A workplace that gets a day. ``last`` are those who went there last time."""

    id: UUID
    enterprise: UUID
    district: str = ""
    park: str = ""
    languages: frozenset[str] = frozenset()
    night: bool = False
    shifts: bool = False
    last: frozenset[UUID] = frozenset()

    @property
    def neighbourhood(self) -> tuple[tuple[str, str], ...]:
        """What warns it, and what it warns: its park, and other workplaces of its enterprise."""
        own = ("enterprise", str(self.enterprise))
        return (own, ("park", self.park)) if self.park else (own,)

    @property
    def odd_parts(self) -> tuple[Part, ...]:
        """The parts outside the day in which people work there."""
        if self.night:
            return (Part.evening, Part.night)
        return (Part.evening,) if self.shifts else ()


@dataclass(frozen=True, slots=True)
class Person:
    """An inspector: never sent to enterprises of ``not_to``, nor on days of ``away`` (first and last, included).

    ``base`` is the code of the district from which they set out, or empty.
    """

    id: UUID
    languages: frozenset[str] = frozenset()
    woman: bool = False
    not_to: frozenset[UUID] = frozenset()
    away: tuple[tuple[date, date], ...] = ()
    base: str = ""

    def there_on(self, day: date) -> bool:
        """Whether they are not on leave on this day."""
        return not any(first <= day <= last for first, last in self.away)

    def nearness(self, district: str) -> float:
        """The weight with which they are drawn for a visit in a district."""
        if not self.base or not district:
            return UNKNOWN_NEAR
        return next(weight for digits, weight in NEAR if self.base[:digits] == district[:digits])


@dataclass(frozen=True, slots=True)
class Fixed:
    """A visit that has its day already. Without a part it takes its people for the whole day."""

    day: date
    part: Part | None
    people: frozenset[UUID]
    neighbourhood: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True)
class Terms:
    """How an association sends people out. ``days`` are those that may be used; ``teams`` 0 is as many as there are.

    ``stops`` visits of one district are made by a team in a half-day; ``apart`` calendar days lie between neighbours
    who are not visited within one half-day; ``odd`` is the share of workplaces with shifts that are visited in them.
    """

    days: tuple[date, ...]
    stops: int = 2
    teams: int = 0
    apart: int = 7
    odd: float = 1 / 3


@dataclass(frozen=True, slots=True)
class Slot:
    """A day, a part of it, a minute and a team for a workplace. ``order`` is drawn: no list of a team's visits by it
    tells anything. The first of the team leads.
    """

    place: UUID
    day: date
    part: Part
    minute: int
    team: tuple[UUID, ...]
    order: int
    relaxed: tuple[Relaxed, ...] = ()


@dataclass(frozen=True)
class Plan:
    """What came out: slots by day and hour, and what has no day and why."""

    slots: tuple[Slot, ...]
    left: tuple[tuple[UUID, Left], ...]


def clock_time(minute: int) -> time:
    """A minute of the day as a time."""
    return time(minute // 60, minute % 60)


@dataclass(frozen=True)
class HandOut:
    """An association's settings: minutes before a visit at which its team is told, and what ``Terms`` says."""

    lead: int = 60
    stops: int = 2
    teams: int = 0
    apart: int = 7
    odd: int = 33

    def terms(self, days: tuple[date, ...]) -> Terms:
        """With the days that may be used."""
        return Terms(days, self.stops, self.teams, self.apart, self.odd / 100)


LIMITS: Mapping[str, tuple[int, int]] = {
    "lead": (10, 240),
    "stops": (1, 3),
    "teams": (0, 500),
    "apart": (2, 60),
    "odd": (0, 100),
}


def settings_of(kept: Mapping[str, object]) -> HandOut:
    """The settings as they are kept; what is missing or out of its limits has its default."""
    found = {}
    for name, (least, most) in LIMITS.items():
        value = kept.get(name)
        if isinstance(value, int) and least <= value <= most:
            found[name] = value
    return HandOut(**found)


def check_settings(values: Mapping[str, int]) -> HandOut:
    """Settings as they were entered. Raises ``Problem`` with ``field``."""
    for name, (least, most) in LIMITS.items():
        if not least <= values[name] <= most:
            raise Problem("handout-setting", N_("From %(least)d to %(most)d."), field=name, least=least, most=most)
    return HandOut(**{name: values[name] for name in LIMITS})
