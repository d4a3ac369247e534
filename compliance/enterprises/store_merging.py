"""Merging two entries of the register that are one employer, and taking that back.

Everything that belongs to the entry that goes points to the entry that is kept afterwards (``merging.WAYS``); which
rows those were is kept with the merging, so that undoing it gives back these, and what came to them since.
"""

from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, fields, replace
from datetime import date
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import aliased
from sqlmodel import SQLModel, col, select

from compliance.enterprises import life, merging, rules, store
from compliance.enterprises.merging import WAYS, Goes, GoesOnce
from compliance.enterprises.models import Enterprise, Workplace
from compliance.enterprises.models_duplicates import EnterpriseMerge
from compliance.enterprises.names import fold
from compliance.enterprises.rules import EnterpriseFacts, Status, WorkplaceStatus
from compliance.people import store_branches, store_invitations
from compliance.people.rules import Actor
from compliance.shared import clock, touched
from compliance.shared.audit import audited
from compliance.shared.database import session
from compliance.shared.problems import Conflict, NotFound, Problem, Stale
from compliance.shared.words import N_


@dataclass(frozen=True, slots=True)
class Merge:
    """A merging that stands, with the names of both entries."""

    row: EnterpriseMerge
    kept: str
    merged: str


@dataclass(frozen=True, slots=True)
class Weight:
    """How much belongs to an entry, of that which its pages show: rows of each kind."""

    workplaces: int
    visits: int
    letters: int
    actions: int
    pledges: int
    managers: int


def get(actor: Actor, merge_id: UUID) -> EnterpriseMerge:
    """A merging that stands, of entries in the actor's scope. Raises ``NotFound``, and ``Refused`` for a tie."""
    row = session().get(EnterpriseMerge, merge_id)
    if row is None or row.association_id != actor.association_id or row.undone_at is not None:
        raise NotFound("merge-unknown", N_("There is no such merging, or it is undone."))
    store.require_inside(actor, row.kept_id)
    store.require_inside(actor, row.merged_id)
    return row


def into(actor: Actor, merged_id: UUID) -> Merge | None:
    """Where an entry of the actor's scope went, or None while it stands."""
    return next(iter(_standing(actor, EnterpriseMerge.merged_id == merged_id)), None)


def of(actor: Actor, kept_id: UUID) -> list[Merge]:
    """What was merged into an entry of the actor's scope, the newest first."""
    return _standing(actor, EnterpriseMerge.kept_id == kept_id)


def kept_names(actor: Actor) -> Mapping[UUID, str]:
    """For each entry that was merged the name of the one that holds everything now; for a whole register."""
    query = (
        select(EnterpriseMerge.merged_id, Enterprise.name)
        .join(Enterprise, col(Enterprise.id) == col(EnterpriseMerge.kept_id))
        .where(EnterpriseMerge.association_id == actor.association_id, col(EnterpriseMerge.undone_at).is_(None))
    )
    return dict(session().exec(query).all())


def _standing(actor: Actor, which: Any) -> list[Merge]:
    kept, merged = aliased(Enterprise), aliased(Enterprise)
    query = (
        select(EnterpriseMerge, kept.name, merged.name)
        .join(kept, col(kept.id) == col(EnterpriseMerge.kept_id))
        .join(merged, col(merged.id) == col(EnterpriseMerge.merged_id))
        .where(EnterpriseMerge.association_id == actor.association_id, col(EnterpriseMerge.undone_at).is_(None), which)
        .order_by(col(EnterpriseMerge.merged_at).desc())
    )
    return [Merge(*row) for row in session().exec(query)]


def weight(row: Enterprise) -> Weight:
    """How much belongs to an entry; nothing that its own pages would not show."""

    def count(table: str, *where: Any) -> int:
        rows = SQLModel.metadata.tables[table]
        conditions = [rows.c.enterprise_id == row.id, *(rows.c[name].is_(None) for name in where)]
        return int(session().execute(sa.select(sa.func.count()).select_from(rows).where(*conditions)).scalar_one())

    return Weight(
        workplaces=count("workplace"),
        visits=count("visit"),
        letters=count("letter"),
        actions=count("corrective_action"),
        pledges=count("pledge"),
        managers=count("user_enterprise", "ended_at"),
    )


