"""A spreadsheet is applied exactly as it was shown, whole or not at all; and taken back while nothing depends on it."""

import json
import pickle
import zlib
from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass, field
from datetime import date
from enum import Enum
from itertools import islice
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlmodel import SQLModel, col, select

from compliance.enterprises import rules, store_headcounts
from compliance.enterprises.importing import FACTS, Change, New, Plan, Planning, Refusal, Same, values_of
from compliance.enterprises.life import CountSource
from compliance.enterprises.models import Enterprise, RegisterImport, Workplace
from compliance.enterprises.models_life import Headcount
from compliance.enterprises.rules import EnterpriseFacts
from compliance.enterprises.store import derived
from compliance.enterprises.store_imports import Progress, counts, reading_of, table_of, verdicts
from compliance.people import store as people
from compliance.people.rules import Actor
from compliance.shared import audit, clock, files, ids, jobs, touched
from compliance.shared.database import session
from compliance.shared.problems import Conflict, Problem, Refused, Stale
from compliance.shared.words import N_

CHUNK = 1000
_CLASSES = frozenset({"sector", "district", "size"})  # by which visits are counted
_FOLLOWING = frozenset({"trend_last", "imported_change", "suspected_pair"})
"""Tables that only say of each enterprise what others say; they go with it."""
_NOT_OWN = {"headcount": (col(Headcount.source) != CountSource.imported,)}
"""What in a table an import did not write itself."""
_NAMED = 5
"""Enterprises that are named as reasons."""


@dataclass
class Prepared:
    """What an import will write, worked out; the rows are kept small. ``register`` tells whether it is still so."""

    register: tuple[int, int]
    rows: int = 0
    plan: Plan | None = None
    packed: list[bytes] = field(default_factory=list)

    @property
    def writes(self) -> int:
        """Rows that will be written."""
        return self.plan.new_rows + self.plan.changed_rows if self.plan else 0

    def chunks(self) -> Iterator[list[New | Change]]:
        """What will be written, up to a thousand rows at a time."""
        for part in self.packed:
            yield pickle.loads(zlib.decompress(part))  # noqa: S301 - packed by ``prepare``


def confirm(actor: Actor, row: RegisterImport, title: str) -> RegisterImport:
    """Ask for the import to be done in the background. Raises ``Conflict`` when asked twice or before the look."""
    if row.job_id is not None:
        raise Conflict("import-twice", N_("This import has been confirmed already."))
    if not row.plan_digest:
        raise Conflict("import-unseen", N_("The file is still being read. Wait until you see what it would do."))
    job = jobs.enqueue("enterprises.import", title, actor, import_id=str(row.id))
    row.job_id = job.id
    return row


def prepare(actor: Actor, row: RegisterImport, progress: Progress | None = None) -> Prepared:
    """Work out what an import writes. It reads alone, so that nobody waits for it.

    Raises ``Stale`` when the register has changed so that the file would now do something else than was shown.
    """
    if row.applied_at is not None:
        raise Conflict("import-done", N_("This import is done already."))
    table, columns = table_of(row)
    prepared = Prepared(_state(actor), len(table.rows))
    planning = Planning()
    waiting: list[New | Change] = []
    expected = sum(row.outcome[name] for name in ("rows", "new", "changed"))
    told = (lambda done, _rows: progress(done, expected)) if progress else None
    for verdict in verdicts(actor, table, columns, reading_of(row), told):
        planning.take(verdict)
        if isinstance(verdict, Same | Refusal):
            continue
        waiting.append(verdict)
        if len(waiting) == CHUNK:
            prepared.packed.append(_packed(waiting))
            waiting = []
    if waiting:
        prepared.packed.append(_packed(waiting))
    prepared.plan = planning.plan()
    if prepared.plan.digest != row.plan_digest:
        raise Stale(
            "import-stale",
            N_("The register has changed since the file was looked at. Nothing was imported; send the file again."),
        )
    return prepared


