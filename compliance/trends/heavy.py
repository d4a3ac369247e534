"""Figures that look at every visit or at the whole register: at once where these are few, else worked out by a job."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import astuple, dataclass
from datetime import date
from typing import Any, Generic, TypeVar
from uuid import UUID

from compliance.estimation.clustered import Clusters
from compliance.people import store as people
from compliance.people.rules import Actor
from compliance.shared import worked_out
from compliance.shared.jobs import Run, job
from compliance.shared.words import N_
from compliance.shared.worked_out import Figure
from compliance.trends import store, store_reach, store_repeats
from compliance.trends.periods import Span
from compliance.trends.reach import Reached
from compliance.trends.repeats import Again, CameBack, ItemAgain
from compliance.trends.rules import By, Place, Selection
from compliance.visits.states import Route

COVERAGE, REPEATS = "trends.coverage", "trends.repeats"
_REPEATS_STEPS = 4
T = TypeVar("T")


@dataclass(frozen=True)
class Heavy(Generic[T]):
    """A value, None while it is worked out for the first time; and how it is kept, None where it is made at once."""

    value: T | None
    figure: Figure | None = None


def coverage(actor: Actor, wanted: Selection, today: date) -> Heavy[dict[Place, Reached]]:
    """The active enterprises by where they stand, as ``store_reach.by_place`` counts them."""
    if not store.is_large(actor):
        return Heavy(store_reach.by_place(actor, wanted, today))
    asked = _asked(actor, wanted, ("sector", "district", "size"))
    figure = worked_out.look(actor, COVERAGE, asked, today.isoformat(), N_("Coverage"))
    return Heavy(None if figure.body is None else _places(figure.body), figure)


def repeats(actor: Actor, wanted: Selection, today: date) -> Heavy[CameBack]:
    """What came back, as ``store_repeats`` counts it."""
    if not store.is_large(actor):
        return Heavy(_came_back(actor, wanted, lambda _done: None))
    asked = _asked(actor, wanted, ("sector", "district", "size", "trait", "topic", "by", "version"))
    figure = worked_out.look(actor, REPEATS, asked, "", N_("What comes back"))
    return Heavy(None if figure.body is None else _read(figure.body), figure)


@job(COVERAGE)
def work_out_coverage(run: Run, asked: dict[str, Any], person_id: str, address: str) -> None:
    """Count the register anew, as the person who asked may see it now."""
    actor = people.actor_of(UUID(person_id), address, "")
    asked, today = _within(asked, actor), store.today(actor)
    run.progress(0, 1)

    def make() -> list[Any]:
        found = store_reach.by_place(actor, _selection(asked), today)
        return [[*place, one.active, one.visited, one.by_random, *one.since] for place, one in found.items()]

    worked_out.keep(actor.association_id, COVERAGE, asked, today.isoformat(), make)


@job(REPEATS)
def work_out_repeats(run: Run, asked: dict[str, Any], person_id: str, address: str) -> None:
    """Count anew what came back, as the person who asked may see it now."""
    actor = people.actor_of(UUID(person_id), address, "")
    asked = _within(asked, actor)

    def make() -> dict[str, Any]:
        found = _came_back(actor, _selection(asked), lambda done: run.progress(done, _REPEATS_STEPS))
        return {
            "classes": {key: [one.revisited, *astuple(one.found)] for key, one in found.classes.items()},
            "routes": found.routes, "items": [astuple(one) for one in found.items], "days": found.days,
        }  # fmt: skip

    worked_out.keep(actor.association_id, REPEATS, asked, "", make)


def _came_back(actor: Actor, wanted: Selection, told: Callable[[int], None]) -> CameBack:
    told(0)
    classes = store_repeats.by_class(actor, wanted)
    told(1)
    routes = store_repeats.by_route(actor, wanted)
    told(2)
    days = store_repeats.days(actor, wanted)
    told(3)
    return CameBack(classes, routes, store_repeats.items(actor, wanted), days)


def _places(body: Sequence[Any]) -> dict[Place, Reached]:
    return {Place(*row[:3]): Reached(row[3], row[4], row[5], tuple(row[6:])) for row in body}


def _read(body: Mapping[str, Any]) -> CameBack:
    return CameBack(
        {key: Again(revisited, Clusters(*sums)) for key, (revisited, *sums) in body["classes"].items()},
        {Route(route): (n, y) for route, (n, y) in body["routes"].items()},
        [ItemAgain(*one) for one in body["items"]],
        {int(day): number for day, number in body["days"].items()},
    )


def _asked(actor: Actor, wanted: Selection, names: Sequence[str]) -> dict[str, Any]:
    """What a figure is about, as plain values: the span, what narrows it, and who is left out of it."""
    given = {name: getattr(wanted, name) for name in names}
    narrow = {name: str(value) for name, value in given.items() if value}
    span = {"first": wanted.span.first.isoformat(), "last": wanted.span.last.isoformat()}
    return _within({**span, **narrow}, actor)


def _within(asked: Mapping[str, Any], actor: Actor) -> dict[str, Any]:
    return {**asked, "outside": sorted(map(str, actor.outside_ids))}


def _selection(asked: Mapping[str, Any]) -> Selection:
    narrow = {name: value for name, value in asked.items() if name not in ("first", "last", "outside")}
    if "by" in narrow:
        narrow["by"] = By(narrow["by"])
    if "version" in narrow:
        narrow["version"] = UUID(narrow["version"])
    return Selection(Span(date.fromisoformat(asked["first"]), date.fromisoformat(asked["last"])), **narrow)
