"""How each item is put right, and model documents to take along."""

from flask import Blueprint, Response, render_template, request
from flask.typing import ResponseReturnValue

from compliance.casework import model_files
from compliance.casework.views.shown import download
from compliance.checklists import howto, store
from compliance.checklists.howto import HowTo, Model, Shop
from compliance.checklists.rules import Checklist
from compliance.people.gate import actor, allow
from compliance.shared import translation
from compliance.shared.problems import NotFound
from compliance.shared.words import N_

bp = Blueprint("howto", __name__, url_prefix="/how-to")
KINDS = {"xlsx": (model_files.xlsx, model_files.XLSX), "docx": (model_files.docx, model_files.DOCX)}


@bp.get("/")
@allow("howto.read")
def every() -> ResponseReturnValue:
    """Every item of the checklists in force, by area, and every model document."""
    checklist = _checklist()
    return render_template(
        "howto/every.html", checklist=checklist, howtos=howto.items(), models=howto.models(), shop=_shop()
    )


@bp.get("/items/<item_id>")
@allow("howto.read")
def item(item_id: str) -> ResponseReturnValue:
    """How one item is put right in a shop of this size."""
    one: HowTo | None = howto.items().get(item_id)
    if one is None:
        raise NotFound("howto-unknown", N_("There is no how-to for this item."))
    checklist = _checklist()
    shop = _shop()
    return render_template(
        "howto/item.html",
        howto=one,
        item=next((found for found in checklist.items if found.id == item_id), None),
        models=[howto.models()[id] for id in one.models],
        shop=shop,
        shops=howto.SHOPS,
        besides=one.for_shop(shop),
    )


@bp.get("/models/<model_id>")
@allow("howto.read")
def model(model_id: str) -> ResponseReturnValue:
    """A model document as a page that can be printed and filled in by hand."""
    one = _model(model_id)
    language = _language()
    heads, named = model_files.table(one, language)
    blank = 0 if one.kind != "sheet" else max(0, 14 - len(named))
    return render_template(
        "howto/model.html",
        model=one,
        heads=heads,
        named=named,
        blank=blank,
        foot=model_files.foot(language),
        title=one.title.in_(language),
        note=one.note.in_(language) if one.note else "",
        paragraphs=[text.in_(language) for text in one.paragraphs],
        language=language,
    )


@bp.get("/models/<model_id>/<kind>/<language>")
@allow("howto.read")
def model_file(model_id: str, kind: str, language: str) -> Response:
    """A model document as a file: xlsx or docx, in Chinese or in English."""
    one = _model(model_id)
    if kind not in KINDS or language not in ("zh", "en") or (kind == "xlsx" and one.kind == "text"):
        raise NotFound("model-unknown", N_("There is no such model document."))
    make, media_type = KINDS[kind]
    return download(make(one, language), media_type, f"{one.title.in_(language)}.{kind}".replace("/", "-"))


def _checklist() -> Checklist:
    return store.load(store.current(actor().association_id).digest)


def _model(model_id: str) -> Model:
    found = howto.models().get(model_id)
    if found is None:
        raise NotFound("model-unknown", N_("There is no such model document."))
    return found


def _shop() -> Shop:
    asked = request.args.get("size", "")
    return Shop(asked) if asked in list(Shop) else Shop.medium


def _language() -> str:
    asked = request.args.get("in", "")
    return asked if asked in ("zh", "en") else "zh" if translation.current().startswith("zh") else "en"
