"""Pictures on the tablet, in a real browser: what is read from them, what is kept of them, what is drawn on them."""

import base64
import io
import json
import random
from pathlib import Path

import pytest
from PIL import ExifTags, Image

from compliance.visits import evidence, marks, pictures
from tests.visits import photographs

pytestmark = pytest.mark.browser

CASES = json.loads((Path(__file__).parents[1] / "cases" / "marks.json").read_text())["cases"]

PREPARE = """async ([base, data, name, type, fresh]) => {
  const { prepared } = await import(`${base}/js/tablet/shrink.js`);
  const bytes = Uint8Array.from(atob(data), (letter) => letter.charCodeAt(0));
  const file = new File([bytes], name, { type, lastModified: Date.UTC(2026, 10, 21, 3, 0, 0) });
  const { base64: text } = await import(`${base}/js/tablet/digest.js`);
  try {
    const { bytes: kept, thumb, ...facts } = await prepared(file, { fresh });
    return { ...facts, bytes: text(kept), thumb: thumb && text(thumb) };
  } catch (error) { return { code: error.code ?? error.name, text: error.text ?? error.message, facts: error.facts }; }
}"""


@pytest.fixture(scope="module")
def page(playwright, served):
    """A page of the product from which modules can be loaded."""
    import os
    import shutil

    from tests.browser import FLAGS

    flags = [*FLAGS, "--no-sandbox"] if os.geteuid() == 0 else FLAGS
    browser = playwright.chromium.launch(executable_path=shutil.which("chromium"), args=flags)
    page = browser.new_context(timezone_id="Asia/Shanghai").new_page()
    page.goto(f"{served.address}/tablet/ready")
    yield page
    browser.close()


@pytest.fixture
def prepare(page, served):
    """``prepare(data, name)``: what the tablet keeps of a file."""

    def done(data, name="IMG_1.jpg", kind="", fresh=False):
        kept = page.evaluate(PREPARE, [served.static, base64.b64encode(data).decode(), name, kind, fresh])
        for part in ("bytes", "thumb"):
            if kept.get(part):
                kept[part] = base64.b64decode(kept[part])
        return kept

    return done


def opened(data):
    return Image.open(io.BytesIO(data))


def is_red(pixel):
    return pixel[0] > 200 and pixel[1] < 70


# -- kept small, upright, without what the camera hid (tablet.md 17) -------------------------------------------------


def test_tablet_17_a_photo_of_twelve_megapixels_is_kept_small_upright_and_without_camera_data(prepare):
    data = photographs.turned((4000, 3000))
    kept = prepare(data)
    assert (kept["type"], kept["width"], kept["height"]) == ("image/jpeg", 1200, 1600)
    assert len(kept["bytes"]) < 500_000
    picture = opened(kept["bytes"])
    assert picture.size == (1200, 1600) and is_red(picture.getpixel((1150, 50)))
    for part in (kept["bytes"], kept["thumb"]):
        assert not opened(part).getexif()
        assert b"Exif" not in part and b"SecretCam" not in part
    assert max(opened(kept["thumb"]).size) == 320 and len(kept["thumb"]) < 40_000


def test_tablet_17_the_camera_data_are_read_to_the_record_first(prepare):
    kept = prepare(photographs.turned((1600, 1200)))
    assert kept["taken"] == "2026-11-21T01:30:00.000Z"  # 09:30 at +08:00
    assert kept["position"] == photographs.POSITION


def test_tablet_17_a_photo_without_a_zone_was_taken_in_that_of_the_tablet(prepare):
    data = photographs.written(photographs.scene(), "JPEG", exif=photographs.camera_data(offset="", position=False))
    kept = prepare(data)
    assert (kept["taken"], kept["position"]) == ("2026-11-21T01:30:00.000Z", None)


def test_tablet_17_what_comes_from_the_camera_was_taken_now_and_an_old_picture_nobody_knows_when(prepare):
    data = photographs.written(photographs.scene(), "JPEG")
    assert prepare(data, fresh=True)["taken"] == "2026-11-21T03:00:00.000Z"
    assert prepare(data)["taken"] is None


