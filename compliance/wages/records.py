"""The pay sheet of a visit as it is entered, sent and sealed. There is no place in it for a name.

One *edition* is what somebody entered at once, on a page or a tablet, as a JSON object. All amounts and hours are
strings of digits with at most two decimals (``"2600.00"``, ``"174"``), never numbers; days are ``"2026-04-15"`` and
months ``"2026-03"``. What is left out is not said, and stays as it was; within a row it is nothing (0, or not known)::

    {
      "form": 1,
      "comprehensive": false,          an approval of comprehensive working hours was shown
      "groups": [                      the people from whom the sample was drawn
        {"group": "sewing", "workers": 42}
      ],
      "rows": [
        {
          "worker": "W1",              W and a number: a pseudonym, the same in every month
          "month": "2026-03",
          "group": "sewing",           one of the groups, by name; "" for a workplace that is one group
          "contract": "full_time",     full_time | probation | part_time
          "basis": "month",            month | hour | piece: what the agreed wage is for
          "agreed": "2600.00",         null where it is not known; for pieces all those of the normal hours
          "regular": null,             on probation: the wage agreed for afterwards, a month or an hour
          "hours": {"normal": "174", "workday": "20", "rest_day": "8", "holiday": "0", "absent": "0"},
          "pay": {"base": "2600.00", "other": "0", "special": "0", "overtime": "300.00"},
          "deductions": {"fine": "50.00"},   tax | insurance | court | services | damage | damage_not_agreed |
                                             fine | deposit | fee | unexplained
          "due_on": "2026-04-15",      the pay day
          "paid_on": "2026-04-15",     null where nothing was paid yet
          "insured": true              null where it is not known
        }
      ],
      "struck": [{"worker": "W2", "month": "2026-03"}]
    }

A sheet is all its editions in the order in which the server took them in: of two rows of one worker and month the later
one holds, whole; a struck one is gone until it is entered again; a group is as it was last said. Earlier words stay in
their editions.
"""

import json
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from enum import StrEnum
from typing import Any, TypeVar

from compliance.shared.problems import Problem
from compliance.shared.words import N_, clean
from compliance.wages.rules import NOTHING, Basis, Contract, Deduction, Hours, Pay, PayRecord

FORM = 1
"""The number of the form that the module's docstring shows."""
MOST_MONEY = Decimal(1_000_000)
"""Yuan, of one amount."""
MOST_HOURS = Decimal(744)
"""Of one kind in one month."""
MOST_WORKERS = 1_000_000
MOST_ROWS = 6_000
"""Of one edition."""
OF_ONE_INSPECTOR = 1000
"""Pseudonyms that one inspector gives: W1 to W999 the first one, W1001 to W1999 the next, so that two never meet."""
MOST_INSPECTORS = 10
GROUP_LIMIT = 40
"""Characters of a group's name."""

HOURS = ("normal", "workday", "rest_day", "holiday", "absent")
PAY = ("base", "other", "special", "overtime")

_WORKER = re.compile(r"W[1-9]\d{0,3}", re.ASCII)
_MONTH = re.compile(r"(20\d\d)-(0[1-9]|1[0-2])", re.ASCII)
_DAY = re.compile(r"20\d\d-\d\d-\d\d", re.ASCII)
_NUMBER = re.compile(r"\d{1,9}(\.\d{1,2})?", re.ASCII)
_KEYS = frozenset({"form", "comprehensive", "groups", "rows", "struck"})
_ROW_KEYS = frozenset(
    {"worker", "month", "group", "contract", "basis", "agreed", "regular", "hours", "pay", "deductions"}
    | {"due_on", "paid_on", "insured"}
)

NO_SHEET = N_("This is no pay sheet.")
NO_WORKER = N_("A worker is W and a number, such as W1.")
NO_MONTH = N_("A month is written as 2026-03.")
NO_DAY = N_("A day is written as 2026-04-15.")
NO_MONEY = N_("An amount is written in digits, such as 2600.00, and is at most 1,000,000.")
NO_HOURS = N_("Hours are written in digits, such as 174 or 7.5, and are at most 744.")
NO_CHOICE = N_("This is none of the answers there are.")
NO_DUE_DAY = N_("The pay day is missing.")

_Answers = TypeVar("_Answers", bound=StrEnum)

Row = tuple[str, date]
"""The worker's pseudonym and the first day of the month."""


@dataclass(frozen=True)
class Wrong:
    """What cannot be, and in which field of a row (``pay.base``)."""

    field: str
    says: str


@dataclass(frozen=True)
class PayRow:
    """A worker's month, and the group from which the worker was drawn."""

    group: str
    record: PayRecord

    @property
    def key(self) -> Row:
        """Which row it is."""
        return self.record.worker, self.record.month


@dataclass(frozen=True)
class Edition:
    """What was entered at once."""

    rows: tuple[PayRow, ...] = ()
    groups: Mapping[str, int] = field(default_factory=dict)
    struck: tuple[Row, ...] = ()
    comprehensive: bool | None = None


