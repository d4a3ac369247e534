"""The page of what the association got back for workers."""

from collections.abc import Mapping
from typing import Any

from flask.typing import ResponseReturnValue

from compliance.people.gate import allow
from compliance.shared.translation import gettext as _
from compliance.trends import recovered_figures, store_recovered
from compliance.trends.sections import page_of
from compliance.trends.views.behind import sheet_of
from compliance.trends.views.frame import Page, bp, show, title_of


@bp.get("/recovered")
@allow("trends.read")
def recovered() -> ResponseReturnValue:
    """Wages got back: in the span, by class, and year by year."""
    return show("trends/sections.html", title_of("trends.recovered"), _made)


def _made(page: Page) -> Mapping[str, Any]:
    wanted, person = page.wanted, page.actor
    years = store_recovered.by_year(person, wanted, page.today)
    complaints = store_recovered.through_complaints(person, wanted.span)
    if not years and not complaints:
        nothing = _("Nothing was got back yet")
        more = _("Payments of repayment plans stand here once workers have confirmed them.")
        return {**page_of([], nothing=nothing, nothing_more=more), "sheet": None}
    sections = [
        recovered_figures.class_section(store_recovered.by_class(person, wanted, wanted.by), wanted.by, page.names),
        recovered_figures.year_section(years),
    ]
    whole = store_recovered.money(person, wanted)
    return {
        **page_of(sections, recovered_figures.tiles(whole, store_recovered.owed(person, wanted), complaints)),
        "sheet": sheet_of(sections, page, "recovered"),
    }
