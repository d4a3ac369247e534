"""How the pages of a visit look, speak and are used without a finger. Numbers are those of the list of norms."""

import re
from collections.abc import Callable, Iterator

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page, expect

from tests.tablet.device import LANDSCAPE, PORTRAIT, Tablet
from tests.tablet.inspector import Inspector
from tests.tablet.served import Served

pytestmark = pytest.mark.browser
THEMES = ["light", "dark", "sunlight"]
PARTS = ["workplace", "safety", "end", "record"]


@pytest.fixture
def visit(own: Tablet, served: Served) -> Iterator[Callable[..., Inspector]]:
    """``visit()`` hands out a visit and gives the inspector who is there; the display is as usual afterwards."""
    yield lambda place=0, *who: Inspector(own, served.hand_out(place, *who))
    own.page.set_viewport_size({"width": LANDSCAPE[0], "height": LANDSCAPE[1]})
    own.page.evaluate("document.documentElement.removeAttribute('dir')")
    display(own.page)
    if own.page.locator("html").get_attribute("lang") != "en":
        own.page.locator(".bar button", has_text="English").click()


def display(page: Page, **chosen: str) -> None:
    """Choose how the screen looks, as the dialog does."""
    page.evaluate(
        """async (chosen) => {
          const display = await import(new URL("display.js", document.querySelector("script[type=module]").src));
          for (const [name, value] of Object.entries(chosen)) display.choose(name, value);
        }""",
        {"theme": "auto", "text": "normal", "hand": "right", "keys": "on", **chosen},
    )


def fill(at: Inspector) -> None:
    """Something of every kind on the page of an area."""
    at.open("safety")
    at.give("SAF01", "non_compliant")
    at.item("SAF01").locator(".facts-box .tick").first.click()
    at.write("SAF01", "note", "Exit 3 was chained.")
    at.give("SAF03", "not_looked_at")
    at.give("SAF04", "compliant")
    at.write("SAF04", "quantity.months-since-drill", "14")
    at.item("SAF04").locator(".how").click()
    at.item("SAF05").locator(".more").click()


@pytest.mark.parametrize("theme", THEMES)
def test_02_axe_finds_nothing_in_any_theme(visit, own, theme):
    at = visit()
    display(own.page, theme=theme)
    fill(at)
    own.page.wait_for_timeout(300)
    for part in PARTS:
        if part != "safety":
            at.open(part)
        found = Axe().run(own.page)
        assert found.violations_count == 0, f"{part} in {theme}:\n{found.generate_report()}"
    at.open("end")
    own.page.locator(".dock [data-keys]").click()
    found = Axe().run(own.page)
    own.page.keyboard.press("Escape")
    assert found.violations_count == 0, found.generate_report()


CONTRASTS = """() => {
  const part = (c) => { c /= 255; return c <= 0.03928 ? c / 12.92 : ((c + 0.055) / 1.055) ** 2.4; };
  const canvas = new OffscreenCanvas(1, 1).getContext("2d", { willReadFrequently: true });
  const rgb = (colour) => {
    canvas.clearRect(0, 0, 1, 1); canvas.fillStyle = colour; canvas.fillRect(0, 0, 1, 1);
    return canvas.getImageData(0, 0, 1, 1).data;
  };
  const light = ([r, g, b]) => 0.2126 * part(r) + 0.7152 * part(g) + 0.0722 * part(b);
  const ground = (one) => {
    for (let e = one; e; e = e.parentElement) {
      const colour = rgb(getComputedStyle(e).backgroundColor);
      if (colour[3] > 250) return colour;
    }
    return [255, 255, 255, 255];
  };
  return [...document.querySelectorAll("main *")].filter((e) => e.checkVisibility() && !e.closest(".vh, :disabled")
      && [...e.childNodes].some((n) => n.nodeType === 3 && n.data.trim()))
    .map((e) => [e.textContent.trim().slice(0, 40), light(rgb(getComputedStyle(e).color)), light(ground(e))])
    .map(([text, one, other]) => [text, (Math.max(one, other) + 0.05) / (Math.min(one, other) + 0.05)])
    .filter(([, ratio]) => ratio < 7);
}"""
"""Texts whose contrast with what they stand on is under 7:1."""


