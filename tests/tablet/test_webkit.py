"""The tablet in WebKitGTK, the nearest relative of Safari: what was called saved is there, and arrives once."""

import hashlib
from collections.abc import Iterator
from typing import Any

import pytest

from compliance.interviews import store as interviews
from compliance.shared import files
from compliance.visits import store
from tests.tablet.served import Served
from tests.tablet.webkit import WebKitTablet, screen
from tests.visits import photographs

pytestmark = pytest.mark.browser


@pytest.fixture(scope="module")
def own(served: Served, tmp_path_factory: Any) -> Iterator[WebKitTablet]:
    """A tablet that is set up once for the tests of this module."""
    with screen() as display:
        one = WebKitTablet(served, tmp_path_factory.mktemp("webkit") / "profile", display)
        try:
            one.set_up()
            yield one
        finally:
            one.switch_off()
    assert one.troubles == []


@pytest.fixture
def at(own, served):
    """``at("safety")``: the tablet with an area of a new visit open; gives both."""

    def begin(part):
        visit = served.hand_out()
        own.inside("(app) => app.sync.now()")
        own.open(f"/tablet/visit/{visit}/{part}")
        return own, visit

    return begin


def on_server(served, visit):
    return [str(event.id) for event in served.entries(visit)]


def arrived(one, served, visit):
    """Everything is on the server, once, and without a gap."""
    one.settled()
    kept = one.kept(visit)
    assert [entry["seq"] for entry in kept] == list(range(1, len(kept) + 1))
    assert {entry["state"] for entry in kept} == {"server"}
    assert on_server(served, visit) == sorted(entry["id"] for entry in kept)


def test_one_tap_is_saved_on_the_tablet_and_ends_safe_on_the_server(at, served):
    one, visit = at("safety")
    served.stop()
    one.tap("#SAF01 .ans.compliant")
    said = one.one("#SAF01 [data-slot=kept]")
    one.wait(lambda: "saved on tablet" in (said.get_attribute("textContent") or ""))
    assert [(entry["item"], entry["value"]) for entry in one.kept(visit)] == [("SAF01", "compliant")]
    one.wait(lambda: one.text(".bar .chip") == "Saved here: 1")
    served.start()
    arrived(one, served, visit)
    one.wait(lambda: one.text(".bar .chip") == "Safe on server")


def test_what_is_typed_becomes_an_entry_and_the_language_changes_in_mid_visit(at, served):
    one, visit = at("safety")
    one.tap("#SAF01 .ans.non_compliant")
    one.write("#SAF01 textarea[name='SAF01.note']", "Second exit chained; 出口上锁。")
    one.tap(".bar-end button[lang=zh-Hans]")
    one.wait(lambda: one.driver.execute_script("return document.documentElement.lang") == "zh-Hans")
    one.ready(f"/tablet/visit/{visit}/safety")
    one.wait(lambda: "不符合" in one.text("#SAF01 .ans.non_compliant"))
    assert one.one("#SAF01 textarea[name='SAF01.note']").get_attribute("value") == "Second exit chained; 出口上锁。"
    one.tap(".bar-end button[lang=en]")
    one.wait(lambda: one.text(".bar .chip").isascii())
    arrived(one, served, visit)
    values = {entry["field"]: entry["value"] for entry in one.kept(visit)}
    assert values["verdict"] == "non_compliant" and values["note"] == "Second exit chained; 出口上锁。"


def test_a_photo_from_the_library_is_kept_upright_and_arrives_whole(at, served, tmp_path):
    one, visit = at("safety")
    file = tmp_path / "IMG_1.jpg"
    file.write_bytes(photographs.turned((1600, 1200)))
    served.stop()
    one.one("#SAF01 .gallery input").send_keys(str(file))
    one.wait(lambda: len(one.all("#SAF01 .thumb canvas")) == 1)
    (photo,) = one.inside("(app, visit) => app.store.photos(visit)", str(visit))
    assert (photo["type"], photo["width"], photo["height"]) == ("image/jpeg", 1200, 1600)
    assert photo["position"] == photographs.POSITION
    served.start()
    arrived(one, served, visit)

    def received(coordinator):
        return [files.get(row.digest) for row in store.evidence_of(store.get(coordinator, visit))]

    (bytes_,) = served.as_("coordinator", received)
    assert hashlib.sha256(bytes_).hexdigest() == photo["sha256"]


def test_an_answer_of_the_server_that_is_lost_doubles_nothing(at, served):
    one, visit = at("wages")
    served.lose("POST", "/tablet/entries")
    for item in ("WAG01", "WAG02", "WAG03"):
        one.tap(f"#{item} .ans.compliant")
    one.wait(lambda: len(one.kept(visit)) == 3)
    one.inside("(app) => app.sync.now()")
    arrived(one, served, visit)


def test_every_page_of_the_tablet_opens_where_the_browser_promises_less(at):
    one, visit = at("workplace")
    for path in ("", "device", "queue", *(f"visit/{visit}/{part}" for part in ("letter", "end", "record"))):
        one.open(f"/tablet/{path}")
        assert one.text("main"), path
    one.go("/tablet/ready")
    one.wait(lambda: one.said("checked"))
    assert one.said("checked") == "ready"
    one.go("/tablet/")
    one.unlock()


def test_a_visit_opens_without_a_server_after_the_browser_was_closed(at, served):
    one, visit = at("safety")
    served.stop()
    one.tap("#SAF01 .ans.compliant")
    one.wait(lambda: len(one.kept(visit)) == 1)
    one.switch_off()
    one.switch_on()
    one.go(f"/tablet/visit/{visit}/safety")
    one.unlock()
    one.ready(f"/tablet/visit/{visit}/safety")
    assert one.one("#SAF01 .ans.compliant input").is_selected()
    one.tap("#SAF03 .ans.partial")
    one.wait(lambda: len(one.kept(visit)) == 2)
    served.start()
    arrived(one, served, visit)


def test_what_was_called_saved_survives_a_browser_that_is_killed(at, served):
    one, visit = at("wages")
    served.stop()
    keep = "(app, [visit, value]) => app.store.append(visit, { item: 'WAG03', field: 'note', value })"
    kept = [one.inside(keep, [str(visit), f"Number {n}"])["id"] for n in range(20)]
    one.inside(
        "(app, visit) => app.store.saveDraft(visit, 'WAG04 note', "
        "{ item: 'WAG04', field: 'note', value: 'In mid-word', replaces: [], was: null })",
        str(visit),
    )
    one.kill()
    one.switch_on()
    one.go(f"/tablet/visit/{visit}/wages")
    one.unlock()
    found = one.kept(visit)
    assert [entry["id"] for entry in found][:20] == kept
    assert [entry["value"] for entry in found][20:] == ["In mid-word"]
    served.start()
    arrived(one, served, visit)


def test_an_interview_is_closed_in_an_envelope_that_opens_on_the_server(at, served):
    one, visit = at("safety")
    one.inside(
        """async (app) => {
          const script = document.querySelector("script[type=module]").src;
          const { Interview } = await import(new URL("interviews/record.js", script));
          const interview = new Interview(app.ctx, "alone", "zh");
          Object.assign(interview, { notice: true, consent: true, answers: { mistakes: "struck" }, contact: "138" });
          await interview.keep();
          await interview.end();
        }"""
    )
    arrived(one, served, visit)
    [record] = served.as_("reviewer", lambda actor: interviews.read(actor, visit))
    assert record.given[0].said == "挨打或者被关"
    assert served.as_("coordinator", lambda actor: interviews.contacts(actor, visit)) == ["138"]
