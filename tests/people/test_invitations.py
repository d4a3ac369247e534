"""Invitations in the database: single use, for a time, and known only by whoever holds the code."""

from datetime import timedelta

import pytest

from compliance.people import passwords, rules, store
from compliance.people import store_invitations as invitations
from compliance.people.rules import Role
from compliance.shared import clock
from compliance.shared.database import session
from compliance.shared.problems import Conflict, NotFound, Problem, Refused


def test_an_invitation_becomes_a_person_with_its_roles_and_enterprises(db_session, world):
    row, code = invitations.invite(
        world.actor("coordinator"), "Example Manager", [Role.manager], world.enterprises[:2], "m@example.org"
    )
    found = invitations.open_by_code(rules.grouped(code).lower())
    assert found.id == row.id
    person = invitations.accept(world.system, found, "m.one", passwords.hashed("plum-Ferry-71-oak"), "Manager One")
    actor = store.actor_of(person.id, "", "en")
    assert actor.roles == {Role.manager}
    assert actor.enterprise_ids == set(world.enterprises[:2])
    assert person.email == "m@example.org"
    session().commit()


def test_it_works_once(db_session, world):
    row, code = invitations.invite(world.actor("administrator"), "Somebody", [Role.leader])
    invitations.accept(world.system, row, "once", "hash", "Once")
    with pytest.raises(NotFound):
        invitations.open_by_code(code)
    with pytest.raises(Conflict):
        invitations.accept(world.system, row, "twice", "hash", "Twice")


def test_it_ends_with_time_and_when_it_is_withdrawn(db_session, world):
    row, code = invitations.invite(world.actor("administrator"), "Somebody", [Role.leader])
    with clock.at(clock.now() + rules.INVITATION_LASTS + timedelta(seconds=1)), pytest.raises(NotFound):
        invitations.open_by_code(code)
    invitations.withdraw(world.actor("administrator"), row)
    with pytest.raises(NotFound):
        invitations.open_by_code(code)
    with pytest.raises(Conflict):
        invitations.withdraw(world.actor("administrator"), row)


def test_a_name_that_is_taken_uses_nothing_up(db_session, world):
    row, code = invitations.invite(world.actor("administrator"), "Somebody", [Role.leader])
    session().commit()
    with pytest.raises(Problem, match="taken"):
        invitations.accept(world.system, row, "inspector", "hash", "Somebody")
    session().rollback()
    assert invitations.open_by_code(code).id == row.id


def test_the_code_is_kept_nowhere(db_session, world):
    row, code = invitations.invite(world.actor("administrator"), "Somebody", [Role.leader])
    assert code not in str(row.model_dump())
    assert len(code) == rules.CODE_LENGTH


def test_a_coordinator_sees_and_withdraws_only_their_own(db_session, world):
    theirs, _ = invitations.invite(world.actor("administrator"), "Leader", [Role.leader])
    own, _ = invitations.invite(world.actor("coordinator"), "Inspector", [Role.inspector])
    coordinator = world.actor("coordinator")
    assert [row.id for row in invitations.listed(coordinator)] == [own.id]
    assert len(invitations.listed(world.actor("administrator"))) == 2
    with pytest.raises(NotFound):
        invitations.get(coordinator, theirs.id)
    with pytest.raises(NotFound):
        invitations.get(world.actor("stranger"), own.id)
    with pytest.raises(Refused):
        invitations.invite(coordinator, "Administrator", [Role.administrator])


def test_a_way_back_sets_a_password_and_nothing_else(db_session, world):
    person = store.get(world.system, world.people["inspector"])
    before, roles = person.fs_uniquifier, store.roles_of([person.id])
    _first, earlier = invitations.way_back(world.actor("administrator"), person)
    row, code = invitations.way_back(world.actor("administrator"), person)
    with pytest.raises(NotFound):
        invitations.open_by_code(earlier)
    invitations.accept(world.system, invitations.open_by_code(code), "ignored", "new-hash", "Ignored")
    assert person.password == "new-hash"
    assert person.name == "Inspector One"
    assert person.fs_uniquifier != before
    assert store.roles_of([person.id]) == roles
    assert row.used_by == person.id
    session().commit()
