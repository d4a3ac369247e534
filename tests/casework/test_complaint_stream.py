"""From a complaint to a visit and its release: no estimate moves, and the visits after complaints are counted apart."""

from dataclasses import replace
from datetime import date, timedelta
from io import BytesIO

import pytest
from openpyxl import load_workbook

from compliance.complaints import store as complaints
from compliance.people.rules import PERMITS
from compliance.shared import audit, clock
from compliance.shared.database import session
from compliance.trends import store_cells, store_marks, store_rows, told, words
from compliance.trends.periods import Span
from compliance.trends.rules import Cell, Selection
from compliance.visits.rules import Route
from tests.casework import made
from tests.complaints.test_complaints import newest
from tests.complaints.test_complaints import told as tell
from tests.trends.made import NOW, Maker, items

WANTED = Selection(Span(date(2026, 7, 1), date(2026, 9, 30)))


@pytest.fixture
def drawn(app, world):
    """Twenty random visits of a draw of forty, five of them with shortfalls; the places of those drawn."""
    with app.app_context(), clock.at(NOW):
        maker = Maker(world)
        missed = tuple(items(world, 12))
        members = maker.members(20)
        rows = []
        for place, member in enumerate(members):
            on = date(2026, 7, 1) + timedelta(place)
            row = maker.visit(enterprise=member, on=on, missed=missed if place < 5 else ())
            if place < 5:
                maker.finding(row, missed[0])
            rows.append(row)
        maker.draw(rows, population=40)
        audit.record(world.system, "test.drawn")
        session().commit()
    return members


def estimates(world):
    """What is said about all members: each figure of each area with value, interval and what stands behind it."""
    leader = world.actor("leader")
    found = [one for figure in words.FIGURES for one in told.areas(leader, replace(WANTED, figure=figure))]
    return [(one.area, one.now.points, one.now.estimate, one.now.strata, one.now.silent) for one in found]


def by_route(world):
    """How many visits of each route were made and released."""
    (whole,) = store_cells.outcomes(world.actor("leader"), store_marks.asked(WANTED))
    return {route: whole.number(route=route.value) for route in Route}


@pytest.mark.parametrize("among", ["the drawn", "the others"])
def test_a_visit_after_a_complaint_moves_no_estimate_and_is_counted_apart(app, world, client, sign_in, drawn, among):
    place = drawn[-1] if among == "the drawn" else 0
    with clock.at(NOW):
        with app.app_context():
            before, routes = estimates(world), by_route(world)
            assert any(one[1] is not None for one in before), "an estimate speaks"
        tell(client)
        complaint_id = newest(app)
        sign_in("reviewer").post(f"/complaints/{complaint_id}/link", {"enterprise": str(world.enterprises[place])})
        with app.app_context():
            bad = [made.short(item) for item in ("WAG05", "WAG06", "SAF05")]
            made.released(world, bad, place=place, route=Route.complaint)
            officer = world.actor("reviewer")
            complaints.answer(officer, complaints.get(officer, complaint_id), "Thank you.")
            session().commit()
        with app.app_context():
            assert estimates(world) == before
            assert by_route(world) == routes | {Route.complaint: routes[Route.complaint] + 1}
            (overall, *_areas) = told.areas(world.actor("leader"), WANTED)
            assert (overall.now.n, overall.now.plain.n) == (20, 21), "the plain figure says that it is of all visits"
            rows, total = store_rows.visit_rows(world.actor("coordinator"), WANTED, Cell(route=Route.complaint), 1, 50)
            assert (total, [row.enterprise_id for row in rows]) == (1, [world.enterprises[place]])


def test_the_same_visit_drawn_at_random_would_move_them(app, world, drawn):
    with app.app_context(), clock.at(NOW):
        before = estimates(world)
        maker = Maker(world, 500)
        row = maker.visit(enterprise=0, missed=tuple(items(world, 12)))
        maker.draw([row], population=1, sector="C19")
        audit.record(world.system, "test.drawn")
        session().commit()
        assert estimates(world) != before


@pytest.mark.parametrize("who", ["leader", "inspector"])
def test_no_page_gives_a_complaint_as_the_reason_of_a_visit(app, world, sign_in, who):
    """Nor the route that the rows of the trends are narrowed to, nor a sheet of them."""
    with app.app_context():
        sealed = made.sealed(world, route=Route.complaint)
        released = made.released(world, place=1, route=Route.complaint)
        chosen = made.released(world, place=2, route=Route.targeted)
    reader = sign_in(who)
    pages = [f"/visits/{one}" for one in (sealed, released)]
    pages += [f"/reviews/{sealed}", "/trends/visits?period=recent&view=all"] if who == "leader" else []
    for path in pages:
        assert "complaint" not in reader.get(path).text.casefold().replace("complaints", ""), path
    words = [reader.get(f"/visits/{one}").text.partition("Why this workplace")[2][:30] for one in (released, chosen)]
    assert words[0] == words[1]
    assert "After a complaint" in sign_in("coordinator").get(f"/visits/{released}").text
    if who == "leader":
        for narrowed in ("route=complaint", "route=targeted", "counted=1&view=complaint"):
            reader.get(f"/trends/visits?period=recent&{narrowed}", status=403)
        reader.get("/trends/visits?period=recent&view=all&route=random")
        sheet = reader.http.get("/trends/visits?period=recent&view=all&format=xlsx").data
        told = {cell for row in load_workbook(BytesIO(sheet)).active.values for cell in row}
        assert "Visits after a complaint" not in told and "Chosen visits" in told
        assert not reader.get("/trends/refusals?period=recent").links("route=complaint")
        assert sign_in("coordinator").get("/trends/refusals?period=recent").links("route=complaint")


def test_who_plans_visits_may_read_complaints():
    """The plan names the route of every visit, so that it is for those alone who may read complaints."""
    assert PERMITS["visit.plan"] <= PERMITS["complaint.read"]
