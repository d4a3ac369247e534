"""The words for the fixed values of corrective actions, as English message ids (translated where they are shown)."""

from compliance.corrective_actions.rules import ActionState, How
from compliance.shared.words import N_

STATES: dict[ActionState, str] = {
    ActionState.open: N_("Open"),
    ActionState.planned: N_("Planned by the enterprise"),
    ActionState.evidence_sent: N_("Evidence sent"),
    ActionState.returned: N_("Returned for more evidence"),
    ActionState.verified: N_("Verified"),
    ActionState.extended: N_("Extended"),
    ActionState.withdrawn: N_("Withdrawn"),
}
STATE_COLOURS: dict[ActionState, str] = {
    ActionState.open: "amber",
    ActionState.planned: "blue",
    ActionState.evidence_sent: "blue",
    ActionState.returned: "amber",
    ActionState.verified: "green",
    ActionState.extended: "amber",
    ActionState.withdrawn: "grey",
}
WAYS: dict[How, str] = {
    How.desk: N_("At the desk, from the evidence"),
    How.on_site: N_("On site"),
}
HAPPENED: dict[str, str] = {
    "draft": N_("Drafted"),
    "deliver": N_("Delivered to the enterprise"),
    "plan": N_("The enterprise wrote its plan"),
    "attach": N_("A file was added"),
    "send_evidence": N_("The enterprise sent evidence"),
    "give_back": N_("Returned for more evidence"),
    "verify": N_("Verified"),
    "ask_extension": N_("The enterprise asked for more time"),
    "extend": N_("The due date was extended"),
    "deny_extension": N_("More time was not granted"),
    "no_action": N_("The enterprise gave a reason for taking no action"),
    "no_action_accepted": N_("The reason for taking no action was accepted"),
    "no_action_returned": N_("The reason for taking no action was returned"),
    "withdraw": N_("Withdrawn"),
    "pause": N_("The clock stopped: a dispute was opened"),
    "resume": N_("The clock runs again: the dispute was decided"),
    "accountable": N_("Somebody else was named accountable"),
    "proven": N_("The delivery of the letter is proven: the due date counts from that day"),
    "contain": N_("The danger is contained"),
    "call": N_("The association called"),
    "agree": N_("Another date was agreed"),
    "repayment_ended": N_("The repayment plan ended"),
    "talk": N_("A talk was held"),
    "accept_plan": N_("The plan was accepted"),
    "return_plan": N_("The plan was returned"),
    "verify_part": N_("Verified in part: the rest is still asked for"),
    "not_done": N_("Looked at: not done yet"),
    "reopen": N_("Opened again: the correction did not hold"),
}
"""The lines of an action's history, by the `move` of its events."""
