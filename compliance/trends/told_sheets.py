"""What is told, as rows of a spreadsheet: every figure in columns of its own, as numbers."""

from collections.abc import Mapping, Sequence

from compliance.shared.translation import gettext as _
from compliance.trends import stated, words
from compliance.trends.labels import Labels
from compliance.trends.measures import FIGURES
from compliance.trends.periods import Step
from compliance.trends.rules import By
from compliance.trends.stated import Stated
from compliance.trends.told import AreaTold, Changes, GroupTold, ItemTold, PeriodTold
from compliance.trends.told_figures import BREAK_NAMES

Cell = str | float | int | None
Rows = tuple[list[str], list[list[Cell]]]
"""The heads and the rows."""


def _figure_heads() -> list[str]:
    return [str(_(head)) for head in stated.HEADS]


def _movement_heads() -> list[str]:
    return [str(_(head)) for head in stated.MOVEMENT_HEADS]


def areas(told: Sequence[AreaTold], names: Labels) -> Rows:
    """The areas with their movement."""
    heads = [_("Area"), *_figure_heads(), *_movement_heads()]
    return heads, [[names.area(one.area), *stated.cells(one.now), *stated.movement_cells(one.movement)] for one in told]


def through_time(told: Sequence[PeriodTold], step: Step, names: Labels) -> Rows:
    """The periods with their breaks."""
    heads = [_("Period"), *_figure_heads(), _("Break before it")]
    return heads, [
        [
            names.bucket(one.bucket, step),
            *stated.cells(one.told),
            ", ".join(str(_(BREAK_NAMES[why])) for why in one.breaks),
        ]
        for one in told
    ]


def grid(found: Mapping[str, Mapping[str, Stated]], order: Sequence[str], by: By, names: Labels) -> Rows:
    """Every group and area, a row each."""
    heads = [_(words.DIMENSIONS[by]), _("Area"), *_figure_heads()]
    return heads, [
        [names.along(by, group), names.area(area), *stated.cells(found[group][area])]
        for group in order
        for area in FIGURES
        if area in found[group]
    ]


def groups(told: Sequence[GroupTold], by: By, names: Labels) -> Rows:
    """The groups with the difference from the one they are compared with."""
    heads = [_(words.DIMENSIONS[by]), *_figure_heads(), *_movement_heads()]
    return heads, [
        [
            names.along(by, one.group),
            *stated.cells(one.told),
            *(stated.movement_cells(one.beside) if one.beside else [None] * 4),
        ]
        for one in told
    ]


def items(told: Sequence[ItemTold], names: Labels) -> Rows:
    """The items with their movement."""
    heads = [_("Item"), _("Area"), *_figure_heads(), _("Critical"), *_movement_heads()]
    return heads, [
        [
            names.item(one.item), names.area(names.area_of(one.item)), *stated.cells(one.told), one.critical,
            *stated.movement_cells(one.movement),
        ]
        for one in told
    ]  # fmt: skip


def changes(told: Changes, names: Labels) -> Rows:
    """What has changed."""
    heads = [_("Area"), _("Members"), *_figure_heads(), *_movement_heads()]
    return heads, [
        [
            names.area(one.area),
            names.along(one.by, one.group) if one.by else str(_("All members")),
            *stated.cells(one.movement.after),
            *stated.movement_cells(one.movement),
        ]
        for one in told.found
    ]
