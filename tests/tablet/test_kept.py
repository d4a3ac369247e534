"""What an inspector entered is kept: in the dark, without a server, with a full disk, in two tabs, by a wrong clock."""

import base64
import json
import re
from uuid import UUID

import pytest
from playwright.sync_api import expect

from tests.tablet.device import wait_until

pytestmark = pytest.mark.browser

TYPED = """async (app, [visit, text]) => {
  const keep = (value) => app.store.saveDraft(visit, "WAG03 note",
    { item: "WAG03", field: "note", value, replaces: [], was: null });
  for (let n = 1; n <= text.length; n += 1) keep(text.slice(0, n));
  await keep(text);
}"""


@pytest.fixture
def visit(served, in_use):  # in_use() sets the server back first
    return served.hand_out()


def test_tablet_13_it_opens_after_a_cold_start_with_no_server_and_no_network(visit, served, in_use):
    one = in_use()
    entry = one.answer(visit, "WAG03", "note", "Before the night")
    one.settled()
    one.switch_off()
    served.stop()
    one.switch_on()
    one.network(False)
    page = one.go("/tablet/")
    one.unlock()
    page.get_by_text("Example Garments").first.wait_for()
    assert [kept["id"] for kept in one.kept(visit)] == [entry["id"]]
    one.open("/tablet/device")
    page.get_by_text("Last contact").wait_for()
    later = one.answer(visit, "WAG04", "note", "In the cellar")
    one.state("saved_here")
    expect(page.locator(".bar .chip")).to_contain_text("Saved here: 1")
    one.network(True)
    served.start()
    one.settled()
    assert {str(event.id) for event in served.entries(visit)} >= {entry["id"], later["id"]}


def test_after_the_first_contact_both_languages_are_there_for_a_day_without_a_network(visit, served, tablet):
    one = tablet()
    one.set_up()
    one.switch_off()
    served.stop()
    one.switch_on()
    one.go(f"/tablet/visit/{visit}/safety")
    one.unlock()
    page = one.page
    expect(page.locator("#SAF01 .ask")).to_contain_text("exits and escape routes")
    page.get_by_role("button", name="中文").click()
    expect(page.locator("#SAF01 .ask")).to_contain_text("安全出口")
    expect(page.locator(".bar .chip")).to_contain_text("已")


def test_tablet_12_what_was_called_saved_survives_a_browser_that_is_killed(served, in_use):
    visit = served.hand_out(1)
    one = in_use()
    served.stop()
    kept = [one.answer(visit, "WAG03", "note", f"Number {n}")["id"] for n in range(20)]
    one.kill()
    one.switch_on()
    one.go("/tablet/")
    one.unlock()
    found = one.kept(visit)
    assert [entry["id"] for entry in found] == kept
    assert [entry["seq"] for entry in found] == list(range(1, 21))
    served.start()
    one.go("/tablet/")
    one.unlock()
    one.settled()
    assert [str(event.id) for event in served.entries(visit)] == kept


def test_tablet_11_words_that_were_being_typed_when_the_browser_died_become_an_entry(visit, served, in_use):
    one = in_use()
    served.stop()
    text = "Second exit chained; 第二个出口上锁。"
    one.inside(TYPED, [str(visit), text])
    one.kill()
    one.switch_on()
    one.go("/tablet/")
    one.unlock()
    assert [entry["value"] for entry in one.kept(visit)] == [text]
    assert one.inside("(app, visit) => app.store.drafts(visit)", str(visit)) == []


def test_an_older_word_of_a_draft_never_comes_back_over_the_entry(visit, in_use):
    one = in_use()
    left = one.inside(
        """async (app, visit) => {
          const draft = (value) => app.store.saveDraft(visit, "WAG05 note",
            { item: "WAG05", field: "note", value, replaces: [], was: null });
          const writing = [draft("a"), draft("ab"), draft("abc")];
          await app.store.append(visit, { item: "WAG05", field: "note", value: "abc" }, { draft: "WAG05 note" });
          await Promise.all(writing);
          return app.store.drafts(visit);
        }""",
        str(visit),
    )
    assert left == []


def test_a_full_tablet_says_not_saved_in_red_and_goes_on_when_there_is_room(visit, served, in_use):
    one = in_use()
    one.full()
    one.go("/tablet/")
    one.unlock()
    refused = one.inside(
        """async (app, visit) => {
          try { await app.store.append(visit, { item: "WAG03", field: "note", value: "x".repeat(3000) }) }
          catch (error) { return error.name }
          return "kept";
        }""",
        str(visit),
    )
    assert refused == "QuotaExceededError"
    expect(one.said()).to_contain_text("NOT SAVED: this tablet is full")
    expect(one.said()).to_contain_text("What you typed stays on this screen")
    assert one.kept(visit) == []
    one.full(None)
    entry = one.answer(visit, "WAG03", "note", "There is room again")
    expect(one.said()).to_be_empty()
    one.settled()
    assert entry["seq"] == 1, "what was refused has left no gap"
    assert entry["id"] in [str(event.id) for event in served.entries(visit)]


