"""The pages of visits, as a person uses them without scripts."""

import io
import re
from datetime import timedelta

import pytest
from PIL import Image

from compliance.shared.database import session
from compliance.visits import store
from compliance.visits.rules import CLOSING, Source, State
from tests.manners import Client


def area(visit_id, part="wages"):
    return f"/visits/{visit_id}/areas/{part}"


def folded(app, world, visit_id):
    with app.app_context():
        return store.answers(store.get(world.system, visit_id))


def photo(name="exit.jpg"):
    out = io.BytesIO()
    Image.new("RGB", (640, 480), "teal").save(out, "JPEG")
    return io.BytesIO(out.getvalue()), name


@pytest.fixture
def visit_id(handed_out):
    return handed_out(0, "inspector", "inspector2")


# -- planning -------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("language", ["en", "zh"])
def test_a_coordinator_plans_changes_and_hands_out_a_visit(app, world, sign_in, language):
    client = sign_in("coordinator", language)
    found = client.get("/visits/plan/new", q="示例制衣")
    (choose,) = found.links("enterprise=")
    form = client.get(choose)
    assert "Manager" not in form.text
    planned = client.submit(
        form, "/plan/new", inspectors=[str(world.people["inspector"])], purpose="Two complaints", route="complaint"
    )
    visit_id = planned.path.rsplit("/", 1)[1]
    changed = client.submit(client.get(f"/visits/{visit_id}/change"), "/change", route="follow_up")
    assert changed.path == f"/visits/{visit_id}"
    assert "示例制衣" in client.get("/visits/plan", q="zhiyi").text
    client.submit(client.get(f"/visits/{visit_id}"), "/hand-out")
    with app.app_context():
        assert store.get(world.system, visit_id_of(visit_id)).state is State.handed_out


def visit_id_of(text):
    from uuid import UUID

    return UUID(text)


def test_a_plan_that_cannot_be_is_marked_and_keeps_what_was_typed(app, world, sign_in):
    client = sign_in("coordinator")
    form = client.get("/visits/plan/new", enterprise=world.enterprises[0])
    again = client.submit(form, "/plan/new", planned_for="2020-01-01", purpose="Keep this", status=422)
    assert any("over" in error for error in again.errors())
    assert "Keep this" in again.response.text
    again = client.submit(form, "/plan/new", planned_for="2026-02-30", status=422)
    assert again.errors()


def test_who_chooses_by_hand_cannot_call_it_random(app, world, sign_in):
    client = sign_in("coordinator")
    form = client.get("/visits/plan/new", enterprise=world.enterprises[0])
    assert 'value="targeted"' in form.response.text
    assert 'value="random"' not in form.response.text
    client.submit(form, "/plan/new", route="random", status=422)


def test_the_list_says_when_nothing_fits_and_when_nothing_is_there(sign_in):
    client = sign_in("coordinator")
    assert "No visit is planned yet" in client.get("/visits/plan").text
    assert "No visit fits" in client.get("/visits/plan", q="nothing like it", state="sealed").text
    client.get("/visits/plan", **{"from": "2026-02-30", "page": "x", "state": "x", "inspector": "x", "sort": "x"})


def test_a_visit_is_called_off_with_a_reason(app, world, sign_in, visit_id):
    client = sign_in("coordinator")
    client.post(f"/visits/{visit_id}/cancel", {"reason": ""}, status=422)
    assert "Typhoon" in client.post(f"/visits/{visit_id}/cancel", {"reason": "Typhoon"}).text


def test_a_visit_cannot_be_handed_out_before_its_day(app, world, sign_in, office):
    with app.test_request_context("/", method="POST"):
        day = store.today(office.actor("coordinator")) + timedelta(days=3)
        visit_id = office.planned(planned_for=day).id
        session().commit()
    client = sign_in("coordinator")
    assert "Hand out now" not in client.get(f"/visits/{visit_id}").text
    client.post(f"/visits/{visit_id}/hand-out", status=409)


