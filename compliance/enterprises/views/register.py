"""The register's own pages: the list, one enterprise, its workplaces and pledges."""

import io
from dataclasses import replace
from datetime import date
from typing import Any
from uuid import UUID

from flask import Blueprint, flash, redirect, render_template, request, send_file, url_for
from flask.typing import ResponseReturnValue

from compliance.enterprises import classes, rules, store, store_lists, store_merging
from compliance.enterprises.classes import Size
from compliance.enterprises.columns import COLUMNS
from compliance.enterprises.forms import (
    LANGUAGE_WORDS,
    SIZE_WORDS,
    STATUS_WORDS,
    EnterpriseForm,
    WithdrawForm,
    WorkplaceForm,
    complain,
    district_choices,
)
from compliance.enterprises.models import Enterprise, Workplace
from compliance.enterprises.rules import Status
from compliance.enterprises.store_lists import Filters
from compliance.people import store as people
from compliance.people.gate import actor, allow
from compliance.people.rules import can, sees_inside, sees_outside
from compliance.shared import clock, database, downloads, files, tongues, translation
from compliance.shared.problems import Conflict, Problem
from compliance.shared.translation import gettext as _
from compliance.shared.words import N_

bp = Blueprint("enterprises", __name__, url_prefix="/register")

XLSX = downloads.XLSX
# The pages of higher floors that an enterprise's page leads to: from inside, and from outside.
INSIDE, OUTSIDE, HEADQUARTERS = "history.enterprise", "own.enterprise", "headquarters.of"
TIMELINE, LIFE, PLEDGES = "timeline.of", "life.of", "code_sendings.overview"
PAST, IMPORTED = "past.of", "past.listed"
MERGING = "merging.choose"


@bp.get("/")
@allow("enterprise.read")
def register() -> ResponseReturnValue:
    """The list: search, filters, sorting, pages."""
    text, filters, sort = _asked()
    page = request.args.get("page", 1, type=int) or 1
    found = store.search(actor(), text, filters, sort, page)
    narrowed = bool(text or filters.few)
    if not (found.rows or narrowed):  # nobody in the register, or no member any more
        narrowed = bool(store.search(actor(), per_page=1).rows)
    return render_template(
        "enterprises/register.html",
        found=found,
        text=text,
        filters=filters,
        sort=sort,
        most=store_lists.MOST_FOUND,
        sectors=_sector_choices(),
        districts=_district_choices(),
        narrowed=narrowed,
        may_edit=can(actor(), "enterprise.edit"),
        pledges_at=PLEDGES if can(actor(), "code.follow") else None,
        imported_at=IMPORTED if can(actor(), "history.read") else None,
        **words_of_facts(),
    )


@bp.get("/download.<any(csv, xlsx):kind>")
@allow("enterprise.read")
def download(kind: str) -> ResponseReturnValue:
    """The list as it is filtered, all pages of it, in columns that an import recognises."""
    text, filters, sort = _asked()
    chinese = translation.current().startswith("zh")
    headers = [names[int(chinese)] for names in COLUMNS.values()]
    rows = (_line(row, chinese) for row in store_lists.every(actor(), text, filters, sort))
    return downloads.listed(actor(), kind, _("register"), headers, rows, _("Register"))


@bp.route("/new", methods=["GET", "POST"])
@allow("enterprise.edit")
def new() -> ResponseReturnValue:
    """Add an enterprise by hand."""
    form = EnterpriseForm(letter_language=people.association(actor()).letter_language, status=Status.active.value)
    if form.validate_on_submit():
        facts = _with_size(form.facts())
        row = _try(form, facts, lambda: store.create(actor(), facts))
        if row is not None:
            flash(_("%(name)s is in the register.", name=row.name), "success")
            return redirect(url_for("enterprises.detail", enterprise_id=row.id))
    return _form("enterprises/edit.html", form, enterprise=None)


