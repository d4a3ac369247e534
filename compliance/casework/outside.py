"""What an enterprise sees of itself: released scorecards, findings, actions and letters, gathered for its pages.

Everything here is read as its manager (or somebody with a tie) may read it. No row of a visit leaves this module: of a
visit an enterprise learns the day, and nothing that is not released changes a byte of what is gathered here.
"""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID

from compliance.casework import cases, letter_facts
from compliance.checklists import store as checklists
from compliance.checklists.rules import Checklist, Clause, Item, laws_in_force
from compliance.corrective_actions import rules as action_rules
from compliance.corrective_actions import store as actions
from compliance.corrective_actions import store_comments, store_refusals
from compliance.corrective_actions.rules import ActionState, Move
from compliance.corrective_actions.seen import ActionView, EventView
from compliance.corrective_actions.seen import EvidenceView as ActionFile
from compliance.enterprises import store as enterprises
from compliance.findings import rules as finding_rules
from compliance.findings import store as findings
from compliance.findings import store_replies as replies
from compliance.findings.rules import Decision, FindingState, PublicFinding, kind_of_deadline
from compliance.findings.store_replies import DisputeView
from compliance.findings.store_replies import EvidenceView as ReplyFile
from compliance.people.rules import Actor, can, sees_outside
from compliance.scorecards import store as scorecards
from compliance.scorecards.result import Result
from compliance.scorecards.rules import Comparison
from compliance.scorecards.store import ScorecardView
from compliance.shared.calendar import add_working_days
from compliance.shared.problems import NotFound
from compliance.shared.words import N_, Text
from compliance.visits import store as visits
from compliance.visits import store_scope

GRAVEST_FIRST = ("zero_tolerance", "critical", "major", "minor")


@dataclass(frozen=True)
class Place:
    """A workplace with its newest released scorecard, how it stands today, and the scorecards of earlier visits."""

    workplace: Any
    card: ScorecardView | None = None
    today: Result | None = None
    compared: Comparison | None = None
    earlier: tuple[ScorecardView, ...] = ()

    @property
    def checklist(self) -> Checklist:
        """The checklist of the newest scorecard."""
        if self.card is None:
            raise NotFound("scorecard-unknown", N_("There is no scorecard yet."))
        return checklists.load(self.card.checklist_digest)


@dataclass(frozen=True)
class Told:
    """A finding with everything that an enterprise may read beside it.

    ``reply`` is "open", "closed" (the time is over) or "given" (a dispute is under way or decided, or the finding is
    withdrawn); ``appeal_by`` is the last day of an appeal that may still be made.
    """

    finding: PublicFinding
    visited_on: date
    checklist: Checklist
    item: Item
    seen: Text
    clause: Clause | None
    laws: tuple[Text, ...]
    actions: tuple[ActionView, ...]
    disputes: tuple[DisputeView, ...]
    files: tuple[ReplyFile, ...]
    photos: tuple[UUID, ...]
    reply: str
    appeal_by: date | None

    @property
    def disputed(self) -> DisputeView | None:
        """The round of dispute that waits for a decision."""
        return next((one for one in self.disputes if one.decision is None), None)

    @property
    def to_answer(self) -> bool:
        """Whether the association still waits for an answer, and it would be in time."""
        return self.reply == "open" and self.finding.reply_position is None


@dataclass(frozen=True)
class Step:
    """What comes next of a corrective action: a code of ``STEPS``, the day by which, and whether that day has passed.

    ``due`` is None where it is not the enterprise's turn.
    """

    code: str
    due: date | None
    late: bool
    provisional: bool


STEPS: dict[str, str] = {
    "plan": N_("Write the plan"),
    "correct": N_("Correct it and send evidence"),
    "again": N_("Returned: send what is missing"),
    "stopped": N_("The clock stands still: the association owes an answer"),
    "review": N_("Under review by the association"),
    "reason": N_("Your reason for taking no action is under review"),
    "accepted": N_("Accepted"),
    "withdrawn": N_("No longer asked for"),
}
"""What a manager reads as the next step. Under review is one step, however the association checks it."""


# --- whose pages these are -------------------------------------------------------------------------------------------


def own(actor: Actor, enterprise_id: UUID) -> Any:
    """An enterprise that the actor sees from outside: manages it, or has a tie to it. Raises ``NotFound``."""
    if not sees_outside(actor, enterprise_id):
        raise NotFound("enterprise-unknown", N_("There is no such enterprise in the register."))
    return enterprises.get(actor, enterprise_id)


