"""What both sides say about a corrective action: reasons, declarations, messages, what came on paper; branches."""

import io
from datetime import timedelta

import pytest
from PIL import Image

from compliance.casework import cases
from compliance.corrective_actions import store as actions
from compliance.corrective_actions import store_comments, store_declarations, store_entered, store_refusals
from compliance.corrective_actions.exchange import Taken
from compliance.corrective_actions.rules import ActionState, Check, How
from compliance.findings import store as findings
from compliance.people import store_branches, store_ties
from compliance.people.models import User
from compliance.shared import files
from compliance.shared.database import session
from compliance.shared.problems import Problem, Refused
from tests.casework import made

TWO = [made.short("WAG01", workers=6), made.short("SAF04", workers=3)]


@pytest.fixture
def asked(app, world):
    """A released visit at the first enterprise: {item: action id}."""
    with app.app_context():
        visit_id = made.released(world, TWO)
        return {one.item: one.id for one in actions.of_visit(world.actor("manager"), visit_id)}


def photo():
    out, exif = io.BytesIO(), Image.Exif()
    exif[0x010F] = "Maker of cameras"
    exif.get_ifd(0x8825)[1] = "N"
    Image.new("RGB", (3000, 2000), (20, 90, 60)).save(out, "JPEG", exif=exif)
    return out.getvalue()


def arrived(world, **more):
    return {"came": "letter", "came_on": str(today(world)), "said_by": "Director Example 示例厂长", **more}


def today(world):
    return cases.today(world.actor("inspector"))


# --- a reason for taking no action -----------------------------------------------------------------------------------


def test_a_reason_for_no_action_waits_and_when_accepted_the_action_is_no_longer_asked_for(app, world, sign_in, asked):
    manager, reviewer = sign_in("manager"), sign_in("reviewer")
    manager.post(f"/own/actions/{asked['SAF04']}/no-action", {"why": "The workshop is closed."})
    assert "The workshop is closed." in manager.get(f"/own/actions/{asked['SAF04']}").text
    assert "under review" in manager.get(f"/own/{world.enterprises[0]}/actions?view=review").text
    page = reviewer.get(f"/actions/{asked['SAF04']}")
    assert "The workshop is closed." in page.text
    reviewer.post(f"/actions/{asked['SAF04']}/no-action", {"taken": "accepted", "taken_reason": "We saw it closed."})
    text = manager.get(f"/own/actions/{asked['SAF04']}").text
    assert "Your reason for taking no action was accepted" in text
    assert "We saw it closed." in text
    assert "Reviewer One" not in text
    with app.app_context():
        assert actions.get(world.actor("manager"), asked["SAF04"]).state is ActionState.withdrawn


def test_a_returned_reason_leaves_the_action_and_another_may_be_given(app, world, sign_in, asked):
    manager, reviewer = sign_in("manager"), sign_in("reviewer")
    manager.post(f"/own/actions/{asked['WAG01']}/no-action", {"why": "Too dear."})
    manager.post(f"/own/actions/{asked['WAG01']}/no-action", {"why": "Too dear indeed."}, 409)
    reviewer.post(f"/actions/{asked['WAG01']}/no-action", {"taken": "returned", "taken_reason": "The law asks it."})
    text = manager.get(f"/own/actions/{asked['WAG01']}").text
    assert "The law asks it." in text
    assert "the action stands" in text
    manager.post(f"/own/actions/{asked['WAG01']}/no-action", {"why": "Another reason."})


def test_who_was_on_the_visit_does_not_accept_a_reason(app, world):
    with app.app_context():
        visit_id = made.released(world, TWO)
        manager, reviewer = world.actor("manager"), world.actor("reviewer")
        asked = {one.item: one.id for one in actions.of_visit(manager, visit_id)}
        store_refusals.refuse(manager, asked["WAG01"], "No.")
        case = cases.load(reviewer, visit_id)
        with pytest.raises(Refused):
            store_refusals.decide(reviewer, asked["WAG01"], Taken.accepted, "Fine.", {reviewer.person_id}, case.policy)


