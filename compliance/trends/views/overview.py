"""The overview of the trends: what is certain, the five areas, and the chosen one through time."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from flask.typing import ResponseReturnValue

from compliance.people.gate import allow
from compliance.shared.problems import Problem
from compliance.shared.translation import gettext as _
from compliance.shared.translation import ngettext
from compliance.shared.words import N_, sentences
from compliance.trends import (
    imported_figures,
    method,
    recovered_figures,
    stated,
    store,
    store_cells,
    store_recovered,
    told,
    told_figures,
    told_sheets,
    words,
)
from compliance.trends.cells import Outcomes
from compliance.trends.labels import Shown as Entry
from compliance.trends.labels import Table
from compliance.trends.sections import Section, Tile, count, page_of, sheet_table
from compliance.trends.told import AreaTold, asked_of
from compliance.trends.views.frame import Link, Page, Sheet, bp, show, title_of
from compliance.visits.states import Outcome


@dataclass(frozen=True)
class Lead:
    """What a reader must know before the figures."""

    kind: str
    title: str
    text: str


@bp.get("/")
@allow("trends.read")
def overview() -> ResponseReturnValue:
    """Everything at a glance, for the selected period, area, sector, district and size."""
    return show("trends/told.html", _("Trends"), _made)


def _made(page: Page) -> Mapping[str, Any]:
    wanted, names, link = page.wanted, page.names, page.link
    ends = store_cells.outcomes(page.actor, asked_of(wanted))
    made = ends[0] if ends else None
    areas = told.areas(page.actor, wanted)
    sections: list[Section] = []
    if made:
        sections = [_areas(page, areas), _time(page), _visits(made, link)]
    sections += imported_figures.sections(page.actor, wanted, names)
    return {
        **page_of(
            sections, _tiles(page, made), nothing=_("No visits in this period"),
            nothing_more=_("Choose another period, or take a filter away. Visits appear here once they are released."),
        ),
        "lead": _lead(areas) if made else None,
        "method": method.method(page.actor, wanted, names),
        "sheet": _sheet(page, areas),
    }  # fmt: skip


def _sheet(page: Page, areas: Sequence[AreaTold]) -> Sheet:
    if page.args.get("table") == "time":
        rows = told_sheets.through_time(told.through_time(page.actor, page.wanted), page.wanted.step, page.names)
        return Sheet("trends-time", *rows)
    if page.args.get("table", "").startswith("imported-"):
        found = sheet_table(imported_figures.sections(page.actor, page.wanted, page.names), page.args["table"])
        if found:
            return Sheet("trends-imported", found[1], found[2])
    if page.args.get("table") == "made":
        section = _visits(store_cells.outcomes(page.actor, asked_of(page.wanted))[0], page.link)
        found = sheet_table([section], "made")
        if found:
            return Sheet("trends-visits", found[1], found[2])
    return Sheet("trends-areas", *told_sheets.areas(areas, page.names))


def _lead(areas: Sequence[AreaTold]) -> Lead | None:
    whole = areas[0].now
    if whole.silent is None:
        return None
    return Lead(
        "warn",
        _("Certain is only what was seen."),
        _(
            "About all members no number is given here: %(why)s The plain figures in grey describe the visits that "
            "were made, targeted ones included.",
            why=stated.reason_text(whole.silent),
        ),
    )


def _tiles(page: Page, made: Outcomes | None) -> list[Tile]:
    link = page.link
    visits = made.number() if made else 0
    refused = made.number(outcome="refused") if made else 0
    right = store.put_right(page.actor, page.wanted)
    money = store_recovered.money(page.actor, page.wanted)
    return [
        Tile(
            f"{visits:,}",
            ngettext("visit made and released", "visits made and released", visits),
            link("visits", released=1, view="all") if visits else None,
        ),
        Tile(
            f"{right:,}",
            ngettext("shortfall put right, checked", "shortfalls put right, checked", right),
            link("actions", state="closed") if right else None,
        ),
        Tile(
            recovered_figures.yuan(money.recovered), _("got back for workers, as workers confirmed"), link("recovered")
        ),
        Tile(
            f"{refused:,}",
            ngettext("visit refused", "visits refused", refused),
            link("visits", outcome="refused", released=1, view="all") if refused else None,
        ),
    ]


def _areas(page: Page, areas: Sequence[AreaTold]) -> Section:
    wanted, names, link = page.wanted, page.names, page.link
    told_of: dict[str, list[str]] = {}
    for one in areas:
        for said in stated.notes(one.now):
            told_of.setdefault(said, []).append(names.area(one.area))
    comma, colon = _(", "), _(": ")
    notes = [said if len(of) == len(areas) else comma.join(of) + colon + said for said, of in told_of.items()]
    return Section(
        "areas",
        _("The five areas") + " · " + _(words.FIGURES[wanted.figure]),
        told_figures.areas_table(areas, wanted, names, link),
        told_figures.areas_chart(areas, wanted, names, link),
        note=sentences(*notes),
        folded=False,
    )


def _time(page: Page) -> Section:
    wanted, names = page.wanted, page.names
    periods = told.through_time(page.actor, wanted)
    return Section(
        "time",
        " · ".join((_("Over time"), names.area(wanted.topic), _(words.FIGURES[wanted.figure]))),
        told_figures.time_table(periods, wanted, names, page.link),
        told_figures.time_chart(periods, wanted, names),
        note=" ".join(told_figures.break_lines(periods, wanted.step, names)),
    )


def _visits(made: Outcomes, link: Link) -> Section:
    rows = []
    for route, text in words.ROUTES.items():
        cells = [
            count(
                made.number(route=route.value, outcome=outcome.value),
                link("visits", route=route.value, outcome=outcome.value, released=1),
            )
            for outcome in words.OUTCOMES
        ]
        whole = count(made.number(route=route.value), link("visits", route=route.value, released=1))
        rows.append([Entry(_(text)), *cells, whole])
    sums = [count(made.number(outcome=one.value), link("visits", outcome=one.value, released=1)) for one in Outcome]
    rows.append([Entry(_("All")), *sums, count(made.number(), link("visits", released=1))])
    heads = [_("Route"), *(_(text) for text in words.OUTCOMES.values()), _("All")]
    return Section("made", _("Visits made and released"), Table(heads, rows))


@bp.get("/strata")
@allow("trends.read")
def strata() -> ResponseReturnValue:
    """Every stratum behind the figures, as a spreadsheet."""
    return show("trends/told.html", title_of("trends.overview"), _strata)


def _strata(page: Page) -> Mapping[str, Any]:
    found = method.method(page.actor, page.wanted, page.names, most=None)
    if not found.strata:
        raise Problem("trends-strata", N_("There was no draw in this period."))
    section = Section("strata", _("The strata of the draws"), found.table)
    rows = [[entry.text for entry in row] for row in found.table.rows]
    return {**page_of([section]), "sheet": Sheet("strata", found.table.heads, rows), "lead": None, "method": None}
