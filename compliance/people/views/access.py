"""Pages about getting in: the second step, one's sessions, and proving once more who one is."""

from dataclasses import dataclass
from datetime import timedelta
from typing import Any
from uuid import UUID

import segno
from flask import Blueprint, current_app, flash, redirect, render_template, request, session, url_for
from flask.typing import ResponseReturnValue
from flask_login import current_user

from compliance.associations import store as associations
from compliance.people import access, access_notices, accounts, gate, passkeys, passwords, rules, store, throttle
from compliance.people import store_access as kept
from compliance.people.access import How
from compliance.people.forms import (
    AskedForm,
    AuthenticatorForm,
    ConfirmForm,
    PasskeyForm,
    SecondForm,
    SignedForm,
    complain,
)
from compliance.people.gate import actor, allow, proved, public, unfinished
from compliance.people.models import User
from compliance.people.rules import Role
from compliance.shared import clock, database, translation
from compliance.shared.problems import Problem
from compliance.shared.translation import gettext as _

bp = Blueprint("access", __name__)

_NEW_KEY = "authenticator"  # where the session keeps a secret until the app has shown a code of it


@dataclass(frozen=True)
class _Waiting:
    """Somebody whose password was right and whose second step is asked."""

    person: User
    remember: bool
    way: str


# --- the second step of a sign-in --------------------------------------------------------------------------------


@bp.route("/sign-in/second", methods=["GET", "POST"])
@public
def second() -> ResponseReturnValue:
    """Ask for the second step; without the first one, begin there."""
    waiting = _waiting()
    if waiting is None:
        session.pop("second", None)
        return redirect(url_for("security.login"))
    form = SecondForm()
    if request.method == "POST":
        throttle.second(waiting.person.id)
        waiting = _waiting()
        assert waiting is not None, "it was there a moment ago"
        if form.validate():
            how = kept.fits(waiting.person, form.code.data)
            if how is not None:
                return _through(waiting, how)
            form.code.errors = [_("This code does not fit, or was used already. Wait for the next one and try again.")]
            _note_refusal(waiting, How.authenticator)
    return _second_page(waiting, form)


@bp.post("/sign-in/passkey")
@public
def second_by_passkey() -> ResponseReturnValue:
    """The second step by a passkey."""
    waiting, form = _waiting(), SignedForm()
    if waiting is None or not form.validate():
        return redirect(url_for("security.login"))
    person_id = waiting.person.id
    throttle.second(person_id)
    waiting = _waiting()
    assert waiting is not None, "it was there a moment ago"
    there = kept.seconds(person_id).passkeys
    again = SecondForm(formdata=None)
    try:
        passkey, signed = passkeys.signed(form.credential.data or "", there)
    except Problem as problem:
        complain(again, problem)
        _note_refusal(waiting, How.passkey)
        return _second_page(waiting, again)
    kept.signed_by(passkey.id, signed)
    return _through(waiting, How.passkey)


def _second_page(waiting: _Waiting, form: SecondForm) -> ResponseReturnValue:
    there = kept.seconds(waiting.person.id)
    options = passkeys.to_sign(there.passkeys) if there.passkeys else ""
    page = render_template(
        "people/second.html", form=form, signed=SignedForm(formdata=None), options=options, there=there
    )
    return page, 422 if form.errors else 200


def _through(waiting: _Waiting, how: How) -> ResponseReturnValue:
    session.pop("second", None)
    throttle.second_done(waiting.person.id)
    accounts.enter(waiting.person, how, remember=waiting.remember)
    if how is How.recovery:
        left = kept.seconds(waiting.person.id).codes
        flash(_("You used a recovery code. %(count)s are left; make new ones in good time.", count=left), "warning")
    return redirect(waiting.way)


def _note_refusal(waiting: _Waiting, how: How) -> None:
    person_id = waiting.person.id
    database.session().rollback()
    kept.refused(person_id, how, accounts.browser(), accounts.device())


