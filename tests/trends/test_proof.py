"""The proof of the cells: columns say what visit by visit says, and whatever is wrong with what is kept is found."""

from datetime import date
from uuid import UUID

import numpy as np
import pytest
import sqlalchemy as sa
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from sqlmodel import SQLModel

from compliance.checklists.rules import AREAS
from compliance.findings.states import FindingState
from compliance.shared.database import session
from compliance.trends import store_anew, store_fold, store_receipts, store_verify
from compliance.trends.contribution import put
from compliance.trends.models import TREND_CELLS, TREND_LAST, TREND_LOG, TREND_VISIT
from compliance.trends.packed import Family
from compliance.trends.store_statements import VISIT
from compliance.visits.states import Outcome, Route
from tests.soak import examples
from tests.trends.made import Maker
from tests.trends.made import items as some_items
from tests.trends.test_cells import committed

SCORE = st.one_of(st.none(), st.integers(0, 10_000).map(lambda hundredths: hundredths / 100))
AREA = st.tuples(SCORE, st.booleans())
SHORTFALL = st.fixed_dictionaries(
    {
        "item": st.sampled_from(["WAG01", "SAF01", "OLD-9"]),
        "area": st.sampled_from([*AREAS, "training"]),
        "clause": st.sampled_from(["", "1.1", "2.条"]),
        "severity": st.sampled_from(["critical", "major", "minor"]),
        "state": st.sampled_from([FindingState.released, FindingState.changed, FindingState.withdrawn]),
    }
)
VISITED = st.fixed_dictionaries(
    {
        "enterprise": st.integers(0, 2),
        "route": st.sampled_from(Route),
        "outcome": st.sampled_from([Outcome.completed, Outcome.completed, *Outcome]),
        "on": st.sampled_from([None, date(2026, 8, 31), date(2026, 9, 1)]),
        "scored": st.booleans(),
        "score": SCORE,
        "coverage": st.sampled_from([0, 0.3, 0.5, 0.6, 0.7, 0.8, 0.9, 1]),
        "band": st.sampled_from([None, "good", "poor"]),
        "areas": st.dictionaries(st.sampled_from([*AREAS, "training"]), AREA),
        "drawn": st.booleans(),
        "shortfalls": st.lists(SHORTFALL, max_size=5),
        "repeats": st.booleans(),
    }
)


def rows(name):
    return SQLModel.metadata.tables[name]


def written(maker, said, item):
    """A released visit whose receipts say this."""
    visit = maker.visit(said["route"], enterprise=said["enterprise"])
    visit.outcome, visit.visited_on = said["outcome"], said["on"]
    if said["drawn"]:
        maker.draw([visit], population=9, first=date(2000 + maker.number, 1, 1), last=date(2000 + maker.number, 2, 1))
    session().flush()
    card, area, finding = rows("scorecard"), rows("scorecard_area"), rows("finding")
    mine = card.c.visit_id == visit.id
    card_id = session().execute(sa.select(card.c.id).where(mine)).scalar_one()
    session().execute(sa.delete(area).where(area.c.scorecard_id == card_id))
    says = {name: said[name] for name in ("score", "coverage", "band")}
    session().execute(sa.update(card).where(mine).values(**says, **({} if said["scored"] else {"released_at": None})))
    for name, (score, provisional) in said["areas"].items():
        values = {"score": score, "provisional": provisional, "coverage": 1, "hidden": False}
        session().execute(sa.insert(area).values(scorecard_id=card_id, area=name, **values))
    earlier = None
    for number, one in enumerate(said["shortfalls"]):
        row = maker.finding(visit, item)
        values = one | {"repeat_of_id": earlier if said["repeats"] else None, "sealed_fact": f"{number}"}
        session().execute(sa.update(finding).where(finding.c.id == row.id).values(**values))
        earlier = row.id
    return visit.id


def plain(one):
    """A put with its ids as bytes, whatever the database gives."""
    return tuple(part.bytes if isinstance(part, UUID) else part for part in one)


