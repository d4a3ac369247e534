"""The code of conduct and the laws it rests on, as dated data."""

from dataclasses import dataclass
from datetime import date

from compliance.shared.words import Text

NO_TEXT = Text("", "")


@dataclass(frozen=True)
class Law:
    """A law, regulation or standard that articles are cited from.

    ``kept_off`` says why no letter and no page of an enterprise cites it; empty if they may.
    """

    key: str
    title: Text
    short: Text
    note: Text = NO_TEXT
    kept_off: Text = NO_TEXT


@dataclass(frozen=True)
class LawEntry:
    """One article, dated: where it was read, when that was checked, and whether letters may print it."""

    key: str
    law: str
    article: Text
    valid_from: date | None
    valid_to: date | None
    source: str
    checked_on: date
    confirmed: bool

    def in_force(self, on: date) -> bool:
        """True if the article is confirmed and valid on this day (both ends included)."""
        begun = self.valid_from is None or self.valid_from <= on
        ended = self.valid_to is not None and self.valid_to < on
        return self.confirmed and begun and not ended


@dataclass(frozen=True)
class Clause:
    """A numbered clause of the code of conduct; `area` is None in the general chapters."""

    number: str
    area: str | None
    title: Text
    text: Text

    @property
    def chapter(self) -> str:
        """The number of the chapter the clause stands in ("2" for "2.6")."""
        return self.number.partition(".")[0]


@dataclass(frozen=True)
class Chapter:
    """A chapter heading of the code of conduct."""

    number: str
    area: str | None
    title: Text


@dataclass(frozen=True)
class Code:
    """The code of conduct that enterprises pledge to keep."""

    title: Text
    version: str
    clauses: tuple[Clause, ...]
    chapters: tuple[Chapter, ...] = ()
    effective_from: date | None = None
    preamble: Text = NO_TEXT

    def changed_under_the_same_version(self, earlier: "Code") -> bool:
        """True if the text differs from the earlier one's but claims its version: pledges could not tell them apart."""
        return self.version == earlier.version and self != earlier

    def clause(self, number: str) -> Clause | None:
        """The clause of this number, or None."""
        return next((clause for clause in self.clauses if clause.number == number), None)
