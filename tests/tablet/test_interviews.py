"""Interviews in private: behind a PIN of their own, nameless, hidden at once, sealed before anything is on the disk."""

import re
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest
from playwright.sync_api import Page, expect

from compliance.interviews import rules, store
from compliance.interviews.records import Record
from compliance.interviews.rules import Workforce
from tests.tablet.device import LANDSCAPE, PIN, Tablet, wait_until
from tests.tablet.test_door import NAME, STORED

pytestmark = pytest.mark.browser

OWN = "739162"
NOTE = "Li Lan was struck at the press"
PHONE = "138 0000 0000"
SAID = (NOTE, "Li Lan", PHONE, "struck", "mistakes", "They are struck")
"""What was said, as typed and as tapped: none of it may be found on the tablet."""


@pytest.fixture
def visit(served, in_use) -> UUID:  # in_use() sets the server back first
    handed: UUID = served.hand_out()
    return handed


class Private:
    """The interviews of a visit, open on one tablet."""

    def __init__(self, tablet: Tablet, visit: UUID) -> None:
        self.tablet, self.visit = tablet, visit
        tablet.inside("(app) => app.sync.now()")

    @property
    def page(self) -> Page:
        return self.tablet.page

    @property
    def address(self) -> str:
        return f"/tablet/visit/{self.visit}/interviews"

    def open(self, *, first: bool = False) -> Page:
        """Go in; the first time a PIN is chosen."""
        self.tablet.open(self.address)
        if first:
            self.page.get_by_text("Choose a PIN").wait_for()
            self.tablet.type_pin(OWN)
            self.page.get_by_text("once more").wait_for()
        self.tablet.type_pin(OWN)
        self.page.locator("[data-kept]").wait_for()
        return self.page

    def begin(self, setting: str = "alone", language: str = "en") -> Page:
        """Speak the notice, hear the consent."""
        self.page.locator(f"[data-begin='{setting} {language}']").click()
        self.page.locator("[name=notice]").check()
        self.page.locator("[name=consent]").check()
        return self.page

    def say(self) -> None:
        """Somebody says what should be found nowhere."""
        self.page.locator("[data-answer='mistakes struck']").click()
        self.page.locator("#interview-note").fill(NOTE)
        self.page.locator("#interview-contact").fill(PHONE)
        self.page.locator("[name=card]").check()

    def drafts(self) -> int:
        """How much of it is kept, closed, and not an entry yet."""
        count: int = self.tablet.inside("(app) => app.store.count().then((count) => count.drafts)")
        return count

    def seal(self) -> None:
        self.page.locator("#seal-interview").click()
        self.page.locator("[data-kept]").wait_for()


def read(served: Any, visit: UUID) -> list[Record]:
    found: list[Record] = served.as_("reviewer", lambda actor: store.read(actor, visit))
    return found


def on_the_disk(folder: Path) -> bytes:
    """Every byte of every file of the browser."""
    return b"\n".join(file.read_bytes() for file in folder.rglob("*") if file.is_file())


def holds_nothing_of_it(folder: Path, *clear: str) -> None:
    disk = on_the_disk(folder)
    assert b"interviews.tries" in disk or b"i\0n\0t\0e\0r\0v\0i\0e\0w\0s" in disk, "the disk was looked at"
    for word in clear:
        for coded in (word.encode(), word.encode("utf-16-le"), word.encode("utf-16-be")):
            assert coded not in disk, word


def test_what_is_said_offline_is_nowhere_on_the_tablet_survives_its_death_and_is_read_on_the_server(
    visit, served, in_use
):
    one = in_use(size=LANDSCAPE)
    private = Private(one, visit)
    private.open(first=True)
    served.stop()
    private.begin()
    private.say()
    private.seal()
    private.begin()
    private.say()
    wait_until(lambda: private.drafts() == 3)
    one.page.wait_for_timeout(300)
    assert not any(word in one.page.evaluate(STORED) for word in SAID)
    one.kill()
    holds_nothing_of_it(one.folder, NOTE, "Li Lan", PHONE, "They are struck")

    one.switch_on()
    served.start()
    one.go("/tablet/")
    one.unlock()
    one.settled()

    records = read(served, visit)
    assert [record.note for record in records] == [NOTE, NOTE]
    assert all(record.given[0].answer == "struck" and record.counts for record in records)
    assert served.as_("coordinator", lambda actor: store.contacts(actor, visit)) == [PHONE, PHONE]
    assert served.as_("coordinator", lambda _actor: store.again(visit).cards) == 2
    one.switch_off()
    holds_nothing_of_it(one.folder, NOTE, "Li Lan", PHONE, "They are struck")


