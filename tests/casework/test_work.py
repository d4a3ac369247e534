"""What waits for an officer: given by default, taken over, handed on, seen by a substitute, done in one step."""

from datetime import timedelta

import pytest
import sqlalchemy as sa

from compliance.casework import assigning, cases, together, work
from compliance.casework.together import Act, Given
from compliance.casework.work import Wanted
from compliance.casework.work_rules import Kind
from compliance.checklists.rules import Verdict
from compliance.corrective_actions import store as actions
from compliance.corrective_actions import store_assignment, store_checks, store_draws
from compliance.corrective_actions.rules import ActionState
from compliance.people import store as people
from compliance.people import store_leaves
from compliance.people import store_ties as ties
from compliance.people.rules import Role, TieKind
from compliance.shared.database import db, session
from compliance.shared.files import StoredFile
from compliance.shared.problems import Problem
from tests.casework import made
from tests.casework.test_statements import FEW, MANY

FILE = StoredFile("b" * 64, 4000, "image/jpeg")
FOUND = [made.short("SAF05"), made.short("SAF06"), made.short("SAF04", Verdict.partial), made.short("WAG05")]


@pytest.fixture
def released(world, db_session):
    """A released visit with three actions of major weight and one of minor; by item."""
    visit_id = made.released(world, FOUND)
    return {one.item: one for one in actions.of_visit(world.actor("reviewer"), visit_id)}


def owner_of(action):
    given = store_assignment.owners([action.id]).get(action.id)
    return given.person_id if given else None


def sent(world, *rows):
    manager = world.actor("manager")
    for row in rows:
        actions.attach(manager, row.id, FILE, "after.jpg")
        actions.send_evidence(manager, row.id)
    session().commit()


def on_leave(world, who, substitute, by=None, days=(0, 5)):
    actor = world.actor(by or who)
    today = cases.today(actor)
    first, last = (today + timedelta(days=n) for n in days)
    row = store_leaves.set_leave(actor, world.people[who], world.people[substitute], first, last, "", today)
    session().commit()
    return row


def refused(act, *args, **kwargs):
    with pytest.raises(Problem) as problem:
        act(*args, **kwargs)
    return problem.value.code


def waits(world, who, view="mine", **more):
    return work.listed(world.actor(who), Wanted(view=view, **more)).rows


# --- whose it is ------------------------------------------------------------------------------------------------------


def test_by_default_a_minor_one_is_the_lead_inspectors_and_a_heavier_one_a_reviewers(world, released):
    assert owner_of(released["SAF04"]) == world.people["inspector"]
    assert {owner_of(released[item]) for item in ("SAF05", "SAF06", "WAG05")} == {world.people["reviewer"]}


def test_the_reviewer_who_has_least_gets_the_next(world, db_session):
    second = people.create_person(world.system, "Reviewer Two", "reviewer2", "plum-Ferry-72-oak", {Role.reviewer})
    session().commit()
    visit_id = made.released(world, FOUND)
    owners = [owner_of(one) for one in actions.of_visit(world.actor("reviewer"), visit_id) if one.item != "SAF04"]
    assert sorted(owners.count(id) for id in (second.id, world.people["reviewer"])) == [1, 2]


def test_nothing_is_given_to_somebody_on_leave_and_the_substitute_gets_it(world, db_session):
    on_leave(world, "inspector", "inspector2", by="coordinator")
    visit_id = made.released(world, FOUND)
    rows = {one.item: one for one in actions.of_visit(world.actor("reviewer"), visit_id)}
    assert owner_of(rows["SAF04"]) == world.people["inspector2"]
    coordinator = world.actor("coordinator")
    assert refused(assigning.hand_to, coordinator, rows["SAF05"], world.people["inspector"]) == "assign-away"


def test_it_is_taken_over_handed_on_and_taken_back(world, released):
    row, inspector2, reviewer = released["SAF05"], world.actor("inspector2"), world.actor("reviewer")
    people_of = world.people
    assert refused(assigning.hand_to, inspector2, row, people_of["inspector"]) == "assign-not-yours"
    assigning.hand_to(inspector2, row, people_of["inspector2"], "I am there next week.")
    session().commit()
    assert owner_of(row) == people_of["inspector2"]
    assert refused(assigning.hand_to, inspector2, row, people_of["inspector2"]) == "action-theirs"
    given = assigning.hand_to(reviewer, row, people_of["inspector"])
    session().commit()
    assert [one.person_id for one in store_assignment.history(reviewer, row.id)] == [
        people_of["reviewer"], people_of["inspector2"], people_of["inspector"],
    ]  # fmt: skip
    assert together.undo(reviewer, [given.id]) == 1
    assert owner_of(row) == people_of["inspector2"]
    assert together.undo(reviewer, [given.id]) == 0, "only once"
    assert refused(assigning.hand_to, reviewer, row, people_of["leader"]) == "assign-nobody"


