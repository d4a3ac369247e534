"""One area of the checklist under a finger. Numbers are those of the list of norms for a tablet."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from playwright.sync_api import expect

from compliance.casework import release
from compliance.checklists.rules import Verdict
from compliance.shared import clock
from tests.casework import made
from tests.tablet.device import LANDSCAPE, PORTRAIT, Tablet
from tests.tablet.inspector import Inspector
from tests.tablet.served import Served

pytestmark = pytest.mark.browser


@pytest.fixture
def visit(own: Tablet, served: Served) -> Callable[..., Inspector]:
    """``visit()`` hands out a visit and gives the inspector who is there."""
    return lambda place=0, *who: Inspector(own, served.hand_out(place, *who))


SMALL = """(root) => [...document.querySelectorAll(root)].flatMap((top) => [...top.querySelectorAll(
    "a[href], button, input, select, textarea, summary, [tabindex='0']")])
  .filter((one) => one.checkVisibility({ visibilityProperty: true }) && !one.closest("[hidden], .vh"))
  .map((one) => [one, one.matches("[type=checkbox], [type=radio], [type=file]") ? one.closest("label") : one])
  .map(([one, target]) => [one.name || one.id || one.className, target.getBoundingClientRect()])
  .filter(([, box]) => box.width < 47.95 || box.height < 47.95)
  .map(([name, box]) => [name, box.width, box.height])"""
"""What can be tapped and is smaller than a finger: [name, width, height]."""


@pytest.mark.parametrize("size", [LANDSCAPE, PORTRAIT, (390, 844)])
def test_01_nothing_is_smaller_than_a_finger_and_answers_stand_apart(visit, own, size):
    at = visit()
    own.page.set_viewport_size({"width": size[0], "height": size[1]})
    for part in ("workplace", "safety", "end", "record"):
        at.open(part)
        if part == "safety":
            at.give("SAF01", "non_compliant")
            at.give("SAF03", "not_applicable")
            for tool in ("more", "how"):
                at.item("SAF04").locator(f".{tool}").click()
        assert own.measure(SMALL, "body") == [], part
    at.open("safety")
    for id in ("SAF01", "SAF05"):
        boxes = [one.bounding_box() for one in at.item(id).locator(".answers .ans").all()]
        assert len(boxes) == 6
        assert all(box["height"] >= 56 for box in boxes)
        for one in boxes:
            for other in boxes:
                if one != other and abs(one["y"] - other["y"]) < 8 and one["x"] < other["x"]:
                    assert other["x"] - one["x"] - one["width"] >= 7.9
    own.page.set_viewport_size({"width": LANDSCAPE[0], "height": LANDSCAPE[1]})


def test_01_the_whole_button_takes_the_tap(visit):
    at = visit()
    at.open("wages")
    box = at.item("WAG01").locator(".ans.partial").bounding_box()
    at.page.mouse.click(box["x"] + 3, box["y"] + 3)
    at.holds("WAG01", "verdict", "partial")
    at.page.mouse.click(box["x"] + box["width"] - 3, box["y"] + box["height"] - 3)
    at.holds("WAG01", "verdict", None)


def test_02_each_answer_has_a_colour_a_sign_and_a_word(visit):
    at = visit()
    at.open("wages")
    answers = at.item("WAG01").locator(".ans")
    signs = {answers.nth(n).locator("use").get_attribute("href") for n in range(6)}
    words = {answers.nth(n).inner_text().strip() for n in range(6)}
    colours = {answers.nth(n).locator("> span").evaluate("e => getComputedStyle(e).color") for n in range(6)}
    assert len(signs) == len(words) == len(colours) == 6
    assert all(words)


def test_03_tap_again_clears(visit):
    at = visit()
    at.open("wages")
    at.give("WAG01", "compliant")
    at.holds("WAG01", "verdict", "compliant")
    assert at.chosen("WAG01") == "compliant"
    at.give("WAG01", "compliant")
    at.holds("WAG01", "verdict", None)
    assert at.chosen("WAG01") is None
    kept = [(e["field"], e["value"], len(e["replaces"])) for e in at.tablet.kept(at.visit)]
    assert kept == [("verdict", "compliant", 0), ("verdict", None, 1)]


@pytest.mark.parametrize("verdict", ["not_applicable", "not_looked_at", "unable_to_verify"])
def test_03_what_was_not_judged_asks_for_its_reason(visit, verdict):
    at = visit()
    at.open("wages")
    reason = at.field("WAG01", "reason")
    assert not reason.is_visible()
    at.give("WAG01", verdict)
    expect(reason).to_be_visible()
    expect(at.item("WAG01").locator("[data-slot=lacks]")).to_contain_text("The reason is missing")
    at.write("WAG01", "reason", "No such work here")
    at.holds("WAG01", "reason", "No such work here")
    expect(at.item("WAG01").locator("[data-slot=lacks]")).to_be_hidden()


def test_03_not_looked_at_is_something_else_than_does_not_apply(visit):
    at = visit()
    at.open("wages")
    at.give("WAG01", "not_looked_at")
    at.holds("WAG01", "verdict", "not_looked_at")
    at.give("WAG01", "not_applicable")
    at.holds("WAG01", "verdict", "not_applicable")


def test_04_notes_and_actions_stand_at_the_item_and_are_counted(visit):
    at = visit()
    page = at.open("wages")
    address = page.url
    at.item("WAG01").locator(".more").click()
    at.write("WAG01", "note", "Payslips on the phone")
    at.write("WAG01", "good", "Paid two days early")
    at.wait(lambda: at.counts("WAG01", "note") == "2")
    at.give("WAG01", "partial")
    at.wait(lambda: at.counts("WAG01", "action") == "1")
    assert page.url.split("#")[0] == address.split("#")[0]
    at.open("safety")
    at.open("wages")
    assert (at.counts("WAG01", "note"), at.counts("WAG01", "action")) == ("2", "1")
    expect(at.field("WAG01", "note")).to_have_value("Payslips on the phone")


def test_05_a_bad_answer_opens_what_the_law_asks_with_what_is_recommended(visit, served):
    at = visit()
    at.open("safety")
    for name in ("note", "action", "due_days", "workers", "severity"):
        assert not at.field("SAF03", name).first.is_visible()
    at.give("SAF03", "non_compliant")
    rules = at.tablet.inside("(app) => app.ctx.checklist.areas[1].items.find((item) => item.id === 'SAF03')")
    assert rules["action"].startswith("Please")
    expect(at.field("SAF03", "action")).to_have_value(rules["action"])
    expect(at.field("SAF03", "due_days")).to_have_value(str(rules["days"]))
    expect(at.item("SAF03").locator(".prompt")).to_contain_text("Ask for:")
    usual = at.item("SAF03").locator(".severity .pill:visible", has_text="usual")
    assert usual.locator("input").is_checked()
    assert [e["field"] for e in at.tablet.kept(at.visit)] == ["verdict"], "what is recommended is no entry"

    at.write("SAF03", "due_days", "7")
    at.write("SAF03", "action", "Replace all of them.")
    at.item("SAF03").locator(".severity .pill.critical").click()
    at.holds("SAF03", "due_days", 7)
    at.holds("SAF03", "action", "Replace all of them.")
    at.holds("SAF03", "severity", "critical")
    at.item("SAF03").locator("[data-recommended]").click()
    at.holds("SAF03", "action", None)
    at.holds("SAF03", "due_days", None)
    expect(at.field("SAF03", "action")).to_have_value(rules["action"])


def test_05_numbers_show_the_norm_and_suggest_the_answer_and_the_inspector_decides(visit):
    at = visit()
    at.open("sanitation")
    row = at.item("SAN02")
    expect(row.locator(".norm")).to_contain_text("one seat for 25 men")
    at.write("SAN02", "quantity.men-largest-shift", "60")
    expect(row.locator("[data-slot=suggested]")).to_contain_text("Seats needed: 3 for men.")
    for name, number in (("women-largest-shift", "30"), ("seats-men", "2"), ("seats-women", "2")):
        at.write("SAN02", f"quantity.{name}", number)
    expect(row.locator("[data-slot=suggested]")).to_contain_text("Suggested: Partly. Men: 2 of 3 seats needed for 60")
    assert at.chosen("SAN02") is None
    row.locator("[data-take]").click()
    at.holds("SAN02", "verdict", "partial")
    expect(row.locator("[data-take]")).to_be_hidden()
    at.give("SAN02", "compliant")
    at.holds("SAN02", "verdict", "compliant")
    at.open("wages")
    expect(at.item("WAG08").locator(".norm")).to_contain_text("at most 6 days")
    at.write("WAG08", "quantity.longest-run", "13")
    expect(at.item("WAG08").locator("[data-slot=suggested]")).to_contain_text("13 is above the limit of 6.")
    expect(at.item("WAG07").locator(".norm")).to_contain_text("at most 36 hours")


def test_05_a_number_that_cannot_be_is_marked_and_stays(visit):
    at = visit()
    at.open("wages")
    at.write("WAG08", "quantity.longest-run", "4000")
    expect(at.item("WAG08").locator(".error")).to_contain_text("from 0 to 366")
    at.open("safety")
    at.open("wages")
    expect(at.field("WAG08", "quantity.longest-run")).to_have_value("4000")
    expect(at.item("WAG08").locator(".error")).to_be_visible()
    assert at.tablet.kept(at.visit) == []
    at.write("WAG08", "quantity.longest-run", "６")
    at.holds("WAG08", "quantity:longest-run", "6")
    expect(at.item("WAG08").locator(".error")).to_have_count(0)


def test_06_the_rail_says_how_far_each_area_is_and_next_finds_what_is_open(visit):
    at = visit()
    page = at.open("punishment")
    tab = page.locator("[data-nav=punishment]")
    expect(tab.locator("[data-count]")).to_have_text("0 of 14")
    expect(tab).to_have_attribute("aria-current", "page")
    ids = [row.get_attribute("id") for row in page.locator("li.item:visible").all()]
    for id in ids[:-1]:
        at.give(id, "compliant")
    expect(tab.locator("[data-count]")).to_have_text("13 of 14")
    at.give(ids[0], "partial")
    expect(tab.locator("[data-lacks]")).to_be_visible()
    expect(tab.locator("[data-flags]")).to_have_text("1 flagged")
    at.give(ids[0], "compliant")
    page.locator("[data-next]").click()
    expect(at.item(ids[-1])).to_be_focused()
    at.give(ids[-1], "compliant")
    expect(tab.locator("[data-done]")).to_be_visible()
    expect(tab.locator("[data-number]")).to_be_hidden()
    page.locator("[data-next]").click()
    at.tablet.ready(f"/tablet/visit/{at.visit}/wages")
    expect(at.item("WAG01")).to_be_in_viewport()


def test_06_what_an_answer_opens_appears_and_what_the_workplace_rules_out_says_why(visit):
    at = visit()
    page = at.open("wages")
    assert not at.item("WAG11").is_visible()
    page.locator(".closed summary").click()
    expect(page.locator("[data-closed=WAG11]")).to_contain_text("pays piece rates")
    at.open("workplace")
    page.check("[name='profile.piece_work']")
    expect(page.locator("[data-slot=changes]")).to_contain_text("WAG11")
    at.open("wages")
    expect(at.item("WAG11")).to_be_visible()


def test_07_the_rest_in_order_fills_only_what_is_untouched_and_no_red_flag(visit):
    at = visit()
    page = at.open("safety")
    at.give("SAF03", "partial")
    at.item("SAF04").locator(".more").click()
    at.write("SAF04", "note", "Drill seen")
    at.holds("SAF04", "note", "Drill seen")
    page.locator("[data-rest]").click()
    at.says("Marked as seen and in order")
    filled = [e for e in at.tablet.kept(at.visit) if e["bulk"]]
    assert filled and all(e["value"] == "compliant" for e in filled)
    items = at.tablet.inside("(app) => app.ctx.checklist.areas[1].items")
    flags = {i["id"] for i in items if i["severity"] == "critical" or any(f["zero_tolerance"] for f in i["facts"])}
    assert flags & {row.get_attribute("id") for row in page.locator("li.item:visible").all()}
    assert not {e["item"] for e in filled} & (flags | {"SAF03", "SAF04"})
    expect(page.locator("[data-rest]")).to_be_hidden()
    expect(at.item(filled[0]["item"]).locator("[data-slot=bulk]")).to_be_visible()

    at.undo()
    at.holds(filled[0]["item"], "verdict", None)
    expect(page.locator("[data-rest]")).to_be_visible()
    at.give(filled[0]["item"], "compliant")
    expect(at.item(filled[0]["item"]).locator("[data-slot=bulk]")).to_be_hidden()


def test_11_taps_that_follow_each_other_at_once_are_all_kept_and_none_flickers(visit):
    at = visit()
    page = at.open("punishment")
    said = page.evaluate(
        """() => { const rows = [...document.querySelectorAll("li.item:not([hidden])")];
          for (const row of rows) row.querySelector(".ans.compliant input").click();
          return new Promise((done) => setTimeout(() => done(
            rows.map((row) => row.querySelector("[name$='.verdict']:checked")?.value)), 0)); }"""
    )
    assert said == ["compliant"] * 14
    at.wait(lambda: len(at.tablet.kept(at.visit)) == 14)
    assert [at.chosen(f"PUN{n:02}") for n in range(1, 15)] == said


def test_11_a_tap_twice_at_once_is_an_answer_taken_back(visit):
    at = visit()
    page = at.open("wages")
    page.evaluate("() => { const one = document.getElementById('WAG01.verdict'); one.click(); one.click(); }")
    at.wait(lambda: len(at.tablet.kept(at.visit)) == 2)
    assert [(e["value"], len(e["replaces"])) for e in at.tablet.kept(at.visit)] == [("compliant", 0), (None, 1)]
    assert at.chosen("WAG01") is None


def test_12_what_is_typed_in_several_goes_is_one_text_and_no_quarrel(visit):
    at = visit()
    page = at.open("wages")
    at.item("WAG01").locator(".more").click()
    note = at.field("WAG01", "note")
    note.focus()
    for piece in ("Three ", "months ", "late."):
        page.keyboard.type(piece, delay=5)
        page.wait_for_timeout(601)
    at.holds("WAG01", "note", "Three months late.")
    entries = at.tablet.kept(at.visit)
    assert [len(e["replaces"]) for e in entries] == [0] + [1] * (len(entries) - 1)
    assert at.tablet.inside("(app) => app.ctx.state.conflicts.length") == 0
    note.blur()
    assert at.tablet.inside("(app, visit) => app.store.drafts(visit)", str(at.visit)) == []


def test_16_what_somebody_else_enters_while_one_types_is_kept_beside_it(visit, served):
    at = visit(0, "inspector", "inspector2")
    page = at.open("wages")
    at.item("WAG01").locator(".more").click()
    at.field("WAG01", "note").focus()
    page.keyboard.type("of one")
    served.as_("inspector2", lambda actor: _note(actor, at.visit, "of two"))
    at.tablet.inside("(app) => app.sync.now()")
    page.keyboard.type(", going on")
    at.field("WAG01", "note").blur()
    # However slow the tablet was in between: going on writing settles nothing.
    picks = at.item("WAG01").locator(".pick")
    for text in ("“of one, going on”", "“of two”"):
        expect(picks.filter(has_text=text)).to_have_count(1)
    expect(picks).to_have_count(2)


def _note(actor: Any, visit: Any, text: str) -> None:
    from compliance.visits import store
    from compliance.visits.rules import Source

    row = store.get(actor, visit)
    store.record(actor, row, {("WAG01", "note"): text}, seen=frozenset(), source=Source.form)


def _quarrel(visit: Any, served: Any) -> Any:
    """Two inspectors wrote different notes under one item; the first one's tablet has heard of it."""
    at = visit(0, "inspector", "inspector2")
    at.open("wages")
    at.item("WAG01").locator(".more").click()
    at.write("WAG01", "note", "of one")
    at.holds("WAG01", "note", "of one")
    at.tablet.settled()
    served.as_("inspector2", lambda actor: _note(actor, at.visit, "of two"))
    at.tablet.inside("(app) => app.sync.now()")
    expect(at.item("WAG01").locator(".pick")).to_have_count(2)
    return at