@bp.get("/<uuid:enterprise_id>")
@allow("enterprise.open")
def detail(enterprise_id: UUID) -> ResponseReturnValue:
    """One enterprise: what the register holds about it."""
    row = store.get(actor(), enterprise_id)
    may_merge = can(actor(), "enterprise.merge") and sees_inside(actor(), row.id)
    if (went := store_merging.into(actor(), row.id)) is not None:
        return render_template("enterprises/merged.html", enterprise=row, went=went, may_merge=may_merge)
    pledges = store.pledges_of(actor(), row.id)
    return render_template(
        "enterprises/detail.html",
        enterprise=row,
        came=store_merging.of(actor(), row.id) if sees_inside(actor(), row.id) else [],
        may_merge=may_merge,
        workplaces=store.workplaces_of(actor(), row.id, closed=True),
        pledges=pledges,
        recorders=people.people_names(one.recorded_by for one in pledges) if sees_inside(actor(), row.id) else {},
        in_force=rules.in_force(pledges, _today()),
        withdraw=WithdrawForm(formdata=None, withdrawn_on=_today()),
        more=_more(row.id),
        may_edit=_may_edit(row.id),
        may_list=can(actor(), "enterprise.read"),
        flags=FLAG_WORDS,
        tongues=lambda codes: tongues.in_words(codes, translation.current()),
        **words_of_facts(),
    )


def _more(enterprise_id: UUID) -> list[tuple[str, str]]:
    timeline = (TIMELINE, N_("Timeline"))
    past = [(PAST, N_("Imported results"))] if can(actor(), "history.open") else []
    if sees_outside(actor(), enterprise_id):
        return [(OUTSIDE, N_("Visits, scorecards and letters")), timeline, *past]
    history = [(INSIDE, N_("Visits, scorecards and letters"))] if can(actor(), "visit.read") else []
    edits = [(HEADQUARTERS, N_("Headquarters and branches"))] if _may_edit(enterprise_id) else []
    asked = [("privacy.of_contact", N_("What is held about a contact"))] if can(actor(), "privacy.manage") else []
    merging = [(MERGING, N_("Merge with another entry"))] if can(actor(), "enterprise.merge") else []
    return [*history, *past, timeline, (LIFE, N_("Life and headcounts")), *edits, *merging, *asked]


@bp.route("/<uuid:enterprise_id>/edit", methods=["GET", "POST"])
@allow("enterprise.edit")
def edit(enterprise_id: UUID) -> ResponseReturnValue:
    """Change an enterprise's entry."""
    row = store.get(actor(), enterprise_id)
    form = EnterpriseForm(data=_as_typed(row))
    if form.validate_on_submit():
        facts = _with_size(form.facts())
        saved = _try(form, facts, lambda: store.edit(actor(), row, facts, _revision(form)))
        if saved is not None:
            flash(_("Saved."), "success")
            return redirect(url_for("enterprises.detail", enterprise_id=enterprise_id))
        row = store.get(actor(), enterprise_id)
    return _form("enterprises/edit.html", form, enterprise=row)


@bp.route("/<uuid:enterprise_id>/workplaces/new", methods=["GET", "POST"])
@allow("enterprise.edit")
def new_workplace(enterprise_id: UUID) -> ResponseReturnValue:
    """Add a workplace."""
    row = store.get(actor(), enterprise_id)
    form = WorkplaceForm()
    if form.validate_on_submit():
        facts = form.facts()
        if _try(form, facts, lambda: store.add_workplace(actor(), row, facts)) is not None:
            flash(_("The workplace is in the register."), "success")
            return redirect(url_for("enterprises.detail", enterprise_id=enterprise_id))
        row = store.get(actor(), enterprise_id)
    return _form("enterprises/workplace.html", form, enterprise=row, workplace=None)


