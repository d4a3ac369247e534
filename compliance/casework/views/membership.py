"""Who belongs to the association and to which enterprise: adding people, inviting them, roles, bindings, ties."""

import io
from collections.abc import Iterable
from typing import Any
from uuid import UUID

import segno
from flask import Blueprint, Response, current_app, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import force_locale
from flask_babel import gettext as _

from compliance.associations import store as associations
from compliance.enterprises import store as enterprises
from compliance.people import papers, rules, store
from compliance.people import store_invitations as invitations_store
from compliance.people import store_ties as ties
from compliance.people.forms import InviteForm, PersonForm, RolesForm, TieForm, complain
from compliance.people.gate import actor, allow
from compliance.people.rules import Role
from compliance.shared import database, mail
from compliance.shared.problems import NotFound, Problem
from compliance.shared.words import N_

bp = Blueprint("membership", __name__)

OFFERED = 20  # enterprises shown by one search


# --- Adding people -------------------------------------------------------------------------------------------------


@bp.route("/people/add", methods=["GET", "POST"])
@allow("people.invite")
def add() -> ResponseReturnValue:
    """Invite a person, or open an account for one; ends with the paper that carries the code."""
    form = InviteForm()
    form.roles.choices = [(role.value, _(rules.ROLE_NAMES[role])) for role in rules.invitable(actor())]
    if request.method == "GET" and (bound := _uuid(request.args.get("enterprise"))):
        form.roles.data, form.enterprises.data = [Role.manager.value], [str(enterprises.get(actor(), bound).id)]
    chosen = enterprises.several(actor(), _uuids(form.enterprises.data))
    text = (form.find.data or "").strip()
    offered = [row for row in _offered(text) if row.id not in chosen]
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
        offered=offered,
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
        invitation, code = invitations_store.way_back(actor(), person, rules.INVITATION_LASTS)
    else:
        invitation, code = invitations_store.invite(actor(), form.name.data, roles, bound, form.email.data)
    papers.keep(invitation.id, code)
    if form.send.data and mail.is_set_up() and invitation.email:
        _mail(invitation.email, invitation.name, code)
        flash(_("The link is on its way to %(email)s.", email=invitation.email), "success")
    return redirect(url_for("membership.paper", invitation_id=invitation.id))


def _mail(recipient: str, name: str, code: str) -> None:
    """The invitation as a letter of few words, in the reader's own language and the other."""
    row = associations.get(actor().association_id)
    texts = []
    for language, inviting in (("zh_Hans_CN", row.name_zh), ("en", row.name_en)):
        with force_locale(language):
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


# --- Invitations ---------------------------------------------------------------------------------------------------


@bp.get("/people/invitations")
@allow("people.invite")
def invitations() -> ResponseReturnValue:
    """Invitations that nobody has used yet, open or not."""
    rows = invitations_store.listed(actor())
    names = enterprises.names(_uuids(one for row in rows for one in row.enterprise_ids))
    return render_template(
        "people/invitations.html",
        rows=[(row, invitations_store.state(row)) for row in rows],
        names=names,
        by=store.people_names(row.created_by for row in rows),
        rules=rules,
        Role=Role,
    )


@bp.get("/people/invitations/<uuid:invitation_id>")
@allow("people.invite")
def paper(invitation_id: UUID) -> ResponseReturnValue:
    """The page to print or forward. The code is shown to whoever made it, until they make others or sign out."""
    row = invitations_store.get(actor(), invitation_id)
    code = papers.code_of(row.id)
    return render_template(
        "people/paper.html",
        row=row,
        code=rules.grouped(code) if code else None,
        address=_address(code) if code else None,
        names=enterprises.names(_uuids(row.enterprise_ids)),
        association=associations.get(row.association_id),
        open=invitations_store.state(row) == rules.InvitationState.open,
        rules=rules,
        Role=Role,
    )


@bp.get("/people/invitations/<uuid:invitation_id>/qr.svg")
@allow("people.invite")
def qr(invitation_id: UUID) -> ResponseReturnValue:
    """The address of an invitation as a picture for a telephone's camera."""
    code = papers.code_of(invitations_store.get(actor(), invitation_id).id)
    if code is None:
        raise NotFound("paper-gone", N_("The code is not kept. Make a new invitation."))
    out = io.BytesIO()
    segno.make(_address(code), error="m").save(out, kind="svg", border=2, xmldecl=False, svgclass=None, lineclass=None)
    return Response(out.getvalue(), mimetype="image/svg+xml")


