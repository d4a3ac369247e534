"""The night of personal data: what is over its time is emptied or removed, as the register says, and counted.

Rows are changed by statements and not one by one, because the trail must not repeat what is removed: its line holds
the kind and how many. Every step looks for what is still there, so that a night that was killed, missed, or undone by
an old backup is made good by the next one.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

import sqlalchemy as sa
from sqlmodel import SQLModel

from compliance.associations import store as associations
from compliance.people.rules import Actor
from compliance.privacy import register, rules
from compliance.privacy.models import PrivacyGone, PrivacyHold
from compliance.privacy.rules import Hanging, Kind, Removal
from compliance.shared import audit, clock, files, sealed_keys, trail_values
from compliance.shared.database import insert_new_of, session
from compliance.shared.problems import Conflict
from compliance.shared.words import N_

_AT_ONCE = 500
_VALUES: dict[str, Any] = {"$list": [], "$object": {}}
_DIGEST_LENGTH = 64


@dataclass(frozen=True)
class Due:
    """What is due of a kind: how many rows or keys, and until when somebody holds them (None: nobody does)."""

    kind: Kind
    count: int
    held_until: date | None


def due(association_id: UUID, today: date) -> list[Due]:
    """What the next night would remove, by kind; nothing is changed."""
    held = held_until(association_id, today)
    return [
        Due(kind, _count(association_id, kind, today), held.get(kind.id)) for kind in register.read().kinds.values()
    ]


def run(actor: Actor, today: date) -> dict[str, int]:
    """Remove what is due in the actor's association: kind and how many rows or keys. The caller commits."""
    _note_gone(actor, today)
    held, done = held_until(actor.association_id, today), {}
    sealed_keys.overwrite_freed_bytes()
    for kind in register.read().kinds.values():
        if kind.id in held:
            continue
        count = sum(_remove(actor, one, _before(kind, today)) for one in kind.removals)
        if trail_values.ADDRESSES in kind.keys:
            count += _forget_addresses(actor, kind, today)
        if count:
            audit.record(actor, "privacy.removed", kind=kind.id, count=count)
            done[kind.id] = count
    return done


def remove_account(actor: Actor, person_id: UUID, today: date) -> None:
    """Remove the data of a closed account before their time, because its holder asked. Raises ``Conflict`` while the
    account is open or its kind is held.
    """
    kind = register.read().kinds["account"]
    removal = kind.removals[0]
    rows = _table(removal.table)
    closed = sa.select(rows.c.id).where(
        rows.c.id == person_id, rows.c.association_id == actor.association_id, *_gone(rows, removal)
    )
    if session().execute(closed).first() is None:
        raise Conflict("privacy-open", N_("Close the account first."))
    if kind.id in held_until(actor.association_id, today):
        raise Conflict("privacy-held", N_("The removal of accounts is held back at the moment. Say so in the answer."))
    sealed_keys.overwrite_freed_bytes()
    _take(actor, removal, [(person_id,)])
    audit.record(actor, "privacy.removed", kind=kind.id, count=1)


def held_until(association_id: UUID, today: date) -> dict[str, date]:
    """The kinds whose removal is stopped on a day, and until when at most."""
    hold: Any = sa.inspect(PrivacyHold).local_table
    found: dict[str, date] = {}
    for row in session().execute(sa.select(hold).where(hold.c.association_id == association_id)):
        confirmed, ended = row.confirmed_at is not None, row.ended_at is not None
        if rules.holds(today, row.until, row.asked_on, confirmed=confirmed, ended=ended):
            until = row.until if confirmed else min(row.until, row.asked_on + rules.UNCONFIRMED)
            found[row.kind] = max(until, found.get(row.kind, until))
    return found


def held_purposes(association_id: UUID, today: date) -> frozenset[str]:
    """Purposes of sealed keys that are not destroyed on a day, because somebody holds their kind."""
    kinds = register.read().kinds
    return frozenset(purpose for kind in held_until(association_id, today) for purpose in kinds[kind].keys)


# -- what is due -------------------------------------------------------------------------------------------------------


def _count(association_id: UUID, kind: Kind, today: date) -> int:
    found = 0
    for removal in kind.removals:
        query = sa.select(sa.func.count()).select_from(_table(removal.table))
        found += session().execute(query.where(*_is_due(association_id, removal, _before(kind, today)))).scalar_one()
    if trail_values.ADDRESSES in kind.keys:
        found += len(trail_values.months_before(association_id, _month_over(kind, today)))
    else:
        found += sum(key.purpose in kind.keys for key in sealed_keys.due(association_id, today))
    return found


def _before(kind: Kind, today: date) -> date:
    """Since before which day something has to be over; only for kinds that are counted in days."""
    return today - timedelta(days=kind.days or 0)


def _month_over(kind: Kind, today: date) -> datetime:
    """A month's key is made in it: 31 days after that the month is over for certain."""
    return clock.now() - timedelta(days=(kind.days or 0) + 31)


def _is_due(association_id: UUID, removal: Removal, before: date) -> list[Any]:
    rows = _table(removal.table)
    if removal.through:
        over = _table(removal.through)
        mine = rows.c[f"{removal.through}_id"].in_(sa.select(over.c.id).where(over.c.association_id == association_id))
    else:
        mine = rows.c.association_id == association_id
    where = [mine] if removal.delete else [mine, sa.or_(*_not_yet(rows, removal.blank))]
    if removal.gone:
        gone: Any = sa.inspect(PrivacyGone).local_table
        old = sa.select(gone.c.row_id).where(gone.c.of == removal.table, gone.c.since <= before)
        return [*where, rows.c.id.in_(old), *_gone(rows, removal)]
    times = [rows.c[name] for name in removal.since]
    since = sa.func.coalesce(*times) if len(times) > 1 else times[0]
    # What came in on a day's first hours in the association's zone came on the day before in UTC: nothing goes early.
    zone = ZoneInfo(associations.get(association_id).time_zone)
    start = before if isinstance(times[0].type, sa.Date) else datetime.combine(before, time(), zone).astimezone(UTC)
    return [*where, since < sa.literal(start, times[0].type)]


