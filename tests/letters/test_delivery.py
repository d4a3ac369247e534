"""Delivery of letters: what proves it, who records it, how a mistake is taken back, and the file for the post."""

import io
from datetime import date, timedelta

import pikepdf
import pytest

from compliance.letters import delivery, merging, store, store_delivery
from compliance.letters.delivery import DeliveryState, Way
from compliance.shared import clock
from compliance.shared.audit import about
from compliance.shared.database import session
from compliance.shared.problems import Conflict, NotFound, Problem
from tests.letters.test_store import drafted
from tests.shared.tagged import empty

DAY = date(2026, 11, 20)


@pytest.mark.parametrize(
    ("ways", "state"),
    [
        ([], DeliveryState.open),
        ([Way.posted], DeliveryState.posted),
        ([Way.posted, Way.arrived], DeliveryState.delivered),
        ([Way.downloaded], DeliveryState.delivered),
        ([Way.confirmed], DeliveryState.delivered),
        ([Way.handed], DeliveryState.delivered),
    ],
)
def test_what_proves_a_delivery(ways, state):
    assert delivery.state_of(ways) is state


@pytest.mark.parametrize(
    ("way", "on", "taken_by", "code"),
    [
        (Way.handed, DAY, " ", "delivery-receipt"),
        (Way.handed, DAY - timedelta(days=1), "A. Person", "delivery-early"),
        (Way.arrived, DAY + timedelta(days=2), "", "delivery-future"),
        (Way.downloaded, DAY, "", "delivery-way"),
    ],
)
def test_what_an_officer_cannot_have_seen_is_refused(way, on, taken_by, code):
    with pytest.raises(Problem) as problem:
        delivery.check(way, on, taken_by, DAY, DAY + timedelta(days=1))
    assert problem.value.code == code


@pytest.fixture
def letter(world, db_session):
    row = store.issue(world.system, drafted(world))
    session().commit()
    return store.get(world.system, row.id)


def today(world):
    return clock.today("Asia/Shanghai")


def test_a_download_is_recorded_once_with_who_and_when(world, letter):
    manager = world.actor("manager")
    store_delivery.record(manager, letter, Way.downloaded)
    store_delivery.record(manager, letter, Way.downloaded)
    (row,) = store_delivery.of_letter(letter)
    assert (row.way, row.noted_by, row.happened_on) == (Way.downloaded, manager.person_id, today(world))
    assert [line.verb for line in about(letter.id)].count("letter.received") == 1
    session().commit()


@pytest.mark.parametrize("who", ["manager2", "reviewer", "stranger"])
def test_only_who_manages_the_enterprise_records_its_receipt(world, letter, who):
    with pytest.raises(NotFound):
        store_delivery.record(world.actor(who), letter, Way.confirmed)


def test_an_entry_is_struck_with_a_reason_and_stays_and_makes_room(world, letter):
    officer = world.actor("coordinator")
    row = store_delivery.note(officer, letter, Way.handed, today(world), taken_by="A. Person")
    with pytest.raises(Conflict):
        store_delivery.note(officer, letter, Way.handed, today(world), taken_by="B. Person")
    with pytest.raises(Problem):
        store_delivery.strike(officer, letter, row.id, " ")
    store_delivery.strike(officer, letter, row.id, "It was another letter.")
    assert not store_delivery.stands(letter, Way.handed)
    store_delivery.note(officer, letter, Way.handed, today(world), taken_by="B. Person")
    assert [bool(one.struck_at) for one in store_delivery.of_letter(letter)] == [True, False]
    session().commit()


def test_what_the_enterprise_did_is_not_struck(world, letter):
    store_delivery.record(world.actor("manager"), letter, Way.confirmed)
    (row,) = store_delivery.of_letter(letter)
    with pytest.raises(Conflict):
        store_delivery.strike(world.actor("coordinator"), letter, row.id, "Reason")
    session().commit()


def test_nobody_outside_notes_anything(world, letter):
    for who in ("manager", "stranger"):
        with pytest.raises(NotFound):
            store_delivery.note(world.actor(who), letter, Way.arrived, today(world))
    session().rollback()


@pytest.mark.parametrize(("both_sides", "pages"), [(False, 1 + 3 + 2), (True, 2 + 4 + 2)])
def test_each_letter_begins_on_a_new_sheet_where_both_sides_are_printed(both_sides, pages):
    whole = merging.merged(empty(1), [empty(3), empty(2)], both_sides=both_sides)
    with pikepdf.Pdf.open(io.BytesIO(whole)) as made:
        assert len(made.pages) == pages
