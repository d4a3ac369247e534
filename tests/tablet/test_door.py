"""The way in: a PIN of one's own, the lock, and what to do without it."""

import re
import time
from datetime import timedelta

import pytest
from playwright.sync_api import expect

from compliance.casework import tablet_shell
from compliance.casework.views import tablet_sync
from compliance.visits import store_tablets
from tests.tablet.device import PIN, wait_until
from tests.world import PASSWORD

pytestmark = pytest.mark.browser

NAME = "Example Garments"
STORED = """async () => {
  const found = [];
  for (const { name } of await indexedDB.databases()) {
    const db = await new Promise((ok) => { const r = indexedDB.open(name); r.onsuccess = () => ok(r.result); });
    for (const store of db.objectStoreNames) {
      const all = await new Promise((ok) => { const r = db.transaction(store).objectStore(store).getAll(); r.onsuccess = () => ok(r.result); });
      found.push(...all.map((one) => JSON.stringify(one, (_key, value) => value instanceof ArrayBuffer ? new TextDecoder("latin1").decode(value) : value)));
    }
    db.close();
  }
  return found.join("\\n");
}"""  # noqa: E501


@pytest.fixture
def visit(served, in_use):  # in_use() sets the server back first
    return served.hand_out()


def test_a_first_time_needs_a_sign_in_and_a_pin_of_six_digits_that_nobody_guesses(visit, tablet):
    one = tablet()
    page = one.go("/tablet/")
    page.get_by_text("not set up yet").wait_for()
    one.sign_in()
    for pin, answer in (("12345", "At least 6"), ("111111", "guessed"), ("123456", "guessed"), ("121212", "guessed")):
        one.type_pin(pin)
        expect(page.locator("#pin-said")).to_contain_text(answer)
    one.type_pin(PIN)
    page.get_by_text("once more").wait_for()
    one.type_pin("739164")
    expect(page.locator("#pin-said")).to_contain_text("not the same")
    one.type_pin(PIN)
    page.get_by_text("once more").wait_for()
    one.type_pin(PIN)
    one.ready("/tablet/")
    expect(page.locator(".card-visit")).to_have_count(1)
    assert page.title() == "Today"


def test_nothing_that_is_kept_can_be_read_without_the_pin(visit, in_use):
    one = in_use()
    one.answer(visit, "WAG03", "note", "Arrears of eleven workers")
    stored = one.page.evaluate(STORED)
    assert "Arrears" not in stored and NAME not in stored and PIN not in stored
    assert str(visit) in stored, "ids stand in the clear: the test did look at what is kept"


def test_a_wrong_pin_opens_nothing_and_waits_longer_and_longer(visit, in_use):
    one = in_use()
    page = one.go("/tablet/")
    for _ in range(3):
        one.type_pin("928374")
        expect(page.locator("#pin-said")).to_contain_text("does not fit")
    expect(page.locator("#pin-said")).to_contain_text("Wait 5 seconds")
    one.type_pin()
    expect(page.locator("#pin-said")).to_contain_text("before the next try")
    page = one.go("/tablet/")  # loading the page anew forgets nothing
    one.type_pin()
    expect(page.locator("#pin-said")).to_contain_text("before the next try")
    assert NAME not in page.content()
    time.sleep(5)
    one.unlock()
    page.get_by_text(NAME).first.wait_for()


def test_a_forgotten_pin_is_made_anew_after_a_fresh_sign_in_and_nothing_is_lost(visit, served, in_use, monkeypatch):
    one = in_use()
    served.stop()
    entry = one.answer(visit, "WAG04", "note", "Written before the PIN was forgotten")
    served.start()
    monkeypatch.setattr(store_tablets, "FIRST_MINUTES", timedelta(0))  # the tablet is known for long
    monkeypatch.setattr(tablet_sync, "FRESH_SECONDS", -1)  # the password was given this morning
    page = one.go("/tablet/")
    page.get_by_text("PIN forgotten").click()
    page.get_by_text("Nothing is lost by a forgotten PIN").wait_for()
    monkeypatch.undo()
    page.get_by_role("button", name="Sign in afresh").click()
    page.wait_for_url("**/sign-in?next=**")
    page.fill("input[name=identity]", "inspector")
    page.fill("input[name=password]", PASSWORD)
    page.click("main form button.primary, main form [type=submit]")
    page.get_by_text("Choose a PIN").wait_for()
    one.type_pin("605172")
    page.get_by_text("once more").wait_for()
    one.type_pin("605172")
    one.ready(re.compile("/tablet/"))
    assert entry["id"] in [kept["id"] for kept in one.kept(visit)]
    wait_until(lambda: entry["id"] in [str(event.id) for event in served.entries(visit)])


def test_the_pin_can_be_changed_by_who_knows_it(visit, in_use):
    one = in_use()
    page = one.open("/tablet/device")
    page.get_by_role("button", name="Change the PIN").click()
    one.type_pin("928374")
    expect(page.locator("#pin-said")).to_contain_text("does not fit")
    one.type_pin()
    page.get_by_text("Choose a PIN").wait_for()
    one.type_pin("605172")
    page.get_by_text("once more").wait_for()
    one.type_pin("605172")
    page.get_by_text("Last contact").wait_for()
    one.go("/tablet/")
    one.unlock("605172")


