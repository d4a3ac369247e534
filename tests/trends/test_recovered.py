"""What was got back for workers: what counts, when, for whom, and that complaints are a sum of their own."""

from datetime import UTC, date, datetime
from decimal import Decimal

import pytest
from sqlmodel import col, select

from compliance.complaints import store as complaints
from compliance.complaints import store_statements
from compliance.complaints.rules import Concerned, Outcome, Reply
from compliance.corrective_actions.models import CorrectiveAction
from compliance.corrective_actions.models_agreed import Repayment, RepaymentPlan
from compliance.people.models import Tie
from compliance.people.rules import TieKind
from compliance.shared import audit, clock, ids
from compliance.shared.database import session
from compliance.trends import recovered_figures, store_recovered
from compliance.trends.labels import Labels
from compliance.trends.periods import Span
from compliance.trends.rules import By, Selection
from compliance.trends.store_recovered import Money
from tests.casework import made

YEAR = Selection(Span(date(2026, 1, 1), date(2026, 12, 31)))


@pytest.fixture
def plan(world, db_session):
    visit_id = made.released(world, [made.short("WAG06")])
    query = select(CorrectiveAction).where(CorrectiveAction.visit_id == visit_id, col(CorrectiveAction.area) == "wages")
    action = session().exec(query).first()
    row = RepaymentPlan(
        association_id=action.association_id, enterprise_id=action.enterprise_id, action_id=action.id,
        agreed_on=date(2025, 12, 1), made_at=clock.now(),
    )  # fmt: skip
    session().add(row)
    session().flush()
    audit.record(world.system, "test.plan")
    return row


def paid(world, plan, number, fen, on, confirmed=None):
    session().add(
        Repayment(
            association_id=plan.association_id, plan_id=plan.id, number=number, due_on=on, fen=fen, paid_on=on,
            confirmed_on=confirmed, asked=6 if confirmed else None,
        )
    )  # fmt: skip
    audit.record(world.system, "test.paid")
    session().commit()


def test_a_payment_counts_on_the_day_on_which_workers_confirm_it(world, plan):
    leader = world.actor("leader")
    assert store_recovered.money(leader, YEAR) == Money()
    paid(world, plan, 1, 100_050, date(2025, 12, 20), date(2026, 1, 5))
    paid(world, plan, 2, 70_000, date(2026, 2, 1))
    paid(world, plan, 3, 5, date(2025, 12, 30))
    assert store_recovered.money(leader, YEAR) == Money(100_050, 70_000, 1)
    before = Selection(Span(date(2025, 1, 1), date(2025, 12, 31)))
    assert store_recovered.money(leader, before) == Money(0, 5, 0)
    years = store_recovered.by_year(leader, YEAR, date(2026, 11, 23))
    assert {year: one.recovered for year, one in years.items()} == {2025: 0, 2026: 100_050}
    assert sum(one.recovered + one.paid for one in years.values()) == 170_055


def test_what_is_owed_is_that_of_the_plans_that_stand(world, plan):
    leader = world.actor("leader")
    before = Selection(Span(date(2025, 1, 1), date(2025, 12, 31)))
    assert store_recovered.owed(leader, before) == 0, "nobody has reckoned it"
    plan.owed_fen, plan.ended_at, plan.ended_reason = 500_000, clock.now(), store_recovered.REPLACED
    audit.record(world.system, "test.replaced")
    session().commit()
    assert store_recovered.owed(leader, before) == 0
    plan.ended_reason = "They paid no more."
    audit.record(world.system, "test.ended")
    session().commit()
    assert store_recovered.owed(leader, before) == 500_000
    assert store_recovered.owed(leader, YEAR) == 0
    assert store_recovered.owed(leader, Selection(before.span, sector="A01")) == 0


