"""Files about past visits on their way in: looked at, shown, applied exactly as they were shown, undone as a whole."""

import json
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import asdict, replace
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlmodel import col, select

from compliance.enterprises import store_lists as enterprises
from compliance.enterprises.names import match_key
from compliance.enterprises.reading import labels
from compliance.history import mapping as mappings
from compliance.history import planning, rules
from compliance.history.mapping import MOST_FILES, HistoryMapping
from compliance.history.models import (
    HistoryFile,
    HistoryImport,
    HistoryMap,
    PastFinding,
    PastScore,
    PastVisit,
    PastWorkplace,
)
from compliance.history.planning import Known, Plan
from compliance.history.rules import Issue, Shown, Sort
from compliance.history.splitting import split
from compliance.people import store as people
from compliance.people.rules import Actor
from compliance.shared import audit, clock, files, ids, jobs
from compliance.shared.database import session
from compliance.shared.problems import Conflict, NotFound, Problem, Stale
from compliance.shared.spreadsheets import Table, read_rows, sheets
from compliance.shared.words import N_, clean

CHUNK = 2000
UNKNOWN_SOURCE = "?"
"""What stands for the source of files whose mapping is guessed, until somebody says it."""

Progress = Callable[[int, int], None]
Upload = tuple[str, bytes]


@audit.audited("history.looked_at")
def look_at(actor: Actor, uploads: Sequence[Upload], mapping: HistoryMapping | None = None) -> HistoryImport:
    """Work out what files would bring along, and keep them and the answer. Nothing is imported.

    ``uploads`` are names and contents. Without a mapping one is guessed from the headings. What is unclear about a
    mapping stands in ``outcome`` under ``problem``. Raises ``Problem`` for files that cannot be read.
    """
    if not 1 <= len(uploads) <= MOST_FILES:
        raise Problem("history-files", N_("Send one file or up to %(most)d at once."), most=MOST_FILES, field="files")
    names = [name for name, _data in uploads]
    if len(set(names)) < len(names):
        raise Problem("history-names", N_("Two of these files have the same name."), field="files")
    said = mapping or mappings.guess({name: read_rows(data, name) for name, data in uploads}, UNKNOWN_SOURCE)
    row = HistoryImport(
        association_id=actor.association_id, person_id=actor.person_id, source=said.source, plan_digest=""
    )
    session().add(row)
    session().flush()
    for place, (name, data) in enumerate(uploads):
        digest = files.put(data, "application/octet-stream").digest
        session().add(
            HistoryFile(
                association_id=row.association_id, import_id=row.id, place=place, name=name[-200:], digest=digest
            )
        )
    session().flush()
    _look(actor, row, said)
    session().flush()
    return row


@audit.audited("history.looked_at")
def look_again(actor: Actor, row: HistoryImport, mapping: HistoryMapping) -> HistoryImport:
    """Work it out once more with another mapping. Raises ``Problem``, and ``Conflict`` once it is confirmed."""
    if row.job_id is not None or row.applied_at is not None:
        raise Conflict("history-twice", N_("This import has been confirmed already."))
    row.source = mapping.source
    _look(actor, row, mapping)
    session().add(row)
    session().flush()
    return row


def _look(actor: Actor, row: HistoryImport, mapping: HistoryMapping) -> None:
    row.mapping = mappings.as_json(mapping)
    problem: dict[str, Any] = {}
    tables: dict[str, Table] = {}
    try:
        tables = _tables(row, mapping)
        if not mapping.files:
            raise Problem(
                "mapping-guess", N_("No heading says what these files hold. Say it below, or send a mapping.")
            )
        if mapping.source == UNKNOWN_SOURCE:
            raise Problem("mapping-source", N_("Say from where the results come (source)."))
        worked_out = _plan(actor, mapping, tables)
    except Problem as unclear:
        if not unclear.code.startswith("mapping-"):
            raise
        worked_out = Plan()
        facts = {name: str(fact) for name, fact in unclear.facts.items() if name != "field"}
        problem = {"problem": {"code": unclear.code, "text": unclear.text, "facts": facts}}
    row.outcome = {**worked_out.counts(), **problem}
    row.plan_digest = worked_out.digest
    pages = {one.name: sheets(files.get(one.digest)) for one in files_of(row) if one.digest and one.name in tables}
    seen = {
        "files": [_file_seen(name, table, mapping, pages[name]) for name, table in tables.items()],
        "issues": [asdict(one) for one in worked_out.issues],
    }
    row.details_digest = files.put(json.dumps(seen, ensure_ascii=False).encode(), "application/json").digest


