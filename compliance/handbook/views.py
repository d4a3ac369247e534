"""The handbook's pages and pictures."""

from flask import Blueprint, abort, render_template, send_from_directory
from flask.typing import ResponseReturnValue

from compliance.handbook import book
from compliance.people.gate import actor, allow
from compliance.people.rules import Role
from compliance.shared import translation

bp = Blueprint("handbook", __name__, url_prefix="/help")


@bp.get("/")
@allow("account.use")
def index() -> ResponseReturnValue:
    """What there is to read, first what belongs to the reader's own work."""
    mine = {book.OF_ROLE[role] for role in Role if role in actor().roles}
    pages = book.contents(translation.current())
    books = [page for page in pages if not page.name.startswith(book.DECISIONS)]
    return render_template(
        "handbook/index.html",
        own=[page for page in books if page.name in mine],
        others=[page for page in books if page.name not in mine],
        records=[page for page in pages if page.name.startswith(book.DECISIONS)],
    )


@bp.get("/<path:name>")
@allow("account.use")
def page(name: str) -> ResponseReturnValue:
    """One page."""
    language = translation.current()
    try:
        shown = book.page(language, name)
    except KeyError:
        abort(404)
    return render_template("handbook/page.html", page=shown, pages=book.contents(language))


@bp.get("/pictures/<name>")
@allow("account.use")
def picture(name: str) -> ResponseReturnValue:
    """A picture of the running product."""
    return send_from_directory(book.FOLDER / "pictures", name, max_age=3600)
