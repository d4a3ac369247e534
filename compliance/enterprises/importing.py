"""What a spreadsheet would do to the register, worked out before anything is done.

Each row is new, changes an enterprise, changes nothing, or is refused with a reason. A row is the enterprise with its
credit code; without a match by code, the one with the same name and address. An empty cell leaves what is known.
"""

import hashlib
import json
from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass, field, fields, replace
from datetime import date
from typing import Any
from uuid import UUID

from compliance.enterprises import rules
from compliance.enterprises.classes import suggested_size
from compliance.enterprises.columns import Layout, Unreadable, layout, value
from compliance.enterprises.names import fold, match_key
from compliance.enterprises.reading import Reading
from compliance.enterprises.rules import EnterpriseFacts, Fault, LetterLanguage
from compliance.shared.spreadsheets import Table
from compliance.shared.words import N_


@dataclass(frozen=True, slots=True)
class Known:
    """An enterprise that is in the register already. ``closed_off``: the person has a tie to it."""

    id: UUID
    facts: EnterpriseFacts
    closed_off: bool = False


@dataclass(slots=True)
class Register:
    """The enterprises of an association as an import looks them up."""

    by_code: dict[str, Known] = field(default_factory=dict)
    by_key: dict[str, list[Known]] = field(default_factory=dict)
    by_name: dict[str, list[Known]] = field(default_factory=dict)

    def add(self, known: Known) -> None:
        """Take one enterprise in."""
        if known.facts.credit_code:
            self.by_code[known.facts.credit_code] = known
        self.by_key.setdefault(match_key(known.facts.name, known.facts.address), []).append(known)
        self.by_name.setdefault(fold(known.facts.name), []).append(known)


@dataclass(frozen=True, slots=True)
class New:
    """A row that becomes an enterprise."""

    row: int
    facts: EnterpriseFacts


@dataclass(frozen=True, slots=True)
class Change:
    """A row that changes an enterprise: what it was and what it will be."""

    row: int
    id: UUID
    before: EnterpriseFacts
    after: EnterpriseFacts

    @property
    def changed(self) -> tuple[str, ...]:
        """The names of the facts that differ."""
        return tuple(f.name for f in fields(self.after) if getattr(self.after, f.name) != getattr(self.before, f.name))


@dataclass(frozen=True, slots=True)
class Refusal:
    """Why a row is not taken: row number, column header, what was read, what is wrong, what to do (message ids)."""

    row: int
    column: str
    read: str
    wrong: str
    remedy: str
    facts: dict[str, Any]


@dataclass(frozen=True, slots=True)
class Plan:
    """What an import would do. One row can be refused for several reasons."""

    new: tuple[New, ...]
    changed: tuple[Change, ...]
    unchanged: int
    refused: tuple[Refusal, ...]
    unused: tuple[str, ...]

    @property
    def refused_rows(self) -> int:
        """How many rows are refused."""
        return len({refusal.row for refusal in self.refused})

    @property
    def digest(self) -> str:
        """SHA-256 (hex) of everything that would be written; two plans that do the same have the same."""
        what = [
            [[new.row, asdict(new.facts)] for new in self.new],
            [[str(change.id), asdict(change.after)] for change in self.changed],
        ]
        return hashlib.sha256(json.dumps(what, ensure_ascii=False, default=str).encode()).hexdigest()


def plan(
    table: Table,
    register: Register,
    today: date,
    language: str,
    progress: Callable[[int, int], None] | None = None,
    reading: Reading | None = None,
) -> Plan:
    """Work out an import. ``language`` is the letter language of new enterprises that name none, ``reading`` what was
    said about the file.

    Raises ``Problem`` when the columns themselves cannot be used.
    """
    said = reading or Reading()
    walk = _Walk(table, layout(table.headers, said), register, today, LetterLanguage(language), said)
    for place, cells in enumerate(table.rows):
        walk.take(table.numbers[place], cells)
        if progress and place % 1000 == 0:
            progress(place, len(table.rows))
    return walk.plan()


class _Refused(Exception):
    """A row that cannot be matched; said once for the whole row."""

    def __init__(self, name: str, wrong: str, remedy: str, **facts: Any) -> None:
        super().__init__(wrong)
        self.field, self.wrong, self.remedy, self.facts = name, wrong, remedy, facts


TOTALS = frozenset(map(fold, ("合计", "总计", "小计", "共计", "total", "totals", "subtotal", "grand total", "sum")))
"""What stands in place of a name in a row of sums."""
_LEAVE_OUT = N_("Nothing: it is left out.")
_CORRECT = N_("Correct the cell and import the file again; rows that are already in the register stay as they are.")


