"""What a spreadsheet would do to the register, worked out before anything is done.

Each row is new, changes an enterprise, changes nothing, or is refused with a reason. A row is the enterprise with its
credit code; without a match by code, the one with the same name and address. An empty cell leaves what is known.
"""

import hashlib
import json
from collections import Counter
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, fields, replace
from datetime import date
from itertools import islice
from typing import Any
from uuid import UUID

from compliance.enterprises import rules
from compliance.enterprises.classes import suggested_size
from compliance.enterprises.columns import Layout, Unreadable, value
from compliance.enterprises.names import fold, match_key
from compliance.enterprises.reading import Reading
from compliance.enterprises.rules import EnterpriseFacts, Fault, LetterLanguage
from compliance.shared.spreadsheets import Table
from compliance.shared.words import N_

FACTS = tuple(fact.name for fact in fields(EnterpriseFacts))
TOGETHER = 1000
"""Rows for which the register is asked at once."""
SHOWN = 500
"""New and changed rows that a plan names."""


@dataclass(frozen=True, slots=True)
class Known:
    """An enterprise of the register. ``coded``: it has a credit code. ``closed_off``: the person has a tie to it.

    ``went_to`` is the name of the entry that it was merged into, empty while it stands.
    """

    id: UUID
    coded: bool
    closed_off: bool
    went_to: str = ""


class Register:
    """The enterprises of an association as an import looks them up: by code, and by name and address or by name alone.

    ``facts`` gives what is known of some of them; it is asked for a thousand rows at a time, so that a large register
    is never held whole. ``named`` are those that are looked up by their ids, too.
    """

    def __init__(
        self,
        facts: Callable[[Collection[UUID]], Mapping[UUID, EnterpriseFacts]],
        with_addresses: bool,
        named: Collection[UUID] = frozenset(),
    ) -> None:
        self.facts, self.with_addresses = facts, with_addresses
        self._named, self._by_id = frozenset(named), dict[UUID, Known]()
        self._by_code: dict[str, Known] = {}
        self._by_text: dict[bytes, tuple[Known, ...]] = {}

    def add(
        self,
        id: UUID,
        name: str,
        address: str,
        credit_code: str | None,
        closed_off: bool = False,
        went_to: str = "",
    ) -> None:
        """Take one enterprise in."""
        known = Known(id, bool(credit_code), closed_off, went_to)
        if id in self._named:
            self._by_id[id] = known
        if credit_code:
            self._by_code[credit_code] = known
        key = self._key(name, address)
        self._by_text[key] = (*self._by_text.get(key, ()), known)

    def by_id(self, id: UUID) -> Known | None:
        """One of those that were named."""
        return self._by_id.get(id)

    def by_code(self, credit_code: str) -> Known | None:
        """The enterprise with this code."""
        return self._by_code.get(credit_code)

    def by_name(self, name: str, address: str) -> tuple[Known, ...]:
        """The enterprises of this name and address; in a file without addresses, of this name."""
        return self._by_text.get(self._key(name, address), ())

    def _key(self, name: str, address: str) -> bytes:
        return _short(match_key(name, address) if self.with_addresses else fold(name))


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
        return tuple(name for name in FACTS if getattr(self.after, name) != getattr(self.before, name))


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
class Same:
    """A row that changes nothing."""

    row: int


Verdict = New | Change | Same | Refusal


@dataclass(frozen=True, slots=True)
class Plan:
    """What an import would do. ``new`` and ``changed`` hold the first ones; one row can be refused for several reasons.

    ``digest`` is the SHA-256 (hex) of everything that would be written: two plans that do the same have the same.
    """

    new: tuple[New, ...]
    changed: tuple[Change, ...]
    new_rows: int
    changed_rows: int
    unchanged: int
    refused: tuple[Refusal, ...]
    digest: str

    @property
    def refused_rows(self) -> int:
        """How many rows are refused."""
        return len({refusal.row for refusal in self.refused})


