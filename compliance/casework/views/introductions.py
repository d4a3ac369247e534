"""The introduction letter: the inspectors' page to show or print, and the open page on which anybody checks one."""

from uuid import UUID

from flask import Blueprint, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from compliance.casework import introductions
from compliance.casework.forms import CheckForm
from compliance.enterprises import store as enterprises
from compliance.people import throttle
from compliance.people.gate import actor, allow, public
from compliance.shared.problems import NotFound
from compliance.shared.words import CHINESE, ENGLISH, day
from compliance.visits import store as visits

bp = Blueprint("introductions", __name__)
_LANGUAGES = {"zh": (CHINESE,), "en": (ENGLISH,), "both": (CHINESE, ENGLISH)}


@bp.get("/visits/<uuid:visit_id>/introduction")
@allow("visit.read")
def show(visit_id: UUID) -> ResponseReturnValue:
    """The letter of a visit that is handed out, to show on the screen or to print."""
    visit = visits.get(actor(), visit_id)
    facts = introductions.letter(actor(), visit)
    usual = enterprises.get(actor(), visit.enterprise_id).letter_language
    wanted = request.args.get("language") or {str(CHINESE): "zh", str(ENGLISH): "en"}.get(str(usual), "both")
    address = introductions.address(facts.code)
    return render_template(
        "introductions/show.html",
        visit=visit,
        facts=facts,
        wanted=wanted if wanted in _LANGUAGES else "both",
        languages=_LANGUAGES.get(wanted, _LANGUAGES["both"]),
        picture=introductions.picture(address),
        address=address,
        day_in=day,
    )


@bp.route("/check", methods=["GET", "POST"])
@public
def check() -> ResponseReturnValue:
    """Type the code of a letter that visitors show at the gate."""
    form = CheckForm()
    if form.validate_on_submit():
        return redirect(url_for("introductions.checked", code=form.code.data))
    return render_template("introductions/check.html", form=form), 422 if form.errors else 200


@bp.get("/check/<code>")
@public
def checked(code: str) -> ResponseReturnValue:
    """What a code stands for today: whose visitors, their names, to whom they are sent, and whom to phone."""
    throttle.code(request.remote_addr or "")
    try:
        facts = introductions.checked(code)
    except NotFound as problem:
        form = CheckForm(formdata=None, data={"code": code[:40]})
        return render_template("introductions/check.html", form=form, problem=problem), 404
    return render_template("introductions/checked.html", facts=facts)
