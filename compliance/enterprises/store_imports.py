"""Spreadsheets on their way into the register: looked at, shown, and applied exactly as they were shown."""

import json
from collections.abc import Callable, Iterator, Sequence
from dataclasses import asdict, fields
from itertools import islice
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlmodel import col, select

from compliance.enterprises import rules
from compliance.enterprises.columns import COLUMNS, meaning
from compliance.enterprises.importing import Change, Known, New, Plan, Refusal, Register, plan
from compliance.enterprises.models import Enterprise, RegisterImport, RegisterReading, Workplace
from compliance.enterprises.reading import Reading, from_json, labels
from compliance.enterprises.rules import EnterpriseFacts
from compliance.enterprises.store import derived
from compliance.people import store as people
from compliance.people.rules import Actor
from compliance.shared import audit, clock, files, jobs, touched
from compliance.shared.database import session
from compliance.shared.problems import Conflict, NotFound, Problem, Stale
from compliance.shared.spreadsheets import Table, read_rows, sheets
from compliance.shared.words import N_, clean

CHUNK = 1000
_UPPER = 10
"""Rows among which headers are looked for."""
_SHOWN = 500  # examples of new and changed rows that are kept for the page
_CLASSES = frozenset({"sector", "district", "size"})  # by which visits are counted
_FACTS = [fact.name for fact in fields(EnterpriseFacts)]

Progress = Callable[[int, int], None]


@audit.audited("register.looked_at")
def look_at(actor: Actor, data: bytes, filename: str, reading: Reading | None = None) -> RegisterImport:
    """Work out what a file would do and keep the file and the answer. Nothing in the register changes.

    Where nothing is said about the file, sheet, headers and columns are guessed. What is unclear about its columns
    stands in ``outcome`` under ``problem``. Raises ``Problem`` for a file that cannot be read.
    """
    row = RegisterImport(
        association_id=actor.association_id,
        person_id=actor.person_id,
        file_digest=files.put(data, "application/octet-stream").digest,
        file_name=filename[-200:],
        plan_digest="",
        details_digest="",
    )
    _look(actor, row, data, reading or guessed(data, filename))
    session().add(row)
    session().flush()
    return row


@audit.audited("register.looked_at")
def look_again(actor: Actor, row: RegisterImport, reading: Reading) -> RegisterImport:
    """Work it out once more, with the file read in another way.

    Raises ``Problem``, and ``Conflict`` once it is confirmed.
    """
    if row.job_id is not None:
        raise Conflict("import-twice", N_("This import has been confirmed already."))
    _look(actor, row, files.get(row.file_digest), reading)
    session().add(row)
    session().flush()
    return row


def guessed(data: bytes, filename: str) -> Reading:
    """How a file is read if nobody says it: by the first of its upper rows that names the column of the names.

    Raises ``Problem`` for a file that cannot be read.
    """
    table = read_rows(data, filename)
    upper = [(None, table.headers), *zip(table.numbers[:_UPPER], table.rows[:_UPPER], strict=True)]
    for number, cells in upper:
        if any(meaning(cell) == "name" for cell in cells):
            return Reading(header_row=number)
    return Reading()


def reading_of(row: RegisterImport) -> Reading:
    """How the file of an import is read."""
    return from_json(row.reading, COLUMNS)


def _look(actor: Actor, row: RegisterImport, data: bytes, reading: Reading) -> None:
    table = read_rows(data, row.file_name, reading.sheet, reading.header_row)
    problem: dict[str, Any] = {}
    try:
        worked_out = _plan(actor, table, reading)
    except Problem as unclear:
        if unclear.code not in ("import-no-name", "import-twice"):
            raise
        worked_out = Plan((), (), 0, (), ())
        problem = {"problem": {"code": unclear.code, "text": unclear.text, "facts": unclear.facts}}
    row.reading = reading.as_json()
    row.outcome = {**_counts(table, worked_out), **problem}
    row.plan_digest = worked_out.digest
    seen = {"sheets": sheets(data), "columns": _columns(table, reading)}
    row.details_digest = files.put(_details(worked_out, seen), "application/json").digest


