"""Pay sheets under seal: entered in editions of which none is lost, read by few, and names that can be taken back."""

from datetime import date, timedelta
from decimal import Decimal
from typing import Any
from uuid import UUID, uuid4

import pytest
import sqlalchemy as sa
from flask import Flask
from sqlmodel import Session, select

from compliance.casework import jobs
from compliance.people.rules import Actor
from compliance.shared import audit, clock, sealed_keys
from compliance.shared.problems import Conflict, Problem
from compliance.shared.sealed_keys import KeyDestroyed
from compliance.visits import store as visits
from compliance.wages import records, store
from compliance.wages.models import PayClaim, PaySheetEdition
from compliance.wages.records import PayRow
from tests.casework import made
from tests.world import World

TODAY = date(2026, 11, 20)


def row(worker: str = "W1", month: str = "2026-03", **more: Any) -> dict[str, Any]:
    """A row as a page or a tablet sends it."""
    return {
        "worker": worker,
        "month": month,
        "group": "sewing",
        "contract": "full_time",
        "basis": "month",
        "agreed": "2613.57",
        "hours": {"normal": "174", "workday": "20"},
        "pay": {"base": "2613.57"},
        "deductions": {"fine": "50.00"},
        "due_on": "2026-04-15",
        "paid_on": "2026-04-15",
        "insured": True,
    } | more


def edition(*rows: dict[str, Any], **more: Any) -> dict[str, Any]:
    return {"form": 1, "rows": list(rows)} | more


@pytest.fixture
def actor(world: World, db_session: Session) -> Actor:
    return world.actor("inspector")


@pytest.fixture
def visit(app: Flask, world: World, db_session: Session, actor: Actor) -> Any:
    return visits.get(actor, made.handed_out(world))


def take(actor: Actor, visit: Any, *rows: dict[str, Any], **more: Any) -> PaySheetEdition:
    return store.take_rows(actor, visit, uuid4(), edition(*rows, **more), TODAY)


def at(visit_id: UUID, worker: str = "W1", month: date = date(2026, 3, 1)) -> PayRow:
    return next(one for one in store.sheet(visit_id).rows if one.key == (worker, month))


def test_the_form_that_is_written_down_is_read_and_written_again() -> None:
    said = edition(
        row(regular="3000.00", contract="probation", insured=None, paid_on=None),
        groups=[{"group": "sewing", "workers": 42}],
        struck=[{"worker": "W2", "month": "2026-03"}],
        comprehensive=True,
    )
    read = records.read(said)
    assert records.read(records.as_json(read)) == read
    [one] = read.rows
    assert (one.record.agreed, one.record.regular, one.record.hours.workday) == (
        Decimal("2613.57"),
        Decimal("3000.00"),
        Decimal(20),
    )


@pytest.mark.parametrize(
    ("more", "field"),
    [
        ({"worker": "Li Lan"}, "worker"),
        ({"worker": "W0"}, "worker"),
        ({"month": "2026-13"}, "month"),
        ({"month": "2026-3"}, "month"),
        ({"contract": "slave"}, "contract"),
        ({"basis": None}, "basis"),
        ({"agreed": 2600}, "agreed"),
        ({"agreed": "2600.001"}, "agreed"),
        ({"agreed": "-1"}, "agreed"),
        ({"agreed": "1e3"}, "agreed"),
        ({"agreed": "1000000.01"}, "agreed"),
        ({"hours": {"normal": "745"}}, "hours.normal"),
        ({"hours": {"night": "1"}}, "hours"),
        ({"pay": {"base": "NaN"}}, "pay.base"),
        ({"deductions": {"fine": ""}}, "deductions.fine"),
        ({"deductions": []}, "deductions"),
        ({"due_on": None}, "due_on"),
        ({"due_on": "2026-02-30"}, "due_on"),
        ({"paid_on": "20260415"}, "paid_on"),
        ({"insured": "yes"}, "insured"),
        ({"name": "Li Lan"}, ""),
    ],
)
def test_what_cannot_be_is_said_with_its_place(more: dict[str, Any], field: str) -> None:
    with pytest.raises(Problem) as problem:
        records.read(edition(row(), row(**more)))
    assert problem.value.facts["field"] == f"rows.1.{field}".rstrip(".")


@pytest.mark.parametrize(
    "raw",
    [
        None,
        [],
        {},
        {"form": 2},
        {"form": 1, "rows": {}},
        {"form": 1, "names": []},
        {"form": 1, "comprehensive": "yes"},
        {"form": 1, "groups": [{"group": "a", "workers": -1}]},
        {"form": 1, "groups": [{"group": "a", "workers": True}]},
        {"form": 1, "struck": [{"worker": "W1"}]},
        {"form": 1, "rows": [None]},
    ],
)
def test_what_is_no_sheet_is_refused(raw: Any) -> None:
    with pytest.raises(Problem):
        records.read(raw)


