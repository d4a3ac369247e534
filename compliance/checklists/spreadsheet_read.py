"""An edited spreadsheet back into the trees that `parse.build` reads, each word with its place."""

import re
from collections.abc import Iterator, Mapping, Sequence

from compliance.checklists.complaints import Complaint, Place, nearest
from compliance.checklists.parse import Outcome, build
from compliance.checklists.reader import Reader
from compliance.checklists.rules import AREAS, WAYS_OF_LOOKING
from compliance.checklists.source import Group, Many, Tree, Word
from compliance.checklists.spreadsheet import LINE_IN_ENTRY, SHEETS

Sheets = Mapping[str, Sequence[Sequence[str]]]
"""Sheet -> rows of cells as text; the first row holds the headings."""

_COMMA = re.compile(r"[,，、;；\s]+")
_COLON = re.compile(r"[:：]")

CODE_KINDS = ("code", "chapter", "clause")


class Row:
    """One row of a sheet: its cells by heading, as trees."""

    def __init__(self, sheet: str, line: int, cells: Mapping[str, str]) -> None:
        self.sheet, self.line, self.cells = sheet, line, cells
        self.place = Place(sheet, line)

    def at(self, heading: str) -> Place:
        """Where the cell of this column stands."""
        return Place(self.sheet, self.line, heading)

    def raw(self, heading: str) -> str:
        """The text of a cell."""
        return self.cells.get(heading, "").strip()

    def word(self, heading: str) -> Word:
        """The cell as one word."""
        return Word(self.at(heading), self.raw(heading))

    def pair(self, heading: str) -> Group | None:
        """The two cells of a bilingual text; None if both are empty."""
        names = {"en": f"{heading} en", "zh": f"{heading} zh"}
        if not any(self.raw(name) for name in names.values()):
            return None
        return Group(
            self.at(names["en"]),
            {language: self.word(name) for language, name in names.items()},
            {language: self.at(name) for language, name in names.items()},
        )

    def pairs(self, heading: str, reader: Reader) -> Many:
        """The lines of two cells as a list of bilingual texts."""
        en, zh = self._lines(f"{heading} en"), self._lines(f"{heading} zh")
        place_en, place_zh = self.at(f"{heading} en"), self.at(f"{heading} zh")
        if len(en) != len(zh):
            reader.complain("C315", place_zh, en=len(en), zh=len(zh))
        entries = [
            Group(
                place_en,
                {"en": Word(place_en, first), "zh": Word(place_zh, second)},
                {"en": place_en, "zh": place_zh},
            )
            for first, second in zip(en, zh, strict=False)
        ]
        return Many(place_en, entries)

    def words(self, heading: str) -> Many:
        """The words of a cell, separated by commas (Chinese ones as well) or spaces."""
        place = self.at(heading)
        return Many(place, [Word(place, word) for word in _COMMA.split(self.raw(heading)) if word])

    def keys(self, heading: str, lists: tuple[str, ...] = ()) -> Group | None:
        """A cell of lines "key: value"; those in `lists` hold words with commas. None if the cell is empty."""
        if not self.raw(heading):
            return None
        place = self.at(heading)
        values: dict[str, Tree] = {}
        for line in self._lines(heading):
            key, *rest = (part.strip() for part in _COLON.split(line, maxsplit=1))
            value = rest[0] if rest else ""
            if key in lists:
                values[key] = Many(place, [Word(place, word) for word in _COMMA.split(value) if word])
            else:
                values[key] = Word(place, value)
        return Group(place, values, dict.fromkeys(values, place))

    def group(self, **trees: Tree | None) -> Group:
        """A group of this row; None leaves a key out."""
        values = {key: tree for key, tree in trees.items() if tree is not None}
        return Group(self.place, values, {key: tree.place for key, tree in values.items()})

    def _lines(self, heading: str) -> list[str]:
        lines = (line.strip() for line in self.raw(heading).splitlines())
        return [line.replace(LINE_IN_ENTRY, "\n") for line in lines if line]


