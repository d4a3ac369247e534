"""A person's calendar of deadlines: its address on the account pages, and the open door behind that address."""

import hashlib
from uuid import UUID

from flask import Blueprint, Response, abort, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from compliance.casework import calendar_entries, calendar_file, store_calendar
from compliance.casework.calendar_entries import Entry
from compliance.people import papers, throttle
from compliance.people import store as people
from compliance.people.gate import actor, allow, public
from compliance.people.rules import Actor, can
from compliance.shared import addresses, translation
from compliance.shared.problems import NotFound
from compliance.shared.translation import gettext as _
from compliance.shared.words import LANGUAGES, N_

bp = Blueprint("calendars", __name__)

BY_ADDRESS, BY_CALENDAR = 600, 60
"""Fetches in a quarter of an hour: a provider's servers fetch for many people, one calendar for a few devices."""


@bp.get("/account/calendar")
@allow("account.use")
def mine() -> ResponseReturnValue:
    """The calendar of whoever is signed in: what it is, its address when it was just made, how to end it."""
    row = store_calendar.mine(actor())
    token = papers.code_of(row.id) if row is not None and row.token_digest is not None else None
    if row is not None and token is not None and store_calendar.digest(token) != row.token_digest:
        token = None  # made anew elsewhere since
    return render_template(
        "people/calendar.html",
        row=row,
        address=addresses.base() + url_for("calendars.feed", token=token) if token else "",
        any=calendar_entries.has_any(actor()),
    )


@bp.post("/account/calendar")
@allow("account.use")
def renew() -> ResponseReturnValue:
    """Make an address, or a new one in the place of the old."""
    if not calendar_entries.has_any(actor()):
        raise NotFound("calendar-none", N_("There is no calendar for this account: no deadlines wait for it."))
    row, token = store_calendar.renew(actor())
    papers.keep(row.id, token)
    flash(_("The address is made. It is shown here once."), "success")
    return redirect(url_for("calendars.mine"))


@bp.post("/account/calendar/off")
@allow("account.use")
def switch_off() -> ResponseReturnValue:
    """End the calendar: its address opens nothing any more."""
    store_calendar.switch_off(actor())
    flash(_("The calendar is switched off."), "success")
    return redirect(url_for("calendars.mine"))


@bp.get("/calendar/<token>.ics")
@public
def feed(token: str) -> Response:
    """The calendar behind an address, for programs that cannot sign in. One answer for all that is not there."""
    if throttle.hit(f"calendars from {request.remote_addr or ''}", throttle.WINDOW) > BY_ADDRESS:
        abort(429)
    row = store_calendar.by_token(token)
    if row is None:
        abort(404)
    salt, person_id, key = row.salt, row.person_id, row.id
    if throttle.hit(f"calendar {key}", throttle.WINDOW) > BY_CALENDAR:
        abort(429)
    reader = _reader(person_id)
    entries = calendar_entries.of(reader)
    with translation.in_language(reader.language):
        data = calendar_file.of(entries, salt, lambda entry: addresses.base() + _page(reader, entry))
    answer = Response(data, content_type="text/calendar; charset=utf-8")
    answer.headers["Content-Disposition"] = "inline; filename=deadlines.ics"
    answer.set_etag(hashlib.sha256(data).hexdigest()[:32])
    if entries:
        answer.last_modified = max(entry.changed_at for entry in entries)
    answer.make_conditional(request)
    return answer


def _reader(person_id: UUID) -> Actor:
    """The person behind a calendar, as of now; a closed account or one without such a role has none."""
    try:
        first = people.actor_of(person_id, request.remote_addr or "", LANGUAGES[0])
    except NotFound:
        abort(404)
    if not calendar_entries.has_any(first):
        abort(404)
    said = people.get(first, person_id).language or people.association(first).letter_language
    return people.actor_of(person_id, request.remote_addr or "", said if said in LANGUAGES else LANGUAGES[0])


def _page(reader: Actor, entry: Entry) -> str:
    if entry.enterprise_id is not None:
        return url_for("own.actions", enterprise_id=entry.enterprise_id)
    return url_for("worklist.actions") if can(reader, "visit.read") else url_for("home.start")
