"""The figures about corrective actions, and everything side by side for each sector, district or size."""

from collections import Counter
from collections.abc import Sequence
from typing import Any

from compliance.checklists.names import SEVERITIES
from compliance.checklists.policy import Severity
from compliance.shared.translation import gettext as _
from compliance.trends import rules, words
from compliance.trends.figures import Link, average_cell
from compliance.trends.labels import Labels, Shown, Table, percent_text
from compliance.trends.rules import OVERALL, ActionFact, Coverage, Selection, View, VisitFact
from compliance.visits.states import Outcome


def action_table(actions: Sequence[ActionFact], link: Link) -> Table:
    """Open, overdue and waiting actions by severity, as of today."""
    rows = []
    severities: list[Severity | None] = [*Severity, None]
    counted = {state: Counter(one.severity for one in actions if holds(one)) for state, holds in rules.STATES.items()}
    for severity in severities:
        narrow = {"severity": severity.value} if severity else {}
        cells = []
        for state, found in counted.items():
            number = found[severity] if severity else found.total()
            cells.append(Shown(str(number), link("actions", state=state, **narrow) if number else None))
        rows.append([Shown(_(SEVERITIES[severity]) if severity else _("All")), *cells])
    return Table([_("Severity"), *(_(words.ACTION_STATES[state]) for state in rules.STATES)], rows)


def closure_cell(closed: Sequence[ActionFact], href: str) -> Shown:
    """The median of the days to closure with the number of actions behind it."""
    value = rules.closure(closed)
    if not value.n:
        return Shown("–", dim=True)
    if value.median is None:
        return Shown(_("too few (n = %(n)s)", n=value.n), href, dim=True)
    return Shown(_("%(days)s days (n = %(n)s)", days=f"{value.median:g}", n=value.n), href)


def closure_table(closed: Sequence[ActionFact], view: View, link: Link) -> Table:
    """Median days to closure by severity; the routes stand below each other unless all were asked for."""
    rows_of: list[tuple[str, list[ActionFact], dict[str, Any]]]
    if view is View.all:
        chosen = [action for action in closed if action.route in rules.ROUTES[View.all]]
        rows_of = [(_(words.VIEWS[View.all]), chosen, {"counted": 1})]
    else:
        by_route = [(route, [action for action in closed if action.route is route]) for route in words.ROUTES]
        rows_of = [
            (_(words.ROUTES[route]), found, {"route": route.value})
            for place, (route, found) in enumerate(by_route)
            if found or place == 0
        ]
    severities: list[Severity | None] = [*Severity, None]
    rows = []
    for name, found, where in rows_of:
        cells = []
        for severity in severities:
            chosen = [action for action in found if severity in (None, action.severity)]
            narrow = {"severity": severity.value} if severity else {}
            cells.append(closure_cell(chosen, link("actions", state="closed", **narrow, **where)))
        rows.append([Shown(name), *cells])
    return Table([_("Route"), *(_(SEVERITIES[one]) if one else _("All") for one in severities)], rows)


def breakdown_table(
    coverage: Sequence[Coverage],
    visits: Sequence[VisitFact],
    actions: Sequence[ActionFact],
    wanted: Selection,
    names: Labels,
    link: Link,
) -> Table:
    """Everything by class, one row each."""
    by = wanted.by
    of_class = rules.grouped(visits, by)
    actions_of = rules.actions_grouped(actions, by)
    covered = {row.key: row for row in coverage}
    keys = [*covered, *sorted((of_class.keys() | actions_of.keys()) - covered.keys())]
    rows = []
    for key in keys:
        narrow = {by.value: key}
        here, due = of_class.get(key, []), actions_of.get(key, [])
        refused = sum(visit.outcome is Outcome.refused for visit in here)
        average = rules.score(rules.compared(here, wanted.view), OVERALL)
        closed = [one for one in rules.closed_in(due, wanted.span) if one.route in rules.ROUTES[wanted.view]]
        row = covered.get(key)
        cells = [
            Shown(names.along(by, key)),
            Shown(str(row.active) if row else "0"),
            Shown(
                percent_text(row.share if row else None), link("enterprises", visited="yes", **narrow) if row else None
            ),
            Shown(str(len(here)), link("visits", **narrow) if here else None),
            Shown(str(refused), link("visits", outcome="refused", **narrow) if refused else None),
            average_cell(average, link("visits", area=OVERALL, **narrow)),
        ]
        for state in ("open", "overdue"):
            number = sum(rules.STATES[state](one) for one in due)
            cells.append(Shown(str(number), link("actions", state=state, **narrow) if number else None))
        cells.append(closure_cell(closed, link("actions", state="closed", counted=1, **narrow)))
        rows.append(cells)
    heads = [
        _(words.DIMENSIONS[by]), _("Active enterprises"), _("Visited"), _("Visits"), _("Refused"),
        _("Overall score"), _("Open actions"), _("Overdue"), _("Median days to closure"),
    ]  # fmt: skip
    return Table(heads, rows)
