"""The states of a period of drawing as a table of moves, and the words of each. Pure."""

from collections.abc import Mapping
from datetime import date
from enum import StrEnum

from compliance.shared.problems import Conflict, Problem
from compliance.shared.words import N_


class PeriodState(StrEnum):
    """Where a period stands."""

    draft = "draft"
    frozen = "frozen"
    drawn = "drawn"
    ended = "ended"
    cancelled = "cancelled"


class PeriodMove(StrEnum):
    """What can be done with a period."""

    change = "change"
    freeze = "freeze"
    draw = "draw"
    cancel = "cancel"
    reveal = "reveal"


class LeftReason(StrEnum):
    """Why a drawn workplace no longer belongs to those whom the draw stands for."""

    left = "left"  # the enterprise is no longer a member
    merged = "merged"
    closed = "closed"
    removed = "removed"  # the workplace alone is no longer in use


MOVES: Mapping[tuple[PeriodState, PeriodMove], PeriodState] = {
    (PeriodState.draft, PeriodMove.change): PeriodState.draft,
    (PeriodState.draft, PeriodMove.freeze): PeriodState.frozen,
    (PeriodState.draft, PeriodMove.cancel): PeriodState.cancelled,
    (PeriodState.frozen, PeriodMove.draw): PeriodState.drawn,
    (PeriodState.frozen, PeriodMove.cancel): PeriodState.cancelled,
    (PeriodState.drawn, PeriodMove.reveal): PeriodState.ended,
}
"""(state, move) -> state. A pair that is missing cannot be done."""

STANDING: Mapping[PeriodState, str] = {
    PeriodState.draft: N_("This period is being prepared: its frame is not frozen yet."),
    PeriodState.frozen: N_("The frame of this period is frozen. Draw, or cancel the period with a reason."),
    PeriodState.drawn: N_("This period is drawn. Nothing about it can be changed any more."),
    PeriodState.ended: N_("This period has ended, and its seed is revealed."),
    PeriodState.cancelled: N_("This period is cancelled. Set up a new one."),
}

STATE_WORDS: Mapping[PeriodState, str] = {
    PeriodState.draft: N_("Being prepared"),
    PeriodState.frozen: N_("Frame frozen"),
    PeriodState.drawn: N_("Draw is made"),
    PeriodState.ended: N_("Ended, seed revealed"),
    PeriodState.cancelled: N_("Cancelled"),
}

LEFT_WORDS: Mapping[LeftReason, str] = {
    LeftReason.left: N_("No longer a member"),
    LeftReason.merged: N_("Merged with another enterprise"),
    LeftReason.closed: N_("Closed down"),
    LeftReason.removed: N_("The workplace is no longer in use"),
}


def after(state: PeriodState, move: PeriodMove) -> PeriodState:
    """The state after a move. Raises ``Conflict`` where the table has no such move."""
    try:
        return MOVES[(state, move)]
    except KeyError:
        raise Conflict("period-state", STANDING[state]) from None


def check_days(first: date, last: date) -> None:
    """Raise ``Problem`` unless the days make a span of at most two years."""
    if last < first:
        raise Problem("period-days", N_("The last day lies before the first day."), field="last_day")
    if (last - first).days > 731:
        raise Problem("period-long", N_("A period lasts two years at most."), field="last_day")


def overlap(first: date, last: date, other_first: date, other_last: date) -> bool:
    """Whether two spans share a day."""
    return first <= other_last and other_first <= last
