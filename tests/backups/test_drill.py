"""The drill: people work, copies are made, everything is killed at any moment, and what comes back is proved."""

import os
import random
import signal
import time
from collections.abc import Callable

import pytest

from compliance.backups import keys
from compliance.backups.folder import Copies
from compliance.shared.database import db, session
from tests.backups.conftest import Office, contents
from tests.soak import SOAK

KILLS = 60 if SOAK else 3
RESTORES = 20 if SOAK else 1


def started(office: Office, work: Callable[[], object]) -> int:
    """A process of its own that does something and ends."""
    with office.app.app_context():
        session().close()
        db.engine.dispose()
    child = os.fork()
    if child == 0:
        try:
            work()
        finally:
            os._exit(0)
    return child


def killed(child: int, after: float) -> None:
    """Kill a process after so many seconds, wherever it is then."""
    time.sleep(after)
    os.kill(child, signal.SIGKILL)
    os.waitpid(child, 0)


def whole_copies(office: Office) -> list[str]:
    """The copies that are there; each of them opens from its beginning to its end."""
    copies = Copies(office.copies, keys.load(office.app.extensions["settings"]))
    for name in copies.names():
        manifest = copies.manifest(name)
        copies.require_readable(office.copies / name, manifest)
        for digest in copies.digests(name, manifest):
            copies.require_file(digest)
    return copies.names()


@pytest.fixture
def chance() -> random.Random:
    return random.Random(20261123)


def test_copies_are_killed_while_people_work_and_none_is_half(office: Office, chance: random.Random) -> None:
    def people_work() -> None:
        number = 0
        while True:
            office.write(f"Name {number}")
            office.show("zh", chance.choice(["green", "blue", "black"]))
            number += 1

    began = time.monotonic()
    office.done("backup")
    takes = time.monotonic() - began
    people = started(office, people_work)
    try:
        for _ in range(KILLS):
            killed(started(office, lambda: office.run("backup")), chance.uniform(0.0, takes))
            assert whole_copies(office), "the first one stays"
        time.sleep(1)  # a copy has the second of its moment as its name
        last = office.backup()
    finally:
        killed(people, 0)

    assert whole_copies(office)[-1] == last
    assert not list(office.copies.glob(".unfinished-*"))
    office.done("restore", "--yes")
    assert office.verbs()[0] == "backup.restored"


def test_a_restore_that_is_killed_leaves_the_old_database_or_the_new_one(office: Office, chance: random.Random) -> None:
    office.write("Before")
    office.backup()
    began = time.monotonic()
    if SOAK:
        office.done("restore", "--yes")
    takes = time.monotonic() - began if SOAK else 3.0
    seen = set()
    for turn in range(RESTORES):
        office.write("After")
        near_the_end = chance.uniform(0.0, 1.0) if turn % 2 else chance.uniform(0.85, 1.1)
        killed(started(office, lambda: office.run("restore", "--yes")), takes * near_the_end)
        seen.add(office.name())
        office.verbs()

    assert seen <= {"Before", "After"}
    office.done("restore", "--yes")
    assert office.name() == "Before"
    assert contents(office.app)