def test_whoever_has_a_tie_is_given_nothing_and_sees_nothing(world, released):
    person = people.get(world.system, world.people["inspector2"])
    ties.declare(world.system, person, world.enterprises[0], TieKind.kin)
    session().commit()
    coordinator = world.actor("coordinator")
    assert refused(assigning.hand_to, coordinator, released["SAF05"], person.id) == "assign-nobody"
    assert waits(world, "inspector2", "all") == []


# --- what waits -------------------------------------------------------------------------------------------------------


def test_what_an_enterprise_sends_waits_for_whose_work_it_is(world, released):
    assert [task for task in waits(world, "reviewer") if task.action_id] == []
    manager = world.actor("manager")
    actions.plan(manager, released["SAF06"].id, plan="We fix it.")
    sent(world, released["SAF05"])
    found = {(task.kind, task.item) for task in waits(world, "reviewer") if task.action_id}
    assert found == {(Kind.check, "SAF05"), (Kind.plan, "SAF06")}
    assert [task for task in waits(world, "inspector2") if task.action_id] == []
    assert work.count(world.actor("reviewer")) == len(waits(world, "reviewer"))
    by = {task.kind: task.by for task in waits(world, "reviewer")}
    assert by[Kind.plan] == cases.today(manager) + timedelta(days=7)


def test_a_plan_is_answered_once_and_comes_again_when_it_is_written_anew(world, released):
    manager, reviewer, id = world.actor("manager"), world.actor("reviewer"), released["SAF05"].id
    assert refused(store_checks.accept_plan, reviewer, id) in ("action-move", "action-plan-answered")
    actions.plan(manager, id, plan="We fix it.")
    session().commit()
    assert refused(store_checks.return_plan, reviewer, id, " ") == "action-reason-missing"
    assert refused(store_checks.return_plan, manager, id, "No.") == "action-not-yours"
    row = store_checks.return_plan(reviewer, id, "By whom?")
    assert row.state is ActionState.open
    actions.plan(manager, id, plan="We fix it. The foreman.")
    session().commit()
    store_checks.accept_plan(reviewer, id, "Good.")
    session().commit()
    assert refused(store_checks.accept_plan, reviewer, id) == "action-plan-answered"
    assert [event.move for event in actions.history(manager, id)][-4:] == ["plan", "return_plan", "plan", "accept_plan"]


def test_a_substitute_sees_the_work_marked_and_four_eyes_look_at_who_acts(world, released):
    row = on_leave(world, "reviewer", "inspector")
    sent(world, released["SAF05"])
    (task,) = [task for task in waits(world, "inspector") if task.item == "SAF05"]
    assert task.owner == world.people["reviewer"]
    inspector = world.actor("inspector")
    went = together.do(inspector, [released["SAF05"].id], Given(Act.accept, "Complete."))
    assert went[0].problem.code == "action-second-person", "the substitute was on the visit"
    store_leaves.end_leave(world.actor("reviewer"), row.id)
    session().commit()
    assert [task for task in waits(world, "inspector") if task.item == "SAF05"] == []


def test_a_leave_makes_sense_or_is_refused(world, db_session):
    inspector, today = world.actor("inspector"), cases.today(world.actor("inspector"))
    me, other = world.people["inspector"], world.people["inspector2"]
    day = timedelta(days=1)

    def said(person, substitute, first, last, who=inspector):
        return refused(store_leaves.set_leave, who, person, substitute, first, last, "", today)

    assert said(me, me, today, today) == "leave-self"
    assert said(me, other, today, today - day) == "leave-days"
    assert said(me, other, today - 5 * day, today - day) == "leave-past"
    assert said(me, other, today, today + 400 * day) == "leave-long"
    assert said(other, me, today, today) == "leave-not-yours"
    assert said(me, world.people["manager"], today, today) == "leave-colleague"
    on_leave(world, "inspector", "inspector2")
    assert said(me, other, today + 2 * day, today + 9 * day) == "leave-overlaps"
    assert said(other, me, today, today, world.actor("coordinator")) == "leave-substitute-away"


# --- several at once --------------------------------------------------------------------------------------------------


def test_each_is_asked_by_its_own_rules_what_fails_is_named_and_the_rest_is_done(world, released):
    sent(world, released["SAF05"], released["WAG05"])
    reviewer = world.actor("reviewer")
    ids = [released[item].id for item in ("SAF05", "WAG05", "SAF06")]
    given = Given(Act.accept, "Complete.")
    before = [one.problem.code if one.problem else "" for one in together.rehearse(reviewer, ids, given)]
    assert before == ["", "action-worker-check", "action-no-evidence"]
    assert actions.get(reviewer, ids[0]).state is ActionState.evidence_sent, "nothing of a rehearsal is kept"
    assert store_draws.of_action(reviewer, ids[0]) == []
    came = together.do(reviewer, ids, given)
    session().commit()
    assert [one.problem is None for one in came] == [True, False, False]
    states = [actions.get(reviewer, id).state for id in ids]
    assert states == [ActionState.verified, ActionState.evidence_sent, ActionState.open]
    assert len(store_draws.of_action(reviewer, ids[0])) == 1
    again = together.do(reviewer, ids[:1], given)
    assert again[0].problem.code == "action-move", "sent twice, done once"
    assert refused_codes(world.actor("inspector"), released["WAG05"].id) == "action-second-person"