@dataclass(frozen=True)
class Sheet:
    """The pay sheet as it stands: rows by worker and month, and how many workers each group has."""

    rows: tuple[PayRow, ...] = ()
    groups: Mapping[str, int] = field(default_factory=dict)
    comprehensive: bool = False

    @property
    def workers(self) -> tuple[str, ...]:
        """The pseudonyms, in their order."""
        return tuple(dict.fromkeys(row.record.worker for row in self.rows))

    @property
    def months(self) -> tuple[date, ...]:
        """The months of which there is anything, the first one first."""
        return tuple(sorted({row.record.month for row in self.rows}))


# -- reading -----------------------------------------------------------------------------------------------------------


def read_row(raw: Any) -> tuple[PayRow | None, tuple[Wrong, ...]]:
    """A row of an edition, or all that is wrong with it."""
    reader = _Reader(raw if isinstance(raw, Mapping) else {})
    if not isinstance(raw, Mapping) or set(raw) - _ROW_KEYS:
        return None, (Wrong("", NO_SHEET),)
    row = reader.row()
    return (None, tuple(reader.wrong)) if reader.wrong else (row, ())


def read(raw: Any) -> Edition:
    """An edition from its JSON object. Raises ``Problem`` with the place of the first thing that cannot be."""
    if not isinstance(raw, Mapping) or raw.get("form") != FORM or set(raw) - _KEYS:
        raise _problem("", NO_SHEET)
    lists = [raw.get(name, []) for name in ("rows", "groups", "struck")]
    comprehensive = raw.get("comprehensive")
    if not all(isinstance(one, list) and len(one) <= MOST_ROWS for one in lists) or comprehensive not in (
        None,
        True,
        False,
    ):
        raise _problem("", NO_SHEET)
    rows, groups, struck = lists
    found = []
    for at, one in enumerate(rows):
        row, wrong = read_row(one)
        if row is None:
            raise _problem(f"rows.{at}.{wrong[0].field}", wrong[0].says)
        found.append(row)
    return Edition(tuple(found), _groups(groups), tuple(_struck(struck)), comprehensive)


def _groups(raw: Iterable[Any]) -> dict[str, int]:
    found: dict[str, int] = {}
    for at, one in enumerate(raw):
        name = one.get("group") if isinstance(one, Mapping) else None
        number = one.get("workers") if isinstance(one, Mapping) else None
        if (
            not isinstance(name, str)
            or len(name) > GROUP_LIMIT
            or clean(name) != name
            or not isinstance(number, int)
            or isinstance(number, bool)
            or not 0 <= number <= MOST_WORKERS
        ):
            raise _problem(f"groups.{at}", N_("A group has a short name and a number of workers."))
        found[name] = number
    return found


def _struck(raw: Iterable[Any]) -> Iterable[Row]:
    for at, one in enumerate(raw):
        reader = _Reader(one if isinstance(one, Mapping) else {})
        key = reader.worker(), reader.month()
        if reader.wrong:
            raise _problem(f"struck.{at}.{reader.wrong[0].field}", reader.wrong[0].says)
        yield key


def _problem(where: str, says: str) -> Problem:
    return Problem("pay-sheet", says, field=where.rstrip("."))


