"""The pages of the draw: from setting up to the proof, who may see which, and what each says about bad input."""

import re
from datetime import UTC, datetime

import pytest
import sqlalchemy as sa

from compliance.enterprises import store as enterprises
from compliance.enterprises import store_lists
from compliance.people import store as people
from compliance.people import store_ties as ties
from compliance.people.rules import TieKind
from compliance.planning import store, store_drawn, store_periods, store_verify
from compliance.planning.periods import PeriodState
from compliance.shared import audit, clock
from compliance.shared.database import db, session
from tests.planning.test_store_draw import FIRST, LAST, MORNING, SETTINGS, grown, set_up

LATER = datetime(2027, 1, 4, 2, tzinfo=UTC)
NUMBERS = {
    "name": "Autumn",
    "first_day": FIRST.isoformat(),
    "last_day": LAST.isoformat(),
    "visits": "12",
    "inspector_days": "24",
    "days_per_visit": "2",
    "random_share": "60",
    "complaint_share": "0",
    "smallest": "2",
}


@pytest.fixture(autouse=True)
def _in_autumn():
    with clock.at(MORNING):
        yield


@pytest.fixture
def frozen(app, world):
    """A period with a frozen frame."""
    with app.app_context():
        row = set_up(grown(world))
        store_periods.freeze(world.actor("coordinator"), row.id)
        session().commit()
        return row.id


@pytest.fixture
def drawn(app, world, frozen):
    """A drawn period."""
    with app.app_context():
        store_drawn.make(world.actor("coordinator"), frozen)
        session().commit()
    return frozen


def test_a_coordinator_sets_up_freezes_and_draws(app, world, sign_in):
    with app.app_context():
        grown(world)
        session().commit()
    client = sign_in("coordinator")
    assert "No period is set up yet" in client.get("/draws/").text
    page = client.post("/draws/new", {**NUMBERS, "show": "1"})
    assert page.status == 200
    assert "What this buys" in page.text
    assert "No period is set up yet" in client.get("/draws/").text
    page = client.post("/draws/new", NUMBERS)
    assert (page.h1, page.status) == ("Autumn", 200)
    assert "Strata to expect" in page.text
    page = client.post(f"{page.path}/freeze")
    assert "Frame frozen" in page.text
    assert "33 workplaces" in page.text
    page = client.post(f"{page.path}/draw")
    assert "12 drawn; 0 have a visit" in page.text
    listed = client.get(f"{page.path}/drawn")
    assert "12 in all" in listed.text
    assert "Coordinator One" in client.get(page.path).text  # who looked
    assert client.get(f"{page.path}/drawn.xlsx").status == 200
    assert "as spreadsheet" in client.get(page.path).text


def test_a_double_click_draws_once(app, world, sign_in, frozen):
    client = sign_in("coordinator")
    first = client.post(f"/draws/{frozen}/draw")
    second = client.post(f"/draws/{frozen}/draw")
    assert (first.status, second.status) == (200, 200)
    with app.app_context():
        row = store.get(world.actor("coordinator"), frozen)
        assert store_drawn.counts(row)["drawn"] == 12
        assert store_verify.verify(row).equal


@pytest.mark.parametrize(
    ("changes", "word"),
    [
        ({"random_share": "10"}, "At least 30%"),
        ({"visits": "0"}, "lies between 1"),
        ({"inspector_days": "1"}, "do not suffice"),
        ({"last_day": "2026-09-01"}, "before the first day"),
        ({"first_day": "2025-01-01", "last_day": "2025-03-31"}, "over already"),
        ({"name": ""}, "give the period a name"),
        ({"visits": "many"}, "Visits"),
    ],
)
def test_bad_numbers_come_back_with_everything_typed(sign_in, changes, word):
    page = sign_in("coordinator").post("/draws/new", {**NUMBERS, **changes}, status=422)
    assert word in page.text
    typed = {element.get("name"): element.get("value") for element in page.document.iter("input")}
    assert all(typed[name] == value for name, value in {**NUMBERS, **changes}.items())


