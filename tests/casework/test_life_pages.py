"""The pages about the life of a member: what is recorded, what follows, pledges, and the timeline of each reader."""

import io
from datetime import UTC, datetime, timedelta

import pytest

from compliance.casework import timeline
from compliance.enterprises import store as enterprises
from compliance.enterprises import store_life
from compliance.enterprises.life import LifeKind, Told
from compliance.enterprises.rules import Status
from compliance.people import store as people
from compliance.people import store_ties as ties
from compliance.people.rules import TieKind
from compliance.shared import clock
from compliance.shared.database import session
from compliance.visits import store as visits
from compliance.visits.rules import Route
from tests.casework import made
from tests.casework.test_own import picture

NOW = datetime(2026, 11, 20, 2, 0, tzinfo=UTC)
FOUND = [made.short("WAG01", workers=6)]
NOTE = "The landlord told us."


@pytest.fixture
def past(app, world):
    """A released visit at the first enterprise, an event with a note, and a visit that is planned."""
    with app.app_context():
        with clock.at(NOW - timedelta(days=30)):
            visit_id = made.released(world, FOUND)
        with clock.at(NOW - timedelta(days=2)):
            member = enterprises.get(world.system, world.enterprises[0])
            today = clock.today("Asia/Shanghai")
            told = Told(
                kind=LifeKind.moved, happened_on=today, learnt_on=today, note=NOTE, address=("Old", "9 New Road")
            )
            store_life.record(world.actor("coordinator"), member, told)
            visits.plan(
                world.actor("coordinator"), world.workplaces[0], planned_for=NOW.date() + timedelta(days=3),
                route=Route.targeted, inspector_ids=[world.people["inspector"]],
            )  # fmt: skip
            session().commit()
    with clock.at(NOW):
        yield visit_id


def base(world):
    return f"/register/{world.enterprises[0]}"


@pytest.mark.parametrize("language", ["en", "zh"])
@pytest.mark.parametrize("happened", [kind.value for kind in LifeKind])
def test_each_event_is_asked_for_in_both_languages(sign_in, world, happened, language):
    shown = sign_in("coordinator", language).get(f"{base(world)}/life/{happened}")
    assert ("What follows" in shown.text or "由此产生的后果" in shown.text) is (happened in ("left", "closed"))


def test_who_closes_a_member_reads_what_follows_and_finds_it_by_asking(app, world, sign_in, past):
    client = sign_in("coordinator")
    address = f"{base(world)}/life/closed"
    page = client.get(address)
    assert "1 corrective action is still open" in page.text
    assert "Visits are planned" in page.text
    form = page.form("/register") | {"happened_on": "2026-11-19", "note": "Bankrupt."}
    refused = client.post(address, {name: value for name, value in form.items() if name != "understood"}, status=422)
    assert "Tick that you have read what follows" in refused.text
    paper = (io.BytesIO(picture()), "notice.jpg")
    done = client.post(address, {**form, "understood": "y", "file": paper})
    assert "It is recorded." in done.text
    assert "Bankrupt." in done.text
    assert client.get(next(one for one in done.links("/life/") if one.endswith("/file"))).status == 200
    listed = client.get("/register/").text
    assert "示例制衣一厂" not in listed
    assert "示例制衣一厂" in client.get("/register/?status=closed").text
    assert "示例制衣一厂" in client.get("/register/?status=").text
    hidden = client.get("/register/?q=slzy")
    assert "No enterprise fits" in hidden.text
    assert "示例制衣一厂" in client.get(next(one for one in hidden.links("q=slzy") if "status=" in one)).text
    with app.app_context():
        assert enterprises.get(world.system, world.enterprises[0]).status is Status.closed
        assert visits.get(world.system, past).enterprise_id == world.enterprises[0]


def test_an_administrator_reads_nothing_of_planned_visits(sign_in, world, past):
    shown = sign_in("administrator").get(f"{base(world)}/life/left").text
    assert "What follows" in shown
    assert "planned. They stay" not in shown
    assert "No visit is planned" not in shown


def test_a_mistake_is_withdrawn_with_a_reason_and_stays(app, world, sign_in, past):
    client = sign_in("coordinator")
    page = client.get(f"{base(world)}/life")
    address = next(form.get("action") for form in page.document.iter("form") if "/withdraw" in form.get("action", ""))
    assert "Say why it was a mistake" in client.post(address, {"reason": ""}).text
    assert "9 New Road" in client.get(base(world)).text
    shown = client.post(address, {"reason": "Another member moved."})
    assert "Another member moved." in shown.text
    assert "9 New Road" not in client.get(base(world)).text


def test_headcounts_are_entered_and_drawn(sign_in, world, past):
    with clock.at(NOW + timedelta(days=10)):
        client = sign_in("coordinator")
        assert "counted on a visit" in client.get(f"{base(world)}/life").text
        done = client.post(f"{base(world)}/headcounts", {"counted_on": "2026-11-30", "workers": "88"})
        assert "The headcount is kept." in done.text
        assert "<svg" in done.response.text
        client.post(f"{base(world)}/headcounts", {"counted_on": "2027-11-20", "workers": "88"}, status=422)
        client.post(f"{base(world)}/headcounts", {"counted_on": "2026-11-30", "workers": "-1"}, status=422)
        shown = client.get(base(world)).text
        assert "88" in shown[shown.index("Facts") :][:400], shown[shown.index("Facts") :][:400]


