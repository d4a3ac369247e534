"""Every list goes out as it is shown: ``?export=csv`` or ``xlsx`` at its own address gives all its pages as a file.

The rows are taken from the pages themselves, made by the list's own route for the same reader, with its permit, filters
and sorting. An export can therefore never hold what the list would not show: no planned visit to whoever may not know
of it, no reason of a visit in other words than the page's.

A template says which table is its list (``data-list``; several of the same columns are one list) and offers the export
(``exports`` or ``pager`` of ``parts/lists.html``). A cell's first part is its value, as a date or number where it is
one; what stands below or beside it in smaller print goes to a column of its own. ``data-value`` on a cell says the
value where the page shortens it.
"""

import re
from dataclasses import dataclass, field
from datetime import date
from html.parser import HTMLParser

from flask import Flask, Response, current_app, make_response, request
from werkzeug.datastructures import MultiDict

from compliance.people import gate
from compliance.people.gate import actor
from compliance.shared import database, downloads
from compliance.shared.problems import NotFound, TooLarge
from compliance.shared.translation import gettext as _
from compliance.shared.words import N_
from compliance.shared.written_sheets import Cell

PARAMETER = "export"
KINDS = ("csv", "xlsx")
MOST = 10_000
"""Rows of one export: each page of the list is made for it."""

_Parts = list[str]
_MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
_ENGLISH_DAY = re.compile(rf"(?P<d>\d\d?) (?P<m>{'|'.join(_MONTHS)}) (?P<y>\d{{4}})")
_CHINESE_DAY = re.compile(r"(?P<y>\d{4})年(?P<m>\d\d?)月(?P<d>\d\d?)日")
_NUMBER = re.compile(r"-?\d{1,3}(,\d{3})*(\.\d+)?|-?\d+(\.\d+)?")


def init_app(app: Flask) -> None:
    """Answer for a list's route where a file is asked for. Comes after the gate, which asks for the list's permit."""
    app.before_request(_export)


def _export() -> Response | None:
    kind = request.args.get(PARAMETER, "")
    if kind not in KINDS or request.method != "GET" or request.endpoint is None:
        return None
    if gate.verb_of(request.endpoint) == gate.PROGRAM:
        return None  # an answer for programs is no list of a page
    view = current_app.view_functions[request.endpoint]
    asked = request.args
    database.begin_reading()  # all pages of one moment
    lists: list[Shown] = []
    count = 0
    while not lists or lists[-1].more:
        query = MultiDict(asked)
        query.pop(PARAMETER)
        query["page"] = str(len(lists) + 1)
        request.args = query  # type: ignore[assignment]
        answer = make_response(view(**(request.view_args or {})))
        if answer.status_code != 200:
            return answer
        lists.append(read(answer.get_data(as_text=True)))
        count += len(lists[-1].rows)
        if count > MOST:
            raise TooLarge("export-rows", N_("More than %(limit)d rows: narrow the list by its filters."), limit=MOST)
    request.args = asked
    if not lists[0].heads:
        raise NotFound("export-nothing", N_("There is no list here that could be exported."))
    heads, rows = table([row for one in lists for row in one.rows], lists[0].heads)
    return downloads.listed(actor(), kind, lists[0].title, heads, rows, lists[0].title)


@dataclass
class ShownCell:
    """A cell of a page: its parts, and whether it is a number."""

    parts: _Parts = field(default_factory=list)
    number: bool = False


@dataclass
class Shown:
    """The list of a page: its heads and rows without the columns that only hold buttons, and whether pages follow."""

    title: str = ""
    heads: list[str] = field(default_factory=list)
    rows: list[list[ShownCell]] = field(default_factory=list)
    more: bool = False


def table(rows: list[list[ShownCell]], heads: list[str]) -> tuple[list[str], list[list[Cell]]]:
    """Heads and typed cells: a column for each head, and one after it where some of its cells have more parts."""
    wide = [any(len(row[place].parts) > 1 for row in rows if place < len(row)) for place in range(len(heads))]
    titles: list[str] = []
    for head, more in zip(heads, wide, strict=True):
        titles += [head, _("%(heading)s, more", heading=head)] if more else [head]
    written: list[list[Cell]] = []
    for row in rows:
        line: list[Cell] = []
        for cell, more in zip(row, wide, strict=False):
            line.append(value(cell))
            if more:
                line.append(" · ".join(cell.parts[1:]))
        written.append(line)
    return titles, written


