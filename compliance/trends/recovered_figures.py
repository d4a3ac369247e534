"""The page of what was got back for workers: this span, by class, and year by year."""

from collections.abc import Mapping

from compliance.shared.translation import gettext as _
from compliance.trends import words
from compliance.trends.board import safe_count
from compliance.trends.labels import Labels, Shown, Table
from compliance.trends.rules import By
from compliance.trends.sections import Section, Tile, Valued
from compliance.trends.store_recovered import Money


def yuan(fen: int) -> str:
    """An amount, as whole yuan, rounded down: nobody is told of more than there is."""
    return f"¥{fen // 100:,}"


def tiles(whole: Money, owed: int, complaints: int | None) -> list[Tile]:
    """What stands large."""
    return [
        Tile(yuan(owed), _("owed in all, by the plans agreed in this time")),
        Tile(yuan(whole.recovered), _("got back for workers, as workers confirmed")),
        Tile(yuan(whole.paid), _("paid by enterprises, not confirmed by workers yet")),
        Tile(
            "–" if complaints is None else yuan(complaints),
            _("got back through complaints, a sum of its own"),
            note=_("told for whole months together, from five such complaints on"),
        ),
    ]


def class_section(found: Mapping[str, Money], by: By, names: Labels) -> Section:
    """By class of the enterprise, most first; what fewer than five enterprises paid stands together."""
    rows, rest = [], Money()
    for key, one in sorted(found.items(), key=lambda each: (-each[1].recovered, each[0])):
        if one.enterprises and safe_count(one.enterprises) is not None:
            rows.append([Shown(names.along(by, key)), *_cells(one)])
        else:
            rest = Money(
                rest.recovered + one.recovered, rest.paid + one.paid, rest.enterprises + one.enterprises
            )  # fmt: skip
    if rest != Money():
        rows.append([Shown(_("All others together")), *_cells(rest)])
    return Section(
        "classes",
        _("Got back") + " · " + _(words.BY[by]),
        Table([_(words.DIMENSIONS[by]), *_heads()], rows),
        how=_how(),
    )


def year_section(found: Mapping[int, Money]) -> Section:
    """Year by year, the newest first."""
    rows = [[Shown(str(year)), *_cells(one)] for year, one in sorted(found.items(), reverse=True)]
    return Section("years", _("Got back, by year"), Table([_("Year"), *_heads()], rows), how=_how())


def _heads() -> list[str]:
    return [_("Got back, yuan"), _("Paid, not confirmed yet, yuan"), _("Enterprises")]


def _cells(one: Money) -> list[Shown]:
    return [
        Valued(yuan(one.recovered), plain=one.recovered / 100),
        Valued(yuan(one.paid), plain=one.paid / 100),
        Valued(str(one.enterprises), plain=one.enterprises),
    ]


def _how() -> list[str]:
    return [
        _("A payment of a repayment plan counts on the day on which workers said that they have it, and not before."),
        _("Nothing is estimated here: these are sums of payments. Workplace traits and routes do not narrow them."),
        _("What a complaint brought is written down with the complaint, and not here again."),
    ]
