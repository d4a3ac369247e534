"""How a visit ends on the tablet. Numbers are those of the list of norms for a tablet."""

from collections.abc import Callable
from typing import Any

import pytest
from playwright.sync_api import expect

from tests.tablet.device import Tablet
from tests.tablet.inspector import Inspector
from tests.tablet.served import Served

pytestmark = pytest.mark.browser


@pytest.fixture
def visit(own: Tablet, served: Served) -> Callable[..., Inspector]:
    """``visit()`` hands out a visit and gives the inspector who is there."""
    return lambda place=0, *who: Inspector(own, served.hand_out(place, *who))


ALL_IN_ORDER = """async (app) => {
  const { isAsked, itemsOf } = await import(new URL("rules.js", document.querySelector("script[type=module]").src));
  const { ctx } = app;
  for (let open = [1]; open.length;) {
    open = itemsOf(ctx.checklist).filter((item) => isAsked(item, ctx.state) && !ctx.state.answers[item.id]?.verdict);
    await ctx.answers(open.map((item) => ({ item: item.id, field: "verdict", value: "compliant" })));
  }
  await ctx.answers([{ item: "@profile", field: "checked", value: true }]);
}"""
"""Everything answered, without a page: for tests of what comes after."""


def missing(at: Inspector) -> list[str]:
    script = (
        "() => [...document.querySelectorAll('[data-missing] a')].map((one) => one.innerText.replace(/\\s+/g, ' '))"
    )
    found: list[str] = at.page.evaluate(script)
    return found


def test_08_what_is_flagged_stands_together_before_the_signature(visit):
    at = visit()
    at.open("safety")
    at.give("SAF01", "non_compliant")
    at.item("SAF01").locator(".facts-box .tick").first.click()
    at.write("SAF01", "note", "Exit 3 was chained.")
    at.give("SAF03", "unable_to_verify")
    at.write("SAF03", "reason", "No register of extinguishers")
    at.give("SAF04", "compliant")
    page = at.open("end")
    lines = page.locator("[data-flag-list] > li")
    expect(lines).to_have_count(2)
    expect(lines.nth(0)).to_contain_text("SAF01")
    expect(lines.nth(0)).to_contain_text("Exit 3 was chained.")
    expect(lines.nth(0)).to_contain_text("An exit that people need is locked")
    expect(lines.nth(0)).to_contain_text("Critical")
    expect(lines.nth(1)).to_contain_text("No register of extinguishers")
    first, signature = lines.nth(0).bounding_box(), page.locator("[data-strokes]").first.bounding_box()
    assert first["y"] < signature["y"]
    lines.nth(1).locator("a").click()
    at.tablet.ready(f"/tablet/visit/{at.visit}/safety")
    expect(at.item("SAF03")).to_be_in_viewport()


def test_09_what_is_missing_is_listed_each_a_link_and_nothing_typed_is_lost(visit):
    at = visit()
    page = at.open("end")
    page.fill("[name='closing.remark']", "We will repair it")
    lines = missing(at)
    assert lines[0].startswith("Workplace")
    assert sum("Not answered yet" in line for line in lines) == 55
    assert page.locator("[data-seal]").is_disabled()
    page.locator("[data-missing] a", has_text="SAN05").or_(
        page.locator("[data-missing] a", has_text="SAN03")
    ).first.click()
    at.tablet.ready(f"/tablet/visit/{at.visit}/sanitation")
    page = at.open("end")
    expect(page.locator("[name='closing.remark']")).to_have_value("We will repair it")
    at.tablet.inside(ALL_IN_ORDER)
    at.wait(lambda: len(missing(at)) == 3)
    assert all(line.startswith("Summary") for line in missing(at))


