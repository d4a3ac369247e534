"""Bringing past visits along: send the files, look at what they would bring, confirm."""

from typing import Any
from uuid import UUID

from flask import Response, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from wtforms.fields.choices import SelectChoice

from compliance.history import jobs as _registered  # noqa: F401 - the work that a confirmed import asks for
from compliance.history import mapping as mappings
from compliance.history import reading_forms, store_imports
from compliance.history.facts import FACT_WORDS
from compliance.history.forms import MappingForm, SendForm, complain
from compliance.history.mapping import HistoryMapping
from compliance.history.models import HistoryImport
from compliance.history.rules import Sort
from compliance.history.views.past import bp
from compliance.people.gate import actor, allow
from compliance.shared import database, jobs
from compliance.shared.problems import Problem
from compliance.shared.spreadsheets import Cell, write_csv, write_xlsx
from compliance.shared.translation import gettext as _
from compliance.shared.words import N_

Page = tuple[reading_forms.ReadForm, list[reading_forms.FilePart]]

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
MOST = 200
"""Rows of each sort that the page shows; the download has all."""
SORT_WORDS = {
    Sort.refused: N_("Refused rows"),
    Sort.alone: N_("Rows without a partner"),
    Sort.repeated: N_("Repeated keys"),
    Sort.noted: N_("Rows to look at"),
}


@bp.route("/import/", methods=["GET", "POST"])
@allow("history.import")
def send() -> ResponseReturnValue:
    """Send files; the next page shows what they would bring along."""
    form = SendForm()
    kept = {str(one.id): one for one in store_imports.kept_maps(actor())}
    form.kept.choices = [
        SelectChoice("", _("none: guess")),
        *(SelectChoice(id, one.name) for id, one in kept.items()),
    ]
    if form.validate_on_submit():
        uploads = [(one.filename or "", one.read()) for one in form.files.data if one and one.filename]
        try:
            chosen = kept.get(form.kept.data or "")
            row = store_imports.look_at(actor(), uploads, _said(form, chosen.mapping if chosen else None))
            if form.source.data and row.source == store_imports.UNKNOWN_SOURCE:
                said = mappings.from_json({**row.mapping, "source": form.source.data})
                store_imports.look_again(actor(), row, said)
        except Problem as problem:
            database.session().rollback()
            complain(form, problem)
        else:
            return redirect(url_for("past.look", import_id=row.id))
    page = render_template("history/send.html", form=form, kept=list(kept.values()))
    return page, 422 if form.errors else 200


def _said(form: SendForm, kept: dict[str, Any] | None) -> HistoryMapping | None:
    """The mapping that was sent or chosen. Raises ``Problem``."""
    if form.map_file.data:
        try:
            return mappings.from_file(form.map_file.data.read(mappings.MOST_BYTES))
        except Problem as problem:
            raise Problem(problem.code, problem.text, **{**problem.facts, "field": "map_file"}) from None
    return mappings.from_json(kept) if kept else None


@bp.post("/maps/<uuid:map_id>/drop")
@allow("history.import")
def drop(map_id: UUID) -> ResponseReturnValue:
    """Drop a mapping that is kept."""
    store_imports.drop_map(actor(), map_id)
    flash(_("Dropped."), "success")
    return redirect(url_for("past.send"))


@bp.get("/import/<uuid:import_id>")
@allow("history.import")
def look(import_id: UUID) -> ResponseReturnValue:
    """What the files would bring along, or did, and how they are read."""
    return _look(store_imports.own(actor(), import_id))


@bp.post("/import/<uuid:import_id>/mapping")
@allow("history.import")
def read_again(import_id: UUID) -> ResponseReturnValue:
    """Read the files with another mapping, and keep that under a name if one is given."""
    row = store_imports.own(actor(), import_id)
    form = MappingForm()
    if not form.validate():
        return _look(row, form, status=422)
    try:
        mapping = mappings.from_file((form.mapping.data or "").encode())
        store_imports.look_again(actor(), row, mapping)
        if form.save_as.data:
            store_imports.keep_map(actor(), form.save_as.data, mapping)
    except Problem as problem:
        if problem.status != 422:
            raise
        database.session().rollback()
        complain(form, problem)
        return _look(store_imports.own(actor(), import_id), form, status=422)
    flash(_("The files were read again."), "success")
    return redirect(url_for("past.look", import_id=import_id))


