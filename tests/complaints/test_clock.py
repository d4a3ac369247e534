"""Complaints wait with a clock: in lists, by a notice without content, and in a file to take home."""

import csv
import io
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

import pytest
from sqlmodel import col, select

from compliance.casework import nightly, work
from compliance.casework.work import Wanted
from compliance.casework.work_rules import Kind
from compliance.complaints import policy, rules, store
from compliance.complaints.rules import State
from compliance.enterprises.models import Enterprise
from compliance.people import store as people
from compliance.people import store_ties
from compliance.people.models import User
from compliance.people.rules import TieKind
from compliance.shared import audit, clock
from compliance.shared.audit import AuditLine
from compliance.shared.database import session
from compliance.shared.outbox import OutgoingMessage
from tests.complaints.test_statements import came

MONDAY = date(2026, 3, 2)


def at(day, hour=4):
    return clock.at(datetime(day.year, day.month, day.day, hour, tzinfo=UTC))


def waits(world, who, day=MONDAY, **more):
    with at(day):
        return [one for one in work.listed(world.actor(who), Wanted(**more)).rows if one.kind.name.startswith("compl")]


def night(day):
    """The first minute of a day in Kunming; who was told by then."""
    with clock.at(datetime(day.year, day.month, day.day, tzinfo=UTC) - timedelta(hours=8)):
        nightly.each_day()
    return list(session().exec(select(OutgoingMessage).order_by(col(OutgoingMessage.id))))


@pytest.mark.parametrize(
    ("state", "by"),
    [
        (State.received, date(2026, 3, 4)),
        (State.read, date(2026, 3, 16)),
        (State.answered, None),
        (State.closed, None),
    ],
)
def test_two_working_days_to_read_and_ten_to_answer(state, by):
    period = policy.of(MONDAY)
    assert rules.next_by(state, rules.read_by(MONDAY, period), period) == by


def test_it_is_on_the_work_list_of_officers_without_a_tie_until_it_is_answered(world, db_session):
    row = came(world, MONDAY)
    session().commit()
    for who in ("coordinator", "reviewer"):
        (task,) = waits(world, who)
        assert (task.kind, task.enterprise, task.by) == (Kind.complaint_read, "", date(2026, 3, 4))
        assert task.late(date(2026, 3, 6)) == 2
    assert waits(world, "inspector") == waits(world, "leader") == []
    assert waits(world, "inspector", view="all") == []
    officer = world.actor("reviewer")
    store_ties.declare(officer, people.get(officer, world.people["coordinator"]), world.enterprises[0], TieKind.kin)
    session().commit()
    assert waits(world, "coordinator", view="all") == [], "nobody knows yet whose it is"
    store.mark_read(officer, row)
    store.link(officer, row, world.enterprises[1], None)
    session().commit()
    (task,) = waits(world, "coordinator")
    assert (task.kind, task.by, task.enterprise != "") == (Kind.complaint_answer, date(2026, 3, 16), True)
    assert waits(world, "reviewer", text=task.enterprise[:3]) == [task]
    assert waits(world, "reviewer", text="nothing like it") == []
    store.link(officer, row, world.enterprises[0], None)
    session().commit()
    assert waits(world, "coordinator", view="all") == []
    store.answer(officer, row, "Thank you.")
    session().commit()
    assert waits(world, "reviewer") == []


def test_the_days_begin_anew_when_it_is_opened_again(world, db_session):
    row = came(world, MONDAY)
    officer = world.actor("reviewer")
    with at(date(2026, 4, 6)):
        store.close(officer, row, rules.Outcome.founded, Decimal(0))
        store.reopen(officer, row)
    session().commit()
    assert store.next_by(row) > date(2026, 4, 15)


