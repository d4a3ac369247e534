"""What tablets send after a visit was closed: kept aside, never dropped, and a reviewer's to decide about."""

from uuid import UUID

import pytest
import sqlalchemy as sa

from compliance.casework import corrections, late, release, sealing
from compliance.findings import store as findings
from compliance.shared.database import session
from compliance.shared.problems import Conflict, NotFound, Problem, Refused
from compliance.visits import store as visits
from compliance.visits import store_aside
from compliance.visits.rules import Source
from tests.casework import made
from tests.tablets import picture

pytestmark = pytest.mark.usefixtures("on_both_databases")


@pytest.fixture
def ready(world, acting):
    """``ready()``: a visit of two inspectors with every answer in it, open."""
    return lambda: acting(lambda: made.handed_out(world, inspectors=("inspector", "inspector2")))


def close(world, acting, visit, how):
    """Seal the visit, or go on to its release, or cancel it."""
    if how == "cancelled":
        acting(lambda: visits.cancel(world.actor("coordinator"), visits.get(world.system, visit), "Called off."))
        return
    acting(lambda: sealing.seal(world.actor("inspector"), visit))
    if how == "released":
        acting(lambda: release.release(world.actor("reviewer"), visit))


@pytest.mark.parametrize("how", ["sealed", "released", "cancelled"])
def test_what_comes_after_the_end_is_kept_aside_once_and_said_so(app, world, acting, ready, tablet, on_server, how):
    visit, second = ready(), tablet("inspector2")
    kept_before = len(on_server(visit))
    early = second.enter(visit, "SAF04", "good", "Sent in time.")
    second.send(visit)
    note = second.enter(visit, "SAF04", "note", "A second tablet was offline.")
    photo = second.take(visit, "SAF04", picture(1))
    close(world, acting, visit, how)
    answer = second.send(visit)
    assert [one["id"] for one in answer.json["known"]] == [early["id"]]
    assert [(one["id"], one["code"]) for one in answer.json["aside"]] == [
        (note["id"], how),
        (second.made[str(visit)][2]["id"], how),
    ]
    assert all(one["text"]["en"] and one["text"]["zh_Hans_CN"] for one in answer.json["aside"])
    assert second.send(visit).json == answer.json
    assert second.deliver(photo).json["aside"] == how
    assert second.deliver(photo).json["aside"] == how
    told = second.receipt(visit).json
    assert told["complete"] and told["digest"] == second.digest(visit)
    assert len([e for e in on_server(visit) if e.source is Source.tablet]) == 1
    assert len(on_server(visit)) == kept_before + 1
    with app.app_context():
        beside = store_aside.aside_of(visits.get(world.system, visit))
        assert [row.value for row in beside.entries] == ["A second tablet was offline.", photo.sha256]
        assert [str(row.id) for row in beside.photos] == [photo.id]
        assert not visits.evidence_of(visits.get(world.system, visit))
        assert store_aside.waiting(world.actor("coordinator")).get(visit) == 3
        session().rollback()


def test_a_reviewer_takes_over_an_entry_as_a_recorded_correction_and_the_visit_is_scored_again(
    app, world, acting, ready, tablet, on_server
):
    visit, second = ready(), tablet("inspector2")
    acting(lambda: sealing.seal(world.actor("inspector"), visit))
    ids = [
        second.enter(visit, "SAF04", name, value)["id"]
        for name, value in (("verdict", "partial"), ("note", "Seen by the second tablet."), ("known:observation", True))
    ]
    second.send(visit)

    def decide():
        reviewer = world.actor("reviewer")
        for id in ids:
            derived = late.take_over(reviewer, visit, UUID(id), "It was seen that day.")
            assert derived is not None
        return [row.item for row in findings.of_visit(reviewer, visit)]

    assert acting(decide) == ["SAF04"]
    taken = [e for e in on_server(visit) if e.source is Source.correction]
    assert {(e.field, e.value, e.reason) for e in taken} == {
        ("verdict", "partial", "It was seen that day."),
        ("note", "Seen by the second tablet.", "It was seen that day."),
        ("known:observation", True, "It was seen that day."),
    }
    with app.app_context(), pytest.raises(Conflict, match="decided"):
        late.take_over(world.actor("reviewer"), visit, UUID(ids[0]), "Once more.")


def test_a_photo_that_came_too_late_becomes_evidence_when_it_is_taken_over(app, world, acting, ready, tablet):
    visit, second = ready(), tablet("inspector2")
    acting(lambda: sealing.seal(world.actor("inspector"), visit))
    photo = second.take(visit, "SAF04", picture(2))
    caption = second.enter(visit, "SAF04", f"caption:{photo.id}", "The second exit")
    second.send(visit)
    second.deliver(photo)

    def decide():
        reviewer = world.actor("reviewer")
        late.take_over(reviewer, visit, UUID(photo.id), "It belongs to the finding.")
        late.take_over(reviewer, visit, UUID(caption["id"]), "It belongs to the photo.")
        return [(str(row.id), row.item, row.caption) for row in visits.evidence_of(visits.get(reviewer, visit))]

    assert acting(decide) == [(photo.id, "SAF04", "The second exit")]


