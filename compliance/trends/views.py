"""Pages of the trends: the overview, and the rows behind each of its figures."""

from collections.abc import Callable, Sequence
from datetime import date
from functools import lru_cache
from typing import Any, TypeVar
from urllib.parse import quote_plus

from flask import Blueprint, Response, current_app, make_response, render_template, request, url_for
from flask.typing import ResponseReturnValue
from markupsafe import Markup

from compliance.checklists.names import SEVERITIES
from compliance.corrective_actions.words import STATES as ACTION_STATES
from compliance.enterprises import store_lists as register
from compliance.people.gate import actor, allow
from compliance.shared import spreadsheets, translation
from compliance.shared.kept import until_written
from compliance.shared.problems import Problem
from compliance.shared.translation import gettext as _
from compliance.shared.words import N_
from compliance.trends import action_figures, figures, periods, rules, sources, store, store_rows, words
from compliance.trends.figures import Link, Slice
from compliance.trends.forms import SELECTION, CellForm, SelectionForm
from compliance.trends.labels import Labels, drawn_rows, percent_text
from compliance.trends.rules import OVERALL, By, Cell, Selection, View
from compliance.visits.states import Outcome, Route

bp = Blueprint("trends", __name__, url_prefix="/trends")
T = TypeVar("T")
_quoted = lru_cache(maxsize=4096)(quote_plus)
MOST_SHORTFALLS = 12
PAGES = ("overview", "visits", "findings", "actions", "enterprises")
SHEET = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


def _asked_for() -> dict[str, str]:
    return {name: request.args[name] for name in SELECTION if request.args.get(name)}


def _linker() -> Link:
    """Addresses within the trends that keep what is selected. A page has hundreds of them, so they are put together
    from parts that are made once.
    """
    kept = _asked_for()
    bases = {page: url_for(f"trends.{page}") for page in PAGES}

    def link(page: str, **narrow: Any) -> str:
        query = "&".join([f"{name}={_quoted(str(value))}" for name, value in {**kept, **narrow}.items()])
        return f"{bases[page]}?{query}" if query else bases[page]

    return link


def _form(today: date) -> SelectionForm:
    form = SelectionForm(request.args)
    sectors = sorted({code[:3] for code in register.sectors_in_use(actor()) if code})
    districts = [code for code in register.districts_in_use(actor()) if code]
    form.offer(sectors, districts, translation.current(), today)
    return form


def _versions(visits: Sequence[rules.VisitFact]) -> Labels:
    return Labels(translation.current(), store.versions_of(actor(), {visit.version_id for visit in visits}))


@bp.get("/")
@allow("trends.read")
def overview() -> ResponseReturnValue:
    """Everything at a glance, for the selected period, sector, district and size."""
    person = actor()
    today = store.today(person)
    form = _form(today)
    wanted = form.selection(today)
    left_out = store.left_out(person)
    if wanted is None:
        return render_template("trends/overview.html", form=form, wanted=None, left_out=left_out), 422
    asked_for = tuple(_asked_for().items())
    scope = (person.association_id, person.outside_ids)
    key = ("trends", *scope, asked_for, today, translation.current(), request.script_root)
    drawn = until_written(key, lambda: _drawn(wanted))
    return render_template("trends/overview.html", form=form, wanted=wanted, left_out=left_out, figures=drawn)


def _drawn(wanted: Selection) -> Markup:
    return Markup(  # noqa: S704 - a template of ours
        render_template(
            "trends/figures.html", wanted=wanted, words=words, View=View, percent_text=percent_text,
            minimum=rules.MINIMUM_VISITS, drawn_rows=drawn_rows, **_figures(wanted),
        )
    )  # fmt: skip


def _figures(wanted: Selection) -> dict[str, Any]:
    person = actor()
    registered = store.register(person, wanted)
    visits = store.visits(person, wanted)
    actions = store.actions(person, wanted)
    names, link = _versions(visits), _linker()
    step, view, by = wanted.step, wanted.view, wanted.by
    among = periods.buckets(wanted.span, step)
    compared = rules.compared(visits, view)
    found: dict[str, Any] = {
        "link": link,
        "visits": visits,
        "compared": compared,
        "waiting": sum(not visit.released and visit.outcome is Outcome.completed for visit in visits),
        "refused": sum(visit.outcome is Outcome.refused for visit in visits),
        "open": sum(map(rules.is_open, actions)),
        "overdue": sum(map(rules.is_overdue, actions)),
        "average": rules.score(compared, OVERALL),
        "covered": rules.coverage(registered, visits, None)[0],
        "registered": sum(registered.values()),
        "most_classes": figures.MOST_CLASSES,
        "actions": action_figures.action_table(actions, link),
        "closures": action_figures.closure_table(rules.closed_in(actions, wanted.span), view, link),
    }
    coverage = rules.coverage(registered, visits, by)
    found["coverage_chart"] = figures.coverage_chart(coverage, by, names, link) if coverage else None
    found["coverage"] = figures.coverage_table(coverage, by, names, link)
    found["breakdown"] = action_figures.breakdown_table(coverage, visits, actions, wanted, names, link)
    if not visits:
        return found
    found["made_chart"] = figures.made_chart(visits, among, step, names, link)
    found["made"] = figures.made_table(visits, link)
    series = figures.route_series(visits, among, view)
    spoken = any(one.mean is not None for _view, averages, _whole in series for one in averages)
    found["score_chart"] = figures.score_chart(series, among, step, names) if spoken else None
    found["scores"] = figures.score_table(series, among, step, names, link)
    if compared and names.versions:
        found |= _compared_figures(wanted, compared, among, names, link)
    return found


