"""The facts of the risk score, read from released visits and the register."""

from collections.abc import Iterator
from datetime import date, datetime, time, timedelta
from uuid import UUID

import pytest
from flask import Flask

from compliance.checklists.risk import Source
from compliance.complaints import store as complaints
from compliance.complaints.models import Complaint
from compliance.complaints.rules import Concerned, Reply
from compliance.complaints.rules import Outcome as CameTo
from compliance.complaints.store import Told
from compliance.enterprises import store as enterprises
from compliance.enterprises.rules import Status
from compliance.people import store as people
from compliance.people import store_ties
from compliance.people.rules import PERMITS, Actor, TieKind
from compliance.planning import store_risk
from compliance.planning.risk import Score
from compliance.shared import clock
from compliance.shared.database import session
from compliance.shared.problems import NotFound
from compliance.visits.states import Outcome, Route
from tests.trends.made import NOW, TODAY, Maker
from tests.world import World


@pytest.fixture(autouse=True)
def the_day() -> Iterator[None]:
    """Everything happens on one day, also the release of scorecards."""
    with clock.at(NOW):
        yield


def given(score: Score) -> dict[Source, int]:
    return {one.source: one.points for one in score.counted}


def score_of(actor: Actor, place: UUID, day: date = TODAY) -> Score:
    return store_risk.score(actor, place, day)


def test_a_workplace_that_nobody_saw_has_the_points_of_the_unknown(db_session: Flask, world: World) -> None:
    score = score_of(world.actor("coordinator"), world.workplaces[0])
    assert given(score) == {Source.days_since_visit: 12, Source.workers: 2}
    assert score.points == 14


def test_the_last_released_visit_counts_and_says_since_when(db_session: Flask, world: World) -> None:
    maker = Maker(world)
    maker.visit(on=date(2025, 3, 1), missed=("SAF01", "SAF02", "WAG01", "WAG02"))
    score = score_of(world.actor("coordinator"), world.workplaces[0])
    line = {one.source: one for one in score.reasons}[Source.days_since_visit]
    assert (line.value, line.since, line.points) == ((TODAY - date(2025, 3, 1)).days, date(2025, 3, 1), 4)
    band = {one.source: one for one in score.reasons}[Source.last_band]
    assert band.value != "none" and band.since == date(2025, 3, 1) and band.chosen == 0


def test_points_do_not_move_while_a_result_is_sealed(db_session: Flask, world: World) -> None:
    maker, coordinator = Maker(world), world.actor("coordinator")
    before = score_of(coordinator, world.workplaces[0])
    maker.visit(Route.targeted, released=False, missed=("SAF01", "SAF02"))
    assert score_of(coordinator, world.workplaces[0]) == before


def test_a_visit_that_is_released_later_is_not_known_earlier(db_session: Flask, world: World) -> None:
    maker, coordinator = Maker(world), world.actor("coordinator")
    row = maker.visit(on=date(2026, 5, 4))
    row.released_at = datetime.combine(date(2026, 6, 1), time(2), NOW.tzinfo)
    session().flush()
    assert Source.days_since_visit in given(score_of(coordinator, world.workplaces[0], date(2026, 5, 20)))
    assert Source.days_since_visit not in given(score_of(coordinator, world.workplaces[0], date(2026, 6, 2)))


def test_refusals_count_and_leave_the_time_since_the_last_visit(db_session: Flask, world: World) -> None:
    Maker(world).visit(outcome=Outcome.refused)
    score = given(score_of(world.actor("coordinator"), world.workplaces[0]))
    assert score[Source.refused_visits] == 6 and score[Source.days_since_visit] == 12


def test_a_sectors_rate_weighs_visits_by_how_many_they_stand_for(db_session: Flask, world: World) -> None:
    maker = Maker(world)
    many = ("SAF01", "SAF02", "SAF03", "SAF04", "SAF05", "SAF06", "SAF07", "WAG01", "WAG02", "WAG03", "WAG04")
    for number in range(12):
        row = maker.visit(enterprise=1, on=date(2026, 2, 2) + timedelta(days=number), missed=many)
        row.inclusion_probability = 0.1
    row = maker.visit(Route.targeted, enterprise=2, on=date(2026, 3, 2))
    row.inclusion_probability = 1.0
    maker.visit(enterprise=2, on=date(2026, 3, 3))  # without a draw: what it stands for is not known
    session().flush()
    found = {one.workplace_id: one.sector_rate for one in store_risk.facts(world.system, TODAY)}
    everywhere = 100 * 120 / 121
    assert found[world.workplaces[0]] == round(everywhere)  # nobody of the sector was visited
    assert found[world.workplaces[1]] == round((12 * 100 + 10 * everywhere) / 22)
    assert found[world.workplaces[2]] == round(10 * everywhere / 11)


