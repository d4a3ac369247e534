"""Pages about people: one's own account, the members of the association, and the way in by invitation."""

from uuid import UUID

from flask import Blueprint, abort, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_login import current_user

from compliance.associations import store as associations
from compliance.people import accounts, identity, passwords, rules, store, store_lists, throttle
from compliance.people import store_invitations as invitations
from compliance.people.access import How
from compliance.people.forms import AcceptForm, CodeForm, ContactForm, NoticesForm, PasswordForm, WayBackForm, complain
from compliance.people.gate import actor, allow, public
from compliance.people.models import Invitation, User
from compliance.people.rules import Role, system_actor
from compliance.shared import database, mail
from compliance.shared.outbox import Channel
from compliance.shared.problems import NotFound, Problem
from compliance.shared.translation import gettext as _

bp = Blueprint("people", __name__)


@bp.get("/people")
@allow("people.read")
def members() -> ResponseReturnValue:
    """Everybody with an account, by name."""
    role = request.args.get("role", "")
    state = request.args.get("state", "")
    found = store_lists.members(
        actor(),
        text=request.args.get("q", "")[:100],
        role=Role(role) if role in list(Role) else None,
        active={"open": True, "closed": False}.get(state),
        page=request.args.get("page", 1, type=int),
    )
    may_manage = rules.can(actor(), "people.manage")
    return render_template("people/members.html", found=found, rules=rules, Role=Role, may_manage=may_manage)


@bp.route("/account", methods=["GET", "POST"])
@allow("account.use")
def account() -> ResponseReturnValue:
    """One's own account: who one is here, the other ways to sign in, and how notices come."""
    me = store.get(actor(), _own_id())
    form = ContactForm(obj=me)
    if form.validate_on_submit():
        try:
            store.rename(actor(), me, me.name, me.username, form.email.data, form.mobile.data)
        except Problem as problem:
            database.session().refresh(me)
            complain(form, problem)
        else:
            flash(_("Saved."), "success")
            return redirect(url_for("people.account"))
    return _account_page(me, form, _notices_form(me))


@bp.post("/account/notices")
@allow("account.use")
def notices() -> ResponseReturnValue:
    """Choose by what one is told that something waits."""
    me = store.get(actor(), _own_id())
    form = NoticesForm(channels=mail.channels() | {Channel.email})
    if form.validate():
        try:
            store.set_notices(actor(), me, form.channel(), form.wecom.data or "")
        except Problem as problem:
            database.session().refresh(me)
            complain(form, problem)
        else:
            flash(_("Saved."), "success")
            return redirect(url_for("people.account"))
    return _account_page(me, ContactForm(obj=me, formdata=None), form)


def _notices_form(me: User) -> NoticesForm | None:
    """None where there is nothing to choose: notices go to managers, and by e-mail unless more is set up."""
    more = mail.channels() - {Channel.email}
    if not more or Role.manager not in actor().roles:
        return None
    return NoticesForm(obj=me, formdata=None, channels=more | {Channel.email})


def _account_page(me: User, form: ContactForm, noticing: NoticesForm | None) -> ResponseReturnValue:
    page = render_template(
        "people/account.html",
        form=form,
        noticing=noticing,
        Channel=Channel,
        me=me,
        roles=[role for role in Role if role in actor().roles],
        rules=rules,
        can_tie=rules.can(actor(), "tie.declare"),
        can_edit=rules.can(actor(), "association.edit"),
    )
    return page, 422 if form.errors or (noticing and noticing.errors) else 200


@bp.route("/account/password", methods=["GET", "POST"])
@allow("account.use")
def password() -> ResponseReturnValue:
    """Change one's own password: every other device is signed out."""
    me_id = _own_id()
    me = store.get(actor(), me_id)
    about = [me.name, me.username, me.email or "", me.mobile or ""]
    kept = me.password
    form = PasswordForm()
    if form.validate_on_submit():
        throttle.password(me_id)
        try:
            if not passwords.fits(form.current.data, kept):
                raise Problem("password-wrong", _("This is not your present password."), field="current")
            passwords.check(form.password.data, about)
        except Problem as problem:
            complain(form, problem)
        else:
            new = passwords.hashed(form.password.data)
            me = store.set_password_hash(actor(), store.get(actor(), me_id), new)
            accounts.enter(me, How.change)
            flash(_("The password is changed. Other devices are signed out."), "success")
            return redirect(url_for("people.account"))
    return render_template("people/password.html", form=form), 422 if form.errors else 200


