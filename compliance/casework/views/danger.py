"""Sealed cases of danger, for the named officers without a tie: the list, a case, its referrals, and who is named."""

from collections.abc import Callable
from typing import Any
from uuid import UUID

from flask import Blueprint, Response, flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from wtforms.fields.choices import SelectChoice

from compliance.casework import press
from compliance.casework.forms_danger import (
    ClearingForm,
    DecisionForm,
    OfficerForm,
    ReferralForm,
    SafetyForm,
    StepForm,
    TrackForm,
)
from compliance.casework.views.shown import blame, pdf
from compliance.checklists import names
from compliance.enterprises import store as enterprises
from compliance.people import store as people
from compliance.people.gate import actor, allow
from compliance.people.rules import PERMITS
from compliance.referrals import indicators, rules
from compliance.referrals import store as referrals
from compliance.referrals.rules import Agency, Ground, Kind, Way
from compliance.shared import bilingual, clock
from compliance.shared.database import session
from compliance.shared.forms import Form
from compliance.shared.problems import NotFound, Problem, Refused
from compliance.shared.translation import gettext as _
from compliance.shared.words import CHINESE, ENGLISH

bp = Blueprint("danger", __name__, url_prefix="/danger")

FORMS: dict[str, type[Form]] = {
    "safety": SafetyForm,
    "decision": DecisionForm,
    "clearing": ClearingForm,
    "step": StepForm,
    "referral": ReferralForm,
}


@bp.get("/")
@allow("danger.handle")
def listed() -> ResponseReturnValue:
    """The cases of this officer, and whom to phone now."""
    rows = referrals.listed(actor())
    return render_template(
        "casework/danger.html",
        rows=rows,
        names=enterprises.names(row.enterprise_id for row in rows),
        people=people.people_names(row.taken_by for row in rows),
        officers={row.id: referrals.officers(actor(), row.enterprise_id) for row in rows},
        rules=rules,
    )


@bp.get("/<uuid:case_id>")
@allow("danger.handle")
def case(case_id: UUID) -> ResponseReturnValue:
    """A case: its signals, clock, what was agreed, and what is to be done."""
    return _page(case_id)


@bp.post("/<uuid:case_id>/take")
@allow("danger.handle")
def take(case_id: UUID) -> ResponseReturnValue:
    """Take a case; the telling ends."""
    referrals.take(actor(), case_id)
    flash(_("You have taken this case. Nobody else is told of it any more."), "success")
    return redirect(url_for("danger.case", case_id=case_id))


@bp.post("/<uuid:case_id>/agree/<uuid:entry_id>")
@allow("danger.handle")
def agree(case_id: UUID, entry_id: UUID) -> ResponseReturnValue:
    """The second officer's word."""
    referrals.agree(actor(), case_id, entry_id)
    flash(_("Agreed."), "success")
    return redirect(url_for("danger.case", case_id=case_id))


@bp.post("/<uuid:case_id>/safety")
@allow("danger.handle")
def safety(case_id: UUID) -> ResponseReturnValue:
    """Enter the worker-safety check."""
    return _enter(
        case_id, "safety", lambda f: referrals.propose(actor(), case_id, Kind.safety, f.code.data, f.said.data)
    )


@bp.post("/<uuid:case_id>/decision")
@allow("danger.handle")
def decision(case_id: UUID) -> ResponseReturnValue:
    """Propose what is done."""
    return _enter(
        case_id, "decision", lambda f: referrals.propose(actor(), case_id, Kind.decision, f.code.data, f.said.data)
    )


@bp.post("/<uuid:case_id>/clearing")
@allow("danger.handle")
def clearing(case_id: UUID) -> ResponseReturnValue:
    """Propose how the case ends."""
    return _enter(
        case_id, "clearing", lambda f: referrals.propose(actor(), case_id, Kind.clearing, f.code.data, f.said.data)
    )


@bp.post("/<uuid:case_id>/step")
@allow("danger.handle")
def step(case_id: UUID) -> ResponseReturnValue:
    """A step of containment is done."""
    return _enter(case_id, "step", lambda f: referrals.step_done(actor(), case_id, f.code.data, f.said.data or ""))


@bp.post("/<uuid:case_id>/referral")
@allow("danger.handle")
def refer(case_id: UUID) -> ResponseReturnValue:
    """Draw up a referral."""

    def act(form: Any) -> Any:
        agency, ground = Agency(form.agency.data), Ground(form.ground.data)
        today = clock.today(people.association(actor()).time_zone)
        return referrals.refer(actor(), case_id, agency, form.said.data or "", ground, form.why.data or "", today)

    return _enter(case_id, "referral", act)


@bp.post("/<uuid:case_id>/referrals/<uuid:referral_id>")
@allow("danger.handle")
def track(case_id: UUID, referral_id: UUID) -> ResponseReturnValue:
    """Note what became of a referral."""
    return _enter(
        case_id,
        str(referral_id),
        lambda f: referrals.track(
            actor(),
            case_id,
            referral_id,
            referrals.Track(
                Way(f.way.data),
                f.sent_on.data,
                f.received_on.data,
                f.answered_on.data,
                f.follow_up_on.data,
                f.answer.data or "",
            ),
        ),
        TrackForm,
    )


