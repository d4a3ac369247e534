"""The pages about clauses of the code and about training needs."""

from collections.abc import Mapping, Sequence

from markupsafe import Markup

from compliance.checklists.rules import Checklist
from compliance.estimation.rules import FEWEST_VISITS
from compliance.shared import charts
from compliance.shared.drawing import fitted
from compliance.shared.translation import gettext as _
from compliance.shared.words import part, sentences
from compliance.trends import words
from compliance.trends.labels import Labels, Shown, Table
from compliance.trends.marks import ALL, FREQUENT, Need, most_frequent
from compliance.trends.rules import By
from compliance.trends.sections import (
    Link,
    Section,
    Tile,
    Valued,
    between,
    count,
    share_cell,
    silent_cell,
    stated_entries,
    stated_heads,
    words_cell,
)
from compliance.trends.stated import Stated, interval_text, n_text, value_text

MOST_BARS = 12
MOST_NEEDS = 20
MOST_ITEMS = 15


def clause_name(number: str, versions: Sequence[Checklist], names: Labels) -> str:
    """A clause as the newest checklist's code has it: "2.6 Wages are paid in full"."""
    found = (clause for version in versions if version.code and (clause := version.code.clause(number)))
    title = next((names.say(clause.title) for clause in found), "")
    return f"{number} {title}".strip() or str(_("No clause named"))


def how_marked() -> tuple[str, ...]:
    """How shares of workplaces with a finding are computed."""
    return (
        _(
            "The share of workplaces that had at least one finding of it when they were visited, among those whose "
            "checklist asks about it. Only released findings of completed visits count."
        ),
        _(
            "The estimate is weighted by the draw and speaks for all members, with its 95 per cent interval; "
            "where the draw does not allow one, the words say why. The plain figure beside it describes the visits "
            "and nobody else; follow-up visits are in neither."
        ),
    )


def clause_sections(figures: Sequence[tuple[str, Stated]], names: Labels, link: Link) -> list[Section]:
    """Findings by clause of the code."""
    ordered = most_frequent(figures)
    named = [(clause_name(number, names.versions, names), number, one) for number, one in ordered]
    title = _("Workplaces with a finding, by clause of the code")
    bars = [
        charts.Bar(
            name, one.points, value_text(one), _note(one), one.low, one.high, link("found", clause=number)
        )
        for name, number, one in named[:MOST_BARS]
        if one.points is not None
    ]  # fmt: skip
    about = _("The estimated share of workplaces with a finding of the clause, with its 95 per cent interval.")
    chart = fitted(lambda width: charts.bars("clauses", title, about, bars, width=width)) if bars else None
    rows = [
        [Shown(name), *stated_entries(one, link("found", clause=number)), count(int(one.plain.total))]
        for name, number, one in named
    ]
    heads = [_("Clause of the code"), *stated_heads(), _("Visits with a finding")]
    silent = "" if chart else _("No draw allows an estimate here. The table shows what the visits found.")
    note = (
        _("Drawn are the %(n)s most frequent; the table shows all.", n=MOST_BARS)
        if len(bars) < len(rows) and bars
        else ""
    )
    return [Section("clauses", title, Table(heads, rows), chart, silent, note, how_marked())] if rows else []


def _note(one: Stated) -> str:
    return f"{interval_text(one)} · {n_text(one)}"


def need_tiles(needs: Sequence[Need]) -> list[Tile]:
    """What stands large on the page of training needs."""
    certain = [one for one in needs if one.drawn]
    found = [Tile(str(len(certain)), _("training needs that are certain for all members of a group"))]
    if certain:
        most = max(certain, key=lambda one: one.least)
        found.append(Tile(str(most.least), _("enterprises at least that one training would help")))
    only = len(needs) - len(certain)
    return [*found, Tile(str(only), _("seen among those visited only"))] if only else found


def need_sections(
    needs: Sequence[Need], figures: Mapping[tuple[str, str], Stated], by: By, names: Labels, link: Link
) -> list[Section]:
    """The list "train these on this", and the matrix of items and classes."""
    how = (
        _(
            "A need is a shortfall of at least %(share)s of the workplaces of a group: the lower end of the interval "
            "lies above that. Many pairs of item and group are looked at, so each is held to a stricter interval and "
            "95%% holds for all of them together.",
            share=part(FREQUENT),
        ),
        _(
            "Enterprises helped: the share times the active enterprises of the group in the register today; at least: "
            "with the lower end of the interval."
        ),
        _(
            "Where the draw allows no estimate, the share is that of the visits alone and the list says so: the others "
            "may be better or worse. With fewer than %(n)s visits nothing is said.",
            n=FEWEST_VISITS,
        ),
    )
    rows = []
    for one in needs[:MOST_NEEDS]:
        rows.append(
            [
                Shown(names.item(one.item)), words_cell(_group(by, one.group, names)),
                share_cell(one.value, one.low, one.high, link("found", item=one.item, key=one.group or None)),
                count(one.n),
                Valued(_("%(least)s to %(about)s", least=one.least, about=one.about), plain=one.least),
                words_cell(_("All members of the group") if one.drawn else _("Only those visited")),
            ]
        )  # fmt: skip
    heads = [
        _("Train on"), _(words.DIMENSIONS[by]), _("Share with the shortfall"), _("Visits"),
        _("Enterprises it would help"), _("Speaks for"),
    ]  # fmt: skip
    found = []
    silent = (
        "" if rows else _("Nothing is frequent for certain. Take a longer period, or compare by another dimension.")
    )
    found.append(Section("needs", _("Train these on this"), Table(heads, rows), silent=silent, how=how))
    matrix = _matrix(figures, by, names, link)
    return [*found, *([matrix] if matrix else [])]