@bp.post("/password/strength")
@public
def strength() -> ResponseReturnValue:
    """How good a password is, while it is typed; nothing of it is kept."""
    throttle.judged(request.remote_addr or "")
    found = passwords.strength(request.form.get("password", "")[: passwords.LONGEST])
    return {"score": found.score, "words": found.problem or _("This password is good.")}


@bp.route("/invitation", methods=["GET", "POST"])
@public
def code() -> ResponseReturnValue:
    """Type the code of a printed invitation."""
    form = CodeForm()
    if form.validate_on_submit():
        throttle.code(request.remote_addr or "")
        try:
            invitations.open_by_code(form.code.data)
        except NotFound as problem:
            complain(form, problem)
        else:
            return redirect(url_for("people.accept", code=rules.grouped(rules.code_of(form.code.data))))
    return render_template("people/code.html", form=form), 422 if form.errors else 200


@bp.get("/invitation/<code>")
@public
def accept(code: str) -> ResponseReturnValue:
    """What an invitation offers. Looking uses nothing up: mail programs and chats look, too."""
    throttle.code(request.remote_addr or "")
    try:
        invitation = invitations.open_by_code(code)
    except NotFound as problem:
        return _another_code(code, problem)
    return _offer(invitation, _form(invitation), code)


@bp.post("/invitation/<code>")
@public
def use(code: str) -> ResponseReturnValue:
    """Use an invitation up: an account with the user name and password that the person chose."""
    if current_user.is_authenticated:
        abort(403)
    throttle.code(request.remote_addr or "")
    try:
        invitation = invitations.open_by_code(code)
    except NotFound as problem:
        return _another_code(code, problem)
    form = _form(invitation)
    if not form.validate():
        return _offer(invitation, form, code), 422
    name = getattr(form, "name", None)
    username = getattr(form, "username", None)
    mobile = getattr(form, "mobile", None)
    try:
        about = [invitation.name, name.data if name else "", username.data if username else ""]
        passwords.check(form.password.data, about)
        if username:
            identity.username_of(username.data)
    except Problem as problem:
        complain(form, problem)
        return _offer(invitation, form, code), 422
    database.session().rollback()  # hold no transaction while the hash is worked out
    new = passwords.hashed(form.password.data)
    invitation = invitations.open_by_code(code)
    system = _system(invitation)
    try:
        person: User = invitations.accept(
            system,
            invitation,
            username.data if username else "",
            new,
            name.data if name else "",
            mobile.data if mobile else None,
        )
    except Problem as problem:
        if "field" not in problem.facts:
            raise
        database.session().rollback()
        complain(form, problem)
        return _offer(invitations.open_by_code(code), form, code), 422
    flash(_("Welcome, %(name)s.", name=person.name), "success")
    return accounts.first_step(person, How.invitation, url_for("home.start"))


def _another_code(code: str, problem: NotFound) -> ResponseReturnValue:
    """A link that does not work any more leads to where a code is typed, with what is wrong."""
    form = CodeForm(formdata=None, code=code)
    complain(form, problem)
    return render_template("people/code.html", form=form), 404


def _form(invitation: Invitation) -> AcceptForm | WayBackForm:
    if invitation.person_id:
        return WayBackForm()
    form = AcceptForm(name=invitation.name)
    if Role.outsider.value in invitation.roles:
        del form.name  # it was given with the invitation, and will be printed
    return form


def _offer(invitation: Invitation, form: AcceptForm | WayBackForm, code: str) -> str:
    return render_template(
        "people/accept.html",
        form=form,
        invitation=invitation,
        association=associations.get(invitation.association_id),
        roles=[Role(value) for value in invitation.roles],
        rules=rules,
        code=code,
    )


def _system(invitation: Invitation) -> rules.Actor:
    plain = system_actor(invitation.association_id, "invitation")
    return rules.at_address(plain, request.remote_addr or "")


def _own_id() -> UUID:
    person_id = actor().person_id
    if person_id is None:
        abort(403)
    return person_id