def _waiting() -> _Waiting | None:
    """Whose second step is asked; None when nobody's is, when it took too long, or the password changed meanwhile."""
    begun: dict[str, Any] = session.get("second", {})
    if not begun or clock.now().timestamp() - begun["at"] > access.SECOND_WITHIN.total_seconds():
        return None
    person = database.session().get(User, UUID(begun["person"]))
    if person is None or not person.active or person.fs_uniquifier != begun["uniquifier"]:
        return None
    return _Waiting(person, begun["remember"], begun["way"])


# --- one's own ways in -------------------------------------------------------------------------------------------


@bp.get("/account/access")
@allow("account.use")
@unfinished
def mine() -> ResponseReturnValue:
    """How one signs in: the second step, where one is signed in, and what was tried."""
    me = _me()
    lasts = max(timedelta(days=30), current_app.permanent_session_lifetime)
    return render_template(
        "people/access.html",
        there=kept.seconds(me.id),
        asked=kept.is_asked(me),
        missing=bool(session.get(gate.SET_UP)),
        sessions=kept.open_sessions(me.id, clock.now() - lasts),
        here=current_user.sign_in_id,
        tries=kept.sign_ins(me.id),
        words=access.HOW_WORDS,
    )


@bp.route("/account/authenticator", methods=["GET", "POST"])
@allow("account.use")
@unfinished
@proved
def authenticator() -> ResponseReturnValue:
    """Set up an authenticator app: scan, or type the key, then show a code that fits."""
    me, form = _me(), AuthenticatorForm()
    secret = session.setdefault(_NEW_KEY, access.new_secret())
    if form.validate_on_submit():
        try:
            kept.add_authenticator(actor(), me, secret, form.code.data)
        except Problem as problem:
            complain(form, problem)
        else:
            session.pop(_NEW_KEY)
            return _done(_("From now on you are asked for a code of your app when you sign in."))
    association = associations.get(me.association_id)
    issuer = association.name_zh if translation.current().startswith("zh") else association.name_en
    code = segno.make(access.address_of(secret, me.username, issuer), error="m")
    page = render_template(
        "people/authenticator.html",
        form=form,
        secret=secret,
        picture=code.svg_data_uri(scale=5, border=4, unit=""),
    )
    return page, 422 if form.errors else 200


@bp.post("/account/authenticator/take")
@allow("account.use")
@proved
def take_authenticator() -> ResponseReturnValue:
    """Take one's authenticator app away."""
    kept.take_authenticator(actor(), _me())
    flash(_("The authenticator app is taken away."), "success")
    return redirect(url_for("access.mine"))


@bp.route("/account/passkey", methods=["GET", "POST"])
@allow("account.use")
@unfinished
@proved
def passkey() -> ResponseReturnValue:
    """Add a passkey: the device's own lock, or a key that is plugged in."""
    me, form = _me(), PasskeyForm()
    there = kept.seconds(me.id).passkeys
    if form.validate_on_submit():
        try:
            new = passkeys.made(form.credential.data or "")
            kept.add_passkey(actor(), me, form.name.data, new.credential, new.public_key, new.signed)
        except Problem as problem:
            complain(form, problem)
        else:
            return _done(_("The passkey is added. You can use it when you sign in."))
    association = associations.get(me.association_id)
    issuer = association.name_zh if translation.current().startswith("zh") else association.name_en
    options = passkeys.to_make(me, issuer, there)
    return render_template("people/passkey.html", form=form, options=options), 422 if form.errors else 200


@bp.post("/account/passkey/<uuid:passkey_id>/take")
@allow("account.use")
@proved
def take_passkey(passkey_id: UUID) -> ResponseReturnValue:
    """Take one of one's passkeys away."""
    kept.take_passkey(actor(), _me(), passkey_id)
    flash(_("The passkey is taken away."), "success")
    return redirect(url_for("access.mine"))


