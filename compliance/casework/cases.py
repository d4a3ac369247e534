"""A visit with everything that hangs on it, and what both sides do with it after the release.

Shared by the pages of the staff and of the enterprise: no pages here, no commits.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from functools import cached_property
from typing import TYPE_CHECKING
from uuid import UUID

from compliance.casework import store
from compliance.casework.models import Clearance
from compliance.checklists.rules import Checklist, Disclosure, Policy, Profile
from compliance.corrective_actions import store as actions
from compliance.findings import store as findings
from compliance.findings import store_replies as replies
from compliance.findings.rules import Position, PublicFinding
from compliance.people import store as people
from compliance.people.rules import Actor, sees_inside
from compliance.scorecards import rules as scoring
from compliance.scorecards import store as scorecards
from compliance.scorecards.result import Result
from compliance.scorecards.rules import Comparison
from compliance.scorecards.shortfalls import sealed_facts
from compliance.scorecards.store import ScorecardView
from compliance.shared import clock
from compliance.shared.files import StoredFile
from compliance.shared.problems import Problem
from compliance.shared.words import N_
from compliance.visits import store as visits
from compliance.visits.rules import Event, Folded, Source, State

if TYPE_CHECKING:
    from compliance.visits.models import Visit


@dataclass(frozen=True)
class Case:
    """A visit that was handed out, read once: its checklist, answers, workplace as found, people, and what was decided
    about its sealed facts.
    """

    visit: "Visit"
    checklist: Checklist
    entered: tuple[Event, ...]
    folded: Folded
    profile: Profile
    inspectors: tuple[UUID, ...]
    involved: frozenset[UUID]
    decided: Mapping[tuple[str, str], Clearance]
    corrected_away: frozenset[tuple[str, str]]
    replies: Mapping[UUID, date]

    @property
    def policy(self) -> Policy:
        """The policy of the pinned checklist."""
        return self.checklist.policy

    @property
    def visited_on(self) -> date:
        """The day of the visit. Raises ``Problem`` while it is not known."""
        if self.visit.visited_on is None:
            raise Problem("case-no-day", N_("The day of the visit is not known yet."))
        return self.visit.visited_on

    @cached_property
    def cleared(self) -> frozenset[tuple[str, str]]:
        """The (item, fact) pairs that are cleared."""
        return frozenset(pair for pair, row in self.decided.items() if row.cleared)

    @cached_property
    def corrections(self) -> list[Event]:
        """What was corrected after the seal, oldest first."""
        return visits.corrections(self.visit, self.entered)

    @cached_property
    def sealed(self) -> tuple[tuple[str, str], ...]:
        """The sealed facts that were ticked and are not cleared: (item, fact) in checklist order."""
        return tuple(
            (item.id, fact.id)
            for item in self.checklist.items
            if item.id in self.folded.answers
            for fact in sealed_facts(item, self.folded.answers[item.id], self.cleared)
        )

    @property
    def sealed_led(self) -> bool:
        """Whether a sealed fact was ever sealed with the visit, cleared or not, or taken out by a correction since:
        then no waiver stands in for a second person.
        """
        return bool(self.sealed or self.cleared or self.corrected_away)

    def sealed_at(self, item: str) -> bool:
        """The same of one item."""
        return any(pair[0] == item for pair in (*self.sealed, *self.cleared, *self.corrected_away))


def today(actor: Actor) -> date:
    """The calendar day of the actor's association."""
    return clock.today(people.association(actor).time_zone)


def load(actor: Actor, visit_id: UUID) -> Case:
    """A visit as the association sees it. Raises ``NotFound`` outside the actor's inside scope."""
    return of(actor, visits.get(actor, visit_id))


def of(actor: Actor, visit: "Visit") -> Case:
    """The case of a visit that the caller has found within the actor's scope (inside, or released from outside)."""
    entered = tuple(visits.events(visit))
    folded = visits.answers(visit, entered)
    checklist = visits.checklist(visit)
    sent = tuple(visits.inspectors([visit.id])[visit.id])
    replied = findings.of_visit(actor, visit.id) if visit.state is State.released else []
    zone = people.association(actor).time_zone
    return Case(
        visit=visit,
        checklist=checklist,
        entered=entered,
        folded=folded,
        profile=visits.profile(visit, folded),
        inspectors=sent,
        involved=visits.finders(visit, sent),
        decided=store.standing_decisions(visit.id),
        corrected_away=_sealed_facts(checklist, _as_first_sealed(visit, entered)) - _sealed_facts(checklist, folded),
        replies={row.id: clock.day_of(row.replied_at, zone) for row in replied if row.replied_at is not None},
    )


