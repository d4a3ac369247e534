"""Serve: the web server and the worker for background jobs, started and stopped together."""

import contextlib
import functools
import gc
import os
import shutil
import signal
import socket
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import click
from flask import Flask, current_app
from flask.cli import with_appcontext
from gunicorn.app.base import BaseApplication
from gunicorn.glogging import Logger
from huey.consumer import Consumer

from compliance.demo import filling
from compliance.shared import database, jobs, logs
from compliance.web import metrics
from compliance.web import upgrade as upgrades
from compliance.web.production import look_at_signing, refuse_unfit
from compliance.web.settings import Settings

MEMORY = Path("/dev/shm")  # noqa: S108 - names only a folder; gunicorn makes its own file in it


class Server(BaseApplication):  # type: ignore[misc]
    """gunicorn with our application and settings instead of a configuration file."""

    def __init__(self, app: Flask, options: dict[str, Any]) -> None:
        self.app, self.options = app, options
        super().__init__()

    def load_config(self) -> None:
        """Hand our options over."""
        for name, value in self.options.items():
            self.cfg.set(name, value)

    def load(self) -> Flask:
        """The application."""
        return self.app


class Log(Logger):  # type: ignore[misc]
    """gunicorn's own lines go the way of all others."""

    def setup(self, cfg: Any) -> None:
        """Leave the writing to ``shared.logs``."""
        for log in (self.error_log, self.access_log):
            log.handlers.clear()
            log.propagate = True


@click.command()
@click.option("--port", type=click.IntRange(1, 65535), envvar="PORT", default=5000, show_default=True)
@with_appcontext
def run(port: int) -> None:
    """Bring the database up to date, then serve until Ctrl-C."""
    app = current_app._get_current_object()  # type: ignore[attr-defined]
    settings: Settings = app.extensions["settings"]
    logs.begin(settings.log_format, settings.log_level)
    bring_up_to_date(app)
    if settings.mode == "demo":
        filling.fill_once(app)
    else:
        refuse_unfit(app)
    look_at_signing(app)
    _require_free(settings.host, port)
    # Connections must not be shared with the processes that are forked now.
    database.session().close()
    database.db.engine.dispose()
    spare_the_collector()
    owner = os.getpid()
    with contextlib.ExitStack() as at_the_end:
        if settings.metrics_address:
            figures = at_the_end.enter_context(_figures())
            metrics.measure(app, figures)
            address = settings.metrics_address
            at_the_end.callback(_stop, [_fork(lambda: metrics.serve(app, figures, address))], owner)
        workers = [_fork(functools.partial(_work, app, periodic=number == 0)) for number in range(settings.job_workers)]
        at_the_end.callback(_stop, workers, owner)
        _serve(app, settings, port)


def _serve(app: Flask, settings: Settings, port: int) -> None:
    options = {
        "bind": f"{settings.host}:{port}",
        "workers": settings.workers,
        "threads": settings.threads,
        "worker_class": "gthread",
        "timeout": 60,
        "graceful_timeout": settings.stop_seconds,
        "accesslog": None,  # addresses of pages name rows; nothing personal goes to a log
        "loglevel": "warning",
        "logger_class": Log,
        # The heartbeat of gunicorn's workers must not wait for a disk.
        "worker_tmp_dir": str(MEMORY) if MEMORY.is_dir() else None,
        "when_ready": lambda _server: _announce(app, settings, port),
    }
    Server(app, options).run()


def spare_the_collector() -> None:
    """What is loaded before the first request stays: garbage is not looked for in it again and again, nor its memory
    copied into every process for that. A page makes some ten thousand objects, nearly all without cycles.
    """
    gc.collect()
    gc.freeze()
    gc.set_threshold(10_000, 20, 20)


@click.command()
@with_appcontext
def work() -> None:
    """Do the background jobs (``run`` starts this by itself)."""
    settings: Settings = current_app.extensions["settings"]
    logs.begin(settings.log_format, settings.log_level)
    look_at_signing(current_app._get_current_object())  # type: ignore[attr-defined]
    _work(current_app._get_current_object())  # type: ignore[attr-defined]


