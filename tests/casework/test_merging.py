"""Two entries that are one employer are merged with everything that belongs to them, and made two again."""

import re
from collections import Counter
from dataclasses import replace

import pytest
import sqlalchemy as sa
from sqlmodel import SQLModel

from compliance.casework import danger, lists
from compliance.enterprises import rules, store, store_duplicates, store_imports, store_merging
from compliance.enterprises.merging import WAYS, Stays
from compliance.enterprises.rules import Status, WorkplaceStatus
from compliance.people import store as people
from compliance.people import store_branches, store_invitations, store_ties
from compliance.people.rules import Role, TieKind
from compliance.referrals import store as referrals
from compliance.shared import audit
from compliance.shared.database import session
from compliance.shared.problems import Conflict, NotFound, Problem, Refused, Stale
from compliance.trends import store_verify
from compliance.visits import store as visits
from tests.bench.register import code_of
from tests.casework.made import handed_out, released, short
from tests.casework.test_danger import LOCKED, STRUCK

SECRET = ("danger_look", "trend_last", "enterprise_merge", "audit_line", "headcount")


def pointing(enterprise_id):
    """How many rows of each table point to an enterprise."""
    session().expire_all()
    found = Counter()
    for name, way in WAYS.items():
        table, column = name.split(".")
        rows = SQLModel.metadata.tables[table]
        if table not in SECRET and not isinstance(way, Stays):
            query = sa.select(sa.func.count()).select_from(rows).where(rows.c[column] == enterprise_id)
            found[table] += session().execute(query).scalar_one()
    return +found


def everything():
    """Every row of every table that points to an enterprise or is one, but for counters and what is worked out."""
    session().expire_all()
    found = {}
    for name in sorted({"enterprise", *(name.split(".")[0] for name in WAYS)} - {*SECRET, "trend_visit"}):
        table = SQLModel.metadata.tables[name]
        columns = [column for column in table.columns if column.name != "revision"]
        found[name] = sorted(map(repr, session().execute(sa.select(*columns))))
    return found


def both(world):
    return [store.get(world.system, id) for id in world.enterprises[:2]]


def merged(world, take=(), close=()):
    kept, goes = both(world)
    row = store_merging.merge(world.actor("coordinator"), kept, goes, take=take, close=close)
    session().commit()
    return row


def undone(world, row):
    store_merging.undo(world.actor("coordinator"), row)
    session().commit()


def in_use(world):
    """Both enterprises with visits, findings, actions, letters, pledges, one planned visit, and accounts."""
    released(world, [short("WAG01"), short("SAF01")])
    released(world, [short("WAG02"), short("PUN01")], place=1)
    handed_out(world, place=1, inspectors=("inspector2",))
    coordinator = world.actor("coordinator")
    for number, row in enumerate(both(world)):
        facts = replace(rules.as_stored(row), credit_code=code_of(40 + number), address=f"{number} Example Road")
        store.edit(coordinator, row, facts)
        store.record_pledge(coordinator, row, code_version="2026", signed_on=row.created_at.date(), signed_by="A")
    session().commit()


def test_every_column_that_points_to_an_enterprise_is_named_once(app):
    pointing = {
        f"{table.name}.{key.parent.name}"
        for table in SQLModel.metadata.tables.values()
        for key in table.foreign_keys
        if key.column.table.name == "enterprise"
    }
    assert pointing == set(WAYS)
    for name, way in WAYS.items():
        owner = getattr(way, "belongs_to", "")
        if owner:
            (key,) = SQLModel.metadata.tables[name.split(".")[0]].c[owner].foreign_keys
            assert f"{key.column.table.name}.enterprise_id" in list(WAYS)[: list(WAYS).index(name)], name


