"""The audit trail: who did what and when, as far as its readers may know it."""

from collections.abc import Iterator
from datetime import date

from flask import Blueprint, render_template, request
from flask.typing import ResponseReturnValue

from compliance.people import store_lists
from compliance.people.gate import actor, allow
from compliance.shared import downloads, translation
from compliance.shared.translation import gettext as _
from compliance.shared.written_sheets import Cell
from compliance.trail import anchors, rules, store
from compliance.trail.store import Line, Wanted

bp = Blueprint("trail", __name__, url_prefix="/trail")


@bp.get("/")
@allow("trail.read")
def listed() -> ResponseReturnValue:
    """The newest lines, narrowed by day, matter and person."""
    wanted = _wanted()
    lines, more = store.search(actor(), wanted)
    anchor = anchors.last()
    return render_template(
        "trail/listed.html",
        lines=lines,
        more=more,
        wanted=wanted,
        families=[(name, words.in_(translation.current())) for name, words in rules.families(_tied()).items()],
        text=_text(),
        newest=store.newest(),
        anchor=anchor,
        anchored_at=anchors.moment(anchor) if anchor else None,
    )


@bp.get("/download.<any(csv, xlsx):kind>")
@allow("trail.read")
def download(kind: str) -> ResponseReturnValue:
    """The lines that were looked for, as a file."""
    headers = [_("Line"), _("Time (UTC)"), _("Who"), _("What was done"), _("What changed")]
    language = translation.current()
    rows: Iterator[list[Cell]] = (
        [line.number, line.at.strftime("%Y-%m-%d %H:%M:%S"), _who(line), line.done.in_(language), _told(line)]
        for line in store.every(actor(), _wanted())
    )
    return downloads.listed(actor(), kind, _("audit trail"), headers, rows, _("Audit trail"))


def _wanted() -> Wanted:
    given = request.args
    family = given.get("family", "")
    before = given.get("before", "")
    return Wanted(
        first=_day(given.get("from", "")),
        last=_day(given.get("to", "")),
        family=family if family in rules.families(_tied()) else "",
        people=frozenset(one.id for one in store_lists.members(actor(), text=_text()).people) if _text() else None,
        before=int(before) if before.isdecimal() and len(before) < 16 else None,
    )


def _tied() -> bool:
    return bool(actor().outside_ids)


def _day(text: str) -> date | None:
    try:
        return date.fromisoformat(text)
    except ValueError:
        return None


def _text() -> str:
    return request.args.get("q", "").strip()[:100]


def _who(line: Line) -> str:
    return _("the system") if line.system else line.by


def _told(line: Line) -> str:
    return "; ".join(
        " ".join(filter(None, (table, name, f"{before} → {after}" if before else after)))
        for table, name, before, after in line.details
    )
