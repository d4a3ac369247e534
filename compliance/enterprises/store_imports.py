"""Spreadsheets on their way into the register: looked at and shown; what is read in which way, kept by name."""

import json
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import asdict
from itertools import islice
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlmodel import col, select

from compliance.enterprises import likeness, store_merging
from compliance.enterprises.columns import COLUMNS, Layout, layout, meaning
from compliance.enterprises.importing import FACTS, SHOWN, Change, New, Plan, Refusal, Register, Verdict, plan, walk
from compliance.enterprises.likeness import Entry
from compliance.enterprises.models import Enterprise, RegisterImport, RegisterReading
from compliance.enterprises.reading import Reading, for_any_file, from_json, labels, parts_of, taken_apart
from compliance.enterprises.rules import EnterpriseFacts, Status
from compliance.people import store as people
from compliance.people.rules import Actor, can
from compliance.shared import audit, clock, files, jobs
from compliance.shared.database import session
from compliance.shared.problems import Conflict, NotFound, Problem
from compliance.shared.spreadsheets import Table, form_of, read_rows, sheets, upper_rows
from compliance.shared.words import N_, clean

AT_ONCE = 2**20
"""Bytes of a file that is looked at while somebody waits; a larger one in the background."""
COMPARED = 20_000
"""New rows of a file that are compared with the register; of a longer file the register's own page tells it later."""
LATEST = 20
"""Imports that are listed."""
_SAID = frozenset({"import-no-name", "import-twice", "sheet-encoding"})
"""What is wrong with a file until somebody says how it is read."""
_UPPER = 10
"""Rows among which headers are looked for."""
_SEEN = 200
"""Rows of which a column shows what stands in it."""

Progress = Callable[[int, int], None]


@audit.audited("register.looked_at")
def take_in(actor: Actor, data: bytes, filename: str, reading: Reading | None = None) -> RegisterImport:
    """Keep a file, to be looked at. Where nothing is said about it, sheet, headers and columns will be guessed."""
    row = RegisterImport(
        association_id=actor.association_id,
        person_id=actor.person_id,
        program_id=actor.program_id,
        file_digest=files.put(data, "application/octet-stream").digest,
        file_name=filename[-200:],
        reading=reading.as_json() if reading else {},
        plan_digest="",
        details_digest="",
    )
    session().add(row)
    session().flush()
    return row


def look_at(actor: Actor, data: bytes, filename: str, reading: Reading | None = None) -> RegisterImport:
    """Keep a file and what it would do; nothing in the register changes.

    What is unclear about its columns stands in ``outcome`` under ``problem``. Raises ``Problem`` for a file that
    cannot be read.
    """
    return look(actor, take_in(actor, data, filename, reading))


def look(actor: Actor, row: RegisterImport) -> RegisterImport:
    """Work out what a file does that was taken in. Raises ``Problem`` for one that cannot be read. (caller audits)"""
    return keep_look(row, looked(actor, row))


def look_later(actor: Actor, row: RegisterImport, title: str) -> None:
    """Have a file looked at in the background. (caller audits)"""
    row.outcome, row.plan_digest, row.details_digest = {}, "", ""
    session().add(row)
    jobs.enqueue("enterprises.look", title, actor, import_id=str(row.id))


@audit.audited("register.looked_at")
def read_again(actor: Actor, row: RegisterImport, reading: Reading) -> RegisterImport:
    """From now on the file is read in another way; it has to be looked at once more.

    Raises ``Conflict`` once it is confirmed.
    """
    if row.job_id is not None:
        raise Conflict("import-twice", N_("This import has been confirmed already."))
    row.reading = reading.as_json()
    session().add(row)
    return row


def is_large(row: RegisterImport) -> bool:
    """Whether looking at the file takes longer than somebody waits."""
    return files.size(row.file_digest) > AT_ONCE


def guessed(data: bytes, filename: str) -> Reading:
    """How a file is read if nobody says it: by the first of its upper rows that names the column of the names.

    Raises ``Problem`` for a file that cannot be read.
    """
    for place, (number, cells) in enumerate(upper_rows(data, filename, _UPPER)):
        if any(meaning(cell) == "name" for cell in cells):
            return Reading(header_row=number if place else None)
    return Reading()


def reading_of(row: RegisterImport) -> Reading:
    """How the file of an import is read."""
    return from_json(row.reading, COLUMNS)


