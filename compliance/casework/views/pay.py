"""The pay sheet of a visit: which records to take, entering them, what they come to, and consents to be named."""

from collections.abc import Mapping
from datetime import date
from typing import TYPE_CHECKING
from uuid import UUID

from flask import Blueprint, abort, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from compliance.casework import interviewing, paying
from compliance.casework.views.shown import download, told
from compliance.enterprises import store as enterprises
from compliance.people.gate import actor, allow
from compliance.people.rules import can
from compliance.shared import spreadsheets
from compliance.shared.database import session
from compliance.shared.problems import Problem
from compliance.shared.translation import gettext as _
from compliance.shared.translation import in_language
from compliance.shared.words import N_
from compliance.visits import store as visits
from compliance.visits.rules import State
from compliance.wages import columns, records, store
from compliance.wages.records import GROUP_LIMIT, Edition, PayRow, Sheet, Wrong
from compliance.wages.rules import Deduction, Gap, Rule

if TYPE_CHECKING:
    from compliance.visits.models import Visit

bp = Blueprint("pay", __name__, url_prefix="/pay")

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
SPARE = 2
"""Empty lines for more groups."""

RULES = {
    Rule.agreed_wage: N_("Less than agreed"),
    Rule.minimum_wage: N_("Below the minimum wage"),
    Rule.probation_wage: N_("Less than is due on probation"),
    Rule.overtime: N_("Overtime not paid in full"),
    Rule.deduction: N_("Taken off without ground"),
    Rule.late: N_("Paid late"),
    Rule.uninsured: N_("Not insured"),
    Rule.overtime_hours: N_("More overtime than allowed"),
}
NUMBERS = {
    "due": N_("due"),
    "paid": N_("paid"),
    "hourly": N_("an hour"),
    "workday_hours": N_("hours on work days"),
    "rest_day_hours": N_("hours on rest days"),
    "holiday_hours": N_("hours on holidays"),
    "workday": N_("for work days"),
    "rest_day": N_("for rest days"),
    "holiday": N_("for holidays"),
    "taken": N_("taken"),
    "allowed": N_("allowed"),
    "gross": N_("wage of the month"),
    "days": N_("days"),
    "hours": N_("hours"),
    "limit": N_("allowed hours"),
}
DEDUCTIONS = {
    Deduction.tax: N_("Tax"),
    Deduction.insurance: N_("Social insurance, the worker's share"),
    Deduction.court: N_("By order of a court"),
    Deduction.services: N_("Meals and lodging, agreed in writing"),
    Deduction.damage: N_("Damage, as the contract says"),
    Deduction.damage_not_agreed: N_("Damage, not in the contract"),
    Deduction.fine: N_("Fine"),
    Deduction.deposit: N_("Deposit"),
    Deduction.fee: N_("Recruitment, training, tools, clothing"),
    Deduction.unexplained: N_("Unexplained"),
}
GAPS = {
    Gap.minimum_unknown: N_("No confirmed minimum wage for this district and month: nothing is claimed for it."),
    Gap.agreed_unknown: N_(
        "The agreed wage is not known; overtime is reckoned from the minimum wage, if that is known."
    ),
    Gap.constants_unknown: N_("The month lies before all that is known of working time."),
    Gap.not_due: N_("The pay day has not come yet."),
    Gap.insurance_unknown: N_("Not known whether insured."),
    Gap.deduction_unexplained: N_("Nobody explained a deduction: ask for it. It is not claimed back."),
}
WORDS = {
    "contract": {"full_time": N_("full time"), "probation": N_("probation"), "part_time": N_("part time")},
    "basis": {"month": N_("a month"), "hour": N_("an hour"), "piece": N_("by the piece")},
    "insured": {"": N_("not known"), "yes": N_("yes"), "no": N_("no")},
}
FIELDS: tuple[tuple[str, tuple[tuple[str, str], ...]], ...] = (
    (
        N_("Contract"),
        (
            ("contract", N_("Employed")),
            ("basis", N_("Paid")),
            ("agreed", N_("Agreed wage (yuan)")),
            ("regular", N_("On probation: wage afterwards (yuan)")),
        ),
    ),
    (
        N_("Hours"),
        (
            ("hours.normal", N_("Normal")),
            ("hours.workday", N_("Overtime on work days")),
            ("hours.rest_day", N_("Overtime on rest days")),
            ("hours.holiday", N_("Overtime on holidays")),
            ("hours.absent", N_("Absent without pay")),
        ),
    ),
    (
        N_("Pay (yuan)"),
        (
            ("pay.base", N_("For normal hours or pieces")),
            ("pay.other", N_("Bonuses and allowances")),
            ("pay.special", N_("For shifts, heat, hazards")),
            ("pay.overtime", N_("For overtime")),
        ),
    ),
    (N_("Deductions (yuan)"), tuple((f"deductions.{kind}", words) for kind, words in DEDUCTIONS.items())),
    (N_("Payment"), (("due_on", N_("Pay day")), ("paid_on", N_("Paid on")), ("insured", N_("Insured")))),
)
COPIED = ("contract", "basis", "agreed", "regular", "hours.normal", "pay.base", "insured")
"""What a new month takes over from the one before it."""
EXPLAINED = (
    N_("One row for each worker and month. Write no name and no workplace number: W1, W2 and so on, as agreed."),
    N_("Amounts are yuan, hours are hours; leave empty what is nothing."),
    N_("Shift, heat and hazard allowances stand apart, because they do not count toward the minimum wage."),
    N_("Days are written as 2026-04-15, months as 2026-03."),
)


