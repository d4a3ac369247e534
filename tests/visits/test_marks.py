"""Marks on photos: what hides is gone for good, what points is seen, and nonsense is refused (tablet.md 18)."""

import io
import json
import math
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image, ImageChops

from compliance.shared.problems import Problem
from compliance.visits import marks, pictures
from compliance.visits.marks import Mark
from tests.visits import photographs

share = st.floats(0, 1).map(lambda number: round(number, 4))
point = st.tuples(share, share)
points = st.lists(point, min_size=1, max_size=12).map(tuple)
mark = st.one_of(
    st.builds(lambda p, w: Mark("blur", p, w), points, st.floats(*marks.WIDTHS).map(lambda w: max(round(w, 4), 0.004))),
    st.builds(lambda kind, a, b: Mark(kind, (a, b)), st.sampled_from(["arrow", "box"]), point, point),
    st.builds(lambda p: Mark("pen", p), points),
)

CASES = json.loads((Path(__file__).parents[1] / "cases" / "marks.json").read_text())["cases"]
FACE = Mark("blur", ((0.42, 0.5), (0.58, 0.5)), 0.16)


@given(st.lists(mark, max_size=8, unique=True))
def test_marks_come_back_from_their_text(given):
    text = marks.text_of(given)
    assert marks.parse(text) == tuple(given)
    assert marks.text_of(marks.parse(text)) == text


@pytest.mark.parametrize(
    "text",
    [
        "x",
        "{}",
        "[1]",
        "[[]]",
        '[{"kind":"blur"}]',
        '[{"kind":"blur","points":[],"width":0.1}]',
        '[{"kind":"blur","points":[[0.5,0.5]],"width":0}]',
        '[{"kind":"blur","points":[[0.5,0.5]],"width":2}]',
        '[{"kind":"blur","points":[[0.5,1.5]],"width":0.1}]',
        '[{"kind":"pen","points":[[0.5]]}]',
        '[{"kind":"pen","points":[[0.5,true]]}]',
        '[{"kind":"pen","points":[[0.5,NaN]]}]',
        '[{"kind":"pen","points":[[0.5,1e999]]}]',
        '[{"kind":"pen","points":"ab"}]',
        '[{"kind":"arrow","from":[0,0]}]',
        '[{"kind":"arrow","from":[0,0],"to":[1,1],"html":"<b>"}]',
        '[{"kind":["blur"],"points":[[0,0]],"width":0.1}]',
        '[{"kind":"script","points":[[0,0]]}]',
        "[" * 100_000,
        json.dumps([{"kind": "pen", "points": [[0, 0]]}] * (marks.MOST + 1)),
        json.dumps([{"kind": "pen", "points": [[0, 0]] * (marks.MOST_POINTS + 1)}]),
    ],
)
def test_what_is_no_mark_is_refused(text):
    with pytest.raises(Problem) as refused:
        marks.parse(text)
    assert refused.value.code in ("marks-unreadable", "marks-too-many")


def test_no_marks_are_no_text():
    assert marks.parse("") == marks.parse(None) == marks.parse("[]") == ()
    assert marks.text_of(()) is None


def covered(picture, drawn, mark):
    """The part of both pictures that lies well under the stroke of a mark."""
    wide = mark.width * max(picture.size) / 2
    (x0, y0), (x1, y1) = ((x * picture.width, y * picture.height) for x, y in (mark.points[0], mark.points[-1]))
    box = tuple(map(round, (min(x0, x1), min(y0, y1) - wide, max(x0, x1), max(y0, y1) + wide)))
    return picture.crop(box), drawn.crop(box)


def test_18_what_is_under_a_blur_is_left_as_a_handful_of_colours():
    picture = photographs.noisy()
    _before, after = covered(picture, marks.drawn(picture, [FACE]), FACE)
    colours = after.getcolors(maxcolors=1000)
    assert colours is not None and len(colours) <= marks.CELLS**2
    smallest = max(picture.size) * marks.SMALLEST_CELL
    assert min(count for count, _ in colours) >= smallest  # none of them stands for a few pixels


