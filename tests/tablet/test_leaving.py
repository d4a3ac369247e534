"""What leaves a tablet: nothing that is unsent; everything else on the office's word, or when its time is over."""

import json
from uuid import UUID

import pytest
from playwright.sync_api import expect
from sqlmodel import select

from compliance.shared.database import session
from compliance.visits import store_tablets
from compliance.visits.models_tablet import Tablet as TabletRow
from compliance.visits.models_tablet import TabletOrder
from compliance.visits.sync import Order
from tests.tablet.device import wait_until

pytestmark = pytest.mark.browser

KEPT = "async (app) => (await app.store.packs()).map((one) => one.visit)"


COUNT_PACKS = """async () => {
  let packs = 0;
  for (const { name } of await indexedDB.databases()) if (name.startsWith("visits-")) {
    const db = await new Promise((ok) => { const r = indexedDB.open(name); r.onsuccess = () => ok(r.result) });
    packs += await new Promise((ok) => { const r = db.transaction("packs").objectStore("packs").count();
      r.onsuccess = () => ok(r.result) });
    db.close();
  }
  return packs;
}"""


def order(served, device, kind, reason, visit=None):
    """The office's word to a tablet."""

    def work(coordinator):
        row = store_tablets.order(coordinator, store_tablets.tablet(coordinator, UUID(device)), kind, reason, visit)
        return row.id

    return served.as_("coordinator", work)


def device_of(one):
    return one.inside("(app) => app.store.meta('device')")


def test_signing_out_is_held_back_while_something_is_unsent(served, in_use):
    visit = served.hand_out()
    one = in_use()
    one.network(False)
    one.answer(visit, "WAG03", "note", "Only here")
    page = one.open("/tablet/device")
    page.get_by_role("button", name="Sign out").click()
    expect(page.locator("dialog")).to_contain_text("Only on this tablet: 1.")
    page.get_by_role("button", name="Stay signed in").click()
    one.network(True)
    one.settled()
    page.get_by_role("button", name="Sign out").click()
    page.wait_for_url(lambda address: "/tablet/" not in address)
    assert served.asked("POST", "/sign-out") == 1
    page = one.go("/tablet/")
    one.unlock()  # what is kept stays kept, closed
    page.get_by_text("Example Garments").first.wait_for()


def test_the_site_s_own_sign_out_is_held_back_too_and_nothing_is_ever_cleared(served, in_use):
    visit = served.hand_out()
    one = in_use()
    served.lose("POST", "/tablet/entries", "busy", 1000)
    entry = one.answer(visit, "WAG03", "note", "Only here")
    page = one.go("/visits/?plain=1")
    page.get_by_role("button", name="Sign out").click()
    expect(page.locator("#unsent")).to_be_visible()
    expect(page.locator("#unsent")).to_contain_text("1")
    page.get_by_role("button", name="Stay signed in").click()
    assert served.asked("POST", "/sign-out") == 0
    served.faults.clear()
    one.go("/tablet/")
    one.unlock()
    one.settled()
    with page.expect_response(lambda answer: answer.url.endswith("/sign-out")) as caught:
        page = one.go("/visits/?plain=1")
        page.get_by_role("button", name="Sign out").click()
    assert "clear-site-data" not in caught.value.headers
    page.wait_for_url("**/sign-in?next=/")
    page = one.go("/tablet/")
    one.unlock()
    assert entry["id"] in [kept["id"] for kept in one.kept(visit)]


def test_an_inspector_s_session_outlives_the_browser(served, in_use):
    one = in_use()
    cookie = next(c for c in one.context.cookies() if c["name"] == "session")
    assert cookie["expires"] > 0, "a cookie of the browser session would be gone with the next restart"
    one.switch_off()
    one.switch_on()
    one.go("/tablet/")
    one.unlock()
    one.settled()


def test_a_wipe_takes_everything_that_is_sent_and_waits_for_the_rest(served, in_use):
    visits = [served.hand_out(0), served.hand_out(1)]
    one = in_use()
    served.lose("POST", "/tablet/entries", "busy", 1000)
    entry = one.answer(visits[0], "WAG03", "note", "Not sent when the word comes")
    wish = order(served, device_of(one), Order.wipe, "The tablet is lost")
    one.inside("(app) => app.sync.now()")  # stops at the entries: the order stands
    assert str(visits[0]) in one.inside(KEPT)
    served.faults.clear()
    one.inside("(app) => app.sync.now()")
    one.page.get_by_text("not set up yet").or_(one.page.get_by_text("Choose a PIN")).wait_for(timeout=30000)
    assert entry["id"] in [str(event.id) for event in served.entries(visits[0])]
    assert one.page.evaluate(COUNT_PACKS) == 0
    done = served.as_("coordinator", lambda _actor: session().get(TabletOrder, wish).done_at)
    assert done is not None, "the office hears of it"


