"""The words of the risk score: facts as a coordinator reads them, and what has to be said beside its quality."""

from collections.abc import Mapping
from datetime import date

from compliance.checklists.risk import BY_BAND, NO_BAND, Source
from compliance.planning.risk import Reason
from compliance.planning.risk_quality import Caution
from compliance.shared.translation import gettext as _
from compliance.shared.words import N_, day

CAUTIONS: Mapping[Caution, str] = {
    Caution.chance: N_(
        "So far the drawn visits do not show that the score does better than chance: its interval reaches 50 of 100."
    ),
    Caution.worse: N_(
        "The score does worse than chance: workplaces with few points fall short more often. Look at the weights."
    ),
    Caution.echo: N_(
        "More than half of the points at the top rest on visits that took place because of earlier results. The "
        "score mostly says: we looked there before. Look at how random visits judge it, and at the weights of earlier "
        "results."
    ),
    Caution.untested: N_(
        "Hardly any random visit went where the score points to, so nothing tests its top. Leave part of the "
        "workplaces with the most points to the lot: choose fewer by points, or draw more at random."
    ),
}


FACTS: Mapping[Source, str] = {
    Source.days_since_visit: N_("%(n)s days"),
    Source.sector_rate: N_("%(n)s%% of its workplaces fall short (estimate)"),
    Source.migrants: N_("%(n)s%% of the workers"),
}
"""What the number of a line says; those that are missing just count."""
COUNTED = N_("%(n)s in number")
OF_REGISTER = frozenset({Source.workers, Source.under_18, Source.migrants})
"""What is known from the register, of which only the present is kept."""


def fact(reason: Reason, bands: Mapping[str, str]) -> str:
    """The fact behind a line; ``bands`` names the bands in the reader's language."""
    if reason.value is None:
        about_visits = reason.source in (Source.days_since_visit, Source.last_band)
        return _("never visited") if about_visits else _("nothing known yet")
    if reason.source in BY_BAND:
        if reason.value == NO_BAND:
            return _("no band: too little was seen")
        return bands.get(str(reason.value), str(reason.value))
    return _(FACTS.get(reason.source, COUNTED), n=reason.value)


def since(reason: Reason, language: str) -> str:
    """Since when it is so; what the register says has no day of its own."""
    if reason.since is not None:
        return day(reason.since, language)
    return _("as the register stands today") if reason.source in OF_REGISTER else "–"


def dated(first: date, language: str) -> str:
    """From which day the weights hold."""
    return _("in force since %(day)s", day=day(first, language))
