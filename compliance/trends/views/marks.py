"""The pages by clause of the code and of training needs, and the findings behind them."""

from collections import Counter
from collections.abc import Mapping
from typing import Any

from flask import request
from flask.typing import ResponseReturnValue

from compliance.checklists.names import SEVERITIES
from compliance.people.gate import actor, allow
from compliance.shared.translation import gettext as _
from compliance.trends import marks, marks_figures, store, store_marks, words
from compliance.trends.cells import Kind
from compliance.trends.marks import ALL
from compliance.trends.sections import page_of
from compliance.trends.views.behind import (
    behind,
    linked,
    page_of_rows,
    route_said,
    sheet_of,
    to,
    wanted_or_problem,
)
from compliance.trends.views.frame import Page, bp, labels_of, show, title_of


@bp.get("/clauses")
@allow("trends.read")
def clauses() -> ResponseReturnValue:
    """How often which clause of the code is broken."""
    return show("trends/sections.html", title_of("trends.clauses"), _clauses)


def uncombined() -> str:
    """Why a page has no figures for what was selected."""
    return str(_("These figures can be narrowed by one of sector, district and size at a time. Take a filter away."))


def _clauses(page: Page) -> Mapping[str, Any]:
    if not store_marks.combines(page.wanted, Kind.clause):
        return {**page_of([], nothing_more=uncombined()), "sheet": None}
    figures = [entry for entry in store_marks.marked(page.actor, page.wanted, Kind.clause) if entry[0]]
    found = marks_figures.clause_sections(figures, page.names, page.link)
    return {
        **page_of(found, nothing=_("No released findings in this selection.")),
        "sheet": sheet_of(found, page, "clauses"),
    }


@bp.get("/training")
@allow("trends.read")
def training() -> ResponseReturnValue:
    """Where which shortfall is frequent for certain."""
    return show("trends/sections.html", title_of("trends.training"), _training)


def _training(page: Page) -> Mapping[str, Any]:
    wanted = page.wanted
    if not store_marks.combines(wanted, Kind.item, wanted.by):
        return {**page_of([], nothing_more=uncombined()), "sheet": None}
    figures = store_marks.by_class(page.actor, wanted, Kind.item, wanted.by)
    if not figures:
        return {**page_of([], nothing=_("No visits in this period")), "sheet": None}
    figures |= {(item, ALL): one for item, one in store_marks.marked(page.actor, wanted, Kind.item)}
    reach: Counter[str] = Counter()
    for place, number in store.register(page.actor, wanted).items():
        reach[place.along(wanted.by)] += number
        reach[ALL] += number
    needs = marks.needs(figures, reach)
    found = marks_figures.need_sections(needs, figures, wanted.by, page.names, page.link)
    return {**page_of(found, marks_figures.need_tiles(needs)), "sheet": sheet_of(found, page, "training-needs")}


@bp.get("/found")
@allow("trends.read")
def found() -> ResponseReturnValue:
    """The findings behind a figure of a clause, an item, or of what came back."""
    wanted, names = wanted_or_problem(), labels_of()
    item, clause = request.args.get("item", "")[:40], request.args.get("clause", "")[:16]
    key, repeats = request.args.get("key", "")[:10], request.args.get("repeats", "") == "1"
    page, size = page_of_rows()
    rows, total = store_marks.rows(
        actor(), wanted, item=item, clause=clause, by=wanted.by, key=key, repeats=repeats, page=page, size=size
    )
    listed = [
        [
            linked(row.on, to("visits.overview", visit_id=row.visit_id)),
            linked(row.enterprise, to("enterprises.detail", enterprise_id=row.enterprise_id)),
            route_said(row.route), names.item(row.item), names.area(row.area), row.clause,
            _(SEVERITIES[row.severity]), row.before,
        ]
        for row in rows
    ]  # fmt: skip
    heads = [
        _("Day"), _("Enterprise"), _("Route"), _("Item"), _("Area"), _("Clause"), _("Severity"), _("Found before on"),
    ]  # fmt: skip
    asked = [
        *([(_("Item"), names.item(item))] if item else []),
        *([(_("Clause"), marks_figures.clause_name(clause, names.versions, names))] if clause else []),
        *([(_(words.DIMENSIONS[wanted.by]), names.along(wanted.by, key))] if key else []),
        *([(_("Findings"), _("Only those that came back"))] if repeats else []),
    ]
    return behind(_("Findings behind this figure"), "findings", heads, listed, total, wanted, asked)
