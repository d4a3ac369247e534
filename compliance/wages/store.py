"""Keeping pay sheets under seal, reading them, and workers' consents to be named for a claim.

Every function takes a visit that the caller has found within the actor's scope, and permitted. What a sheet holds
leaves through this module alone: no letter, list, export or other system reads it.
"""

import json
from collections.abc import Iterable
from datetime import date, timedelta
from functools import cache
from typing import TYPE_CHECKING, Any
from uuid import UUID

import sqlalchemy as sa
import sqlmodel
from sqlmodel import col

from compliance.checklists import parse
from compliance.checklists import store as checklists
from compliance.checklists.parse_rates import read_rates
from compliance.checklists.rates import Rates
from compliance.checklists.reader import Reader
from compliance.checklists.source import read_yaml
from compliance.people.rules import Actor
from compliance.shared import audit, places, sealed_keys
from compliance.shared.audit import audited
from compliance.shared.database import session
from compliance.shared.problems import Conflict, Problem
from compliance.shared.words import N_, clean
from compliance.visits import store_moves as visits
from compliance.wages import records
from compliance.wages.models import PayClaim, PaySheetEdition
from compliance.wages.records import Edition, Sheet

if TYPE_CHECKING:
    from compliance.visits.models import Visit

_SHEET, _CLAIM = "pay_sheet", "pay_claim"
"""Purposes of keys: one for each visit, and one for each worker who agreed to be named."""

KEPT_DAYS = 3 * 365
"""Days after which a sheet can no longer be read: as long as the employer keeps its own wage records."""
NAME_LIMIT = 200
"""Characters of the name, and of how a worker is reached."""


@cache
def rates() -> Rates:
    """The statutory rates. Raises BrokenChecklist if the file is broken."""
    reader = Reader()
    for name, data in checklists.read_folder(places.checklists_dir()).items():
        root = read_yaml(name, data, reader.complaints.append)
        if root is not None and "rates" in root.values and (found := read_rates(reader, root)) is not None:
            return found
    raise parse.BrokenChecklist(tuple(reader.complaints))


# -- the sheet ---------------------------------------------------------------------------------------------------------


def take_rows(actor: Actor, visit: "Visit", id: UUID, edition: Any, today: date) -> PaySheetEdition:
    """Take in an edition as ``records`` writes it down (audited as ``keep``). Raises as ``records.read`` and ``keep``.

    ``id`` is made where the edition was entered; the same one again changes nothing. Rows of one worker and month
    follow each other in the order in which the server takes them in.
    """
    return keep(actor, visit, id, records.read(edition), today)


@audited("pay_sheet.entered")
def keep(actor: Actor, visit: "Visit", id: UUID, edition: Edition, today: date) -> PaySheetEdition:
    """Keep what was entered at once; the same again changes nothing.

    Raises ``Conflict`` for another edition under the same id, and ``KeyDestroyed``.
    """
    visits.hold(visit)
    key = sealed_keys.made(actor, _SHEET, visit.id, destroy_on=today + timedelta(days=KEPT_DAYS))
    held = session().get(PaySheetEdition, id)
    if held is not None:
        same = held.visit_id == visit.id and sealed_keys.unseal(key, _label(visit.id, id), held.sealed)
        if same != records.written(edition):
            raise Conflict("pay-sheet-differs", N_("There is another entry with this id already."))
        return held
    newest = sa.select(sa.func.max(col(PaySheetEdition.number))).where(col(PaySheetEdition.visit_id) == visit.id)
    row = PaySheetEdition(
        id=id,
        visit_id=visit.id,
        number=(session().execute(newest).scalar() or 0) + 1,
        sealed=sealed_keys.seal(key, _label(visit.id, id), records.written(edition)),
        by=actor.person_id,
    )
    session().add(row)
    session().flush()
    return row


def editions(visit_id: UUID) -> int:
    """How many editions a visit's sheet has; tells nothing of what is in them."""
    query = sqlmodel.select(sqlmodel.func.count()).where(PaySheetEdition.visit_id == visit_id)
    return session().exec(query).one()


def edition_ids(visit_id: UUID) -> list[UUID]:
    """The editions of a visit's sheet, in the order in which they were taken in."""
    query = sqlmodel.select(PaySheetEdition.id).where(PaySheetEdition.visit_id == visit_id)
    return list(session().exec(query.order_by(col(PaySheetEdition.number))))