def test_16_writing_on_in_a_field_that_two_entries_quarrel_about_settles_nothing(visit, served):
    at = _quarrel(visit, served)
    at.write("WAG01", "note", "of one, going on")
    expect(at.item("WAG01").locator(".pick", has_text="of one, going on")).to_have_count(1)
    expect(at.item("WAG01").locator(".pick")).to_have_count(2)
    at.item("WAG01").locator(".pick", has_text="of two").click()
    at.holds("WAG01", "note", "of two")
    expect(at.item("WAG01").locator(".pick")).to_have_count(0)


def test_16_picking_settles_what_was_still_being_typed_too(visit, served):
    at = _quarrel(visit, served)
    # A tap on the other entry leaves the field: both happen before anything of it is on the disk.
    at.page.evaluate("""() => {
        const field = document.querySelector("[name='WAG01.note']");
        field.focus();
        field.value = "of one, going on";
        field.dispatchEvent(new InputEvent("input", { bubbles: true }));
        field.blur();
        [...document.querySelectorAll("#WAG01 .pick")].find((one) => one.innerText.includes("of two")).click();
    }""")
    expect(at.item("WAG01").locator(".pick")).to_have_count(0)
    at.holds("WAG01", "note", "of two")
    at.undo()
    expect(at.item("WAG01").locator(".pick", has_text="of one, going on")).to_have_count(1)
    expect(at.item("WAG01").locator(".pick", has_text="of two")).to_have_count(1)


