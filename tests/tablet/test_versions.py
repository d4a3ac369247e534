"""An open visit is moved to a newer checklist: the tablet goes along, loses nothing, and says what changed."""

import pytest
from playwright.sync_api import expect

from compliance.checklists import parse
from compliance.checklists import store as checklists
from compliance.shared import places
from compliance.visits import store
from tests.tablet.device import wait_until
from tests.tablet.inspector import Inspector
from tests.tablet.served import serve
from tests.tablet.test_area import SMALL

pytestmark = pytest.mark.browser

QUESTION = b"Is the fire alarm heard in every room?"


@pytest.fixture
def served(stage, tmp_path):
    """A server of one's own: what is published stays published."""
    one = serve(stage, tmp_path)
    yield one
    one.stop()


def newer(served):
    """Publish a version in which SAF04 is asked otherwise, SAF05 is gone and SAF75 is new."""
    files = checklists.read_folder(places.checklists_dir())
    name, data = next((name, data) for name, data in files.items() if b"- id: SAF04" in data)
    head, own = data.split(b"- id: SAF04", 1)
    before, rest = own.split(b"      en: ", 1)
    files[name] = head + b"- id: SAF04" + before + b"      en: " + QUESTION + rest[rest.index(b"\n") :]
    files = {
        name: data.replace(b"id: SAF05", b"id: SAF75").replace(b"item: SAF05", b"item: SAF75")
        for name, data in files.items()
    }
    return served.as_("coordinator", lambda _: checklists.publish(served.world.system, parse.parse(files)).id)


def moved(served, visit, version):
    served.as_("coordinator", lambda actor: store.move_version(actor, store.get(actor, visit), version).id)


@pytest.fixture
def at(served, tablet):
    """An inspector in the area of safety, with answers sent, answers unsent, and a text being typed."""
    visit = served.hand_out()
    one = tablet()
    one.set_up()
    at = Inspector(one, visit)
    at.open("safety")
    at.give("SAF04", "compliant")
    at.give("SAF05", "compliant")
    at.give("SAF01", "partial")
    one.settled()
    return at


def test_tablet_20_an_open_visit_follows_to_a_newer_checklist_without_losing_an_answer_and_tells_what_changed(
    served, at
):
    one, page = at.tablet, at.page
    before = {event.id for event in served.entries(at.visit)}
    moved(served, at.visit, newer(served))
    served.stop()
    at.give("SAF03", "compliant")
    at.field("SAF01", "note").fill("Still being typed when the checklist")
    served.start()
    one.inside("(app) => app.sync.now()")
    note = page.locator("[data-slot=moved]")
    expect(note).to_contain_text("New items: 1. Changed: 1. Gone: 1. Nothing that you entered is lost.")
    expect(note.locator("h2")).to_be_in_viewport()
    assert page.evaluate(SMALL, "[data-slot=moved]") == []
    expect(page.locator("[id='SAF04'] .ask")).to_contain_text(QUESTION.decode())
    expect(page.locator("[id='SAF05']")).to_have_count(0)
    assert [at.chosen(item) for item in ("SAF01", "SAF03", "SAF04", "SAF75")] == [
        "partial", "compliant", "compliant", None,
    ]  # fmt: skip
    expect(at.field("SAF01", "note")).to_have_value("Still being typed when the checklist")
    said = {line.get_attribute("data-moved"): line for line in note.locator("li").all()}
    assert set(said) == {"SAF04", "SAF05", "SAF75"}
    expect(said["SAF04"]).to_contain_text("Look again at your answer.")
    expect(said["SAF05"]).to_contain_text("Your answer stays on record and counts no more.")
    expect(said["SAF75"]).to_contain_text("Please answer it.")
    assert note.locator("[data-again]").count() == 2
    one.settled()
    there = served.entries(at.visit)
    assert before < {event.id for event in there}
    assert {(event.item, event.value) for event in there if event.field == "verdict"} == {
        ("SAF01", "partial"), ("SAF03", "compliant"), ("SAF04", "compliant"), ("SAF05", "compliant"),
    }  # fmt: skip
    assert one.kept(at.visit)[-1]["item"] in ("SAF01", "SAF03")


def test_tablet_20_the_word_of_a_newer_checklist_stays_over_a_dead_battery_until_it_is_read(served, at):
    one = at.tablet
    moved(served, at.visit, newer(served))
    one.inside("(app) => app.sync.now()")
    one.page.locator("[data-slot=moved]").wait_for()
    one.kill()
    one.switch_on()
    served.stop()
    one.go("/tablet/")
    one.unlock()
    one.open("/tablet/")
    expect(one.page.locator(".card-visit")).to_contain_text("Newer checklist")
    at.open("end")
    page = at.page
    page.locator("[data-slot=moved] a", has_text="SAF75").click()
    one.ready(f"/tablet/visit/{at.visit}/safety")
    page.get_by_role("button", name="中文").click()
    expect(page.locator("[data-slot=moved]")).to_contain_text("您录入的内容一条也没有丢失")
    page.locator("[data-slot=moved] button").click()
    expect(page.locator("[data-slot=moved]")).to_have_count(0)
    at.open("wages")
    assert page.locator("[data-slot=moved]").count() == 0
    at.open("record")
    assert page.locator("[data-slot=moved]").count() == 0, "the representative reads nothing of it"


def test_tablet_20_a_network_that_goes_between_the_visit_and_its_newer_checklist_leaves_the_old_one_whole(served, at):
    one, page = at.tablet, at.page
    moved(served, at.visit, newer(served))
    served.lose("GET", "/tablet/checklists/", "request", times=50)
    one.inside("(app) => app.sync.now()")
    served.stop()
    served.faults.clear()
    one.go("/tablet/")
    one.unlock()
    at.open("safety")
    assert at.chosen("SAF05") == "compliant"
    at.give("SAF03", "compliant")
    served.start()
    one.inside("(app) => app.sync.now()")
    page.locator("[data-slot=moved]").wait_for()
    wait_until(lambda: ("SAF03", "compliant") in {(e.item, e.value) for e in served.entries(at.visit)})