def test_another_person_on_the_same_tablet_never_sees_what_the_first_keeps(visit, served, in_use):
    one = in_use()
    served.stop()
    first = one.answer(visit, "WAG03", "note", "For my eyes")
    served.start()
    one.page.evaluate("() => fetch('/sign-out', {method: 'POST', redirect: 'manual'})")
    one.context.clear_cookies()
    page = one.go("/tablet/")
    page.get_by_role("button", name="Somebody else").click()
    page.get_by_role("link", name="Sign in").click()
    page.fill("input[name=identity]", "inspector2")
    page.fill("input[name=password]", PASSWORD)
    page.click("main form button.primary, main form [type=submit]")
    page.get_by_text("Inspector2 One").wait_for()
    one.type_pin("270583")
    page.get_by_text("once more").wait_for()
    one.type_pin("270583")
    one.ready("/tablet/")
    page.get_by_text("Nothing is handed out to you").wait_for()
    assert NAME not in page.content()
    one.settled()
    assert first["id"] not in [str(event.id) for event in served.entries(visit)], "nobody sends another's work"
    # neither with the address of the visit, nor with the first one's name on the door
    one.open(f"/tablet/visit/{visit}/workplace")
    one.ready("/tablet/")
    page = one.go("/tablet/")
    page.get_by_role("button", name="Inspector One").click()
    one.type_pin("270583")
    expect(page.locator("#pin-said")).to_contain_text("does not fit")
    one.type_pin()
    one.ready(re.compile("/tablet/"))
    page.get_by_text(NAME).first.wait_for()
    assert first["id"] in [kept["id"] for kept in one.kept(visit)]
    one.state("needs_you")  # the second one is signed in: the first one's work waits
    page.locator(".bar .chip").click()
    page.get_by_text("Somebody else is signed in on this tablet").wait_for()


def test_it_locks_after_idle_minutes_and_shows_nothing(visit, served, tablet):
    usual = served.app.config["TABLET_POLICY"]
    served.app.config["TABLET_POLICY"] = {**usual, "idle_minutes": 0.03}
    try:
        one = tablet()
        one.set_up()
        one.page.locator("#pin").wait_for(timeout=15000)
        assert NAME not in one.page.content()
        assert one.page.title() == "Visits"
        assert one.inside("(app) => app.store.vault") is None, "with nothing to send the key is gone"
    finally:
        served.app.config["TABLET_POLICY"] = usual
    one.unlock()


def test_locked_with_something_unsent_it_still_sends_and_then_lets_the_key_go(visit, served, in_use):
    one = in_use()
    served.stop()
    entry = one.answer(visit, "WAG05", "note", "Sent from behind the lock")
    one.state("saved_here")
    one.page.get_by_role("button", name="Lock", exact=True).click()
    one.page.locator("#pin").wait_for()
    assert one.inside("(app) => Boolean(app.store.vault)") is True
    served.start()
    wait_until(lambda: entry["id"] in [str(event.id) for event in served.entries(visit)], 40)
    wait_until(lambda: one.inside("(app) => app.store.vault") is None)


def test_what_the_task_switcher_shows_tells_nothing(visit, in_use):
    one = in_use()
    page = one.page
    page.get_by_text(NAME).first.wait_for()
    page.evaluate(
        "() => { Object.defineProperty(document, 'hidden', {get: () => true, configurable: true});"
        " document.dispatchEvent(new Event('visibilitychange')) }"
    )
    expect(page.get_by_text(NAME).first).not_to_be_visible()
    page.evaluate("() => { delete document.hidden; document.dispatchEvent(new Event('visibilitychange')) }")
    expect(page.get_by_text(NAME).first).to_be_visible()


def test_the_door_speaks_both_languages_and_the_tablet_remembers_which(visit, tablet):
    one = tablet(language="zh")
    one.set_up()
    expect(one.page.locator("h1")).to_have_text("今天")
    one.page.get_by_role("button", name="English").click()
    expect(one.page.locator("h1")).to_have_text("Today")
    one.go("/tablet/")
    expect(one.page.get_by_text("Your PIN")).to_be_visible()


def test_what_was_sent_behind_the_lock_never_takes_the_key_from_who_has_just_unlocked(served, in_use):
    visit = served.hand_out()
    one = in_use()
    served.stop()
    one.answer(visit, "WAG03", "note", "Behind the lock")
    one.inside(
        """(app) => {
          const count = app.store.count.bind(app.store);
          app.store.count = async (visit) => {
            const slow = /drop/.test(new Error().stack); // whoever lets go of the key counts on a slow disk
            const found = await count(visit);
            if (slow) await new Promise((done) => { setTimeout(done, 1500); });
            return found;
          };
        }"""
    )
    one.inside("(app) => app.lock()")
    one.page.locator(".keys").wait_for()
    served.start()
    one.inside("(app) => { app.sync.now(); }")
    wait_until(lambda: [event.value for event in served.entries(visit)] == ["Behind the lock"], 20)
    one.unlock()
    one.page.wait_for_timeout(2500)
    assert one.inside("(app) => Boolean(app.store.vault)")


def test_everything_that_the_door_is_made_of_is_asked_for_at_once(served, tablet):
    one = tablet()
    page = one.go("/tablet/")
    expect(page.get_by_role("link", name="Sign in")).to_be_visible()
    asked = page.evaluate(
        """() => {
            const [{ domContentLoadedEventStart: begun }] = performance.getEntriesByType("navigation");
            return performance.getEntriesByType("resource")
              .filter(({ name, startTime }) => name.endsWith(".js") && startTime < begun).map(({ name }) => name);
        }"""
    )
    assert {one.removeprefix(f"{served.static}/") for one in asked} == set(tablet_shell.modules())
    assert page.locator("link[rel=modulepreload]").count() == len(tablet_shell.modules()) - 1
