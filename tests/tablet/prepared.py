"""A tablet that was set up once: its profile on the disk, and the server's database of the same moment.

Setting up takes seconds (signing in, a PIN of a third of a second a try, every file fetched). A test whose subject is
something else begins with a copy of both, in an own browser on an own profile.
"""

import shutil
from pathlib import Path
from typing import Any

from playwright.sync_api import Playwright, expect

from tests.tablet.device import PIN, Tablet
from tests.tablet.served import Served

NOT_NEEDED = ("Cache", "GPU*", "Dawn*")
"""Folders of a profile that hold nothing of the tablet's own."""

SLOW = """(() => {
  const derive = crypto.subtle.deriveKey.bind(crypto.subtle);
  crypto.subtle.deriveKey = async (...given) => {
    await new Promise((done) => setTimeout(done, 1000));
    return derive(...given);
  };
})()"""
"""A tablet so slow that its PIN is guarded by the fewest rounds that the product allows."""


class Prepared:
    """A served application with two moments to which it can be set back: as filled, and with one tablet known."""

    def __init__(self, served: Served, folder: Path) -> None:
        self.served, self.folder = served, folder
        self._filled, self._known = folder / "filled.db", folder / "known.db"
        served.keep(self._filled)

    def begin(self) -> None:
        """Back to the world as it was filled."""
        self.served.set_back(self._filled)

    def as_set_up(self, playwright: Playwright) -> None:
        """Back to the moment when the inspector's tablet had been set up."""
        if not self._known.exists():
            self.begin()
            one = Tablet(playwright, self.served, self.folder / "profile")
            one.page.add_init_script(SLOW)
            one.set_up()
            one.switch_off()
            assert one.troubles == []
            self.served.keep(self._known)
        self.served.set_back(self._known)
        self.served.seen.clear()

    def copy(self, playwright: Playwright, folder: Path, **given: Any) -> Tablet:
        """A copy of that tablet with a profile in a folder of its own: switched on and unlocked, with every visit."""
        shutil.copytree(self.folder / "profile", folder, symlinks=True, ignore=shutil.ignore_patterns(*NOT_NEEDED))
        one = Tablet(playwright, self.served, folder, **given)
        one.go("/tablet/")
        if one.language.startswith("zh"):
            one.page.locator(".bar button", has_text="中文").click()
            expect(one.page.locator("html")).to_have_attribute("lang", "zh-Hans")
        one.page.locator("#pin").press_sequentially(PIN)
        one.page.locator("#pin").press("Enter")
        one.ready("/tablet/")
        one.settled()
        return one
