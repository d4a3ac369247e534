"""The page of refused visits: how many, by which route, of whom, and what they do to the estimates."""

from collections.abc import Mapping, Sequence
from dataclasses import replace

from compliance.estimation.rules import estimate
from compliance.estimation.strata import Scale, Sums
from compliance.shared import charts
from compliance.shared.drawing import fitted
from compliance.shared.translation import gettext as _
from compliance.shared.words import part
from compliance.trends import stated, words
from compliance.trends.cells import Frame, Outcomes
from compliance.trends.labels import Labels, Shown, Table
from compliance.trends.marks import wilson
from compliance.trends.rules import By
from compliance.trends.sections import (
    Link,
    Section,
    Tile,
    Valued,
    count,
    share_cell,
    silent_cell,
    words_cell,
)
from compliance.trends.stated import Stated
from compliance.visits.states import Outcome, Route

NOT_LET_IN = (Outcome.refused.value, Outcome.not_found.value)
"""They may depend on what would have been seen."""


def refused_of(one: Outcomes, route: str | None = None) -> Sums:
    """Of the visits to places that exist, those where nobody was let in or found."""
    completed = one.number(route=route, outcome=Outcome.completed.value)
    refused = sum(one.number(route=route, outcome=outcome) for outcome in NOT_LET_IN)
    return Sums.count(completed + refused, refused)


def tiles(whole: Outcomes, link: Link) -> list[Tile]:
    """What stands large."""
    sums = refused_of(whole, Route.random.value)
    at = wilson(sums, 0.95)
    share = part(at[0]) if at else "–"
    return [
        Tile(str(whole.number(outcome=outcome.value)), str(_(text)), link("visits", outcome=outcome.value))
        for outcome, text in words.OUTCOMES.items()
        if outcome is not Outcome.completed
    ] + [Tile(share, _("of the random visits refused or not found"), note=f"n = {sums.n}")]


def route_section(whole: Outcomes, link: Link) -> Section:
    """How visits ended, by route."""
    rows, stacks = [], []
    for route, text in words.ROUTES.items():
        numbers = [whole.number(route=route.value, outcome=outcome.value) for outcome in words.OUTCOMES]
        hrefs = [link("visits", route=route.value, outcome=outcome.value) for outcome in words.OUTCOMES]
        rows.append([Shown(_(text)), *map(count, numbers, hrefs), _share(refused_of(whole, route.value))])
        stacks.append(charts.Stack(str(_(text)), numbers, f"n = {sum(numbers)}", hrefs))
    colours = ("teal", "red", "grey", "amber")
    parts = [charts.Part(_(text), colour) for text, colour in zip(words.OUTCOMES.values(), colours, strict=True)]
    title = _("How visits ended, by route")
    about = _("One row for each route; the numbers are in the table.")
    chart = fitted(lambda width: charts.stacked("outcomes", title, about, parts, stacks, width=width))
    heads = [_("Route"), *(_(text) for text in words.OUTCOMES.values()), _("Refused or not found, share")]
    return Section("routes", title, Table(heads, rows), chart, how=how())


def class_section(found: Sequence[Outcomes], by: By, names: Labels, link: Link) -> Section:
    """The same by class of the enterprise, most refusals first."""
    rows = []
    for one in sorted(found, key=lambda one: (-float(refused_of(one).total), one.group)):
        numbers = [
            count(one.number(outcome=outcome.value), link("visits", outcome=outcome.value, **{by.value: one.group}))
            for outcome in words.OUTCOMES
        ]
        rows.append([Shown(names.along(by, one.group)), *numbers, _share(refused_of(one))])
    heads = [_(words.DIMENSIONS[by]), *(_(text) for text in words.OUTCOMES.values()), _("Refused or not found, share")]
    return Section("classes", _("How visits ended") + " · " + _(words.BY[by]), Table(heads, rows), how=how())


def drawn_section(frames: Sequence[Frame]) -> Section | None:
    """What became of all that was drawn, in periods that are over."""
    if not frames:
        return None
    rows = []
    for name, chosen in (
        (_("Random visits"), [one for one in frames if not one.certain]),
        (_("Targeted visits"), [one for one in frames if one.certain]),
        (_("All"), list(frames)),
    ):
        drawn, visited = sum(one.drawn for one in chosen), sum(one.visited for one in chosen)
        refused, gone = sum(one.refused for one in chosen), sum(one.gone for one in chosen)
        share = Valued(part(refused / drawn), plain=round(refused / drawn, 4)) if drawn else Shown("–", dim=True)
        numbers = (drawn, visited, refused, gone, drawn - visited - refused - gone)
        rows.append([Shown(name), *map(count, numbers), share])
    heads = [
        _("Route"), _("Drawn"), _("Visited"), _("Refused or not found"), _("No member any more, or closed down"),
        _("Missed"), _("Refused or not found, share of the drawn"),
    ]  # fmt: skip
    lines = (
        _("Only periods of drawing whose last month is over. What is still to come in a running one is told nobody."),
        _(
            "Missed: the association did not get there, which does not depend on what it would have seen; the others "
            "stand for them. Who is gone is no longer part of the members."
        ),
    )
    return Section("drawn", _("What became of the drawn"), Table(heads, rows), how=lines)


def effect_section(figures: Mapping[str, Stated], names: Labels) -> Section | None:
    """What the refusals do to the share of workplaces with a shortfall."""
    rows = []
    for area, one in figures.items():
        if not any(stratum.population for stratum in one.strata):
            continue
        alike = tuple(replace(each, refused=0, refused_inside=None) for each in one.strata)
        without = replace(one, estimate=estimate(alike, Scale.share), strata=alike)
        wider = _("wider") if one.estimate.widened else _("no") if not one.silent else _("silent")
        rows.append(
            [Shown(names.area(area)), _said(one), _said(without), words_cell(wider), count(one.estimate.refused)]
        )
    if not rows:
        return None
    heads = [
        _("Workplaces with a shortfall"), _("As stated"), _("If those who refused were like the others"),
        _("Changed by refusals"), _("Refused or not found"),
    ]  # fmt: skip
    lines = (
        _(
            "Who has something to hide may refuse more often, and no weighting can repair that. So the stated interval "
            "reaches from the case that none of those who refused had a shortfall to the case that all of them had."
        ),
        _("The third column takes them to be like the other members of their stratum, which nobody can know."),
    )
    return Section("effect", _("What refusals do to the estimates"), Table(heads, rows), how=lines)


def _said(one: Stated) -> Shown:
    interval = stated.interval_text(one)
    text = stated.value_text(one)
    return Shown(f"{text} ({interval})" if interval else text, dim=not interval)


def _share(sums: Sums) -> Shown:
    at = wilson(sums, 0.95)
    return share_cell(*at) if at else silent_cell(sums.n)


def how() -> tuple[str, ...]:
    """What is counted."""
    return (
        _("Counted are visits of the period whose outcome is released. Places that closed down are in no share."),
        _(
            "The interval of a share is that of chance among these visits (95%). Refusals on random visits say "
            "something about all members, those on targeted visits do not."
        ),
    )
