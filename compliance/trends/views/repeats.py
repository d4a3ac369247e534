"""The page of shortfalls that come back."""

from collections.abc import Mapping
from typing import Any

from flask.typing import ResponseReturnValue

from compliance.people.gate import allow
from compliance.shared.translation import gettext as _
from compliance.trends import heavy, repeat_figures
from compliance.trends.heavy import Heavy
from compliance.trends.repeats import CameBack
from compliance.trends.sections import page_of
from compliance.trends.views.behind import sheet_of
from compliance.trends.views.frame import Page, bp, show_heavy, title_of


@bp.get("/repeats")
@allow("trends.read")
def repeats() -> ResponseReturnValue:
    """Workplaces visited again, and what came back there."""
    return show_heavy("trends/sections.html", title_of("trends.repeats"), _read, _made)


def _read(page: Page) -> Heavy[CameBack]:
    return heavy.repeats(page.actor, page.wanted, page.today)


def _made(page: Page, found: CameBack) -> Mapping[str, Any]:
    if not found.classes and not found.routes:
        nothing, more = (
            _("No workplace was visited again"),
            _("Repeat findings appear once a workplace is visited twice."),
        )
        return {**page_of([], nothing=nothing, nothing_more=more), "sheet": None}
    sections = repeat_figures.sections(found, page.wanted.by, page.names, page.link)
    tiles = repeat_figures.tiles(found.classes, found.days, page.link)
    return {**page_of(sections, tiles), "sheet": sheet_of(sections, page, "repeat-findings")}
