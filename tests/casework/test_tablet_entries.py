"""The tablets' door: entries are kept one by one, each once, whatever else is in the batch."""

import hashlib
import json
import re
import uuid
from datetime import UTC, datetime, timedelta

import pytest

from compliance.casework import sealing
from compliance.enterprises import store as enterprises
from compliance.people import store as people
from compliance.people import store_ties as ties
from compliance.people.rules import TieKind
from compliance.shared import audit
from compliance.shared.ids import event_id
from compliance.visits import store as visits
from compliance.visits import store_aside, store_instead, store_sync
from compliance.visits.rules import PROFILE
from tests.casework import made
from tests.tablets import digest_of

pytestmark = pytest.mark.usefixtures("on_both_databases")


def codes(answer):
    return [one["code"] for one in answer.json["refused"]]


def test_what_a_tablet_made_is_kept_once_and_comes_back_with_its_digest(tablet, handed, on_server):
    visit, one = handed(), tablet()
    first = one.enter(visit, "SAF01", "verdict", "non_compliant")
    second = one.enter(visit, "SAF01", "note", "  The exit is chained 后门上锁。\r\n", bulk=False)
    third = one.enter(visit, "SAF01", "verdict", None, replaces=[first["id"]])
    answer = one.send(visit)
    assert answer.json["kept"] == [
        {"id": entry["id"], "sha256": digest_of(str(visit), one.device, entry)} for entry in (first, second, third)
    ]
    again = one.send(visit)
    assert again.json["known"] == answer.json["kept"] and not again.json["kept"]
    kept = on_server(visit)
    assert [(e.item, e.field, e.value) for e in kept] == [
        ("SAF01", "verdict", "non_compliant"),
        ("SAF01", "note", "The exit is chained 后门上锁。"),
        ("SAF01", "verdict", None),
    ]
    assert [e.seq for e in kept] == [1, 2, 3] and {e.device for e in kept} == {one.device}
    assert [e.source.value for e in kept] == ["tablet"] * 3
    assert kept[2].replaces == {uuid.UUID(first["id"])}


def test_entries_may_come_in_any_order_and_name_what_has_not_come_yet(tablet, handed, acting, world):
    visit, one = handed(), tablet()
    first = one.enter(visit, "SAF01", "verdict", "compliant")
    one.enter(visit, "SAF01", "verdict", "partial", replaces=[first["id"]])
    assert len(one.send(visit, one.made[str(visit)][1:]).json["kept"]) == 1
    assert len(one.send(visit, one.made[str(visit)][:1]).json["kept"]) == 1
    folded = acting(lambda: visits.answers(visits.get(world.system, visit)))
    assert folded.answers["SAF01"].verdict.value == "partial" and not folded.conflicts


def test_every_kind_of_field_passes_the_door(tablet, handed):
    visit, one = handed(), tablet()
    photo = str(uuid.uuid4())
    for item, name, value in (
        ("SAF01", "verdict", "non_compliant"),
        ("SAF01", "fact:exit-locked", True),
        ("SAF01", "known:observation", True),
        ("SAF01", "workers", 12),
        ("SAF01", "due_days", 0),
        ("WAG08", "quantity:longest-run", "9"),
        (PROFILE, "workers", 80),
        (PROFILE, "checked", True),
        ("@closing", "visited_on", "2026-11-22"),
        ("@closing", "inspector_strokes", json.dumps([{"penColor": "black", "points": [{"x": 1.5, "y": 2}]}])),
        ("SAF01", f"photo:{photo}", "a" * 64),
        ("SAF01", f"marks:{photo}", json.dumps([{"kind": "blur", "points": [[0.1, 0.2]], "width": 0.05}])),
        ("SAF01", f"caption:{photo}", "The exit"),
        ("SAF01", f"struck:{photo}", "Taken by mistake"),
        ("@presence", f"arrived:{uuid.uuid4()}", "2026-11-22T01:02:03.000Z"),
        ("@presence", f"place:{uuid.uuid4()}", "25.0389,102.7183,12.5"),
        ("@presence", f"place:{uuid.uuid4()}", "refused"),
        ("@presence", f"help:{uuid.uuid4()}", "asked"),
    ):  # fmt: skip
        one.enter(visit, item, name, value)
    answer = one.send(visit)
    assert answer.json["refused"] == []
    assert len(answer.json["kept"]) == len(one.made[str(visit)])