@pytest.mark.parametrize("who", ["inspector", "reviewer", "leader", "manager"])
def test_nothing_of_a_plan_is_seen_by_others(app, world, sign_in, office, who):
    with app.test_request_context("/", method="POST"):
        visit_id = office.planned(0, "inspector").id
        session().commit()
    client = sign_in(who)
    refused = 403 if who == "manager" else 404
    for path in (f"/visits/{visit_id}", area(visit_id), f"/visits/{visit_id}/end", f"/visits/{visit_id}/sheet"):
        client.get(path, refused)
    if who == "inspector":
        assert "Nothing is handed out to you" in client.get("/visits/").text


# -- the checklist --------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("language", ["en", "zh"])
@pytest.mark.parametrize("part", ["wages", "safety", "sanitation", "social_security", "punishment"])
def test_every_area_shows_what_an_inspector_needs(app, world, page, visit_id, part, language):
    shown = page("inspector", area(visit_id, part), language=language)
    with app.app_context():
        pinned = store.checklist(store.get(world.system, visit_id))
    for item in pinned.area(part).items:
        assert item.question.in_("zh" if language == "zh" else "en") in shown.text
    assert shown.document.findall(".//button[@name='go'][@value='next']")


def test_an_answer_is_saved_and_shown_again(app, world, sign_in, visit_id):
    client = sign_in("inspector")
    saved = client.submit(
        client.get(area(visit_id)),
        "/areas/wages",
        **{
            "WAG01.verdict": "non_compliant",
            "WAG01.note": "Seven people at 1,700 yuan",
            "WAG01.workers": "7",
            "WAG01.known.document": "y",
            "WAG01.severity": "critical",
            "WAG01.good": "Payslips on the phone",
        },
    )
    form = saved.form("/areas/wages")
    assert form["WAG01.verdict"] == "non_compliant"
    assert form["WAG01.note"].strip() == "Seven people at 1,700 yuan"
    assert (form["WAG01.workers"], form["WAG01.known.document"], form["WAG01.severity"]) == ("7", "y", "critical")
    assert len(folded(app, world, visit_id).heads) == 6


def test_sending_a_form_twice_or_unchanged_changes_nothing(app, world, sign_in, visit_id):
    client = sign_in("inspector")
    first = client.get(area(visit_id))
    for _ in range(3):
        again = client.submit(first, "/areas/wages", **{"WAG01.verdict": "partial", "WAG01.note": "x"})
    client.submit(again, "/areas/wages")
    with app.app_context():
        assert len(store.events(store.get(world.system, visit_id))) == 2


def test_two_inspectors_at_one_item_both_keep_their_words(app, world, sign_in, visit_id):
    one, two = sign_in("inspector"), sign_in("inspector2")
    stale = two.get(area(visit_id))
    one.submit(one.get(area(visit_id)), "/areas/wages", **{"WAG01.note": "of one", "WAG02.note": "untouched"})
    shown = two.submit(stale, "/areas/wages", **{"WAG01.note": "of two", "WAG03.verdict": "compliant"})
    assert "of one" in shown.text
    assert "of two" in shown.text
    assert "WAG01" in shown.text.split("both are kept")[0]
    pick = next(name for name in _names(shown) if name.startswith("pick.WAG01"))
    chosen = next(e.id for c in folded(app, world, visit_id).conflicts for e in c.events if e.value == "of two")
    two.submit(shown, "/areas/wages", **{pick: str(chosen)})
    now = folded(app, world, visit_id)
    assert not now.conflicts
    assert (now.answers["WAG01"].note, now.answers["WAG02"].note) == ("of two", "untouched")


def _names(page):
    return [e.get("name") or "" for e in page.document.iter("input")]


def test_a_form_that_arrives_cut_off_clears_nothing(app, world, sign_in, visit_id):
    client = sign_in("inspector")
    client.submit(client.get(area(visit_id)), "/areas/wages", **{"WAG01.note": "kept", "WAG01.known.document": "y"})
    seen = client.get(area(visit_id)).form("/areas/wages")["seen"]
    client.post(area(visit_id), {"seen": seen, "WAG02.note": "no marker, so unfinished"})
    client.post(area(visit_id), {"seen": seen, "item": "WAG01", "WAG01.known.document": "y"})
    answer = folded(app, world, visit_id).answers
    assert (answer["WAG01"].note, set(answer)) == ("kept", {"WAG01"})


