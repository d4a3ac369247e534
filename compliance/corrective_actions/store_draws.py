"""Drawing acceptances at the desk for a check on site, and what came of those that were drawn.

The enterprise sees nothing of a draw: an action that is drawn is verified like any other, at the same moment.
"""

import secrets
from collections.abc import Collection, Iterator
from dataclasses import dataclass
from datetime import date
from uuid import UUID

import sqlalchemy as sa
import sqlmodel
from sqlmodel import col

from compliance.checklists.rules import Deadlines
from compliance.corrective_actions import draws
from compliance.corrective_actions.models import CorrectiveAction
from compliance.corrective_actions.models_assignment import CheckOutcome, OnSiteDraw, OnSiteSeed
from compliance.corrective_actions.rules import Check, How
from compliance.people.rules import Actor
from compliance.scorecards import scope
from compliance.shared import clock
from compliance.shared.audit import record
from compliance.shared.database import insert_new, session
from compliance.shared.ids import random_id


@dataclass(frozen=True)
class Fault:
    """A stored draw that does not follow from its seed, with the codes of `draws.faults`."""

    action_id: UUID
    round: int
    codes: tuple[str, ...]


def after_acceptance(
    actor: Actor, row: CorrectiveAction, check: Check, deadlines: Deadlines, today: date
) -> OnSiteDraw | None:
    """Draw whether an acceptance at the desk is looked at on site; None where the policy draws nothing.

    Once for each round of an action: an acceptance that is repeated finds the draw that was made. The caller is an
    audited writer.
    """
    share = float(deadlines.on_site_share)
    if check.how is not How.desk or not 0 < share < 1:
        return None
    there = _open_or_last(row.id)
    if there is not None and there.settled_on is None:
        return there
    seed = _seed_of(actor, row.association_id, today.year)
    number = there.round + 1 if there else 1
    made = draws.draw(seed.seed, row.id, number, share)
    kept = OnSiteDraw(
        association_id=row.association_id,
        action_id=row.id,
        seed_id=seed.id,
        round=number,
        share=made.share,
        point=made.point,
        drawn=made.drawn,
        digest=made.digest,
        drawn_on=today,
        drawn_at=clock.now(),
        accepted_by=actor.person_id,
    )
    session().add(kept)
    session().flush()
    return kept


def settle(actor: Actor, action_id: UUID, outcome: CheckOutcome, today: date, visit_id: UUID | None) -> None:
    """Note what the check on site made of an acceptance that was drawn. The caller is an audited writer."""
    row = waiting(action_id)
    if row is not None:
        row.outcome, row.settled_on, row.settled_by, row.visit_id = outcome, today, actor.person_id, visit_id
        session().add(row)


def waiting(action_id: UUID) -> OnSiteDraw | None:
    """The draw by which an accepted action waits for a check on site, or None."""
    return waiting_among([action_id]).get(action_id)


def waiting_among(action_ids: Collection[UUID]) -> dict[UUID, OnSiteDraw]:
    """The same of several actions, by action."""
    query = sqlmodel.select(OnSiteDraw).where(
        col(OnSiteDraw.action_id).in_(list(action_ids)), col(OnSiteDraw.drawn), col(OnSiteDraw.settled_on).is_(None)
    )
    return {row.action_id: row for row in session().exec(query)}


def of_action(actor: Actor, action_id: UUID) -> list[OnSiteDraw]:
    """Every draw of an action, for those who see it from the inside; nobody else is told of any."""
    query = (
        sqlmodel.select(OnSiteDraw)
        .join(CorrectiveAction, col(CorrectiveAction.id) == col(OnSiteDraw.action_id))
        .where(OnSiteDraw.action_id == action_id, scope.inside(actor, CorrectiveAction))
    )
    return list(session().exec(query.order_by(col(OnSiteDraw.round))))


def replay(actor: Actor) -> Iterator[Fault]:
    """Repeat every draw of the actor's association; yields those that differ (nothing if all is well)."""
    query = (
        sa.select(OnSiteDraw, OnSiteSeed)
        .join(OnSiteSeed, col(OnSiteSeed.id) == col(OnSiteDraw.seed_id))
        .where(col(OnSiteDraw.association_id) == actor.association_id)
        .order_by(col(OnSiteDraw.drawn_at))
    )
    for row, seed in session().execute(query).all():
        kept = draws.Draw(row.share, row.point, row.drawn, row.digest)
        codes = draws.faults(seed.seed, seed.digest, row.action_id, row.round, kept)
        if codes:
            yield Fault(row.action_id, row.round, codes)


def _open_or_last(action_id: UUID) -> OnSiteDraw | None:
    query = sqlmodel.select(OnSiteDraw).where(OnSiteDraw.action_id == action_id)
    return session().exec(query.order_by(col(OnSiteDraw.round).desc()).limit(1)).first()


def _seed_of(actor: Actor, association_id: UUID, year: int) -> OnSiteSeed:
    """The seed of an association's year; the first draw of the year makes it, and puts its digest on the trail."""
    query = sqlmodel.select(OnSiteSeed).where(OnSiteSeed.association_id == association_id, OnSiteSeed.year == year)
    there = session().exec(query).first()
    if there is not None:
        return there
    seed = secrets.token_hex(32)
    fresh = {
        "id": random_id(),
        "association_id": association_id,
        "year": year,
        "seed": seed,
        "digest": draws.digest_of(seed),
        "made_at": clock.now(),
    }
    made = insert_new(OnSiteSeed.__table__, [fresh])  # type: ignore[attr-defined]
    row = session().exec(query).one()
    if made:
        record(actor, "on_site_seed.made", row, digest=row.digest, year=year)
    return row
