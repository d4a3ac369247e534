"""A new release is offered between visits, and never taken in the middle of one: not even by a dead battery."""

import re

import pytest
from playwright.sync_api import expect

pytestmark = pytest.mark.browser

RELEASE = "() => document.querySelector('meta[name=release]').content"


@pytest.fixture
def release(served):
    """``release("b")`` serves another release from now on."""
    before = served.app.extensions.get("tablet_release")

    def new(name):
        served.app.extensions["tablet_release"] = name

    yield new
    served.app.extensions.pop("tablet_release", None)
    if before:
        served.app.extensions["tablet_release"] = before


def test_tablet_20_an_update_waits_until_the_visit_is_over(served, in_use, release):
    visit = served.hand_out()
    one = in_use()
    old = one.page.evaluate(RELEASE)
    entry = one.answer(visit, "WAG03", "note", "In the middle of it")
    release("release-two-2")
    one.page.evaluate("async () => (await navigator.serviceWorker.getRegistration('/tablet/')).update()")
    page = one.open("/tablet/device")
    page.get_by_text("It is offered when no visit is under way").wait_for()
    assert page.get_by_role("button", name="Update now").count() == 0
    one.open("/tablet/")
    assert page.get_by_role("button", name="Update now").count() == 0
    # a browser that dies takes the new worker; what is shown stays as it was
    one.kill()
    one.switch_on()
    page = one.go("/tablet/")
    one.unlock()
    assert page.evaluate(RELEASE) == old
    # the visit is complete: now it is offered, and can be taken without a network
    one.inside("(app, visit) => app.store.complete(visit)", str(visit))
    served.stop()
    one.open("/tablet/")
    page.get_by_role("button", name="Update now").click()
    page.locator("#pin").wait_for()
    expect(page.locator("meta[name=release]")).to_have_attribute("content", "release-two-2")
    one.unlock()
    assert [kept["id"] for kept in one.kept(visit)] == [entry["id"]]
    page.get_by_text("Example Garments").first.wait_for()


def test_a_tablet_with_nothing_under_way_is_offered_a_new_release_by_itself(served, in_use, release):
    served.hand_out(1)
    one = in_use()
    release("release-three")
    one.inside("(app) => app.sync.now()")
    one.page.get_by_role("button", name="Update now").wait_for(timeout=20000)
    assert one.page.evaluate(RELEASE) != "release-three"


def test_the_worker_answers_for_nothing_but_the_shell(served, in_use):
    one = in_use()
    served.seen.clear()
    one.page.evaluate(
        "async () => { await fetch('/tablet/clock'); await fetch('/handbook-nowhere');"
        " await fetch('/tablet/entries', {method: 'POST'}) }"
    )
    asked = [(method, path) for method, path, _status in served.seen]
    for wanted in (("GET", "/tablet/clock"), ("GET", "/handbook-nowhere"), ("POST", "/tablet/entries")):
        assert wanted in asked
    kept = one.page.evaluate(
        "async () => { const all = []; for (const name of await caches.keys())"
        " for (const r of await (await caches.open(name)).keys()) all.push(new URL(r.url).pathname); return all }"
    )
    allowed = re.compile(r"/static/.*|/tablet/(|style\.css|chosen-release|words/.*|checklists/.*)")
    assert [path for path in kept if not allowed.fullmatch(path)] == []