def _columns(table: Table, reading: Reading) -> list[dict[str, Any]]:
    """Each column with what it means and some of what stands in it."""
    found = []
    for place, label in enumerate(labels(table.headers)):
        values = (row[place] for row in table.rows if row[place])
        means = reading.columns.get(label, meaning(table.headers[place]))
        found.append({"label": label, "means": means, "seen": list(islice(dict.fromkeys(islice(values, 50)), 3))})
    return found


# --- readings that are kept -------------------------------------------------------------------------------------------


def kept_readings(actor: Actor) -> list[RegisterReading]:
    """The readings that the association keeps, by name."""
    query = select(RegisterReading).where(RegisterReading.association_id == actor.association_id)
    return list(session().exec(query.order_by(col(RegisterReading.name))))


@audit.audited("register.reading_kept")
def keep_reading(actor: Actor, name: str, reading: Reading) -> RegisterReading:
    """Keep a reading under a name, instead of one that had it. Raises ``Problem`` without a name."""
    name = clean(name)[:80]
    if not name:
        raise Problem("reading-name", N_("Give it a name."), field="save_as")
    row = next((one for one in kept_readings(actor) if one.name == name), None)
    row = row or RegisterReading(association_id=actor.association_id, name=name)
    row.reading = reading.as_json()
    session().add(row)
    session().flush()
    return row


@audit.audited("register.reading_dropped")
def drop_reading(actor: Actor, reading_id: UUID) -> RegisterReading:
    """Drop a reading that was kept. Raises ``NotFound``."""
    row = next((one for one in kept_readings(actor) if one.id == reading_id), None)
    if row is None:
        raise NotFound("reading-unknown", N_("There is no such reading."))
    session().delete(row)
    return row


def get(actor: Actor, import_id: UUID) -> RegisterImport:
    """An import that this person began. Raises ``NotFound`` for everybody else."""
    row = session().get(RegisterImport, import_id)
    if row is None or (row.association_id, row.person_id) != (actor.association_id, actor.person_id):
        raise NotFound("import-unknown", N_("There is no such import."))
    return row


def details(row: RegisterImport) -> dict[str, Any]:
    """What the page shows: ``new``, ``changed`` (up to 500 each) and all of ``refused``."""
    found: dict[str, Any] = json.loads(files.get(row.details_digest))
    return found


def refusals(row: RegisterImport) -> list[Refusal]:
    """Every refusal of an import, in the order of the rows."""
    return [Refusal(**refused) for refused in details(row)["refused"]]


def refused_rows(row: RegisterImport) -> tuple[Table, dict[int, list[Refusal]]]:
    """The file once more, and the refusals by row number."""
    by_row: dict[int, list[Refusal]] = {}
    for refusal in refusals(row):
        by_row.setdefault(refusal.row, []).append(refusal)
    return _read(row), by_row


def _read(row: RegisterImport) -> Table:
    reading = reading_of(row)
    return read_rows(files.get(row.file_digest), row.file_name, reading.sheet, reading.header_row)


def confirm(actor: Actor, row: RegisterImport, title: str) -> RegisterImport:
    """Ask for the import to be done in the background. Raises ``Conflict`` the second time."""
    if row.job_id is not None:
        raise Conflict("import-twice", N_("This import has been confirmed already."))
    job = jobs.enqueue("enterprises.import", title, actor, import_id=str(row.id))
    row.job_id = job.id
    return row


def apply(actor: Actor, row: RegisterImport, progress: Progress | None = None) -> dict[str, int]:
    """Do what was shown, all of it or nothing; one line on the audit trail.

    Raises ``Stale`` when the register has changed so that the same file would now do something else.
    """
    if row.applied_at is not None:
        raise Conflict("import-done", N_("This import is done already."))
    table = _read(row)
    worked_out = _plan(actor, table, reading_of(row))
    if worked_out.digest != row.plan_digest:
        raise Stale(
            "import-stale",
            N_("The register has changed since the file was looked at. Nothing was imported; send the file again."),
        )
    total, done = len(worked_out.new) + len(worked_out.changed), 0
    for chunk in _chunks(worked_out.new):
        _insert(actor, chunk)
        done += len(chunk)
        if progress:
            progress(done, total)
    for changes in _chunks(worked_out.changed):
        _update(changes)
        done += len(changes)
        if progress:
            progress(done, total)
    row.applied_at = clock.now()
    counts = _counts(table, worked_out)
    audit.record(actor, "register.imported", row, sha256=row.file_digest, counts=counts)
    return {name: counts[name] for name in ("new", "changed", "unchanged", "refused")}


