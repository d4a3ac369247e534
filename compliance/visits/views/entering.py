"""Pages of an inspector at work: the checklist area by area, the workplace, the end, what is signed, the sheet."""

from collections import defaultdict
from collections.abc import Mapping
from datetime import datetime
from typing import Any
from uuid import UUID

from flask import Blueprint, current_app, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from werkzeug.datastructures import FileStorage

from compliance.checklists.rules import HEADCOUNTS, Area, Checklist, Item, Profile, Verdict, applicable, holds
from compliance.enterprises import store as enterprises
from compliance.enterprises.classes import sector_name
from compliance.people import store as people
from compliance.people.gate import actor, allow
from compliance.people.rules import can
from compliance.shared import clock, translation
from compliance.shared.problems import NotFound, Problem
from compliance.shared.translation import gettext as _
from compliance.shared.words import N_
from compliance.visits import evidence as uploads
from compliance.visits import rows, store
from compliance.visits.fields import profile_of
from compliance.visits.forms import EntryForm, area_form, closing_form, profile_form
from compliance.visits.models import Visit
from compliance.visits.rules import (
    CLOSING,
    PROFILE,
    Event,
    Folded,
    Key,
    Known,
    Outcome,
    Signature,
    Source,
    State,
    Value,
    flagged,
    fold,
    missing_of_item,
    next_open,
    pack,
    progress,
    signed_record,
    unpack,
    untouched,
)
from compliance.visits.views.planning import is_desk, told

bp = Blueprint("visit", __name__, url_prefix="/visits")


class Opened:
    """A visit as one page needs it: read once, folded once."""

    def __init__(self, visit_id: UUID) -> None:
        self.actor = actor()
        self.visit: Visit = store.get(self.actor, visit_id)
        self.pinned: Checklist = store.checklist(self.visit)
        self.desk = is_desk(self.actor, self.visit)
        self.editable = self.visit.state is State.handed_out and store.may_enter(
            self.actor, self.visit, at_desk=self.desk
        )
        self.source = Source.desk if self.desk else Source.form
        self.read()

    def read(self) -> None:
        """Read what was entered, again after a save."""
        self.events: list[Event] = store.events(self.visit)
        self.folded: Folded = store.answers(self.visit, self.events)
        self.profile: Profile = store.profile(self.visit, self.folded)

    def token(self, items: set[str]) -> str:
        """What a form of these items is rendered from."""
        return pack(event.id for (item, _field), heads in self.folded.heads.items() if item in items for event in heads)

    def address(self, endpoint: str, **values: Any) -> str:
        """A page of this visit; the desk stays the desk."""
        if self.desk and self.editable:
            values["desk"] = 1
        return url_for(endpoint, visit_id=self.visit.id, **values)

    def frame(self) -> dict[str, Any]:
        """What every page of a visit shows around its own content."""
        areas = progress(self.pinned, self.folded, self.profile)
        saved = max((event.received_at for event in self.events if event.received_at), default=None)
        return {
            "visit": self.visit,
            "name": enterprises.names([self.visit.enterprise_id])[self.visit.enterprise_id],
            "pinned": self.pinned,
            "areas": {area.area: area for area in areas},
            "asked": sum(area.asked for area in areas),
            "answered": sum(area.answered for area in areas),
            "flagged": flagged(self.pinned, self.folded, self.profile),
            "editable": self.editable,
            "desk": self.desk and self.editable,
            "saved_at": saved,
            "to": self.address,
            "at": _place_of,
        }

    def defaults(self) -> dict[Key, Value]:
        """What the workplace page shows where nothing was entered: the register at the handing-out.

        A register that does not know how many people work somewhere fills in no numbers.
        """
        known = {name: value for name, value in self.visit.profile.items() if name != "only"}
        if not known.get("workers"):
            known = {name: value for name, value in known.items() if name not in ("workers", *HEADCOUNTS)}
        return {(PROFILE, name): value for name, value in known.items()} | {(PROFILE, "checked"): False}


