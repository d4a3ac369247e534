"""Pages about complaints: the open ones of whoever complains, and those of the officers who read and answer.

The open pages show nothing that the association knows about an enterprise: not the register, and nothing of visits.
"""

import hashlib
import secrets
from collections.abc import Mapping, Sequence
from datetime import date, datetime, timedelta
from decimal import Decimal
from uuid import UUID

from flask import (
    Blueprint,
    Response,
    abort,
    current_app,
    flash,
    jsonify,
    redirect,
    render_template,
    request,
    session,
    url_for,
)
from flask.typing import ResponseReturnValue

from compliance.associations import store as associations
from compliance.complaints import pictures, policy, rules, store
from compliance.complaints.forms import (
    AnswerForm,
    CloseForm,
    ComplaintForm,
    DeskForm,
    MergeForm,
    MoreForm,
    SignsForm,
    WayBackForm,
)
from compliance.complaints.models import Complaint
from compliance.complaints.rules import LINGERS, Source, State
from compliance.complaints.store import Filters, Told
from compliance.enterprises import store as enterprises
from compliance.enterprises import store_lists
from compliance.people import passwords, throttle
from compliance.people import store as people
from compliance.people.forms import complain
from compliance.people.gate import actor, allow, public
from compliance.people.rules import Actor, can, system_actor
from compliance.shared import clock, database, ids, translation
from compliance.shared.problems import NotFound, Problem
from compliance.shared.spreadsheets import write_csv
from compliance.shared.translation import gettext as _
from compliance.shared.words import N_

bp = Blueprint("complaints", __name__)

HOUR = 3600
MANY_HERE, MOST_HERE = 60, 600
"""Complaints an hour from one address: a whole dormitory may stand behind it, so that the first bound only asks for a
sum, and the second one refuses.
"""
MANY_ANYWHERE = 300
"""Complaints an hour from everywhere, from which on everybody is asked for a sum and officers are told."""
MANY_MORE, MOST_MORE = 20, 100
"""Additions an hour to one complaint, whatever address they come from: asked for a sum beyond the first bound, refused
beyond the second one. Who else sits behind the same address is not counted with it.
"""
TRIES = 20
"""Wrong words for one number within a quarter of an hour."""
_OPENED = "complaint"


# -- whoever complains -------------------------------------------------------------------------------------------------


@bp.route("/complain", methods=["GET", "POST"])
@public
def tell() -> ResponseReturnValue:
    """Tell of something that is wrong at work, without an account and without a name."""
    form = ComplaintForm()
    if not form.validate_on_submit():
        return _form_page("complaints/tell.html", form)
    writer = _nobody()
    if not _unhurried(form):
        form.total.data = ""
        return _form_page("complaints/tell.html", form, asked=rules.asked_sum(_key(), _once(form)), status=429)
    return _receive(writer, form, Source.form, "complaints/tell.html")


@bp.route("/complain/case", methods=["GET", "POST"])
@public
def way_back() -> ResponseReturnValue:
    """Come back with the number and the words."""
    form = WayBackForm()
    if form.validate_on_submit():
        number = ids.plain_code(form.number.data[:40])
        throttle.code(request.remote_addr or "")
        if throttle.hit(f"complaint {number}", throttle.WINDOW) > TRIES:
            abort(429)
        row = store.by_number(_nobody().association_id, number)
        kept, complaint_id = (row.secret, row.id) if row else (None, None)
        database.session().rollback()  # hashing takes a while: nobody waits for this transaction
        if passwords.fits(rules.plain_words(form.words.data), kept):
            session[_OPENED] = [str(complaint_id), clock.now().isoformat()]
            return redirect(url_for("complaints.case"))
        form.form_errors.append(_("Number and words do not belong together. Look at them once more."))
    return render_template("complaints/way_back.html", form=form), 422 if form.errors else 200


@bp.route("/complain/open", methods=["GET", "POST"])
@public
def case() -> ResponseReturnValue:
    """The own complaint: how far it is, what was answered, and room to write more."""
    form, complaint_id = MoreForm(), _opened()
    sent = form.validate_on_submit()
    slow = sent and _is_flood(complaint_id)
    row = store.of_holder(complaint_id)
    parts = store.told_to_holder(row)
    asked = rules.asked_sum(_key(), f"{row.id} {len(parts)}") if slow else None
    right = asked is None or (form.total.data or "").strip() == str(sum(asked))
    if sent and right:
        try:
            store.add(_nobody(), row, form.text.data or "", pictures.clean(form.pictures.data or ()))
        except Problem as problem:
            _put_back(form, problem)
            row = store.of_holder(complaint_id)
        else:
            flash(_("We have received it."), "success")
            return redirect(url_for("complaints.case"))
    elif sent:
        form.total.data = ""
    page = render_template(
        "complaints/case.html",
        row=row,
        parts=parts,
        gone=store.is_gone(row),
        form=form,
        asked=asked,
        rules=rules,
        number=ids.grouped_code(row.number),
        hotlines=policy.hotlines(),
    )
    return page, 422 if form.errors else 200 if right else 429


