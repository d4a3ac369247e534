"""Photos on the tablet, as an inspector handles them: taken, drawn on, described, moved, struck through, sent."""

import io
import re
from uuid import UUID

import pytest
from PIL import Image
from playwright.sync_api import expect

from compliance.visits import store
from compliance.visits.marks import parse
from tests.tablet.device import LANDSCAPE, PORTRAIT, wait_until
from tests.visits import photographs

pytestmark = pytest.mark.browser

ITEM, OTHER = "SAF01", "SAF03"


def file(data, name="IMG_1.jpg", kind="image/jpeg"):
    return {"name": name, "mimeType": kind, "buffer": data}


@pytest.fixture(scope="module")
def sideways():
    return photographs.turned((1600, 1200))


@pytest.fixture(scope="module")
def upright():
    return photographs.written(photographs.scene((1200, 900)), "JPEG")


@pytest.fixture
def at_work(served, own):
    """``at_work()``: the tablet with the area of safety of a new visit open, loaded anew; gives both."""

    def begin(place=0, size=PORTRAIT, language="en"):
        visit = served.hand_out(place)
        own.page.set_viewport_size({"width": size[0], "height": size[1]})
        own.go(f"/tablet/visit/{visit}/safety")
        if language == "zh":
            own.page.locator(".bar button", has_text="中文").click()
        own.unlock()
        own.ready(f"/tablet/visit/{visit}/safety")
        expect(own.page.locator("html")).to_have_attribute("lang", "zh-Hans" if language == "zh" else "en")
        expect(own.page.locator(f"#{ITEM} .gallery")).to_be_visible()
        return own, visit

    yield begin
    own.page.evaluate("localStorage.removeItem('tablet.language')")
    own.network(True)
    troubles, own.troubles[:] = list(own.troubles), []
    assert troubles == []


def safety(one, visit):
    address = f"/tablet/visit/{visit}/safety"
    one.open(address)
    one.ready(address)
    expect(one.page.locator(f"#{ITEM} .gallery")).to_be_visible()


def choose(one, *files, item=ITEM):
    before = one.page.locator(f"#{item} .thumb").count()
    one.page.locator(f"#{item} .gallery input").set_input_files(list(files))
    expect(one.page.locator(f"#{item} .thumb")).to_have_count(before + len(files))


def view(one, at=0, item=ITEM):
    one.page.locator(f"#{item} .thumb").nth(at).click()
    expect(one.page.locator("dialog.viewer canvas")).to_be_visible()


def draw(one):
    one.page.locator(".viewer-acts .primary").click()
    expect(one.page.locator("dialog.drawing canvas")).to_be_visible()


def keep(one):
    one.page.locator("dialog.drawing .full-bar .primary").click()
    expect(one.page.locator("dialog.drawing")).to_have_count(0)


def tool(one, name):
    one.page.locator(".board-tool", has=one.page.locator(f"input[value={name}]")).click()


class Canvas:
    """The picture on the drawing board, by shares of it."""

    def __init__(self, one):
        self.page = one.page
        self.left, self.top, self.width, self.height = one.page.evaluate(
            """() => { const c = document.querySelector("dialog.drawing canvas").getBoundingClientRect();
                       return [c.left, c.top, c.width, c.height] }"""
        )

    def fits(self, width, height):
        """Narrow to where a picture of these measures stands."""
        scale = min(self.width / width, self.height / height)
        self.left += (self.width - width * scale) / 2
        self.top += (self.height - height * scale) / 2
        self.width, self.height = width * scale, height * scale
        return self

    def at(self, x, y):
        return self.left + x * self.width, self.top + y * self.height

    def drag(self, *spots):
        self.page.mouse.move(*self.at(*spots[0]))
        self.page.mouse.down()
        for spot in spots[1:]:
            self.page.mouse.move(*self.at(*spot), steps=6)
        self.page.mouse.up()


def drawn(one, visit):
    """The marks that stand on the only photo, as the tablet keeps them, once it does: the board closes before that."""

    def entries():
        return [entry for entry in one.kept(visit) if entry["field"].startswith("marks:")]

    wait_until(entries)
    return parse(entries()[-1]["value"])


