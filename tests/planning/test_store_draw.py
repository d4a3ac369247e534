"""A period from its set-up to its revealed seed, on both databases."""

import hmac
import json
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, date, datetime, timedelta
from uuid import UUID

import pytest
import sqlmodel

from compliance.enterprises import store as enterprises
from compliance.people import store as people
from compliance.people import store_ties as ties
from compliance.people.rules import TieKind
from compliance.planning import draw, jobs, store, store_drawn, store_periods, store_verify
from compliance.planning.models import DrawnWorkplace, DrawPeriod, DrawStratum
from compliance.planning.periods import LeftReason, PeriodMove, PeriodState
from compliance.planning.settings import Settings, shares
from compliance.shared import audit, clock
from compliance.shared.database import session
from compliance.shared.problems import Conflict, NotFound, Problem, Refused
from compliance.visits import store as visits
from compliance.visits.states import Route

MORNING = datetime(2026, 10, 5, 2, tzinfo=UTC)
FIRST, LAST = date(2026, 10, 1), date(2026, 12, 31)
SETTINGS = Settings(visits=12, inspector_days=24, random_share=60, complaint_share=0, smallest=2)


@pytest.fixture(autouse=True)
def _in_autumn(db_session):
    with clock.at(MORNING):
        yield


def grown(world, number=30):
    """The world with more members in three sectors."""
    for n in range(number):
        enterprises.create(
            world.system,
            {"name": f"Example Works {n}", "sector": ("C18", "H62", "C33")[n % 3], "size": "small", "workers": 20 + n},
        )
    return world


def set_up(world, first=FIRST, last=LAST, settings=SETTINGS, who="coordinator") -> DrawPeriod:
    return store_periods.create(world.actor(who), "Autumn", first, last, settings)


def drawn(world) -> DrawPeriod:
    row = set_up(grown(world))
    coordinator = world.actor("coordinator")
    store_periods.freeze(coordinator, row.id)
    return store_drawn.make(coordinator, row.id)


def test_a_draw_is_bound_before_it_is_made_and_verified_after(world):
    row = drawn(world)
    assert (row.state, row.frame_size) == (PeriodState.drawn, 33)
    lines = [line for line in reversed(audit.about(row.id)) if line.verb in ("draw.frozen", "draw.drawn")]
    assert [line.verb for line in lines] == ["draw.frozen", "draw.drawn"]
    assert lines[0].changes["note"] == {
        "frame_digest": row.frame_digest,
        "seed_digest": row.seed_digest,
        "algorithm": "compliance-draw-1",
    }
    rows = store_drawn.rows(world.actor("coordinator"), row)
    assert len(rows) == 12
    assert sum(one.route == "random" for one in rows) == shares(SETTINGS).random == 8
    assert store_verify.verify(row).equal


def test_the_seed_and_the_list_of_those_drawn_are_nowhere_on_the_trail(world):
    row = drawn(world)
    lines = session().exec(sqlmodel.select(audit.AuditLine)).all()
    text = json.dumps([line.changes for line in lines if line.verb.startswith("draw.")])
    assert row.seed not in text
    for one in store_drawn.rows(world.actor("coordinator"), row):
        assert str(one.id) not in text
        assert str(one.workplace_id) not in text


def test_who_knows_the_frame_cannot_try_out_results_against_the_trail(world):
    row = drawn(world)
    seed = bytes.fromhex(row.seed)
    made = draw.draw(store.frame(row), seed)
    lines = session().exec(sqlmodel.select(audit.AuditLine)).all()
    assert made.digest not in json.dumps([line.changes for line in lines])
    note = next(line.changes["note"] for line in lines if line.verb == "draw.drawn")
    expected = hmac.new(seed, f"result|{made.digest}".encode(), "sha256").hexdigest()
    assert note == {"drawn": 12, "strata": len(made.strata), "drawn_seal": expected}
    assert row.drawn_digest == expected


def test_a_draw_of_before_the_key_is_verified_by_its_bare_digest(world, monkeypatch):
    with monkeypatch.context() as before:  # what the earlier release wrote
        before.setattr(draw.Drawing, "seal", lambda made, seed: made.digest)
        before.setattr(store_drawn, "SEAL", "drawn_digest")
        row = drawn(world)
    note = next(line.changes["note"] for line in audit.about(row.id) if line.verb == "draw.drawn")
    assert set(note) == {"drawn", "strata", "drawn_digest"}
    assert store_verify.verify(row).equal
    row.drawn_digest = "00" * 32
    session().flush()
    assert {fault.code for fault in store_verify.verify(row).faults} == {"drawn-digest", "trail"}
    audit.forget_unwritten()


