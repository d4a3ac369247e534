"""Entries as an iCalendar file that Outlook, Apple and Google take. The same entries give the same bytes."""

from collections.abc import Callable, Iterable
from datetime import UTC, datetime, timedelta

from icalendar import Calendar, Event

from compliance.casework.calendar_entries import TEXTS, Entry
from compliance.shared.translation import gettext as _

LOOK_AGAIN = timedelta(hours=6)
_SINCE = datetime(2020, 1, 1, tzinfo=UTC)


def of(entries: Iterable[Entry], salt: str, address: Callable[[Entry], str]) -> bytes:
    """The file, in the reader's language. ``address`` gives where an entry is read on."""
    calendar = Calendar()
    calendar.add("prodid", "-//Workplace visits//Deadlines//EN")
    calendar.add("version", "2.0")
    calendar.add("calscale", "GREGORIAN")
    calendar.add("method", "PUBLISH")
    name = _("Deadlines of corrective actions")
    calendar.add("name", name)
    calendar.add("x-wr-calname", name)
    calendar.add("refresh-interval", LOOK_AGAIN, parameters={"VALUE": "DURATION"})
    calendar.add("x-published-ttl", "PT6H")
    for entry in entries:
        calendar.add_component(_event(entry, salt, address(entry)))
    return bytes(calendar.to_ical())


def _event(entry: Entry, salt: str, where: str) -> Event:
    changed = entry.changed_at.astimezone(UTC).replace(microsecond=0)
    event = Event()
    event.add("uid", f"{entry.name(salt)}@deadlines")
    event.add("dtstamp", changed)
    event.add("last-modified", changed)
    event.add("sequence", max(0, int((changed - _SINCE).total_seconds())))
    event.add("dtstart", entry.day)
    event.add("dtend", entry.day + timedelta(days=1))
    if entry.open:
        event.add("summary", _(TEXTS[entry.kind], n=entry.open))
        event.add("status", "CONFIRMED")
    else:
        event.add("summary", _("Done"))
        event.add("status", "CANCELLED")
    event.add("description", where)
    event.add("url", where)
    event.add("class", "PRIVATE")
    event.add("transp", "TRANSPARENT")
    return event
