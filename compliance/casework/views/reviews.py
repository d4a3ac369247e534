"""The second person's pages: what waits for review, one visit with everything that is known, and the release."""

from functools import partial
from typing import Any
from uuid import UUID

from flask import Blueprint, abort, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from compliance.casework import (
    cases,
    corrections,
    letter_facts,
    letter_photos,
    lists,
    own_wording,
    passes,
    paying,
    rehearsal,
    release,
    rules,
    sealing,
    seconds,
)
from compliance.casework.cases import Case
from compliance.casework.forms import ClearForm, CorrectionForm, ReleaseForm, ReturnForm, SettleForm, WaiverForm
from compliance.casework.forms_wording import PASSAGE_NAMES
from compliance.casework.pass_rules import PASS_WORDS
from compliance.casework.views.shown import blame, gravest_first, page_number, pdf, told, verify_url
from compliance.checklists.names import SIGNERS
from compliance.checklists.rules import Item
from compliance.enterprises import store as enterprises
from compliance.findings import rules as finding_rules
from compliance.findings import store as findings
from compliance.letters import store as letters
from compliance.letters import store_wording
from compliance.letters.forms import passages_form
from compliance.people import store as people
from compliance.people.gate import actor, allow
from compliance.people.rules import can
from compliance.scorecards import store as scorecards
from compliance.shared import clock
from compliance.shared.database import session
from compliance.shared.problems import Conflict, NotFound, Problem, Refused, Stale
from compliance.shared.translation import gettext as _
from compliance.shared.words import N_
from compliance.visits import store as visits
from compliance.visits import store_arrivals, store_aside, store_paper
from compliance.visits.rules import FACT, KNOWN, Known, Outcome, State

bp = Blueprint("reviews", __name__, url_prefix="/reviews")


@bp.get("/")
@allow("visit.release")
def waiting() -> ResponseReturnValue:
    """Sealed visits that nobody has released yet."""
    text, sort = request.args.get("q", ""), request.args.get("sort", "sealed")
    listed = lists.reviews(actor(), text, sort, page_number())
    sent = visits.inspectors(row.id for row in listed.rows)
    return render_template(
        "casework/reviews.html",
        listed=listed,
        text=text,
        sort=sort,
        sent=sent,
        people=people.people_names(person for crew in sent.values() for person in crew),
        now=clock.now(),
        disputes=lists.disputes(actor(), page=1).total,
        late=store_aside.waiting(actor()),
        waited_for=passes.waited_for(row.id for row in listed.rows),
        pass_words=PASS_WORDS,
    )


@bp.get("/<uuid:visit_id>")
@allow("visit.release")
def visit(visit_id: UUID) -> ResponseReturnValue:
    """Everything that is known of one sealed visit, and what can be done with it."""
    return _page(visit_id)


@bp.post("/<uuid:visit_id>/release")
@allow("visit.release")
def release_it(visit_id: UUID) -> ResponseReturnValue:
    """Release the visit: from now on the enterprise sees it."""
    form = ReleaseForm()
    if not form.validate():
        return _page(visit_id, 422, releasing=form)
    already = visits.get(actor(), visit_id)
    if already.state is State.released:
        flash(_("This visit has been released already."), "info")
        return redirect(url_for("scorecards.visit", visit_id=visit_id))
    try:
        prepare = partial(release.prepare, actor(), visit_id, seen=form.seen.data or "", verify_url=verify_url())
        letter = rehearsal.carry_out(actor(), prepare)
    except Problem as problem:
        if isinstance(problem, Stale | Refused | NotFound):
            raise
        session().rollback()  # what was begun is dropped, so that the page shows the visit as it still is
        flash(told(problem), "error")
        return _page(visit_id, problem.status, releasing=form)
    if letter is None:
        flash(_("Released. There is no scorecard or letter, because the workplace could not be visited."), "success")
    else:
        flash(_("Released. Letter %(number)s is being printed.", number=letter.number), "success")
    return redirect(url_for("scorecards.visit", visit_id=visit_id))


