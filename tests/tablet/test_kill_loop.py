"""An inspector enters, the browser is killed in the middle of it, again and again: what was called saved is there.

A few times every day, 200 times in the long run, on one profile that goes on; half of the time without a server.
"""

import json
import random
import time
from base64 import b64encode
from contextlib import nullcontext
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

import pytest

from tests.soak import SOAK
from tests.tablet.device import PIN, Tablet
from tests.tablet.served import Served
from tests.visits import photographs

pytestmark = [pytest.mark.browser, pytest.mark.soak]

TURNS = 200 if SOAK else 3
OF_A_VISIT = 10
"""Turns before the visit is compared with the server, and the next one begins."""

ITEMS = ("WAG01", "WAG02", "WAG03", "WAG04")
VERDICTS = ("compliant", "partial", "non_compliant", "not_looked_at")

BURST = """(app, { visit, taps, item, text, photo }) => {
  const { store } = app;
  const tell = (kind, what) => console.debug("told " + JSON.stringify([kind, what]));
  const append = store.appendAll.bind(store);
  store.appendAll = async (...given) => {
    const kept = await append(...given);
    for (const { id } of kept) tell("saved", id);
    return kept;
  };
  const save = store.saveDraft.bind(store);
  store.saveDraft = async (of, key, value) => {
    await save(of, key, value);
    tell("typed", value.value);
  };
  const bytes = Uint8Array.from(atob(photo), (letter) => letter.charCodeAt(0)).buffer;
  const note = document.querySelector(`textarea[name='${item}.note']`);
  const say = (kind) => note.dispatchEvent(new Event(kind, { bubbles: true }));
  setTimeout(async () => {
    const digest = new Uint8Array(await crypto.subtle.digest("SHA-256", bytes));
    const sha256 = [...digest].map((byte) => byte.toString(16).padStart(2, "0")).join("");
    for (const [step, [id, verdict]] of taps.entries()) {
      document.querySelector(`[id='${id}'] .ans.${verdict} input`).click();
      note.value = text.slice(0, step + 1);
      say("input");
      if (step % 20 === 19) say("change");
      if (step === 10) store.addPhoto(visit, { item, bytes, type: "image/jpeg", sha256 });
      await new Promise((done) => { setTimeout(done, 4) });
    }
  });
}"""
"""Taps and keystrokes, as fast as nobody is; what is durable is told as soon as the page may call it saved."""

PHOTOS = """async (app, visit) => Promise.all((await app.store.photos(visit)).map(async ({ id, sha256 }) => {
  const bytes = await app.store.photo(id);
  const digest = bytes && new Uint8Array(await crypto.subtle.digest("SHA-256", bytes));
  return [id, !bytes || [...digest].map((byte) => byte.toString(16).padStart(2, "0")).join("") === sha256];
}))"""
"""[id, whether its bytes are whole]"""

TROUBLES = "async (app) => (await app.store.meta('troubles')) ?? []"