def test_everything_goes_and_comes_back(world, db_session):
    in_use(world)
    before, ours, theirs = everything(), pointing(world.enterprises[0]), pointing(world.enterprises[1])
    row = merged(world, take=("credit_code", "address", "workers"), close=[world.workplaces[1]])
    assert not pointing(world.enterprises[1])
    assert pointing(world.enterprises[0]) == ours + theirs
    kept, goes = both(world)
    assert (kept.credit_code, kept.address, kept.workers) == (code_of(41), "1 Example Road", 100)
    assert (goes.status, goes.credit_code) == (Status.merged, None)
    places = store.workplaces_of(world.system, kept.id, closed=True)
    assert [(place.main, place.status) for place in places] == [
        (True, WorkplaceStatus.active),
        (False, WorkplaceStatus.closed),
    ]
    assert not store_verify.verify().differences
    assert {visit.enterprise_id for visit in map(visits_of(world), all_visits())} == {kept.id}
    undone(world, row)
    assert everything() == before
    assert not store_verify.verify().differences
    assert audit.first_broken_line() is None
    assert [line.verb for line in audit.about(row.id)] == ["enterprise.unmerged", "enterprise.merged"]


def visits_of(world):
    return lambda id: visits.get(world.system, id)


def all_visits():
    return session().execute(sa.select(SQLModel.metadata.tables["visit"].c.id)).scalars()


def test_what_came_in_between_goes_with_what_it_belongs_to(world, db_session):
    in_use(world)
    row = merged(world)
    coordinator = world.actor("coordinator")
    of_theirs = released(world, [short("SAN01")], place=1)
    of_ours = released(world, [short("SAN01")])
    undone(world, row)
    for visit_id, enterprise_id in ((of_ours, world.enterprises[0]), (of_theirs, world.enterprises[1])):
        assert visits.get(coordinator, visit_id).enterprise_id == enterprise_id
        for table in ("finding", "scorecard", "letter", "corrective_action"):
            rows = SQLModel.metadata.tables[table]
            found = session().execute(sa.select(rows.c.enterprise_id).where(rows.c.visit_id == visit_id)).scalars()
            assert set(found) == {enterprise_id}, table
    assert not store_verify.verify().differences


def test_facts_that_somebody_changed_since_stay(world, db_session):
    in_use(world)
    row = merged(world, take=("address", "credit_code"))
    kept, _goes = both(world)
    facts = replace(rules.as_stored(kept), address="9 Newer Road")
    store.edit(world.actor("coordinator"), kept, facts)
    session().commit()
    undone(world, row)
    kept, goes = both(world)
    assert (kept.address, kept.credit_code, goes.credit_code) == ("9 Newer Road", code_of(40), code_of(41))


def test_managers_see_the_other_visits_and_then_no_longer(world, db_session):
    in_use(world)
    manager = people.get(world.system, world.people["manager"])
    managed = [one.enterprise_id for one in store_ties.bindings(manager)]
    store_ties.bind(world.system, manager, world.enterprises[1])
    session().commit()
    row = merged(world)
    assert [one.enterprise_id for one in store_ties.bindings(manager)] == managed
    other = people.get(world.system, world.people["manager2"])
    assert [one.enterprise_id for one in store_ties.bindings(other)] == [world.enterprises[0]]
    undone(world, row)
    assert {one.enterprise_id for one in store_ties.bindings(manager)} == set(world.enterprises[:2])
    assert [one.enterprise_id for one in store_ties.bindings(other)] == [world.enterprises[1]]


def test_who_has_a_tie_to_one_has_it_to_both_and_merges_neither(world, db_session):
    in_use(world)
    leader = people.get(world.system, world.people["leader"])
    store_ties.declare(world.system, leader, world.enterprises[1], TieKind.kin)
    session().commit()
    row = merged(world)
    assert world.enterprises[0] in world.actor("leader").outside_ids
    assert not lists.findings(world.actor("leader"), view="all").rows
    undone(world, row)
    assert world.actor("leader").outside_ids == {world.enterprises[1]}
    coordinator = people.get(world.system, world.people["coordinator"])
    store_ties.declare(world.system, coordinator, world.enterprises[1], TieKind.kin)
    session().commit()
    with pytest.raises(Refused):
        merged(world)
    session().rollback()


