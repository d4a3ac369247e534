"""What is still missing before a visit can be sealed, how far an area is, and what the representative signs."""

import dataclasses
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from compliance.checklists.rules import (
    SHORTFALLS,
    Area,
    Checklist,
    Clause,
    Disclosure,
    Fact,
    Item,
    Profile,
    Severity,
    Verdict,
    applicable,
)
from compliance.shared.words import N_
from compliance.visits.answers import Answer
from compliance.visits.events import CLOSING, PROFILE, Folded
from compliance.visits.states import Outcome, Signature

NEED_REASON = frozenset({Verdict.unable_to_verify, Verdict.not_looked_at, Verdict.not_applicable})
"""Verdicts that explain themselves by a reason."""
SEEN_TO_BE_WRONG = frozenset({Verdict.partial, Verdict.non_compliant})
LOOKED_AT = frozenset({Verdict.compliant, Verdict.partial, Verdict.non_compliant, Verdict.unable_to_verify})
"""Verdicts of items that were looked at, whatever came out."""


@dataclass(frozen=True)
class Missing:
    """One thing that stands between a visit and its seal. ``item`` is an item id, ``PROFILE`` or ``CLOSING``."""

    code: str
    text: str
    item: str
    field: str = ""
    area: str = ""
    facts: Mapping[str, Any] = dataclasses.field(default_factory=dict)


@dataclass(frozen=True)
class Progress:
    """How far an area is: items that are asked, of which answered, of which a shortfall."""

    area: str
    asked: int
    answered: int
    flagged: int
    missing: int

    @property
    def done(self) -> bool:
        """True when every item that is asked has its answer and nothing of it is missing."""
        return self.answered == self.asked and not self.missing


def missing_of_item(item: Item, answer: Answer | None) -> tuple[Missing, ...]:
    """What one item that is asked still lacks."""

    def lacks(code: str, text: str, name: str, **facts: Any) -> Missing:
        return Missing(code, text, item.id, name, item.area, facts)

    if answer is None or answer.verdict is None:
        return (lacks("unanswered", N_("Not answered yet"), "verdict"),)
    found = []
    if answer.verdict in NEED_REASON and not answer.reason:
        found.append(lacks("reason", N_("The reason is missing"), "reason"))
    if answer.verdict in SEEN_TO_BE_WRONG:
        if not answer.note:
            found.append(lacks("note", N_("What was seen is missing"), "note"))
        if not answer.known_by:
            found.append(lacks("known", N_("How it was known is missing"), "known"))
    if answer.facts and answer.verdict not in SEEN_TO_BE_WRONG:
        found.append(
            lacks(
                "contradiction", N_("A fact is ticked, but the answer is neither partial nor non-compliant"), "verdict"
            )
        )
    return tuple(found)


def missing(checklist: Checklist, folded: Folded, profile: Profile, today: date) -> tuple[Missing, ...]:
    """Exactly what is missing before the visit can be sealed, in the order of the checklist; empty if nothing is.

    ``today`` is the association's calendar day: a visit cannot have taken place after it.
    """
    outcome = folded.value(CLOSING, "outcome") or Outcome.completed.value
    found: list[Missing] = []
    if outcome == Outcome.completed.value:
        if folded.value(PROFILE, "checked") is not True:
            found.append(Missing("profile", N_("The workplace data have not been checked on site"), PROFILE))
        for item in checklist.items:
            if applicable(item, profile, folded.answers):
                found += missing_of_item(item, folded.answers.get(item.id))
    elif not folded.value(CLOSING, "outcome_reason"):
        found.append(Missing("outcome-reason", N_("What happened is missing"), CLOSING, "outcome_reason"))
    for conflict in folded.conflicts:
        area = checklist.item(conflict.item).area if checklist.has(conflict.item) else ""
        found.append(Missing("conflict", N_("Two different entries; pick one"), conflict.item, conflict.field, area))
    return (*found, *_missing_at_the_end(folded, outcome, today))


