"""A tablet whose browser is WebKitGTK, the nearest relative of an iPad's: it can be switched off and killed."""

import os
import shutil
import signal
import subprocess
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any
from uuid import UUID

from selenium import webdriver
from selenium.common.exceptions import (
    ElementNotInteractableException,
    StaleElementReferenceException,
    WebDriverException,
)
from selenium.webdriver.remote.client_config import ClientConfig
from selenium.webdriver.remote.file_detector import UselessFileDetector
from selenium.webdriver.remote.remote_connection import RemoteConnection
from selenium.webdriver.remote.webelement import WebElement
from selenium.webdriver.webkitgtk.options import Options
from selenium.webdriver.webkitgtk.service import Service

from tests.tablet.device import PIN, PORTRAIT, alive, wait_until
from tests.tablet.served import Served
from tests.world import PASSWORD

WINDOW = Path(__file__).with_name("webkit_window.py")
PYTHON = "/usr/bin/python3"  # Debian's own: it has the bindings of GTK
DRIVER = shutil.which("WebKitWebDriver")

INSIDE = """
const [argument, done] = [arguments[0], arguments[arguments.length - 1]];
import(document.querySelector("script[type=module]").src)
  .then(({ app }) => (SCRIPT)(app, argument))
  .then((value) => done({ value }), (error) => done({ error: `${error.name}: ${error.message}` }));
"""


@contextmanager
def screen() -> Iterator[str]:
    """A screen that nobody sees; its name."""
    xvfb = subprocess.Popen(
        ["Xvfb", "-displayfd", "1", "-screen", "0", "1024x1100x24", "-nolisten", "tcp"],
        stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True,
    )  # fmt: skip
    assert xvfb.stdout
    try:
        yield f":{xvfb.stdout.readline().strip()}"
    finally:
        xvfb.terminate()
        xvfb.wait(10)
        xvfb.stdout.close()