def _as_first_sealed(visit: "Visit", entered: Sequence[Event]) -> Folded:
    """What stood when the visit was sealed for the first time: nothing is corrected or returned before."""
    corrected = [event for event in entered if event.source is Source.correction]
    first = min(map(_arrival, corrected), default=None)
    return visits.answers(visit, [event for event in entered if first is not None and _arrival(event) < first])


def _arrival(event: Event) -> tuple[datetime, UUID]:
    # An id that a tablet made follows the tablet's own clock, which may be wrong by years.
    return (event.received_at or datetime.min.replace(tzinfo=UTC), event.id)


def _sealed_facts(checklist: Checklist, folded: Folded) -> frozenset[tuple[str, str]]:
    """The ticked facts that are known through workers, whatever the answer beside them is."""
    return frozenset(
        (item.id, fact.id)
        for item in checklist.items
        if item.id in folded.answers
        for fact in item.facts
        if fact.disclosure is Disclosure.sealed and fact.id in folded.answers[item.id].facts
    )


def repeated(actor: Actor, case: Case) -> frozenset[str]:
    """The items whose shortfall on this visit repeats an earlier one."""
    return findings.repeated(actor, case.visit, case.checklist)


# --- what a scorecard is shown with ---------------------------------------------------------------------------------


def previous(actor: Actor, visit: "Visit") -> ScorecardView | None:
    """The workplace's own released scorecard before this visit, to compare with, or None."""
    return scorecards.previous(actor, visit.workplace_id, visit.visited_on) if visit.visited_on else None


def previous_card(actor: Actor, card: ScorecardView) -> ScorecardView | None:
    """The workplace's own released scorecard before the visit of this one, or None."""
    return scorecards.previous(actor, card.workplace_id, card.visited_on)


def comparison(card: ScorecardView, before: ScorecardView | None) -> Comparison | None:
    """The scorecard beside the workplace's own one before, or None for a first visit."""
    if before is None:
        return None
    return scoring.compare(before.result, card.result, same_checklist=before.checklist_digest == card.checklist_digest)


def standing(actor: Actor, visit: "Visit") -> Result:
    """The workplace as it stands today: items whose corrective actions are all verified count as compliant.

    It follows the scorecard that the reader may see: for whoever sees the enterprise from outside the lines are masked,
    and nothing shines through that was not released. Raises ``NotFound`` without such a scorecard.
    """
    return scorecards.standing(actor, visit.id, actions.verified_items(actor, visit.id))


def is_inside(actor: Actor, visit: "Visit") -> bool:
    """Whether the actor sees this visit as the association does."""
    return visit.association_id == actor.association_id and sees_inside(actor, visit.enterprise_id)


def public_findings(actor: Actor, visit_id: UUID) -> list[PublicFinding]:
    """The released findings of a visit as its enterprise reads them."""
    return findings.public_of_visit(actor, visit_id)


# --- what an enterprise does ----------------------------------------------------------------------------------------


def answer_finding(
    actor: Actor,
    finding_id: UUID,
    position: Position,
    text: str,
    files: Iterable[tuple[StoredFile, str]] = (),
    came_on: date | None = None,
) -> None:
    """Put the enterprise's answer beside a finding, with its files (stored file, name).

    A dispute stops the clock of its actions. ``came_on`` is the day on which an answer on paper came. Raises what
    ``findings.store_replies.reply`` and ``attach`` raise.
    """
    row = findings.public(actor, finding_id)
    visit = visits.get_released(actor, row.visit_id)
    on = came_on or today(actor)
    replies.reply(actor, finding_id, position, text, on, visits.checklist(visit).policy)
    for file, name in files:
        replies.attach(actor, finding_id, file, name, on)
    if position is Position.dispute:
        actions.pause(actor, finding_id, on)


def appeal(actor: Actor, finding_id: UUID, reason: str, files: Iterable[tuple[StoredFile, str]] = ()) -> None:
    """Open the one appeal about a finding, with its files; the clock stops again. Raises what ``appeal`` raises."""
    row = findings.public(actor, finding_id)
    visit = visits.get_released(actor, row.visit_id)
    on = today(actor)
    replies.appeal(actor, finding_id, reason, on, visits.checklist(visit).policy)
    for file, name in files:
        replies.attach(actor, finding_id, file, name, on)
    actions.pause(actor, finding_id, on)


__all__ = ["Case", "answer_finding", "appeal", "comparison", "load", "of", "previous", "standing", "today"]