def test_drawing_twice_draws_once(world):
    row = drawn(world)
    before = [(one.id, one.position) for one in store_drawn.rows(world.actor("coordinator"), row)]
    coordinator = world.actor("coordinator")
    store_drawn.make(coordinator, row.id)
    store_periods.freeze(coordinator, row.id)
    assert [(one.id, one.position) for one in store_drawn.rows(coordinator, row)] == before
    lines = [line.verb for line in audit.about(row.id)]
    assert (lines.count("draw.drawn"), lines.count("draw.frozen")) == (1, 1)


def test_asking_twice_asks_for_one_task(world):
    row = set_up(grown(world))
    asked = jobs.ask(world.actor("coordinator"), row.id, PeriodMove.freeze, "Freeze").job_id
    assert jobs.ask(world.actor("coordinator"), row.id, PeriodMove.freeze, "Freeze").job_id == asked


def test_periods_do_not_overlap_but_a_cancelled_one_can_be_set_up_anew(world):
    row = set_up(world)
    with pytest.raises(Problem, match="overlap the period “Autumn”"):
        set_up(world, LAST, LAST + timedelta(days=60))
    with pytest.raises(Problem, match="give a reason"):
        store_periods.cancel(world.actor("coordinator"), row.id, "  ")
    store_periods.freeze(world.actor("coordinator"), row.id)
    store_periods.cancel(world.actor("coordinator"), row.id, "The register was incomplete.")
    set_up(world)
    set_up(world, LAST + timedelta(days=1), LAST + timedelta(days=60))


def test_a_drawn_period_is_neither_cancelled_nor_changed(world):
    row = drawn(world)
    for act in (
        lambda: store_periods.cancel(world.actor("coordinator"), row.id, "Other names were hoped for."),
        lambda: store_periods.change(world.actor("coordinator"), row.id, "X", FIRST, LAST, SETTINGS),
        lambda: store_periods.exclude(world.actor("coordinator"), row.id, world.workplaces[0], "Too far"),
    ):
        with pytest.raises(Conflict, match="drawn"):
            act()


def test_a_frame_without_members_is_refused_with_a_clear_word(world):
    for enterprise_id in world.enterprises:
        row = enterprises.get(world.system, enterprise_id)
        row.status = "left"
        session().add(row)
    period = set_up(world)
    with pytest.raises(Problem, match="nobody to draw from"):
        store_periods.freeze(world.actor("coordinator"), period.id)
    assert store.get(world.actor("coordinator"), period.id).state is PeriodState.draft


def test_what_is_left_out_is_not_in_the_frame_and_comes_back_when_undone(world):
    row, coordinator = set_up(world), world.actor("coordinator")
    store_periods.exclude(coordinator, row.id, world.workplaces[0], "Closed for rebuilding")
    with pytest.raises(Conflict, match="left out already"):
        store_periods.exclude(coordinator, row.id, world.workplaces[0], "Again")
    assert {one.row.reason for one in store.exclusions(row)} == {"Closed for rebuilding"}
    ids = {one.workplace for one in store_periods.members(coordinator, row.id)}
    assert ids == {id.hex for id in world.workplaces[1:]}
    store_periods.include_again(coordinator, row.id, world.workplaces[0])
    assert len(store_periods.members(coordinator, row.id)) == 3


def test_a_recent_visit_takes_nobody_out_of_the_frame(world):
    row, coordinator = set_up(world), world.actor("coordinator")
    before = store_periods.members(coordinator, row.id)
    visits.plan(coordinator, world.workplaces[0], planned_for=MORNING.date(), route="random")
    assert store_periods.members(coordinator, row.id) == before


def test_numbers_that_cannot_be_are_refused_with_their_field(world):
    for changes, field in (
        ({"random_share": 29}, "random_share"),
        ({"visits": 0}, "visits"),
        ({"inspector_days": 1}, "inspector_days"),
        ({"smallest": 1}, "smallest"),
        ({"complaint_share": 51}, "complaint_share"),
    ):
        with pytest.raises(Problem) as raised:
            set_up(world, settings=Settings(**{**vars(SETTINGS), **changes}))
        assert raised.value.facts["field"] == field
    with pytest.raises(Problem, match="over already"):
        set_up(world, date(2026, 1, 1), date(2026, 3, 31))
    with pytest.raises(Problem, match="before the first"):
        set_up(world, LAST, FIRST)


