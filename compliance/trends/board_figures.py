"""The page of the board edition: a few key figures, none of them small, no name, no link."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from compliance.checklists.names import SEVERITIES
from compliance.checklists.policy import Severity
from compliance.shared.translation import gettext as _
from compliance.shared.words import part
from compliance.trends import board, words
from compliance.trends.board import Safe, may_state, safe
from compliance.trends.cells import Outcomes
from compliance.trends.closing import Batch, Closing
from compliance.trends.labels import Labels, Shown, Table, percent_text
from compliance.trends.marks import most_frequent
from compliance.trends.reach import Reached
from compliance.trends.rules import By
from compliance.trends.sections import Section, Tile, Valued, between
from compliance.trends.stated import Stated, interval_text, n_text, value_text
from compliance.visits.states import Outcome, Route

MOST_ITEMS = 10


@dataclass(frozen=True)
class Edition:
    """What the page shows, and how many figures are hidden."""

    tiles: Sequence[Tile]
    sections: Sequence[Section]
    hidden: int


def edition(
    areas: Mapping[str, Stated],
    whole: Outcomes | None,
    groups: Sequence[Outcomes],
    items: Sequence[tuple[str, Stated]],
    batches: Sequence[Batch],
    closing: Closing | None,
    reached: Reached,
    by: By,
    names: Labels,
) -> Edition:
    """All of it. ``groups`` are the outcomes by class; ``items`` the shares of workplaces with each shortfall."""
    found = [_areas(areas, names)]
    hidden = 0
    made = safe(_outcomes(whole)) if whole else None
    if made and made.names:
        found.append(_table("visits", _("Visits made"), _("Route"), [_("Completed"), _("Not completed")], made))
        hidden += made.hidden
        if made.foot[0] is not None:
            section, more = _groups(groups, by, names)
            found += section
            hidden += more
        else:
            hidden += 1
    section, more = _items(items, names)
    found += section
    hidden += more
    if batches:
        table = safe(_actions(batches))
        found.append(
            _table("actions", _("Corrective actions delivered"), _("Severity"), [_("Closed"), _("Still open")], table)
        )
        hidden += table.hidden
    tiles, more = _tiles(made, closing, reached)
    return Edition(tiles, found, hidden + more)


def _tiles(made: Safe | None, closing: Closing | None, reached: Reached) -> tuple[list[Tile], int]:
    tiles, hidden = [], 0
    if made:
        tiles.append(Tile(_number(made.total), _("visits made")))
    if reached.active:
        shown = board.safe_share(reached.active, reached.visited)
        hidden += not shown
        value = percent_text(reached.share) if shown else _("not shown")
        tiles.append(Tile(value, _("of the active enterprises visited in the period")))
    if closing and closing.curve:
        share = closing.on_time
        if share.n and not share.silent:
            shown = board.safe_share(share.n, round(share.value * share.n))
            hidden += not shown
            note = _("95%% interval %(interval)s; n = %(n)s", interval=between(share.low, share.high), n=share.n)
            value = part(share.value) if shown else _("not shown")
            tiles.append(Tile(value, _("done by the due date"), note=note if shown else ""))
        if closing.curve.median is not None:
            tiles.append(Tile(_("%(days)s days", days=closing.curve.median), _("until half are closed")))
    return tiles, hidden


def _areas(areas: Mapping[str, Stated], names: Labels) -> Section:
    rows = [[Shown(names.area(area)), *_stated(one)] for area, one in areas.items()]
    heads = [_("Area"), _("Estimate for all members"), _("95 per cent interval"), _("Drawn visits")]
    how = (_("Scores of 0 to 100, estimated for all members from the visits drawn by lot."),)
    return Section("areas", _("How the members stand"), Table(heads, rows), how=how)


def _stated(one: Stated) -> list[Shown]:
    if one.silent or one.points is None:
        return [Shown(value_text(one), dim=True), Shown("–", dim=True), Shown("–", dim=True)]
    return [
        Valued(value_text(one), plain=round(one.points / one.factor, 4)), Shown(interval_text(one)), Shown(n_text(one)),
    ]  # fmt: skip


def _outcomes(whole: Outcomes) -> dict[str, list[int]]:
    """Completed and not, by route. Few columns and rows: the fewer, the less has to be hidden."""
    rows: dict[str, list[int]] = {}
    for route, text in words.ROUTES.items():
        name = str(_(text) if route in (Route.random, Route.targeted) else _("Other visits"))
        completed = whole.number(route=route.value, outcome=Outcome.completed.value)
        before = rows.get(name, [0, 0])
        rows[name] = [before[0] + completed, before[1] + whole.number(route=route.value) - completed]
    return rows


def _groups(groups: Sequence[Outcomes], by: By, names: Labels) -> tuple[list[Section], int]:
    """Completed visits by class. Their total stands in the table of routes, so this one must be able to show it too."""
    completed = Outcome.completed.value
    rows = {
        names.along(by, one.group): [one.number(outcome=completed)]
        for one in sorted(groups, key=lambda one: -one.number(outcome=completed))
    }
    table = safe(rows)
    if table.total is None or not table.names:
        return [], 1
    section = _table(
        "classes", _("Completed visits") + " · " + _(words.BY[by]), _(words.DIMENSIONS[by]), [_("Completed")], table
    )
    return [section], table.hidden


def _items(items: Sequence[tuple[str, Stated]], names: Labels) -> tuple[list[Section], int]:
    shown = [(item, one) for item, one in most_frequent(items) if may_state(one, counted=True)][:MOST_ITEMS]
    left = sum(1 for _item, one in items if not one.silent and not may_state(one, counted=True))
    if not shown:
        return [], left
    rows = [[Shown(names.item(item)), *_stated(one)] for item, one in shown]
    heads = [_("Item"), _("Share of all workplaces"), _("95 per cent interval"), _("Drawn visits")]
    return [Section("items", _("Most frequent shortfalls"), Table(heads, rows))], left


def _actions(batches: Sequence[Batch]) -> dict[str, list[int]]:
    def of(severity: Severity, holds: Callable[[Batch], bool]) -> int:
        return sum(batch.number for batch in batches if batch.severity == severity.value and holds(batch))

    return {
        str(_(SEVERITIES[severity])): [of(severity, lambda one: one.closed), of(severity, lambda one: not one.closed)]
        for severity in Severity
    }


def _table(key: str, title: str, head: str, heads: Sequence[str], table: Safe) -> Section:
    single = len(heads) == 1
    rows = []
    for name, cells, total in zip(table.names, table.cells, table.totals, strict=True):
        rows.append([Shown(name), *map(_count, cells), *([] if single else [_count(total)])])
    rows.append([Shown(_("All")), *map(_count, table.foot), *([] if single else [_count(table.total)])])
    return Section(key, title, Table([head, *heads, *([] if single else [_("All")])], rows))


def _count(number: int | None) -> Shown:
    if number is None:
        return Valued(_("not shown"), dim=True, plain=_("not shown"))
    return Valued(str(number), plain=number)


def _number(number: int | None) -> str:
    return str(_("not shown") if number is None else number)
