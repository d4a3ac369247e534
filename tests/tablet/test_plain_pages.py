"""The plain pages of the visit in a browser that has a memory for no visit."""

import pytest
from playwright.sync_api import expect

pytestmark = pytest.mark.browser


def test_what_is_typed_on_any_page_stays_when_the_language_is_switched(served, tablet):
    visit = served.hand_out()
    one = tablet()
    one.sign_in(path="/visits/")
    page = one.go(f"/visits/{visit}/areas/wages?plain=1")
    note, bad = page.locator("[name='WAG03.note']"), page.locator("[name='WAG03.verdict'][value=non_compliant]")
    page.locator("#WAG03 .ans.non_compliant").click()
    note.fill("Two months are open. 两个月未发。")
    page.locator("form.languages button").click()
    expect(page.locator("html")).to_have_attribute("lang", "zh-Hans")
    expect(note).to_have_value("Two months are open. 两个月未发。")
    expect(bad).to_be_checked()
    assert page.evaluate("sessionStorage.getItem('typed-before-switch')") is None, "it is there for the switch alone"