def same_places(actor: Actor, kept: Enterprise, merged: Enterprise) -> frozenset[UUID]:
    """The workplaces in use of the entry that goes that may be workplaces of the other: those of the same address, and
    its main one if either has none.
    """
    known = {fold(place.address) for place in store.workplaces_of(actor, kept.id)}
    return frozenset(
        place.id
        for place in store.workplaces_of(actor, merged.id)
        if fold(place.address) in known or (place.main and not (place.address and known - {""}))
    )


@audited("enterprise.merged")
def merge(
    actor: Actor,
    kept: Enterprise,
    merged: Enterprise,
    *,
    take: Collection[str],
    close: Collection[UUID],
    revisions: tuple[int, int] | None = None,
) -> EnterpriseMerge:
    """Make two entries one: everything of ``merged`` goes to ``kept``, and with it the facts named in ``take``.

    ``close`` are workplaces of the entry that goes which the other one has already: they are taken out of use.
    ``revisions`` are those that the person saw. Raises ``Refused`` for a person with a tie to one of them, ``Stale``,
    ``Conflict`` and ``Problem``.
    """
    require_two(actor, kept, merged)
    session().refresh(kept, with_for_update=True)
    session().refresh(merged, with_for_update=True)
    if revisions and revisions != (kept.revision, merged.revision):
        raise Stale(
            "enterprise-stale",
            N_("Somebody else has changed this entry since you opened it. Compare, then save again."),
        )
    row = EnterpriseMerge(
        association_id=actor.association_id,
        kept_id=kept.id,
        merged_id=merged.id,
        status=merged.status,
        merged_at=clock.now(),
        merged_by=actor.person_id,
    )
    session().add(row)
    row.links = _linked_anew(actor, kept, merged)
    row.invitations = [str(id) for id in store_invitations.readdress(actor, merged.id, kept.id)]
    row.mains, row.closed = _places_given_up(merged, close)
    row.facts = _facts_taken(actor, kept, merged, take)
    merged.status, merged.revision = Status.merged, merged.revision + 1
    session().flush()
    row.moved, row.ended = _everything_moved(kept.id, merged.id)
    _wait_for_both(kept.id, merged.id)
    _looked_at_again(kept.id, merged.id)
    return row


@audited("enterprise.unmerged")
def undo(actor: Actor, row: EnterpriseMerge) -> EnterpriseMerge:
    """Make one entry two again: what went comes back, and what came to it since; facts that nobody changed since too.

    Raises ``Conflict`` while the entry that was kept is merged into another one itself.
    """
    kept, merged = store.get(actor, row.kept_id), store.get(actor, row.merged_id)
    store.require_inside(actor, kept.id)
    store.require_inside(actor, merged.id)
    if row.undone_at is not None:
        raise Conflict("merge-undone", N_("This merging is undone already."))
    if kept.status is Status.merged:
        raise Conflict(
            "merge-above", N_("%(name)s was merged with another entry itself. Undo that first."), name=kept.name
        )
    _everything_back(row)
    _places_back(row)
    session().flush()
    session().expire_all()
    _facts_back(actor, row, kept, merged)
    merged.status, merged.revision = row.status, merged.revision + 1
    store_invitations.readdress(actor, kept.id, merged.id, only=[UUID(id) for id in row.invitations])
    _links_back(actor, row)
    row.undone_at, row.undone_by = clock.now(), actor.person_id
    _looked_at_again(kept.id, merged.id)
    return row


def require_two(actor: Actor, kept: Enterprise, merged: Enterprise) -> None:
    """Raise ``Problem``, ``Conflict`` or ``Refused`` unless these are two entries that this person may merge."""
    store.require_inside(actor, kept.id)
    store.require_inside(actor, merged.id)
    if kept.id == merged.id:
        raise Problem("merge-itself", N_("That is the same entry. Choose another one."), field="other")
    for one in (kept, merged):
        if one.status is Status.merged:
            raise Conflict("merged-already", N_("%(name)s was merged with another entry already."), name=one.name)


# --- facts and workplaces ---------------------------------------------------------------------------------------------