@bp.route("/workplaces/<uuid:workplace_id>", methods=["GET", "POST"])
@allow("enterprise.edit")
def workplace(workplace_id: UUID) -> ResponseReturnValue:
    """Change a workplace."""
    place = store.workplace(actor(), workplace_id)
    enterprise_id = place.enterprise_id
    form = WorkplaceForm(data=_as_typed(place))
    if form.validate_on_submit():
        facts = form.facts()
        if _try(form, facts, lambda: store.edit_workplace(actor(), place, facts, _revision(form))) is not None:
            flash(_("Saved."), "success")
            return redirect(url_for("enterprises.detail", enterprise_id=enterprise_id))
        place = store.workplace(actor(), workplace_id)
    row = store.get(actor(), enterprise_id)
    return _form("enterprises/workplace.html", form, enterprise=row, workplace=place)


@bp.post("/workplaces/<uuid:workplace_id>/<any(close, reopen):move>")
@allow("enterprise.edit")
def move_workplace(workplace_id: UUID, move: str) -> ResponseReturnValue:
    """Take a workplace out of use, or into it again."""
    place = store.workplace(actor(), workplace_id)
    enterprise_id = place.enterprise_id
    try:
        if move == "close":
            store.close_workplace(actor(), place)
            flash(_("The workplace is out of use. Its history stays."), "success")
        else:
            store.reopen_workplace(actor(), place)
            flash(_("The workplace is in use again."), "success")
    except Conflict as problem:
        flash(_(problem.text), "error")
    return redirect(url_for("enterprises.detail", enterprise_id=enterprise_id))


@bp.post("/pledges/<uuid:pledge_id>/withdraw")
@allow("enterprise.edit")
def withdraw_pledge(pledge_id: UUID) -> ResponseReturnValue:
    """A pledge holds no more."""
    row = store.pledge(actor(), pledge_id)
    enterprise_id = row.enterprise_id
    form = WithdrawForm()
    if not form.validate():
        flash(_("Give the day from which the pledge holds no more."), "error")
    elif form.withdrawn_on.data < row.signed_on:
        flash(_("That day is before the pledge was signed."), "error")
    else:
        store.withdraw_pledge(actor(), row, form.withdrawn_on.data)
        flash(_("The pledge is withdrawn."), "success")
    return redirect(url_for("enterprises.detail", enterprise_id=enterprise_id))


@bp.get("/pledges/<uuid:pledge_id>/file")
@allow("enterprise.open")
def pledge_file(pledge_id: UUID) -> ResponseReturnValue:
    """The signed paper."""
    row = store.pledge(actor(), pledge_id)
    data = files.get(row.file_digest or "")
    return attachment(data, row.file_media_type, row.file_name or "pledge")


FLAG_WORDS = {
    "dormitory": N_("Dormitory"),
    "canteen": N_("Canteen"),
    "piece_work": N_("Piece rates"),
    "night_work": N_("Night work"),
    "hazardous_substances": N_("Hazardous substances"),
    "agency_workers": N_("Agency workers"),
}


def _asked() -> tuple[str, Filters, str]:
    """The search text, filters and sorting of the address; what is not known there counts as absent."""
    given = request.args
    size, status = given.get("size", ""), given.get("status", Status.active.value)  # who left is shown if asked for
    sector, district = given.get("sector", ""), given.get("district", "")
    filters = Filters(
        sector=sector if sector in classes.sectors() else "",
        district=district if district.isdigit() and len(district) == 6 else "",
        size=Size(size) if size in list(Size) else None,
        status=Status(status) if status in list(Status) else None,
    )
    sort = given.get("sort", "name")
    return given.get("q", "")[:100], filters, sort if sort.removeprefix("-") in store_lists.SORTS else "name"


def _sector_choices() -> list[tuple[str, str]]:
    used = store_lists.sectors_in_use(actor())
    wanted = {code[:length] for code in used for length in (1, 3)}
    language = translation.current()
    return [(code, f"{code} {name.in_(language)}") for code, name in classes.sectors().items() if code in wanted]


def _district_choices() -> list[tuple[str, str]]:
    used = store_lists.districts_in_use(actor())
    whole = {f"{code[:length]:0<6}" for code in used for length in (2, 4) if len(used) > 1}
    language = translation.current()
    codes = sorted({*used, *(code for code in whole if code in classes.districts())})
    return [(code, f"{code} {classes.district_name(code).in_(language)}") for code in codes]