@bp.post("/people/invitations/<uuid:invitation_id>/withdraw")
@allow("people.invite")
def withdraw(invitation_id: UUID) -> ResponseReturnValue:
    """Make an invitation useless."""
    invitations_store.withdraw(actor(), invitations_store.get(actor(), invitation_id))
    flash(_("The invitation is withdrawn."), "success")
    return redirect(url_for("membership.invitations"))


# --- One person ----------------------------------------------------------------------------------------------------


@bp.get("/people/<uuid:person_id>")
@allow("people.manage")
def person(person_id: UUID) -> ResponseReturnValue:
    """A person: names, roles, enterprises, ties, account."""
    return _person_page(person_id)


def _person_page(person_id: UUID, **forms: Any) -> ResponseReturnValue:
    row = store.get(actor(), person_id)
    held = store.roles_of([row.id])[row.id]
    bindings, tied = ties.bindings(row), ties.ties(row)
    text = request.args.get("q", "")[:100]
    page = render_template(
        "people/person.html",
        row=row,
        held=held,
        bindings=bindings,
        ties=tied,
        names=enterprises.names([one.enterprise_id for one in bindings] + [one.enterprise_id for one in tied]),
        by=store.people_names([one.declared_by for one in tied] + [one.ended_by for one in tied]),
        offered=_offered(text),
        text=text,
        named=forms.get("named") or PersonForm(obj=row, formdata=None),
        roles=forms.get("roles") or RolesForm(roles=[role.value for role in held], formdata=None),
        tie=forms.get("tie") or TieForm(formdata=None),
        rules=rules,
        is_me=row.id == actor().person_id,
    )
    return page, 422 if any(form.errors for form in forms.values()) else 200


@bp.post("/people/<uuid:person_id>/names")
@allow("people.manage")
def rename(person_id: UUID) -> ResponseReturnValue:
    """Change what a person is called and signs in by."""
    row, form = store.get(actor(), person_id), PersonForm()
    if form.validate():
        try:
            store.rename(actor(), row, form.name.data, form.username.data, form.email.data, form.mobile.data)
            return _saved(person_id)
        except Problem as problem:
            database.session().rollback()
            complain(form, problem)
    return _person_page(person_id, named=form)


@bp.post("/people/<uuid:person_id>/roles")
@allow("people.manage")
def set_roles(person_id: UUID) -> ResponseReturnValue:
    """Give a person exactly the ticked roles."""
    row, form = store.get(actor(), person_id), RolesForm()
    if form.validate():
        try:
            store.set_roles(actor(), row, form.roles.roles())
            return _saved(person_id)
        except Problem as problem:
            database.session().rollback()
            complain(form, problem)
    return _person_page(person_id, roles=form)


@bp.post("/people/<uuid:person_id>/enterprises")
@allow("people.manage")
def bind(person_id: UUID) -> ResponseReturnValue:
    """Let a person speak for one more enterprise; a manager's role comes with it."""
    row = store.get(actor(), person_id)
    enterprise = enterprises.get(actor(), _uuid(request.form.get("enterprise")) or UUID(int=0))
    ties.bind(actor(), row, enterprise.id)
    held = store.roles_of([row.id])[row.id]
    if Role.manager not in held:
        store.set_roles(actor(), row, [*held, Role.manager])
    return _saved(person_id)


@bp.post("/people/<uuid:person_id>/enterprises/<uuid:enterprise_id>/end")
@allow("people.manage")
def unbind(person_id: UUID, enterprise_id: UUID) -> ResponseReturnValue:
    """End that a person speaks for an enterprise."""
    ties.unbind(actor(), store.get(actor(), person_id), enterprise_id)
    return _saved(person_id)


@bp.post("/people/<uuid:person_id>/close")
@allow("people.manage")
def close(person_id: UUID) -> ResponseReturnValue:
    """Close an account."""
    store.deactivate(actor(), store.get(actor(), person_id))
    flash(_("The account is closed, and the person is signed out everywhere."), "success")
    return redirect(url_for("membership.person", person_id=person_id))


