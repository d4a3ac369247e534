"""What may be held against an enterprise: confirmed facts, what is withheld, and how heavy a shortfall is.

Pure functions over one item and its answer. Score and findings both rest on them, so that they can never
disagree.
"""

from collections.abc import Set
from dataclasses import dataclass, replace
from decimal import Decimal

from compliance.checklists.rules import (
    SEVERITIES,
    SHORTFALLS,
    Checklist,
    Disclosure,
    Fact,
    Item,
    Policy,
    Profile,
    Severity,
    Verdict,
    applicable,
)
from compliance.visits.answers import Answer, Answers, Known

Cleared = Set[tuple[str, str]]
"""(item id, fact id) of sealed facts that were cleared: they may be used and shown from then on."""

NOTHING_CLEARED: frozenset[tuple[str, str]] = frozenset()

MANY_WORKERS = Decimal("0.10")
"""Above this share of the headcount a shortfall weighs one step more (domain facts 3.3)."""


def confirmed_facts(item: Item, answer: Answer, cleared: Cleared) -> tuple[Fact, ...]:
    """The ticked facts that may be used and shown: told on the spot, or sealed and cleared since."""
    return tuple(fact for fact in _ticked(item, answer) if _is_confirmed(item, fact, cleared))


def sealed_facts(item: Item, answer: Answer, cleared: Cleared) -> tuple[Fact, ...]:
    """The ticked facts that stay inside the association until they are cleared."""
    return tuple(fact for fact in _ticked(item, answer) if not _is_confirmed(item, fact, cleared))


def _ticked(item: Item, answer: Answer) -> tuple[Fact, ...]:
    # What does not apply has no facts; a fact that the pinned item does not know is none either.
    if answer.verdict is Verdict.not_applicable:
        return ()
    return tuple(fact for fact in item.facts if fact.id in answer.facts)


def _is_confirmed(item: Item, fact: Fact, cleared: Cleared) -> bool:
    return fact.disclosure is Disclosure.tell_now or (item.id, fact.id) in cleared


def as_told(item: Item, answer: Answer, cleared: Cleared) -> Answer:
    """The answer as it may weigh while a sealed fact is ticked beside a confirmed one.

    An item has one count of workers and one raised severity. As long as a fact is sealed they may be about that fact,
    so they are left aside: what the enterprise is told weighs as if the sealed fact had never been ticked.
    """
    return replace(answer, workers=None, severity=None) if sealed_facts(item, answer, cleared) else answer


def is_shortfall(answer: Answer) -> bool:
    """Partial, non-compliant or unable to verify (what cannot be verified is a finding of its own)."""
    return answer.verdict in SHORTFALLS


def is_withheld(item: Item, answer: Answer, profile: Profile, policy: Policy, cleared: Cleared) -> bool:
    """True if the item's shortfall must not reach the enterprise in any form, so that it is kept out of the
    score too.

    That is so where it rests on a sealed fact that is not cleared, or on interviews alone at a workplace so
    small that those who spoke could be recognised (fewer than `policy.interview_only_minimum_workers`; a
    headcount that nobody knows counts as small). A confirmed fact under the same item carries the shortfall
    by itself.
    """
    if not is_shortfall(answer) or confirmed_facts(item, answer, cleared):
        return False
    if sealed_facts(item, answer, cleared):
        return True
    small = profile.workers < policy.interview_only_minimum_workers
    return small and answer.known_by == frozenset({Known.interview})


@dataclass(frozen=True)
class Asked:
    """Which items count at a workplace.

    `items` are those that were asked and may be shown as asked. `withheld` of them have a shortfall that may
    not be shown. `behind` were asked only because of a withheld answer: to show that they were asked would
    tell of it.
    """

    items: frozenset[str]
    withheld: frozenset[str]
    behind: frozenset[str]


def asked(checklist: Checklist, answers: Answers, profile: Profile, cleared: Cleared) -> Asked:
    """Sort the items by whether they were asked and may be shown (skip logic follows what is shown)."""
    withheld: set[str] = set()
    shown: dict[str, Answer] = dict(answers)
    for item in checklist.items:
        answer = answers.get(item.id)
        if answer is not None and is_withheld(item, answer, profile, checklist.policy, cleared):
            withheld.add(item.id)
            shown[item.id] = replace(answer, verdict=Verdict.not_looked_at)
    open_items: set[str] = set()
    behind: set[str] = set()
    for item in checklist.items:
        if applicable(item, profile, shown):
            open_items.add(item.id)
        elif applicable(item, profile, answers):
            answer = answers.get(item.id)
            stands = answer is not None and bool(confirmed_facts(item, answer, cleared))
            (open_items if stands else behind).add(item.id)
    return Asked(frozenset(open_items), frozenset(withheld & open_items), frozenset(behind))


def one_step_up(severity: Severity) -> Severity:
    """The next heavier severity; critical stays."""
    return SEVERITIES[max(0, SEVERITIES.index(severity) - 1)]


def heavier(one: Severity, other: Severity) -> Severity:
    """The heavier of two severities."""
    return min(one, other, key=SEVERITIES.index)


@dataclass(frozen=True)
class Weighed:
    """A shortfall's severity with the codes of what raised it: repeat, many_workers, zero_tolerance,
    inspector.
    """

    severity: Severity
    raised_by: tuple[str, ...]


def weigh(item: Item, answer: Answer, profile: Profile, repeated: bool, zero_tolerance: bool = False) -> Weighed:
    """The severity of a shortfall (domain facts 3.3): the item's own, raised one step if it repeats or
    touches more than a tenth of the headcount, never lower than what the inspector set, critical under zero
    tolerance.

    Reasons are not added up: two of them raise by one step as well.
    """
    reasons = []
    if repeated:
        reasons.append("repeat")
    if answer.workers and profile.workers and Decimal(answer.workers) > MANY_WORKERS * profile.workers:
        reasons.append("many_workers")
    severity = one_step_up(item.severity) if reasons else item.severity
    if severity is item.severity:
        reasons = []
    if answer.severity is not None and heavier(answer.severity, severity) is not severity:
        severity = answer.severity
        reasons.append("inspector")
    if zero_tolerance and severity is not Severity.critical:
        severity = Severity.critical
        reasons.append("zero_tolerance")
    return Weighed(severity, tuple(reasons))
