"""What the audit trail says about people, kept apart from it: each value sealed under the key of the row it stood in.

A line holds the SHA-256 of the sealed value only, and the chain is made over that. So the key and the value can be
destroyed when their time is over, and every line still fits the one before it. Network addresses are kept in the same
way, under a key of each month, because they are no row's.
"""

import hashlib
import json
import uuid
from collections.abc import Iterable, Sequence
from datetime import date, datetime
from typing import Any
from uuid import UUID

import sqlalchemy as sa
import sqlmodel
from sqlmodel import Field, SQLModel, col

from compliance.shared import audit, crypto, database, sealed_keys
from compliance.shared.audit import Writer

PURPOSE, ADDRESSES = "trail", "trail_address"
NO_ADDRESSES = ("", "local")
_SEEN = "addresses that this session has put on the trail"
_AT_ONCE = 500


class AuditValue(SQLModel, table=True):
    """A sealed value; ``digest`` is what the line of the trail holds in its place."""

    __tablename__ = "audit_value"
    __table_args__ = {"info": {"audit": False}}
    digest: str = Field(primary_key=True, max_length=64)
    association_id: UUID = database.loose_id(nullable=False)
    holder_id: UUID = database.loose_id(nullable=False, index=True)
    sealed: bytes = Field(sa_type=sa.LargeBinary)


def put(actor: Writer, purpose: str, values: Sequence[tuple[UUID, Any]]) -> list[str]:
    """Seal values (each with the id of its row) and keep them; their digests, in the same order."""
    if not values:
        return []
    keys = sealed_keys.openings(actor, purpose, {holder for holder, _value in values})
    rows, digests = [], []
    for holder, value in values:
        sealed = crypto.seal(keys[holder], _label(holder), json.dumps(value, ensure_ascii=False).encode())
        digests.append(hashlib.sha256(sealed).hexdigest())
        rows.append(
            {"digest": digests[-1], "association_id": actor.association_id, "holder_id": holder, "sealed": sealed}
        )
    database.session().execute(sa.insert(AuditValue), rows)
    return digests


def address(actor: Writer, at: datetime) -> str:
    """What a line holds in place of the actor's network address."""
    if actor.address in NO_ADDRESSES:
        return actor.address
    seen = database.session().info.setdefault(_SEEN, {})
    key = (actor.association_id, actor.address, at.strftime("%Y-%m"))
    if key not in seen:
        seen[key] = put(actor, ADDRESSES, [(month_of(actor.association_id, at.date()), actor.address)])[0]
    return str(seen[key])


def month_of(association_id: UUID, day: date) -> UUID:
    """The holder of the key under which the addresses of a month are sealed."""
    return uuid.uuid5(association_id, day.strftime("addresses of %Y-%m"))


def opened(purpose: str, digest: str) -> Any:
    """What stood in the place of a digest. For whoever runs the product; raises ``KeyDestroyed``."""
    row = database.session().get(AuditValue, digest)
    key = sealed_keys.of(purpose, row.holder_id) if row is not None else None
    if row is None or key is None:
        raise sealed_keys.KeyDestroyed
    return json.loads(sealed_keys.unseal(key, _label(row.holder_id), row.sealed))


def association_of(digest: str) -> UUID:
    """Whose value it is. Raises ``KeyDestroyed`` where there is none."""
    row = database.session().get(AuditValue, digest)
    if row is None:
        raise sealed_keys.KeyDestroyed
    return row.association_id


def forget(association_id: UUID, holders: Iterable[UUID], purpose: str = PURPOSE) -> int:
    """Destroy the keys and the values of rows; how many values went. The caller's line on the trail tells of it."""
    wanted, gone = sorted(set(holders)), 0
    for start in range(0, len(wanted), _AT_ONCE):
        some = wanted[start : start + _AT_ONCE]
        sealed_keys.destroy_all(association_id, purpose, some)
        ours = (col(AuditValue.association_id) == association_id, col(AuditValue.holder_id).in_(some))
        gone += database.session().execute(sa.delete(AuditValue).where(*ours)).rowcount  # type: ignore[attr-defined]
    return gone


def months_before(association_id: UUID, moment: datetime) -> list[UUID]:
    """The holders of addresses' keys that were made before a moment and are not destroyed."""
    query = sqlmodel.select(sealed_keys.SealedKey.holder_id).where(
        sealed_keys.SealedKey.association_id == association_id,
        sealed_keys.SealedKey.purpose == ADDRESSES,
        col(sealed_keys.SealedKey.wrapped).is_not(None),
        col(sealed_keys.SealedKey.created_at) < moment,
    )
    return list(database.session().exec(query))


def _label(holder: UUID) -> str:
    return f"trail {holder}"


audit.keep_apart(put, address, _SEEN)
