"""How the figures are computed, in words and with the numbers of the draws behind them."""

from collections.abc import Sequence
from dataclasses import dataclass

from compliance.estimation.rules import FEWEST_VISITS, WIDEST
from compliance.people.rules import Actor
from compliance.shared.translation import gettext as _
from compliance.trends import store_cells
from compliance.trends.cells import Frame, stems
from compliance.trends.labels import Labels, Table
from compliance.trends.labels import Shown as Entry
from compliance.trends.rules import By, Selection
from compliance.trends.sections import Valued
from compliance.trends.told import asked_of

MOST_STRATA = 60
"""The most strata that a page lists; the spreadsheet has all."""


@dataclass(frozen=True)
class Method:
    """The sentences, the strata, and how many there are."""

    lines: Sequence[str]
    table: Table
    strata: int


def method(actor: Actor, wanted: Selection, names: Labels, *, most: int | None = MOST_STRATA) -> Method:
    """How the figures of a selection are computed."""
    asked = asked_of(wanted)
    classes = stems(asked)
    found = [one for one in store_cells.strata(actor, asked.first, asked.last) if one.may_hold(classes)]
    lines = [_frame_line(found), *_general(wanted)]
    return Method(lines, _table(found[:most], names), len(found))


def _frame_line(found: Sequence[Frame]) -> str:
    if not found:
        return str(
            _(
                "No draw was made in this period, so nothing is said about the members who were not visited. The plain "
                "figures describe the visits that were made."
            )
        )
    return str(
        _(
            "Draws in this period: %(draws)s, with %(strata)s strata. Workplaces in their frames: %(population)s; "
            "drawn: %(drawn)s; visited and released: %(visited)s; refused or not found: %(refused)s; "
            "closed or left: %(gone)s; not known yet: %(open)s.",
            draws=len({one.period_id for one in found}), strata=len(found),
            population=sum(one.population for one in found), drawn=sum(one.drawn for one in found),
            visited=sum(one.visited for one in found), refused=sum(one.refused for one in found),
            gone=sum(one.gone for one in found),
            open=sum(one.drawn - one.visited - one.refused - one.gone for one in found),
        )
    )  # fmt: skip


def _general(wanted: Selection) -> list[str]:
    figure = (
        _("The figure is the mean score: 100 is everything in order.")
        if wanted.figure == "score"
        else _("The figure is the share of workplaces of which at least one item fell short.")
    )
    return [
        str(figure),
        str(
            _(
                "Each visit of a stratum stands for as many workplaces as the stratum has for each visit whose end is "
                "known (its weight). The estimate is the mean of all visits by weight; where several draws lie in the "
                "period, it is their mean by the sizes of their frames."
            )
        ),
        str(
            _(
                "Workplaces chosen by risk are a stratum of their own that is visited whole, so they count once and no "
                "more. Visits after a complaint, at the enterprise's wish and follow-ups are in no estimate."
            )
        ),
        str(
            _(
                "The interval holds the truth in 95 of 100 such draws (Wilson's, with the effective number of visits "
                "and the part of the members already seen). Who refused or was not found is counted at worst and at "
                "best where that matters."
            )
        ),
        str(
            _(
                "No number is given on fewer than %(n)s drawn visits, where the interval reaches more than %(points)s "
                "points to a side, or where more than a tenth of the members are in strata without a visit.",
                n=FEWEST_VISITS, points=round(100 * WIDEST),
            )
        ),
        str(
            _(
                "Better or worse is said only where the difference stands among all differences on the page (Holm); "
                "perhaps, where it would stand by itself alone."
            )
        ),
        str(_("Plain figures, in grey, are of all visits but follow-ups: they describe who was visited.")),
    ]  # fmt: skip


def _table(found: Sequence[Frame], names: Labels) -> Table:
    rows = [
        [
            Entry(_stratum(one, names)),
            Entry(f"{one.first // 100}-{one.first % 100:02d} – {one.last // 100}-{one.last % 100:02d}", numeric=False),
            *(
                Valued(str(number), plain=number)
                for number in (one.population, one.drawn, one.visited, one.refused, one.gone)
            ),
            Entry(_weight(one)),
        ]
        for one in found
    ]
    heads = [
        _("Stratum"), _("Draw"), _("Workplaces (N)"), _("Drawn"), _("Visited, released"), _("Refused or not found"),
        _("Closed or left"), _("One visit stands for"),
    ]  # fmt: skip
    return Table(heads, rows)


def _stratum(one: Frame, names: Labels) -> str:
    parts = [
        names.along(By.sector, one.sector) if one.sector else "",
        names.along(By.size, one.size) if one.size else "",
        names.along(By.district, one.district) if one.district else "",
    ]
    said = " · ".join(part for part in parts if part) or str(_("All"))
    return str(_("%(stratum)s (chosen by risk, all visited)", stratum=said)) if one.certain else said


def _weight(one: Frame) -> str:
    known = one.visited + one.refused + one.gone
    return f"{one.population / known:.1f}" if known else "–"