class _Reader:
    """Reads the fields of one row, and collects what is wrong with it."""

    def __init__(self, raw: Mapping[str, Any]) -> None:
        self.raw = raw
        self.wrong: list[Wrong] = []

    def row(self) -> PayRow:
        group = self.raw.get("group", "")
        if not isinstance(group, str) or len(group) > GROUP_LIMIT:
            self.wrong.append(Wrong("group", N_("A group has a short name.")))
        due_on = self.day("due_on")
        if due_on is None and not any(one.field == "due_on" for one in self.wrong):
            self.wrong.append(Wrong("due_on", NO_DUE_DAY))
        insured = self.raw.get("insured")
        if insured not in (None, True, False):
            self.wrong.append(Wrong("insured", NO_CHOICE))
        month = self.month()
        record = PayRecord(
            worker=self.worker(),
            month=month,
            contract=self.choice("contract", Contract, Contract.full_time),
            basis=self.choice("basis", Basis, Basis.month),
            agreed=self.amount("agreed"),
            regular=self.amount("regular"),
            hours=Hours(**self.amounts("hours", HOURS, MOST_HOURS, NO_HOURS)),
            pay=Pay(**self.amounts("pay", PAY, MOST_MONEY, NO_MONEY)),
            deductions={
                Deduction(kind): amount
                for kind, amount in self.amounts("deductions", tuple(Deduction), MOST_MONEY, NO_MONEY).items()
                if amount
            },
            due_on=due_on or month,
            paid_on=self.day("paid_on"),
            insured=insured,
        )
        return PayRow(clean(group) if isinstance(group, str) else "", record)

    def worker(self) -> str:
        said = self.raw.get("worker")
        if not isinstance(said, str) or not _WORKER.fullmatch(said):
            self.wrong.append(Wrong("worker", NO_WORKER))
            return ""
        return said

    def month(self) -> date:
        said = self.raw.get("month")
        found = _MONTH.fullmatch(said) if isinstance(said, str) else None
        if found is None:
            self.wrong.append(Wrong("month", NO_MONTH))
            return date.min
        return date(int(found[1]), int(found[2]), 1)

    def day(self, name: str) -> date | None:
        said = self.raw.get(name)
        if said is None:
            return None
        found = _day(said) if isinstance(said, str) else None
        if found is None:
            self.wrong.append(Wrong(name, NO_DAY))
        return found

    def choice(self, name: str, answers: type[_Answers], otherwise: _Answers) -> _Answers:
        said = self.raw.get(name, otherwise.value)
        if not isinstance(said, str) or said not in set(answers):
            self.wrong.append(Wrong(name, NO_CHOICE))
            return otherwise
        return answers(said)

    def amount(self, name: str) -> Decimal | None:
        said = self.raw.get(name)
        return None if said is None else self.number(name, said, MOST_MONEY, NO_MONEY)

    def amounts(self, name: str, kinds: Iterable[str], most: Decimal, says: str) -> dict[str, Decimal]:
        """Amounts by kind; those that are left out are left out."""
        said = self.raw.get(name, {})
        if not isinstance(said, Mapping) or set(said) - set(kinds):
            self.wrong.append(Wrong(name, NO_CHOICE))
            return {}
        return {str(kind): self.number(f"{name}.{kind}", one, most, says) for kind, one in said.items()}

    def number(self, name: str, said: Any, most: Decimal, says: str) -> Decimal:
        if isinstance(said, str) and _NUMBER.fullmatch(said) and (found := Decimal(said)) <= most:
            return found
        self.wrong.append(Wrong(name, says))
        return NOTHING


def _day(said: str) -> date | None:
    try:
        return date.fromisoformat(said) if _DAY.fullmatch(said) else None
    except ValueError:
        return None


# -- writing -----------------------------------------------------------------------------------------------------------


def as_json(edition: Edition) -> dict[str, Any]:
    """The JSON object of an edition; ``read`` makes the same edition of it."""
    found: dict[str, Any] = {
        "form": FORM,
        "groups": [{"group": name, "workers": number} for name, number in edition.groups.items()],
        "rows": [row_as_json(row) for row in edition.rows],
        "struck": [{"worker": worker, "month": f"{month:%Y-%m}"} for worker, month in edition.struck],
    }
    if edition.comprehensive is not None:
        found["comprehensive"] = edition.comprehensive
    return found


def row_as_json(row: PayRow) -> dict[str, Any]:
    """The JSON object of a row."""
    record = row.record
    return {
        "worker": record.worker,
        "month": f"{record.month:%Y-%m}",
        "group": row.group,
        "contract": record.contract.value,
        "basis": record.basis.value,
        "agreed": None if record.agreed is None else str(record.agreed),
        "regular": None if record.regular is None else str(record.regular),
        "hours": {name: str(getattr(record.hours, name)) for name in HOURS},
        "pay": {name: str(getattr(record.pay, name)) for name in PAY},
        "deductions": {kind.value: str(amount) for kind, amount in record.deductions.items()},
        "due_on": record.due_on.isoformat(),
        "paid_on": None if record.paid_on is None else record.paid_on.isoformat(),
        "insured": record.insured,
    }


def next_worker(workers: Iterable[str], inspector: int) -> str:
    """The pseudonym for another worker, from those that an inspector (counted from 0) gives."""
    own = inspector % MOST_INSPECTORS
    given = [number for name in workers if (number := int(name[1:])) // OF_ONE_INSPECTOR == own]
    return f"W{max(given, default=own * OF_ONE_INSPECTOR) + 1}"


def written(edition: Edition) -> bytes:
    """An edition as it is sealed."""
    return json.dumps(as_json(edition), ensure_ascii=False, sort_keys=True, separators=(",", ":")).encode()


# -- from editions to the sheet ----------------------------------------------------------------------------------------


def together(editions: Iterable[Edition]) -> Sheet:
    """The sheet that editions make, in the order in which they were taken in."""
    rows: dict[Row, PayRow] = {}
    groups: dict[str, int] = {}
    comprehensive = False
    for edition in editions:
        for key in edition.struck:
            rows.pop(key, None)
        rows |= {row.key: row for row in edition.rows}
        groups |= edition.groups
        if edition.comprehensive is not None:
            comprehensive = edition.comprehensive
    ordered = sorted(rows.values(), key=lambda row: (int(row.record.worker[1:]), row.record.month))
    return Sheet(tuple(ordered), {name: number for name, number in groups.items() if number}, comprehensive)