def test_with_an_open_case_of_danger_at_both_nothing_is_told_before_either_allows_it(world, db_session):
    handed_out(world, [LOCKED])
    handed_out(world, [STRUCK], place=1)
    danger.each_minute()
    ours, theirs = world.enterprises[:2]
    assert (referrals.must_wait(ours), referrals.must_wait(theirs)) == (False, True)
    row = merged(world)
    assert referrals.must_wait(ours)
    danger.each_minute()
    leader = world.actor("leader")
    assert sorted(case.enterprise_id for case in referrals.listed(leader)) == sorted([ours, theirs])
    (case,) = (one for one in referrals.listed(leader) if one.enterprise_id == ours)
    assert {"worker-struck", "exit-locked"} == {
        one.reference.split()[-1] for one in referrals.get(leader, case.id).signals if one.zero_tolerance
    }
    undone(world, row)
    assert (referrals.must_wait(ours), referrals.must_wait(theirs)) == (True, True)


def test_a_case_of_danger_of_one_goes_and_comes_back(world, db_session):
    handed_out(world, [STRUCK], place=1)
    danger.each_minute()
    ours, theirs = world.enterprises[:2]
    row = merged(world)
    danger.each_minute()
    (case,) = referrals.listed(world.actor("leader"))
    assert case.enterprise_id == ours and referrals.must_wait(ours)
    undone(world, row)
    assert not referrals.must_wait(ours) and referrals.must_wait(theirs)


def test_branches_are_linked_anew_and_back(world, db_session):
    system, (ours, theirs, third) = world.system, world.enterprises
    store_branches.link(system, third, theirs, may_answer=True)
    session().commit()
    row = merged(world)
    assert store_branches.headquarters_of(system, third).headquarters_id == ours
    assert store_branches.headquarters_of(system, third).may_answer
    undone(world, row)
    assert store_branches.headquarters_of(system, third).headquarters_id == theirs
    store_branches.unlink(system, third)
    store_branches.link(system, theirs, ours)
    session().commit()
    row = merged(world)
    assert store_branches.headquarters_of(system, theirs) is None and not store_branches.branches_of(system, ours)
    undone(world, row)
    assert store_branches.headquarters_of(system, theirs).headquarters_id == ours
    store_branches.unlink(system, theirs)
    store_branches.link(system, theirs, third)
    session().commit()
    row = merged(world)
    assert store_branches.headquarters_of(system, ours).headquarters_id == third
    undone(world, row)
    assert store_branches.headquarters_of(system, ours) is None
    assert store_branches.headquarters_of(system, theirs).headquarters_id == third


def test_a_headquarters_does_not_become_a_branch(world, db_session):
    other = store.create(world.system, {"name": "Example Top"})
    store_branches.link(world.system, world.enterprises[2], world.enterprises[0])
    store_branches.link(world.system, world.enterprises[1], other.id)
    session().commit()
    with pytest.raises(Problem, match="not a branch itself"):
        merged(world)
    session().rollback()


def test_an_open_invitation_leads_to_the_entry_that_is_kept(world, db_session):
    coordinator = world.actor("coordinator")
    row, _code = store_invitations.invite(coordinator, "Wang", [Role.manager], [world.enterprises[1]])
    session().commit()
    merge = merged(world)
    session().refresh(row)
    assert row.enterprise_ids == [str(world.enterprises[0])]
    undone(world, merge)
    session().refresh(row)
    assert row.enterprise_ids == [str(world.enterprises[1])]