def test_an_overlapping_period_is_refused_with_its_name(sign_in, frozen):
    page = sign_in("coordinator").post("/draws/new", {**NUMBERS, "name": "Another"}, status=422)
    assert "overlap the period “Autumn”" in page.text


def test_capacity_above_the_frame_and_a_small_frame_say_so(sign_in, world):
    page = sign_in("coordinator").post("/draws/new", {**NUMBERS, "visits": "90", "inspector_days": "500", "show": "1"})
    assert "more visits than the frame has workplaces" in page.text
    assert "Every workplace of the frame is visited" in page.text


def test_an_association_with_one_workplace_is_told_what_that_means(app, world, sign_in):
    with app.app_context():
        row = set_up(world)
        for workplace_id in world.workplaces[1:]:
            store_periods.exclude(world.actor("coordinator"), row.id, workplace_id, "Not in use")
        session().commit()
        address = f"/draws/{row.id}"
    page = sign_in("coordinator").get(address)
    assert "The frame has a single workplace" in page.text
    assert "Strata to expect" in page.text


def test_an_empty_frame_says_what_to_do(app, world, sign_in):
    with app.app_context():
        for enterprise_id in world.enterprises:
            enterprises.get(world.system, enterprise_id).status = "left"
        audit.record(world.system, "enterprise.edited")
        session().commit()
    page = sign_in("coordinator").post("/draws/new", NUMBERS)
    assert "nobody to draw from" in page.text
    assert "Freeze the frame" not in page.text


def test_leaving_out_asks_for_a_reason_and_is_undone(app, world, sign_in):
    with app.app_context():
        row = set_up(world)
        session().commit()
        address = f"/draws/{row.id}/left-out"
    client = sign_in("coordinator")
    assert "Nobody is left out" in client.get(address).text
    found = client.get(f"{address}?q=Footwear")
    assert f"workplace={world.workplaces[1]}" in " ".join(found.links("workplace="))
    page = client.post(address, {"workplace": str(world.workplaces[1]), "reason": ""}, status=422)
    page = client.post(address, {"workplace": str(world.workplaces[1]), "reason": "Rebuilding"})
    assert "Rebuilding" in page.text
    page = client.post(f"{address}/{world.workplaces[1]}/undo")
    assert "Nobody is left out" in page.text


def test_cancelling_asks_for_a_reason(sign_in, frozen):
    client = sign_in("coordinator")
    client.post(f"/draws/{frozen}/cancel", {"reason": ""}, status=422)
    page = client.post(f"/draws/{frozen}/cancel", {"reason": "Wrong quarter"})
    assert "Wrong quarter" in page.text


def test_the_list_is_searched_narrowed_and_sorted(sign_in, drawn):
    client = sign_in("coordinator")
    for query in ("q=Works", "route=targeted", "standing=waiting", "sort=-points", "page=99", "q=nobody+at+all"):
        assert client.get(f"/draws/{drawn}/drawn?{query}").status == 200
    assert "4 in all" in client.get(f"/draws/{drawn}/drawn?route=targeted").text
    assert "Nobody fits" in client.get(f"/draws/{drawn}/drawn?standing=left").text


def test_that_somebody_left_is_noted_from_the_list(app, world, sign_in, drawn):
    with app.app_context():
        coordinator = world.actor("coordinator")
        one = store_drawn.waiting(coordinator, store.get(coordinator, drawn))[0].id
    page = sign_in("coordinator").post(f"/draws/drawn/{one}/left", {"reason": "merged", "note": "into No. 7"})
    assert "Merged with another enterprise" in page.text


def test_a_tied_coordinator_is_sent_to_another_one(app, world, sign_in, drawn):
    tie(app, world, "coordinator")
    client = sign_in("coordinator")
    for address in ("", "/drawn", "/drawn.xlsx", "/left-out"):
        page = client.get(f"/draws/{drawn}{address}", status=403)
        assert "another coordinator" in page.text


