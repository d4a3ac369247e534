"""The page of shortfalls that come back."""

from collections.abc import Mapping
from typing import Any

from flask.typing import ResponseReturnValue

from compliance.people.gate import allow
from compliance.shared.translation import gettext as _
from compliance.trends import repeat_figures, store_repeats
from compliance.trends.sections import page_of
from compliance.trends.views.behind import sheet_of
from compliance.trends.views.frame import Page, bp, show, title_of


@bp.get("/repeats")
@allow("trends.read")
def repeats() -> ResponseReturnValue:
    """Workplaces visited again, and what came back there."""
    return show("trends/sections.html", title_of("trends.repeats"), _made)


def _made(page: Page) -> Mapping[str, Any]:
    found = store_repeats.by_class(page.actor, page.wanted)
    routes = store_repeats.by_route(page.actor, page.wanted)
    if not found and not routes:
        nothing, more = (
            _("No workplace was visited again"),
            _("Repeat findings appear once a workplace is visited twice."),
        )
        return {**page_of([], nothing=nothing, nothing_more=more), "sheet": None}
    days = store_repeats.days(page.actor, page.wanted)
    items = store_repeats.items(page.actor, page.wanted)
    sections = repeat_figures.sections(found, routes, items, days, page.wanted.by, page.names, page.link)
    tiles = repeat_figures.tiles(found, days, page.link)
    return {**page_of(sections, tiles), "sheet": sheet_of(sections, page, "repeat-findings")}
