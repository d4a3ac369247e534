"""The risk score for coordinators: all workplaces by points, and the reasons of one."""

from typing import Any
from uuid import UUID

from flask import Blueprint, render_template, request
from flask.typing import ResponseReturnValue

from compliance.checklists import store as checklists
from compliance.enterprises import classes, store_lists
from compliance.enterprises.store_lists import Filters
from compliance.people.gate import actor, allow
from compliance.planning import risk_words, store_risk, store_risk_list
from compliance.planning.risk import Reason
from compliance.shared import translation
from compliance.shared.worked_out import Figure

bp = Blueprint("risk", __name__, url_prefix="/risk")


@bp.get("/")
@allow("risk.read")
def listed() -> ResponseReturnValue:
    """All active workplaces by points, with what gave them."""
    given = request.args
    sector, district = given.get("sector", ""), given.get("district", "")
    filters = Filters(
        sector=sector if sector in classes.sectors() else "",
        district=district if district.isdigit() and len(district) == 6 else "",
    )
    sort = given.get("sort", "")
    sort = sort if sort in store_risk_list.SORTS else "-points"
    text, page = given.get("q", "")[:100], given.get("page", 1, type=int) or 1
    today = store_risk.today(actor())
    found = store_risk_list.listed(actor(), today, text, filters, sort, page)
    if isinstance(found, Figure):
        return render_template("planning/risk_working.html", figure=found)
    return render_template(
        "planning/risk.html",
        found=found,
        text=text,
        filters=filters,
        sort=sort,
        narrowed=bool(text or filters.any),
        sectors=_sectors(),
        districts=_districts(),
        sector_name=classes.sector_name,
        district_name=classes.district_name,
        **_words(),
    )


@bp.get("/<uuid:workplace_id>")
@allow("risk.read")
def of(workplace_id: UUID) -> ResponseReturnValue:
    """The reasons of one workplace, line by line, also what gave no points."""
    today = store_risk.today(actor())
    weights = store_risk.weights(actor(), today)
    place = store_risk_list.one(actor(), workplace_id, today)
    most = {line.source: line.highest for line in weights.lines}
    return render_template("planning/risk_of.html", place=place, weights=weights, most=most, **_words())


def _words() -> dict[str, Any]:
    current = checklists.current_or_none(actor().association_id)
    language = translation.current()
    policy = checklists.load(current.id).policy if current else None
    bands = {band.id: band.label.in_(language) for band in policy.bands} if policy else {}

    def fact(reason: Reason) -> str:
        return risk_words.fact(reason, bands)

    return {"fact": fact, "since": lambda reason: risk_words.since(reason, language), "dated": risk_words.dated}


def _sectors() -> list[tuple[str, str]]:
    language = translation.current()
    used = sorted({code[:3] for code in store_lists.sectors_in_use(actor())})
    return [(code, f"{code} {classes.sector_name(code).in_(language)}") for code in used]


def _districts() -> list[tuple[str, str]]:
    language = translation.current()
    used = sorted(store_lists.districts_in_use(actor()))
    return [(code, f"{code} {classes.district_name(code).in_(language)}") for code in used]