def edition_counts(visit_ids: Iterable[UUID]) -> dict[UUID, int]:
    """How many editions the sheets of visits have; those without any are left out."""
    of = col(PaySheetEdition.visit_id)
    query = sqlmodel.select(of, sqlmodel.func.count()).where(of.in_(list(visit_ids))).group_by(of)
    return dict(session().exec(query).all())


def sheet(visit_id: UUID) -> Sheet:
    """The sheet as it stands, for whoever is entering it. Raises ``KeyDestroyed``."""
    key = sealed_keys.of(_SHEET, visit_id)
    if key is None:
        return Sheet()
    query = sqlmodel.select(PaySheetEdition).where(PaySheetEdition.visit_id == visit_id)
    rows = session().exec(query.order_by(col(PaySheetEdition.number))).all()
    opened = sealed_keys.opener(key)
    return records.together(records.read(json.loads(opened(_label(visit_id, row.id), row.sealed))) for row in rows)


def opened(actor: Actor, visit: "Visit") -> Sheet:
    """The sheet as it stands, for whoever did not enter it; the look is on the audit trail. Raises ``KeyDestroyed``."""
    found = sheet(visit.id)
    audit.record(actor, "pay_sheet.read", visit, rows=len(found.rows))
    return found


def _label(visit_id: UUID, id: UUID) -> str:
    return f"pay_sheet {visit_id} {id}"


# -- consents to be named ----------------------------------------------------------------------------------------------


@audited("pay_claim.agreed")
def agree(actor: Actor, visit: "Visit", worker: str, name: str, reached: str, today: date) -> PayClaim:
    """Keep that a worker of the sheet agreed to be named for a claim, with the name. Raises ``Problem``."""
    if worker not in sheet(visit.id).workers:
        raise Problem("pay-claim-worker", N_("This worker is not on the pay sheet."), field="worker")
    if not clean(name):
        raise Problem("pay-claim-name", N_("Write the name under which the claim is made."), field="name")
    row = PayClaim(visit_id=visit.id, sealed=b"", given_on=today, given_by=actor.person_id)
    key = sealed_keys.made(actor, _CLAIM, row.id, destroy_on=today + timedelta(days=KEPT_DAYS))
    said = {"worker": worker, "name": clean(name)[:NAME_LIMIT], "reached": clean(reached)[:NAME_LIMIT]}
    row.sealed = sealed_keys.seal(key, f"pay_claim {row.id}", json.dumps(said, ensure_ascii=False).encode())
    session().add(row)
    session().flush()
    return row


def agreed(visit_id: UUID) -> list[PayClaim]:
    """The consents of a visit that hold, without their names."""
    query = sqlmodel.select(PayClaim).where(PayClaim.visit_id == visit_id, col(PayClaim.taken_back_on).is_(None))
    return sorted(session().exec(query), key=lambda row: row.id)


def names(actor: Actor, visit: "Visit") -> dict[UUID, dict[str, str]]:
    """Open the consents that hold: worker, name, reached. The look is on the audit trail. Raises ``KeyDestroyed``."""
    found = {}
    for row in agreed(visit.id):
        key = sealed_keys.of(_CLAIM, row.id)
        if key is not None:
            found[row.id] = json.loads(sealed_keys.unseal(key, f"pay_claim {row.id}", row.sealed))
    audit.record(actor, "pay_claim.read", visit, names=len(found))
    return found


@audited("pay_claim.taken_back")
def take_back(actor: Actor, visit_id: UUID, id: UUID, today: date) -> PayClaim:
    """A worker takes the consent back: the name can never be read again. Raises ``Problem`` where it does not hold."""
    row = session().get(PayClaim, id)
    if row is None or row.visit_id != visit_id or row.taken_back_on is not None:
        raise Problem("pay-claim-unknown", N_("This consent does not hold any more."))
    key = sealed_keys.of(_CLAIM, id)
    if key is not None:
        sealed_keys.destroy(actor, key)
    row.taken_back_on, row.taken_back_by, row.sealed = today, actor.person_id, b""
    session().add(row)
    session().flush()
    return row
