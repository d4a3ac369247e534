"""What is told, as charts and tables: the same for a page, a paper and a spreadsheet."""

from collections.abc import Callable, Mapping, Sequence

from markupsafe import Markup

from compliance.estimation.strata import Scale
from compliance.shared import charts, interval_charts
from compliance.shared.drawing import WIDE, fitted
from compliance.shared.interval_charts import Moment, Range
from compliance.shared.translation import gettext as _
from compliance.shared.words import N_
from compliance.trends import stated, words
from compliance.trends.breaks import Break
from compliance.trends.labels import Labels, Table
from compliance.trends.labels import Shown as Entry
from compliance.trends.measures import FIGURES
from compliance.trends.periods import Step
from compliance.trends.rules import By, Selection
from compliance.trends.sections import Valued, words_cell
from compliance.trends.stated import Movement, Stated, Way
from compliance.trends.told import AreaTold, Changes, GroupTold, ItemTold, PeriodTold

Link = Callable[..., str]
MOST_GROUPS = 14
"""The most groups that a drawing shows; its table shows all."""

BREAKS: Mapping[Break, str] = {
    Break.checklist: N_("The checklist changed here: figures before and after do not compare."),
    Break.draw: N_("Here visits drawn by lot begin or end: figures before and after do not compare."),
}


def unit_of(wanted: Selection) -> str:
    """The sign behind a number of the chosen figure."""
    return "" if wanted.figure == "score" else "%"


def keys() -> tuple[str, str, str]:
    """The words for the marks of a drawing."""
    return (
        str(_("estimate for all members, with its 95 per cent interval")),
        str(_("period before")),
        str(_("plain, all visits, targeted included")),
    )


def estimate_cell(one: Stated, href: str | None = None) -> Entry:
    """The figure with its interval, or why there is none."""
    interval = stated.interval_text(one)
    text = f"{stated.value_text(one)} ({interval})" if interval else stated.value_text(one)
    return Valued(text, href if one.n else None, dim=bool(one.silent), plain=text)


def n_cell(one: Stated, href: str | None = None) -> Entry:
    """The drawn visits behind it."""
    return Valued(str(one.n), href if one.n else None, plain=one.n)


def plain_cell(one: Stated, href: str | None = None) -> Entry:
    """The plain figure, in grey."""
    return Entry(stated.plain_text(one), href if one.plain.n else None, dim=True)


def movement_cell(one: Movement, *, unclear: str = "") -> Entry:
    """The movement in a word, and the difference with its interval."""
    text = stated.movement_text(one)
    word = unclear if unclear and one.way is Way.unclear else stated.way_text(one)
    return Entry(
        f"{word}: {text}" if text else word, numeric=False, dim=one.way in (Way.unclear, Way.unknown, Way.broken)
    )


def heads_of(wanted: Selection, first: str) -> list[str]:
    """The heads of a table of figures."""
    named = _("Estimate (95 per cent interval)")
    return [first, f"{_(words.FIGURES[wanted.figure])}: {named}", _("Drawn visits"), _("Plain, all visits")]


def areas_chart(told: Sequence[AreaTold], wanted: Selection, names: Labels, link: Link | None) -> Markup:
    """The whole and the five areas, each with its interval, the period before and the plain figure."""
    rows = [
        Range(
            names.area(one.area), one.now.points, one.now.low, one.now.high, _shown(one.now),
            f"n = {one.now.n}", one.now.plain_points, one.movement.before.points,
            _drawn_link(link, one.now, one.area),
        )
        for one in told
    ]  # fmt: skip
    about = _("One row for each area: the estimate with its interval, and the number of drawn visits at the end.")

    def draw(width: float) -> Markup:
        return interval_charts.ranges(
            "areas", _("The five areas"), about, rows, unit=unit_of(wanted), keys=keys(), scale=scale(told_of(told)),
            width=width,
        )  # fmt: skip

    return fitted(draw) if link else draw(WIDE)


def told_of(told: Sequence[AreaTold]) -> list[Stated]:
    """All figures of a drawing of areas."""
    return [each for one in told for each in (one.now, one.movement.before)]


