"""A figure as it is stated: what the draw says about all members, with its interval and the number of visits behind it,
beside the plain figure of the visits; or in words why nothing is said. Pages, PDF and spreadsheet take it from here.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum
from functools import lru_cache

from compliance.estimation.changes import Difference, changed, difference
from compliance.estimation.rules import FEWEST_VISITS, WIDEST, Estimate, Silence, estimate
from compliance.estimation.strata import Scale, Stratum, Sums
from compliance.shared.translation import gettext as _
from compliance.shared.words import N_

SILENCES: dict[Silence, str] = {
    Silence.no_frame: N_("no draw"),
    Silence.no_visits: N_("no drawn visits yet"),
    Silence.too_few: N_("too few visits"),
    Silence.empty_strata: N_("parts not visited yet"),
    Silence.refusals: N_("too many refused"),
    Silence.too_wide: N_("too uncertain"),
}
"""What stands in the place of a number."""

REASONS: dict[Silence, str] = {
    Silence.no_frame: N_("These visits were not drawn by lot, so they say nothing about the other members."),
    Silence.no_visits: N_("No visit of the draw has been completed and released."),
    Silence.too_few: N_("Fewer than %(n)s drawn visits: chance would decide the figure."),
    Silence.empty_strata: N_("More than a tenth of the members are in groups of which nobody was visited yet."),
    Silence.refusals: N_("So many refused that the figure depends on what would have been seen there."),
    Silence.too_wide: N_("The truth may lie more than %(points)s points to either side."),
}
"""The same in a sentence."""


def reason_text(why: Silence) -> str:
    """Why there is no number, in a sentence."""
    return str(_(REASONS[why], n=FEWEST_VISITS, points=round(100 * WIDEST)))


@dataclass(frozen=True)
class Stated:
    """One figure. ``estimate`` is silent where the draw does not allow one; ``plain`` is of all visits, also those
    that were not drawn, and only describes them.
    """

    estimate: Estimate
    plain: Sums
    strata: tuple[Stratum, ...] = ()
    high_is_good: bool = True

    @property
    def scale(self) -> Scale:
        """What it is measured in."""
        return self.estimate.scale

    @property
    def silent(self) -> Silence | None:
        """Why no number is given, or None."""
        return self.estimate.silent

    @property
    def n(self) -> int:
        """Drawn visits behind the figure."""
        return self.estimate.n

    @property
    def points(self) -> float | None:
        """The figure on 0 to 100, for drawings; None where it is silent."""
        return None if self.silent else self.estimate.value * self.factor

    @property
    def low(self) -> float | None:
        """The lower end of the interval on 0 to 100."""
        return None if self.silent else self.estimate.low * self.factor

    @property
    def high(self) -> float | None:
        """The upper end of the interval on 0 to 100."""
        return None if self.silent else self.estimate.high * self.factor

    @property
    def factor(self) -> float:
        """From the scale to points of 100."""
        return 100 / self.scale.top

    @property
    def plain_points(self) -> float | None:
        """The plain figure on 0 to 100; None where fewer than 8 visits stand behind it."""
        return float(self.plain.total) / self.plain.n * self.factor if self.plain.n >= FEWEST_VISITS else None


def state(strata: Iterable[Stratum], plain: Sums, scale: Scale, *, high_is_good: bool) -> Stated:
    """The figure of a reading."""
    given = tuple(strata)
    return Stated(_estimated(given, scale), plain, given, high_is_good)


_estimated = lru_cache(maxsize=1024)(estimate)  # many items are found as often, and most were the last time too


def _digits(width: float) -> int:
    """Decimals that the width of an interval (in points) allows."""
    return 1 if width < 2 else 0


def _number(points: float, digits: int, scale: Scale) -> str:
    text = f"{points:.{digits}f}"
    return f"{text}%" if scale is Scale.share else text


def value_text(one: Stated) -> str:
    """The figure, or why there is none: "72", "31%", "too few visits"."""
    if one.silent is Silence.no_frame and not one.plain.n:
        return str(_("no visits"))
    if one.points is None or one.low is None or one.high is None:
        return str(_(SILENCES[one.silent or Silence.no_visits]))
    return _number(one.points, _digits((one.high - one.low) / 2), one.scale)


def interval_text(one: Stated) -> str:
    """The 95% interval: "64 to 80"; empty where the figure is silent."""
    if one.low is None or one.high is None:
        return ""
    digits = _digits((one.high - one.low) / 2)
    low, high = f"{one.low:.{digits}f}", _number(one.high, digits, one.scale)
    return str(_("%(low)s to %(high)s", low=low, high=high))


def n_text(one: Stated) -> str:
    """The drawn visits behind it: "n = 34"."""
    return f"n = {one.n}"


def plain_text(one: Stated) -> str:
    """The plain figure with its visits: "68 (n = 51)"; the count alone where they are fewer than 8."""
    if not one.plain.n:
        return str(_("no visits"))
    if one.plain_points is None:
        if one.scale is Scale.share:
            return str(_("%(part)s of %(n)s", part=int(one.plain.total), n=one.plain.n))
        return f"n = {one.plain.n}"
    return f"{_number(one.plain_points, 0, one.scale)} (n = {one.plain.n})"


def said(one: Stated) -> str:
    """The whole in one line: "72 (64 to 80), n = 34"."""
    interval = interval_text(one)
    figure = f"{value_text(one)} ({interval})" if interval else value_text(one)
    return str(_("%(figure)s, %(visits)s", figure=figure, visits=n_text(one)))


def notes(one: Stated) -> list[str]:
    """What a reader must know about this figure beyond its number."""
    found = [reason_text(one.silent)] if one.silent else []
    if one.estimate.refused and not one.silent:
        found.append(
            _(
                "%(n)s refused or were not found; they are counted at worst and at best, so the interval is wider.",
                n=one.estimate.refused,
            )
            if one.estimate.widened
            else _("%(n)s refused or were not found.", n=one.estimate.refused)
        )
    if one.estimate.collapsed:
        found.append(_("Groups without a visit, counted with those most like them: %(n)s.", n=one.estimate.collapsed))
    return [str(text) for text in found]


HEADS = (
    N_("Estimate"), N_("Interval from"), N_("Interval to"), N_("Drawn visits"), N_("Why no estimate"),
    N_("All visits, plain"), N_("Number of all visits"),
)  # fmt: skip
"""The columns that a figure takes in a spreadsheet."""


def cells(one: Stated) -> list[str | float | int | None]:
    """The figure as the columns of ``HEADS``: points of 100 with one decimal."""
    numbers = [None if value is None else round(value, 1) for value in (one.points, one.low, one.high)]
    why = reason_text(one.silent) if one.silent else None
    plain = None if one.plain_points is None else round(one.plain_points, 1)
    return [*numbers, one.n, why, plain, one.plain.n]


class Way(StrEnum):
    """Where a figure went, as far as one can tell."""

    better = "better"
    worse = "worse"
    perhaps_better = "perhaps_better"
    perhaps_worse = "perhaps_worse"
    unclear = "unclear"
    unknown = "unknown"
    broken = "broken"


WAYS: dict[Way, str] = {
    Way.better: N_("better"),
    Way.worse: N_("worse"),
    Way.perhaps_better: N_("perhaps better"),
    Way.perhaps_worse: N_("perhaps worse"),
    Way.unclear: N_("no clear change"),
    Way.unknown: N_("cannot be compared"),
    Way.broken: N_("checklist changed"),
}
WAY_COLOURS: dict[Way, str] = {
    Way.better: "green",
    Way.worse: "red",
    Way.perhaps_better: "teal",
    Way.perhaps_worse: "amber",
}


@dataclass(frozen=True)
class Movement:
    """The difference between two figures, and in a word what it means."""

    way: Way
    difference: Difference
    scale: Scale
    after: Stated
    before: Stated

    @property
    def points(self) -> tuple[float, float, float] | None:
        """Difference, lower and upper end, in points of 100; None where there is none."""
        one = self.difference
        if one.silent:
            return None
        factor = 100 / self.scale.top
        return one.value * factor, one.low * factor, one.high * factor


def moved(pairs: Sequence[tuple[Stated, Stated]], *, broken: Sequence[bool] = ()) -> list[Movement]:
    """How each figure moved from the second to the first of its pair. What is called better or worse stands among all
    of them (``changed``); what would stand only by itself is called so perhaps. ``broken`` says which pairs cannot be
    compared because what was asked has changed.
    """
    gaps = list(broken) or [False] * len(pairs)
    found = [difference(after.estimate, before.estimate) for after, before in pairs]
    compared = [
        replace(one, silent=one.silent or Silence.no_frame) if gap else one
        for one, gap in zip(found, gaps, strict=True)
    ]
    stands = changed(compared)
    return [
        Movement(Way.broken if gap and not one.silent else _way(one, after, sure), one, after.scale, after, before)
        for one, gap, sure, (after, before) in zip(found, gaps, stands, pairs, strict=True)
    ]


def _way(one: Difference, of: Stated, sure: bool) -> Way:
    if one.silent:
        return Way.unknown
    if one.low <= 0 <= one.high:
        return Way.unclear
    if (one.value > 0) is of.high_is_good:
        return Way.better if sure else Way.perhaps_better
    return Way.worse if sure else Way.perhaps_worse


def way_text(one: Movement) -> str:
    """The movement in a word or two."""
    return str(_(WAYS[one.way]))


def movement_text(one: Movement) -> str:
    """The difference with its interval: "+5 points (1 to 9)"; empty where there is none."""
    if one.points is None or one.way is Way.broken:
        return ""
    value, low, high = one.points
    digits = _digits((high - low) / 2)
    return str(
        _(
            "%(value)s points (%(low)s to %(high)s)",
            value=_signed(value, digits), low=_signed(low, digits), high=_signed(high, digits),
        )
    )  # fmt: skip


def _signed(value: float, digits: int) -> str:
    text = f"{value:+.{digits}f}".replace("-", "−")
    return text[1:] if not text.strip("+−0.") else text


MOVEMENT_HEADS = (N_("Difference"), N_("Difference from"), N_("Difference to"), N_("Movement"))
"""The columns that a movement takes in a spreadsheet."""


def movement_cells(one: Movement) -> list[str | float | None]:
    """The movement as the columns of ``MOVEMENT_HEADS``."""
    numbers: Sequence[float | None] = one.points or (None, None, None)
    if one.way is Way.broken:
        numbers = (None, None, None)
    return [*(None if value is None else round(value, 1) for value in numbers), way_text(one)]