@pytest.mark.parametrize("orientation", range(1, 9))
def test_tablet_17_a_photo_is_upright_however_the_camera_was_held(prepare, orientation):
    data = photographs.written(
        photographs.scene((1200, 900)), "JPEG", exif=photographs.camera_data(orientation=orientation)
    )
    server, tablet = opened(evidence.check(data, "x.jpg").shown), opened(prepare(data)["bytes"])
    assert server.size == tablet.size
    w, h = tablet.size
    for x in (0.04, 0.96):
        for y in (0.04, 0.96):
            at = (int(w * x), int(h * y))
            assert is_red(server.getpixel(at)) == is_red(tablet.getpixel(at)), at


def test_tablet_17_a_picture_that_is_hard_to_shrink_still_is_half_a_megabyte(prepare):
    noise = Image.frombytes("RGB", (2400, 1800), random.Random(1).randbytes(2400 * 1800 * 3))
    kept = prepare(photographs.written(noise, "JPEG", quality=90))
    assert len(kept["bytes"]) < 500_000 or max(opened(kept["bytes"]).size) == 1024


def test_tablet_17_a_small_picture_is_not_blown_up(prepare):
    kept = prepare(photographs.written(photographs.scene((300, 200)), "JPEG"))
    assert (kept["width"], kept["height"]) == (300, 200)


def test_tablet_17_a_png_with_glass_in_it_stands_on_white(prepare):
    glass = Image.new("RGBA", (400, 300), (0, 0, 0, 0))
    kept = prepare(photographs.written(glass, "PNG"), "drawing.png")
    assert min(opened(kept["bytes"]).getpixel((200, 150))) > 250


def test_tablet_17_heic_that_this_browser_cannot_show_is_kept_as_it_is_and_read(prepare):
    data = photographs.heic()
    kept = prepare(data, "IMG_0001.HEIC")
    assert (kept["type"], kept["bytes"], kept["thumb"]) == ("image/heic", data, None)
    assert (kept["taken"], kept["position"]) == ("2026-11-21T01:30:00.000Z", photographs.POSITION)
    assert evidence.check(kept["bytes"], "x.heic").kind == "photo"


