"""The life of a member: what can follow what, what the register takes over, and that a mistake can be taken back."""

from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, timedelta

import pytest
import sqlalchemy as sa
from hypothesis import given
from hypothesis import strategies as st
from sqlmodel import select

from compliance.enterprises import (
    life,
    rules,
    store,
    store_headcounts,
    store_import_writes,
    store_imports,
    store_life,
)
from compliance.enterprises.life import CountSource, LifeKind, Told
from compliance.enterprises.models_life import LifeEvent
from compliance.enterprises.rules import Status
from compliance.shared import audit, clock
from compliance.shared.database import session
from compliance.shared.problems import Conflict, Problem, Refused

DAY = date(2026, 5, 1)
NOW = datetime(2026, 11, 20, 2, 0, tzinfo=UTC)


@dataclass(frozen=True)
class Past:
    kind: LifeKind
    happened_on: date


def told(kind, on=DAY, **more):
    return Told(kind=kind, happened_on=on, learnt_on=more.pop("learnt_on", on), **more)


def past(*names):
    return [Past(LifeKind(name), DAY - timedelta(days=30 * (len(names) - place))) for place, name in enumerate(names)]


# --- what can follow what --------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("before", "now", "fits"),
    [
        ((), "joined", True),
        ((), "closed", True),
        ((), "came_back", True),
        (("joined",), "left", True),
        (("joined",), "joined", False),
        (("joined",), "came_back", False),
        (("joined", "left"), "left", False),
        (("joined", "left"), "closed", True),
        (("joined", "left"), "came_back", True),
        (("joined", "closed"), "left", False),
        (("joined", "closed"), "came_back", True),
        (("joined", "closed", "came_back"), "closed", True),
        (("joined", "closed"), "moved", True),
    ],
)
def test_changes_of_membership_follow_each_other_as_they_can(before, now, fits):
    what = told(LifeKind(now), address=("", "1 New Road"))
    assert (life.faults(what, past(*before), DAY) == ()) is fits


@pytest.mark.parametrize(
    ("what", "field"),
    [
        (told(LifeKind.closed, learnt_on=DAY - timedelta(days=1)), "learnt_on"),
        (told(LifeKind.closed, learnt_on=DAY + timedelta(days=9)), "learnt_on"),
        (told(LifeKind.moved), "address_new"),
        (told(LifeKind.moved, district=("530102", "Somewhere")), "district_new"),
        (told(LifeKind.changed_owner, owner=("Old", "")), "owner_new"),
        (told(LifeKind.split_up), "into"),
    ],
    ids=["learnt before", "learnt tomorrow", "moved nowhere", "no district", "no new owner", "split into none"],
)
def test_what_is_missing_is_said_at_its_field(what, field):
    assert [fault.field for fault in life.faults(what, [], DAY)] == [field]


def test_only_the_newest_of_its_sort_moves_the_register():
    old = told(LifeKind.left, DAY - timedelta(days=400))
    assert life.taken_over(told(LifeKind.left), past("joined")) == ("status",)
    assert life.taken_over(old, past("came_back")) == ()
    assert life.taken_over(told(LifeKind.joined, old.happened_on), past("left")) == ("member_since",)
    assert life.taken_over(told(LifeKind.moved), past("left")) == ("address", "district")
    assert life.taken_over(told(LifeKind.changed_owner), []) == ()


KINDS = st.sampled_from(list(life.MEMBERSHIP))


@given(st.lists(st.tuples(KINDS, st.integers(0, 60)), max_size=12))
def test_whatever_is_accepted_never_contradicts_itself(told_in_turn):
    standing: list[Past] = []
    for kind, days in told_in_turn:
        what = told(kind, DAY + timedelta(days=days))
        if not life.faults(what, standing, DAY + timedelta(days=99)):
            standing.append(Past(kind, what.happened_on))
    assert life.disorder(standing) is None
    member = [life.MEMBERSHIP[one.kind] is Status.active for one in life.in_order(standing)]
    assert all(
        a or b or one.kind is LifeKind.closed
        for a, b, one in zip(member, member[1:], life.in_order(standing)[1:], strict=False)
    )
    assert sum(one.kind is LifeKind.joined for one in standing) <= 1