def refused_codes(actor, id):
    (one,) = together.do(actor, [id], Given(Act.accept, "Complete.", worker_check=True))
    return one.problem.code


def test_more_time_for_several_with_one_reason(world, released):
    reviewer = world.actor("reviewer")
    until = max(released[item].due_on for item in ("SAF05", "SAF06")) + timedelta(days=3)
    ids = [released["SAF05"].id, released["SAF06"].id]
    came = together.do(reviewer, ids, Given(Act.extend, "The supplier is late.", until=until))
    session().commit()
    assert [one.problem for one in came if one.problem] == []
    assert {actions.get(reviewer, id).extensions for id in ids} == {1}


def test_what_is_not_ones_own_to_see_is_named_without_a_word_about_it(world, released):
    stranger = world.actor("stranger")
    (one,) = together.do(stranger, [released["SAF05"].id], Given(Act.give_back, "No."))
    assert (one.action, one.problem.code) == (None, "action-unknown")


# --- pages ------------------------------------------------------------------------------------------------------------


@pytest.fixture
def there(app, world):
    """The same, with no application context left open: each request is its own person's."""
    with app.app_context():
        visit_id = made.released(world, FOUND)
        return {one.item: one for one in actions.of_visit(world.actor("reviewer"), visit_id)}


def test_the_list_leads_to_the_step_and_one_step_does_several(app, world, sign_in, there):
    with app.app_context():
        sent(world, there["SAF05"], there["SAF06"])
    client = sign_in("reviewer")
    page = client.get("/work/")
    assert "Evidence to check" in page.text
    assert "SAF05" in page.text
    shown = client.submit(page, "/work/together", chosen=str(there["SAF05"].id), act="give_back", reason="Blurred.")
    assert "Will be done" in shown.text
    done = client.submit(shown, "/work/together")
    assert "Blurred." in done.text
    assert "How it went" in done.text
    with app.app_context():
        assert actions.get(world.actor("reviewer"), there["SAF05"].id).state is ActionState.returned
    assert client.get("/work/", kind="check").text.count("SAF06") >= 1
    assert "Nothing fits the search" in client.get("/work/", q="zzz").text


@pytest.mark.parametrize("language", ["en", "zh"])
@pytest.mark.parametrize("who", ["inspector", "reviewer", "coordinator", "leader"])
def test_every_officer_has_a_list_and_a_page_of_leaves(page, there, who, language):
    assert page(who, "/work/", language=language)
    assert page(who, "/work/", language=language, view="all", sort="-since")
    assert page(who, "/work/leave/", language=language)


def test_a_coordinator_arranges_a_check_on_site(app, world, sign_in, there, page):
    client = sign_in("coordinator")
    shown = client.get(f"/work/on-site/{world.workplaces[0]}")
    assert "was on the visit that found it" in shown.text
    at = f"/work/on-site/{world.workplaces[0]}"
    client.submit(shown, at, 422, inspectors=str(world.people["inspector"]))
    done = client.submit(shown, at, inspectors=str(world.people["inspector2"]))
    assert "It asks these items and no others" in done.text
    assert "planned here already" in client.get(at).text
    page("reviewer", at, 403)
    page("coordinator", f"/work/on-site/{world.workplaces[2]}", 404)


def test_a_part_is_recorded_and_the_enterprise_reads_what_stays(app, world, sign_in, there, page):
    with app.app_context():
        sent(world, there["SAF05"])
    client, at = sign_in("reviewer"), f"/actions/{there['SAF05'].id}"
    shown = client.get(at)
    client.submit(shown, f"{at}/part", 422, done="Two of three exits.", stays="")
    client.submit(shown, f"{at}/part", done="Two of three exits.", stays="The back door.")
    with app.app_context():
        row = actions.get(world.actor("reviewer"), there["SAF05"].id)
    assert row.state is ActionState.returned
    assert row.due_on >= there["SAF05"].due_on
    for who, path in (("reviewer", at), ("manager", f"/own{at}")):
        assert "The back door." in page(who, path).text
    assert there["SAF05"].due_on == row.due_on or "instead of" in page("reviewer", at).text


def test_more_work_asks_no_more_questions(app, world, sign_in, stage, kind):
    counted = []
    for special in (FEW, MANY):
        app, world = stage.set_up(kind)
        said = []
        with app.app_context():
            visit_id = made.released(world, special)
            sent(world, *actions.of_visit(world.actor("manager"), visit_id))
            sa.event.listen(db.engine, "before_cursor_execute", lambda *args, said=said: said.append(args[2]))
        client = sign_in("reviewer")
        client.get("/work/", view="all")
        said.clear()
        client.get("/work/", view="all")
        counted.append(len(said))
    assert counted[0] == counted[1]
    assert counted[0] < 30
