"""The start page: each person begins at their own work."""

from flask import Blueprint, redirect, url_for
from flask.typing import ResponseReturnValue

from compliance.people.gate import actor, allow
from compliance.web import menu

bp = Blueprint("home", __name__)


@bp.get("/")
@allow("account.use")
def start() -> ResponseReturnValue:
    """Send a person to the first entry of their menu."""
    entries = menu.entries(actor())
    return redirect(url_for(entries[0].endpoint if entries else "people.account"))