def _facts_taken(actor: Actor, kept: Enterprise, merged: Enterprise, take: Collection[str]) -> dict[str, Any]:
    """Take facts over; gives what the entry had before."""
    before, theirs = rules.as_stored(kept), rules.as_stored(merged)
    after = merging.taken(before, theirs, [name for name in merging.differing(before, theirs) if name in take])
    if after.credit_code != before.credit_code:
        merged.credit_code = None  # only one entry has it
        session().flush()
    store.edit(actor, kept, after)
    return {
        name: [life.as_text(getattr(before, name)), life.as_text(getattr(after, name))]
        for name in (fact.name for fact in fields(EnterpriseFacts))
        if getattr(before, name) != getattr(after, name)
    }


def _facts_back(actor: Actor, row: EnterpriseMerge, kept: Enterprise, merged: Enterprise) -> None:
    facts = rules.as_stored(kept)
    given_back = {
        name: _fact(name, before)
        for name, (before, after) in row.facts.items()
        if life.as_text(getattr(facts, name)) == after
    }
    store.edit(actor, kept, replace(facts, **given_back))
    if "credit_code" in given_back:
        merged.credit_code = row.facts["credit_code"][1]


def _fact(name: str, text: str) -> Any:
    """A fact from its text; see ``life.as_text``."""
    kind: Any = Enterprise.__table__.c[name].type  # type: ignore[attr-defined]
    if isinstance(kind, sa.Integer):
        return int(text)
    if isinstance(kind, sa.Enum) and kind.enum_class:
        return kind.enum_class(text) if text else None
    if isinstance(kind, sa.Date) or name == "credit_code":
        return (date.fromisoformat(text) if isinstance(kind, sa.Date) else text) if text else None
    return text


def _places_given_up(merged: Enterprise, close: Collection[UUID]) -> tuple[list[str], list[str]]:
    """Which workplaces were the main one, and which are out of use from now on."""
    mains, closed = [], []
    for place in session().exec(select(Workplace).where(Workplace.enterprise_id == merged.id).with_for_update()):
        if place.main:
            place.main = False
            mains.append(str(place.id))
        if place.id in close and place.status is WorkplaceStatus.active:
            place.status = WorkplaceStatus.closed
            closed.append(str(place.id))
    return mains, closed


def _places_back(row: EnterpriseMerge) -> None:
    for place in session().exec(select(Workplace).where(col(Workplace.id).in_(_ids({*row.mains, *row.closed})))):
        place.main = place.main or str(place.id) in row.mains
        if str(place.id) in row.closed:
            place.status = WorkplaceStatus.active


# --- headquarters and branches ----------------------------------------------------------------------------------------


def _linked_anew(actor: Actor, kept: Enterprise, merged: Enterprise) -> list[list[Any]]:
    """Link what was linked with the entry that goes with the one that is kept; gives the links as they were."""
    above = store_branches.headquarters_of(actor, merged.id)
    below = store_branches.branches_of(actor, merged.id)
    links = [one for one in (above, *below) if one]
    for one in links:
        store_branches.unlink(actor, one.enterprise_id)
    if above and above.headquarters_id != kept.id and store_branches.headquarters_of(actor, kept.id) is None:
        store_branches.link(actor, kept.id, above.headquarters_id, may_answer=above.may_answer)
    for one in below:
        if one.enterprise_id != kept.id:
            store_branches.link(actor, one.enterprise_id, kept.id, may_answer=one.may_answer)
    return [[str(one.enterprise_id), str(one.headquarters_id), one.may_answer] for one in links]


def _links_back(actor: Actor, row: EnterpriseMerge) -> None:
    for branch, headquarters, may_answer in row.links:
        stands = store_branches.headquarters_of(actor, row.kept_id)
        if UUID(branch) == row.merged_id and stands and stands.headquarters_id == UUID(headquarters):
            store_branches.unlink(actor, row.kept_id)
        store_branches.link(actor, UUID(branch), UUID(headquarters), may_answer=may_answer)


# --- everything else --------------------------------------------------------------------------------------------------