FACTS = {"address": "A", "district": "530102", "status": Status.active, "member_since": None}


@given(st.sampled_from(list(LifeKind)), st.text(max_size=5), st.booleans())
def test_what_was_taken_over_is_given_back_unless_somebody_changed_it_since(kind, new, touched):
    what = told(kind, address=("A", new or "B"), owner=("X", "Y"))
    changed = life.changes(what, FACTS)
    taken = [name for name in life.taken_over(what, []) if name in changed]
    register = FACTS | {name: life.as_fact(name, changed[name][1]) for name in taken}
    if touched:
        register |= {"address": "elsewhere \0", "status": Status.closed, "member_since": date(1999, 1, 1)}
    back = life.given_back(changed, taken, register)
    restored = register | {name: life.as_fact(name, text) for name, text in back.items()}
    if not touched:
        assert restored == FACTS
    assert all(register[name] == restored[name] for name in register if name not in back)


# --- in the store ----------------------------------------------------------------------------------------------------


@pytest.fixture
def member(db_session, world):
    with clock.at(NOW):
        yield store.get(world.actor("coordinator"), world.enterprises[0])


def test_a_move_changes_the_register_and_the_workplace_and_can_be_taken_back(world, member):
    who = world.actor("coordinator")
    before = rules.as_stored(member)
    new = told(LifeKind.moved, address=(member.address, "9 New Road"), district=(member.district, "530111"))
    row = store_life.record(who, member, new)
    assert (member.address, member.district) == ("9 New Road", "530111")
    assert store.workplaces_of(who, member.id)[0].address == "9 New Road"
    store_life.withdraw(who, row, "It was another member.")
    assert rules.as_stored(member) == before
    assert [one.row.withdrawn_reason for one in store_life.events_of(who, member.id, withdrawn=True)] == [
        "It was another member."
    ]
    assert store_life.events_of(who, member.id) == []
    session().commit()
    verbs = [line.verb for line in audit.about(row.id)]
    assert verbs == ["life.withdrawn", "life.recorded"]


def test_an_older_move_is_history_alone(world, member):
    who = world.actor("coordinator")
    store_life.record(who, member, told(LifeKind.moved, address=("", "9 New Road")))
    old = told(LifeKind.moved, DAY - timedelta(days=900), address=("1 First Road", "2 Second Road"))
    store_life.record(who, member, old)
    assert member.address == "9 New Road"
    assert [one.row.changed["address"][1] for one in store_life.events_of(who, member.id)] == [
        "9 New Road",
        "2 Second Road",
    ]
    session().commit()


def test_who_closes_leaves_the_lists_and_comes_back(world, member):
    who = world.actor("coordinator")
    store_life.record(who, member, told(LifeKind.closed))
    assert member.status is Status.closed
    listed = store.search(who, filters=store.Filters(status=Status.active))
    assert member.id not in [row.id for row in listed.rows]
    with pytest.raises(Problem, match="cannot come after"):
        store_life.record(who, member, told(LifeKind.left, DAY + timedelta(days=1)))
    back = store_life.record(who, member, told(LifeKind.came_back, DAY + timedelta(days=9)))
    assert member.status is Status.active
    first = store_life.events_of(who, member.id)[-1].row
    store_life.withdraw(who, first, "It never closed.")
    assert member.status is Status.active, "what is newer stands"
    with pytest.raises(Conflict):
        store_life.withdraw(who, first, "Twice.")
    with pytest.raises(Problem):
        store_life.withdraw(who, back, "")
    session().rollback()


def test_a_split_names_other_enterprises_of_the_register(world, member):
    who = world.actor("coordinator")
    other = world.enterprises[1]
    row = store_life.record(who, member, told(LifeKind.split_up, into=(other, other)))
    assert [one.into for one in store_life.events_of(who, member.id)] == [((other, store.get(who, other).name),)]
    assert row.taken_over == []
    with pytest.raises(Problem):
        store_life.record(who, member, told(LifeKind.split_up, into=(member.id,)))
    session().rollback()


