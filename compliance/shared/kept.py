"""What was worked out once holds until something is written: heavy figures that many people read."""

from collections.abc import Callable, Hashable
from contextvars import ContextVar
from typing import TypeVar, cast

from compliance.shared import audit

T = TypeVar("T")
MOST = 64
"""Answers that a process keeps at a time."""

_making: ContextVar[str | None] = ContextVar("newest_line_while_making", default=None)
"""The newest line of what is being made: what is asked for meanwhile belongs to the same state and need not ask."""
_answers: dict[tuple[str, Hashable], object] = {}


def until_written(key: Hashable, make: Callable[[], T]) -> T:
    """What ``make`` gives; for the same key again, as long as the audit trail has the same newest line.

    Every change of an audited table has its line, so ``make`` may read such tables and what stands in the key, and
    nothing else: the scope of who reads, the language and the day belong into the key.
    """
    if audit.has_unwritten():
        return make()
    newest = _making.get() or audit.newest_hash()
    answer = _answers.get((newest, key))
    if answer is None:
        within = _making.set(newest)
        try:
            answer = make()
        finally:
            _making.reset(within)
        outdated = [one for one in tuple(_answers) if one[0] != newest]
        for one in outdated or tuple(_answers)[: max(0, len(_answers) - MOST + 1)]:
            _answers.pop(one, None)
        _answers[newest, key] = answer
    return cast(T, answer)
