r"""How files about past visits are read and joined: the mapping, as YAML.

::

    source: Example City, Department of Health   # from where; shown beside everything that is imported
    currency: CNY                                # of amounts
    match: credit_code                           # credit_code | name_and_address | nothing: how workplaces are found in
                                                 # the register
    scale: {lowest: 0, highest: 100, higher_is_better: true}
    bands:                                       # by score, both ends included; for visits whose file names none
    - {lowest: 0, highest: 70, name: Poor}
    files:
      inspections.csv:                           # a name or a pattern such as *_inspections.csv
        role: visits                             # workplaces | visits | findings
        sheet: Sheet1                            # left out: the first one
        header_row: 1                            # left out: the first row that is not empty
        dates: month_first                       # year_first | day_first | month_first
        columns:                                 # header: fact, or a list of facts; the rest is left out
          business_id: workplace
          date: visited_on
        constants: {area: sanitation}            # for every row in which the fact is empty
        words: {severity: {High Risk: critical}} # what a word in the file stands for
        split: {text: '\[ corrected: (?P<closed_on>[0-9/]+) \]$'}

``split`` is a regular expression for the text of one fact: its named groups are facts, what it matched goes out of the
text. A date can be split into three groups, ``closed_on_year``, ``closed_on_month`` and ``closed_on_day``.

Rows belong together by ``workplace`` (without it: by name and address) and by ``visit`` (without it: by workplace and
``visited_on``).
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal, InvalidOperation
from enum import StrEnum
from fnmatch import fnmatch
from itertools import pairwise
from typing import Any

import yaml

from compliance.enterprises.names import fold
from compliance.enterprises.reading import MOST_WORDS, Dates, labels
from compliance.history.facts import DAYS, FACTS, Role, meaning
from compliance.shared.problems import Problem
from compliance.shared.spreadsheets import Table
from compliance.shared.words import N_, clean

MOST_FILES = 10
MOST_BYTES = 200_000
LONGEST_PATTERN = 500
LONGEST_SOURCE = 200
_SAMPLE = 500
"""Rows of a file that are looked at to guess how its days are written."""
_PARTS = ("year", "month", "day")


class Match(StrEnum):
    """How a workplace of the past is found in the register."""

    credit_code = "credit_code"
    name_and_address = "name_and_address"
    nothing = "nothing"


@dataclass(frozen=True)
class Scale:
    """What scores are measured in, both ends included."""

    lowest: Decimal
    highest: Decimal
    higher_is_better: bool = True


@dataclass(frozen=True)
class Band:
    """A word for scores between two ends, both included."""

    lowest: Decimal
    highest: Decimal
    name: str


@dataclass(frozen=True)
class FileMap:
    """How one file is read."""

    role: Role
    sheet: str | None = None
    header_row: int | None = None
    dates: Dates = Dates.year_first
    columns: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    constants: Mapping[str, str] = field(default_factory=dict)
    words: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    split: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class HistoryMapping:
    """How several files are read and joined; see the module."""

    source: str
    files: Mapping[str, FileMap]
    currency: str = ""
    match: Match = Match.credit_code
    scale: Scale | None = None
    bands: Sequence[Band] = ()

    def of(self, filename: str) -> FileMap | None:
        """How a file of this name is read; None where the mapping does not speak of it."""
        return self.files.get(self.key_of(filename))

    def key_of(self, filename: str) -> str:
        """The name or pattern under which the mapping speaks of a file; the file's own name where it does not."""
        name = filename.casefold()
        exact = (pattern for pattern in self.files if pattern.casefold() == name)
        fitting = (pattern for pattern in self.files if fnmatch(name, pattern.casefold()))
        return next(exact, None) or next(fitting, filename)

    def band_of(self, score: Decimal) -> str:
        """The word for a score; empty where no band holds it."""
        return next((one.name for one in self.bands if one.lowest <= score <= one.highest), "")


class _Loader(yaml.SafeLoader):
    """YAML in which a heading such as No, Yes or 2024-01-01 stays the text that it is."""

    yaml_implicit_resolvers = {
        sign: [(tag, pattern) for tag, pattern in known if tag.rpartition(":")[2] not in ("bool", "timestamp")]
        for sign, known in yaml.SafeLoader.yaml_implicit_resolvers.items()
    }