@bp.get("/complain/open/data.json")
@public
def case_as_data() -> ResponseReturnValue:
    """A copy of the own complaint: what was written and answered, and of whom at the association nothing.

    How to reach somebody is not in it, as on the page: whoever got hold of number and words would learn who wrote.
    """
    row = store.of_holder(_opened())
    answer = jsonify(
        number=ids.grouped_code(row.number),
        received_on=row.received_on.isoformat(),
        state=_(rules.STATE_WORDS[row.state]),
        about=[_(rules.AREA_WORDS[area]) for area in row.areas],
        concerned=_(rules.CONCERNED_WORDS[row.concerned]),
        still_there=_(rules.REPLY_WORDS[row.still_there]),
        danger=_(rules.REPLY_WORDS[row.danger]),
        written=[
            {"by": _("The association") if part.kind == "answer" else _("You"), "on": part.at.date().isoformat()}
            | ({"text": list(part.text.values())} if part.text else {"text": [_("A photo")]})
            for part in store.told_to_holder(row)
        ],
    )
    answer.headers["Content-Disposition"] = 'attachment; filename="case.json"'
    return answer


@bp.post("/complain/open/withdraw")
@public
def withdraw() -> ResponseReturnValue:
    """Take back the own complaint: what was written is destroyed."""
    store.withdraw(_nobody(), store.of_holder(_opened()))
    flash(_("It is closed, and what you wrote is being deleted."), "success")
    return redirect(url_for("complaints.case"))


@bp.post("/complain/leave")
@public
def leave() -> ResponseReturnValue:
    """Close the own complaint on this telephone."""
    session.pop(_OPENED, None)
    return redirect(url_for("complaints.way_back"))


# -- officers ----------------------------------------------------------------------------------------------------------


@bp.get("/complaints")
@allow("complaint.read")
def listed() -> ResponseReturnValue:
    """All complaints that the reader may know of."""
    filters = _filters(request.args)
    sort, today = request.args.get("sort", "-received"), _today(actor())
    found = store.search(actor(), filters, today, sort, request.args.get("page", 1, type=int))
    return render_template(
        "complaints/list.html",
        found=found,
        filters=filters,
        sort=sort,
        today=today,
        rules=rules,
        grouped=ids.grouped_code,
        names=enterprises.names([row.enterprise_id for row in found.rows if row.enterprise_id]),
        flood=store.came_since(actor(), clock.now() - timedelta(hours=1)) >= MANY_ANYWHERE,
        next_by=store.next_by,
        may_enter=can(actor(), "complaint.enter"),
    )


@bp.post("/complaints/list.csv")
@allow("complaint.read")
def download() -> ResponseReturnValue:
    """The list as it is narrowed, all pages of it: what it shows, and nothing that anybody wrote."""
    today = _today(actor())
    rows = store.exported(actor(), _filters(request.form), today, request.form.get("sort", "-received"))
    names = enterprises.names([row.enterprise_id for row in rows if row.enterprise_id])
    heads = (
        N_("Case number"), N_("Received"), N_("State"), N_("In danger now"), N_("Next step by"), N_("Late"),
        N_("Area"), N_("Employer"),
    )  # fmt: skip
    data = write_csv([_(head) for head in heads], [_line(row, today, names) for row in rows])
    answer = Response(data, mimetype="text/csv")
    answer.headers["Content-Disposition"] = 'attachment; filename="complaints.csv"'
    return answer


@bp.route("/complaints/new", methods=["GET", "POST"])
@allow("complaint.enter")
def enter() -> ResponseReturnValue:
    """Enter what somebody told by telephone, in person, by letter or through another organisation."""
    form = DeskForm()
    if not form.validate_on_submit():
        return _form_page("complaints/enter.html", form)
    return _receive(actor(), form, Source(form.source.data), "complaints/enter.html")


@bp.get("/complaints/<uuid:complaint_id>")
@allow("complaint.read")
def detail(complaint_id: UUID) -> ResponseReturnValue:
    """One complaint with all that was written."""
    return _detail(complaint_id)


@bp.post("/complaints/<uuid:complaint_id>/read")
@allow("complaint.handle")
def read(complaint_id: UUID) -> ResponseReturnValue:
    """Say that it has been read."""
    store.mark_read(actor(), store.get(actor(), complaint_id))
    return _back(complaint_id)