def apply(
    actor: Actor, row: RegisterImport, progress: Progress | None = None, prepared: Prepared | None = None
) -> dict[str, int]:
    """Do what was shown, all of it or nothing; one line on the audit trail.

    ``prepared`` is worked out anew where the register has changed since. Raises as ``prepare`` does.
    """
    if row.applied_at is not None:
        raise Conflict("import-done", N_("This import is done already."))
    if prepared is None or prepared.register != _state(actor):
        prepared = prepare(actor, row, progress)
    written: dict[str, list[Any]] = {"new": [], "changed": []}
    done = 0
    for chunk in prepared.chunks():
        written["new"] += _insert(actor, [one for one in chunk if isinstance(one, New)])
        written["changed"] += _update(actor, [one for one in chunk if isinstance(one, Change)])
        done += len(chunk)
        if progress:
            progress(prepared.rows + done, prepared.rows + prepared.writes)
    assert prepared.plan
    row.applied_at = clock.now()
    row.written_digest = files.put(json.dumps(written, default=_plain).encode(), "application/json").digest
    numbers = counts(prepared.rows, prepared.plan)
    audit.record(actor, "register.imported", row, sha256=row.file_digest, counts=numbers)
    return {name: numbers[name] for name in ("new", "changed", "unchanged", "refused")}


def _packed(some: Sequence[New | Change]) -> bytes:
    return zlib.compress(pickle.dumps(some), 1)


def _state(actor: Actor) -> tuple[int, int]:
    """How many enterprises there are and how often they were changed: the same as long as nobody writes one."""
    query = sa.select(sa.func.count(), sa.func.coalesce(sa.func.sum(col(Enterprise.revision)), 0))
    number, changes = session().execute(query.where(col(Enterprise.association_id) == actor.association_id)).one()
    return number, int(changes)


def _insert(actor: Actor, chunk: Sequence[New]) -> list[list[str]]:
    """Write new enterprises with their main workplaces; gives the ids of both."""
    if not chunk:
        return []
    enterprise = Enterprise(association_id=actor.association_id, name="").model_dump()
    workplace = Workplace(association_id=actor.association_id, enterprise_id=UUID(int=0)).model_dump()
    enterprises, workplaces = [], []
    for new in chunk:
        facts = dict(zip(FACTS, values_of(new.facts), strict=True))
        one = {**enterprise, "id": ids.random_id(), **facts, **derived(new.facts)}
        main = {name: facts[name] for name in rules.SHARED}
        enterprises.append(one)
        workplaces.append({**workplace, "id": ids.random_id(), "enterprise_id": one["id"], "main": True, **main})
    session().execute(sa.insert(SQLModel.metadata.tables["enterprise"]), enterprises)
    session().execute(sa.insert(SQLModel.metadata.tables["workplace"]), workplaces)
    store_headcounts.imported(actor.association_id, {one["id"]: one["workers"] for one in enterprises})
    touched.note("membership", (one["id"] for one in enterprises))
    return [[one["id"].hex, place["id"].hex] for one, place in zip(enterprises, workplaces, strict=True)]


def _update(actor: Actor, chunk: Sequence[Change]) -> list[dict[str, Any]]:
    """Change enterprises and the main workplaces that follow; gives what both were and their revisions after it."""
    if not chunk:
        return []
    by_id = {change.id: change for change in chunk}
    revisions: dict[UUID, int] = dict(
        session().exec(select(Enterprise.id, Enterprise.revision).where(col(Enterprise.id).in_(by_id))).all()
    )
    kept = {
        change.id: {
            "id": change.id.hex,
            "revision": revisions[change.id] + 1,
            "before": {name: getattr(change.before, name) for name in change.changed},
        }
        for change in chunk
    }
    values = [
        {"id": change.id, **asdict(change.after), **derived(change.after), "revision": revisions[change.id] + 1}
        for change in chunk
    ]
    session().execute(sa.update(Enterprise), values)
    _note(actor, chunk)
    counted = {change.id: change.after.workers for change in chunk if "workers" in change.changed}
    store_headcounts.imported(actor.association_id, counted)
    mains = select(Workplace).where(col(Workplace.enterprise_id).in_(by_id), col(Workplace.main).is_(True))
    for workplace in session().exec(mains).all():
        change = by_id[workplace.enterprise_id]
        moved = rules.followed(change.before, change.after, workplace)
        if moved:
            kept[change.id]["workplace"] = {
                "id": workplace.id.hex,
                "revision": workplace.revision + 1,
                "before": {name: getattr(workplace, name) for name in moved},
            }
            session().execute(
                sa.update(Workplace)
                .where(col(Workplace.id) == workplace.id)
                .values(**moved, revision=workplace.revision + 1)
                .execution_options(synchronize_session=False)
            )
    session().expire_all()
    return list(kept.values())


