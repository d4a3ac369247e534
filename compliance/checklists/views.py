"""Pages of the code of conduct and the checklists: read any version, see what changed, publish the next."""

import io
from functools import lru_cache

from flask import Blueprint, flash, redirect, render_template, request, send_file, url_for
from flask.typing import ResponseReturnValue
from markupsafe import Markup

from compliance.checklists import names, parse, spreadsheet_read, store, workbook
from compliance.checklists.complaints import CATALOGUE, DID_YOU_MEAN, Complaint, Place
from compliance.checklists.differences import FIELDS, PARTS, differences
from compliance.checklists.forms import PublishForm, UploadForm
from compliance.checklists.models import ChecklistVersion
from compliance.checklists.rules import AREAS, Checklist
from compliance.people.gate import actor, allow
from compliance.people.rules import can
from compliance.people.store import people_names
from compliance.shared import files, places, translation
from compliance.shared.problems import Conflict, Problem, Stale
from compliance.shared.translation import gettext as _
from compliance.shared.words import N_

bp = Blueprint("checklists", __name__)

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
SECTIONS = ("code", *AREAS, "laws", "scoring", "all")
_SECTION = f"any({', '.join(SECTIONS)})"


@bp.get("/checklists")
@allow("checklist.read")
def versions() -> ResponseReturnValue:
    """Every published version, newest first."""
    rows = store.versions(actor())
    people = people_names(row.published_by for row in rows)
    return render_template("checklists/versions.html", rows=rows, people=people, may_publish=_may_publish())


@bp.get("/checklists/<int:number>")
@bp.get(f"/checklists/<int:number>/<{_SECTION}:section>")
@allow("checklist.read")
def read(number: int, section: str = "code") -> ResponseReturnValue:
    """One part of a version, or all of it for printing, in one language or both."""
    row = store.version(actor(), number)
    both = request.args.get("text") == "both"
    return render_template(
        "checklists/read.html",
        row=row,
        checklist=store.load(row.digest),
        text=_text(row.digest, number, section, both, translation.current()),
        section=section,
        sections=SECTIONS,
        both=both,
        latest=_is_current(row),
        may_publish=_may_publish(),
    )


@bp.get("/checklists/<int:number>/changes")
@allow("checklist.read")
def changes(number: int) -> ResponseReturnValue:
    """What changed since the version before, or since the one that `since` names."""
    row = store.version(actor(), number)
    since = request.args.get("since", type=int)
    earlier = store.version(actor(), since) if since is not None else store.before(actor(), number)
    found = differences(store.load(earlier.digest), store.load(row.digest)) if earlier else ()
    others = [(other.number, other.number) for other in store.versions(actor()) if other.number != number]
    return render_template(
        "checklists/changes.html", row=row, earlier=earlier, changes=found, others=others, parts=PARTS, fields=FIELDS
    )


@bp.get("/checklists/<int:number>/spreadsheet")
@allow("checklist.read")
def spreadsheet(number: int) -> ResponseReturnValue:
    """The version as a workbook, to read or to edit."""
    row = store.version(actor(), number)
    data = _workbook(row.digest)
    return send_file(
        io.BytesIO(data), mimetype=XLSX, as_attachment=True, download_name=f"checklists-version-{number}.xlsx"
    )


@bp.post("/checklists/<int:number>/again")
@allow("checklist.publish")
def again(number: int) -> ResponseReturnValue:
    """Go back to an earlier version by publishing it once more."""
    row = store.version(actor(), number)
    note = _("Version %(number)s once more", number=number)
    new = store.publish(actor(), store.load(row.digest), note, again=True)
    flash(_("Version %(number)s is published.", number=new.number), "success")
    return redirect(url_for("checklists.read", number=new.number))


@bp.get("/checklists/shipped/spreadsheet")
@allow("checklist.publish")
def shipped_spreadsheet() -> ResponseReturnValue:
    """The shipped checklists as a spreadsheet, to make an association's own first version from."""
    written = workbook.write(_shipped())
    return send_file(io.BytesIO(written), mimetype=XLSX, as_attachment=True, download_name="checklists-shipped.xlsx")


@bp.post("/checklists/shipped")
@allow("checklist.publish")
def publish_shipped() -> ResponseReturnValue:
    """Publish the shipped checklists as they are, as the first version."""
    if store.current_or_none(actor().association_id) is not None:
        raise Conflict("checklist-not-first", N_("A version is published already. Make the next one from it."))
    row = store.publish(actor(), _shipped(), _("The shipped checklists"))
    flash(_("Version %(number)s is published.", number=row.number), "success")
    return redirect(url_for("checklists.read", number=row.number))


@bp.get("/checklists/next")
@allow("checklist.publish")
def upload() -> ResponseReturnValue:
    """How to make the next version, and the form that takes an edited spreadsheet."""
    return _upload_page(UploadForm())


