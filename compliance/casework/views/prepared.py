"""Prepared letters: the list, each with its points and its paper, and the approver's word."""

from functools import partial
from typing import Any
from uuid import UUID

from flask import Blueprint, Response, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from compliance.casework import cases, ladder, letter_facts, lists_ladder, prepared, rehearsal
from compliance.casework.choice import ids_of
from compliance.casework.forms_ladder import ApproveForm, DeclineForm, ReferForm, WordForm
from compliance.casework.models_ladder import Family, Waiting
from compliance.casework.views.shown import blame, pdf, told, verify_url
from compliance.checklists import names as checklist_words
from compliance.corrective_actions import store as actions
from compliance.enterprises import store as enterprises
from compliance.letters import rules as letter_rules
from compliance.letters import store_unkept
from compliance.people import store as people
from compliance.people.gate import actor, allow
from compliance.people.rules import can
from compliance.shared.database import session
from compliance.shared.problems import Conflict, NotFound, Problem, Refused, Stale
from compliance.shared.translation import catalogue
from compliance.shared.translation import gettext as _
from compliance.shared.words import CHINESE, ENGLISH, N_, Text

bp = Blueprint("prepared", __name__, url_prefix="/letters/prepared")

MOST_AT_ONCE = 20
STATES = {
    Waiting.sent: (N_("Sent"), "green"),
    Waiting.declined: (N_("Declined"), "grey"),
    Waiting.dropped: (N_("Dropped: nothing was left of it"), "grey"),
}


@bp.get("/")
@allow("visit.read")
def waiting() -> ResponseReturnValue:
    """What waits for an approver, and what an officer has to do."""
    return _list()


@bp.post("/approve")
@allow("letter.approve")
def approve_several() -> ResponseReturnValue:
    """Send several at once: first they are shown for confirmation."""
    chosen = ids_of(request.form.getlist("letters"))[:MOST_AT_ONCE]
    found = {row.id: row for row in lists_ladder.waiting(actor())}
    rows = [found[id] for id in chosen if id in found and found[id].family != Family.referral]
    if not rows:
        flash(_("Choose at least one letter. A referral is approved on its own page."), "error")
        return _list(422)
    if "sure" not in request.form:
        return render_template("casework/prepared_confirm.html", rows=rows)
    sent, problems = 0, []
    for row in rows:
        try:
            letter = rehearsal.carry_out(actor(), partial(prepared.prepare, actor(), row.id, verify_url=verify_url()))
            session().commit()
            sent += letter is not None
            if letter is None:
                problems.append(row.enterprise + _(": ") + _("nothing is left of it, so that it was dropped"))
        except Problem as problem:
            session().rollback()
            problems.append(row.enterprise + _(": ") + told(problem))
    if sent:
        words = catalogue().ngettext("%(num)s letter is sent.", "%(num)s letters are sent.", sent)
        flash(words % {"num": sent}, "success")
    for problem_words in problems:
        flash(problem_words, "error")
    return redirect(url_for("prepared.waiting"))


@bp.get("/<uuid:prepared_id>")
@allow("letter.approve")
def letter(prepared_id: UUID) -> ResponseReturnValue:
    """One prepared letter as it stands now."""
    return _page(prepared_id)


@bp.get("/<uuid:prepared_id>/pdf")
@allow("letter.approve")
def preview(prepared_id: UUID) -> Response:
    """The paper, marked as a draft."""
    found = prepared.read(actor(), prepared.load(actor(), prepared_id))
    facts = prepared.facts(actor(), found)
    data = store_unkept.preview(
        actor().association_id, found.row.kind, facts, _language(found), _passages(found, facts)
    )
    return pdf(data, f"prepared-{found.row.kind}.pdf", inline=True)


@bp.post("/<uuid:prepared_id>/passages")
@allow("letter.approve")
def word(prepared_id: UUID) -> ResponseReturnValue:
    """Keep the free passages."""
    row = prepared.load(actor(), prepared_id)
    found = prepared.read(actor(), row)
    now = _passages(found, prepared.facts(actor(), found))
    form = _narrowed(WordForm(), found)
    if not form.validate():
        return _page(prepared_id, 422, writing=form)
    written = letter_rules.Passages(
        opening=_typed(form, "opening", now.opening), good=now.good, closing=_typed(form, "closing", now.closing)
    )
    prepared.word(actor(), prepared_id, written, form.seen)
    flash(_("The passages are saved. Look at the preview before you send the letter."), "success")
    return redirect(url_for("prepared.letter", prepared_id=prepared_id))