@contextlib.contextmanager
def _figures() -> Iterator[Path]:
    """A folder for the figures of this server's processes, gone with the server."""
    owner = os.getpid()
    folder = Path(tempfile.mkdtemp(prefix="compliance-metrics-", dir=MEMORY if MEMORY.is_dir() else None))
    try:
        yield folder
    finally:
        if os.getpid() == owner:
            shutil.rmtree(folder, ignore_errors=True)


def _fork(work: Callable[[], None]) -> int:
    """Do something beside the server, in a process of its own; returns its id.

    It is forked, which shares what is loaded, and leaves the terminal's group, so that Ctrl-C reaches the server alone.
    """
    worker = os.fork()
    if worker:
        return worker
    os.setsid()
    try:
        work()
    finally:
        os._exit(0)  # nothing of the parent's is to be cleaned up here


def _work(app: Flask, *, periodic: bool = True) -> None:
    parent = os.getppid()
    stopping = False
    patience = max(app.extensions["settings"].stop_seconds - 2, 1)

    def _end(_signal: int, _frame: Any) -> None:
        nonlocal stopping
        stopping = True

    consumer = Consumer(
        app.extensions["jobs"], workers=1, periodic=periodic, initial_delay=0.05, backoff=1.15, max_delay=1.0
    )
    consumer.start()  # sets handlers of its own, which this process does not want
    signal.signal(signal.SIGTERM, _end)
    signal.signal(signal.SIGINT, _end)
    # A server that was killed cannot stop its worker: the worker sees that its parent is gone.
    while not stopping and os.getppid() == parent:
        time.sleep(0.3)
    consumer.stop(graceful=False)
    deadline = time.monotonic() + patience
    while time.monotonic() < deadline and any(thread.is_alive() for _worker, thread in consumer.worker_threads):
        time.sleep(0.1)
    if any(thread.is_alive() for _worker, thread in consumer.worker_threads):
        jobs.give_back(app)
        os._exit(0)  # the thread is in the middle of a job, and its transaction ends with this process


def _require_free(host: str, port: int) -> None:
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except OSError as error:
            raise click.ClickException(
                f"port {port} of {host} cannot be used ({error.strerror}); choose another: PORT=5001 make run"
            ) from None


@click.command()
@with_appcontext
def migrate() -> None:
    """Bring the database to the newest schema (``run`` does this by itself)."""
    bring_up_to_date(current_app._get_current_object())  # type: ignore[attr-defined]
    click.echo("The database is at the newest schema.")


@click.command()
@click.option("--fresh", is_flag=True, help="Throw all data of this demo away first.")
@with_appcontext
def demo(fresh: bool) -> None:
    """Fill the demo association."""
    app = current_app._get_current_object()  # type: ignore[attr-defined]
    if app.extensions["settings"].mode != "demo":
        raise click.ClickException("this is not a demo (mode = production): nothing was changed")
    if fresh:
        filling.throw_away(app)
    bring_up_to_date(app)
    filling.fill_once(app)


def bring_up_to_date(app: Flask) -> None:
    """Migrate the database; a failure ends the command with the reason."""
    try:
        if upgrades.upgrade(app):
            click.echo("Database brought to the newest schema.")
    except upgrades.UpgradeFailed as error:
        click.echo(f"compliance: the database was NOT changed, the migration failed: {error}", err=True)
        raise SystemExit(3) from None


def _announce(app: Flask, settings: Settings, port: int) -> None:
    address = settings.public_url or f"http://{settings.host}:{port}"
    click.echo(f"\nServing on {address}  (stop with Ctrl-C)")
    if settings.mode == "demo":
        click.echo("Demo sign-ins (user name / password):")
        for role, name, password in filling.sign_ins():
            click.echo(f"  {role:<14} {name:<14} {password}")


def _stop(workers: list[int], owner: int) -> None:
    # The server's forked children leave through the same door, but the workers are not theirs.
    if os.getpid() != owner:
        return
    for worker in workers:
        with contextlib.suppress(ProcessLookupError):
            os.kill(worker, signal.SIGTERM)
    deadline = time.monotonic() + current_app.extensions["settings"].stop_seconds + 3
    for worker in workers:
        with contextlib.suppress(ProcessLookupError, ChildProcessError):
            while not os.waitpid(worker, os.WNOHANG)[0]:
                if time.monotonic() > deadline:
                    os.kill(worker, signal.SIGKILL)
                    break
                time.sleep(0.1)