def test_a_visit_that_was_sent_back_takes_what_waited_as_it_came_and_further_entries_go_in(
    app, world, acting, ready, tablet, on_server
):
    visit, second = ready(), tablet("inspector2")
    acting(lambda: sealing.seal(world.actor("inspector"), visit))
    waited = second.enter(visit, "SAF04", "good", "Waited.")
    second.send(visit)
    acting(lambda: corrections.send_back(world.actor("reviewer"), visit, "Please look again."))
    assert [one["id"] for one in second.send(visit).json["aside"]] == [waited["id"]], "it is not entered twice"
    fresh = second.enter(visit, "WAG01", "good", "After the return.", replaces=[waited["id"]])
    assert [one["id"] for one in second.send(visit).json["kept"]] == [fresh["id"]]
    assert acting(lambda: late.take_over(world.actor("reviewer"), visit, UUID(waited["id"]), "Welcome.")) is None
    assert [str(e.id) for e in on_server(visit) if e.source is Source.tablet] == [waited["id"], fresh["id"]]
    told = second.receipt(visit).json
    assert told["complete"] and told["entries"] == 2 and told["digest"] == second.digest(visit)


def test_what_is_set_aside_stays_on_record_with_the_reason_and_only_reviewers_decide(
    app, world, acting, ready, tablet, on_server
):
    visit, second = ready(), tablet("inspector2")
    acting(lambda: sealing.seal(world.actor("inspector"), visit))
    entry = second.enter(visit, "SAF04", "verdict", "partial")
    second.send(visit)
    with app.app_context():
        for who, wrong in (("inspector2", Refused), ("manager", NotFound), ("stranger", NotFound)):
            with pytest.raises(wrong):
                late.set_aside(world.actor(who), visit, UUID(entry["id"]), "No.")
        with pytest.raises(Problem, match="reason"):
            late.set_aside(world.actor("reviewer"), visit, UUID(entry["id"]), "  ")
        session().rollback()
    acting(lambda: late.set_aside(world.actor("reviewer"), visit, UUID(entry["id"]), "Another building."))
    assert not [e for e in on_server(visit) if e.source is Source.tablet]

    def left():
        (row,) = store_aside.aside_of(visits.get(world.system, visit)).entries
        return row.decision.value, row.decided_reason, store_aside.waiting(world.actor("reviewer")).get(visit)

    assert acting(left) == ("set_aside", "Another building.", None)


def test_the_database_itself_refuses_to_change_what_came_too_late(app, world, acting, ready, tablet):
    visit, second = ready(), tablet("inspector2")
    acting(lambda: sealing.seal(world.actor("inspector"), visit))
    second.enter(visit, "SAF04", "verdict", "partial")
    second.send(visit)
    with app.app_context():
        for statement in ("UPDATE aside_entry SET item = 'x'", "DELETE FROM aside_entry"):
            with pytest.raises(sa.exc.DBAPIError, match="append-only"):
                session().execute(sa.text(statement))
            session().rollback()


def test_the_reviewer_decides_on_a_page_and_the_decision_stays(app, world, acting, ready, tablet, sign_in):
    visit, second = ready(), tablet("inspector2")
    note = second.enter(visit, "SAF04", "good", "Came on the second tablet.")
    photo = second.take(visit, "SAF04", picture(1))
    close(world, acting, visit, "sealed")
    second.send(visit)
    second.deliver(photo)
    reviewer = sign_in("reviewer")
    assert "pieces came from a tablet after" in reviewer.get(f"/reviews/{visit}").text
    page = reviewer.get(f"/reviews/{visit}/late/")
    assert "Came on the second tablet." in page.text
    assert reviewer.http.get(f"/reviews/{visit}/late/{photo.id}/picture").mimetype == "image/jpeg"
    address = f"/reviews/{visit}/late/{note['id']}"
    refused = reviewer.submit(page, address, status=422)
    assert any("choose" in error.lower() for error in refused.errors())
    fields = {f"{note['id']}-decision": "taken", f"{note['id']}-reason": "It was there in time."}
    done = reviewer.submit(page, address, **fields)
    assert "taken over" in done.text
    again = reviewer.submit(page, address, status=409, **fields)
    assert "in the meantime" in again.text
    aside = {f"{photo.id}-decision": "set_aside", f"{photo.id}-reason": "Shows a face."}
    assert "set aside" in reviewer.submit(done, f"/reviews/{visit}/late/{photo.id}", **aside).text
    for who in ("inspector", "coordinator", "manager"):
        sign_in(who).get(f"/reviews/{visit}/late/", status=403)
