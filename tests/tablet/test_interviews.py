"""Interviews in private: behind a PIN of their own, nameless, hidden at once, and sealed before anything is on the disk."""

import re
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest
from playwright.sync_api import Page, expect

from compliance.interviews import rules, store
from compliance.interviews.records import Record
from compliance.interviews.rules import Workforce
from tests.tablet.device import LANDSCAPE, PIN, Tablet, wait_until
from tests.tablet.test_door import NAME, STORED

pytestmark = pytest.mark.browser

OWN = "739162"
NOTE = "Li Lan was struck at the press"
PHONE = "138 0000 0000"
SAID = (NOTE, "Li Lan", PHONE, "struck", "mistakes", "They are struck")
"""What was said, as typed and as tapped: none of it may be found on the tablet."""


@pytest.fixture
def visit(served, in_use) -> UUID:  # in_use() sets the server back first
    handed: UUID = served.hand_out()
    return handed


class Private:
    """The interviews of a visit, open on one tablet."""

    def __init__(self, tablet: Tablet, visit: UUID) -> None:
        self.tablet, self.visit = tablet, visit
        tablet.inside("(app) => app.sync.now()")

    @property
    def page(self) -> Page:
        return self.tablet.page

    @property
    def address(self) -> str:
        return f"/tablet/visit/{self.visit}/interviews"

    def open(self, *, first: bool = False) -> Page:
        """Go in; the first time a PIN is chosen."""
        self.tablet.open(self.address)
        if first:
            self.page.get_by_text("Choose a PIN").wait_for()
            self.tablet.type_pin(OWN)
            self.page.get_by_text("once more").wait_for()
        self.tablet.type_pin(OWN)
        self.page.locator("[data-kept]").wait_for()
        return self.page

    def begin(self, setting: str = "alone", language: str = "en") -> Page:
        """Speak the notice, hear the consent."""
        self.page.locator(f"[data-begin='{setting} {language}']").click()
        self.page.locator("[name=notice]").check()
        self.page.locator("[name=consent]").check()
        return self.page

    def say(self) -> None:
        """Somebody says what should be found nowhere."""
        self.page.locator("[data-answer='mistakes struck']").click()
        self.page.locator("#interview-note").fill(NOTE)
        self.page.locator("#interview-contact").fill(PHONE)
        self.page.locator("[name=card]").check()

    def drafts(self) -> int:
        """How much of it is kept, closed, and not an entry yet."""
        count: int = self.tablet.inside("(app) => app.store.count().then((count) => count.drafts)")
        return count

    def seal(self) -> None:
        self.page.locator("#seal-interview").click()
        self.page.locator("[data-kept]").wait_for()


def read(served: Any, visit: UUID) -> list[Record]:
    found: list[Record] = served.as_("reviewer", lambda actor: store.read(actor, visit))
    return found


def on_the_disk(folder: Path) -> bytes:
    """Every byte of every file of the browser."""
    return b"\n".join(file.read_bytes() for file in folder.rglob("*") if file.is_file())


def holds_nothing_of_it(folder: Path, *clear: str) -> None:
    disk = on_the_disk(folder)
    assert b"interviews.tries" in disk or b"i\0n\0t\0e\0r\0v\0i\0e\0w\0s" in disk, "the disk was looked at"
    for word in clear:
        for coded in (word.encode(), word.encode("utf-16-le"), word.encode("utf-16-be")):
            assert coded not in disk, word


def test_what_is_said_offline_is_nowhere_on_the_tablet_survives_its_death_and_is_read_on_the_server(
    visit, served, in_use
):
    one = in_use(size=LANDSCAPE)
    private = Private(one, visit)
    private.open(first=True)
    served.stop()
    private.begin()
    private.say()
    private.seal()
    private.begin()
    private.say()
    wait_until(lambda: private.drafts() == 2)
    one.page.wait_for_timeout(300)
    assert not any(word in one.page.evaluate(STORED) for word in SAID)
    one.kill()
    holds_nothing_of_it(one.folder, NOTE, "Li Lan", PHONE, "They are struck")

    one.switch_on()
    served.start()
    one.go("/tablet/")
    one.unlock()
    one.settled()

    records = read(served, visit)
    assert [record.note for record in records] == [NOTE, NOTE]
    assert all(record.given[0].answer == "struck" and record.counts for record in records)
    assert served.as_("coordinator", lambda actor: store.contacts(actor, visit)) == [PHONE, PHONE]
    assert served.as_("coordinator", lambda _actor: store.again(visit).cards) == 1, "one had not been handed out yet"
    one.switch_off()
    holds_nothing_of_it(one.folder, NOTE, "Li Lan", PHONE, "They are struck")
