"""Versions in the database: numbered, never changed, found by digest, each association its own."""

from dataclasses import replace
from uuid import uuid4

import pytest
import sqlalchemy as sa
from sqlmodel import Session

from compliance.checklists import content, parse, store
from compliance.checklists.rules import Checklist, Text
from compliance.people.rules import system_actor
from compliance.shared import audit
from compliance.shared.problems import Conflict, NotFound, Problem
from tests.checklists import small
from tests.world import World


def changed(checklist: Checklist, version: str = "2026.2") -> Checklist:
    code = replace(checklist.code, title=Text("Another code", "准则"), version=version)
    return content.sealed(replace(checklist, code=code))


def test_publishing_gives_the_next_number_and_becomes_the_current_version(
    db_session: Session, world: World, shipped: Checklist
) -> None:
    before = store.current(world.association_id)
    row = store.publish(world.system, changed(shipped), "A new title")
    assert row.number == before.number + 1
    assert store.current(world.association_id).id == row.id
    assert (row.items_count, row.note, row.published_by) == (65, "A new title", None)
    assert store.load(row.id) == changed(shipped)
    assert store.load(row.digest) is store.load(row.id)


def test_publishing_the_same_content_twice_says_so_and_changes_nothing(db_session: Session, world: World) -> None:
    row = store.current(world.association_id)
    with pytest.raises(Conflict, match=f"version {row.number}"):
        store.publish(world.system, store.load(row.id))
    assert len(store.versions(world.system)) == 1


def test_an_association_can_go_back_to_an_earlier_version(
    db_session: Session, world: World, shipped: Checklist
) -> None:
    first = store.current(world.association_id)
    store.publish(world.system, changed(shipped))
    with pytest.raises(Conflict):
        store.publish(world.system, store.load(first.id))
    third = store.publish(world.system, store.load(first.id), again=True)
    assert (third.number, third.digest) == (first.number + 2, first.digest)
    with pytest.raises(Conflict):
        store.publish(world.system, store.load(first.id), again=True)


def test_a_code_of_conduct_never_changes_under_the_same_version(
    db_session: Session, world: World, shipped: Checklist
) -> None:
    with pytest.raises(Problem, match="version 2026"):
        store.publish(world.system, changed(shipped, version=shipped.code.version))


def test_each_association_has_its_own_versions(db_session: Session, world: World, shipped: Checklist) -> None:
    assert world.noise_association_id is not None
    other = system_actor(world.noise_association_id)
    assert store.versions(other) == []
    assert store.current_or_none(other.association_id) is None
    with pytest.raises(NotFound):
        store.current(other.association_id)
    with pytest.raises(NotFound):
        store.version(other, 1)
    assert store.publish(other, shipped).number == 1
    assert len(store.versions(world.system)) == 1


def test_an_unknown_digest_is_not_found(db_session: Session) -> None:
    with pytest.raises(NotFound):
        store.load("0" * 64)
    with pytest.raises(NotFound):
        store.load(uuid4())


def test_what_was_published_is_on_the_audit_trail(db_session: Session, world: World, shipped: Checklist) -> None:
    row = store.publish(world.system, changed(shipped))
    assert [line.verb for line in audit.about(row.id)] == ["checklist.publish"]


@pytest.mark.parametrize("statement", ["UPDATE checklist_version SET note = 'x'", "DELETE FROM checklist_version"])
def test_the_database_refuses_to_change_or_remove_a_version(db_session: Session, statement: str) -> None:
    with pytest.raises(sa.exc.DBAPIError):
        db_session.connection().exec_driver_sql(statement)
    db_session.rollback()


def test_a_version_survives_a_restart_of_the_process(db_session: Session, world: World, shipped: Checklist) -> None:
    row = store.publish(world.system, changed(shipped))
    store._load.cache_clear()
    assert store.load(row.digest) == changed(shipped)


def test_a_folder_is_read_with_its_yaml_files_alone() -> None:
    files = store.read_folder(small.ROOT / "checklists")
    assert "README.md" not in files
    assert len(parse.parse(files).items) == 65