def _place_of(item: str, pinned: Checklist) -> tuple[str, str]:
    """(endpoint, area) of the page on which an item stands."""
    if item == PROFILE:
        return "visit.workplace", ""
    if item == CLOSING or not pinned.has(item):
        return "visit.end", ""
    return "visit.area", pinned.item(item).area


# -- the checklist ----------------------------------------------------------------------------------------------------


@bp.get("/<uuid:visit_id>/areas/")
@allow("visit.read")
def start(visit_id: UUID) -> ResponseReturnValue:
    """Where this visit goes on: the workplace first, then the next item that lacks something."""
    opened = Opened(visit_id)
    if opened.editable and opened.folded.value(PROFILE, "checked") is not True:
        return redirect(opened.address("visit.workplace"))
    following = next_open(opened.pinned, opened.folded, opened.profile)
    return redirect(_address_of(opened, following))


def _readable(opened: Opened) -> Mapping[Key, Value]:
    """What the fields of an area hold. Who only reads learns no small count that rests on what workers said."""
    values, small = opened.folded.values, opened.pinned.policy.small_group
    if opened.editable or can(opened.actor, "interview.read") or store.is_sent(opened.actor, opened.visit):
        return values
    few = {
        (answer.item, "workers"): _("some workers")
        for answer in opened.folded.answers.values()
        if Known.interview in answer.known_by and answer.workers and answer.workers < small
    }
    return {**values, **few}


@bp.get("/<uuid:visit_id>/areas/<area_id>")
@allow("visit.read")
def area(visit_id: UUID, area_id: str) -> ResponseReturnValue:
    """One area of the checklist: to fill in while the visit is open, to read afterwards."""
    opened = Opened(visit_id)
    part = _area(opened.pinned, area_id)
    form = area_form(opened.pinned, area_id)(formdata=None)
    form.show(_readable(opened))
    return _area_page(opened, part, form)


@bp.post("/<uuid:visit_id>/areas/<area_id>")
@allow("visit.desk_entry")
def save_area(visit_id: UUID, area_id: str) -> ResponseReturnValue:
    """Keep what changed on the page of one area, and go where the button leads."""
    opened = Opened(visit_id)
    part = _area(opened.pinned, area_id)
    form = area_form(opened.pinned, area_id)()
    if opened.editable and not form.validate():
        return _area_page(opened, part, form, status=422)
    sent = frozenset(request.form.getlist("item")) & {item.id for item in part.items}
    seen = unpack(request.form.get("seen", ""))
    store.record(opened.actor, opened.visit, form.posted(request.form, sent), seen=seen, source=opened.source)
    _settle(opened)
    _keep_files(opened, part)
    opened.read()
    if "rest" in request.form:
        _fill_the_rest(opened, part)
    _warn_of_conflicts(opened, {item.id for item in part.items})
    return redirect(_next_address(opened, part))


def _area_page(opened: Opened, part: Area, form: EntryForm, status: int = 200) -> ResponseReturnValue:
    asked = [item for item in part.items if applicable(item, opened.profile, opened.folded.answers)]
    files = defaultdict(list)
    for row in store.evidence_of(opened.visit, struck=False):
        files[row.item].append(row)
    seen = request.form.get("seen", "") if status == 422 else opened.token({item.id for item in part.items})
    page = render_template(
        "visits/area.html",
        **opened.frame(),
        area=part,
        form=form,
        seen=seen,
        rows=[rows.row(opened.pinned, item, form, opened.folded) for item in asked],
        closed=[
            (item, rows.why_not(item, opened.profile))
            for item in part.items
            if item not in asked and not opened.profile.only  # a visit of a few items speaks of no others
        ],
        files=files,
        rest=untouched(part, opened.folded, opened.profile) if opened.editable else (),
        people=people.people_names(e.by for c in opened.folded.conflicts for e in c.events),
        limits=uploads,
        upload_limit=current_app.config["MAX_CONTENT_LENGTH"] // 2**20,
    )
    return page, status


