"""The page of refused visits and what they do to the estimates."""

from collections.abc import Mapping
from typing import Any

from flask.typing import ResponseReturnValue

from compliance.estimation.strata import Scale
from compliance.people.gate import allow
from compliance.shared.translation import gettext as _
from compliance.trends import cells, refusal_figures, stated, store_cells, store_marks
from compliance.trends.cells import Kind, Measure
from compliance.trends.contribution import month_of
from compliance.trends.measures import FIGURES
from compliance.trends.sections import page_of
from compliance.trends.views.behind import sheet_of
from compliance.trends.views.frame import Page, bp, show, title_of
from compliance.trends.views.marks import uncombined


@bp.get("/refusals")
@allow("trends.read")
def refusals() -> ResponseReturnValue:
    """Refused visits: how many, by route and class, and what they do to the estimates."""
    return show("trends/sections.html", title_of("trends.refusals"), _made)


def _made(page: Page) -> Mapping[str, Any]:
    wanted, person = page.wanted, page.actor
    asked = store_marks.asked(wanted)
    by = cells.By(wanted.by.value)
    if not cells.combines(asked, by, []):
        return {**page_of([], nothing_more=uncombined()), "sheet": None}
    whole = store_cells.outcomes(person, asked)
    if not whole:
        return {**page_of([], nothing=_("No visits in this period")), "sheet": None}
    readings = store_cells.read(person, asked, [Measure(Kind.shortfall, area) for area in FIGURES])
    figures = {
        one.measure.area: stated.state(one.strata, one.plain, Scale.share, high_is_good=False) for one in readings
    }
    over = [one for one in store_cells.strata(person, asked.first, asked.last) if one.last < month_of(page.today)]
    sections = [
        refusal_figures.route_section(whole[0], page.link),
        refusal_figures.effect_section(figures, page.names),
        refusal_figures.class_section(store_cells.outcomes(person, asked, by=by), wanted.by, page.names, page.link),
        refusal_figures.drawn_section(over),
    ]
    found = [one for one in sections if one]
    return {**page_of(found, refusal_figures.tiles(whole[0], page.link)), "sheet": sheet_of(found, page, "refusals")}