def _file_seen(name: str, table: Table, mapping: HistoryMapping, pages: Sequence[str]) -> dict[str, Any]:
    how = mapping.of(name)
    found = []
    for place, label in enumerate(labels(table.headers)):
        values = (row[place] for row in table.rows[:50] if row[place])
        means = list(how.columns.get(label, ())) if how else []
        found.append({"label": label, "means": means, "seen": list(dict.fromkeys(values))[:3]})
    role = how.role.value if how else ""
    return {"name": name, "role": role, "rows": len(table.rows), "columns": found, "sheets": pages}


def _tables(row: HistoryImport, mapping: HistoryMapping) -> dict[str, Table]:
    found = {}
    for one in files_of(row):
        how = mapping.of(one.name)
        if one.digest is None:
            raise Problem("history-gone", N_("The files of this import have been removed. Send them again."))
        data = files.get(one.digest)
        found[one.name] = read_rows(data, one.name, how.sheet if how else None, how.header_row if how else None)
    return found


def _plan(actor: Actor, mapping: HistoryMapping, tables: Mapping[str, Table]) -> Plan:
    today = clock.today(people.association(actor).time_zone)
    return planning.plan(mapping, tables, _known(actor), today, split)


def _known(actor: Actor) -> Known:
    def kept(table: Any) -> dict[str, str]:
        query = sa.select(table.identity, table.facts).where(table.association_id == actor.association_id)
        return {row[0]: row[1] for row in session().execute(query)}

    codes: dict[str, UUID] = {}
    keys: dict[str, list[UUID]] = {}
    for id, code, name, address in enterprises.recognised_by(actor):
        if code:
            codes[code] = id
        keys.setdefault(match_key(name, address), []).append(id)
    return Known(kept(PastWorkplace), kept(PastVisit), kept(PastFinding), codes, keys, actor.outside_ids)


# --- mappings that are kept -------------------------------------------------------------------------------------------


def kept_maps(actor: Actor) -> list[HistoryMap]:
    """The mappings that the association keeps, by name."""
    query = select(HistoryMap).where(HistoryMap.association_id == actor.association_id)
    return list(session().exec(query.order_by(col(HistoryMap.name))))


@audit.audited("history.map_kept")
def keep_map(actor: Actor, name: str, mapping: HistoryMapping) -> HistoryMap:
    """Keep a mapping under a name, instead of one that had it. Raises ``Problem`` without a name."""
    name = clean(name)[:80]
    if not name:
        raise Problem("history-name", N_("Give it a name."), field="save_as")
    row = next((one for one in kept_maps(actor) if one.name == name), None)
    row = row or HistoryMap(association_id=actor.association_id, name=name)
    row.mapping = mappings.as_json(mapping)
    session().add(row)
    session().flush()
    return row


@audit.audited("history.map_dropped")
def drop_map(actor: Actor, map_id: UUID) -> HistoryMap:
    """Drop a mapping that was kept. Raises ``NotFound``."""
    row = next((one for one in kept_maps(actor) if one.id == map_id), None)
    if row is None:
        raise NotFound("history-map", N_("There is no such mapping."))
    session().delete(row)
    return row


# --- imports ----------------------------------------------------------------------------------------------------------


def own(actor: Actor, import_id: UUID) -> HistoryImport:
    """An import that this person began. Raises ``NotFound`` for everybody else."""
    row = session().get(HistoryImport, import_id)
    if row is None or (row.association_id, row.person_id) != (actor.association_id, actor.person_id):
        raise _unknown()
    return row


def applied(actor: Actor, import_id: UUID) -> HistoryImport:
    """An import of the association that was applied, also one that was undone. Raises ``NotFound``."""
    row = session().get(HistoryImport, import_id)
    if row is None or row.association_id != actor.association_id or row.applied_at is None:
        raise _unknown()
    return row


def _unknown() -> NotFound:
    return NotFound("import-unknown", N_("There is no such import."))


def mapping_of(row: HistoryImport) -> HistoryMapping:
    """How the files of an import are read."""
    return mappings.from_json(row.mapping)


def with_headings(row: HistoryImport, mapping: HistoryMapping, keys: Collection[str]) -> HistoryMapping:
    """The same mapping, with what the headings of these files say of their columns: another row or sheet has others.

    Raises ``Problem`` for a sheet that there is not.
    """
    said = dict(mapping.files)
    for name, table in _tables(row, mapping).items():
        key = mapping.key_of(name)
        if key in keys and key in said:
            said[key] = replace(said[key], columns=mappings.columns_of(said[key].role, table))
    return replace(mapping, files=said)


