"""The page of complaints in numbers: the same for all who read it, whatever period they choose elsewhere."""

from collections.abc import Mapping
from typing import Any

from flask.typing import ResponseReturnValue

from compliance.complaints import store_statements
from compliance.people.gate import allow
from compliance.shared.translation import gettext as _
from compliance.trends import complaint_figures
from compliance.trends.sections import page_of
from compliance.trends.views.behind import sheet_of
from compliance.trends.views.frame import Page, bp, show, title_of


@bp.get("/complaints")
@allow("trends.read")
def complaints() -> ResponseReturnValue:
    """How many complaints came, what about, and how long they waited."""
    return show("trends/sections.html", title_of("trends.complaints"), _made)


def _made(page: Page) -> Mapping[str, Any]:
    found = store_statements.received(page.actor)
    if not found:
        nothing = _("Nothing can be told yet")
        more = _("Numbers stand here once at least five complaints came in, a month after the months that are told.")
        return {**page_of([], nothing=nothing, nothing_more=more), "sheet": None}
    sections = complaint_figures.sections(found)
    return {
        **page_of(sections, complaint_figures.tiles(found)),
        "sheet": sheet_of(sections, page, "complaints"),
    }
