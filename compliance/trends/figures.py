"""The figures about visits: facts become charts and tables, each with the links to its rows."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from markupsafe import Markup

from compliance.checklists.policy import Severity
from compliance.checklists.rules import AREAS
from compliance.shared import charts
from compliance.shared.translation import gettext as _
from compliance.trends import rules, words
from compliance.trends.labels import Labels, Shown, Table, mean_text, n_text, percent_text
from compliance.trends.periods import Bucket, Step
from compliance.trends.rules import (
    APART,
    MINIMUM_VISITS,
    NO_BAND,
    OVERALL,
    Average,
    By,
    Coverage,
    View,
    VisitFact,
)
from compliance.trends.store import Shortfall

Link = Callable[..., str]
MOST_CLASSES = 10
"""The most classes that a chart shows; its table shows all."""


def _rounded(value: float | None) -> float | None:
    return None if value is None else round(value, 1)


def made_chart(visits: Sequence[VisitFact], among: Sequence[Bucket], step: Step, names: Labels, link: Link) -> Markup:
    """Visits made in each quarter or month, by route."""
    rows = []
    for bucket in among:
        of_bucket = rules.in_bucket(visits, bucket)
        counts = [sum(visit.route is route for visit in of_bucket) for route in words.ROUTES]
        hrefs = [link("visits", bucket=bucket.key, route=route.value) for route in words.ROUTES]
        rows.append(charts.Stack(names.bucket(bucket, step), counts, n_text(len(of_bucket)), hrefs))
    parts = [charts.Part(_(text), words.ROUTE_COLOURS[route]) for route, text in words.ROUTES.items()]
    about = _("One row for each period; the numbers are in the table.")
    most = max((sum(row.counts) for row in rows), default=0)
    return charts.stacked("made", _("Visits made, by route"), about, parts, rows, full=most)


def made_table(visits: Sequence[VisitFact], link: Link) -> Table:
    """Visits made by route and outcome."""
    counted = rules.made(visits)
    rows = []
    for route, text in words.ROUTES.items():
        found = [counted[route, outcome] for outcome in words.OUTCOMES]
        cells = [
            Shown(str(number), link("visits", route=route.value, outcome=outcome.value) if number else None)
            for outcome, number in zip(words.OUTCOMES, found, strict=True)
        ]
        total = Shown(str(sum(found)), link("visits", route=route.value) if sum(found) else None)
        rows.append([Shown(_(text)), *cells, total])
    sums = [sum(counted[route, outcome] for route in words.ROUTES) for outcome in words.OUTCOMES]
    of_outcomes = [
        Shown(str(number), link("visits", outcome=outcome.value) if number else None)
        for outcome, number in zip(words.OUTCOMES, sums, strict=True)
    ]
    rows.append([Shown(_("All")), *of_outcomes, Shown(str(sum(sums)), link("visits"))])
    return Table([_("Route"), *(_(text) for text in words.OUTCOMES.values()), _("All")], rows)


def coverage_chart(found: Sequence[Coverage], by: By, names: Labels, link: Link) -> Markup:
    """The share of active enterprises visited, by class."""
    rows = [
        charts.Bar(
            names.brief(by, row.key),
            100 * (row.share or 0),
            percent_text(row.share),
            _("%(visited)s of %(active)s", visited=row.visited, active=row.active),
            href=link("enterprises", visited="yes", **{by.value: row.key}),
        )
        for row in found[:MOST_CLASSES]
    ]
    about = _("The share of active enterprises with at least one completed visit in the period.")
    return charts.bars("coverage", _("Coverage of the register"), about, rows, top=100)


def coverage_table(found: Sequence[Coverage], by: By, names: Labels, link: Link) -> Table:
    """The same with the enterprises behind."""
    rows = [
        [
            Shown(names.along(by, row.key)),
            Shown(str(row.active), link("enterprises", **{by.value: row.key})),
            Shown(str(row.visited), link("enterprises", visited="yes", **{by.value: row.key})),
            Shown(percent_text(row.share)),
            Shown(str(row.by_random), link("enterprises", visited="random", **{by.value: row.key})),
        ]
        for row in found
    ]
    heads = [_(words.DIMENSIONS[by]), _("Active enterprises"), _("Visited"), _("Share"), _("By a random visit")]
    return Table(heads, rows)


def route_series(
    visits: Sequence[VisitFact], among: Sequence[Bucket], view: View
) -> list[tuple[View, list[Average], Average]]:
    """The overall score over time for each route apart (random first), or knowingly for all routes together."""
    found = []
    for one in [View.all] if view is View.all else APART:
        chosen = rules.compared(visits, one)
        if chosen or one is View.random:
            found.append((one, rules.over_time(chosen, among, OVERALL), rules.score(chosen, OVERALL)))
    return found


def score_chart(
    found: Sequence[tuple[View, list[Average], Average]], among: Sequence[Bucket], step: Step, names: Labels
) -> Markup:
    """Lines of the overall score, with the number of visits below each place."""
    series = [
        charts.Series(_(words.VIEWS[view]), [_rounded(one.mean) for one in averages], [one.n for one in averages])
        for view, averages, _whole in found
    ]
    about = _(
        "Average overall score in each period; a gap where there were fewer than %(n)s visits. "
        "The number of visits stands below.",
        n=MINIMUM_VISITS,
    )
    places = [names.bucket(bucket, step) for bucket in among]
    return charts.line("scores", _("Overall score over time"), about, places, series)


def average_cell(value: Average, href: str | None) -> Shown:
    """An average with the number of visits behind it, and a link to them."""
    if not value.n:
        return Shown("–", dim=True)
    text = f"{mean_text(value)} ({n_text(value.n)})"
    return Shown(text, href, dim=value.mean is None)


def score_table(
    found: Sequence[tuple[View, list[Average], Average]], among: Sequence[Bucket], step: Step, names: Labels, link: Link
) -> Table:
    """The lines as figures, with the median of the whole period."""
    rows = []
    for view, averages, whole in found:
        cells = [
            average_cell(one, link("visits", bucket=bucket.key, area=OVERALL, view=view.value))
            for bucket, one in zip(among, averages, strict=True)
        ]
        median = Shown("–" if whole.median is None else f"{whole.median:.1f}", dim=whole.median is None)
        rows.append(
            [
                Shown(_(words.VIEWS[view])),
                *cells,
                average_cell(whole, link("visits", area=OVERALL, view=view.value)),
                median,
            ]
        )
    heads = [_("Route"), *(names.bucket(bucket, step) for bucket in among), _("Whole period"), _("Median")]
    return Table(heads, rows)


def area_rows(visits: Sequence[VisitFact]) -> list[str]:
    """The whole first, then the five areas, then any that an older checklist had."""
    others = {area for visit in visits for area in visit.figures} - {OVERALL, *AREAS}
    return [OVERALL, *AREAS, *sorted(others)]


@dataclass(frozen=True)
class Slice:
    """Some of the compared visits under a name, and what narrows the rows to them."""

    name: str
    visits: Sequence[VisitFact]
    narrow: Mapping[str, str]


def area_chart(
    chart_id: str,
    title: str,
    slices: Sequence[Slice],
    areas: Sequence[str],
    names: Labels,
    link: Link,
    *,
    corner: str,
    turned: bool,
) -> tuple[Markup | None, Table]:
    """Average scores of areas and slices as a heatmap and its table: areas by slices, or ``turned`` slices by areas.

    Where every field has too few visits there is nothing to draw.
    """
    about = _("Average scores, 0 to 100; the darker the lower. Each field leads to its visits.")
    area_names = [names.area(area) for area in areas]
    slice_names = [one.name for one in slices]
    found = [[_area_cell(one, area, link) for one in slices] for area in areas]
    if turned:
        found = [list(column) for column in zip(*found, strict=True)]
    rows, columns = (slice_names, area_names) if turned else (area_names, slice_names)
    cells = [[cell for cell, _shown in row] for row in found]
    table = [[Shown(name), *(shown for _cell, shown in row)] for name, row in zip(rows, found, strict=True)]
    spoken = any(cell.value is not None for row in cells for cell in row)
    chart = charts.heatmap(chart_id, title, about, rows, columns, cells, scale=(40, 100)) if spoken else None
    return chart, Table([corner, *columns], table)


def _area_cell(one: Slice, area: str, link: Link) -> tuple[charts.Cell, Shown]:
    value = rules.score(one.visits, area)
    href = link("visits", area=area, **one.narrow) if value.n else None
    note, mean = n_text(value.n) if value.n else "", mean_text(value)
    shown = Shown(f"{mean} ({note})", href, dim=value.mean is None) if value.n else Shown("–", dim=True)
    return charts.Cell(_rounded(value.mean), mean, note, href), shown


def band_chart(
    visits: Sequence[VisitFact], among: Sequence[Bucket], step: Step, names: Labels, link: Link
) -> tuple[Markup, Table]:
    """The share of bands in each period."""
    ids = names.band_ids()
    parts = [*names.bands(), charts.Part(_("No band"), "grey")]
    stacks, rows = [], []
    for bucket in among:
        of_bucket = rules.in_bucket(visits, bucket)
        counts = rules.band_counts(of_bucket, ids)
        hrefs = [link("visits", bucket=bucket.key, band=band) for band in [*ids, NO_BAND]]
        name = names.bucket(bucket, step)
        stacks.append(charts.Stack(name, counts, n_text(len(of_bucket)), hrefs))
        shares = [
            Shown(
                f"{count} ({percent_text(rules.share(count, len(of_bucket)))})" if count else "0",
                href if count else None,
            )
            for count, href in zip(counts, hrefs, strict=True)
        ]
        rows.append([Shown(name), *shares, Shown(str(len(of_bucket)), link("visits", bucket=bucket.key, counted=1))])
    about = _("One row for each period: how many visits ended in each band.")
    chart = charts.stacked("bands", _("Bands over time"), about, parts, stacks)
    return chart, Table([_("Period"), *(part.name for part in parts), "n"], rows)


def shortfall_table(found: Sequence[Shortfall], n: int, names: Labels, link: Link) -> Table:
    """Items by how often they fell short, with the share of the visits."""
    rows = []
    for one in found:
        share = rules.share(one.visits, n)
        rows.append(
            [
                Shown(names.item(one.item), numeric=False),
                Shown(names.area(one.area), numeric=False),
                Shown(str(one.visits), link("findings", item=one.item)),
                Shown(_("too few visits") if share is None else percent_text(share), dim=share is None),
                Shown(
                    str(one.critical),
                    link("findings", item=one.item, severity=Severity.critical.value) if one.critical else None,
                ),
            ]
        )
    heads = [_("Item"), _("Area"), _("Visits"), _("Share of %(n)s visits", n=n), _("Critical")]
    return Table(heads, rows)
