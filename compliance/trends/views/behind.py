"""The rows behind a figure, as a page or as a spreadsheet: what all such pages share."""

from collections.abc import Collection, Sequence
from datetime import date
from typing import Any

from flask import current_app, render_template, request, url_for
from flask.typing import ResponseReturnValue

from compliance.people.gate import actor
from compliance.people.rules import can
from compliance.shared.problems import Problem, Refused
from compliance.shared.translation import gettext as _
from compliance.shared.words import N_
from compliance.trends import store, store_rows, words
from compliance.trends.rules import ROUTES, Selection
from compliance.trends.sections import Section, sheet_table
from compliance.trends.views.frame import Page, Sheet, linker, selection_form, sheet_response, wants_sheet
from compliance.visits.states import Route


def wanted_or_problem() -> Selection:
    """The selection in the address. Raises ``Problem`` for one that no link of ours makes, ``Refused`` for one whose
    rows the reader may not see.
    """
    wanted = selection_form(store.today(actor())).selection(store.today(actor()))
    if wanted is None:
        raise Problem("trends-address", N_("There is no such figure. Go back to the trends and follow its links."))
    require_not_told_apart(ROUTES[wanted.view])
    return wanted


def route_said(route: Route) -> str:
    """The route of one visit, for whoever reads the rows."""
    may_know = route not in words.TOLD_APART or can(actor(), "complaint.read")
    return str(_(words.ROUTES[route] if may_know else words.CHOSEN))


def require_not_told_apart(routes: Collection[Route]) -> None:
    """Raise ``Refused`` when rows are narrowed to routes that would say which visits followed a complaint, and the
    reader may not read complaints. Their numbers stand in the figures.
    """
    if routes and words.TOLD_APART.issuperset(routes) and not can(actor(), "complaint.read"):
        raise Refused(
            "trends-routes",
            N_(
                "Which visits followed a complaint is seen by those alone who answer complaints. Their number is shown."
            ),
        )


def page_of_rows() -> tuple[int, int]:
    """Which page of the rows is asked for, and how many rows it has."""
    if wants_sheet():
        return 1, store_rows.LARGEST_SHEET
    return max(1, request.args.get("page", 1, type=int) or 1), store_rows.PAGE_SIZE


def behind(
    title: str,
    name: str,
    heads: Sequence[str],
    rows: Sequence[Sequence[Any]],
    total: int,
    wanted: Selection,
    asked: Sequence[tuple[str, str]],
) -> ResponseReturnValue:
    """The list. An entry is a plain value, or (text, address) for a link; ``asked`` is what it was narrowed to."""
    if wants_sheet():
        plain = [[entry[0] if isinstance(entry, tuple) else entry for entry in row] for row in rows]
        return sheet_response(name, heads, plain)
    shown = [[entry_of(one) for one in row] for row in rows]
    return render_template(
        "trends/rows.html", title=title, heads=heads, rows=shown, total=total, page=page_of_rows()[0],
        pages=max(1, -(-total // store_rows.PAGE_SIZE)), asked=asked, wanted=wanted, link=linker(),
        left_out=store.left_out(actor()),
    )  # fmt: skip


def entry_of(entry: Any) -> tuple[str, Any, str | None]:
    """An entry of a list as the template takes it: the class of its field, the value, an address."""
    value, address = entry if isinstance(entry, tuple) else (entry, None)
    match value:
        case None:
            return "name" if address else "", "–", address
        case date():
            return "nowrap", value, address
        case int() | float():
            return "num", value, address
        case _:
            return "name" if address else "long" if len(value) > 20 else "", value, address


def to(endpoint: str, **ids: Any) -> str | None:
    """The address of a thing's own page, where the product has one under this name."""
    return url_for(endpoint, **ids) if endpoint in current_app.view_functions else None


def linked(text: Any, address: str | None) -> Any:
    """An entry that leads somewhere, where there is such a place."""
    return (text, address) if address else text


def sheet_of(sections: Sequence[Section], page: Page, name: str) -> Sheet | None:
    """The table of a section that is asked for as a spreadsheet."""
    found = sheet_table(sections, page.args.get("table", ""))
    return Sheet(f"{name}-{found[0]}", found[1], found[2]) if found else None