def test_the_first_time_a_pin_of_its_own_is_chosen_which_is_not_that_of_the_tablet(visit, in_use):
    one = in_use()
    page = one.open(f"/tablet/visit/{visit}/interviews")
    page.get_by_text("Choose a PIN").wait_for()
    one.type_pin(PIN)
    expect(page.locator("#pin-said")).to_contain_text("This is the PIN of the tablet")
    one.type_pin("111111")
    expect(page.locator("#pin-said")).to_contain_text("guessed")
    one.type_pin(OWN)
    page.get_by_text("once more").wait_for()
    one.type_pin(OWN)
    page.locator("[data-kept='0']").wait_for()


def test_a_wrong_pin_waits_longer_and_longer_also_after_a_new_start(visit, in_use):
    one = in_use()
    private = Private(one, visit)
    page = private.open(first=True)
    one.open("/tablet/")
    one.open(private.address)
    for _ in range(3):
        one.type_pin("928374")
        expect(page.locator("#pin-said")).to_contain_text("does not fit")
    expect(page.locator("#pin-said")).to_contain_text("Wait 5 seconds")
    one.go(private.address)
    one.unlock()
    one.type_pin(OWN)
    expect(page.locator("#pin-said")).to_contain_text("before the next try")
    assert page.locator("[data-kept]").count() == 0
    time.sleep(5)
    one.type_pin(OWN)
    page.locator("[data-kept]").wait_for()


def test_a_forgotten_pin_is_made_anew_with_that_of_the_tablet(visit, in_use):
    one = in_use()
    private = Private(one, visit)
    page = private.open(first=True)
    one.open("/tablet/")
    one.open(private.address)
    page.get_by_role("button", name="PIN forgotten").click()
    page.get_by_text("The PIN of the tablet", exact=True).wait_for()
    one.type_pin("928374")
    expect(page.locator("#pin-said")).to_contain_text("does not fit")
    one.type_pin(PIN)
    page.get_by_text("Choose a PIN").wait_for()
    one.type_pin("605172")
    page.get_by_text("once more").wait_for()
    one.type_pin("605172")
    page.locator("[data-kept]").wait_for()


def nameless(page: Page) -> None:
    """Nothing in the document tells where one is."""
    inside = page.evaluate("document.documentElement.outerHTML")
    assert NAME not in inside and "示例制衣" not in inside and "Garments" not in page.title()


def test_no_page_of_it_names_the_enterprise(visit, in_use):
    one = in_use()
    one.open(f"/tablet/visit/{visit}/workplace")
    expect(one.page.locator("html")).to_have_attribute("data-ready", re.compile("workplace"))
    assert NAME in one.page.content()
    private = Private(one, visit)
    page = one.open(private.address)
    page.get_by_text("Choose a PIN").wait_for()
    nameless(page)
    private.open(first=True) if page.locator("#pin").count() == 0 else choose(one)
    nameless(page)
    for setting, language in (("alone", "en"), ("group", "zh")):
        private.begin(setting, language)
        nameless(page)
        page.locator("#hide").click()
        nameless(page)
        page.locator("#leaflet-close").click()
        nameless(page)
        one.type_pin(OWN)
        page.locator("#keep-nothing").click()
        page.locator("[data-kept]").wait_for()
    page.locator("#leave").click()
    one.ready(f"/tablet/visit/{visit}/workplace")
    assert NAME in page.content()


def choose(one: Tablet) -> None:
    one.type_pin(OWN)
    one.page.get_by_text("once more").wait_for()
    one.type_pin(OWN)
    one.page.locator("[data-kept]").wait_for()


