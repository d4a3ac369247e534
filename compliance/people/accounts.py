"""Sign-in and sign-out: Flask-Security as this product uses it."""

import hashlib
import secrets
from datetime import timedelta
from typing import Any, cast

from flask import Flask, Response, current_app, g, redirect, render_template, request, session, url_for
from flask.typing import ResponseReturnValue
from flask_babel import get_locale
from flask_login import current_user, user_logged_out
from flask_security import FSQLALiteUserDatastore, Security
from flask_security.utils import login_user

from compliance.people import access, access_notices, gate, papers, store, store_access, throttle
from compliance.people.access import How
from compliance.people.forms import SignInForm
from compliance.people.models import RoleGrant, User
from compliance.people.rules import Role
from compliance.shared import clock, database
from compliance.shared.database import db
from compliance.shared.places import PACKAGE

FIRST_RUN = "first_day.first_run"  # the page that makes the first administrator, while there is none


def settings(testing: bool) -> dict[str, Any]:
    """Flask-Security's configuration: everything that is not used is off."""
    # RFC 9106's second recommended option; in tests the least that argon2 accepts.
    cost = {"time_cost": 1, "memory_cost": 8, "parallelism": 1} if testing else {"time_cost": 3, "memory_cost": 65536}
    return {
        "SECURITY_LOGIN_URL": "/sign-in",
        "SECURITY_LOGOUT_URL": "/sign-out",
        "SECURITY_LOGOUT_METHODS": ["POST"],
        "SECURITY_STATIC_FOLDER": None,
        "SECURITY_FRESHNESS": timedelta(seconds=-1),  # no page to verify again: no such page
        "SECURITY_PASSWORD_HASH": "argon2",
        "SECURITY_PASSWORD_SCHEMES": ["argon2"],
        "SECURITY_DEPRECATED_PASSWORD_SCHEMES": [],
        "SECURITY_PASSWORD_SINGLE_HASH": ["argon2"],
        "SECURITY_PASSWORD_HASH_PASSLIB_OPTIONS": {f"argon2__{name}": value for name, value in cost.items()},
        "SECURITY_RETURN_GENERIC_RESPONSES": False,  # the form itself answers alike whatever is wrong
        "SECURITY_FLASH_MESSAGES": False,
        "SECURITY_JOIN_USER_ROLES": False,
        "SECURITY_DATETIME_FACTORY": clock.now,
        "SECURITY_USER_IDENTITY_ATTRIBUTES": [{"username": {"mapper": str}}],
        "SECURITY_API_ENABLED_METHODS": ["session"],
        "SECURITY_CLI_USERS_NAME": None,
        "SECURITY_CLI_ROLES_NAME": None,
        "SECURITY_I18N_DOMAIN": "messages",
        "SECURITY_I18N_DIRNAME": str(PACKAGE / "translations"),
        "SECURITY_REDIRECT_ALLOW_SUBDOMAINS": False,
        "SECURITY_CACHE_CONTROL": None,
        "REMEMBER_COOKIE_SAMESITE": "Lax",
        "REMEMBER_COOKIE_HTTPONLY": True,
        "REMEMBER_COOKIE_DURATION": timedelta(days=30),
    }


def init_app(app: Flask) -> None:
    """Give the application its accounts."""
    app.config.update({name: value for name, value in settings(app.testing).items() if name not in app.config})
    app.config.setdefault("REMEMBER_COOKIE_SECURE", app.config["SESSION_COOKIE_SECURE"])
    Security(app, FSQLALiteUserDatastore(db, User, cast(Any, RoleGrant)), login_form=SignInForm)
    app.extensions["security"].login_manager.user_loader(store_access.load_user)
    views: dict[str, Any] = app.view_functions
    views["security.login"] = gate.public(_sign_in)
    views["security.logout"] = gate.public(views["security.logout"])
    user_logged_out.connect(_leave, app)
    app.after_request(_mark_device)