def test_a_person_with_a_tie_records_nothing(world, member):
    who = replace(world.actor("coordinator"), tied_ids=frozenset({member.id}))
    with pytest.raises(Refused):
        store_life.record(who, member, told(LifeKind.closed))
    with pytest.raises(Refused):
        store_life.count(who, member, DAY, 5)


def test_the_database_refuses_a_withdrawal_without_a_reason(world, member):
    row = store_life.record(world.actor("coordinator"), member, told(LifeKind.changed_owner, owner=("A", "B")))
    with pytest.raises(sa.exc.IntegrityError):
        session().execute(sa.update(LifeEvent).where(LifeEvent.id == row.id).values(withdrawn_at=NOW))
    session().rollback()


# --- headcounts ------------------------------------------------------------------------------------------------------


def counts(who, enterprise_id):
    return [(one.counted_on, one.workers, one.source.value) for one in store_headcounts.of(who, enterprise_id)]


def test_every_headcount_is_kept_with_day_and_source_and_the_register_shows_the_latest(world, member):
    who = world.actor("coordinator")
    first = counts(who, member.id)
    assert [(workers, source) for _on, workers, source in first] == [(60, "entered")]
    with clock.at(NOW + timedelta(days=400)):
        later = NOW.date() + timedelta(days=400)
        store.edit(who, member, replace(rules.as_stored(member), workers=75))
        store_life.count(who, member, later - timedelta(days=600), 40)
        assert member.workers == 75, "an older figure is history"
        store_life.count(who, member, later, 80)
        assert member.workers == 80
        assert counts(who, member.id)[0] == (later, 80, "entered")
        assert len([one for one in counts(who, member.id) if one[0] == later]) == 1, "one a day: the second corrects"
        assert (later - timedelta(days=600), 40, "entered") in counts(who, member.id)
        with pytest.raises(Problem):
            store_life.count(who, member, later + timedelta(days=2), 40)
        with pytest.raises(Problem):
            store_life.count(who, member, later, 0)
        with pytest.raises(Problem, match="correct these figures first"):
            store_life.count(who, member, later, 29)
    session().rollback()


def test_an_import_adds_its_headcounts_and_says_which_facts_it_changed(world, member):
    who = world.actor("coordinator")
    sheet = f"name,workers,legal representative\n{member.name},91,Ms Sheet\nBrand New Works,12,\n".encode()
    looked = store_imports.look_at(who, sheet, "members.csv")
    assert (looked.outcome["new"], looked.outcome["changed"]) == (1, 1)
    store_import_writes.apply(who, looked)
    session().commit()
    today = clock.today("Asia/Shanghai")
    session().expire_all()
    assert (today, 91, CountSource.imported.value) in counts(who, member.id)
    changed = store_headcounts.imported_changes(who, member.id)
    assert [set(one.facts) for one in changed] == [{"workers", "legal_representative"}]
    new = store.search(who, "Brand New Works").rows[0]
    assert counts(who, new.id) == [(today, 12, "imported")]
    assert store_headcounts.imported_changes(who, new.id) == []


def test_what_a_visit_counted_is_kept_once_and_leaves_the_register_alone(world, member):
    who = world.actor("reviewer")
    place = store.workplaces_of(who, member.id)[0]
    found = {"enterprise_id": member.id, "workplace_id": place.id, "visit_id": place.id, "on": DAY}
    store_headcounts.found_on_visit(who, **found, workers=55)
    store_headcounts.found_on_visit(who, **found, workers=57)
    assert (DAY, 57, "visit") in counts(who, member.id)
    assert len([one for one in counts(who, member.id) if one[2] == "visit"]) == 1
    assert member.workers == 60
    assert store_headcounts.found_on_visit(who, **found, workers=0) is None
    session().rollback()


def test_nobody_of_another_association_reads_them(world, member):
    other = world.actor("manager2")
    store_life.record(world.actor("coordinator"), member, told(LifeKind.closed))
    assert store_life.events_of(other, member.id) == []
    assert store_headcounts.of(other, member.id) == []
    assert session().exec(select(LifeEvent)).all()
    session().rollback()
