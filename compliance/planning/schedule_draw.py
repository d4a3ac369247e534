"""The drawing of days, hours and teams. Pure: the same input and seed give the same plan.

Hard, whatever happens: working days only; nobody on leave, with a tie, or in two places at once; two people in a team;
neighbours within one half-day or on days far apart. See ``schedule.LEVELS`` for what is given up, in which order.

Who goes is drawn among those who were sent out least (one visit more or less is the same), the nearer the more readily
(``schedule.NEAR``); anybody can be drawn for any place.
"""

import random
from collections.abc import Iterable, Iterator, Sequence
from datetime import date, timedelta
from typing import TypeVar
from uuid import UUID

from compliance.planning.schedule import (
    ALGORITHM,
    BY_DAY,
    LEVELS,
    Fixed,
    Left,
    Person,
    Place,
    Plan,
    Relaxed,
    Slot,
    Terms,
)
from compliance.visits.parts import ORDER, STARTS, STEP, Part

GAP = 75
"""Minutes that lie at least between the beginnings of two visits of a team in one half-day."""
Round = list[Place]
Team = tuple[Person, Person]
T = TypeVar("T")


def draw_days(
    places: Iterable[Place], people: Iterable[Person], terms: Terms, seed: str, fixed: Iterable[Fixed] = ()
) -> Plan:
    """A day, a part of it, an hour and a team for each workplace, all drawn; and what has none, with the reason."""
    return _Drawing(people, terms, seed, fixed).run(sorted(places, key=lambda place: place.id))


def draw_again(
    place: Place, people: Iterable[Person], terms: Terms, seed: str, fixed: Iterable[Fixed], *, but: tuple[date, Part]
) -> Plan:
    """Another half-day for one workplace, any but the one given; everything else stays as it is."""
    return _Drawing(people, terms, seed, fixed, but=but).run([place])


def draw_replacement(
    places: Sequence[Place],
    when: tuple[date, Part],
    staying: Sequence[UUID],
    people: Iterable[Person],
    terms: Terms,
    seed: str,
    fixed: Iterable[Fixed],
    *,
    without: UUID,
) -> tuple[UUID, tuple[Relaxed, ...]] | None:
    """Somebody to take the place of ``without`` beside those who stay (none, one or more): drawn among those with whom
    least is given up, the nearer the more readily. Whether those who stay can go themselves is not asked.
    """
    drawing = _Drawing(people, terms, seed, fixed)
    able = [one for one in drawing.able(places, when) if one.id not in {without, *staying}]
    beside = [one for one in drawing.people if one.id in staying]
    short = {one.id: frozenset(what_is_given_up(places, [*beside, one], drawing.people)) for one in able}
    for level in LEVELS:
        offered = [one for one in able if short[one.id] <= level]
        if offered:
            weights = [one.nearness(places[0].district) for one in offered]
            [chosen] = drawing.rng.choices(offered, weights)
            return chosen.id, tuple(sorted(short[chosen.id]))
    return None


def what_is_given_up(places: Sequence[Place], team: Sequence[Person], people: Sequence[Person]) -> tuple[Relaxed, ...]:
    """What a team falls short of, whoever chose it."""
    found = []
    if any(one.id in place.last for one in team for place in places):
        found.append(Relaxed.rotation)
    if not all(_speaks(team, place, people) for place in places):
        found.append(Relaxed.language)
    if not any(one.woman for one in team):
        found.append(Relaxed.woman)
    return tuple(sorted(found))


def _speaks(team: Iterable[Person], place: Place, people: Iterable[Person]) -> bool:
    """Whether one of the team speaks a language of the workers; so it is where nobody of the association does."""
    asked = place.languages & frozenset(code for one in people for code in one.languages)
    return not asked or any(one.languages & asked for one in team)