def _gone(rows: sa.Table, removal: Removal) -> list[Any]:
    return [rows.c[name].in_(values) for name, values in removal.gone.items()]


def _not_yet(rows: sa.Table, blank: dict[str, Any]) -> list[Any]:
    """Conditions under one of which a row is not empty yet."""
    conditions = []
    for name, value in blank.items():
        column = rows.c[name]
        if value is None:
            conditions.append(column.is_not(None))
        elif value in _VALUES:
            conditions.append(sa.cast(column, sa.Text).not_in(("[]", "{}")))
        elif not str(value).startswith("$") and column.nullable:
            conditions.append(sa.func.coalesce(column, "") != value)
        elif not str(value).startswith("$"):
            conditions.append(column != value)
    return conditions


def _note_gone(actor: Actor, today: date) -> None:
    """Note what is gone since today, and forget what came back."""
    gone: Any = sa.inspect(PrivacyGone).local_table
    for removal in (one for kind in register.read().kinds.values() for one in kind.removals if one.gone):
        rows = _table(removal.table)
        ours = rows.c.association_id == actor.association_id
        left = sa.select(rows.c.id).where(ours, *_gone(rows, removal))
        new = left.where(rows.c.id.not_in(sa.select(gone.c.row_id).where(gone.c.of == removal.table)))
        for id in session().execute(new).scalars().all():
            values = {"row_id": id, "association_id": actor.association_id, "of": removal.table, "since": today}
            insert_new_of(gone, values, ("row_id",))
        session().execute(
            sa.delete(gone).where(
                gone.c.association_id == actor.association_id,
                gone.c.of == removal.table,
                gone.c.row_id.not_in(left),
            )
        )


# -- removing ----------------------------------------------------------------------------------------------------------


def _remove(actor: Actor, removal: Removal, before: date) -> int:
    rows = _table(removal.table)
    wanted = [rows.c.id, *(rows.c[name] for name in removal.files)]
    found = session().execute(sa.select(*wanted).where(*_is_due(actor.association_id, removal, before))).all()
    _take(actor, removal, found)
    return len(found)


def _take(actor: Actor, removal: Removal, found: Sequence[Any]) -> None:
    """Empty or delete rows, each with its id first and then its files."""
    rows = _table(removal.table)
    for start in range(0, len(found), _AT_ONCE):
        some = found[start : start + _AT_ONCE]
        ids = [row[0] for row in some]
        forgotten = set(ids)
        for hanging in removal.hanging:
            forgotten |= _hang(hanging, ids)
        if removal.delete:
            session().execute(sa.delete(rows).where(rows.c.id.in_(ids)))
        else:
            _empty(rows, rows.c.id, ids, removal.blank)
        trail_values.forget(actor.association_id, forgotten)
        _remove_files(rows, removal, {digest for row in some for digest in row[1:] if digest}, ids)


def _hang(hanging: Hanging, ids: list[UUID]) -> set[UUID]:
    rows = _table(hanging.table)
    by = rows.c[hanging.by]
    if hanging.delete:
        session().execute(sa.delete(rows).where(by.in_(ids)))
        return set()
    theirs = set(session().execute(sa.select(rows.c.id).where(by.in_(ids))).scalars())
    _empty(rows, by, ids, hanging.blank)
    return theirs


def _empty(rows: sa.Table, by: sa.Column[Any], ids: list[UUID], blank: dict[str, Any]) -> None:
    unique = [name for name, value in blank.items() if value == "$unique"]
    now = {name: sa.func.coalesce(rows.c[name], clock.now()) for name, value in blank.items() if value == "$now"}
    plain = {
        name: _VALUES.get(str(value), value) for name, value in blank.items() if name not in unique and name not in now
    }
    session().execute(sa.update(rows).where(by.in_(ids)).values(**plain, **now))
    for id in ids if unique else ():
        session().execute(sa.update(rows).where(by == id).values(dict.fromkeys(unique, f"removed-{id.hex}")))


def _remove_files(rows: sa.Table, removal: Removal, digests: set[str], ids: list[UUID]) -> None:
    """Remove files that nothing else names: neither another row nor another table."""
    left = set(digests)
    for table in SQLModel.metadata.tables.values():
        for column in table.columns:
            if left and _may_name_a_file(column):
                query = sa.select(column).where(column.in_(sorted(left)))
                if table is rows and column.name in removal.files:
                    query = query.where(rows.c.id.not_in(ids))
                left -= set(session().execute(query).scalars())
    for digest in sorted(left):
        files.remove(digest)


def _may_name_a_file(column: sa.Column[Any]) -> bool:
    named = "digest" in column.name or "sha256" in column.name
    return named and getattr(register.bare(column.type), "length", None) == _DIGEST_LENGTH


def _forget_addresses(actor: Actor, kind: Kind, today: date) -> int:
    months = trail_values.months_before(actor.association_id, _month_over(kind, today))
    trail_values.forget(actor.association_id, months, trail_values.ADDRESSES)
    return len(months)


def _table(name: str) -> Any:
    return SQLModel.metadata.tables[name]