def _note(actor: Actor, chunk: Sequence[Change]) -> None:
    store_headcounts.note_changes(actor.association_id, {change.id: change.changed for change in chunk})
    touched.note("enterprise", (change.id for change in chunk if _CLASSES & set(change.changed)))
    touched.note("membership", (change.id for change in chunk if "status" in change.changed))


# --- taking it back ---------------------------------------------------------------------------------------------------


def can_be_undone(row: RegisterImport) -> bool:
    """Whether there is something to take back; whether anything depends on it by now is found out by ``undo``."""
    return bool(row.applied_at and row.written_digest and row.undone_at is None)


def undo_later(actor: Actor, row: RegisterImport, title: str) -> jobs.Job:
    """Ask for an import to be taken back in the background. Raises ``Conflict`` where there is nothing to take back."""
    if not can_be_undone(row):
        raise Conflict("import-undone", N_("There is nothing to take back."))
    return jobs.enqueue("enterprises.undo_import", title, actor, import_id=str(row.id), person_id=str(actor.person_id))


def undo(actor: Actor, row: RegisterImport, progress: Progress | None = None) -> dict[str, int]:
    """Take an import back, all of it or nothing: what was new goes, what was changed is again what it was.

    Raises ``Conflict`` when an enterprise has been changed since or other records depend on it, and ``Refused`` when
    the person has a tie to one of them.
    """
    if not can_be_undone(row):
        raise Conflict("import-undone", N_("There is nothing to take back."))
    written = json.loads(files.get(row.written_digest))
    new = [(UUID(enterprise), UUID(workplace)) for enterprise, workplace in written["new"]]
    every = [*(enterprise for enterprise, _workplace in new), *(UUID(one["id"]) for one in written["changed"])]
    if actor.outside_ids.intersection(every):
        raise Refused(
            "import-tie", N_("You have declared a tie to one of its enterprises. Let somebody else take it back.")
        )
    total, done = 2 * len(every), 0
    for some in _chunks(new):
        _require_untouched(dict(some))
        done += len(some)
        if progress:
            progress(done, total)
    for changes in _chunks(written["changed"]):
        _require_same(Enterprise, changes)
        _require_same(Workplace, [one["workplace"] for one in changes if "workplace" in one])
        done += len(changes)
    for some in _chunks(new):
        session().execute(sa.delete(Workplace).where(col(Workplace.id).in_([place for _one, place in some])))
        session().execute(sa.delete(Enterprise).where(col(Enterprise.id).in_([one for one, _place in some])))
        done += len(some)
        if progress:
            progress(done, total)
    for changes in _chunks(written["changed"]):
        _put_back(actor, changes)
        done += len(changes)
        if progress:
            progress(done, total)
    session().expire_all()
    _forget_headcounts(actor, row, [UUID(one["id"]) for one in written["changed"] if "workers" in one["before"]])
    row.undone_at = clock.now()
    numbers = {"removed": len(new), "put_back": len(written["changed"])}
    audit.record(actor, "register.import_undone", row, counts=numbers)
    return numbers


def _require_untouched(new: dict[UUID, UUID]) -> None:
    """Raise ``Conflict`` unless these enterprises and main workplaces are as they came, and nothing hangs on them."""
    used: set[UUID] = set()
    for model, own in ((Enterprise, list(new)), (Workplace, list(new.values()))):
        as_they_came = sa.select(col(model.id)).where(col(model.id).in_(own), col(model.revision) == 1)
        missing = set(own) - set(session().scalars(as_they_came))
        used |= missing if model is Enterprise else {one for one, place in new.items() if place in missing}
    others = col(Workplace.enterprise_id).in_(new), col(Workplace.main).is_(False)
    used |= set(session().scalars(sa.select(col(Workplace.enterprise_id)).where(*others)))
    enterprise_of = {place: one for one, place in new.items()} | {one: one for one in new}
    for column, target in _dependent():
        ours = list(new) if target == "enterprise" else list(new.values())
        hanging = sa.select(column).where(column.in_(ours), *_NOT_OWN.get(column.table.name, ()))
        used |= {enterprise_of[id] for id in session().scalars(hanging)}
    if used:
        raise _depended(used)


