"""Who was drawn: the list of coordinators, as page and as spreadsheet. Each look is on the audit trail."""

from uuid import UUID

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from compliance.enterprises import store_lists as register
from compliance.enterprises.classes import district_name
from compliance.people.gate import actor, allow
from compliance.planning import periods, store, store_drawn, store_lists, words_draw
from compliance.planning.forms_draw import LeftForm
from compliance.planning.models import DrawPeriod
from compliance.planning.periods import LeftReason, PeriodState
from compliance.planning.store_lists import Line, Wanted
from compliance.shared import database, translation
from compliance.shared.problems import Conflict
from compliance.shared.spreadsheets import Cell, write_xlsx
from compliance.shared.translation import gettext as _
from compliance.shared.words import N_
from compliance.visits.states import Outcome, Route, State
from compliance.visits.words import OUTCOMES, ROUTES, STATES

bp = Blueprint("drawn", __name__, url_prefix="/draws")

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
FOUND_AT_MOST = 500


@bp.get("/<uuid:period_id>/drawn")
@allow("draw.manage")
def listed(period_id: UUID) -> ResponseReturnValue:
    """Those drawn in a period."""
    row = _opened(period_id, "list")
    wanted = _wanted()
    found = store_lists.drawn(actor(), row, wanted, _matching(wanted))
    return render_template(
        "planning/drawn.html",
        row=row,
        found=found,
        wanted=wanted,
        visits=store_drawn.visit_states(line.row for line in found.rows),
        states=STATES,
        outcomes=OUTCOMES,
        routes=ROUTES,
        district_name=district_name,
        form=LeftForm(formdata=None),
        filtered=any((wanted.text, wanted.route, wanted.standing, wanted.stratum)),
        open=row.state is PeriodState.drawn,
    )


@bp.get("/<uuid:period_id>/drawn.xlsx")
@allow("draw.manage")
def spreadsheet(period_id: UUID) -> ResponseReturnValue:
    """The same as a spreadsheet, all rows."""
    row = _opened(period_id, "xlsx")
    wanted = _wanted()
    found = store_lists.drawn(actor(), row, wanted, _matching(wanted), all_=True)
    seen = store_drawn.visit_states(line.row for line in found.rows)
    heads = [
        _("No."), _("Enterprise"), _("Workplace"), _("District"), _("Why"), _("Stratum"),
        _("Workplaces in the stratum"), _("Drawn in the stratum"), _("Inclusion probability"), _("Points of risk"),
        _("Where it stands"),
    ]  # fmt: skip
    lines = [_cells(line, seen) for line in found.rows]
    data = write_xlsx(heads, lines, _("Those drawn"))
    return data, 200, {"Content-Type": XLSX, "Content-Disposition": "attachment; filename=drawn.xlsx"}


@bp.post("/drawn/<uuid:drawn_id>/left")
@allow("draw.manage")
def left(drawn_id: UUID) -> ResponseReturnValue:
    """Note that a drawn workplace has left."""
    one = store_drawn.get(actor(), drawn_id)
    form = LeftForm()
    if not form.validate():
        flash(_("Please choose why this workplace has left."), "error")
    else:
        store_drawn.mark_left(actor(), one.id, LeftReason(form.reason.data), form.note.data or "")
        flash(_("It is noted that this workplace has left. It stays drawn, and counts as gone."), "success")
    return redirect(url_for("drawn.listed", period_id=one.period_id))


def _opened(period_id: UUID, page: str) -> DrawPeriod:
    """The period, with the look at its list on the trail."""
    database.begin_writing()
    row = store.get(actor(), period_id)
    if row.drawn_at is None:
        raise Conflict("period-state", N_("This period is not drawn yet."))
    store.look(actor(), row, page)
    return row


def _wanted() -> Wanted:
    args = request.args
    number = args.get("page", "")
    return Wanted(
        text=args.get("q", "").strip()[:80],
        route=Route(args["route"]) if args.get("route") in set(Route) else None,
        standing=args.get("standing", "")[:10],
        stratum=_uuid(args.get("stratum")),
        sort=args.get("sort", "position"),
        page=int(number) if number.isdecimal() and len(number) < 9 else 1,
    )


def _matching(wanted: Wanted) -> list[UUID] | None:
    if not wanted.text:
        return None
    return [row.id for row in register.every(actor(), wanted.text, most=FOUND_AT_MOST)]


def _cells(line: Line, seen: object) -> list[Cell]:
    row, stratum = line.row, line.stratum
    visit = seen.get(row.visit_id) if isinstance(seen, dict) and row.visit_id else None
    return [
        row.position,
        line.enterprise,
        line.workplace,
        district_name(line.district).in_(translation.current()) if line.district else "",
        _(ROUTES[row.route]),
        words_draw.stratum(stratum.sector, stratum.size, stratum.district, certain=stratum.certain),
        stratum.frame_size,
        stratum.drawn,
        row.inclusion_probability,
        row.points,
        _standing(row.left_reason, visit),
    ]


def _standing(left_reason: LeftReason | None, visit: object) -> str:
    if left_reason:
        return _(periods.LEFT_WORDS[left_reason])
    if visit is None:
        return _("No visit yet")
    outcome = getattr(visit, "outcome", None)
    state = State(getattr(visit, "state", State.planned))
    return _(OUTCOMES[Outcome(outcome)]) if outcome and state is State.released else _(STATES[state])


def _uuid(text: str | None) -> UUID | None:
    try:
        return UUID(text) if text else None
    except ValueError:
        return None
