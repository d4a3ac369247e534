"""The words for the fixed values of visits, as English message ids (translated where they are shown)."""

from compliance.checklists.rules import Verdict
from compliance.shared.words import N_
from compliance.visits.answers import Known
from compliance.visits.states import Outcome, Route, Signature, State

ROUTES: dict[Route, str] = {
    Route.targeted: N_("Targeted, because of a risk"),
    Route.complaint: N_("After a complaint"),
    Route.follow_up: N_("Follow-up of earlier findings"),
    Route.voluntary: N_("At the enterprise's own wish"),
    Route.random: N_("Drawn at random"),
}
CHOSEN = N_("Chosen by the association")
STATES: dict[State, str] = {
    State.planned: N_("Planned"),
    State.handed_out: N_("Handed out"),
    State.sealed: N_("Sealed"),
    State.released: N_("Released"),
    State.cancelled: N_("Cancelled"),
}
STATE_COLOURS: dict[State, str] = {
    State.planned: "grey",
    State.handed_out: "blue",
    State.sealed: "amber",
    State.released: "green",
    State.cancelled: "grey",
}
OUTCOMES: dict[Outcome, str] = {
    Outcome.completed: N_("Completed"),
    Outcome.refused: N_("Entry was refused"),
    Outcome.closed_down: N_("The workplace has closed down"),
    Outcome.not_found: N_("The workplace was not found"),
}
SIGNATURES: dict[Signature, str] = {
    Signature.signed: N_("Signed"),
    Signature.refused: N_("Refused to sign"),
    Signature.absent: N_("No representative was there"),
}
WAYS: dict[Known, str] = {
    Known.document: N_("Document"),
    Known.observation: N_("Seen"),
    Known.interview: N_("Interview"),
}
SHORT_VERDICTS: dict[Verdict, str] = {
    Verdict.compliant: N_("Compliant"),
    Verdict.partial: N_("Partly"),
    Verdict.non_compliant: N_("Not compliant"),
    Verdict.unable_to_verify: N_("Unable to verify"),
    Verdict.not_looked_at: N_("Not looked at"),
    Verdict.not_applicable: N_("Does not apply"),
}
VERDICT_ICONS: dict[Verdict, str] = {
    Verdict.compliant: "good",
    Verdict.partial: "partial",
    Verdict.non_compliant: "bad",
    Verdict.unable_to_verify: "unsure",
    Verdict.not_looked_at: "unseen",
    Verdict.not_applicable: "none",
}
FIELDS: dict[str, str] = {
    "verdict": N_("Answer"),
    "note": N_("What was seen"),
    "reason": N_("Reason"),
    "workers": N_("Workers affected"),
    "known": N_("How it is known"),
    "fact": N_("Fact"),
    "quantity": N_("Number"),
    "severity": N_("Severity"),
    "action": N_("Corrective action"),
    "due_days": N_("Days to correct"),
    "good": N_("Good practice"),
    # the workplace as found
    "women": N_("Women among them"),
    "migrants": N_("Migrant workers among them"),
    "under_18": N_("Aged 16 to 18 among them"),
    "dormitory": N_("There is a dormitory"),
    "canteen": N_("There is a canteen"),
    "piece_work": N_("Piece rates are paid"),
    "night_work": N_("There is night work"),
    "hazardous_substances": N_("Hazardous substances are used"),
    "agency_workers": N_("Agency workers work here"),
    "checked": N_("I have checked this on site"),
    # the end of the visit
    "visited_on": N_("Day of the visit"),
    "outcome": N_("How the visit ended"),
    "outcome_reason": N_("What happened"),
    "inspector_signature": N_("Signature of the inspector"),
    "inspector_name": N_("Inspector's name"),
    "representative_signature": N_("Signature of the representative"),
    "representative_name": N_("Representative's name"),
    "representative_role": N_("Position in the enterprise"),
    "witness": N_("Witness"),
    "remark": N_("Representative's remark"),
}
"""Names of the fields of an entry; the part before a colon stands for all of its kind."""


def reason(route: Route, *, may_know: bool) -> str:
    """Why a workplace is visited. Who may not read complaints (``may_know``) is told the same of a visit after one and
    of one because of a risk: whatever stood for complaints alone would name them.
    """
    return ROUTES[route] if may_know or route not in (Route.targeted, Route.complaint) else CHOSEN
