"""Names and figures in the reader's language, and the table that stands beside every chart."""

from collections.abc import Sequence
from dataclasses import dataclass

from markupsafe import Markup, escape

from compliance.checklists.names import SIZES
from compliance.checklists.rules import Checklist
from compliance.enterprises import classes
from compliance.shared import charts
from compliance.shared.drawing import width_of
from compliance.shared.translation import gettext as _
from compliance.shared.words import Text, part
from compliance.trends.periods import Bucket, Step
from compliance.trends.rules import OVERALL, UNKNOWN, By


@dataclass(frozen=True)
class Shown:
    """One entry of a table."""

    text: str
    href: str | None = None
    numeric: bool = True
    dim: bool = False


@dataclass(frozen=True)
class Table:
    """The same figures as the chart beside it, to read and to copy. The first column names the row."""

    heads: Sequence[str]
    rows: Sequence[Sequence[Shown]]


def drawn_rows(rows: Sequence[Sequence[Shown]]) -> Markup:
    """The rows of a table as HTML. A page has hundreds of entries, so this is no macro."""
    return Markup("\n").join(
        Markup(f"<tr>{_head(name)}{''.join(map(_drawn, figures))}</tr>")  # noqa: S704 - escaped
        for name, *figures in rows
    )


def _head(one: Shown) -> str:
    text: str = escape(one.text)
    if one.href:
        text = f'<a href="{escape(one.href)}">{text}</a>'
    long = ' class="long"' if width_of(one.text, 1) > 28 else ""
    return f'<th scope="row"{long}>{text}</th>'


def _drawn(one: Shown) -> str:
    text: str = escape(one.text)
    if one.href:
        text = f'<a href="{escape(one.href)}">{text}</a>'
    classes = [name for name, given in (("num", one.numeric), ("dim", one.dim)) if given]
    return f'<td class="{" ".join(classes)}">{text}</td>'


@dataclass(frozen=True)
class Labels:
    """Names in the reader's language, from the checklists that the visits are pinned to."""

    language: str
    versions: Sequence[Checklist]

    def say(self, text: Text) -> str:
        """Bilingual data in the reader's language."""
        return text.in_(self.language)

    def area(self, area: str) -> str:
        """The name of an area, or of the whole."""
        if area == OVERALL:
            return str(_("Overall"))
        return next((self.say(one.short) for version in self.versions for one in version.areas if one.id == area), area)

    def item(self, item: str) -> str:
        """The question of an item, from the newest checklist that has it."""
        return next((self.say(one.item(item).question) for one in self.versions if one.has(item)), item)

    def area_of(self, item: str) -> str:
        """The area of an item; an empty text if no checklist has it."""
        return next((one.item(item).area for one in self.versions if one.has(item)), "")

    def bands(self) -> list[charts.Part]:
        """Every band of the newest policy, best first."""
        return [charts.Part(self.say(one.label), one.colour) for one in self.versions[0].policy.bands]

    def band_ids(self) -> list[str]:
        """The ids of the bands, in the same order."""
        return [one.id for one in self.versions[0].policy.bands]

    def band(self, band: str | None) -> str:
        """The name of a band."""
        known = (one for version in self.versions for one in version.policy.bands if one.id == band)
        return next((self.say(one.label) for one in known), str(_("No band")))

    def along(self, by: By, key: str) -> str:
        """The name of a sector, district or size."""
        if key == UNKNOWN:
            return str(_("Not known"))
        if by is By.size:
            name = str(_(SIZES[key]))
            return name[:1].upper() + name[1:]
        return self.say(classes.sector_name(key) if by is By.sector else classes.district_name(key))

    def brief(self, by: By, key: str) -> str:
        """The same, short enough for a chart: most English sectors begin alike."""
        name = self.along(by, key)
        rest = name.removeprefix("Manufacture of ")
        return rest if rest == name else rest[:1].upper() + rest[1:]

    def bucket(self, bucket: Bucket, step: Step) -> str:
        """The name of a quarter or month."""
        year, part = bucket.key.split("-")
        if step is Step.quarter:
            return str(_("%(year)s Q%(quarter)s", year=year, quarter=part[1:]))
        return f"{year}-{part}"


def n_text(n: int) -> str:
    """How many visits stand behind a figure."""
    return f"n = {n}"


def percent_text(share: float | None) -> str:
    """A share as whole per cent; a dash where there is none."""
    return "–" if share is None else part(share)
