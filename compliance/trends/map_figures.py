"""The map of districts: one square for each, with the figure that was chosen."""

from collections.abc import Mapping

from compliance.estimation.strata import Scale
from compliance.shared import tile_map
from compliance.shared.drawing import fitted
from compliance.shared.tile_map import Tile
from compliance.shared.translation import gettext as _
from compliance.trends import places
from compliance.trends.labels import Labels, Shown, Table
from compliance.trends.rules import UNKNOWN, By
from compliance.trends.sections import Link, Section, count, stated_entries, stated_heads
from compliance.trends.stated import Stated, interval_text, n_text, plain_text, value_text

SCORES, SHARES = (40.0, 100.0), (60.0, 0.0)
"""The values at the dark and at the light end."""


def map_section(
    title: str, figures: Mapping[str, Stated], members: Mapping[str, int], scale: Scale, names: Labels, link: Link
) -> Section:
    """Squares and table. ``members`` are the active enterprises by district."""
    city = places.home(members)
    where = places.placed([key for key in {*figures, *members} if key != UNKNOWN], city)
    squares = [_square(code, place, figures.get(code), names, link) for code, place in where.items()]
    ends = SCORES if scale is Scale.score else SHARES
    about = _(
        "One square for each district, at about its place among the others: no square stands for an area. The darker, "
        "the more has to be done."
    )
    blank = (_("Visits, but too few for an estimate"), _("No visits"))
    chart = fitted(
        lambda width: tile_map.tiles(
            "district-map", title, about, squares, scale=ends, legend=_legend(scale), blank=blank, width=width
        )
    )
    rows = []
    for code in sorted({*figures, *members, *where}, key=lambda code: (code == UNKNOWN, code)):
        one = figures.get(code)
        told = (
            stated_entries(one, _visits(code, link))
            if one
            else [Shown(_("no visits"), dim=True), *[Shown("–", dim=True)] * 3]
        )
        rows.append([Shown(names.along(By.district, code)), *told, count(members.get(code, 0))])
    heads = [_("District"), *stated_heads(), _("Active enterprises")]
    how = (
        _(
            "Each figure is estimated for the members of the district from the drawn visits there, with its own "
            "interval. Districts differ by chance too: two whose intervals overlap much do not clearly differ."
        ),
        _("A hatched square has no estimate; below the reason stands the plain figure of all visits there, if any."),
        _("A visit counts under the district of its workplace, the members under that of the enterprise."),
        _("No map is fetched from anywhere. Districts whose place is not known stand in rows below."),
    )
    return Section("map", title, Table(heads, rows), chart, how=how)


def _square(code: str, place: tuple[int, int], one: Stated | None, names: Labels, link: Link) -> Tile:
    name = names.along(By.district, code)
    if one is None or not (one.n or one.plain.n):
        return Tile(*place, name, None, _("no visits"))
    if one.points is None:
        return Tile(*place, name, None, value_text(one), plain_text(one), _visits(code, link), hatched=True)
    return Tile(*place, name, one.points, value_text(one), f"{interval_text(one)} · {n_text(one)}", _visits(code, link))


def _visits(code: str, link: Link) -> str:
    return link("visits", district=code, outcome="completed")


def _legend(scale: Scale) -> tuple[str, str, str]:
    if scale is Scale.score:
        return (_("40 or less"), "70", "100")
    return (_("60 per cent or more"), "30%", "0%")