def test_10_both_sides_sign_and_the_record_shows_no_answer(visit):
    at = visit()
    at.open("safety")
    at.give("SAF01", "non_compliant")
    at.item("SAF01").locator(".facts-box .tick").first.click()
    at.write("SAF01", "note", "A secret note")
    page = at.open("end")
    page.locator("[data-hand-over]").click()
    at.tablet.ready(f"/tablet/visit/{at.visit}/record")
    paper = page.locator(".paper")
    page.locator("[data-language=en]").click()
    expect(paper).to_contain_text("An exit that people need is locked")
    expect(paper).to_contain_text("it is not agreement with any result")
    for never in ("secret", "Not compliant", "flagged", "SAF01", "answered"):
        assert never not in page.locator("body").inner_text(), never
    at.sign(page.locator("canvas"))
    at.holds("@closing", "representative_signature", "signed")
    page.fill("[name='closing.representative_name']", "Zhang Wei")
    page.fill("[name='closing.remark']", "The chain is off since noon.")
    page.locator("[name='closing.remark']").blur()
    expect(paper.locator("[data-drawn-by=representative_strokes] svg")).to_be_visible()
    expect(paper).to_contain_text("The chain is off since noon.")

    page.locator("[data-hand-back]").click()
    expect(page.locator("#pin")).to_be_attached()
    assert "secret" not in page.locator("body").inner_text()
    at.tablet.unlock()
    at.tablet.ready(f"/tablet/visit/{at.visit}/end")
    expect(page.locator("[name='closing.representative_name']")).to_have_value("Zhang Wei")
    at.sign(page.locator("[data-strokes=inspector_strokes] canvas"))
    at.holds("@closing", "inspector_signature", "signed")
    assert at.value("@closing", "inspector_name") == "Inspector One"
    assert at.value("@closing", "visited_on")
    page.locator("[data-strokes=inspector_strokes] [data-clear]").click()
    at.holds("@closing", "inspector_strokes", None)
    at.undo()
    at.wait(lambda: bool(at.value("@closing", "inspector_strokes")))


def test_10_whoever_leaves_the_record_by_the_back_button_needs_the_pin(visit):
    at = visit()
    page = at.open("end")
    page.locator("[data-hand-over]").click()
    at.tablet.ready(f"/tablet/visit/{at.visit}/record")
    page.go_back()
    expect(page.locator("#pin")).to_be_attached()
    at.tablet.unlock()


def test_10_nobody_signs_and_a_witness_says_so(visit):
    at = visit()
    page = at.open("end")
    at.tablet.inside(ALL_IN_ORDER)
    sign = page.locator("[name='closing.representative_signature']")
    assert not page.locator("[name='closing.witness']").is_visible()
    sign.nth(2).click()
    at.holds("@closing", "representative_signature", "absent")
    expect(page.locator("[name='closing.witness']")).to_be_visible()
    assert any("witness" in line for line in missing(at))
    page.fill("[name='closing.witness']", "Wang Fang")
    page.locator("[name='closing.witness']").blur()
    at.wait(lambda: not any("witness" in line for line in missing(at)))
    sign.nth(1).click()
    at.holds("@closing", "representative_signature", "refused")
    at.wait(lambda: not any("representative" in line for line in missing(at)))


def test_10_a_visit_that_ended_at_the_gate_asks_for_what_happened_and_for_no_answer(visit):
    at = visit()
    page = at.open("end")
    page.locator("[name='closing.outcome'][value=refused]").click()
    at.holds("@closing", "outcome", "refused")
    assert missing(at)[0] == "Summary What happened is missing"
    assert not page.locator("[name='closing.representative_name']").is_visible()
    page.fill("[name='closing.outcome_reason']", "Gate shut; the guard called the owner: no entry.")
    page.locator("[name='closing.outcome_reason']").blur()
    page.check("[name='closing.inspector_signature']")
    at.wait(lambda: missing(at) == [])
    expect(page.locator("[data-seal]")).to_be_enabled()
    at.undo() if page.locator(".undo").is_visible() else None


def test_26_a_clean_visit_takes_at_most_150_taps_without_any_shortcut(visit, served):
    at = visit()
    at.clean_visit()
    page = at.page
    answered = [e for e in at.tablet.kept(at.visit) if e["field"] == "verdict"]
    assert len(answered) == len({e["item"] for e in answered}) >= 55
    assert at.taps <= 150, at.taps

    def sealed(actor: Any) -> str:
        from compliance.visits import store

        return store.get(actor, at.visit).state.value

    assert served.as_("reviewer", sealed) == "sealed"
    assert page.locator("[data-seal]").is_disabled()
    at.open("wages")
    assert page.locator("fieldset.q").first.evaluate("one => one.disabled")