def evidence(served, visit):
    def read(coordinator):
        return [
            {**row.model_dump(), "picture": store.shown(row)}
            for row in store.evidence_of(store.get(coordinator, visit))
        ]

    return served.as_("coordinator", read)


def arrives(served, visit, true):
    """Wait until the photos of a visit on the server are as told."""
    wait_until(lambda: true(evidence(served, visit)), 20)


# -- taking and choosing ----------------------------------------------------------------------------------------------


def test_tablet_17_several_at_once_and_what_is_no_picture_is_named_and_costs_no_answer(
    served, at_work, sideways, upright
):
    one, visit = at_work(size=LANDSCAPE)
    page = one.page
    page.locator(f"#{ITEM} .ans.non_compliant").click()
    letter = file(b"Dear Sir, this is a letter.\n" * 40, "letter.jpg")
    page.locator(f"#{ITEM} .gallery input").set_input_files(
        [file(sideways), letter, file(upright, "IMG_2.jpg"), file(photographs.heic(), "IMG_3.HEIC", "image/heic")]
    )
    expect(page.locator(f"#{ITEM} .thumb")).to_have_count(3)
    trouble = page.locator(f"#{ITEM} .photo-trouble")
    expect(trouble).to_contain_text("letter.jpg is not a picture")
    expect(page.locator(f"#{ITEM} [data-n=photos]")).to_have_text("3")
    trouble.get_by_role("button", name="Understood").click()
    expect(trouble).to_have_count(0)
    arrives(served, visit, lambda rows: len(rows) == 3)
    rows = sorted(evidence(served, visit), key=lambda row: (row["width"], row["height"]))
    assert [(row["width"], row["height"], row["media_type"]) for row in rows] == [
        (600, 800, "image/heic"),
        (1200, 900, "image/jpeg"),
        (1200, 1600, "image/jpeg"),
    ]
    assert rows[2]["position"] == rows[0]["position"] == photographs.POSITION
    assert rows[2]["taken_at"].isoformat() == "2026-11-21T01:30:00+00:00"
    kept = {e["field"]: e["value"] for e in one.kept(visit)}
    assert kept["verdict"] == "non_compliant"
    assert {kept[f"photo:{row['id']}"] for row in rows} == {row["digest"] for row in rows}


def test_tablet_17_the_camera_button_opens_the_camera_and_the_library_takes_many(at_work):
    one, _visit = at_work()
    camera = one.page.locator(f"#{ITEM} .shot:not(.gallery) input")
    expect(camera).to_have_attribute("capture", "environment")
    expect(camera).not_to_have_attribute("multiple", re.compile(""))
    expect(one.page.locator(f"#{ITEM} .gallery input")).to_have_attribute("multiple", "")


def test_the_same_picture_is_kept_once_under_an_item(at_work, upright):
    one, visit = at_work()
    choose(one, file(upright))
    one.page.locator(f"#{ITEM} .gallery input").set_input_files([file(upright, "again.jpg")])
    expect(one.page.locator(f"#{ITEM} .photo-said")).to_be_empty()
    expect(one.page.locator(f"#{ITEM} .thumb")).to_have_count(1)
    choose(one, file(upright), item=OTHER)
    assert sum(e["field"].startswith("photo:") for e in one.kept(visit)) == 2


def test_a_full_tablet_says_that_a_photo_is_not_kept_and_keeps_it_when_there_is_room(served, at_work, upright):
    one, visit = at_work()
    one.full()
    one.go(f"/tablet/visit/{visit}/safety")
    one.unlock()
    page = one.page
    expect(page.locator(f"#{ITEM} .gallery")).to_be_visible()
    page.locator(f"#{ITEM} .gallery input").set_input_files([file(upright)])
    trouble = page.locator(f"#{ITEM} .photo-trouble")
    expect(trouble).to_contain_text("NOT KEPT: the tablet is full. IMG_1.jpg")
    expect(page.locator(f"#{ITEM} .thumb")).to_have_count(0)
    one.full(None)
    trouble.get_by_role("button", name="Try again").click()
    expect(page.locator(f"#{ITEM} .thumb")).to_have_count(1)
    arrives(served, visit, lambda rows: len(rows) == 1)


