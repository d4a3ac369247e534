"""The pay sheet on the tablet: entered offline, reckoned at once, and kept whatever happens to the tablet."""

import json
from decimal import Decimal
from typing import Any
from uuid import UUID

import pytest
from playwright.sync_api import expect

from compliance.casework import paying
from compliance.visits import store as visits
from compliance.wages import store
from compliance.wages.records import Sheet
from tests.tablet.device import LANDSCAPE, Tablet, wait_until

pytestmark = pytest.mark.browser

MARCH = {
    "month": "2026-03", "agreed": "2600", "hours.normal": "174", "hours.workday": "20", "hours.rest_day": "8",
    "pay.base": "2600", "deductions.fine": "50.50", "due_on": "2026-04-15", "paid_on": "2026-04-15",
}  # fmt: skip
OWED = "737.86"  # 448.28 and 239.08 for overtime, and the fine


@pytest.fixture
def visit(served, in_use) -> UUID:  # in_use() sets the server back first
    handed: UUID = served.hand_out()
    return handed


class Entering:
    """The pay sheet of a visit, open on one tablet."""

    def __init__(self, tablet: Tablet, visit: UUID) -> None:
        self.tablet, self.visit, self.page = tablet, visit, tablet.page
        tablet.inside("(app) => app.sync.now()")

    def open(self) -> "Entering":
        self.tablet.open(f"/tablet/visit/{self.visit}/pay")
        self.page = self.tablet.page
        self.page.locator("#new-worker").wait_for()
        return self

    def field(self, name: str, at: int = 0) -> Any:
        return self.page.locator(f"#pay-{at}-{name.replace('.', '-')}")

    def worker(self) -> "Entering":
        self.page.locator("#new-worker").click()
        self.page.locator("#pay-0-month").wait_for()
        return self

    def month(self, at: int = 0, **other: str) -> None:
        for name, text in {**MARCH, **other}.items():
            self.field(name, at).fill(text)
        self.field("insured", at).select_option("yes")

    def back(self) -> None:
        self.page.locator("#to-sheet").click()
        self.page.locator("#new-worker").wait_for()

    def owed(self) -> str:
        said: str = self.page.locator(".pay-sum").get_attribute("data-owed")
        return said

    def rows(self) -> list[str]:
        return [entry["field"] for entry in self.tablet.kept(self.visit) if entry["item"] == "@pay"]


def on_server(served: Any, visit: UUID) -> Sheet:
    sheet: Sheet = served.as_("inspector", lambda _actor: store.sheet(visit))
    return sheet


def test_entered_offline_it_is_reckoned_at_once_survives_the_tablets_death_and_says_the_same_on_the_server(
    visit, served, in_use
):
    one = in_use(size=LANDSCAPE)
    at = Entering(one, visit)
    served.stop()
    at.open().worker().month()
    assert at.owed() == OWED
    line = at.page.locator("[data-rule=overtime]")
    expect(line).to_contain_text("hours on work days 20")
    expect(line).to_contain_text("Labour Law, art. 44")
    at.page.locator("#next-month").click()
    expect(at.field("month", 1)).to_have_value("2026-04")
    expect(at.field("due_on", 1)).to_have_value("2026-05-15")
    at.field("pay.base", 1).fill("2500")
    assert at.owed() == "837.86"
    at.field("agreed", 1).press("Tab")
    at.page.wait_for_timeout(300)
    one.kill()

    one.switch_on()
    one.go(f"/tablet/visit/{visit}/pay")
    one.unlock()
    at = Entering(one, visit).open()
    assert at.owed() == "837.86"
    expect(at.page.locator("[data-worker=W1]")).to_contain_text("Months: 2")
    served.start()
    one.inside("(app) => app.sync.now()")
    one.state("safe")
    wait_until(lambda: len(on_server(served, visit).rows) == 2)

    def result(actor: Any) -> Decimal:
        found = paying.result(actor, visits.get(actor, visit), store.sheet(visit))
        return found.by_worker["W1"]

    assert served.as_("inspector", result) == Decimal("837.86")


def test_every_keystroke_is_kept_also_of_what_cannot_be_a_month_yet(visit, served, in_use):
    one = in_use(size=LANDSCAPE)
    at = Entering(one, visit).open().worker()
    at.field("month").fill("2026-03")
    at.field("agreed").press_sequentially("26x")
    wait_until(lambda: one.inside("(app) => app.store.count().then((count) => count.drafts)") == 1)
    one.page.wait_for_timeout(300)
    one.kill()

    one.switch_on()
    one.go(f"/tablet/visit/{visit}/pay")
    one.unlock()
    at = Entering(one, visit).open()
    expect(at.page.locator("[data-worker=W1]")).to_contain_text("Not finished")
    at.page.locator("[data-worker=W1]").click()
    expect(at.field("agreed")).to_have_value("26x")
    expect(at.page.locator("#pay-0-agreed-error")).to_contain_text("An amount is written in digits")
    expect(at.page.locator("#pay-0-due_on-error")).to_contain_text("The pay day is missing")
    at.month()
    at.back()
    expect(at.page.locator("[data-worker=W1]")).not_to_contain_text("Not finished")
    one.state("safe")
    [row] = on_server(served, visit).rows
    assert row.record.agreed == 2600