def parse_sheets(sheets: Sheets) -> Outcome:
    """The checklist of a workbook's sheets, or everything that is wrong with them."""
    reader = Reader()
    tables = {sheet: list(_rows(reader, sheets, sheet)) for sheet in SHEETS}
    missing = [sheet for sheet in SHEETS if sheet not in sheets]
    for sheet in missing:
        reader.complain("C011", Place(sheet), meant=nearest(sheet, sheets), key=sheet)
    roots = [_laws(tables["laws"], tables["articles"], reader), _settings("policy", tables["policy"], reader)]
    ladder = _settings("ladder", tables["ladder"], reader)
    roots.append(Group(ladder.place, {"ladder": ladder}, {"ladder": ladder.place}))
    code = _code(reader, tables["code"])
    roots += [code] if code else []
    facts, numbers = _by_item(reader, tables, "facts"), _by_item(reader, tables, "numbers")
    titles = {row.raw("area"): row for row in tables["areas"]}
    roots += [_area(reader, area, tables[area], titles.get(area), facts, numbers) for area in AREAS]
    return build(reader, roots, unread=bool(missing))


def _rows(reader: Reader, sheets: Sheets, sheet: str) -> Iterator[Row]:
    lines = sheets.get(sheet, ())
    headings = [cell.strip().casefold() for cell in lines[0]] if lines else []
    wanted = [column.heading for column in SHEETS[sheet]]
    if sheet in sheets:
        for heading in wanted:
            if heading not in headings:
                reader.complain("C317", Place(sheet, 1), meant=nearest(heading, headings), key=heading)
        for heading in filter(None, headings):
            if heading not in wanted:
                meant = nearest(heading, wanted)
                reader.complain("C101", Place(sheet, 1), meant=meant, key=heading, options=", ".join(wanted))
    for number, line in enumerate(lines[1:], 2):
        # The row below the headings explains them; it, and any row of remarks, begins with #.
        if any(cell.strip() for cell in line) and not line[0].startswith("#"):
            yield Row(sheet, number, dict(zip(headings, line, strict=False)))


def _by_item(reader: Reader, tables: Mapping[str, list[Row]], sheet: str) -> dict[str, list[Row]]:
    items = {row.raw("id") for area in AREAS for row in tables[area]}
    found: dict[str, list[Row]] = {}
    for row in tables[sheet]:
        item = row.raw("item")
        if item not in items:
            reader.complain("C316", row.at("item"), meant=nearest(item, items), value=item)
        found.setdefault(item, []).append(row)
    return found


def _area(
    reader: Reader,
    area: str,
    rows: list[Row],
    title: Row | None,
    facts: Mapping[str, list[Row]],
    numbers: Mapping[str, list[Row]],
) -> Group:
    place = Place(area, 1)
    items = []
    for row in rows:
        reader.item = row.raw("id")
        items.append(_item(reader, row, facts.get(reader.item, []), numbers.get(reader.item, [])))
    reader.item = ""
    values: dict[str, Tree | None] = {"area": Word(place, area), "items": Many(place, items)}
    if title:
        values |= {"title": title.pair("title"), "short": title.pair("short")}
    kept = {key: tree for key, tree in values.items() if tree is not None}
    return Group(place, kept, {key: tree.place for key, tree in kept.items()})


def _item(reader: Reader, row: Row, facts: list[Row], numbers: list[Row]) -> Group:
    ways = {way: row.pairs(way, reader) for way in WAYS_OF_LOOKING}
    only_if = row.raw("only if item") or row.raw("only if verdicts")
    return row.group(
        id=row.word("id"),
        core=row.word("core"),
        clause=row.word("clause"),
        question=row.pair("question"),
        guidance=row.pair("guidance"),
        look_for=row.group(**{way: lines for way, lines in ways.items() if lines.entries}),
        law=row.words("law"),
        severity=row.word("severity"),
        action=row.pair("action"),
        days=row.word("days"),
        evidence=row.pairs("evidence", reader),
        ilo=row.words("ilo"),
        applies=row.keys("applies", ("sector", "size")),
        only_if=row.group(item=row.word("only if item"), verdicts=row.words("only if verdicts")) if only_if else None,
        suggests=row.keys("suggests"),
        facts=Many(row.place, [_fact(fact) for fact in facts]) if facts else None,
        quantities=Many(row.place, [_number(number) for number in numbers]) if numbers else None,
    )


def _fact(row: Row) -> Group:
    return row.group(
        id=row.word("id"),
        text=row.pair("text"),
        zero_tolerance=row.word("zero tolerance"),
        disclosure=row.word("disclosure"),
    )


