"""Articles of law on a letter: only those confirmed and in force are printed, and the articles of one law together."""

from collections.abc import Iterable
from datetime import date

from compliance.letters.facts import Citation
from compliance.shared.words import Text


def printable(citations: Iterable[Citation], on: date) -> tuple[Citation, ...]:
    """The citations that may be printed: confirmed, and valid on the day ``on`` (both ends included)."""
    return tuple(
        c
        for c in citations
        if c.confirmed and (c.valid_from is None or c.valid_from <= on) and (c.valid_to is None or on <= c.valid_to)
    )


def cite(citations: Iterable[Citation]) -> Text:
    """Citations in one line, the articles of one law together: 《中华人民共和国劳动法》第四十八条、第九十一条."""
    laws: dict[Text, list[Text]] = {}
    for citation in citations:
        articles = laws.setdefault(citation.law, [])
        if citation.article not in articles:
            articles.append(citation.article)
    return Text(
        "; ".join(f"{law.en}, {', '.join(a.en for a in articles)}" for law, articles in laws.items()),
        "；".join(f"{_quoted(law.zh)}{'、'.join(a.zh for a in articles)}" for law, articles in laws.items()),
    )


def _quoted(title: str) -> str:
    return title if title.startswith("《") else f"《{title}》"
