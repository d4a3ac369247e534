"""The open pages on which anybody who holds a paper of an association checks it: by its code, or by the file itself.

A code has 60 random bits and a file 256, and tries are counted: nothing can be found here by going through them.
"""

import hashlib
from pathlib import Path

from flask import Blueprint, Response, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from compliance.associations import store as associations
from compliance.casework import introductions, trust
from compliance.casework.forms import CheckFileForm, CheckForm
from compliance.casework.views.shown import letter_kind
from compliance.letters import standing
from compliance.letters import store as letters
from compliance.people import throttle
from compliance.people.gate import public
from compliance.shared import database, signatures
from compliance.shared.problems import NotFound
from compliance.shared.translation import gettext as _
from compliance.shared.words import N_

bp = Blueprint("check", __name__, url_prefix="/check")


@bp.after_request
def unlisted(response: Response) -> Response:
    """No search engine shows the codes of letters that somebody linked to."""
    response.headers["X-Robots-Tag"] = "noindex, nofollow"
    return response


_UNKNOWN = N_(
    "No paper with this code is in force. Compare the code once more. If visitors showed it at the gate, ask them to"
    " wait, and phone the association."
)
_NO_FILE = N_(
    "This file is not a letter as an association here issued it: it came from elsewhere, or something in it was changed"
    " since. A picture or a scan of a letter is never recognised; check its code instead."
)


@bp.route("", methods=["GET", "POST"])
@public
def start() -> ResponseReturnValue:
    """Type the code of a paper, or choose its file."""
    form = CheckForm()
    if form.validate_on_submit():
        return redirect(url_for("check.by_code", code=form.code.data))
    return _page(form), 422 if form.errors else 200


@bp.get("/<code>")
@public
def by_code(code: str) -> ResponseReturnValue:
    """What a code stands for today."""
    throttle.code(request.remote_addr or "")
    letter = letters.verify(code)
    if letter is not None:
        return _letter(letter)
    try:
        facts = introductions.checked(code)
    except NotFound:
        return _page(CheckForm(formdata=None, data={"code": code[:40]}), _(_UNKNOWN)), 404
    return render_template("check/introduction.html", facts=facts)


@bp.post("/file")
@public
def by_file() -> ResponseReturnValue:
    """Whether a file is a letter as it was issued. Only its SHA-256 counts; the file itself is kept nowhere."""
    throttle.code(request.remote_addr or "")
    form = CheckFileForm()
    if not form.validate_on_submit():
        return _page(CheckForm(formdata=None), checking=form), 422
    digest = form.digest.data or hashlib.file_digest(form.file.data.stream, "sha256").hexdigest()
    letter = letters.recognise(digest)
    if letter is not None:
        return _letter(letter, whole=True)
    database.session().rollback()  # looking into a file takes a while
    inside, name = None, ""
    if form.file.data:
        name = Path(form.file.data.filename or "").name[:200]
        form.file.data.stream.seek(0)
        inside = trust.look_inside(form.file.data.stream.read(signatures.LARGEST + 1))
    page = _page(CheckForm(formdata=None), _(_NO_FILE), checking=form, name=name, inside=inside, unsent=not name)
    return page, 404


def _page(
    form: CheckForm,
    problem: str = "",
    *,
    checking: CheckFileForm | None = None,
    name: str = "",
    inside: trust.Inside | None = None,
    unsent: bool = False,
) -> str:
    """``unsent``: only the digest came, so that nothing is known of what is in the file."""
    return render_template(
        "check/start.html",
        form=form,
        checking=checking or CheckFileForm(formdata=None),
        problem=problem,
        name=name,
        inside=inside,
        unsent=unsent,
    )


def _letter(letter: letters.Verified, *, whole: bool = False) -> ResponseReturnValue:
    return render_template(
        "check/letter.html",
        letter=letter,
        kind=letter_kind(letter.kind),
        standing=standing,
        association=associations.get(letter.association_id),
        whole=whole,
        checking=CheckFileForm(formdata=None),
    )