def files_of(row: HistoryImport) -> list[HistoryFile]:
    """The files of an import; without contents once their time is over."""
    query = select(HistoryFile).where(HistoryFile.import_id == row.id)
    return list(session().exec(query.order_by(col(HistoryFile.place))))


def details(row: HistoryImport) -> dict[str, Any]:
    """What the page shows: ``files`` with their columns, and all ``issues``; both empty once their time is over."""
    if not row.details_digest:
        return {"files": [], "issues": []}
    found: dict[str, Any] = json.loads(files.get(row.details_digest))
    return found


def issues(row: HistoryImport, sort: Sort | None = None) -> list[Issue]:
    """Everything that is said of rows, of one sort or all."""
    found = [Issue(**{**one, "sort": Sort(one["sort"])}) for one in details(row)["issues"]]
    return [one for one in found if sort in (None, one.sort)]


def rows_said(row: HistoryImport) -> list[tuple[Issue, list[str]]]:
    """Everything that is said, each with the cells of its row."""
    tables = _tables(row, mapping_of(row)) if row.details_digest else {}
    at = {name: dict(zip(table.numbers, table.rows, strict=True)) for name, table in tables.items()}
    return [(one, at.get(one.file, {}).get(one.row, [])) for one in issues(row)]


@audit.audited("history.confirmed")
def confirm(actor: Actor, row: HistoryImport, title: str) -> HistoryImport:
    """Ask for the import to be done in the background. Raises ``Conflict`` the second time."""
    if row.job_id is not None or row.applied_at is not None:
        raise Conflict("history-twice", N_("This import has been confirmed already."))
    job = jobs.enqueue("history.import", title, actor, import_id=str(row.id))
    row.job_id = job.id
    session().add(row)
    return row


def apply(actor: Actor, row: HistoryImport, progress: Progress | None = None) -> dict[str, int]:
    """Do what was shown, all of it or nothing; one line on the audit trail.

    Raises ``Stale`` when the same files would now do something else, and ``Conflict`` for an import that is done.
    """
    if row.applied_at is not None:
        raise Conflict("history-done", N_("This import is done already."))
    mapping = mapping_of(row)
    worked_out = _plan(actor, mapping, _tables(row, mapping))
    if worked_out.digest != row.plan_digest:
        raise Stale(
            "history-stale",
            N_("Something has changed since the files were looked at. Nothing was imported; send the files again."),
        )
    _Writing(actor, row, mapping, worked_out, progress).write()
    row.applied_at = clock.now()
    session().add(row)
    counts = worked_out.counts()
    audit.record(actor, "history.imported", row, counts=counts, sha256=[one.digest for one in files_of(row)])
    return counts


