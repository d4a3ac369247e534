"""How many rows stand behind a figure, from the cells: they are exact, and cost the same however many rows there are.

None where the cells do not tell it: the rows are counted then.
"""

from dataclasses import replace

from compliance.people.rules import Actor
from compliance.shared import touched
from compliance.trends import cells, store_cells
from compliance.trends.cells import Asked, Kind, Measure
from compliance.trends.newest import whole_months
from compliance.trends.periods import Span
from compliance.trends.rules import Cell, Selection


def visits(actor: Actor, wanted: Selection, cell: Cell, span: Span) -> int | None:
    """The visits of a selection and cell."""
    asked = _asked(actor, wanted, span)
    if asked is None or cell.drawn or cell.counted or (cell.band and cell.area):
        return None
    if not cell.area and not cell.band:
        if not cells.combines(asked, cells.By.none, []):
            return None
        route, outcome = (one.value if one else None for one in (cell.route, cell.outcome))
        return sum(one.number(route=route, outcome=outcome) for one in store_cells.outcomes(actor, asked))
    if cell.outcome or not cell.area:
        return None
    measure = Measure(Kind.score if wanted.figure == "score" else Kind.shortfall, cell.area)
    if not cells.combines(asked, cells.By.none, [measure]):
        return None
    found = store_cells.read(actor, asked, [measure])
    return sum(
        (one.by_route[cell.route].n if cell.route in one.by_route else 0) if cell.route else one.plain.n
        for one in found
    )


def findings(actor: Actor, wanted: Selection, *, repeats: bool = False) -> int | None:
    """The findings of a selection, or those of them that came back."""
    asked = _asked(actor, wanted, wanted.span)
    if asked is None or not cells.combines(asked, cells.By.none, []):
        return None
    return sum(one.repeats if repeats else one.findings for one in store_cells.outcomes(actor, asked))


def _asked(actor: Actor, wanted: Selection, span: Span) -> Asked | None:
    if not whole_months(actor, span):
        return None
    touched.settle()  # what this transaction itself has written counts too
    return Asked.of(replace(wanted, span=span))