def _compared_figures(
    wanted: Selection,
    compared: Sequence[rules.VisitFact],
    among: Sequence[periods.Bucket],
    names: Labels,
    link: Link,
) -> dict[str, Any]:
    step, by = wanted.step, wanted.by
    areas = figures.area_rows(compared)
    in_time = [Slice(names.bucket(one, step), rules.in_bucket(compared, one), {"bucket": one.key}) for one in among]
    whole = Slice(_("Whole period"), compared, {})
    of_class = sorted(rules.grouped(compared, by).items(), key=lambda entry: (-len(entry[1]), entry[0]))
    classes = [Slice(names.brief(by, key), rows, {by.value: key}) for key, rows in of_class[: figures.MOST_CLASSES]]
    shortfalls = store.shortfalls(actor(), wanted)
    return {
        "areas": figures.area_chart(
            "areas", _("Area scores over time"), [*in_time, whole], areas, names, link, corner=_("Area"), turned=False
        ),
        "bands": figures.band_chart(compared, among, step, names, link),
        "classes": figures.area_chart(
            "classes",
            _("Area scores compared"),
            classes,
            areas,
            names,
            link,
            corner=_(words.DIMENSIONS[by]),
            turned=True,
        ),
        "shortfalls": figures.shortfall_table(shortfalls, len(compared), names, link),
        "most": MOST_SHORTFALLS,
    }


def _asked() -> tuple[Selection, Cell]:
    """What a rows page was asked for. Raises ``Problem`` for an address that no link of ours makes."""
    today = store.today(actor())
    form, cell_form = _form(today), CellForm(request.args)
    cell_form.offer()
    wanted, cell = form.selection(today), cell_form.cell()
    if wanted is None or cell is None:
        raise Problem("trends-address", N_("There is no such figure. Go back to the trends and follow its links."))
    return wanted, cell


def _page() -> int:
    return max(1, request.args.get("page", 1, type=int) or 1)


def _slice(found: Sequence[T], page: int) -> Sequence[T]:
    if _wants_sheet():
        return found[: store_rows.LARGEST_SHEET]
    return found[(page - 1) * store_rows.PAGE_SIZE : page * store_rows.PAGE_SIZE]


def _wants_sheet() -> bool:
    return request.args.get("format") == "xlsx"


def _size() -> int:
    return store_rows.LARGEST_SHEET if _wants_sheet() else store_rows.PAGE_SIZE


def _sheet(name: str, heads: Sequence[str], rows: Sequence[Sequence[spreadsheets.Cell]]) -> Response:
    response = make_response(spreadsheets.write_xlsx(list(heads), rows))
    response.headers["Content-Type"] = SHEET
    response.headers["Content-Disposition"] = f'attachment; filename="{name}.xlsx"'
    return response


