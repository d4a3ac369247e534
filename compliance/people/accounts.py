"""Sign-in and sign-out: Flask-Security as this product uses it."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any, cast

from flask import Flask, current_app, make_response, redirect, request, session, url_for
from flask.typing import ResponseReturnValue
from flask_babel import get_locale
from flask_login import user_logged_out
from flask_security import FSQLALiteUserDatastore, Security, user_authenticated

from compliance.people import gate, papers, store, throttle
from compliance.people.forms import SignInForm
from compliance.people.models import RoleGrant, User
from compliance.people.rules import Role
from compliance.shared import clock
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
    views: dict[str, Any] = app.view_functions
    views["security.login"] = gate.public(_sign_in(views["security.login"]))
    views["security.logout"] = gate.public(views["security.logout"])
    user_authenticated.connect(_note_sign_in, app)
    user_logged_out.connect(_forget_papers, app)


def _sign_in(view: Callable[[], ResponseReturnValue]) -> Callable[[], ResponseReturnValue]:
    def sign_in() -> ResponseReturnValue:
        if request.method != "POST":
            waiting = FIRST_RUN in current_app.view_functions and not store.any_administrator()
            return redirect(url_for(FIRST_RUN)) if waiting else view()
        throttle.sign_in(request.form.get("identity", "")[:254], request.remote_addr or "")
        response = make_response(view())
        if response.status_code == 200:  # the form again: what was typed does not fit
            response.status_code = 422
        return response

    return sign_in


def _note_sign_in(_app: Flask, user: User, authn_via: list[str], **_more: Any) -> None:
    if authn_via == ["password"]:
        throttle.signed_in(request.form.get("identity", "")[:254], request.remote_addr or "")
        store.signed_in(user, clock.now(), request.remote_addr or "", str(get_locale()))
    if Role.inspector in store.roles_of([user.id])[user.id]:
        session.permanent = True  # a tablet that was switched off in the field can still send


def _forget_papers(_app: Flask, **_more: Any) -> None:
    papers.forget()
