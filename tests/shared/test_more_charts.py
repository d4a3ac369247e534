"""Falling curves and maps of squares: well-formed, escaped, reachable, and true to their figures."""

import re
from xml.etree import ElementTree

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from markupsafe import Markup

from compliance.shared.charts import RAMP
from compliance.shared.step_chart import Fall, Falling, chart_days, steps
from compliance.shared.tile_map import Tile, in_rows, step_of, tiles

SVG = "{http://www.w3.org/2000/svg}"
NASTY = "<script>&\"'示例"
LEGEND = ("40", "70", "100")


def parsed(drawn: Markup) -> ElementTree.Element:
    return ElementTree.fromstring(str(drawn).replace("<svg ", '<svg xmlns="http://www.w3.org/2000/svg" '))


def curve(name: str = "critical", last: int = 60) -> Falling:
    falls = [Fall(10, 0.8, 0.6, 0.9), Fall(30, 0.5, 0.3, 0.7)]
    return Falling(name, falls, last, [9 - place for place, _day in enumerate(chart_days(last))])


def drawn_steps(*curves: Falling) -> Markup:
    return steps("s", "Days", "About", curves, days_name="days", watched_name="still watched", share_name="still open")


def test_a_curve_falls_in_steps_and_ends_where_watching_ended() -> None:
    path = next(
        one.get("d") or "" for one in parsed(drawn_steps(curve())).iter(f"{SVG}path") if one.get("stroke-width")
    )
    assert re.fullmatch(r"M[\d. ]+(H[\d.]+V[\d.]+){2}H[\d.]+", path)
    assert float(path.rsplit("H", 1)[1]) > float(path.rsplit("H", 2)[1].split("V")[0])


def test_a_band_is_closed_and_stays_inside_the_plot() -> None:
    band = next(
        one.get("d") or "" for one in parsed(drawn_steps(curve())).iter(f"{SVG}path") if one.get("fill-opacity")
    )
    assert band.endswith("Z")
    assert all(14 <= float(level) <= 244 for level in re.findall(r"V([\d.]+)", band))


def test_how_many_are_watched_stands_below_each_day() -> None:
    words = [one.text for one in parsed(drawn_steps(curve())).iter(f"{SVG}text")]
    for place, day in enumerate(chart_days(60)):
        assert str(day) in words
        assert str(9 - place) in words


def test_nothing_closed_is_a_straight_line_and_no_curve_is_an_empty_frame() -> None:
    assert parsed(drawn_steps(Falling("none", (), 20, [3 for _day in chart_days(20)]))) is not None
    assert parsed(drawn_steps()) is not None


@pytest.mark.parametrize(
    ("last", "days"), [(0, [0, 1]), (1, [0, 1]), (7, [0, 1, 2, 3, 4, 5, 6, 7]), (60, [0, 10, 20, 30, 40, 50, 60])]
)
def test_days_below_a_chart_are_round(last: int, days: list[int]) -> None:
    assert chart_days(last) == days


@settings(deadline=None, max_examples=50)
@given(last=st.integers(0, 4000))
def test_days_are_few_ascending_and_within(last: int) -> None:
    days = chart_days(last)
    assert days[0] == 0
    assert days == sorted(set(days))
    assert days[-1] <= max(last, 1)
    assert len(days) <= 11


def test_names_cannot_break_out_of_a_drawing() -> None:
    map_of = tiles(
        "m", NASTY, NASTY, [Tile(0, 0, NASTY, 50, NASTY, NASTY, f"/x?a={NASTY}")], legend=LEGEND, blank=(NASTY, NASTY)
    )
    for drawn in (drawn_steps(curve(NASTY)), map_of):
        assert "<script" not in drawn
        assert 'style="' not in drawn
        parsed(drawn)


def test_squares_with_links_are_a_group_and_each_link_has_a_name() -> None:
    squares = [Tile(0, 0, "Wuhua", 88.0, "88.0", "n = 9", "/a"), Tile(1, 0, "Panlong", None, "too few visits", "n = 2")]
    root = parsed(tiles("m", "Map", "About", squares, legend=LEGEND, blank=("too few", "none")))
    assert root.get("role") == "group"
    [link] = root.iter(f"{SVG}a")
    assert link.get("aria-label") == "Wuhua: 88.0 n = 9"
    blanks = [one for one in root.iter(f"{SVG}rect") if one.get("class") == "c-blank" and one.get("rx")]
    assert len(blanks) == 1


def test_the_lowest_is_the_darkest() -> None:
    assert step_of(0, (40, 100)) == 0
    assert step_of(100, (40, 100)) == len(RAMP) - 1
    assert [step_of(value, (0, 60)) for value in (5, 15, 25, 35, 45, 55)] == [0, 1, 2, 3, 4, 5]


def test_without_a_map_squares_stand_in_rows() -> None:
    assert in_rows(4, 3) == [(0, 0), (1, 0), (2, 0), (0, 1)]
