"""At the gate: the letter of introduction, coming and going, a call for help, a visit that is refused."""

import os
from collections.abc import Callable

import pytest
from playwright.sync_api import expect

from tests.tablet.device import Tablet, wait_until
from tests.tablet.inspector import Inspector
from tests.tablet.served import Served

pytestmark = pytest.mark.browser


@pytest.fixture
def visit(own: Tablet, served: Served) -> Callable[..., Inspector]:
    """``visit()`` hands out a visit and gives the inspector who is there."""
    return lambda place=0, *who: Inspector(own, served.hand_out(place, *who))


def test_the_letter_is_there_without_a_network_in_both_languages(visit, own):
    at = visit()
    own.network(False)
    try:
        page = at.open("letter")
        paper = page.locator(".introduction")
        expect(paper).to_contain_text("介绍信")
        page.get_by_role("button", name="English").click()
        expect(paper).to_contain_text("Letter of introduction")
        assert paper.locator("img.qr").evaluate("(img) => img.decode().then(() => img.naturalWidth > 10)")
        if pictures := os.environ.get("PICTURES"):
            page.screenshot(path=f"{pictures}/gate.png", full_page=True)
    finally:
        own.network(True)


def test_coming_and_going_are_kept_and_sent(visit, own, served):
    at = visit()
    page = at.open("letter")
    page.locator("#come-or-go").click()
    expect(page.locator("#come-or-go")).to_have_text("I have left")
    page.locator("#come-or-go").click()
    expect(page.locator(".presence .timeline li")).to_have_count(2)
    own.send()

    def sent() -> list[str]:
        return sorted(event.field.split(":")[0] for event in served.entries(at.visit))

    wait_until(lambda: sent() == ["arrived", "left"])


def test_a_place_that_is_refused_is_noted_and_holds_nothing_up(visit, own):
    at = visit()
    page = at.open("letter")
    page.locator("#note-place").click()
    expect(page.locator(".presence .timeline li")).to_contain_text("Place not given")


def test_help_is_asked_for_quietly_and_taken_back(visit, own, served):
    at = visit()
    page = at.open("letter")
    page.locator("#need-help").click()
    page.get_by_role("button", name="Ask for help").click()
    expect(page.locator(".presence .note")).to_contain_text("110")
    wait_until(lambda: [event.value for event in served.entries(at.visit)] == ["asked"])
    page.locator("#well").click()
    expect(page.locator("#need-help")).to_be_visible()


def test_entry_refused_takes_two_taps(visit, own):
    at = visit()
    page = at.open("letter")
    at.tap(page.locator("#entry-refused"))
    at.tap(page.get_by_role("button", name="The gatekeeper let nobody in."))
    own.ready(f"/tablet/visit/{at.visit}/end")
    assert at.taps == 2
    assert at.value("@closing", "outcome") == "refused"
    assert at.value("@closing", "outcome_reason") == "The gatekeeper let nobody in."
