"""Words of the draw, as English message ids, and strata in the reader's language."""

from collections.abc import Mapping

from compliance.checklists.names import SIZES
from compliance.enterprises import classes
from compliance.planning.forecast import Notice
from compliance.planning.frames import UNKNOWN
from compliance.shared import translation
from compliance.shared.translation import gettext as _
from compliance.shared.words import N_
from compliance.visits.states import Route

STATE_COLOURS = {"draft": "grey", "frozen": "blue", "drawn": "green", "ended": "teal", "cancelled": "grey"}

NOTICES: Mapping[Notice, str] = {
    Notice.one_member: N_(
        "The frame has a single workplace. It is visited for certain, and what is found there says something about it "
        "alone: no figure is given for so few."
    ),
    Notice.everybody: N_("Every workplace of the frame is visited in this period: nothing is left to chance."),
    Notice.above: N_(
        "There is room for more visits than the frame has workplaces. Nobody is visited twice by one draw; what is "
        "left over stays free."
    ),
    Notice.merged: N_(
        "Strata that are too small were put together: first within their sector, then across sectors. The table says "
        "which. Figures stay right; they only tell less about a small group by itself."
    ),
    Notice.coarser: N_(
        "There are too few random visits for two in each stratum, so strata were put together further than asked for."
    ),
    Notice.too_few: N_(
        "With these random visits no figure will be given for this period alone: fewer than eight, or an interval of "
        "more than 20 points to each side. Put more visits at random, or read several periods together."
    ),
}

LOOKS: Mapping[str, str] = {
    "list": N_("List of those drawn"),
    "xlsx": N_("List of those drawn, as spreadsheet"),
    "frame": N_("Frozen frame, as file"),
    "drawn": N_("Those drawn, as file"),
    "schedule": N_("Plan of days"),
}

ROUTES: Mapping[Route, str] = {Route.random: N_("Random"), Route.targeted: N_("Targeted")}


def stratum(sector: str, size: str, district: str = "", *, certain: bool = False) -> str:
    """A stratum in words. An empty class stands for all."""
    if certain:
        return _("Those with the highest risk")
    language = translation.current()
    parts = [
        _("Sector not entered")
        if sector == UNKNOWN
        else classes.sector_name(sector).in_(language)
        if sector
        else _("Several sectors"),
        _("Size not entered") if size == UNKNOWN else _(SIZES[classes.Size(size)]) if size else _("all sizes"),
    ]
    if district:
        parts.append(
            _("District not entered") if district == UNKNOWN else classes.district_name(district).in_(language)
        )
    return " · ".join(parts)


def of_key(key: str) -> str:
    """The words of a class that was put together with others, from its key."""
    parts = [*key.split("/"), "", ""][:3]
    return stratum(*("" if part == "*" else part for part in parts))
