"""What is a finding, and how heavy it is. What is shown of it and what may follow are in `shown` and
`replies`.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date
from functools import partial
from typing import Any
from uuid import UUID

from compliance.checklists.rules import Checklist, Disclosure, Fact, Item, Profile, Severity, Verdict
from compliance.findings.replies import (
    check_appeal,
    check_decider,
    check_reply,
    decide_by,
    reply_due,
    result_of,
)
from compliance.findings.shown import (
    SMALL_GROUP,
    SMALL_WORKPLACE,
    FindingFacts,
    PublicFinding,
    few_spoke,
    may_be_shown,
    preview_for_enterprise,
    shown_to_enterprise,
)
from compliance.findings.states import MOVES, OPEN_TO_REPLY, Decision, FindingState, Position, after
from compliance.scorecards.shortfalls import (
    NOTHING_CLEARED,
    Cleared,
    asked,
    confirmed_facts,
    is_shortfall,
    sealed_facts,
    weigh,
)
from compliance.visits.answers import Answer, Answers, Known

__all__ = [
    "MOVES",
    "OPEN_TO_REPLY",
    "SMALL_GROUP",
    "SMALL_WORKPLACE",
    "Decision",
    "Earlier",
    "FindingDraft",
    "FindingFacts",
    "FindingState",
    "Position",
    "PublicFinding",
    "after",
    "check_appeal",
    "check_decider",
    "check_reply",
    "columns",
    "decide_by",
    "few_spoke",
    "kind_of_deadline",
    "may_be_shown",
    "months_before",
    "preview_for_enterprise",
    "raise_findings",
    "repeats",
    "reply_due",
    "result_of",
    "shown_to_enterprise",
]


@dataclass(frozen=True)
class Earlier:
    """The last finding on the same item at the same workplace that the enterprise was told of."""

    on: date
    finding_id: UUID | None = None


@dataclass(frozen=True)
class FindingDraft:
    """A finding before it is stored.

    `facts` are the ids of the ticked facts it rests on. `sealed_fact` is set where the finding is that of one fact
    known through workers; it is `sealed` until that is cleared. `withheld` findings stay inside the association
    although no sealed fact is in them (interviews alone at a small workplace). `raised_by` holds the codes of
    `scorecards.shortfalls.Weighed`.
    """

    item: str
    area: str
    clause: str
    verdict: Verdict | None
    severity: Severity
    raised_by: tuple[str, ...]
    zero_tolerance: bool
    sealed: bool
    sealed_fact: str
    withheld: bool
    facts: tuple[str, ...]
    repeat_of: UUID | None
    seen: str
    workers_affected: int | None
    known_by: frozenset[Known]
    law: tuple[str, ...]

    @property
    def key(self) -> tuple[str, str]:
        """What makes it the same finding when it is raised again: the item, and the sealed fact if it is of one."""
        return self.item, self.sealed_fact


def raise_findings(
    checklist: Checklist,
    answers: Answers,
    profile: Profile,
    earlier: Mapping[str, Earlier],
    visited_on: date,
    cleared: Cleared = NOTHING_CLEARED,
) -> tuple[FindingDraft, ...]:
    """Every shortfall and every ticked fact of a visit as a finding, in checklist order.

    A fact known through workers is a finding of its own, sealed until it is cleared, and what was entered under the
    item (note, count, raised severity) goes with it. Beside it the item itself is a finding only if a fact told on the
    spot carries it, without all that. Of several such facts a cleared one is without it too while another is sealed.
    """
    sorted_items = asked(checklist, answers, profile, cleared)
    repeated = repeats(earlier, visited_on, checklist.policy.repeat_months)
    drafts: list[FindingDraft] = []
    for item in checklist.items:
        answer = answers.get(item.id)
        hidden = item.id in sorted_items.withheld or item.id in sorted_items.behind
        if answer is None or not (hidden or item.id in sorted_items.items):
            continue
        sealed = {fact.id for fact in sealed_facts(item, answer, cleared)}
        ticked = (*confirmed_facts(item, answer, cleared), *sealed_facts(item, answer, cleared))
        told = tuple(fact for fact in ticked if fact.disclosure is Disclosure.tell_now)
        from_workers = [fact for fact in ticked if fact.disclosure is Disclosure.sealed]
        make = partial(_draft, item, answer, profile, earlier[item.id] if item.id in repeated else None)
        if told or (is_shortfall(answer) and not from_workers):
            drafts.append(make(told, withheld=hidden, silent=bool(from_workers)))
        drafts += [
            make(
                (fact,),
                sealed=fact.id in sealed,
                sealed_fact=fact.id,
                silent=bool(sealed) and fact.id not in sealed,
            )
            for fact in from_workers
        ]
    return tuple(drafts)


def _draft(
    item: Item,
    answer: Answer,
    profile: Profile,
    again: Earlier | None,
    facts: tuple[Fact, ...],
    *,
    sealed: bool = False,
    sealed_fact: str = "",
    withheld: bool = False,
    silent: bool = False,
) -> FindingDraft:
    if silent:
        answer = replace(answer, note="", workers=None, severity=None, known_by=frozenset())
    zero = any(fact.zero_tolerance for fact in facts)
    weighed = weigh(item, answer, profile, again is not None, zero)
    return FindingDraft(
        item=item.id,
        area=item.area,
        clause=item.clause,
        verdict=answer.verdict,
        severity=weighed.severity,
        raised_by=weighed.raised_by,
        zero_tolerance=zero,
        sealed=sealed,
        sealed_fact=sealed_fact,
        withheld=withheld,
        facts=tuple(fact.id for fact in facts),
        repeat_of=again.finding_id if again else None,
        seen=answer.note,
        workers_affected=answer.workers,
        known_by=answer.known_by,
        law=item.law,
    )


def repeats(earlier: Mapping[str, Earlier], visited_on: date, months: int) -> frozenset[str]:
    """The items whose last finding lies at most `months` calendar months before this visit (that day
    included).
    """
    since = months_before(visited_on, months)
    return frozenset(item for item, last in earlier.items() if since <= last.on < visited_on)


def months_before(day: date, months: int) -> date:
    """The same day of the month `months` earlier, or the month's last day if it is shorter."""
    index = day.year * 12 + day.month - 1 - months
    year, month = divmod(index, 12)
    first_of_next = date(year + (month == 11), (month + 1) % 12 + 1, 1)
    last = date.fromordinal(first_of_next.toordinal() - 1).day
    return date(year, month + 1, min(day.day, last))


def kind_of_deadline(severity: Severity, zero_tolerance: bool) -> str:
    """The key into `policy.severities`."""
    return "zero_tolerance" if zero_tolerance else severity.value


def columns(draft: FindingDraft) -> dict[str, Any]:
    """A draft as the values of a stored row."""
    return {
        "item": draft.item,
        "area": draft.area,
        "clause": draft.clause,
        "verdict": draft.verdict,
        "severity": draft.severity,
        "raised_by": list(draft.raised_by),
        "zero_tolerance": draft.zero_tolerance,
        "sealed": draft.sealed,
        "sealed_fact": draft.sealed_fact,
        "withheld": draft.withheld,
        "facts": list(draft.facts),
        "repeat_of_id": draft.repeat_of,
        "seen": draft.seen,
        "workers_affected": draft.workers_affected,
        "known_by": sorted(known.value for known in draft.known_by),
        "law": list(draft.law),
    }
