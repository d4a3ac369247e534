"""What an inspector does with a finger on the pages of a visit."""

from collections.abc import Callable
from typing import Any
from uuid import UUID

from playwright.sync_api import Locator, Page, expect

from tests.tablet.device import Tablet


class Inspector:
    """One visit, open on one tablet."""

    def __init__(self, tablet: Tablet, visit: UUID) -> None:
        self.tablet, self.visit = tablet, visit
        self.taps = 0
        tablet.inside("(app) => app.sync.now()")
        wait = "async (app, visit) => Boolean(await app.store.pack(visit))"
        assert tablet.inside(wait, str(visit)), "the visit has not come to the tablet"

    @property
    def page(self) -> Page:
        """The open page."""
        return self.tablet.page

    def open(self, part: str) -> Page:
        """Open a part of the visit."""
        self.tablet.open(f"/tablet/visit/{self.visit}/{part}")
        self.tablet.ready(f"/tablet/visit/{self.visit}/{part.split('#')[0]}")
        return self.page

    def item(self, id: str) -> Locator:
        """The row of an item."""
        return self.page.locator(f"[id='{id}']")

    def tap(self, where: Locator) -> None:
        """One tap."""
        where.click()
        self.taps += 1

    def give(self, id: str, verdict: str) -> None:
        """Tap an answer."""
        self.tap(self.item(id).locator(f".ans.{verdict}"))

    def chosen(self, id: str) -> str | None:
        """The answer that is shown as chosen."""
        chosen = self.item(id).locator("input[name$='.verdict']:checked")
        return chosen.get_attribute("value") if chosen.count() else None

    def field(self, id: str, name: str) -> Locator:
        """A field of an item."""
        return self.item(id).locator(f"[name='{id}.{name}']")

    def write(self, id: str, name: str, text: str) -> None:
        """Type into a field and leave it."""
        self.field(id, name).fill(text)
        self.field(id, name).blur()

    def undo(self) -> None:
        """Tap the bar that offers to take back."""
        self.page.locator(".undo button").click()

    def value(self, item: str, field: str) -> Any:
        """What stands in a field, by the tablet's own reckoning."""
        script = """async (app, [visit, item, field]) => {
            const { valueOf } = await import(new URL("rules.js", document.querySelector("script[type=module]").src));
            return valueOf(app.ctx.state, item, field);
        }"""
        return self.tablet.inside(script, [str(self.visit), item, field])

    def holds(self, item: str, field: str, value: Any) -> None:
        """Wait until a field holds a value."""
        end = 60
        while (found := self.value(item, field)) != value:
            end -= 1
            assert end, f"{item} {field}: {found!r} instead of {value!r}"
            self.page.wait_for_timeout(50)

    def wait(self, true: Callable[[], bool]) -> None:
        """Wait for something on the page."""
        for _ in range(100):
            if true():
                return
            self.page.wait_for_timeout(50)
        raise AssertionError("it did not happen")

    def sign(self, canvas: Locator) -> None:
        """Draw a signature."""
        canvas.scroll_into_view_if_needed()
        box = canvas.bounding_box()
        assert box
        mouse = self.page.mouse
        x, y = box["x"] + 40, box["y"] + box["height"] / 2
        mouse.move(x, y)
        mouse.down()
        for step in range(1, 25):
            mouse.move(x + step * 7, y + (18 if step % 4 < 2 else -18))
        mouse.up()
        self.taps += 1

    def counts(self, id: str, name: str) -> str:
        """The number on a button of an item."""
        return self.item(id).locator(f"[data-n={name}]").inner_text()

    def says(self, text: str) -> None:
        """Wait until the bar that offers to take back says something."""
        expect(self.page.locator(".undo")).to_contain_text(text)

    def clean_visit(self) -> None:
        """A visit without a finding, tapped through without any shortcut, until it is sealed on the server."""
        page = self.open("workplace")
        self.tap(page.locator("[name='profile.checked']"))
        for area in ("wages", "safety", "sanitation", "social_security", "punishment"):
            self.tap(page.locator(f"[data-nav={area}]"))
            self.tablet.ready(f"/tablet/visit/{self.visit}/{area}")
            # An answer may open another item of the area.
            while (open := page.locator("li.item:visible:not(:has([name$='.verdict']:checked))")).count():
                self.tap(open.first.locator(".ans.compliant"))
        self.tap(page.locator("[data-nav=end]"))
        self.tablet.ready(f"/tablet/visit/{self.visit}/end")
        self.tap(page.locator("[data-hand-over]"))
        self.tablet.ready(f"/tablet/visit/{self.visit}/record")
        self.sign(page.locator("canvas"))
        self.tap(page.locator("[name='closing.representative_name']"))
        page.keyboard.type("Zhang Wei")
        self.tap(page.locator("[data-hand-back]"))
        self.tablet.unlock()
        self.taps += 7
        self.tablet.ready(f"/tablet/visit/{self.visit}/end")
        self.sign(page.locator("[data-strokes=inspector_strokes] canvas"))
        self.wait(lambda: page.locator("[data-missing] a").count() == 0)
        expect(page.locator("[data-seal]")).to_be_enabled()
        self.tap(page.locator("[data-seal]"))
        expect(page.locator("[data-slot=wish]")).to_contain_text("Sealed", timeout=20000)