@dataclass
class Loop:
    """One tablet on its way through many deaths."""

    one: Tablet
    served: Served
    visit: UUID = field(init=False)
    saved: set[str] = field(default_factory=set)
    all_saved: int = 0

    def begin(self) -> None:
        """Another visit, on the tablet and open."""
        self.visit = self.served.hand_out()
        self.saved = set()
        self.one.inside("(app) => app.sync.now()")
        self.open()

    def open(self) -> None:
        self.one.open(f"/tablet/visit/{self.visit}/wages")
        self.one.ready(f"/tablet/visit/{self.visit}/wages")

    def turn(self, number: int) -> None:
        """Enter, die, come back, and look."""
        chance = random.Random(number)
        text = f"Turn {number}: " + "".join(chance.choices("abc 工资拖欠", k=200))
        plan = {
            "visit": str(self.visit),
            "taps": [(chance.choice(ITEMS), chance.choice(VERDICTS)) for _ in range(150)],
            "item": chance.choice(ITEMS),
            "text": text,
            "photo": b64encode(photographs.written(photographs.scene((120, 90 + number % 50)), "JPEG")).decode(),
        }
        if number % 2:
            self.served.stop()
        told = self._burst(plan, chance.uniform(0, 0.3), begun=bool(number % 4))
        self.one.switch_on()
        self.one.go(f"/tablet/visit/{self.visit}/wages")
        self.one.page.locator("#pin, .note").first.wait_for()
        self.one.page.locator("#pin").press_sequentially(PIN)
        self.one.page.locator("#pin").press("Enter")
        self.one.ready(f"/tablet/visit/{self.visit}/wages")
        self._look(number, plan, told)
        self.served.start()

    def _burst(self, plan: dict[str, Any], seconds: float, begun: bool) -> list[tuple[str, str]]:
        """Enter, and die so many seconds later; ``begun``: counted from the second entry that is called saved."""
        heard: list[str] = []
        self.one.page.on("console", lambda message: heard.append(message.text))
        processes = self.one.processes()
        page = self.one.page

        def second(_last: Any) -> bool:
            return sum('told ["saved"' in text for text in heard) > 1

        with page.expect_console_message(second) if begun else nullcontext():
            self.one.inside(BURST, plan)
        time.sleep(seconds)
        self.one.kill(processes)
        return [tuple(json.loads(text[5:])) for text in heard if text.startswith("told ")]

    def _look(self, number: int, plan: dict[str, Any], told: list[tuple[str, str]]) -> None:
        kept = self.one.kept(self.visit)
        ids = [entry["id"] for entry in kept]
        self.saved |= {what for kind, what in told if kind == "saved"}
        self.all_saved += len([kind for kind, _what in told if kind == "saved"])
        assert self.saved <= set(ids), f"turn {number}: what was called saved is not there"
        assert len(ids) == len(set(ids)), f"turn {number}: twice"
        assert [entry["seq"] for entry in kept] == list(range(1, len(kept) + 1)), f"turn {number}: a gap"
        self.saved |= set(ids)  # it is shown as saved now
        typed = [what for kind, what in told if kind == "typed"]
        if typed:
            notes = [entry["value"] for entry in kept if (entry["item"], entry["field"]) == (plan["item"], "note")]
            assert notes[-1].startswith(typed[-1]), f"turn {number}: {notes[-1]!r}, typed was {typed[-1]!r}"
        announced = {entry["field"].removeprefix("photo:") for entry in kept if entry["field"].startswith("photo:")}
        photos = dict(self.one.inside(PHOTOS, str(self.visit)))
        assert set(photos) == announced and all(photos.values()), f"turn {number}: a photo"

    def compare(self) -> None:
        """Everything is sent; the server has what the tablet has, once."""
        self.one.settled()
        kept = self.one.kept(self.visit)
        assert self.saved == {entry["id"] for entry in kept}
        assert {entry["state"] for entry in kept} == {"server"}
        assert [str(event.id) for event in self.served.entries(self.visit)] == sorted(self.saved)


def test_tablet_12_whenever_the_browser_dies_what_was_called_saved_is_there_once_and_reaches_the_server(served, tablet):
    one = tablet()
    one.set_up()
    one.switch_off()  # the disk has the cookie
    one.switch_on()
    one.go("/tablet/")
    one.unlock()
    loop = Loop(one, served)
    for number in range(TURNS):
        if number % OF_A_VISIT == 0:
            loop.begin()
        loop.turn(number)
        if number % OF_A_VISIT == OF_A_VISIT - 1 or number == TURNS - 1:
            loop.compare()
            print(f"{number + 1} turns, {loop.all_saved} entries called saved before a death, none lost", flush=True)
            for trouble in one.inside(TROUBLES):
                print(f"  {trouble}", flush=True)
    assert loop.all_saved > TURNS, "it dies too early to prove anything"
