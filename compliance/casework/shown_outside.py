"""What a named outsider is shown of the one case: what its enterprise will read, and a little more to judge it by.

A finding comes in its public form. Beside it stand why its severity was raised, and whether documents or inspectors'
own eyes carry it; that somebody was interviewed is never said. Nothing here tells that a fact is sealed: scorecard and
letter are the enterprise's, and a photo is shown only where nobody can be recognised and nothing is held back.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

from compliance.casework import cases, corrections, letter_facts, release, rules
from compliance.casework.cases import Case
from compliance.checklists.rules import SEVERITIES, Checklist, Clause, Item, laws_in_force
from compliance.corrective_actions import store as actions
from compliance.corrective_actions.seen import ActionView
from compliance.enterprises import store as enterprises
from compliance.findings import store as findings
from compliance.findings import store_replies as replies
from compliance.findings.rules import PublicFinding
from compliance.findings.store_replies import DisputeView, EvidenceView
from compliance.people import store as people
from compliance.people.rules import Actor
from compliance.scorecards import store as scorecards
from compliance.scorecards.result import Result, for_enterprise
from compliance.shared.problems import NotFound
from compliance.shared.words import N_, Text
from compliance.visits import store as visits
from compliance.visits.answers import Known
from compliance.visits.rules import Outcome, State


@dataclass(frozen=True)
class Seen:
    """A finding as an outsider reads it. ``ways`` are documents and observation, where they carry it."""

    finding: PublicFinding
    item: Item
    words: Text
    clause: Clause | None
    laws: tuple[Text, ...]
    raised_by: tuple[str, ...]
    ways: tuple[Known, ...]
    actions: tuple[ActionView, ...]
    photos: tuple[UUID, ...]


@dataclass(frozen=True)
class Shown:
    """The case: where and when, what was found, and whether it can be released now."""

    enterprise: str
    workplace: str
    visited_on: date | None
    inspectors: tuple[str, ...]
    checklist: Checklist
    outcome: Outcome | None
    outcome_reason: str
    waiting: bool
    result: Result | None
    findings: tuple[Seen, ...]
    has_letter: bool
    ready: bool
    token: str


@dataclass(frozen=True)
class Disputed:
    """A finding in dispute: what was found, what the enterprise says, and what was decided before."""

    seen: Seen
    rounds: tuple[DisputeView, ...]
    files: tuple[EvidenceView, ...]


def of_release(acting: Actor, visit_id: UUID) -> Shown:
    """A visit as its second person from outside reads it; without what was found while it is with its inspectors."""
    case = cases.load(acting, visit_id)
    visit, waiting = case.visit, case.visit.state is State.sealed
    completed = visit.outcome is Outcome.completed and waiting
    draft = release.drafted(acting, case)
    state = release.readiness(acting, draft) if waiting else None
    workplace = enterprises.workplace(acting, visit.workplace_id)
    names = people.people_names(case.inspectors)
    return Shown(
        enterprise=enterprises.names([visit.enterprise_id])[visit.enterprise_id],
        workplace=workplace.name or workplace.address,
        visited_on=visit.visited_on,
        inspectors=tuple(names.get(person_id, "–") for person_id in case.inspectors),
        checklist=case.checklist,
        outcome=visit.outcome,
        outcome_reason=visit.outcome_reason if waiting else "",
        waiting=waiting,
        result=for_enterprise(scorecards.current(acting, visit_id).result) if completed else None,
        findings=tuple(_in_order(case, _seen(acting, case, draft.findings))) if completed else (),
        has_letter=waiting and draft.letter is not None,
        ready=state is not None and not case.sealed_led and not rules.missing_for_release(state.blocks),
        token=corrections.page_token(acting, case) if waiting else "",
    )


def of_dispute(acting: Actor, visit_id: UUID, finding_id: UUID) -> tuple[Shown, Disputed]:
    """A finding in dispute as an outsider reads it. Raises ``NotFound`` where nothing of it may be shown."""
    shown, case = of_release(acting, visit_id), cases.load(acting, visit_id)
    found = _seen(acting, case, [findings.get(acting, finding_id)])
    if not found:
        raise NotFound("finding-unknown", N_("This does not exist, or it is not yours to see."))
    rounds = replies.disputes(acting, [finding_id]).get(finding_id, [])
    files = replies.evidence(acting, [finding_id]).get(finding_id, [])
    return shown, Disputed(found[0], tuple(rounds), tuple(files))


def photo(acting: Actor, visit_id: UUID, finding_id: UUID | None, evidence_id: UUID) -> bytes:
    """A photo of the case, as JPEG without hidden data. Raises ``NotFound`` for all that is not shown."""
    case = cases.load(acting, visit_id)
    rows = findings.of_visit(acting, visit_id) if finding_id is None else [findings.get(acting, finding_id)]
    allowed = {id for one in _seen(acting, case, rows) for id in one.photos}
    for row in visits.evidence_of(case.visit, struck=False):
        if row.id == evidence_id and row.id in allowed:
            return visits.shown(row)
    raise NotFound("evidence-unknown", N_("There is no such picture or document."))


def _seen(acting: Actor, case: Case, rows: Sequence[Any]) -> list[Seen]:
    by_id = {row.id: row for row in rows}
    asked = actions.of_findings(acting, list(by_id))
    photos = _photos(case)
    return [
        Seen(
            finding=one,
            item=(item := case.checklist.item(one.item)),
            words=letter_facts.seen_text(item, one),
            clause=case.checklist.code.clause(one.clause),
            laws=tuple(
                case.checklist.citation(entry.key) for entry in laws_in_force(case.checklist, one.law, case.visited_on)
            ),
            raised_by=tuple(by_id[one.id].raised_by),
            ways=tuple(way for way in (Known.document, Known.observation) if way in by_id[one.id].known_by),
            actions=tuple(asked.get(one.id, ())),
            photos=photos.get(one.item, ()),
        )
        for one in findings.previews(rows)
    ]


def _photos(case: Case) -> dict[str, tuple[UUID, ...]]:
    """The photos on which nobody can be recognised, by item; none of an item where anything is or was sealed."""
    found: dict[str, tuple[UUID, ...]] = {}
    for row in visits.evidence_of(case.visit, struck=False):
        clear = row.kind == "photo" and row.unrecognisable_at is not None
        if clear and not case.sealed_at(row.item):
            found[row.item] = (*found.get(row.item, ()), row.id)
    return found


def _in_order(case: Case, found: list[Seen]) -> list[Seen]:
    place = {item.id: number for number, item in enumerate(case.checklist.items)}
    return sorted(
        found,
        key=lambda one: (not one.finding.zero_tolerance, SEVERITIES.index(one.finding.severity), place[one.item.id]),
    )