# -- drawing ----------------------------------------------------------------------------------------------------------


def hidden(data, spot=(0.5, 0.5), reach=0.05):
    """Whether around a spot of a picture nothing is left but a few colours."""
    picture = Image.open(io.BytesIO(data)).convert("L")
    w, h = picture.size
    r = reach * max(w, h)
    part = picture.crop((int(spot[0] * w - r), int(spot[1] * h - r), int(spot[0] * w + r), int(spot[1] * h + r)))
    return sum(count > 20 for count in part.histogram()) < 16


def test_tablet_18_a_face_is_covered_in_the_dark_killed_with_the_browser_and_hidden_on_the_server(
    served, at_work, upright
):
    one, visit = at_work(size=LANDSCAPE)
    one.network(False)
    served.stop()
    choose(one, file(upright))
    view(one)
    draw(one)
    canvas = Canvas(one).fits(1200, 900)
    canvas.drag((0.42, 0.42), (0.58, 0.42), (0.42, 0.5), (0.58, 0.5), (0.42, 0.58), (0.58, 0.58))
    canvas.drag((0.4, 0.75), (0.6, 0.75))
    tool(one, "arrow")
    canvas.drag((0.1, 0.9), (0.35, 0.6))
    tool(one, "box")
    canvas.drag((0.7, 0.2), (0.9, 0.5))
    one.page.locator("dialog.drawing .full-foot input").check()
    keep(one)
    expect(one.page.locator(".viewer-foot input[type=checkbox]")).to_be_checked()
    one.page.keyboard.press("Escape")
    expect(one.page.locator(f"#{ITEM} .thumb.clear")).to_have_count(1)
    one.kill()
    one.switch_on()
    one.network(False)
    one.go("/tablet/")
    one.unlock()
    safety(one, visit)
    expect(one.page.locator(f"#{ITEM} .thumb.clear canvas")).to_have_count(1)
    assert [mark.kind for mark in drawn(one, visit)] == ["blur", "blur", "arrow", "box"]
    served.start()
    one.network(True)
    one.go("/tablet/")
    one.unlock()
    arrives(served, visit, lambda rows: rows and rows[0]["unrecognisable_at"])
    (row,) = evidence(served, visit)
    assert [mark.kind for mark in parse(row["marks"])] == ["blur", "blur", "arrow", "box"]
    assert hidden(row["picture"]) and not hidden(upright)
    assert row["unrecognisable_at"] is not None


def test_tablet_18_undo_and_redo_and_leaving_without_keeping(at_work, upright):
    one, visit = at_work()
    page = one.page
    choose(one, file(upright))
    view(one)
    draw(one)
    canvas = Canvas(one).fits(1200, 900)
    acts = page.locator(".board-acts")
    undo, redo = acts.get_by_role("button", name="Undo"), acts.get_by_role("button", name="Redo")
    expect(undo).to_be_disabled()
    canvas.drag((0.4, 0.5), (0.6, 0.5))
    tool(one, "pen")
    canvas.drag((0.1, 0.1), (0.2, 0.3), (0.3, 0.1))
    undo.click()
    page.keyboard.press("Control+z")
    expect(undo).to_be_disabled()
    redo.click()
    expect(redo).to_be_enabled()
    page.keyboard.press("Control+y")
    expect(redo).to_be_disabled()
    page.keyboard.press("Escape")
    page.get_by_role("button", name="Go on drawing").click()
    undo.click()
    keep(one)
    assert [mark.kind for mark in drawn(one, visit)] == ["blur"]
    draw(one)
    Canvas(one).fits(1200, 900).drag((0.1, 0.1), (0.2, 0.2))
    page.keyboard.press("Escape")
    page.get_by_role("button", name="Leave it").click()
    expect(page.locator("dialog.drawing")).to_have_count(0)
    assert [mark.kind for mark in drawn(one, visit)] == ["blur"]


