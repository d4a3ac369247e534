"""A large association for measuring trends: its register and five years of draws, visits, scorecards and findings.

A visit has five area scores and about five findings, each of which repeats the last one of its item at the workplace
where the policy says so. Everything is invented, and the same every time.
"""

from collections.abc import Iterable, Iterator, Sequence
from datetime import UTC, date, datetime, timedelta
from itertools import count, islice
from typing import Any
from uuid import UUID

import numpy as np
import sqlalchemy as sa
from sqlmodel import SQLModel

from compliance.checklists import parse
from compliance.checklists import store as checklists
from compliance.checklists.rules import AREAS, Checklist
from compliance.enterprises.classes import districts
from compliance.findings.rules import months_before
from compliance.people.rules import system_actor
from compliance.shared import places
from compliance.shared.database import session
from tests.bench.register import fill_register

VISITS = 1_000_000
QUARTERS = 20
LAST = date(2026, 9, 30)
"""The last day of the five years."""
DISTRICTS = 24
ROUTES = {"random": 0.6, "targeted": 0.25, "complaint": 0.07, "follow_up": 0.05, "voluntary": 0.03}
OUTCOMES = {"completed": 0.93, "refused": 0.03, "not_found": 0.02, "closed_down": 0.02}
FINDINGS = 5.4  # on a completed visit, so that there are five for each visit
_AT = datetime(2026, 10, 1, tzinfo=UTC)
_PORTION = 20_000
_FILLED = ("visit", "scorecard", "scorecard_area", "finding", "draw_period", "draw_stratum", "drawn_workplace")


