"""The words for the fixed values of findings, as English message ids (translated where they are shown)."""

from compliance.findings.states import Decision, FindingState, Position
from compliance.shared.words import N_

STATES: dict[FindingState, str] = {
    FindingState.draft: N_("Draft"),
    FindingState.released: N_("Released"),
    FindingState.changed: N_("Changed after a dispute"),
    FindingState.withdrawn: N_("Withdrawn"),
}
POSITIONS: dict[Position, str] = {
    Position.agree: N_("The enterprise agrees"),
    Position.dispute: N_("The enterprise disputes the finding"),
}
DECISIONS: dict[Decision, str] = {
    Decision.upheld: N_("The dispute is upheld: the finding is withdrawn"),
    Decision.partly: N_("The dispute is upheld in part: the finding is changed"),
    Decision.not_upheld: N_("The dispute is not upheld: the finding stands"),
}
RAISED_BY: dict[str, str] = {
    "repeat": N_("Raised one step: it was found before and is found again"),
    "many_workers": N_("Raised one step: more than a tenth of the workers are affected"),
    "inspector": N_("Raised by the inspector"),
    "zero_tolerance": N_("Critical, because of a zero-tolerance fact"),
}
"""Why a severity is above the item's own (for staff: a count of workers may hide behind one of them)."""
