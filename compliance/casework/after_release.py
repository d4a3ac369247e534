"""What changes after the release: a dispute is decided, or a sealed fact is cleared.

Nothing is rewritten: a new scorecard supersedes the old one, and a correcting letter cites the old letter.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any
from uuid import UUID

from compliance.casework import assigning, cases, letter_facts, notices, passes, rules, seconds
from compliance.casework.cases import Case
from compliance.casework.letter_facts import Dates
from compliance.casework.rehearsal import Ready, finished, require_free
from compliance.checklists.rules import Item, Severity, Verdict
from compliance.corrective_actions import store as actions
from compliance.corrective_actions import store_entered
from compliance.corrective_actions.rules import UNFINISHED
from compliance.findings import rules as finding_rules
from compliance.findings import store as findings
from compliance.findings import store_replies as replies
from compliance.findings.rules import Decision, FindingState
from compliance.findings.store_replies import Changed
from compliance.letters import rules as letter_rules
from compliance.letters import store as letters
from compliance.people.rules import Actor
from compliance.scorecards import store as scorecards
from compliance.scorecards.shortfalls import heavier
from compliance.shared.problems import Stale
from compliance.shared.words import N_, Text
from compliance.visits import store as visits
from compliance.visits.rules import FACT, Value

if TYPE_CHECKING:
    from compliance.casework.models import Outsider

WITHDRAWN = Text("Withdrawn.", "撤销该事项。")
NOT_YET_SAID = Text("Not mentioned.", "未列出。")
FURTHER_REVIEW = Text("Found on further review of the visit.", "经对走访情况进一步复核确认。")


@dataclass(frozen=True)
class Becomes:
    """What a decision makes of the item. ``verdict`` is its new answer; in part, ``seen``, ``workers`` and ``severity``
    are the finding's new words, count and weight (None: as before).
    """

    verdict: Verdict
    seen: str | None = None
    workers: int | None = None
    severity: Severity | None = None


def prepare_decision(
    actor: Actor,
    finding_id: UUID,
    decision: Decision,
    reason: str,
    becomes: Becomes | None = None,
    *,
    waiver: str = "",
    verify_url: str = "",
    seen_round: int | None = None,
    outsider: "Outsider | None" = None,
) -> Ready | None:
    """Decide the open dispute about a finding, and draw the consequences, up to the number of the correcting letter.

    Upheld: the finding and its actions are withdrawn; in part: the finding is changed; both times the answer is
    corrected, a scorecard supersedes the old one and a correcting letter goes out. Not upheld: the actions' clock runs
    again. ``seen_round`` is the round that the page showed, ``outsider`` the pass by which somebody from outside
    speaks. A ``waiver`` counts only where nobody else of the association can decide. Raises ``Stale`` if another round
    is open by now, ``Conflict`` while nothing may reach the enterprise, and what ``findings.store_replies.decide`` and
    ``visits.store.correct`` raise.
    """
    row = findings.get(actor, finding_id)
    require_free(row.enterprise_id)
    rounds = replies.disputes(actor, [finding_id]).get(finding_id, [])
    if seen_round is not None and any(one.decision is None and one.round != seen_round for one in rounds):
        raise Stale(
            "dispute-stale", N_("Meanwhile this dispute was decided and an appeal is open. Read the appeal first.")
        )
    case = cases.load(actor, row.visit_id)
    item = case.checklist.item(row.item)
    if outsider is not None:
        rules.require_own_part_done((), sealed_led=case.sealed_at(row.item))
        waiver = passes.said(outsider)
    elif case.sealed_at(row.item) or (waiver and seconds.for_dispute(actor, case, rounds)):
        waiver = ""  # two people of the association look at it: because of a sealed fact, or because they are there
    before = _said(item, row)
    on = cases.today(actor)
    becomes = becomes or Becomes(Verdict.compliant)
    if row.zero_tolerance:
        becomes = replace(becomes, severity=None)  # it rests on a fact, and holds or is withdrawn with it
    changed = Changed(becomes.severity, becomes.seen, becomes.workers) if decision is Decision.partly else None
    store_entered.require_other(actor, finding_id)  # who entered the dispute for the enterprise does not decide it
    replies.decide(actor, finding_id, decision, reason, on, case.involved, changed, waiver)
    if outsider is None:
        passes.overtaken(actor, row.visit_id, finding_id)
    if row.state is FindingState.withdrawn:
        actions.withdraw_for(actor, finding_id, reason)
    else:
        actions.resume(actor, row, on, case.policy)
    if decision is Decision.not_upheld:
        notices.something_waits(actor, row.enterprise_id, row.id)
        return None
    for name, value in _corrected_fields(case, item, row, decision, becomes, reason).items():
        if not same_value(case.folded.values.get((item.id, name)), value):
            visits.correct(actor, case.visit, item.id, name, value, reason)
    after = WITHDRAWN if row.state is FindingState.withdrawn else _said(item, row)
    change = letter_rules.Change(item.question, before, after, letter_rules.same(reason))
    spoken = {"outsider": outsider} if outsider else {"waiver": waiver}
    return supersede(actor, case.visit, reason, [change], verify_url=verify_url, **spoken)


decide_dispute = finished(prepare_decision)
"""Decide the open dispute to its end; returns the correcting letter, if one goes out."""


def _corrected_fields(
    case: Case, item: Item, row: Any, decision: Decision, becomes: Becomes, reason: str
) -> dict[str, Value]:
    fields: dict[str, Value] = {"verdict": becomes.verdict.value}
    if decision is Decision.upheld:
        # A fact that did not hold is unticked, or it would be raised by itself.
        fields |= {FACT + fact: False for fact in row.facts}
        if becomes.verdict in (Verdict.not_applicable, Verdict.not_looked_at):
            fields["reason"] = reason
        return fields
    if becomes.verdict is Verdict.unable_to_verify:
        fields["reason"] = becomes.seen or reason
    if becomes.seen is not None:
        fields["note"] = becomes.seen
    if becomes.workers is not None:
        fields["workers"] = becomes.workers
    if becomes.severity is not None:
        # What an inspector had raised is taken back; the checklist's own severity always stands.
        raised = heavier(becomes.severity, item.severity) is not item.severity
        fields["severity"] = becomes.severity.value if raised else None
    return fields


def _said(item: Item, row: Any) -> Text:
    """What the enterprise read of a finding."""
    shown = finding_rules.preview_for_enterprise(row, row.workplace_workers)
    return letter_facts.seen_text(item, shown) if shown else NOT_YET_SAID


def add_cleared(actor: Actor, case: Case, item_id: str, verify_url: str) -> Ready | None:
    """A sealed fact was cleared after the release: raise it now, and tell the enterprise by a correcting letter."""
    visit = case.visit
    now = cases.of(actor, visit)
    raised = findings.raise_(actor, visit, now.checklist, now.folded.answers, now.profile, now.cleared)
    new = {row.id for row in raised if row.state is FindingState.draft}
    actions.draft(actor, visit, raised, now.checklist, now.folded.answers)
    on = cases.today(actor)
    told = [row for row in findings.release(actor, visit.id, on, now.policy) if row.id in new]
    actions.deliver(actor, visit.id, on, now.policy)
    assigning.assign_visit(actor, visit, now.inspectors, now.involved)
    item = now.checklist.item(item_id)
    changes = [letter_rules.Change(item.question, NOT_YET_SAID, _said(item, row), FURTHER_REVIEW) for row in told]
    if not changes:
        return None
    return supersede(actor, visit, FURTHER_REVIEW.in_(actor.language), changes, verify_url=verify_url)


def supersede(
    actor: Actor,
    visit: Any,
    reason: str,
    changes: Sequence[letter_rules.Change],
    *,
    waiver: str = "",
    outsider: "Outsider | None" = None,
    verify_url: str = "",
) -> Ready | None:
    """A superseding scorecard that is released at once, and a correcting letter that lacks its number."""
    case = cases.of(actor, visit)
    answers, again = case.folded.answers, cases.repeated(actor, case)
    decided = findings.decided(actor, visit.id)
    scorecards.issue(actor, visit, case.checklist, answers, case.profile, case.cleared, again, reason, decided)
    scorecards.release(actor, visit.id)
    old = _last_issued(actor, visit.id)
    if old is None:
        return None
    view = scorecards.current(actor, visit.id)
    asked = [one for one in actions.of_visit(actor, visit.id) if one.state in UNFINISHED]
    still = {one.finding_id for one in asked}
    # What was corrected and verified, or is no longer asked for, is not asked for anew.
    standing = [row for row in findings.of_visit(actor, visit.id) if row.released_at is not None and row.id in still]
    on = cases.today(actor)
    reply_by = finding_rules.reply_due(on, case.policy)[0]
    plan_by = letter_facts.plan_by(asked)
    facts = letter_facts.gather(
        actor,
        case,
        view.result,
        findings.previews(standing),
        asked,
        cases.previous(actor, visit),
        kind=letter_rules.CORRECTION,
        # A plan that was asked for by a day gone by is asked for anew.
        dates=Dates(dated=on, reply_by=reply_by, plan_by=max(plan_by, reply_by) if plan_by else None),
        waiver=waiver,
        outsider=passes.printed(outsider) if outsider else None,
        signer=passes.signer(outsider) if outsider else actor.name,
        verify_url=verify_url,
        cites=letter_rules.Cited(old.number, old.dated),
        changes=changes,
    )
    letter = letters.draft(actor, visit, "correction", facts, old.language, cites=old)
    return Ready(letter, facts)


def _last_issued(actor: Actor, visit_id: UUID) -> Any | None:
    """The letter about what was seen, as it counts now: reminders and the like stand beside it."""
    kinds = (*letter_rules.FIRST, letter_rules.CORRECTION)
    there = letters.of_visit(actor, visit_id)
    issued = [letter for letter in there if letter.state.value == "issued" and letter.kind in kinds]
    return max(issued, key=lambda letter: (letter.year, letter.running), default=None)


def same_value(old: Value, new: Value) -> bool:
    """Whether two entries say the same: nothing entered, an empty text and an open tick do."""
    blank = (None, "", False)
    return (old in blank and new in blank) or (type(old) is type(new) and old == new)