@bp.get("/<uuid:visit_id>")
@allow("visit.read")
def overview(visit_id: UUID) -> ResponseReturnValue:
    """Which pay records to take; for an inspector of the visit also what they come to."""
    visit = interviewing.visit(actor(), visit_id)
    if paying.may_record(actor(), visit):
        return _sheet(visit, store.sheet(visit_id))
    return _sheet(visit, None)


@bp.post("/<uuid:visit_id>/open")
@allow("pay.read")
def opened(visit_id: UUID) -> ResponseReturnValue:
    """Open the sheet for whoever reviews; the look is on the audit trail."""
    visit = interviewing.visit(actor(), visit_id)
    return _sheet(visit, store.opened(actor(), visit))


@bp.post("/<uuid:visit_id>/groups")
@allow("pay.record")
def groups(visit_id: UUID) -> ResponseReturnValue:
    """How many workers there are in each group, and whether comprehensive hours were approved."""
    visit = paying.own(actor(), visit_id)
    said: dict[str, int] = {}
    problem = ""
    for name, number in zip(request.form.getlist("group"), request.form.getlist("workers"), strict=False):
        name, number = name.strip(), number.strip()
        if not name and not number:
            continue
        if not number.isdecimal() or int(number) > records.MOST_WORKERS or len(name) > GROUP_LIMIT or name in said:
            problem = _("Each group has a name of its own and a whole number of workers.")
            continue
        said[name] = int(number)
    sheet = store.sheet(visit_id)
    if problem:
        return _sheet(visit, sheet, problem=problem), 422
    gone = {name: 0 for name in sheet.groups if name not in said}
    return _kept(visit, Edition(groups=said | gone, comprehensive="comprehensive" in request.form), "pay.overview")


@bp.route("/<uuid:visit_id>/<worker>", methods=["GET", "POST"])
@allow("pay.record")
def worker(visit_id: UUID, worker: str) -> ResponseReturnValue:
    """The months of one worker side by side; a new one takes over what stays the same."""
    visit = paying.own(actor(), visit_id)
    sheet = store.sheet(visit_id)
    if worker == "new":
        following = records.next_worker(sheet.workers, paying.place_of(actor(), visit))
        return redirect(url_for("pay.worker", visit_id=visit_id, worker=following))
    if records.read_row({"worker": worker, "month": "2026-01", "due_on": "2026-01-01"})[0] is None:
        abort(404)
    before = {f"{row.record.month:%Y-%m}": row for row in sheet.rows if row.record.worker == worker}
    group = next((row.group for row in before.values()), next(iter(sheet.groups), ""))
    months = [columns.flat(row) for row in before.values()]
    wrong: dict[int, dict[str, str]] = {}
    if request.method == "POST":
        group = request.form.get("group", "").strip()
        months = _typed()
        rows, wrong = _read(worker, group, months)
        if not wrong:
            changed = tuple(row for row in rows if before.get(f"{row.record.month:%Y-%m}") != row)
            struck = tuple(row.key for month, row in before.items() if month == request.form.get("strike"))
            edition = Edition(tuple(row for row in changed if row.key not in struck), struck=struck)
            follow = "pay.worker" if "more" in request.form or struck else "pay.overview"
            return _kept(visit, edition, follow, worker=worker, more="more" in request.form)
    if not months or request.args.get("more"):
        months.append(_following(months[-1]) if months else {})
    page = render_template(
        "pay/worker.html",
        visit=visit,
        name=enterprises.get(actor(), visit.enterprise_id).name,
        worker=worker,
        group=group,
        groups=list(sheet.groups),
        months=months,
        there=sorted(before),
        wrong=wrong,
        fields=FIELDS,
        words=WORDS,
    )
    return page, 422 if wrong else 200