def test_a_coordinator_with_a_tie_does_not_open_the_plan(world):
    row = drawn(world)
    ties.declare(world.system, people.get(world.system, world.people["coordinator"]), world.enterprises[0], TieKind.kin)
    with pytest.raises(Refused, match="another coordinator"):
        store.get(world.actor("coordinator"), row.id)
    with pytest.raises(Refused, match="another coordinator"):
        set_up(world, LAST + timedelta(days=1), LAST + timedelta(days=60))


def test_a_tie_to_somebody_outside_the_frame_hinders_nobody_after_freezing(world):
    row = set_up(grown(world))
    store_periods.exclude(world.actor("coordinator"), row.id, world.workplaces[0], "Being wound up")
    store_periods.freeze(world.actor("coordinator"), row.id)
    ties.declare(world.system, people.get(world.system, world.people["coordinator"]), world.enterprises[0], TieKind.kin)
    assert store.get(world.actor("coordinator"), row.id).id == row.id


def test_another_association_has_no_such_period(world):
    row = set_up(world)
    with pytest.raises(NotFound):
        store.get(world.actor("stranger"), row.id)
    with pytest.raises(NotFound):
        store.for_audit(world.actor("stranger"), row.id)
    assert store.every(world.actor("stranger")) == []


def test_a_planned_visit_carries_what_the_draw_says(world):
    row, coordinator = drawn(world), world.actor("coordinator")
    one = store_drawn.waiting(coordinator, row)[0]
    stratum = session().get_one(DrawStratum, one.stratum_id)
    store_drawn.plan_visit(coordinator, one.id, date(2026, 10, 9), [])
    visit = visits.get(coordinator, one.visit_id)
    assert (visit.route, visit.stratum, visit.inclusion_probability) == (
        one.route,
        stratum.key,
        one.inclusion_probability,
    )
    assert visit.workplace_id == one.workplace_id
    with pytest.raises(Conflict, match="planned already"):
        store_drawn.plan_visit(coordinator, one.id, date(2026, 10, 9), [])


def test_why_a_drawn_visit_is_made_is_not_changed_afterwards(world):
    row, coordinator = drawn(world), world.actor("coordinator")
    one = next(one for one in store_drawn.waiting(coordinator, row) if one.route == Route.random)
    store_drawn.plan_visit(coordinator, one.id, date(2026, 10, 9), [])
    visit, new = visits.get(coordinator, one.visit_id), {"purpose": "", "inspector_ids": []}
    with pytest.raises(Problem, match="was drawn"):
        visits.change(coordinator, visit, planned_for=date(2026, 10, 9), route=Route.targeted, **new)
    moved = visits.change(coordinator, visit, planned_for=date(2026, 10, 12), route=Route.random, **new)
    assert moved.planned_for == date(2026, 10, 12)


def test_two_who_draw_at_the_same_moment_draw_once(app, world):
    coordinator, row = world.actor("coordinator"), set_up(grown(world))
    store_periods.freeze(coordinator, row.id)
    period_id = row.id
    session().commit()

    def draw_it(_number: int) -> str:
        with app.app_context(), clock.at(MORNING):
            digest = store_drawn.make(coordinator, period_id).drawn_digest
            session().commit()
            return str(digest)

    with ThreadPoolExecutor(2) as both:
        assert len(set(both.map(draw_it, range(2)))) == 1
    session().expire_all()
    assert [line.verb for line in audit.about(period_id)].count("draw.drawn") == 1
    assert store_verify.verify(store.get(coordinator, period_id)).equal


def test_a_member_that_left_after_the_draw_is_marked_and_stays_drawn(world):
    row, coordinator = drawn(world), world.actor("coordinator")
    first, second = store_drawn.waiting(coordinator, row)[:2]
    gone = enterprises.get(world.system, first.enterprise_id)
    gone.status = "closed"
    session().add(gone)
    assert store_drawn.note_departures(coordinator, row) == 1
    assert store_drawn.note_departures(coordinator, row) == 0
    store_drawn.mark_left(coordinator, second.id, LeftReason.merged, "Merged into No. 7")
    kept = {one.id: one.left_reason for one in store_drawn.rows(coordinator, row)}
    assert (kept[first.id], kept[second.id]) == (LeftReason.closed, LeftReason.merged)
    assert len(kept) == 12
    assert store_verify.verify(row).equal
    with pytest.raises(Conflict, match="has left"):
        store_drawn.plan_visit(coordinator, second.id, date(2026, 10, 9), [])