def test_02_in_sunlight_every_text_stands_out(visit, own):
    at = visit()
    display(own.page, theme="sunlight")
    fill(at)
    for part in PARTS:
        if part != "safety":
            at.open(part)
        assert own.measure(CONTRASTS) == [], part


def test_22_large_text_has_18_pixels_and_grows_with_everything(visit, own):
    at = visit()
    at.open("safety")
    size = "(one) => parseFloat(getComputedStyle(one).fontSize)"
    before = at.item("SAF01").locator(".ask").evaluate(size)
    display(own.page, text="large")
    assert own.page.locator("body").evaluate(size) == 18
    assert at.item("SAF01").locator(".ask").evaluate(size) == pytest.approx(before * 18 / 16)


@pytest.mark.parametrize("size", [(512, 384), (384, 512), PORTRAIT, (390, 844)], ids=str)
def test_22_nothing_is_cut_off_when_zoomed_to_twice_the_size_or_turned(visit, own, size):
    at = visit()
    display(own.page, text="large")
    own.page.set_viewport_size({"width": size[0], "height": size[1]})
    fill(at)
    for part in PARTS:
        if part != "safety":
            at.open(part)
        wide = own.page.evaluate("() => [document.documentElement.scrollWidth, innerWidth]")
        assert wide[0] <= wide[1], f"{part} is wider than the screen: {wide}"
    at.open("safety")
    at.give("SAF05", "partial")
    at.holds("SAF05", "verdict", "partial")
    field = at.field("SAF05", "note")
    field.focus()
    box = field.bounding_box()
    assert box["y"] >= 0 and box["y"] < size[1] - 60, "what is written in stands in view"


def test_22_the_left_hand_has_everything_on_the_left(visit, own):
    at = visit()
    page = at.open("safety")

    def left(where: str) -> float:
        return page.locator(where).first.bounding_box()["x"]

    right_handed = [left(".rail"), left("#SAF01 .tools"), left(".dock .primary")]
    display(page, hand="left")
    left_handed = [left(".rail"), left("#SAF01 .tools"), left(".dock .primary")]
    assert left_handed[0] > right_handed[0]
    assert left_handed[1] < right_handed[1]
    assert left_handed[2] < right_handed[2]


def test_22_nothing_waits_for_a_hovering_pointer(own):
    styles = own.page.evaluate(
        """() => [...document.styleSheets].flatMap((sheet) => [...sheet.cssRules]).map((rule) => rule.cssText)
          .filter((text) => /:hover[^{]*\\{[^}]*(display|visibility|opacity)/.test(text))"""
    )
    assert styles == []


def test_22_the_dialog_keeps_what_is_chosen_over_a_restart(visit, own):
    at = visit()
    page = at.open("wages")
    page.locator(".dock [data-keys]").click()
    page.get_by_label("Sunlight").check()
    page.get_by_label("Left-handed").check()
    expect(page.locator("html")).to_have_attribute("data-theme", "sunlight")
    page.keyboard.press("Escape")
    page.reload()
    at.tablet.unlock()
    expect(page.locator("html")).to_have_attribute("data-theme", "sunlight")
    expect(page.locator("html")).to_have_attribute("data-hand", "left")


def test_23_the_language_changes_in_the_middle_and_nothing_is_lost(visit, own):
    at = visit()
    page = at.open("safety")
    at.give("SAF03", "partial")
    at.field("SAF03", "note").focus()
    page.keyboard.type("Two extinguishers are empty")
    page.locator(".bar button", has_text="中文").click()
    expect(page.locator("html")).to_have_attribute("lang", "zh-Hans")
    expect(at.item("SAF03").locator(".ask")).to_contain_text("灭火器")
    expect(at.field("SAF03", "note")).to_have_value("Two extinguishers are empty")
    assert at.chosen("SAF03") == "partial"
    expect(at.item("SAF03")).to_be_in_viewport()
    assert re.search("[\u4e00-\u9fff]", at.field("SAF03", "action").input_value())
    assert at.value("SAF03", "action") is None, "what is recommended is no entry in any language"
    assert not re.search(r"\b(Compliant|Note|Photo|Next)\b", page.locator("main").inner_text())
    page.locator(".bar button", has_text="English").click()
    expect(page.locator("html")).to_have_attribute("lang", "en")
    at.holds("SAF03", "note", "Two extinguishers are empty")
    assert at.tablet.inside("(app) => app.ctx.state.conflicts.length") == 0