@bp.get("/complaints/<uuid:complaint_id>/pictures/<uuid:part_id>")
@allow("complaint.read")
def picture(complaint_id: UUID, part_id: UUID) -> ResponseReturnValue:
    """A photo that came with it."""
    return Response(store.picture(actor(), complaint_id, part_id), mimetype="image/jpeg")


@bp.post("/complaints/<uuid:complaint_id>/link")
@allow("complaint.handle")
def link(complaint_id: UUID) -> ResponseReturnValue:
    """Say whom it is about."""
    row = store.get(actor(), complaint_id)
    enterprise_id = request.form.get("enterprise", type=UUID)
    if enterprise_id is None:
        raise Problem("complaint-link", N_("Choose an enterprise of the list."))
    store.link(actor(), row, enterprise_id, request.form.get("workplace", type=UUID))
    return _back(complaint_id)


@bp.post("/complaints/<uuid:complaint_id>/signs")
@allow("complaint.handle")
def point(complaint_id: UUID) -> ResponseReturnValue:
    """Say what its words point to."""
    row, form = store.get(actor(), complaint_id), SignsForm()
    if not form.validate():
        return _detail(complaint_id, pointing=form), 422
    store.point(actor(), row, [int(one) for one in form.signs.data])
    flash(_("Kept."), "success")
    return _back(complaint_id)


@bp.post("/complaints/<uuid:complaint_id>/answer")
@allow("complaint.handle")
def answer(complaint_id: UUID) -> ResponseReturnValue:
    """Answer whoever complained."""
    row, form = store.get(actor(), complaint_id), AnswerForm()
    if form.validate():
        try:
            store.answer(actor(), row, form.text.data or "")
        except Problem as problem:
            _put_back(form, problem)
        else:
            return _back(complaint_id)
    return _detail(complaint_id, answering=form), 422


@bp.post("/complaints/<uuid:complaint_id>/close")
@allow("complaint.handle")
def close(complaint_id: UUID) -> ResponseReturnValue:
    """Close it with what came of it."""
    row, form = store.get(actor(), complaint_id), CloseForm()
    if form.validate():
        try:
            store.close(actor(), row, rules.Outcome(form.outcome.data), form.recovered.data or Decimal(0))
        except Problem as problem:
            _put_back(form, problem)
        else:
            return _back(complaint_id)
    return _detail(complaint_id, closing=form), 422


@bp.post("/complaints/<uuid:complaint_id>/reopen")
@allow("complaint.handle")
def reopen(complaint_id: UUID) -> ResponseReturnValue:
    """Open it again."""
    store.reopen(actor(), store.get(actor(), complaint_id))
    return _back(complaint_id)


@bp.post("/complaints/<uuid:complaint_id>/merge")
@allow("complaint.handle")
def merge(complaint_id: UUID) -> ResponseReturnValue:
    """Close it as the duplicate of another one."""
    row, form = store.get(actor(), complaint_id), MergeForm()
    if form.validate():
        try:
            store.merge(actor(), row, form.number.data)
        except Problem as problem:
            _put_back(form, problem)
        else:
            return _back(complaint_id)
    return _detail(complaint_id, merging=form), 422


# -- inside ------------------------------------------------------------------------------------------------------------


def _filters(asked: Mapping[str, str]) -> Filters:
    state, older, area = asked.get("state", ""), asked.get("older", ""), asked.get("area", "")
    return Filters(
        number=asked.get("q", "")[:40],
        state=State(state) if state in list(State) else None,
        area=area if area in rules.AREAS else "",
        older=min(int(older), 10_000) if older.isascii() and older.isdigit() and len(older) < 10 else None,
    )


def _line(row: Complaint, today: date, names: Mapping[UUID, str]) -> list[str | date | None]:
    by = store.next_by(row)
    in_danger = row.danger is rules.Reply.yes and row.state is not State.closed
    return [
        ids.grouped_code(row.number),
        row.received_on,
        _(rules.STATE_WORDS[row.state]),
        _("Yes") if in_danger else "",
        by,
        _("Yes") if by and by < today else "",
        "; ".join(_(rules.AREA_WORDS[area]) for area in row.areas),
        names.get(row.enterprise_id, "") if row.enterprise_id else "",
    ]


def _receive(writer: Actor, form: ComplaintForm, source: Source, template: str) -> ResponseReturnValue:
    once = _once(form)
    digest = hashlib.sha256(once.encode()).hexdigest()
    language, today = translation.current(), _today(writer)
    words = rules.secret_words(_key(), once, policy.words(language))
    try:
        drawn = pictures.clean(form.pictures.data or ())
        rules.require_something(form.happened.data or "", form.areas.data or [], len(drawn))
    except Problem as problem:
        complain(form, problem)
        return _form_page(template, form)
    database.session().rollback()  # hashing takes a while: nobody waits for this transaction
    hashed = passwords.hashed(rules.plain_words("".join(words)))
    row = store.sent_before(digest)
    if row is None:
        told = Told(form.account(), form.reach(), pictures=drawn, source=source, **form.ranges())
        row = store.receive(writer, told, hashed, digest, language, today)
    elif row.received_at < clock.now() - LINGERS:
        return redirect(url_for("complaints.way_back"))
    return render_template(
        "complaints/kept.html",
        number=ids.grouped_code(row.number),
        words=words,
        in_danger=row.danger is rules.Reply.yes,
        hotlines=policy.hotlines(),
        checked=policy.checked(),
        desk=source is not Source.form,
    )


