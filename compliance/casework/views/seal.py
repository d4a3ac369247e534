"""The picture of the seal: its keeper, the keeper's word for a letter, the register of uses; scans of stamped paper."""

import io
from typing import Any
from uuid import UUID

from flask import Blueprint, Response, flash, redirect, render_template, request, send_file, url_for
from flask.typing import ResponseReturnValue
from wtforms.fields.choices import SelectChoice

from compliance.casework import lists
from compliance.casework.choice import id_of
from compliance.casework.forms_signing import KeeperForm, PictureForm, SealForm
from compliance.casework.views.own_files import for_this_reader
from compliance.casework.views.shown import blame, letter_kind, pdf
from compliance.enterprises import store as enterprises
from compliance.letters import store as letters
from compliance.letters import store_seal as store
from compliance.people import store as people
from compliance.people.gate import actor, allow
from compliance.people.rules import PERMITS, can
from compliance.shared.database import session
from compliance.shared.problems import NotFound, Problem, TooLarge
from compliance.shared.translation import gettext as _
from compliance.shared.words import N_
from compliance.visits import store as visits

bp = Blueprint("seal", __name__, url_prefix="/seal")

STATES = {
    store.UseState.used: N_("printed on the letter"),
    store.UseState.waiting: N_("waits for the release"),
    store.UseState.lapsed: N_("lapsed: the letter was changed"),
    store.UseState.withdrawn: N_("taken back"),
}
COLOURS = {
    store.UseState.used: "green",
    store.UseState.waiting: "blue",
    store.UseState.lapsed: "grey",
    store.UseState.withdrawn: "grey",
}


@bp.get("/")
@allow("seal.read")
def register() -> ResponseReturnValue:
    """The keeper, the register of uses; for the keeper also the picture and the letters that wait."""
    return _page()


@bp.post("/keeper")
@allow("seal.appoint")
def appoint() -> ResponseReturnValue:
    """Make somebody the keeper, or nobody."""
    form = _keeper_form()
    if not form.validate():
        return _page(422, appointing=form)
    try:
        store.appoint(actor(), id_of(form.person.data) if form.person.data else None)
    except Problem as problem:
        if isinstance(problem, NotFound):
            raise
        session().rollback()
        blame(form, problem, "person")
        return _page(422, appointing=form)
    flash(_("Saved. A word that the earlier keeper gave does not hold any more."), "success")
    return redirect(url_for("seal.register"))


@bp.post("/picture")
@allow("seal.keep")
def upload() -> ResponseReturnValue:
    """Keep a picture of the seal."""
    _require_keeper()
    form = PictureForm()
    sent = request.files.get("picture")
    data = sent.read() if sent and sent.filename else b""
    try:
        if not form.validate() or not data:
            raise Problem("seal-missing", N_("Choose a picture."), field="picture")
        store.set_picture(actor(), data)
    except Problem as problem:
        if isinstance(problem, NotFound):
            raise
        session().rollback()
        blame(form, problem, "picture")
        return _page(413 if isinstance(problem, TooLarge) else 422, picturing=form)
    flash(_("The picture is kept. You alone see it here."), "success")
    return redirect(url_for("seal.register"))


@bp.post("/picture/retire")
@allow("seal.keep")
def retire() -> ResponseReturnValue:
    """Put the picture out of use."""
    store.retire(actor())
    flash(_("The picture is out of use. Letters print the place for the wet seal."), "success")
    return redirect(url_for("seal.register"))


@bp.get("/picture.png")
@allow("seal.keep")
def picture() -> Response:
    """The picture, for its keeper alone."""
    return for_this_reader(send_file(io.BytesIO(store.picture_bytes(actor())), "image/png"))


@bp.get("/letters/<uuid:letter_id>")
@allow("seal.keep")
def letter(letter_id: UUID) -> ResponseReturnValue:
    """One draft, as its keeper decides about it."""
    return _letter(letter_id)


