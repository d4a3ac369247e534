"""Figures of a large association are worked out by a job, and say of which moment they are."""

import re
from collections.abc import Callable, Iterator
from datetime import date, timedelta
from typing import Any
from uuid import UUID

import pytest
import sqlalchemy as sa
from flask import Flask
from sqlmodel import select

from compliance.enterprises import store_lists
from compliance.people.models import Tie
from compliance.people.rules import TieKind
from compliance.shared import audit, clock
from compliance.shared.database import db, session
from compliance.shared.jobs import Job, JobState
from compliance.shared.worked_out import REST, WorkedOut
from compliance.trends import heavy, store, store_reach
from compliance.visits.states import Route
from tests.trends.made import NOW, Maker, items
from tests.world import World

PAGES = ("repeats", "coverage", "board")
YEAR = "?period=year&year=2026"
WAITS = "being worked out"
AS_OF = r"As of [^.]*\. What was written since [^.]*\."


@pytest.fixture(autouse=True)
def _clock() -> Iterator[None]:
    with clock.at(NOW):
        yield


@pytest.fixture
def fill(app: Flask, world: World) -> Callable[..., None]:
    """Members with two visits each, a shortfall that came back on most."""

    def write(members: int = 12, numbers_from: int = 100) -> None:
        with app.app_context():
            maker = Maker(world, numbers_from)
            (item,) = items(world, 1)
            for place, member in enumerate(maker.members(members, name=f"Members {numbers_from}")):
                earlier = maker.finding(
                    maker.visit(Route.targeted, enterprise=member, on=date(2026, 1, 10), missed=(item,)), item
                )
                again = maker.finding(maker.visit(enterprise=member, on=date(2026, 8, 3), missed=(item,)), item)
                if place % 3:
                    again.repeat_of_id = earlier.id
            audit.record(world.actor("coordinator"), "test.filled")
            session().commit()

    return write


@pytest.fixture
def large(monkeypatch: pytest.MonkeyPatch) -> None:
    """Everything is large."""
    monkeypatch.setattr(store_lists, "LARGE", 0)


def figures(text: str) -> str:
    """The page without the line that says of which moment it is, and what may be missing."""
    return re.sub(AS_OF, "", text.rpartition("Reports for the leadership")[2])


def jobs_of(app: Flask, kind: str) -> int:
    with app.app_context():
        return len(session().exec(select(Job).where(Job.kind == kind)).all())


@pytest.mark.parametrize("path", PAGES)
def test_a_large_association_gets_the_same_figures_a_moment_later(
    path: str, sign_in: Any, fill: Callable[..., None], monkeypatch: pytest.MonkeyPatch
) -> None:
    fill()
    leader = sign_in("leader")
    address = f"/trends/{path}{YEAR}"
    small = leader.get(address).text
    monkeypatch.setattr(store_lists, "LARGE", 0)

    assert WAITS in leader.get(address).text
    large = leader.get(address).text

    assert "12:00." in large
    assert " ".join(figures(large).split()) == " ".join(figures(small).split())


def test_many_visits_of_few_members_are_too_many_as_well(
    sign_in: Any, fill: Callable[..., None], monkeypatch: pytest.MonkeyPatch
) -> None:
    fill()
    monkeypatch.setattr(store, "MANY_VISITS", 3)

    assert WAITS in sign_in("leader").get(f"/trends/repeats{YEAR}").text