_Loader.add_implicit_resolver("tag:yaml.org,2002:bool", re.compile("^(?:true|false)$"), ["t", "f"])


def from_file(data: bytes) -> HistoryMapping:
    """A mapping from a file. Raises ``Problem`` for anything that it does not say right."""
    try:
        raw = yaml.load(data.decode("utf-8-sig"), Loader=_Loader)  # noqa: S506 - a safe one
    except (yaml.YAMLError, UnicodeDecodeError):
        raise Problem(
            "mapping-file", N_("This mapping cannot be read: it is no YAML in UTF-8."), field="mapping"
        ) from None
    return from_json(raw)


def as_file(mapping: HistoryMapping) -> str:
    """The text that ``from_file`` reads."""
    return yaml.safe_dump(as_json(mapping), allow_unicode=True, sort_keys=False, width=110)


def as_json(mapping: HistoryMapping) -> dict[str, Any]:
    """As it is kept, and as the file has it; ``from_json`` makes the same of it."""
    found: dict[str, Any] = {"source": mapping.source}
    if mapping.currency:
        found["currency"] = mapping.currency
    found["match"] = mapping.match.value
    if mapping.scale:
        ends = {"lowest": _plain(mapping.scale.lowest), "highest": _plain(mapping.scale.highest)}
        found["scale"] = {**ends, "higher_is_better": mapping.scale.higher_is_better}
    if mapping.bands:
        found["bands"] = [
            {"lowest": _plain(one.lowest), "highest": _plain(one.highest), "name": one.name} for one in mapping.bands
        ]
    found["files"] = {name: _file_as_json(one) for name, one in mapping.files.items()}
    return found


def _file_as_json(one: FileMap) -> dict[str, Any]:
    whole = {
        "role": one.role.value,
        "sheet": one.sheet,
        "header_row": one.header_row,
        "dates": one.dates.value,
        "columns": {label: facts[0] if len(facts) == 1 else list(facts) for label, facts in one.columns.items()},
        "constants": dict(one.constants),
        "words": {fact: dict(words) for fact, words in one.words.items()},
        "split": dict(one.split),
    }
    return {name: value for name, value in whole.items() if value not in (None, {})}


def from_json(raw: Any) -> HistoryMapping:
    """A mapping from what was kept or stood in a file. Raises ``Problem`` for anything that it does not say right."""
    keys = _keys(raw, "", {"source", "currency", "match", "scale", "bands", "files"})
    source = keys.get("source")
    if not isinstance(source, str) or not clean(source) or len(source) > LONGEST_SOURCE:
        raise Problem("mapping-source", N_("Say from where the results come (source)."), field="mapping")
    currency = keys.get("currency", "")
    if not isinstance(currency, str) or not re.fullmatch(r"|[A-Z]{3}", currency):
        raise _wrong("currency")
    if keys.get("match", "credit_code") not in set(Match):
        raise _wrong("match")
    files = keys.get("files")
    if not isinstance(files, Mapping) or len(files) > MOST_FILES:
        raise _wrong("files")
    return HistoryMapping(
        source=clean(source),
        files={str(name): _file(one, f"files: {name}") for name, one in files.items()},
        currency=currency,
        match=Match(keys.get("match", Match.credit_code)),
        scale=_scale(keys["scale"]) if keys.get("scale") is not None else None,
        bands=_bands(keys.get("bands", [])),
    )


def _scale(raw: Any) -> Scale:
    keys = _keys(raw, "scale", {"lowest", "highest", "higher_is_better"})
    lowest, highest = _number(keys.get("lowest"), "scale"), _number(keys.get("highest"), "scale")
    better = keys.get("higher_is_better", True)
    if lowest >= highest or not isinstance(better, bool):
        raise _wrong("scale")
    return Scale(lowest, highest, better)


def _bands(raw: Any) -> tuple[Band, ...]:
    if not isinstance(raw, list) or len(raw) > 20:
        raise _wrong("bands")
    found = []
    for one in raw:
        keys = _keys(one, "bands", {"lowest", "highest", "name"})
        name = keys.get("name")
        if not isinstance(name, str) or not 1 <= len(clean(name)) <= 80:
            raise _wrong("bands: name")
        found.append(Band(_number(keys.get("lowest"), "bands"), _number(keys.get("highest"), "bands"), clean(name)))
    ordered = sorted(found, key=lambda band: band.lowest)
    if any(one.lowest > one.highest for one in ordered) or any(
        one.highest >= after.lowest for one, after in pairwise(ordered)
    ):
        raise Problem("mapping-bands", N_("The bands overlap: a score would have two names."), field="mapping")
    return tuple(found)