def _form_page(
    template: str, form: ComplaintForm, asked: tuple[int, int] | None = None, status: int = 200
) -> ResponseReturnValue:
    if not form.once.data or len(form.once.data) < 32:
        form.once.data = secrets.token_urlsafe(32)
    page = render_template(template, form=form, asked=asked, hotlines=policy.hotlines(), checked=policy.checked())
    return page, 422 if form.errors else status


def _unhurried(form: ComplaintForm) -> bool:
    """Whether a complaint is taken as it is: always, but in a flood only with the right sum. 429 far beyond."""
    here = throttle.hit(f"complaint from {request.remote_addr}", HOUR)
    if here > MOST_HERE:
        abort(429)
    if here <= MANY_HERE and throttle.hit("complaints", HOUR) <= MANY_ANYWHERE:
        return True
    return (form.total.data or "").strip() == str(sum(rules.asked_sum(_key(), _once(form))))


def _is_flood(complaint_id: UUID) -> bool:
    """Count what is added to a complaint; whether a sum is to be asked for it. 429 far beyond."""
    here = throttle.hit(f"more for complaint {complaint_id}", HOUR)
    if here > MOST_MORE:
        abort(429)
    return here > MANY_MORE or throttle.hit("more for complaints", HOUR) > MANY_ANYWHERE


def _once(form: ComplaintForm) -> str:
    found = str(form.once.data or "")
    if len(found) < 32:
        raise Problem("complaint-form", N_("This form is not whole. Open it anew."))
    return found


def _key() -> bytes:
    return str(current_app.config["SECRET_KEY"]).encode()


def _nobody() -> Actor:
    """Whoever complains: the trail keeps no person and no address."""
    association = next(iter(associations.every()), None)
    if association is None:
        raise NotFound("association-unknown", N_("There is no such association."))
    return system_actor(association.id, "complainant")


def _opened() -> UUID:
    """The complaint that this telephone has open; otherwise the way to open one."""
    complaint_id, moment = session.get(_OPENED, ("", ""))
    if not complaint_id or datetime.fromisoformat(moment) < clock.now() - LINGERS:
        session.pop(_OPENED, None)
        abort(redirect(url_for("complaints.way_back")))
    return UUID(complaint_id)


def _today(writer: Actor) -> date:
    return clock.today(associations.get(writer.association_id).time_zone)


def _put_back(form: ComplaintForm | MoreForm | AnswerForm | CloseForm | MergeForm, problem: Problem) -> None:
    database.session().rollback()
    complain(form, problem)


def _back(complaint_id: UUID) -> ResponseReturnValue:
    return redirect(url_for("complaints.detail", complaint_id=complaint_id))


def _detail(
    complaint_id: UUID,
    answering: AnswerForm | None = None,
    closing: CloseForm | None = None,
    merging: MergeForm | None = None,
    pointing: SignsForm | None = None,
) -> str:
    row = store.get(actor(), complaint_id)
    text = request.args.get("enterprise", "")[:100]
    found = store_lists.search(actor(), text, per_page=20).rows if text else []
    parts = store.parts(row)
    return render_template(
        "complaints/detail.html",
        row=row,
        number=ids.grouped_code(row.number),
        parts=parts,
        gone=store.is_gone(row),
        duplicates=store.duplicates(actor(), row),
        grouped=ids.grouped_code,
        rules=rules,
        today=_today(actor()),
        writers=people.people_names([part.by for part in parts if part.by]),
        enterprise=enterprises.names([row.enterprise_id])[row.enterprise_id] if row.enterprise_id else "",
        workplaces=enterprises.workplaces_of(actor(), row.enterprise_id) if row.enterprise_id else [],
        text=text,
        found=_strangers(found),
        answering=answering or AnswerForm(formdata=None),
        closing=closing or CloseForm(formdata=None),
        merging=merging or MergeForm(formdata=None),
        pointing=pointing or SignsForm(formdata=None, data={"signs": [str(number) for number in row.signs]}),
        may_handle=can(actor(), "complaint.handle"),
    )


def _strangers(rows: Sequence[object]) -> list[object]:
    """Enterprises to which the reader has no tie."""
    return [row for row in rows if row.id not in actor().outside_ids]  # type: ignore[attr-defined]