@bp.post("/people/<uuid:person_id>/reopen")
@allow("people.manage")
def reopen(person_id: UUID) -> ResponseReturnValue:
    """Open a closed account again."""
    store.reactivate(actor(), store.get(actor(), person_id))
    flash(_("The account is open again."), "success")
    return redirect(url_for("membership.person", person_id=person_id))


@bp.post("/people/<uuid:person_id>/code")
@allow("people.manage")
def new_code(person_id: UUID) -> ResponseReturnValue:
    """A code by which a person who forgot the password chooses a new one."""
    row = store.get(actor(), person_id)
    invitation, code = invitations_store.way_back(actor(), row)
    papers.keep(invitation.id, code)
    return redirect(url_for("membership.paper", invitation_id=invitation.id))


# --- Ties ----------------------------------------------------------------------------------------------------------


@bp.get("/account/ties")
@allow("tie.declare")
def my_ties() -> ResponseReturnValue:
    """One's own ties to enterprises."""
    return _my_ties_page(TieForm(formdata=None))


@bp.post("/account/ties")
@allow("tie.declare")
def declare_mine() -> ResponseReturnValue:
    """Declare a tie of one's own."""
    form = TieForm()
    if _declared(form, _me()):
        flash(_("Noted. From now on you see about this enterprise only what its manager sees."), "success")
        return redirect(url_for("membership.my_ties"))
    return _my_ties_page(form)


@bp.post("/people/<uuid:person_id>/ties")
@allow("people.manage")
def declare(person_id: UUID) -> ResponseReturnValue:
    """Note a tie of somebody else."""
    store.get(actor(), person_id)
    form = TieForm()
    return _saved(person_id) if _declared(form, person_id) else _person_page(person_id, tie=form)


@bp.post("/people/<uuid:person_id>/ties/<uuid:tie_id>/end")
@allow("people.manage")
def end_tie(person_id: UUID, tie_id: UUID) -> ResponseReturnValue:
    """End a tie of somebody else."""
    ties.end(actor(), store.get(actor(), person_id), tie_id)
    return _saved(person_id)


def _declared(form: TieForm, person_id: UUID) -> bool:
    if not form.validate():
        return False
    try:
        enterprise = enterprises.get(actor(), _uuid(form.enterprise.data) or UUID(int=0))
        ties.declare(actor(), store.get(actor(), person_id), enterprise.id, form.kind_of(), form.note.data or "")
    except Problem as problem:
        database.session().rollback()
        complain(form, problem)
        return False
    return True


def _my_ties_page(form: TieForm) -> ResponseReturnValue:
    me = store.get(actor(), _me())
    rows = ties.ties(me)
    text = request.args.get("q", "")[:100]
    picked = _uuid(form.enterprise.data)
    page = render_template(
        "people/my_ties.html",
        rows=rows,
        names=enterprises.names([*(row.enterprise_id for row in rows), *([picked] if picked else [])]),
        form=form,
        offered=_offered(text),
        text=text,
        picked=picked,
        rules=rules,
    )
    return page, 422 if form.errors else 200


# --- Behind the pages ----------------------------------------------------------------------------------------------


def _saved(person_id: UUID) -> ResponseReturnValue:
    flash(_("Saved."), "success")
    return redirect(url_for("membership.person", person_id=person_id))


def _offered(text: str) -> list[Any]:
    return enterprises.search(actor(), text, per_page=OFFERED).rows if text.strip() else []


def _address(code: str) -> str:
    """Where the holder of a code goes; the public address if there is one, else that of this request."""
    path = url_for("people.accept", code=rules.grouped(code))
    return (current_app.config["PUBLIC_URL"] or request.url_root.rstrip("/")) + path


def _me() -> UUID:
    person_id = actor().person_id
    if person_id is None:
        raise NotFound("person-unknown", N_("There is no such person."))
    return person_id


def _uuid(text: object) -> UUID | None:
    try:
        return UUID(str(text))
    except ValueError:
        return None


def _uuids(texts: Iterable[object] | None) -> list[UUID]:
    return [found for text in texts or () if (found := _uuid(text))]