def test_the_score_is_judged_the_same(app: Flask, world: World, sign_in: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    with app.app_context():
        maker = Maker(world, 100)
        short = items(world, 8)
        made = [
            maker.visit(enterprise=member, on=date(2026, 8, 3), missed=short if place % 2 else ())
            for place, member in enumerate(maker.members(40, name="Members"))
        ]
        maker.draw(made, population=120)
        audit.record(world.actor("coordinator"), "test.filled")
        session().commit()
    leader = sign_in("leader")
    small = leader.get("/score/").text
    assert "more points in" in small
    monkeypatch.setattr(store_lists, "LARGE", 0)

    assert WAITS in leader.get("/score/").text
    large = leader.get("/score/").text

    assert "As of" in large
    assert " ".join(re.sub(AS_OF, "", large).split()) == " ".join(small.split())


def test_both_languages_say_so(sign_in: Any, fill: Callable[..., None], large: None) -> None:
    fill()
    chinese = sign_in("leader", "zh")

    assert "正在计算这些数据" in chinese.get(f"/trends/repeats{YEAR}").text
    assert re.search("截至.*12:00。", chinese.get(f"/trends/repeats{YEAR}").text)


def test_no_sheet_of_what_is_not_there(sign_in: Any, fill: Callable[..., None], large: None) -> None:
    fill()
    leader = sign_in("leader")

    assert "still being worked out" in leader.get(f"/trends/coverage{YEAR}&format=xlsx", status=409).text
    leader.get(f"/trends/coverage{YEAR}")
    leader.http.get(f"/trends/coverage{YEAR}&format=xlsx")


def test_newer_figures_come_after_a_rest_whatever_was_written_meanwhile(
    app: Flask, sign_in: Any, fill: Callable[..., None], large: None
) -> None:
    fill()
    leader = sign_in("leader")
    address = f"/trends/coverage{YEAR}"
    leader.get(address)
    before = leader.get(address).text
    fill(5, 300)

    assert leader.get(address).text == before
    assert jobs_of(app, heavy.COVERAGE) == 1
    with clock.at(NOW + REST + timedelta(seconds=1)):
        leader.get(address)  # asks for newer ones
        later = leader.get(address).text

    assert figures(later) != figures(before)
    assert jobs_of(app, heavy.COVERAGE) == 2


def test_another_day_reckons_anew_how_long_ago(
    app: Flask, sign_in: Any, fill: Callable[..., None], large: None
) -> None:
    fill()
    leader = sign_in("leader")
    leader.get(f"/trends/coverage{YEAR}")
    with clock.at(NOW + timedelta(days=1)):
        assert "As of 15 Sep" in leader.get(f"/trends/coverage{YEAR}").text
        assert "As of 16 Sep" in leader.get(f"/trends/coverage{YEAR}").text
    assert jobs_of(app, heavy.COVERAGE) == 2


def test_who_has_a_tie_gets_figures_without_that_member(
    app: Flask, world: World, sign_in: Any, fill: Callable[..., None], large: None
) -> None:
    fill()
    address = f"/trends/coverage{YEAR}"
    for _ in range(2):
        everybody = sign_in("leader").get(address).text
    with app.app_context():
        tie = Tie(
            person_id=world.people["leader"], enterprise_id=world.enterprises[-1], kind=TieKind.kin, declared_at=NOW
        )
        session().add(tie)
        audit.record(world.actor("coordinator"), "test.tied")
        session().commit()

    assert WAITS in sign_in("leader").get(address).text
    assert figures(sign_in("leader").get(address).text) != figures(everybody)


def test_what_cannot_be_worked_out_says_so_and_is_tried_again(
    app: Flask, sign_in: Any, fill: Callable[..., None], large: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    fill()
    leader = sign_in("leader")
    address = f"/trends/coverage{YEAR}"

    def fails(*_args: Any) -> None:
        raise OSError("disk")

    with monkeypatch.context() as broken:
        broken.setattr(store_reach, "by_place", fails)
        for _ in range(4):  # a job is tried three times before it has failed
            leader.get(address)
            with app.app_context():
                [row] = session().exec(select(Job).where(Job.kind == heavy.COVERAGE)).all()
                if row.state is JobState.queued:
                    _perform(row.id)
        assert "could not be worked out" in leader.get(address).text
    with clock.at(NOW + REST + timedelta(seconds=1)):
        leader.get(address)
        assert "As of" in leader.get(address).text


def _perform(job_id: UUID) -> None:
    from compliance.shared import jobs

    jobs.perform(job_id)


def test_old_figures_are_forgotten(app: Flask, sign_in: Any, fill: Callable[..., None], large: None) -> None:
    fill()
    leader = sign_in("leader")
    leader.get(f"/trends/coverage{YEAR}")
    with clock.at(NOW + timedelta(days=120)):
        leader.get(f"/trends/coverage{YEAR}&by=size&sector=C18")
    with app.app_context():
        [row] = session().execute(sa.select(WorkedOut.made_at)).all()  # type: ignore[call-overload]
        assert row.made_at > NOW


def test_nobody_waits_while_it_is_worked_out(
    app: Flask, sign_in: Any, fill: Callable[..., None], large: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    fill()
    by_place, waited = store_reach.by_place, []

    def watched(*args: Any) -> Any:
        if db.engine.dialect.name == "sqlite":
            with db.engine.connect() as other:  # begins as one that writes
                other.exec_driver_sql("PRAGMA busy_timeout=0")
                other.exec_driver_sql("UPDATE association SET name_en = name_en")
                other.rollback()
        waited.append(False)
        return by_place(*args)

    monkeypatch.setattr(store_reach, "by_place", watched)
    leader = sign_in("leader")
    leader.get(f"/trends/coverage{YEAR}")

    assert "As of" in leader.get(f"/trends/coverage{YEAR}").text
    assert waited == [False]