def test_who_left_is_noted_by_itself_while_the_period_runs_and_never_later(world):
    row, coordinator = drawn(world), world.actor("coordinator")
    first, second = store_drawn.waiting(coordinator, row)[:2]
    enterprises.get(world.system, first.enterprise_id).status = "left"
    audit.record(world.system, "enterprise.edited")
    session().commit()
    jobs.note_departures()
    assert store_drawn.get(coordinator, first.id).left_reason is LeftReason.left
    assert "draw.left" in {line.verb for line in audit.about(row.id)}
    with clock.at(datetime(2027, 1, 4, 2, tzinfo=UTC)):
        enterprises.get(world.system, second.enterprise_id).status = "left"
        audit.record(world.system, "enterprise.edited")
        session().commit()
        jobs.note_departures()
        assert store_drawn.get(coordinator, second.id).left_reason is None


def test_who_left_before_the_planned_visit_counts_as_gone(world):
    row, coordinator = drawn(world), world.actor("coordinator")
    one = store_drawn.waiting(coordinator, row)[0]
    store_drawn.plan_visit(coordinator, one.id, date(2026, 10, 9), [])
    enterprises.get(world.system, one.enterprise_id).status = "left"
    assert store_drawn.note_departures(coordinator, row) == 1
    assert store_drawn.get(coordinator, one.id).left_reason is LeftReason.left


def test_the_seed_is_shown_only_when_the_last_visit_has_ended_and_the_period_is_over(world):
    row, coordinator = drawn(world), world.actor("coordinator")
    one = store_drawn.waiting(coordinator, row)[0]
    store_drawn.plan_visit(coordinator, one.id, date(2026, 10, 9), [])
    with pytest.raises(Conflict, match="after the last day"):
        store_verify.reveal(world.actor("leader"), row.id)
    with clock.at(datetime(2027, 1, 4, 2, tzinfo=UTC)):
        with pytest.raises(Conflict, match="after the last day"):
            store_verify.reveal(world.actor("leader"), row.id)
        visits.cancel(coordinator, visits.get(coordinator, one.visit_id), "The period is over.")
        shown = store_verify.reveal(world.actor("leader"), row.id)
    assert (shown.state, shown.revealed_by) == (PeriodState.ended, world.people["leader"])
    with pytest.raises(Conflict, match="ended"):
        store_drawn.plan_visit(coordinator, store_drawn.waiting(coordinator, row)[0].id, date(2026, 12, 9), [])


def test_a_leader_with_a_tie_never_checks_a_draw(world):
    row = drawn(world)
    ties.declare(world.system, people.get(world.system, world.people["leader"]), world.enterprises[0], TieKind.owner)
    with pytest.raises(Refused, match="without a tie"):
        store.for_audit(world.actor("leader"), row.id)


@pytest.mark.parametrize("what", ["probability", "swap", "removed", "stratum", "seed", "frame", "algorithm", "seal"])
def test_whatever_is_changed_after_the_draw_shows(world, what):
    row = drawn(world)
    rows = store_drawn.rows(world.system, row)
    before = store_verify.verify(row)
    assert before.equal
    match what:
        case "probability":
            next(one for one in rows if one.route == "random").inclusion_probability = 0.999
        case "swap":
            taken = {one.workplace_id for one in rows}
            other = next(m for m in store.frame(row).members if UUID(m.workplace) not in taken)
            rows[0].workplace_id, rows[0].enterprise_id = UUID(other.workplace), UUID(other.enterprise)
        case "removed":
            session().delete(rows[-1])
        case "stratum":
            store.strata(row)[-1].frame_size += 1
        case "seed":
            row.seed = "00" * 32
        case "frame":
            other = set_up(world, LAST + timedelta(days=1), LAST + timedelta(days=9))
            row.frame_digest = store_periods.freeze(world.actor("coordinator"), other.id).frame_digest
        case "algorithm":
            row.algorithm = "compliance-draw-9"
        case "seal":  # the bare digest is not what the trail names
            row.drawn_digest = draw.draw(store.frame(row), bytes.fromhex(row.seed)).digest
    session().flush()
    assert not store_verify.verify(row).equal
    audit.forget_unwritten()


def test_two_of_one_workplace_cannot_be_kept(world):
    row = drawn(world)
    one = store_drawn.rows(world.system, row)[0]
    session().add(DrawnWorkplace(**{**one.model_dump(exclude={"id"}), "position": 99}))
    with pytest.raises(Exception, match="(?i)unique"):
        session().flush()
    session().rollback()


def test_looks_are_kept_with_who_and_what(world):
    row = drawn(world)
    store.look(world.actor("coordinator"), row, "list")
    (look,) = store.looks(row)
    assert (look.person_id, look.page) == (world.people["coordinator"], "list")
