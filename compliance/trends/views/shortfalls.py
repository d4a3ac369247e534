"""The most frequent shortfalls and their movement."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from flask.typing import ResponseReturnValue

from compliance.people.gate import allow
from compliance.shared.translation import gettext as _
from compliance.trends import method, told, told_figures, told_sheets
from compliance.trends.rules import OVERALL, By
from compliance.trends.sections import Section, page_of
from compliance.trends.views.frame import Page, Sheet, bp, show, title_of
from compliance.trends.views.told_page import no_visits, paged, sorted_by


@bp.get("/shortfalls")
@allow("trends.read")
def shortfalls() -> ResponseReturnValue:
    """Items by the share of workplaces that fell short of them."""
    return show("trends/told.html", title_of("trends.shortfalls"), _made)


def _made(page: Page) -> Mapping[str, Any]:
    wanted, names = page.wanted, page.names
    classes = [by for by in By if getattr(wanted, by.value)]
    if wanted.trait or len(classes) > 1:
        return {
            **page_of(
                [],
                nothing=_("Shortfalls are kept by one class at a time"),
                nothing_more=_("Choose only one of sector, district and size, and all workplaces."),
            ),
            "lead": None,
            "method": None,
        }
    found = told.shortfalls(page.actor, wanted)
    if wanted.topic != OVERALL:
        found = [one for one in found if names.area_of(one.item) == wanted.topic]
    found, sorting = sorted_by(
        found,
        page.args.get("sort", ""),
        {
            "plain": lambda one: (not one.told.plain.n, float(one.told.plain.total)),
            "critical": lambda one: (False, one.critical),
            "moved": lambda one: (one.movement.points is None, one.movement.points or (0.0, 0.0, 0.0)),
        },
    )
    rows, number, pages = paged(found, page)
    section = Section(
        "items",
        _("Most frequent shortfalls"),
        told_figures.items_table(rows, names, page.link),
        note=_("The share of workplaces of which the item fell short; an item is counted where its checklist asks it."),
        folded=False,
    )
    return {
        **page_of([section] if found else []),
        **no_visits(page),
        "nothing": _("No released findings in this selection."),
        "lead": None,
        "sort": sorting,
        "sorting": [
            ("", _("most frequent")),
            ("-plain", _("most visits with it")),
            ("-critical", _("most often critical")),
            ("-moved", _("grown most")),
            ("moved", _("fallen most")),
        ],
        "page_number": number,
        "pages": pages,
        "total": len(found),
        "method": method.method(page.actor, replace(wanted, figure="shortfall"), names),
        "sheet": Sheet("shortfalls", *told_sheets.items(rows, names)),
    }