def managed(actor: Actor) -> list[Any]:
    """The enterprises that the actor manages, by name; branches that a headquarters answers for come last."""
    rows = enterprises.several(actor, actor.enterprise_ids).values()
    return sorted(rows, key=lambda row: (row.id in actor.branch_ids, row.sort_key, str(row.id)))


def manages(actor: Actor, enterprise_id: UUID) -> bool:
    """Whether the actor speaks for this enterprise (a person with a tie only reads)."""
    return enterprise_id in actor.enterprise_ids and can(actor, "enterprise.own")


# --- scorecards ------------------------------------------------------------------------------------------------------


def cards_of(actor: Actor, enterprise_id: UUID) -> list[ScorecardView]:
    """The released scorecards of an enterprise that hold now, newest visit first."""
    return scorecards.of_enterprise(actor, enterprise_id)


def places(actor: Actor, enterprise_id: UUID, cards: Iterable[ScorecardView]) -> list[Place]:
    """The workplaces of an enterprise, each with its released scorecards (``cards``, newest first); closed ones only
    if they have any.
    """
    by_place: dict[UUID, list[ScorecardView]] = {}
    shown = list(cards)
    narrow = store_scope.narrowed(card.visit_id for card in shown)
    for card in shown:
        if card.visit_id not in narrow:  # a few items say nothing about the whole workplace
            by_place.setdefault(card.workplace_id, []).append(card)
    found = []
    for workplace in enterprises.workplaces_of(actor, enterprise_id, closed=True):
        here = by_place.get(workplace.id, [])
        if here:
            newest, *earlier = here
            found.append(
                Place(
                    workplace,
                    newest,
                    standing(actor, newest),
                    cases.comparison(newest, earlier[0] if earlier else None),
                    tuple(earlier),
                )
            )
        elif workplace.status.value == "active":
            found.append(Place(workplace))
    return found


def standing(actor: Actor, card: ScorecardView) -> Result:
    """How the workplace of a released scorecard stands today."""
    return scorecards.standing(actor, card.visit_id, actions.verified_items(actor, card.visit_id))


def card_of_visit(actor: Actor, visit_id: UUID) -> ScorecardView:
    """The released scorecard of a visit that holds now. Raises ``NotFound``."""
    return _outside_only(actor, scorecards.current(actor, visit_id))


def one_card(actor: Actor, scorecard_id: UUID) -> ScorecardView:
    """A released scorecard, also one that was superseded since. Raises ``NotFound``."""
    return _outside_only(actor, scorecards.get(actor, scorecard_id))


def superseded_by(actor: Actor, card: ScorecardView) -> list[ScorecardView]:
    """The released scorecards that ``card`` took the place of, newest first.

    What was corrected before the release is the association's own matter: the chain ends at the first released one.
    """
    found = []
    while card.supersedes_id is not None:
        try:
            card = scorecards.get(actor, card.supersedes_id)
        except NotFound:
            break
        found.append(card)
    return found


def _outside_only(actor: Actor, card: ScorecardView) -> ScorecardView:
    if not sees_outside(actor, card.enterprise_id):
        raise NotFound("scorecard-unknown", N_("There is no scorecard yet."))
    return card


# --- findings --------------------------------------------------------------------------------------------------------


def of_cards(actor: Actor, cards: Sequence[ScorecardView]) -> list[Told]:
    """Every finding of these scorecards, newest visit first, the gravest first in each; without photos."""
    by_visit = findings.public_of_visits(actor, [card.visit_id for card in cards])
    rows = [one for card in cards for one in by_visit.get(card.visit_id, [])]
    return _told(actor, cards, rows, photos=False)


def waiting(actor: Actor, cards: Sequence[ScorecardView]) -> list[Told]:
    """Those of them that wait for the enterprise's answer, or for a decision about its dispute."""
    by_visit = findings.public_of_visits(actor, [card.visit_id for card in cards], waiting_on=cases.today(actor))
    return _told(actor, cards, [one for rows in by_visit.values() for one in rows], photos=False)


def of_visit(actor: Actor, card: ScorecardView) -> list[Told]:
    """The findings of one visit, the gravest first."""
    return _told(actor, [card], findings.public_of_visit(actor, card.visit_id))


def one_finding(actor: Actor, finding_id: UUID) -> Told:
    """One finding that the enterprise was told of. Raises ``NotFound``."""
    row = findings.public(actor, finding_id)
    (told,) = _told(actor, [card_of_visit(actor, row.visit_id)], [row])
    return told


