"""Who may sign an association's letters: read and written."""

from datetime import date
from typing import Any
from uuid import UUID

import sqlmodel
from sqlmodel import col

from compliance.associations import signing, store
from compliance.associations.models import Signatory
from compliance.shared import clock
from compliance.shared.audit import Writer, audited
from compliance.shared.database import session
from compliance.shared.problems import NotFound, Problem
from compliance.shared.words import N_

FIELDS = ("name", "title_en", "title_zh", "kinds", "office", "valid_from", "valid_to", "away_from", "away_to")


def every(association_id: UUID) -> list[Signatory]:
    """All who sign or signed for an association, the latest first."""
    query = sqlmodel.select(Signatory).where(Signatory.association_id == association_id)
    return list(session().exec(query.order_by(col(Signatory.valid_from).desc(), col(Signatory.name))))


def get(actor: Writer, signatory_id: UUID) -> Signatory:
    """One of the actor's association. Raises ``NotFound``."""
    row = session().get(Signatory, signatory_id)
    if row is None or row.association_id != actor.association_id:
        raise NotFound("signatory-unknown", N_("There is no such signatory."))
    return row


def signature(association_id: UUID, kind: str, on: date | None, office: str = "") -> signing.Signature | None:
    """Who signs a letter of a kind that needs an ``office`` (if any), dated ``on`` (None: today); None where nobody is
    entered for it.
    """
    rows = every(association_id)
    if not rows:
        return None
    return signing.signature(kind, on or clock.today(store.get(association_id).time_zone), rows, office)


def unheld(association_id: UUID, office: str, on: date) -> bool:
    """Whether nobody signs for an office on a day; False for no office."""
    return bool(office) and signing.holder(office, on, every(association_id)) is None


@audited("signatory.saved")
def save(actor: Writer, row: Signatory | None, values: dict[str, Any], substitute_id: UUID | None) -> Signatory:
    """Add somebody who signs (None) or change what is known of one. Letters already released keep their signature.

    Raises ``NotFound`` for a substitute of somebody else, ``Problem`` with ``field``.
    """
    signing.require_right(
        values["kinds"],
        values["valid_from"],
        values["valid_to"],
        values["away_from"],
        values["away_to"],
        substitute_id is not None,
        values["office"],
    )
    if substitute_id is not None:
        get(actor, substitute_id)
        if row is not None and substitute_id == row.id:
            raise Problem("signatory-self", N_("Nobody stands in for themselves."), field="substitute")
    new = {**{name: values[name] for name in FIELDS}, "substitute_id": substitute_id}
    if row is None:
        row = Signatory(association_id=actor.association_id, added_by=actor.person_id, **new)
        session().add(row)
    else:
        for name, value in new.items():
            setattr(row, name, value)
    session().flush()
    return row
