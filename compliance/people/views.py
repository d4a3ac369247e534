"""Pages about people."""

from flask import Blueprint, render_template
from flask.typing import ResponseReturnValue

from compliance.people.gate import allow

bp = Blueprint("people", __name__)


@bp.get("/account")
@allow("account.use")
def account() -> ResponseReturnValue:
    """One's own account."""
    return render_template("people/account.html")