@pytest.mark.parametrize("width", [0.02, 0.1, 0.3])
@pytest.mark.parametrize("size", [(1600, 1200), (900, 1600), (320, 240), (60, 40), (3, 1600)])
def test_18_a_face_leaves_no_more_colours_the_nearer_it_was(size, width):
    picture = photographs.noisy(size)
    stroke = Mark("blur", tuple((0.3 + i / 50, 0.5) for i in range(20)), width)
    drawn = marks.drawn(picture, [stroke])
    changed = ImageChops.difference(picture, drawn).convert("L").point(lambda p: 255 if p else 0)
    box = changed.getbbox()
    assert box is not None
    colours = Image.composite(drawn, Image.new("RGB", size), changed).getcolors(maxcolors=100_000)
    assert colours is not None and len(colours) <= (marks.CELLS + 1) ** 2 + 1


def test_18_a_face_that_was_dabbed_at_is_one_region_and_not_many_small_ones():
    dabs = [Mark("blur", ((0.4 + x * 0.02, 0.4 + y * 0.02),), 0.04) for x in range(8) for y in range(8)]
    picture = photographs.noisy()
    assert len(marks.regions(dabs, picture.size)) == 1
    drawn = marks.drawn(picture, dabs)
    box = (round(0.42 * 1200), round(0.42 * 900), round(0.52 * 1200), round(0.52 * 900))
    assert len(drawn.crop(box).getcolors(maxcolors=1000) or range(999)) <= marks.CELLS**2


@pytest.mark.parametrize("case", CASES, ids=lambda case: case["name"])
def test_18_regions_are_those_of_the_shared_table(case):
    strokes = [Mark("blur", tuple(map(tuple, one["points"])), one["width"]) for one in case["strokes"]]
    size = tuple(case["size"])
    found = marks.regions(strokes, size)
    assert sorted(sorted(strokes.index(one) for one in group) for group in found) == case["regions"]
    by_first = sorted(found, key=lambda group: min(strokes.index(one) for one in group))
    assert [marks.cell(marks.frame(group, size), max(size)) for group in by_first] == pytest.approx(case["cells"])


def test_18_two_faces_far_apart_keep_colours_of_their_own():
    two = [Mark("blur", ((0.1, 0.1),), 0.1), Mark("blur", ((0.9, 0.9),), 0.1)]
    assert len(marks.regions(two, (1200, 900))) == 2


def test_18_a_chain_of_strokes_is_one_region_whatever_their_order():
    chain = [Mark("blur", ((0.1 * i, 0.5), (0.1 * i + 0.1, 0.5)), 0.05) for i in range(9)]
    for order in (chain, chain[::-1], chain[::2] + chain[1::2]):
        assert len(marks.regions(order, (1200, 900))) == 1


def test_18_the_blur_reaches_beyond_the_stroke_so_that_no_rim_peeps_out():
    picture = photographs.noisy()
    drawn = marks.drawn(picture, [Mark("blur", ((0.3, 0.5), (0.7, 0.5)), 0.2)])
    same = ImageChops.difference(picture, drawn).convert("L").point(lambda p: 0 if p else 255)
    radius = 0.2 * 1200 / 2
    for x in range(370, 830, 20):
        for dy in (-radius, radius):
            at = (x, round(450 + dy))
            # A pixel may by chance have the colour of its cell; a group of them may not.
            assert sum(same.getpixel((at[0] + i, at[1])) > 0 for i in range(5)) <= 1