def test_the_later_of_two_rows_holds_and_the_earlier_one_is_kept(actor: Actor, visit: Any) -> None:
    take(actor, visit, row(), row("W2"), groups=[{"group": "sewing", "workers": 42}])
    take(actor, visit, row(pay={"base": "2000.00"}), groups=[{"group": "packing", "workers": 7}])
    assert at(visit.id).record.pay.base == Decimal("2000.00")
    found = store.sheet(visit.id)
    assert (found.workers, dict(found.groups)) == (("W1", "W2"), {"sewing": 42, "packing": 7})
    take(actor, visit, struck=[{"worker": "W2", "month": "2026-03"}], comprehensive=True)
    found = store.sheet(visit.id)
    assert (found.workers, found.comprehensive, store.editions(visit.id)) == (("W1",), True, 3)


def test_the_same_edition_twice_changes_nothing_and_another_under_its_id_is_refused(actor: Actor, visit: Any) -> None:
    id = uuid4()
    for _time in range(2):
        store.take_rows(actor, visit, id, edition(row()), TODAY)
    assert store.editions(visit.id) == 1
    with pytest.raises(Conflict):
        store.take_rows(actor, visit, id, edition(row("W2")), TODAY)


def test_no_amount_stands_in_the_database_in_clear(app: Flask, actor: Actor, visit: Any, db_session: Session) -> None:
    take(actor, visit, row())
    kept = db_session.exec(select(PaySheetEdition)).one()
    assert b"2613" not in kept.sealed and b"sewing" not in kept.sealed
    trail = db_session.exec(select(audit.AuditLine).where(audit.AuditLine.verb == "pay_sheet.entered")).one()
    assert "2613" not in str(trail.changes) and kept.sealed.hex() not in str(trail.changes)


def test_who_opens_a_sheet_stands_on_the_trail(world: World, actor: Actor, visit: Any, db_session: Session) -> None:
    take(actor, visit, row(), row("W2"))
    store.opened(world.actor("reviewer"), visit)
    line = db_session.exec(select(audit.AuditLine).where(audit.AuditLine.verb == "pay_sheet.read")).one()
    assert (line.person_id, line.changes) == (world.people["reviewer"], {"note": {"rows": 2}})


def test_a_sheet_is_gone_when_its_time_is_over(
    actor: Actor, visit: Any, monkeypatch: pytest.MonkeyPatch, db_session: Session
) -> None:
    take(actor, visit, row())
    visit_id = visit.id

    def on(day: date) -> None:
        db_session.commit()
        monkeypatch.setattr(clock, "today", lambda _zone: day)
        jobs.destroy_due_keys()

    on(TODAY + timedelta(days=store.KEPT_DAYS - 1))
    assert store.sheet(visit_id).rows
    on(TODAY + timedelta(days=store.KEPT_DAYS))
    with pytest.raises(KeyDestroyed):
        store.sheet(visit_id)
    with pytest.raises(KeyDestroyed):
        take(actor, visits.get(actor, visit_id), row())
    db_session.rollback()


def test_a_worker_agrees_to_be_named_and_takes_it_back(
    app: Flask, actor: Actor, visit: Any, db_session: Session
) -> None:
    take(actor, visit, row())
    claim = store.agree(actor, visit, "W1", "李兰", "138 0000 0000", TODAY)
    assert "李兰".encode() not in claim.sealed
    assert store.names(actor, visit) == {claim.id: {"worker": "W1", "name": "李兰", "reached": "138 0000 0000"}}
    store.take_back(actor, visit.id, claim.id, TODAY)
    assert (store.agreed(visit.id), store.names(actor, visit)) == ([], {})
    key = sealed_keys.of("pay_claim", claim.id)
    assert key is not None and key.wrapped is None
    with pytest.raises(Problem):
        store.take_back(actor, visit.id, claim.id, TODAY)
    assert "李兰" not in str(db_session.exec(select(audit.AuditLine.changes)).all())
    assert db_session.exec(select(sa.func.count()).select_from(PayClaim)).one() == 1  # that there was one remains


@pytest.mark.parametrize(("worker", "name"), [("W9", "李兰"), ("W1", "  ")])
def test_a_consent_needs_a_worker_of_the_sheet_and_a_name(actor: Actor, visit: Any, worker: str, name: str) -> None:
    take(actor, visit, row())
    with pytest.raises(Problem):
        store.agree(actor, visit, worker, name, "", TODAY)
