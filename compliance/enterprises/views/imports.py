"""Bringing a spreadsheet into the register: send, look at what it would do, confirm."""

from dataclasses import replace
from typing import Any
from uuid import UUID

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from wtforms.fields.choices import SelectChoice

from compliance.enterprises import jobs as _registered  # noqa: F401 - the work that a confirmed import asks for
from compliance.enterprises import store_import_writes, store_imports
from compliance.enterprises.columns import COLUMNS, meaning
from compliance.enterprises.forms import ImportForm, ReadingForm, complain
from compliance.enterprises.models import RegisterImport
from compliance.enterprises.reading import Reading, as_file, constants_of, from_json, is_id, words_of
from compliance.enterprises.views.register import XLSX, attachment
from compliance.people.gate import actor, allow
from compliance.people.rules import can
from compliance.shared import database, jobs, translation
from compliance.shared.encodings import ENCODINGS
from compliance.shared.problems import Problem
from compliance.shared.spreadsheets import Cell, write_csv, write_xlsx
from compliance.shared.translation import gettext as _

bp = Blueprint("enterprise_imports", __name__, url_prefix="/register/import")

REFUSED_SHOWN = 200


@bp.route("/", methods=["GET", "POST"])
@allow("enterprise.import")
def send() -> ResponseReturnValue:
    """Send a spreadsheet; the next page shows what it would do."""
    form = ImportForm()
    kept = {str(one.id): one for one in store_imports.kept_readings(actor())}
    form.kept.choices = [
        SelectChoice("", _("nothing: guess")),
        *(SelectChoice(id, one.name) for id, one in kept.items()),
    ]
    if form.validate_on_submit():
        upload, chosen = form.file.data, kept.get(form.kept.data or "")
        try:
            reading = from_json(chosen.reading, COLUMNS) if chosen else None
            row = store_imports.take_in(actor(), upload.read(), upload.filename or "", reading)
            _have_looked_at(row)
        except Problem as problem:
            database.session().rollback()
            complain(form, problem)
            if "field" not in problem.facts:
                form.file.errors = [*form.file.errors, *form.form_errors]
                form.form_errors = []
        else:
            return redirect(url_for("enterprise_imports.look", import_id=row.id))
    page = render_template(
        "enterprises/import.html",
        form=form,
        columns=COLUMNS,
        kept=list(kept.values()),
        latest=store_imports.latest(actor()),
    )
    return page, 422 if form.errors else 200


def _have_looked_at(row: RegisterImport) -> None:
    """At once, or in the background where that takes long. Raises ``Problem`` for a file that cannot be read."""
    if store_imports.is_large(row):
        store_imports.look_later(actor(), row, _("Reading %(file)s", file=row.file_name)[:200])
    else:
        store_imports.look(actor(), row)


@bp.post("/readings/<uuid:reading_id>/drop")
@allow("enterprise.import")
def drop(reading_id: UUID) -> ResponseReturnValue:
    """Drop a reading that was kept."""
    store_imports.drop_reading(actor(), reading_id)
    flash(_("Dropped."), "success")
    return redirect(url_for("enterprise_imports.send"))


@bp.get("/template.<any(csv, xlsx):kind>")
@allow("enterprise.import")
def template(kind: str) -> ResponseReturnValue:
    """An empty sheet with the columns that are recognised."""
    headers = [names[1 if translation.current().startswith("zh") else 0] for names in COLUMNS.values()]
    if kind == "csv":
        return attachment(write_csv(headers, []), "text/csv", "enterprises.csv")
    return attachment(write_xlsx(headers, [], _("Register")), XLSX, "enterprises.xlsx")


@bp.get("/<uuid:import_id>")
@allow("enterprise.import")
def look(import_id: UUID) -> ResponseReturnValue:
    """What a spreadsheet would do, or did, and how it was read."""
    return _look(store_imports.get(actor(), import_id))


