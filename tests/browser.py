"""A real headless browser for tests, pictures and measurements."""

import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager

from playwright.sync_api import Browser, BrowserContext, Page, sync_playwright

FLAGS = [
    "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking",
    "--disable-component-update", "--disable-sync",
]  # fmt: skip


@contextmanager
def browser() -> Iterator[Browser]:
    """Debian's Chromium."""
    flags = [*FLAGS, "--no-sandbox"] if os.geteuid() == 0 else FLAGS
    with sync_playwright() as playwright:
        opened = playwright.chromium.launch(executable_path=shutil.which("chromium"), args=flags)
        try:
            yield opened
        finally:
            opened.close()


class Person:
    """Somebody at a browser of their own; script errors and anything that the policy blocks are kept."""

    def __init__(
        self, opened: Browser, address: str, language: str = "en", size: tuple[int, int] = (1024, 768)
    ) -> None:
        self.address = address
        self.context: BrowserContext = opened.new_context(
            viewport={"width": size[0], "height": size[1]},
            locale="zh-CN" if language.startswith("zh") else "en-GB",
            reduced_motion="reduce",
            accept_downloads=True,
        )
        self.page: Page = self.context.new_page()
        self.page.set_default_timeout(15000)
        self.troubles: list[str] = []
        self.page.on("pageerror", lambda error: self.troubles.append(str(error)))
        self.page.on(
            "console", lambda said: self.troubles.append(said.text) if "Content Security Policy" in said.text else None
        )

    def go(self, path: str) -> Page:
        """Open a page of the product."""
        self.page.goto(path if path.startswith("http") else self.address + path)
        return self.page

    def sign_in(self, name: str, password: str) -> None:
        """Sign in by the form."""
        self.go("/sign-in")
        self.page.fill("input[name=identity]", name)
        self.page.fill("input[name=password]", password)
        self.page.click("main form button.primary, main form [type=submit]")
        self.page.wait_for_selector("nav.menu")
