"""The photos under the findings of a letter: which go in, and how many."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any, TypeVar
from uuid import UUID

from compliance.casework.cases import Case
from compliance.findings.rules import PublicFinding
from compliance.letters import rules as letters
from compliance.visits import store_paper

MOST_OF_ONE = 6
"""Photos under one finding."""
MOST = 40
"""Photos in one letter: it stays under 4 MB."""

Key = TypeVar("Key")
One = TypeVar("One")


def chosen(case: Case, findings: Iterable[PublicFinding]) -> Mapping[UUID, tuple[Any, ...]]:
    """The photos of each finding that the letter shows, by the finding's id.

    None of an item where anything is or was sealed: a letter must not show what it may not tell. A photo stands under
    the first finding of its item.
    """
    by_item: dict[str, list[Any]] = {}
    for row in store_paper.printable(case.visit):
        if not case.sealed_at(row.item):
            by_item.setdefault(row.item, []).append(row)
    return shared_out({one.id: by_item.pop(one.item, []) for one in findings})


def shared_out(wanted: Mapping[Key, Sequence[One]]) -> dict[Key, tuple[One, ...]]:
    """At most ``MOST_OF_ONE`` each and ``MOST`` in all; where that is not enough, everybody's first comes before
    anybody's second.
    """
    left, given = MOST, dict.fromkeys(wanted, 0)
    for turn in range(MOST_OF_ONE):
        for key, rows in wanted.items():
            if left and len(rows) > turn:
                given[key], left = turn + 1, left - 1
    return {key: tuple(rows[: given[key]]) for key, rows in wanted.items() if given[key]}


def printed(case: Case, findings: Iterable[PublicFinding]) -> Mapping[UUID, tuple[letters.Photo, ...]]:
    """The same as a letter's facts hold them: the kept copies, with the day of the visit."""
    copies = {
        finding_id: [store_paper.printed_copy(row) for row in rows]
        for finding_id, rows in chosen(case, findings).items()
    }
    return {
        finding_id: tuple(letters.Photo(digest, case.visited_on) for digest in dict.fromkeys(digests) if digest)
        for finding_id, digests in copies.items()
    }