@pytest.mark.parametrize("way", ["tap", "key", "switch"])
def test_hidden_at_once_it_comes_back_by_its_pin_alone_with_what_was_said(visit, in_use, way):
    one = in_use()
    private = Private(one, visit)
    page = private.open(first=True)
    private.begin()
    private.say()
    if way == "tap":
        page.locator("#hide").click()
    elif way == "key":
        page.keyboard.press("Escape")
    else:
        page.evaluate(
            "() => { Object.defineProperty(document, 'hidden', {get: () => true, configurable: true});"
            " document.dispatchEvent(new Event('visibilitychange')); delete document.hidden;"
            " document.dispatchEvent(new Event('visibilitychange')) }"
        )
    expect(page.get_by_role("heading", level=1)).to_have_text("A safe way through the workshop")
    shown = page.locator("body").inner_text()
    for word in (*SAID, "nterview", "worker", "PIN", NAME):
        assert word not in shown, word
    page.go_back()
    page.wait_for_timeout(300)
    expect(page.get_by_role("heading", level=1)).to_have_text("A safe way through the workshop")
    assert page.url.endswith(private.address)
    page.locator("#leaflet-close").click()
    one.type_pin(PIN)
    expect(page.locator("#pin-said")).to_contain_text("does not fit")
    page.get_by_role("button", name="Back").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("A safe way through the workshop")
    page.locator("#leaflet-close").click()
    one.type_pin(OWN)
    expect(page.locator("#interview-note")).to_have_value(NOTE)
    expect(page.locator("[data-answer='mistakes struck']")).to_have_attribute("aria-pressed", "true")


def test_questions_are_in_the_workers_language_and_groups_are_asked_nothing_about_pay(visit, in_use):
    one = in_use()
    private = Private(one, visit)
    page = private.open(first=True)
    pay = [question.id for question in store.form().questions if question.pay]
    assert pay
    for setting in ("alone", "group"):
        private.begin(setting, "zh")
        expect(page.locator(".notice")).to_contain_text("也可以随时停止")
        expect(page.locator(".notice")).to_contain_text("365")
        assert page.locator("#question-contract").inner_text() == "您的那份劳动合同在哪里？"
        assert page.locator(".asking").first.get_attribute("lang") == "zh-Hans"
        for id in pay:
            assert page.locator(f"#question-{id}").count() == (1 if setting == "alone" else 0)
        assert page.locator("#people").count() == (1 if setting == "group" else 0)
        assert page.locator("#interview-contact").count() == (1 if setting == "alone" else 0)
        page.locator("#keep-nothing").click()
        page.locator("[data-kept]").wait_for()


def test_nothing_can_be_entered_before_the_notice_was_spoken_and_the_worker_agreed(visit, in_use):
    one = in_use()
    private = Private(one, visit)
    page = private.open(first=True)
    page.locator("[data-begin='alone en']").click()
    expect(page.locator(".questions")).to_be_hidden()
    page.locator("[name=notice]").check()
    expect(page.locator(".questions")).to_be_hidden()
    page.locator("[name=consent]").check()
    expect(page.locator(".questions")).to_be_visible()
    expect(page.locator("#seal-interview")).to_be_disabled()


def test_a_worker_takes_it_back_and_nothing_stays(visit, served, in_use):
    one = in_use()
    private = Private(one, visit)
    page = private.open(first=True)
    private.begin()
    private.say()
    wait_until(lambda: private.drafts() == 3)
    page.locator("#keep-nothing").click()
    page.locator("dialog button[value=drop]").click()
    page.locator("[data-kept='0']").wait_for()
    assert private.drafts() == 0 and one.kept(visit) == []
    assert served.as_("reviewer", lambda _actor: store.kept(visit)) == {}


def test_an_answer_tapped_again_is_none_and_the_last_one_counts(visit, served, in_use):
    one = in_use()
    private = Private(one, visit)
    page = private.open(first=True)
    private.begin()
    tap: Callable[[str], None] = lambda answer: page.locator(f"[data-answer='{answer}']").click()  # noqa: E731
    tap("mistakes struck")
    tap("mistakes struck")
    expect(page.locator("#seal-interview")).to_be_disabled()
    wait_until(lambda: private.drafts() == 0)
    tap("day-off this-week")
    tap("day-off long-ago")
    private.seal()
    one.settled()
    [record] = read(served, visit)
    assert [(given.question, given.answer) for given in record.given] == [("day-off", "long-ago")]


def test_a_group_is_kept_with_its_number_and_the_lock_seals_what_was_begun(visit, served, in_use):
    one = in_use()
    private = Private(one, visit)
    page = private.open(first=True)
    private.begin("group", "zh")
    page.get_by_role("button", name="One more").click()
    page.locator("[data-answer='contract have']").click()
    one.inside("(app) => app.lock()")
    page.locator("#pin").wait_for()
    assert "contract" not in page.content()
    wait_until(lambda: len(read(served, visit)) == 1, 30)
    [record] = read(served, visit)
    assert (record.setting, record.people, record.language) == ("group", 5, "zh")