def test_tablet_18_a_tap_with_the_arrow_draws_nothing_and_a_dab_of_the_brush_hides(at_work, upright):
    one, visit = at_work()
    choose(one, file(upright))
    view(one)
    draw(one)
    canvas = Canvas(one).fits(1200, 900)
    tool(one, "arrow")
    canvas.drag((0.3, 0.3))
    tool(one, "blur")
    one.page.locator(".board-tool", has=one.page.locator("input[value=large]")).click()
    canvas.drag((0.5, 0.5))
    keep(one)
    (dab,) = drawn(one, visit)
    assert (dab.kind, len(dab.points), dab.width) == ("blur", 1, 0.12)
    assert dab.points[0] == pytest.approx((0.5, 0.5), abs=0.01)


def test_tablet_18_and_28_everything_can_be_drawn_by_the_keys_alone(at_work, upright):
    one, visit = at_work()
    page = one.page
    choose(one, file(upright))
    page.locator(f"#{ITEM} .thumb").focus()
    page.keyboard.press("Enter")
    expect(page.locator("dialog.viewer canvas")).to_be_visible()
    page.locator(".viewer-acts .primary").focus()
    page.keyboard.press("Enter")
    expect(page.locator("dialog.drawing canvas")).to_be_focused()
    page.keyboard.press("ArrowLeft")  # the cross appears in the middle
    page.keyboard.press("ArrowLeft")
    page.keyboard.press("Enter")
    for _ in range(4):
        page.keyboard.press("ArrowRight")
    page.keyboard.press("Enter")
    page.locator("input[value=arrow]").focus()
    page.keyboard.press("Space")
    page.locator("dialog.drawing canvas").focus()
    page.keyboard.press("Space")
    for _ in range(5):
        page.keyboard.press("ArrowUp")
    page.keyboard.press("Space")
    page.locator("dialog.drawing .full-foot input").focus()
    page.keyboard.press("Space")
    page.locator("dialog.drawing .full-bar .primary").focus()
    page.keyboard.press("Enter")
    expect(page.locator("dialog.drawing")).to_have_count(0)
    blur, arrow = drawn(one, visit)
    assert (blur.points[0], blur.points[-1]) == ((0.48, 0.5), (0.56, 0.5))
    assert arrow.points == ((0.56, 0.5), (0.56, 0.4))
    expect(page.locator(".viewer-foot input[type=checkbox]")).to_be_checked()


def touch(one, kind, *points):
    spots = [{"x": x, "y": y, "id": at} for at, (x, y) in enumerate(points)]
    one.touching.send("Input.dispatchTouchEvent", {"type": kind, "touchPoints": spots})


def test_tablet_18_one_finger_draws_two_fingers_enlarge_and_take_the_stroke_back(at_work, upright):
    one, visit = at_work()
    one.touching = one.cdp()
    choose(one, file(upright))
    view(one)
    draw(one)
    canvas = Canvas(one).fits(1200, 900)
    touch(one, "touchStart", canvas.at(0.3, 0.5))
    for step in range(10):
        touch(one, "touchMove", canvas.at(0.3 + step / 50, 0.5))
    touch(one, "touchEnd")
    expect(one.page.get_by_role("button", name="Undo")).to_be_enabled()
    # A second finger while the first one draws: nothing is drawn, the picture grows.
    touch(one, "touchStart", canvas.at(0.5, 0.5))
    touch(one, "touchMove", canvas.at(0.52, 0.5))
    touch(one, "touchStart", canvas.at(0.52, 0.5), canvas.at(0.6, 0.5))
    for step in range(1, 11):
        touch(one, "touchMove", canvas.at(0.52 - step / 50, 0.5), canvas.at(0.6 + step / 50, 0.5))
    touch(one, "touchEnd")
    # Enlarged, the same way on the glass is a smaller one on the picture.
    touch(one, "touchStart", canvas.at(0.4, 0.5))
    for step in range(10):
        touch(one, "touchMove", canvas.at(0.4 + step / 50, 0.5))
    touch(one, "touchEnd")
    keep(one)
    first, second = drawn(one, visit)

    def length(mark):
        return mark.points[-1][0] - mark.points[0][0]

    assert length(first) == pytest.approx(0.18, abs=0.02)
    assert 0.01 < length(second) < 0.1