# --- declarations ----------------------------------------------------------------------------------------------------


def test_a_declaration_counts_as_evidence_and_can_be_printed(app, world, sign_in, asked):
    manager = sign_in("manager")
    given = {"declaration": "All shortfalls were paid.", "declared_name": "Zhang Example", "declared_post": "Director",
             "declared_on": str(today_of(app, world))}  # fmt: skip
    refused = manager.post(f"/own/actions/{asked['WAG01']}/declaration", given, 422)
    assert "only with this tick" in refused.text
    assert "All shortfalls were paid." in refused.text
    manager.post(f"/own/actions/{asked['WAG01']}/declaration", {**given, "declared_true": "y"})
    with app.app_context():
        (one,) = store_declarations.of_action(world.actor("manager"), asked["WAG01"])
        (file,) = actions.evidence(world.actor("manager"), [asked["WAG01"]])[asked["WAG01"]]
        assert b"Zhang Example, Director" in files.get(file.digest)
    printed = manager.get(f"/own/declarations/{one.id}")
    assert "Signature" in printed.text
    assert "All shortfalls were paid." in sign_in("reviewer").get(f"/actions/{asked['WAG01']}").text
    sign_in("manager2").get(f"/own/declarations/{one.id}", 404)


def today_of(app, world):
    with app.app_context():
        return today(world)


# --- messages --------------------------------------------------------------------------------------------------------


def test_both_sides_write_and_nobody_of_the_association_is_named_outside(app, world, sign_in, asked):
    manager, inspector = sign_in("manager"), sign_in("inspector")
    where = f"/own/actions/{asked['WAG01']}"
    manager.post(f"{where}/comment", {"comment": "May we pay in two parts?"})
    seen = inspector.get(f"/actions/{asked['WAG01']}")
    assert "May we pay in two parts?" in seen.text
    assert "not read yet" in seen.text
    assert "· read" not in manager.get(where).text, "opening the staff's page alone marks nothing"
    inspector.post(f"/actions/{asked['WAG01']}/comment", {"comment": "Yes, by the due date."})
    assert "new message" in manager.get(f"/own/{world.enterprises[0]}/actions").text
    assert "New messages of the association: 1" in manager.get("/own/").text
    text = manager.get(where).text
    assert "Yes, by the due date." in text
    assert "Inspector One" not in text
    assert "Manager One" in text
    assert "new message" not in manager.get(f"/own/{world.enterprises[0]}/actions").text
    assert "read by Manager One" in inspector.get(f"/actions/{asked['WAG01']}").text
    manager.post(f"{where}/comment", {"comment": ""}, 422)
    sign_in("manager2").post(f"{where}/comment", {"comment": "Hello"}, 404)


def test_what_an_enterprise_writes_waits_for_the_association(app, world, sign_in, asked):
    with app.app_context():
        assert store_comments.unread(world.actor("inspector")) == {}
    sign_in("manager").post(f"/own/actions/{asked['WAG01']}/comment", {"comment": "Hello"})
    with app.app_context():
        assert set(store_comments.unread(world.actor("inspector"))) == {asked["WAG01"]}


# --- more time that is not granted -----------------------------------------------------------------------------------


def test_more_time_that_is_not_granted_is_told_with_its_reason_and_cannot_be_asked_for_again(
    app, world, sign_in, asked
):
    manager, reviewer = sign_in("manager"), sign_in("reviewer")
    with app.app_context():
        until = actions.get(world.actor("manager"), asked["WAG01"]).due_on + timedelta(days=5)
    form = {"until": str(until), "reason": "The bank is slow."}
    manager.post(f"/own/actions/{asked['WAG01']}/more-time", form)
    reviewer.post(f"/actions/{asked['WAG01']}/deny-extension", {"denial": ""}, 422)
    reviewer.post(f"/actions/{asked['WAG01']}/deny-extension", {"denial": "Cash is possible."})
    text = manager.get(f"/own/actions/{asked['WAG01']}").text
    assert "Cash is possible." in text
    assert "More time is needed" not in text
    manager.post(f"/own/actions/{asked['WAG01']}/more-time", form, 409)


