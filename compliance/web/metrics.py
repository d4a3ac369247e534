"""Figures for Prometheus, on an address of their own: how long requests and jobs take, what waits. Nobody is in them.

Each process of the server writes its own figures into a folder; a small process reads them all when it is asked.
"""

import contextlib
import logging
import os
import signal
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any
from wsgiref.simple_server import WSGIRequestHandler, WSGIServer, make_server

from flask import Flask, Response, g, request
from sqlalchemy.exc import SQLAlchemyError

from compliance.people import gate
from compliance.shared import database, jobs

_BUCKETS = (0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0, 30.0, 60.0)
_FOLDER = "PROMETHEUS_MULTIPROC_DIR"


def measure(app: Flask, folder: Path) -> None:
    """Measure requests and jobs in this process and those forked from it, into an empty folder."""
    os.environ[_FOLDER] = str(folder)  # the library looks for it when it is loaded
    from prometheus_client import Histogram

    requests = Histogram(
        "compliance_request_seconds", "Time to answer", ("group", "method", "status"), buckets=_BUCKETS, registry=None
    )
    worked = Histogram("compliance_job_seconds", "Time of a job", ("kind", "ended"), buckets=_BUCKETS, registry=None)

    @app.before_request
    def _begin() -> None:
        g.metrics_began = time.perf_counter()

    @app.after_request
    def _end(response: Response) -> Response:
        took = time.perf_counter() - g.get("metrics_began", time.perf_counter())
        status = f"{response.status_code // 100}xx"
        requests.labels(group_of(request.endpoint), _method(request.method), status).observe(took)
        return response

    jobs.when_ended(lambda kind, ended, seconds: worked.labels(kind, ended).observe(seconds))


def note(app: Flask) -> None:
    """A line of the log for each request, at the level info: what kind of page, how it ended, how long it took."""
    log = logging.getLogger("compliance.requests")

    @app.before_request
    def _begin() -> None:
        g.noted_since = time.perf_counter()

    @app.after_request
    def _end(response: Response) -> Response:
        if log.isEnabledFor(logging.INFO):
            took = round((time.perf_counter() - g.get("noted_since", time.perf_counter())) * 1000)
            facts = {"group": group_of(request.endpoint), "method": _method(request.method)}
            log.info("request", extra={"facts": {**facts, "status": response.status_code, "ms": took}})
        return response


def group_of(endpoint: str | None) -> str:
    """The class of pages that an endpoint belongs to. Needs an app context."""
    if endpoint is None:
        return "unknown"
    blueprint = endpoint.partition(".")[0]
    for group, own in (("static", ("static",)), ("health", ("health",)), ("api", ("api",))):
        if blueprint in own:
            return group
    if blueprint.startswith("tablet"):
        return "tablet"
    verb = gate.verb_of(endpoint)
    if verb == gate.PUBLIC:
        return "public"
    return "enterprise" if verb in ("enterprise.own", "case.own") else "office"


def _method(method: str) -> str:
    return method if method in ("GET", "HEAD", "POST", "PUT", "DELETE", "OPTIONS") else "other"


class _Work:
    """What the database says of background work, asked anew each time."""

    def __init__(self, app: Flask) -> None:
        self.app = app

    def collect(self) -> Iterator[Any]:
        """Jobs by kind and state, the age of the oldest one that waits, and whether the database answered."""
        from prometheus_client.core import GaugeMetricFamily

        answered = GaugeMetricFamily("compliance_database_up", "1 while the database answers")
        by_state = GaugeMetricFamily("compliance_jobs", "Background jobs", labels=("kind", "state"))
        oldest = GaugeMetricFamily("compliance_job_oldest_seconds", "Age of the oldest job that waits")
        try:
            with self.app.app_context():
                counted, age = jobs.counted()
                database.session().rollback()
        except SQLAlchemyError:
            answered.add_metric([], 0)
            yield answered
            return
        answered.add_metric([], 1)
        for (kind, state), number in counted.items():
            by_state.add_metric([kind, state], number)
        oldest.add_metric([], age)
        yield from (answered, by_state, oldest)


def wsgi(app: Flask, folder: Path) -> Callable[..., Any]:
    """The program that answers ``/metrics`` from what all processes have written."""
    os.environ[_FOLDER] = str(folder)
    from prometheus_client import CollectorRegistry, make_wsgi_app
    from prometheus_client.multiprocess import MultiProcessCollector

    registry = CollectorRegistry()
    MultiProcessCollector(registry, str(folder))  # type: ignore[no-untyped-call]
    registry.register(_Work(app))
    return make_wsgi_app(registry)


class _Quiet(WSGIRequestHandler):
    def log_message(self, *_args: object) -> None:
        """Nothing: who asks is not written down."""


def serve(app: Flask, folder: Path, address: str) -> None:
    """Answer on ``host:port`` until SIGTERM, or until the server that started this process is gone."""
    host, _, port = address.rpartition(":")
    server: WSGIServer = make_server(host.strip("[]"), int(port), wsgi(app, folder), handler_class=_Quiet)
    server.timeout = 0.5
    parent, going = os.getppid(), True

    def _end(_signal: int, _frame: Any) -> None:
        nonlocal going
        going = False

    signal.signal(signal.SIGTERM, _end)
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    with contextlib.closing(server.socket):
        while going and os.getppid() == parent:
            server.handle_request()
