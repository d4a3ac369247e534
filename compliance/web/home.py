"""The start page: each person begins at their own work."""

from flask import Blueprint, redirect, url_for
from flask.typing import ResponseReturnValue

from compliance.people.gate import actor, allow
from compliance.people.rules import can

# Where each job begins, the most pressing first.
START = (
    ("visit.conduct", "visits.today"),
    ("visit.review", "reviews.waiting"),
    ("enterprise.own", "own.overview"),
    ("visit.plan", "visits.plan"),
    ("trends.read", "trends.overview"),
    ("people.manage", "first_day.to_do"),
    ("case.own", "case.mine"),
)

bp = Blueprint("home", __name__)


@bp.get("/")
@allow("account.use")
def start() -> ResponseReturnValue:
    """Send a person to where their work begins."""
    page = next((endpoint for verb, endpoint in START if can(actor(), verb)), "people.account")
    return redirect(url_for(page))