def _number(row: Row) -> Group:
    return row.group(
        id=row.word("id"),
        label=row.pair("label"),
        unit=row.pair("unit"),
        minimum=row.word("minimum"),
        maximum=row.word("maximum"),
        decimals=row.word("decimals"),
    )


def _laws(books: list[Row], articles: list[Row], reader: Reader) -> Group:
    place = Place("laws", 1)
    laws: dict[str, Tree] = {}
    places: dict[str, Place] = {}
    for row in books:
        key = row.raw("law")
        if key in places:
            reader.complain("C204", row.place, value=key, first=places[key])
            continue
        of_law = [article for article in articles if article.raw("law") == key]
        group = row.group(
            title=row.pair("title"), short=row.pair("short"), note=row.pair("note"), kept_off=row.pair("kept off")
        )
        entries = _entries(reader, row, key, of_law)
        laws[key] = Group(row.place, {**group.values, "articles": entries}, group.places)
        places[key] = row.place
    for article in articles:
        if article.raw("law") not in laws:
            meant = nearest(article.raw("law"), laws)
            reader.complain("C301", article.at("law"), meant=meant, value=article.raw("law"))
    return Group(place, {"laws": Group(place, laws, places)}, {"laws": place})


def _entries(reader: Reader, book: Row, key: str, articles: list[Row]) -> Group:
    entries: dict[str, Tree] = {}
    places: dict[str, Place] = {}
    for row in articles:
        number = row.raw("number")
        if number in entries:
            reader.complain("C204", row.place, value=f"{key}-{number}", first=places[number])
            continue
        places[number] = row.place
        entries[number] = row.group(
            article=row.pair("article"),
            valid_from=row.word("valid from"),
            valid_to=row.word("valid to"),
            source=row.word("source"),
            checked_on=row.word("checked on"),
            confirmed=row.word("confirmed"),
        )
    return Group(book.place, entries, places)


def _code(reader: Reader, rows: list[Row]) -> Group | None:
    head = next((row for row in rows if row.raw("kind") == "code"), None)
    if head is None:
        return None
    chapters: list[Group] = []
    clauses: list[Tree] = []
    for row in rows:
        kind = reader.as_choice(row.word("kind"), "kind", CODE_KINDS)
        if kind == "clause":
            if not chapters:
                # A clause above the first chapter would belong nowhere.
                reader.complain("C102", row.place, key="chapter")
            clauses.append(row.group(number=row.word("number"), title=row.pair("title"), text=row.pair("text")))
        elif kind == "code" and row is not head:
            reader.complain("C205", row.place, value="code")
        elif kind == "chapter":
            clauses = []
            chapter = row.group(number=row.word("number"), title=row.pair("title"), area=row.word("area"))
            below: dict[str, Tree] = {**chapter.values, "clauses": Many(row.place, clauses)}
            chapters.append(Group(row.place, below, chapter.places))
    return head.group(
        version=head.word("number"),
        title=head.pair("title"),
        preamble=head.pair("text"),
        effective_from=head.word("effective from"),
        chapters=Many(head.place, chapters),
    )


def _settings(sheet: str, rows: list[Row], reader: Reader) -> Group:
    """Dotted settings back into groups; a group whose keys are all numbers is a list."""
    place = Place(sheet, 1)
    tree: dict[str, object] = {}
    for row in rows:
        *above, last = row.raw("setting").split(".")
        here = tree
        for key in above:
            below = here.setdefault(key, {})
            if not isinstance(below, dict):
                break
            here = below
        else:
            if last in here:
                reader.complain("C010", row.at("setting"), key=row.raw("setting"))
            else:
                here[last] = row.word("value")
            continue
        reader.complain("C103", row.at("setting"), key=row.raw("setting"), wanted="group.key")
    values = {key: _grow(below, place) for key, below in tree.items()}
    return Group(place, values, {key: branch.place for key, branch in values.items()})


def _grow(value: object, place: Place) -> Tree:
    if isinstance(value, Word):
        return value
    values = {key: _grow(below, place) for key, below in value.items()} if isinstance(value, dict) else {}
    place = min((below.place for below in values.values()), default=place)
    if values and all(key.isdecimal() for key in values):
        return Many(place, [values[key] for key in sorted(values, key=int)])
    return Group(place, values, {key: tree.place for key, tree in values.items()})


def unreadable(name: str) -> Outcome:
    """What is said of a file that is no workbook."""
    return Outcome(None, (Complaint("C012", Place(name)),))
