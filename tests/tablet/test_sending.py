"""Sending: whatever is lost on the way, everything arrives once; what the server refuses waits for the inspector."""

import base64
import hashlib
import io
from uuid import UUID

import pytest
from PIL import Image
from playwright.sync_api import expect
from sqlmodel import select

from compliance.casework import sealing
from compliance.shared import files
from compliance.shared.database import session
from compliance.visits import store
from compliance.visits.models_tablet import AsideEntry, DiscardedEntry
from tests.casework import made
from tests.tablet.device import wait_until
from tests.world import PASSWORD

pytestmark = pytest.mark.browser

PHOTO = """async (app, [visit, item, bytes, sha256]) => {
  const data = Uint8Array.from(atob(bytes), (one) => one.charCodeAt(0)).buffer;
  const kept = await app.store.addPhoto(visit,
    { item, bytes: data, thumb: data.slice(0, 200), type: "image/jpeg", sha256, taken: "2026-11-21T08:30:00.000Z" });
  return kept.id;
}"""


def picture(side=900):
    """A JPEG that no compression makes small."""
    noise = Image.effect_noise((side, side), 90).convert("RGB")
    out = io.BytesIO()
    noise.save(out, "JPEG", quality=95)
    return out.getvalue()


def add_photo(one, visit, item, data):
    given = [str(visit), item, base64.b64encode(data).decode(), hashlib.sha256(data).hexdigest()]
    return one.inside(PHOTO, given)


def complete(served, place=0):
    """A visit with every answer in it, as the office or another device entered it: ready to be sealed."""
    return served.as_("coordinator", lambda _actor: made.handed_out(served.world, place=place))


def test_a_reply_that_was_lost_after_the_server_kept_everything_costs_and_doubles_nothing(served, in_use):
    visit = served.hand_out()
    one = in_use()
    served.stop()
    kept = [one.answer(visit, f"WAG0{n}", "note", f"Number {n}")["id"] for n in range(1, 8)]
    served.lose("POST", "/tablet/entries", "answer", times=2)
    served.start()
    one.send()
    wait_until(lambda: served.asked("POST", "/tablet/entries") >= 3, 30)
    one.settled()
    assert [str(event.id) for event in served.entries(visit)] == kept
    own = one.inside("(app, visit) => app.store.visit(visit)", str(visit))
    if not (own.get("receipt") or {}).get("complete"):
        one.inside("(app) => app.sync.now()")
        own = one.inside("(app, visit) => app.store.visit(visit)", str(visit))
    assert own["receipt"]["complete"] and own["receipt"]["entries"] == 7


@pytest.mark.parametrize("step", ["/tablet/session", "/tablet/contact", "/tablet/entries", "/tablet/visits/"])
def test_a_network_that_is_cut_at_any_step_is_only_a_delay(served, in_use, step):
    visit = served.hand_out(1)
    one = in_use()
    method = "GET" if step == "/tablet/session" else "POST"
    served.lose(method, step, "request")
    served.lose(method, step, "busy")
    entry = one.answer(visit, "WAG03", "note", f"Cut at {step}")
    for _ in range(3):
        one.inside("(app) => app.sync.now()")
    one.settled()
    assert [str(event.id) for event in served.entries(visit)] == [entry["id"]]


