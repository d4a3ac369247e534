"""What is told of complaints in numbers: nobody can subtract their way to fewer than five of them."""

import random
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from itertools import combinations

import pytest
from sqlmodel import select

from compliance.casework import nightly
from compliance.complaints import rules, statements, store, store_statements
from compliance.complaints.models import ComplaintStatement
from compliance.complaints.statements import Counted, Months, Stage
from compliance.people import store as people
from compliance.people import store_ties
from compliance.people.rules import TieKind
from compliance.shared import clock, ids
from compliance.shared.audit import AuditLine
from compliance.shared.database import session

FIRST = date(2026, 1, 5)


def came(world, day, areas=("wages",), **changes):
    """A complaint that came on a day."""
    told = store.Told(
        {"happened": "No pay."}, {}, areas, rules.Concerned.few, rules.Reply.yes, rules.Reply.no, **changes
    )
    with clock.at(datetime(day.year, day.month, day.day, 4, tzinfo=UTC)):
        return store.receive(world.system, told, "x", ids.short_code(12), "en", day)


def make(world, on):
    store_statements.state(world.system, on)
    session().commit()


def shown(world, who="leader"):
    """What a page tells: first and last day, and the number."""
    found = store_statements.received(world.actor(who))
    return [(one.counted.months.first, one.counted.months.last, one.counted.months.number) for one in found]


def test_months_are_told_once_the_next_one_is_over():
    assert statements.ripe(date(2026, 3, 1)) == date(2026, 1, 31)
    assert statements.ripe(date(2026, 3, 31)) == date(2026, 1, 31)
    assert statements.ripe(date(2027, 1, 1)) == date(2026, 11, 30)


def test_half_of_them_came_to_it_within_so_many_days():
    assert statements.half_within([3, 1, None, 2, None]) == 3
    assert statements.half_within([3, 1, None, None, None]) is None
    assert statements.half_within([4, 1, 2, None]) == 2


@pytest.mark.parametrize(
    ("number", "whole", "told"),
    [(0, 20, 0), (1, 20, None), (4, 20, None), (5, 20, 5), (15, 20, 15), (16, 20, None), (20, 20, 20), (4, 4, None)],
)
def test_a_part_is_told_where_neither_it_nor_the_rest_is_few(number, whole, told):
    assert statements.safe_part(number, whole) == told


