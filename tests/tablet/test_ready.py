"""The page that proves on the tablet itself that all is ready; the manifest; installing."""

import json
import re

import pytest
from playwright.sync_api import expect

pytestmark = pytest.mark.browser


def test_the_readiness_page_needs_no_sign_in_and_tries_each_thing(tablet):
    one = tablet()
    one.context.grant_permissions(["camera"])
    page = one.go("/tablet/ready")
    expect(page.locator("html")).to_have_attribute("data-checked", "ready", timeout=30000)
    for check in ("secure", "worker", "storage", "clock"):
        expect(page.locator(f"#check-{check}")).to_have_attribute("data-state", "good")
    expect(page.locator("#verdict")).to_have_text("This tablet is ready.")
    page.click("#try-camera")
    expect(page.locator("#check-camera")).to_have_attribute("data-state", re.compile("good|bad"))
    if page.locator("#check-camera").get_attribute("data-state") == "bad":
        expect(page.locator("#check-camera")).to_contain_text("chosen from the library")


def test_without_a_secure_connection_it_says_what_to_do(served, tablet):
    one = tablet()
    page = one.page
    page.add_init_script("Object.defineProperty(window, 'isSecureContext', {get: () => false})")
    page.goto(f"{served.address}/tablet/ready")
    expect(page.locator("html")).to_have_attribute("data-checked", "not-ready", timeout=30000)
    expect(page.locator("#check-secure")).to_contain_text("https://")


def test_a_wrong_clock_is_named_and_stops_nothing(tablet):
    one = tablet()
    one.page.clock.set_fixed_time("2021-03-04T05:06:07")
    page = one.go("/tablet/ready")
    expect(page.locator("#check-clock")).to_have_attribute("data-state", "bad", timeout=30000)
    expect(page.locator("#check-clock")).to_contain_text("A wrong clock never costs an answer")
    expect(page.locator("html")).to_have_attribute("data-checked", "ready")


def test_it_can_be_installed_and_begins_with_today(served, tablet):
    one = tablet()
    page = one.go("/tablet/ready")
    manifest = one.context.request.get(served.address + page.locator("link[rel=manifest]").get_attribute("href"))
    facts = json.loads(manifest.text())
    assert facts["start_url"] == facts["id"] == "/tablet/"
    assert facts["display"] == "standalone"
    assert {(icon["sizes"], icon.get("purpose", "any")) for icon in facts["icons"]} >= {
        ("192x192", "any"), ("512x512", "any"), ("512x512", "maskable"),
    }  # fmt: skip
    for icon in facts["icons"]:
        answer = one.context.request.get(served.address + icon["src"])
        assert answer.headers["content-type"] == "image/png"
    errors = one.cdp().send("Page.getInstallabilityErrors")["installabilityErrors"]
    assert [e["errorId"] for e in errors if e["errorId"] != "in-incognito"] == []
