"""What a tablet's person waits for, and what a visit costs in bytes, taps and memory, in a real Chromium.

``tap_durable_ms`` and ``tap_durable_p95_ms``: from the click on an answer to the word of the disk.
``visit_offline_open_ms``: server down, processor slowed four times: from the address to the PIN pad, and from its last
key to the page. The typing between belongs to the person, a second and a half for six digits. ``visit_first_load_kb``:
everything that a tablet without anything fetches until the page of its first visit can be used, as sent by https, in
the language that needs more; what follows at leisure (the other language, pages that are opened later) is
``visit_day_load_kb``, all of it together. ``clean_visit_taps``: a visit without a finding.
``visit_memory_ratio``: the heap after the eighth visit to that after the second.
"""

import gzip
import json
import re
import statistics
import sys
import tempfile
import time
import urllib.request
from pathlib import Path
from typing import Any
from uuid import UUID

from playwright.sync_api import Playwright, sync_playwright

from tests.conftest import Stage
from tests.tablet.device import LANDSCAPE, PIN, Tablet
from tests.tablet.inspector import Inspector
from tests.tablet.served import Served, serve

TAPS = 60
OPENINGS = 5
SLOWED = 4
VISITS = 8
DIGIT = 0.25  # seconds in which a quick person types one

TAP = """async (app, count) => {
  const rows = [...document.querySelectorAll("li.item")].filter((row) => row.offsetParent);
  const took = [];
  for (let turn = 0; turn < count; turn += 1) {
    const row = rows[turn % rows.length];
    const choices = [...row.querySelectorAll(".ans:not(.clear) input")].filter((one) => !one.checked);
    const durable = new Promise((done) => {
      const stop = app.store.listen(({ kind }) => { if (kind === "entries") { stop(); done(performance.now()); } });
    });
    const began = performance.now();
    choices[turn % choices.length].click();
    took.push((await durable) - began);
    await new Promise((done) => setTimeout(done, 60));
  }
  return took;
}"""


USABLE = """new MutationObserver((_changes, watcher) => {
  if (!document.documentElement.dataset.ready || !document.querySelector("#SAF01 .gallery")) return;
  watcher.disconnect();
  window.usable = performance.now();
}).observe(document, { subtree: true, childList: true, attributes: true })"""
"""Notes the moment when the page stands drawn, with everything that can be tapped."""

OPENED = """window.opened = {};
new MutationObserver(() => {
  if (!opened.pad && document.querySelector(".keys button.primary")) opened.pad = performance.now();
  const drawn = document.documentElement.dataset.ready && document.querySelector("#SAF01 .gallery");
  if (!opened.page && opened.enter && drawn) opened.page = performance.now();
}).observe(document, { subtree: true, childList: true, attributes: true });
addEventListener("submit", () => { opened.enter = performance.now(); }, true);"""
"""Notes, in milliseconds from the address: the pad is there, its last key is pressed, the page stands drawn."""

BEFORE = """() => performance.getEntriesByType("resource").filter((one) => one.startTime <= window.usable)
  .map((one) => one.name)"""


def say(name: str, value: float, unit: str, n: int) -> None:
    """One line."""
    print(json.dumps({"name": name, "value": round(value, 1), "unit": unit, "n": n}), flush=True)


def taps(own: Tablet, visit: UUID) -> None:
    """Tap answers on one page, one after the other."""
    Inspector(own, visit).open("safety")
    took = sorted(own.inside(TAP, TAPS))
    say("tap_durable_ms", statistics.median(took), "ms", len(took))
    say("tap_durable_p95_ms", took[int(len(took) * 0.95)], "ms", len(took))


def offline_opening(own: Tablet, served: Served, visit: UUID) -> None:
    """Open a kept visit after a cold start of the browser, with the server down."""
    own.settled()
    took = []
    served.stop()
    for _round in range(OPENINGS):
        own.switch_off()
        own.switch_on()
        own.page.add_init_script(OPENED)
        own.cdp().send("Emulation.setCPUThrottlingRate", {"rate": SLOWED})
        own.page.goto(f"{served.address}/tablet/visit/{visit}/safety", wait_until="commit")
        noted(own, "pad")
        for digit in PIN:
            own.page.keyboard.press(digit)
            time.sleep(DIGIT)
        own.page.keyboard.press("Enter")
        noted(own, "page")
        moments = own.page.evaluate("opened")
        took.append(moments["pad"] + moments["page"] - moments["enter"])
    served.start()
    say("visit_offline_open_ms", statistics.median(took), "ms", len(took))