# -- what cannot stand: each by its id, with a reason in both languages; the others are kept -----------------

WRONG = {
    "an unknown item": ({"item": "SAF99"}, "field-unknown"),
    "an unknown field": ({"field": "colour"}, "field-unknown"),
    "an unknown fact": ({"field": "fact:moon", "value": True}, "field-unknown"),
    "a verdict that is none": ({"value": "splendid"}, "not-a-choice"),
    "a verdict that is a number": ({"value": 3}, "not-a-choice"),
    "a verdict that is a tick": ({"value": True}, "not-a-choice"),
    "a tick that is a text": ({"field": "fact:exit-locked", "value": "yes"}, "not-a-tick"),
    "a count that is a text": ({"field": "workers", "value": "many"}, "not-a-number"),
    "a count below nothing": ({"field": "workers", "value": -1}, "not-a-number"),
    "a number beyond everything": ({"field": "workers", "value": 10**30}, "entry-value"),
    "a list for a value": ({"value": ["compliant"]}, "entry-value"),
    "a fraction for a value": ({"field": "workers", "value": 1.5}, "entry-value"),
    "a note that is too long": ({"field": "note", "value": "x" * 4001}, "text-too-long"),
    "a note of two megabytes": ({"field": "note", "value": "x" * 2_000_000}, "text-too-long"),
    "no item": ({"item": ""}, "entry-field"),
    "an item that is a number": ({"item": 5}, "entry-field"),
    "an id that is none": ({"id": "17"}, "entry-id"),
    "an id of another kind": ({"id": str(uuid.uuid4())}, "entry-id"),
    "an id in capitals": ({"id": str(event_id()).upper()}, "entry-id"),
    "no moment": ({"at": None}, "entry-at"),
    "a moment that is none": ({"at": "yesterday"}, "entry-at"),
    "a moment without a zone": ({"at": "2026-11-22T10:00:00.000"}, "entry-at"),
    "a moment far in the future": ({"at": "2999-01-01T00:00:00.000Z"}, "entry-at"),
    "a moment before all clocks": ({"at": "1848-01-01T00:00:00.000Z"}, "entry-at"),
    "no running number": ({"seq": None}, "entry-seq"),
    "a running number of nothing": ({"seq": 0}, "entry-seq"),
    "a running number that is true": ({"seq": True}, "entry-seq"),
    "a running number beyond everything": ({"seq": 10**9}, "entry-seq"),
    "a bulk that is no yes or no": ({"bulk": "yes"}, "entry-shape"),
    "a bulk answer to a red flag": ({"bulk": True, "value": "compliant"}, "bulk-red-flag"),
    "a bulk answer that is a shortfall": ({"bulk": True, "item": "SAF04", "value": "partial"}, "bulk-field"),
    "ids to replace that are none": ({"replaces": ["x"]}, "entry-replaces"),
    "an endless list to replace": ({"replaces": [str(uuid.UUID(int=n)) for n in range(101)]}, "entry-replaces"),
    "a photo without its digest": ({"field": f"photo:{uuid.uuid4()}", "value": "abc"}, "not-a-digest"),
    "a photo whose id tells the time": ({"field": f"photo:{event_id()}", "value": "a" * 64}, "field-unknown"),
    "marks that are none": ({"field": f"marks:{uuid.uuid4()}", "value": "{}"}, "marks-unreadable"),
    "a place that is none": ({"item": "@presence", "field": f"place:{uuid.uuid4()}", "value": "here"}, "not-a-place"),
    "strokes that are none": ({"item": "@closing", "field": "inspector_strokes", "value": "[1]"}, "not-a-drawing"),
    "nests without an end": (
        {"item": "@closing", "field": "inspector_strokes", "value": "[" * 50_000},
        "not-a-drawing",
    ),
}  # fmt: skip