OUTSIDE = """() => [...document.querySelectorAll("body *")].filter((e) => {
  const { left, right, width } = e.getBoundingClientRect();
  const hidden = !e.checkVisibility() || e.closest(".vh, svg, [aria-hidden=true]"); // a sign is inside its button
  return width && !hidden && (left < -1 || right > innerWidth + 1);
}).map((e) => `${e.tagName}.${e.className}`)"""


BEGINS = """(e) => {
  const range = document.createRange();
  range.selectNodeContents(e);
  return e.previousElementSibling.getBoundingClientRect().left - range.getClientRects()[0].right;
}"""
"""How far to the left of its number a question begins."""


@pytest.mark.parametrize("size", [LANDSCAPE, PORTRAIT], ids=["landscape", "portrait"])
def test_23_from_right_to_left_everything_is_on_the_screen_and_answers_are_given(visit, own, size):
    own.page.set_viewport_size({"width": size[0], "height": size[1]})
    at = visit()
    fill(at)
    for part in PARTS:
        at.open(part)
        own.page.evaluate("document.documentElement.dir = 'rtl'")
        assert own.measure(OUTSIDE) == [], part
    at.open("wages")
    own.page.evaluate("document.documentElement.dir = 'rtl'")
    at.give("WAG01", "partial")
    at.holds("WAG01", "verdict", "partial")
    assert 0 <= at.item("WAG01").locator(".ask").evaluate(BEGINS) < 24


def test_28_a_visit_by_keyboard_alone(visit, own):
    at = visit()
    page = at.open("wages")
    press = page.keyboard.press
    press("j")
    expect(at.item("WAG01")).to_be_focused()
    press("1")
    at.holds("WAG01", "verdict", "compliant")
    press("j")
    expect(at.item("WAG02")).to_be_focused()
    press("3")
    at.holds("WAG02", "verdict", "non_compliant")
    press("n")
    expect(at.field("WAG02", "note")).to_be_focused()
    page.keyboard.type("Paid 3 weeks late")
    press("Control+Enter")
    at.holds("WAG02", "note", "Paid 3 weeks late")
    assert at.value("WAG02", "verdict") == "non_compliant", "digits in a text are no answers"
    expect(at.item("WAG03")).to_be_focused()
    press("k")
    press("k")
    expect(at.item("WAG01")).to_be_focused()
    press("Control+Enter")
    expect(at.item("WAG02")).to_be_focused()  # how it is known is still missing
    press("?")
    expect(page.locator("dialog.help")).to_be_visible()
    press("5")
    press("Escape")
    assert at.value("WAG02", "verdict") == "non_compliant"
    at.item("WAG03").locator("input[value=compliant]").focus()
    press("Space")
    at.holds("WAG03", "verdict", "compliant")
    press("ArrowRight")
    at.holds("WAG03", "verdict", "partial")


def test_28_single_keys_can_be_switched_off(visit, own):
    at = visit()
    page = at.open("wages")
    display(page, keys="off")
    at.item("WAG01").focus()
    page.keyboard.press("1")
    page.wait_for_timeout(200)
    assert at.value("WAG01", "verdict") is None


def test_28_each_item_is_a_group_with_its_question_and_saving_is_said(visit, own):
    at = visit()
    page = at.open("wages")
    question = (at.item("WAG01").locator(".ask").text_content() or "").strip()  # also while the row is not laid out
    assert question
    group = page.get_by_role("group", name=re.compile(re.escape(question[:40])))
    expect(group).to_be_visible()
    expect(group.get_by_role("radio")).to_have_count(6)
    at.give("WAG01", "compliant")
    said = page.locator("p[role=status][aria-live=polite]")
    expect(said).to_have_text("WAG01: Compliant. Saved on tablet.")
    unnamed = at.tablet.measure(
        """() => [...document.querySelectorAll("main :is(input, textarea, select, button)")]
          .filter((one) => one.checkVisibility() && !one.labels?.length)
          .filter((one) => !one.getAttribute("aria-label") && !one.textContent.trim())
          .map((one) => one.outerHTML.slice(0, 120))"""
    )
    assert unnamed == []
