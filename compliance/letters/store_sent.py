"""Letters as other systems get them: those that were issued to enterprises, as they were sent; and if they count."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, cast
from uuid import UUID

import sqlalchemy as sa
import sqlmodel
from sqlalchemy.orm import defer
from sqlmodel import col
from sqlmodel.sql.expression import SelectOfScalar

from compliance.letters import rules, standing, store_trust
from compliance.letters.models import Letter, LetterState
from compliance.letters.standing import SUPERSEDING, Standing
from compliance.people.rules import Actor
from compliance.scorecards import scope
from compliance.shared import files, ids
from compliance.shared.database import session
from compliance.shared.portions import Portion, portion
from compliance.shared.problems import NotFound
from compliance.shared.words import N_


@dataclass(frozen=True)
class Sent:
    """An issued letter. ``code`` is printed on it; ``pdf_digest`` (SHA-256, hex) is None while it is being printed."""

    id: UUID
    enterprise_id: UUID
    visit_id: UUID
    cites_id: UUID | None
    kind: str
    language: str
    number: str
    code: str
    dated: date
    issued_at: datetime
    pdf_digest: str | None
    standing: Standing


def get(actor: Actor, letter_id: UUID) -> Sent:
    """One letter that was issued to an enterprise. Raises ``NotFound``."""
    row = session().exec(_readable(actor).where(Letter.id == letter_id)).first()
    if row is None:
        raise NotFound("letter-unknown", N_("There is no such letter."))
    return _sent([row])[0]


def in_portions(
    actor: Actor,
    *,
    after: UUID | None,
    most: int,
    enterprise_id: UUID | None = None,
    issued_since: datetime | None = None,
) -> Portion[Sent]:
    """The issued letters in the order of ids, ``most`` at a time."""
    query = _readable(actor)
    query = query.where(Letter.enterprise_id == enterprise_id) if enterprise_id else query
    query = query.where(col(Letter.issued_at) >= issued_since) if issued_since else query
    found = portion(query, col(Letter.id), after, most)
    return Portion(_sent(found.rows), found.next_after)


def pdf(letter: Sent) -> bytes:
    """The archived PDF. Raises ``NotFound`` while it is being printed (moments)."""
    if letter.pdf_digest is None:
        raise NotFound("letter-not-printed", N_("The letter is not printed yet; please try again in a moment."))
    return files.get(letter.pdf_digest)


def _readable(actor: Actor) -> SelectOfScalar[Letter]:
    light = (defer(cast(Any, column)) for column in (Letter.facts, Letter.passages, Letter.words))
    return (
        sqlmodel.select(Letter)
        .options(*light)
        .where(
            sa.or_(scope.inside(actor, Letter), scope.outside(actor, Letter)),
            Letter.state == LetterState.issued,
            Letter.kind != rules.REFERRAL,
        )
    )


def _sent(rows: Collection[Letter]) -> list[Sent]:
    wanted = [row.id for row in rows]
    withdrawn = store_trust.withdrawn(wanted)
    later = sqlmodel.select(Letter.cites_id).where(
        col(Letter.cites_id).in_(wanted), Letter.state == LetterState.issued, col(Letter.kind).in_(SUPERSEDING)
    )
    superseded = set(session().exec(later))
    return [
        Sent(
            id=row.id,
            enterprise_id=row.enterprise_id,
            visit_id=row.visit_id,
            cites_id=row.cites_id,
            kind=row.kind,
            language=row.language,
            number=row.number or "",
            code=ids.grouped_code(row.code or ""),
            dated=row.dated,
            issued_at=row.issued_at,
            pdf_digest=row.pdf_digest,
            standing=standing.of(superseded=row.id in superseded, withdrawn=row.id in withdrawn),
        )
        for row in rows
        if row.dated and row.issued_at
    ]