@pytest.mark.parametrize("wrong", WRONG)
def test_one_that_cannot_stand_costs_no_other(tablet, handed, on_server, wrong):
    change, code = WRONG[wrong]
    visit, one = handed(), tablet()
    before = one.enter(visit, "SAF04", "note", "Before.")
    bad = one.enter(visit, "SAF01", "verdict", "compliant")
    bad |= change
    after = one.enter(visit, "SAF04", "good", "After.")
    answer = one.send(visit)
    assert answer.status_code == 200
    assert [entry["id"] for entry in answer.json["kept"]] == [before["id"], after["id"]]
    (refused,) = answer.json["refused"]
    assert refused["code"] == code
    assert refused["id"] == bad["id"]
    assert refused["text"]["en"] and refused["text"]["zh_Hans_CN"] != refused["text"]["en"]
    assert len(on_server(visit)) == 2


@pytest.mark.parametrize("junk", [None, 7, "text", [], {}, {"id": {}}, {"id": "x" * 10_000}])
def test_junk_among_entries_is_refused_by_itself(tablet, handed, junk):
    visit, one = handed(), tablet()
    good = one.enter(visit, "SAF04", "note", "Good.")
    answer = one.send(visit, [junk, good])
    assert [entry["id"] for entry in answer.json["kept"]] == [good["id"]]
    assert len(answer.json["refused"]) == 1
    assert len(json.dumps(answer.json)) < 2000


def test_half_a_character_is_kept_without_it_and_has_the_digest_that_a_browser_gives(tablet, handed, on_server):
    visit, one = handed(), tablet()
    entry = one.enter(visit, "SAF04", "note", "half \ud83d")
    body = json.dumps({"device": one.device, "visit": str(visit), "entries": [entry]})
    answer = one.http.post("/tablet/entries", data=body, headers=one.headers(), content_type="application/json")
    rest = [entry["at"], one.device, entry["seq"], False]
    text = json.dumps([entry["id"], str(visit), "SAF04", "note", "HALF", [], *rest], separators=(",", ":"))
    digest = hashlib.sha256(text.replace("HALF", "half \\ud83d").encode()).hexdigest()
    assert answer.json["kept"] == [{"id": entry["id"], "sha256": digest}]
    assert on_server(visit)[0].value == "half"


# -- whose it is -----------------------------------------------------------------


def test_entries_for_a_visit_of_others_or_of_nobody_are_refused_by_id(tablet, handed, on_server, world, acting):
    mine, theirs = handed(0), handed(1, "inspector2")
    planned = acting(lambda: visits.plan(
        world.actor("coordinator"), world.workplaces[0], planned_for=visits.today(world.actor("coordinator")),
        route=visits.get(world.system, mine).route, inspector_ids=[world.people["inspector"]],
    ).id)  # fmt: skip
    one = tablet()
    for visit in (theirs, uuid.uuid4(), planned, "nothing", None):
        entry = one.enter(visit, "SAF04", "note", "Not mine.")
        answer = one.send(visit)
        assert answer.status_code == 200 and codes(answer) == ["visit-unknown"]
        assert answer.json["refused"][0]["id"] == entry["id"]
    assert on_server(theirs) == []


def test_another_s_device_and_another_s_batch_are_refused_by_id(tablet, handed, on_server):
    visit = handed(0, "inspector", "inspector2")
    mine, theirs = tablet("inspector"), tablet("inspector2")
    entry = theirs.enter(visit, "SAF04", "note", "Theirs.")
    theirs.send(visit)
    stolen = mine.send(visit, [entry])  # my own device, their entry
    assert codes(stolen) == ["entry-id-taken"]
    forged = mine.post(
        "/tablet/entries",
        {"device": theirs.device, "visit": str(visit), "entries": [{**entry, "id": str(event_id()), "seq": 2}]},
    )
    assert codes(forged) == ["device-foreign"]
    unknown = mine.post("/tablet/entries", {"device": str(uuid.uuid4()), "visit": str(visit), "entries": [entry]})
    assert codes(unknown) == ["device-unknown"]
    assert [e.value for e in on_server(visit)] == ["Theirs."]


