"""People in the database."""

from uuid import uuid4

import pytest
import sqlalchemy as sa
from sqlalchemy import event

from compliance.people import store, store_lists, store_ties
from compliance.people.rules import Role, TieKind
from compliance.shared import audit
from compliance.shared.database import db, session
from compliance.shared.problems import Conflict, NotFound, Problem, Refused
from tests.world import PEOPLE


def make(world, username="new.person", roles=(Role.inspector,), **more):
    return store.create_person(world.system, "New Person", username, "plum-Ferry-71-oak", roles, **more)


def test_a_person_acts_with_roles_enterprises_and_ties(db_session, world):
    person = make(world, roles=(Role.leader, Role.manager), enterprise_ids=world.enterprises[:2])
    store_ties.declare(world.system, person, world.enterprises[2], TieKind.kin, "a cousin")
    actor = store.actor_of(person.id, "127.0.0.1", "en")
    assert actor.roles == {Role.leader, Role.manager}
    assert actor.enterprise_ids == set(world.enterprises[:2])
    assert actor.tied_ids == {world.enterprises[2]}
    assert actor.association_id == world.association_id


def test_knowing_who_acts_takes_one_query_beside_the_person_s_row(db_session, world):
    manager = store.get(world.system, world.people["manager"])
    statements = []
    event.listen(db.engine, "before_cursor_execute", lambda *given: statements.append(given[2]))
    store.actor_of(manager.id, "127.0.0.1", "en")
    assert len(statements) == 1


def test_what_is_ended_no_longer_counts_but_stays(db_session, world):
    person = store.get(world.system, world.people["leader"])
    tie = store_ties.declare(world.system, person, world.enterprises[0], TieKind.owner)
    assert world.people["leader"] in store.tied_people(world.enterprises[0])
    store_ties.end(world.actor("administrator"), person, tie.id)
    assert store.actor_of(person.id, "", "en").tied_ids == frozenset()
    assert [row.id for row in store_ties.ties(person)] == [tie.id]
    assert tie.ended_by == world.people["administrator"]
    with pytest.raises(Conflict):
        store_ties.end(world.actor("administrator"), person, tie.id)


def test_a_tie_is_declared_once_at_a_time(db_session, world):
    person = store.get(world.system, world.people["leader"])
    store_ties.declare(world.system, person, world.enterprises[0], TieKind.owner)
    with pytest.raises(Conflict):
        store_ties.declare(world.system, person, world.enterprises[0], TieKind.kin)


def test_binding_and_unbinding_a_manager(db_session, world):
    person = store.get(world.system, world.people["manager"])
    store_ties.bind(world.system, person, world.enterprises[2])
    with pytest.raises(Conflict):
        store_ties.bind(world.system, person, world.enterprises[2])
    assert person in store_ties.managers_of(world.system, world.enterprises)[world.enterprises[2]]
    store_ties.unbind(world.system, person, world.enterprises[2])
    assert store.actor_of(person.id, "", "en").enterprise_ids == {world.enterprises[0]}
    with pytest.raises(NotFound):
        store_ties.unbind(world.system, person, world.enterprises[2])


@pytest.mark.parametrize(
    ("field", "given"),
    [
        ("username", {"username": "INSPECTOR"}),
        ("email", {"email": "Taken@example.org"}),
        ("mobile", {"mobile": "138 0013 8000"}),
    ],
)
def test_each_name_belongs_to_one_person(db_session, world, field, given):
    make(world, "first", email="taken@example.org", mobile="+8613800138000")
    with pytest.raises(Problem) as caught:
        make(world, **given)
    assert caught.value.facts["field"] == field


def test_the_list_finds_people_by_name_pinyin_number_and_role(db_session, world):
    make(world, "wsl", mobile="13800138000", roles=(Role.reviewer,)).name = "王示例"
    person = store.by_identity("wsl")
    store.rename(world.system, person, "王示例", "wsl", None, "13800138000")
    for text in ("王", "示例", "wangshi", "wsl", "13800138"):
        assert person in store_lists.members(world.system, text=text).people, text
    found = store_lists.members(world.system, role=Role.reviewer)
    assert {person.id, world.people["reviewer"]} == {row.id for row in found.people}
    assert store_lists.members(world.system, text="100%").total == 0
    session().rollback()


def test_paging_goes_to_the_last_page_and_no_further(db_session, world, monkeypatch):
    monkeypatch.setattr(store_lists, "PAGE", 3)
    found = store_lists.members(world.system, page=99)
    assert found.page == found.pages == 3
    assert found.total == len(PEOPLE)


def test_people_of_another_association_do_not_exist(db_session, world):
    stranger = world.actor("stranger")
    with pytest.raises(NotFound):
        store.get(stranger, world.people["inspector"])
    assert {row.id for row in store_lists.members(stranger).people} == {world.people["stranger"]}
    with pytest.raises(NotFound):
        store.get(world.system, uuid4())


def test_a_closed_account_acts_no_more_and_keeps_its_roles(db_session, world):
    person = store.get(world.system, world.people["inspector"])
    before = person.fs_uniquifier
    store.deactivate(world.actor("administrator"), person)
    assert person.fs_uniquifier != before
    with pytest.raises(NotFound):
        store.actor_of(person.id, "", "en")
    assert person not in store.people_with_role(world.system, Role.inspector)
    store.reactivate(world.actor("administrator"), person)
    assert store.actor_of(person.id, "", "en").roles == {Role.inspector}


def test_the_last_administrator_stays_one(db_session, world):
    admin = world.actor("administrator")
    person = store.get(admin, world.people["administrator"])
    with pytest.raises(Refused):
        store.set_roles(admin, person, [Role.leader])
    with pytest.raises(Refused):
        store.deactivate(admin, person)
    second = make(world, roles=(Role.administrator,))
    with pytest.raises(Refused, match="own account"):
        store.deactivate(admin, person)
    store.deactivate(store.actor_of(second.id, "", "en"), person)


def test_roles_are_exactly_those_that_were_given(db_session, world):
    person = store.get(world.system, world.people["inspector"])
    store.set_roles(world.system, person, [Role.reviewer, Role.leader])
    assert store.roles_of([person.id])[person.id] == [Role.reviewer, Role.leader]
    assert store.count_by_role(world.system)[Role.leader] == 2


def test_the_trail_holds_what_changed_but_no_hash_and_no_session(db_session, world):
    person = make(world)
    line = audit.about(person.id)[0]
    assert line.verb == "person.created"
    assert "argon2" not in str(line.changes)
    assert person.fs_uniquifier not in str(line.changes)
    session().commit()


def test_the_database_itself_refuses_a_second_open_tie(db_session, world):
    person = store.get(world.system, world.people["leader"])
    tie = store_ties.declare(world.system, person, world.enterprises[0], TieKind.owner)
    session().commit()
    copy = sa.text(
        "INSERT INTO tie (id, person_id, enterprise_id, kind, note, declared_at) "
        "SELECT :id, person_id, enterprise_id, kind, note, declared_at FROM tie"
    )
    with pytest.raises(sa.exc.IntegrityError):
        session().execute(copy, {"id": uuid4().bytes if db.engine.dialect.name == "sqlite" else uuid4()})
    session().rollback()
    assert tie is not None


def test_demo_accounts_are_known_until_they_choose_their_own_password(db_session, world):
    assert not store.has_demo_accounts()
    person = store.create_person(world.system, "Demo", "demo.one", "demo-inspector", [Role.inspector], demo=True)
    assert store.has_demo_accounts()
    store.set_password_hash(world.system, person, "x")
    assert not store.has_demo_accounts()
