"""What a tablet keeps stands in two LevelDBs: whichever Chromium throws away, nothing that was saved is lost."""

import json
import shutil
from typing import Any

import pytest
from playwright.sync_api import expect
from sqlmodel import select

from compliance.shared.database import session
from compliance.visits.models_tablet import Tablet as TabletRow
from compliance.visits.sync import Order
from tests.tablet.device import Tablet, wait_until
from tests.tablet.test_leaving import device_of, order

pytestmark = pytest.mark.browser

FIRST, COPY = "Default/IndexedDB/*.leveldb", "Default/WebStorage/*/IndexedDB/*.leveldb"

HELD = """async () => {
  const bytes = (_key, value) => value instanceof ArrayBuffer ? [...new Uint8Array(value.slice(0, 64))].join() : value;
  const held = async (factory) => {
    const found = {};
    for (const { name } of await factory.databases()) {
      if (name === "ballast") continue;
      const db = await new Promise((ok) => { const r = factory.open(name); r.onsuccess = () => ok(r.result); });
      for (const kind of db.objectStoreNames) {
        const store = db.transaction(kind).objectStore(kind);
        const all = (method) => new Promise((ok) => { const r = store[method](); r.onsuccess = () => ok(r.result); });
        found[`${name} ${kind}`] = JSON.stringify([await all("getAllKeys"), await all("getAll")], bytes);
      }
      db.close();
    }
    return found;
  };
  return [await held(indexedDB), await held((await navigator.storageBuckets.open("second-copy")).indexedDB)];
}"""
"""Everything in the first one, and everything in the copy."""

PHOTO = """async (app, [visit, item]) => {
  const bytes = crypto.getRandomValues(new Uint8Array(60000)).buffer;
  const digest = [...new Uint8Array(await crypto.subtle.digest("SHA-256", bytes))];
  const sha256 = digest.map((byte) => byte.toString(16).padStart(2, "0")).join("");
  return (await app.store.addPhoto(visit, { item, bytes, type: "image/jpeg", sha256 })).id;
}"""
SIZE = "async (app, id) => (await app.store.photo(id)).byteLength"
DRAFT = """(app, [visit, value]) => app.store.saveDraft(visit, "WAG03 note",
  { item: "WAG03", field: "note", value, replaces: [], was: null, unfit: false })"""

MANY = """(app, visit) => { window.writing = Promise.all(Array.from({ length: 30 }, (_none, number) => Promise.all([
  app.store.append(visit, { item: "WAG03", field: "note", value: String(number) }),
  app.store.saveDraft(visit, "WAG04 note", { item: "WAG04", field: "note", value: String(number), was: null }),
]))); }"""
ROOM = """async (quota) => {
  await navigator.storageBuckets.delete("second-copy");
  await navigator.storageBuckets.open("second-copy", { quota });
}"""
BEHIND = """async () => {
  const { indexedDB: copies } = await navigator.storageBuckets.open("second-copy");
  const { name } = (await copies.databases()).find((one) => one.name.startsWith("visits-"));
  const db = await new Promise((ok) => { const r = copies.open(name); r.onsuccess = () => ok(r.result); });
  const transaction = db.transaction("meta", "readwrite");
  transaction.objectStore("meta").put(1, "written");
  await new Promise((ok) => { transaction.oncomplete = ok; });
  db.close();
}"""
NEWER = """async () => {
  const { name } = (await indexedDB.databases()).find((one) => one.name.startsWith("visits-"));
  await new Promise((ok) => { const r = indexedDB.open(name, 99); r.onsuccess = () => { r.result.close(); ok(); }; });
}"""


def throw_away(one: Tablet, pattern: str) -> None:
    """What Chromium does with a LevelDB that it takes for damaged."""
    [folder] = one.folder.glob(pattern)
    shutil.rmtree(folder)


def level(one: Tablet) -> bool:
    """Whether both hold the same."""
    first, copy = one.page.evaluate(HELD)
    return bool(first) and first == copy


def becomes_level(one: Tablet) -> None:
    """Wait until both hold the same: a change that is not called saved yet may be in one of them alone."""
    wait_until(lambda: level(one), 10)


