"""The states of a finding, the moves between them, and the words of reply and decision."""

from enum import StrEnum

from compliance.people.rules import Role
from compliance.shared.problems import Conflict
from compliance.shared.words import N_


class FindingState(StrEnum):
    """Where a finding stands. `changed` is released too, after a dispute that was upheld in part."""

    draft = "draft"
    released = "released"
    changed = "changed"
    withdrawn = "withdrawn"


class Position(StrEnum):
    """What the enterprise says to a finding."""

    agree = "agree"
    dispute = "dispute"


class Decision(StrEnum):
    """How a dispute ends."""

    upheld = "upheld"
    partly = "partly"
    not_upheld = "not_upheld"


_DECIDERS = frozenset({Role.reviewer, Role.leader})

MOVES: dict[tuple[FindingState, str], tuple[FindingState, frozenset[Role]]] = {
    (FindingState.draft, "release"): (FindingState.released, _DECIDERS),
    (FindingState.draft, "withdraw"): (FindingState.withdrawn, frozenset({Role.inspector, Role.reviewer})),
    (FindingState.released, "change"): (FindingState.changed, _DECIDERS),
    (FindingState.released, "withdraw"): (FindingState.withdrawn, _DECIDERS),
    (FindingState.changed, "change"): (FindingState.changed, _DECIDERS),
    (FindingState.changed, "withdraw"): (FindingState.withdrawn, _DECIDERS),
    # A correction made before release can bring back what an earlier one took out.
    (FindingState.withdrawn, "raise"): (FindingState.draft, frozenset({Role.inspector, Role.reviewer})),
}
"""(state, move) -> (new state, who may). What is not here cannot happen."""

OPEN_TO_REPLY = frozenset({FindingState.released, FindingState.changed})


def after(state: FindingState, move: str) -> FindingState:
    """The state after a move. Raises Conflict("finding-move") for one that the table does not have."""
    entry = MOVES.get((state, move))
    if entry is None:
        raise Conflict("finding-move", N_("A finding in this state cannot be handled that way."))
    return entry[0]
