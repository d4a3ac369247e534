"""An enterprise's whole file: particulars, pledge, every released visit with what followed, the register of letters.

There are two forms. The enterprise's own has only what its manager may see. The association's adds who of its people
acted, what was agreed and said in talks, and how each letter was delivered. Findings and scorecards are read with a
manager's eyes in both: a paper leaves the house, so sealed facts, ways of knowing, small counts, referrals and visits
that are not released are not even asked for.
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

from compliance.casework import cases, outside, scorecard_paper, whole_actions
from compliance.casework.scorecard_paper import CardPaper
from compliance.casework.whole_actions import ActionFile
from compliance.enterprises import store as enterprises
from compliance.letters import delivery, store_delivery
from compliance.letters import store as letters
from compliance.letters.delivery import DeliveryState
from compliance.people import store as people
from compliance.people.rules import Actor, can, sees_inside
from compliance.scorecards import store as scorecards
from compliance.shared import clock
from compliance.shared.problems import NotFound
from compliance.shared.words import N_
from compliance.visits import store as visits

MOST_VISITS = 500


@dataclass(frozen=True)
class VisitFile:
    """A released visit. ``team`` and ``released_by`` are empty in the enterprise's form."""

    paper: CardPaper
    actions: tuple[ActionFile, ...]
    team: tuple[str, ...]
    released_on: date | None
    released_by: str


@dataclass(frozen=True)
class Delivered:
    """One thing recorded of a letter's way. ``by`` is empty in the enterprise's form, unless its own people did it."""

    on: date
    way: str
    taken_by: str
    by: str


@dataclass(frozen=True)
class LetterFile:
    """A letter as the register has it; ``pdf_digest`` is that of its archived PDF, None while it is being printed."""

    number: str
    kind: str
    dated: date | None
    cites: str
    state: DeliveryState
    delivered: tuple[Delivered, ...]
    pdf_digest: str | None


@dataclass(frozen=True)
class WholeFile:
    """Everything that the file says."""

    own: bool
    association: Any
    enterprise: Any
    workplaces: tuple[Any, ...]
    pledges: tuple[Any, ...]
    visits: tuple[VisitFile, ...]
    letters: tuple[LetterFile, ...]
    made_on: date
    made_by: str


def require(actor: Actor, enterprise_id: UUID, *, own: bool) -> None:
    """Raise ``NotFound`` unless the actor may have this form of the file: the own one for who speaks for the
    enterprise, the association's for those permitted who have no tie to it.
    """
    if own:
        allowed = outside.manages(actor, enterprise_id)
    else:
        allowed = can(actor, "enterprise.file") and sees_inside(actor, enterprise_id)
    if not allowed:
        raise NotFound("enterprise-unknown", N_("There is no such enterprise in the register."))


def of(actor: Actor, enterprise_id: UUID, *, own: bool, step: Callable[[], None] = lambda: None) -> WholeFile:
    """The file of an enterprise on this day. ``step`` is called after each visit. Raises what ``require`` raises."""
    require(actor, enterprise_id, own=own)
    enterprise = enterprises.get(actor, enterprise_id)
    reader = actor if own else scorecard_paper.as_manager(actor, enterprise_id)
    association = people.association(actor)
    papers = []
    for card in scorecards.of_enterprise(reader, enterprise_id, limit=MOST_VISITS):
        papers.append(scorecard_paper.of(reader, card))
        step()
    asked = [action for paper in papers for told in paper.told for action in told.actions]
    followed = whole_actions.of(actor, reader, asked, association.time_zone, own=own)
    return WholeFile(
        own=own,
        association=association,
        enterprise=enterprise,
        workplaces=tuple(enterprises.workplaces_of(reader, enterprise_id, closed=True)),
        pledges=tuple(enterprises.pledges_of(reader, enterprise_id)),
        visits=tuple(_visit(reader, paper, followed, own) for paper in papers),
        letters=_letters(reader, enterprise_id, own),
        made_on=cases.today(actor),
        made_by="" if own else actor.name,
    )


def count(actor: Actor, enterprise_id: UUID) -> int:
    """How many visits the file will tell of."""
    reader = scorecard_paper.as_manager(actor, enterprise_id)
    return len(scorecards.of_enterprise(reader, enterprise_id, limit=MOST_VISITS))


def _visit(reader: Actor, paper: CardPaper, followed: Mapping[UUID, ActionFile], own: bool) -> VisitFile:
    zone = paper.association.time_zone
    row = visits.get_released(reader, paper.card.visit_id)
    sent = () if own else tuple(visits.inspectors([row.id])[row.id])
    names = {} if own else people.people_names([*sent, row.released_by])
    return VisitFile(
        paper=paper,
        actions=tuple(followed[action.id] for told in paper.told for action in told.actions),
        team=tuple(names[id] for id in sent if id in names),
        released_on=clock.day_of(row.released_at, zone) if row.released_at else None,
        released_by=names.get(row.released_by, "") if row.released_by else "",
    )


def _letters(reader: Actor, enterprise_id: UUID, own: bool) -> tuple[LetterFile, ...]:
    """The issued letters that the enterprise has, oldest first."""
    rows = list(reversed(letters.of_enterprise(reader, enterprise_id)))
    recorded = store_delivery.of_letters(row.id for row in rows)
    numbers = {row.id: row.number or "" for row in rows}
    names = people.people_names(one.noted_by for found in recorded.values() for one in found)
    return tuple(
        LetterFile(
            number=row.number or "",
            kind=row.kind,
            dated=row.dated,
            cites=numbers.get(row.cites_id, "") if row.cites_id else "",
            state=delivery.state_of(one.way for one in recorded[row.id]),
            delivered=tuple(_delivered(recorded[row.id], names, own)),
            pdf_digest=row.pdf_digest,
        )
        for row in rows
    )


def _delivered(found: Iterable[Any], names: dict[UUID, str], own: bool) -> Iterable[Delivered]:
    for one in found:
        if own and one.way not in delivery.PROVEN:
            continue  # its own page says when a letter was received, and nothing of the way there
        told = not own or one.way in delivery.OWN
        yield Delivered(
            one.happened_on, delivery.WAYS[one.way], one.taken_by, names.get(one.noted_by, "") if told else ""
        )
