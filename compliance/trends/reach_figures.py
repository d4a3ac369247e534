"""The page of coverage: how much of the register was visited, and how long ago."""

from collections.abc import Mapping

from compliance.shared import charts
from compliance.shared.drawing import fitted
from compliance.shared.translation import gettext as _
from compliance.shared.words import N_
from compliance.trends import reach, words
from compliance.trends.labels import Labels, Shown, Table, percent_text
from compliance.trends.reach import GROUPS, Reached
from compliance.trends.rules import By
from compliance.trends.sections import Link, Section, Tile, Valued, count

MOST_CLASSES = 10
GROUP_WORDS: Mapping[str, str] = {
    "to6": N_("Up to 6 months ago"),
    "to12": N_("7 to 12 months ago"),
    "to24": N_("13 to 24 months ago"),
    "to36": N_("25 to 36 months ago"),
    "over": N_("Longer ago"),
    "never": N_("Never visited"),
}
COLOURS = ("teal", "pale", "amber", "orange", "red", "grey")
"""Neighbours differ in how light they are, so that they are told apart without colour."""


def tiles(found: Mapping[str, Reached], link: Link) -> list[Tile]:
    """What stands large."""
    whole = sum(found.values(), Reached())
    return [
        Tile(
            percent_text(whole.share), _("of the active enterprises visited in the period"),
            link("enterprises", visited="yes"),
            _("%(visited)s of %(active)s", visited=whole.visited, active=whole.active),
        ),
        Tile(str(whole.by_random), _("of them by a random visit"), link("enterprises", visited="random")),
        Tile(
            str(whole.never), _("never visited"), link("reach_rows", group="never"),
            percent_text(whole.never / whole.active if whole.active else None),
        ),
    ]  # fmt: skip


def sections(found: Mapping[By, Mapping[str, Reached]], asked: By, names: Labels, link: Link) -> list[Section]:
    """One section for each dimension, the one that was asked for first."""
    return [section(found[by], by, names, link) for by in sorted(found, key=lambda by: by is not asked)]


def section(found: Mapping[str, Reached], by: By, names: Labels, link: Link) -> Section:
    """A chart of how long ago, and a table with everything."""
    ordered = reach.ordered(found)
    stacks = [
        charts.Stack(
            names.brief(by, key), one.since, _("%(n)s active", n=one.active),
            [link("reach_rows", by=by.value, key=key, group=group) for group in GROUPS],
        )
        for key, one in ordered[:MOST_CLASSES]
    ]  # fmt: skip
    title = _("Last visit") + " · " + _(words.BY[by])
    parts = [charts.Part(_(GROUP_WORDS[group]), colour) for group, colour in zip(GROUPS, COLOURS, strict=True)]
    about = _("Active enterprises by how long ago their last visit was; the numbers are in the table.")
    chart = fitted(lambda width: charts.stacked(f"reach-{by.value}", title, about, parts, stacks, width=width))
    rows = []
    for key, one in ordered:
        rows.append(
            [
                Shown(names.along(by, key)),
                count(one.active, link("reach_rows", by=by.value, key=key)),
                count(one.visited, link("enterprises", visited="yes", **{by.value: key})),
                Valued(percent_text(one.share), plain=None if one.share is None else round(one.share, 4)),
                count(one.by_random, link("enterprises", visited="random", **{by.value: key})),
                *(
                    count(number, link("reach_rows", by=by.value, key=key, group=group))
                    for group, number in zip(GROUPS, one.since, strict=True)
                ),
            ]
        )
    heads = [
        _(words.DIMENSIONS[by]), _("Active enterprises"), _("Visited in the period"), _("Share"),
        _("By a random visit"), *(_(GROUP_WORDS[group]) for group in GROUPS),
    ]  # fmt: skip
    note = (
        _("Drawn are the %(n)s with the most enterprises; the table shows all.", n=MOST_CLASSES)
        if len(ordered) > MOST_CLASSES
        else ""
    )
    how = (
        _(
            "Counted are enterprises that are members today. A visit counts if it was completed and its result is "
            "released; an enterprise counts once, whichever of its workplaces was visited."
        ),
        _(
            "How long ago is reckoned from today, over all visits that the system knows. Coverage describes; it is "
            "no goal: few random visits say more about the members than many targeted ones."
        ),
    )
    return Section(f"reach-{by.value}", title, Table(heads, rows), chart, note=note, how=how)
