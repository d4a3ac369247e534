"""Bringing a spreadsheet into the register: send, look at what it would do, confirm."""

from uuid import UUID

from flask import Blueprint, flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue

from compliance.enterprises import jobs as _registered  # noqa: F401 - the work that a confirmed import asks for
from compliance.enterprises import store_imports
from compliance.enterprises.columns import COLUMNS
from compliance.enterprises.forms import ImportForm, complain
from compliance.enterprises.views.register import XLSX, attachment
from compliance.people.gate import actor, allow
from compliance.shared import database, jobs, translation
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
    if form.validate_on_submit():
        upload = form.file.data
        try:
            row = store_imports.look_at(actor(), upload.read(), upload.filename or "")
        except Problem as problem:
            database.session().rollback()
            complain(form, problem)
            if "field" not in problem.facts:
                form.file.errors = [*form.file.errors, *form.form_errors]
                form.form_errors = []
        else:
            return redirect(url_for("enterprise_imports.look", import_id=row.id))
    page = render_template("enterprises/import.html", form=form, columns=COLUMNS)
    return page, 422 if form.errors else 200


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
    """What a spreadsheet would do, or did."""
    row = store_imports.get(actor(), import_id)
    job = jobs.get(actor(), row.job_id) if row.job_id else None
    return render_template(
        "enterprises/import_look.html",
        row=row,
        job=job,
        details=store_imports.details(row),
        headings={field: names[1 if translation.current().startswith("zh") else 0] for field, names in COLUMNS.items()},
        most=REFUSED_SHOWN,
        nothing=not (row.outcome["new"] or row.outcome["changed"]),
    )


@bp.post("/<uuid:import_id>/confirm")
@allow("enterprise.import")
def confirm(import_id: UUID) -> ResponseReturnValue:
    """Do exactly what was shown, in the background."""
    row = store_imports.get(actor(), import_id)
    store_imports.confirm(actor(), row, _("Import of %(file)s", file=row.file_name)[:200])
    flash(_("The import has begun. This page shows when it is done."), "success")
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