@bp.post("/<uuid:visit_id>/return")
@allow("visit.review")
def send_back(visit_id: UUID) -> ResponseReturnValue:
    """Open the visit again for its inspectors."""
    form = ReturnForm()
    if not form.validate():
        return _page(visit_id, 422, returning=form)
    corrections.send_back(actor(), visit_id, form.reason.data, seen=form.seen.data or "")
    flash(_("Returned to the inspectors, with your reason. They seal it again."), "success")
    return redirect(url_for("reviews.waiting"))


@bp.post("/<uuid:visit_id>/facts")
@allow("visit.review")
def decide_fact(visit_id: UUID) -> ResponseReturnValue:
    """Clear a sealed fact, or leave it sealed."""
    form = ClearForm()
    if not form.validate():
        return _page(visit_id, 422, clearing=form)
    cleared = form.decision.data == "clear"
    prepare = partial(
        corrections.prepare_sealed_fact,
        actor(),
        visit_id,
        form.item.data or "",
        form.fact.data or "",
        cleared,
        form.reason.data,
        seen=form.seen.data or "",
        verify_url=verify_url(),
    )
    letter = rehearsal.carry_out(actor(), prepare)
    if letter is not None:
        flash(
            _("Cleared. A new scorecard and the correcting letter %(number)s tell of it.", number=letter.number),
            "success",
        )
    elif cleared:
        flash(_("Cleared. Score, findings and letter have been drafted again."), "success")
    else:
        flash(_("The fact stays sealed; your reason is on record."), "success")
    return redirect(url_for("reviews.visit", visit_id=visit_id, _anchor="sealed"))


@bp.post("/<uuid:visit_id>/waiver")
@allow("visit.release")
def waive(visit_id: UUID) -> ResponseReturnValue:
    """Record why no second person releases the visit."""
    form = WaiverForm()
    if not form.validate():
        return _page(visit_id, 422, waiving=form)
    try:
        release.waive(actor(), visit_id, form.reason.data)
    except Problem as problem:
        if problem.status != 422:
            raise
        session().rollback()
        blame(form, problem, "reason")
        return _page(visit_id, 422, waiving=form)
    flash(_("Recorded. It is printed on the letter."), "success")
    return redirect(url_for("reviews.visit", visit_id=visit_id, _anchor="release"))


@bp.post("/<uuid:visit_id>/waiver/end")
@allow("visit.release")
def end_waiver(visit_id: UUID) -> ResponseReturnValue:
    """Take it back: a second person has been found."""
    release.end_waiver(actor(), visit_id)
    flash(_("Taken back. A second person releases this visit."), "success")
    return redirect(url_for("reviews.visit", visit_id=visit_id, _anchor="release"))


@bp.post("/<uuid:visit_id>/photos")
@allow("visit.review")
def photos(visit_id: UUID) -> ResponseReturnValue:
    """Say of which photos nobody in them can be recognised; only those may ever be shown to the enterprise. And which
    of them the letter shows.
    """
    row = visits.get(actor(), visit_id)
    ticked, wanted = set(request.form.getlist("clear")), set(request.form.getlist("print"))
    changed_letter = False
    seen = dict(line.partition(" ")[::2] for line in request.form.getlist("listed"))  # which copy of each was looked at
    for one in visits.evidence_of(row, struck=False):
        clear = str(one.id) in ticked
        if one.kind == "photo" and str(one.id) in seen and clear != (one.unrecognisable_at is not None):
            try:
                visits.describe(actor(), row, one, caption=one.caption, unrecognisable=clear, seen=seen[str(one.id)])
            except Stale as changed:
                flash(f"{one.item}: {told(changed)}", "warning")
            changed_letter = True
        if one.kind == "photo" and str(one.id) in seen and "choosing" in request.form:
            changed_letter |= store_paper.change_left_out(actor(), row, one, str(one.id) not in wanted)
    if changed_letter and row.state is State.sealed and sealing.draft_of(actor(), visit_id) is not None:
        sealing.redraft_letter(actor(), row)
    flash(_("Saved. The enterprise will be shown the ticked photos only."), "success")
    return redirect(url_for("reviews.visit", visit_id=visit_id, _anchor="photos"))


