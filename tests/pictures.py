"""``make pictures``: the handbook's pictures, taken from the running product on a fresh demo.

``python -m tests.pictures http://127.0.0.1:5000`` takes them from a demo that runs already.
"""

import contextlib
import io
import os
import re
import socket
import sqlite3
import subprocess
import sys
import tempfile
import time
import urllib.request
from collections.abc import Callable, Iterator
from pathlib import Path

from PIL import Image
from playwright.sync_api import Browser, BrowserContext, Page, Response, sync_playwright

from compliance.demo import filling
from compliance.handbook import book

FOLDER = book.FOLDER / "pictures"
SIZE = {"width": 1024, "height": 768}
LARGEST = 120_000  # bytes of one picture
LOCALES = {"en": "en-GB", "zh": "zh-CN"}
WAIT = 600  # seconds for the demo to be filled and served
PIN = "482915"


def _first(page: Page, pattern: str) -> str:
    """The address of the first link on a page whose address holds a text."""
    found = page.locator(f"main a[href*='{pattern}']").first.get_attribute("href")
    assert found, f"no link like {pattern} on {page.url}"
    return found


def _visit(page: Page) -> str:
    """The address of a visit that is under way: the first card with some answers."""
    cards = page.locator("main a[href$='/areas/']").all()
    shares = [(card, card.locator("xpath=ancestor::*[.//progress][1]//progress").first) for card in cards]
    begun = [
        card
        for card, bar in shares
        if 0 < float(bar.get_attribute("value") or 0) < float(bar.get_attribute("max") or 1)
    ]
    return ((begun or cards)[0].get_attribute("href") or "").removesuffix("/areas/")


def _area(page: Page) -> None:
    """The area of safety as the tablet's application shows it, after its first setting up."""
    page.goto(_visit(page).replace("/visits/", "/tablet/visit/") + "/safety")
    for _once_more in range(2):
        for digit in PIN:
            page.locator(".keys button", has_text=re.compile(f"^{digit}$")).click()
        page.locator(".keys button.primary").click()
    page.locator("li.item .thumb, li.item .ans").first.wait_for()


def _seal(page: Page) -> None:
    page.goto(_visit(page) + "/seal")


def _review(page: Page) -> None:
    page.goto(
        _first(page, "/reviews/")
        if page.locator("main tbody a").count() == 0
        else page.locator("main tbody a").first.get_attribute("href") or ""
    )


# Name -> who looks, where to begin, and the steps from there.
SHOTS: dict[str, tuple[str, str, Callable[[Page], None] | None]] = {
    "today": ("inspector", "/visits/", None),
    "area": ("inspector", "/visits/", _area),
    "seal": ("inspector", "/visits/", _seal),
    "review": ("reviewer", "/reviews/", _review),
    "own": ("manager", "/own/", None),
    "trends": ("leader", "/trends/", None),
    "register": ("coordinator", "/register/", None),
    "checklists": ("administrator", "/checklists/1/safety", None),
    "first-steps": ("administrator", "/start", None),
}


def take(address: str) -> None:
    """Take every picture in both languages."""
    FOLDER.mkdir(exist_ok=True)
    with sync_playwright() as playwright:
        # Whatever the browser wants to fetch by itself stays off: the product needs nothing from elsewhere.
        browser = playwright.chromium.launch(
            executable_path="/usr/bin/chromium",
            args=["--no-sandbox", "--disable-gpu", "--disable-background-networking", "--disable-component-update"],
        )
        for language in LOCALES:
            _take_all(browser, address, language)
        browser.close()


def _take_all(browser: Browser, address: str, language: str) -> None:
    contexts: dict[str, BrowserContext] = {}
    for name, (user, path, steps) in SHOTS.items():
        if user not in contexts:
            contexts[user] = _signed_in(browser, address, user, language)
        page = contexts[user].new_page()
        wrong: list[str] = []
        page.on("response", lambda got, wrong=wrong: wrong.append(f"{got.status} {got.url}") if _failed(got) else None)
        page.goto(path)
        if steps:
            steps(page)
        page.wait_for_load_state("networkidle")
        assert not wrong, f"{name}: {wrong}"
        _keep(f"{name}-{language}", page.screenshot())
        page.close()
    _keep(f"letter-{language}", _letter(contexts["reviewer"], language))
    for context in contexts.values():
        context.close()