@bp.post("/import/<uuid:import_id>/files")
@allow("history.import")
def read_files(import_id: UUID) -> ResponseReturnValue:
    """Read the files as the page says it, and keep that under a name if one is given."""
    row = store_imports.own(actor(), import_id)
    before = store_imports.mapping_of(row)
    form, parts = _page_of(row, request.form)
    if not reading_forms.validate(form, parts):
        return _look(row, said_on_page=(form, parts), status=422)
    try:
        mapping = reading_forms.said(before, form, parts)
        mapping = store_imports.with_headings(row, mapping, reading_forms.turned_over(before, mapping))
        store_imports.look_again(actor(), row, mapping)
        if form.save_as.data:
            store_imports.keep_map(actor(), form.save_as.data, mapping)
    except Problem as problem:
        if problem.status != 422:
            raise
        database.session().rollback()
        reading_forms.complain(form, parts, problem)
        return _look(store_imports.own(actor(), import_id), said_on_page=(form, parts), status=422)
    flash(_("The files were read again."), "success")
    return redirect(url_for("past.look", import_id=import_id))


@bp.get("/import/<uuid:import_id>/mapping.yaml")
@allow("history.import")
def mapping_file(import_id: UUID) -> ResponseReturnValue:
    """The mapping, for ``compliance history import --map``."""
    row = store_imports.own(actor(), import_id)
    return _attachment(mappings.as_file(store_imports.mapping_of(row)).encode(), "application/yaml", "mapping.yaml")


@bp.post("/import/<uuid:import_id>/confirm")
@allow("history.import")
def confirm(import_id: UUID) -> ResponseReturnValue:
    """Do exactly what was shown, in the background."""
    row = store_imports.own(actor(), import_id)
    store_imports.confirm(actor(), row, _("Past visits: %(source)s", source=row.source)[:200])
    flash(_("The import has begun. This page shows when it is done."), "success")
    return redirect(url_for("past.look", import_id=row.id))


@bp.get("/import/<uuid:import_id>/rows.<any(csv, xlsx):kind>")
@allow("history.import")
def rows(import_id: UUID, kind: str) -> ResponseReturnValue:
    """Every row of which something is said, with the reason and its cells."""
    row = store_imports.own(actor(), import_id)
    heads = [_("What"), _("File"), _("Row"), _("Column"), _("What was read"), _("What is wrong"), _("What to do")]
    lines: list[list[Cell]] = [
        [
            _(SORT_WORDS[one.sort]), one.file, one.row, one.column, one.read, _(one.wrong, **one.facts),
            _(one.remedy, **one.facts), *cells,
        ]
        for one, cells in store_imports.rows_said(row)
    ]  # fmt: skip
    width = max((len(line) for line in lines), default=len(heads))
    heads += [_("Cell %(number)d", number=number) for number in range(1, width - len(heads) + 1)]
    lines = [line + [""] * (width - len(line)) for line in lines]
    if kind == "csv":
        return _attachment(write_csv(heads, lines), "text/csv", "rows.csv")
    return _attachment(write_xlsx(heads, lines, _("Rows")), XLSX, "rows.xlsx")


def _attachment(data: bytes, media_type: str, name: str) -> Response:
    return Response(data, mimetype=media_type, headers={"Content-Disposition": f'attachment; filename="{name}"'})


def _page_of(row: HistoryImport, sent: Any = None) -> Page:
    mapping, seen = store_imports.mapping_of(row), store_imports.details(row)["files"]
    form = reading_forms.read_form(mapping, store_imports.UNKNOWN_SOURCE, sent)
    return form, reading_forms.file_parts(mapping, seen, sent)


def _look(
    row: HistoryImport, form: MappingForm | None = None, said_on_page: Page | None = None, status: int = 200
) -> ResponseReturnValue:
    text = mappings.as_file(store_imports.mapping_of(row))
    said: dict[Sort, list[Any]] = {sort: [] for sort in Sort}
    for one in store_imports.issues(row):
        said[one.sort].append(one)
    on_page, parts = said_on_page or _page_of(row)
    page = render_template(
        "history/look.html",
        row=row,
        job=jobs.get(actor(), row.job_id) if row.job_id else None,
        problem=_problem(row),
        on_page=on_page,
        parts=parts,
        form=form or MappingForm(formdata=None, mapping=text),
        as_text=form is not None,
        said={sort: found for sort, found in said.items() if found},
        words=SORT_WORDS,
        most=MOST,
        nothing=not any(row.outcome[name] for name in ("places", "visits", "findings")),
    )
    return page, status


def _problem(row: HistoryImport) -> str:
    """What is unclear about the mapping, with facts called as the page calls them."""
    found = row.outcome.get("problem")
    if not found:
        return ""
    words, facts = found["text"], dict(found["facts"])
    if facts.get("fact") in FACT_WORDS:
        facts["fact"] = reading_forms.fact_words(facts["fact"])
    return _(words, **facts)
