"""Pages about personal data: the public notice, one's own data, and those of whoever is responsible for them."""

from collections.abc import Callable
from datetime import UTC, date
from uuid import UUID
from zoneinfo import ZoneInfo

from flask import Blueprint, Response, current_app, flash, jsonify, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from compliance.associations import store as associations
from compliance.enterprises import store as enterprises
from compliance.people import store as people
from compliance.people.forms import complain
from compliance.people.gate import actor, allow, proved, public
from compliance.people.rules import Actor, can
from compliance.privacy import held, register, rules, store, store_removal
from compliance.privacy.forms import (
    AnswerForm,
    AskForm,
    BreachForm,
    EnterForm,
    HeldForm,
    HoldForm,
    SharingForm,
    StepForm,
)
from compliance.privacy.held import Part
from compliance.privacy.rules import Answered, Asks, Ground, Step, Why
from compliance.shared import clock, database, translation
from compliance.shared.forms import Form
from compliance.shared.problems import Conflict, NotFound, Problem, Refused
from compliance.shared.translation import gettext as _
from compliance.shared.words import N_

bp = Blueprint("privacy", __name__)


# -- everybody ---------------------------------------------------------------------------------------------------------


@bp.get("/privacy")
@public
def notice() -> ResponseReturnValue:
    """What is held about people, for what, how long and where, and what they can ask."""
    association = next(iter(associations.every()), None)
    return render_template(
        "privacy/notice.html",
        register=register.read(),
        policy=register.policy(),
        ends=rules.END_WORDS,
        hosted_in=current_app.config["HOSTED_IN"],
        association=association,
    )


@bp.route("/account/data", methods=["GET", "POST"])
@allow("account.use")
def mine() -> ResponseReturnValue:
    """What is held about me, and what I ask about it."""
    me, form = _own_id(), AskForm()
    if form.validate_on_submit():
        asks = Asks(form.asks.data)
        if _done(form, lambda: store.ask(actor(), asks, form.asked.data or "", _today())):
            flash(_("We have received it."), "success")
            return redirect(url_for("privacy.mine"))
    page = render_template(
        "privacy/mine.html",
        parts=held.of_account(actor(), me),
        kinds=register.read().kinds,
        form=form,
        requests=store.requests_of(me),
        rules=rules,
        today=_today(),
    )
    return page, 422 if form.errors else 200


@bp.get("/account/data.json")
@allow("account.use")
def mine_as_data() -> ResponseReturnValue:
    """The same as data."""
    return _as_data(held.of_account(actor(), _own_id()), "my-data")


# -- whoever is responsible --------------------------------------------------------------------------------------------


@bp.route("/privacy/kept", methods=["GET", "POST"])
@allow("privacy.hold")
def kept() -> ResponseReturnValue:
    """What goes when, what the next night removes, and what is held back."""
    form = HoldForm()
    if form.validate_on_submit() and _done(
        form, lambda: store.hold(actor(), form.kind.data, form.reason.data, form.until.data, _today())
    ):
        flash(_("Removal is stopped for a week; another person has to confirm it for longer."), "success")
        return redirect(url_for("privacy.kept"))
    holds = store.holds(actor())
    page = render_template(
        "privacy/kept.html",
        due=store_removal.due(actor().association_id, _today()),
        register=register.read(),
        ends=rules.END_WORDS,
        holds=holds,
        stands=lambda row: rules.holds(
            _today(), row.until, row.asked_on, confirmed=row.confirmed_at is not None, ended=row.ended_at is not None
        ),
        names=people.people_names(id for row in holds for id in (row.asked_by, row.confirmed_by, row.ended_by) if id),
        me=actor().person_id,
        form=form,
        may_manage=can(actor(), "privacy.manage"),
        waiting=store.waiting(actor(), _today()),
    )
    return page, 422 if form.errors else 200


@bp.post("/privacy/holds/<uuid:hold_id>/confirm")
@allow("privacy.hold")
def confirm(hold_id: UUID) -> ResponseReturnValue:
    """Confirm what another person asked for."""
    try:
        store.confirm_hold(actor(), store.get_hold(actor(), hold_id))
    except Refused as problem:
        flash(_(problem.text), "error")
    return redirect(url_for("privacy.kept"))