@bp.post("/<uuid:visit_id>/conflicts")
@allow("visit.review")
def settle(visit_id: UUID) -> ResponseReturnValue:
    """Pick one of two different entries, as a recorded correction."""
    form = SettleForm()
    if not form.validate():
        return _page(visit_id, 422, settling=form)
    try:
        event_id = UUID(form.entry.data)
    except ValueError:
        abort(404)
    corrections.settle(actor(), visit_id, event_id, form.reason.data, seen=form.seen.data or "")
    flash(_("Settled, and drafted again."), "success")
    return redirect(url_for("reviews.visit", visit_id=visit_id))


@bp.route("/<uuid:visit_id>/items/<item_id>", methods=["GET", "POST"])
@allow("visit.review")
def correct(visit_id: UUID, item_id: str) -> ResponseReturnValue:
    """Correct what was entered under one item; the old entry and the reason stay on record."""
    case = cases.load(actor(), visit_id)
    if not case.checklist.has(item_id):
        raise NotFound("item-unknown", N_("The checklist has no item %(item)s."), item=item_id)
    if case.visit.state is not State.sealed:
        raise Conflict("case-not-sealed", N_("This visit is not waiting for review any more."))
    item = case.checklist.item(item_id)
    form = _correction_form(case, item)
    ticks = _ticks(case, item) if request.method == "GET" else set(request.form.getlist("tick"))
    if form.validate_on_submit():
        try:
            corrections.correct(
                actor(), visit_id, item_id, _values(form, item, ticks), form.reason.data, seen=form.seen.data or ""
            )
        except Problem as problem:
            if isinstance(problem, Stale | Refused | Conflict) or problem.status != 422:
                raise
            blame(form, problem, "verdict")
        else:
            flash(_("Corrected. Score, findings and letter have been drafted again."), "success")
            return redirect(url_for("reviews.visit", visit_id=visit_id, _anchor=item_id))
    status = 422 if request.method == "POST" else 200
    return _correction_page(case, item, form, ticks), status


@bp.post("/<uuid:visit_id>/letter")
@allow("letter.edit")
def edit_letter(visit_id: UUID) -> ResponseReturnValue:
    """Keep the free passages of the draft."""
    case, letter = _draft(visit_id)
    form = passages_form(letter)
    if wanted := request.form.get("insert"):
        return _with_sentence(visit_id, letter, form, wanted)
    if form.validate():
        try:
            letters.edit(actor(), letter, form.passages(letters.passages(letter)), revision=form.seen_revision)
        except Problem as problem:
            if isinstance(problem, Stale) or problem.status != 422:
                raise
            blame(form, problem, next(name for name in form._fields if name.startswith("opening")))
        else:
            flash(_("The letter is saved. Look at the preview before the release."), "success")
            return redirect(url_for("reviews.visit", visit_id=case.visit.id, _anchor="letter"))
    return _page(visit_id, 422, writing=form)


@bp.post("/<uuid:visit_id>/letter/language")
@allow("letter.edit")
def letter_language(visit_id: UUID) -> ResponseReturnValue:
    """Write the draft in another language."""
    case, _letter = _draft(visit_id)
    wanted = request.form.get("language", "")
    if wanted not in ("zh_Hans_CN", "en", "both"):
        abort(400)
    sealing.redraft_letter(actor(), case.visit, language=wanted)
    flash(_("The letter is drafted in the chosen language."), "success")
    return redirect(url_for("reviews.visit", visit_id=visit_id, _anchor="letter"))


@bp.get("/<uuid:visit_id>/letter/preview")
@allow("visit.release")
def preview(visit_id: UUID) -> ResponseReturnValue:
    """The draft as PDF, marked as a draft on every page."""
    _case, letter = _draft(visit_id)
    return pdf(letters.preview(letter), letters.filename(letter), inline=True)


