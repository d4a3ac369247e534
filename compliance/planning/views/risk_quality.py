"""Does the score find shortfalls? Aggregates alone, for leadership and coordinators."""

from flask import Blueprint, render_template
from flask.typing import ResponseReturnValue
from markupsafe import Markup

from compliance.people.gate import actor, allow
from compliance.planning import risk_quality, risk_words, store_risk, store_risk_quality
from compliance.planning.risk_quality import Figure, Quality
from compliance.planning.store_risk_quality import Judged
from compliance.shared import charts, translation
from compliance.shared.drawing import fitted
from compliance.shared.translation import gettext as _
from compliance.shared.words import part

bp = Blueprint("risk_quality", __name__, url_prefix="/score")


@bp.get("/")
@allow("risk.judge")
def page() -> ResponseReturnValue:
    """How well the risk score does, by the random visits."""
    today = store_risk.today(actor())
    found, figure = store_risk_quality.kept(actor(), today)
    if found is None:
        return render_template("planning/risk_quality_working.html", figure=figure)
    weights = store_risk.weights(actor(), today)
    return render_template(
        "planning/risk_quality.html",
        found=found,
        figure=figure,
        quality=found.quality,
        chart=_chart(found.quality),
        ranks=_ranks(found.quality.rank),
        whole=_ranks(found.quality.whole),
        today=today,
        chosen=_chosen(found),
        cautions=[_(risk_words.CAUTIONS[one]) for one in found.cautions],
        weights=weights,
        dated=risk_words.dated(weights.valid_from, translation.current()),
        fewest=risk_quality.FEWEST,
        fewest_each=risk_quality.FEWEST_EACH,
        part=part,
    )


def _chart(found: Quality) -> Markup | None:
    """The share with a shortfall: everywhere, and in the third with the most points."""
    if found.top is None or found.everywhere is None:
        return None
    rows = [
        charts.Bar(_("All random visits"), 100 * found.everywhere, part(found.everywhere)),
        charts.Bar(_("The third with the most points"), 100 * found.top, part(found.top)),
    ]
    about = _("Weighted by how many workplaces each visit stands for.")
    title = _("Share of visits with a shortfall")
    return fitted(lambda width: charts.bars("score-quality", title, about, rows, top=100, width=width))


def _ranks(found: Figure | None) -> str:
    if found is None:
        return ""
    value, low, high = (round(100 * one) for one in (found.value, found.low, found.high))
    return _("%(value)s of 100 (95%% interval: %(low)s to %(high)s)", value=value, low=low, high=high)


def _chosen(found: Judged) -> str:
    """The share of shortfalls among visits chosen by points; nothing on few of them."""
    if found.chosen < risk_quality.FEWEST_EACH:
        return ""
    return part(found.chosen_short / found.chosen)
