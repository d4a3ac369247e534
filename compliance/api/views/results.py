"""Results for programs, as their enterprises read them: released scorecards and findings, delivered actions, letters
that were sent.
"""

from collections.abc import Iterable, Sequence
from typing import Any
from uuid import UUID

from compliance.api.door import bp, operation, portioned
from compliance.api.rules import Scope
from compliance.api.shapes import (
    Action,
    ActionQuery,
    AreaScore,
    Finding,
    Letter,
    Line,
    Page,
    ReleasedQuery,
    Scorecard,
    ScorecardWhole,
    Words,
)
from compliance.casework import letter_facts
from compliance.checklists import store as checklists
from compliance.corrective_actions import store_reading as actions
from compliance.corrective_actions.seen import ActionView
from compliance.findings import store as findings
from compliance.findings.rules import PublicFinding
from compliance.letters import store_sent as letters
from compliance.letters.store_sent import Sent
from compliance.people.rules import Actor
from compliance.scorecards import store as scorecards
from compliance.scorecards.result import AreaScore as Scored
from compliance.scorecards.store import ScorecardView
from compliance.shared.words import Text

__all__ = ["bp"]


# --- scorecards -----------------------------------------------------------------------------------------------------


@operation("/scorecards", Scope.scorecards)
def released_scorecards(caller: Actor, query: ReleasedQuery) -> Page[Scorecard]:
    """The released scorecards that hold now, in portions. A correction takes the place of the one before."""
    portion = scorecards.in_portions(
        caller, after=query.after, most=query.limit, enterprise_id=query.enterprise, released_since=query.since
    )
    return portioned(Page[Scorecard], portion, [Scorecard(**_scorecard(view)) for view in portion.rows])


@operation("/scorecards/<uuid:scorecard_id>", Scope.scorecards)
def released_scorecard(caller: Actor, scorecard_id: UUID) -> ScorecardWhole:
    """One released scorecard line by line, also one that was corrected since."""
    view = scorecards.get(caller, scorecard_id)
    lines = [
        Line(
            item=line.item,
            area=line.area,
            verdict=line.verdict,
            severity=line.severity,
            weight=float(line.weight),
            points=None if line.points is None else float(line.points),
        )
        for line in view.result.lines
    ]
    return ScorecardWhole(**_scorecard(view), lines=lines)


def _scorecard(view: ScorecardView) -> dict[str, Any]:
    return {
        "id": view.id,
        "visit": view.visit_id,
        "enterprise": view.enterprise_id,
        "workplace": view.workplace_id,
        "visited_on": view.visited_on,
        "released_at": view.released_at,
        "checklist": view.checklist_digest,
        "zero_tolerance": bool(view.result.zero_tolerance),
        "overall": _area(view.result.overall),
        "areas": [_area(one) for one in view.result.areas],
    }


def _area(one: Scored) -> AreaScore:
    return AreaScore(
        area=one.area,
        score=None if one.shown is None else float(one.shown),
        band=one.band,
        coverage=float(one.coverage),
        provisional=one.provisional,
    )


# --- findings -------------------------------------------------------------------------------------------------------


@operation("/findings", Scope.findings)
def released_findings(caller: Actor, query: ReleasedQuery) -> Page[Finding]:
    """Released findings, in portions; those that were withdrawn since among them."""
    portion = findings.public_in_portions(
        caller, after=query.after, most=query.limit, enterprise_id=query.enterprise, released_since=query.since
    )
    return portioned(Page[Finding], portion, _findings(caller, portion.rows))


@operation("/findings/<uuid:finding_id>", Scope.findings)
def released_finding(caller: Actor, finding_id: UUID) -> Finding:
    """One released finding."""
    return _findings(caller, [findings.public(caller, finding_id)])[0]


def _findings(caller: Actor, rows: Sequence[PublicFinding]) -> list[Finding]:
    digests = scorecards.checklists_of(caller, {row.visit_id for row in rows})
    return [_finding(row, checklists.load(digests[row.visit_id])) for row in rows]


def _finding(row: PublicFinding, checklist: Any) -> Finding:
    return Finding(
        id=row.id,
        visit=row.visit_id,
        enterprise=row.enterprise_id,
        workplace=row.workplace_id,
        item=row.item,
        area=row.area,
        clause=row.clause,
        verdict=row.verdict,
        severity=row.severity,
        zero_tolerance=row.zero_tolerance,
        repeats=row.repeat_of_id,
        seen=_words(letter_facts.seen_text(checklist.item(row.item), row)),
        workers_affected=row.workers_affected,
        some_workers=row.some_workers,
        law=list(row.law),
        state=row.state,
        reply_by=row.reply_due,
        reply=row.reply_position,
    )


def _words(text: Text) -> Words:
    return Words(en=text.en, zh=text.zh)


# --- corrective actions ---------------------------------------------------------------------------------------------


@operation("/actions", Scope.actions)
def delivered_actions(caller: Actor, query: ActionQuery) -> Page[Action]:
    """Corrective actions that were delivered, in portions."""
    portion = actions.in_portions(
        caller,
        after=query.after,
        most=query.limit,
        enterprise_id=query.enterprise,
        states=None if query.state is None else [query.state],
    )
    return portioned(Page[Action], portion, _actions(portion.rows))


@operation("/actions/<uuid:action_id>", Scope.actions)
def delivered_action(caller: Actor, action_id: UUID) -> Action:
    """One corrective action."""
    return _actions([actions.get(caller, action_id)])[0]


def _actions(rows: Iterable[ActionView]) -> list[Action]:
    return [
        Action(
            id=row.id,
            finding=row.finding_id,
            visit=row.visit_id,
            enterprise=row.enterprise_id,
            workplace=row.workplace_id,
            item=row.item,
            area=row.area,
            severity=row.severity,
            zero_tolerance=row.zero_tolerance,
            asked=_words(row.text),
            state=row.state,
            delivered_on=row.delivered_on,
            plan_by=row.plan_due_on,
            due_on=row.due_on,
            due_provisional=row.due_provisional,
            paused_on=row.paused_on,
            extensions=row.extensions,
            verified_on=row.verified_on,
            contain_by=row.contain_by,
            contained_on=row.contained_on,
            contained_how=row.contained_how,
        )
        for row in rows
        if row.delivered_on is not None
    ]


# --- letters --------------------------------------------------------------------------------------------------------


@operation("/letters", Scope.letters)
def sent_letters(caller: Actor, query: ReleasedQuery) -> Page[Letter]:
    """Letters that were sent, in portions."""
    portion = letters.in_portions(
        caller, after=query.after, most=query.limit, enterprise_id=query.enterprise, issued_since=query.since
    )
    return portioned(Page[Letter], portion, [_letter(row) for row in portion.rows])


@operation("/letters/<uuid:letter_id>", Scope.letters)
def sent_letter(caller: Actor, letter_id: UUID) -> Letter:
    """One letter that was sent."""
    return _letter(letters.get(caller, letter_id))


@operation("/letters/<uuid:letter_id>/pdf", Scope.letters, media_type="application/pdf")
def sent_letter_pdf(caller: Actor, letter_id: UUID) -> bytes:
    """The PDF of a letter, as it was sent."""
    return letters.pdf(letters.get(caller, letter_id))


def _letter(row: Sent) -> Letter:
    return Letter(
        id=row.id,
        visit=row.visit_id,
        enterprise=row.enterprise_id,
        cites=row.cites_id,
        kind=row.kind,
        language=row.language,
        number=row.number,
        code=row.code,
        dated=row.dated,
        issued_at=row.issued_at,
        standing=row.standing,
        sha256=row.pdf_digest,
    )