@bp.post("/<uuid:import_id>/reading")
@allow("enterprise.import")
def read_again(import_id: UUID) -> ResponseReturnValue:
    """Read the file in another way, and keep that under a name if one is given."""
    row = store_imports.get(actor(), import_id)
    form = _reading_form(row, request.form)
    if not form.validate():
        return _look(row, form, 422)
    try:
        reading = _said(row, form)
        store_imports.read_again(actor(), row, reading)
        _have_looked_at(row)
        if form.save_as.data:
            store_imports.keep_reading(actor(), form.save_as.data, reading)
    except Problem as problem:
        if problem.status != 422:
            raise
        database.session().rollback()
        complain(form, problem)
        return _look(store_imports.get(actor(), import_id), form, 422)
    flash(_("The file was read again."), "success")
    return redirect(url_for("enterprise_imports.look", import_id=import_id))


@bp.post("/<uuid:import_id>/suspected")
@allow("enterprise.import")
def suspected(import_id: UUID) -> ResponseReturnValue:
    """Say of rows that may be employers of the register which of its entries they are, or leave them out; without any,
    forget what was said.
    """
    row = store_imports.get(actor(), import_id)
    before = store_imports.reading_of(row)
    said = {
        int(name[4:]): request.form.getlist(name)
        for name in request.form
        if name.startswith("row.") and name[4:].isdecimal() and len(name) < 11
    }
    same = {str(line): next(filter(is_id, words)) for line, words in said.items() if any(map(is_id, words))}
    out = {line for line, words in said.items() if "out" in words and str(line) not in same}
    reading = replace(before, left_out=(), same_as={})
    if said:
        reading = replace(before, left_out=tuple(sorted({*before.left_out, *out})), same_as={**before.same_as, **same})
    store_imports.read_again(actor(), row, reading)
    _have_looked_at(row)
    flash(
        _("Left out: %(out)s. Taken for entries of the register: %(same)s.", out=len(out), same=len(same))
        if said
        else _("All rows are taken in as they stand in the file."),
        "success",
    )
    return redirect(url_for("enterprise_imports.look", import_id=import_id))


@bp.get("/<uuid:import_id>/reading.yaml")
@allow("enterprise.import")
def reading_file(import_id: UUID) -> ResponseReturnValue:
    """How the file is read, for ``compliance enterprises import --map``."""
    row = store_imports.get(actor(), import_id)
    return attachment(as_file(store_imports.reading_of(row)), "application/yaml", "reading.yaml")


def _said(row: RegisterImport, form: ReadingForm) -> Reading:
    """The reading that the page's fields say. Raises ``Problem`` with the field."""
    shown = list(enumerate(store_imports.details(row)["columns"]))
    split = {one["label"]: request.form.get(f"split.{place}", "") for place, one in shown}
    raw: dict[str, Any] = {
        "columns": {one["label"]: request.form.get(f"column.{place}", "") for place, one in shown},
        "split": {label: at for label, at in split.items() if at},
        "dates": form.dates.data,
    }
    before = store_imports.reading_of(row)
    raw |= {"left_out": list(before.left_out), "same_as": dict(before.same_as)}
    for name in ("encoding", "separator", "sheet", "header_row"):
        if form[name].data:
            raw[name] = form[name].data
    for name, lines in (("constants", constants_of), ("words", words_of)):
        try:
            said: dict[str, Any] = lines(form[name].data or "")
            raw[name] = {meaning(fact) or fact: means for fact, means in said.items()}  # by the names on the page, too
            from_json({name: raw[name]}, COLUMNS)
        except Problem as problem:
            raise Problem(problem.code, problem.text, **{**problem.facts, "field": name}) from None
    return from_json(raw, COLUMNS)


def _heading(fact: str) -> str:
    """What a fact is called in the reader's language."""
    return COLUMNS[fact][1 if translation.current().startswith("zh") else 0]