def ids(kept: list[dict[str, Any]]) -> list[str]:
    return [entry["id"] for entry in kept]


def troubles(served, one) -> str:
    device = device_of(one)

    def told(_actor):
        return json.dumps(next(r.troubles for r in session().exec(select(TabletRow)) if str(r.id) == device))

    return str(served.as_("coordinator", told))


def test_tablet_12_a_database_that_the_browser_threw_away_comes_back_with_all_that_was_saved(served, in_use):
    visit = served.hand_out()
    one = in_use()
    served.stop()
    kept = ids([one.answer(visit, "WAG03", "verdict", "compliant"), one.answer(visit, "WAG04", "note", "Offline")])
    photo = one.inside(PHOTO, [str(visit), "WAG03"])
    one.inside("(app, visit) => app.store.complete(visit)", str(visit))
    one.inside(DRAFT, [str(visit), "In the middle of a wor"])
    one.switch_off()
    throw_away(one, FIRST)
    one.switch_on()
    one.go(f"/tablet/visit/{visit}/wages")
    one.unlock()
    one.ready(f"/tablet/visit/{visit}/wages")
    expect(one.page.locator("[id='WAG03'] input[value=compliant]")).to_be_checked()
    found = one.kept(visit)
    assert ids(found)[:2] == kept
    assert [entry["value"] for entry in found][3:] == ["In the middle of a wor"]
    assert [entry["seq"] for entry in found] == [1, 2, 3, 4]
    assert one.inside(SIZE, photo) == 60000
    assert one.inside("async (app, visit) => Boolean((await app.store.visit(visit)).wish)", str(visit))
    becomes_level(one)
    served.start()
    one.inside("(app) => app.sync.now()")
    assert sorted(ids(found)) == sorted(str(event.id) for event in served.entries(visit))
    assert served.asked("PUT", f"/tablet/photos/{photo}") == 1
    assert " restored" in troubles(served, one)


def test_tablet_12_a_finished_visit_is_sealed_though_the_database_was_thrown_away_before_it_was_sent(served, in_use):
    visit = served.hand_out()
    one = in_use()
    served.stop()
    one.answer(visit, "WAG03", "verdict", "compliant")
    one.inside("(app, visit) => app.store.complete(visit)", str(visit))
    one.switch_off()
    throw_away(one, FIRST)
    one.switch_on()
    served.start()
    one.go("/tablet/")
    one.unlock()
    wait_until(lambda: served.asked("POST", f"/tablet/visits/{visit}/seal"), 20)


def test_tablet_12_a_copy_that_was_thrown_away_is_made_anew_and_then_restores_the_first_one(served, in_use):
    visit = served.hand_out()
    one = in_use()
    served.stop()
    kept = ids([one.answer(visit, "WAG03", "note", "Before")])
    photo = one.inside(PHOTO, [str(visit), "WAG03"])
    one.switch_off()
    throw_away(one, COPY)
    one.switch_on()
    one.go("/tablet/")
    one.unlock()
    becomes_level(one)
    assert "copy-made-anew" in str(one.inside("(app) => app.store.meta('troubles')"))
    kept += ids([one.answer(visit, "WAG03", "note", "Between")])
    one.switch_off()
    throw_away(one, FIRST)
    one.switch_on()
    one.go("/tablet/")
    one.unlock()
    assert set(kept) < set(ids(one.kept(visit)))
    assert one.inside(SIZE, photo) == 60000
    becomes_level(one)


def test_tablet_12_what_leaves_the_tablet_leaves_both_and_never_comes_back(served, in_use):
    visits = [served.hand_out(0), served.hand_out(1)]
    one = in_use()
    for visit in visits:
        one.answer(visit, "WAG03", "note", "Sent")
    one.settled()
    one.inside("(app, visit) => app.store.forget(visit)", str(visits[0]))
    for held in one.page.evaluate(HELD):
        assert str(visits[1]) in json.dumps(held)
        assert str(visits[0]) not in json.dumps([text for name, text in held.items() if not name.endswith(" meta")])
    order(served, device_of(one), Order.wipe, "The tablet is lost")
    one.inside("(app) => app.sync.now()")
    one.page.get_by_text("not set up yet").or_(one.page.get_by_text("Choose a PIN")).wait_for(timeout=30000)
    one.switch_off()
    throw_away(one, FIRST)
    one.switch_on()
    one.context.clear_cookies()
    one.go("/tablet/")
    one.page.get_by_text("not set up yet").wait_for()
    for held in one.page.evaluate(HELD):
        assert str(visits[1]) not in json.dumps(held) and "Inspector One" not in json.dumps(held)


