"""What was worked out once holds until something is written, and not a moment longer."""

from collections.abc import Iterator

import pytest
from sqlmodel import Session

from compliance.enterprises.models import Enterprise
from compliance.shared import audit, kept
from compliance.shared.database import session
from tests.world import World


@pytest.fixture(autouse=True)
def _nothing_kept(db_session: Session) -> Iterator[None]:
    kept._answers.clear()
    yield
    kept._answers.clear()


def renamed(world: World, name: str) -> None:
    row = session().get_one(Enterprise, world.enterprises[0])
    row.name = name
    session().add(row)


def test_it_is_worked_out_once_until_something_is_written(world: World) -> None:
    made: list[str] = []

    def name() -> str:
        made.append(session().get_one(Enterprise, world.enterprises[0]).name)
        return made[-1]

    assert kept.until_written("name", name) == kept.until_written("name", name)
    assert len(made) == 1
    renamed(world, "Another Name Ltd")
    audit.record(world.system, "enterprise.changed")
    assert kept.until_written("name", name) == "Another Name Ltd"
    assert len(made) == 2


def test_what_is_sent_and_has_no_line_yet_is_seen_and_not_kept(world: World) -> None:
    def name() -> str:
        return session().get_one(Enterprise, world.enterprises[0]).name

    before = kept.until_written("name", name)
    renamed(world, "Not Written Yet Ltd")
    session().flush()
    assert kept.until_written("name", name) == "Not Written Yet Ltd"
    session().rollback()
    assert kept.until_written("name", name) == before


def test_each_key_has_its_own_answer_and_the_oldest_makes_room(world: World) -> None:
    for number in range(kept.MOST + 5):
        assert kept.until_written(number, lambda number=number: f"answer {number}") == f"answer {number}"  # type: ignore[misc]
    assert len(kept._answers) == kept.MOST
    assert kept.until_written(kept.MOST + 4, lambda: "worked out anew") == f"answer {kept.MOST + 4}"
    assert kept.until_written(0, lambda: "worked out anew") == "worked out anew"


def test_what_was_kept_before_a_write_is_let_go(world: World) -> None:
    kept.until_written("old", lambda: "old")
    audit.record(world.system, "anything.done")
    kept.until_written("new", lambda: "new")
    assert [key for _newest, key in kept._answers] == ["new"]