def test_a_photo_that_cannot_be_kept_costs_no_answer(visit, served, in_use):
    one = in_use()
    one.answer(visit, "SAF01", "verdict", "compliant")
    one.settled()
    one.full()
    one.go("/tablet/")
    one.unlock()
    refused = one.inside(
        """async (app, visit) => {
          const bytes = new Uint8Array(3_000_000).buffer;
          try { await app.store.addPhoto(visit, { item: "SAF01", bytes, type: "image/jpeg", sha256: "0".repeat(64) }) }
          catch (error) { return error.name }
          return "kept";
        }""",
        str(visit),
    )
    assert refused == "QuotaExceededError"
    assert one.inside("(app, visit) => app.store.photos(visit)", str(visit)) == []
    assert [entry["field"] for entry in one.kept(visit)] == ["verdict"], "neither is the photo announced"


def test_two_tabs_number_without_a_gap_and_send_each_entry_once(served, in_use):
    visit = served.hand_out(2)
    one = in_use()
    other = one.new_tab()
    one.go("/tablet/", other)
    one.unlock(page=other)
    served.seen.clear()
    for n in range(6):
        one.answer(visit, "WAG03", "note", f"first {n}")
        one.answer(visit, "WAG04", "note", f"second {n}", other)
    one.state("safe")
    one.state("safe", other)
    found = one.kept(visit)
    assert [entry["seq"] for entry in found] == list(range(1, 13))
    assert sorted(str(event.id) for event in served.entries(visit)) == sorted(entry["id"] for entry in found)
    sent = one.inside("(app, visit) => app.store.entries(visit)", str(visit), other)
    assert {entry["state"] for entry in sent} == {"server"}


def test_a_tab_hears_what_the_other_one_entered(visit, in_use):
    one = in_use()
    other = one.new_tab()
    one.go("/tablet/", other)
    one.unlock(page=other)
    one.network(False)
    one.answer(visit, "WAG06", "note", "From the first tab")
    expect(other.locator("html")).to_have_attribute("data-waiting", "1")


def test_a_clock_that_is_years_off_loses_nothing_and_is_shown(visit, served, in_use):
    one = in_use()
    one.page.clock.set_fixed_time("2019-01-01T08:00:00")
    one.inside("(app) => app.sync.now()")
    entry = one.answer(visit, "WAG07", "note", "From the past")
    one.settled()
    assert entry["at"].startswith("2019-01-01")
    received = {str(event.id): event for event in served.entries(visit)}
    assert received[entry["id"]].at.year == 2019
    assert received[entry["id"]].received_at.year >= 2026
    page = one.open("/tablet/device")
    page.get_by_text("minutes off").wait_for()


def test_a_page_kept_since_last_week_still_works_when_the_release_is_gone(visit, served, in_use):
    one = in_use()
    one.switch_off()
    before = served.app.static_url_path
    for rule in served.app.url_map.iter_rules("static"):  # the addresses of last week's files answer no more
        assert rule.rule.startswith(before)
    served.lose("GET", before, "broken", 10_000)
    one.switch_on()
    one.go("/tablet/")
    one.unlock()
    entry = one.answer(visit, "WAG08", "note", "On last week's page")
    one.settled()
    assert entry["id"] in [str(event.id) for event in served.entries(visit)]


def test_an_export_holds_everything_sealed_and_names_the_key(visit, served, in_use):
    one = in_use()
    served.stop()
    one.answer(visit, "WAG03", "note", "Only in the file")
    page = one.open("/tablet/queue")
    section = page.locator(f"[data-visit='{visit}']")
    with page.expect_download() as caught:
        section.get_by_role("button", name="Export as a file").click()
        page.get_by_role("button", name="Export", exact=True).click()
    file = json.loads(caught.value.path().read_text())
    assert caught.value.suggested_filename.startswith("visit-")
    assert (file["format"], file["version"], UUID(file["visit"])) == ("workplace-visit-export", 1, visit)
    assert "Only in the file" not in json.dumps(file)
    assert base64.b64decode(file["key"])[0] == 1 and len(base64.b64decode(file["sealed"])) > 100
    assert len(one.kept(visit)) == 1, "nothing is removed by it"


def test_the_chip_tells_both_clocks(visit, served, in_use):
    one = in_use(size=(1024, 768))
    expect(one.page.locator(".saved")).to_have_text("nothing entered yet")
    served.stop()
    one.answer(visit, "WAG09", "note", "x")
    expect(one.page.locator(".saved")).to_have_text(re.compile(r"saved on tablet \d\d:\d\d · not yet on server"))
    served.start()
    expect(one.page.locator(".saved")).to_have_text(
        re.compile(r"saved on tablet \d\d:\d\d · on server \d\d:\d\d"), timeout=40000
    )
    wait_until(lambda: len(served.entries(visit)) > 0)