def _failed(answer: Response) -> bool:
    return answer.request.resource_type == "document" and answer.status >= 400


def _signed_in(browser: Browser, address: str, user: str, language: str) -> BrowserContext:
    context = browser.new_context(base_url=address, viewport=SIZE, locale=LOCALES[language], reduced_motion="reduce")
    page = context.new_page()
    page.goto("/sign-in")
    page.locator("input[name=identity]").fill(user)
    page.locator("input[type=password]").fill(filling.password(user))
    page.locator("main button").first.click()
    page.wait_for_url(lambda url: "/sign-in" not in url)
    page.close()
    return context


def _letter(context: BrowserContext, language: str) -> bytes:
    """The first page of a letter that was sent: an English one for the English pages, else any."""
    page = context.new_page()
    page.goto("/letters/?state=issued")
    links = [link.get_attribute("href") or "" for link in page.locator("main a[href$='/pdf']").all()]
    assert links, "the register of letters holds no printed letters"
    page.close()
    if language == "en":
        english = (link for link in links if _is_english(context.request.get(link.removesuffix("/pdf")).text()))
        return _sheet(context.request.get(next(english, links[0])).body())
    return _sheet(context.request.get(links[0]).body())


def _is_english(letter_page: str) -> bool:
    return bool(re.search(r"Language of the letter</dt>\s*<dd>\s*(English|Both)", letter_page))


def _sheet(pdf: bytes) -> bytes:
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder, "letter.pdf")
        file.write_bytes(pdf)
        subprocess.run(
            ["pdftoppm", "-png", "-r", "80", "-f", "1", "-l", "1", "-singlefile", file, file.with_suffix("")],
            check=True,
        )
        return file.with_suffix(".png").read_bytes()


def _keep(name: str, png: bytes) -> None:
    """Write a picture with as few colours as it takes to stay small."""
    picture = Image.open(io.BytesIO(png)).convert("RGB")
    for colours in (128, 64, 32, 16):
        out = io.BytesIO()
        picture.quantize(colours, method=Image.Quantize.MEDIANCUT, dither=Image.Dither.NONE).save(
            out, "PNG", optimize=True
        )
        if out.tell() <= LARGEST:
            break
    (FOLDER / f"{name}.png").write_bytes(out.getvalue())
    print(f"{name}.png  {out.tell() // 1000} kB")


@contextlib.contextmanager
def served() -> Iterator[str]:
    """The product on a fresh demo, at a port that is free."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    with tempfile.TemporaryDirectory() as folder:
        mine = {name: value for name, value in os.environ.items() if not name.startswith("COMPLIANCE_")}
        process = subprocess.Popen(
            [sys.executable, "-m", "compliance", "run", "--port", str(port)],
            env={**mine, "COMPLIANCE_INSTANCE": folder},
        )
        address = f"http://127.0.0.1:{port}"
        try:
            _await(process, address)
            _await_jobs(Path(folder, "compliance.db"))
            yield address
        finally:
            process.terminate()
            process.wait(20)


def _await(process: "subprocess.Popen[bytes]", address: str) -> None:
    end = time.monotonic() + WAIT
    while time.monotonic() < end:
        assert process.poll() is None, "the product ended before it served"
        with contextlib.suppress(OSError):
            urllib.request.urlopen(address + "/sign-in", timeout=5).close()
            return
        time.sleep(0.5)
    raise TimeoutError(address)


def _await_jobs(database: Path) -> None:
    """Wait until the worker has printed the demo's letters: pictures show the product at rest."""
    end = time.monotonic() + WAIT
    with contextlib.closing(sqlite3.connect(f"file:{database}?mode=ro", uri=True, timeout=30)) as connection:
        while connection.execute("select count(*) from job where state in ('queued', 'running')").fetchone()[0]:
            assert time.monotonic() < end, "the letters of the demo are not printed"
            time.sleep(2)


if __name__ == "__main__":
    if len(sys.argv) > 1:
        take(sys.argv[1])
    else:
        with served() as address:
            take(address)
