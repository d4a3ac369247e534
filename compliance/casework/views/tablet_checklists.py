"""What a tablet keeps of a checklist: its pages without anything of any visit, and its rules as data.

Both are the same for everybody who is sent out with that version, and change with the release alone. A tablet keeps
them by itself, once for each version, language and release.
"""

from collections.abc import Callable
from functools import lru_cache
from types import SimpleNamespace

from flask import Blueprint, Response, current_app, render_template, request
from flask.typing import ResponseReturnValue

from compliance.checklists import store as checklists
from compliance.checklists.rules import SEVERITIES, Checklist
from compliance.people.gate import actor, allow
from compliance.shared import packing
from compliance.shared.problems import NotFound
from compliance.shared.translation import in_language
from compliance.shared.words import LANGUAGES, N_
from compliance.visits import rows
from compliance.visits.carried import rules_data
from compliance.visits.forms import area_form, closing_form, profile_form
from compliance.visits.rules import Answer, Outcome, Signature, fold

bp = Blueprint("tablet_checklists", __name__, url_prefix="/tablet/checklists")


@bp.get("/<digest>/<language>.html")
@allow("visit.conduct")
def skeleton(digest: str, language: str) -> ResponseReturnValue:
    """The pages of a version in one language."""
    if language not in LANGUAGES:
        raise NotFound("language-unknown", N_("This version of the checklists does not exist."))
    number = _number(digest)
    return _answer(_kept(digest, number, language, _skeleton), "text/html; charset=utf-8")


@bp.get("/<digest>.json")
@allow("visit.conduct")
def rules(digest: str) -> ResponseReturnValue:
    """The rules of a version: what is asked where, what numbers suggest, what is recommended."""
    return _answer(_kept(digest, _number(digest), "", _rules), "application/json")


def _number(digest: str) -> int:
    """The number of the version with this content in the actor's own association."""
    version = checklists.published_before(actor(), digest)
    if version is None:
        raise NotFound("checklist-unknown", N_("This version of the checklists does not exist."))
    return version.number


class _Blank:
    """A form of which every field is empty: the row that a tablet copies is of no item yet."""

    def __getitem__(self, name: str) -> SimpleNamespace:
        return SimpleNamespace(name=name, id=name, data="", errors=())


_BLANK_ROW = {
    "item": SimpleNamespace(id="ITEM", severity=None),
    "answer": Answer("ITEM"),
    "severities": SEVERITIES,
    "lacks": (),
    "conflicts": (),
}

Maker = Callable[[Checklist, int, str], str]


@lru_cache(maxsize=64)
def _kept(digest: str, number: int, language: str, make: Maker) -> bytes:
    """Made once for each version and language in each process."""
    return make(checklists.load(digest), number, language).encode()


def _skeleton(pinned: Checklist, number: int, language: str) -> str:
    with in_language(language):
        page = render_template(
            "tablet/skeleton.html",
            pinned=pinned,
            number=number,
            areas=_areas(pinned),
            blank=_Blank(),
            blank_row=_BLANK_ROW,
            profile_form=profile_form(pinned)(formdata=None),
            closing_form=closing_form(pinned)(formdata=None),
            outcomes=list(Outcome),
            signatures=list(Signature),
        )
    return "\n".join(line for line in page.splitlines() if line)


def _areas(pinned: Checklist) -> list[tuple[object, object, object, object]]:
    nothing = fold([])
    found: list[tuple[object, object, object, object]] = []
    for area in pinned.areas:
        form = area_form(pinned, area.id)(formdata=None)
        form.show({})
        closed = [
            (item, item.applies and rows.only_where(item.applies), item.only_if and rows.only_after(item.only_if))
            for item in area.items
            if item.applies or item.only_if
        ]
        found.append((area, form, [rows.row(pinned, item, form, nothing) for item in area.items], closed))
    return found


def _rules(pinned: Checklist, number: int, _language: str) -> str:
    return current_app.json.dumps(rules_data(pinned, number), ensure_ascii=False, separators=(",", ":"))


def _answer(made: bytes, kind: str) -> Response:
    data, how = packing.pack(made, request.headers.get("Accept-Encoding", ""))
    response = Response(data, content_type=kind)
    if how:
        response.headers["Content-Encoding"] = how
    response.vary.add("Accept-Encoding")
    return response
