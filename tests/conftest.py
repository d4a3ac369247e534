"""Fixtures: the application on a fresh copy of the world, a client with manners, a session on each database."""

import copy
import shutil
import socket
from collections.abc import Callable, Iterator
from contextvars import copy_context
from pathlib import Path
from typing import Any
from uuid import UUID

import hypothesis
import pytest
from flask import Flask
from flask.globals import _cv_request
from sqlmodel import Session

from compliance.shared import clock, jobs
from compliance.shared.database import db, session
from compliance.web import upgrade
from compliance.web.app import create_app
from compliance.web.settings import Settings
from tests import databases, turns
from tests.mailbox import mailbox
from tests.manners import Client
from tests.soak import SOAK, examples
from tests.world import World, fill

assert turns  # it listens
hypothesis.settings.register_profile("house", max_examples=examples(100), deadline=None)
hypothesis.settings.load_profile("house")


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """What touches a store runs on both databases; pages on SQLite, and on both in the long run."""
    if "kind" in metafunc.fixturenames:
        both = SOAK or not {"db_session", "on_both_databases"}.isdisjoint(metafunc.fixturenames)
        metafunc.parametrize("kind", databases.KINDS if both else databases.KINDS[:1])


class Stage:
    """One application for each kind of database, and the world to which it is set back before each test."""

    def __init__(self, folder: Path, worker: str) -> None:
        self.folder, self.worker = folder, worker
        self.built: dict[str, tuple[Flask, World]] = {}
        self.configured: dict[str, dict[str, Any]] = {}
        self.kept: databases.SetBack | None = None

    def set_up(self, kind: str) -> tuple[Flask, World]:
        """The application on a fresh copy of the world."""
        if kind not in self.built:
            self.built[kind] = self._build(kind)
            self.configured[kind] = dict(self.built[kind][0].config)
        app, world = self.built[kind]
        app.config.clear()  # a test may change it
        app.config.update(self.configured[kind])
        with app.app_context():
            db.engine.dispose()
        if kind == "sqlite":
            for leftover in self.folder.glob("run.db*"):
                leftover.unlink()
            shutil.copyfile(self.folder / "template.db", self.folder / "run.db")
        elif self.kept is None or not self.kept.set_back():
            address = databases.create(f"run_{self.worker}", template=f"template_{self.worker}")
            self.kept = databases.SetBack(address)
        (self.folder / "instance" / "anchors.jsonl").unlink(missing_ok=True)  # of a trail that is gone
        return app, copy.deepcopy(world)  # a test may add to it

    def copy_to(self, folder: Path, database: str = "compliance.db") -> None:
        """The world's database, and the master keys without which nothing sealed in it can be written or read."""
        shutil.copyfile(self.folder / "template.db", folder / database)
        shutil.copyfile(self.folder / "instance" / "sealing_keys", folder / "sealing_keys")

    def close(self) -> None:
        """Let go of every connection."""
        for app, _world in self.built.values():
            with app.app_context():
                db.engine.dispose()

    def _build(self, kind: str) -> tuple[Flask, World]:
        template = self._app(kind, "template")
        upgrade.upgrade(template)
        world = fill(template)
        with template.app_context():
            if kind == "sqlite":
                db.session.connection().exec_driver_sql("COMMIT")
                db.session.connection().exec_driver_sql("PRAGMA wal_checkpoint(TRUNCATE)")
            db.session.close()
            db.engine.dispose()
        return self._app(kind, "run"), world

    def _app(self, kind: str, name: str) -> Flask:
        if kind == "sqlite":
            address = f"sqlite:///{self.folder / f'{name}.db'}"
        else:
            address = databases.create(f"{name}_{self.worker}")
        settings = Settings(instance=self.folder / "instance", database_url=address, queue_url="memory:")
        return create_app(settings, TESTING=True, SECRET_KEY="test" * 10, SERVER_NAME=None)


@pytest.fixture(scope="session")
def stage(tmp_path_factory: pytest.TempPathFactory, worker_id: str) -> Iterator[Stage]:
    """The stage of this test process."""
    stage = Stage(tmp_path_factory.mktemp("stage"), worker_id)
    yield stage
    stage.close()


@pytest.fixture
def kind() -> str:
    """The kind of database; parametrised above."""
    return "sqlite"


@pytest.fixture
def on_stage(stage: Stage, kind: str) -> tuple[Flask, World]:
    """The application and its world, fresh."""
    return stage.set_up(kind)


@pytest.fixture
def app(on_stage: tuple[Flask, World]) -> Flask:
    """The application on a fresh copy of the world."""
    return on_stage[0]


@pytest.fixture
def world(on_stage: tuple[Flask, World]) -> World:
    """Ids of the world."""
    return on_stage[1]


@pytest.fixture
def db_session(app: Flask) -> Iterator[Session]:
    """A session inside an app context; once on SQLite and once on PostgreSQL."""
    with app.app_context():
        yield session()


@pytest.fixture
def on_both_databases() -> None:
    """For tests of requests whose answers are the database's own: once on SQLite and once on PostgreSQL."""


@pytest.fixture
def client(app: Flask) -> Client:
    """A client of nobody."""
    return Client(app.test_client())


@pytest.fixture
def sign_in(app: Flask, world: World) -> Callable[..., Client]:
    """``sign_in("reviewer")`` gives a client of that person."""

    def signed_in(who: str, language: str = "en") -> Client:
        http = app.test_client()
        with http.session_transaction() as kept:
            kept["_user_id"] = world.uniquifiers[who]
            kept["_fresh"] = True
            kept["fs_paa"] = clock.now().timestamp()  # the password was typed just now
            kept["language"] = "zh_Hans_CN" if language.startswith("zh") else "en"
        return Client(http, language)

    return signed_in


@pytest.fixture
def page(sign_in: Callable[..., Client]) -> Callable[..., Any]:
    """``page("leader", "/trends/")``: one page as one person."""

    def load(who: str, path: str, status: int = 200, language: str = "en", **query: Any) -> Any:
        return sign_in(who, language).get(path, status, **query)

    return load


@pytest.fixture(autouse=True)
def _jobs_have_no_request(monkeypatch: pytest.MonkeyPatch) -> None:
    """Here the queue does a job at once, within the request that asks for it; the worker of the product has none."""
    perform = jobs.perform

    def in_the_worker(job_id: UUID) -> None:
        def work() -> None:
            _cv_request.set(None)  # type: ignore[arg-type]
            perform(job_id)

        copy_context().run(work)

    monkeypatch.setattr(jobs, "perform", in_the_worker)


@pytest.fixture(autouse=True)
def _no_network(monkeypatch: pytest.MonkeyPatch) -> None:
    """Nothing leaves the machine."""
    connect = socket.socket.connect

    def local_only(self: socket.socket, address: Any) -> None:
        if self.family != socket.AF_UNIX and address[0] not in ("127.0.0.1", "::1", "localhost"):
            raise AssertionError(f"a test tried to reach {address[0]}")
        connect(self, address)

    monkeypatch.setattr(socket.socket, "connect", local_only)


@pytest.fixture
def post(app: Flask) -> Iterator[Any]:
    """A mail server that keeps what it is given: ``post.received``."""
    with mailbox(app) as server:
        yield server