def test_an_entry_never_changes_and_a_running_number_is_one_entry_s(tablet, handed, on_server):
    visit, one = handed(), tablet()
    entry = one.enter(visit, "SAF04", "note", "First.")
    one.send(visit)
    assert codes(one.send(visit, [{**entry, "value": "Second."}])) == ["entry-changed"]
    assert codes(one.send(visit, [{**entry, "id": str(event_id())}])) == ["entry-seq-taken"]
    twice = one.enter(visit, "SAF04", "good", "Twice.")
    both = one.send(visit, [twice, twice, {**twice, "value": "Otherwise."}])
    assert len(both.json["kept"]) == 1 and codes(both) == ["entry-changed"]
    assert [e.value for e in on_server(visit)] == ["First.", "Twice."]


def test_the_same_id_on_another_visit_is_refused(tablet, handed):
    first, second = handed(0), handed(1)
    one = tablet()
    entry = one.enter(first, "SAF04", "note", "First.")
    one.send(first)
    assert codes(one.send(second, [entry])) == ["entry-id-taken"]


# -- what cannot be read at all -----------------------------------------------------------------


def test_more_than_a_hundred_at_once_and_bodies_without_end_are_refused_whole_and_clearly(tablet, handed, on_server):
    visit, one = handed(), tablet()
    for number in range(101):
        one.enter(visit, "SAF04", "note", f"{number}")
    many = one.send(visit)
    assert many.status_code == 413 and many.json["code"] == "batch-too-many" and many.json["limit"] == 100
    huge = one.http.post("/tablet/entries", data=b"x" * (5 * 2**20), headers=one.headers())
    assert huge.status_code == 413 and huge.json["code"] == "too-large" and huge.json["text"]["zh_Hans_CN"]
    assert on_server(visit) == []


@pytest.mark.parametrize(
    "body", [b"", b"{", b"[", b"[" * 100_000, b"NaN", b'{"entries": NaN}', b"\xff\xfe", b"1" * 5000]
)
def test_what_is_no_json_gets_a_clear_answer(tablet, body):
    one = tablet()
    answer = one.http.post("/tablet/entries", data=body, headers=one.headers(), content_type="application/json")
    assert answer.status_code == 422
    assert answer.json["text"]["en"] and answer.json["text"]["zh_Hans_CN"]


@pytest.mark.parametrize("entries", [None, {}, "x", 7])
def test_a_batch_without_entries_is_refused(tablet, handed, entries):
    one = tablet()
    answer = one.post("/tablet/entries", {"device": one.device, "visit": str(handed()), "entries": entries})
    assert answer.status_code == 422 and answer.json["code"] == "batch-shape"


def test_without_a_token_nothing_is_taken_and_without_a_sign_in_the_answer_is_json(app, tablet, handed):
    visit, one = handed(), tablet()
    one.enter(visit, "SAF04", "note", "Kept on the tablet.")
    body = {"device": one.device, "visit": str(visit), "entries": one.made[str(visit)]}
    bare = one.http.post("/tablet/entries", json=body)
    assert bare.status_code == 400 and bare.json["code"] == "csrf"
    nobody = app.test_client()
    for answer in (
        nobody.get("/tablet/session"),
        nobody.get(f"/tablet/visits/{visit}"),
        nobody.get(f"/tablet/photos/{uuid.uuid4()}"),
    ):
        assert answer.status_code == 401 and answer.json["code"] == "signed-out"


def test_somebody_who_goes_nowhere_is_refused_in_json(sign_in):
    answer = sign_in("manager").http.get("/tablet/session")
    assert answer.status_code == 403 and answer.json["code"] == "not-permitted"


# -- clocks -----------------------------------------------------------------


