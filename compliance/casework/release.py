"""Release: a second person's word that freezes, numbers and shows what was drafted at the sealing."""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any
from uuid import UUID

from compliance.casework import assigning, cases, following, letter_facts, passes, rules, sealing, seconds
from compliance.casework import store as casework
from compliance.casework.cases import Case
from compliance.casework.letter_facts import Dates
from compliance.casework.rehearsal import Ready, finished
from compliance.casework.rules import Block
from compliance.corrective_actions import store as actions
from compliance.corrective_actions.rules import ActionState
from compliance.corrective_actions.seen import ActionView
from compliance.enterprises import store_headcounts
from compliance.findings import rules as finding_rules
from compliance.findings import store as findings
from compliance.letters import jobs as _press  # noqa: F401 - registers the work that prints issued letters
from compliance.letters import rules as letter_rules
from compliance.letters import store as letters
from compliance.people import store as people
from compliance.people.rules import Actor
from compliance.referrals import store as referrals
from compliance.scorecards import store as scorecards
from compliance.shared.problems import Conflict, Stale
from compliance.shared.words import ENGLISH, N_
from compliance.visits import store as visits
from compliance.visits.rules import Outcome

if TYPE_CHECKING:
    from compliance.casework.models import Outsider


@dataclass(frozen=True)
class Draft:
    """A sealed visit with everything that its release would show, read once."""

    case: Case
    findings: Sequence[Any]
    actions: Sequence[ActionView]
    evidence: Sequence[Any]
    letter: Any | None
    waiver: Any | None


def drafted(actor: Actor, case: Case) -> Draft:
    """What the release of a visit would show."""
    visit_id = case.visit.id
    return Draft(
        case,
        findings.of_visit(actor, visit_id),
        actions.of_visit(actor, visit_id),
        visits.evidence_of(case.visit, struck=False),
        sealing.draft_of(actor, visit_id),
        casework.waiver_of(visit_id),
    )


@dataclass(frozen=True)
class Readiness:
    """Whether a sealed visit may be released now, and by this person."""

    blocks: tuple[Block, ...]
    why_not: str | None

    @property
    def ready(self) -> bool:
        """True when nothing stands in the way, and the person may."""
        return self.why_not is None and not rules.missing_for_release(self.blocks)


def readiness(actor: Actor, draft: Draft) -> Readiness:
    """What stands in the way of a release, and whether this person may say the word."""
    case, letter, waiver = draft.case, draft.letter, draft.waiver
    facts = None if letter is None else letters.facts(letter)
    undecided = [pair for pair in case.sealed if pair not in case.decided]
    photos = [row for row in draft.evidence if row.kind == "photo" and row.unrecognisable_at is None]
    blocks = rules.release_blocks(
        conflicts=[c.item for c in case.folded.conflicts],
        undecided=list(dict.fromkeys(item for item, _ in undecided)),
        unticked_photos=len(photos),
        words=_words(draft),
        lacks=[lack.text.in_(actor.language) for lack in _lacks(case, letter, facts)],
        held_back_laws=_by_law(_held_back(facts), actor.language),
        waits=referrals.must_wait(case.visit.enterprise_id),
    )
    why_not = rules.why_not_release(
        actor,
        case.visit.enterprise_id,
        case.involved,
        waived=waiver is not None,
        sealed_led=case.sealed_led,
    )
    return Readiness(blocks, why_not)


def _words(draft: Draft) -> rules.Wording:
    """What the free words that the enterprise will read may give away."""
    by_item: dict[str, str] = {}
    for row in findings.previews(draft.findings):
        by_item[row.item] = f"{by_item.get(row.item, '')}\n{row.seen}"
    for action in draft.actions:
        own = action.text.en == action.text.zh  # the inspector's words; the checklist's are in two languages
        if action.item in by_item and own and action.state is not ActionState.withdrawn:
            by_item[action.item] += f"\n{action.text.en}"
    for item, said in following.told_words(draft.case).items():
        by_item[item] = f"{by_item.get(item, '')}\n{said}"
    own_passages = letters.passages(draft.letter) if draft.letter is not None else letter_rules.Passages()
    passages = (own_passages.opening, own_passages.good, own_passages.closing)
    ordered = {item.id: by_item[item.id] for item in draft.case.checklist.items if item.id in by_item}
    return rules.wording(ordered, "\n".join(f"{one.en}\n{one.zh}" for one in passages))


# What a draft cannot have yet, because the release itself sets it.
_SET_AT_RELEASE = frozenset({"dated", "reply-by", "plan-by", "due"})


def _lacks(case: Case, letter: Any, facts: letter_rules.Facts | None) -> Sequence[letter_rules.Lack]:
    if facts is None or case.visit.outcome is not Outcome.completed:
        return ()
    lacks = letter_rules.unready(letter.kind, facts, letters.passages(letter))
    return [lack for lack in lacks if lack.code not in _SET_AT_RELEASE]


def _held_back(facts: letter_rules.Facts | None) -> list[letter_rules.Citation]:
    if facts is None:
        return []
    return list(dict.fromkeys(citation for _number, citation in letter_rules.withheld(facts)))


def _by_law(citations: list[letter_rules.Citation], language: str) -> list[str]:
    """Each law once, with its articles behind it."""
    articles: dict[str, list[str]] = {}
    for citation in citations:
        articles.setdefault(citation.law.in_(language), []).append(citation.article.in_(language))
    comma = ", " if language == ENGLISH else "、"
    return [f"{law} {comma.join(named)}" for law, named in articles.items()]