def fill_visits(visits: int, enterprises: int) -> UUID:
    """Fill an empty database, commit, and return the association's id. The cells are not filled."""
    association_id = fill_register(enterprises)
    actor = system_actor(association_id)
    version = checklists.publish(actor, parse.parse(checklists.read_folder(places.checklists_dir())))
    session().commit()
    choose = np.random.default_rng(20261122)
    register = _register(association_id, choose)
    checklist = checklists.load(version.id)
    register["found"] = _Found(len(register["workplaces"]), len(checklist.items), checklist.policy.repeat_months)
    indexes = [index for name in _FILLED for index in _table(name).indexes]
    for index in indexes:  # building them once at the end is several times quicker
        index.drop(session().connection())
    numbers = count(1)
    for quarter in range(QUARTERS):
        _quarter(quarter, visits // QUARTERS, association_id, version.id, checklist, register, choose, numbers)
    for index in indexes:
        index.create(session().connection())
    session().commit()
    session().connection().exec_driver_sql("ANALYZE")
    session().commit()
    return association_id


def _table(name: str) -> sa.Table:
    return SQLModel.metadata.tables[name]


def _register(association_id: UUID, choose: np.random.Generator) -> dict[str, Any]:
    """Active workplaces with their classes; districts are made fewer, and traits are given."""
    enterprise, workplace = _table("enterprise"), _table("workplace")
    some = [code for code in districts() if code.startswith("53") and not code.endswith("00")][:DISTRICTS]
    rows = session().execute(
        sa.select(enterprise.c.id, workplace.c.id, enterprise.c.sector, enterprise.c.size)
        .join(workplace, workplace.c.enterprise_id == enterprise.c.id)
        .where(enterprise.c.association_id == association_id, enterprise.c.status == "active")
        .order_by(enterprise.c.id)
    )
    enterprises, workplaces, sectors, sizes = map(list, zip(*rows, strict=True))
    for at, code in enumerate(some):
        where = enterprise.c.workers % DISTRICTS == at
        session().execute(sa.update(enterprise).where(where).values(district=code))
        session().execute(sa.update(workplace).where(workplace.c.workers % DISTRICTS == at).values(district=code))
    for at, name in enumerate(("dormitory", "canteen", "piece_work", "night_work", "hazardous_substances")):
        session().execute(sa.update(workplace).where(workplace.c.workers % (at + 2) == 0).values({name: True}))
    known = {sector: n for n, sector in enumerate(sorted(set(sectors))) if sectors.count(sector) > len(sectors) // 20}
    strata = [f"{sector if sector in known else ''}|{size.value}" for sector, size in zip(sectors, sizes, strict=True)]
    names = sorted(set(strata))
    place = {name: at for at, name in enumerate(names)}
    return {
        "enterprises": enterprises, "workplaces": workplaces, "names": names,
        "stratum": np.array([place[name] for name in strata]),
    }  # fmt: skip


def _quarter(
    quarter: int, visits: int, association_id: UUID, version_id: UUID, checklist: Checklist, register: dict[str, Any],
    choose: np.random.Generator, numbers: Iterator[int],
) -> None:  # fmt: skip
    first = _first_day(quarter)
    last = _first_day(quarter + 1) - timedelta(days=1)
    chosen = choose.choice(len(register["enterprises"]), visits, replace=False)
    routes = np.repeat(list(ROUTES), np.diff([0, *(np.cumsum(list(ROUTES.values())) * visits).round().astype(int)]))
    period = _id(1, quarter)
    common: dict[str, Any] = {
        "name": f"{first}",
        "settings": "{}",
        "algorithm": "bench",
        "frame_digest": "0" * 64,
        "seed": "0" * 64,
    }
    common |= {"seed_digest": "0" * 64, "frame_size": len(register["stratum"]), "state": "drawn", "drawn_at": _AT}
    _bulk(
        "draw_period",
        ("id", "association_id", "first_day", "last_day"),
        [(period, association_id, first, last)],
        common,
    )
    names = register["names"]
    population = np.bincount(register["stratum"], minlength=len(names))
    targeted, random = routes == "targeted", routes == "random"
    of = register["stratum"][chosen]
    population -= np.bincount(of[targeted], minlength=len(names))
    drawn = np.bincount(of[random], minlength=len(names))
    strata = [
        (
            _id(2, quarter * 1000 + at), association_id, period, name, *name.split("|"), "random", False,
            int(population[at]), int(drawn[at]),
        )
        for at, name in enumerate(names)
    ]  # fmt: skip
    sure = _id(2, quarter * 1000 + 999)
    strata.append(
        (sure, association_id, period, "targeted", "", "", "targeted", True, int(targeted.sum()), int(targeted.sum()))
    )
    columns = ("id", "association_id", "period_id", "key", "sector", "size", "route", "certain", "frame_size", "drawn")
    _bulk("draw_stratum", columns, strata, {"merged": "[]"})
    ids = [_id(3, next(numbers)) for _ in range(visits)]
    _visits(quarter, first, ids, chosen, routes, association_id, version_id, checklist, register, choose)
    linked = np.flatnonzero(targeted | random)
    _bulk(
        "drawn_workplace",
        ("id", "association_id", "period_id", "stratum_id", "enterprise_id", "workplace_id", "route", "position",
         "visit_id"),
        (
            (
                _id(4, quarter * 10**7 + at), association_id, period,
                sure if targeted[at] else _id(2, quarter * 1000 + int(of[at])),
                register["enterprises"][chosen[at]], register["workplaces"][chosen[at]], str(routes[at]), place + 1,
                ids[at],
            )
            for place, at in enumerate(linked.tolist())
        ),
        {"inclusion_probability": 0.5},
    )  # fmt: skip


def _visits(
    quarter: int, first: date, ids: Sequence[UUID], chosen: Any, routes: Any, association_id: UUID, version_id: UUID,
    checklist: Checklist, register: dict[str, Any], choose: np.random.Generator,
) -> None:  # fmt: skip
    visits = len(ids)
    days = [first + timedelta(days=int(day)) for day in choose.integers(0, 90, visits)]
    outcomes = choose.choice(list(OUTCOMES), visits, p=list(OUTCOMES.values()))
    who = [(register["enterprises"][at], register["workplaces"][at]) for at in chosen.tolist()]
    columns = ("id", "association_id", "enterprise_id", "workplace_id", "year", "number", "route", "planned_for")
    made = (
        (
            ids[at],
            association_id,
            *who[at],
            days[at].year,
            quarter * 10**6 + at,
            str(routes[at]),
            days[at],
            str(outcomes[at]),
            days[at],
        )
        for at in range(visits)
    )
    common = {
        "state": "released",
        "checklist_version_id": version_id,
        "profile": "{}",
        "released_at": _AT,
        "sealed_at": _AT,
    }
    _bulk("visit", (*columns, "outcome", "visited_on"), made, common)
    done = np.flatnonzero(outcomes == "completed").tolist()
    bases = choose.normal(75 + quarter / 4, 10, visits)
    scores = np.clip(bases[:, None] + choose.normal(0, 8, (visits, len(AREAS))), 0, 100).round(1)
    whole = scores.mean(axis=1).round(1)
    cards = (
        (UUID(int=ids[at].int + 2**96), association_id, *who[at], ids[at], days[at], float(whole[at]), _band(whole[at]))
        for at in done
    )
    common = {"kind": "as_found", "rules_version": "1", "checklist_digest": "0" * 64, "inputs_digest": "0" * 64}
    common |= {"inputs": "{}", "result": "{}", "coverage": 1, "issued_at": _AT, "released_at": _AT}
    columns = ("id", "association_id", "enterprise_id", "workplace_id", "visit_id", "visited_on", "score", "band")
    _bulk("scorecard", columns, cards, common)
    parts = (
        (UUID(int=ids[at].int + 2**96), area, float(score))
        for at in done
        for area, score in zip(AREAS, scores[at], strict=True)
    )
    _bulk("scorecard_area", ("scorecard_id", "area", "score"), parts, {"coverage": 1})
    items, known = checklist.items, register["found"]
    found = choose.poisson(FINDINGS, visits).clip(0, 20)
    _bulk(
        "finding",
        ("id", "association_id", "enterprise_id", "workplace_id", "visit_id", "visited_on", "item", "area",
         "clause", "severity", "repeat_of_id"),
        (
            (
                id, association_id, *who[at], ids[at], days[at], items[item].id, items[item].area, items[item].clause,
                items[item].severity.value, known.again(chosen[at], item, id, days[at]),
            )
            for at in done
            for n, item in enumerate(_some(choose, len(items), int(found[at])))
            for id in [_id(5, ids[at].int % 2**64 * 32 + n)]
        ),
        {"state": "released", "released_at": _AT, "created_at": _AT, "raised_by": "[]", "law": "[]"},
    )  # fmt: skip


class _Found:
    """Which finding of each item was the last at each workplace; a workplace is visited once a quarter."""

    def __init__(self, workplaces: int, items: int, months: int) -> None:
        self.months = months
        self.ids, self.days = np.zeros((2, workplaces, items), np.int64)

    def again(self, workplace: int, item: int, id: UUID, day: date) -> UUID | None:
        """The one that this repeats, which becomes the last."""
        last, on = int(self.ids[workplace, item]), int(self.days[workplace, item])
        self.ids[workplace, item], self.days[workplace, item] = id.int % 2**64, day.toordinal()
        return _id(5, last) if last and on >= months_before(day, self.months).toordinal() else None


def _some(choose: np.random.Generator, of: int, number: int) -> list[int]:
    """Some items, the first of the checklist more often than the last."""
    return list(dict.fromkeys((choose.random(number) ** 1.6 * of).astype(int).tolist())) if number else []


def _first_day(quarter: int) -> date:
    months = LAST.year * 12 + LAST.month - 3 * (QUARTERS - quarter)
    return date(months // 12, months % 12 + 1, 1)


def _band(score: float) -> str:
    return "good" if score >= 85 else "fair" if score >= 70 else "poor"


def _id(kind: int, number: int) -> UUID:
    return UUID(int=kind << 120 | number)


def _bulk(name: str, columns: Sequence[str], rows: Iterable[Sequence[Any]], common: dict[str, Any]) -> None:
    """Write many rows around the models: these columns, what all rows have in common, and nothing in the others."""
    table = _table(name)
    common = {column.name: _empty(column) for column in table.columns if not column.nullable} | common
    common = {key: value for key, value in common.items() if key not in columns}
    connection = session().connection()
    coming = iter(rows)
    if connection.dialect.name == "sqlite":
        literal = [_literal(_plain(value)) for value in common.values()]
        values = ", ".join(["?"] * len(columns) + literal)
        into = f"INSERT INTO {name} ({', '.join((*columns, *common))}) VALUES ({values})"
        while some := list(islice(coming, _PORTION)):
            connection.exec_driver_sql(into, [tuple(map(_plain, row)) for row in some])
        return
    for column, value in common.items():
        default = f"'{value}'" if not isinstance(value, bool | int | float) else str(value)
        connection.exec_driver_sql(f"ALTER TABLE {name} ALTER COLUMN {column} SET DEFAULT {default}")
    driver: Any = connection.connection.driver_connection
    with driver.cursor() as cursor, cursor.copy(f"COPY {name} ({', '.join(columns)}) FROM STDIN") as copy:
        for row in coming:
            copy.write_row(row)


def _literal(value: Any) -> str:
    match value:
        case bytes():
            return f"x'{value.hex()}'"
        case str():
            return f"'{value}'"
        case _:
            return str(int(value) if isinstance(value, bool) else value)


def _plain(value: Any) -> Any:
    """A value as SQLite keeps it."""
    match value:
        case UUID():
            return value.bytes
        case datetime():
            return value.strftime("%Y-%m-%d %H:%M:%S.%f")
        case date():
            return value.isoformat()
        case _:
            return value


def _empty(column: sa.Column[Any]) -> Any:
    kind = column.type
    if isinstance(kind, sa.Boolean):
        return False
    if isinstance(kind, sa.Integer | sa.Float):
        return 0
    if isinstance(kind, sa.JSON):
        return "[]" if column.name in ("facts", "known_by", "raised_by", "law", "merged") else "{}"
    if isinstance(kind, sa.DateTime) or "DateTime" in type(kind).__name__:
        return _AT
    return ""