@pytest.mark.parametrize("ahead", [timedelta(days=4000), timedelta(days=-9000), timedelta(hours=-5), timedelta()])
def test_a_clock_that_is_wrong_by_years_costs_nothing_and_its_drift_is_kept(
    tablet, handed, on_server, app, world, ahead
):
    visit, one = handed(), tablet(ahead=ahead)
    one.enter(visit, "SAF04", "note", "Written.")
    assert len(one.send(visit).json["kept"]) == 1
    (event,) = on_server(visit)
    assert abs((event.at - datetime.now(UTC)) - ahead) < timedelta(minutes=5)
    one.enter(visit, "SAF04", "good", "Written later.")
    one.send(visit, at=(datetime.now(UTC) + timedelta(seconds=90)).isoformat())
    with app.app_context():
        drifts = store_sync.drifts(visits.get(world.system, visit))
    assert abs(drifts[uuid.UUID(one.made[str(visit)][0]["id"])] + ahead.total_seconds()) < 300
    assert -95 < drifts[uuid.UUID(one.made[str(visit)][1]["id"])] < -85


def test_a_fact_that_is_taken_out_after_the_seal_counts_as_sealed_though_the_tablet_s_clock_was_ahead(
    tablet, handed, acting, world, app
):
    from compliance.casework import cases

    visit, one = handed(), tablet()
    late = str(uuid.UUID(int=(int(event_id().hex[:12], 16) + 10**11 << 80) | event_id().int & (1 << 80) - 1))
    one.enter(visit, "PUN05", "fact:worker-struck", True, id=late)
    assert len(one.send(visit).json["kept"]) == 1

    def seal():
        row = visits.get(world.system, visit)
        given = {"PUN05": made.short("PUN05", facts=frozenset({"worker-struck"}))}
        visits.enter_answers(world.actor("inspector"), row, made.answered(row, given))
        visits.close(
            world.actor("inspector"), row,
            visits.Closing(visits.today(world.system), "Inspector One", representative_name="Manager"),
        )  # fmt: skip
        sealing.seal(world.actor("inspector"), visit)

    acting(seal)
    from compliance.casework import corrections

    acting(lambda: corrections.correct(
        world.actor("reviewer"), visit, "PUN05", {"fact:worker-struck": False, "verdict": "compliant"}, "Not so."
    ))  # fmt: skip
    assert acting(lambda: cases.load(world.actor("reviewer"), visit)).sealed_led


# -- two tablets, versions, audit -----------------------------------------------------------------


def test_two_tablets_on_one_visit_merge_and_what_both_answered_is_kept_twice(tablet, handed, acting, world):
    visit = handed(0, "inspector", "inspector2")
    one, two = tablet("inspector"), tablet("inspector2")
    one.enter(visit, "SAF01", "verdict", "compliant")
    one.enter(visit, "SAF04", "verdict", "compliant")
    one.enter(visit, "SAF04", "known:document", True)
    two.enter(visit, "SAF01", "verdict", "non_compliant")
    two.enter(visit, "WAG01", "verdict", "partial")
    two.enter(visit, "SAF04", "known:document", True)
    assert all(t.send(visit).json["refused"] == [] for t in (one, two))
    folded = acting(lambda: visits.answers(visits.get(world.system, visit)))
    assert [(c.item, c.field) for c in folded.conflicts] == [("SAF01", "verdict")]
    assert folded.answers["SAF01"].verdict.value == "non_compliant"
    assert folded.answers["SAF04"].verdict.value == "compliant" and folded.answers["WAG01"].verdict.value == "partial"
    assert one.receipt(visit).json["complete"] and two.receipt(visit).json["complete"]


def test_photo_fields_strokes_and_presence_never_count_as_answers_nor_as_conflicts(tablet, handed, acting, world):
    visit = handed(0, "inspector", "inspector2")
    photo = str(uuid.uuid4())
    for who in ("inspector", "inspector2"):
        one = tablet(who)
        one.enter(visit, "SAF04", f"caption:{photo}", f"By {who}")
        one.enter(visit, "@closing", "inspector_strokes", json.dumps([{"points": [{"x": len(who), "y": 1}]}]))
        assert one.send(visit).json["refused"] == []
    folded = acting(lambda: visits.answers(visits.get(world.system, visit)))
    assert not folded.conflicts and not folded.answers


