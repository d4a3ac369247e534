"""Bringing enterprises along: sent as JSON, looked at by the same engine as a spreadsheet, then confirmed."""

from typing import TYPE_CHECKING, Any
from uuid import UUID

from compliance.api.door import Given, bp, operation
from compliance.api.rules import Scope
from compliance.api.shapes import (
    ChangedRow,
    EnterpriseRow,
    Import,
    ImportBody,
    NewRow,
    RefusedRow,
    SuspectedRow,
)
from compliance.enterprises import jobs as _registered  # noqa: F401 - the work that a confirmed import asks for
from compliance.enterprises import store_import_writes, store_imports
from compliance.enterprises.columns import COLUMNS, meaning
from compliance.people.rules import Actor
from compliance.shared import jobs
from compliance.shared.spreadsheets import write_csv
from compliance.shared.translation import gettext as _
from compliance.shared.words import clean

if TYPE_CHECKING:
    from compliance.enterprises.models import RegisterImport

__all__ = ["bp"]

_SHEET_ROW = 2
"""The row of a spreadsheet in which the first enterprise stands."""
_STATUS = {"active": "member"}
_LANGUAGE = {"zh_Hans_CN": "Chinese", "en": "English"}
_SHOWN = 500


@operation("/imports", Scope.imports, "POST", status=201)
def begin_import(caller: Actor, body: ImportBody) -> Import:
    """Send enterprises and get what they would do to the register. Nothing changes before it is confirmed."""
    row = store_imports.take_in(caller, _sheet(body.enterprises), f"{body.name}.csv")
    if store_imports.is_large(row):
        store_imports.look_later(caller, row, _("Reading %(file)s", file=row.file_name)[:200])
    else:
        store_imports.look(caller, row)
    return _given(caller, row)


@operation("/imports/<uuid:import_id>", Scope.imports)
def read_import(caller: Actor, import_id: UUID) -> Import:
    """What becomes of an import that this token began."""
    return _import(caller, store_imports.get(caller, import_id))


@operation("/imports/<uuid:import_id>/confirm", Scope.imports, "POST", status=202, errors=(409,))
def confirm_import(caller: Actor, import_id: UUID) -> Import:
    """Do exactly what was shown, all of it or nothing. If the register has changed so that it would now do something
    else, it fails and nothing is changed.
    """
    row = store_imports.get(caller, import_id)
    store_import_writes.confirm(caller, row, _("Import of %(file)s", file=row.file_name)[:200])
    return _given(caller, row)


def _given(caller: Actor, row: "RegisterImport") -> Any:
    return Given(_import(caller, row), headers={"Location": f"/api/v1/imports/{row.id}"})


def _sheet(rows: list[EnterpriseRow]) -> bytes:
    """The enterprises as the spreadsheet that the engine reads; only with columns in which something stands."""
    used = [name for name in COLUMNS if any(_cell(row, name) != "" for row in rows)]
    return write_csv([COLUMNS[name][0] for name in used], ([_cell(row, name) for name in used] for row in rows))


def _cell(row: EnterpriseRow, name: str) -> str | int:
    value = getattr(row, name)
    if isinstance(value, str):
        value = clean(value)  # a sheet with control characters in it is none
    if name == "status":
        return _STATUS.get(value, value)
    if name == "letter_language":
        return _LANGUAGE.get(value, value)
    return "" if value is None else value


def _import(caller: Actor, row: "RegisterImport") -> Import:
    details, outcome = store_imports.details(row), row.outcome
    state, why = _state(caller, row)
    if unclear := outcome.get("problem"):
        words = unclear["text"]
        state, why = "failed", str(_(words, **unclear["facts"]))
    return Import(
        id=row.id,
        name=row.file_name.removesuffix(".csv"),
        state=state,
        problem=why,
        rows=outcome.get("rows", 0),
        new=outcome.get("new", 0),
        changed=outcome.get("changed", 0),
        unchanged=outcome.get("unchanged", 0),
        refused=outcome.get("refused", 0),
        new_rows=[NewRow(row=one["row"] - _SHEET_ROW, name=one["name"]) for one in details["new"][:_SHOWN]],
        changed_rows=[
            ChangedRow(row=one["row"] - _SHEET_ROW, name=one["name"], facts=list(one["facts"]))
            for one in details["changed"][:_SHOWN]
        ],
        refused_rows=[
            RefusedRow(
                row=one.row - _SHEET_ROW,
                fact=meaning(one.column),
                wrong=str(_(one.wrong, **one.facts)),
                remedy=str(_(one.remedy, **one.facts)),
            )
            for one in store_imports.refusals(row)[:_SHOWN]
        ],
        suspected_rows=[
            SuspectedRow(row=one["row"] - _SHEET_ROW, name=one["name"], enterprise=UUID(one["id"]))
            for one in details["suspected"][:_SHOWN]
        ],
    )


def _state(caller: Actor, row: "RegisterImport") -> tuple[Any, str]:
    if row.undone_at is not None:
        return "taken_back", ""
    if row.applied_at is not None:
        return "done", ""
    kind = "import" if row.plan_digest else "look"
    job = jobs.latest(caller, f"enterprises.{kind}", "import_id", str(row.id))
    if job is not None and job.state is jobs.JobState.failed:
        told = job.result.get("text")
        return "failed", str(_(told, **job.result.get("facts", {}))) if told else job.problem
    if not row.plan_digest:
        return "reading", ""
    return ("working" if row.job_id is not None else "ready"), ""
