"""A camera that stands before the page when the tablet locks: the photo is kept, and the key goes afterwards."""

import pytest
from playwright.sync_api import expect

from compliance.visits import store
from tests.tablet.device import wait_until
from tests.visits import photographs

pytestmark = pytest.mark.browser

ITEM = "SAF01"


def file(data, name="IMG_1.jpg"):
    return {"name": name, "mimeType": "image/jpeg", "buffer": data}


@pytest.fixture(scope="module")
def upright():
    return photographs.written(photographs.scene((1200, 900)), "JPEG")


@pytest.fixture(scope="module")
def sideways():
    return photographs.turned((1600, 1200))


@pytest.fixture
def at_work(served, tablet):
    """``at_work()``: a tablet with the area of safety of a new visit open; gives both."""

    def begin():
        visit = served.hand_out()
        one = tablet()
        one.set_up()
        safety(one, visit)
        return one, visit

    return begin


def safety(one, visit):
    address = f"/tablet/visit/{visit}/safety"
    one.open(address)
    one.ready(address)
    expect(one.page.locator(f"#{ITEM} .gallery")).to_be_visible()


def arrives(served, visit, count):
    """Wait until so many photos of a visit are on the server."""
    wait_until(
        lambda: served.as_("coordinator", lambda one: len(store.evidence_of(store.get(one, visit)))) == count, 20
    )


def chooser(one, button, item=ITEM):
    """Tap a button that opens the camera or the library of the tablet; what opened stands outside of the page."""
    with one.page.expect_file_chooser() as opened:
        one.page.locator(f"#{item} .shot{button} input").click()
    return opened.value


def lock_behind_the_camera(one):
    """The idle minutes are over while the camera stands before the page: it locks as soon as one is back."""
    one.inside("(app) => app.lock()")
    expect(one.page.locator("#pin")).to_be_visible()


@pytest.mark.parametrize("button", [":not(.gallery)", ".gallery"], ids=["camera", "gallery"])
def test_a_photo_that_comes_back_to_a_locked_tablet_is_kept_and_then_the_key_goes(served, at_work, upright, button):
    one, visit = at_work()
    opened = chooser(one, button)
    lock_behind_the_camera(one)
    assert one.inside("(app) => Boolean(app.store.vault)") is True, "what is being taken can still be kept"
    opened.set_files([file(upright)])
    arrives(served, visit, 1)
    wait_until(lambda: one.inside("(app) => app.store.vault") is None)
    assert one.page.locator(".thumb").count() == 0, "nothing of it is shown behind the lock"
    one.unlock()
    safety(one, visit)
    expect(one.page.locator(f"#{ITEM} .thumb")).to_have_count(1)


def test_photos_that_are_still_being_shrunk_when_the_tablet_locks_are_all_kept(served, at_work, upright, sideways):
    one, visit = at_work()
    one.page.locator(f"#{ITEM} .gallery input").set_input_files([file(upright), file(sideways, "IMG_2.jpg")])
    lock_behind_the_camera(one)
    one.unlock()
    safety(one, visit)
    expect(one.page.locator(f"#{ITEM} .thumb")).to_have_count(2)
    arrives(served, visit, 2)


def test_a_photo_that_a_locked_tablet_could_not_keep_is_offered_again_after_the_pin(served, at_work, upright):
    one, visit = at_work()
    opened = chooser(one, ".gallery")
    lock_behind_the_camera(one)
    full = """(app) => {
        app.was = app.store.appendAll;
        app.store.appendAll = async () => { throw new DOMException("", "QuotaExceededError") };
    }"""
    one.inside(full)
    opened.set_files([file(upright)])
    wait_until(lambda: one.inside("(app) => app.store.vault") is None)
    one.inside("(app) => { app.store.appendAll = app.was }")
    one.unlock()
    safety(one, visit)
    row = one.page.locator(f"#{ITEM}")
    expect(row.locator(".photo-trouble")).to_contain_text("NOT KEPT: the tablet is full. IMG_1.jpg")
    row.locator(".photo-trouble button", has_text="Try again").click()
    expect(row.locator(".thumb")).to_have_count(1)
    expect(row.locator(".photo-trouble")).to_have_count(0)
    arrives(served, visit, 1)


def test_a_camera_that_is_closed_without_a_photo_holds_the_key_no_longer(at_work):
    one, _visit = at_work()
    chooser(one, ".gallery")
    lock_behind_the_camera(one)
    assert one.inside("(app) => Boolean(app.store.vault)") is True
    one.page.locator("main h1").click()  # whoever touches the page has no camera before it
    wait_until(lambda: one.inside("(app) => app.store.vault") is None)
    one.unlock()