def value(cell: ShownCell) -> Cell:
    """The first part of a cell: a day, a number in a column of numbers, else text; a dash is nothing."""
    text = cell.parts[0] if cell.parts else ""
    if text in ("–", "—"):
        return None
    found = _ENGLISH_DAY.fullmatch(text) or _CHINESE_DAY.fullmatch(text)
    if found:
        month = found["m"]
        return date(int(found["y"]), int(month) if month.isdecimal() else _MONTHS.index(month) + 1, int(found["d"]))
    if cell.number and _NUMBER.fullmatch(text):
        plain = text.replace(",", "")
        return float(plain) if "." in plain else int(plain)
    return text


def read(html: str) -> Shown:
    """The list of a page; without heads where the page has none."""
    reader = _Reader()
    reader.feed(html)
    reader.close()
    shown = reader.shown
    kept = [place for place, head in enumerate(shown.heads) if head]
    shown.rows = [[row[place] for place in kept if place < len(row)] for row in shown.rows]
    shown.heads = [shown.heads[place] for place in kept]
    return shown


_VOID = frozenset(
    {"area", "base", "br", "col", "embed", "hr", "img", "input", "link", "meta", "source", "track", "wbr"}
)
_SILENT = frozenset({"svg", "button", "form", "select", "template", "script", "style"})
_PART = frozenset({"div", "p", "li", "ul", "ol", "dl", "dt", "dd"})
_PART_CLASSES = frozenset({"badge", "small"})


def _is_silent(tag: str, facts: dict[str, str | None], classes: frozenset[str]) -> bool:
    """Whether an element is for the hand or for a reader's voice, and says nothing of the row."""
    hidden = facts.get("aria-hidden") == "true" or "hidden" in facts
    return tag in _SILENT or hidden or bool(classes & {"button", "vh"})


class _Reader(HTMLParser):
    """Walks a page that we made, so each element that opens is closed."""

    def __init__(self) -> None:
        super().__init__()
        self.shown = Shown()
        self._open: list[tuple[str, bool]] = []  # elements, and whether leaving each ends a part
        self._silent = 0  # how deep below something that is not exported
        self._inside = 0  # how deep below the list's table
        self._in_head = False
        self._in_title = False
        self._row: list[ShownCell] | None = None
        self._cell: ShownCell | None = None
        self._fixed = False
        self._text: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        facts = dict(attrs)
        classes = frozenset((facts.get("class") or "").split())
        if tag == "a" and facts.get("rel") == "next":
            self.shown.more = True
        if tag == "br":
            self._end_part()
        if tag in _VOID:
            return
        if self._silent:
            self._silent += 1
        elif self._inside and _is_silent(tag, facts, classes):
            self._silent = 1
        ends_part = tag in _PART or bool(classes & _PART_CLASSES)
        self._open.append((tag, ends_part))
        if self._inside:
            self._inside += 1
        elif tag == "table" and "data-list" in facts:
            self._inside = 1
        if tag == "h1":
            self._in_title = True
        if self._inside and not self._silent:
            self._enter(tag, facts, classes, ends_part)

    def _enter(self, tag: str, facts: dict[str, str | None], classes: frozenset[str], ends_part: bool) -> None:
        if tag == "thead":
            self._in_head = True
        elif tag == "tr":
            self._row = []
        elif tag in ("td", "th") and self._row is not None:
            self._cell, self._text = ShownCell(number="num" in classes), []
            self._fixed = "data-value" in facts
            if self._fixed:
                self._cell.parts.append(" ".join((facts["data-value"] or "").split()))
        elif ends_part:
            self._end_part()

    def handle_endtag(self, tag: str) -> None:
        if tag in _VOID:
            return
        _opened, ends_part = self._open.pop()
        if ends_part:
            self._end_part()
        if self._silent:
            self._silent -= 1
        if self._inside:
            self._leave(tag)
            self._inside -= 1
        if tag == "h1":
            self._in_title = False
            self.shown.title = " ".join("".join(self._text).split())
            self._text = []

    def _leave(self, tag: str) -> None:
        if tag in ("td", "th") and self._cell is not None and self._row is not None:
            self._end_part()
            self._row.append(self._cell)
            self._cell = None
        elif tag == "tr" and self._row is not None:
            if self._in_head:
                heads = [" · ".join(cell.parts) for cell in self._row]
                if self.shown.heads not in ([], heads):
                    raise ValueError(f"two lists of one page have other columns: {self.shown.heads}, {heads}")
                self.shown.heads = heads
            else:
                self.shown.rows.append(self._row)
            self._row = None
        elif tag == "thead":
            self._in_head = False

    def handle_data(self, data: str) -> None:
        if self._in_title or (self._cell is not None and not self._silent):
            self._text.append(data)

    def _end_part(self) -> None:
        if self._cell is None or self._silent:
            return
        text = " ".join("".join(self._text).split())
        self._text = []
        if text and self._fixed:
            self._fixed = False  # what the page shows of the value that the cell gave whole
        elif text:
            self._cell.parts.append(text)