def _settle(opened: Opened) -> None:
    for name, chosen in request.form.items():
        if name.startswith("pick.") and chosen:
            try:
                store.pick(opened.actor, opened.visit, UUID(chosen), source=opened.source)
            except (ValueError, NotFound):
                flash(_("This entry has been settled in the meantime."), "warning")


def _keep_files(opened: Opened, part: Area) -> None:
    for item in part.items:
        for sent in request.files.getlist(f"{item.id}.file"):
            if sent.filename:
                _keep_file(opened, item.id, sent)


def _keep_file(opened: Opened, item: str, sent: FileStorage) -> None:
    """Keep one upload. One that cannot be kept never costs an answer: it is named, and the rest is saved."""
    try:
        upload = uploads.check(sent.read(), sent.filename or "")
        store.add_evidence(opened.actor, opened.visit, item, upload, source=opened.source)
    except Problem as problem:
        flash(f"{item}: {told(problem)}", "warning")


def _fill_the_rest(opened: Opened, part: Area) -> None:
    items = untouched(part, opened.folded, opened.profile)
    values: dict[Key, Value] = {(item.id, "verdict"): Verdict.compliant.value for item in items}
    # An answer that was taken back stands as an empty entry; the new one goes in its place.
    seen = frozenset(event.id for key in values for event in opened.folded.heads.get(key, ()))
    store.record(
        opened.actor, opened.visit, values, seen=seen, source=opened.source, bulk=frozenset(i.id for i in items)
    )
    flash(
        _("Marked as seen and in order: %(n)d. Critical items and red flags are left to you.", n=len(items)), "success"
    )
    opened.read()


def _warn_of_conflicts(opened: Opened, items: set[str]) -> None:
    found = sorted({conflict.item for conflict in opened.folded.conflicts if conflict.item in items})
    if found:
        flash(
            _("Two different entries stand at %(items)s; both are kept. Please pick one.", items=", ".join(found)),
            "warning",
        )


def _next_address(opened: Opened, part: Area) -> str:
    wanted = request.form.get("go", "")
    if wanted == "next":
        sent = request.form.getlist("item")
        return _address_of(opened, next_open(opened.pinned, opened.folded, opened.profile, _last_touched(opened, sent)))
    if wanted == "end":
        return opened.address("visit.end")
    if wanted == "workplace":
        return opened.address("visit.workplace")
    if opened.pinned.has(wanted):
        return _address_of(opened, opened.pinned.item(wanted))
    if wanted in {area.id for area in opened.pinned.areas}:
        return opened.address("visit.area", area_id=wanted)
    return opened.address("visit.area", area_id=part.id, _anchor=request.form.get("here") or None)


def _last_touched(opened: Opened, items: list[str]) -> str:
    """From where "next" looks on: the item before the first of this page that lacks something."""
    for place, id in enumerate(items):
        answer = opened.folded.answers.get(id)
        if missing_of_item(opened.pinned.item(id), answer) and place:
            return items[place - 1]
        if missing_of_item(opened.pinned.item(id), answer):
            ids = [item.id for item in opened.pinned.items]
            return ids[ids.index(id) - 1] if ids.index(id) else ""
    return items[-1] if items else ""


def _address_of(opened: Opened, item: Item | None) -> str:
    if item is None:
        return opened.address("visit.end")
    return opened.address("visit.area", area_id=item.area, _anchor=item.id)


def _area(pinned: Checklist, area_id: str) -> Area:
    try:
        return pinned.area(area_id)
    except KeyError:
        raise NotFound("area-unknown", N_("The checklist has no such area.")) from None


# -- the workplace, the end -------------------------------------------------------------------------------------------


@bp.get("/<uuid:visit_id>/workplace")
@allow("visit.read")
def workplace(visit_id: UUID) -> ResponseReturnValue:
    """What the workplace is found to be: it decides which items are asked."""
    opened = Opened(visit_id)
    form = profile_form(opened.pinned)(formdata=None)
    form.show(opened.folded.values, opened.defaults())
    return _workplace_page(opened, form)