def _dependent() -> Iterator[tuple[sa.Column[UUID], str]]:
    """Every column that points to an enterprise or a workplace, and which of the two."""
    for table in SQLModel.metadata.sorted_tables:
        if table.name in _FOLLOWING or table.name == "workplace":
            continue
        for key in table.foreign_keys:
            if key.column.table.name in ("enterprise", "workplace"):
                yield key.parent, key.column.table.name


def _require_same(model: type[Enterprise] | type[Workplace], changes: Sequence[dict[str, Any]]) -> None:
    expected = {UUID(one["id"]): one["revision"] for one in changes}
    query = select(model.id, model.revision).where(col(model.id).in_(expected))
    found: dict[UUID, int] = dict(session().exec(query).all())
    differing = {id for id, revision in expected.items() if found.get(id) != revision}
    if not differing:
        return
    if model is Workplace:
        of_them = sa.select(col(Workplace.enterprise_id)).where(col(Workplace.id).in_(differing))
        differing = set(session().scalars(of_them))
    raise _depended(differing)


def _depended(used: set[UUID]) -> Problem:
    names = session().scalars(sa.select(col(Enterprise.name)).where(col(Enterprise.id).in_(islice(used, _NAMED))))
    return Conflict(
        "import-depended-on",
        N_(
            "This import cannot be taken back any more: enterprises have been changed since, or other records depend "
            "on them, such as %(names)s. Nothing was changed."
        ),
        names="; ".join(sorted(names)),
    )


def _put_back(actor: Actor, changes: Sequence[dict[str, Any]]) -> None:
    """Give enterprises and main workplaces the facts that they had."""
    rows = {row.id: row for row in session().exec(select(Enterprise).where(col(Enterprise.id).in_(_ids(changes))))}
    verdicts = []
    values = []
    for one in changes:
        row = rows[UUID(one["id"])]
        after = rules.as_stored(row)
        before = EnterpriseFacts(**{**asdict(after), **_restored(Enterprise, one["before"])})
        verdicts.append(Change(0, row.id, after, before))
        values.append({"id": row.id, **asdict(before), **derived(before), "revision": row.revision + 1})
    session().execute(sa.update(Enterprise), values)
    _note(actor, verdicts)
    places = [one["workplace"] for one in changes if "workplace" in one]
    for place in places:
        session().execute(
            sa.update(Workplace)
            .where(col(Workplace.id) == UUID(place["id"]))
            .values(**_restored(Workplace, place["before"]), revision=place["revision"] + 1)
            .execution_options(synchronize_session=False)
        )
    session().expire_all()


def _forget_headcounts(actor: Actor, row: RegisterImport, ids: Sequence[UUID]) -> None:
    """What the import said of headcounts holds no more; those of new enterprises go with them."""
    assert row.applied_at
    day = clock.day_of(row.applied_at, people.association(actor).time_zone)
    for some in _chunks(ids):
        store_headcounts.no_longer_imported(some, day)


def _ids(changes: Sequence[dict[str, Any]]) -> list[UUID]:
    return [UUID(one["id"]) for one in changes]


def _plain(value: Any) -> Any:
    return value.value if isinstance(value, Enum) else value.isoformat()


def _restored(model: type[SQLModel], kept: dict[str, Any]) -> dict[str, Any]:
    """The facts as they were before ``_plain``."""
    found = {}
    for name, value in kept.items():
        kind = sa.inspect(model).local_table.c[name].type
        if isinstance(value, str) and isinstance(kind, sa.Date):
            value = date.fromisoformat(value)
        elif isinstance(value, str) and isinstance(kind, sa.Enum) and kind.enum_class:
            value = kind.enum_class(value)
        found[name] = value
    return found


def _chunks(items: Sequence[Any]) -> Iterator[Sequence[Any]]:
    for start in range(0, len(items), CHUNK):
        yield items[start : start + CHUNK]
