"""What all pages of the trends share: the selection in the address, the frame around the figures, spreadsheets.

A page of figures is ``show(template, title, make)``: ``make`` works out what the template draws below the form, and the
answer is kept until something is written. A new page adds its line to ``PAGES``.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import cached_property, lru_cache
from typing import Any, TypeVar
from urllib.parse import quote_plus

from flask import Blueprint, Response, current_app, make_response, render_template, request, url_for
from flask.typing import ResponseReturnValue
from markupsafe import Markup

from compliance.enterprises import store_lists as register
from compliance.people.gate import actor
from compliance.people.rules import Actor, can
from compliance.shared import spreadsheets, translation
from compliance.shared.kept import until_written
from compliance.shared.problems import Conflict
from compliance.shared.translation import gettext as _
from compliance.shared.words import N_
from compliance.trends import periods, store, words
from compliance.trends.forms import SELECTION, SelectionForm
from compliance.trends.heavy import Heavy
from compliance.trends.labels import Labels, drawn_rows
from compliance.trends.rules import Selection

bp = Blueprint("trends", __name__, url_prefix="/trends")

PAGES: dict[str, str] = {
    "trends.overview": N_("Overview"),
    "trends.changes": N_("What changed"),
    "trends.areas": N_("Areas and groups"),
    "trends.groups": N_("Groups compared"),
    "trends.shortfalls": N_("Shortfalls"),
    "trends.districts": N_("Map of districts"),
    "trends.clauses": N_("Clauses of the code"),
    "trends.closing_times": N_("Corrective actions"),
    "trends.recovered": N_("Wages got back"),
    "trends.complaints": N_("Complaints in numbers"),
    "trends.repeats": N_("What comes back"),
    "trends.training": N_("Training needs"),
    "trends.reach": N_("Coverage"),
    "trends.refusals": N_("Refused visits"),
    "trends.board": N_("Board edition"),
}
"""The pages of figures in the order of the navigation: endpoint and its words."""

IGNORED: dict[str, tuple[str, ...]] = {
    "trends.overview": ("by",),
    "trends.changes": ("topic", "by", "step"),
    "trends.areas": ("topic", "step"),
    "trends.groups": ("step",),
    "trends.shortfalls": ("figure", "by", "step"),
    "trends.districts": ("by", "step"),
    "trends.clauses": ("topic", "figure", "by", "step"),
    "trends.closing_times": ("figure", "step"),
    "trends.recovered": ("topic", "figure", "step", "trait", "version"),
    "trends.complaints": SELECTION,
    "trends.repeats": ("figure", "step"),
    "trends.training": ("topic", "figure", "step"),
    "trends.reach": ("topic", "figure", "step"),
    "trends.refusals": ("topic", "figure", "step"),
    "trends.board": ("topic", "figure", "sector", "district", "size", "trait", "version", "step"),
}
"""What a page does not look at: its form carries these on for the other pages, and does not show them."""

SHEET = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
Link = Callable[..., str]
T = TypeVar("T")
_quoted = lru_cache(maxsize=4096)(quote_plus)


@dataclass(frozen=True)
class Sheet:
    """A table to take home: the name of its file, its heads, and rows of plain values."""

    name: str
    heads: Sequence[str]
    rows: Sequence[Sequence[spreadsheets.Cell]]


@dataclass(frozen=True)
class Page:
    """What a page of figures is made from."""

    actor: Actor
    today: date
    wanted: Selection
    link: Link
    args: Mapping[str, str]
    """Everything in the address: what a page narrows beyond the selection (sort, page, its own choices)."""

    @cached_property
    def names(self) -> Labels:
        """Names in the reader's language."""
        return labels_of()


def linker() -> Link:
    """Addresses within the trends that keep what is selected: ``link("visits", area="wages")``. A page has hundreds of
    them, so they are put together from parts that are made once. It is empty for rows that the reader may not see.
    """
    kept = {name: request.args[name] for name in SELECTION if request.args.get(name)}
    bases: dict[str, str] = {}
    closed = frozenset() if can(actor(), "complaint.read") else words.TOLD_APART

    def link(page: str, **narrow: Any) -> str:
        if narrow.get("route") in closed:
            return ""
        if page not in bases:
            bases[page] = url_for(f"trends.{page}")
        given = {name: value for name, value in {**kept, **narrow}.items() if value is not None}
        query = "&".join([f"{name}={_quoted(str(value))}" for name, value in given.items()])
        return f"{bases[page]}?{query}" if query else bases[page]

    return link


def selection_form(today: date) -> SelectionForm:
    """The form at the top of every page, filled from the address."""
    form = SelectionForm(request.args)
    sectors = sorted({code[:3] for code in register.sectors_in_use(actor()) if code})
    districts = [code for code in register.districts_in_use(actor()) if code]
    form.offer(sectors, districts, store.version_list(actor()), labels_of(), today, _period(today))
    return form