def enter(person: User, how: How, *, remember: bool = False, proved: bool = True) -> None:
    """Begin a session of a person who has proved who they are; the request commits it. Where they have not done so
    just now (not ``proved``), dangerous acts ask as long after the last proof as before.

    Who needs a second step by a role and has none gets no further than the page where it is set up.
    """
    begun = store_access.begin(person, how, browser(), device())
    person.begin(begun.id)
    missing = store_access.is_asked(person) and not store_access.seconds(person.id).any
    proof = gate.last_proof()
    login_user(person, remember=remember and not missing, authn_via=[how.value])
    gate.prove(None if proved else proof)
    session.pop(gate.SET_UP, None)
    if missing:
        session[gate.SET_UP] = True
    if how is not How.change:
        store.signed_in(person, clock.now(), request.remote_addr or "", str(get_locale()), how.value)
    if begun.new_device:
        access_notices.new_device(person, begun)
    if Role.inspector in store.roles_of([person.id])[person.id]:
        session.permanent = True  # a tablet that was switched off in the field can still send


def first_step(person: User, how: How, way: str, *, remember: bool = False) -> ResponseReturnValue:
    """Somebody has shown a password or a code on paper: they are in, or their second step is asked."""
    if not store_access.seconds(person.id).any:
        enter(person, how, remember=remember)
        return redirect(way)
    session["second"] = {
        "person": str(person.id),
        "uniquifier": person.fs_uniquifier,
        "at": clock.now().timestamp(),
        "remember": remember,
        "way": way,
    }
    return redirect(url_for("access.second"))


def browser() -> str:
    """What the browser of this request says of itself."""
    return access.browser_of(request.headers.get("User-Agent", ""))


def _sign_in() -> ResponseReturnValue:
    form = SignInForm()
    form.next.data = form.next.data or request.args.get("next", "")
    if current_user.is_authenticated:
        return redirect(form.way())
    if request.method != "POST":
        waiting = FIRST_RUN in current_app.view_functions and not store.any_administrator()
        return redirect(url_for(FIRST_RUN)) if waiting else _page(form)
    typed, address = request.form.get("identity", "")[:254], request.remote_addr or ""
    throttle.sign_in(typed, address)
    if not form.validate():
        found = store.by_identity(typed)
        known = found.id if found is not None and found.active else None
        database.session().rollback()
        if form.form_errors:
            store_access.refused(known, How.password, browser(), device())
        return _page(form), 422
    assert isinstance(form.user, User)
    throttle.signed_in(typed, address)
    return first_step(form.user, How.password, form.way(), remember=form.remember.data)


def _page(form: SignInForm) -> str:
    return render_template("security/login_user.html", login_user_form=form)


def _leave(_app: Flask, user: Any, **_more: Any) -> None:
    papers.forget()
    session.pop(gate.SET_UP, None)
    if isinstance(user, User) and user.sign_in_id:
        store_access.leave(user.sign_in_id)


_DEVICE = "device"  # the cookie by which a device is known again
_DEVICE_LASTS = timedelta(days=400)  # the most that browsers keep
_MARK_BYTES = 24
_MARK_LENGTH = 32  # characters of the mark in base 64


def device() -> str:
    """The digest of the random mark that this device keeps."""
    mark = request.cookies.get(_DEVICE, "")
    if len(mark) != _MARK_LENGTH:
        mark = g.setdefault("new_device", secrets.token_urlsafe(_MARK_BYTES))
    return hashlib.sha256(mark.encode()).hexdigest()


def _mark_device(response: Response) -> Response:
    if "new_device" in g:
        response.set_cookie(
            _DEVICE, g.new_device, max_age=_DEVICE_LASTS, httponly=True, samesite="Lax", path="/",
            secure=current_app.config["SESSION_COOKIE_SECURE"],
        )  # fmt: skip
    return response
