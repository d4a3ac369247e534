"""The page of corrective actions: how many are done in time, and how long closing takes."""

from collections.abc import Callable, Mapping, Sequence

from compliance.checklists.names import SEVERITIES
from compliance.checklists.policy import Severity
from compliance.checklists.rules import AREAS
from compliance.estimation.clustered import FEWEST
from compliance.shared.drawing import fitted
from compliance.shared.step_chart import MOST_BANDS, Fall, Falling, chart_days, steps
from compliance.shared.translation import gettext as _
from compliance.shared.words import part
from compliance.trends import words
from compliance.trends.closing import FEWEST_ACTIONS, MILESTONES, Alike, Batch, Closing, Today, by_group, watched_after
from compliance.trends.labels import Labels, Shown, Table
from compliance.trends.rules import By
from compliance.trends.sections import Link, Section, Tile, Valued, between, count, share_cell, silent_cell
from compliance.trends.store_closing import Group

MOST_CURVES = 5


def tiles(whole: Closing | None, standing: Mapping[str, Today], link: Link) -> list[Tile]:
    """The four figures that stand large."""
    overdue, open_now = sum(one.overdue for one in standing.values()), sum(one.open for one in standing.values())
    found = [
        Tile(str(open_now), _("corrective actions open today"), link("closing_rows", standing="open_today")),
        Tile(str(overdue), _("of them overdue"), link("closing_rows", standing="overdue")),
    ]
    if whole is None:
        return found
    share, curve = whole.on_time, whole.curve
    if share.n and not share.silent:
        interval = _("95%% interval %(interval)s; n = %(n)s", interval=between(share.low, share.high), n=share.n)
        found.append(
            Tile(part(share.value), _("done by the due date"), link("closing_rows", standing="on_time"), interval)
        )
    else:
        found.append(Tile("–", _("done by the due date"), note=_("too few (n = %(n)s)", n=share.n)))
    if curve is not None and curve.median is not None:
        value = _("%(days)s days", days=curve.median)
        found.append(Tile(value, _("until half are closed"), note=_median_interval(whole)))
    else:
        said = _("too few (n = %(n)s)", n=whole.n) if curve is None else _("fewer than half are closed so far")
        found.append(Tile("–", _("until half are closed"), note=said))
    return found


def today_section(standing: Mapping[str, Today], link: Link) -> Section:
    """Open, overdue and waiting, by severity."""
    rows = []
    for severity in Severity:
        one = standing.get(severity.value, Today(0, 0, 0))
        narrow = {"severity": severity.value}
        rows.append(
            [
                Shown(_(SEVERITIES[severity])), count(one.open, link("closing_rows", standing="open_today", **narrow)),
                count(one.overdue, link("closing_rows", standing="overdue", **narrow)),
                count(one.to_check, link("closing_rows", standing="to_check", **narrow)),
            ]
        )  # fmt: skip
    heads = [_("Severity"), _("Open today"), _("Overdue today"), _("Evidence to check")]
    how = (
        _("All delivered corrective actions of the selected enterprises, whenever they were delivered."),
        _("Overdue: the due date has passed, no evidence was sent, and the clock is running."),
    )
    return Section("today", _("Corrective actions today"), Table(heads, rows), how=how)


def sections(
    batches: Sequence[Batch],
    alike: Callable[[Group], Mapping[str, Alike]],
    by: By,
    names: Labels,
    link: Link,
) -> list[Section]:
    """Curves and tables by severity, area and class. ``alike`` gives the sums over enterprises of one of them."""

    def severity_name(key: str) -> str:
        return str(_(SEVERITIES[Severity(key)]))

    graves = {severity.value: place for place, severity in enumerate(Severity)}
    areas = {area: place for place, area in enumerate(AREAS)}
    return [
        _section(
            "severity", _("Days to closure, by severity"), _("Severity"), batches, lambda batch: batch.severity,
            alike("severity"), severity_name, lambda one: graves.get(one.key, 9), link, "severity",
        ),
        _section(
            "area", _("Days to closure, by area"), _("Area"), batches, lambda batch: batch.area, alike("area"),
            names.area, lambda one: areas.get(one.key, 9), link, "about",
        ),
        _section(
            "class", _("Days to closure") + " · " + _(words.BY[by]), _(words.DIMENSIONS[by]), batches,
            lambda batch: batch.key, alike("class"), lambda key: names.brief(by, key), lambda one: -one.n, link, "key",
        ),
    ]  # fmt: skip