def _period(today: date) -> str:
    """The period to show where none is asked for: four whole quarters where there are draws in them and one is still
    under way, since a draw of which most is still to come can say little.
    """
    if "period" in request.args:
        return ""
    whole = store.drawn_in(actor(), periods.last_whole_quarters(today))
    return "whole" if whole and store.drawn_in(actor(), periods.Span(today, today)) else "recent"


def labels_of() -> Labels:
    """Names from every version of the association's checklists, newest first; each is read when it is needed."""
    return Labels(translation.current(), store.versions_of(actor()))


def show(template: str, title: str, make: Callable[[Page], Mapping[str, Any]]) -> ResponseReturnValue:
    """A page of figures: the frame, and in it the template with what ``make`` gives, kept until something is written.
    A ``Sheet`` under "sheet" is the page's table to take home (``?format=xlsx``).
    """
    return _show(template, title, make, None)


def show_heavy(
    template: str,
    title: str,
    read: Callable[[Page], Heavy[T]],
    make: Callable[[Page, T], Mapping[str, Any]],
) -> ResponseReturnValue:
    """The same for figures that a large association works out in the background: ``make`` is given what ``read`` read;
    until there is something, the page says how far it is.
    """
    heavy: list[Heavy[T]] = []

    def of(page: Page) -> Heavy[T]:
        heavy[:] = heavy or [read(page)]
        return heavy[0]

    def made(page: Page) -> Mapping[str, Any]:
        value = of(page).value
        assert value is not None, "asked for once it is there"
        return make(page, value)

    return _show(template, title, made, of)


def _show(
    template: str,
    title: str,
    make: Callable[[Page], Mapping[str, Any]],
    read: Callable[[Page], Heavy[Any]] | None,
) -> ResponseReturnValue:
    person = actor()
    today = store.today(person)
    form = selection_form(today)
    wanted = form.selection(today)
    frame = {
        "title": title, "form": form, "wanted": wanted, "pages": _pages(), "link": linker(),
        "left_out": store.left_out(person), "ignored": IGNORED.get(request.endpoint or "", ()),
        "fixed": IGNORED.get(request.endpoint or "") == SELECTION, "working_on": None, "figure": None, "inside": "",
    }  # fmt: skip
    if wanted is None:
        return render_template("trends/frame.html", **frame), 422
    page = Page(person, today, wanted, linker(), request.args)
    heavy = read(page) if read else None
    if heavy is not None and heavy.value is None:
        if wants_sheet():
            raise still_working()
        return render_template("trends/frame.html", **frame | {"working_on": heavy.figure})
    figure = heavy.figure if heavy else None
    if wants_sheet():
        sheet = make(page).get("sheet")
        if isinstance(sheet, Sheet):
            return sheet_response(sheet.name, sheet.heads, sheet.rows)
    asked_for = tuple(sorted(request.args.items(multi=True)))
    scope = (person.association_id, person.outside_ids, can(person, "complaint.read"))
    key = ("trends", request.endpoint, *scope, asked_for, today, translation.current(), request.script_root)
    inside = until_written((*key, figure and figure.made_at), lambda: _inside(template, page, make))
    return render_template("trends/frame.html", **frame | {"inside": inside, "figure": figure})


def still_working() -> Conflict:
    """What a figure that is worked out for the first time cannot give yet."""
    return Conflict("trends-working", N_("This is still being worked out. Try again in a moment."))


def _pages() -> Mapping[str, str]:
    return {endpoint: text for endpoint, text in PAGES.items() if endpoint in current_app.view_functions}


def _inside(template: str, page: Page, make: Callable[[Page], Mapping[str, Any]]) -> Markup:
    return Markup(  # noqa: S704 - a template of ours
        render_template(
            template, page=page, wanted=page.wanted, link=page.link, words=words, drawn_rows=drawn_rows,
            **make(page),
        )
    )  # fmt: skip


def wants_sheet() -> bool:
    """Whether the list or table is asked for as a spreadsheet."""
    return request.args.get("format") == "xlsx"


def sheet_response(name: str, heads: Sequence[str], rows: Sequence[Sequence[spreadsheets.Cell]]) -> Response:
    """Rows as a spreadsheet to take home."""
    response = make_response(spreadsheets.write_xlsx(list(heads), rows))
    response.headers["Content-Type"] = SHEET
    response.headers["Content-Disposition"] = f'attachment; filename="{name}.xlsx"'
    return response


def title_of(endpoint: str) -> str:
    """The words of a page as the navigation has them."""
    return str(_(PAGES[endpoint]))
