"""What files about the past would bring along, worked out before anything is written.

Workplaces, then visits, then findings; a row that belongs to none is told, and so is one whose key stands twice.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from typing import Any
from uuid import UUID

from compliance.enterprises import columns as register_columns
from compliance.enterprises.names import fold, match_key
from compliance.enterprises.reading import labels
from compliance.enterprises.rules import bare_code
from compliance.history import rules
from compliance.history.facts import AREA_OF, OVERALL, SEVERITY_OF, Role
from compliance.history.mapping import FileMap, HistoryMapping, Match, day_part
from compliance.history.rules import EARLIEST, LONGEST, LONGEST_TEXT, Finding, Issue, Place, Sort, Unreadable, Visit
from compliance.history.splitting import Split
from compliance.shared.problems import Problem
from compliance.shared.spreadsheets import Table
from compliance.shared.words import N_, clean

Splitter = Callable[[str, Sequence[str]], Sequence[Split]]


@dataclass(slots=True)
class Known:
    """What is there already. ``places``, ``visits`` and ``findings`` map identities to digests of facts; ``codes`` and
    ``keys`` lead from a credit code, or from name and address, into the register.
    """

    places: Mapping[str, str] = field(default_factory=dict)
    visits: Mapping[str, str] = field(default_factory=dict)
    findings: Mapping[str, str] = field(default_factory=dict)
    codes: Mapping[str, UUID] = field(default_factory=dict)
    keys: Mapping[str, Sequence[UUID]] = field(default_factory=dict)
    closed_off: frozenset[UUID] = frozenset()


@dataclass(slots=True)
class Plan:
    """What would be written, with what was there before, and everything that is said of rows."""

    places: dict[str, Place] = field(default_factory=dict)
    """By key, those also that are there already (``old_places``)."""
    visits: list[Visit] = field(default_factory=list)
    findings: list[Finding] = field(default_factory=list)
    old_places: set[str] = field(default_factory=set)
    unchanged: dict[str, int] = field(default_factory=lambda: {"places": 0, "visits": 0, "findings": 0})
    issues: list[Issue] = field(default_factory=list)
    split: int = 0
    """Texts that a pattern took apart."""

    @property
    def new_places(self) -> list[Place]:
        """Workplaces that are written."""
        return [one for key, one in self.places.items() if key not in self.old_places]

    @property
    def digest(self) -> str:
        """SHA-256 (hex) of everything that would be written; two plans that do the same have the same."""
        return rules.digest(
            [
                [[one.key, one.facts(), one.enterprise_id] for one in self.new_places],
                [[one.key, one.occurrence, one.facts()] for one in self.visits],
                [[one.key, one.visit, one.occurrence, one.facts()] for one in self.findings],
            ]
        )

    def counts(self) -> dict[str, int]:
        """Numbers for the page and the trail."""
        said = {sort.value: len({(one.file, one.row) for one in self.issues if one.sort is sort}) for sort in Sort}
        return {
            "places": len(self.new_places),
            "linked": sum(one.enterprise_id is not None for one in self.new_places),
            "visits": len(self.visits),
            "findings": len(self.findings),
            "closed": sum(one.closed_on is not None for one in self.findings),
            "lone": sum(one.visit is None for one in self.findings),
            "split": self.split,
            "unchanged": sum(self.unchanged.values()),
            **said,
        }


_CORRECT = N_("Correct the cell and import the files again.")
_TWICE = N_("Both are kept. If one is a mistake, remove it from the file and look again.")


def plan(mapping: HistoryMapping, tables: Mapping[str, Table], known: Known, today: date, split: Splitter) -> Plan:
    """Work out an import. ``tables`` are the files by name, ``split`` takes texts apart (``splitting.split``).

    Raises ``Problem`` when a file's columns cannot be used, or the mapping speaks of none of them.
    """
    walk = _Walk(mapping, known, today, split)
    by_role: dict[Role, list[tuple[str, Table, FileMap]]] = {role: [] for role in Role}
    for name, table in tables.items():
        how = mapping.of(name)
        if how is not None:
            _require_columns(name, table, how, mapping)
            by_role[how.role].append((name, table, how))
    if not any(by_role.values()):
        raise Problem(
            "mapping-files",
            N_("The mapping speaks of none of these files: %(files)s."),
            files=", ".join(tables),
            field="mapping",
        )
    walk.lists = bool(by_role[Role.workplaces])
    for role, take in ((Role.workplaces, walk.place), (Role.visits, walk.visit), (Role.findings, walk.finding)):
        for name, table, how in by_role[role]:
            for row in walk.rows(name, table, how):
                try:
                    take(row)
                except _Refused as refused:
                    walk.say(Sort.refused, row, refused.fact, refused.wrong, refused.remedy, refused.facts)
    return _settle(walk.plan, mapping, known)


def _require_columns(name: str, table: Table, how: FileMap, mapping: HistoryMapping) -> None:
    there = set(labels(table.headers))
    missing = [label for label in how.columns if label not in there]
    if missing:
        raise Problem(
            "mapping-column",
            N_("%(file)s has no column %(column)s. Its columns are: %(columns)s."),
            file=name,
            column=missing[0],
            columns=", ".join(labels(table.headers)),
            field="mapping",
        )
    facts = {fact for named in how.columns.values() for fact in named} | set(how.constants)
    needed = {Role.workplaces: "name", Role.visits: "visited_on", Role.findings: "text"}[how.role]
    if needed not in facts or not facts & {"workplace", "name", "visit"}:
        raise Problem(
            "mapping-needs",
            N_("The mapping has to say which column of %(file)s is %(fact)s, and which one names the workplace."),
            file=name,
            fact=needed,
            field="mapping",
        )
    if mapping.scale is None and any(fact == "score" or fact.startswith("score.") for fact in facts):
        raise Problem(
            "mapping-scale",
            N_("Say what the scores are measured in (scale): lowest, highest, and whether higher is better."),
            field="mapping",
        )


class _Refused(Exception):
    """A row that is not taken: because of which fact, what is wrong, what to do."""

    def __init__(self, fact: str, wrong: str, remedy: str, **facts: Any) -> None:
        super().__init__(wrong)
        self.fact, self.wrong, self.remedy, self.facts = fact, wrong, remedy, facts


@dataclass(slots=True)
class _Row:
    """One row: what it says of each fact, and from which column."""

    file: str
    number: int
    said: dict[str, str]
    headers: dict[str, str]
    how: FileMap
    split: bool = False


class _Walk:
    """One walk through the files."""

    def __init__(self, mapping: HistoryMapping, known: Known, today: date, split: Splitter) -> None:
        self.mapping, self.known, self.today, self.split = mapping, known, today, split
        self.plan = Plan()
        self.lists = False  # whether a file lists the workplaces
        self.visits: dict[tuple[str, str], Visit] = {}
        self.numbers: dict[str, tuple[str, str]] = {}
        self.times: dict[tuple[str, ...], int] = {}
        self.turned_away: set[str] = set()

    # --- rows ---------------------------------------------------------------------------------------------------------

    def rows(self, name: str, table: Table, how: FileMap) -> Iterator[_Row]:
        """The rows of a file as their facts."""
        places: dict[str, list[int]] = {}
        for place, label in enumerate(labels(table.headers)):
            for fact in how.columns.get(label, ()):
                places.setdefault(fact, []).append(place)
        headers = {fact: " + ".join(table.headers[one] for one in found) for fact, found in places.items()}
        words = {fact: {fold(word): meant for word, meant in one.items()} for fact, one in how.words.items()}
        texts = {fact: [_joined(cells, found) for cells in table.rows] for fact, found in places.items()}
        parted = {fact: self.split(pattern, texts.get(fact, ())) for fact, pattern in how.split.items()}
        for at, number in enumerate(table.numbers):
            said = {fact: found[at] for fact, found in texts.items() if found[at]}
            row = _Row(name, number, said, headers, how)
            for fact, found_parts in parted.items():
                part = found_parts[at] if found_parts else None
                if part is not None:
                    row.split = True
                    _part(said, fact, part)
            for fact, known in words.items():
                if fact in said:
                    said[fact] = known.get(fold(said[fact]), said[fact])
            for fact, value in how.constants.items():
                said.setdefault(fact, value)
            self.plan.split += row.split
            yield row

    def say(
        self, sort: Sort, row: _Row, fact: str, wrong: str, remedy: str, facts: dict[str, Any] | None = None
    ) -> None:
        """Say something of a row."""
        header, read = row.headers.get(fact, ""), row.said.get(fact, "")
        self.plan.issues.append(Issue(sort, row.file, row.number, header, read[:200], wrong, remedy, facts or {}))

    # --- values -------------------------------------------------------------------------------------------------------

    def text(self, row: _Row, fact: str) -> str:
        """A text within its length."""
        text, longest = clean(row.said.get(fact, "")), LONGEST.get(fact, LONGEST_TEXT)
        if len(text) > longest:
            raise _Refused(fact, N_("This text is longer than %(most)d signs."), N_("Shorten it."), most=longest)
        return text

    def day(self, row: _Row, fact: str) -> date | None:
        """A day that is past; None where nothing is said."""
        text = row.said.get(fact)
        if not text:
            return None
        try:
            found: date = register_columns.value("member_since", text, row.how.dates)
        except register_columns.Unreadable as error:
            raise _Refused(fact, error.wrong, error.remedy, **error.facts) from None
        if not EARLIEST <= found <= self.today:
            raise _Refused(
                fact,
                N_("This day (%(day)s) lies in the future, or before 1950."),
                N_("Correct the cell, or say in which order day, month and year stand (dates)."),
                day=found.isoformat(),
            )
        return found

    def code(self, row: _Row, fact: str, names: Mapping[str, str], remedy: str) -> str:
        """One of the fixed words; empty where nothing is said."""
        text = row.said.get(fact, "")
        if not text:
            return ""
        found = names.get(fold(text))
        if found is None:
            wrong = N_("This is none of the five areas.") if fact == "area" else N_("This is no severity.")
            raise _Refused(fact, wrong, remedy)
        return found

    def area(self, row: _Row) -> str:
        """The area that a row speaks of."""
        return self.code(row, "area", AREA_OF, N_("Say which area it stands for (words)."))

    # --- workplaces ---------------------------------------------------------------------------------------------------

    def key_of(self, row: _Row) -> str:
        """What a row names its workplace by."""
        if "workplace" in row.said:
            return self.text(row, "workplace")
        name = self.text(row, "name")
        return rules.digest(match_key(name, self.text(row, "address")))[:32] if name else ""

    def place(self, row: _Row) -> None:
        """A row that is a workplace."""
        key, name = self.key_of(row), self.text(row, "name")
        if not name:
            raise _Refused("name", N_("The name is missing."), _CORRECT)
        if not key:
            raise _Refused("workplace", N_("The key of the workplace is missing."), _CORRECT)
        if key in self.plan.places:
            self.say(
                Sort.repeated,
                row,
                "workplace" if "workplace" in row.said else "name",
                N_("Row %(other)d has the same key."),
                N_("The first row is kept. Remove one of them, or give it a key of its own."),
                {"other": self.plan.places[key].row},
            )
            return
        code = bare_code(self.text(row, "credit_code")) or ""
        found = Place(row.number, key, name, self.text(row, "address"), code)
        found.enterprise_id = self._registered(row, found)
        self._add_place(row, found)

    def _registered(self, row: _Row, place: Place) -> UUID | None:
        if self.mapping.match is Match.nothing:
            return None
        found = self.known.codes.get(place.credit_code) if place.credit_code else None
        if found is None and self.mapping.match is Match.name_and_address:
            several = self.known.keys.get(match_key(place.name, place.address), ())
            if len(several) > 1:
                self.say(
                    Sort.noted,
                    row,
                    "name",
                    N_("%(count)d enterprises of the register have this name and address."),
                    N_("It is kept without an enterprise. Add the credit code to tell them apart."),
                    {"count": len(several)},
                )
            found = several[0] if len(several) == 1 else None
        if found in self.known.closed_off:
            self.turned_away.add(place.key)
            raise _Refused(
                "name", N_("You have declared a tie to this enterprise."), N_("Let somebody else import this row.")
            )
        return found

    def _add_place(self, row: _Row, place: Place) -> None:
        self.plan.places[place.key] = place
        before = self.known.places.get(rules.identity(self.mapping.source, place.key))
        if before is None:
            return
        self.plan.old_places.add(place.key)
        self.plan.unchanged["places"] += 1
        if before != rules.digest(place.facts()):
            self.say(
                Sort.noted,
                row,
                "name",
                N_("An earlier import has this workplace with another name, address or code."),
                N_("It stays as it was imported first."),
            )

    def _place_of(self, row: _Row) -> str | None:
        """The workplace of a visit or finding; where no file lists them, each is made from its first row."""
        key = self.key_of(row)
        if key in self.plan.places:
            return key
        if key and not self.lists and row.how.role is Role.visits and self.text(row, "name"):
            self.place(row)
            return key
        if key and rules.identity(self.mapping.source, key) in self.known.places:
            self.plan.places[key] = Place(0, key, "", "", "")  # as an earlier import has it
            self.plan.old_places.add(key)
            return key
        return None

    def _without_place(self, row: _Row) -> None:
        fact = "workplace" if "workplace" in row.headers else "name"
        if self.key_of(row) in self.turned_away:
            raise _Refused(
                fact, N_("You have declared a tie to this enterprise."), N_("Let somebody else import this row.")
            )
        self.say(
            Sort.alone,
            row,
            fact,
            N_("No workplace has this key."),
            N_("It is not imported. Add the workplace to its file and import again."),
        )

    # --- visits -------------------------------------------------------------------------------------------------------

    def visit(self, row: _Row) -> None:
        """A row that is a visit, or one area of a visit."""
        on = self.day(row, "visited_on")
        if on is None:
            raise _Refused("visited_on", N_("The day of the visit is missing."), _CORRECT)
        found = Visit(row.file, row.number, "", self.text(row, "visit"), on, self.text(row, "kind"))
        area = self.area(row)
        self._results(row, found, area)
        found.owed, found.paid = self._money(row, "owed"), self._money(row, "paid")
        place = self._place_of(row)
        if place is None:
            self._without_place(row)
            return
        found.place = place
        first = self.visits.get(found.key)
        if first is not None and area and area not in first.scores and area not in first.bands:
            first.scores |= found.scores
            first.bands |= found.bands
            return
        if first is not None:
            found.occurrence = self._again("visit", *found.key)
            self.say(
                Sort.repeated, row, "visited_on", N_("Row %(other)d is the same visit."), _TWICE, {"other": first.row}
            )
        else:
            self.visits[found.key] = found
            self._again("visit", *found.key)
            if found.number:
                self.numbers.setdefault(found.number, found.key)
        self.plan.visits.append(found)

    def _results(self, row: _Row, found: Visit, area: str) -> None:
        scale = self.mapping.scale
        for fact in row.said:
            name, _dot, of = fact.partition(".")
            if name not in ("score", "band"):
                continue
            about = of or area or OVERALL
            try:
                if name == "band":
                    found.bands[about] = self.text(row, "band") if not of else clean(row.said[fact])[: LONGEST["band"]]
                elif scale is not None:
                    found.scores[about] = rules.thousandths(row.said[fact], scale.lowest, scale.highest)
            except Unreadable as error:
                raise _Refused(fact, error.wrong, error.remedy, **error.facts) from None
        for about, score in found.scores.items():
            band = self.mapping.band_of(Decimal(score) / 1000)
            if band:
                found.bands.setdefault(about, band)

    def _money(self, row: _Row, fact: str) -> int | None:
        try:
            return rules.hundredths(row.said[fact]) if fact in row.said else None
        except Unreadable as error:
            raise _Refused(fact, error.wrong, error.remedy, **error.facts) from None

    def _again(self, *key: str) -> int:
        """How often this key stood before."""
        seen = self.times.get(key, 0)
        self.times[key] = seen + 1
        return seen

    # --- findings -----------------------------------------------------------------------------------------------------

    def finding(self, row: _Row) -> None:
        """A row that is a finding."""
        text = self.text(row, "text")
        if not text:
            raise _Refused("text", N_("The text of the finding is missing."), _CORRECT)
        area, number, on = self.area(row), self.text(row, "visit"), self.day(row, "visited_on")
        severity = self.code(
            row, "severity", SEVERITY_OF, N_("Write critical, major or minor, or say what it stands for (words).")
        )
        visit, place = None, None
        if number and not self.key_of(row):
            visit = self.numbers.get(number)
            place = visit[0] if visit else None
        else:
            place = self._place_of(row)
            named = number or (on.isoformat() if on else "")
            visit = (place, named) if place is not None and (place, named) in self.visits else None
        if place is None:
            self._without_place(row)
            return
        found_on = self.day(row, "found_on") or on or (self.visits[visit].visited_on if visit else None)
        if found_on is None:
            raise _Refused("found_on", N_("Nothing says when this was found."), _CORRECT)
        named = visit[1] if visit else number or (on.isoformat() if on else "")
        found = Finding(
            row.file, row.number, place, visit, text, area, severity, found_on, self._closed(row, found_on), named=named
        )
        found.occurrence = self._again("finding", *found.key)
        if visit is None and self._known_visit(place, named):
            found.visit = (place, named)
        elif visit is None and named:
            self.say(
                Sort.alone,
                row,
                "visit" if number else "visited_on",
                N_("No visit to this workplace has this day or number."),
                N_("It is kept with the workplace, without a visit."),
            )
        if found.occurrence:
            self.say(Sort.repeated, row, "text", N_("The same finding of the same visit stands further up."), _TWICE)
        self.plan.findings.append(found)

    def _known_visit(self, place: str, named: str) -> bool:
        return bool(named) and rules.identity(self.mapping.source, place, named, 0) in self.known.visits

    def _closed(self, row: _Row, found_on: date) -> date | None:
        """The day on which it was put right. One that cannot be is said and left out; the finding is kept."""
        try:
            closed = self.day(row, "closed_on")
        except _Refused as refused:
            remedy = N_("The finding is kept without the day on which it was closed.")
            self.say(Sort.noted, row, "closed_on", refused.wrong, remedy, refused.facts)
            return None
        if closed is not None and closed < found_on:
            self.say(
                Sort.noted,
                row,
                "closed_on",
                N_("It was closed (%(closed)s) before it was found (%(found)s)."),
                N_("Both days are kept as the file has them."),
                {"closed": closed.isoformat(), "found": found_on.isoformat()},
            )
        return closed


def _joined(cells: Sequence[str], places: Sequence[int]) -> str:
    return " ".join(filter(None, (cells[place].strip() for place in places)))


def _part(said: dict[str, str], fact: str, part: tuple[str, dict[str, str]]) -> None:
    """Put what a pattern found where it belongs; the rest stays the text of its fact."""
    said[fact] = part[0]
    days: dict[str, dict[str, str]] = {}
    for group, value in part[1].items():
        name, piece = day_part(group)
        if piece:
            days.setdefault(name, {})[piece] = value
        else:
            said[name] = value
    for name, pieces in days.items():
        if set(pieces) == {"year", "month", "day"}:
            # With the whole year in front it reads the same in every order of days.
            said[name] = f"{_whole_year(pieces['year'])}-{pieces['month']}-{pieces['day']}"
    if not said[fact]:
        del said[fact]


def _whole_year(text: str) -> str:
    """Two digits: 56 is 2056, and 57 is 1957, as in the register."""
    return text if len(text) != 2 or not text.isdecimal() else f"{'20' if int(text) < 57 else '19'}{text}"


def _settle(found: Plan, mapping: HistoryMapping, known: Known) -> Plan:
    """Take out what is there already, and refuse visits and findings of which an earlier import says otherwise."""
    source = mapping.source
    visits: list[Visit] = []
    for visit in found.visits:
        before = known.visits.get(rules.identity(source, *visit.key, visit.occurrence))
        if before is None:
            visits.append(visit)
        else:
            found.unchanged["visits"] += 1
            if before != rules.digest(visit.facts()):
                found.issues.append(_otherwise(visit.file, visit.row))
    findings: list[Finding] = []
    for one in found.findings:
        before = known.findings.get(rules.identity(source, *one.key, one.occurrence))
        if before is None:
            findings.append(one)
        else:
            found.unchanged["findings"] += 1
            if before != rules.digest(one.facts()):
                found.issues.append(_otherwise(one.file, one.row))
    found.visits, found.findings = visits, findings
    return found


def _otherwise(file: str, row: int) -> Issue:
    return Issue(
        Sort.refused,
        file,
        row,
        "",
        "",
        N_("An earlier import says otherwise of this row."),
        N_("It stays as it was imported first. Undo that import to take this one."),
    )