@bp.route("/<uuid:visit_id>/bring", methods=["GET", "POST"])
@allow("pay.record")
def bring(visit_id: UUID) -> ResponseReturnValue:
    """Take pay records from a spreadsheet, or from what was copied out of one: all of them, or none."""
    visit = paying.own(actor(), visit_id)
    pasted, problem = request.form.get("pasted", ""), ""
    bad: list[columns.BadCell] = []
    if request.method == "POST":
        file = request.files.get("file")
        data = file.read() if file and file.filename else pasted.encode()
        try:
            rows, bad, unused = columns.read(spreadsheets.read_rows(data, (file and file.filename) or ""))
            if not bad and len({row.key for row in rows}) < len(rows):
                raise Problem("pay-sheet-row-twice", N_("A worker and month stand in two rows. Remove one of them."))
            if not bad and rows:
                if unused:
                    flash(_("Columns that mean nothing here: %(columns)s.", columns=", ".join(unused)), "info")
                return _kept(visit, Edition(tuple(rows)), "pay.overview")
            problem = "" if bad else _("There is no row below the headers.")
        except Problem as found:
            if found.status not in (413, 422):
                raise
            problem = told(found)
    page = render_template(
        "pay/bring.html",
        visit=visit,
        name=enterprises.get(actor(), visit.enterprise_id).name,
        pasted=pasted,
        bad=bad,
        problem=problem,
        columns=columns.COLUMNS,
    )
    return page, 422 if bad or problem else 200


@bp.get("/template/<any(en, zh):language>")
@allow("pay.record")
def template(language: str) -> ResponseReturnValue:
    """An empty workbook to hand to the employer, who sends it back filled in."""
    with in_language("zh_Hans_CN" if language == "zh" else "en"):
        data = columns.template(language, [_(line) for line in EXPLAINED], (_("Pay records"), _("How to fill it in")))
        name = _("Pay records")
    return download(data, XLSX, f"{name}.xlsx")


@bp.post("/<uuid:visit_id>/answers")
@allow("pay.record")
def answers(visit_id: UUID) -> ResponseReturnValue:
    """Enter those of the proposed answers that the inspector confirmed."""
    visit = paying.own(actor(), visit_id)
    sheet = store.sheet(visit_id)
    chosen = set(request.form.getlist("item"))
    found = paying.proposed(visit, sheet, paying.result(actor(), visit, sheet))
    number = paying.confirm(actor(), visit, [one for one in found if one.item in chosen])
    flash(_("Answers entered: %(n)d. Say at each item that is not in order what you saw.", n=number), "success")
    return redirect(url_for("pay.overview", visit_id=visit_id))


@bp.post("/<uuid:visit_id>/claims")
@allow("pay.record")
def agree(visit_id: UUID) -> ResponseReturnValue:
    """A worker agrees to be named for a claim."""
    visit = paying.own(actor(), visit_id)
    try:
        store.agree(
            actor(),
            visit,
            request.form.get("worker", ""),
            request.form.get("name", ""),
            request.form.get("reached", ""),
            visits.today(actor()),
        )
    except Problem as problem:
        if problem.status != 422:
            raise
        session().rollback()
        return _sheet(paying.own(actor(), visit_id), store.sheet(visit_id), problem=told(problem)), 422
    flash(_("The consent is kept. It can be taken back at any time."), "success")
    return redirect(url_for("pay.overview", visit_id=visit_id))


@bp.post("/<uuid:visit_id>/claims/open")
@allow("visit.read")
def names(visit_id: UUID) -> ResponseReturnValue:
    """Open the names; the look is on the audit trail."""
    visit = _permitted(visit_id)
    return _sheet(visit, store.sheet(visit_id), names=store.names(actor(), visit))