def _matrix(figures: Mapping[tuple[str, str], Stated], by: By, names: Labels, link: Link) -> Section | None:
    """Items by classes: the most frequent items, the classes with most visits; small cells say nothing."""
    weight: dict[str, float] = {}
    visits: dict[str, int] = {}
    for (item, group), one in figures.items():
        weight[item] = max(weight.get(item, 0.0), float(one.plain.total))
        visits[group] = max(visits.get(group, 0), one.plain.n)
    items = sorted((item for item in weight if weight[item]), key=lambda item: (-weight[item], item))[:MOST_ITEMS]
    groups = sorted(
        (group for group in visits if visits[group]), key=lambda group: (group != ALL, -visits[group], group)
    )
    if not items or not groups:
        return None
    # A column is drawn where it says something; the table has all.
    brief = [group for group in groups if any(_speaks(figures.get((item, group))) for item in items)][:8]
    title = _("Where which shortfall is found")
    if len(brief) == 1:
        title = f"{title} · {_group(by, brief[0], names)}"
    squares, rows = [], []
    for item in items:
        found = [figures.get((item, group)) for group in groups]
        squares.append(
            [
                _square(one, link("found", item=item, key=group or None))
                for one, group in zip(found, brief, strict=False)
            ]
        )
        rows.append(
            [
                Shown(names.item(item)),
                *(
                    _entry(one, link("found", item=item, key=group or None))
                    for one, group in zip(found, groups, strict=True)
                ),
            ]
        )
    about = _(
        "The share of workplaces with the shortfall; the darker the more. Blank where too few visits stand behind it."
    )
    columns = [_group(by, one, names) for one in brief]
    named = [names.item(item) for item in items]
    bars = _single(named, squares) if len(brief) == 1 else []

    def draw(width: float) -> Markup:
        if bars:
            return charts.bars("needs-matrix", title, f"{columns[0]}. {about}", bars, top=100, width=width)
        return charts.heatmap("needs-matrix", title, about, named, columns, squares, scale=(100, 0), width=width)

    chart = fitted(draw)
    spoken = bool(brief)
    note = _(
        "Estimates for all members of the group; in brackets, where the draw allows none, the share of the visits."
    )
    if len(brief) < len(groups):
        note = sentences(note, _("Drawn are the groups of which something can be said; the table has all."))
    return Section(
        "matrix", title, Table([_("Item"), *(_group(by, one, names) for one in groups)], rows if spoken else []),
        chart if spoken else None, "" if spoken else _("Too few visits in every group."), note, how_marked(),
    )  # fmt: skip


def _group(by: By, key: str, names: Labels) -> str:
    return str(_("All members")) if key == ALL else names.brief(by, key)


def _single(named: Sequence[str], squares: Sequence[Sequence[charts.Cell]]) -> list[charts.Bar]:
    """The only group of which something can be said, as bars, the most frequent first."""
    drawn = [
        charts.Bar(name, cell.value, cell.shown, cell.note, href=cell.href)
        for name, (cell,) in zip(named, squares, strict=True)
    ]
    return sorted(drawn, key=lambda one: -(one.value or 0.0))


def _speaks(one: Stated | None) -> bool:
    return one is not None and (one.points is not None or one.plain_points is not None)


def _square(one: Stated | None, href: str) -> charts.Cell:
    if one is None or not (one.n or one.plain.n):
        return charts.Cell(None, _("no visits"))
    if one.points is not None:
        return charts.Cell(one.points, value_text(one), interval_text(one), href)
    if one.plain_points is not None:
        return charts.Cell(one.plain_points, f"({one.plain_points:.0f}%)", f"n = {one.plain.n}", href)
    return charts.Cell(None, _("too few visits"), f"n = {one.plain.n}")


def _entry(one: Stated | None, href: str) -> Shown:
    if one is None or not (one.n or one.plain.n):
        return Shown("–", dim=True)
    if one.points is not None and one.low is not None and one.high is not None:
        return Valued(
            f"{value_text(one)} ({between(one.low / 100, one.high / 100)})", href, plain=round(one.points / 100, 4)
        )
    if one.plain_points is not None:
        return Shown(f"({one.plain_points:.0f}%, n = {one.plain.n})", href, dim=True)
    return silent_cell(one.plain.n)