def test_a_discard_by_the_office_gives_up_what_is_unsent_of_one_visit(served, in_use):
    visit, other = served.hand_out(1), served.hand_out(2)
    one = in_use()
    served.lose("POST", "/tablet/entries", "busy", 1000)
    one.answer(visit, "WAG03", "note", "On the wrong visit")
    kept = one.answer(other, "WAG03", "note", "On the right one")
    wish = order(served, device_of(one), Order.discard, "Entered for the wrong workplace", visit)
    one.inside("(app) => app.sync.now()")
    served.faults.clear()
    one.inside("(app) => app.sync.now()")
    one.inside("(app) => app.sync.now()")
    one.settled()
    assert served.entries(visit) == []
    assert [str(event.id) for event in served.entries(other)] == [kept["id"]]
    assert served.as_("coordinator", lambda _actor: session().get(TabletOrder, wish).done_at) is not None


def test_a_visit_goes_some_days_after_it_was_sealed_and_not_before(served, in_use):
    visit = served.hand_out(2)
    one = in_use()
    one.answer(visit, "WAG03", "note", "x")
    one.settled()
    one.inside("(app, visit) => app.store.updateVisit(visit, { sealed_at: new Date().toISOString() })", str(visit))
    one.go("/tablet/")
    one.unlock()
    assert str(visit) in one.inside(KEPT)
    days = served.app.config["TABLET_POLICY"]["keep_days"] + 1
    long_ago = f"new Date(Date.now() - {days} * 86400000).toISOString()"
    one.inside(f"(app, visit) => app.store.updateVisit(visit, {{ sealed_at: {long_ago} }})", str(visit))
    served.stop()
    one.go("/tablet/")
    one.unlock()
    wait_until(lambda: str(visit) not in one.inside(KEPT), 30)
    assert one.kept(visit) == []


def test_a_tablet_that_was_silent_for_too_long_forgets_what_is_sent_and_keeps_what_is_not(served, in_use):
    sent, unsent = served.hand_out(0), served.hand_out(1)
    one = in_use()
    one.answer(sent, "WAG03", "note", "x")
    one.settled()
    served.stop()
    entry = one.answer(unsent, "WAG03", "note", "y")
    silent = "{ at: '2026-01-01T00:00:00Z', here: new Date(Date.now() - 30 * 86400000).toISOString(), drift: 0 }"
    one.inside(f"(app) => app.store.setMeta('contact', {silent})")
    page = one.go("/tablet/")
    page.locator("#pin").wait_for()
    wait_until(lambda: page.evaluate(COUNT_PACKS) == 1, 30)  # before anybody has typed a PIN
    one.unlock()
    assert one.inside(KEPT) == [str(unsent)]
    assert [kept["id"] for kept in one.kept(unsent)] == [entry["id"]]


def test_removing_oneself_from_a_tablet_waits_for_what_is_unsent(served, in_use):
    visit = served.hand_out(0)
    one = in_use()
    one.network(False)
    one.answer(visit, "WAG03", "note", "Only here")
    page = one.open("/tablet/device")
    page.get_by_role("button", name="Remove from this tablet").click()
    expect(page.locator("dialog")).to_contain_text("Only on this tablet: 1.")
    assert page.locator("dialog").get_by_role("button", name="Remove", exact=True).count() == 0
    page.get_by_role("button", name="Cancel").click()
    one.network(True)
    one.settled()
    page.get_by_role("button", name="Remove from this tablet").click()
    page.locator("dialog").get_by_role("button", name="Remove", exact=True).click()
    page.get_by_text("Choose a PIN").wait_for()
    assert page.evaluate(COUNT_PACKS) == 0


def test_the_office_sees_what_a_tablet_says_of_itself(served, in_use):
    visit = served.hand_out(0)
    one = in_use()
    served.lose("POST", "/tablet/entries", "busy", 1000)
    one.answer(visit, "WAG03", "note", "Only here")
    one.inside("(app) => app.sync.now()")
    device = device_of(one)

    def told(_actor):
        row = next(r for r in session().exec(select(TabletRow)) if str(r.id) == device)
        return row.unsent_entries, row.unsent_oldest is not None, row.release, json.dumps(row.troubles)

    entries, oldest, release, _troubles = served.as_("coordinator", told)
    assert (entries, oldest) == (1, True)
    assert release == one.page.evaluate("() => document.querySelector('meta[name=release]').content")