def _told(
    actor: Actor, cards: Sequence[ScorecardView], rows: Sequence[PublicFinding], *, photos: bool = True
) -> list[Told]:
    ids = [row.id for row in rows]
    asked, rounds = actions.of_findings(actor, ids), replies.disputes(actor, ids)
    files, on = replies.evidence(actor, ids), cases.today(actor)
    by_visit = {card.visit_id: card for card in cards}
    pictures = {visit_id: _photos(actor, visit_id) for visit_id in {row.visit_id for row in rows} if photos}
    found = []
    for row in rows:
        card = by_visit[row.visit_id]
        checklist = checklists.load(card.checklist_digest)
        item = checklist.item(row.item)
        disputes = tuple(rounds.get(row.id, ()))
        found.append(
            Told(
                finding=row,
                visited_on=card.visited_on,
                checklist=checklist,
                item=item,
                seen=letter_facts.seen_text(item, row),
                clause=checklist.code.clause(row.clause),
                laws=tuple(
                    checklist.citation(entry.key) for entry in laws_in_force(checklist, row.law, card.visited_on)
                ),
                actions=tuple(asked.get(row.id, ())),
                disputes=disputes,
                files=tuple(files.get(row.id, ())),
                photos=tuple(pictures.get(row.visit_id, {}).get(row.item, ())),
                reply=_reply(row, disputes, on),
                appeal_by=_appeal_by(disputes, on, checklist),
            )
        )
    orders = {card.checklist_digest: _order(checklists.load(card.checklist_digest)) for card in cards}
    return sorted(found, key=lambda told: (*_weight(told), orders[told.checklist.digest][told.item.id]))


def _order(checklist: Checklist) -> dict[str, int]:
    return {item.id: place for place, item in enumerate(checklist.items)}


def _weight(told: Told) -> tuple[int, bool, int]:
    kind = kind_of_deadline(told.finding.severity, told.finding.zero_tolerance)
    gone = told.finding.state is FindingState.withdrawn
    return -told.visited_on.toordinal(), gone, GRAVEST_FIRST.index(kind)


def _reply(row: PublicFinding, disputes: Sequence[DisputeView], on: date) -> str:
    if disputes or row.state not in finding_rules.OPEN_TO_REPLY or row.reply_due is None:
        return "given"
    return "open" if on <= row.reply_due else "closed"


def _appeal_by(disputes: Sequence[DisputeView], on: date, checklist: Checklist) -> date | None:
    if len(disputes) != 1 or disputes[0].decision in (None, Decision.upheld) or disputes[0].decided_on is None:
        return None
    last = add_working_days(disputes[0].decided_on, checklist.policy.reply_working_days)[0]
    return last if on <= last else None


def _photos(actor: Actor, visit_id: UUID) -> dict[str, list[UUID]]:
    """The photos of a released visit on which nobody can be recognised, by item; only their ids."""
    found: dict[str, list[UUID]] = {}
    for photo in visits.public_photos(visits.get_released(actor, visit_id)):
        found.setdefault(photo.item, []).append(photo.id)
    return found


def photo(actor: Actor, evidence_id: UUID, *, small: bool) -> bytes:
    """A photo beside a finding that the enterprise was told of, as JPEG without hidden data. Raises ``NotFound``.

    A photo of an item about which the enterprise was told nothing is not shown, whoever ticked it.
    """
    # One answer for all that is not shown: another one would tell a photo of an unreleased visit from no photo at all.
    unknown = NotFound("evidence-unknown", N_("There is no such picture or document."))
    try:
        visit, row = visits.get_public_photo(actor, evidence_id)
    except NotFound:
        raise unknown from None
    told_of = {one.item for one in findings.public_of_visit(actor, visit.id)}
    if not sees_outside(actor, visit.enterprise_id) or row.item not in told_of:
        raise unknown
    return visits.shown(row, small=small)


# --- corrective actions ----------------------------------------------------------------------------------------------


def one_action(actor: Actor, action_id: UUID) -> ActionView:
    """A delivered corrective action of an enterprise seen from outside. Raises ``NotFound``."""
    row = actions.get(actor, action_id)
    if not sees_outside(actor, row.enterprise_id):
        raise NotFound("action-unknown", N_("There is no such corrective action."))
    return row


