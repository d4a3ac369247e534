"""The register of letters: every number that was given, and what was written under it."""

from uuid import UUID

from flask import Blueprint, Response, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from compliance.casework import cases, lists, trust
from compliance.casework.forms import WithdrawForm
from compliance.casework.forms_delivery import DeliveryForm, StrikeForm
from compliance.casework.forms_signing import StampedForm, StrikeStampedForm
from compliance.casework.views.shown import page_number, pdf
from compliance.enterprises import store as enterprises
from compliance.letters import delivery, standing, store, store_delivery, store_stamped, store_trust
from compliance.letters import rules as letter_rules
from compliance.people import store as people
from compliance.people.gate import actor, allow
from compliance.people.rules import can
from compliance.shared import outbox, outbox_words
from compliance.shared.problems import NotFound
from compliance.shared.translation import gettext as _
from compliance.shared.words import N_
from compliance.visits import store as visits

bp = Blueprint("letterbook", __name__, url_prefix="/letters")


@bp.get("/")
@allow("visit.read")
def register() -> ResponseReturnValue:
    """Letters by number, enterprise, kind and year; drafts only for those who review."""
    text, kind = request.args.get("q", ""), request.args.get("kind", "")
    way = request.args.get("delivery", "")
    state, sort = request.args.get("state", ""), request.args.get("sort", "-number")
    drafts = can(actor(), "visit.release")
    return render_template(
        "casework/letters.html",
        listed=lists.letters(
            actor(),
            text,
            kind=kind,
            state=state,
            year=request.args.get("year", type=int),
            sort=sort,
            page=page_number(),
            drafts=drafts,
            delivery=way if way in set(delivery.DeliveryState) else "",
        ),
        kinds=letter_rules.KINDS,
        years=lists.letter_years(actor()),
        drafts=drafts,
        delivery=delivery,
        way=way,
        may_deliver=can(actor(), "letter.deliver"),
        may_word=can(actor(), "letter.wording"),
        asked=store_trust.asked(actor()) if can(actor(), "letter.withdraw") else [],
        text=text,
        kind=kind,
        state=state,
        sort=sort,
    )


@bp.get("/<uuid:letter_id>")
@allow("visit.read")
def letter(letter_id: UUID) -> ResponseReturnValue:
    """One letter: its particulars, how it reached the enterprise, what it answers and what answers it."""
    return shown_letter(letter_id)


def shown_letter(
    letter_id: UUID,
    status: int = 200,
    noting: DeliveryForm | None = None,
    striking: tuple[UUID, StrikeForm] | None = None,
    withdrawing: WithdrawForm | None = None,
    stamping: StampedForm | None = None,
    striking_scan: tuple[UUID, StrikeStampedForm] | None = None,
) -> ResponseReturnValue:
    """The page of one letter, with a form that came back."""
    row = load(letter_id)
    around = [one for one in store.of_visit(actor(), row.visit_id) if one.id != row.id]
    recorded, notices = store_delivery.of_letter(row), outbox.about(row.id)
    known = trust.of(actor(), row)
    by = [id for one in recorded for id in (one.noted_by, one.struck_by)]
    stamped = store_stamped.of_letter(row)
    by += [id for one in stamped for id in (one.added_by, one.struck_by)]
    by += [id for one in known.withdrawals for id in (one.asked_by, one.decided_by)]
    page = render_template(
        "casework/letter.html",
        letter=row,
        facts=store.facts(row),
        cites=next((one for one in around if one.id == row.cites_id), None),
        trust=known,
        standing=standing,
        withdrawing=withdrawing or WithdrawForm(formdata=None),
        name=enterprises.names([row.enterprise_id])[row.enterprise_id],
        people=people.people_names([row.issued_by, *by, *(one.person_id for one in notices)]),
        may_review=can(actor(), "visit.release"),
        may_deliver=can(actor(), "letter.deliver"),
        recorded=recorded,
        notices=notices,
        delivery=delivery,
        delivery_state=delivery.state_of(one.way for one in recorded if one.struck_at is None),
        mail_words=outbox_words,
        noting=noting or DeliveryForm(formdata=None, data={"on": cases.today(actor())}),
        striking=striking,
        blank=StrikeForm(formdata=None),
        stamped=stamped,
        stamping=stamping or StampedForm(formdata=None),
        striking_scan=striking_scan,
        blank_scan=StrikeStampedForm(formdata=None),
        may_word=can(actor(), "letter.wording"),
    )
    return page, status


@bp.get("/<uuid:letter_id>/pdf")
@allow("visit.read")
def download(letter_id: UUID) -> Response:
    """The archived PDF; of a draft, a preview that is marked as one."""
    row = load(letter_id)
    if row.state.value == "draft":
        return pdf(store.preview(row), store.filename(row), inline=True)
    return pdf(store.pdf(row), store.filename(row))


@bp.post("/<uuid:letter_id>/print")
@allow("visit.release")
def print_again(letter_id: UUID) -> ResponseReturnValue:
    """Print a letter whose printing failed (a full disk, a missing font)."""
    store.print_again(actor(), load(letter_id))
    flash(_("The letter is being printed. Its words are those that were released."), "success")
    return redirect(url_for("letterbook.letter", letter_id=letter_id))


def load(letter_id: UUID):  # type: ignore[no-untyped-def]  # the row class is private to letters
    """A letter that staff may read here. Raises ``NotFound``."""
    row = store.get(actor(), letter_id)
    visits.get(actor(), row.visit_id)
    if row.state.value == "draft" and not can(actor(), "visit.release"):
        raise NotFound("letter-unknown", N_("There is no such letter."))
    return row