@bp.post("/privacy/holds/<uuid:hold_id>/end")
@allow("privacy.hold")
def end(hold_id: UUID) -> ResponseReturnValue:
    """End a hold."""
    store.end_hold(actor(), store.get_hold(actor(), hold_id))
    return redirect(url_for("privacy.kept"))


@bp.route("/privacy/requests", methods=["GET", "POST"])
@allow("privacy.manage")
def requests() -> ResponseReturnValue:
    """What people asked about their own data, and until when it is answered."""
    form = EnterForm(data={"received_on": _today()})
    if form.validate_on_submit():
        asks = Asks(form.asks.data)
        if _done(
            form,
            lambda: store.ask(
                actor(), asks, form.asked.data or "", min(form.received_on.data, _today()), who=form.who.data
            ),
        ):
            flash(_("Entered."), "success")
            return redirect(url_for("privacy.requests"))
    rows = store.requests(actor())
    page = render_template(
        "privacy/requests.html",
        rows=rows,
        form=form,
        names=people.people_names(row.person_id for row in rows if row.person_id),
        rules=rules,
        policy=register.policy(),
        today=_today(),
    )
    return page, 422 if form.errors else 200


@bp.route("/privacy/requests/<uuid:request_id>", methods=["GET", "POST"])
@allow("privacy.manage")
def one_request(request_id: UUID) -> ResponseReturnValue:
    """One request, and its answer."""
    row, form = store.get_request(actor(), request_id), AnswerForm()
    if form.validate_on_submit():
        outcome = Answered(form.outcome.data)
        if _done(form, lambda: store.answer(actor(), row, outcome, form.answer.data or "")):
            return redirect(url_for("privacy.requests"))
        row = store.get_request(actor(), request_id)
    page = render_template(
        "privacy/request.html",
        row=row,
        form=form,
        names=people.people_names(id for id in (row.person_id, row.entered_by, row.answered_by) if id),
        rules=rules,
        today=_today(),
    )
    return page, 422 if form.errors else 200


@bp.post("/privacy/requests/<uuid:request_id>/remove")
@allow("privacy.manage")
@proved
def remove(request_id: UUID) -> ResponseReturnValue:
    """Remove the account of whoever asked for it, now."""
    row = store.get_request(actor(), request_id)
    if row.person_id is None or row.asks is not Asks.deletion or row.answered_at is not None:
        raise NotFound("privacy-unknown", N_("There is no such record."))
    try:
        store_removal.remove_account(actor(), row.person_id, _today())
    except Conflict as problem:
        database.session().rollback()
        flash(_(problem.text), "error")
    else:
        flash(_("The data of this account are removed. Write the answer now."), "success")
    return redirect(url_for("privacy.one_request", request_id=request_id))


@bp.get("/privacy/held/person/<uuid:person_id>")
@allow("privacy.manage")
@proved
def of_person(person_id: UUID) -> ResponseReturnValue:
    """What is held about the holder of an account, to be given to that person."""
    database.begin_writing()  # the look is on the trail
    parts = held.give_account(actor(), person_id)
    if request.args.get("format") == "json":
        return _as_data(parts, "data-of-a-person")
    name = people.get(actor(), person_id).name
    return render_template(
        "privacy/held.html",
        name=name,
        parts=parts,
        kinds=register.read().kinds,
        form=None,
        data=url_for("privacy.of_person", person_id=person_id, format="json"),
    )


@bp.route("/privacy/held/enterprise/<uuid:enterprise_id>", methods=["GET", "POST"])
@allow("privacy.manage")
@proved
def of_contact(enterprise_id: UUID) -> ResponseReturnValue:
    """What is held about somebody who speaks for an enterprise, to be given to that person."""
    form, parts = HeldForm(), None
    name = enterprises.get(actor(), enterprise_id).name
    if form.validate_on_submit():
        parts = held.of_contact(actor(), enterprise_id, form.name.data)
        if request.form.get("as") == "json":
            return _as_data(parts, "data-of-a-contact")
    page = render_template(
        "privacy/held.html", name=name, parts=parts, kinds=register.read().kinds, form=form, data=None
    )
    return page, 422 if form.errors else 200