@bp.get("/<uuid:case_id>/referrals/<uuid:referral_id>.pdf")
@allow("danger.handle")
def paper(case_id: UUID, referral_id: UUID) -> Response:
    """The referral as PDF, in both languages: enterprise, signals by number, what the agency has to know."""
    whole = referrals.get(actor(), case_id)
    sent = next((one for one in whole.referrals if one.row.id == referral_id), None)
    if sent is None:
        raise NotFound("danger-referral-unknown", _("There is no such referral."))
    html = press.page(
        "referral.html",
        association=people.association(actor()),
        enterprise=enterprises.get(actor(), whole.row.enterprise_id),
        numbers=sorted({one.indicator for one in whole.signals if one.indicator}),
        law=indicators.load(),
        names={number: bilingual.said(name) for number, name in names.ILO_INDICATORS.items()},
        number=rules.referral_number(people.association(actor()).short_name_zh, sent.row.year, sent.row.running),
        agency=bilingual.said(rules.AGENCY_WORDS[sent.row.agency]),
        sent=sent,
        chinese=CHINESE,
        english=ENGLISH,
        made_on=clock.today(people.association(actor()).time_zone),
        officer=actor().name,
    )
    return pdf(press.pressed(html).pdf, "referral.pdf")


@bp.get("/officers")
@allow("danger.appoint")
def officers() -> ResponseReturnValue:
    """Who is named."""
    return _officers()


@bp.post("/officers")
@allow("danger.appoint")
def name_officer() -> ResponseReturnValue:
    """Name somebody, or change order and telephone."""
    form = _officer_form()
    if not form.validate():
        return _officers(422, form)
    chosen = next((one.id for one in _able() if str(one.id) == form.person.data), None)
    if chosen is None:
        form.person.errors = [_("Please choose one.")]
        return _officers(422, form)
    referrals.name_officer(actor(), chosen, form.position.data or 1, form.phone.data or "")
    flash(_("Saved."), "success")
    return redirect(url_for("danger.officers"))


@bp.post("/officers/<uuid:officer_id>/end")
@allow("danger.appoint")
def end_officer(officer_id: UUID) -> ResponseReturnValue:
    """End a naming."""
    referrals.end_officer(actor(), officer_id)
    flash(_("Ended."), "success")
    return redirect(url_for("danger.officers"))


def _enter(
    case_id: UUID, which: str, act: Callable[[Any], Any], shape: type[Form] | None = None
) -> ResponseReturnValue:
    form = _form(which, shape or FORMS[which])
    if not form.validate():
        return _page(case_id, 422, {which: form})
    try:
        act(form)
    except Problem as problem:
        if isinstance(problem, NotFound | Refused):
            raise
        session().rollback()
        blame(form, problem, "said" if "said" in form else "answer")
        return _page(case_id, problem.status, {which: form})
    flash(_("Entered."), "success")
    return redirect(url_for("danger.case", case_id=case_id))


def _form(which: str, shape: type[Form], **more: Any) -> Any:
    form: Any = shape(prefix=which, **more)
    if isinstance(form, StepForm):
        form.code.choices = [SelectChoice(one.id, one.text.in_(actor().language)) for one in indicators.load().steps]
    return form


def _page(case_id: UUID, status: int = 200, sent: dict[str, Any] | None = None) -> ResponseReturnValue:
    whole, law = referrals.get(actor(), case_id), indicators.load()
    forms = {which: (sent or {}).get(which) or _form(which, shape, formdata=None) for which, shape in FORMS.items()}
    tracks = {
        one.row.id: (sent or {}).get(str(one.row.id))
        or _form(
            str(one.row.id), TrackForm, formdata=None,
            data={**{k: getattr(one.row, k) for k in ("way", "sent_on", "received_on", "answered_on", "follow_up_on")},
                  "answer": one.answer},
        )
        for one in whole.referrals
    }  # fmt: skip
    page = render_template(
        "casework/danger_case.html",
        whole=whole,
        row=whole.row,
        mark=people.association(actor()).short_name_zh,
        name=enterprises.names([whole.row.enterprise_id])[whole.row.enterprise_id],
        law=law,
        ilo=names.ILO_INDICATORS,
        due=rules.due(whole.row.opened_at, law),
        now=clock.now(),
        me=actor().person_id,
        forms=forms,
        tracks=tracks,
        people=people.people_names([whole.row.taken_by, *(one.entry.by for one in whole.entries)]),
        officers=referrals.officers(actor(), whole.row.enterprise_id),
        rules=rules,
    )
    return page, status


def _able() -> list[Any]:
    return people.people_with_role(actor(), *PERMITS["danger.handle"])


def _officer_form() -> OfficerForm:
    form = OfficerForm()
    form.person.choices = [SelectChoice(str(one.id), one.name) for one in _able()]
    return form


def _officers(status: int = 200, form: OfficerForm | None = None) -> ResponseReturnValue:
    rows = referrals.named(actor())
    page = render_template(
        "casework/danger_officers.html",
        rows=rows,
        people=people.people_names(row.person_id for row in rows),
        form=form or _officer_form(),
    )
    return page, status