def test_a_split_names_members_exactly(sign_in, world):
    client = sign_in("coordinator")
    address = f"{base(world)}/life/split"
    form = client.get(address).form("/register") | {"happened_on": "2026-01-05"}
    assert "is called exactly" in client.post(address, {**form, "into": "Nobody"}, status=422).text
    shown = client.post(address, {**form, "into": "Example Footwear No. 2 示例鞋业二厂\n"})
    assert "示例鞋业二厂" in shown.text


def test_a_manager_pledges_on_her_own_page_and_only_for_her_own(app, world, sign_in):
    client = sign_in("manager")
    address = f"/own/{world.enterprises[0]}/pledge"
    form = client.get(address).form("/own")
    client.post(address, {**form, "signed_position": "Director"}, status=422)
    done = client.post(address, {**form, "signed_position": "Director", "agreed": "y"})
    assert "has pledged to version" in done.text
    assert "nothing to do" in client.get(address).text
    client.get(f"/own/{world.enterprises[1]}/pledge", status=404)
    with app.app_context():
        (row,) = enterprises.pledges_of(world.system, world.enterprises[0])
        assert (row.on_own_page, row.signed_position, row.recorded_by) == (True, "Director", world.people["manager"])
    assert "made by its manager" in sign_in("coordinator").get(base(world)).text


# --- the timeline ----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("language", ["en", "zh"])
def test_staff_and_manager_each_read_what_they_may(sign_in, world, past, language):
    pages = {who: sign_in(who, language).get(f"{base(world)}/timeline").text for who in ("coordinator", "manager")}
    planned = "Planned" if language == "en" else "已计划"
    assert planned in pages["coordinator"]
    assert planned not in pages["manager"]
    assert NOTE in pages["coordinator"]
    assert NOTE not in pages["manager"]
    assert "Coordinator One" not in pages["manager"]
    for page in pages.values():
        assert "9 New Road" in page
        assert "WAG01" in page


def test_each_role_gets_the_kinds_that_it_may_read(app, world, past):
    with app.test_request_context():
        told = {
            who: set(timeline.kinds_for(world.actor(who), world.enterprises[0]))
            for who in world.people
            if who != "outsider"
        }
        every = set(timeline.KINDS)
        assert told["coordinator"] == told["reviewer"] == every
        assert told["leader"] == told["inspector"] == every - {"complaint"}
        assert told["manager"] == every - {"complaint", "register", "visit"}
        assert told["administrator"] == {"life", "headcount", "pledge", "register"}
        kinds = {
            who: {one.kind for one in timeline.of(world.actor(who), world.enterprises[0])}
            for who in ("leader", "manager")
        }
        assert "visit" not in kinds["leader"], "plans are the coordinators' alone"
        assert {"life", "headcount", "scorecard", "finding", "action", "letter"} <= kinds["manager"]


def test_who_has_a_tie_reads_what_the_manager_reads(app, world, sign_in, past):
    with app.test_request_context():
        ties.declare(world.system, people.get(world.system, world.people["leader"]), world.enterprises[0], TieKind.kin)
        session().commit()
        leader, manager = (
            [
                (one.kind, one.on, one.title, one.text, one.note, one.by)
                for one in timeline.of(world.actor(who), world.enterprises[0])
            ]
            for who in ("leader", "manager")
        )
        assert leader == manager
    sign_in("leader").get(f"{base(world)}/life", status=404)


def test_the_timeline_is_filtered_paged_and_printed_whole(app, world, sign_in, past):
    with app.app_context():
        member = enterprises.get(world.system, world.enterprises[0])
        for days in range(60):
            store_life.count(world.actor("coordinator"), member, NOW.date() - timedelta(days=900 - days), 100 + days)
        session().commit()
    client = sign_in("coordinator")
    first = client.get(f"{base(world)}/timeline?what=headcount").text
    assert "9 New Road" not in first
    assert "Page 1 of 2" in first
    whole = client.get(f"{base(world)}/timeline?what=headcount&all=1").text
    assert whole.count("Workers: ") == 62
    client.get(f"{base(world)}/timeline?what=nonsense&page=99")
    sign_in("manager2").get(f"{base(world)}/timeline", status=404)


def test_what_is_not_released_is_not_on_it(app, world, past):
    with app.test_request_context():
        before = timeline.of(world.actor("manager"), world.enterprises[0])
        made.sealed(world, [made.short("SAF04")])
        session().commit()
        assert timeline.of(world.actor("manager"), world.enterprises[0]) == before
        inside = timeline.of(world.actor("leader"), world.enterprises[0])
        assert not [one for one in inside if "SAF04" in one.title]