def test_one_arrives_at_the_item_of_an_address_however_tall_the_rows_before_it_are(visit):
    at = visit()
    page = at.open("wages")
    at.tablet.inside(
        """(app, items) => app.ctx.answers(
            items.map((item) => ({ item, field: "verdict", value: "non_compliant" })))""",
        [f"SAF0{n}" for n in range(1, 10)],
    )
    for item in ("SAF08", "SAF03", "SAF06"):
        at.open(f"safety#{item}")
        expect(at.item(item).locator(".ask")).to_be_in_viewport()
        page.wait_for_timeout(300)
        expect(at.item(item).locator(".ask")).to_be_in_viewport()
        at.open("wages")


def test_16_two_entries_stand_beside_each_other_until_one_is_picked(visit, served):
    at = visit(0, "inspector", "inspector2")
    page = at.open("wages")
    at.give("WAG01", "compliant")
    at.holds("WAG01", "verdict", "compliant")
    at.tablet.settled()

    def other(actor: Any) -> None:
        from compliance.visits import store
        from compliance.visits.rules import Source

        row = store.get(actor, at.visit)
        store.record(actor, row, {("WAG01", "verdict"): "non_compliant"}, seen=frozenset(), source=Source.form)

    served.as_("inspector2", other)
    at.tablet.inside("(app) => app.sync.now()")
    conflict = at.item("WAG01").locator(".conflict")
    expect(conflict.locator(".pick")).to_have_count(2)
    expect(conflict).to_contain_text("Inspector2 One")
    assert at.chosen("WAG01") == "non_compliant", "the graver is shown"
    expect(page.locator("[data-nav=wages] [data-lacks]")).to_be_visible()
    conflict.locator(".pick", has_text="Compliant").first.click()
    at.holds("WAG01", "verdict", "compliant")
    expect(conflict).to_have_count(0)
    at.undo()
    expect(at.item("WAG01").locator(".pick")).to_have_count(2)
    at.item("WAG01").locator(".pick", has_text="Not compliant").click()
    at.holds("WAG01", "verdict", "non_compliant")