def _everything_moved(kept: UUID, merged: UUID) -> tuple[dict[str, list[str]], dict[str, list[str]]]:
    moved, ended = {}, {}
    for name, way in WAYS.items():
        if isinstance(way, Goes):
            ids, left = _rows(name, merged), set[UUID]()
        elif isinstance(way, GoesOnce):
            ids, left = _going_once(name, way, kept, merged)
        else:
            continue
        _point(name, ids, kept)
        if ids:
            moved[name] = sorted(id.hex for id in ids)
        if left and isinstance(way, GoesOnce) and way.ends:
            _end(name, left, clock.now())
            ended[name] = sorted(id.hex for id in left)
    return moved, ended


def _rows(name: str, enterprise_id: UUID, *where: Any) -> set[UUID]:
    table, column = _column(name)
    return set(session().execute(sa.select(table.c.id).where(column == enterprise_id, *where)).scalars())


def _going_once(name: str, way: GoesOnce, kept: UUID, merged: UUID) -> tuple[set[UUID], set[UUID]]:
    """The rows that go, and those that cannot because the other entry has the same."""
    table, column = _column(name)
    columns = [table.c[one] for one in way.same]
    under = [sa.text(way.while_)] if way.while_ else []
    query = sa.select(table.c.id, *columns).where(*under)
    there = {tuple(row[1:]) for row in session().execute(query.where(column == kept))}
    left = {row[0] for row in session().execute(query.where(column == merged)) if tuple(row[1:]) in there}
    return _rows(name, merged) - left, left


def _everything_back(row: EnterpriseMerge) -> None:
    """What went points to its entry again, and so does what came since and hangs on it."""
    for name, ids in row.moved.items():
        _point(name, (UUID(id) for id in ids), row.merged_id, only_of=row.kept_id)
    for name, ids in row.ended.items():
        _end(name, (UUID(id) for id in ids), None)
    for name, way in WAYS.items():
        if isinstance(way, Goes) and way.belongs_to:
            table, column = _column(name)
            owner = next(iter(table.c[way.belongs_to].foreign_keys)).column.table
            theirs = sa.select(owner.c.id).where(owner.c.enterprise_id == row.merged_id)
            hanging = column == row.kept_id, table.c[way.belongs_to].in_(theirs)
            session().execute(sa.update(table).where(*hanging).values({column.name: row.merged_id}))


def _point(name: str, ids: Iterable[UUID], to: UUID, only_of: UUID | None = None) -> None:
    table, column = _column(name)
    for some in _portions(ids):
        where = [table.c.id.in_(some), *([column == only_of] if only_of else [])]
        session().execute(sa.update(table).where(*where).values({column.name: to}))


def _end(name: str, ids: Iterable[UUID], at: Any) -> None:
    table, _ = _column(name)
    for some in _portions(ids):
        session().execute(sa.update(table).where(table.c.id.in_(some)).values(ended_at=at))


def _column(name: str) -> tuple[sa.Table, sa.Column[Any]]:
    table = SQLModel.metadata.tables[name.split(".")[0]]
    return table, table.c[name.split(".")[1]]


def _wait_for_both(kept: UUID, merged: UUID) -> None:
    """Where both have an open case of danger there are two afterwards: nothing is told before either allows it."""
    cases = SQLModel.metadata.tables["danger_case"]
    waiting = sa.select(cases.c.id).where(cases.c.enterprise_id == merged, cases.c.cleared_at.is_(None), cases.c.waits)
    if session().execute(waiting).first() is not None:
        of_ours = cases.c.enterprise_id == kept, cases.c.cleared_at.is_(None)
        session().execute(sa.update(cases).where(*of_ours).values(waits=True))


def _looked_at_again(*enterprise_ids: UUID) -> None:
    """Figures follow, and signals of danger are looked for anew, in everything that is open."""
    looks = SQLModel.metadata.tables["danger_look"]
    session().flush()
    session().execute(sa.delete(looks).where(looks.c.enterprise_id.in_(enterprise_ids)))
    session().expire_all()
    touched.note("enterprise", enterprise_ids)


def _ids(texts: Iterable[str]) -> list[UUID]:
    return [UUID(text) for text in texts]


def _portions(ids: Iterable[UUID]) -> Iterator[list[UUID]]:
    every = sorted(ids)
    for start in range(0, len(every), 500):
        yield every[start : start + 500]