def _reading_form(row: RegisterImport, sent: Any = None) -> ReadingForm:
    reading = store_imports.reading_of(row)
    form = ReadingForm(
        formdata=sent,
        data={
            "encoding": reading.encoding or "",
            "separator": reading.separator or "",
            "sheet": reading.sheet or "",
            "header_row": reading.header_row,
            "dates": reading.dates.value,
            "constants": "\n".join(f"{_heading(fact)} = {means}" for fact, means in reading.constants.items()),
            "words": "\n".join(
                f"{_heading(fact)}: {word} = {means}"
                for fact, words in reading.words.items()
                for word, means in words.items()
            ),
        },
    )
    details = store_imports.details(row)
    form.sheet.choices = [SelectChoice(one, one) for one in details["sheets"]]
    separators = {",": _("comma"), ";": _("semicolon"), "\t": _("tab")}
    for field, names in ((form.encoding, ENCODINGS), (form.separator, separators)):
        found = names.get((details["form"] or {}).get(field.name, ""), "")
        guess = _("found out: %(found)s", found=found) if found else _("found out")
        field.choices = [SelectChoice("", guess), *(SelectChoice(name, words) for name, words in names.items())]
    return form


def _look(row: RegisterImport, form: ReadingForm | None = None, status: int = 200) -> ResponseReturnValue:
    job = _running(row)
    page = render_template(
        "enterprises/import_look.html",
        row=row,
        job=job,
        progress=jobs.progress_of(job.id) if job else None,
        form=form or _reading_form(row),
        details=store_imports.details(row),
        headings={fact: _heading(fact) for fact in COLUMNS},
        most=REFUSED_SHOWN,
        nothing=not (row.outcome.get("new") or row.outcome.get("changed")),
        left_out=store_imports.reading_of(row).left_out,
        same_as=store_imports.reading_of(row).same_as,
        may_undo=can(actor(), "enterprise.import_undo") and store_import_writes.can_be_undone(row),
    )
    return page, status


def _running(row: RegisterImport) -> jobs.Job | None:
    """The work in the background that this import waits for or that failed last: looking, applying, taking back."""
    kind = "look" if not row.plan_digest else "undo_import" if row.applied_at else "import"
    job = jobs.latest(actor(), f"enterprises.{kind}", "import_id", str(row.id))
    return job if job and job.state is not jobs.JobState.done else None


@bp.post("/<uuid:import_id>/confirm")
@allow("enterprise.import")
def confirm(import_id: UUID) -> ResponseReturnValue:
    """Do exactly what was shown, in the background."""
    row = store_imports.get(actor(), import_id)
    store_import_writes.confirm(actor(), row, _("Import of %(file)s", file=row.file_name)[:200])
    flash(_("The import has begun. This page shows when it is done."), "success")
    return redirect(url_for("enterprise_imports.look", import_id=row.id))


@bp.post("/<uuid:import_id>/undo")
@allow("enterprise.import_undo")
def undo(import_id: UUID) -> ResponseReturnValue:
    """Take an import back, in the background."""
    row = store_imports.get(actor(), import_id)
    store_import_writes.undo_later(actor(), row, _("Taking back %(file)s", file=row.file_name)[:200])
    flash(_("The import is being taken back. This page shows when it is done."), "success")
    return redirect(url_for("enterprise_imports.look", import_id=row.id))


@bp.get("/<uuid:import_id>/refused.<any(csv, xlsx):kind>")
@allow("enterprise.import")
def refused(import_id: UUID, kind: str) -> ResponseReturnValue:
    """The refused rows as they were sent, with the reasons, to be corrected and sent again."""
    row = store_imports.get(actor(), import_id)
    table, by_row = store_imports.refused_rows(row)
    headers = [*table.headers, _("Row"), _("What is wrong"), _("What to do")]
    lines: list[list[Cell]] = []
    for number, cells in zip(table.numbers, table.rows, strict=True):
        if found := by_row.get(number):
            wrong = " ".join(f"{one.column}: {_(one.wrong, **one.facts)}" for one in found)
            lines.append([*cells, number, wrong, " ".join(dict.fromkeys(_(one.remedy, **one.facts) for one in found))])
    if kind == "csv":
        return attachment(write_csv(headers, lines), "text/csv", "refused.csv")
    return attachment(write_xlsx(headers, lines, _("Refused rows")), XLSX, "refused.xlsx")
