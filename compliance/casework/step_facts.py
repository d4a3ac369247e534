"""What a letter after the first prints: the points of the earlier letter as they stand on the day, and what follows."""

from collections.abc import Iterable, Mapping
from dataclasses import replace
from datetime import date
from typing import Any
from uuid import UUID

from compliance.casework import letter_facts
from compliance.casework.cases import Case
from compliance.checklists.rules import Disclosure
from compliance.corrective_actions.rules import ActionState, How
from compliance.corrective_actions.seen import ActionView
from compliance.enterprises import store as enterprises
from compliance.letters import rules as letters
from compliance.letters import store as letter_store
from compliance.people.rules import Actor
from compliance.shared.words import Text
from compliance.visits.rules import Known

OWN_EYES = frozenset({Known.document, Known.observation})
ON_SITE = Text("Seen on site", "现场核实")
BY_EVIDENCE = Text("Documents and pictures that you sent", "核对贵单位反馈的材料")

STATES: Mapping[ActionState, str] = {
    ActionState.open: "open",
    ActionState.planned: "planned",
    ActionState.evidence_sent: "under_review",
    ActionState.returned: "returned",
    ActionState.verified: "verified",
    ActionState.extended: "extended",
    ActionState.withdrawn: "withdrawn",
}
"""The word of a letter for the state of an action; while its clock stands still, the letter says ``paused``."""


def gather(
    actor: Actor,
    case: Case,
    kind: str,
    actions: Iterable[ActionView],
    *,
    cites: Any,
    dated: date,
    new_due: date | None = None,
    next_step: Text = letters.NOTHING,
    hearing: letters.Hearing | None = None,
    referral: letters.Referral | None = None,
    accepted: Mapping[UUID, bool] | None = None,
    remarks: Mapping[UUID, str] | None = None,
    shown: Mapping[UUID, Text] | None = None,
    signer: str = "",
    verify_url: str = "",
) -> letters.Facts:
    """The facts of a letter of ``kind`` L4 to L9 about these ``actions``; those withdrawn are left out.

    ``cites`` is the issued letter that this one follows, and gives the points their numbers. ``accepted`` (the answer
    to a plan), ``remarks`` (why it is returned, in the words of the officer) and ``shown`` (how completion was shown;
    usual words where it is silent) are by the action's id. L9 carries ``referral``, and neither points nor people.
    """
    frame = letter_facts.frame(actor, case, kind, signer=signer, verify_url=verify_url)
    cited = letters.Cited(cites.number, cites.dated) if cites is not None else None
    if kind == "L9":
        return replace(
            frame,
            enterprise=replace(frame.enterprise, legal_representative="", address=letters.NOTHING),
            workplace=_place(actor, case.visit.workplace_id),
            pledged_on=None,
            dated=dated,
            cites=cited,
            referral=referral,
        )
    standing = [action for action in actions if action.state is not ActionState.withdrawn]
    accepted, remarks, shown = accepted or {}, remarks or {}, shown or {}
    numbers = _numbers(letter_store.facts(cites) if cites is not None else None, standing)
    points = (
        letters.Point(
            number=numbers[action.finding_id],
            area=case.checklist.area(action.area).title,
            asked=action.text,
            severity="zero_tolerance" if action.zero_tolerance else action.severity.value,
            due=action.due_on,
            late_days=(dated - action.due_on).days if action.due_on and action.overdue(dated) else 0,
            state=STATES[action.state] if action.paused_on is None or action.verified_on else "paused",
            closed_on=action.verified_on,
            shown=(shown.get(action.id) or _shown(action)) if action.verified_on else letters.NOTHING,
            remark=letters.same(remarks.get(action.id, "")),
            accepted=accepted.get(action.id),
            provisional=action.due_provisional,
            id=str(action.finding_id),
        )
        for action in standing
    )
    return replace(
        frame,
        dated=dated,
        cites=cited,
        points=tuple(sorted(points, key=lambda point: point.number)),
        new_due=new_due,
        next_step=next_step,
        hearing=hearing,
    )


def observed(case: Case, actions: Iterable[ActionView]) -> letters.Referral:
    """What a referral about these actions may carry, without its addressee: the checklist's words for what was seen or
    read on the visit, the gravest of each item alone, and the confirmed law of those items. Nothing that is known
    through workers, no note, no count.
    """
    items = [case.checklist.item(item) for item in dict.fromkeys(one.item for one in actions)]
    facts: list[Text] = []
    citations: list[letters.Citation] = []
    for item in items:
        answer = case.folded.answers.get(item.id)
        if answer is None or not answer.known_by & OWN_EYES:
            continue
        ticked = [one for one in item.facts if one.id in answer.facts]
        told = [one for one in ticked if one.disclosure is Disclosure.tell_now]
        if ticked and not told:
            continue
        gravest = [one for one in told if one.zero_tolerance] or told
        facts += [one.text for one in gravest] or [letter_facts.unmet(item, answer.verdict)]
        citations += [letter_facts.citation(case.checklist, key) for key in item.law if key in case.checklist.laws]
    return letters.Referral(letters.NOTHING, letters.cite(letters.printable(citations, case.visited_on)), tuple(facts))


def _shown(action: ActionView) -> Text:
    return ON_SITE if action.verified_how is How.on_site else BY_EVIDENCE


def _numbers(earlier: letters.Facts | None, actions: Iterable[ActionView]) -> dict[UUID, int]:
    """The number of each finding in the earlier letter: by its id, and in letters that carry none by the words of what
    is asked. What does not stand there is counted on behind.
    """
    findings, points = (earlier.findings, earlier.points) if earlier else ((), ())
    lines = [*((one.id, one.number) for one in findings), *((one.id, one.number) for one in points)]
    by_id = {id: number for id, number in lines if id}
    by_words = {one.action: one.number for one in findings if not one.id}
    last = max((number for _id, number in lines), default=0)
    numbers: dict[UUID, int] = {}
    for action in actions:
        if action.finding_id in numbers:
            continue
        known = by_id.get(str(action.finding_id)) or by_words.pop(action.text, None)
        last += known is None
        numbers[action.finding_id] = known or last
    return numbers


def _place(actor: Actor, workplace_id: UUID) -> Text:
    """The workplace in the words of somebody who is not spoken to."""
    row = enterprises.workplace(actor, workplace_id)
    name = "" if row.main else row.name
    said = f"{name}（{row.address}）" if name and row.address else name or row.address
    return letters.same(said) if said else Text("the enterprise's workplace", "该单位的生产经营场所")
