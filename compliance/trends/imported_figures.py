"""What was imported from before the system, through time: a row of its own, with a visible break before ours.

Plain figures with the number of visits: they are not weighted, and enter no estimate.
"""

from collections.abc import Sequence
from dataclasses import replace

from markupsafe import Markup

from compliance.history import store as history
from compliance.history.rules import Period
from compliance.history.store import Series
from compliance.people.rules import Actor
from compliance.shared import interval_charts
from compliance.shared.drawing import fitted
from compliance.shared.interval_charts import Moment
from compliance.shared.translation import gettext as _
from compliance.shared.words import N_, sentences
from compliance.trends import periods, told, words
from compliance.trends.labels import Labels, Table
from compliance.trends.labels import Shown as Entry
from compliance.trends.periods import Bucket, Step
from compliance.trends.rules import Selection
from compliance.trends.sections import Section, Valued, count, words_cell
from compliance.trends.told import PeriodTold

BREAK = N_(
    "Here this system begins. Before it, somebody else looked, at other workplaces, by other rules: figures before and "
    "after do not compare."
)


def sections(actor: Actor, wanted: Selection, names: Labels) -> list[Section]:
    """One section for each source. None where sectors, districts, sizes, traits or versions narrow the page: what was
    imported says nothing of them.
    """
    if wanted.sector or wanted.district or wanted.size or wanted.trait or wanted.version:
        return []
    severities = ("critical",) if wanted.figure == "critical" else ()
    found = [one for one in history.series(actor, wanted.topic, severities) if _speaks(one, wanted)]
    if not found:
        return []
    ours = told.through_time(actor, replace(wanted, step=Step.quarter))
    return [_section(place, one, ours, wanted, names) for place, one in enumerate(found, 1)]


def _speaks(one: Series, wanted: Selection) -> bool:
    """Whether a source says anything of the chosen figure."""
    return _scored(one) if wanted.figure == "score" else one.has_findings


def _scored(one: Series) -> bool:
    return one.scale is not None and any(period.scored for period in one.periods)


def _comparable_scale(one: Series, wanted: Selection) -> bool:
    """Whether ours can stand in one drawing with it: shares always, scores where both run from 0 to 100."""
    if wanted.figure != "score":
        return True
    scale = one.scale
    return scale is not None and scale.higher_is_better and scale.lowest == 0 and scale.highest == 100


def _section(place: int, one: Series, ours: Sequence[PeriodTold], wanted: Selection, names: Labels) -> Section:
    beside = [each for each in ours if each.told.plain.n] if _comparable_scale(one, wanted) else []
    title = _("Imported: from %(source)s, not scored by this system", source=one.source)
    share = _("Share of visits with a finding; plain, of the visits that were imported.")
    mean = _("Mean of the scores on the source's own scale; plain, of the visits that were imported.")
    what = mean if wanted.figure == "score" else share
    return Section(
        f"imported-{place}",
        " · ".join((title, names.area(wanted.topic))),
        _table(one, beside, wanted, names),
        _chart(place, one, beside, wanted, names),
        note=sentences(what, _scale_said(one, wanted), f"1 · {_(BREAK)}"),
        how=[_("Imported results enter no estimate, no comparison and no risk. They are counted as they came.")],
    )


def _scale_said(one: Series, wanted: Selection) -> str:
    if wanted.figure != "score" or one.scale is None:
        return ""
    better = _("higher is better") if one.scale.higher_is_better else _("lower is better")
    return str(
        _("The scale runs from %(lowest)s to %(highest)s; %(better)s.", lowest=one.scale.lowest,
          highest=one.scale.highest, better=better)
    )  # fmt: skip


def _value(one: Period, wanted: Selection) -> float | None:
    if wanted.figure == "score":
        return one.mean
    return None if one.share is None else 100 * one.share


def _number(one: Period, wanted: Selection) -> int:
    return one.scored if wanted.figure == "score" else one.visits


def _named(one: Period, names: Labels) -> str:
    if "-Q" not in one.key:
        return one.key
    year, quarter = one.key.split("-Q")
    return names.bucket(Bucket(one.key, periods.quarter(int(year), int(quarter))), Step.quarter)


def _chart(place: int, one: Series, ours: Sequence[PeriodTold], wanted: Selection, names: Labels) -> Markup:
    moments = [
        Moment(_named(each, names), None, None, None, 0, _value(each, wanted), _number(each, wanted))
        for each in one.periods
    ]
    if ours:
        first = True
        for mine in ours:
            name = names.bucket(mine.bucket, Step.quarter)
            said = mine.told
            moments.append(
                Moment(name, None, None, None, said.n, said.plain_points, said.plain.n, "1" if first else "")
            )
            first = False
    else:
        moments.append(Moment(str(_("this system")), None, None, None, 0, mark="1"))
    drawn = wanted.figure == "score" and one.scale is not None
    scale = (float(one.scale.lowest), float(one.scale.highest)) if drawn and one.scale else (0.0, 100.0)
    about = _("One place for each period, first the imported ones, then ours; a line marks the break between them.")
    return fitted(
        lambda width: interval_charts.through_time(
            f"imported-{place}", one.source, about, moments, unit="" if wanted.figure == "score" else "%", scale=scale,
            keys=("", str(_("break")), str(_("plain"))), counts=(str(_("drawn")), str(_("all"))), width=width,
        )
    )  # fmt: skip


def _table(one: Series, ours: Sequence[PeriodTold], wanted: Selection, names: Labels) -> Table:
    unit = "" if wanted.figure == "score" else "%"

    def figure(value: float | None) -> Entry:
        return Entry("–", dim=True) if value is None else Valued(f"{value:.1f}{unit}", plain=round(value, 3))

    rows = [
        [Entry(_named(each, names)), words_cell(_("imported")), figure(_value(each, wanted)),
         count(_number(each, wanted))]
        for each in one.periods
    ]  # fmt: skip
    rows.append([Entry(_("Break")), words_cell(_(BREAK)), Entry("–", dim=True), Entry("–", dim=True)])
    rows += [
        [Entry(names.bucket(each.bucket, Step.quarter)), words_cell(_("this system, plain")),
         figure(each.told.plain_points), count(each.told.plain.n)]
        for each in ours
    ]  # fmt: skip
    head = _("Mean score, own scale") if wanted.figure == "score" else _(words.FIGURES[wanted.figure])
    return Table([_("Period"), _("Series"), head, _("Visits")], rows)
