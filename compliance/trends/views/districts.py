"""The map of districts."""

from collections import Counter
from collections.abc import Mapping
from typing import Any

from flask.typing import ResponseReturnValue

from compliance.estimation.strata import Scale
from compliance.people.gate import allow
from compliance.shared.translation import gettext as _
from compliance.trends import map_figures, store, store_marks, words
from compliance.trends.cells import Kind, Measure
from compliance.trends.rules import By
from compliance.trends.sections import page_of
from compliance.trends.views.behind import sheet_of
from compliance.trends.views.frame import Page, bp, show, title_of
from compliance.trends.views.marks import uncombined


@bp.get("/map")
@allow("trends.read")
def districts() -> ResponseReturnValue:
    """The chosen figure of each district, as a map of squares."""
    return show("trends/sections.html", title_of("trends.districts"), _made)


def _made(page: Page) -> Mapping[str, Any]:
    wanted = page.wanted
    kind = Kind(wanted.figure)
    if not store_marks.combines(wanted, kind, By.district):
        return {**page_of([], nothing_more=uncombined()), "sheet": None}
    scale = Scale.score if kind is Kind.score else Scale.share
    figures = store_marks.measured(page.actor, wanted, Measure(kind, wanted.topic), scale, by=By.district)
    members: Counter[str] = Counter()
    for place, number in store.register(page.actor, wanted).items():
        members[place.along(By.district)] += number
    if not figures and not members:
        return {**page_of([], nothing=_("No enterprise of the register is in this selection.")), "sheet": None}
    title = f"{_(words.FIGURES[wanted.figure])} · {page.names.area(wanted.topic)}"
    found = [map_figures.map_section(title, figures, members, scale, page.names, page.link)]
    return {**page_of(found), "sheet": sheet_of(found, page, "districts")}