def _file(raw: Any, where: str) -> FileMap:
    known = {"role", "sheet", "header_row", "dates", "columns", "constants", "words", "split"}
    keys = _keys(raw, where, known)
    if keys.get("role") not in set(Role):
        raise _wrong(f"{where}: role")
    role = Role(keys["role"])
    sheet, row = keys.get("sheet"), keys.get("header_row")
    if not (sheet is None or isinstance(sheet, str)):
        raise _wrong(f"{where}: sheet")
    if not (row is None or (isinstance(row, int) and not isinstance(row, bool) and row > 0)):
        raise _wrong(f"{where}: header_row")
    if keys.get("dates", "year_first") not in set(Dates):
        raise _wrong(f"{where}: dates")
    columns = _columns(keys.get("columns", {}), f"{where}: columns")
    words = keys.get("words", {})
    if not isinstance(words, Mapping):
        raise _wrong(f"{where}: words")
    meant = {str(fact): _texts(one, f"{where}: words") for fact, one in words.items()}
    constants, split = _texts(keys.get("constants", {}), f"{where}: constants"), _texts(keys.get("split", {}), where)
    for fact in (*(fact for facts in columns.values() for fact in facts), *constants, *meant, *split):
        _known(role, fact)
    for pattern in split.values():
        require_pattern(role, pattern)
    return FileMap(role, sheet, row, Dates(keys.get("dates", "year_first")), columns, constants, meant, split)


def _columns(raw: Any, where: str) -> dict[str, tuple[str, ...]]:
    if not isinstance(raw, Mapping):
        raise _wrong(where)
    found: dict[str, tuple[str, ...]] = {}
    for label, facts in raw.items():
        named = tuple(facts) if isinstance(facts, list) else (facts,)
        if not named or not all(isinstance(one, str) and one for one in named):
            raise _wrong(where)
        found[str(label)] = named
    return found


def require_pattern(role: Role, pattern: str) -> None:
    """Raise ``Problem`` for what is no regular expression, or names a group after no fact of these files."""
    if len(pattern) > LONGEST_PATTERN:
        raise Problem(
            "mapping-pattern", N_("A pattern has at most %(most)d signs."), most=LONGEST_PATTERN, field="mapping"
        )
    try:
        groups = re.compile(pattern).groupindex
    except (re.error, OverflowError, RecursionError):
        raise Problem(
            "mapping-pattern", N_("This is no regular expression: %(pattern)s"), pattern=pattern[:80], field="mapping"
        ) from None
    for name in groups:
        _known(role, day_part(name)[0])


def day_part(group: str) -> tuple[str, str]:
    """A group's name as fact and part of a date (``year``, ``month``, ``day``, or empty for all of it)."""
    fact, _line, part = group.rpartition("_")
    return (fact, part) if part in _PARTS and fact in DAYS else (group, "")


def _known(role: Role, fact: str) -> None:
    if fact not in FACTS[role]:
        raise Problem(
            "mapping-fact",
            N_("%(fact)s is no fact of %(role)s. There are: %(facts)s."),
            fact=fact,
            role=role.value,
            facts=", ".join(FACTS[role]),
            field="mapping",
        )


def _keys(raw: Any, where: str, known: set[str]) -> dict[str, Any]:
    if not isinstance(raw, Mapping):
        raise _wrong(where or "source")
    unknown = set(map(str, raw)) - known
    if unknown:
        raise _wrong(f"{where}: {', '.join(sorted(unknown))}" if where else ", ".join(sorted(unknown)))
    return {str(name): value for name, value in raw.items()}


def _texts(raw: Any, where: str) -> dict[str, str]:
    if not isinstance(raw, Mapping) or len(raw) > MOST_WORDS:
        raise _wrong(where)
    if not all(isinstance(value, str | int) and not isinstance(value, bool) for value in raw.values()):
        raise _wrong(where)
    return {str(name): str(value) for name, value in raw.items()}