class WebKitTablet:
    """A tablet in somebody's hands."""

    def __init__(self, served: Served, folder: Path, display: str) -> None:
        self.served, self.folder, self.display = served, folder, display
        folder.mkdir(exist_ok=True)
        self.troubles: list[str] = []
        self.on = False
        self.switch_on()

    # -- the thing itself -----------------------------------------------------------------------------------------

    def switch_on(self) -> None:
        """Start the browser on the tablet's own profile."""
        options = Options()
        options.binary_location = PYTHON
        for word in (WINDOW, self.folder, *PORTRAIT, "en-GB"):
            options.add_argument(str(word))
        options.set_capability("browserName", "Tablet")
        environment = {**os.environ, "DISPLAY": self.display, "GDK_BACKEND": "x11", "NO_AT_BRIDGE": "1"}
        self.service = Service(executable_path=DRIVER, env=environment, log_output=subprocess.DEVNULL)
        self.service.path = str(DRIVER)  # nothing is looked for, nothing is downloaded
        self.service.start()
        where = RemoteConnection(client_config=ClientConfig(remote_server_addr=self.service.service_url))
        self.driver = webdriver.Remote(command_executor=where, options=options, file_detector=UselessFileDetector())
        self.driver.set_script_timeout(30)
        self.on = True

    def switch_off(self) -> None:
        """Close the browser as people do."""
        if self.on:
            self.troubles += self.driver.execute_script("return window.troubles ?? []")
            self.driver.quit()
            self.service.stop()
        self.on = False

    def kill(self) -> None:
        """The battery is dead: every process of the browser is gone at once."""
        window = next(pid for pid, words in _processes() if str(WINDOW) in words and str(self.folder) in words)
        family = [window, *(pid for pid, _words in _processes() if _parent(pid) == window)]
        assert len(family) >= 3, "the window, the page, and what keeps things on the disk"
        for word in (signal.SIGSTOP, signal.SIGKILL):  # nobody has the time to tidy up after another
            for pid in family:
                os.kill(pid, word)
        wait_until(lambda: not any(alive(pid) for pid in family))
        with suppress(WebDriverException):  # it is noticed already
            self.driver.quit()
        self.service.stop()
        self.on = False

    # -- what a person does ---------------------------------------------------------------------------------------

    def go(self, path: str) -> None:
        """Open an address."""
        self.driver.get(self.served.address + path)

    def set_up(self) -> None:
        """Sign in, choose a PIN, and wait until today's visits are there."""
        self.sign_in("/tablet/")
        self.type_pin()
        self.wait(lambda: "once more" in self.text("main"))
        self.type_pin()
        self.ready("/tablet/")
        self.settled()

    def sign_in(self, path: str) -> None:
        """Sign in by the form; afterwards the given page is open."""
        self.go(f"/sign-in?next={path}")
        self.one("input[name=identity]").send_keys("inspector")
        self.one("input[name=password]").send_keys(PASSWORD)
        self.tap("main form button.primary")
        self.wait(lambda: self.driver.current_url.endswith(path))

    def type_pin(self) -> None:
        """Type the PIN on the keys of the pad."""
        self.wait(lambda: len(self.all(".keys button")) == 12)
        keys = {key.text: key for key in self.all(".keys button")}
        for digit in PIN:
            keys[digit].click()
        self.tap(".keys button.primary")

    def unlock(self) -> None:
        """Type the PIN and wait for a page."""
        self.type_pin()
        self.wait(lambda: self.said("ready"))

    def tap(self, selector: str) -> None:
        """Tap what a selector names, in the middle of the screen."""
        target = self.one(selector)

        def tapped() -> bool:
            self.driver.execute_script("arguments[0].scrollIntoView({ block: 'center' })", target)
            with suppress(ElementNotInteractableException):  # it comes with the answer before, or has moved
                target.click()
                return True
            return False

        self.wait(tapped)

    def write(self, selector: str, text: str) -> None:
        """Type into a field, key by key."""
        self.tap(selector)
        self.one(selector).send_keys(text)

    def open(self, path: str) -> None:
        """Go to a page of the application without loading it anew, as a link would."""
        self.inside("(app, path) => app.navigate(path)", path)
        self.ready(path)

    # -- what is seen ---------------------------------------------------------------------------------------------

    def all(self, selector: str) -> list[WebElement]:
        """The elements that a selector names."""
        return self.driver.find_elements("css selector", selector)

    def one(self, selector: str) -> WebElement:
        """The first element that a selector names, as soon as it is there."""
        self.wait(lambda: self.all(selector))
        return self.all(selector)[0]

    def text(self, selector: str) -> str:
        """What can be read in an element; nothing where it is not there."""
        found = self.all(selector)
        return found[0].text if found else ""

    def said(self, name: str) -> str | None:
        """What the page says of itself."""
        word: str | None = self.driver.execute_script("return document.documentElement.dataset[arguments[0]]", name)
        return word

    def ready(self, path: str) -> None:
        """Wait until the page at this address is drawn."""
        self.wait(lambda: self.said("ready") == path)

    def settled(self) -> None:
        """Wait until everything is on the server, and all visits are on the tablet."""
        self.wait(lambda: self.inside("(app) => app.store.count()")["all"] == 0, 40)
        self.wait(lambda: self.said("state") == "safe" and self.said("heard"))
        self.wait(lambda: self.said("checklists") == self.said("shell") == "kept", 40)

    def wait(self, true: Callable[[], Any], seconds: float = 20) -> None:
        """Wait for something."""
        end = time.monotonic() + seconds
        while not _holds(true):
            assert time.monotonic() < end, f"it did not happen: {self.text('body')[:500]}"
            time.sleep(0.05)

    # -- what is inside -------------------------------------------------------------------------------------------

    def inside(self, script: str, argument: Any = None) -> Any:
        """Run ``async (app, argument) => …`` with the application of the open page."""
        answer = self.driver.execute_async_script(INSIDE.replace("SCRIPT", script), argument)
        assert "error" not in answer, answer
        return answer.get("value")

    def kept(self, visit: UUID) -> list[dict[str, Any]]:
        """The entries on the tablet, in the order of their making."""
        found: list[dict[str, Any]] = self.inside("(app, visit) => app.store.entries(visit)", str(visit))
        return found


def _holds(true: Callable[[], Any]) -> bool:
    try:
        return bool(true())
    except StaleElementReferenceException:
        return False


def _processes() -> Iterator[tuple[int, list[str]]]:
    for entry in Path("/proc").glob("[0-9]*/cmdline"):
        with suppress(OSError):
            yield int(entry.parent.name), entry.read_bytes().decode(errors="replace").split("\0")


def _parent(pid: int) -> int | None:
    with suppress(OSError):
        return int(Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[1])
    return None