def test_a_photo_goes_in_pieces_and_goes_on_where_it_stopped(served, in_use):
    visit = served.hand_out()
    data = picture()
    assert 700_000 < len(data) < 3_000_000
    one = in_use()
    served.seen.clear()
    served.lose("PUT", "/tablet/photos/", "answer")
    photo = add_photo(one, visit, "SAF01", data)
    one.send()
    for _ in range(4):
        one.inside("(app) => app.sync.now()")
    one.settled()
    pieces = -(-len(data) // (256 * 1024))
    arrived = [status for method, path, status in served.seen if method == "PUT" and path.endswith(photo)]
    assert len(arrived) == pieces, "each piece went once: also the one whose answer was lost"

    def evidence(_actor):
        rows = store.evidence_of(store.get(served.world.actor("inspector"), visit))
        return [(str(row.id), row.digest, files.get(row.digest)) for row in rows]

    assert served.as_("inspector", evidence) == [(photo, hashlib.sha256(data).hexdigest(), data)]
    assert {row["state"] for row in one.inside("(app, v) => app.store.photos(v)", str(visit))} == {"server"}


def test_what_is_entered_while_the_last_piece_is_on_its_way_goes_right_afterwards(served, in_use):
    visit = served.hand_out(1)
    one = in_use()
    one.inside(
        """(app, visit) => {
          const real = window.fetch;
          window.fetch = async (address, options) => {
            const answer = await real(address, options);
            if (options?.method === "PUT") {
              window.fetch = real;
              await app.store.append(visit, { item: "WAG04", field: "note", value: "While it went" });
            }
            return answer;
          };
        }""",
        str(visit),
    )
    add_photo(one, visit, "SAF01", picture(60))
    wait_until(lambda: "While it went" in [event.value for event in served.entries(visit)], 20)


def test_what_the_server_refuses_is_named_and_the_rest_arrives(served, in_use):
    visit = served.hand_out(2)
    one = in_use()
    served.stop()
    good = one.answer(visit, "WAG03", "note", "Good")
    bad = one.answer(visit, "NOPE9", "verdict", "compliant")
    last = one.answer(visit, "WAG04", "note", "Good, too")
    served.start()
    one.send()
    one.state("needs_you")
    page = one.page
    assert [str(event.id) for event in served.entries(visit)] == [good["id"], last["id"]]
    expect(page.locator(".bar .chip")).to_contain_text("Needs you")
    section = page.locator(f"[data-visit='{visit}']")
    refused = section.locator("[data-state=refused]")
    expect(refused).to_have_count(1)
    expect(refused).to_contain_text("NOPE9")
    # once more, and it is refused again
    before = served.asked("POST", "/tablet/entries")
    refused.get_by_role("button", name="Try again").click()
    wait_until(lambda: served.asked("POST", "/tablet/entries") > before)
    one.state("needs_you")
    expect(refused).to_have_count(1)
    # given up with a reason, which the server hears: then there is no gap
    refused.get_by_role("button", name="Give up").click()
    page.get_by_role("button", name="Give up for good").click()
    expect(page.locator("dialog")).to_be_visible()  # a reason is needed
    page.fill("#reason", "An item of last year's checklist")
    page.get_by_role("button", name="Give up for good").click()
    one.state("safe")
    one.inside("(app) => app.sync.now()")

    def given_up(_actor):
        rows = session().exec(select(DiscardedEntry).where(DiscardedEntry.visit_id == visit)).all()
        return [(str(row.entry_id), row.reason) for row in rows]

    assert served.as_("coordinator", given_up) == [(bad["id"], "An item of last year's checklist")]
    own = one.inside("(app, visit) => app.store.visit(visit)", str(visit))
    assert own["receipt"]["complete"] is True


@pytest.mark.parametrize(("item", "state"), [("NOPE9", "struck"), ("WAG03", "server")])
def test_what_is_given_up_while_it_is_on_its_way_stays_so_unless_the_server_has_it(served, in_use, item, state):
    visit = served.hand_out(2)
    one = in_use()
    served.stop()
    entry = one.answer(visit, item, "note", "Given up in the middle")
    one.inside(
        """(app, visit) => {
        const real = window.fetch;
        window.fetch = async (address, options) => {
            const answer = await real(address, options);
            if (String(address).endsWith("/tablet/entries")) {
                window.fetch = real;
                const { src } = document.querySelector("script[type=module]");
                const { discard } = await import(new URL("waysout.js", src));
                await discard(app.store, visit, "Too late to stop it");
            }
            return answer;
        };
    }""",
        str(visit),
    )
    served.start()
    one.inside("(app) => app.sync.now()")
    one.inside("(app) => app.sync.now()")
    assert [(row["id"], row["state"]) for row in one.kept(visit)] == [(entry["id"], state)]
    assert len(served.entries(visit)) == (1 if state == "server" else 0)
    own = one.inside("(app, visit) => app.store.visit(visit)", str(visit))
    assert own["receipt"]["complete"] is True


def test_what_arrives_just_before_it_is_given_up_stays_on_the_server(served, in_use):
    visit = served.hand_out(2)
    one = in_use()
    served.stop()
    entry = one.answer(visit, "WAG03", "note", "It arrived after all")
    served.start()
    one.inside(
        """async (app, visit) => {
            const { src } = document.querySelector("script[type=module]");
            const { discard } = await import(new URL("waysout.js", src));
            app.store.mark = async (...given) => {
                delete app.store.mark;
                await app.sync.now();
                return app.store.mark(...given);
            };
            await discard(app.store, visit, "A moment too late");
        }""",
        str(visit),
    )
    assert [(row["id"], row["state"]) for row in one.kept(visit)] == [(entry["id"], "server")]
    assert [str(event.id) for event in served.entries(visit)] == [entry["id"]]


def test_a_photo_that_is_no_photo_is_refused_and_costs_no_answer(served, in_use):
    visit = served.hand_out()
    one = in_use()
    add_photo(one, visit, "SAF01", b"this is no picture at all")
    entry = one.answer(visit, "SAF01", "verdict", "compliant")
    one.send()
    one.state("needs_you")
    assert entry["id"] in [str(event.id) for event in served.entries(visit)]
    section = one.page.locator(f"[data-visit='{visit}']")
    section.locator("[data-state=refused]").get_by_role("button", name="Give up").click()
    one.page.fill("#reason", "The camera failed")
    one.page.get_by_role("button", name="Give up for good").click()
    one.state("safe")
    one.inside("(app) => app.sync.now()")
    own = one.inside("(app, visit) => app.store.visit(visit)", str(visit))
    assert own["receipt"]["complete"] is True, "the photo that was announced is struck through"


def test_an_expired_session_keeps_everything_and_asks_to_sign_in_to_send(served, in_use):
    visit = served.hand_out(1)
    one = in_use()
    one.context.clear_cookies()
    entry = one.answer(visit, "WAG03", "note", "The session is over")
    one.inside("(app) => app.sync.now()")
    one.state("needs_you")
    assert served.entries(visit) == []
    page = one.page
    page.locator(".bar .chip").click()
    page.wait_for_url("**/sign-in?next=**")
    page.fill("input[name=identity]", "inspector")
    page.fill("input[name=password]", PASSWORD)
    page.click("main form button.primary, main form [type=submit]")
    one.unlock()
    one.settled()
    assert [str(event.id) for event in served.entries(visit)] == [entry["id"]]


def test_the_wish_to_seal_waits_for_the_network_and_for_everything_to_arrive(served, in_use):
    visit = complete(served)
    one = in_use()
    served.stop()
    one.answer(visit, "WAG03", "good", "Pay slips in three languages")
    one.inside("(app, visit) => app.store.complete(visit)", str(visit))
    one.open("/tablet/")
    expect(one.page.get_by_text("Complete, on its way")).to_be_visible()
    served.start()
    one.send()
    one.settled()
    wait_until(lambda: _state(served, visit) == "sealed", 20)
    one.open("/tablet/")
    expect(one.page.get_by_text("Sealed")).to_be_visible()


def test_what_is_missing_for_the_seal_is_named_and_the_visit_stays_open(served, in_use):
    visit = served.hand_out(2)
    one = in_use()
    one.answer(visit, "WAG03", "verdict", "compliant")
    one.inside("(app, visit) => app.store.complete(visit)", str(visit))
    one.inside("(app) => app.sync.now()")
    one.state("needs_you")
    one.open("/tablet/queue")
    section = one.page.locator(f"[data-visit='{visit}']")
    expect(section).to_contain_text("could not be sealed")
    expect(section.locator(".note.bad li").first).to_be_visible()
    assert _state(served, visit) == "handed_out"


def test_what_reaches_a_sealed_visit_is_kept_aside_and_the_tablet_says_so(served, in_use):
    visit = complete(served, 1)
    one = in_use()
    one.network(False)
    late = one.answer(visit, "WAG03", "note", "Seen from the second tablet")
    served.as_("inspector", lambda actor: sealing.seal(actor, visit))
    one.network(True)
    one.send()
    one.settled()

    def aside(_actor):
        return [str(row.id) for row in session().exec(select(AsideEntry).where(AsideEntry.visit_id == visit))]

    assert served.as_("coordinator", aside) == [late["id"]]
    one.open("/tablet/queue")
    expect(one.page.locator(f"[data-visit='{visit}'] [data-state=aside]")).to_contain_text("kept for the reviewer")


def _state(served, visit: UUID):
    return served.as_("coordinator", lambda actor: store.get(actor, visit).state.value)
