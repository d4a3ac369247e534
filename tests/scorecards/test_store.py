"""Receipts in the database: issued, released, superseded, read by who may, and proved by replay."""

from dataclasses import replace
from datetime import UTC, date, datetime
from decimal import Decimal
from uuid import uuid4

import pytest
import sqlalchemy as sa

from compliance.scorecards import store
from compliance.scorecards.models import Kind, Scorecard
from compliance.shared import clock
from compliance.shared.database import session
from compliance.shared.problems import NotFound
from tests.scorecards.visited import a_visit


def test_a_visit_is_scored_and_the_receipt_says_so(world, db_session) -> None:
    reviewer = world.actor("reviewer")
    case = a_visit(world).say("WAG01", "partial")
    row = store.issue(reviewer, *case.scored)
    session().commit()
    view = store.current(reviewer, case.visit.id)
    assert view.id == row.id
    assert view.kind is Kind.as_found
    assert view.inside
    assert view.result.overall.score is not None
    assert Decimal(90) < view.result.overall.score < Decimal(100)
    assert view.result.line("WAG01").why.code == "partial"
    assert list(store.replay(reviewer)) == []
    assert store.count(reviewer) == 1


def test_the_same_answers_give_the_same_receipt_and_others_a_correction(world, db_session) -> None:
    reviewer = world.actor("reviewer")
    case = a_visit(world)
    first = store.issue(reviewer, *case.scored)
    assert store.issue(reviewer, *case.scored).id == first.id
    second = store.issue(reviewer, *case.say("WAG01", "non_compliant").scored, reason="Misread.")
    third = store.issue(reviewer, *case.say("WAG01", "partial").scored)
    session().commit()
    assert (second.kind, second.supersedes_id) == (Kind.correction, first.id)
    assert third.supersedes_id == second.id
    assert store.current(reviewer, case.visit.id).id == third.id
    assert store.get(reviewer, first.id).result.line("WAG01").why.code == "compliant"
    assert list(store.replay(reviewer)) == []


def test_the_enterprise_sees_nothing_before_release_and_the_released_one_until_the_next_is(world, db_session) -> None:
    reviewer, manager, stranger = world.actor("reviewer"), world.actor("manager"), world.actor("manager2")
    case = a_visit(world)
    first = store.issue(reviewer, *case.scored)
    for reader in (manager, stranger):
        with pytest.raises(NotFound):
            store.current(reader, case.visit.id)
        with pytest.raises(NotFound):
            store.get(reader, first.id)
    store.release(reviewer, case.visit.id)
    second = store.issue(reviewer, *case.say("WAG01", "non_compliant").scored)
    session().commit()
    assert store.current(manager, case.visit.id).id == first.id
    assert store.current(reviewer, case.visit.id).id == second.id
    with pytest.raises(NotFound):
        store.get(manager, second.id)
    store.release(reviewer, case.visit.id)
    session().commit()
    assert store.current(manager, case.visit.id).id == second.id
    assert store.get(manager, first.id).id == first.id
    assert [view.id for view in store.of_enterprise(manager, world.enterprises[0])] == [second.id]
    assert store.of_visits(stranger, [case.visit.id]) == {}


def test_the_enterprise_reads_masked_lines(world, db_session) -> None:
    reviewer, manager = world.actor("reviewer"), world.actor("manager")
    case = a_visit(world)
    sealed = next(item for item in case.checklist.items for fact in item.facts if fact.disclosure == "sealed")
    fact = next(fact for fact in sealed.facts if fact.disclosure == "sealed")
    case.say(sealed.id, "non_compliant", facts=frozenset({fact.id}))
    store.issue(reviewer, *case.scored)
    store.release(reviewer, case.visit.id)
    session().commit()
    inside, outside = (store.current(reader, case.visit.id) for reader in (reviewer, manager))
    assert inside.result.line(sealed.id).why.code == "withheld"
    assert outside.result.line(sealed.id).why.code == "not_looked_at"
    assert outside.result.overall == inside.result.overall
    assert outside.issued_at == outside.released_at
    assert fact.id not in repr(outside)