def scale(drawn: Sequence[Stated]) -> tuple[float, float]:
    """From 0 to 100; shares, which are often small, from 0 to the next twenty above all of them."""
    if not drawn or drawn[0].scale is Scale.score:
        return 0, 100
    highest = max((value for one in drawn for value in (one.high, one.plain_points) if value is not None), default=100)
    return 0, min(100, max(20, -(-int(highest) // 20) * 20))


def _shown(one: Stated) -> str:
    interval = stated.interval_text(one)
    return f"{stated.value_text(one)} ({interval})" if interval else stated.value_text(one)


def _drawn_link(link: Link | None, one: Stated, area: str, **narrow: str) -> str | None:
    return link("visits", area=area, drawn=1, view="all", **narrow) if link and one.n else None


def _plain_link(link: Link | None, area: str, **narrow: str) -> str | None:
    return link("visits", area=area, view="all", **narrow) if link else None


def areas_table(told: Sequence[AreaTold], wanted: Selection, names: Labels, link: Link | None) -> Table:
    """The same as figures, with the movement."""
    rows = [
        [
            Entry(names.area(one.area)),
            estimate_cell(one.now, _drawn_link(link, one.now, one.area)),
            n_cell(one.now, _drawn_link(link, one.now, one.area)),
            plain_cell(one.now, _plain_link(link, one.area)),
            estimate_cell(one.movement.before),
            movement_cell(one.movement),
        ]
        for one in told
    ]
    heads = heads_of(wanted, _("Area"))
    return Table([*heads, _("Period before"), _("Movement (95 per cent interval)")], rows)


def time_chart(told: Sequence[PeriodTold], wanted: Selection, names: Labels) -> Markup:
    """The chosen figure through time."""
    numbers = _numbers(told)
    moments = [
        Moment(
            names.bucket(one.bucket, wanted.step), one.told.points, one.told.low, one.told.high, one.told.n,
            one.told.plain_points, one.told.plain.n, numbers.get(one.bucket.key, ""),
        )
        for one in told
    ]  # fmt: skip
    about = _("One place for each period; the numbers of visits stand below. What is not known is not drawn.")
    first, _before, plain = keys()
    return fitted(
        lambda width: interval_charts.through_time(
            "time", _("Over time"), about, moments, unit=unit_of(wanted), scale=scale([one.told for one in told]),
            keys=(first, str(_("break")), plain), counts=(str(_("drawn")), str(_("all"))), width=width,
        )
    )  # fmt: skip


def _numbers(told: Sequence[PeriodTold]) -> dict[str, str]:
    broken = [one.bucket.key for one in told if one.breaks]
    return {key: str(number) for number, key in enumerate(broken, 1)}


def break_lines(told: Sequence[PeriodTold], step: Step, names: Labels) -> list[str]:
    """What the numbers of the breaks mean."""
    numbers = _numbers(told)
    found = []
    for one in told:
        if one.breaks:
            why = " ".join(str(_(BREAKS[each])) for each in one.breaks)
            found.append(f"{numbers[one.bucket.key]} · {names.bucket(one.bucket, step)}: {why}")
    return found


def time_table(told: Sequence[PeriodTold], wanted: Selection, names: Labels, link: Link | None) -> Table:
    """The same as figures."""
    rows = [
        [
            Entry(names.bucket(one.bucket, wanted.step)),
            estimate_cell(one.told),
            n_cell(one.told),
            plain_cell(one.told),
            Entry(", ".join(str(_(BREAK_NAMES[why])) for why in one.breaks) or "–", numeric=False, dim=not one.breaks),
        ]
        for one in told
    ]
    return Table([*heads_of(wanted, _("Period")), _("Break before it")], rows)


BREAK_NAMES: Mapping[Break, str] = {Break.checklist: N_("checklist changed"), Break.draw: N_("with and without a draw")}


def heat_chart(
    found: Mapping[str, Mapping[str, Stated]], by: By, wanted: Selection, names: Labels, link: Link | None
) -> Markup:
    """Areas beside groups: the darker, the more needs attention. Hatched: visits, but too few to speak of."""
    chosen = busiest(found)[:MOST_GROUPS]
    cells = [[_square(found[group].get(area), area, by, group, link) for area in FIGURES] for group in chosen]
    about = _("Each square has its estimate and the number of drawn visits; hatched squares have too few to speak of.")
    top = (0.0, 100.0) if wanted.figure == "score" else (100.0, 0.0)
    columns = [names.area(area) for area in FIGURES]
    rows = [names.brief(by, group) for group in chosen]

    def draw(width: float) -> Markup:
        return charts.heatmap("heat", _("Areas and groups"), about, rows, columns, cells, scale=top, width=width)

    return fitted(draw) if link else draw(WIDE)


def busiest(found: Mapping[str, Mapping[str, Stated]]) -> list[str]:
    """The groups, those with the most visits first."""
    most = {group: max((one.plain.n for one in areas.values()), default=0) for group, areas in found.items()}
    return sorted(found, key=lambda group: (-most[group], group))


def _square(one: Stated | None, area: str, by: By, group: str, link: Link | None) -> charts.Cell:
    if one is None or not one.plain.n:
        return charts.Cell(None, str(_("no visits")))
    href = _plain_link(link, area, **{by.value: group})
    if one.silent:
        return charts.Cell(None, stated.value_text(one), f"n = {one.n}", href, hatched=True)
    return charts.Cell(one.points, stated.value_text(one), f"n = {one.n}", href)


def heat_table(
    found: Mapping[str, Mapping[str, Stated]],
    order: Sequence[str],
    by: By,
    names: Labels,
    link: Link | None,
) -> Table:
    """The same as figures, all groups. Where no group speaks, the words above the table say so and not each entry."""
    spoken = any(not one.silent for areas in found.values() for one in areas.values())
    rows = []
    for group in order:
        row = [Entry(names.along(by, group))]
        for area in FIGURES:
            one = found[group].get(area)
            if one is None:
                row.append(Entry("–", dim=True))
                continue
            text = stated.said(one) if spoken else stated.n_text(one)
            row.append(Valued(text, _plain_link(link, area, **{by.value: group}), dim=bool(one.silent)))
        rows.append(row)
    return Table([_(words.DIMENSIONS[by]), *(names.area(area) for area in FIGURES)], rows)


def groups_chart(told: Sequence[GroupTold], by: By, wanted: Selection, names: Labels, link: Link | None) -> Markup:
    """Groups below each other, with their intervals."""
    rows = [
        Range(
            names.brief(by, one.group), one.told.points, one.told.low, one.told.high, _shown(one.told),
            f"n = {one.told.n}", one.told.plain_points,
            href=_drawn_link(link, one.told, wanted.topic, **{by.value: one.group}),
        )
        for one in told[:MOST_GROUPS]
    ]  # fmt: skip
    about = _("One row for each group: the estimate with its interval, and the number of drawn visits at the end.")
    return fitted(
        lambda width: interval_charts.ranges(
            "groups", _("Groups compared"), about, rows, unit=unit_of(wanted), keys=keys(),
            scale=scale([one.told for one in told]), width=width,
        )
    )  # fmt: skip


def groups_table(told: Sequence[GroupTold], by: By, wanted: Selection, names: Labels, link: Link | None) -> Table:
    """The same as figures, with the difference from the group that all are compared with."""
    rows = []
    for one in told:
        narrow = {by.value: one.group}
        compared = Entry(_("compared with") if one.is_base else "–", numeric=False, dim=not one.is_base)
        if one.beside:
            compared = movement_cell(one.beside, unclear=str(_("no clear difference")))
        rows.append(
            [
                Entry(names.along(by, one.group), link("groups", beside=one.group) if link else None),
                estimate_cell(one.told, _drawn_link(link, one.told, wanted.topic, **narrow)),
                n_cell(one.told, _drawn_link(link, one.told, wanted.topic, **narrow)),
                plain_cell(one.told, _plain_link(link, wanted.topic, **narrow)),
                compared,
            ]
        )
    return Table([*heads_of(wanted, _(words.DIMENSIONS[by])), _("Compared (95 per cent interval)")], rows)


def items_table(told: Sequence[ItemTold], names: Labels, link: Link | None) -> Table:
    """Items by the share of workplaces that have a finding of them."""
    rows = [
        [
            words_cell(names.item(one.item)),
            words_cell(names.area(names.area_of(one.item))),
            estimate_cell(one.told),
            n_cell(one.told),
            Entry(stated.plain_text(one.told), link("findings", item=one.item, view="all") if link else None, dim=True),
            Valued(
                str(one.critical),
                link("findings", item=one.item, severity="critical", view="all") if link and one.critical else None,
                plain=one.critical,
            ),
            movement_cell(one.movement),
        ]
        for one in told
    ]
    heads = [
        _("Item"), _("Area"), _("Workplaces with it: estimate (95 per cent interval)"), _("Drawn visits"),
        _("Plain, all visits"), _("Critical"), _("Movement (95 per cent interval)"),
    ]  # fmt: skip
    return Table(heads, rows)


def changes_table(told: Changes, names: Labels) -> Table:
    """What has changed, with both figures."""
    rows = [
        [
            words_cell(names.area(one.area)),
            words_cell(
                f"{_(words.DIMENSIONS[one.by])}: {names.along(one.by, one.group)}" if one.by else _("All members")
            ),
            movement_cell(one.movement),
            Entry(stated.said(one.movement.before)),
            Entry(stated.said(one.movement.after)),
        ]
        for one in told.found
    ]
    return Table(
        [_("Area"), _("Members"), _("Movement (95 per cent interval)"), _("Period before"), _("This period")],
        rows,
    )
