"""Outgoing messages, for the administrator: what waits, what left, what failed, and what is to be done about it."""

from uuid import UUID

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from compliance.casework.forms import ReasonForm
from compliance.casework.views.shown import page_number
from compliance.people import store as people
from compliance.people.gate import actor, allow
from compliance.shared import mail, outbox, outbox_words
from compliance.shared.outbox import Channel, MessageState

bp = Blueprint("outbox", __name__, url_prefix="/association/mail")


@bp.get("/")
@allow("mail.manage")
def listed() -> ResponseReturnValue:
    """All outgoing messages of the association, newest first."""
    text, wanted = request.args.get("q", ""), request.args.get("state", "")
    state = MessageState(wanted) if wanted in set(MessageState) else None
    by = request.args.get("channel", "")
    channel = Channel(by) if by in set(Channel) else None
    return render_template(
        "casework/outbox.html",
        found=outbox.listed(actor(), text=text, state=state, channel=channel, page=page_number()),
        text=text,
        state=state,
        channel=channel,
        several=bool(mail.channels() - {Channel.email}),
        words=outbox_words,
        Channel=Channel,
        MessageState=MessageState,
        is_set_up=mail.is_set_up(),
    )


@bp.get("/<uuid:mail_id>")
@allow("mail.manage")
def one(mail_id: UUID) -> ResponseReturnValue:
    """One message: what has become of it, and its text unless that may hold a way in."""
    return _page(mail_id, ReasonForm(formdata=None))


@bp.post("/<uuid:mail_id>/retry")
@allow("mail.manage")
def retry(mail_id: UUID) -> ResponseReturnValue:
    """Try once more."""
    outbox.retry(actor(), outbox.get(actor(), mail_id))
    mail.wake(actor())
    flash(_("The message is tried again."), "success")
    return redirect(url_for("outbox.one", mail_id=mail_id))


@bp.post("/<uuid:mail_id>/bounced")
@allow("mail.manage")
def bounced(mail_id: UUID) -> ResponseReturnValue:
    """Note that it came back."""
    form = ReasonForm()
    if not form.validate():
        return _page(mail_id, form, 422)
    outbox.note_bounced(actor(), outbox.get(actor(), mail_id), form.reason.data)
    flash(_("Noted: the message came back."), "success")
    return redirect(url_for("outbox.one", mail_id=mail_id))


@bp.post("/<uuid:mail_id>/arrived")
@allow("mail.manage")
def arrived(mail_id: UUID) -> ResponseReturnValue:
    """Note that it arrived after all."""
    outbox.note_arrived(actor(), outbox.get(actor(), mail_id))
    flash(_("Noted: the message arrived."), "success")
    return redirect(url_for("outbox.one", mail_id=mail_id))


def _page(mail_id: UUID, form: ReasonForm, status: int = 200) -> ResponseReturnValue:
    row = outbox.get(actor(), mail_id)
    page = render_template(
        "casework/outbox_mail.html",
        row=row,
        form=form,
        words=outbox_words,
        may_retry=outbox.may_retry(row),
        may_bounce=row.state in (MessageState.sent, MessageState.unsure),
        may_settle=row.state in (MessageState.bounced, MessageState.unsure),
        people=people.people_names([row.bounced_by]),
    )
    return page, status
