"""Areas beside groups, and groups beside each other."""

from collections.abc import Mapping
from typing import Any

from flask.typing import ResponseReturnValue

from compliance.people.gate import allow
from compliance.shared.translation import gettext as _
from compliance.shared.words import sentences
from compliance.trends import method, told, told_figures, told_sheets, words
from compliance.trends.rules import By
from compliance.trends.sections import Section, page_of
from compliance.trends.views.frame import Page, Sheet, bp, show, title_of
from compliance.trends.views.told_page import no_visits, sorted_by


@bp.get("/areas")
@allow("trends.read")
def areas() -> ResponseReturnValue:
    """The heat map: each area in each sector, district or size."""
    return show("trends/told.html", title_of("trends.areas"), _areas)


def _areas(page: Page) -> Mapping[str, Any]:
    wanted, names, by = page.wanted, page.names, page.wanted.by
    found = {} if wanted.trait else told.grid(page.actor, wanted, by)
    order = told_figures.busiest(found)
    note = _("The darker, the more needs attention. Hatched: too little to speak of. Press a square for its visits.")
    if len(order) > told_figures.MOST_GROUPS:
        drawn = _("Drawn are the %(n)s with the most visits; the table has all.", n=told_figures.MOST_GROUPS)
        note = sentences(note, drawn)
    spoken = any(not one.silent for areas in found.values() for one in areas.values())
    sections = [
        Section(
            "heat",
            f"{_(words.BY[by])} · {_(words.FIGURES[wanted.figure])}",
            told_figures.heat_table(found, order, by, names, page.link),
            told_figures.heat_chart(found, by, wanted, names, page.link) if spoken else None,
            "" if spoken else _silent(),
            note=note if spoken else _("Press an entry for its visits."),
            **_wider(page, "areas", spoken=spoken),
        )
    ]
    return {
        **page_of(sections if found else []),
        **(no_visits(page) if not found else {}),
        "lead": None,
        "method": method.method(page.actor, wanted, names),
        "sheet": Sheet("trends-areas", *told_sheets.grid(found, order, by, names)),
    }


def _silent() -> str:
    return str(
        _(
            "In no group have enough visits been drawn for a figure about all its members. The table says what is "
            "certain: how many visits stand behind each. Take a longer period, or compare by larger groups."
        )
    )


def _wider(page: Page, endpoint: str, *, spoken: bool) -> dict[str, Any]:
    """Where larger groups stand beside each other, if these are too small to speak of."""
    if spoken or page.wanted.by is By.size:
        return {}
    return {"href": page.link(endpoint, by=By.size.value), "more": _("Compare by size")}


@bp.get("/groups")
@allow("trends.read")
def groups() -> ResponseReturnValue:
    """Groups compared in the chosen area, each with its difference from one of them."""
    return show("trends/told.html", title_of("trends.groups"), _groups)


def _groups(page: Page) -> Mapping[str, Any]:
    wanted, names, by = page.wanted, page.names, page.wanted.by
    beside = page.args.get("beside", "")[:10]
    found = [] if wanted.trait else told.groups(page.actor, wanted, by, beside)
    order = {
        "estimate": lambda one: (one.told.points is None, one.told.points or 0.0),
        "n": lambda one: (False, one.told.n),
        "name": lambda one: (False, names.along(by, one.group)),
    }
    found, sorting = sorted_by(found, page.args.get("sort", "-n"), order)
    chosen = next((one.group for one in found if one.is_base), None)
    note = _("Press a name to compare all others with it. Press a figure for its visits.")
    if chosen is not None:
        note = sentences(_("Compared with: %(group)s.", group=names.along(by, chosen)), note)
    spoken = any(not one.told.silent for one in found)
    sections = [
        Section(
            "groups",
            f"{_(words.BY[by])} · {names.area(wanted.topic)} · {_(words.FIGURES[wanted.figure])}",
            told_figures.groups_table(found, by, wanted, names, page.link),
            told_figures.groups_chart(found, by, wanted, names, page.link) if spoken else None,
            "" if spoken else _silent(),
            note=note,
            folded=False,
            **_wider(page, "groups", spoken=spoken),
        )
    ]
    return {
        **page_of(sections if found else []),
        **(no_visits(page) if not found else {}),
        "lead": None,
        "sorting": [
            ("-n", _("most visits")),
            ("estimate", _("lowest first")),
            ("-estimate", _("highest first")),
            ("name", _("by name")),
        ],
        "sort": sorting,
        "method": method.method(page.actor, wanted, names),
        "sheet": Sheet("trends-groups", *told_sheets.groups(found, by, names)),
    }