def test_18_a_scribble_over_a_face_leaves_no_slivers_open():
    picture = photographs.noisy()
    lines = tuple((0.4 if i % 4 in (0, 3) else 0.6, 0.4 + (i // 2) * 0.04) for i in range(10))
    drawn = marks.drawn(picture, [Mark("blur", lines, 0.02)])  # 36 pixels between strokes of 31
    box = (490, 365, 710, 500)
    open_ = ImageChops.difference(picture, drawn).crop(box).convert("L").histogram()[0]
    assert open_ < 0.02 * (box[2] - box[0]) * (box[3] - box[1])  # pixels that by chance have the colour of their cell


def test_18_an_arrow_cannot_uncover_what_a_blur_hides():
    picture = photographs.noisy()
    hidden = marks.drawn(picture, [FACE])
    both = marks.drawn(picture, [Mark("arrow", ((0.1, 0.1), (0.5, 0.5))), FACE])
    (source, plain), (_, arrowed) = covered(picture, hidden, FACE), covered(picture, both, FACE)

    def as_it_was(part):
        return ImageChops.difference(source, part).convert("L").histogram()[0]

    assert ImageChops.difference(plain, arrowed).getbbox()
    assert as_it_was(arrowed) <= as_it_was(plain)


@pytest.mark.parametrize("pointer", ["arrow", "box", "pen"])
@pytest.mark.parametrize("ground", ["white", "black", "#d4001a", "#808080"])
@pytest.mark.parametrize("size", [(1600, 1200), (320, 240)])
def test_18_what_points_is_seen_on_every_ground_also_without_colours(pointer, ground, size):
    picture = Image.new("RGB", size, ground)
    drawn = marks.drawn(picture, [Mark(pointer, ((0.2, 0.3), (0.7, 0.6)))])
    grey = ImageChops.difference(picture.convert("L"), drawn.convert("L"))
    low, high = grey.getextrema()
    assert high - low > 60
    assert sum(grey.histogram()[60:]) > 0.002 * math.prod(size)


def test_18_an_arrow_points_where_it_was_drawn_to():
    picture = Image.new("RGB", (1200, 900), "white")
    drawn = marks.drawn(picture, [Mark("arrow", ((0.2, 0.5), (0.8, 0.5)))])
    red = [drawn.getpixel((x, 450))[1] < 80 for x in range(1200)]
    assert not any(red[:225]) and red[945] and not any(red[985:])

    def height(x):
        return sum(drawn.getpixel((x, y))[1] < 80 for y in range(900))

    assert height(930) > 2 * height(600) > 0


@settings(max_examples=40, deadline=None)
@given(st.lists(mark, max_size=6), st.sampled_from([(160, 120), (90, 160), (1, 1), (200, 3)]))
def test_any_marks_can_be_drawn_on_any_picture(given, size):
    picture = photographs.noisy(size)
    before = picture.tobytes()
    drawn = marks.drawn(picture, given)
    assert drawn.size == size and drawn.mode == "RGB"
    assert picture.tobytes() == before


@given(st.lists(mark, max_size=5, unique=True), st.lists(mark, max_size=5, unique=True))
def test_a_copy_shows_more_only_where_a_mark_is_gone(before, added):
    together = marks.union(before, added)
    assert not marks.shows_more(before, together)
    assert marks.shows_more(together, before) == bool(set(added) - set(before))
    assert marks.lifts_blur(together, before) == any(m.kind == "blur" for m in set(added) - set(before))


def test_18_both_copies_are_drawn_with_the_marks_and_hold_no_camera_data():
    data = photographs.turned()
    shown, small = pictures.redrawn(data, "image/jpeg", [Mark("blur", ((0.5, 0.5),), 0.5)])
    clear, _ = pictures.redrawn(data, "image/jpeg", [])
    for copy in (shown, small):
        picture = Image.open(io.BytesIO(copy))
        assert picture.width < picture.height
        assert not picture.getexif() and b"SecretCam" not in copy
        w, h = picture.size
        middle = picture.crop((w // 2 - w // 8, h // 2 - w // 8, w // 2 + w // 8, h // 2 + w // 8)).convert("L")
        plain = Image.open(io.BytesIO(clear)).resize((w, h))
        plain = plain.crop((w // 2 - w // 8, h // 2 - w // 8, w // 2 + w // 8, h // 2 + w // 8)).convert("L")
        assert middle.getextrema()[1] - middle.getextrema()[0] < plain.getextrema()[1] - plain.getextrema()[0]


def test_marks_sit_on_the_upright_picture():
    # Upright, the red corner of this picture is at the upper right.
    shown, _ = pictures.redrawn(photographs.turned(), "image/jpeg", [Mark("box", ((0.8, 0.05), (0.95, 0.2)))])
    picture = Image.open(io.BytesIO(shown))
    assert picture.getpixel((int(picture.width * 0.97), int(picture.height * 0.01)))[0] > 200
    assert picture.getpixel((int(picture.width * 0.8), int(picture.height * 0.1))) != (255, 0, 0)