@pytest.mark.parametrize(
    ("field", "typed"),
    [("WAG01.note", "字" * 10_000), ("WAG01.workers", "many"), ("WAG01.due_days", "400"), ("WAG01.verdict", "perfect")],
)
def test_what_cannot_be_kept_is_marked_and_everything_typed_stays(app, world, sign_in, visit_id, field, typed):
    client = sign_in("inspector")
    again = client.submit(
        client.get(area(visit_id)), "/areas/wages", 422, **{field: typed, "WAG02.note": "typed with care"}
    )
    assert "WAG01" in " ".join(again.errors())
    assert again.form("/areas/wages")["WAG02.note"].strip() == "typed with care"
    if field != "WAG01.verdict":
        assert again.form("/areas/wages")[field].strip() == typed
    assert not folded(app, world, visit_id).heads
    client.submit(again, "/areas/wages", **{field: ""})
    assert folded(app, world, visit_id).answers["WAG02"].note == "typed with care"


def test_a_number_suggests_an_answer_and_does_not_give_it(app, world, sign_in, visit_id):
    client = sign_in("inspector")
    with app.app_context():
        pinned = store.checklist(store.get(world.system, visit_id))
    item = next(i for i in pinned.items if i.suggestion and i.suggestion.rule in ("at_most", "zero"))
    name = f"{item.id}.quantity.{item.suggestion.parameters['quantity']}"
    most = next(q for q in item.quantities if q.id == item.suggestion.parameters["quantity"]).maximum
    shown = client.submit(client.get(area(visit_id, item.area)), "/areas/", **{name: f"{most:f}"})
    assert "Suggested: Not compliant" in shown.text
    assert folded(app, world, visit_id).answers[item.id].verdict is None


def test_an_answer_opens_the_items_that_hang_on_it(app, world, sign_in, visit_id):
    client = sign_in("inspector")
    with app.app_context():
        pinned = store.checklist(store.get(world.system, visit_id))
    hanging = next(
        i for i in pinned.items if i.only_if and not i.applies and pinned.item(i.only_if.item).area == i.area
    )
    shown = client.get(area(visit_id, hanging.area))
    assert f"{hanging.id}.verdict" not in _names(shown)
    verdict = sorted(hanging.only_if.verdicts)[0].value
    opened = client.submit(shown, "/areas/", **{f"{hanging.only_if.item}.verdict": verdict})
    assert f"{hanging.id}.verdict" in _names(opened)


def test_what_the_inspector_finds_changes_what_is_asked(app, world, sign_in, visit_id):
    client = sign_in("inspector")
    with app.app_context():
        pinned = store.checklist(store.get(world.system, visit_id))
    item = next(i for i in pinned.items if any(c.key == "dormitory" for c in i.applies))
    assert f"{item.id}.verdict" not in _names(client.get(area(visit_id, item.area)))
    form = client.get(f"/visits/{visit_id}/workplace")
    client.submit(form, "/workplace", **{"profile.dormitory": "y", "profile.checked": "y"})
    assert f"{item.id}.verdict" in _names(client.get(area(visit_id, item.area)))
    client.submit(form, "/workplace", 422, **{"profile.workers": "5", "profile.women": "6"})


def test_numbers_that_the_register_does_not_know_stay_empty_on_the_workplace_page(world, sign_in):
    coordinator = sign_in("coordinator")
    known = coordinator.submit(coordinator.get("/register/new"), "/register/new", name="Works of Unknown Size")
    form = coordinator.get("/visits/plan/new", enterprise=known.path.rsplit("/", 1)[1])
    planned = coordinator.submit(form, "/plan/new", inspectors=[str(world.people["inspector"])])
    coordinator.submit(planned, "/hand-out")
    page = sign_in("inspector").get(f"{planned.path}/workplace")
    shown = page.form("/workplace")
    assert [shown.get(f"profile.{name}") for name in ("workers", "women")] == ["", ""]