# --- entered for the enterprise --------------------------------------------------------------------------------------


def test_a_plan_on_paper_is_entered_shown_objected_to_and_not_verified_by_who_entered_it(app, world, sign_in, asked):
    reviewer, manager = sign_in("reviewer"), sign_in("manager")
    where = f"/entered/actions/{asked['WAG01']}/plan"
    assert reviewer.get(where)
    given = arrived_in(app, world, plan="Pay the difference by Friday.")
    late = reviewer.post(where, {**given, "came_on": "2099-01-01"}, 422)
    assert "Pay the difference by Friday." in late.text
    scan = {"scan": (io.BytesIO(photo()), "letter.jpg")}
    reviewer.post(where, {**given, **scan})
    text = manager.get(f"/own/actions/{asked['WAG01']}").text
    assert "Entered by the association for you" in text
    assert "Pay the difference by Friday." in text
    assert "Reviewer One" not in text
    with app.app_context():
        action = actions.get(world.actor("reviewer"), asked["WAG01"])
        (entry,) = store_entered.of_finding(world.actor("manager"), action.finding_id)
        assert entry.entered_by is None
        inside = store_entered.get(world.actor("reviewer"), entry.id)
        assert inside.entered_by == world.people["reviewer"]
        case = cases.load(world.actor("reviewer"), action.visit_id)
        check = Check(How.on_site, "Seen.", True)
        with pytest.raises(Refused, match="Somebody else"):
            actions.verify(world.actor("reviewer"), action.id, check, case.involved, case.policy, today(world))
    manager.get(f"/own/entered/{entry.id}/scan")
    sign_in("manager2").get(f"/own/entered/{entry.id}/scan", 404)
    manager.post(f"/own/entered/{entry.id}/object", {"objection": ""}, 422)
    manager.post(f"/own/entered/{entry.id}/object", {"objection": "Nobody here wrote this."})
    assert "Nobody here wrote this." in reviewer.get(f"/actions/{asked['WAG01']}").text


def test_an_answer_on_paper_counts_from_the_day_it_came(app, world, sign_in, asked):
    inspector = sign_in("inspector")
    with app.app_context():
        finding_id = actions.get(world.actor("manager"), asked["SAF04"]).finding_id
    given = arrived_in(app, world, position="agree", text="It is so.")
    inspector.post(f"/entered/findings/{finding_id}", given)
    text = sign_in("manager").get(f"/own/findings/{finding_id}").text
    assert "It is so." in text
    assert "Entered by the association for you" in text
    with app.app_context():
        assert findings.public(world.actor("manager"), finding_id).reply_position == "agree"


def test_what_cannot_be_entered_now_is_not_offered(app, world, sign_in, asked):
    reviewer, page = sign_in("reviewer"), f"/actions/{asked['WAG01']}"

    def offered():
        links = reviewer.get(page).links("/entered/actions/")
        for link in links:
            assert "How it came" in reviewer.get(link).text, link
        return [link.rsplit("/")[-1] for link in links]

    assert offered() == ["plan", "evidence", "more_time", "no_action", "comment"]
    given = arrived_in(app, world, note="Paid on Friday.")
    reviewer.post(f"/entered/actions/{asked['WAG01']}/evidence", given)
    assert "plan" not in offered()


@pytest.mark.parametrize("what", ["evidence", "more_time", "no_action", "comment"])
def test_every_kind_of_entry_has_a_page_and_can_be_made(app, world, sign_in, asked, what):
    inspector = sign_in("inspector")
    where = f"/entered/actions/{asked['WAG01']}/{what}"
    assert inspector.get(where)
    with app.app_context():
        until = actions.get(world.actor("manager"), asked["WAG01"]).due_on + timedelta(days=5)
    said = {"note": "Paid.", "until": str(until), "reason": "Slow.", "why": "Closed.", "comment": "Hello."}
    inspector.post(where, arrived_in(app, world, **said))
    assert "Entered by the association for you" in sign_in("manager").get(f"/own/actions/{asked['WAG01']}").text
    inspector.get(f"/entered/actions/{asked['WAG01']}/reply", 404)


