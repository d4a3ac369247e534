"""The certificate that signs letters, and the withdrawal of letters by two people."""

from uuid import UUID

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from compliance.casework import trust
from compliance.casework.forms import WithdrawForm
from compliance.casework.views.letterbook import load, shown_letter
from compliance.casework.views.shown import blame
from compliance.letters import store, store_trust
from compliance.people.gate import actor, allow
from compliance.shared import database, jobs
from compliance.shared.problems import NotFound, Problem
from compliance.shared.translation import gettext as _

bp = Blueprint("trusted", __name__)


@bp.get("/association/signature")
@allow("association.edit")
def signature() -> ResponseReturnValue:
    """Which certificate signs, which ones did before, and which letters wait for their signature."""
    return render_template(
        "associations/signature.html",
        signing=trust.now_signing(),
        colours=trust.COLOURS,
        before=trust.used_before(actor()),
        kept_back_by=trust.kept_back_by,
        waiting=jobs.unfinished(store.PRESS_JOB, actor()),
    )


@bp.post("/letters/<uuid:letter_id>/withdrawal")
@allow("letter.withdraw")
def ask(letter_id: UUID) -> ResponseReturnValue:
    """Ask that a letter is withdrawn, with the reason that its enterprise will read."""
    form = WithdrawForm()
    if not form.validate():
        return shown_letter(letter_id, 422, withdrawing=form)
    try:
        store_trust.ask(actor(), load(letter_id), form.reason.data)
    except Problem as problem:
        if isinstance(problem, NotFound):
            raise
        database.session().rollback()
        blame(form, problem, "reason")
        return shown_letter(letter_id, problem.status, withdrawing=form)
    flash(_("Asked for. The letter counts until another person withdraws it."), "success")
    return redirect(url_for("letterbook.letter", letter_id=letter_id, _anchor="withdrawal"))


@bp.post("/letters/<uuid:letter_id>/withdrawal/<uuid:withdrawal_id>")
@allow("letter.withdraw")
def decide(letter_id: UUID, withdrawal_id: UUID) -> ResponseReturnValue:
    """Withdraw the letter as somebody else asked, or leave it in force."""
    withdraw = request.form.get("decision") == "withdraw"
    trust.withdraw(actor(), load(letter_id), withdrawal_id, withdraw=withdraw)
    flash(_("The letter is withdrawn.") if withdraw else _("The letter stays as it is."), "success")
    return redirect(url_for("letterbook.letter", letter_id=letter_id, _anchor="withdrawal"))