def looked(actor: Actor, row: RegisterImport, progress: Progress | None = None) -> dict[str, Any]:
    """What a file does, as the columns of its row: ``reading``, ``outcome``, ``plan_digest``, ``details_digest``.

    It reads alone, so that nobody waits for it. Raises ``Problem`` for a file that cannot be read.
    """
    data = files.get(row.file_digest)
    problem: dict[str, Any] = {}
    unused: tuple[str, ...] = ()
    reading, table = reading_of(row), Table([], [], [])
    try:
        reading = reading if row.reading else guessed(data, row.file_name)
        table = read_rows(data, row.file_name, reading.sheet, reading.header_row, reading.form)
        table = taken_apart(table, reading.split)
        columns = layout(table.headers, reading)
        unused = columns.unused
        coming: list[Entry] = []
        worked_out = plan(_new_ones_into(coming, verdicts(actor, table, columns, reading, progress)))
        suspected = _suspected(actor, coming)
    except Problem as unclear:
        if unclear.code not in _SAID:
            raise
        worked_out, suspected = plan(()), []
        problem = {"problem": {"code": unclear.code, "text": unclear.text, "facts": unclear.facts}}
    numbers = {**counts(len(table.rows), worked_out), "suspected": len({one["row"] for one in suspected})}
    seen = {
        "suspected": suspected[:SHOWN],
        "sheets": sheets(data),
        "form": _form(data),
        "columns": _columns(table, reading),
    }
    return {
        "reading": reading.as_json(),
        "outcome": {**numbers, "unused": list(unused), **problem},
        "plan_digest": worked_out.digest,
        "details_digest": files.put(_details(worked_out, seen), "application/json").digest,
    }


def _new_ones_into(coming: list[Entry], found: Iterable[Verdict]) -> Iterator[Verdict]:
    for verdict in found:
        if isinstance(verdict, New) and len(coming) <= COMPARED:
            facts = verdict.facts
            coming.append(
                Entry(verdict.row, facts.name, facts.name_other, facts.credit_code, facts.address, facts.contact_phone)
            )
        yield verdict


def _suspected(actor: Actor, coming: Sequence[Entry]) -> list[dict[str, Any]]:
    """New rows that may be employers of the register already, the likeliest first; none for a file of too many."""
    if not coming or len(coming) > COMPARED:
        return []
    columns = (Enterprise.id, Enterprise.name, Enterprise.name_other, Enterprise.credit_code, Enterprise.address)
    query = sa.select(*map(col, columns), col(Enterprise.contact_phone))
    known = {
        row.id: Entry(*row)
        for row in session().execute(
            query.where(col(Enterprise.association_id) == actor.association_id, col(Enterprise.status) != Status.merged)
        )
    }
    names = {entry.id: entry.name for entry in coming}
    return [
        {
            "row": one.second,
            "name": names[one.second],
            "id": str(one.first),
            "known": known[one.first].name,
            "address": known[one.first].address,
            "score": one.score,
            "reasons": [[reason.text, reason.facts] for reason in one.reasons],
        }
        for one in likeness.between(list(known.values()), coming)
    ]


def keep_look(row: RegisterImport, found: Mapping[str, Any]) -> RegisterImport:
    """Keep what was found about a file. (caller audits)"""
    for name, value in found.items():
        setattr(row, name, value)
    session().add(row)
    session().flush()
    return row


def verdicts(
    actor: Actor, table: Table, columns: Layout, reading: Reading, progress: Progress | None = None
) -> Iterator[Verdict]:
    """What becomes of each row of a table if it is imported now."""
    association = people.association(actor)
    today = clock.today(association.time_zone)
    total = len(table.rows)
    return walk(
        table,
        columns,
        _register(actor, "address" in columns.places, [UUID(id) for id in reading.same_as.values()]),
        today,
        association.letter_language,
        (lambda done: progress(done, total)) if progress else None,
        reading,
    )


def _form(data: bytes) -> dict[str, str] | None:
    """Encoding and separator of a CSV file as they are found out, empty where they are not; None for a workbook."""
    try:
        form = form_of(data)
    except Problem:
        return {"encoding": "", "separator": ""}  # somebody has to say them
    return {"encoding": form.encoding or "", "separator": form.separator or ""} if form else None


def _columns(table: Table, reading: Reading) -> list[dict[str, Any]]:
    """Each column with what it means and some of what stands in it; parts behind what they are parts of."""
    found: dict[str, dict[str, Any]] = {}
    some = table.rows[:_SEEN]
    for place, label in enumerate(labels(table.headers)):
        values = (row[place] for row in some if row[place])
        means = reading.columns.get(label, "" if label in reading.split else meaning(table.headers[place]))
        seen = list(islice(dict.fromkeys(islice(values, 50)), 3))
        found[label] = {"label": label, "means": means, "split": reading.split.get(label, ""), "seen": seen}
    parts = {part for label in reading.split for part in parts_of(label)}
    for label in parts & found.keys():
        found[label]["split"] = None  # a part is not taken apart
    behind = {label: [found[part] for part in parts_of(label) if part in found] for label in reading.split}
    return [one for label in found if label not in parts for one in (found[label], *behind.get(label, []))]


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
    row.reading = for_any_file(reading).as_json()
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
    """An import that this person or program began, or may undo. Raises ``NotFound`` for everybody else."""
    row = session().get(RegisterImport, import_id)
    if row is None or row.association_id != actor.association_id or not _may_see(actor, row):
        raise NotFound("import-unknown", N_("There is no such import."))
    return row