def _with_sentence(visit_id: UUID, letter: Any, form: Any, wanted: str) -> ResponseReturnValue:
    """The page with a standard sentence behind what was typed; nothing is saved yet."""
    sentence = next((one for one in store_wording.sentences(actor()) if one.id == wanted), None)
    if sentence is None:
        raise NotFound("wording-sentence", N_("There is no such sentence."))
    try:
        said = own_wording.inserted(letter.kind, letters.facts(letter), sentence)
    except Problem as problem:
        form.form_errors.append(told(problem))
        return _page(visit_id, 422, writing=form, inserting=True)
    between = {"good": "\n"}.get(sentence.passage)
    for suffix, text, space in (("en", said.en, " "), ("zh", said.zh, "")):
        name = f"{sentence.passage}_{suffix}"
        if name in form and text and text not in (form[name].data or ""):
            form[name].data = ((form[name].data or "") + (between or space) + text).strip()
    return _page(visit_id, writing=form, inserting=True)


def _draft(visit_id: UUID) -> tuple[Case, Any]:
    case = cases.load(actor(), visit_id)
    letter = sealing.draft_of(actor(), visit_id)
    if letter is None:
        raise NotFound("letter-unknown", N_("There is no such letter."))
    return case, letter


def _page(visit_id: UUID, status: int = 200, **forms: Any) -> ResponseReturnValue:
    case = cases.load(actor(), visit_id)
    row = case.visit
    if row.state not in (State.sealed, State.released):
        raise NotFound("visit-unknown", N_("There is no such visit."))
    draft = release.drafted(actor(), case)
    letter, evidence, waiver = draft.letter, draft.evidence, draft.waiver
    completed = row.outcome is Outcome.completed
    card = scorecards.of_visits(actor(), [visit_id]).get(visit_id) if completed else None
    before = cases.previous(actor(), row) if card else None
    drafts = gravest_first(draft.findings, case.checklist)
    asked = {one.id: [action for action in draft.actions if action.finding_id == one.id] for one in drafts}
    state = release.readiness(actor(), draft)
    recorder = waiver.recorded_by if waiver else None
    shown = gravest_first(findings.previews(draft.findings), case.checklist)
    arrived = store_arrivals.arrivals(row)
    crew = people.people_names(
        [
            *case.involved,
            *(one.person_id for one in arrived),
            *(e.by for e in case.corrections),
            *(d.decided_by for d in case.decided.values()),
            recorder,
        ]
    )
    workplace, name = enterprises.workplace_and_name(actor(), row.workplace_id)
    may_review = can(actor(), "visit.review")
    offer_waiver = actor().person_id in case.involved and not case.sealed_led and row.state is State.sealed
    page = render_template(
        "casework/review.html",
        case=case,
        visit=row,
        may_know_why=can(actor(), "complaint.read"),
        pinned=case.checklist,
        name=name,
        workplace=workplace,
        card=card,
        arrived=arrived,
        late_open=store_aside.undecided(case.visit) if arrived else 0,
        compared=cases.comparison(card, before) if card else None,
        before=before,
        findings=[(one, asked[one.id], _kept_inside(one)) for one in drafts],
        evidence=evidence,
        on_pay_sheet=paying.items_shown(actor(), row),
        by_item={one.item: [e for e in evidence if e.item == one.item] for one in drafts},
        photos=[one for one in evidence if one.kind == "photo"],
        in_letter={one.id for rows in letter_photos.chosen(case, shown).values() for one in rows} if letter else (),
        most_photos=(letter_photos.MOST_OF_ONE, letter_photos.MOST),
        sealed=_sealed(case),
        corrections=case.corrections,
        letter=letter,
        unheld=letter_facts.office_unheld(actor(), case.checklist, letter.kind, cases.today(actor())) if letter else "",
        offices=SIGNERS,
        letter_ready=letter is not None and can(actor(), "letter.edit"),
        state=state,
        blocking=rules.missing_for_release(state.blocks),
        notices=[block for block in state.blocks if not block.blocks],
        waiver=waiver,
        others=seconds.for_release(actor(), case) if offer_waiver else [],
        outsider=next(iter(passes.of_case(visit_id)), None) if row.state is State.sealed else None,
        pass_words=PASS_WORDS,
        offer_waiver=offer_waiver,
        people=crew,
        may_review=may_review,
        may_clear=may_review and actor().person_id not in case.involved,
        token=release.token(case, card.id if card else None, letter),
        releasing=forms.get("releasing") or ReleaseForm(formdata=None),
        returning=forms.get("returning") or ReturnForm(formdata=None),
        clearing=forms.get("clearing"),
        settling=forms.get("settling"),
        clear_form=ClearForm,
        waiving=forms.get("waiving") or WaiverForm(formdata=None),
        inserting=bool(forms.get("inserting")),
        offered=own_wording.offered(
            letter.kind,
            letters.facts(letter),
            [(one.area, one.severity.value) for one in drafts],
            store_wording.sentences(actor()),
        )
        if letter is not None and row.state is State.sealed
        else [],
        passage_names=PASSAGE_NAMES,
        writing=forms.get("writing") or (passages_form(letter) if letter is not None else None),
    )
    return page, status