@bp.post("/account/recovery-codes")
@allow("account.use")
@unfinished
@proved
def recovery_codes() -> ResponseReturnValue:
    """Make new recovery codes and show them this once."""
    return _codes_page(_me())


def _done(words: str) -> ResponseReturnValue:
    """A second step is there: nothing holds the person up any more; the first time, codes for bad days follow."""
    session.pop(gate.SET_UP, None)
    flash(words, "success")
    me = _me()
    return _codes_page(me) if not kept.seconds(me.id).codes else redirect(url_for("access.mine"))


def _codes_page(me: User) -> str:
    codes = [rules.grouped(code) for code in kept.new_codes(actor(), me)]
    return render_template("people/recovery_codes.html", codes=codes)


@bp.post("/account/sessions/<uuid:sign_in_id>/end")
@allow("account.use")
def end_session(sign_in_id: UUID) -> ResponseReturnValue:
    """Sign one device out."""
    kept.end_session(actor(), sign_in_id)
    flash(_("The device is signed out."), "success")
    return redirect(url_for("access.mine"))


@bp.post("/account/sessions/end")
@allow("account.use")
def end_others() -> ResponseReturnValue:
    """Sign all other devices out."""
    me = kept.end_all_sessions(actor(), _me())
    accounts.enter(me, How.change, proved=False)
    flash(_("All other devices are signed out."), "success")
    return redirect(url_for("access.mine"))


@bp.route("/account/confirm", methods=["GET", "POST"])
@allow("account.use")
@unfinished
def confirm() -> ResponseReturnValue:
    """The password once more, before something that cannot be undone."""
    form = ConfirmForm()
    form.next.data = form.next.data or request.args.get("next", "")
    if form.validate_on_submit():
        me = _me()
        me_id, hashed = me.id, me.password
        throttle.password(me_id)
        if passwords.fits(form.password.data, hashed):
            gate.prove()
            return redirect(form.way())
        form.password.errors = [_("This is not your present password.")]
    return render_template("people/confirm.html", form=form), 422 if form.errors else 200


# --- what administrators do --------------------------------------------------------------------------------------


@bp.post("/people/<uuid:person_id>/second-step/reset")
@allow("people.manage")
@proved
def reset(person_id: UUID) -> ResponseReturnValue:
    """Take a person's second step away, because the telephone or the key is lost."""
    person = store.get(actor(), person_id)
    rules.require_other(actor(), person.id)
    kept.reset(actor(), person)
    kept.end_all_sessions(actor(), person)
    access_notices.reset(person)
    flash(_("The second step is taken away, and the person is signed out everywhere."), "success")
    return redirect(url_for("membership.person", person_id=person_id))


@bp.post("/people/<uuid:person_id>/sessions/end")
@allow("people.manage")
def end_sessions_of(person_id: UUID) -> ResponseReturnValue:
    """Sign a person out everywhere."""
    person = store.get(actor(), person_id)
    rules.require_other(actor(), person.id)
    kept.end_all_sessions(actor(), person)
    flash(_("The person is signed out everywhere."), "success")
    return redirect(url_for("membership.person", person_id=person_id))


@bp.route("/association/second-step", methods=["GET", "POST"])
@allow("association.edit")
@proved
def asked() -> ResponseReturnValue:
    """Which roles need a second step."""
    association = associations.get(actor().association_id)
    form = AskedForm(data={"roles": [role.value for role in kept.asked_in(association)]})
    if form.validate_on_submit():
        kept.ask(actor(), form.roles.roles())
        flash(_("Saved. Whoever lacks a second step sets it up at the next sign-in."), "success")
        return redirect(url_for("association.settings"))
    return render_template(
        "people/second_asked.html", form=form, rules=rules, Role=Role, usual=access.BY_DEFAULT
    ), 422 if form.errors else 200


def _me() -> User:
    return store.get(actor(), current_user.id)