@pytest.mark.parametrize(
    ("data", "name", "code"),
    [
        (b"", "empty.jpg", "empty"),
        (b"Dear Sir, this is a letter.\n" * 200, "renamed.jpg", "no-picture"),
        (photographs.turned()[:600], "cut.jpg", "no-picture"),
        (b"\0\0\0\x1cftypavif\0\0\0\0avifmif1miaf" + b"\0" * 300, "broken.avif", "no-picture"),
        (b"\0\0\0\x18ftypisom\0\0\0\0isom" + b"\0" * 300, "film.mp4", "no-picture"),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_tablet_17_what_is_no_picture_is_named_in_clear_words(prepare, data, name, code):
    kept = prepare(data, name)
    assert (kept["code"], kept["facts"]["name"]) == (code, name)
    assert "%(name)s" in kept["text"]


@pytest.mark.parametrize("order", ["<", ">"])
@pytest.mark.parametrize("wrong", ["cut", "loops", "far", "zero", "none"])
def test_broken_camera_data_are_no_reason_to_refuse_a_picture(prepare, wrong, order):
    exif = photographs.camera_data()
    data = bytearray(photographs.written(photographs.scene((200, 150)), "JPEG", exif=exif))
    at = data.index(b"Exif\0\0") + 6
    if wrong == "cut":
        data[at + 8 : at + 10] = b"\xff\xff"
    elif wrong == "loops":
        data[at + 4 : at + 8] = b"\0\0\0\0"
    elif wrong == "far":
        data[at + 4 : at + 8] = b"\xff\xff\xff\x7f"
    elif wrong == "zero":
        data[at + 8 :] = data[at + 8 :].replace(b"\0\0\0\x01", b"\0\0\0\0")
    data[at : at + 2] = b"II" if order == "<" else b"MM"
    kept = prepare(bytes(data))
    assert kept["type"] == "image/jpeg"
    assert kept["position"] is None or kept["position"].startswith("25.")


def test_both_readers_find_the_same_in_pictures_of_both_byte_orders(prepare):
    for endian in ("<", ">"):
        exif = photographs.camera_data()
        exif.endian = endian
        place = exif.get_ifd(ExifTags.IFD.GPSInfo)
        place[ExifTags.GPS.GPSLatitudeRef], place[ExifTags.GPS.GPSLongitudeRef] = "S", "W"
        data = photographs.written(photographs.scene((200, 150)), "JPEG", exif=exif)
        found, kept = pictures.opened(data, "image/jpeg"), prepare(data)
        assert found.position == kept["position"] == "-25.034167,-121.500833,12"


# -- marks (tablet.md 18) ---------------------------------------------------------------------------------------------


@pytest.mark.parametrize("case", CASES, ids=lambda case: case["name"])
def test_tablet_18_regions_are_those_of_the_shared_table(page, served, case):
    found = page.evaluate(
        """async ([base, { size, strokes }]) => {
          const { regions, cellOf } = await import(`${base}/js/tablet/marks.js`);
          const given = strokes.map((one, at) => ({ kind: "blur", at, ...one }));
          const told = ({ frame, marks }) =>
            ({ at: marks.map((one) => one.at).sort(), cell: cellOf(frame, Math.max(...size)) });
          return regions(given, size).map(told);
        }""",
        [served.static, case],
    )
    found.sort(key=lambda one: one["at"])
    assert [one["at"] for one in found] == case["regions"]
    assert [one["cell"] for one in found] == pytest.approx(case["cells"])


DRAWN = [
    {"kind": "blur", "points": [[0.4, 0.5], [0.6, 0.5]], "width": 0.16},
    {"kind": "arrow", "from": [0.1, 0.1], "to": [0.4, 0.3]},
    {"kind": "box", "from": [0.6, 0.1], "to": [0.9, 0.3]},
    {"kind": "pen", "points": [[0.1, 0.9], [0.2, 0.8], [0.3, 0.9]]},
]


def test_tablet_18_what_the_tablet_draws_the_server_draws_too(page, served):
    source = photographs.scene((800, 600))
    shown = page.evaluate(
        """async ([base, data, given]) => {
          const { hide, point, parse, textOf, sheet } = await import(`${base}/js/tablet/marks.js`);
          const picture = new Image(); picture.src = `data:image/png;base64,${data}`; await picture.decode();
          const canvas = sheet(800, 600), marks = parse(textOf(given));
          hide(canvas, picture, marks);
          point(canvas.getContext("2d"), [0, 0, 800, 600], marks);
          return [canvas.toDataURL("image/png").split(",")[1], textOf(given)];
        }""",
        [served.static, base64.b64encode(photographs.written(source, "PNG")).decode(), DRAWN],
    )
    tablet = opened(base64.b64decode(shown[0])).convert("RGB")
    kept = marks.parse(shown[1])
    server = marks.drawn(source, kept)
    assert [mark.kind for mark in kept] == ["blur", "arrow", "box", "pen"]
    for spot in [(400, 300), (250, 120), (480, 120), (160, 480)]:
        near = [(spot[0] + dx, spot[1] + dy) for dx in (-2, 0, 2) for dy in (-2, 0, 2)]
        ours, theirs = ([sum(p.getpixel(at)[i] for at in near) / 9 for i in range(3)] for p in (tablet, server))
        assert max(abs(a - b) for a, b in zip(ours, theirs, strict=True)) < 45, (spot, ours, theirs)


def test_tablet_18_a_scribble_of_a_thousand_points_is_kept_as_few(page, served):
    text = page.evaluate(
        """async (base) => {
          const { textOf, tooMany } = await import(`${base}/js/tablet/marks.js`);
          const at = (n) => [0.5 + Math.sin(n / 900) / 3, 0.5 + Math.cos(n / 700) / 3];
          const points = Array.from({ length: 20000 }, (_, n) => at(n));
          const marks = [{ kind: "pen", points }];
          return tooMany(marks) ? "" : textOf(marks);
        }""",
        served.static,
    )
    (pen,) = marks.parse(text)
    assert 300 < len(pen.points) < marks.MOST_POINTS


def test_tablet_18_more_shows_only_where_a_mark_is_gone(page, served):
    said = page.evaluate(
        """async ([base, all]) => {
          const { showsMore, union, without, textOf } = await import(`${base}/js/tablet/marks.js`);
          const more = union(all, [{ kind: "pen", points: [[0, 0]] }]), less = all.slice(1);
          const same = textOf(union(all, all)) === textOf(all);
          return [showsMore(all, more), showsMore(all, less), without(all, less).length, same];
        }""",
        [served.static, DRAWN],
    )
    assert said == [False, True, 1, True]