def test_the_rest_in_order_fills_untouched_items_and_says_so(app, world, sign_in, visit_id):
    client = sign_in("inspector")
    client.submit(client.get(area(visit_id, "safety")), "/areas/", **{"SAF05.verdict": "partial", "rest": "1"})
    answers = folded(app, world, visit_id).answers
    assert answers["SAF05"].verdict == "partial"
    assert not answers["SAF05"].bulk
    filled = [a for a in answers.values() if a.bulk]
    assert filled
    assert all(a.verdict == "compliant" for a in filled)
    assert "SAF01" not in answers


def test_save_and_next_leads_to_the_next_open_item(app, world, sign_in, visit_id):
    client = sign_in("inspector")
    answer = client.http.post(
        area(visit_id),
        data={**client.get(area(visit_id)).form("/areas/wages"), "WAG01.verdict": "compliant", "go": "next"},
    )
    assert answer.headers["Location"].endswith("/areas/wages#WAG02")
    answer = client.http.post(area(visit_id), data={**client.get(area(visit_id)).form("/areas/wages"), "go": "safety"})
    assert answer.headers["Location"].endswith("/areas/safety")


def test_a_photo_is_kept_and_a_false_one_costs_no_answer(app, world, sign_in, visit_id):
    client = sign_in("inspector")
    shown = client.submit(
        client.get(area(visit_id, "safety")),
        "/areas/safety",
        **{"SAF01.note": "Chained", "SAF01.file": [photo(), (io.BytesIO(b"MZ no picture"), "virus.jpg")]},
    )
    assert "virus.jpg" in shown.text
    (address,) = set(shown.links("/visits/evidence/"))
    assert folded(app, world, visit_id).answers["SAF01"].note == "Chained"
    one = client.get(address)
    assert client.http.get(f"{address}/picture").mimetype == "image/jpeg"
    client.get(f"{address}/document", 404)  # the original of a photo is sealed
    client.submit(one, address, caption="Exit 3", unrecognisable="y")
    struck = client.submit(client.get(address), "/strike", reason="Wrong hall")
    assert "Wrong hall" in struck.text
    assert not client.get(area(visit_id, "safety")).links("/visits/evidence/")
    sign_in("reviewer").get(address, 404)


# -- the end --------------------------------------------------------------------------------------------------------


def test_the_summary_names_what_is_missing_each_with_a_link_that_leads_there(app, world, sign_in, visit_id):
    client = sign_in("inspector")
    end = client.get(f"/visits/{visit_id}/end")
    links = [link for link in end.links("#") if "/areas/" in link]
    assert len(links) > 50
    path, anchor = links[0].split("#")
    target = client.get(path)
    assert any(e.get("id") == anchor for e in target.document.iter())


def test_signatures_and_other_endings_are_entered_on_the_summary(app, world, sign_in, visit_id):
    client = sign_in("inspector")
    saved = client.submit(
        client.get(f"/visits/{visit_id}/end"),
        "/end",
        **{
            "closing.outcome": "refused",
            "closing.outcome_reason": "The guard called the owner, who said no.",
            "closing.inspector_signature": ["signed", ""],
            "closing.representative_signature": "refused",
        },
    )
    now = folded(app, world, visit_id)
    assert now.value(CLOSING, "outcome") == "refused"
    assert now.value(CLOSING, "inspector_signature") == "signed"
    assert "Everything is there" in saved.text


def test_taking_a_signature_back_is_possible(app, world, sign_in, visit_id):
    client = sign_in("inspector")
    client.submit(client.get(f"/visits/{visit_id}/end"), "/end", **{"closing.inspector_signature": ["signed", ""]})
    client.submit(client.get(f"/visits/{visit_id}/end"), "/end", **{"closing.inspector_signature": ""})
    assert folded(app, world, visit_id).value(CLOSING, "inspector_signature") is None