def test_tablet_18_a_mark_that_goes_takes_the_tick_with_it(served, at_work, upright):
    one, visit = at_work()
    page = one.page
    choose(one, file(upright))
    view(one)
    draw(one)
    Canvas(one).fits(1200, 900).drag((0.4, 0.5), (0.6, 0.5))
    page.locator("dialog.drawing .full-foot input").check()
    keep(one)
    draw(one)
    Canvas(one).fits(1200, 900).drag((0.4, 0.8), (0.6, 0.8))
    keep(one)
    tick = page.locator(".viewer-foot input[type=checkbox]")
    expect(tick).to_be_checked()  # more is hidden than was looked at
    arrives(served, visit, lambda rows: rows and len(parse(rows[0]["marks"])) == 2)
    assert evidence(served, visit)[0]["unrecognisable_at"] is not None
    # Another inspector's word, from elsewhere: one of the blurs is not needed.
    photo_id = str(evidence(served, visit)[0]["id"])
    one.inside(
        """async (app, id) => { const field = `marks:${id}`;
             const marks = JSON.parse(app.ctx.state.beside.values.get(`SAF01 ${field}`));
             await app.ctx.answer("SAF01", field, JSON.stringify(marks.slice(1))) }""",
        photo_id,
    )
    expect(tick).not_to_be_checked()
    arrives(served, visit, lambda rows: len(parse(rows[0]["marks"])) == 1)
    assert evidence(served, visit)[0]["unrecognisable_at"] is None
    tick.check()
    arrives(served, visit, lambda rows: rows[0]["unrecognisable_at"] is not None)


def test_tablet_18_a_board_opened_right_after_keeping_has_what_was_kept(at_work, upright):
    one, visit = at_work()
    choose(one, file(upright))
    view(one)
    draw(one)
    Canvas(one).fits(1200, 900).drag((0.4, 0.5), (0.6, 0.5))
    one.page.evaluate(  # a quick finger, a slow tablet: twice on the button before the page has drawn what was kept
        """() => new MutationObserver((_changes, watch) => {
             if (document.querySelector("dialog.drawing")) return;
             watch.disconnect();
             setTimeout(() => { for (const time of [1, 2]) document.querySelector(".viewer-acts .primary").click(); });
           }).observe(document.body, { childList: true })"""
    )
    one.page.locator("dialog.drawing .full-bar .primary").click()
    expect(one.page.locator("dialog.drawing canvas")).to_have_count(1)
    Canvas(one).fits(1200, 900).drag((0.4, 0.8), (0.6, 0.8))
    keep(one)
    wait_until(lambda: len(drawn(one, visit)) == 2)


def test_behind_the_lock_no_photo_is_seen_and_what_was_being_drawn_is_there_afterwards(at_work, upright):
    one, visit = at_work()
    choose(one, file(upright))
    view(one)
    draw(one)
    Canvas(one).fits(1200, 900).drag((0.4, 0.5), (0.6, 0.5))
    one.page.wait_for_timeout(200)
    one.inside("(app) => app.lock()")
    expect(one.page.locator(".keys")).to_be_visible()
    expect(one.page.locator("dialog")).to_have_count(0)
    one.unlock()
    safety(one, visit)
    assert [mark.kind for mark in drawn(one, visit)] == ["blur"]


# -- words, strike, move ----------------------------------------------------------------------------------------------


def test_tablet_04_a_photo_has_words_and_every_keystroke_of_them_is_kept(served, at_work, upright):
    one, visit = at_work()
    choose(one, file(upright))
    view(one)
    one.page.locator(".viewer-foot input[type=text]").press_sequentially("Exit 3, chained", delay=20)
    one.page.keyboard.press("Escape")
    expect(one.page.locator(f"#{ITEM} .thumb")).to_have_accessible_name(re.compile("Exit 3, chained, SAF01"))
    arrives(served, visit, lambda rows: rows and rows[0]["caption"] == "Exit 3, chained")