def test_who_has_the_tablet_and_both_pins_opens_nothing(visit, served, in_use):
    one = in_use()
    private = Private(one, visit)
    private.open(first=True)
    served.stop()
    private.begin()
    private.say()
    private.seal()
    kept = one.kept(visit)
    assert [entry["field"].split(":")[0] for entry in kept] == ["sealed", "contact", "card"]
    assert not any(word in str([entry["value"] for entry in kept]) for word in SAID), (
        "opened by the vault, it is an envelope still"
    )
    assert one.inside("(app, visit) => app.store.drafts(visit).then((all) => all.length)", str(visit)) == 0
    lengths = {len(entry["value"]) for entry in kept if entry["field"].startswith("sealed")}
    assert lengths == {1492}, "its length does not tell how much was said"
    served.start()


def test_the_tablet_proposes_what_the_server_proposes(visit, own_law, in_use):
    cases: list[dict[str, Any]] = [
        {"workers": n, "women": n // k, "migrants": n // 7, "under_18": n % 3, "night_work": n % 2 == 0,
         "agency_workers": n % 5 == 0, "signs": signs}
        for n in [*range(60), 99, 100, 101, 225, 400, 2500, 100_000] for k in (1, 2, 9) for signs in (False, True)
    ]  # fmt: skip
    said = own_law(cases)
    for case, answer in zip(cases, said, strict=True):
        signs = case.pop("signs")
        expected = rules.propose(Workforce(**case), [1] if signs else [])
        assert answer == {
            "size": expected.size, "alone": expected.alone, "groups": list(expected.groups), "signs": signs,
            "ofThem": [[whom.value, number] for whom, number in expected.of_them],
        }, case  # fmt: skip


@pytest.fixture
def own_law(in_use) -> Callable[[list[dict[str, Any]]], Any]:
    """Ask the tablet's own rule for many workplaces."""
    one = in_use()
    script = """async (_app, cases) => {
        const { propose } = await import(new URL("interviews/propose.js", document.querySelector("script[type=module]").src));
        return cases.map((one) => propose(one, one.signs));
    }"""  # noqa: E501
    return lambda cases: one.inside(script, cases)


@pytest.mark.parametrize("size", [LANDSCAPE, (768, 1024)])
def test_everything_that_is_tapped_is_large_enough(visit, in_use, size):
    one = in_use(size=size)
    private = Private(one, visit)
    page = private.open(first=True)
    small = """() => [...document.querySelectorAll("main button, main input, main textarea, main label.tick")]
        .filter((one) => one.checkVisibility() && one.type !== "checkbox")
        .map((one) => [one.innerText, one.getBoundingClientRect().height]).filter(([, height]) => height < 48)"""
    assert page.evaluate(small) == []
    private.begin()
    assert page.evaluate(small) == []
    heights = page.locator(".choice").evaluate_all("(all) => all.map((one) => one.getBoundingClientRect().height)")
    assert min(heights) >= 56


def test_a_contact_and_a_card_alone_are_kept_and_make_no_interview(visit, served, in_use):
    one = in_use()
    private = Private(one, visit)
    page = private.open(first=True)
    private.begin()
    page.locator("#interview-contact").fill(PHONE)
    page.locator("[name=card]").check()
    wait_until(lambda: private.drafts() == 2)
    one.inside("(app) => app.navigate('/tablet/')")
    one.ready("/tablet/")
    one.settled()
    assert served.as_("coordinator", lambda actor: store.contacts(actor, visit)) == [PHONE]
    assert served.as_("coordinator", lambda _actor: store.again(visit).cards) == 1
    assert read(served, visit) == []


def test_a_full_tablet_says_so_and_what_was_said_stays_until_there_is_room(visit, served, in_use):
    one = in_use()
    private = Private(one, visit)
    private.open(first=True)
    one.full()
    one.go("/tablet/")
    one.unlock()
    one.open("/tablet/")
    page = private.open()
    private.begin()
    page.locator("[data-answer='mistakes struck']").click()
    expect(one.said()).to_contain_text("NOT SAVED")
    page.locator("#seal-interview").click()
    page.wait_for_timeout(300)
    expect(page.locator("[data-answer='mistakes struck']")).to_have_attribute("aria-pressed", "true")
    one.full(None)
    page.locator("#interview-note").fill(NOTE)
    wait_until(lambda: private.drafts() == 1)
    private.seal()
    one.settled()
    [record] = read(served, visit)
    assert record.note == NOTE and record.given[0].answer == "struck"
