"""The numbers of the leadership report as a workbook, and their digest: the same figures, hidden where the paper hides.

Numbers are numbers; where there is none, a column says why.
"""

import hashlib
import json
from collections.abc import Sequence

from compliance.shared.spreadsheets import Cell, write_workbook
from compliance.shared.translation import gettext as _
from compliance.trends import report_parts, report_sentences, stated
from compliance.trends.board import Safe, may_state, safe_count
from compliance.trends.labels import Labels
from compliance.trends.measures import FIGURES
from compliance.trends.report_facts import Facts
from compliance.trends.report_parts import Part
from compliance.trends.rules import By
from compliance.trends.stated import Movement, Stated

Sheet = tuple[str, Sequence[str], list[list[Cell]]]
"""Name, heads, rows."""


def sheets(facts: Facts, names: Labels, method: Part) -> list[Sheet]:
    """All sheets in the language of now."""
    return [
        _figures(facts),
        _areas(facts, names),
        _sectors(facts, names),
        _shortfalls(facts, names),
        _actions(facts),
        _coverage(facts, names),
        _training(facts, names),
        _method(facts, names, method),
    ]


def workbook(made: Sequence[Sheet]) -> bytes:
    """The sheets as XLSX."""
    return write_workbook(made)


def digest(made: Sequence[Sheet]) -> str:
    """SHA-256 of the figures in canonical form: the same figures give the same, whenever they are written down."""
    content = json.dumps(made, ensure_ascii=False, separators=(",", ":"), default=str)
    return hashlib.sha256(content.encode()).hexdigest()


def _figures(facts: Facts) -> Sheet:
    table = report_parts.visits_table(facts)
    found = safe_count(facts.found), safe_count(facts.put_right)
    rows: list[list[Cell]] = [
        [_("First day"), facts.span.first, ""],
        [_("Last day"), facts.span.last, ""],
        [_("Shortfalls found"), *_count(found[0])],
        [_("Shortfalls put right and verified"), *_count(found[1])],
        [_("Got back for workers, yuan"), *_recovered(facts)],
    ]
    heads = [_("Completed"), _("Refused or not found"), _("Closed down")]
    return _("Figures"), [_("Figure"), _("Value"), _("Why not")], [*rows, *_table(table, heads)]


def _recovered(facts: Facts) -> list[Cell]:
    if report_parts.recovered(facts) is None:
        return ["", _("Fewer than five enterprises paid it.")]
    return [facts.recovered.recovered / 100, ""]


def _table(table: Safe, heads: Sequence[str]) -> list[list[Cell]]:
    rows: list[list[Cell]] = []
    for name, cells in [*zip(table.names, table.cells, strict=True), (_("All"), table.foot)]:
        rows += [[f"{name} · {head}", *_count(number)] for head, number in zip(heads, cells, strict=False)]
    return rows


def _count(number: int | None) -> list[Cell]:
    return [number, "" if number is not None else report_sentences.shown(None)]


def _figure_heads() -> list[str]:
    return [str(_(head)) for head in stated.HEADS[:5]]


def _figure(one: Stated, *, counted: bool) -> list[Cell]:
    """The columns of an estimate; the plain figure and its number are not for a board."""
    if not one.silent and counted and not may_state(one, counted=True):
        return [None, None, None, None, report_sentences.shown(None)]
    numbers = list(stated.cells(one)[:5])
    if safe_count(one.n) is None:
        numbers[3] = None
    return [*numbers]


def _movement(one: Movement, *, counted: bool) -> list[Cell]:
    hidden = counted and not (may_state(one.after, counted=True) and may_state(one.before, counted=True))
    return [None, None, None, report_sentences.shown(None)] if hidden else list(stated.movement_cells(one))


def _areas(facts: Facts, names: Labels) -> Sheet:
    rows: list[list[Cell]] = []
    for figure, told, counted in (
        (_("Score"), facts.areas, False),
        (_("Workplaces with a shortfall"), facts.shares, True),
    ):
        rows += [
            [
                figure,
                names.area(one.area),
                *_figure(one.now, counted=counted),
                *_movement(one.movement, counted=counted),
            ]
            for one in told
        ]
    heads = [_("Figure"), _("Area"), *_figure_heads(), *(str(_(head)) for head in stated.MOVEMENT_HEADS)]
    return _("Areas"), heads, rows


def _sectors(facts: Facts, names: Labels) -> Sheet:
    rows = [
        [names.along(By.sector, sector), names.area(area), *_figure(one, counted=False)]
        for sector, areas in sorted(facts.sectors.items())
        for area in FIGURES
        if (one := areas.get(area)) is not None
    ]
    return _("Sectors"), [_("Sector"), _("Area"), *_figure_heads()], rows


def _shortfalls(facts: Facts, names: Labels) -> Sheet:
    rows = [
        [
            names.item(one.item), names.area(names.area_of(one.item)), *_figure(one.told, counted=True),
            *_movement(one.movement, counted=True),
        ]
        for one in facts.items
        if may_state(one.told, counted=True)
    ]  # fmt: skip
    heads = [_("Item"), _("Area"), *_figure_heads(), *(str(_(head)) for head in stated.MOVEMENT_HEADS)]
    return _("Shortfalls"), heads, rows


def _actions(facts: Facts) -> Sheet:
    table = report_parts.actions_table(facts)
    return _("Actions"), [_("Figure"), _("Value"), _("Why not")], _table(table, [_("Closed"), _("Still open")])


def _coverage(facts: Facts, names: Labels) -> Sheet:
    table = report_parts.reach_table(facts, names)
    heads = [_("Figure"), _("Value"), _("Why not")]
    return _("Coverage"), heads, _table(table, [_("Visited in the period"), _("Not visited in the period")])


def _training(facts: Facts, names: Labels) -> Sheet:
    rows: list[list[Cell]] = [
        [
            names.item(one.item), names.along(By.sector, one.group) if one.group else _("All members"),
            round(100 * one.value, 1), round(100 * one.low, 1), round(100 * one.high, 1), one.n, one.least,
        ]
        for one in facts.needs
    ]  # fmt: skip
    heads = [
        _("Train on"), _("Sector"), *_figure_heads()[:3], _("Drawn visits"),
        _("Enterprises it would help, at least"),
    ]  # fmt: skip
    return _("Training needs"), heads, rows


def _method(facts: Facts, names: Labels, method: Part) -> Sheet:
    rows: list[list[Cell]] = [
        [int(one.text) if one.text.isdecimal() else one.text for one in row]
        for row in report_parts.strata(facts, names)
    ]
    rows += [[line] for line in method.lines]
    heads = [_("Stratum"), _("Workplaces (N)"), _("Visited, released"), _("Refused or not found"), _("Closed or left")]
    return _("Method"), heads, rows