def test_an_answer_to_an_item_that_a_newer_version_does_not_have_any_more_is_kept_and_counts_no_more(
    tablet, handed, acting, world, on_server
):
    from compliance.checklists import parse
    from compliance.checklists import store as checklists
    from compliance.shared import places

    visit, other = handed(0), handed(1)
    one = tablet()
    one.enter(visit, "SAF04", "verdict", "partial")
    files = {
        name: re.sub(rb"\bSAF04\b", b"SAF74", data)
        for name, data in checklists.read_folder(places.checklists_dir()).items()
    }

    def move():
        newer = checklists.publish(world.system, parse.parse(files))
        visits.move_version(world.actor("coordinator"), visits.get(world.system, visit), newer.id)

    acting(move)
    assert len(one.send(visit).json["kept"]) == 1
    assert [e.item for e in on_server(visit)] == ["SAF04"]
    assert "SAF04" not in acting(lambda: visits.answers(visits.get(world.system, visit))).answers
    one.enter(visit, "SAF74", "verdict", "partial")
    one.enter(other, "SAF74", "verdict", "partial")
    assert len(one.send(visit).json["kept"]) == 1
    assert codes(one.send(other)) == ["field-unknown"]


def test_a_batch_is_one_line_on_the_trail_without_what_was_said(tablet, handed, acting, world):
    visit, one = handed(), tablet()
    for number in range(40):
        one.enter(visit, "SAF04", "note", f"A secret of Li Lan, {number}")
    one.send(visit)
    one.send(visit)
    changes = acting(lambda: [line.changes for line in audit.about(visit) if line.verb == "visit.answered"])
    assert len(changes) == 1
    note = changes[0]["note"]
    assert (note["entries"], note["first"], note["last"], note["device"]) == (40, 1, 40, one.device)
    assert len(note["sha256"]) == 64
    assert "Li Lan" not in json.dumps(changes)
    assert acting(audit.first_broken_line) is None


def test_an_inspector_in_whose_place_somebody_else_went_loses_nothing_and_learns_nothing(
    tablet, handed, acting, world, on_server
):
    visit, one = handed(), tablet()
    one.enter(visit, "SAF04", "note", "Before falling ill.")
    one.send(visit)
    acting(
        lambda: store_instead.send_instead(
            world.actor("coordinator"),
            visits.get(world.system, visit),
            world.people["inspector"],
            world.people["inspector2"],
            "Ill on the way.",
        )
    )
    late = one.enter(visit, "SAF04", "good", "Written before, sent after.")
    answer = one.send(visit)
    assert [(a["id"], a["code"]) for a in answer.json["aside"]] == [(late["id"], "tie")]
    assert one.http.get(f"/tablet/visits/{visit}").status_code == 404
    assert one.contact().json["visits"] == []
    assert one.receipt(visit).json["complete"]
    assert [e.value for e in on_server(visit)] == ["Before falling ill."]
    kept = acting(lambda: [row.value for row in store_aside.aside_of(visits.get(world.system, visit)).entries])
    assert kept == ["Written before, sent after."]


def test_an_inspector_who_declares_a_tie_in_mid_visit_loses_nothing_and_learns_nothing(
    tablet, handed, acting, world, on_server
):
    visit, one = handed(), tablet()
    one.enter(visit, "SAF04", "note", "Before the tie.")
    one.send(visit)
    acting(
        lambda: ties.declare(
            world.system,
            people.get(world.system, world.people["inspector"]),
            enterprises.get(world.system, world.enterprises[0]).id,
            TieKind.kin,
        )
    )
    late = one.enter(visit, "SAF04", "good", "Written before, sent after.")
    answer = one.send(visit)
    assert [(a["id"], a["code"]) for a in answer.json["aside"]] == [(late["id"], "tie")]
    assert one.http.get(f"/tablet/visits/{visit}").status_code == 404
    assert one.contact().json["visits"] == []
    assert [e.value for e in on_server(visit)] == ["Before the tie."]
    kept = acting(lambda: [row.value for row in store_aside.aside_of(visits.get(world.system, visit)).entries])
    assert kept == ["Written before, sent after."]
    assert len(one.send(visit).json["known"]) == 1
    assert one.receipt(visit).json["complete"]
