"""Who belongs to the association and to which enterprise: one person's roles, bindings and ties."""

from typing import Any
from uuid import UUID

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from compliance.casework.choice import id_of, offered
from compliance.enterprises import store as enterprises
from compliance.enterprises.classes import district_name, district_of
from compliance.enterprises.forms import district_choices
from compliance.people import papers, rules, store, store_access, store_field
from compliance.people import store_invitations as invitations
from compliance.people import store_ties as ties
from compliance.people.forms import FieldForm, PersonForm, RolesForm, TieForm, complain
from compliance.people.gate import actor, allow, proved
from compliance.people.rules import Role
from compliance.shared import database, tongues, translation
from compliance.shared.problems import NotFound, Problem
from compliance.shared.translation import gettext as _
from compliance.shared.words import N_

bp = Blueprint("membership", __name__)

NOBODY = UUID(int=0)  # an id that no row has: what was sent was none


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
        offered=offered(actor(), text),
        text=text,
        named=forms.get("named") or PersonForm(obj=row, formdata=None),
        goes=Role.inspector in held,
        field_form=forms.get("field_form") or _field_form(row.id),
        districts=district_choices(translation.current()),
        roles=forms.get("roles") or RolesForm(roles=[role.value for role in held], formdata=None),
        tie=forms.get("tie") or TieForm(formdata=None),
        rules=rules,
        is_me=row.id == actor().person_id,
        second=store_access.seconds(row.id),
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


@bp.post("/people/<uuid:person_id>/field")
@allow("people.manage")
def set_field(person_id: UUID) -> ResponseReturnValue:
    """Enter what the making of teams asks of a person."""
    row, form = store.get(actor(), person_id), FieldForm()
    if form.validate():
        typed = (form.district.data or "").split(" ")[0] if (form.district.data or "")[:6].isdigit() else None
        district = district_of(typed or form.district.data or "")
        try:
            if form.district.data and district is None:
                raise Problem(
                    "district-unknown", N_("Write a district's name or its six-digit code."), field="district"
                )
            store_field.set_facts(
                actor(), row, form.languages.data or (), woman=bool(form.woman.data), district=district or ""
            )
            return _saved(person_id)
        except Problem as problem:
            complain(form, problem)
    return _person_page(person_id, field_form=form)


def _field_form(person_id: UUID) -> FieldForm:
    known = store_field.facts_of([person_id])[person_id]
    language = translation.current()
    district = f"{known.district} {district_name(known.district).in_(language)}" if known.district else ""
    data = {"languages": tongues.known(known.languages), "woman": known.woman, "district": district}
    return FieldForm(formdata=None, data=data)


@bp.post("/people/<uuid:person_id>/roles")
@allow("people.manage")
@proved
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
    enterprise = enterprises.get(actor(), id_of(request.form.get("enterprise")) or NOBODY)
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
@proved
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
@proved
def new_code(person_id: UUID) -> ResponseReturnValue:
    """A code by which a person who forgot the password chooses a new one."""
    row = store.get(actor(), person_id)
    invitation, code = invitations.way_back(actor(), row)
    papers.keep(invitation.id, code)
    return redirect(url_for("invitations.paper", invitation_id=invitation.id))


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
        enterprise = enterprises.get(actor(), id_of(form.enterprise.data) or NOBODY)
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
    picked = id_of(form.enterprise.data)
    page = render_template(
        "people/my_ties.html",
        rows=rows,
        names=enterprises.names([*(row.enterprise_id for row in rows), *([picked] if picked else [])]),
        form=form,
        offered=offered(actor(), text),
        text=text,
        picked=picked,
        rules=rules,
    )
    return page, 422 if form.errors else 200


# --- Behind the pages ----------------------------------------------------------------------------------------------


def _saved(person_id: UUID) -> ResponseReturnValue:
    flash(_("Saved."), "success")
    return redirect(url_for("membership.person", person_id=person_id))


def _me() -> UUID:
    person_id = actor().person_id
    if person_id is None:
        raise NotFound("person-unknown", N_("There is no such person."))
    return person_id
