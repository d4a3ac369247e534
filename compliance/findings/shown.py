"""What an enterprise is shown of a finding: not how it was known, not at what time, no count of a few
workers.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Protocol
from uuid import UUID

from compliance.checklists.rules import Severity, Verdict
from compliance.findings.states import FindingState, Position
from compliance.visits.answers import Known

SMALL_GROUP = 5
"""No count of workers below this is ever shown to an enterprise (policy.small_group)."""

SMALL_WORKPLACE = 10
"""Below this headcount a finding from interviews alone is not shown (policy.interview_only_minimum_workers).
"""


class FindingFacts(Protocol):
    """What the public form of a finding is made from (a stored row has all of it)."""

    @property
    def id(self) -> UUID: ...  # noqa: D102
    @property
    def enterprise_id(self) -> UUID: ...  # noqa: D102
    @property
    def workplace_id(self) -> UUID: ...  # noqa: D102
    @property
    def visit_id(self) -> UUID: ...  # noqa: D102
    @property
    def item(self) -> str: ...  # noqa: D102
    @property
    def area(self) -> str: ...  # noqa: D102
    @property
    def clause(self) -> str: ...  # noqa: D102
    @property
    def verdict(self) -> Verdict | None: ...  # noqa: D102
    @property
    def severity(self) -> Severity: ...  # noqa: D102
    @property
    def zero_tolerance(self) -> bool: ...  # noqa: D102
    @property
    def sealed(self) -> bool: ...  # noqa: D102
    @property
    def sealed_fact(self) -> str: ...  # noqa: D102
    @property
    def withheld(self) -> bool: ...  # noqa: D102
    @property
    def facts(self) -> Sequence[str]: ...  # noqa: D102
    @property
    def repeat_of_id(self) -> UUID | None: ...  # noqa: D102
    @property
    def seen(self) -> str: ...  # noqa: D102
    @property
    def workers_affected(self) -> int | None: ...  # noqa: D102
    @property
    def known_by(self) -> Sequence[str]: ...  # noqa: D102
    @property
    def law(self) -> Sequence[str]: ...  # noqa: D102
    @property
    def state(self) -> FindingState: ...  # noqa: D102
    @property
    def reply_position(self) -> Position | None: ...  # noqa: D102
    @property
    def reply_text(self) -> str: ...  # noqa: D102
    @property
    def reply_due(self) -> date | None: ...  # noqa: D102


@dataclass(frozen=True)
class PublicFinding:
    """A finding as its enterprise reads it: not how it was known, not at what time, no count below five.

    `workers_affected` is None where there is no count that may be shown; `some_workers` says that there is one,
    however it was known: words of their own for what rests on interviews would tell that somebody spoke.
    """

    id: UUID
    enterprise_id: UUID
    workplace_id: UUID
    visit_id: UUID
    item: str
    area: str
    clause: str
    verdict: Verdict | None
    severity: Severity
    zero_tolerance: bool
    facts: tuple[str, ...]
    repeat_of_id: UUID | None
    seen: str
    workers_affected: int | None
    some_workers: bool
    law: tuple[str, ...]
    state: FindingState
    reply_position: Position | None
    reply_text: str
    reply_due: date | None


def may_be_shown(finding: FindingFacts, workplace_workers: int, *, minimum_workers: int = SMALL_WORKPLACE) -> bool:
    """True if the finding may reach its enterprise at all once it is released.

    Not a sealed one, and not one that rests on interviews alone at a workplace of fewer than
    `minimum_workers` (an unknown headcount, 0, counts as small), unless a confirmed fact carries it.
    """
    alone = set(finding.known_by) == {Known.interview} and not finding.facts
    return not (finding.sealed or finding.withheld or (alone and workplace_workers < minimum_workers))


def few_spoke(finding: FindingFacts, small_group: int = SMALL_GROUP) -> bool:
    """Whether a count of workers rests on interviews and is so small that also inside it is "some workers"."""
    count = finding.workers_affected
    return Known.interview in finding.known_by and bool(count) and (count or 0) < small_group


def shown_to_enterprise(
    finding: FindingFacts,
    workplace_workers: int,
    *,
    small_group: int = SMALL_GROUP,
    minimum_workers: int = SMALL_WORKPLACE,
) -> PublicFinding | None:
    """The public form of a finding, or None if its enterprise must not see it (a draft, or `may_be_shown`
    says no).
    """
    if finding.state is FindingState.draft:
        return None
    return preview_for_enterprise(finding, workplace_workers, small_group=small_group, minimum_workers=minimum_workers)


def preview_for_enterprise(
    finding: FindingFacts,
    workplace_workers: int,
    *,
    small_group: int = SMALL_GROUP,
    minimum_workers: int = SMALL_WORKPLACE,
) -> PublicFinding | None:
    """What a draft will look like to its enterprise after release (for the reviewer and the draft letter)."""
    if not may_be_shown(finding, workplace_workers, minimum_workers=minimum_workers):
        return None
    count = finding.workers_affected
    told = count if count is not None and count >= small_group else None
    return PublicFinding(
        id=finding.id,
        enterprise_id=finding.enterprise_id,
        workplace_id=finding.workplace_id,
        visit_id=finding.visit_id,
        item=finding.item,
        area=finding.area,
        clause=finding.clause,
        verdict=finding.verdict,
        severity=finding.severity,
        zero_tolerance=finding.zero_tolerance,
        facts=tuple(finding.facts),
        repeat_of_id=finding.repeat_of_id,
        seen=finding.seen,
        workers_affected=told,
        some_workers=told is None and bool(count),
        law=tuple(finding.law),
        state=finding.state,
        reply_position=finding.reply_position,
        reply_text=finding.reply_text,
        reply_due=finding.reply_due,
    )