@bp.route("/privacy/breaches", methods=["GET", "POST"])
@allow("privacy.manage")
def breaches() -> ResponseReturnValue:
    """Breaches and what is left to do; and the start of the record of a new one."""
    form = BreachForm()
    if form.validate_on_submit():
        found_at = form.found_at.data.replace(tzinfo=ZoneInfo(_zone())).astimezone(UTC)
        made: list[UUID] = []
        if _done(
            form,
            lambda: made.append(
                store.note_breach(actor(), form.what.data, form.kinds.data or [], form.people.data, found_at).id
            ),
        ):
            return redirect(url_for("privacy.breach", breach_id=made[0]))
    page = render_template(
        "privacy/breaches.html",
        rows=store.breaches(actor()),
        form=form,
        rules=rules,
        policy=register.policy(),
        now=clock.now(),
        kinds=register.read().kinds,
    )
    return page, 422 if form.errors else 200


@bp.route("/privacy/breaches/<uuid:breach_id>", methods=["GET", "POST"])
@allow("privacy.manage")
def breach(breach_id: UUID) -> ResponseReturnValue:
    """One breach, step by step."""
    found, form = store.get_breach(actor(), breach_id), StepForm()
    form.offer([step for step in Step if step not in found.steps])
    if form.validate_on_submit():
        step = Step(form.step.data)
        if _done(form, lambda: store.note_step(actor(), found, step, form.how.data)):
            return redirect(url_for("privacy.breach", breach_id=breach_id))
        found = store.get_breach(actor(), breach_id)
    page = render_template(
        "privacy/breach.html",
        found=found,
        form=form,
        rules=rules,
        steps=Step,
        now=clock.now(),
        kinds=register.read().kinds,
        names=people.people_names([found.row.noted_by, *(one.noted_by for one in found.steps.values())]),
    )
    return page, 422 if form.errors else 200


@bp.route("/privacy/shared", methods=["GET", "POST"])
@allow("privacy.share")
def shared() -> ResponseReturnValue:
    """What was passed on to whom, for what, and on what ground."""
    form = SharingForm()
    if form.validate_on_submit():
        why, ground = Why(form.why.data), Ground(form.ground.data)
        if _done(
            form,
            lambda: store.note_sharing(
                actor(),
                why,
                form.recipient.data,
                form.kinds.data or [],
                form.people.data,
                ground,
                form.note.data,
                min(form.shared_on.data, _today()),
            ),
        ):
            flash(_("Entered."), "success")
            return redirect(url_for("privacy.shared"))
    rows = store.shared(actor())
    page = render_template(
        "privacy/shared.html",
        rows=rows,
        form=form,
        rules=rules,
        kinds=register.read().kinds,
        may_manage=can(actor(), "privacy.manage"),
    )
    return page, 422 if form.errors else 200


# -- inside ------------------------------------------------------------------------------------------------------------


def _done(form: Form, do: Callable[[], object]) -> bool:
    """Do it; where it cannot be done, say why in the form."""
    try:
        do()
    except Problem as problem:
        if isinstance(problem, NotFound | Refused):
            raise
        database.session().rollback()
        complain(form, problem)
        return False
    return True


def _as_data(parts: list[Part], name: str) -> Response:
    kinds, language = register.read().kinds, translation.current()
    body = {
        "made_at": clock.now().isoformat(),
        "parts": [
            {
                "name": _(part.name),
                "purpose": kinds[part.kind].purpose.in_(language),
                "ground": kinds[part.kind].ground.in_(language),
                "kept": kinds[part.kind].why.in_(language),
                "rows": [{_(label): held.plain(value) for label, value in row.items()} for row in part.rows],
            }
            for part in parts
        ],
    }
    answer = jsonify(body)
    answer.headers["Content-Disposition"] = f'attachment; filename="{name}.json"'
    return answer


def _own_id() -> UUID:
    me: Actor = actor()
    assert me.person_id is not None, "who is signed in is a person"
    return me.person_id


def _zone() -> str:
    return people.association(actor()).time_zone


def _today() -> date:
    return clock.today(_zone())