def test_27_what_a_tap_loses_is_taken_back_by_the_bar_or_by_a_key(visit):
    at = visit()
    page = at.open("wages")
    at.give("WAG01", "compliant")
    at.holds("WAG01", "verdict", "compliant")
    assert not page.locator(".undo").is_visible(), "a first answer loses nothing"
    at.give("WAG01", "non_compliant")
    at.says("WAG01: Compliant → Not compliant")
    at.undo()
    at.holds("WAG01", "verdict", "compliant")
    at.give("WAG01", "compliant")
    at.holds("WAG01", "verdict", None)
    page.keyboard.press("Control+z")
    at.holds("WAG01", "verdict", "compliant")
    page.keyboard.press("Control+z")
    at.holds("WAG01", "verdict", None)
    at.give("WAG02", "non_compliant")
    at.write("WAG02", "note", "Three months late")
    at.holds("WAG02", "note", "Three months late")
    at.write("WAG02", "note", "")
    at.holds("WAG02", "note", None)
    at.undo()
    at.holds("WAG02", "note", "Three months late")
    expect(at.field("WAG02", "note")).to_have_value("Three months late")


def test_27_nothing_that_was_entered_leaves_the_record(visit):
    at = visit()
    at.open("wages")
    for verdict in ("compliant", "partial", "partial"):
        at.give("WAG01", verdict)
    expect(at.page.locator("[data-saving]")).to_have_count(0)
    at.holds("WAG01", "verdict", None)
    said = [e["value"] for e in at.tablet.kept(at.visit)]
    assert said == ["compliant", "partial", None]


