"""A page of figures as a list of sections: each with its chart, its table, how it is computed, and a spreadsheet."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from markupsafe import Markup

from compliance.shared.translation import gettext as _
from compliance.shared.words import part
from compliance.trends.labels import Shown, Table
from compliance.trends.stated import Stated, interval_text, plain_text, value_text

Link = Callable[..., str]


@dataclass(frozen=True)
class Tile:
    """A figure that stands large above the sections."""

    value: str
    words: str
    href: str | None = None
    note: str = ""


@dataclass(frozen=True)
class Section:
    """One figure. ``how`` are the sentences that explain it; ``silent`` says why there is no chart."""

    key: str
    title: str
    table: Table | None = None
    chart: Markup | None = None
    silent: str = ""
    note: str = ""
    how: Sequence[str] = ()
    folded: bool = True
    """Whether the table is folded away below the chart."""
    href: str | None = None
    more: str = ""
    """Where all of its rows stand, and the words that lead there."""


@dataclass(frozen=True)
class Valued(Shown):
    """An entry whose plain value goes into the spreadsheet."""

    plain: float | int | str | None = field(default=None)


def count(number: int, href: str | None = None) -> Shown:
    """A count, with the rows behind it where there are any."""
    return Valued(str(number), href if number else None, plain=number)


def words_cell(text: str) -> Shown:
    """Words and no figure."""
    return Shown(text, numeric=False)


def silent_cell(n: int, href: str | None = None) -> Shown:
    """Too little stands behind it: only how much."""
    if not n:
        return Shown("–", dim=True)
    return Shown(_("too few (n = %(n)s)", n=n), href, dim=True)


def share_cell(value: float, low: float, high: float, href: str | None = None) -> Shown:
    """A share with its interval; without an interval, silence is for ``silent_cell``."""
    return Valued(f"{part(value)} ({between(low, high)})", href, plain=round(value, 4))


def between(low: float, high: float) -> str:
    """An interval of shares, as whole per cent."""
    return str(_("%(low)s to %(high)s", low=part(low).removesuffix("%"), high=part(high)))


def stated_heads() -> list[str]:
    """The heads of ``stated_entries``."""
    return [_("Estimate for all members"), _("95 per cent interval"), _("Drawn visits"), _("All visits, plain")]


def stated_entries(one: Stated, href: str | None = None) -> list[Shown]:
    """A figure with its interval and drawn visits, and the plain one beside it in grey."""
    value: Shown
    if one.points is None:
        value = Shown(value_text(one), dim=True)
    else:
        value = Valued(value_text(one), plain=round(one.points / one.factor, 4))
    interval = interval_text(one)
    return [
        value, Shown(interval or "–", dim=not interval), count(one.n),
        Shown(plain_text(one), href if one.plain.n else None, dim=True),
    ]  # fmt: skip


def sheet_table(sections: Sequence[Section], key: str) -> tuple[str, Sequence[str], list[list[Any]]] | None:
    """The name, heads and plain rows of a section's table; of the first one where no key is given."""
    chosen = [one for one in sections if one.table and one.table.rows and key in ("", one.key)]
    if not chosen or chosen[0].table is None:
        return None
    table = chosen[0].table
    return chosen[0].key, table.heads, [[_plain(entry) for entry in row] for row in table.rows]


def _plain(entry: Shown) -> Any:
    if isinstance(entry, Valued) and entry.plain is not None:
        return entry.plain
    return int(entry.text) if entry.text.isascii() and entry.text.isdigit() else entry.text


def page_of(
    sections: Sequence[Section],
    tiles: Sequence[Tile] = (),
    *,
    said: str = "",
    nothing: str = "",
    nothing_more: str = "",
    no_sheet: bool = False,
) -> Mapping[str, Any]:
    """What ``trends/sections.html`` draws; ``nothing`` are the words of a page without sections."""
    return {
        "sections": [one for one in sections if one.table or one.chart or one.silent], "tiles": tiles, "said": said,
        "nothing": nothing, "nothing_more": nothing_more, "no_sheet": no_sheet,
    }  # fmt: skip