def test_who_is_of_another_association_or_has_a_tie_is_outside(world, db_session) -> None:
    reviewer = world.actor("reviewer")
    case = a_visit(world)
    row = store.issue(reviewer, *case.scored)
    tied = replace(world.actor("leader"), tied_ids=frozenset({world.enterprises[0]}))
    stranger = world.actor("stranger")
    for reader in (tied, stranger):
        assert store.of_visits(reader, [case.visit.id]) == {}
        with pytest.raises(NotFound):
            store.release(reader, case.visit.id)
        with pytest.raises(NotFound):
            store.issue(reader, *case.scored)
    store.release(reviewer, case.visit.id)
    session().commit()
    assert not store.current(tied, case.visit.id).inside
    with pytest.raises(NotFound):
        store.get(stranger, row.id)
    with pytest.raises(NotFound):
        store.get(reviewer, uuid4())


def test_a_visit_is_compared_with_the_last_released_one_of_its_own_workplace(world, db_session) -> None:
    reviewer = world.actor("reviewer")
    cases = [a_visit(world, n, date(2026, n, 1)) for n in (1, 5, 9)]
    other = a_visit(world, 4, date(2026, 8, 1), place=1)
    for case in (*cases, other):
        store.issue(reviewer, *case.scored)
    store.release(reviewer, cases[0].visit.id)
    store.release(reviewer, other.visit.id)
    session().commit()
    before = store.previous(reviewer, world.workplaces[0], date(2026, 9, 1))
    assert before is not None
    assert before.visit_id == cases[0].visit.id
    assert store.previous(reviewer, world.workplaces[0], date(2026, 1, 1)) is None
    newest_first = [view.visited_on for view in store.of_workplace(reviewer, world.workplaces[0])]
    assert newest_first == [date(2026, 9, 1), date(2026, 5, 1), date(2026, 1, 1)]


def test_figures_are_those_of_released_scorecards(world, db_session) -> None:
    reviewer = world.actor("reviewer")
    first, second = a_visit(world, 1, date(2026, 3, 1)), a_visit(world, 2, date(2026, 6, 1), place=1)
    store.issue(reviewer, *first.say("WAG01", "non_compliant").scored)
    store.issue(reviewer, *second.scored)
    assert store.figures(reviewer) == []
    store.release(reviewer, first.visit.id)
    store.release(reviewer, second.visit.id)
    session().commit()
    both = store.figures(reviewer)
    assert [one.visit_id for one in both] == [first.visit.id, second.visit.id]
    assert both[0].areas["wages"].score is not None
    assert both[0].areas["wages"].score < 100
    assert both[1].areas["wages"].score == 100
    assert store.figures(reviewer, since=date(2026, 3, 2), until=date(2026, 6, 1)) == both[1:]
    assert store.figures(world.actor("manager")) == both[:1]
    assert store.figures(world.actor("stranger")) == []


def _tamper(row, values) -> None:
    """Change a receipt behind the database's own guard, as somebody with the administrator's password could."""
    on = " ON scorecard" if session().get_bind().dialect.name == "postgresql" else ""
    session().execute(sa.text(f"DROP TRIGGER scorecard_no_update{on}"))
    session().execute(sa.update(Scorecard).where(Scorecard.id == row.id).values(values))