def latest(actor: Actor) -> list[RegisterImport]:
    """The newest imports that this person may see, the newest first."""
    query = select(RegisterImport).where(RegisterImport.association_id == actor.association_id)
    if not can(actor, "enterprise.import_undo"):
        query = query.where(RegisterImport.person_id == actor.person_id)
    return list(session().exec(query.order_by(col(RegisterImport.created_at).desc()).limit(LATEST)))


def _may_see(actor: Actor, row: RegisterImport) -> bool:
    theirs = (row.person_id, row.program_id) == (actor.person_id, actor.program_id)
    return theirs or can(actor, "enterprise.import_undo")


def details(row: RegisterImport) -> dict[str, Any]:
    """What the page shows: ``sheets``, ``form``, ``columns``, ``suspected``, ``new``, ``changed`` (up to 500 each), all
    of ``refused``; nothing before the file was looked at.
    """
    if not row.details_digest:
        return {"sheets": [], "form": None, "columns": [], "new": [], "changed": [], "refused": [], "suspected": []}
    found: dict[str, Any] = {"suspected": [], "form": None, **json.loads(files.get(row.details_digest))}
    return found


def refusals(row: RegisterImport) -> list[Refusal]:
    """Every refusal of an import, in the order of the rows."""
    return [Refusal(**refused) for refused in details(row)["refused"]]


def refused_rows(row: RegisterImport) -> tuple[Table, dict[int, list[Refusal]]]:
    """The file once more, and the refusals by row number."""
    by_row: dict[int, list[Refusal]] = {}
    for refusal in refusals(row):
        by_row.setdefault(refusal.row, []).append(refusal)
    reading = reading_of(row)
    data = files.get(row.file_digest)
    return read_rows(data, row.file_name, reading.sheet, reading.header_row, reading.form), by_row


def table_of(row: RegisterImport) -> tuple[Table, Layout]:
    """The rows of the file of an import, its columns taken apart, and what they mean."""
    reading = reading_of(row)
    data = files.get(row.file_digest)
    table = read_rows(data, row.file_name, reading.sheet, reading.header_row, reading.form)
    table = taken_apart(table, reading.split)
    return table, layout(table.headers, reading)


def _register(actor: Actor, with_addresses: bool, named: Collection[UUID]) -> Register:
    table = sa.inspect(Enterprise).local_table
    register = Register(_facts_of, with_addresses, named)
    went_to = store_merging.kept_names(actor)
    query = sa.select(table.c.id, table.c.name, table.c.address, table.c.credit_code)
    for id, name, address, code in session().execute(query.where(table.c.association_id == actor.association_id)):
        register.add(id, name, address, code, id in actor.outside_ids, went_to.get(id, ""))
    return register


def _facts_of(ids: Collection[UUID]) -> dict[UUID, EnterpriseFacts]:
    query = sa.select(col(Enterprise.id), *(getattr(Enterprise, name) for name in FACTS))
    found = session().execute(query.where(col(Enterprise.id).in_(ids)))
    return {id: EnterpriseFacts(**dict(zip(FACTS, values, strict=True))) for id, *values in found}


def counts(rows: int, worked_out: Plan) -> dict[str, Any]:
    """How many rows there are, and what becomes of them."""
    return {
        "rows": rows,
        "new": worked_out.new_rows,
        "changed": worked_out.changed_rows,
        "unchanged": worked_out.unchanged,
        "refused": worked_out.refused_rows,
    }


def _details(worked_out: Plan, seen: dict[str, Any]) -> bytes:
    def change(one: Change) -> dict[str, Any]:
        moved = {name: [_shown(getattr(one.before, name)), _shown(getattr(one.after, name))] for name in one.changed}
        return {"row": one.row, "name": one.before.name, "facts": moved}

    found = {
        **seen,
        "new": [{"row": one.row, "name": one.facts.name} for one in worked_out.new],
        "changed": [change(one) for one in worked_out.changed],
        "refused": [asdict(one) for one in worked_out.refused],
    }
    return json.dumps(found, ensure_ascii=False, default=str).encode()


def _shown(fact: Any) -> str:
    return "" if fact is None else str(getattr(fact, "value", fact))
