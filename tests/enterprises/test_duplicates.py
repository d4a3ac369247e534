"""Pairs that may be one employer are found in the background, looked at by people, and asked about once."""

import pytest
from sqlmodel import select

from compliance.enterprises import store, store_duplicates
from compliance.enterprises.models import Enterprise
from compliance.enterprises.models_duplicates import SuspectedPair
from compliance.people import store as people
from compliance.people import store_ties
from compliance.people.rules import TieKind, system_actor
from compliance.shared import audit
from compliance.shared.database import session
from compliance.shared.problems import NotFound


def two_alike(actor):
    store.create(actor, {"name": "Example Pair Garment Factory", "address": "318 Beijing Road"})
    store.create(actor, {"name": "Example Pair Garment Factory Ltd", "address": "318 Beijing Rd"})
    session().commit()


def pairs(actor, **asked):
    return store_duplicates.found(actor, **{"apart": False, "page": 1, **asked})


def test_what_was_told_apart_is_not_asked_again(world, db_session):
    actor = world.actor("coordinator")
    two_alike(actor)
    store_duplicates.keep(actor, store_duplicates.compared(actor))
    (pair,), total = pairs(actor)
    assert total == 1 and {pair.first.name, pair.second.name} == {
        "Example Pair Garment Factory",
        "Example Pair Garment Factory Ltd",
    }
    store_duplicates.tell_apart(actor, pair.row)
    session().commit()
    assert pairs(actor)[1] == 0 and pairs(actor, apart=True)[1] == 1
    store_duplicates.keep(actor, store_duplicates.compared(actor))
    session().commit()
    assert pairs(actor)[1] == 0 and pairs(actor, apart=True)[1] == 1
    store_duplicates.suspect_again(actor, pair.row)
    session().commit()
    assert pairs(actor)[1] == 1
    assert [line.verb for line in audit.about(pair.row.id)] == ["register.suspected_again", "register.told_apart"]


def test_a_pair_goes_with_one_of_its_entries_and_who_left_is_not_compared(world, db_session):
    actor = world.actor("coordinator")
    two_alike(actor)
    one = session().exec(select(Enterprise).where(Enterprise.name == "Example Pair Garment Factory Ltd")).one()
    one.status = "left"
    audit.record(actor, "enterprise.edited", one)
    assert store_duplicates.compared(actor) == []


def test_who_has_a_tie_to_one_of_them_sees_no_pair_and_decides_none(world, db_session):
    two_alike(world.actor("coordinator"))
    store_duplicates.keep(world.system, store_duplicates.compared(world.system))
    ((pair,), _total) = pairs(world.system)
    for one, side in (("coordinator", pair.first), ("administrator", pair.second)):
        store_ties.declare(world.system, people.get(world.system, world.people[one]), side.id, TieKind.kin)
        session().commit()
        assert pairs(world.actor(one)) == ([], 0)
        with pytest.raises(NotFound):
            store_duplicates.get(world.actor(one), pair.row.id)
    assert store_duplicates.get(world.system, pair.row.id) is pair.row


def test_associations_do_not_meet(world, db_session):
    actor = world.actor("coordinator")
    two_alike(actor)
    store_duplicates.keep(actor, store_duplicates.compared(actor))
    (pair,), _total = pairs(actor)
    stranger = system_actor(world.noise_association_id)
    assert pairs(stranger) == ([], 0)
    with pytest.raises(NotFound):
        store_duplicates.get(stranger, pair.row.id)


@pytest.mark.parametrize("language", ["en", "zh"])
def test_on_the_page_they_are_side_by_side(app, sign_in, world, language):
    client = sign_in("coordinator", language)
    empty = client.get("/register/duplicates/")
    assert ("was not looked through yet" if language == "en" else "尚未") in empty.text
    with app.app_context():
        two_alike(world.actor("coordinator"))
    shown = client.post("/register/duplicates/look")
    assert "Example Pair Garment Factory Ltd" in shown.text
    assert ("names alike" if language == "en" else "名称相似度") in shown.text
    with app.app_context():
        (row,) = session().exec(select(SuspectedPair)).all()
    client.post(f"/register/duplicates/{row.id}/apart")
    assert "Example Pair" not in client.get("/register/duplicates/").text
    assert "Example Pair" in client.get("/register/duplicates/", show="apart").text
    client.post(f"/register/duplicates/{row.id}/again")
    assert "Example Pair" in client.get("/register/duplicates/").text
    sign_in("leader").get("/register/duplicates/", 403)
