"""What a tablet gets of a visit, the receipt that it may trust, and the wish to seal."""

import uuid
from datetime import timedelta

import pytest

from compliance.casework import corrections, release, sealing
from compliance.checklists.rules import Verdict
from compliance.shared import audit, clock
from compliance.visits import store as visits
from compliance.visits.rules import PROFILE
from tests.casework import made
from tests.tablets import picture

pytestmark = pytest.mark.usefixtures("on_both_databases")


def test_the_pack_holds_a_whole_day_and_is_asked_for_again_only_when_it_changed(tablet, handed, world):
    visit, one = handed(0, "inspector", "inspector2"), tablet()
    answer = one.http.get(f"/tablet/visits/{visit}")
    pack = answer.json
    assert pack["id"] == str(visit) and pack["state"] == "handed_out" and pack["number"].split("-")[1].isdigit()
    assert pack["name"] == "Example Garments No. 1 示例制衣一厂" and pack["sector"]["zh_Hans_CN"]
    assert pack["me"] == {"id": str(world.people["inspector"]), "name": "Inspector One"}
    assert {p["id"] for p in pack["inspectors"]} == {str(world.people[who]) for who in ("inspector", "inspector2")}
    assert pack["profile"]["workers"] == 60 and pack["sent_back"] is None and pack["events"] == []
    etag = answer.headers["ETag"]
    assert etag == f'"{pack["digest"]}"'
    (named,) = one.contact().json["visits"]
    assert named == {"id": str(visit), "digest": pack["digest"], "state": "handed_out"}
    again = one.http.get(f"/tablet/visits/{visit}", headers={"If-None-Match": etag})
    assert again.status_code == 304 and not again.data
    two = tablet("inspector2")
    two.enter(visit, "SAF04", "verdict", "compliant")
    photo = two.take(visit, "SAF04", picture(1))
    two.send(visit)
    assert one.contact().json["visits"][0]["digest"] != pack["digest"]
    fresh = one.http.get(f"/tablet/visits/{visit}", headers={"If-None-Match": etag})
    assert fresh.status_code == 200
    event = fresh.json["events"][0]
    assert {name: event[name] for name in ("item", "field", "value", "replaces", "seq", "device", "bulk")} == {
        "item": "SAF04", "field": "verdict", "value": "compliant", "replaces": [], "seq": 1, "device": two.device,
        "bulk": False,
    }  # fmt: skip
    assert (event["by"], event["source"]) == (str(world.people["inspector2"]), "tablet")
    two.deliver(photo)
    (picture_of,) = one.http.get(f"/tablet/visits/{visit}").json["evidence"]
    assert picture_of["id"] == photo.id and picture_of["sha256"] == photo.sha256
    assert picture_of["small"].startswith("data:image/jpeg;base64,")


@pytest.mark.parametrize("who", ["inspector2", "reviewer", "coordinator", "leader", "manager", "stranger"])
def test_nobody_else_gets_the_pack(handed, sign_in, who):
    visit = handed(0, "inspector")
    answer = sign_in(who).http.get(f"/tablet/visits/{visit}")
    assert answer.status_code in (403, 404)
    assert answer.json["code"] in ("visit-unknown", "not-permitted")


def test_earlier_findings_stand_beside_their_item_in_the_words_that_the_enterprise_has_read(
    tablet, handed, acting, world
):
    found = [
        made.short("SAF04", Verdict.partial, note="Two lamps were out."),
        made.short("PUN05", facts=frozenset({"worker-struck"}), note="Li Lan said so."),
    ]
    now = clock.now()
    with clock.at(now - timedelta(days=90)):
        before = acting(lambda: made.sealed(world, found))
        acting(lambda: corrections.decide_sealed_fact(
            world.actor("reviewer"), before, "PUN05", "worker-struck", False, "It would name one worker.",
        ))  # fmt: skip
        acting(lambda: made.safe(world))
        acting(lambda: release.release(world.actor("reviewer"), before))
    visit, other = handed(0), handed(1)
    one = tablet()
    pack = one.http.get(f"/tablet/visits/{visit}").json
    (earlier,) = pack["earlier"]["SAF04"]
    assert earlier["seen"] == "Two lamps were out." and earlier["repeat_within"] is True
    assert earlier["severity"] and earlier["state"] == "released" and earlier["on"] < pack["day"]
    assert "PUN05" not in pack["earlier"] and "Li Lan" not in str(pack), "what was never told is not on a tablet"
    assert one.http.get(f"/tablet/visits/{other}").json["earlier"] == {}


# -- receipts -----------------------------------------------------------------


def test_a_receipt_is_true_whatever_came_and_whatever_is_missing(tablet, handed, acting):
    visit, one = handed(), tablet()
    entries = [one.enter(visit, "SAF04", "note", f"Version {n}") for n in range(6)]
    one.send(visit, [entries[0], entries[1], entries[4]])
    told = one.receipt(visit).json
    assert (told["complete"], told["entries"], told["missing"]["seqs"]) == (False, 3, [3, 4, 6])
    assert told["digest"] == one.digest(visit, [entries[0], entries[1], entries[4]])
    assert one.receipt(visit, last_seq=0).json["missing"]["seqs"] == [3, 4], "what is here proves what was made"
    one.send(visit)
    told = one.receipt(visit).json
    assert told["complete"] and told["digest"] == one.digest(visit)
    assert one.receipt(visit, last_seq=7).json["missing"]["seqs"] == [7]
    for _ in range(3):
        one.receipt(visit)
    verbs = acting(lambda: [line.verb for line in audit.about(visit) if line.verb == "visit.received"])
    assert len(verbs) == 2, "once for each time that it became whole"


