"""The way in: a PIN of one's own, the lock, and what to do without it."""

import pytest
from playwright.sync_api import expect

from tests.tablet.device import PIN

pytestmark = pytest.mark.browser


def test_a_first_time_needs_a_sign_in_and_a_pin_of_six_digits_that_nobody_guesses(served, tablet):
    served.hand_out()
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
    assert "Garments" not in page.title()
