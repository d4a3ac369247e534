"""Pages of auditors (leaders and administrators): what a draw was bound to, and after the reveal, the proof of it."""

import inspect
from uuid import UUID

from flask import Blueprint, flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue

from compliance.people import store as people
from compliance.people.gate import actor, allow
from compliance.planning import (
    day_inputs,
    draw,
    frames,
    schedule,
    schedule_draw,
    store,
    store_days,
    store_lists,
    store_verify,
    store_verify_days,
    strata,
)
from compliance.planning.models import DrawPeriod
from compliance.planning.periods import PeriodState
from compliance.planning.store_lists import Wanted
from compliance.shared import database, files
from compliance.shared.problems import Conflict
from compliance.shared.spreadsheets import write_csv
from compliance.shared.translation import gettext as _

bp = Blueprint("draw_audit", __name__, url_prefix="/draw-checks")


@bp.get("/")
@allow("draw.audit")
def listed() -> ResponseReturnValue:
    """All periods, by their days alone for who has a tie."""
    return render_template(
        "planning/audit_list.html",
        rows=store.every(actor()),
        tied=bool(actor().outside_ids),
        today=store.today(actor()),
    )


@bp.get("/<uuid:period_id>")
@allow("draw.audit")
def period(period_id: UUID) -> ResponseReturnValue:
    """One period: what it was bound to, and after the reveal whether all can be repeated."""
    row = store.for_audit(actor(), period_id)
    ended = row.state is PeriodState.ended
    verdict = store_verify.verify(row) if ended else None
    return render_template(
        "planning/audit.html",
        row=row,
        verdict=verdict,
        days=store_verify_days.verify(row) if ended and store_days.drawings(row) else None,
        faults={**store_verify.FAULTS, **store_verify_days.FAULTS},
        too_early=store_verify.TOO_EARLY,
        may=store_verify.may_reveal(row, store.today(actor())),
        looks=store.looks(row) if ended else [],
        names=people.people_names([row.revealed_by, *(look.person_id for look in store.looks(row))]),
    )


@bp.post("/<uuid:period_id>/reveal")
@allow("draw.audit")
def reveal(period_id: UUID) -> ResponseReturnValue:
    """Show the seed from now on."""
    row = store_verify.reveal(actor(), period_id)
    flash(_("The seed is revealed, and the period has ended."), "success")
    return redirect(url_for("draw_audit.period", period_id=row.id))


@bp.get("/<uuid:period_id>/frame.txt")
@allow("draw.audit")
def frame(period_id: UUID) -> ResponseReturnValue:
    """The frozen frame, byte for byte."""
    row = _revealed(period_id, "frame")
    return _file(files.get(row.frame_digest or ""), "text/plain; charset=utf-8", "frame.txt")


@bp.get("/<uuid:period_id>/drawn.csv")
@allow("draw.audit")
def drawn(period_id: UUID) -> ResponseReturnValue:
    """All that was drawn, as it is kept."""
    row = _revealed(period_id, "drawn")
    heads = ["position", "workplace", "enterprise", "route", "stratum", "N", "n", "inclusion_probability", "points"]
    found = store_lists.drawn(actor(), row, Wanted(), all_=True)
    lines = [
        [
            line.row.position, line.row.workplace_id.hex, line.row.enterprise_id.hex, line.row.route.value,
            line.stratum.key, line.stratum.frame_size, line.stratum.drawn, repr(line.row.inclusion_probability),
            line.row.points,
        ]
        for line in found.rows
    ]  # fmt: skip
    return _file(write_csv(heads, lines), "text/csv; charset=utf-8", "drawn.csv")


@bp.get("/algorithm.txt")
@allow("draw.audit")
def algorithm() -> ResponseReturnValue:
    """The text of the algorithm: the very code that draws."""
    text = "\n\n".join(inspect.getsource(module) for module in (draw, strata, frames))
    return _file(text.encode(), "text/plain; charset=utf-8", f"{frames.ALGORITHM}.txt")


@bp.get("/days.txt")
@allow("draw.audit")
def days_algorithm() -> ResponseReturnValue:
    """The text of the algorithm that draws days, hours and teams: the very code."""
    text = "\n\n".join(inspect.getsource(module) for module in (schedule_draw, schedule, day_inputs))
    return _file(text.encode(), "text/plain; charset=utf-8", f"{schedule.ALGORITHM}.txt")


def _revealed(period_id: UUID, page: str) -> DrawPeriod:
    database.begin_writing()
    row = store.for_audit(actor(), period_id)
    if row.state is not PeriodState.ended:
        raise Conflict("seed-too-early", store_verify.TOO_EARLY)
    store.look(actor(), row, page)
    return row


def _file(data: bytes, media_type: str, name: str) -> ResponseReturnValue:
    return data, 200, {"Content-Type": media_type, "Content-Disposition": f"attachment; filename={name}"}