@bp.get("/letters/<uuid:letter_id>.pdf")
@allow("seal.keep")
def preview(letter_id: UUID) -> Response:
    """The draft as it stands, for the keeper."""
    row = _draft(letter_id)
    return pdf(letters.preview(row), letters.filename(row), inline=True)


@bp.post("/letters/<uuid:letter_id>")
@allow("seal.keep")
def grant(letter_id: UUID) -> ResponseReturnValue:
    """Give the word for a draft as it stands."""
    row = _draft(letter_id)
    form = SealForm()
    if not form.validate():
        return _letter(letter_id, form)
    sent = request.form.get("revision", "")
    store.grant(actor(), row, form.reason.data, revision=int(sent) if sent.isdecimal() else 0)
    flash(_("The letter carries the picture when it is released as it stands now."), "success")
    return redirect(url_for("seal.register"))


@bp.post("/letters/<uuid:letter_id>/withdraw")
@allow("seal.keep")
def withdraw(letter_id: UUID) -> ResponseReturnValue:
    """Take the word back."""
    store.withdraw(actor(), _draft(letter_id))
    flash(_("Taken back. The letter prints the place for the wet seal."), "success")
    return redirect(url_for("seal.register"))


# --- inside -------------------------------------------------------------------------------------------------------


def _require_keeper() -> None:
    if not store.is_keeper(actor()):
        raise NotFound("seal-unknown", N_("There is no such page."))


def _draft(letter_id: UUID) -> Any:
    """A draft that the keeper may decide about: within the scope, of a visit that is sealed."""
    _require_keeper()
    row = letters.get(actor(), letter_id)
    visits.get(actor(), row.visit_id)
    waiting = {one.id for one in _drafts()}
    if row.id not in waiting:
        raise NotFound("letter-unknown", N_("There is no such letter."))
    return row


def _drafts() -> list[Any]:
    found: list[Any] = []
    number = pages = 1
    while number <= pages:
        listed = lists.letters(actor(), state="draft", drafts=True, page=number)
        found += listed.rows
        number, pages = number + 1, listed.pages
    return found


def _letter(letter_id: UUID, form: SealForm | None = None) -> ResponseReturnValue:
    row = _draft(letter_id)
    page = render_template(
        "casework/seal_letter.html",
        letter=row,
        name=enterprises.names([row.enterprise_id])[row.enterprise_id],
        given=store.digest_for(row) != "",
        has_picture=store.picture(actor().association_id) is not None,
        form=form or SealForm(formdata=None),
        letter_kind=letter_kind,
    )
    return page, 422 if form else 200


def _keeper_form(**more: Any) -> KeeperForm:
    form = KeeperForm(**more)
    able = people.people_with_role(actor(), *PERMITS[store.KEEP])
    form.person.choices = [
        SelectChoice("", _("Nobody: every letter is sealed by hand")),
        *(SelectChoice(str(one.id), one.name) for one in able if one.active),
    ]
    return form


def _page(status: int = 200, **forms: Any) -> ResponseReturnValue:
    keeper, mine = store.keeper(actor().association_id), store.is_keeper(actor())
    kept = store.picture(actor().association_id)
    uses = store.uses(actor())
    page = render_template(
        "casework/seal_register.html",
        keeper=keeper,
        mine=mine,
        picture=kept,
        uses=uses,
        drafts=_drafts() if mine else [],
        granted={use.letter.id for use in uses if use.state is store.UseState.waiting},
        names=enterprises.names({use.letter.enterprise_id for use in uses}),
        people=people.people_names(
            [
                keeper.person_id if keeper else None,
                keeper.appointed_by if keeper else None,
                *(use.row.granted_by for use in uses),
                *(use.row.used_by for use in uses),
            ]
        ),
        may_appoint=can(actor(), "seal.appoint"),
        appointing=forms.get("appointing")
        or _keeper_form(formdata=None, data={"person": str(keeper.person_id) if keeper else ""}),
        picturing=forms.get("picturing") or PictureForm(formdata=None),
        states=STATES,
        colours=COLOURS,
        letter_kind=letter_kind,
    )
    return page, status