@bp.post("/<uuid:visit_id>/workplace")
@allow("visit.desk_entry")
def save_workplace(visit_id: UUID) -> ResponseReturnValue:
    """Keep what was found about the workplace."""
    opened = Opened(visit_id)
    form = profile_form(opened.pinned)()
    if opened.editable and not (form.validate() and _heads_add_up(form)):
        return _workplace_page(opened, form, 422)
    _save_form(opened, form, PROFILE, opened.defaults())
    return redirect(opened.address("visit.start") if not opened.folded.conflicts else opened.address("visit.workplace"))


def _heads_add_up(form: EntryForm) -> bool:
    workers = form["profile.workers"]
    if not (workers.data or "").isdigit():
        return True
    for part in ("women", "migrants", "under_18"):
        field = form[f"profile.{part}"]
        if (field.data or "0").isdigit() and int(field.data or 0) > int(workers.data):
            field.errors = [_("This is more than all workers together.")]
            return False
    return True


def _workplace_page(opened: Opened, form: EntryForm, status: int = 200) -> ResponseReturnValue:
    handed_out = profile_of(opened.visit.profile, {})
    before = {item.id for item in opened.pinned.items if applicable(item, handed_out, opened.folded.answers)}
    now = {item.id for item in opened.pinned.items if applicable(item, opened.profile, opened.folded.answers)}
    page = render_template(
        "visits/workplace.html",
        **opened.frame(),
        form=form,
        seen=opened.token({PROFILE}) if status != 422 else request.form.get("seen", ""),
        place=enterprises.workplace(opened.actor, opened.visit.workplace_id),
        profile=opened.profile,
        sector=sector_name(opened.profile.sector) if opened.profile.sector else None,
        conflicts=[conflict for conflict in opened.folded.conflicts if conflict.item == PROFILE],
        people=people.people_names(e.by for c in opened.folded.conflicts for e in c.events),
        more=sorted(now - before),
        fewer=sorted(before - now),
    )
    return page, status


@bp.get("/<uuid:visit_id>/end")
@allow("visit.read")
def end(visit_id: UUID) -> ResponseReturnValue:
    """Summary before the seal: what is flagged, what is missing, how it ended, who signed."""
    opened = Opened(visit_id)
    form = closing_form(opened.pinned)(formdata=None)
    form.show(opened.folded.values, _closing_defaults(opened))
    return _end_page(opened, form)


@bp.post("/<uuid:visit_id>/end")
@allow("visit.desk_entry")
def save_end(visit_id: UUID) -> ResponseReturnValue:
    """Keep how the visit ended."""
    opened = Opened(visit_id)
    form = closing_form(opened.pinned)()
    if opened.editable and not form.validate():
        return _end_page(opened, form, 422)
    _save_form(opened, form, CLOSING, {})
    for sent in request.files.getlist("file"):
        if sent.filename:
            _keep_file(opened, CLOSING, sent)
    flash(_("Saved."), "success")
    go = request.form.get("go")
    if go == "record":
        return redirect(opened.address("visit.record"))
    return redirect(opened.address("visit.end", _anchor="seal" if go == "seal" else None))


def _closing_defaults(opened: Opened) -> dict[Key, Value]:
    """What the page proposes. It is kept once the page is saved: a proposal alone signs nothing."""
    if not opened.editable:
        return {}
    proposed: dict[Key, Value] = {(CLOSING, "outcome"): Outcome.completed.value}
    if opened.visit.handed_out_at and not opened.desk:
        proposed[(CLOSING, "visited_on")] = _day_of(opened.visit.handed_out_at, opened)
        proposed[(CLOSING, "inspector_name")] = opened.actor.name
    return proposed


def _day_of(moment: datetime, opened: Opened) -> str:
    return clock.day_of(moment, people.association(opened.actor).time_zone).isoformat()