def test_tablet_27_a_photo_is_struck_through_with_a_reason_and_that_can_be_undone(served, at_work, upright):
    one, visit = at_work()
    page = one.page
    choose(one, file(upright))
    view(one)
    page.get_by_role("button", name="Strike through").click()
    page.locator("dialog.ask").get_by_role("button", name="Blurred or too dark").click()
    page.locator("dialog.ask").get_by_role("button", name="Strike through").click()
    expect(page.locator(".viewer-foot")).to_contain_text("Struck through: Blurred or too dark")
    page.keyboard.press("Escape")
    expect(page.locator(f"#{ITEM} .thumb.is-struck")).to_have_count(1)
    expect(page.locator(f"#{ITEM} [data-n=photos]")).to_have_text("")
    arrives(served, visit, lambda rows: rows and rows[0]["struck_reason"] == "Blurred or too dark")
    page.locator(".undo button").click()
    expect(page.locator(f"#{ITEM} .thumb.is-struck")).to_have_count(0)
    arrives(served, visit, lambda rows: rows[0]["struck_at"] is None)


def test_a_photo_moves_to_another_item_and_back(served, at_work, upright):
    one, visit = at_work()
    page = one.page
    choose(one, file(upright))
    view(one)
    page.get_by_role("button", name="Other item").click()
    page.locator("dialog.ask select").select_option(OTHER)
    page.locator("dialog.ask").get_by_role("button", name="Move").click()
    page.keyboard.press("Escape")
    expect(page.locator(f"#{OTHER} .thumb")).to_have_count(1)
    expect(page.locator(f"#{ITEM} .thumb")).to_have_count(0)
    arrives(served, visit, lambda rows: rows and rows[0]["item"] == OTHER)
    view(one, item=OTHER)
    page.locator(".viewer-foot input[type=text]").fill("The key")
    page.locator(".viewer-foot input[type=text]").blur()
    page.keyboard.press("Escape")
    page.locator(".undo button").click()
    expect(page.locator(f"#{ITEM} .thumb")).to_have_count(1)
    arrives(served, visit, lambda rows: (rows[0]["item"], rows[0]["caption"]) == (ITEM, "The key"))


def test_photos_are_turned_by_keys_buttons_and_swipes(at_work, sideways, upright):
    one, _visit = at_work()
    page = one.page
    one.network(False)  # the server could show the one that this browser cannot
    choose(one, file(sideways), file(upright, "IMG_2.jpg"), file(photographs.heic(), "IMG_3.HEIC", "image/heic"))
    view(one)
    title = page.locator("#viewer-title")
    expect(title).to_have_text("Photo 1 of 3")
    page.keyboard.press("ArrowRight")
    expect(title).to_have_text("Photo 2 of 3")
    page.get_by_role("button", name="Photo before").click()
    expect(title).to_have_text("Photo 1 of 3")
    expect(page.locator(".viewer-stage:not([aria-busy]) canvas")).to_be_visible()
    box = page.locator("dialog.viewer canvas").bounding_box()
    assert box
    middle = box["y"] + box["height"] / 2
    page.mouse.move(box["x"] + box["width"] * 0.7, middle)
    page.mouse.down()
    page.mouse.move(box["x"] + box["width"] * 0.4, middle, steps=5)
    page.mouse.up()
    expect(title).to_have_text("Photo 2 of 3")
    page.get_by_role("button", name="Next photo").click()
    expect(page.locator("dialog.viewer")).to_contain_text("cannot show this picture (HEIC)")
    page.keyboard.press("Escape")
    expect(page.locator(f"#{ITEM} .thumb").first).to_be_focused()


def test_nothing_of_a_photo_stays_behind_as_an_address(at_work, upright):
    one, _visit = at_work()
    one.page.evaluate(
        """() => { window.open_ = 0; const { createObjectURL, revokeObjectURL } = URL;
             URL.createObjectURL = (...given) => { open_ += 1; return createObjectURL.apply(URL, given); };
             URL.revokeObjectURL = (...given) => { open_ -= 1; return revokeObjectURL.apply(URL, given); }; }"""
    )
    choose(one, file(upright), file(photographs.heic(), "IMG_3.HEIC", "image/heic"))
    view(one)
    one.page.keyboard.press("ArrowRight")
    expect(one.page.locator("#viewer-title")).to_have_text("Photo 2 of 2")
    expect(one.page.locator("dialog.viewer .stage, dialog.viewer .no-picture")).to_be_visible()
    one.page.keyboard.press("Escape")
    one.page.wait_for_function("open_ === 0", timeout=5000)  # the dialog's close event comes a little after the key