class _Writing:
    """The rows of a plan on their way into the tables, many at once."""

    def __init__(
        self, actor: Actor, row: HistoryImport, mapping: HistoryMapping, plan: Plan, progress: Progress | None
    ) -> None:
        self.plan, self.source, self.progress = plan, mapping.source, progress
        self.base = {"association_id": actor.association_id, "import_id": row.id}
        self.association_id = actor.association_id
        self.total = len(plan.new_places) + len(plan.visits) + len(plan.findings)
        self.done = 0

    def write(self) -> None:
        """Workplaces, visits with their results, findings."""
        places = self._ids(PastWorkplace, ((key,) for key in self.plan.old_places))
        places |= {(one.key,): ids.random_id() for one in self.plan.new_places}
        self._insert(PastWorkplace, [self._place(one, places[(one.key,)]) for one in self.plan.new_places])
        visits = {(*one.key, one.occurrence): ids.random_id() for one in self.plan.visits}
        named = {(*one.visit, 0) for one in self.plan.findings if one.visit} - set(visits)
        visits |= self._ids(PastVisit, named)
        rows, scores = [], []
        for one in self.plan.visits:
            visit_id = visits[(*one.key, one.occurrence)]
            rows.append(self._visit(one, visit_id, places[(one.place,)]))
            scores += [
                {
                    "visit_id": visit_id,
                    "area": area,
                    "thousandths": one.scores.get(area),
                    "band": one.bands.get(area, ""),
                }
                for area in {**one.scores, **one.bands}
            ]
        self._insert(PastVisit, rows)
        for chunk in _chunks(scores):
            session().execute(sa.insert(PastScore), chunk)
        self._insert(
            PastFinding,
            [
                self._finding(one, places[(one.place,)], visits[(*one.visit, 0)] if one.visit else None)
                for one in self.plan.findings
            ],
        )

    def _ids(self, table: Any, keys: Any) -> dict[tuple[Any, ...], UUID]:
        """Ids of rows that are there already, by their keys."""
        wanted = {rules.identity(self.source, *key): key for key in keys}
        if not wanted:
            return {}
        query = sa.select(table.identity, table.id).where(table.association_id == self.association_id)
        return {wanted[identity]: id for identity, id in session().execute(query) if identity in wanted}

    def _insert(self, table: Any, rows: Sequence[dict[str, Any]]) -> None:
        for chunk in _chunks(rows):
            session().execute(sa.insert(table), chunk)
            self.done += len(chunk)
            if self.progress:
                self.progress(self.done, self.total)

    def _place(self, one: rules.Place, id: UUID) -> dict[str, Any]:
        said = {"key": one.key, "name": one.name, "address": one.address, "credit_code": one.credit_code}
        proof = self._proof((one.key,), one.facts())
        return {"id": id, **self.base, **said, **proof, "enterprise_id": one.enterprise_id}

    def _visit(self, one: rules.Visit, id: UUID, workplace_id: UUID) -> dict[str, Any]:
        said = {
            "number": one.number,
            "visited_on": one.visited_on,
            "kind": one.kind,
            "owed": one.owed,
            "paid": one.paid,
        }
        proof = self._proof((*one.key, one.occurrence), one.facts())
        return {"id": id, **self.base, "workplace_id": workplace_id, **said, **proof}

    def _finding(self, one: rules.Finding, workplace_id: UUID, visit_id: UUID | None) -> dict[str, Any]:
        said = {name: getattr(one, name) for name in ("text", "area", "severity", "found_on", "closed_on")}
        proof = self._proof((*one.key, one.occurrence), one.facts())
        return {
            "id": ids.random_id(), **self.base, "workplace_id": workplace_id, "visit_id": visit_id, **said, **proof,
        }  # fmt: skip

    def _proof(self, key: tuple[Any, ...], facts: list[Any]) -> dict[str, str]:
        return {"identity": rules.identity(self.source, *key), "facts": rules.digest(facts)}


def _chunks(items: Sequence[Any]) -> Iterator[Sequence[Any]]:
    for start in range(0, len(items), CHUNK):
        yield items[start : start + CHUNK]


@audit.audited("history.undone")
def undo(actor: Actor, row: HistoryImport) -> HistoryImport:
    """Take a whole import back. Raises ``Conflict`` where rows of a later import hang on it, or it is not there."""
    if row.applied_at is None or row.undone_at is not None:
        raise Conflict("history-undone", N_("There is nothing to undo."))
    later = _hanging(row)
    if later:
        raise Conflict(
            "history-hanging",
            N_("Rows of %(count)d later imports belong to workplaces or visits of this one. Undo those first."),
            count=later,
        )
    own = sa.select(col(PastVisit.id)).where(col(PastVisit.import_id) == row.id)
    session().execute(sa.delete(PastScore).where(col(PastScore.visit_id).in_(own)))
    for table in (PastFinding, PastVisit, PastWorkplace):
        session().execute(sa.delete(table).where(col(table.import_id) == row.id))  # type: ignore[attr-defined]
    row.undone_at, row.shown = clock.now(), Shown.nothing
    session().add(row)
    return row


def _hanging(row: HistoryImport) -> int:
    """How many other imports have visits or findings of this one's workplaces or visits."""
    places = sa.select(col(PastWorkplace.id)).where(col(PastWorkplace.import_id) == row.id)
    visits = sa.select(col(PastVisit.id)).where(col(PastVisit.import_id) == row.id)
    found: set[UUID] = set()
    for table, belongs in (
        (PastVisit, col(PastVisit.workplace_id).in_(places)),
        (PastFinding, sa.or_(col(PastFinding.workplace_id).in_(places), col(PastFinding.visit_id).in_(visits))),
    ):
        owner = col(table.import_id)
        found |= set(session().scalars(sa.select(owner).where(belongs, owner != row.id).distinct()))
    return len(found)


@audit.audited("history.shown")
def show(actor: Actor, row: HistoryImport, shown: Shown) -> HistoryImport:
    """Say what of an applied import the managers of its enterprises see. Raises ``Conflict`` before it is applied."""
    if row.applied_at is None or row.undone_at is not None:
        raise Conflict("history-not-there", N_("This import is not applied."))
    row.shown = shown
    session().add(row)
    return row