@pytest.mark.parametrize(
    ("column", "value", "code"),
    [
        ("inputs", {"answers": {}, "profile": {}, "cleared": [], "repeated": []}, "inputs_changed"),
        ("inputs", {"answers": {"WAG01": {}}}, "unreadable"),
        ("checklist_digest", "f" * 64, "checklist_missing"),
        ("score", 12.5, "columns_differ"),
        ("rules_version", "0", None),
    ],
)
def test_replay_finds_what_was_tampered_with(world, db_session, column, value, code) -> None:
    reviewer = world.actor("reviewer")
    case = a_visit(world)
    row = store.issue(reviewer, *case.scored)
    _tamper(row, {column: value})
    session().expire_all()
    codes = {mismatch.code for mismatch in store.replay(reviewer)}
    assert (code in codes) if code else codes == set()
    session().rollback()


def test_replay_finds_a_score_that_was_made_better(world, db_session) -> None:
    reviewer = world.actor("reviewer")
    case = a_visit(world)
    row = store.issue(reviewer, *case.say("WAG01", "non_compliant").scored)
    better = {**row.result, "overall": {**row.result["overall"], "score": "100.0"}}
    _tamper(row, {"result": better})
    session().expire_all()
    assert "result_differs" in {mismatch.code for mismatch in store.replay(reviewer)}
    session().rollback()


def test_the_command_replays_every_association(app, world, db_session) -> None:
    from compliance.casework.commands import replay

    store.issue(world.actor("reviewer"), *a_visit(world).scored)
    session().commit()
    answer = app.test_cli_runner().invoke(replay)
    assert answer.exit_code == 0, answer.output
    assert answer.output.startswith("1 scorecards replayed")
    assert answer.output.endswith(" 0 differences\n")


def test_how_it_stands_today_follows_the_scorecard_that_the_reader_may_see(world, db_session) -> None:
    reviewer, manager = world.actor("reviewer"), world.actor("manager")
    case = a_visit(world).say("WAG01", "non_compliant").say("WAG05", "partial")
    store.issue(reviewer, *case.scored)
    with pytest.raises(NotFound):
        store.standing(manager, case.visit.id, frozenset())
    store.release(reviewer, case.visit.id)
    store.issue(reviewer, *case.say("SAN01", "non_compliant").scored)
    session().commit()
    inside, outside = (store.standing(reader, case.visit.id, {"WAG01"}) for reader in (reviewer, manager))
    assert inside.line("WAG01").why.code == outside.line("WAG01").why.code == "verified"
    assert inside.line("SAN01").why.code == "non_compliant"
    assert outside.line("SAN01").why.code == "compliant"
    assert store.standing(manager, case.visit.id, frozenset()) == store.current(manager, case.visit.id).result


def test_one_released_scorecard_stands_whatever_lies_between_and_at_one_moment(world, db_session) -> None:
    reviewer, manager = world.actor("reviewer"), world.actor("manager")
    case = a_visit(world)
    with clock.at(datetime(2026, 11, 21, 2, 0, tzinfo=UTC)):
        first = store.issue(reviewer, *case.scored)
        store.release(reviewer, case.visit.id)
        between = store.issue(reviewer, *case.say("WAG01", "non_compliant").scored)
        third = store.issue(reviewer, *case.say("WAG01", "partial").scored)
        store.release(reviewer, case.visit.id)
        unreleased = store.issue(reviewer, *case.say("WAG01", "compliant").say("WAG02", "partial").scored)
        session().commit()
    assert between.released_at is None
    assert [view.id for view in store.of_workplace(manager, world.workplaces[0])] == [third.id]
    assert [view.id for view in store.of_enterprise(manager, world.enterprises[0])] == [third.id]
    assert store.current(manager, case.visit.id).id == third.id
    assert [one.id for one in store.figures(reviewer)] == [third.id]
    before = store.previous(reviewer, world.workplaces[0], date(2027, 1, 1))
    assert before is not None
    assert before.id == third.id
    assert store.current(reviewer, case.visit.id).id == unreleased.id
    store.release(reviewer, case.visit.id)
    session().commit()
    assert [one.id for one in store.figures(reviewer)] == [unreleased.id]
    assert store.get(manager, first.id).released_at
    with pytest.raises(NotFound):
        store.get(manager, between.id)
