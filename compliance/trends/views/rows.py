"""The rows behind the figures of the trends: visits, findings, enterprises."""

from collections.abc import Callable
from typing import Any

from flask import request
from flask.typing import ResponseReturnValue

from compliance.checklists.names import SEVERITIES
from compliance.corrective_actions.words import STATES as ACTION_STATES
from compliance.people.gate import actor, allow
from compliance.shared.problems import Problem
from compliance.shared.translation import gettext as _
from compliance.shared.words import N_
from compliance.trends import periods, store, store_rows, words
from compliance.trends.forms import CellForm
from compliance.trends.labels import Labels
from compliance.trends.rules import By, Cell, Selection
from compliance.trends.views.behind import (
    behind,
    linked,
    page_of_rows,
    require_not_told_apart,
    route_said,
    to,
    wanted_or_problem,
)
from compliance.trends.views.frame import bp, labels_of, wants_sheet
from compliance.visits.states import Outcome, Route


def _asked() -> tuple[Selection, Cell]:
    """What a rows page was asked for. Raises ``Problem`` for an address that no link of ours makes."""
    wanted = wanted_or_problem()
    form = _cell_form()
    cell = form.cell()
    if cell is None:
        raise Problem("trends-address", N_("There is no such figure. Go back to the trends and follow its links."))
    require_not_told_apart([cell.route] if cell.route else [])
    return wanted, cell


def _cell_form() -> CellForm:
    form = CellForm(request.args)
    form.offer()
    return form


def _described(wanted: Selection, cell: Cell, names: Labels) -> list[tuple[str, str]]:
    """What the rows were narrowed to, in words."""
    said = [
        (_(words.DIMENSIONS[by]), names.along(by, getattr(wanted, by.value))) for by in By if getattr(wanted, by.value)
    ]
    bucket = periods.bucket(periods.buckets(wanted.span, wanted.step), cell.bucket)
    entries: list[tuple[str, Any, Callable[[], str]]] = [
        (_("Workplaces with"), wanted.trait, lambda: _(words.TRAITS[wanted.trait])),
        (_("Period"), bucket, lambda: names.bucket(bucket, wanted.step) if bucket else ""),
        (_("Drawn by lot"), cell.drawn, lambda: _("Yes")),
        (_("Released"), cell.released, lambda: _("Yes")),
        (_("Route"), cell.route, lambda: _(words.ROUTES[cell.route or Route.random])),
        (_("Outcome"), cell.outcome, lambda: _(words.OUTCOMES[cell.outcome or Outcome.completed])),
        (_("Routes"), cell.counted or cell.area or cell.band, lambda: _(words.VIEWS[wanted.view])),
        (_("Area"), cell.area, lambda: names.area(cell.area)),
        (_("Band"), cell.band, lambda: names.band(cell.band)),
        (_("Item"), cell.item, lambda: names.item(cell.item)),
        (_("Severity"), cell.severity, lambda: _(SEVERITIES[cell.severity]) if cell.severity else ""),
        (_("State"), cell.state, lambda: _(words.ACTION_STATES[cell.state])),
        (_("Visited"), cell.visited, lambda: _(words.VISITED[cell.visited])),
    ]
    return said + [(name, text()) for name, given, text in entries if given]


@bp.get("/visits")
@allow("trends.read")
def visits() -> ResponseReturnValue:
    """The visits behind a figure."""
    wanted, cell = _asked()
    found, total = store_rows.visit_rows(actor(), wanted, cell, *page_of_rows())
    names, sheet = labels_of(), wants_sheet()
    rows = [
        [
            linked(row.on, to("visits.overview", visit_id=row.id)),
            linked(_at(row, sheet), to("enterprises.detail", enterprise_id=row.enterprise_id)),
            *([row.workplace] if sheet else []),
            names.brief(By.sector, row.place.along(By.sector)),
            names.along(By.district, row.place.along(By.district)),
            route_said(row.route),
            _(words.OUTCOMES[row.outcome]),
            _("Yes") if row.released else _("No"),
            row.score,
            names.band(row.band) if row.score is not None or row.band else None,
        ]
        for row in found
    ]
    heads = [
        _("Day"), _("Enterprise"), *([_("Workplace")] if sheet else []), _("Sector"), _("District"), _("Route"),
        _("Outcome"), _("Released"), _("Overall score"), _("Band"),
    ]  # fmt: skip
    return behind(_("Visits behind this figure"), "visits", heads, rows, total, wanted, _described(wanted, cell, names))


