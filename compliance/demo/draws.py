"""The demo's draws: each quarter of its year is a period whose draw decides where the story's visits go.

The story says when somebody is visited, by which route, and how it ends; who it is, the draw says. Its visits at random
and those by risk are therefore drawn visits like any others, and the trends may weight them.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from typing import Protocol
from uuid import UUID
from zoneinfo import ZoneInfo

from compliance.people.rules import Actor
from compliance.planning import settings, store, store_drawn, store_periods, store_verify
from compliance.planning.settings import Settings
from compliance.shared import clock
from compliance.shared.database import session
from compliance.visits.states import Route

ZONE = ZoneInfo("Asia/Shanghai")
_DRAWN = (Route.random, Route.targeted)
_MORE_RANDOM, _MORE_TARGETED = 5, 2
"""Drawn in the present quarter and not planned yet."""
_CLOSED = "走访时厂房已清空，房东称企业已停产。"


class Told(Protocol):
    """What a draw needs to know of a visit of the story."""

    @property
    def route(self) -> Route:
        """How it came about."""

    @property
    def until(self) -> str:
        """How far it came."""


@dataclass
class _Period:
    first: date
    last: date
    visits: list[int] = field(default_factory=list)
    id: UUID | None = None
    given: dict[int, UUID] = field(default_factory=dict)


class Draws:
    """The periods of the year, each set up, frozen and drawn when the story comes to it."""

    def __init__(
        self, coordinator: Actor, told: Sequence[tuple[date, Told]], begin: date, today: date, busy: frozenset[UUID]
    ) -> None:
        """``told``: day and plot of every visit of the story. ``busy``: workplaces that may not close down."""
        self._coordinator, self._told, self._today, self._busy = coordinator, told, today, busy
        self._closed: list[UUID] = []
        self._periods = list(_quarters(begin, today))
        for number, (day, plot) in enumerate(told):
            if plot.route in _DRAWN:
                self._of(day).visits.append(number)

    def drawn(self, number: int) -> store_drawn.Drawn | None:
        """Who is visited by the visit of the story with this number, or None where no draw decides."""
        day, plot = self._told[number]
        if plot.route not in _DRAWN:
            return None
        period = self._of(day)
        if period.id is None:
            self._draw(period)
        return store_drawn.get(self._coordinator, period.given[number])

    def closed(self, workplace_id: UUID) -> None:
        """A workplace was found closed down: later frames leave it out, with the reason."""
        self._closed.append(workplace_id)

    def finish(self, administrator: Actor) -> None:
        """Reveal the seeds of what is over; the newest of them is left for somebody to do."""
        over = [one for one in self._periods if one.id and one.last < self._today]
        for period in over[:-1]:
            row = store.get(self._coordinator, period.id) if period.id else None
            moment = _at(period.last + timedelta(days=30))
            if row is not None and moment <= datetime.now(UTC) and not store_drawn.unended(row):
                with clock.at(moment):
                    store_verify.reveal(administrator, row.id)
        session().commit()

    def _of(self, day: date) -> _Period:
        return next(one for one in self._periods if one.first <= day <= one.last)

    def _draw(self, period: _Period) -> None:
        plots = {number: self._told[number][1] for number in period.visits}
        random = [number for number in period.visits if plots[number].route is Route.random]
        targeted = [number for number in period.visits if plots[number].route is Route.targeted]
        present = period.last >= self._today
        wanted = _settings(
            len(random) + present * _MORE_RANDOM,
            len(targeted) + present * _MORE_TARGETED,
        )
        who = self._coordinator
        with clock.at(_at(period.first - timedelta(days=3))):
            name = f"{period.first.year}年第{(period.first.month + 2) // 3}季度"
            row = store_periods.create(who, name, period.first, period.last, wanted)
            for workplace_id in self._closed:
                store_periods.exclude(who, row.id, workplace_id, _CLOSED)
            store_periods.freeze(who, row.id)
        with clock.at(_at(period.first - timedelta(days=2))):
            row = store_drawn.make(who, row.id)
            store.look(who, row, "list")
        period.id = row.id
        rows = store_drawn.rows(who, row)
        for numbers, route in ((random, Route.random), (targeted, Route.targeted)):
            left = [one for one in rows if one.route is route]
            # Somebody with a part of their own in the story does not close down in the middle of it.
            for number in sorted(numbers, key=lambda number: plots[number].until != "closed_down"):
                closing = plots[number].until == "closed_down"
                one = next((one for one in left if not closing or one.workplace_id not in self._busy), left[0])
                left.remove(one)
                period.given[number] = one.id
        session().commit()


def _quarters(begin: date, today: date) -> list[_Period]:
    """The calendar quarters from the one in which the story begins to the present one, and the next for late plans."""
    found: list[_Period] = []
    first = begin
    while first <= today + timedelta(days=14):
        month = (first.month + 2) // 3 * 3
        last = (date(first.year, month, 28) + timedelta(days=4)).replace(day=1) - timedelta(days=1)
        found.append(_Period(first, last))
        first = last + timedelta(days=1)
    return found


def _settings(random: int, targeted: int) -> Settings:
    """Numbers of which exactly so many random and targeted visits follow; more random ones where the share asks."""
    while True:
        routine = random + targeted
        for total in range(routine, routine + 8):
            for share in range(settings.LEAST_RANDOM, 101):
                wanted = Settings(visits=total, inspector_days=total * 2, random_share=share, complaint_share=10)
                parts = settings.shares(wanted)
                if (parts.random, parts.targeted) == (random, targeted):
                    return wanted
        random += 1


def _at(day: date) -> datetime:
    return min(datetime.combine(day, time(9, 12), ZONE).astimezone(UTC), datetime.now(UTC))