@pytest.mark.parametrize("last_seq", [None, "7", -1, 1.5, True, 10**9])
def test_a_receipt_needs_to_know_how_many_there_are(tablet, handed, last_seq):
    answer = tablet().receipt(handed(), last_seq=last_seq)
    assert answer.status_code == 422 and answer.json["code"] == "receipt-seq"


def test_nobody_gets_a_receipt_for_another_s_tablet_or_visit(tablet, handed):
    visit = handed(0, "inspector")
    mine, theirs = tablet("inspector"), tablet("inspector2")
    assert theirs.receipt(visit).status_code == 404
    assert mine.receipt(visit, device=theirs.device).json["code"] == "device-foreign"
    assert mine.receipt(uuid.uuid4()).status_code == 404


def test_a_refused_entry_that_is_given_up_with_a_reason_is_no_gap_any_more(tablet, handed, acting):
    visit, one = handed(), tablet()
    good = one.enter(visit, "SAF04", "note", "Good.")
    bad = one.enter(visit, "SAF04", "colour", "blue")
    assert one.send(visit).json["refused"][0]["seq"] == 2
    assert one.receipt(visit).json["missing"]["seqs"] == [2]
    given_up = [{"seq": 2, "id": bad["id"], "reason": "The field does not exist."}]
    told = one.receipt(visit, discarded=given_up).json
    assert told["complete"] and told["entries"] == 1 and told["digest"] == one.digest(visit, [good])
    assert one.receipt(visit, discarded=given_up).json["digest"] == told["digest"]
    assert one.receipt(visit).json["complete"], "it is remembered"
    lines = acting(lambda: [line.verb for line in audit.about(visit)])
    assert "visit.received" in lines
    for wrong in ({"seq": 3, "reason": " "}, {"seq": 0, "reason": "x"}, "x"):
        assert one.receipt(visit, discarded=[wrong]).status_code == 422


# -- the wish to seal -----------------------------------------------------------------


def fill(one, visit, world, acting):
    """Everything that a clean visit needs, entered on the tablet."""

    def asked():
        row = visits.get(world.system, visit)
        return [answer.item for answer in made.answered(row, {})]

    for item in acting(asked):
        one.enter(visit, item, "verdict", "compliant")
    one.enter(visit, PROFILE, "checked", True)
    for name, value in (
        ("visited_on", acting(lambda: visits.today(world.system)).isoformat()),
        ("inspector_signature", "signed"),
        ("inspector_name", "Inspector One"),
        ("representative_signature", "refused"),
    ):
        one.enter(visit, "@closing", name, value)


def test_a_tablet_seals_when_all_of_it_is_here_by_the_rules_of_the_page(tablet, handed, acting, world):
    visit, one = handed(), tablet()
    fill(one, visit, world, acting)
    entries = one.made[str(visit)]
    one.send(visit, entries[:-1])
    early = one.seal(visit)
    assert early.status_code == 409 and early.json["code"] == "visit-not-received"
    assert early.json["missing"]["seqs"] == [len(entries)]
    one.made[str(visit)] = entries[:-1]
    lacking = one.seal(visit)
    assert lacking.status_code == 422 and lacking.json["code"] == "visit-incomplete"
    assert [(m["code"], m["item"], m["field"]) for m in lacking.json["missing"]] == [
        ("representative", "@closing", "representative_signature")
    ]
    assert lacking.json["missing"][0]["text"]["zh_Hans_CN"]
    one.made[str(visit)] = entries
    one.send(visit)
    done = one.seal(visit)
    assert done.status_code == 200 and done.json["sealed"] and done.json["at"]
    assert one.seal(visit).json == done.json, "the answer may be lost"
    assert acting(lambda: visits.get(world.system, visit).state.value) == "sealed"
    assert one.http.get(f"/tablet/visits/{visit}").json["state"] == "sealed"


def test_two_answers_that_differ_hold_the_seal_back_until_one_is_picked(tablet, handed, acting, world):
    visit = handed(0, "inspector", "inspector2")
    one, two = tablet("inspector"), tablet("inspector2")
    fill(one, visit, world, acting)
    other = two.enter(visit, "SAF04", "verdict", "partial")
    assert all(t.send(visit).json["refused"] == [] for t in (one, two))
    answer = one.seal(visit)
    assert answer.status_code == 422
    assert ("conflict", "SAF04") in [(m["code"], m["item"]) for m in answer.json["missing"]]
    mine = next(e for e in one.made[str(visit)] if e["item"] == "SAF04")
    one.enter(visit, "SAF04", "verdict", "compliant", replaces=[other["id"], mine["id"]])
    one.send(visit)
    assert one.seal(visit).status_code == 200


def test_who_was_not_sent_does_not_seal(tablet, handed, acting, world):
    visit, one = handed(), tablet()
    fill(one, visit, world, acting)
    one.send(visit)
    assert tablet("inspector2").seal(visit).status_code == 404
    acting(lambda: sealing.seal(world.actor("inspector"), visit))
    assert tablet("inspector2").seal(visit).status_code == 404