class _Drawing:
    """One drawing: what is taken already, and the walk over what is to be placed."""

    def __init__(
        self,
        people: Iterable[Person],
        terms: Terms,
        seed: str,
        fixed: Iterable[Fixed],
        but: tuple[date, Part] | None = None,
    ) -> None:
        self.rng = random.Random(f"{ALGORITHM} {seed}")  # noqa: S311 - repeatable by its seed, which is drawn secretly
        self.people = sorted(people, key=lambda one: one.id)
        self.terms, self.but = terms, but
        self.spoken = frozenset(code for one in self.people for code in one.languages)
        self.out: dict[tuple[UUID, date], set[Part]] = {}
        self.load: dict[UUID, int] = {one.id: 0 for one in self.people}
        self.at_once: dict[tuple[date, Part], int] = {}
        self.near: dict[tuple[str, str], list[tuple[date, Part | None]]] = {}
        self.slots: list[Slot] = []
        self.left: list[tuple[UUID, Left]] = []
        for one in fixed:
            self._take(one.day, one.part, one.people)
            for key in one.neighbourhood:
                self.near.setdefault(key, []).append((one.day, one.part))

    def run(self, places: Sequence[Place]) -> Plan:
        """Place everything."""
        for unit, parts in self._units(places):
            if self._put(unit, parts, frozenset()):
                continue
            for place in (place for tour in unit for place in tour):
                own = parts if set(parts) <= {*BY_DAY, *place.odd_parts} else BY_DAY
                if not any(self._put([[place]], some, level) for level in LEVELS for some in _either(own)):
                    self.left.append((place.id, self._why(place)))
        return Plan(
            tuple(sorted(self.slots, key=lambda one: (one.day, ORDER[one.part], one.minute, one.place))),
            tuple(sorted(self.left)),
        )

    # -- what is visited together -----------------------------------------------------------------------------------

    def _units(self, places: Sequence[Place]) -> list[tuple[list[Round], tuple[Part, ...]]]:
        """Tours that belong into one half-day, with the parts of the day it may be; in a drawn order."""
        found: list[tuple[list[Round], tuple[Part, ...]]] = []
        single: dict[tuple[str, tuple[Part, ...]], list[Place]] = {}
        for group in self._neighbourhoods(places):
            odd = tuple(part for part in Part if all(part in place.odd_parts for place in group))
            parts = odd if odd and self.rng.random() < self.terms.odd else BY_DAY
            if len(group) == 1:
                single.setdefault((group[0].district, parts), []).append(group[0])
                continue
            districts: dict[str, list[Place]] = {}
            for place in self._shuffled(group):
                districts.setdefault(place.district, []).append(place)
            found.append(([tour for some in districts.values() for tour in self._tours(some)], parts))
        for (_district, parts), some in sorted(single.items()):
            found += [([tour], parts) for tour in self._tours(self._shuffled(some))]
        return self._shuffled(found)

    def _tours(self, places: Sequence[Place]) -> list[Round]:
        return [list(places[i : i + self.terms.stops]) for i in range(0, len(places), self.terms.stops)]

    def _neighbourhoods(self, places: Sequence[Place]) -> list[list[Place]]:
        """Workplaces that warn each other, also by way of a third one."""
        leader = {place.id: place.id for place in places}

        def of(id: UUID) -> UUID:
            while leader[id] != id:
                leader[id] = leader[leader[id]]
                id = leader[id]
            return id

        first: dict[tuple[str, str], UUID] = {}
        for place in places:
            for key in place.neighbourhood:
                leader[of(place.id)] = of(first.setdefault(key, place.id))
        groups: dict[UUID, list[Place]] = {}
        for place in places:
            groups.setdefault(of(place.id), []).append(place)
        return list(groups.values())

    def _shuffled(self, given: Iterable[T]) -> list[T]:
        found = list(given)
        self.rng.shuffle(found)
        return found

    # -- where it fits ----------------------------------------------------------------------------------------------

    def _put(self, unit: Sequence[Round], parts: Sequence[Part], level: frozenset[Relaxed]) -> bool:
        """Give a unit one of the half-days in which it fits, each with the same chance."""
        options = self._shuffled((day, part) for day in self.terms.days for part in parts)
        for when in options:
            if when == self.but or not all(self._far(place, when) for tour in unit for place in tour):
                continue
            teams = self._teams_for(unit, when, level)
            if teams:
                for tour, team in zip(unit, teams, strict=True):
                    self._keep(tour, when, team, level)
                return True
        return False

    def _far(self, place: Place, when: tuple[date, Part]) -> bool:
        """Whether neighbours are visited in the same half-day or on days that have nothing to do with this one."""
        day, part = when
        taken = (one for key in place.neighbourhood for one in self.near.get(key, ()))
        return all((day, part) == one or abs((one[0] - day).days) >= self.terms.apart for one in taken)

    def _teams_for(
        self, unit: Sequence[Round], when: tuple[date, Part], level: frozenset[Relaxed]
    ) -> list[Team] | None:
        if self.terms.teams and self.at_once.get(when, 0) + len(unit) > self.terms.teams:
            return None
        found: list[Team] = []
        for tour in unit:
            gone = frozenset(one.id for team in found for one in team)
            team = next(self.teams(tour, when, level, gone), None)
            if team is None:
                return None
            found.append(team)
        return found

    def teams(
        self, tour: Sequence[Place], when: tuple[date, Part], level: frozenset[Relaxed], gone: frozenset[UUID]
    ) -> Iterator[Team]:
        """Every two who may go, those first who were sent out least; equals in a drawn order, the near ones sooner."""
        last = frozenset(id for one in tour for id in one.last)
        able = [
            one
            for one in self.able(tour, when)
            if one.id not in gone and (Relaxed.rotation in level or one.id not in last)
        ]
        least = min((self.load[one.id] for one in able), default=0)
        drawn = {one.id: self.rng.expovariate(one.nearness(tour[0].district)) for one in able}
        able.sort(key=lambda one: (one.id in last, max(0, self.load[one.id] - least - 1), drawn[one.id]))
        for more, second in enumerate(able):
            for first in able[:more]:
                team = (first, second)
                if Relaxed.woman not in level and not (first.woman or second.woman):
                    continue
                if Relaxed.language in level or all(self._understood(team, place) for place in tour):
                    yield team

    def able(self, places: Sequence[Place], when: tuple[date, Part]) -> list[Person]:
        """Everybody who may go to all of these places in a half-day, in the order of their ids."""
        banned = {place.enterprise for place in places}
        return [one for one in self.people if not one.not_to & banned and self._free(one, when)]

    def _understood(self, team: Team, place: Place) -> bool:
        asked = place.languages & self.spoken
        return not asked or any(one.languages & asked for one in team)

    def _free(self, person: Person, when: tuple[date, Part]) -> bool:
        """Not away, not out already, at most two parts of a day, and rested after a night."""
        day, part = when
        today = self.out.get((person.id, day), set())
        if part in today or len(today) >= 2 or not person.there_on(day):
            return False
        if part is Part.morning:
            evening = self.out.get((person.id, day - timedelta(days=1)), set())
            return Part.night not in today and Part.night not in evening
        if part is Part.night:
            tomorrow = self.out.get((person.id, day + timedelta(days=1)), set())
            return Part.morning not in today and Part.morning not in tomorrow
        return True

    def _take(self, day: date, part: Part | None, people: Iterable[UUID]) -> None:
        for id in people:
            self.out.setdefault((id, day), set()).update(Part if part is None else (part,))
            self.load[id] = self.load.get(id, 0) + 1
        if part is not None:
            self.at_once[(day, part)] = self.at_once.get((day, part), 0) + 1

    def _keep(self, tour: Round, when: tuple[date, Part], team: Team, level: frozenset[Relaxed]) -> None:
        self._take(*when, [one.id for one in team])
        lead, second = self._shuffled(team)
        orders = self.rng.sample(range(1, 1_000_000), len(tour))
        given_up = tuple(one for one in what_is_given_up(tour, team, self.people) if one in level)
        for place, minute, order in zip(self._shuffled(tour), self._hours(when[1], len(tour)), orders, strict=True):
            self.slots.append(Slot(place.id, *when, minute, (lead.id, second.id), order, given_up))
            for key in place.neighbourhood:
                self.near.setdefault(key, []).append(when)

    def _hours(self, part: Part, count: int) -> list[int]:
        """The minutes at which a team's visits begin: drawn, with time between them."""
        first, last = STARTS[part]
        gap = min(GAP, (last - first) // max(1, count - 1))
        slack = (last - first - gap * (count - 1)) // STEP
        drawn = sorted(self.rng.randint(0, slack) for _ in range(count))
        return [first + gap * place + STEP * more for place, more in enumerate(drawn)]

    # -- why not ----------------------------------------------------------------------------------------------------

    def _why(self, place: Place) -> Left:
        if not self.terms.days:
            return Left.no_days
        able = [one for one in self.people if place.enterprise not in one.not_to]
        if not any(sum(one.there_on(day) for one in able) > 1 for day in self.terms.days):
            return Left.no_team
        halves = [(day, part) for day in self.terms.days for part in BY_DAY if (day, part) != self.but]
        if not any(self._far(place, when) for when in halves):
            return Left.neighbours
        return Left.full


def _either(parts: tuple[Part, ...]) -> Iterator[tuple[Part, ...]]:
    """The parts that were drawn; where they do not fit, those of the day."""
    yield parts
    if parts != BY_DAY:
        yield BY_DAY
