"""Reads the laws with their articles, and the code of conduct."""

import re

from compliance.checklists.complaints import Place
from compliance.checklists.law import NO_TEXT, Chapter, Clause, Code, Law, LawEntry
from compliance.checklists.reader import Reader, once
from compliance.checklists.rules import AREAS
from compliance.checklists.source import Group

_BOOK = re.compile(r"[A-Z][A-Z0-9]{0,15}")
_ARTICLE = re.compile(r"[0-9A-Za-z][0-9A-Za-z.()-]{0,31}")
_CHAPTER = re.compile(r"[1-9][0-9]?")
_CLAUSE = re.compile(r"[1-9][0-9]?\.[1-9][0-9]?")
_VERSION = re.compile(r"[0-9A-Za-z][0-9A-Za-z._-]{0,31}")

_ENTRY_KEYS = ("article", "valid_from", "valid_to", "source", "checked_on", "confirmed")


class Laws:
    """The books and entries read so far, from one file or several."""

    def __init__(self) -> None:
        self.books: dict[str, Law] = {}
        self.entries: dict[str, LawEntry] = {}
        self._places: dict[str, Place] = {}
        self._book_places: dict[str, Place] = {}

    def read(self, reader: Reader, root: Group) -> None:
        """Add the laws of one file."""
        reader.keys(root, ("laws",))
        laws = reader.group(root, "laws")
        if laws is None:
            return
        for key in laws.values:
            book = reader.group(laws, key)
            if not _BOOK.fullmatch(key):
                reader.complain("C112", laws.at(key), key="laws", value=key[:80], example="LL, LCL, GBZ1")
            elif book is None:
                reader.complain("C102", laws.at(key), key=key)
            elif once(reader, "C204", self._book_places, key, laws.at(key)):
                self._book(reader, key, book)

    def _book(self, reader: Reader, key: str, group: Group) -> None:
        reader.keys(group, ("title", "articles"), ("short", "note", "kept_off"))
        title = reader.text(group, "title")
        self.books[key] = Law(
            key=key,
            title=title,
            short=reader.text(group, "short", han=False) if "short" in group.values else title,
            note=reader.text(group, "note") if "note" in group.values else NO_TEXT,
            kept_off=reader.text(group, "kept_off") if "kept_off" in group.values else NO_TEXT,
        )
        articles = reader.group(group, "articles")
        if articles is None:
            return
        for number in articles.values:
            where = articles.at(number)
            if not _ARTICLE.fullmatch(number):
                reader.complain("C112", where, key="articles", value=number[:80], example="48, 91(3), 12-14")
                continue
            entry = reader.group(articles, number)
            if entry is None:
                reader.complain("C102", where, key=number)
            elif once(reader, "C204", self._places, f"{key}-{number}", where):
                self._entry(reader, key, number, entry)

    def _entry(self, reader: Reader, book: str, number: str, group: Group) -> None:
        reader.keys(group, _ENTRY_KEYS)
        begin, end = reader.day(group, "valid_from"), reader.day(group, "valid_to")
        if begin and end and end < begin:
            reader.complain("C308", group.at("valid_to"), begin=begin, end=end)
        checked_on = reader.day(group, "checked_on")
        article = reader.text(group, "article", han=False)
        source = reader.word(group, "source")
        confirmed = reader.truth(group, "confirmed")
        if checked_on is None:
            # A wrong date has had its complaint; a null one has not.
            if "checked_on" in group.values and not reader.word(group, "checked_on", required=False):
                reader.complain("C102", group.at("checked_on"), key="checked_on")
            return
        key = f"{book}-{number}"
        self.entries[key] = LawEntry(key, book, article, begin, end, source, checked_on, confirmed)


def read_code(reader: Reader, root: Group) -> Code:
    """The code of conduct of one file."""
    reader.keys(root, ("title", "version", "chapters"), ("effective_from", "preamble"))
    chapters: list[Chapter] = []
    clauses: list[Clause] = []
    chapter_places: dict[str, Place] = {}
    clause_places: dict[str, Place] = {}
    for group in reader.groups(root, "chapters"):
        reader.keys(group, ("number", "title", "clauses"), ("area",))
        area = reader.choice(group, "area", AREAS) or None
        number = reader.shaped(group, "number", _CHAPTER, "2")
        title = reader.text(group, "title")
        if number and once(reader, "C203", chapter_places, number, group.at("number")):
            chapters.append(Chapter(number, area, title))
        for clause in reader.groups(group, "clauses"):
            reader.keys(clause, ("number", "title", "text"))
            found = reader.shaped(clause, "number", _CLAUSE, "2.10")
            if found and number and found.partition(".")[0] != number:
                reader.complain("C112", clause.at("number"), key="number", value=found, example=f"{number}.1")
            entry = Clause(found, area, reader.text(clause, "title"), reader.text(clause, "text"))
            if found and once(reader, "C203", clause_places, found, clause.at("number")):
                clauses.append(entry)
    return Code(
        title=reader.text(root, "title"),
        version=reader.shaped(root, "version", _VERSION, "2026.1"),
        clauses=tuple(clauses),
        chapters=tuple(chapters),
        effective_from=reader.day(root, "effective_from"),
        preamble=reader.text(root, "preamble") if "preamble" in root.values else NO_TEXT,
    )
