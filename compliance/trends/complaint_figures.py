"""The page of complaints in numbers: statements one after the other, and larger groups of them told apart."""

from collections.abc import Callable, Mapping, Sequence

from compliance.checklists.names import ILO_INDICATORS
from compliance.complaints.rules import AREA_WORDS
from compliance.complaints.statements import Counted, Months, Stage, joined, safe_part, safe_stages
from compliance.complaints.store_statements import Statement
from compliance.shared.translation import gettext as _
from compliance.shared.translation import ngettext
from compliance.shared.words import N_
from compliance.trends.labels import Shown, Table
from compliance.trends.sections import Section, Tile, Valued, count

NEWEST = 4
"""So many groups stand beside each other."""
STAGES = {
    Stage.waiting: N_("Open, without an answer"),
    Stage.answered: N_("Answered, not closed"),
    Stage.closed: N_("Closed by then"),
}


def tiles(found: Sequence[Statement]) -> list[Tile]:
    """What stands large."""
    newest = found[-1]
    return [
        Tile(
            f"{sum(one.counted.months.number for one in found):,}",
            _("complaints received"),
            note=span(Months(found[0].counted.months.first, newest.counted.months.last, 0)),
        ),
        Tile(
            _days(newest.half_answered),
            _("until half of them had a first answer"),
            note=span(newest.counted.months),
        ),
        Tile(_days(newest.half_closed), _("until half of them were closed"), note=span(newest.counted.months)),
    ]


def sections(found: Sequence[Statement]) -> list[Section]:
    """Every table, the newest first; those that tell apart only where enough came."""
    groups = joined([one.counted for one in found])[-NEWEST:][::-1]
    made = [_received(found)]
    if groups:
        made += [
            _stages(groups),
            _apart("areas", _("What they are about"), _("Area"), AREA_WORDS, groups, lambda one: one.areas),
            _apart(
                "signs",
                _("What those who read them saw in them"),
                _("Indicator of forced labour"),
                {str(number): word for number, word in ILO_INDICATORS.items()},
                groups,
                lambda one: one.signs,
            ),
        ]
    return made


def span(months: Months) -> str:
    """Whole months as "2026-03", or the first and the last of them."""
    first, last = months.first.isoformat()[:7], months.last.isoformat()[:7]
    return first if first == last else _("%(first)s to %(last)s", first=first, last=last)


def _received(found: Sequence[Statement]) -> Section:
    rows = [
        [
            Shown(span(one.counted.months)),
            count(one.counted.months.number),
            Valued(_days(one.half_answered), plain=one.half_answered),
            Valued(_days(one.half_closed), plain=one.half_closed),
            Shown(one.made_on.isoformat()),
        ]
        for one in reversed(found)
    ]
    heads = [
        _("Months"),
        _("Received"),
        _("Half had a first answer within"),
        _("Half were closed within"),
        _("As it was on"),
    ]
    return Section("received", _("Complaints received"), Table(heads, rows), how=how())


def _stages(groups: Sequence[Counted]) -> Section:
    rows = []
    for one in groups:
        safe = safe_stages(one)
        rows.append([Shown(span(one.months)), count(one.months.number), *(_cell(safe[stage]) for stage in STAGES)])
    heads = [_("Months"), _("Received"), *(_(word) for word in STAGES.values())]
    return Section("stages", _("How far they were"), Table(heads, rows), note=_hidden(), how=how())


def _apart(
    key: str,
    title: str,
    head: str,
    names: Mapping[str, str],
    groups: Sequence[Counted],
    of: Callable[[Counted], Mapping[str, int]],
) -> Section:
    rows = [
        [Shown(_(word)), *(_cell(safe_part(of(one).get(name, 0), one.months.number)) for one in groups)]
        for name, word in names.items()
    ]
    heads = [head, *(f"{span(one.months)} · n = {one.months.number}" for one in groups)]
    lines = [_("One complaint may be counted in several rows.")]
    if key == "signs":
        lines.append(_("These are signals that somebody told of, and no findings."))
    return Section(key, title, Table(heads, rows), note=_hidden(), how=[*lines, *how()])


def _cell(number: int | None) -> Shown:
    return Shown("–", dim=True) if number is None else count(number)


def _days(days: int | None) -> str:
    return "–" if days is None else ngettext("%(num)s day", "%(num)s days", days) % {"num": days}


def _hidden() -> str:
    return _("A dash hides what fewer than five tell, and what would give it back.")


def how() -> tuple[str, ...]:
    """What is counted, and why so late."""
    return (
        _(
            "Whole months are put together until at least five complaints are in them. A month is told once the next "
            "one is over, and what was told is never changed: nobody can tell from a change that somebody complained."
        ),
        _("A dash for days: not half of them had come to it on the day of the statement."),
        _("What tells them apart needs twenty complaints. Who repeats a complaint is counted once."),
        _("Left out for everybody: complaints about enterprises to which one of the readers of this page has a tie."),
        _("These numbers say how many workers wrote, not how enterprises do; they are in no estimate."),
    )