def _at(row: store_rows.VisitRow, sheet: bool) -> str:
    """The enterprise; on a page also the workplace, where it has a name of its own (a sheet has a column for it)."""
    own = row.workplace and row.workplace != row.enterprise and not sheet
    return f"{row.enterprise} · {row.workplace}" if own else row.enterprise


@bp.get("/findings")
@allow("trends.read")
def findings() -> ResponseReturnValue:
    """The findings behind a figure."""
    wanted, cell = _asked()
    cell = Cell(counted=True, area=cell.area, item=cell.item, severity=cell.severity)
    found, total = store_rows.finding_rows(actor(), wanted, cell, *page_of_rows())
    names = labels_of()
    rows = [
        [
            linked(row.on, to("visits.overview", visit_id=row.visit_id)),
            linked(row.enterprise, to("enterprises.detail", enterprise_id=row.enterprise_id)),
            route_said(row.route),
            names.item(row.item),
            names.area(row.area),
            _(SEVERITIES[row.severity]),
            _("Yes") if row.repeat else _("No"),
        ]
        for row in found
    ]
    heads = [_("Day"), _("Enterprise"), _("Route"), _("Item"), _("Area"), _("Severity"), _("Repeat finding")]
    return behind(
        _("Findings behind this figure"), "findings", heads, rows, total, wanted, _described(wanted, cell, names)
    )


@bp.get("/actions")
@allow("trends.read")
def actions() -> ResponseReturnValue:
    """The corrective actions behind a figure."""
    wanted, cell = _asked()
    today = store.today(actor())
    found, total = store_rows.action_rows(actor(), wanted, cell, today, *page_of_rows())
    names = labels_of()
    rows = [
        [
            linked(row.enterprise, to("enterprises.detail", enterprise_id=row.enterprise_id)),
            names.say(row.text),
            _(SEVERITIES[row.severity]),
            _(ACTION_STATES[row.state]),
            row.delivered_on,
            row.due_on,
            row.verified_on,
            (row.verified_on - row.delivered_on).days if row.verified_on else None,
        ]
        for row in found
    ]
    heads = [
        _("Enterprise"), _("Corrective action"), _("Severity"), _("State"), _("Delivered"), _("Due"), _("Verified"),
        _("Days to closure"),
    ]  # fmt: skip
    title = _("Corrective actions behind this figure")
    return behind(title, "corrective-actions", heads, rows, total, wanted, _described(wanted, cell, names))


@bp.get("/enterprises")
@allow("trends.read")
def enterprises() -> ResponseReturnValue:
    """The enterprises behind a figure."""
    wanted, cell = _asked()
    found, total = store_rows.enterprise_rows(actor(), wanted, cell, *page_of_rows())
    names = labels_of()
    rows = [
        [
            linked(row.name, to("enterprises.detail", enterprise_id=row.id)),
            *(names.brief(by, row.place.along(by)) for by in By),
            row.visits,
            row.last_visit,
        ]
        for row in found
    ]
    heads = [
        _("Enterprise"), *(_(text) for text in words.DIMENSIONS.values()), _("Visits in the period"), _("Last of them"),
    ]  # fmt: skip
    return behind(
        _("Enterprises behind this figure"), "enterprises", heads, rows, total, wanted, _described(wanted, cell, names)
    )
