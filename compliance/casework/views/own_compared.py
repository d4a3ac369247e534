"""How an enterprise stands among enterprises like it: its own scores beside numbers that were frozen for the quarter.

Made of released scorecards of the reader's own and of what was kept when the quarter ended, and of nothing else.
"""

from typing import Any
from uuid import UUID

from flask import render_template
from flask.typing import ResponseReturnValue
from markupsafe import Markup

from compliance.casework import outside
from compliance.casework.outside import Place
from compliance.casework.views.own import around
from compliance.casework.views.own import bp as own
from compliance.checklists.names import SIZES
from compliance.enterprises import classes
from compliance.people.gate import actor, allow
from compliance.scorecards.result import OVERALL
from compliance.shared import charts, translation
from compliance.shared.drawing import fitted
from compliance.shared.translation import gettext as _
from compliance.shared.words import N_
from compliance.trends import benchmarks, store_benchmarks
from compliance.trends.benchmarks import Kind, Position, Quartiles

POSITIONS = {
    Position.top: N_("among the best quarter"),
    Position.above: N_("above the middle"),
    Position.middle: N_("about in the middle"),
    Position.below: N_("below the middle"),
    Position.bottom: N_("among the weakest quarter"),
}
COLOURS = {
    Position.top: "green",
    Position.above: "teal",
    Position.middle: "grey",
    Position.below: "amber",
    Position.bottom: "orange",
}


@own.get("/<uuid:enterprise_id>/compared")
@allow("scorecard.read")
def compared(enterprise_id: UUID) -> ResponseReturnValue:
    """Where the enterprise stands, area by area and overall."""
    frame = around(enterprise_id)
    enterprise = frame["enterprise"]
    sector, size = enterprise.sector or "", str(enterprise.size or "")
    row = store_benchmarks.for_enterprise(actor(), sector, size)
    places = outside.places(actor(), enterprise_id, outside.cards_of(actor(), enterprise_id))
    mine = store_benchmarks.own_of(actor())
    figures = benchmarks.figures_for(row, mine) if row else {}
    return render_template(
        "casework/own/compared.html",
        row=row,
        group=_group(row.kind) if row else "",
        widened=row is not None and row.kind != benchmarks.widening(sector[:3], size)[0],
        others=benchmarks.others(row, mine) if row else 0,
        span=store_benchmarks.span_of(row.worked_out) if row else None,
        quarter=_quarter(row.worked_out) if row else "",
        shown=[_shown(place, figures) for place in places if place.card] if row else [],
        areas=_areas(figures),
        fewest=benchmarks.FEWEST_OTHERS,
        fewest_changed=benchmarks.FEWEST_CHANGED,
        positions=POSITIONS,
        colours=COLOURS,
        **frame,
    )


def _shown(place: Place, figures: dict[str, Quartiles]) -> dict[str, Any]:
    """A workplace: for each area its score as found, the quartiles, and the words of where it stands."""
    card = place.card
    assert card is not None
    lines = []
    for area in (*card.result.areas, card.result.overall):
        among = figures.get(area.area)
        score = None if area.shown is None else float(area.shown)
        where = None if among is None or score is None else benchmarks.position(score, among)
        name = _("Overall") if area.area == OVERALL else place.checklist.area(area.area).short.in_(_language())
        lines.append({"name": name, "area": area, "score": score, "among": among, "where": where})
    return {"place": place, "lines": lines, "chart": _chart(str(card.id)[:8], lines)}


def _areas(figures: dict[str, Quartiles]) -> list[tuple[str, Quartiles]]:
    """The numbers alone, the whole last: for an enterprise that has no scorecard yet."""
    return [(area, one) for area, one in figures.items() if area == OVERALL]


def _chart(chart_id: str, lines: list[dict[str, Any]]) -> Markup:
    rows = [
        charts.Dot(
            line["name"],
            line["score"],
            "–" if line["score"] is None else f"{line['score']:.1f}",
            median=None if line["among"] is None else float(line["among"].middle),
            half=None if line["among"] is None else (float(line["among"].low), float(line["among"].high)),
        )
        for line in lines
    ]
    return fitted(
        lambda width: charts.dots(
            f"compared-{chart_id}",
            _("Your scores among enterprises like yours, 0 to 100"),
            _("The pale bar is the middle half of the group; the same figures stand in the table."),
            rows,
            keys=(_("your score"), _("the visit before"), _("middle of the group")),
            width=width,
        )
    )


def _group(kind: Kind) -> str:
    """The group in words."""
    if kind == benchmarks.EVERYBODY:
        return _("all members")
    sector = classes.sector_name(kind.sector).in_(_language()) if kind.sector else _("all sectors")
    return f"{sector} · {_(SIZES[kind.size])}" if kind.size else sector


def _quarter(quarter: str) -> str:
    year, part = quarter.split("-Q")
    return _("%(year)s Q%(quarter)s", year=year, quarter=part)


def _language() -> str:
    return translation.current()