def test_from_no_history_of_publishing_anybody_can_subtract_to_fewer_than_five():
    """The reader keeps every page of many months and compares all sums of them; complaints come at random."""
    chance = random.Random(5)
    for _history in range(400):
        often = chance.choice((1, 2, 6, 15))
        days = [FIRST + timedelta(days=chance.randrange(500)) for _ in range(chance.randrange(often * 16))]
        told, begin = [], date(2026, 1, 1)
        for month in range(1, 20):
            until = statements.ripe(date(2026 + month // 12, month % 12 + 1, 1))
            known = [day for day in days if day <= until + timedelta(days=30)]
            new = statements.batches(known, begin, until)
            told += new
            begin = statements.after(told[-1].last) if told else begin
        assert all(one.number >= 5 for one in told)
        assert all(one.last < other.first for one, other in combinations(told, 2))
        sums = [sum(one.number for one in told[:end]) for end in range(len(told) + 1)]
        assert all(later - sooner >= 5 for sooner, later in combinations(sums, 2))
        assert all(one.number == sum(one.first <= day <= one.last for day in days) for one in told), (
            "a later complaint never changes what was told"
        )


def test_where_a_group_ends_depends_on_nothing_that_is_hidden():
    def row(number, month, wages):
        return Counted(Months(date(2026, month, 1), date(2026, month, 28), number), {}, {"wages": wages}, {})

    numbers = (9, 14, 6, 5, 30, 7)
    some = [row(number, month, 0) for month, number in enumerate(numbers, 1)]
    all_ = [row(number, month, number) for month, number in enumerate(numbers, 1)]
    ends = [[one.months for one in statements.joined(rows)] for rows in (some, all_)]
    assert ends[0] == ends[1]
    assert [one.number for one in ends[0]] == [23, 41]
    for end in range(1, len(some)):
        sooner = statements.joined(some[:end])
        assert sooner == statements.joined(some)[: len(sooner)], "what was told stays as it was told"


def test_stages_that_are_few_are_hidden_with_what_would_give_them_back():
    months = Months(FIRST, FIRST, 30)
    one = Counted(months, {"waiting": 2, "answered": 8, "closed": 20}, {}, {})
    found = statements.safe_stages(one)
    assert found[Stage.waiting] is None
    assert sum(value is None for value in found.values()) == 2
    full = Counted(months, {"closed": 30}, {}, {})
    assert statements.safe_stages(full) == {Stage.waiting: 0, Stage.answered: 0, Stage.closed: 30}


def test_fewer_than_five_are_told_to_nobody_and_wait_for_others(world, db_session):
    for day in range(4):
        came(world, FIRST + timedelta(days=day))
    session().commit()
    make(world, date(2026, 6, 1))
    assert shown(world) == []
    came(world, date(2026, 5, 20))
    session().commit()
    make(world, date(2026, 6, 30))
    assert shown(world) == [], "May is told once June is over"
    make(world, date(2026, 7, 1))
    assert shown(world) == [(date(2026, 1, 1), date(2026, 5, 31), 5)]


def test_what_was_told_never_changes_whatever_becomes_of_a_complaint(world, db_session):
    rows = [came(world, FIRST + timedelta(days=day)) for day in range(9)]
    session().commit()
    make(world, date(2026, 3, 1))
    before = store_statements.received(world.actor("leader"))
    officer = world.actor("reviewer")
    store.answer(officer, rows[0], "Thank you.")
    store.link(officer, rows[1], world.enterprises[0], None)
    store.merge(officer, rows[2], rows[3].number)
    store.point(officer, rows[4], [3, 5])
    session().commit()
    for month in range(4, 9):
        make(world, date(2026, month, 1))
    assert store_statements.received(world.actor("leader")) == before


def test_a_statement_tells_them_apart_and_how_long_they_waited(world, db_session):
    rows = [came(world, FIRST, ("wages", "safety") if number < 3 else ("wages",)) for number in range(6)]
    officer = world.actor("reviewer")
    store.point(officer, rows[0], [8])
    for days, row in ((2, rows[0]), (4, rows[1]), (9, rows[2])):
        with clock.at(datetime(2026, 1, 5 + days, 4, tzinfo=UTC)):
            store.answer(officer, row, "Thank you.")
    with clock.at(datetime(2026, 1, 20, 4, tzinfo=UTC)):
        store.close(officer, rows[0], rules.Outcome.passed_on, Decimal(0))
    session().commit()
    make(world, date(2026, 3, 1))
    (one,) = store_statements.received(world.actor("leader"))
    assert one.counted.stages == {"waiting": 3, "answered": 2, "closed": 1}
    assert one.counted.areas == {"wages": 6, "safety": 3}
    assert one.counted.signs == {"8": 1}
    assert (one.half_answered, one.half_closed, one.made_on) == (9, None, date(2026, 3, 1))


def test_complaints_about_an_enterprise_of_a_reader_are_in_nobodys_numbers(app, world, db_session):
    leader = world.actor("leader")
    store_ties.declare(leader, people.get(leader, world.people["leader"]), world.enterprises[0], TieKind.owner)
    officer = world.actor("reviewer")
    for day in range(9):
        row = came(world, FIRST + timedelta(days=day))
        if day < 6:
            store.link(officer, row, world.enterprises[0], None)
    session().commit()
    make(world, date(2026, 3, 1))
    assert shown(world) == shown(world, "coordinator") == []
    came(world, FIRST)
    came(world, FIRST)
    session().commit()
    make(world, date(2026, 3, 2))
    assert shown(world) == shown(world, "coordinator") == [(date(2026, 1, 1), date(2026, 1, 31), 5)]


def test_the_night_makes_them_and_the_trail_holds_no_small_count(world, db_session):
    for day in range(6):
        came(world, FIRST + timedelta(days=day), ("punishment",) if day == 0 else ("wages",))
    session().commit()
    with clock.at(datetime(2026, 3, 1, 1, tzinfo=UTC)):
        nightly.each_day()
    (row,) = session().exec(select(ComplaintStatement)).all()
    assert (row.number, row.figures["areas"]) == (6, {"wages": 5, "punishment": 1})
    line = session().exec(select(AuditLine).where(AuditLine.verb == "complaint.stated")).one()
    assert "punishment" not in str(line.changes)


def test_the_page_is_empty_until_enough_came_and_says_when(app, world, sign_in):
    for who in ("leader", "coordinator", "reviewer"):
        page = sign_in(who).get("/trends/complaints")
        assert "Nothing can be told yet" in page.text
    sign_in("inspector").get("/trends/complaints", status=403)
    assert sign_in("leader").get("/trends/").links("/trends/complaints")


@pytest.mark.parametrize("language", ["en", "zh"])
def test_the_page_tells_what_is_no_few_and_nothing_about_visits(app, world, sign_in, language):
    with app.app_context():
        for number in range(24):
            came(world, FIRST + timedelta(days=3 * number), ("wages", "safety") if number < 3 else ("wages",))
        session().commit()
        make(world, date(2026, 6, 1))
    client = sign_in("leader")
    client.http.post(
        "/language", data={"language": "zh_Hans_CN" if language == "zh" else "en", "csrf_token": client.token()}
    )
    page = client.get("/trends/complaints?first=2026-02-01&last=2026-02-02&period=custom&sector=C18")
    assert ("complaints received" if language == "en" else "收到的投诉") in page.text
    assert "24" in page.text
    rows = {tuple("".join(cell.itertext()).strip() for cell in row) for row in page.document.iter("tr")}
    wages = [row[1] for row in rows if row and row[0].startswith(("Pay:", "工资"))]
    safety = [row[1] for row in rows if row and row[0].startswith(("Danger at work", "干活有危险"))]
    assert (wages, safety) == (["24"], ["–"])
    for table in ("received", "stages", "areas", "signs"):
        assert client.http.get(f"/trends/complaints?format=xlsx&table={table}").data[:2] == b"PK"
