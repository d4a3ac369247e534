"""The plan of days as pages: coordinators plan, inspectors know the half-day alone, nobody else knows anything."""

import re
from datetime import timedelta

import pytest
import sqlalchemy as sa
from sqlalchemy import event
from sqlmodel import select

from compliance.people import store as people
from compliance.people import store_ties as ties
from compliance.people.rules import TieKind
from compliance.planning import handing_out, store, store_schedule
from compliance.planning.models import DrawPeriod
from compliance.planning.models_schedule import VisitSlot
from compliance.shared import clock
from compliance.shared.database import db, session
from tests.planning.drawn import MORNING, committed


@pytest.fixture(autouse=True)
def _in_autumn():
    with clock.at(MORNING):
        yield


@pytest.fixture
def period_id(app, world):
    return committed(app, world)


@pytest.fixture
def planned(app, world, period_id):
    with app.app_context():
        store_schedule.draw_for(world.actor("coordinator"), period_id)
        session().commit()
    return period_id


def slots(app):
    with app.app_context():
        rows = list(session().exec(select(VisitSlot).order_by(VisitSlot.begins_at)))
        sent = store_schedule.teams(row.id for row in rows)
        session().rollback()
        return [(row, sent[row.id]) for row in rows]


def test_a_coordinator_draws_the_days_and_looks_at_them(app, world, sign_in, period_id):
    coordinator = sign_in("coordinator")
    page = coordinator.get(f"/draws/{period_id}/days")
    assert "No day is drawn yet" in page.text and "Without a day: 12" in page.text
    page = coordinator.submit(page, f"/draws/{period_id}/days")
    assert "12 visits have a day, 0 have none" in page.text
    assert len(page.links("/draws/days/")) >= 12
    again = coordinator.post(f"/draws/{period_id}/days")
    assert "Nothing was changed" in again.text
    with app.app_context():
        looks = store.looks(session().get_one(DrawPeriod, period_id))
        assert len(looks) >= 2 and {look.page for look in looks} == {"schedule"}


@pytest.mark.parametrize("language", ["en", "zh"])
def test_the_plan_is_narrowed_and_printed(app, world, sign_in, planned, language):
    coordinator = sign_in("coordinator", language)
    row, team = slots(app)[0]
    everything = coordinator.get(f"/draws/{planned}/days")
    for query in (
        {"inspector": str(team[0])}, {"district": "530102"}, {"part": row.part.value}, {"state": "waiting"},
        {"q": "Example"},
    ):  # fmt: skip
        narrowed = coordinator.get(f"/draws/{planned}/days", **query)
        assert 0 < len(narrowed.links("/draws/days/")) <= len(everything.links("/draws/days/"))
    assert len(coordinator.get(f"/draws/{planned}/days", all=1).links("/draws/days/")) == 13  # and the settings
    empty = coordinator.get(f"/draws/{planned}/days", q="nobody is called so")
    assert len(empty.links("/draws/days/")) == 1
    coordinator.get(f"/draws/{planned}/days", inspector="x", district="y", part="z", state="0", page="-1")


def test_somebody_falls_ill_and_a_day_cannot_be_kept(app, world, sign_in, planned):
    coordinator, (row, team) = sign_in("coordinator"), slots(app)[0]
    page = coordinator.get(f"/draws/days/{row.id}")
    coordinator.submit(page, "/replace", leaving=str(team[0]), reason="", status=422)
    page = coordinator.submit(page, "/replace", leaving=str(team[0]), reason="Ill this morning.")
    assert "Somebody else goes now" in page.text and "Ill this morning." in page.text
    assert team[0] not in slots(app)[0][1]
    page = coordinator.submit(page, "/undo")
    assert set(slots(app)[0][1]) == set(team)
    coordinator.submit(page, "/move", reason=" ", status=422)
    page = coordinator.submit(page, "/move", reason="Flood.")
    assert "Another half-day is drawn" in page.text
    assert "1 times" in coordinator.get(f"/draws/{planned}/days").text
    coordinator.post(f"/draws/days/{row.id}/undo")