def _end_page(opened: Opened, form: EntryForm, status: int = 200) -> ResponseReturnValue:
    files = store.evidence_of(opened.visit)
    by_item = defaultdict(list)
    for row in files:
        if row.struck_at is None:
            by_item[row.item].append(row)
    page = render_template(
        "visits/end.html",
        **opened.frame(),
        form=form,
        seen=opened.token({CLOSING}) if status != 422 else request.form.get("seen", ""),
        lacking=store.what_is_missing(opened.actor, opened.visit, opened.folded),
        files=by_item,
        struck=[row for row in files if row.struck_at is not None],
        good=[(opened.pinned.item(i), a.good) for i, a in opened.folded.answers.items() if a.good],
        people=people.people_names(e.by for c in opened.folded.conflicts for e in c.events),
        conflicts=[conflict for conflict in opened.folded.conflicts if conflict.item == CLOSING],
        outcomes=list(Outcome),
        signatures=list(Signature),
        seal_url=url_for("sealing.seal", visit_id=opened.visit.id)
        if "sealing.seal" in current_app.view_functions
        else "",
        may_seal=opened.editable and store.is_sent(opened.actor, opened.visit),
        upload_limit=current_app.config["MAX_CONTENT_LENGTH"] // 2**20,
    )
    return page, status


def _save_form(opened: Opened, form: EntryForm, item: str, defaults: dict[Key, Value]) -> None:
    values = form.posted(request.form, frozenset({item}))
    seen = unpack(request.form.get("seen", ""))
    store.record(opened.actor, opened.visit, values, seen=seen, source=opened.source, defaults=_normal(defaults))
    _settle(opened)
    opened.read()
    _warn_of_conflicts(opened, {item})


def _normal(defaults: dict[Key, Value]) -> dict[Key, Value]:
    return {key: (None if value == "" else value) for key, value in defaults.items()}


# -- on paper ---------------------------------------------------------------------------------------------------------


@bp.get("/<uuid:visit_id>/record")
@allow("visit.read")
def record(visit_id: UUID) -> ResponseReturnValue:
    """What the representative signs: topics looked at and dangers that cannot wait; never an answer."""
    opened = Opened(visit_id)
    languages = _languages(enterprises.get(opened.actor, opened.visit.enterprise_id).letter_language)
    return render_template(
        "visits/record.html",
        **opened.frame(),
        record=signed_record(opened.pinned, opened.folded, opened.profile),
        closing=opened.folded.group(CLOSING),
        place=enterprises.workplace(opened.actor, opened.visit.workplace_id),
        association=people.association(opened.actor),
        languages=languages,
        sent=[people.people_names([id]).get(id, "") for id in store.inspectors([visit_id])[visit_id]],
    )


@bp.get("/<uuid:visit_id>/sheet")
@allow("visit.read")
def sheet(visit_id: UUID) -> ResponseReturnValue:
    """The blank sheet of this visit for printing: the fallback when there is no tablet."""
    opened = Opened(visit_id)
    empty = fold([])
    only = opened.profile.only
    asked = {
        part.id: [
            item
            for item in part.items
            if (item.id in only if only else not item.applies or applicable(item, opened.profile, {}) or item.only_if)
        ]
        for part in opened.pinned.areas
    }
    shown = {
        id: [item for item in items if only or all(holds(condition, opened.profile) for condition in item.applies)]
        for id, items in asked.items()
    }
    return render_template(
        "visits/sheet.html",
        **opened.frame(),
        empty=empty,
        shown=shown,
        place=enterprises.workplace(opened.actor, opened.visit.workplace_id),
        profile=opened.profile,
        languages=_languages(translation.current()),
        sent=[people.people_names([id]).get(id, "") for id in store.inspectors([visit_id])[visit_id]],
    )


def _languages(otherwise: str) -> tuple[str, ...]:
    """The languages of a printed page: chosen, else what fits."""
    chosen = request.args.get("language", str(otherwise))
    return {"en": ("en",), "zh": ("zh_Hans_CN",), "zh_Hans_CN": ("zh_Hans_CN",), "both": ("zh_Hans_CN", "en")}.get(
        chosen, ("zh_Hans_CN", "en")
    )