class _Walk:
    """One walk through a table."""

    def __init__(
        self,
        table: Table,
        columns: Layout,
        register: Register,
        today: date,
        language: LetterLanguage,
        reading: Reading,
    ) -> None:
        self.table, self.columns, self.register, self.today, self.language = table, columns, register, today, language
        self.reading = reading
        # A constant is said of a fact for which there is no column, too.
        self.places = {**dict.fromkeys(reading.constants, ()), **columns.places}
        self.new: list[New] = []
        self.changed: list[Change] = []
        self.refused: list[Refusal] = []
        self.unchanged = 0
        self.codes: dict[str, int] = {}
        self.keys: dict[str, int] = {}
        self.taken: dict[UUID, int] = {}

    def plan(self) -> Plan:
        return Plan(tuple(self.new), tuple(self.changed), self.unchanged, tuple(self.refused), self.columns.unused)

    def take(self, row: int, cells: list[str]) -> None:
        given, complaints = self._values(row, cells)
        if complaints:
            self.refused += complaints
            # Whatever else is wrong with the row is said at once, not after the next try.
            read = replace(EnterpriseFacts(name="–", letter_language=self.language), **given)
            for fault in rules.faults(read, self.today):
                if fault.field in given:
                    self._refuse(row, cells, fault.field, fault.text, _CORRECT, _facts(fault))
            return
        try:
            known = self._match(row, given)
        except _Refused as refused:
            self._refuse(row, cells, refused.field, refused.wrong, refused.remedy, refused.facts)
            return
        before = known.facts if known else EnterpriseFacts(name="", letter_language=self.language)
        after = replace(before, **given)
        if after == before:
            self.unchanged += 1
            return
        if known is None and after.size is None:
            after = replace(after, size=suggested_size(after.sector, after.workers))
        faults = rules.faults(after, self.today)
        if faults:
            for fault in faults:
                self._refuse(row, cells, fault.field, fault.text, _CORRECT, _facts(fault))
        elif known:
            self.changed.append(Change(row, known.id, before, after))
        else:
            self.new.append(New(row, after))

    def _values(self, row: int, cells: list[str]) -> tuple[dict[str, Any], list[Refusal]]:
        given: dict[str, Any] = {}
        complaints = []
        for name in self.places:
            read = self._text(cells, name)
            text = self.reading.meant(name, read)
            if not text:
                continue
            try:
                given[name] = value(name, text, self.reading.dates)
            except Unreadable as error:
                complaints.append(Refusal(row, self._header(name), read, error.wrong, error.remedy, error.facts))
        if fold(given.get("name", "")) in TOTALS:
            read = self._text(cells, "name")
            complaints.append(Refusal(row, self._header("name"), read, N_("This is a row of sums."), _LEAVE_OUT, {}))
        if not given.get("name") and not complaints:
            complaints.append(Refusal(row, self._header("name"), "", N_("The name is missing."), _CORRECT, {}))
        return given, complaints

    def _match(self, row: int, given: Mapping[str, Any]) -> Known | None:
        """The enterprise that a row speaks of, or None for a new one."""
        code: str | None = given.get("credit_code")
        known = self.register.by_code.get(code) if code else None
        if code and code in self.codes:
            raise _Refused(
                "credit_code",
                N_("The same credit code stands in row %(other)d."),
                N_("Keep one of the rows, or correct the code."),
                other=self.codes[code],
            )
        known = known or self._by_name(given, code)
        key = match_key(given["name"], given.get("address", ""))
        if not code and known is None and key in self.keys:
            raise _Refused(
                "name",
                N_("Row %(other)d has the same name and address."),
                N_("Keep one of the rows, or tell the two apart by credit code or address."),
                other=self.keys[key],
            )
        if known and known.id in self.taken:
            raise _Refused(
                "name",
                N_("Row %(other)d is the same enterprise."),
                N_("Keep one of the rows, or tell the two apart by credit code or address."),
                other=self.taken[known.id],
            )
        if known and known.closed_off:
            raise _Refused(
                "name",
                N_("You have declared a tie to this enterprise."),
                N_("Let somebody else import this row."),
            )
        if code:
            self.codes[code] = row
        self.keys.setdefault(key, row)
        if known:
            self.taken[known.id] = row
        return known

    def _by_name(self, given: Mapping[str, Any], code: str | None) -> Known | None:
        """By name and address; in a file without addresses by name alone, if only one enterprise has it."""
        if "address" in self.columns.places:
            found = self.register.by_key.get(match_key(given["name"], given.get("address", "")), [])
        else:
            found = self.register.by_name.get(fold(given["name"]), [])
        if code:  # an enterprise with another code is another enterprise
            found = [known for known in found if not known.facts.credit_code]
        if len(found) > 1:
            raise _Refused(
                "name",
                N_("%(count)d enterprises of the register have this name."),
                N_("Add a column with the credit code or the address."),
                count=len(found),
            )
        return found[0] if found else None

    def _refuse(self, row: int, cells: list[str], name: str, wrong: str, remedy: str, facts: dict[str, Any]) -> None:
        self.refused.append(Refusal(row, self._header(name), self._text(cells, name), wrong, remedy, facts))

    def _header(self, name: str) -> str:
        return " + ".join(self.table.headers[place] for place in self.places.get(name, ()))

    def _text(self, cells: list[str], name: str) -> str:
        """What a row says of a fact; the parts of several columns with a blank between them."""
        return " ".join(filter(None, (cells[place].strip() for place in self.places.get(name, ()))))


def _facts(fault: Fault) -> dict[str, Any]:
    return dict(fault.facts)