def test_tablet_12_two_tabs_that_write_at_once_keep_both_the_same(served, in_use):
    visit = served.hand_out()
    one = in_use()
    other = one.new_tab()
    one.go("/tablet/", other)
    one.unlock(page=other)
    served.stop()
    for page in (one.page, other):
        one.inside(MANY, str(visit), page)
    for page in (one.page, other):
        page.evaluate("() => window.writing")
    assert sorted(entry["seq"] for entry in one.kept(visit)) == list(range(1, 61))
    becomes_level(one)


def test_tablet_12_a_copy_that_has_no_room_costs_no_entry_and_is_made_when_there_is_some(served, in_use):
    visit = served.hand_out()
    one = in_use()
    one.go("/visits/?plain=1")
    one.page.evaluate(ROOM, 20_000)
    served.stop()
    one.go("/tablet/")
    one.unlock()
    kept = one.answer(visit, "WAG03", "note", "The copy is full")
    photo = one.inside(PHOTO, [str(visit), "WAG03"])
    assert kept["id"] in ids(one.kept(visit))
    assert one.inside(SIZE, photo) == 60000
    expect(one.said()).to_be_empty()
    assert not level(one)
    served.start()
    one.inside("(app) => app.sync.now()")
    assert "copy QuotaExceededError" in troubles(served, one)
    one.go("/visits/?plain=1")
    one.page.evaluate(ROOM, 100_000_000)
    one.go("/tablet/")
    one.unlock()
    becomes_level(one)


def test_tablet_12_what_is_removed_is_removed_from_a_copy_that_could_not_follow(served, in_use):
    visit = served.hand_out()
    one = in_use()
    one.answer(visit, "WAG03", "note", "Sent")
    one.settled()
    one.page.evaluate(BEHIND)
    one.inside("(app, visit) => app.store.forget(visit)", str(visit))
    _first, copy = one.page.evaluate(HELD)
    assert str(visit) not in json.dumps({name: text for name, text in copy.items() if not name.endswith(" meta")})


def test_tablet_12_a_database_that_the_browser_closes_leads_back_in_by_itself(served, in_use):
    visit = served.hand_out()
    one = in_use()
    served.stop()
    kept = one.answer(visit, "WAG03", "note", "Before it was closed")
    internals = one.context.new_page()
    internals.goto("chrome://indexeddb-internals")
    internals.get_by_text("Force close").first.click()
    one.page.locator("#pin").wait_for()
    one.unlock()
    assert kept["id"] in ids(one.kept(visit))
    # Whatever was being read in that moment fails, before the page knows and begins anew.
    one.troubles[:] = [said for said in one.troubles if not said.startswith("Connection is closing")]


def test_a_tablet_that_cannot_open_what_it_keeps_says_what_to_do(served, in_use):
    one = in_use()
    one.go("/visits/?plain=1")
    one.page.evaluate(NEWER)
    page = one.go("/tablet/")
    expect(page.locator("main")).to_contain_text("cannot be opened now (VersionError)")
    page.get_by_role("button", name="Try again").click()
    expect(page.locator("main")).to_contain_text("cannot be opened now (VersionError)")


def test_signing_out_is_held_back_by_what_only_the_copy_has(served, in_use):
    visit = served.hand_out()
    one = in_use()
    served.lose("POST", "/tablet/entries", "busy", 1000)
    one.answer(visit, "WAG03", "note", "Only here")
    one.switch_off()
    throw_away(one, FIRST)
    one.switch_on()
    page = one.go("/visits/?plain=1")
    page.get_by_role("button", name="Sign out").click()
    expect(page.locator("#unsent")).to_contain_text("1")
    page.get_by_role("button", name="Stay signed in").click()
    assert served.asked("POST", "/sign-out") == 0