def test_what_was_typed_and_never_left_becomes_a_month_at_the_next_start(visit, served, in_use):
    one = in_use(size=LANDSCAPE)
    at = Entering(one, visit).open().worker()
    at.month()  # the focus is still in it
    assert at.rows() == []
    one.page.wait_for_timeout(300)
    one.kill()
    one.switch_on()
    one.go(f"/tablet/visit/{visit}/pay")
    one.unlock()
    at = Entering(one, visit).open()
    assert at.owed() == OWED and len(at.rows()) == 1


def test_a_struck_month_comes_back_and_one_that_was_moved_stands_once(visit, served, in_use):
    one = in_use(size=LANDSCAPE)
    at = Entering(one, visit).open().worker()
    at.month()
    at.back()
    at.page.locator("[data-worker=W1]").click()
    at.field("month").fill("2026-02")
    at.back()
    at.page.locator("[data-worker=W1]").click()
    at.page.get_by_role("button", name="Strike 2026-02").click()
    expect(at.page.locator("[data-worker=W1]")).to_have_count(0)
    at.page.get_by_role("button", name="Undo").click()
    expect(at.page.locator("[data-worker=W1]")).to_contain_text("Months: 1")
    one.state("safe")
    assert [f"{row.record.month:%Y-%m}" for row in on_server(served, visit).rows] == ["2026-02"]


def test_who_is_faster_than_the_tablet_keeps_never_sees_what_was_before(visit, served, in_use):
    one = in_use(size=LANDSCAPE)
    at = Entering(one, visit).open().worker()
    at.month()
    at.back()
    at.page.locator("[data-worker=W1]").click()
    at.page.evaluate(  # sealing what is kept takes its time, as on a slow tablet
        """() => { const seal = crypto.subtle.encrypt.bind(crypto.subtle);
             crypto.subtle.encrypt = async (...given) => {
               await new Promise((done) => { setTimeout(done, 400); }); return seal(...given); }; }"""
    )
    at.field("month").fill("2026-02")
    at.back()
    at.page.locator("[data-worker=W1]").click()
    expect(at.page.get_by_role("button", name="Strike 2026-02")).to_be_visible()


def test_two_inspectors_give_other_pseudonyms_and_see_each_others_rows(served, tablet, _as_usual):
    handed = served.hand_out(0, "inspector", "inspector2")
    one, two = tablet("one"), tablet("two")
    one.set_up("inspector")
    two.set_up("inspector2")
    first, second = Entering(one, handed), Entering(two, handed)
    for at in (first, second):
        at.open().worker().month()
        at.back()
        at.tablet.state("safe")
    assert [row.record.worker for row in on_server(served, handed).rows] == ["W1", "W1001"]
    one.inside("(app) => app.sync.now()")
    first.open()
    expect(one.page.locator("[data-worker=W1001]")).to_contain_text("Months: 1")


def test_the_same_lines_of_the_payroll_are_drawn_as_on_the_page(visit, served, in_use):
    one = in_use(size=LANDSCAPE)
    at = Entering(one, visit).open()
    at.page.locator("#group-1").fill("缝纫")
    at.page.locator("#workers-1").fill("４２")
    at.page.locator("#keep-groups").click()
    lines = at.page.locator("[data-lines=缝纫]").inner_text()
    one.state("safe")
    wait_until(lambda: on_server(served, visit).groups == {"缝纫": 42})

    def drawn(actor: Any) -> str:
        [part] = paying.proposal(visits.get(actor, visit), store.sheet(visit))
        return ", ".join(map(str, part.lines))

    assert lines == served.as_("inspector", drawn)


def test_next_worker_and_a_whole_month_are_copied(visit, served, in_use):
    one = in_use(size=LANDSCAPE)
    at = Entering(one, visit).open().worker()
    at.month()
    at.page.locator("#whole-month").click()
    expect(at.field("pay.base", 1)).to_have_value("2600")
    at.page.locator("#next-worker").click()
    expect(at.page.get_by_role("heading", name="Worker W2")).to_be_visible()
    expect(at.field("agreed", 1)).to_have_value("2600")
    expect(at.field("month", 1)).to_have_value("2026-04")
    expect(at.field("pay.base")).to_have_value("")
    at.field("pay.base").fill("2600")
    at.back()
    expect(at.page.locator("[data-worker=W2]")).to_contain_text("Months: 1")
    assert all(json.loads(entry["value"])["form"] == 1 for entry in one.kept(visit) if entry["item"] == "@pay")


def test_once_the_visit_is_closed_nothing_more_is_entered(visit, served, in_use):
    one = in_use(size=LANDSCAPE)
    at = Entering(one, visit).open().worker()
    at.month()
    at.back()
    one.state("safe")
    one.inside("(app, visit) => app.store.updateVisit(visit, { sealed_at: new Date().toISOString() })", str(visit))
    expect(at.page.locator("#new-worker")).to_have_count(0)
    at.page.locator("[data-worker=W1]").click()
    expect(at.field("agreed")).to_be_disabled()
    assert at.owed() == OWED