@bp.post("/checklists/next")
@allow("checklist.publish")
def check() -> ResponseReturnValue:
    """Check an edited spreadsheet: everything that is wrong with it, or what it would change."""
    form = UploadForm()
    if not form.validate_on_submit():
        return _upload_page(form), 422
    data = form.file.data.read()
    outcome = _outcome(data, form.file.data.filename or "")
    if outcome.checklist is None:
        return _upload_page(form, [_said(complaint) for complaint in outcome.complaints]), 422
    current = store.current_or_none(actor().association_id)
    same = store.published_before(actor(), outcome.checklist.digest)
    if same is not None:
        flash(_("This content is published already: it is version %(number)s.", number=same.number), "info")
        return redirect(url_for("checklists.read", number=same.number))
    if current is not None and outcome.checklist.code.changed_under_the_same_version(store.load(current.digest).code):
        complaint = Complaint("C318", Place("code", 3, "number"), facts={"value": outcome.checklist.code.version})
        return _upload_page(form, [_said(complaint)]), 422
    kept = files.put(data, XLSX)
    confirm = PublishForm(formdata=None, file=kept.digest, base=current.number if current else 0)
    return _confirm_page(confirm, outcome.checklist, current)


@bp.post("/checklists/publish")
@allow("checklist.publish")
def publish() -> ResponseReturnValue:
    """Publish a spreadsheet that was checked, if nobody else published in the meantime."""
    form = PublishForm()
    current = store.current_or_none(actor().association_id)
    outcome = _outcome(files.get(form.file.data or ""), "")
    if outcome.checklist is None:
        raise Problem("checklist-broken", N_("This file is no sound checklist. Send it again to see what is wrong."))
    if not form.validate_on_submit():
        return _confirm_page(form, outcome.checklist, current), 422
    if (current.number if current else 0) != form.base.data:
        raise Stale(
            "checklist-stale",
            N_(
                "Another version was published in the meantime. Send the spreadsheet again to compare it with that one."
            ),
        )
    try:
        row = store.publish(actor(), outcome.checklist, form.note.data or "")
    except Conflict as problem:
        flash(_(problem.text, **problem.facts), "info")
        return redirect(url_for("checklists.versions"))
    flash(_("Version %(number)s is published.", number=row.number), "success")
    return redirect(url_for("checklists.read", number=row.number))


@lru_cache(maxsize=1)
def _shipped() -> Checklist:
    """The checklists that come with the product; a test proves them sound."""
    outcome = parse.check(store.read_folder(places.checklists_dir()))
    assert outcome.checklist is not None, outcome.complaints
    return outcome.checklist


@lru_cache(maxsize=64)
def _text(digest: str, number: int, section: str, both: bool, language: str) -> Markup:
    """One section as it is printed. A version never changes, so it is composed once for each language."""
    page = render_template(
        "checklists/section.html", checklist=store.load(digest), number=number, section=section, both=both, names=names
    )
    return Markup(page)  # noqa: S704 - our own template has escaped it


@lru_cache(maxsize=4)
def _workbook(digest: str) -> bytes:
    return workbook.write(store.load(digest))


def _outcome(data: bytes, filename: str) -> parse.Outcome:
    try:
        return spreadsheet_read.parse_sheets(workbook.read(data))
    except workbook.NoWorkbook:
        return spreadsheet_read.unreadable(filename)


def _upload_page(form: UploadForm, complaints: list[dict[str, str]] | None = None) -> str:
    current = store.current_or_none(actor().association_id)
    return render_template("checklists/next.html", form=form, current=current, complaints=complaints or [])


def _confirm_page(form: PublishForm, checklist: Checklist, current: ChecklistVersion | None) -> str:
    found = differences(store.load(current.digest), checklist) if current else ()
    return render_template(
        "checklists/confirm.html",
        form=form,
        checklist=checklist,
        current=current,
        changes=found,
        parts=PARTS,
        fields=FIELDS,
    )


def _said(complaint: Complaint) -> dict[str, str]:
    """A complaint in the reader's language."""
    fault, remedy = CATALOGUE[complaint.code]
    facts = {name: _(str(fact)) if name == "part" else fact for name, fact in complaint.facts.items()}
    said = [_(remedy, **facts)]
    if complaint.meant:
        said.append(_(DID_YOU_MEAN, meant=complaint.meant))
    between = "" if translation.current().startswith("zh") else " "
    return {
        "code": complaint.code,
        "sheet": complaint.place.file,
        "row": str(complaint.place.line or "–"),
        "column": complaint.place.column or "–",
        "item": complaint.item,
        "fault": _(fault, **facts),
        "remedy": between.join(said),
    }


def _may_publish() -> bool:
    return can(actor(), "checklist.publish")


def _is_current(row: ChecklistVersion) -> bool:
    return store.current(row.association_id).number == row.number