def test_21_what_was_found_before_stands_beside_the_question_and_repeats_count_by_themselves(visit, served):
    def earlier(_actor: Any) -> None:
        found = [made.short("SAF04", Verdict.partial, note="Two lamps were out.")]
        with clock.at(clock.now() - timedelta(days=90)):
            before = made.sealed(served.world, found, place=1)
            release.release(served.world.actor("reviewer"), before)

    served.as_("reviewer", earlier)
    at = visit(1)
    at.open("safety")
    beside = at.item("SAF04").locator(".earlier")
    expect(beside).to_contain_text("Two lamps were out.")
    expect(beside).to_contain_text("a shortfall now is a repeat")
    question, answers = at.item("SAF04").locator(".ask"), at.item("SAF04").locator(".answers")
    assert question.bounding_box()["y"] < beside.bounding_box()["y"] < answers.bounding_box()["y"]
    expect(at.item("SAF05").locator(".earlier")).to_have_count(0)
    repeat = at.item("SAF04").locator("[data-slot=repeat]")
    expect(repeat).to_be_hidden()
    at.give("SAF04", "partial")
    expect(repeat).to_contain_text("this is a repeat. By itself it counts as: Major.")
    assert at.value("SAF04", "severity") is None, "nothing is entered for it: the rules raise it"
    page = at.open("end")
    expect(page.locator("[data-flag-list] li")).to_contain_text("repeat")
    at.open("safety")
    at.give("SAF04", "compliant")
    expect(repeat).to_be_hidden()
