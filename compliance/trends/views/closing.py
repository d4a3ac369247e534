"""The page of corrective actions, and the rows behind it."""

from collections.abc import Mapping
from typing import Any, cast, get_args

from flask import request
from flask.typing import ResponseReturnValue

from compliance.checklists.names import SEVERITIES
from compliance.checklists.policy import Severity
from compliance.corrective_actions.words import STATES
from compliance.people.gate import actor, allow
from compliance.shared.problems import Problem
from compliance.shared.translation import gettext as _
from compliance.shared.words import N_
from compliance.trends import closing_figures, store, store_closing, words
from compliance.trends.closing import WHOLE, Alike, closing
from compliance.trends.sections import page_of
from compliance.trends.store_closing import Group, Standing
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

STANDINGS: Mapping[str, str] = {
    "": N_("All delivered in the period"),
    "closed": N_("Closed"),
    "open": N_("Still open"),
    "open_today": N_("Open today"),
    "on_time": N_("Done by the due date"),
    "late": N_("Late"),
    "overdue": N_("Overdue today"),
    "to_check": N_("Evidence to check"),
}


@bp.get("/closing")
@allow("trends.read")
def closing_times() -> ResponseReturnValue:
    """Corrective actions: on time, overdue, days to closure."""
    return show("trends/sections.html", title_of("trends.closing_times"), _made)


def _made(page: Page) -> Mapping[str, Any]:
    batches = store_closing.batches(page.actor, page.wanted, page.today)
    standing = store_closing.today_by_severity(page.actor, page.wanted, page.today)
    found = [closing_figures.today_section(standing, page.link)] if standing else []
    whole = None

    def alike(group: Group) -> Mapping[str, Alike]:
        return store_closing.alike(page.actor, page.wanted, page.today, group)

    if batches:
        whole = closing(WHOLE, batches, alike("")[WHOLE])
        found += closing_figures.sections(batches, alike, page.wanted.by, page.names, page.link)
    return {
        **page_of(
            found, closing_figures.tiles(whole, standing, page.link) if found else [],
            nothing=_("No corrective actions yet"),
            nothing_more=_("They appear here once a letter with corrective actions is delivered in this period."),
        ),
        "sheet": sheet_of(found, page, "corrective-actions"),
    }  # fmt: skip


@bp.get("/closing/rows")
@allow("trends.read")
def closing_rows() -> ResponseReturnValue:
    """The corrective actions behind a figure of that page."""
    person, wanted = actor(), wanted_or_problem()
    standing, severity = request.args.get("standing", ""), request.args.get("severity", "")
    area, key = request.args.get("about", "")[:40], request.args.get("key", "")[:10]
    if standing not in get_args(Standing) or severity not in ("", *Severity):
        raise Problem("trends-address", N_("There is no such figure. Go back to the trends and follow its links."))
    page, size = page_of_rows()
    found, total = store_closing.rows(
        person, wanted, store.today(person), standing=cast(Standing, standing), severity=severity, area=area, key=key,
        page=page, size=size,
    )  # fmt: skip
    names = labels_of()
    rows = [
        [
            linked(row.enterprise, to("enterprises.detail", enterprise_id=row.enterprise_id)),
            names.say(row.text), _(SEVERITIES[row.severity]), _(STATES[row.state]), route_said(row.route),
            row.delivered_on, row.due_on, row.closed_on,
            (row.closed_on - row.delivered_on).days if row.closed_on else None,
        ]
        for row in found
    ]  # fmt: skip
    heads = [
        _("Enterprise"), _("Corrective action"), _("Severity"), _("State"), _("Route"), _("Delivered"), _("Due"),
        _("Closed"), _("Days to closure"),
    ]  # fmt: skip
    asked = [
        (_("Actions"), _(STANDINGS[standing])),
        *([(_("Severity"), _(SEVERITIES[Severity(severity)]))] if severity else []),
        *([(_("Area"), names.area(area))] if area else []),
        *([(_(words.DIMENSIONS[wanted.by]), names.along(wanted.by, key))] if key else []),
    ]
    title = _("Corrective actions behind this figure")
    return behind(title, "corrective-actions", heads, rows, total, wanted, asked)