@bp.post("/<uuid:prepared_id>/approve")
@allow("letter.approve")
def approve(prepared_id: UUID) -> ResponseReturnValue:
    """Send it: its facts are gathered once more, it is numbered and frozen."""
    row = prepared.load(actor(), prepared_id)
    form: Any = ReferForm() if row.family is Family.referral else ApproveForm()
    if not form.validate():
        return _page(prepared_id, 422, approving=form)
    passing = None
    if isinstance(form, ReferForm):
        passing = prepared.Passing(form.to.data or "", form.basis.data or "", form.reason.data or "")
    prepare = partial(
        prepared.prepare, actor(), prepared_id, revision=form.seen, passing=passing, verify_url=verify_url()
    )
    try:
        sent = rehearsal.carry_out(actor(), prepare)
    except Problem as problem:
        if isinstance(problem, NotFound | Conflict | Stale | Refused):
            raise
        session().rollback()
        flash(told(problem), "error")
        return _page(prepared_id, problem.status, approving=form)
    if sent is None:
        flash(
            _("Everything in it was put right meanwhile: nothing is left of this letter, and it was dropped."), "info"
        )
        return redirect(url_for("prepared.waiting"))
    flash(_("Letter %(number)s is sent and being printed.", number=sent.number), "success")
    return redirect(url_for("letterbook.letter", letter_id=sent.id))


@bp.post("/<uuid:prepared_id>/decline")
@allow("letter.approve")
def decline(prepared_id: UUID) -> ResponseReturnValue:
    """Not send it, with the reason. Its steps do not come again."""
    form = DeclineForm()
    if not form.validate():
        return _page(prepared_id, 422, declining=form)
    try:
        prepared.decline(actor(), prepared_id, form.reason.data)
    except Problem as problem:
        if problem.status != 422:
            raise
        session().rollback()
        blame(form, problem, "reason")
        return _page(prepared_id, 422, declining=form)
    flash(_("Declined. The reason is on record, and this step does not come again."), "success")
    return redirect(url_for("prepared.waiting"))


def _list(status: int = 200) -> ResponseReturnValue:
    today = cases.today(actor())
    due = ladder.tasks(actor(), today)
    steps = dict(due[: lists_ladder.MOST])
    done = lists_ladder.decided(actor())
    page = render_template(
        "casework/prepared.html",
        rows=lists_ladder.waiting(actor()),
        done=done,
        unproven=lists_ladder.unproven(actor(), today),
        tasks=lists_ladder.named(actor(), steps),
        night=lists_ladder.last_night(actor()),
        people=people.people_names(row.decided_by for row in done),
        may_approve=can(actor(), "letter.approve"),
        states=STATES,
        today=today,
        step_words=checklist_words.STEPS,
    )
    return page, status


def _page(prepared_id: UUID, status: int = 200, **forms: Any) -> ResponseReturnValue:
    row = prepared.load(actor(), prepared_id)
    if row.state is not Waiting.prepared:
        if row.letter_id is not None:
            return redirect(url_for("letterbook.letter", letter_id=row.letter_id))
        raise Conflict("prepared-decided", N_("Somebody has decided about this letter in the meantime."))
    found = prepared.read(actor(), row)
    facts = prepared.facts(actor(), found)
    now = _passages(found, facts)
    blank: Any = ReferForm if row.family is Family.referral else ApproveForm
    lacks = [] if row.family is Family.referral else store_unkept.lacks(row.kind, facts, now)
    page = render_template(
        "casework/prepared_letter.html",
        row=row,
        found=found,
        facts=facts,
        name=enterprises.names([row.enterprise_id])[row.enterprise_id],
        lacks=[lack.text for lack in lacks] if found.points else [],
        closing=actions.of_visit(actor(), row.visit_id) if row.family is Family.closure else [],
        approving=forms.get("approving") or blank(formdata=None, data={"revision": row.revision}),
        declining=forms.get("declining") or DeclineForm(formdata=None),
        writing=forms.get("writing") or _narrowed(WordForm(formdata=None, data=_values(now, row.revision)), found),
        unheld=letter_facts.office_unheld(actor(), found.case.checklist, row.kind, cases.today(actor())),
        names=checklist_words,
        today=cases.today(actor()),
    )
    return page, status


def _values(now: letter_rules.Passages, revision: int) -> dict[str, Any]:
    texts = {"opening": now.opening, "closing": now.closing}
    values = {f"{name}_{of}": getattr(text, of) for name, text in texts.items() for of in ("en", "zh")}
    return {**values, "revision": revision}


def _typed(form: WordForm, name: str, before: Text) -> Text:
    """What was typed; a language that the form does not ask for keeps its words."""
    en, zh = (form._fields.get(f"{name}_{of}") for of in ("en", "zh"))
    return Text(before.en if en is None else en.data or "", before.zh if zh is None else zh.data or "")


def _narrowed(form: WordForm, found: prepared.Letter) -> WordForm:
    """Without the language that the letter is not written in."""
    languages = letter_rules.LANGUAGES[_language(found)]
    for language, of in ((ENGLISH, "en"), (CHINESE, "zh")):
        if language not in languages:
            del form[f"opening_{of}"], form[f"closing_{of}"]
    return form


def _language(found: prepared.Letter) -> str:
    return str(enterprises.get(actor(), found.row.enterprise_id).letter_language)


def _passages(found: prepared.Letter, facts: letter_rules.Facts) -> letter_rules.Passages:
    if found.row.passages:
        return letter_rules.passages_from_json(found.row.passages)
    return store_unkept.usual_passages(actor().association_id, found.row.kind, facts)