def _missing_at_the_end(folded: Folded, outcome: object, today: date) -> tuple[Missing, ...]:
    given = folded.group(CLOSING)

    def lacks(code: str, text: str, name: str) -> Missing:
        return Missing(code, text, CLOSING, name)

    found = []
    if not given.get("visited_on"):
        found.append(lacks("day", N_("The day of the visit is missing"), "visited_on"))
    elif str(given["visited_on"]) > today.isoformat():
        found.append(lacks("day-ahead", N_("The day of the visit lies in the future"), "visited_on"))
    if given.get("inspector_signature") != Signature.signed.value or not given.get("inspector_name"):
        found.append(lacks("inspector", N_("The inspector has not signed"), "inspector_name"))
    if outcome != Outcome.completed.value:
        return tuple(found)  # nobody was there to sign, or nobody who would
    signature = given.get("representative_signature")
    if not signature:
        found.append(lacks("representative", N_("The representative's signature is open"), "representative_signature"))
    elif signature == Signature.absent.value and not given.get("witness"):
        found.append(lacks("witness", N_("A witness is needed when no representative is there"), "witness"))
    elif signature == Signature.signed.value and not given.get("representative_name"):
        found.append(lacks("representative-name", N_("The representative's name is missing"), "representative_name"))
    return tuple(found)


def progress(checklist: Checklist, folded: Folded, profile: Profile) -> tuple[Progress, ...]:
    """How far each area is, in their order."""
    found = []
    for area in checklist.areas:
        asked = [item for item in area.items if applicable(item, profile, folded.answers)]
        said = [(item, folded.answers.get(item.id)) for item in asked]
        answered = [(item, answer) for item, answer in said if answer is not None and answer.verdict is not None]
        conflicts = sum(1 for conflict in folded.conflicts if conflict.item in {item.id for item in area.items})
        found.append(
            Progress(
                area.id,
                asked=len(asked),
                answered=len(answered),
                flagged=sum(1 for _, answer in answered if answer.verdict in SHORTFALLS),
                missing=sum(len(missing_of_item(item, answer)) for item, answer in answered) + conflicts,
            )
        )
    return tuple(found)


def next_open(checklist: Checklist, folded: Folded, profile: Profile, after: str = "") -> Item | None:
    """The next item that still lacks something, looking on from the item ``after`` and then from the start."""
    ids = [item.id for item in checklist.items]
    start = ids.index(after) + 1 if after in ids else 0
    conflicted = {conflict.item for conflict in folded.conflicts}
    for item in (*checklist.items[start:], *checklist.items[:start]):
        if applicable(item, profile, folded.answers) and (
            item.id in conflicted or missing_of_item(item, folded.answers.get(item.id))
        ):
            return item
    return None


def untouched(area: Area, folded: Folded, profile: Profile) -> tuple[Item, ...]:
    """The items that "the rest is in order" may fill: asked, nothing stands entered (what was taken back does not
    stand), and no red flag (critical, or with a fact of zero tolerance).
    """
    touched = {
        item for (item, _), value in folded.values.items() if value is not None and value is not False and value != ""
    }
    return tuple(
        item
        for item in area.items
        if applicable(item, profile, folded.answers)
        and item.id not in touched
        and item.severity is not Severity.critical
        and not any(fact.zero_tolerance for fact in item.facts)
    )


@dataclass(frozen=True)
class SignedRecord:
    """What the representative signs: the topics of the areas that were looked at, without a word on what came out, and
    dangers that everyone can see and that cannot wait.
    """

    topics: tuple[tuple[Area, tuple[Clause, ...]], ...]
    dangers: tuple[tuple[Item, Fact], ...]


def signed_record(checklist: Checklist, folded: Folded, profile: Profile) -> SignedRecord:
    """The record for the representative. Sealed facts and every answer stay off it.

    The topics of an area are those that the workplace is asked about, whatever was answered to each: a scorecard that
    says "not assessed" of a topic that was signed as looked at would tell that something is withheld there.
    """
    topics, dangers = [], []
    for area in checklist.areas:
        asked = [item for item in area.items if applicable(item, profile, folded.answers)]
        answers = [(item, folded.answers[item.id]) for item in asked if item.id in folded.answers]
        looked_at = any(answer.verdict in LOOKED_AT for _item, answer in answers)
        by_place = [item.clause for item in area.items if looked_at and applicable(item, profile, {})]
        numbers = list(dict.fromkeys(by_place))
        for item, answer in answers:
            dangers += [
                (item, fact)
                for fact in item.facts
                if fact.id in answer.facts and fact.disclosure is Disclosure.tell_now
            ]
        clauses = [checklist.code.clause(number) for number in numbers]
        if clauses:
            topics.append((area, tuple(clause for clause in clauses if clause is not None)))
    return SignedRecord(tuple(topics), tuple(dangers))


def flagged(checklist: Checklist, folded: Folded, profile: Profile) -> tuple[tuple[Item, Answer], ...]:
    """The items that are asked and came out short, in checklist order."""
    return tuple(
        (item, folded.answers[item.id])
        for item in checklist.items
        if item.id in folded.answers
        and folded.answers[item.id].verdict in SHORTFALLS
        and applicable(item, profile, folded.answers)
    )