def token(case: Case, scorecard_id: UUID | None, letter: Any | None) -> str:
    """What a review page was rendered from; a release or correction that carries another one comes too late."""
    state = (
        case.visit.id,
        sorted(event.id.hex for heads in case.folded.heads.values() for event in heads),
        scorecard_id,
        letter.id if letter else None,
        letter.revision if letter else None,
        sorted(case.cleared),
    )
    return hashlib.sha256(repr(state).encode()).hexdigest()[:24]


def require_fresh(seen: str | None, now: str) -> None:
    """Raise ``Stale`` when a page was rendered from another state than now's. None asks for no such check."""
    if seen is not None and seen != now:
        raise Stale("review-stale", N_("Somebody has changed this visit since you opened the page. Look at it again."))


def prepare(
    actor: Actor,
    visit_id: UUID,
    *,
    seen: str | None = None,
    verify_url: str = "",
    outsider: "Outsider | None" = None,
) -> Ready | None:
    """Release a sealed visit, up to the letter's number: visit, scorecard and findings become visible, and due dates
    count from today. None where nobody could be visited, and no letter goes out. ``outsider`` is the pass by which
    somebody from outside speaks (``outsiders``); otherwise nobody from outside is waited for any more.

    Whatever is raised (``NotFound``, ``Refused``, ``Conflict``, ``Stale``, ``Problem``), the caller drops the
    transaction, and nothing is released.
    """
    visit = visits.get(actor, visit_id)
    visits.mark_released(actor, visit)
    case = cases.of(actor, visit)
    draft = drafted(actor, case)
    letter, waiver = draft.letter, draft.waiver
    completed = visit.outcome is Outcome.completed
    card = scorecards.current(actor, visit.id) if completed else None
    rules.require_may_release(
        actor, visit.enterprise_id, case.involved, waived=waiver is not None, sealed_led=case.sealed_led
    )
    state = readiness(actor, draft)
    if outsider is not None:
        rules.require_own_part_done(state.blocks, sealed_led=case.sealed_led)
    for block in rules.missing_for_release(state.blocks):
        raise Conflict("release.blocked", block.text, **block.facts)
    if seen is not None:
        require_fresh(seen, token(case, card.id if card else None, letter))
    if outsider is None:
        passes.overtaken(actor, visit.id)
    if completed:
        following.settle(actor, case, actor.person_id)
    if not completed or card is None or letter is None:
        return None
    scorecards.release(actor, visit.id)
    store_headcounts.found_on_visit(
        actor,
        enterprise_id=visit.enterprise_id,
        workplace_id=visit.workplace_id,
        visit_id=visit.id,
        on=case.visited_on,
        workers=case.profile.workers,
    )
    on = cases.today(actor)
    released = findings.release(actor, visit.id, on, case.policy)
    actions.deliver(actor, visit.id, on, case.policy)
    assigning.assign_visit(actor, visit, case.inspectors, case.involved)
    asked = actions.of_visit(actor, visit.id)
    shown = findings.previews(released)
    now = letter_facts.local_now(people.association(actor).time_zone)
    kind = letter_rules.kind_for(released)
    facts = letter_facts.gather(
        actor,
        case,
        card.result,
        shown,
        asked,
        cases.previous(actor, visit),
        kind=kind,
        dates=Dates(
            dated=on,
            reply_by=finding_rules.reply_due(on, case.policy)[0],
            plan_by=letter_facts.plan_by(asked),
            call_by=letter_facts.call_by(now) if kind == "L3" else None,
        ),
        waiver=waiver.reason if waiver and actor.person_id in case.involved else "",
        outsider=passes.printed(outsider) if outsider else None,
        signer=passes.signer(outsider) if outsider else actor.name,
        verify_url=verify_url,
    )
    if kind != letter.kind:
        letters.redraft(actor, letter, facts, kind=kind)
    return Ready(letter, facts)


release = finished(prepare)
"""Release a visit to the end; returns the letter (None where nobody could be visited)."""


def waive(actor: Actor, visit_id: UUID, reason: str) -> Any:
    """Record why a sealed visit is released without a second person; the letter says so.

    Raises ``NotFound``, ``Conflict`` unless it is sealed, and what ``rules.require_waiver`` and
    ``require_nobody_else`` raise.
    """
    visit = visits.get(actor, visit_id)
    casework.hold(visit)
    case = cases.of(actor, visit)
    if case.visit.state.value != "sealed":
        raise Conflict("waiver.state", N_("Only a sealed visit that is not released yet can get a waiver."))
    rules.require_waiver(reason, sealed_led=case.sealed_led)
    rules.require_nobody_else(seconds.for_release(actor, case))
    there = casework.waiver_of(visit_id)
    if there is not None and (there.reason, there.recorded_by) == (reason, actor.person_id):
        return there  # sent twice
    row = casework.waive(actor, case.visit, reason)
    if case.visit.outcome is Outcome.completed:
        sealing.redraft_letter(actor, case.visit)
    return row


def end_waiver(actor: Actor, visit_id: UUID) -> None:
    """Take the waiver of a sealed visit back. Raises ``NotFound``, ``Conflict`` unless it is sealed."""
    case = cases.load(actor, visit_id)
    if case.visit.state.value != "sealed":
        raise Conflict("waiver.state", N_("Only a sealed visit that is not released yet can get a waiver."))
    if casework.end_waiver(actor, case.visit) is not None and case.visit.outcome is Outcome.completed:
        sealing.redraft_letter(actor, case.visit)