def test_an_inspector_knows_day_half_day_and_with_whom_and_nothing_else(app, world, sign_in, planned):
    row, team = slots(app)[0]
    names = {id: who for who, id in world.people.items()}
    inspector = sign_in(names[team[0]])
    page = inspector.get("/my-days")
    with app.app_context():
        partner = people.people_names([team[1]])[team[1]]
        target = session().execute(sa.text("SELECT name FROM enterprise")).scalars().all()
    assert partner in page.text
    assert not any(name in page.response.text for name in target)
    for secret in (str(row.id), str(row.workplace_id), "530102", "Wuhua", "五华"):
        assert secret not in page.response.text
    assert "Nothing is handed out to you" in inspector.get("/visits/").text
    for path in (f"/draws/{planned}/days", f"/draws/days/{row.id}"):
        inspector.get(path, status=403)
    with clock.at(row.begins_at - timedelta(minutes=60)), app.app_context():
        handing_out.run(world.association_id)
    with clock.at(row.begins_at - timedelta(minutes=60)):
        assert "Example" in inspector.get("/visits/").text


def test_a_tour_of_several_visits_is_one_line(app, world, sign_in, planned):
    names = {id: who for who, id in world.people.items()}
    for id, who in names.items():
        mine = {(row.day, row.part) for row, team in slots(app) if id in team}
        if mine:
            assert len(sign_in(who).get("/my-days").document.findall(".//tbody/tr")) == len(mine)


def test_who_is_never_out_reads_that(sign_in):
    assert "not out on any day" in sign_in("inspector").get("/my-days").text


@pytest.mark.parametrize("who", ["leader", "reviewer", "administrator", "manager", "inspector", "outsider"])
def test_nobody_else_opens_the_plan(app, sign_in, planned, who):
    row, _team = slots(app)[0]
    client = sign_in(who)
    for path in (f"/draws/{planned}/days", f"/draws/days/{row.id}", "/draws/days/settings"):
        client.get(path, status=403)
    for path in (f"/draws/{planned}/days", f"/draws/days/{row.id}/replace", f"/draws/days/{row.id}/move"):
        client.post(path, status=403)


def without_token(page):
    """The bytes of a page but for the token of its forms, which holds the second in which it was made."""
    return re.sub(rb'name="csrf_token" value="[^"]+"', b"", page.response.data)


def test_who_has_a_tie_reads_the_same_whatever_is_planned(app, world, sign_in, period_id):
    with app.app_context():
        person = people.get(world.system, world.people["coordinator"])
        ties.declare(world.system, person, world.enterprises[0], TieKind.kin)
        session().commit()
    tied = sign_in("coordinator")
    before = without_token(tied.get(f"/draws/{period_id}/days", status=403))
    with app.app_context():
        store_schedule.draw_for(world.system, period_id)
        session().commit()
    assert without_token(tied.get(f"/draws/{period_id}/days", status=403)) == before
    tied.get(f"/draws/days/{slots(app)[0][0].id}", status=403)


def test_the_settings_keep_what_was_typed(sign_in):
    coordinator = sign_in("coordinator")
    page = coordinator.get("/draws/days/settings")
    wrong = coordinator.submit(page, "/draws/days/settings", lead="3", status=422)
    assert wrong.form("/draws/days/settings")["lead"] == "3" and "From 10 to 240." in " ".join(wrong.errors())
    assert "Saved." in coordinator.submit(page, "/draws/days/settings", lead="90").text
    assert coordinator.get("/draws/days/settings").form("/draws/days/settings")["lead"] == "90"


def test_a_plan_of_any_length_asks_the_database_as_often(app, world, sign_in, planned):
    coordinator = sign_in("coordinator")
    coordinator.get(f"/draws/{planned}/days")
    asked = []
    with app.app_context():
        engine = db.engine
    event.listen(engine, "before_cursor_execute", lambda *args: asked.append(args[2]))
    coordinator.get(f"/draws/{planned}/days", all=1)
    many, asked[:] = len(asked), []
    coordinator.get(f"/draws/{planned}/days", q="Example Works 1")
    assert len(asked) <= many + 2 and many < 60, many
