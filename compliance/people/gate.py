"""The gate that every request passes: signed in, and with the permit that the route asks for."""

from collections.abc import Callable
from typing import Any, ParamSpec, TypeVar, cast

from flask import Flask, abort, current_app, g, redirect, request, url_for
from flask.typing import ResponseReturnValue
from flask_login import current_user

from compliance.people import store
from compliance.people.rules import Actor, can
from compliance.shared import translation

P = ParamSpec("P")
R = TypeVar("R")

PUBLIC = "public"
PROGRAM = "program"
"""The mark of a view that programs call with a token; the view itself asks for it, and no sign-in opens it."""


def allow(verb: str) -> Callable[[Callable[P, R]], Callable[P, R]]:
    """Mark a view with the permit that it asks for; the gate reads the mark before the view runs."""

    def decorate(view: Callable[P, R]) -> Callable[P, R]:
        view.verb = verb  # type: ignore[attr-defined]
        return view

    return decorate


def plain(view: Callable[P, R]) -> Callable[P, R]:
    """Mark a view that answers a program and not a browser: who is not signed in gets 401, not the way to sign in."""
    view.plain = True  # type: ignore[attr-defined]
    return view


def public(view: Callable[P, R]) -> Callable[P, R]:
    """Mark a view as open to people who are not signed in."""
    view.verb = PUBLIC  # type: ignore[attr-defined]
    return view


def verb_of(endpoint: str) -> str | None:
    """The permit of an endpoint, or None when it carries no mark (and is refused to everybody)."""
    return cast(str | None, _mark(endpoint, "verb"))


def _mark(endpoint: str, name: str) -> Any:
    view: Any = current_app.view_functions.get(endpoint)
    while view is not None:
        if hasattr(view, name):
            return getattr(view, name)
        view = getattr(view, "__wrapped__", None)
    return None


def actor() -> Actor:
    """Who makes this request. Only inside routes that are not public."""
    if "actor" not in g:
        g.actor = store.actor_of(current_user.id, request.remote_addr or "", translation.current())
    return cast(Actor, g.actor)


def init_app(app: Flask) -> None:
    """Hang the gate before every request."""
    app.before_request(_pass_or_refuse)


def _pass_or_refuse() -> ResponseReturnValue | None:
    if request.endpoint is None:
        return None  # an unknown address: the 404 page
    verb = verb_of(request.endpoint)
    if verb in (PUBLIC, PROGRAM):
        return None
    if not current_user.is_authenticated:
        accepted = request.accept_mimetypes
        reads = request.method == "GET" and not _mark(request.endpoint, "plain")
        if reads and (not accepted or accepted.accept_html):
            return redirect(url_for("security.login", next=request.full_path.rstrip("?")))
        abort(401)
    if verb is None or not can(actor(), verb):
        abort(403)
    return None
