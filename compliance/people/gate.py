"""The gate that every request passes: signed in, and with the permit that the route asks for."""

from collections.abc import Callable
from typing import Any, ParamSpec, TypeVar, cast

from flask import Flask, abort, current_app, g, redirect, request, session, url_for
from flask.typing import ResponseReturnValue
from flask_login import current_user
from flask_security.utils import validate_redirect_url

from compliance.people import access, store
from compliance.people.rules import Actor, can
from compliance.shared import clock, translation

P = ParamSpec("P")
R = TypeVar("R")

PUBLIC = "public"
SET_UP = "second step is missing"
"""The mark of a session whose person has to set up a second step first; it opens nothing else."""
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


def unfinished(view: Callable[P, R]) -> Callable[P, R]:
    """Mark a view as open to people who still have to set up their second step."""
    view.unfinished = True  # type: ignore[attr-defined]
    return view


def proved(view: Callable[P, R]) -> Callable[P, R]:
    """Mark a view as dangerous: who signed in more than a few minutes ago gives the password again."""
    view.proved = True  # type: ignore[attr-defined]
    return view


def is_proved() -> bool:
    """Whether whoever makes this request has proved a short while ago who they are."""
    return 0 <= clock.now().timestamp() - last_proof() <= access.FRESH.total_seconds()


def last_proof() -> float:
    """When whoever makes this request last proved who they are, in seconds since 1970; 0 for never."""
    return float(session.get("fs_paa") or 0)


def prove(at: float | None = None) -> None:
    """Note that whoever makes this request has proved who they are: just now, or at a moment."""
    session["fs_paa"] = clock.now().timestamp() if at is None else at


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
    if session.get(SET_UP) and not _mark(request.endpoint, "unfinished"):
        return redirect(url_for("access.mine")) if request.method == "GET" else abort(403)
    if verb is None or not can(actor(), verb):
        abort(403)
    if _mark(request.endpoint, "proved") and not is_proved():
        here = request.full_path.rstrip("?") if request.method == "GET" else request.referrer or ""
        return redirect(url_for("access.confirm", next=here if validate_redirect_url(here) else ""))
    return None
