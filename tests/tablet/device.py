"""One tablet: a real browser with a profile on the disk, to be switched off, killed, and taken out of the network."""

import os
import re
import shutil
import signal
import time
from contextlib import suppress
from pathlib import Path
from typing import Any
from uuid import UUID

from playwright.sync_api import BrowserContext, CDPSession, Error, Locator, Page, Playwright, expect

from tests.browser import FLAGS
from tests.tablet.served import Served
from tests.world import PASSWORD

PIN = "482915"
LANDSCAPE, PORTRAIT = (1024, 768), (768, 1024)


class Tablet:
    """A tablet in somebody's hands."""

    def __init__(
        self, playwright: Playwright, served: Served, folder: Path,
        size: tuple[int, int] = PORTRAIT, language: str = "en",
    ) -> None:  # fmt: skip
        self.playwright, self.served, self.folder = playwright, served, folder
        self.size, self.language = size, language
        self.troubles: list[str] = []
        self.context: BrowserContext
        self.page: Page
        self.on = False
        self.switch_on()

    # -- the thing itself -----------------------------------------------------------------------------------------

    def switch_on(self) -> None:
        """Start the browser on the tablet's own profile."""
        flags = [*FLAGS, "--no-sandbox"] if os.geteuid() == 0 else FLAGS
        self.context = self.playwright.chromium.launch_persistent_context(
            self.folder,
            executable_path=shutil.which("chromium"),
            args=flags,
            viewport={"width": self.size[0], "height": self.size[1]},
            locale="zh-CN" if self.language.startswith("zh") else "en-GB",
            reduced_motion="reduce",
            accept_downloads=True,
        )
        self.on = True
        self.page = self.context.pages[0]
        self._watch(self.page)

    def _watch(self, page: Page) -> None:
        page.set_default_timeout(15000)
        page.on("pageerror", lambda error: self.troubles.append(str(error)))
        page.on(
            "console", lambda said: self.troubles.append(said.text) if "Content Security Policy" in said.text else None
        )

    def switch_off(self) -> None:
        """Close the browser as people do."""
        if self.on:
            self.context.close()
        self.on = False

    def processes(self) -> list[int]:
        """Every process of the browser. What it has begun itself has its words in one."""
        found = []
        for entry in Path("/proc").glob("[0-9]*/cmdline"):
            with suppress(OSError):
                if f"--user-data-dir={self.folder}" in re.split("[\0 ]", entry.read_bytes().decode(errors="replace")):
                    found.append(int(entry.parent.name))
        return found

    def kill(self, processes: list[int] | None = None) -> None:
        """The battery is dead: every process of the browser is gone at once.

        A browser writes a new cookie to the disk only after half a minute; who signed in just before has to again.
        """
        doomed = processes or self.processes()
        for process in doomed:
            with suppress(ProcessLookupError):
                os.kill(process, signal.SIGKILL)
        # No battery dies by halves: a browser that begins beside the remains of another one throws its databases away.
        wait_until(lambda: not any(alive(process) for process in {*doomed, *self.processes()}))
        with suppress(Error):  # it is noticed already
            self.switch_off()
        self.on = False

    def new_tab(self) -> Page:
        """A second tab, watched as the first."""
        page = self.context.new_page()
        self._watch(page)
        return page

    def full(self, quota: int | None = 50_000) -> None:
        """Start anew as a tablet without any room left; ``None`` gives it room again.

        The browser asks for room rarely: what it was told once holds for a while, so that it has to begin anew.
        """
        if quota is not None:
            self.switch_off()
            self.switch_on()
        where = {"origin": self.served.address}
        self._room = getattr(self, "_room", None) if quota is None else self.cdp()
        assert self._room
        self._room.send("Storage.overrideQuotaForOrigin", where if quota is None else where | {"quotaSize": quota})

    def cdp(self, page: Page | None = None) -> CDPSession:
        """The browser's own protocol."""
        return self.context.new_cdp_session(page or self.page)

    def network(self, there: bool) -> None:
        """Bring the tablet into a network, or out of it."""
        self.context.set_offline(not there)

    # -- what a person does ---------------------------------------------------------------------------------------

    def go(self, path: str, page: Page | None = None) -> Page:
        """Open an address."""
        page = page or self.page
        page.goto(self.served.address + path)
        return page

    def sign_in(self, who: str = "inspector", path: str = "/tablet/") -> None:
        """Sign in by the form; afterwards the given page is open."""
        page = self.go(f"/sign-in?next={path}")
        page.fill("input[name=identity]", who)
        page.fill("input[name=password]", PASSWORD)
        page.click("main form button.primary, main form [type=submit]")
        page.wait_for_url(f"**{path}")

    def type_pin(self, pin: str = PIN, page: Page | None = None) -> None:
        """Type a PIN on the keys of the pad."""
        page = page or self.page
        for digit in pin:
            page.locator(".keys button", has_text=re.compile(f"^{digit}$")).click()
        page.locator(".keys button.primary").click()

    def set_up(self, who: str = "inspector", pin: str = PIN) -> None:
        """The first time on this tablet: sign in, choose a PIN, and wait until today's visits are there."""
        self.sign_in(who)
        self.type_pin(pin)
        self.page.get_by_text(re.compile("once more|再次输入")).wait_for()
        self.type_pin(pin)
        self.ready("/tablet/")
        self.settled()

    def unlock(self, pin: str = PIN, page: Page | None = None) -> None:
        """Type the PIN and wait for a page."""
        self.type_pin(pin, page)
        expect((page or self.page).locator("html")).to_have_attribute("data-ready", re.compile("."), timeout=15000)

    def ready(self, path: str | re.Pattern[str], page: Page | None = None) -> None:
        """Wait until the page at this address is drawn."""
        expect((page or self.page).locator("html")).to_have_attribute("data-ready", path, timeout=20000)

    def settled(self, page: Page | None = None) -> None:
        """Wait until everything is on the server, and all visits are on the tablet with what they need for a day."""
        expect((page or self.page).locator("[data-saving]")).to_have_count(0)  # a tap on its way is not counted below
        self.state("safe", page)
        html = (page or self.page).locator("html")
        expect(html).to_have_attribute("data-heard", re.compile("."), timeout=20000)
        for part in ("checklists", "shell"):
            expect(html).to_have_attribute(f"data-{part}", "kept", timeout=30000)

    def state(self, word: str, page: Page | None = None) -> None:
        """Wait until the bar says one of the four words."""
        if word == "safe":  # the bar is drawn a moment after an entry is kept: what is unsent is counted first
            wait_until(lambda: self.inside("(app) => app.store.count()", page=page)["all"] == 0, 30)
        expect((page or self.page).locator("html")).to_have_attribute("data-state", word, timeout=20000)

    def send(self) -> None:
        """Send now, from the list of what is on its way."""
        self.open("/tablet/queue")
        self.page.click("#send")

    def open(self, path: str) -> Page:
        """Go to a page of the application without loading it anew, as a link would."""
        self.inside("(app, path) => app.navigate(path)", path)
        return self.page

    def measure(self, script: str, argument: Any = None) -> Any:
        """Run a script that measures what is on the page, with every row laid out: out of sight they are not."""
        rows = "() => document.querySelectorAll('.item').forEach((row) => { row.style.contentVisibility = 'visible' })"
        self.page.evaluate(rows)
        return self.page.evaluate(script, argument)

    # -- what is inside -------------------------------------------------------------------------------------------

    def inside(self, script: str, argument: Any = None, page: Page | None = None) -> Any:
        """Run ``async (app, argument) => …`` with the application of the open page."""
        return (page or self.page).evaluate(
            "async (argument) => { const { app } = await import(document.querySelector('script[type=module]').src);"
            f" return ({script})(app, argument) }}",
            argument,
        )

    def answer(self, visit: UUID | str, item: str, field: str, value: Any, page: Page | None = None) -> dict[str, Any]:
        """Keep an entry without a page; what is returned was durable."""
        script = "(app, [visit, entry]) => app.store.append(visit, entry)"
        given = [str(visit), {"item": item, "field": field, "value": value}]
        kept: dict[str, Any] = self.inside(script, given, page)
        return kept

    def kept(self, visit: UUID | str) -> list[dict[str, Any]]:
        """The entries on the tablet, in the order of their making."""
        found: list[dict[str, Any]] = self.inside("(app, visit) => app.store.entries(visit)", str(visit))
        return found

    def said(self) -> Locator:
        """The red banner."""
        return self.page.locator(".alarms")


def wait_until(true: Any, seconds: float = 10) -> None:
    """Wait for something outside of the browser."""
    end = time.monotonic() + seconds
    while not true():
        assert time.monotonic() < end, "it did not happen"
        time.sleep(0.05)


def alive(process: int) -> bool:
    """Whether a process is still at work."""
    try:
        return Path(f"/proc/{process}/stat").read_text().rpartition(")")[2].split()[0] not in "ZX"
    except OSError:
        return False