@bp.post("/<uuid:visit_id>/claims/<uuid:claim_id>/back")
@allow("visit.read")
def take_back(visit_id: UUID, claim_id: UUID) -> ResponseReturnValue:
    """A worker takes the consent back: the name is destroyed."""
    _permitted(visit_id)
    store.take_back(actor(), visit_id, claim_id, visits.today(actor()))
    flash(_("The consent is taken back, and the name is destroyed."), "success")
    return redirect(url_for("pay.overview", visit_id=visit_id))


def _permitted(visit_id: UUID) -> "Visit":
    """A visit whose sheet the actor may see. Answers 403 and 404 otherwise."""
    visit = interviewing.visit(actor(), visit_id)
    if not (can(actor(), "pay.read") or paying.may_record(actor(), visit)):
        abort(403)
    return visit


def _sheet(
    visit: "Visit", sheet: Sheet | None, *, problem: str = "", names: Mapping[UUID, Mapping[str, str]] | None = None
) -> str:
    """The page of a sheet; None where the reader may not see what is in it."""
    may_record = paying.may_record(actor(), visit)
    found = paying.result(actor(), visit, sheet) if sheet is not None else None
    checklist = visits.checklist(visit)
    return render_template(
        "pay/sheet.html",
        visit=visit,
        name=enterprises.get(actor(), visit.enterprise_id).name,
        sheet=sheet,
        found=found,
        parts=paying.proposal(visit, sheet or Sheet()),
        proposed=paying.proposed(visit, sheet, found) if sheet is not None and found is not None else (),
        cite=lambda line, month: paying.citations(checklist, line, month),
        editions=store.editions(visit.id),
        may_record=may_record,
        may_change=may_record and visit.state == State.handed_out,
        may_read=can(actor(), "pay.read"),
        claims=store.agreed(visit.id) if sheet is not None else [],
        names=names,
        problem=problem,
        spare=SPARE,
        rules=RULES,
        numbers=NUMBERS,
        deductions=DEDUCTIONS,
        gaps=GAPS,
        money=money,
    )


def _kept(
    visit: "Visit", edition: Edition, follow: str, *, worker: str = "", more: bool = False
) -> ResponseReturnValue:
    paying.enter(actor(), visit, edition)
    flash(_("Kept under seal."), "success")
    if follow == "pay.worker":
        return redirect(url_for(follow, visit_id=visit.id, worker=worker, more=1 if more else None))
    return redirect(url_for(follow, visit_id=visit.id))


def _typed() -> list[dict[str, str]]:
    """The months of the form, field by field; those of which nothing but choices was said are left out."""
    months: dict[int, dict[str, str]] = {}
    for name, value in request.form.items():
        at, _dot, field = name.partition(".")
        if at.isdecimal() and (field in columns.COLUMNS):
            months.setdefault(int(at), {})[field] = value
    return [
        flat for _at, flat in sorted(months.items()) if any(flat.get(one) for one in ("month", "due_on", "pay.base"))
    ]


def _read(worker: str, group: str, months: list[dict[str, str]]) -> tuple[list[PayRow], dict[int, dict[str, str]]]:
    """The rows that were typed, and what is wrong with which field of which month."""
    rows: list[PayRow] = []
    wrong: dict[int, dict[str, str]] = {}
    for at, flat in enumerate(months):
        row, bad = columns.row_of({**flat, "worker": worker, "group": group})
        if row is not None and any(row.key == other.key for other in rows):
            bad = (Wrong("month", N_("A worker and month stand in two rows. Remove one of them.")),)
        if bad:
            wrong[at] = {one.field: _(one.says) for one in bad}
        elif row is not None:
            rows.append(row)
    return rows, wrong


def _following(flat: dict[str, str]) -> dict[str, str]:
    """The month after one, with what stays the same."""
    found = {field: flat[field] for field in COPIED if field in flat}
    for field, length in (("month", 7), ("due_on", 10), ("paid_on", 10)):
        if said := flat.get(field):
            year, month = divmod(int(said[:4]) * 12 + int(said[5:7]), 12)
            found[field] = f"{year}-{month + 1:02}{_day_of(said, year, month + 1)}"[:length]
    return found


def _day_of(said: str, year: int, month: int) -> str:
    """The same day of another month, or its last one."""
    if len(said) < len("2026-04-15"):
        return ""
    last = (date(year + month // 12, month % 12 + 1, 1) - date.resolution).day
    return f"-{min(int(said[8:10]), last):02}"


def money(amount: float) -> str:
    """Yuan, to the cent."""
    return f"{amount:,.2f}"