def step(action: ActionView, on: date, reasons: Collection[UUID] = ()) -> Step:
    """What comes next of an action on a day, and by when. ``reasons``: the actions for which a reason for taking no
    action waits for the association.
    """
    if action.state is ActionState.evidence_sent:
        return Step("review", None, False, False)
    if action.state is ActionState.verified:
        return Step("accepted", None, False, False)
    if action.state is ActionState.withdrawn:
        return Step("withdrawn", None, False, False)
    if action.id in reasons:
        return Step("reason", None, False, False)
    if action.paused_on is not None:
        return Step("stopped", None, False, False)
    code = "again" if action.state is ActionState.returned else "correct"
    due, provisional = action.due_on, action.due_provisional
    plan_due = action.plan_due_on
    if action.state is ActionState.open and plan_due is not None and (due is None or plan_due < due):
        code, due, provisional = "plan", plan_due, False
    return Step(code, due, due is not None and on > due, provisional)


def reasons_waiting(actor: Actor, enterprise_id: UUID) -> frozenset[UUID]:
    """The actions of an enterprise for which a reason for taking no action waits for the association."""
    return frozenset(one.action_id for one in store_refusals.waiting(actor, enterprise_id=enterprise_id))


def latest_extension(action: ActionView, checklist: Checklist) -> date | None:
    """The last day that an enterprise may ask for instead of the due date, or None if it may not ask (any more)."""
    deadlines = checklist.policy.severities[kind_of_deadline(action.severity, action.zero_tolerance)]
    can_move = (action.state, Move.extend) in action_rules.MOVES
    if not (can_move and deadlines.extension and action.due_on) or action.extensions or action.extension_asked_until:
        return None
    return action.due_on + timedelta(days=deadlines.extension_days)


INSIDE_MOVES = ("attach", "draft")
"""Moves of which an enterprise hears nothing, unless it made them itself."""


def events_shown(actor: Actor, action_id: UUID) -> list[EventView]:
    """The history of an action as its enterprise reads it. What a checker adds on the way to a verdict stays inside:
    it would tell that somebody is looking, and where.
    """
    return shown_of(actions.history(actor, action_id))


def shown_of(events: Iterable[EventView]) -> list[EventView]:
    """Of the events of an action those that its enterprise reads."""
    return [one for one in events if one.by_enterprise or one.move not in INSIDE_MOVES]


def files_of(actor: Actor, action_id: UUID) -> list[ActionFile]:
    """The files that the enterprise itself added to an action, oldest first."""
    return [one for one in actions.evidence(actor, [action_id]).get(action_id, []) if one.by_enterprise]


# --- all together ----------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Work:
    """What an enterprise has to do, what it waits for, and what was accepted."""

    answers: tuple[Told, ...]
    todo: tuple[tuple[ActionView, Step], ...]
    review: tuple[ActionView, ...]
    returned: int
    unread: Mapping[UUID, datetime]
    disputes: tuple[Told, ...]
    accepted: tuple[ActionView, ...]

    @property
    def late(self) -> int:
        """How many actions are late in their next step."""
        return sum(1 for _action, step in self.todo if step.late)


def work(actor: Actor, enterprise_id: UUID, told: Iterable[Told], reasons: Collection[UUID] = ()) -> Work:
    """The enterprise's own to-do list: what is due first stands first. ``reasons`` are those of ``reasons_waiting``."""
    on, told = cases.today(actor), list(told)
    rows = [(row, step(row, on, reasons)) for row in actions.listed(actor, enterprise_id=enterprise_id)]
    todo = [(row, next_step) for row, next_step in rows if next_step.due is not None]
    accepted = [row for row, _step in rows if row.state is ActionState.verified]
    return Work(
        answers=tuple(sorted((one for one in told if one.to_answer), key=lambda one: str(one.finding.reply_due))),
        todo=tuple(sorted(todo, key=lambda pair: (pair[1].due or on, str(pair[0].id)))),
        review=tuple(row for row, next_step in rows if next_step.code in ("review", "reason")),
        returned=sum(1 for _row, next_step in rows if next_step.code == "again"),
        unread=store_comments.unread(actor, enterprise_id=enterprise_id),
        disputes=tuple(one for one in told if one.disputed),
        accepted=tuple(sorted(accepted, key=lambda row: (row.verified_on or on, str(row.id)), reverse=True)),
    )


def names(actor: Actor, enterprise_id: UUID) -> Mapping[UUID, str]:
    """The names of the workplaces of an enterprise, by id."""
    return {row.id: row.name for row in enterprises.workplaces_of(actor, enterprise_id, closed=True)}


def checklist_of(actor: Actor, action: ActionView) -> Checklist:
    """The checklist that an action rests on. Raises ``NotFound``."""
    return checklists.load(card_of_visit(actor, action.visit_id).checklist_digest)


__all__ = ["STEPS", "Place", "Step", "Told", "Work", "own", "work"]