def arrived_in(app, world, **more):
    with app.app_context():
        return arrived(world, **more)


# --- files -----------------------------------------------------------------------------------------------------------


def test_of_several_files_the_bad_one_is_named_and_the_good_ones_are_kept_small_and_without_hidden_data(
    app, world, sign_in, asked
):
    manager = sign_in("manager")
    where = f"/own/actions/{asked['WAG01']}/evidence"
    sent = {
        "note": "Paid on Friday.",
        "files": [(io.BytesIO(photo()), "list.jpg"), (io.BytesIO(b"MZ" + b"\0" * 99), "bill.jpg")],
    }
    refused = manager.post(where, sent, 422)
    assert "bill.jpg is a program" in refused.text
    assert "list.jpg (chosen before" in refused.text
    assert "Paid on Friday." in refused.text
    (kept,) = [box.get("value") for box in refused.document.iter("input") if box.get("name") == "kept"]
    manager.post(where, {"note": "Paid on Friday.", "kept": kept})
    with app.app_context():
        (file,) = actions.evidence(world.actor("manager"), [asked["WAG01"]])[asked["WAG01"]]
        data = files.get(file.digest)
    picture = Image.open(io.BytesIO(data))
    assert max(picture.size) == 2400
    assert not picture.getexif()
    assert b"Maker of cameras" not in data


# --- branches --------------------------------------------------------------------------------------------------------


def link(world, *, may_answer):
    """The first enterprise is a branch of the second, which `manager2` manages."""
    store_branches.link(world.actor("coordinator"), world.enterprises[0], world.enterprises[1], may_answer=may_answer)
    session().commit()


def test_a_headquarters_reads_its_branch_and_answers_only_where_it_may(app, world, sign_in, asked):
    headquarters = sign_in("manager2")
    headquarters.get(f"/own/{world.enterprises[0]}", 404)
    with app.app_context():
        link(world, may_answer=False)
    table = headquarters.get(f"/own/{world.enterprises[1]}/branches")
    assert "Example Garments No. 1" in table.text
    assert "This enterprise is a branch of yours" in headquarters.get(f"/own/{world.enterprises[0]}").text
    assert "Save the plan" not in headquarters.get(f"/own/actions/{asked['WAG01']}").text
    assert headquarters.get(f"/own/{world.enterprises[0]}/letters")
    headquarters.post(f"/own/actions/{asked['WAG01']}/plan", {"plan": "x"}, 403)
    sign_in("manager").get(f"/own/{world.enterprises[1]}", 404)
    sign_in("manager").get(f"/own/{world.enterprises[0]}/branches", 404)
    with app.app_context():
        link(world, may_answer=True)
    headquarters.post(f"/own/actions/{asked['WAG01']}/plan", {"plan": "We pay."})
    with app.app_context():
        store_branches.unlink(world.actor("coordinator"), world.enterprises[0])
        session().commit()
    headquarters.get(f"/own/{world.enterprises[0]}", 404)


def test_a_branch_has_no_branches_and_nobody_is_their_own(app, world):
    with app.app_context():
        coordinator, (first, second, third) = world.actor("coordinator"), world.enterprises
        link(world, may_answer=False)
        for below, above in ((second, first), (second, second), (third, first), (second, third)):
            with pytest.raises(Problem):
                store_branches.link(coordinator, below, above)


def test_a_tie_to_a_headquarters_opens_and_closes_nothing_of_its_branches(app, world):
    with app.app_context():
        reviewer = session().get(User, world.people["reviewer"])
        store_ties.declare(world.actor("reviewer"), reviewer, world.enterprises[1], "kin")
        link(world, may_answer=True)
        after = world.actor("reviewer")
        assert after.outside_ids == {world.enterprises[1]}