class Planning:
    """A plan in the making, from one verdict after the other."""

    def __init__(self) -> None:
        self._new: list[New] = []
        self._changed: list[Change] = []
        self._refused: list[Refusal] = []
        self._counts = Counter[type]()
        self._sum = hashlib.sha256()

    def take(self, verdict: Verdict) -> None:
        """Count one verdict in."""
        self._counts[type(verdict)] += 1
        match verdict:
            case New(row, facts):
                self._write([row, *values_of(facts)])
                if len(self._new) < SHOWN:
                    self._new.append(verdict)
            case Change(_row, id, _before, after):
                self._write([str(id), *values_of(after)])
                if len(self._changed) < SHOWN:
                    self._changed.append(verdict)
            case Refusal():
                self._refused.append(verdict)

    def plan(self) -> Plan:
        """What came of it."""
        return Plan(
            new=tuple(self._new),
            changed=tuple(self._changed),
            new_rows=self._counts[New],
            changed_rows=self._counts[Change],
            unchanged=self._counts[Same],
            refused=tuple(self._refused),
            digest=self._sum.hexdigest(),
        )

    def _write(self, what: list[Any]) -> None:
        self._sum.update(json.dumps(what, ensure_ascii=False, default=str).encode() + b"\n")


def plan(verdicts: Iterable[Verdict]) -> Plan:
    """The plan that follows from what was found about each row."""
    planning = Planning()
    for verdict in verdicts:
        planning.take(verdict)
    return planning.plan()


def walk(
    table: Table,
    columns: Layout,
    register: Register,
    today: date,
    language: str,
    progress: Callable[[int], None] | None = None,
    reading: Reading | None = None,
) -> Iterator[Verdict]:
    """What becomes of each row, in their order. ``language`` is the letter language of new enterprises that name none,
    ``reading`` what was said about the file, ``progress`` is told how many rows are done.
    """
    walking = _Walk(table, columns, register, today, LetterLanguage(language), reading or Reading())
    rows = zip(table.numbers, table.rows, strict=True)
    done = 0
    while some := list(islice(rows, TOGETHER)):
        yield from walking.take(some)
        done += len(some)
        if progress:
            progress(done)


def values_of(facts: EnterpriseFacts) -> list[Any]:
    """The facts in the order of ``FACTS``."""
    return [getattr(facts, name) for name in FACTS]


def _short(key: str) -> bytes:
    return hashlib.blake2b(key.encode(errors="surrogatepass"), digest_size=16).digest()


class _Refused(Exception):
    """A row that cannot be matched; said once for the whole row."""

    def __init__(self, name: str, wrong: str, remedy: str, **facts: Any) -> None:
        super().__init__(wrong)
        self.field, self.wrong, self.remedy, self.facts = name, wrong, remedy, facts


TOTALS = frozenset(map(fold, ("合计", "总计", "小计", "共计", "total", "totals", "subtotal", "grand total", "sum")))
"""What stands in place of a name in a row of sums."""
_LEAVE_OUT = N_("Nothing: it is left out.")
_SAME_OR_NOT = N_(
    "If it is an employer of the register, give it the name and the address or the code that it has there."
)
_CORRECT = N_("Correct the cell and import the file again; rows that are already in the register stay as they are.")