def _plan(actor: Actor, table: Table, reading: Reading) -> Plan:
    association = people.association(actor)
    today = clock.today(association.time_zone)
    return plan(table, _register(actor), today, association.letter_language, reading=reading)


def _register(actor: Actor) -> Register:
    columns = [col(Enterprise.id), *(getattr(Enterprise, name) for name in _FACTS)]
    query = sa.select(*columns).where(col(Enterprise.association_id) == actor.association_id)
    register = Register()
    for enterprise_id, *values in session().execute(query):
        facts = EnterpriseFacts(**dict(zip(_FACTS, values, strict=True)))
        register.add(Known(enterprise_id, facts, enterprise_id in actor.outside_ids))
    return register


def _insert(actor: Actor, chunk: Sequence[New]) -> None:
    enterprises, workplaces = [], []
    for new in chunk:
        enterprise = Enterprise(association_id=actor.association_id, **asdict(new.facts), **derived(new.facts))
        main = rules.workplace_columns(rules.main_workplace(new.facts))
        workplace = Workplace(association_id=actor.association_id, enterprise_id=enterprise.id, main=True, **main)
        enterprises.append(enterprise.model_dump())
        workplaces.append(workplace.model_dump())
    session().execute(sa.insert(Enterprise), enterprises)
    session().execute(sa.insert(Workplace), workplaces)
    touched.note("membership", (one["id"] for one in enterprises))


def _update(chunk: Sequence[Change]) -> None:
    by_id = {change.id: change for change in chunk}
    revisions: dict[UUID, int] = dict(
        session().exec(select(Enterprise.id, Enterprise.revision).where(col(Enterprise.id).in_(by_id))).all()
    )
    values = [
        {"id": change.id, **asdict(change.after), **derived(change.after), "revision": revisions[change.id] + 1}
        for change in chunk
    ]
    session().execute(sa.update(Enterprise), values)
    touched.note("enterprise", (change.id for change in chunk if _CLASSES & set(change.changed)))
    touched.note("membership", (change.id for change in chunk if "status" in change.changed))
    mains = select(Workplace).where(col(Workplace.enterprise_id).in_(by_id), col(Workplace.main).is_(True))
    for workplace in session().exec(mains).all():
        change = by_id[workplace.enterprise_id]
        moved = rules.followed(change.before, change.after, workplace)
        if moved:
            session().execute(
                sa.update(Workplace)
                .where(col(Workplace.id) == workplace.id)
                .values(**moved, revision=workplace.revision + 1)
                .execution_options(synchronize_session=False)
            )
    session().expire_all()


def _chunks(items: Sequence[Any]) -> Iterator[Sequence[Any]]:
    for start in range(0, len(items), CHUNK):
        yield items[start : start + CHUNK]


def _counts(table: Table, worked_out: Plan) -> dict[str, Any]:
    return {
        "rows": len(table.rows),
        "new": len(worked_out.new),
        "changed": len(worked_out.changed),
        "unchanged": worked_out.unchanged,
        "refused": worked_out.refused_rows,
        "unused": list(worked_out.unused),
    }


def _details(worked_out: Plan, seen: dict[str, Any]) -> bytes:
    def change(one: Change) -> dict[str, Any]:
        moved = {name: [_shown(getattr(one.before, name)), _shown(getattr(one.after, name))] for name in one.changed}
        return {"row": one.row, "name": one.before.name, "facts": moved}

    found = {
        **seen,
        "new": [{"row": one.row, "name": one.facts.name} for one in worked_out.new[:_SHOWN]],
        "changed": [change(one) for one in worked_out.changed[:_SHOWN]],
        "refused": [asdict(one) for one in worked_out.refused],
    }
    return json.dumps(found, ensure_ascii=False, default=str).encode()


def _shown(fact: Any) -> str:
    return "" if fact is None else str(getattr(fact, "value", fact))