def test_what_was_merged_is_left_alone(world, db_session):
    row = merged(world)
    coordinator, (kept, goes) = world.actor("coordinator"), both(world)
    with pytest.raises(Conflict, match="merged"):
        store.edit(coordinator, goes, replace(rules.as_stored(goes), workers=7))
    with pytest.raises(Conflict, match="merged"):
        store.add_workplace(coordinator, goes, rules.WorkplaceFacts(name="Second"))
    third = store.get(coordinator, world.enterprises[2])
    with pytest.raises(Conflict, match="already"):
        store_merging.merge(coordinator, goes, third, take=(), close=())
    with pytest.raises(Problem, match="same entry"):
        store_merging.merge(coordinator, kept, kept, take=(), close=())
    with pytest.raises(Stale):
        store_merging.merge(coordinator, third, kept, take=(), close=(), revisions=(1, 99))
    above = store_merging.merge(coordinator, third, kept, take=(), close=())
    session().commit()
    with pytest.raises(Conflict, match="Undo that first"):
        store_merging.undo(coordinator, row)
    undone(world, above)
    undone(world, row)
    with pytest.raises(NotFound):
        store_merging.get(coordinator, row.id)
    assert store.by_words(coordinator, goes.name) == [goes]


def test_it_is_found_by_nobody_and_an_import_says_where_it_went(world, db_session):
    in_use(world)
    merged(world)
    kept, goes = both(world)
    actor = world.actor("coordinator")
    assert goes.id not in {entry.id for entry in store_duplicates.entries(actor)}
    assert not store.by_words(actor, goes.name)
    look = store_imports.look_at(actor, f"name,credit code\n{goes.name},{goes.credit_code}\n".encode(), "a.csv")
    assert (look.outcome["refused"], look.outcome["new"]) == (1, 0)
    (refusal,) = store_imports.details(look)["refused"]
    assert refusal["facts"] == {"entry": kept.name}


def test_the_pages(app, world, sign_in):
    with app.app_context():
        in_use(world)
        before = everything()
    ours, theirs = world.enterprises[:2]
    with app.app_context():
        coordinator = sign_in("coordinator")
    for language, title, asked in (
        ("en", "Merge two entries", "Confirm that"),
        ("zh", "合并两个条目", "请确认两个条目"),
    ):
        coordinator = sign_in("coordinator", language)
        assert "Example Footwear" in coordinator.get(f"/register/merging/{ours}", q="Footwear").text
        # the one of which more is known is kept, whichever was named first, until somebody says otherwise
        address = f"/register/merging/{theirs}/{ours}"
        page = coordinator.get(f"/register/merging/{ours}/{theirs}")
        assert title in page.text and f'action="{address}"' in page.response.text
        assert (
            f'action="/register/merging/{ours}/{theirs}"'
            in coordinator.get(f"/register/merging/{ours}/{theirs}", chosen=1).response.text
        )
        seen = dict(re.findall(r'name="(kept_revision|merged_revision)" value="(\d+)"', page.response.text))
        assert asked in coordinator.post(address, {"close": [str(world.workplaces[0])]}, 422).text
        assert (
            "1 Example Road"
            in coordinator.post(address, {"one_employer": "1", **seen, "kept_revision": "77"}, 422).text
        )
        coordinator.post(address, {"one_employer": "1", "fact.address": "merged", **seen})
        with app.app_context():
            assert store.get(world.system, theirs).address == "0 Example Road"
            (merge,) = store_merging.of(world.system, theirs)
        leader = sign_in("leader", language)
        for person in (coordinator, leader):
            stub = person.get(f"/register/{ours}").text
            assert "Example Footwear" in stub and "Example Garments" in stub
        assert "Example Garments" in coordinator.get(f"/register/{theirs}").text
        assert "Example Garments" in coordinator.get(f"/register/{theirs}/timeline", kind="register").text
        leader.post(f"/register/merging/{merge.row.id}/undo", {}, 403)
        coordinator = sign_in("coordinator", language)
        coordinator.post(f"/register/merging/{merge.row.id}/undo", {})
        with app.app_context():
            assert everything() == before
    sign_in("administrator").get(f"/register/merging/{ours}", 403)
