"""The page of coverage, and the enterprises behind it."""

from collections.abc import Mapping
from typing import Any

from flask import request
from flask.typing import ResponseReturnValue

from compliance.people.gate import actor, allow
from compliance.shared.problems import Problem
from compliance.shared.translation import gettext as _
from compliance.shared.words import N_
from compliance.trends import heavy, reach_figures, store, store_reach, words
from compliance.trends.heavy import Heavy
from compliance.trends.reach import GROUPS, Reached, along
from compliance.trends.rules import By, Place
from compliance.trends.sections import page_of
from compliance.trends.views.behind import behind, linked, page_of_rows, sheet_of, to, wanted_or_problem
from compliance.trends.views.frame import Page, bp, labels_of, show_heavy, still_working, title_of


@bp.get("/coverage")
@allow("trends.read")
def reach() -> ResponseReturnValue:
    """How much of the register was visited, and how long ago."""
    return show_heavy("trends/sections.html", title_of("trends.reach"), _read, _made)


def _read(page: Page) -> Heavy[dict[Place, Reached]]:
    return heavy.coverage(page.actor, page.wanted, page.today)


def _made(page: Page, places: Mapping[Place, Reached]) -> Mapping[str, Any]:
    found = {by: along(places, by) for by in By}
    if not any(found.values()):
        return {**page_of([], nothing=_("No enterprise of the register is in this selection.")), "sheet": None}
    sections = reach_figures.sections(found, page.wanted.by, page.names, page.link)
    tiles = reach_figures.tiles(found[By.sector], page.link)
    said = (
        _("Coverage counts enterprises: a workplace trait or a checklist version does not narrow it.")
        if page.wanted.trait or page.wanted.version
        else ""
    )
    return {**page_of(sections, tiles, said=said), "sheet": sheet_of(sections, page, "coverage")}


@bp.get("/coverage/rows")
@allow("trends.read")
def reach_rows() -> ResponseReturnValue:
    """The enterprises behind a figure of that page."""
    wanted, person = wanted_or_problem(), actor()
    group, key = request.args.get("group", ""), request.args.get("key", "")[:10]
    if group not in ("", *GROUPS):
        raise Problem("trends-address", N_("There is no such figure. Go back to the trends and follow its links."))
    page, size = page_of_rows()
    today = store.today(person)
    places = heavy.coverage(person, wanted, today).value
    if places is None:
        raise still_working()
    classes = along(places, wanted.by)
    reached = classes.get(key, Reached()) if key else sum(classes.values(), Reached())
    rows, total = store_reach.rows(
        person, wanted, today, reached, by=wanted.by, key=key, group=group, page=page, size=size
    )
    names = labels_of()
    listed = [
        [
            linked(row.name, to("enterprises.detail", enterprise_id=row.id)),
            *(names.brief(by, row.place.along(by)) for by in By),
            row.last,
        ]
        for row in rows
    ]
    heads = [_("Enterprise"), *(_(text) for text in words.DIMENSIONS.values()), _("Last visit")]
    asked = [
        *([(_("Last visit"), _(reach_figures.GROUP_WORDS[group]))] if group else []),
        *([(_(words.DIMENSIONS[wanted.by]), names.along(wanted.by, key))] if key else []),
    ]
    return behind(_("Enterprises behind this figure"), "enterprises", heads, listed, total, wanted, asked)
