"""What the server's word is worth: a receipt that the tablet proves, and the time and place beside each entry.

Numbers are those of the list of norms for a tablet.
"""

import hashlib
import json

import pytest
from playwright.sync_api import expect
from sqlmodel import select

from compliance.shared.database import session
from compliance.visits import store, store_arrivals
from compliance.visits.models_tablet import TabletReceipt
from tests.tablet.device import wait_until
from tests.tablet.inspector import Inspector
from tests.tablets import digest_of
from tests.visits import photographs

pytestmark = pytest.mark.browser

RAW = """async () => {
  const found = {};
  for (const { name } of await indexedDB.databases()) if (name.startsWith("visits-")) {
    const db = await new Promise((ok) => { const r = indexedDB.open(name); r.onsuccess = () => ok(r.result) });
    for (const kind of ["entries", "photos", "bytes", "packs"]) {
      found[kind] = await new Promise((ok) => { const r = db.transaction(kind).objectStore(kind).getAll();
        r.onsuccess = () => ok(r.result) });
    }
    db.close();
  }
  const plain = (value) => (value instanceof ArrayBuffer ? `sealed ${new TextDecoder("latin1").decode(value)}` : value);
  return JSON.stringify(found, (_key, value) => plain(value));
}"""
"""What is on the disk, without any key; sealed bytes as text."""


@pytest.fixture
def at(served, tablet):
    """An inspector in the area of safety of a visit."""
    visit = served.hand_out()
    one = tablet()
    one.set_up()
    at = Inspector(one, visit)
    at.open("safety")
    return at


def receipt(at):
    return at.tablet.inside("async (app, visit) => (await app.store.visit(visit)).receipt ?? {}", str(at.visit))


def proved(at):
    """The receipt for everything on the tablet, made once more from the contract and not by the product."""
    entries = sorted(at.tablet.kept(at.visit), key=lambda one: one["seq"])
    lines = [f"{e['seq']} {e['id']} {digest_of(str(at.visit), e['device'], e)}\n" for e in entries]
    return hashlib.sha256("".join(lines).encode()).hexdigest()


def test_15_a_receipt_with_digests_is_proved_and_what_was_received_leaves_after_some_days(served, at):
    one = at.tablet
    at.give("SAF03", "partial")
    at.write("SAF03", "note", "Two extinguishers are empty")
    picture = photographs.written(photographs.scene((1200, 900)), "JPEG")
    at.item("SAF03").locator(".gallery input").set_input_files(
        [{"name": "a.jpg", "mimeType": "image/jpeg", "buffer": picture}]
    )
    expect(at.item("SAF03").locator(".thumb")).to_have_count(1)
    one.settled()
    one.inside("(app) => app.sync.now()")
    wait_until(lambda: receipt(at).get("complete"), 20)
    told = receipt(at)
    (photo,) = [entry for entry in one.kept(at.visit) if entry["field"].startswith("photo:")]
    assert told["digest"] == proved(at)
    assert told["photos"] == [{"id": photo["field"].removeprefix("photo:"), "sha256": photo["value"]}]
    noted = served.as_(
        "coordinator", lambda _: session().exec(select(TabletReceipt.digest, TabletReceipt.complete)).all()
    )
    assert (told["digest"], True) in noted
    stored = one.page.evaluate(RAW)
    assert "extinguishers" not in stored and "Example Garments" not in stored and photo["value"] in stored
    assert all(isinstance(row["sealed"], str) and row["sealed"].startswith("sealed ")
               for rows in json.loads(stored).values() for row in rows)  # fmt: skip
    # It stays while the days run, and goes afterwards, also without a network.
    days = served.app.config["TABLET_POLICY"]["keep_days"]
    for ago, left in ((days - 1, True), (days + 1, False)):
        sealed = f"new Date(Date.now() - {ago} * 86400000).toISOString()"
        one.inside(f"(app, visit) => app.store.updateVisit(visit, {{ sealed_at: {sealed} }})", str(at.visit))
        served.stop()
        one.go("/tablet/")
        one.unlock()
        wait_until(lambda left=left: (str(at.visit) in one.page.evaluate(RAW)) is left, 30)


def test_15_a_receipt_that_does_not_prove_what_is_kept_lets_nothing_go(served, at):
    one = at.tablet

    def lie(route):
        answer = route.fetch()
        route.fulfill(response=answer, json={**answer.json(), "digest": "0" * 64})

    one.page.route("**/tablet/visits/*/receipt", lie)
    at.give("SAF03", "compliant")
    one.settled()
    one.inside("(app, visit) => app.store.complete(visit)", str(at.visit))
    one.inside("(app) => app.sync.now()")
    wait_until(lambda: "complete" in receipt(at), 20)
    assert receipt(at)["complete"] is False
    own = one.inside("(app, visit) => app.store.visit(visit)", str(at.visit))
    assert own.get("received_at") is None and own.get("sealed_at") is None and own["wish"]
    assert [name for _verb, name, _status in served.seen if name.endswith("/seal")] == []
    one.page.unroute("**/tablet/visits/*/receipt")
    one.inside("(app) => app.sync.now()")
    wait_until(lambda: receipt(at).get("complete") is True, 20)
    assert receipt(at)["digest"] == proved(at)


def test_19_each_entry_has_the_tablet_s_time_the_server_s_and_the_difference_and_the_place_its_accuracy(served, at):
    one = at.tablet
    one.context.grant_permissions(["geolocation"], origin=served.address)
    one.context.set_geolocation({"latitude": 22.54321, "longitude": 114.05432, "accuracy": 17})
    one.page.clock.set_fixed_time("2026-11-20T08:00:00Z")
    page = at.open("letter")
    page.locator("#note-place").click()
    expect(page.locator(".presence .timeline li")).to_contain_text("Place noted")
    one.settled()
    (event,) = served.entries(at.visit)
    assert event.value == "22.54321,114.05432,17"
    assert event.at.isoformat() == "2026-11-20T08:00:00+00:00" and event.received_at > event.at

    def found(coordinator):
        return store_arrivals.arrivals(store.get(coordinator, at.visit))

    (arrived,) = served.as_("coordinator", found)
    ahead = (event.received_at - event.at).total_seconds()
    assert arrived.doubtful and arrived.clocks and abs(arrived.clocks[0] - ahead) < 60


def test_19_a_place_that_is_refused_is_on_record_and_blocks_nothing(served, at):
    one, page = at.tablet, at.open("letter")
    page.locator("#note-place").click()
    expect(page.locator(".presence .timeline li")).to_contain_text("Place not given")
    at.open("safety")
    at.give("SAF03", "compliant")
    one.settled()
    assert {(e.field.split(":")[0], e.value) for e in served.entries(at.visit)} == {
        ("place", "refused"), ("verdict", "compliant"),
    }  # fmt: skip