def test_tablet_08_flagged_items_stand_with_their_photos_before_signing(at_work, upright):
    one, visit = at_work()
    one.page.locator(f"#{ITEM} .ans.non_compliant").click()
    choose(one, file(upright))
    address = f"/tablet/visit/{visit}/end"
    one.open(address)
    one.ready(address)
    expect(one.page.locator(f"[data-flag-list] [data-item={ITEM}] .thumb canvas")).to_have_count(1)


# -- two tablets, the desk --------------------------------------------------------------------------------------------


def test_tablet_16_a_photo_of_the_other_inspector_is_seen_and_what_both_hide_stays_hidden(served, tablet, upright):
    visit = served.hand_out(0, "inspector", "inspector2")
    one, two = tablet("one"), tablet("two")
    one.set_up()
    safety(one, visit)
    choose(one, file(upright))
    view(one)
    draw(one)
    Canvas(one).fits(1200, 900).drag((0.4, 0.5), (0.6, 0.5))
    keep(one)
    arrives(served, visit, lambda rows: rows and rows[0]["marks"])
    two.set_up("inspector2")
    safety(two, visit)
    expect(two.page.locator(f"#{ITEM} .thumb canvas")).to_have_count(1)
    view(two)
    draw(two)
    Canvas(two).fits(1200, 900).drag((0.4, 0.75), (0.6, 0.75))
    keep(two)
    arrives(served, visit, lambda rows: len(parse(rows[0]["marks"])) == 2)
    (row,) = evidence(served, visit)
    assert hidden(row["picture"], (0.5, 0.75), 0.03)


def test_18_at_the_desk_a_photo_is_drawn_on_with_the_same_board(served, tablet, upright):
    visit = served.hand_out(0)

    def add(inspector):
        from compliance.visits import evidence as uploads

        upload = uploads.check(upright, "IMG_1.jpg")
        return store.add_evidence(inspector, store.get(inspector, visit), ITEM, upload).id

    evidence_id: UUID = served.as_("inspector", add)
    one = tablet(size=LANDSCAPE, language="zh")
    one.sign_in("inspector", f"/visits/evidence/{evidence_id}/marks")
    page = one.page
    expect(page.locator("html")).to_have_attribute("data-ready", "draw")
    box = page.locator("form.draw canvas").bounding_box()
    assert box
    page.mouse.move(box["x"] + box["width"] / 2 - 60, box["y"] + box["height"] / 2)
    page.mouse.down()
    page.mouse.move(box["x"] + box["width"] / 2 + 60, box["y"] + box["height"] / 2, steps=5)
    page.mouse.up()
    page.get_by_role("button", name="保存").click()
    page.wait_for_url(f"**/visits/evidence/{evidence_id}")
    (row,) = evidence(served, visit)
    assert [mark.kind for mark in parse(row["marks"])] == ["blur"]
    assert hidden(row["picture"], reach=0.03)


# -- for fingers ------------------------------------------------------------------------------------------------------

SMALL = """() => [...document.querySelectorAll("dialog[open] :is(button, input, select, a[href]), .thumb, .shot")]
  .filter((one) => one.checkVisibility())
  .map((one) => [one, (one.closest("label") ?? one).getBoundingClientRect()])
  .filter(([, box]) => box.width < 48 || box.height < 48)
  .map(([one, box]) => `${one.outerHTML.slice(0, 90)} ${box.width} x ${box.height}`)"""


@pytest.mark.parametrize("size", [LANDSCAPE, PORTRAIT, (390, 844)], ids=str)
@pytest.mark.parametrize("language", ["en", "zh"])
def test_tablet_01_everything_about_photos_is_large_enough_for_a_finger_and_on_the_screen(
    at_work, upright, size, language
):
    one, _visit = at_work(size=size, language=language)
    choose(one, file(upright))
    assert one.measure(SMALL) == []
    view(one)
    assert one.measure(SMALL) == []
    draw(one)
    assert one.measure(SMALL) == []
    outside = one.measure(
        """() => [...document.querySelectorAll("dialog.drawing button, dialog.drawing label")]
          .map((one) => one.getBoundingClientRect())
          .filter((box) => box.left < 0 || box.top < 0 || box.right > innerWidth || box.bottom > innerHeight).length"""
    )
    assert outside == 0
