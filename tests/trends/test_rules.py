"""What can be asked: routes of each view, classes of each place, and the breaks in a row of figures."""

from dataclasses import replace
from typing import Any

import pytest

from compliance.checklists.rules import AREAS, Checklist, Severity
from compliance.trends import breaks, rules
from compliance.trends.breaks import Break
from compliance.trends.rules import OVERALL, ROUTES, By, Place, View
from compliance.visits.states import Route


def test_a_follow_up_visit_enters_no_view() -> None:
    assert all(Route.follow_up not in routes for routes in ROUTES.values())


def test_only_all_routes_knowingly_mixes_them() -> None:
    assert ROUTES[View.all] == set(Route) - {Route.follow_up}
    for view in set(View) - {View.all}:
        assert ROUTES[view] == {Route(view.value)}


def test_what_nobody_entered_is_a_class_of_its_own() -> None:
    assert Place("", "530102", "").along(By.sector) == rules.UNKNOWN
    assert Place("C18", "530102", "").along(By.district) == "530102"


@pytest.fixture
def checklist(app: Any, world: Any) -> Checklist:
    from compliance.checklists import store as checklists

    with app.app_context():
        return checklists.load(checklists.current(world.association_id).id)


def changed(checklist: Checklist, **values: Any) -> Checklist:
    """The checklist with its first item of wages changed."""
    wages = checklist.area("wages")
    first = replace(wages.items[0], **values)
    area = replace(wages, items=(first, *wages.items[1:]))
    areas = tuple(area if one.id == "wages" else one for one in checklist.areas)
    return replace(checklist, digest="other", areas=areas)


def test_other_words_are_no_break_and_another_weight_is(checklist: Checklist) -> None:
    words = changed(checklist, guidance=checklist.areas[1].items[0].guidance)
    first = checklist.area("wages").items[0]
    weight = changed(checklist, severity=next(one for one in Severity if one is not first.severity))
    assert all(breaks.same(area, [checklist, words]) for area in (OVERALL, *AREAS))
    assert {area for area in (OVERALL, *AREAS) if not breaks.same(area, [checklist, weight])} == {OVERALL, "wages"}


def test_breaks_lie_where_the_checklist_changed_or_the_draw_began(checklist: Checklist) -> None:
    first = checklist.area("wages").items[0]
    other = changed(checklist, severity=next(one for one in Severity if one is not first.severity))
    used = {"1": [checklist], "3": [checklist], "4": [other], "5": [other]}
    drawn = {"1": False, "3": True, "4": True, "5": True}
    found = breaks.between(["1", "2", "3", "4", "5"], used, drawn, "wages")
    assert found == {"3": [Break.draw], "4": [Break.checklist]}
    assert breaks.between(["1", "2", "3", "4", "5"], used, drawn, "safety") == {"3": [Break.draw]}