def noted(own: Tablet, moment: str) -> None:
    """Wait until the page has noted a moment. Asked seldom: asking takes time from a page that is slowed."""
    while not own.page.evaluate("(moment) => opened[moment] ?? 0", moment):
        time.sleep(0.5)


def first_load(playwright: Playwright, served: Served, folder: Path) -> None:
    """Everything that a new tablet asks for until its first visit is open; then everything that it keeps for a day."""
    first, day = {}, {}
    visit = served.hand_out()
    for language in ("en", "zh"):
        own = Tablet(playwright, served, folder / language, LANDSCAPE, language)
        own.sign_in(path="/account")
        asked: set[str] = set()
        own.context.on("request", lambda one, asked=asked: asked.add(one.url) if one.method == "GET" else None)
        path = f"/tablet/visit/{visit}/safety"
        own.page.add_init_script(USABLE)
        own.go(path)
        own.type_pin()
        own.page.get_by_text(re.compile("once more|再次输入")).wait_for()
        own.type_pin()
        own.ready(path)
        own.page.locator("#SAF01 .gallery").wait_for()
        usable = {own.page.url, *own.page.evaluate(BEFORE)}
        own.settled()
        cookies = "; ".join(f"{one['name']}={one['value']}" for one in own.context.cookies())
        own.switch_off()
        sizes = {url: sent(url, cookies) for url in asked if url.startswith(served.address)}
        first[language] = sum(size for url, size in sizes.items() if url in usable) / 1024
        day[language] = sum(sizes.values()) / 1024
        print(
            f"{language}: first {first[language]:.1f} KB in {len(usable)}, day {day[language]:.1f} KB", file=sys.stderr
        )
        for url, size in sorted(sizes.items(), key=lambda one: -one[1])[:12]:
            later = "" if url in usable else " (later)"
            print(f"{size / 1024:7.1f} KB {url.removeprefix(served.address)[:100]}{later}", file=sys.stderr)
    say("visit_first_load_kb", max(first.values()), "KB", len(first))
    say("visit_day_load_kb", max(day.values()), "KB", len(day))


def sent(url: str, cookies: str) -> int:
    """Bytes of an answer as it travels."""
    request = urllib.request.Request(url, headers={"Accept-Encoding": "br, gzip", "Cookie": cookies})
    with urllib.request.urlopen(request) as answer:
        body: bytes = answer.read()
        packed = answer.headers.get("Content-Encoding")
    kind = answer.headers.get_content_type()
    # A proxy packs what the product itself does not: what belongs to one person.
    return len(body) if packed or kind.startswith("image/png") else len(gzip.compress(body, 6))


def memory(own: Tablet, served: Served) -> None:
    """Open visit after visit, every page of each."""
    heaps: list[float] = []
    for _visit in range(VISITS):
        at = Inspector(own, served.hand_out())
        for part in ("workplace", "wages", "safety", "sanitation", "social_security", "punishment", "end"):
            at.open(part)
        own.open("/tablet/")
        own.ready("/tablet/")
        session = own.cdp()
        session.send("HeapProfiler.collectGarbage")
        session.send("Performance.enable")
        metrics: Any = session.send("Performance.getMetrics")["metrics"]
        heaps.append(next(one["value"] for one in metrics if one["name"] == "JSHeapUsedSize"))
        session.detach()
    say("visit_memory_ratio", heaps[-1] / heaps[1], "ratio", VISITS)


def main() -> None:
    """Measure."""
    with tempfile.TemporaryDirectory() as text, sync_playwright() as playwright:
        folder = Path(text)
        stage = Stage(folder, "bench")
        (folder / "served").mkdir()
        served = serve(stage, folder / "served")
        first_load(playwright, served, folder / "fresh")
        own = Tablet(playwright, served, folder / "own", LANDSCAPE)
        own.set_up()
        visit = served.hand_out()
        taps(own, visit)
        at = Inspector(own, served.hand_out())
        at.clean_visit()
        say("clean_visit_taps", at.taps, "taps", 1)
        memory(own, served)
        own.open("/tablet/")
        offline_opening(own, served, visit)
        own.switch_off()
        served.stop()


if __name__ == "__main__":
    main()