def test_the_pages_show_it_and_lead_there(app, world, sign_in):
    with app.app_context():
        row = came(world, MONDAY)
        session().commit()
        complaint_id = row.id
    officer = sign_in("reviewer")
    with at(date(2026, 3, 6)):
        page = officer.get("/work/")
        assert "Complaint to read" in page.text and "2 days late" in page.text
        assert page.links(f"/complaints/{complaint_id}")
        assert "Late" in officer.get("/complaints").text
        officer.submit(officer.get(f"/complaints/{complaint_id}"), f"/complaints/{complaint_id}/read")
        page = officer.get("/complaints")
        assert "To be answered by" in page.text and "Late" not in page.text.rpartition("Next step by")[2]
    with at(date(2026, 3, 17)):
        assert "Late" in officer.get("/complaints").text.rpartition("Next step by")[2]


def test_who_may_answer_and_has_no_tie_is_told_once_a_day_that_something_waits_and_not_what(world, db_session):
    for who in ("coordinator", "reviewer", "leader"):
        session().get(User, world.people[who]).email = f"{who}@example.org"
    audit.record(world.system, "test.mail")
    row = came(world, MONDAY)
    officer = world.actor("reviewer")
    store_ties.declare(officer, people.get(officer, world.people["coordinator"]), world.enterprises[0], TieKind.kin)
    session().commit()
    assert night(date(2026, 3, 4)) == [], "it is the last day, and not late"
    (mail,) = night(date(2026, 3, 5))
    assert mail.recipient == "reviewer@example.org"
    assert not any(
        word in (mail.subject + mail.body).casefold() for word in ("complain", "投诉", row.number.casefold())
    )
    nightly._complaints(world.system, date(2026, 3, 5))
    session().commit()
    assert len(night(date(2026, 3, 5))) == 1
    assert len(night(date(2026, 3, 7))) == 1, "a Saturday"
    store.mark_read(officer, row)
    session().commit()
    assert len(night(date(2026, 3, 9))) == 1, "read in the meantime"
    assert len(night(date(2026, 3, 17))) == 2, "and not answered in time"


def test_the_list_goes_home_as_it_is_narrowed_without_a_word_that_somebody_wrote(app, world, sign_in):
    with app.app_context():
        officer = world.actor("reviewer")
        for number in range(3):
            row = came(world, MONDAY + timedelta(days=number), ("safety",) if number else ("wages",))
            if number == 2:
                store.link(officer, row, world.enterprises[0], None)
        session().get(Enterprise, world.enterprises[0]).name = "=HYPERLINK(1)"
        audit.record(world.system, "test.named")
        session().commit()
    client = sign_in("reviewer")
    page = client.get("/complaints?area=safety&sort=received")
    with at(date(2026, 3, 5)):
        got = client.http.post(
            "/complaints/list.csv", data={**page.form("/complaints/list.csv"), "csrf_token": client.token()}
        )
    assert got.status_code == 200
    rows = list(csv.reader(io.StringIO(got.data.decode("utf-8-sig"))))
    assert rows[0][:3] == ["Case number", "Received", "State"] and len(rows) == 3
    assert rows[2][-1] == "'=HYPERLINK(1)"
    assert b"No pay." not in got.data
    with app.app_context():
        line = session().exec(select(AuditLine).where(AuditLine.verb == "complaint.exported")).one()
        assert line.changes == {"note": {"rows": 2}}
        assert line.person_id == world.people["reviewer"]


def test_the_file_has_what_its_reader_may_know_of_and_nobody_else_gets_it(app, world, sign_in):
    with app.app_context():
        came(world, MONDAY)
        officer = world.actor("reviewer")
        store_ties.declare(officer, people.get(officer, world.people["coordinator"]), world.enterprises[0], TieKind.kin)
        session().commit()
    tied = sign_in("coordinator")
    got = tied.http.post("/complaints/list.csv", data={"csrf_token": tied.token()})
    assert len(got.data.decode("utf-8-sig").strip().splitlines()) == 1
    for who in ("inspector", "leader", "manager", "administrator"):
        sign_in(who).post("/complaints/list.csv", {}, status=403)


@pytest.mark.parametrize("older", ["-1", "9" * 40, "seven", "７"])
def test_a_wrong_age_narrows_nothing(app, world, sign_in, older):
    with app.app_context():
        came(world, MONDAY)
        session().commit()
    assert "No complaint fits" not in sign_in("reviewer").get(f"/complaints?older={older}").text