@pytest.mark.parametrize("language", ["en", "zh", "both"])
def test_the_record_shows_topics_and_open_dangers_and_no_answer(app, world, sign_in, visit_id, language):
    client = sign_in("inspector")
    with app.test_request_context("/", method="POST"):
        visit, inspector = store.get(world.system, visit_id), world.actor("inspector")
        pinned = store.checklist(visit)
        said = {}
        for item in pinned.items:
            said[(item.id, "verdict")] = "non_compliant"
            said[(item.id, "note")] = "SECRET NOTE"
            said |= {(item.id, f"fact:{fact.id}"): True for fact in item.facts}
        store.record(inspector, visit, said)
        session().commit()
    shown = client.get(f"/visits/{visit_id}/record", language=language)
    facts = [fact for item in pinned.items if not item.applies for fact in item.facts]
    wanted = "zh" if language != "en" else "en"
    for fact in facts:
        told = fact.text.in_(wanted) in shown.text
        assert told == (fact.disclosure == "tell_now"), fact.id
    assert "SECRET NOTE" not in shown.text
    assert not re.search("Not compliant|不符合|未达标", shown.text)


@pytest.mark.parametrize("language", ["en", "zh", "both"])
def test_the_blank_sheet_prints_every_item_that_may_be_asked(app, world, sign_in, visit_id, language):
    shown = sign_in("inspector").get(f"/visits/{visit_id}/sheet", language=language)
    assert "SAF01" in shown.text
    assert ("Are all exits" in shown.text) == (language != "zh")


def test_a_sealed_visit_is_read_and_not_changed(app, world, sign_in, handed_out):
    visit_id = handed_out(0, sealed=True)
    for who in ("inspector", "reviewer", "coordinator"):
        client = sign_in(who)
        for path in (area(visit_id), f"/visits/{visit_id}/end", f"/visits/{visit_id}/workplace", f"/visits/{visit_id}"):
            shown = client.get(path)
            assert not shown.document.findall(".//form[@data-keep]")
    client = sign_in("inspector")
    client.post(area(visit_id), {"item": "WAG01", "WAG01.note": "late", "seen": ""}, status=409)
    client.post(f"/visits/{visit_id}/end", {"closing.remark": "late", "seen": ""}, status=409)


# -- the desk -------------------------------------------------------------------------------------------------------


def test_a_paper_sheet_is_entered_at_the_desk_and_the_mark_stays(app, world, sign_in, visit_id):
    client = sign_in("coordinator")
    shown = client.get(area(visit_id))
    assert "Desk entry" in shown.text
    client.submit(shown, "/areas/wages", **{"WAG01.verdict": "compliant"})
    with app.app_context():
        visit = store.get(world.system, visit_id)
        assert {e.source for e in store.events(visit)} == {Source.desk}
    for who, path in (
        ("coordinator", f"/visits/{visit_id}"),
        ("inspector", "/visits/"),
        ("coordinator", "/visits/plan"),
    ):
        assert "Entered at the desk" in sign_in(who).get(path).text


def test_an_inspector_may_say_that_it_comes_from_paper(app, world, sign_in, visit_id):
    client = sign_in("inspector")
    client.submit(client.get(area(visit_id), desk=1), "/areas/wages", **{"WAG01.verdict": "compliant"})
    with app.app_context():
        assert store.get(world.system, visit_id).entered_at_desk


# -- outsiders ------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("sealed", [False, True])
def test_a_tie_makes_the_visit_disappear_whatever_the_role(app, world, sign_in, handed_out, sealed):
    from compliance.people import store_ties
    from compliance.people.models import User
    from compliance.people.rules import TieKind

    visit_id = handed_out(0, sealed=sealed)
    with app.test_request_context("/", method="POST"):
        for who in ("coordinator", "leader", "reviewer", "inspector"):
            person = session().get(User, world.people[who])
            store_ties.declare(world.actor(who), person, world.enterprises[0], TieKind.competitor)
        session().commit()
    for who in ("coordinator", "leader", "reviewer", "inspector"):
        client: Client = sign_in(who)
        for path in (f"/visits/{visit_id}", area(visit_id), f"/visits/{visit_id}/end", f"/visits/{visit_id}/record"):
            client.get(path, 404)
    assert "示例制衣" not in sign_in("coordinator").get("/visits/plan").text
    assert "示例制衣" not in sign_in("coordinator").get("/visits/plan/new", q="示例制衣").text.replace("q=", "")


def test_a_visit_of_another_association_does_not_exist(sign_in, visit_id):
    for path in (f"/visits/{visit_id}", area(visit_id), f"/visits/{visit_id}/end", f"/visits/{visit_id}/change"):
        sign_in("stranger").get(path, 404)