@dataclass(frozen=True, slots=True)
class _Matched:
    """A row that can be read, and the enterprise it speaks of; none where it is a new one."""

    row: int
    cells: list[str]
    given: dict[str, Any]
    known: Known | None


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
        self.headers, self.register, self.today, self.language = table.headers, register, today, language
        self.reading = reading
        # A constant is said of a fact for which there is no column, too.
        self.places = {**dict.fromkeys(reading.constants, ()), **columns.places}
        self.left_out = frozenset(reading.left_out)
        self.same_as = {int(row): UUID(id) for row, id in reading.same_as.items()}
        self.codes: dict[str, int] = {}
        self.keys: dict[bytes, int] = {}
        self.taken: dict[UUID, int] = {}

    def take(self, rows: Iterable[tuple[int, list[str]]]) -> Iterator[Verdict]:
        found = [self._looked_up(row, cells) for row, cells in rows]
        known = {one.known.id for one in found if isinstance(one, _Matched) and one.known}
        facts = self.register.facts(known) if known else {}
        for one in found:
            if isinstance(one, _Matched):
                yield from self._judged(one, facts)
            else:
                yield from one

    def _looked_up(self, row: int, cells: list[str]) -> _Matched | list[Refusal]:
        if row in self.left_out:
            return [self._refusal(row, cells, "name", N_("You have left this row out."), _SAME_OR_NOT, {})]
        given, complaints = self._values(row, cells)
        if complaints:
            # Whatever else is wrong with the row is said at once, not after the next try.
            read = replace(EnterpriseFacts(name="–", letter_language=self.language), **given)
            faults = [fault for fault in rules.faults(read, self.today) if fault.field in given]
            return complaints + self._faulty(row, cells, faults)
        try:
            return _Matched(row, cells, given, self._match(row, given))
        except _Refused as refused:
            return [self._refusal(row, cells, refused.field, refused.wrong, refused.remedy, refused.facts)]

    def _judged(self, one: _Matched, facts: Mapping[UUID, EnterpriseFacts]) -> Iterator[Verdict]:
        before = facts[one.known.id] if one.known else EnterpriseFacts(name="", letter_language=self.language)
        after = replace(before, **one.given)
        if after == before:
            yield Same(one.row)
            return
        if one.known is None and after.size is None:
            after = replace(after, size=suggested_size(after.sector, after.workers))
        faults = rules.faults(after, self.today)
        if faults:
            yield from self._faulty(one.row, one.cells, faults)
        elif one.known:
            yield Change(one.row, one.known.id, before, after)
        else:
            yield New(one.row, after)

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
        known = self.register.by_code(code) if code else None
        if code and code in self.codes:
            raise _Refused(
                "credit_code",
                N_("The same credit code stands in row %(other)d."),
                N_("Keep one of the rows, or correct the code."),
                other=self.codes[code],
            )
        known = self._said(row, known) if row in self.same_as else known or self._by_name(given, code)
        key = _short(match_key(given["name"], given.get("address", "")))
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
        if known and known.went_to:
            raise _Refused(
                "name",
                N_("This entry was merged with %(entry)s."),
                N_("Keep the row of that enterprise alone, with its name or its credit code."),
                entry=known.went_to,
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

    def _said(self, row: int, holder: Known | None) -> Known:
        """The enterprise that somebody said this row is, in spite of its name; ``holder`` has the code of the row."""
        said = self.register.by_id(self.same_as[row])
        if said is None:
            raise _Refused("name", N_("The entry that was chosen for this row is no longer there."), _SAME_OR_NOT)
        if holder is not None and holder.id != said.id:
            raise _Refused(
                "credit_code",
                N_("Another enterprise of the register already has the credit code."),
                N_("Merge the two entries of the register first, or correct the code."),
            )
        return said

    def _by_name(self, given: Mapping[str, Any], code: str | None) -> Known | None:
        """By name and address; in a file without addresses by name alone, if only one enterprise has it.

        An entry that was merged counts only where no other one has the name.
        """
        found = self.register.by_name(given["name"], given.get("address", ""))
        found = tuple(known for known in found if not known.went_to) or found
        if code:  # an enterprise with another code is another enterprise
            found = tuple(known for known in found if not known.coded)
        if len(found) > 1:
            raise _Refused(
                "name",
                N_("%(count)d enterprises of the register have this name."),
                N_("Add a column with the credit code or the address."),
                count=len(found),
            )
        return found[0] if found else None

    def _faulty(self, row: int, cells: list[str], faults: Iterable[Fault]) -> list[Refusal]:
        return [self._refusal(row, cells, fault.field, fault.text, _CORRECT, dict(fault.facts)) for fault in faults]

    def _refusal(
        self, row: int, cells: list[str], name: str, wrong: str, remedy: str, facts: dict[str, Any]
    ) -> Refusal:
        return Refusal(row, self._header(name), self._text(cells, name), wrong, remedy, facts)

    def _header(self, name: str) -> str:
        return " + ".join(self.headers[place] for place in self.places.get(name, ()))

    def _text(self, cells: list[str], name: str) -> str:
        """What a row says of a fact; the parts of several columns with a blank between them."""
        return " ".join(filter(None, (cells[place].strip() for place in self.places.get(name, ()))))