def test_classes_add_up_and_what_few_paid_stands_together(world, plan):
    leader = world.actor("leader")
    paid(world, plan, 1, 100_050, date(2026, 1, 4), date(2026, 1, 5))
    for by in By:
        found = store_recovered.by_class(leader, YEAR, by)
        assert sum(one.recovered for one in found.values()) == 100_050
    sector = next(iter(store_recovered.by_class(leader, YEAR, By.sector)))
    narrow = Selection(YEAR.span, sector=sector)
    assert store_recovered.money(leader, narrow).recovered == 100_050
    assert store_recovered.money(leader, Selection(YEAR.span, sector="A01")) == Money()


def test_what_fewer_than_five_enterprises_paid_stands_together(app):
    found = {"C18": Money(700_099, 0, 5), "C19": Money(900_000, 10, 4), "C20": Money(0, 70, 0)}
    with app.test_request_context():
        section = recovered_figures.class_section(found, By.sector, Labels("en", ()))
    rows = [[cell.text for cell in row[1:]] for row in section.table.rows]
    assert rows == [["¥7,000", "¥0", "5"], ["¥9,000", "¥0", "4"]]


def test_who_has_a_tie_is_told_nothing_of_that_enterprise(world, plan):
    paid(world, plan, 1, 100_050, date(2026, 1, 4), date(2026, 1, 5))
    session().add(
        Tie(
            person_id=world.people["leader"], enterprise_id=plan.enterprise_id, kind=TieKind.kin,
            declared_at=clock.now(),
        )
    )  # fmt: skip
    audit.record(world.system, "test.tied")
    session().commit()
    assert store_recovered.money(world.actor("leader"), YEAR) == Money()


def test_what_complaints_brought_is_a_sum_of_its_own_and_tells_of_no_single_one(world, plan):
    reviewer, leader = world.actor("reviewer"), world.actor("leader")
    told = complaints.Told({"happened": "No pay."}, {}, (), Concerned.many, Reply.yes, Reply.no)
    sums = []

    def closed():
        row = complaints.receive(reviewer, told, "secret", ids.short_code(8), "en", date(2026, 5, 1))
        complaints.mark_read(reviewer, row)
        with clock.at(datetime(2026, 12, 31, 15, tzinfo=UTC)):
            complaints.close(reviewer, row, Outcome.founded, Decimal("1200.50"))
        session().commit()
        return row

    for _number in range(5):
        row = closed()
        store_statements.state(world.system, date(2027, 2, 1))
        session().commit()
        sums.append(store_recovered.through_complaints(leader, YEAR.span))
    assert sums == [None] * 4 + [5 * 120_050]
    for span in ((date(2026, 12, 1), date(2026, 12, 31)), (date(2026, 1, 2), date(2026, 12, 31))):
        assert store_recovered.through_complaints(leader, Span(*span)) is None, "half of what is told together"
    assert store_recovered.through_complaints(leader, Span(date(2027, 1, 1), date(2027, 12, 31))) is None
    assert store_recovered.money(leader, YEAR) == Money()
    complaints.reopen(reviewer, row)
    session().commit()
    with clock.at(datetime(2027, 1, 10, tzinfo=UTC)):
        complaints.close(reviewer, row, Outcome.founded, Decimal("1200.50"))
        session().commit()
    for _number in range(4):
        with clock.at(datetime(2027, 1, 11, tzinfo=UTC)):
            one = complaints.receive(reviewer, told, "secret", ids.short_code(8), "en", date(2027, 1, 11))
            complaints.close(reviewer, one, Outcome.founded, Decimal(7))
            session().commit()
    store_statements.state(world.system, date(2027, 3, 1))
    session().commit()
    assert store_recovered.through_complaints(leader, Span(date(2026, 1, 1), date(2027, 12, 31))) == 5 * 120_050


def test_the_pages_show_it(app, world, sign_in, plan):
    leader = sign_in("leader")
    assert "Nothing was got back yet" in leader.get("/trends/recovered").text
    paid(world, plan, 1, 100_050, date(2026, 1, 4), date(2026, 1, 5))
    page = leader.get("/trends/recovered?first=2026-01-01&last=2026-12-31").text
    assert "All others together" in page and "¥1,000" in page
    assert "got back for workers" in leader.get("/trends/").text
