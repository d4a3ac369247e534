"""The page of shortfalls that come back."""

from collections.abc import Mapping, Sequence

from compliance.estimation.clustered import FEWEST, Clusters, Share, clustered_share
from compliance.shared import charts
from compliance.shared.drawing import fitted
from compliance.shared.translation import gettext as _
from compliance.shared.words import part
from compliance.trends import repeats, words
from compliance.trends.labels import Labels, Shown, Table
from compliance.trends.repeats import Again, CameBack, ItemAgain
from compliance.trends.rules import By
from compliance.trends.sections import Link, Section, Tile, between, count, share_cell, silent_cell
from compliance.visits.states import Route

MOST_ITEMS = 12


def how() -> tuple[str, ...]:
    """What is counted."""
    return (
        _(
            "A workplace enters when it was visited again in the period, at random, targeted, after a complaint or at "
            "its own wish, and an earlier visit had found something. Follow-up visits stand apart: they look at what "
            "was wrong, and soon."
        ),
        _(
            "It came back: the same item was found again, as the policy counts a repeat finding. A workplace counts "
            "once, however often it was visited."
        ),
        _(
            "These are the workplaces that were visited twice. Whoever is visited again was often chosen for that, so "
            "the share says nothing about members that were not. Intervals are of 95%% and count enterprises; with "
            "fewer than %(n)s none is given.",
            n=FEWEST,
        ),
    )


def tiles(found: Mapping[str, Again], days: Mapping[int, int], link: Link) -> list[Tile]:
    """What stands large."""
    whole = clustered_share(sum((one.found for one in found.values()), Clusters()))
    revisited = sum(one.revisited for one in found.values())
    spread = repeats.between(days)
    said = _said(whole)
    tiles = [
        Tile(str(revisited), _("workplaces visited again")),
        Tile(str(whole.n), _("of them with an earlier finding")),
        Tile(said[0], _("where an earlier finding came back"), link("found", repeats=1) if whole.n else None, said[1]),
    ]
    if spread:
        note = _("half of them after %(low)s to %(high)s days", low=spread.lower, high=spread.upper)
        tiles.append(
            Tile(_("%(days)s days", days=spread.middle), _("between the two findings, in the middle"), note=note)
        )
    return tiles


def _said(share: Share) -> tuple[str, str]:
    if not share.n or share.silent:
        return "–", _("too few (n = %(n)s)", n=share.n)
    return part(share.value), _(
        "95%% interval %(interval)s; n = %(n)s", interval=between(share.low, share.high), n=share.n
    )


def sections(found: CameBack, by: By, names: Labels, link: Link) -> list[Section]:
    """By class, by route, by item, and the time between."""
    shown = [_classes(found.classes, by, names, link), _routes(found.routes, link)]
    if found.items:
        shown.append(_items(found.items, names, link))
    if found.days:
        shown.append(_days(found.days))
    return shown


def _classes(found: Mapping[str, Again], by: By, names: Labels, link: Link) -> Section:
    title = _("Where earlier findings came back") + " · " + _(words.BY[by])
    rows, bars = [], []
    for key, one in sorted(found.items(), key=lambda entry: (-entry[1].found.n, entry[0])):
        share, href = clustered_share(one.found), link("found", repeats=1, key=key)
        spoken = bool(share.n) and not share.silent
        rows.append(
            [
                Shown(names.along(by, key)), count(one.revisited), count(share.n), count(one.found.y, href),
                share_cell(share.value, share.low, share.high) if spoken else silent_cell(share.n),
            ]
        )  # fmt: skip
        if spoken:
            bars.append(
                charts.Bar(
                    names.brief(by, key), 100 * share.value, part(share.value),
                    f"{between(share.low, share.high)} · n = {share.n}", 100 * share.low, 100 * share.high, href,
                )
            )  # fmt: skip
    about = _(
        "The share of the workplaces visited again where an earlier finding came back, with its 95 per cent interval."
    )
    chart = fitted(lambda width: charts.bars("repeats", title, about, bars, top=100, width=width)) if bars else None
    heads = [
        _(words.DIMENSIONS[by]), _("Workplaces visited again"), _("With an earlier finding"), _("It came back"),
        _("Share"),
    ]  # fmt: skip
    silent = "" if chart else _("Too few in every group for a share with an interval.")
    return Section("classes", title, Table(heads, rows), chart, silent, how=how())


def _routes(routes: Mapping[Route, tuple[int, int]], link: Link) -> Section:
    rows = []
    for route, text in words.ROUTES.items():
        n, y = routes.get(route, (0, 0))
        share = Shown("–", dim=True) if n < FEWEST else Shown(part(y / n))
        rows.append([Shown(_(text)), count(n), count(y), share])
    heads = [_("Route"), _("Visits after an earlier finding"), _("It came back"), _("Share")]
    note = _("Follow-up visits are in no figure but this line.")
    return Section(
        "routes", _("By the route of the later visit"), Table(heads, rows), note=note, href=link("found", repeats=1),
        more=_("All findings that came back"),
    )  # fmt: skip


def _items(items: Sequence[ItemAgain], names: Labels, link: Link) -> Section:
    ordered = repeats.most(items)
    rows = [
        [
            Shown(names.item(one.item)), count(one.again, link("found", item=one.item, repeats=1)), count(one.before),
            Shown("–", dim=True) if one.before < FEWEST else Shown(part(one.again / one.before)),
        ]
        for one in ordered
    ]  # fmt: skip
    bars = [
        charts.Bar(
            names.item(one.item), one.again, str(one.again), _("of %(n)s", n=one.before),
            href=link("found", item=one.item, repeats=1),
        )
        for one in ordered[:MOST_ITEMS]
    ]  # fmt: skip
    title = _("What comes back most")
    about = _(
        "The number of workplaces at which the item was found again, of those visited again after a finding of it."
    )
    chart = fitted(lambda width: charts.bars("repeat-items", title, about, bars, width=width)) if bars else None
    heads = [_("Item"), _("Workplaces where it came back"), _("Visited again after a finding of it"), _("Share")]
    return Section("items", title, Table(heads, rows), chart, "" if chart else _("Nothing has come back."))


def _days(days: Mapping[int, int]) -> Section:
    rows = []
    for (first, last), number in zip(repeats.PARTS, repeats.parts(days), strict=True):
        name = (
            _("%(first)s days and more", first=first)
            if last is None
            else _("%(first)s to %(last)s days", first=first, last=last)
        )
        rows.append([Shown(name), count(number)])
    heads = [_("Time between the two findings"), _("Findings that came back")]
    return Section("between", _("Time between"), Table(heads, rows))
