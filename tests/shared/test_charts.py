"""Charts: well-formed, escaped, silent about what is not known, and the same words for eye and ear."""

import re
from xml.etree import ElementTree

import pytest
from hypothesis import given
from hypothesis import strategies as st
from markupsafe import Markup

from compliance.shared import drawing
from compliance.shared.charts import (
    Bar,
    Cell,
    Dot,
    Part,
    Stack,
    bars,
    dots,
    heatmap,
    stacked,
    ticks,
)
from compliance.shared.drawing import NARROW, WIDE
from compliance.shared.interval_charts import Moment, Range, ranges, through_time
from compliance.shared.step_chart import Fall, Falling, chart_days, steps
from compliance.shared.tile_map import Tile, tiles

SVG = "{http://www.w3.org/2000/svg}"
NASTY = "<script>&\"'示例"


def every_kind(words: str = "words", href: str | None = None, width: float = WIDE) -> dict[str, Markup]:
    part, keys, w = Part(words, "green"), (words, words, words), words
    moments = [Moment(words, 50, 40, 60, 9, 55, 12), Moment(words, None, None, None, 3, 40, 4, "1")]
    rows = [Range(words, 50, 40, 60, words, words, 55, 45, href), Range(words, None, None, None, words)]
    curve = Falling(words, [Fall(3, 0.5, 0.3, 0.7)], 20, [3 for _day in chart_days(20)])
    return {
        "bars": bars("b", w, w, [Bar(w, 5, w, w, 3, 6, href), Bar(w, None, w)], width=width),
        "heatmap": heatmap("c", words, words, [words], [words], [[Cell(50, words, words, href)]], width=width),
        "dots": dots("d", words, words, [Dot(words, 50, words, 40, 60)], keys=keys, width=width),
        "stacked": stacked("e", words, words, [part, part], [Stack(words, [1, 99], words, [href, None])], width=width),
        "ranges": ranges("f", words, words, rows, keys=keys, width=width),
        "time": through_time("g", words, words, moments, keys=keys, counts=(words, words), width=width),
        "steps": steps(
            "h", words, words, [curve], days_name=words, watched_name=words, share_name=words, width=width
        ),
        "map": tiles(
            "i", words, words, [Tile(0, 0, words, 5, words, words, href), Tile(1, 0, words, None, words, hatched=True)],
            legend=keys, blank=(words, words), width=width,
        ),
    }  # fmt: skip


def parsed(chart: str) -> ElementTree.Element:
    return ElementTree.fromstring(chart)


@pytest.mark.parametrize("width", [WIDE, NARROW])
@pytest.mark.parametrize("sort", every_kind())
def test_every_chart_is_well_formed_whatever_the_words(sort: str, width: float) -> None:
    root = parsed(every_kind(NASTY, "/x?a=1&b=2", width)[sort])
    assert root.find("title").text == NASTY
    assert root.find("desc").text == NASTY


@pytest.mark.parametrize("sort", every_kind())
def test_a_chart_carries_no_script_no_style_and_no_handler(sort: str) -> None:
    for element in parsed(every_kind("words", "/x")[sort]).iter():
        assert element.tag not in ("script", "style", "foreignObject", "image", "use")
        assert not {name for name in element.attrib if name == "style" or name.startswith("on")}


@pytest.mark.parametrize("sort", every_kind())
def test_title_and_description_are_named_by_the_drawing(sort: str) -> None:
    root = parsed(every_kind()[sort])
    assert root.get("aria-labelledby").split() == [root.find("title").get("id"), root.find("desc").get("id")]


@pytest.mark.parametrize("sort", ["bars", "heatmap", "stacked"])
def test_a_chart_with_links_is_a_group_because_an_image_has_no_inside(sort: str) -> None:
    assert parsed(every_kind()[sort]).get("role") == "img"
    linked = parsed(every_kind("words", "/rows?n=1")[sort])
    assert linked.get("role") == "group"
    assert [a.get("href") for a in linked.iter("a")] == ["/rows?n=1"]
    assert all(a.get("aria-label") for a in linked.iter("a"))


def test_every_mark_has_a_print_colour_of_its_own() -> None:
    for chart in every_kind("words", "/x").values():
        for element in parsed(chart).iter():
            if element.tag in ("rect", "circle", "text"):
                assert element.get("fill"), ElementTree.tostring(element)
            if element.tag == "path":
                assert element.get("fill") or element.get("stroke")


def test_a_bar_without_a_value_says_so_instead_of_drawing_nothing_of_length_nothing() -> None:
    chart = bars("x", "t", "d", [Bar("Metal", None, "too few visits", "n = 3"), Bar("Food", 0, "0%", "n = 9")])
    assert chart.count("<rect") == 1
    assert "too few visits" in chart
    assert "n = 3" in chart


