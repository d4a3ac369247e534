"""Passkeys in a real browser, with the lock of a device that the browser plays itself."""

import pytest
from playwright.sync_api import expect

from compliance.people import store_access
from tests.browser import Person, browser
from tests.tablet.served import serve
from tests.world import PASSWORD

pytestmark = pytest.mark.browser

LOCK = {
    "protocol": "ctap2",
    "transport": "internal",
    "hasResidentKey": True,
    "hasUserVerification": True,
    "isUserVerified": True,
    "automaticPresenceSimulation": True,
}


def test_a_passkey_is_added_asked_at_the_sign_in_and_nothing_else_gets_in(stage, tmp_path):
    served = serve(stage, tmp_path)
    with browser() as opened:
        one = Person(opened, f"http://localhost:{served.port}")  # a passkey belongs to a name, never to a bare number
        protocol = one.context.new_cdp_session(one.page)
        protocol.send("WebAuthn.enable")
        lock = protocol.send("WebAuthn.addVirtualAuthenticator", {"options": LOCK})["authenticatorId"]
        one.sign_in("reviewer", PASSWORD)
        page = one.go("/account/passkey")
        page.fill("[name=name]", "Blue key")
        page.click("form[data-passkey] button.primary")
        expect(page.locator("h1")).to_have_text("Your recovery codes")
        expect(one.go("/account/access").locator("main")).to_contain_text("Blue key")

        one.context.clear_cookies()
        one.go("/sign-in?next=/account")
        page.fill("input[name=identity]", "reviewer")
        page.fill("input[name=password]", PASSWORD)
        page.click("main form button.primary")
        expect(page).to_have_url(f"{one.address}/sign-in/second")
        protocol.send("WebAuthn.setUserVerified", {"authenticatorId": lock, "isUserVerified": True})
        page.get_by_role("button", name="Use a passkey").click()
        expect(page).to_have_url(f"{one.address}/account")

        one.context.clear_cookies()
        protocol.send("WebAuthn.clearCredentials", {"authenticatorId": lock})
        one.go("/sign-in")
        page.fill("input[name=identity]", "reviewer")
        page.fill("input[name=password]", PASSWORD)
        page.click("main form button.primary")
        page.get_by_role("button", name="Use a passkey").click()
        expect(page.locator("[data-failed]")).to_be_visible()
        assert one.go("/account").url.endswith("/sign-in?next=/account")
        assert one.troubles == []
    with served.app.app_context():
        (passkey,) = store_access.seconds(served.world.people["reviewer"]).passkeys
        assert passkey.used_at is not None
    served.stop()