@settings(
    max_examples=examples(12),
    deadline=None,
    phases=[Phase.generate],
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(many=st.lists(VISITED, min_size=1, max_size=4), classes=st.tuples(st.sampled_from(["", "C18", "C1811"])))
def test_columns_say_of_each_visit_what_its_own_receipts_say(world, db_session, many, classes):
    session().rollback()
    [item] = some_items(world, 1)
    maker = Maker(world)
    ids = [written(maker, said, item) for said in many]
    session().execute(
        sa.update(rows("enterprise")).where(rows("enterprise").c.id == world.enterprises[0]).values(sector=classes[0])
    )
    session().execute(
        sa.update(rows("workplace")).where(rows("workplace").c.id == world.workplaces[1]).values(district="")
    )
    anew = store_anew.everything()
    every = np.arange(len(anew.visits))
    given_ = list(zip(*anew.puts(every), strict=True))
    assert {one[0]: one for one in given_} == {
        one[0]: one for one in map(plain, map(put, store_receipts.of_visits(ids)))
    }
    assert len(given_) == len(ids)
    for id in ids:
        [alone] = store_receipts.of_visits([id])
        assert plain(put(alone)) in given_
    session().rollback()


@pytest.fixture
def kept(world, db_session):
    """Two visits whose cells are folded, and one in the log."""
    items = some_items(world, 3)
    maker = Maker(world)
    for number in (1, 2):
        visit = maker.visit(enterprise=number, missed=tuple(items[:number]))
        maker.draw([visit], population=9, first=date(2000 + number, 1, 1), last=date(2000 + number, 2, 1))
        for item in items[:number]:
            maker.finding(visit, item)
    committed(world)
    store_fold.fold()
    session().commit()
    maker.visit(Route.targeted)
    committed(world)
    assert store_verify.verify().differences == []


def told():
    return [(one.table, one.fault.value) for one in store_verify.verify().differences]


def test_one_changed_byte_in_a_packed_row_of_any_family_is_found(kept):
    for family in Family:
        body = session().execute(sa.select(TREND_CELLS.c.body).where(_row(family))).scalar_one()
        for at in (0, len(body) // 2, len(body) - 1):
            changed = bytearray(body)
            changed[at] ^= 1
            session().execute(sa.update(TREND_CELLS).where(_row(family)).values(body=bytes(changed)))
            assert told() == [("trend_cells", "differs")], (family, at)
        session().rollback()


def _row(family):
    grain = TREND_CELLS.c.grain == 0
    return sa.and_(TREND_CELLS.c.family == int(family), grain, TREND_CELLS.c.part == "", TREND_CELLS.c.month == 202608)


def test_a_packed_row_that_is_gone_or_left_over_is_found(kept):
    for family in Family:
        session().execute(sa.update(TREND_CELLS).where(_row(family)).values(month=202607))
        assert told() == [("trend_cells", "left over"), ("trend_cells", "missing")]
        session().rollback()


def test_a_change_lost_or_doubled_in_the_log_is_found(kept):
    [change] = session().execute(sa.select(TREND_LOG)).mappings().all()
    session().execute(sa.delete(TREND_LOG))
    assert ("trend_cells", "differs") in told()
    for _ in range(2):
        session().execute(sa.insert(TREND_LOG).values({name: change[name] for name in change if name != "id"}))
    found = store_verify.verify().differences
    ends = next(one for one in found if one.key[1:4] == (Family.ends, 0, ""))
    assert "targeted" in ends.kept and "completed 0" in ends.kept and "completed -1" in ends.given
    session().rollback()


def test_any_part_of_what_a_visit_put_in_that_was_changed_is_found_and_named(world, kept):
    row = session().execute(sa.select(TREND_VISIT)).mappings().first()
    others = {
        "month": 202501, "traits": 33, "sums": b"\1" + row["sums"][1:], "enterprise_id": world.enterprises[0],
        "marks": row["marks"] + "\ni:X",
    }  # fmt: skip
    for name in VISIT:
        if name in ("visit_id", "association_id"):
            continue
        other = others.get(name, UUID(int=7) if name.endswith("_id") else "x")
        session().execute(sa.update(TREND_VISIT).where(TREND_VISIT.c.visit_id == row["visit_id"]).values({name: other}))
        [found] = store_verify.verify().differences
        assert (found.table, found.fault.value, found.where) == ("trend_visit", "differs", str(row["visit_id"]))
        assert found.given.startswith("completed 1, refused 0" if name == "sums" else name)
        session().rollback()


def test_sums_of_a_visit_that_lost_a_byte_are_found(kept):
    session().execute(sa.update(TREND_VISIT).values(sums=b"\0"))
    assert told() == [("trend_visit", "differs")] * 3
    session().rollback()


def test_a_visit_that_is_missing_or_left_over_is_found(world, kept):
    ids = session().execute(sa.select(TREND_VISIT.c.visit_id)).scalars().all()
    unreleased = Maker(world, 5).visit(released=False)
    session().flush()
    session().execute(sa.update(TREND_VISIT).where(TREND_VISIT.c.visit_id == ids[0]).values(visit_id=unreleased.id))
    found = {(one.fault.value, one.where) for one in store_verify.verify().differences}
    assert found == {("missing", str(ids[0])), ("left over", str(unreleased.id))}
    session().rollback()


def test_a_wrong_day_of_a_last_visit_is_found(world, kept):
    enterprise_id = world.enterprises[1]
    [unvisited] = Maker(world, 50).members(1, name="Unvisited")
    committed(world)
    this = TREND_LAST.c.enterprise_id == enterprise_id
    session().execute(sa.update(TREND_LAST).where(this).values(last_on=date(2020, 1, 1)))
    [found] = store_verify.verify().differences
    assert (found.table, found.fault.value, found.kept, found.given) == (
        "trend_last", "differs", "member, 2020-01-01", "member, 2026-08-03",
    )  # fmt: skip
    session().execute(sa.delete(TREND_LAST).where(this))
    assert told() == [("trend_last", "missing")]
    this = TREND_LAST.c.enterprise_id == world.enterprises[unvisited]
    session().execute(sa.update(TREND_LAST).where(this).values(last_on=date(2020, 1, 1)))
    assert sorted(told()) == [("trend_last", "differs"), ("trend_last", "missing")]
    session().rollback()


def test_an_empty_association_has_nothing_to_prove(world, db_session):
    assert store_verify.verify() == (0, 0, [])