def _number(raw: Any, where: str) -> Decimal:
    try:
        if isinstance(raw, bool) or not isinstance(raw, int | float | str):
            raise _wrong(where)
        number = Decimal(str(raw))
    except InvalidOperation:
        raise _wrong(where) from None
    if not number.is_finite() or abs(number) > 1_000_000:
        raise _wrong(where)
    return number


def _plain(number: Decimal) -> int | float:
    return int(number) if number == number.to_integral_value() else float(number)


def _wrong(what: str) -> Problem:
    return Problem("mapping-shape", N_("The mapping does not say this right: %(what)s."), what=what, field="mapping")


# --- guessing ---------------------------------------------------------------------------------------------------------


def guess(tables: Mapping[str, Table], source: str) -> HistoryMapping:
    """A mapping from the headings alone; it speaks of no file where these say nothing."""
    files = {name: one for name, table in tables.items() if (one := _guessed(table)) is not None}
    bands = tuple(band for name, table in tables.items() if name not in files for band in _legend(table))
    return HistoryMapping(source, files, scale=_scale_of(tables, files), bands=bands)


def _guessed(table: Table) -> FileMap | None:
    by_role = {role: columns_of(role, table) for role in Role}
    facts = {role: {fact for named in columns.values() for fact in named} for role, columns in by_role.items()}
    if "text" in facts[Role.findings] and facts[Role.findings] & {"workplace", "name", "visit"}:
        role = Role.findings
    elif "visited_on" in facts[Role.visits]:
        role = Role.visits
    elif "name" in facts[Role.workplaces]:
        role = Role.workplaces
    else:
        return None
    return FileMap(role, dates=_dates(table, by_role[role]), columns=by_role[role])


def columns_of(role: Role, table: Table) -> dict[str, tuple[str, ...]]:
    """What the columns of a file mean by their headings alone."""
    found: dict[str, tuple[str, ...]] = {}
    taken: set[str] = set()
    for header, label in zip(table.headers, labels(table.headers), strict=True):
        fact = meaning(role, header)
        if fact and fact not in taken:
            found[label] = (fact,)
            taken.add(fact)
    return found


def _dates(table: Table, columns: Mapping[str, tuple[str, ...]]) -> Dates:
    days = [place for place, label in enumerate(labels(table.headers)) if DAYS & set(columns.get(label, ()))]
    firsts, seconds = [0], [0]
    for row in table.rows[:_SAMPLE]:
        for place in days:
            turned = re.match(r"(\d{1,2})\s*[-/. ]\s*(\d{1,2})\s*[-/. ]\s*\d{4}\b", row[place])
            if turned:
                firsts.append(int(turned[1]))
                seconds.append(int(turned[2]))
    if max(firsts) > 12:
        return Dates.day_first
    return Dates.month_first if max(seconds) > 12 else Dates.year_first


def _scale_of(tables: Mapping[str, Table], files: Mapping[str, FileMap]) -> Scale | None:
    """From 0 to 100 where all scores lie in it."""
    for name, one in files.items():
        for place, label in enumerate(labels(tables[name].headers)):
            if "score" not in one.columns.get(label, ()):
                continue
            seen = [row[place] for row in tables[name].rows if row[place]]
            if seen and all(re.fullmatch(r"\d{1,2}(\.\d+)?|100(\.0+)?", value) for value in seen):
                return Scale(Decimal(0), Decimal(100))
    return None


def _legend(table: Table) -> list[Band]:
    """The bands of a file that holds nothing but a lowest and a highest score and a word for each."""
    names = [fold(header).replace("_", " ") for header in table.headers]
    wanted = (("minimum score", "lowest", "from", "最低分"), ("maximum score", "highest", "to", "最高分"))
    ends = [next((place for place, name in enumerate(names) if name in words), None) for words in wanted]
    word = next((place for place, name in enumerate(names) if name in ("description", "band", "name", "等级")), None)
    if ends[0] is None or ends[1] is None or word is None or len(table.rows) > 20:
        return []
    found = []
    for row in table.rows:
        if not row[ends[0]].isdecimal() or not row[ends[1]].isdecimal() or not row[word]:
            return []
        found.append(Band(Decimal(row[ends[0]]), Decimal(row[ends[1]]), row[word][:80]))
    return found
