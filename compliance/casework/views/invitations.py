"""Adding people: an invitation, or an account at once; either ends with a paper that carries a code."""

import io
from typing import Any
from uuid import UUID

import segno
from flask import Blueprint, Response, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from wtforms import SelectChoice

from compliance.associations import store as associations
from compliance.casework.choice import id_of, ids_of, offered
from compliance.enterprises import store as enterprises
from compliance.people import papers, rules, store
from compliance.people import store_invitations as invitations
from compliance.people.forms import InviteForm, complain
from compliance.people.gate import actor, allow
from compliance.people.rules import Role
from compliance.shared import addresses, database, mail
from compliance.shared.problems import NotFound, Problem
from compliance.shared.translation import gettext as _
from compliance.shared.translation import in_language
from compliance.shared.words import N_

bp = Blueprint("invitations", __name__)


@bp.route("/people/add", methods=["GET", "POST"])
@allow("people.invite")
def add() -> ResponseReturnValue:
    """Invite a person, or open an account for one; ends with the paper that carries the code."""
    form = InviteForm()
    form.roles.choices = [SelectChoice(role.value, _(rules.ROLE_NAMES[role])) for role in rules.invitable(actor())]
    if request.method == "GET" and (bound := id_of(request.args.get("enterprise"))):
        form.roles.data, form.enterprises.data = [Role.manager.value], [str(enterprises.get(actor(), bound).id)]
    chosen = enterprises.several(actor(), ids_of(form.enterprises.data))
    text = (form.find.data or "").strip()
    more = [row for row in offered(actor(), text) if row.id not in chosen]
    if request.method == "POST" and "look" not in request.form and form.validate():
        try:
            return _invite(form, list(chosen))
        except Problem as problem:
            database.session().rollback()
            chosen = enterprises.several(actor(), list(chosen))
            complain(form, problem)
    page = render_template(
        "people/add.html",
        form=form,
        chosen=list(chosen.values()),
        offered=more,
        rules=rules,
        Role=Role,
        mail_is_set_up=mail.is_set_up(),
        searched="look" in request.form,
    )
    return page, 422 if form.errors else 200


def _invite(form: InviteForm, bound: list[UUID]) -> ResponseReturnValue:
    roles = form.roles.roles()
    rules.require_invitable(actor(), roles, len(bound))
    if form.send.data and not form.email.data:
        raise Problem("email-missing", N_("To send the link, an e-mail address is needed."), field="email")
    if form.username.data:
        person = store.create_locked(actor(), form.name.data, form.username.data, roles, form.email.data, None, bound)
        invitation, code = invitations.way_back(actor(), person, rules.INVITATION_LASTS)
    else:
        invitation, code = invitations.invite(actor(), form.name.data, roles, bound, form.email.data)
    papers.keep(invitation.id, code)
    if form.send.data and mail.is_set_up() and invitation.email:
        _mail(invitation.email, invitation.name, code)
        flash(_("The link is on its way to %(email)s.", email=invitation.email), "success")
    return redirect(url_for("invitations.paper", invitation_id=invitation.id))


def _mail(recipient: str, name: str, code: str) -> None:
    """The invitation as a letter of few words, in the reader's own language and the other."""
    row = associations.get(actor().association_id)
    texts = []
    for language, inviting in (("zh_Hans_CN", row.name_zh), ("en", row.name_en)):
        with in_language(language):
            texts.append(
                _(
                    "%(name)s, %(association)s invites you to its workplace visits.\n"
                    "Open this address and choose a password. It works once, for 14 days:\n%(address)s",
                    name=name,
                    association=inviting,
                    address=_address(code),
                )
            )
    subject = f"{row.name_zh} · {row.name_en}"
    mail.send(actor(), recipient, subject, "\n\n".join(texts))


@bp.get("/people/invitations")
@allow("people.invite")
def listed() -> ResponseReturnValue:
    """Invitations that nobody has used yet, open or not."""
    rows = invitations.listed(actor())
    names = enterprises.names(ids_of(one for row in rows for one in row.enterprise_ids))
    return render_template(
        "people/invitations.html",
        rows=[(row, invitations.state(row)) for row in rows],
        names=names,
        by=store.people_names(row.created_by for row in rows),
        rules=rules,
        Role=Role,
    )


@bp.get("/people/invitations/<uuid:invitation_id>")
@allow("people.invite")
def paper(invitation_id: UUID) -> ResponseReturnValue:
    """The page to print or forward. The code is shown to whoever made it, until they make others or sign out."""
    return page(
        invitations.get(actor(), invitation_id),
        back=(url_for("invitations.listed"), _("Invitations")),
        picture=url_for("invitations.qr", invitation_id=invitation_id),
    )


def page(row: Any, *, back: tuple[str, str], picture: str) -> str:
    """The paper of an invitation: where it leads ``back`` (address, words), and the address of its QR ``picture``."""
    code = papers.code_of(row.id)
    return render_template(
        "people/paper.html",
        back=back,
        picture=picture,
        row=row,
        code=rules.grouped(code) if code else None,
        address=_address(code) if code else None,
        names=enterprises.names(ids_of(row.enterprise_ids)),
        association=associations.get(row.association_id),
        open=invitations.state(row) == rules.InvitationState.open,
        rules=rules,
        Role=Role,
    )


@bp.get("/people/invitations/<uuid:invitation_id>/qr.svg")
@allow("people.invite")
def qr(invitation_id: UUID) -> ResponseReturnValue:
    """The address of an invitation as a picture for a telephone's camera."""
    return picture(invitations.get(actor(), invitation_id))


def picture(row: Any) -> Response:
    """The QR picture of an invitation. Raises ``NotFound`` for whoever cannot see its code."""
    code = papers.code_of(row.id)
    if code is None:
        raise NotFound("paper-gone", N_("The code is not kept. Make a new invitation."))
    out = io.BytesIO()
    segno.make(_address(code), error="m").save(out, kind="svg", border=2, xmldecl=False, svgclass=None, lineclass=None)
    return Response(out.getvalue(), mimetype="image/svg+xml")


@bp.post("/people/invitations/<uuid:invitation_id>/withdraw")
@allow("people.invite")
def withdraw(invitation_id: UUID) -> ResponseReturnValue:
    """Make an invitation useless."""
    invitations.withdraw(actor(), invitations.get(actor(), invitation_id))
    flash(_("The invitation is withdrawn."), "success")
    return redirect(url_for("invitations.listed"))


def _address(code: str) -> str:
    """Where the holder of a code goes."""
    return addresses.base() + url_for("people.accept", code=rules.grouped(code))