def words_of_facts() -> dict[str, Any]:
    """What templates need to show the facts of an enterprise."""
    return {
        "sizes": {size: str(words) for size, words in SIZE_WORDS.items()},
        "statuses": {status: str(words) for status, words in STATUS_WORDS.items()},
        "languages_of_letters": {language: str(words) for language, words in LANGUAGE_WORDS.items()},
        "sector_name": classes.sector_name,
        "district_name": classes.district_name,
        "country_name": lambda code: classes.countries()[code],
        "home": classes.HOME,
    }


_WRITTEN_WORDS: dict[str, dict[bool, dict[str, str]]] = {
    "size": {True: {"micro": "微型", "small": "小型", "medium": "中型", "large": "大型"}, False: {}},
    "status": {True: {"active": "在会", "left": "退会", "closed": "注销"}, False: {"active": "member"}},
    "letter_language": {
        True: {"en": "英文", "zh_Hans_CN": "中文", "both": "中英文"},
        False: {"en": "English", "zh_Hans_CN": "Chinese"},
    },
}
_COUNTS = ("workers", "women", "migrants", "under_18")


def _line(row: Enterprise, chinese: bool) -> list[Any]:
    """One enterprise in the order of the columns, in words that an import reads back."""
    line = []
    for name in COLUMNS:
        fact = getattr(row, name)
        if name in _WRITTEN_WORDS:
            fact = _WRITTEN_WORDS[name][chinese].get(fact.value, fact.value) if fact else ""
        elif name in _COUNTS:
            fact = fact or ""  # not known
        line.append(fact)
    return line


def attachment(data: bytes, media_type: str, name: str) -> ResponseReturnValue:
    """An answer that is saved as a file."""
    return send_file(io.BytesIO(data), mimetype=media_type, as_attachment=True, download_name=name)


def _today() -> date:
    return clock.today(people.association(actor()).time_zone)


def _may_edit(enterprise_id: UUID) -> bool:
    return can(actor(), "enterprise.edit") and sees_inside(actor(), enterprise_id)


def _as_typed(row: Enterprise | Workplace) -> dict[str, Any]:
    """A row as its form shows it: no zero for "not known", the district with its name."""
    values = row.model_dump(mode="json") | {"member_since": getattr(row, "member_since", None)}
    if row.district:
        name = classes.district_name(row.district).in_(translation.current())
        values["district"] = row.district if name == row.district else f"{row.district} {name}"
    for name in ("workers", "women", "migrants", "under_18"):
        values[name] = values[name] or None
    return values


def _with_size(facts: rules.EnterpriseFacts) -> rules.EnterpriseFacts:
    """The size that the headcount suggests, where the person left it open."""
    size = facts.size or classes.suggested_size(facts.sector, facts.workers)
    if size != facts.size and size:
        flash(_("The size was suggested from the number of workers: %(size)s.", size=SIZE_WORDS[size]), "info")
    return replace(facts, size=size)


def _revision(form: Any) -> int:
    return int(form.revision.data) if (form.revision.data or "").isdecimal() else 0


def _try(form: Any, facts: Any, act: Any) -> Any:
    """What ``act`` returns, or None with everything that is wrong put on the form."""
    if isinstance(facts, rules.EnterpriseFacts):
        found = rules.faults(facts, _today())
    else:
        found = rules.workplace_faults(facts) if facts is not None else ()
    for fault in found:
        complain(form, fault)
    if found:
        return None
    try:
        return act()
    except Problem as problem:
        if problem.status not in (409, 422):
            raise
        database.session().rollback()
        complain(form, problem)
        form.problem_status = problem.status
        return None


def _form(template: str, form: Any, **context: Any) -> ResponseReturnValue:
    status = 200
    if form.errors:
        status = getattr(form, "problem_status", 422)
    offered = district_choices(translation.current()) if "district" in form else []
    return render_template(template, form=form, districts=offered, **context, **words_of_facts()), status