def test_a_square_without_a_value_is_blank_and_says_why() -> None:
    chart = heatmap("x", "t", "d", ["Wages"], ["Q1"], [[Cell(None, "too few visits", "n = 3", "/rows")]])
    assert 'class="c-blank"' in chart
    assert "too few visits" in chart
    assert 'href="/rows"' in chart


def test_long_column_names_lean_so_that_they_can_be_read() -> None:
    names = ["Manufacture of rubber and plastics products"] * 9
    assert "rotate(" in heatmap("x", "t", "d", ["r"], names, [[Cell(1, "1")] * 9])
    assert "rotate(" not in heatmap("x", "t", "d", ["r"], ["Q1", "Q2", "Q3", "Q4"], [[Cell(1, "1")] * 4])


def test_segments_fill_the_row_and_say_their_share() -> None:
    parts = [Part("Good", "green"), Part("Weak", "orange"), Part("Odd", "no such colour")]
    root = parsed(stacked("x", "t", "d", parts, [Stack("Q1", [3, 1, 0], "n = 4")]))
    said = [e.find("title").text for e in root.iter("rect") if e.find("title") is not None]
    assert said == ["Q1, Good: 3 (75%)", "Q1, Weak: 1 (25%)"]


def test_a_row_of_nothing_is_an_empty_frame() -> None:
    assert 'class="c-blank"' in stacked("x", "t", "d", [Part("Good", "green")], [Stack("Q1", [0])])


def test_a_scorecard_shows_only_the_marks_that_it_has() -> None:
    chart = dots("x", "t", "d", [Dot("Wages", 80, "80")], keys=("now", "last visit", "median"))
    assert "now" in chart
    assert "last visit" not in chart
    assert "median" not in chart


@pytest.mark.parametrize("sort", [bars, heatmap, dots, stacked])
def test_nothing_to_show_is_no_fault(sort: object) -> None:
    empty = {
        bars: lambda: bars("x", "t", "d", []),
        heatmap: lambda: heatmap("x", "t", "d", [], [], []),
        dots: lambda: dots("x", "t", "d", []),
        stacked: lambda: stacked("x", "t", "d", [], []),
    }
    parsed(empty[sort]())


@given(st.floats(-1000, 1000), st.floats(0.01, 1000))
def test_ticks_are_few_rising_and_inside(low: float, length: float) -> None:
    found = ticks(low, low + length)
    assert 2 <= len(found) <= 13
    assert found == sorted(set(found))
    assert low - length <= found[0]
    assert found[-1] <= low + length * 1.01


@given(st.text(max_size=80), st.floats(20, 300))
def test_a_cut_text_fits_where_anything_fits(words: str, width: float) -> None:
    assert drawing.width_of(drawing.cut(words, width, 12), 12) <= max(width, drawing.width_of("…", 12))


@given(st.text(alphabet="示例制衣厂 abc-", max_size=60))
def test_lines_lose_nothing_but_what_the_ellipsis_marks(words: str) -> None:
    lines = drawing.lines_of(words, 90, 12)
    assert len(lines) <= 2
    joined = "".join(lines).replace(" ", "")
    if "…" in joined:
        assert words.replace(" ", "").startswith(joined[: joined.index("…")])
    else:
        assert joined == words.replace(" ", "")


def test_english_breaks_between_words_and_chinese_anywhere() -> None:
    assert drawing.lines_of("Social security", 60, 12) == ["Social", "security"]
    assert drawing.lines_of("社会保障与福利", 60, 12) == ["社会保障与", "福利"]


@pytest.mark.parametrize("width", [WIDE, NARROW])
@pytest.mark.parametrize("sort", every_kind())
def test_no_word_stands_outside_its_drawing(sort: str, width: float) -> None:
    root = parsed(every_kind("Two words", width=width)[sort])
    across, down = (float(edge) for edge in root.get("viewBox", "").split()[2:])
    for one in root.iter("text"):
        if one.get("transform"):
            continue
        wide = drawing.width_of(one.text or "", float(one.get("font-size", "0")))
        left = float(one.get("x", "0")) - {"start": 0.0, "middle": wide / 2, "end": wide}[one.get("text-anchor", "")]
        assert left >= -0.5, one.text
        assert left + wide <= across + 0.5, one.text
        assert 0 < float(one.get("y", "0")) <= down, one.text


def test_a_page_has_a_drawing_for_a_wide_screen_and_one_for_a_phone_with_ids_of_its_own() -> None:
    both = drawing.fitted(lambda width: every_kind(width=width)["ranges"])
    ids = re.findall(r' id="([^"]+)"', both)
    assert len(ids) == len(set(ids)) == 4
    assert both.index('class="on-wide"') < both.index('class="on-phone"')


def test_long_words_are_cut_after_a_whole_one() -> None:
    assert drawing.cut("Is one true wage ledger kept, with hours and items?", 200, 12) == "Is one true wage ledger…"
    assert drawing.cut("工资清单和工资台账是否真实完整", 100, 12) == "工资清单和工资…"
