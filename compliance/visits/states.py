"""The states of a visit as a table of moves, what each move asks for, and who sees which state."""

from collections.abc import Mapping
from datetime import date
from enum import StrEnum

from compliance.people.rules import Role
from compliance.shared.problems import Conflict, Problem
from compliance.shared.words import N_


class State(StrEnum):
    """Where a visit stands."""

    planned = "planned"
    handed_out = "handed_out"
    sealed = "sealed"
    released = "released"
    cancelled = "cancelled"


class Move(StrEnum):
    """What can be done with a visit."""

    change = "change"
    cancel = "cancel"
    hand_out = "hand_out"
    move_version = "move_version"
    change_team = "change_team"
    answer = "answer"
    seal = "seal"
    send_back = "send_back"
    correct = "correct"
    release = "release"


class Route(StrEnum):
    """How a workplace came to be visited; only random visits say something about all members."""

    random = "random"
    targeted = "targeted"
    complaint = "complaint"
    follow_up = "follow_up"
    voluntary = "voluntary"


class Outcome(StrEnum):
    """How a visit ended."""

    completed = "completed"
    refused = "refused"
    closed_down = "closed_down"
    not_found = "not_found"


class Signature(StrEnum):
    """What became of a signature. Whoever signs confirms receipt, not agreement."""

    signed = "signed"
    refused = "refused"
    absent = "absent"


MOVES: Mapping[tuple[State, Move], State] = {
    (State.planned, Move.change): State.planned,
    (State.planned, Move.cancel): State.cancelled,
    (State.planned, Move.hand_out): State.handed_out,
    (State.handed_out, Move.move_version): State.handed_out,
    (State.handed_out, Move.change_team): State.handed_out,
    (State.handed_out, Move.answer): State.handed_out,
    (State.handed_out, Move.cancel): State.cancelled,
    (State.handed_out, Move.seal): State.sealed,
    (State.sealed, Move.correct): State.sealed,
    (State.sealed, Move.send_back): State.handed_out,
    (State.sealed, Move.release): State.released,
    # A dispute that is upheld corrects what was released; casework issues a new scorecard and letter for it.
    (State.released, Move.correct): State.released,
}
"""(state, move) -> state. A pair that is missing cannot be done."""

SEEN_BY: Mapping[Role, frozenset[State]] = {
    Role.coordinator: frozenset(State),
    Role.reviewer: frozenset({State.sealed, State.released}),
    Role.leader: frozenset({State.sealed, State.released}),
    Role.inspector: frozenset({State.released}),
}
"""Which visits a role sees, ties aside. An inspector also sees what was handed out to them, and a reviewer what was
sent back. Plans are the coordinators' alone: nobody else needs to know who will be visited."""

OWN_STATES = frozenset({State.handed_out, State.sealed, State.released})
"""States in which inspectors see visits that were given to them; never planned ones."""


def after(state: State, move: Move) -> State:
    """The state after a move. Raises ``Conflict`` where the table has no such move."""
    try:
        return MOVES[(state, move)]
    except KeyError:
        raise Conflict("visit-state", STANDING[state]) from None


STANDING: Mapping[State, str] = {
    State.planned: N_("This visit is only planned. It has to be handed out first."),
    State.handed_out: N_("This visit is handed out and still open."),
    State.sealed: N_("This visit is sealed. Only a recorded correction can change it."),
    State.released: N_("This visit is released. Only a recorded correction can change it."),
    State.cancelled: N_("This visit is cancelled. Plan a new one."),
}


def check_day_of_hand_out(planned_for: date, today: date) -> None:
    """A visit is handed out on its day, so that nobody knows earlier. Raises ``Conflict`` before that day."""
    if planned_for > today:
        raise Conflict(
            "visit-not-today",
            N_("A visit is handed out on its day, not before. Change the date if it is to take place today."),
        )


def check_reason(reason: str, *, field: str = "reason") -> str:
    """A reason as it is kept. Raises ``Problem`` when there is none."""
    if not reason.strip():
        raise Problem("reason-missing", N_("Please give a reason."), field=field)
    return reason.strip()
