"""What may follow from a finding: a reply in time, a dispute decided by somebody else, one appeal."""

from collections.abc import Iterable, Sequence, Set
from datetime import date
from typing import Protocol
from uuid import UUID

from compliance.checklists.rules import Policy
from compliance.findings.states import OPEN_TO_REPLY, Decision, FindingState, Position, after
from compliance.shared.calendar import add_working_days
from compliance.shared.problems import Conflict, Problem, Refused
from compliance.shared.words import N_


def reply_due(delivered_on: date, policy: Policy) -> tuple[date, bool]:
    """The last day to reply, counted in Chinese working days from delivery; and whether it is provisional."""
    return add_working_days(delivered_on, policy.reply_working_days)


def decide_by(opened_on: date, policy: Policy) -> tuple[date, bool]:
    """The last day to decide a dispute, in Chinese working days from its opening; and whether it is
    provisional.
    """
    return add_working_days(opened_on, policy.decision_working_days)


def check_reply(
    state: FindingState, due: date | None, position: Position, text: str, today: date, disputed: bool
) -> None:
    """Refuse a reply that comes too early, too late, or after a dispute was opened.

    Raises Conflict("finding-not-open", "finding-reply-late", "finding-disputed") or, for a dispute without a
    reason, Problem("finding-reason-missing").
    """
    if state not in OPEN_TO_REPLY or due is None:
        raise Conflict("finding-not-open", N_("This finding is not open to a reply."))
    if disputed:
        raise Conflict("finding-disputed", N_("A dispute about this finding is under way or decided."))
    if today > due:
        raise Conflict("finding-reply-late", N_("The time to reply to this finding ended on %(due)s."), due=due)
    if position is Position.dispute and not text.strip():
        raise Problem("finding-reason-missing", N_("Please say why the finding is disputed."), field="text")


class DisputeFacts(Protocol):
    """What the rules need to know of a round of dispute."""

    @property
    def round(self) -> int: ...  # noqa: D102
    @property
    def decision(self) -> Decision | None: ...  # noqa: D102
    @property
    def decided_by(self) -> UUID | None: ...  # noqa: D102


def check_appeal(
    rounds: Sequence[DisputeFacts], decided_on: date | None, text: str, today: date, policy: Policy
) -> None:
    """Refuse an appeal unless one dispute was decided, not wholly for the enterprise, within the reply days before.

    Raises Conflict("dispute-no-appeal", "dispute-appeal-late") or Problem("dispute-reason-missing").
    """
    if len(rounds) != 1 or rounds[0].decision in (None, Decision.upheld) or decided_on is None:
        raise Conflict("dispute-no-appeal", N_("There is one appeal, after a dispute that was not wholly upheld."))
    last = add_working_days(decided_on, policy.reply_working_days)[0]
    if today > last:
        raise Conflict("dispute-appeal-late", N_("The time to appeal ended on %(due)s."), due=last)
    if not text.strip():
        raise Problem("dispute-reason-missing", N_("Please say why you appeal."), field="text")


def check_decider(
    person_id: UUID | None,
    inspector_ids: Set[UUID],
    tied: bool,
    rounds: Iterable[DisputeFacts],
    *,
    sealed: bool = False,
    waiver: str = "",
) -> None:
    """Refuse whoever may not decide: an inspector of the visit, a person with a tie, whoever decided the
    first round.

    A small association without a second person may record a `waiver` (its reason), which is printed; never
    for a finding with a sealed fact behind it, and never for a tie. Raises Refused("dispute-decider").
    """
    judged_before = any(one.decided_by == person_id for one in rounds if one.decided_by is not None)
    own_case = person_id in inspector_ids or judged_before
    if tied or (own_case and (sealed or not waiver.strip())):
        raise Refused(
            "dispute-decider",
            N_("A dispute is decided by a person who was not on the visit, has no tie and did not decide before."),
        )


def result_of(state: FindingState, decision: Decision) -> FindingState:
    """What a decision makes of the finding: upheld withdraws it, partly changes it, not upheld leaves it."""
    match decision:
        case Decision.upheld:
            return after(state, "withdraw")
        case Decision.partly:
            return after(state, "change")
        case Decision.not_upheld:
            return state
