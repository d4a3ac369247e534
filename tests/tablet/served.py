"""The product served to a browser from this process: it can be stopped, started again, and made to lose messages."""

import socket
import threading
from collections.abc import Callable, Iterable
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing, suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from uuid import UUID

from flask import Flask
from werkzeug.serving import BaseWSGIServer, WSGIRequestHandler, make_server

from compliance.shared.database import db, session
from compliance.visits import store
from compliance.visits.rules import Route
from compliance.web.app import create_app
from compliance.web.settings import Settings
from tests.world import World


@dataclass
class Fault:
    """What happens to the next requests of one kind: lost on the way, or answered into the void."""

    method: str
    path: str
    kind: str
    times: int


class _Quiet(WSGIRequestHandler):
    def log(self, type: str, message: str, *args: Any) -> None:
        """Say nothing."""


@dataclass
class Served:
    """One served application with the world in it."""

    app: Flask
    world: World
    port: int = 0
    faults: list[Fault] = field(default_factory=list)
    seen: list[tuple[str, str, int]] = field(default_factory=list)
    """(method, path, status) of what was asked for; 0 for what was lost before it was answered."""

    def __post_init__(self) -> None:
        self._server: BaseWSGIServer | None = None
        self._thread: threading.Thread | None = None
        self.app.config["PROPAGATE_EXCEPTIONS"] = False
        inner = self.app.wsgi_app
        self.app.wsgi_app = lambda environ, start: self._answer(inner, environ, start)  # type: ignore[method-assign]

    @property
    def address(self) -> str:
        """Where it is served, with or without a server behind it."""
        return f"http://127.0.0.1:{self.port}"

    @property
    def static(self) -> str:
        """The folder of static files, as an address."""
        return f"{self.address}{self.app.static_url_path}"

    def start(self) -> None:
        """Serve, at the same address as before."""
        if self._server:
            return
        self._server = make_server("127.0.0.1", self.port, self.app, threaded=True, request_handler=_Quiet)
        self.port = self._server.server_port
        self._thread = threading.Thread(target=self._server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
        self._thread.start()

    def stop(self) -> None:
        """Nobody answers any more."""
        if self._server and self._thread:
            self._server.shutdown()
            self._server.server_close()
            self._thread.join(5)
        self._server = self._thread = None

    def lose(self, method: str, path: str, kind: str = "answer", times: int = 1) -> None:
        """Lose the next answers (after the server has kept what was sent) or requests whose path begins like this.

        kind: ``answer``, ``request``, ``broken`` (status 500) or ``busy`` (503, as from a proxy).
        """
        self.faults.append(Fault(method, path, kind, times))

    def asked(self, method: str, path: str) -> int:
        """How many requests of a kind there were."""
        return sum(1 for verb, where, _ in self.seen if verb == method and where.startswith(path))

    def _answer(self, inner: Any, environ: dict[str, Any], start: Callable[..., Any]) -> Iterable[bytes]:
        method, path = environ["REQUEST_METHOD"], environ["PATH_INFO"]
        fault = next(
            (f for f in self.faults if f.times > 0 and f.method == method and path.startswith(f.path)),
            None,
        )
        if fault:
            fault.times -= 1
        if fault and fault.kind in ("request", "busy", "broken"):
            self.seen.append((method, path, 0))
            if fault.kind == "request":
                return self._cut(environ)
            status = "503 Busy" if fault.kind == "busy" else "500 Broken"
            start(status, [("Content-Type", "text/plain"), ("Content-Length", "0")])
            return [b""]
        status = ""

        def begin(line: str, headers: list[tuple[str, str]], *more: Any) -> Any:
            nonlocal status
            status = line
            return (lambda _data: None) if fault else start(line, headers, *more)

        with closing(inner(environ, begin)) as body:  # here: the server forgets to when a browser goes away
            whole = list(body)
        self.seen.append((method, path, 0 if fault else int(status[:3])))
        return self._cut(environ) if fault else whole  # with a fault: kept by the server, and the answer never arrives

    def _cut(self, environ: dict[str, Any]) -> Iterable[bytes]:
        with suppress(OSError):
            environ["werkzeug.socket"].shutdown(socket.SHUT_RDWR)
        raise ConnectionAbortedError("lost on purpose")

    # -- what the server knows ----------------------------------------------------------------------------------------

    def keep(self, path: Path) -> None:
        """Write what the database holds now into a file."""
        self._copied(path, back=False)

    def set_back(self, path: Path) -> None:
        """The database is as it was when this file was written."""
        self._copied(path, back=True)

    def _copied(self, path: Path, *, back: bool) -> None:
        def work() -> None:
            with self.app.app_context():
                pooled = db.engine.raw_connection()
                own: Any = pooled.driver_connection
                other = db.engine.dialect.loaded_dbapi.connect(path)
                try:
                    (other if back else own).backup(own if back else other)
                finally:
                    other.close()
                    pooled.close()

        elsewhere(work)

    # -- what people at the office do -----------------------------------------------------------------------------

    def as_(self, who: str, work: Callable[[Any], Any]) -> Any:
        """Do something as a person of the world, and keep it. What comes back has left the database."""

        def done() -> Any:
            with self.app.test_request_context("/", method="POST"):
                result = work(self.world.actor(who))
                session().commit()
                return result

        return elsewhere(done)

    def hand_out(self, place: int = 0, *inspectors: str) -> UUID:
        """A visit, planned and handed out today; its id."""

        def work(coordinator: Any) -> UUID:
            visit = store.plan(
                coordinator,
                self.world.workplaces[place],
                planned_for=store.today(coordinator),
                route=Route.targeted,
                inspector_ids=[self.world.people[who] for who in inspectors or ("inspector",)],
            )
            store.hand_out(coordinator, visit)
            return visit.id

        handed_out: UUID = self.as_("coordinator", work)
        return handed_out

    def entries(self, visit_id: UUID) -> list[Any]:
        """Everything that the server has of a visit, in the order of ids."""

        def work(coordinator: Any) -> list[Any]:
            return sorted(store.events(store.get(coordinator, visit_id)), key=lambda event: event.id)

        found: list[Any] = self.as_("coordinator", work)
        return found


_office = ThreadPoolExecutor(1)


def elsewhere(work: Callable[[], Any]) -> Any:
    """Run in another thread: the one that drives a browser has a loop, which an app context does not like."""
    return _office.submit(work).result()


def serve(stage: Any, folder: Path, **overrides: Any) -> Served:
    """Serve the world from a fresh copy of its database in a folder."""
    _app, world = elsewhere(lambda: stage.set_up("sqlite"))
    stage.copy_to(folder, "run.db")
    settings = Settings(instance=folder, database_url=f"sqlite:///{folder / 'run.db'}", queue_url="memory:")
    app = elsewhere(lambda: create_app(settings, TESTING=True, SECRET_KEY="test" * 10, SERVER_NAME=None, **overrides))
    served = Served(app, world)
    served.start()
    return served
