"""The board edition: key figures that name no enterprise, to print and to take along."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

from flask.typing import ResponseReturnValue

from compliance.estimation.strata import Scale
from compliance.people.gate import allow
from compliance.shared.translation import gettext as _
from compliance.trends import board_figures, cells, heavy, stated, store_cells, store_closing, store_marks
from compliance.trends.board import SMALLEST
from compliance.trends.cells import Kind, Measure
from compliance.trends.closing import WHOLE, closing
from compliance.trends.heavy import Heavy
from compliance.trends.measures import FIGURES, OVERALL
from compliance.trends.reach import Reached
from compliance.trends.rules import Place, Selection
from compliance.trends.sections import Section, page_of
from compliance.trends.views.frame import Page, Sheet, bp, show_heavy, title_of


@bp.get("/board")
@allow("trends.read")
def board() -> ResponseReturnValue:
    """Key figures for the board."""
    return show_heavy("trends/board.html", title_of("trends.board"), _read, _made)


def _wanted(page: Page) -> Selection:
    """Narrowed editions could be subtracted from each other, and so could those of any days."""
    return replace(page.wanted, sector="", district="", size="", trait="", version=None, topic=OVERALL)


def _read(page: Page) -> Heavy[dict[Place, Reached]]:
    return heavy.coverage(page.actor, _wanted(page), page.today)


def _made(page: Page, places: Mapping[Place, Reached]) -> Mapping[str, Any]:
    wanted, person = _wanted(page), page.actor
    if page.args.get("period") == "custom":
        more = _("The board edition is made for a quarter, a year, or the last four quarters.")
        return {**page_of([], nothing_more=more), "sheet": None}
    asked = store_marks.asked(wanted)
    by = cells.By(wanted.by.value)
    readings = store_cells.read(person, asked, [Measure(Kind.score, area) for area in FIGURES])
    areas = {one.measure.area: stated.state(one.strata, one.plain, Scale.score, high_is_good=True) for one in readings}
    whole = store_cells.outcomes(person, asked)
    batches = store_closing.batches(person, wanted, page.today)
    if not whole and not batches:
        return {**page_of([], nothing=_("No visits in this period")), "sheet": None}
    alike = store_closing.alike(person, wanted, page.today, "") if batches else {}
    found = board_figures.edition(
        areas, whole[0] if whole else None, store_cells.outcomes(person, asked, by=by),
        store_marks.marked(person, wanted, Kind.item), batches,
        closing(WHOLE, batches, alike[WHOLE]) if batches else None,
        sum(places.values(), Reached()), wanted.by, page.names,
    )  # fmt: skip
    said = _(
        "For the board: no enterprise is named, nothing leads to rows, and counts of 1 to %(most)s are not shown, nor "
        "others from which they would follow. It is of all members: sector, district, size and the other filters do "
        "not narrow it. Figures not shown: %(hidden)s.",
        most=SMALLEST - 1,
        hidden=found.hidden,
    )
    return {**page_of(found.sections, found.tiles, said=said, no_sheet=True), "sheet": _sheet(found.sections)}


def _sheet(sections: Sequence[Section]) -> Sheet:
    """All tables below each other in one file."""
    rows: list[list[Any]] = []
    for section in sections:
        if section.table is None:
            continue
        for entries in section.table.rows:
            name, *figures = entries
            for head, entry in zip(section.table.heads[1:], figures, strict=True):
                plain = getattr(entry, "plain", None)
                rows.append([section.title, name.text, head, entry.text if plain is None else plain])
    return Sheet("board-edition", [_("Table"), _("Row"), _("Column"), _("Figure")], rows)