def test_own_enterprises_and_those_of_others_are_not_there(db_session: Flask, world: World) -> None:
    assert set(store_risk.points_of(world.system, TODAY)) == set(world.workplaces)
    coordinator = world.actor("coordinator")
    tied = Actor(
        coordinator.person_id, "C", world.association_id, coordinator.roles,
        tied_ids=frozenset({world.enterprises[0]}),
    )  # fmt: skip
    assert set(store_risk.points_of(tied, TODAY)) == set(world.workplaces[1:])
    with pytest.raises(NotFound):
        store_risk.score(tied, world.workplaces[0], TODAY)
    with pytest.raises(NotFound):
        store_risk.score(world.actor("stranger"), world.workplaces[0], TODAY)


def test_points_are_the_sum_of_the_reasons(db_session: Flask, world: World) -> None:
    maker = Maker(world)
    maker.visit(Route.targeted, missed=("SAF01",))
    alone = store_risk.points_of(world.system, TODAY)
    for place, number in alone.items():
        score = store_risk.score(world.system, place, TODAY)
        assert number == score.points == sum(one.points for one in score.reasons)


def test_who_left_has_no_points(db_session: Flask, world: World) -> None:
    row = enterprises.get(world.system, world.enterprises[0])
    row.status = Status.left
    session().flush()
    assert world.workplaces[0] not in store_risk.points_of(world.system, TODAY)


def complaint(world: World, enterprise: int, number: int, came: date) -> Complaint:
    """A complaint that is linked to an enterprise."""
    told = Told({"happened": "Not paid."}, {}, ["wages"], Concerned.one, Reply.no, Reply.no)
    row = complaints.receive(world.system, told, "x", f"{number:064d}", "en", came)
    row.enterprise_id = world.enterprises[enterprise]
    session().flush()
    return row


def test_complaints_count_after_their_delay_until_they_are_old_or_baseless(db_session: Flask, world: World) -> None:
    coordinator, came = world.actor("coordinator"), date(2026, 12, 1)
    first, second = (complaint(world, 0, number, came) for number in (1, 2))
    begins = max(first.scores_from, second.scores_from)
    ends = begins + timedelta(days=732)

    def told(day: date, place: int = 0) -> tuple[int | str | None, date | None, int]:
        line = {one.source: one for one in score_of(coordinator, world.workplaces[place], day).reasons}
        return line[Source.complaints].value, line[Source.complaints].since, line[Source.complaints].points

    assert told(came + timedelta(days=29)) == (0, None, 0)
    assert told(begins) == (2, None, 5)
    assert told(begins, 1) == told(ends) == (0, None, 0)
    assert (
        store_risk.points_of(world.system, begins)[world.workplaces[0]]
        == score_of(coordinator, world.workplaces[0], begins).points
    )
    second.outcome = CameTo.unfounded
    session().flush()
    assert told(begins)[0] == 1


def test_no_complaint_counts_before_the_weights_that_name_it(db_session: Flask, world: World) -> None:
    complaint(world, 0, 1, date(2026, 6, 1))
    assert Source.complaints not in given(score_of(world.actor("coordinator"), world.workplaces[0], date(2026, 11, 30)))


def test_who_sees_the_reasons_of_the_score_may_read_complaints() -> None:
    """The line, and the points that would betray it, are for those alone who may read the complaints themselves."""
    assert PERMITS["risk.read"] <= PERMITS["complaint.read"]


def test_who_has_a_tie_sees_no_points_that_a_complaint_could_move(db_session: Flask, world: World) -> None:
    row = complaint(world, 0, 1, date(2026, 12, 1))
    who = world.actor("coordinator")
    store_ties.declare(who, people.get(who, world.people["coordinator"]), world.enterprises[0], TieKind.kin)
    session().flush()
    tied = world.actor("coordinator")
    assert world.workplaces[0] not in store_risk.points_of(tied, row.scores_from)
    with pytest.raises(NotFound):
        score_of(tied, world.workplaces[0], row.scores_from)