def test_the_list_asks_as_many_questions_for_many_as_for_few(app, sign_in, drawn):
    said = []

    def note(_connection, _cursor, statement, *_more):
        said.append(statement)

    with app.app_context():
        engine = db.engine
    client, counted = sign_in("coordinator"), []
    sa.event.listen(engine, "before_cursor_execute", note)
    try:
        for narrowed in ("?route=targeted", ""):
            client.get(f"/draws/{drawn}/drawn{narrowed}")
            said.clear()
            client.get(f"/draws/{drawn}/drawn{narrowed}")
            counted.append(len(said))
    finally:
        sa.event.remove(engine, "before_cursor_execute", note)
    assert counted[0] == counted[1] < 30, counted


def tie(app, world, who):
    with app.app_context():
        ties.declare(world.system, people.get(world.system, world.people[who]), world.enterprises[0], TieKind.owner)
        session().commit()


def test_auditors_see_the_binding_first_and_the_proof_after_the_reveal(app, world, sign_in, drawn):
    with app.app_context():
        row = store.for_audit(world.system, drawn)
        seed, digest = row.seed, row.seed_digest
    with clock.at(LATER):
        client = sign_in("leader")
        page = client.get(f"/draw-checks/{drawn}")
        assert digest in page.text
        assert seed not in page.text
        client.get(f"/draw-checks/{drawn}/frame.txt", status=409)
        page = client.post(f"/draw-checks/{drawn}/reveal")
        assert seed in page.text
        assert "Equal: frame, seed" in page.text
        frame = client.get(f"/draw-checks/{drawn}/frame.txt")
        assert frame.response.data.startswith(b"compliance frame 1\n")
        assert client.get(f"/draw-checks/{drawn}/drawn.csv").status == 200
        assert "HMAC-SHA-256" in client.get("/draw-checks/algorithm.txt").response.text
    with app.app_context():
        assert store.get(world.actor("coordinator"), drawn).state is PeriodState.ended


def test_the_seed_is_not_revealed_while_the_period_runs(sign_in, drawn):
    sign_in("administrator").post(f"/draw-checks/{drawn}/reveal", status=409)


def test_a_leader_with_a_tie_sees_days_and_nothing_else_whatever_becomes_of_the_draw(app, world, sign_in, frozen):
    tie(app, world, "leader")
    client = sign_in("leader")
    before = client.get("/draw-checks/")
    with app.app_context():
        store_drawn.make(world.actor("coordinator"), frozen)
        session().commit()
    assert client.get("/draw-checks/").text == before.text
    assert not before.links(str(frozen))
    for address in ("", "/frame.txt", "/drawn.csv"):
        client.get(f"/draw-checks/{frozen}{address}", status=403)
    client.post(f"/draw-checks/{frozen}/reveal", status=403)


@pytest.mark.parametrize("who", ["manager", "inspector", "reviewer", "leader", "administrator", "outsider"])
def test_nobody_but_coordinators_opens_a_plan(sign_in, drawn, who):
    client = sign_in(who)
    for address in ("/draws/", f"/draws/{drawn}", f"/draws/{drawn}/drawn", f"/draws/{drawn}/drawn.xlsx"):
        client.get(address, status=403)


@pytest.mark.parametrize("who", ["manager", "inspector", "reviewer", "coordinator", "outsider"])
def test_nobody_but_auditors_checks_a_draw(sign_in, drawn, who):
    client = sign_in(who)
    for address in ("/draw-checks/", f"/draw-checks/{drawn}", f"/draw-checks/{drawn}/frame.txt"):
        client.get(address, status=403)


def test_pages_are_in_chinese_too(sign_in, drawn):
    client = sign_in("coordinator", "zh_Hans_CN")
    assert client.get("/draws/").h1 == "抽取"
    assert "抽中" in client.get(f"/draws/{drawn}/drawn").text


def test_another_association_sees_no_period(sign_in, drawn):
    client = sign_in("stranger")
    for address in (f"/draws/{drawn}", f"/draws/{drawn}/drawn", f"/draw-checks/{drawn}"):
        client.get(address, status=404)