def _sealed(case: Case) -> list[dict[str, Any]]:
    """The sealed facts of a visit, cleared ones among them, each with the decision that counts."""
    found = []
    for item in case.checklist.items:
        answer = case.folded.answers.get(item.id)
        for fact in item.facts:
            pair = (item.id, fact.id)
            if answer is not None and (pair in case.sealed or pair in case.cleared):
                found.append({"item": item, "fact": fact, "answer": answer, "decision": case.decided.get(pair)})
    return found


def _kept_inside(one: Any) -> str:
    """Why a finding does not reach the enterprise, as a message id; empty if it does."""
    if one.sealed:
        return N_("Sealed: it stays inside the association until the fact is cleared.")
    if finding_rules.preview_for_enterprise(one, one.workplace_workers) is None:
        return N_("It rests on interviews alone at a small workplace, so it stays inside the association.")
    return ""


def _correction_form(case: Case, item: Item) -> CorrectionForm:
    answer = case.folded.answers.get(item.id)
    data: dict[str, Any] = {"seen": corrections.page_token(actor(), case)}
    if answer is not None:
        data |= {
            "verdict": answer.verdict.value if answer.verdict else "",
            "note": answer.note,
            "why": answer.reason,
            "workers": answer.workers,
            "severity": answer.severity.value if answer.severity else "",
            "action": answer.action,
            "due_days": answer.due_days,
        }
    return CorrectionForm(data=data)


def _ticks(case: Case, item: Item) -> set[str]:
    answer = case.folded.answers.get(item.id)
    if answer is None:
        return set()
    return {FACT + fact for fact in answer.facts} | {KNOWN + way.value for way in answer.known_by}


def _values(form: CorrectionForm, item: Item, ticks: set[str]) -> dict[str, Any]:
    values: dict[str, Any] = {
        "verdict": form.verdict.data,
        "note": form.note.data or None,
        "reason": form.why.data or None,
        "workers": form.workers.data,
        "severity": form.severity.data or None,
        "action": form.action.data or None,
        "due_days": form.due_days.data,
    }
    values |= {FACT + fact.id: FACT + fact.id in ticks for fact in item.facts}
    return values | {KNOWN + way.value: KNOWN + way.value in ticks for way in Known}


def _correction_page(case: Case, item: Item, form: CorrectionForm, ticks: set[str]) -> str:
    made = [one for one in case.corrections if one.item == item.id]
    return render_template(
        "casework/correct.html",
        case=case,
        visit=case.visit,
        item=item,
        form=form,
        ticks=ticks,
        ways=Known,
        name=enterprises.names([case.visit.enterprise_id])[case.visit.enterprise_id],
        evidence=[one for one in visits.evidence_of(case.visit, struck=False) if one.item == item.id],
        made=made,
        people=people.people_names(one.by for one in made),
    )
