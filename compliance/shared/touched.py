"""Which rows a transaction writes, for figures that are kept beside them and follow before it commits.

Who keeps such figures says which columns move them (``watch``) and what to do (``follow``). Nobody who writes has to
think of it: what goes through the session is seen here. Only a statement that writes around it (a spreadsheet with
thousands of rows) says so itself (``note``).
"""

from collections.abc import Callable, Collection, Iterable, Mapping
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy import event
from sqlalchemy.orm import Session as OrmSession
from sqlalchemy.orm import SessionTransaction

from compliance.shared.database import session

Touched = Mapping[str, set[UUID]]
"""Ids by what they are the ids of."""
About = Callable[[Any], tuple[str, UUID] | None]
"""What a row's change is about; None where it moves nothing."""

_TOUCHED = "touched"
_watched: dict[str, tuple[frozenset[str], About]] = {}
_followers: dict[str, Callable[[Touched], None]] = {}


def watch(table: str, columns: Collection[str], about: About) -> None:
    """From now on, new and deleted rows of a table count as touched, and those where one of these columns changes."""
    _watched[table] = (frozenset(columns), about)


def follow(name: str, bring_up_to_date: Callable[[Touched], None]) -> None:
    """Call this before each commit of a transaction that touched something. It neither commits nor writes what is
    watched.
    """
    _followers[name] = bring_up_to_date


def note(kind: str, ids: Iterable[UUID]) -> None:
    """Rows that were written around the session."""
    _collected(session()).setdefault(kind, set()).update(ids)


def settle() -> None:
    """Bring everything up to date now; before a commit it happens by itself."""
    found = session()
    found.flush()
    _settle(found)


def _collected(of: OrmSession) -> dict[str, set[UUID]]:
    collected: dict[str, set[UUID]] = of.info.setdefault(_TOUCHED, {})
    return collected


@event.listens_for(OrmSession, "before_flush")
def _collect(of: OrmSession, _context: Any, _instances: Any) -> None:
    for row in (*of.new, *of.dirty, *of.deleted):
        state = sa.inspect(row)
        known = _watched.get(str(state.mapper.local_table.name))
        if known is None:
            continue
        columns, about = known
        if state.persistent and row not in of.deleted and not _moved(state, columns):
            continue
        what = about(row)
        if what is not None:
            _collected(of).setdefault(what[0], set()).add(what[1])


def _moved(state: Any, columns: frozenset[str]) -> bool:
    return any(state.attrs[name].history.has_changes() for name in columns)


@event.listens_for(OrmSession, "before_commit")
def _before_commit(of: OrmSession) -> None:
    of.flush()
    if not of.in_nested_transaction():
        _settle(of)


def _settle(of: OrmSession) -> None:
    touched = of.info.pop(_TOUCHED, None)
    if touched:
        for bring_up_to_date in _followers.values():
            bring_up_to_date(touched)


@event.listens_for(OrmSession, "after_transaction_end")
def _forget(of: OrmSession, ended: SessionTransaction) -> None:
    if ended.parent is None:
        of.info.pop(_TOUCHED, None)