def _rows_page(
    title: str,
    name: str,
    heads: Sequence[str],
    rows: Sequence[Sequence[Any]],
    total: int,
    wanted: Selection,
    cell: Cell,
    names: Labels,
) -> ResponseReturnValue:
    """A list as a page or as a spreadsheet. An entry is a plain value, or (text, address) for a link."""
    if _wants_sheet():
        plain = [[entry[0] if isinstance(entry, tuple) else entry for entry in row] for row in rows]
        return _sheet(name, heads, plain)
    shown = [[_entry(one) for one in row] for row in rows]
    return render_template(
        "trends/rows.html", title=title, heads=heads, rows=shown, total=total, page=_page(),
        pages=max(1, -(-total // store_rows.PAGE_SIZE)), asked=_described(wanted, cell, names), wanted=wanted,
        link=_linker(), left_out=store.left_out(actor()),
    )  # fmt: skip


def _entry(entry: Any) -> tuple[str, Any, str | None]:
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


def _described(wanted: Selection, cell: Cell, names: Labels) -> list[tuple[str, str]]:
    """What the rows were narrowed to, in words."""
    said = [
        (_(words.DIMENSIONS[by]), names.along(by, getattr(wanted, by.value))) for by in By if getattr(wanted, by.value)
    ]
    bucket = periods.bucket(periods.buckets(wanted.span, wanted.step), cell.bucket)
    entries: list[tuple[str, Any, Callable[[], str]]] = [
        (_("Period"), bucket, lambda: names.bucket(bucket, wanted.step) if bucket else ""),
        (_("Route"), cell.route, lambda: _(words.ROUTES[cell.route or Route.random])),
        (_("Outcome"), cell.outcome, lambda: _(words.OUTCOMES[cell.outcome or Outcome.completed])),
        (_("Averages over"), cell.counted or cell.area or cell.band, lambda: _(words.VIEWS[wanted.view])),
        (_("Area"), cell.area, lambda: names.area(cell.area)),
        (_("Band"), cell.band, lambda: names.band(cell.band)),
        (_("Item"), cell.item, lambda: names.item(cell.item)),
        (_("Severity"), cell.severity, lambda: _(SEVERITIES[cell.severity]) if cell.severity else ""),
        (_("State"), cell.state, lambda: _(words.ACTION_STATES[cell.state])),
        (_("Visited"), cell.visited, lambda: _(words.VISITED[cell.visited])),
    ]
    return said + [(name, text()) for name, given, text in entries if given]


def _to(endpoint: str, **ids: Any) -> str | None:
    """The address of a thing's own page, where the product has one under this name."""
    return url_for(endpoint, **ids) if endpoint in current_app.view_functions else None


def _linked(text: Any, address: str | None) -> Any:
    return (text, address) if address else text


@bp.get("/visits")
@allow("trends.read")
def visits() -> ResponseReturnValue:
    """The visits behind a figure."""
    wanted, cell = _asked()
    made = store.visits(actor(), wanted)
    found = sorted(rules.behind(made, wanted, cell), key=lambda visit: visit.on, reverse=True)
    names, sheet = _versions(made), _wants_sheet()
    rows = [
        [
            _linked(row.on, _to("visits.overview", visit_id=row.id)),
            _linked(_at(row, sheet), _to("enterprises.detail", enterprise_id=row.enterprise_id)),
            *([row.workplace] if sheet else []),
            names.brief(By.sector, row.place.along(By.sector)),
            names.along(By.district, row.place.along(By.district)),
            _(words.ROUTES[row.route]),
            _(words.OUTCOMES[row.outcome]),
            _("Yes") if row.released else _("No"),
            row.score,
            names.band(row.band) if row.score is not None or row.band else None,
        ]
        for row in store_rows.visit_rows(actor(), [visit.id for visit in _slice(found, _page())])
    ]
    heads = [
        _("Day"), _("Enterprise"), *([_("Workplace")] if sheet else []), _("Sector"), _("District"), _("Route"),
        _("Outcome"), _("Released"), _("Overall score"), _("Band"),
    ]  # fmt: skip
    return _rows_page(_("Visits behind this figure"), "visits", heads, rows, len(found), wanted, cell, names)


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
    found, total = store_rows.finding_rows(actor(), wanted, cell, _page(), _size())
    names = _versions(store.visits(actor(), wanted))
    rows = [
        [
            _linked(row.on, _to("visits.overview", visit_id=row.visit_id)),
            _linked(row.enterprise, _to("enterprises.detail", enterprise_id=row.enterprise_id)),
            _(words.ROUTES[row.route]),
            names.item(row.item),
            names.area(row.area),
            _(SEVERITIES[row.severity]),
            _("Yes") if row.repeat else _("No"),
        ]
        for row in found
    ]
    heads = [_("Day"), _("Enterprise"), _("Route"), _("Item"), _("Area"), _("Severity"), _("Repeat finding")]
    return _rows_page(_("Findings behind this figure"), "findings", heads, rows, total, wanted, cell, names)


@bp.get("/actions")
@allow("trends.read")
def actions() -> ResponseReturnValue:
    """The corrective actions behind a figure."""
    wanted, cell = _asked()
    found = rules.actions_behind(store.actions(actor(), wanted), wanted, cell)
    names = _versions([])
    rows = [
        [
            _linked(row.enterprise, _to("enterprises.detail", enterprise_id=row.enterprise_id)),
            names.say(row.text),
            _(SEVERITIES[row.severity]),
            _(ACTION_STATES[row.state]),
            row.delivered_on,
            row.due_on,
            row.verified_on,
            (row.verified_on - row.delivered_on).days if row.verified_on else None,
        ]
        for row in store_rows.action_rows(actor(), [sources.as_id(action.id) for action in _slice(found, _page())])
    ]
    heads = [
        _("Enterprise"), _("Corrective action"), _("Severity"), _("State"), _("Delivered"), _("Due"), _("Verified"),
        _("Days to closure"),
    ]  # fmt: skip
    title = _("Corrective actions behind this figure")
    return _rows_page(title, "corrective-actions", heads, rows, len(found), wanted, cell, names)


@bp.get("/enterprises")
@allow("trends.read")
def enterprises() -> ResponseReturnValue:
    """The enterprises behind a figure."""
    wanted, cell = _asked()
    found, total = store_rows.enterprise_rows(actor(), wanted, cell, _page(), _size())
    names = _versions([])
    rows = [
        [
            _linked(row.name, _to("enterprises.detail", enterprise_id=row.id)),
            *(names.brief(by, row.place.along(by)) for by in By),
            row.visits,
            row.last_visit,
        ]
        for row in found
    ]
    heads = [
        _("Enterprise"), *(_(text) for text in words.DIMENSIONS.values()), _("Visits in the period"), _("Last of them"),
    ]  # fmt: skip
    return _rows_page(_("Enterprises behind this figure"), "enterprises", heads, rows, total, wanted, cell, names)