assert SETTINGS.visits == int(NUMBERS["visits"])


# -- while the numbers are typed --------------------------------------------------------------------------------------


def part(client, path, **typed):
    """A part of a page, as the script of the page asks for it."""
    answer = client.http.post(path, data={"csrf_token": client.token(), **NUMBERS, **typed})
    assert answer.status_code == 200
    return answer.get_data(as_text=True)


def test_what_a_plan_buys_is_told_while_it_is_typed_and_nothing_is_stored(app, world, sign_in):
    with app.app_context():
        grown(world)
        session().commit()
    client = sign_in("coordinator")
    page = client.get("/draws/new")
    assert page.document.find(".//*[@data-live='/draws/new/expected']") is not None
    few, more = (
        part(client, "/draws/new/expected"),
        part(client, "/draws/new/expected", visits="24", inspector_days="48"),
    )
    assert "What this buys" in few and "Strata to expect" in few and "<html" not in few
    assert few != more and "Of 24 visits" in more
    assert "What this buys" in part(client, "/draws/new/expected", name="", first_day=""), "a name can come later"
    for wrong in ({"visits": ""}, {"visits": "many"}, {"random_share": "5"}, {"inspector_days": "1"}):
        told = part(client, "/draws/new/expected", **wrong)
        assert 'class="error"' in told and "What this buys" not in told
    assert "No period is set up yet" in client.get("/draws/").text


def test_a_large_register_is_told_the_same_a_moment_later(app, world, sign_in, monkeypatch):
    with app.app_context():
        coordinator, row = world.actor("coordinator"), set_up(grown(world))
        store_periods.exclude(coordinator, row.id, world.workplaces[0], "Closed for rebuilding until spring.")
        session().commit()
        pages = ("/draws/new", f"/draws/{row.id}", f"/draws/{row.id}/change")
    client = sign_in("coordinator")

    def told(path):
        return " ".join(re.sub(r"As of [^.]*\. What was written since [^.]*\.", "", client.get(path).text).split())

    small = [told(path) for path in pages]
    assert all("What this buys" in text for text in small)
    monkeypatch.setattr(store_lists, "LARGE", 0)
    first = client.get("/draws/new").text
    assert "These figures are being worked out" in first and "What this buys" not in first
    assert "As of" in client.get("/draws/new").text
    assert [told(path) for path in pages] == small


def test_the_same_while_a_period_is_changed_and_not_once_it_is_frozen(app, world, sign_in):
    with app.app_context():
        row = set_up(grown(world))
        session().commit()
        period_id = row.id
    client = sign_in("coordinator")
    assert "What this buys" in part(client, f"/draws/{period_id}/expected")
    with app.app_context():
        store_periods.freeze(world.actor("coordinator"), period_id)
        session().commit()
    client.post(f"/draws/{period_id}/expected", NUMBERS, status=409)
    sign_in("leader").post("/draws/new/expected", NUMBERS, status=403)


@pytest.mark.parametrize("kept", [{}, {"visits": 12}, {"visits": 12, "of another release": 1}])
def test_a_period_with_numbers_missing_offers_the_usual_ones(app, world, sign_in, kept):
    """Whatever an earlier period has kept of its numbers, the next can be set up and that one be changed."""
    with app.app_context():
        row = set_up(grown(world))
        row.settings = kept
        session().add(row)
        audit.record(world.system, "draw.period_changed", row)
        session().commit()
        path = f"/draws/{row.id}"
    client = sign_in("coordinator")
    usual = {"visits": "60", "inspector_days": "120", "random_share": "50", "smallest": "4"}
    if "visits" in kept:
        usual["visits"] = "12"
    for page in (client.get("/draws/new"), client.get(f"{path}/change")):
        offered = {one.get("name"): one.get("value") for one in page.document.iter("input")}
        assert usual.items() <= offered.items()
        assert "What this buys" in page.text
    assert client.get(path).status == client.get("/draws/").status == 200
