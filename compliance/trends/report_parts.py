"""The parts of the leadership report: sentences, charts and tables in the language of now, from its facts.

Counts go through the suppression of the board edition, so that nothing small is shown or follows. Charts are those of
the pages.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field

from markupsafe import Markup

from compliance.checklists.names import SEVERITIES
from compliance.checklists.policy import Severity
from compliance.shared.step_chart import Fall, Falling, steps
from compliance.shared.translation import gettext as _
from compliance.shared.words import part, sentences
from compliance.trends import report_sentences as say
from compliance.trends import stated, told_figures, words
from compliance.trends.board import Safe, may_state, safe, safe_count
from compliance.trends.closing import Closing, by_group
from compliance.trends.labels import Labels, Table
from compliance.trends.labels import Shown as Entry
from compliance.trends.recovered_figures import yuan
from compliance.trends.report_facts import Facts
from compliance.trends.rules import By, Selection
from compliance.trends.sections import Valued, between, words_cell
from compliance.trends.stated import Stated
from compliance.visits.states import Outcome, Route

MOST_ITEMS, MOST_NEEDS, MOST_SECTORS = 12, 10, 12


@dataclass(frozen=True)
class Part:
    """One part: what is said, drawn and listed. ``title`` is empty where it goes on from the one before."""

    key: str
    title: str
    lines: Sequence[str] = ()
    chart: Markup | None = None
    table: Table | None = None
    note: str = ""
    figures: Sequence[tuple[str, str]] = field(default=())
    """Figures that stand large: (value, words)."""


def visits_table(facts: Facts) -> Safe:
    """Released visits by route and how they ended, with what is small taken away."""
    rows: dict[str, list[int]] = {}
    for route, text in words.ROUTES.items():
        name = str(_(text) if route in (Route.random, Route.targeted) else _("Other visits"))
        numbers = [
            sum(facts.outcomes.number(route=route.value, outcome=each.value) for each in ended) if facts.outcomes else 0
            for ended in ((Outcome.completed,), (Outcome.refused, Outcome.not_found), (Outcome.closed_down,))
        ]
        rows[name] = [a + b for a, b in zip(rows.get(name, [0, 0, 0]), numbers, strict=True)]
    return safe(rows)


def actions_table(facts: Facts) -> Safe:
    """Corrective actions delivered in the period, by severity: closed and still open."""
    found = {str(_(SEVERITIES[severity])): [0, 0] for severity in Severity}
    for one in facts.batches:
        found[str(_(SEVERITIES[Severity(one.severity)]))][0 if one.closed else 1] += one.number
    return safe(found)


def reach_table(facts: Facts, names: Labels) -> Safe:
    """Active enterprises by sector: visited in the period, and not. Small ones stand together."""
    rows: dict[str, list[int]] = {}
    ordered = sorted(facts.reached.items(), key=lambda one: (-one[1].active, one[0]))
    other = str(_("Other sectors"))
    for key, one in ordered:
        numbers = [one.visited, one.active - one.visited]
        apart = len(rows) < MOST_SECTORS and all(safe_count(number) is not None for number in numbers)
        name = names.along(By.sector, key) if apart else other
        rows[name] = [a + b for a, b in zip(rows.get(name, [0, 0]), numbers, strict=True)]
    if other in rows:
        rows[other] = rows.pop(other)
    return safe(rows)


def parts(facts: Facts, names: Labels, method_lines: Sequence[str]) -> list[Part]:
    """The whole report, in order."""
    first = all(one.movement.before.n == 0 and not one.movement.before.plain.n for one in facts.areas)
    return [
        _certain(facts),
        *_areas(facts, names),
        _changed(facts, names, first=first),
        _sectors(facts, names),
        _items(facts, names),
        *_actions(facts),
        _coverage(facts, names),
        _needs(facts, names),
        _method(facts, names, method_lines),
    ]


def _certain(facts: Facts) -> Part:
    table = visits_table(facts)
    completed, not_let_in = _completed(table)
    by_lot = dict(zip(table.names, table.totals, strict=True)).get(_lot(), 0)
    lines = [
        say.visits(table.total, by_lot), say.shortfalls(facts.found, facts.put_right),
        say.on_time(facts.closing, actions_table(facts).total), say.refused(not_let_in, completed),
    ] if table.names else [_("No visit of the period has a released result.")]  # fmt: skip
    figures = [
        (say.shown(table.total), _("visits made and released")),
        (say.counted(facts.found), _("shortfalls found")),
        (say.counted(facts.put_right), _("shortfalls put right and verified")),
        (recovered(facts) or "–", _("got back for workers, as workers confirmed")),
    ]
    drawn = _counts("visits", _("Route"), [_("Completed"), _("Refused or not found"), _("Closed down")], table)
    return Part("certain", _("What is certain"), lines, table=drawn, figures=figures)


def recovered(facts: Facts) -> str | None:
    """What was got back; None where so few enterprises paid it that the sum would be about each of them."""
    behind = facts.recovered.enterprises
    return yuan(facts.recovered.recovered) if not behind or safe_count(behind) is not None else None


def _lot() -> str:
    return str(_(words.ROUTES[Route.random]))


def _completed(table: Safe) -> tuple[int | None, int | None]:
    return (table.foot[0], table.foot[1]) if table.foot else (0, 0)


def _areas(facts: Facts, names: Labels) -> list[Part]:
    wanted = Selection(facts.span)
    lines = [say.said(names.area(one.area), one.movement) for one in facts.areas]
    chart = told_figures.areas_chart(facts.areas, wanted, names, None)
    table = Table(
        [
            _("Area"), _("Score (95 per cent interval)"), _("Drawn visits"), _("Period before"),
            _("Difference (95 per cent interval)"),
        ],
        [
            [
                Entry(names.area(one.area)), _estimate(one.now), _n(one.now), _estimate(one.movement.before),
                Entry(_difference(one.movement)),
            ]
            for one in facts.areas
        ],
    )  # fmt: skip
    shares = Table(
        [_("Area"), _("Workplaces with a shortfall (95 per cent interval)"), _("Drawn visits"), _("Movement")],
        [
            [
                Entry(names.area(one.area)), _share(one.now), _n(one.now),
                words_cell(stated.way_text(one.movement) if may_state(one.now, counted=True) else "–"),
            ]
            for one in facts.shares
        ],
    )  # fmt: skip
    moved = say.lead([one.movement for one in facts.areas])
    return [
        Part("areas", _("The five areas"), [moved, *lines], chart, table),
        Part("shares", "", [_("The same as the share of all workplaces with at least one shortfall of the area:")],
             table=shares, note=say.never_a_cause()),
    ]  # fmt: skip


def _difference(one: stated.Movement) -> str:
    text = stated.movement_text(one)
    return f"{stated.way_text(one)}: {text}" if text else stated.way_text(one)


def _changed(facts: Facts, names: Labels, *, first: bool) -> Part:
    found = facts.changes
    told = told_figures.changes_table(found, names) if found.found else None
    line = say.changes(len(found.found), found.compared, found.spoken, first=first)
    return Part("changed", _("What changed"), [line], table=told)


def _sectors(facts: Facts, names: Labels) -> Part:
    order = told_figures.busiest(facts.sectors)
    speaking = {key: facts.sectors[key] for key in order if any(not one.silent for one in facts.sectors[key].values())}
    silent = len(facts.sectors) - len(speaking)
    lines = []
    if not speaking:
        lines.append(_("No sector has enough drawn visits for an estimate of its own."))
    elif silent:
        lines.append(_("Sectors without enough drawn visits, left out here: %(n)s.", n=say.counted(silent)))
    chart = told_figures.heat_chart(speaking, By.sector, Selection(facts.span), names, None) if speaking else None
    table = told_figures.heat_table(speaking, list(speaking)[:MOST_SECTORS], By.sector, names, None)
    return Part("sectors", _("Areas and sectors"), lines, chart, table if speaking else None)


def _items(facts: Facts, names: Labels) -> Part:
    spoken = [one for one in facts.items if may_state(one.told, counted=True)]
    left = len(facts.items) - len(spoken)
    rows = [
        [
            words_cell(names.item(one.item)), words_cell(names.area(names.area_of(one.item))), _estimate(one.told),
            _n(one.told), words_cell(_difference(one.movement)),
        ]
        for one in spoken[:MOST_ITEMS]
    ]  # fmt: skip
    heads = [
        _("Item"), _("Area"), _("Share of all workplaces (95 per cent interval)"), _("Drawn visits"),
        _("Against the period before"),
    ]  # fmt: skip
    lines = [] if rows else [_("No shortfall was seen on enough drawn visits to say how frequent it is.")]
    if left:
        lines.append(
            _("Further shortfalls are not listed: too few visits stand behind them, or fewer than five workplaces.")
        )
    return Part("shortfalls", _("Most frequent shortfalls"), lines, table=Table(heads, rows) if rows else None)


def _actions(facts: Facts) -> list[Part]:
    table = actions_table(facts)
    chart = _curves(facts)
    lines = [say.on_time(facts.closing, table.total)]
    if chart is not None:
        lines.append(
            _(
                "The curve says which share is still open after so many days (Kaplan and Meier: what is open counts "
                "for the days it has been watched)."
            )
        )
    counts = _counts("actions", _("Severity"), [_("Closed"), _("Still open")], table) if table.names else None
    return [Part("actions", _("Corrective actions"), lines, chart, counts)]


def _curves(facts: Facts) -> Markup | None:
    found = [one for one in by_group(facts.batches, lambda one: one.severity, facts.severities).values() if one.spoken]
    order = {severity.value: place for place, severity in enumerate(Severity)}
    found.sort(key=lambda one: order.get(one.key, 9))
    curves = [_curve(one) for one in found if one.curve]
    if not curves:
        return None
    about = _("The share still open, by days since delivery, with 95% bands.")
    return steps(
        "closing",
        _("Days to closure, by severity"),
        about,
        curves,
        days_name=_("days"),
        watched_name="",
        share_name=_("still open"),
    )


def _curve(one: Closing) -> Falling:
    """Without the numbers watched, which become small at the end."""
    assert one.curve is not None
    falls = [Fall(step.day, step.remaining, step.low, step.high) for step in one.curve.steps]
    return Falling(str(_(SEVERITIES[Severity(one.key)])), falls, one.curve.last_day)


def _coverage(facts: Facts, names: Labels) -> Part:
    table = reach_table(facts, names)
    drawn = _counts("coverage", _("Sector"), [_("Visited in the period"), _("Not visited in the period")], table)
    lines = [say.coverage(facts.register)]
    return Part("coverage", _("Coverage of the register, and refusals"), [*lines, _refusals(facts)], table=drawn)


def _refusals(facts: Facts) -> str:
    completed, not_let_in = _completed(visits_table(facts))
    if not facts.outcomes:
        return str(_("No visit of the period has a released result."))
    words_ = [say.refused(not_let_in, completed)]
    if not_let_in != 0:
        words_.append(
            str(
                _(
                    "Who refuses may have a reason to: refused visits stay in the estimates, at worst and at best "
                    "where that matters."
                )
            )
        )
    return sentences(*words_)


def _needs(facts: Facts, names: Labels) -> Part:
    rows = [
        [
            words_cell(names.item(one.item)),
            words_cell(names.along(By.sector, one.group) if one.group else _("All members")),
            Valued(f"{part(one.value)} ({between(one.low, one.high)})", plain=round(one.value, 4)),
            Valued(str(one.n), plain=one.n),
            Valued(_("at least %(n)s", n=one.least), plain=one.least),
        ]
        for one in facts.needs[:MOST_NEEDS]
    ]
    heads = [
        _("Train on"), _("Sector"), _("Share with the shortfall"), _("Drawn visits"), _("Enterprises it would help"),
    ]  # fmt: skip
    lines = [
        _("A training need is a shortfall that at least one workplace in five of a group has for certain.")
        if rows
        else _("No shortfall is frequent for certain in the whole or in a sector.")
    ]
    return Part("training", _("Training needs"), lines, table=Table(heads, rows) if rows else None)


def _method(facts: Facts, names: Labels, lines: Sequence[str]) -> Part:
    rows = strata(facts, names)
    more = []
    if rows:
        more.append(
            _(
                "Each stratum below is a group from which visits were drawn by lot, or chosen by risk and visited "
                "whole. Small ones are put together. Visits still to come are not counted."
            )
        )
    if facts.broken:
        named = ", ".join(names.area(area) for area in sorted(facts.broken))
        more.append(
            _("The checklist has changed against the period before, so these are not compared: %(areas)s.", areas=named)
        )
    heads = [_("Stratum"), _("Workplaces (N)"), _("Visited, released"), _("Refused or not found"), _("Closed or left")]
    table = Table(heads, rows) if rows else None
    return Part("method", _("How the figures are computed"), [*lines, *more], table=table)


def strata(facts: Facts, names: Labels) -> list[list[Entry]]:
    """The strata with their numbers; those with a small number are put together."""
    by_name: dict[str, list[int]] = {}
    for one in facts.frames:
        said = " · ".join(
            names.along(by, code)
            for by, code in ((By.sector, one.sector), (By.size, one.size), (By.district, one.district))
            if code
        )
        name = str(_("Chosen by risk, all visited")) if one.certain else said or str(_("All"))
        _add(by_name, name, [one.population, one.visited, one.refused, one.gone])
    merged: dict[str, list[int]] = {}
    for name, numbers in sorted(by_name.items(), key=lambda one: (-one[1][0], one[0])):
        small = any(safe_count(number) is None for number in numbers) or len(merged) >= MOST_SECTORS
        _add(merged, str(_("Other strata")) if small else name, numbers)
    return [
        [Entry(name), *(Valued(say.counted(number), plain=say.counted(number)) for number in numbers)]
        for name, numbers in sorted(merged.items(), key=lambda one: one[0] == _("Other strata"))
    ]


def _add(to: dict[str, list[int]], name: str, numbers: Sequence[int]) -> None:
    to[name] = [a + b for a, b in zip(to.get(name, [0] * len(numbers)), numbers, strict=True)]


def _estimate(one: Stated) -> Entry:
    return told_figures.estimate_cell(one)


def _share(one: Stated) -> Entry:
    if one.silent or may_state(one, counted=True):
        return told_figures.estimate_cell(one)
    return Entry(_("not shown"), dim=True)


def _n(one: Stated) -> Entry:
    return Valued(say.counted(one.n), plain=say.counted(one.n))


def _counts(key: str, head: str, heads: Sequence[str], table: Safe) -> Table | None:
    if not table.names:
        return None
    rows = [
        [Entry(name), *(Valued(say.shown(one), plain=say.shown(one)) for one in (*cells, total))]
        for name, cells, total in zip(table.names, table.cells, table.totals, strict=True)
    ]
    rows.append(
        [Entry(_("All")), *(Valued(say.shown(one), plain=say.shown(one)) for one in (*table.foot, table.total))]
    )
    return Table([head, *heads, _("All")], rows)