def _section(
    key: str,
    title: str,
    head: str,
    batches: Sequence[Batch],
    of: Callable[[Batch], str],
    alike: Mapping[str, Alike],
    name: Callable[[str], str],
    order: Callable[[Closing], int],
    link: Link,
    narrow: str,
) -> Section:
    found = sorted(by_group(batches, of, alike).values(), key=order)
    spoken = [one for one in found if one.spoken][:MOST_CURVES]
    last = max((one.curve.last_day for one in spoken if one.curve), default=0)
    curves = []
    for one in spoken:
        if one.curve is None:
            continue
        own = [batch for batch in batches if of(batch) == one.key]
        falls = [Fall(step.day, step.remaining, step.low, step.high) for step in one.curve.steps]
        curves.append(Falling(name(one.key), falls, one.curve.last_day, watched_after(own, chart_days(last))))
    about = (
        _("The share still open, by days since delivery, with 95% bands. Below stands how many are still watched.")
        if len(curves) <= MOST_BANDS
        else _("The share still open, by days since delivery. Below stands how many are still watched.")
    )
    chart = (
        fitted(
            lambda width: steps(
                "c-" + key,
                title,
                about,
                curves,
                days_name=_("days"),
                watched_name=_("Still open and watched"),
                share_name=_("still open"),
                width=width,
            )
        )
        if curves
        else None
    )
    note = (
        _("Drawn are the %(n)s with the most actions; the table shows all.", n=MOST_CURVES)
        if sum(one.spoken for one in found) > MOST_CURVES
        else ""
    )
    silent = "" if chart else _silent()
    rows = [_row(one, name(one.key), link, {narrow: one.key}) for one in found]
    return Section(
        key, title, Table(_heads(head), rows), chart, silent, note, how(), href=link("closing_rows"),
        more=_("All corrective actions of the period"),
    )  # fmt: skip


def _silent() -> str:
    return str(
        _(
            "Too few: a curve needs at least %(actions)s corrective actions of %(enterprises)s enterprises.",
            actions=FEWEST_ACTIONS,
            enterprises=FEWEST,
        )
    )


def how() -> tuple[str, ...]:
    """How these figures are computed."""
    return (
        _(
            "Counted are the corrective actions delivered in the period, whatever the route of their visit; withdrawn "
            "ones are not. They say how corrections go, not how the members stand."
        ),
        _(
            "Days run from delivery of the letter to verification. What was accepted at the desk and drawn for a check "
            "on site is closed on the day of that check and not before."
        ),
        _(
            "The curve is that of Kaplan and Meier: one that is still open counts for the days it has been watched. An "
            "average over what is closed would leave out the slow ones."
        ),
        _(
            "Done by the due date is asked of those whose due date has passed (more time that was granted counts): the "
            "accepted evidence was sent by then, however long the check took. Evidence that still waits to be checked, "
            "and a clock that stands, count on neither side."
        ),
        _(
            "Intervals are of 95%% and count enterprises, not actions: corrections of one enterprise are alike. With "
            "fewer than %(n)s enterprises none is given.",
            n=FEWEST,
        ),
    )


def _heads(head: str) -> list[str]:
    within = [_("Closed within %(days)s days", days=days) for days in MILESTONES]
    return [
        head, _("Delivered in the period"), _("Of these closed"), _("Enterprises"), _("Done by the due date"),
        _("Days until half are closed"),
        *within,
    ]  # fmt: skip


def _row(one: Closing, name: str, link: Link, narrow: Mapping[str, str]) -> list[Shown]:
    share = one.on_time
    row = [
        Shown(name),
        count(one.n, link("closing_rows", **narrow)),
        count(one.closed, link("closing_rows", standing="closed", **narrow)),
        count(one.enterprises),
        silent_cell(share.n)
        if not share.n or share.silent
        else share_cell(share.value, share.low, share.high, link("closing_rows", standing="on_time", **narrow)),
        _median(one),
    ]
    for days in MILESTONES:
        found = one.closed_after(days)
        row.append(share_cell(*found) if found else Shown("–", dim=True))
    return row


def _median(one: Closing) -> Shown:
    if one.curve is None:
        return silent_cell(one.n)
    if one.curve.median is None:
        return Shown(_("not yet"), dim=True)
    return Valued(f"{one.curve.median} ({_median_interval(one, brief=True)})", plain=one.curve.median)


def _median_interval(one: Closing, *, brief: bool = False) -> str:
    curve = one.curve
    if curve is None:
        return ""
    low = curve.median_low if curve.median_low is not None else curve.median
    said = (
        _("%(low)s or more", low=low)
        if curve.median_high is None
        else _("%(low)s to %(high)s", low=low, high=curve.median_high)
    )
    return str(said if brief else _("95%% interval %(interval)s; n = %(n)s", interval=said, n=one.n))
