"""What tablets cost the server: "sync_visit_cpu_ms", "sync_receipt_cpu_ms", and "sync_30_tablets_p99_ms"."""

import http.client
import io
import json
import os
import re
import signal
import socket
import statistics
import subprocess
import sys
import tempfile
import threading
import time
import uuid
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import urlencode
from uuid import UUID

import sqlalchemy as sa
from flask import Flask
from PIL import Image

from compliance.people import store as people
from compliance.people.models import User
from compliance.people.rules import Role
from compliance.shared.database import session
from compliance.visits import store as visits
from compliance.visits.rules import Route
from compliance.web import upgrade
from compliance.web.app import create_app
from compliance.web.run import spare_the_collector
from compliance.web.settings import Settings
from tests.tablets import PART, Photo, Tablet
from tests.tablets import picture as small_picture
from tests.world import PASSWORD, World, fill

ROUNDS, WARM = 40, 5
TABLETS = 30
VISITS = 3
"""Of one inspector's day."""
PHOTOS = 10
BATCH = 50
SECRET = "bench" * 10
NOTE = "Exit 3 behind the packing area was chained during work; the guard held the key. 三号出口在工作时间上锁。"


def build(folder: Path) -> tuple[Flask, World]:
    """An empty application with the world in it."""
    settings = Settings(instance=folder, database_url=f"sqlite:///{folder}/bench.db", queue_url="memory:")
    app = create_app(settings, SECRET_KEY=SECRET)
    upgrade.upgrade(app)
    return app, fill(app)


def hand_out(world: World, who: UUID) -> tuple[UUID, list[str]]:
    """A visit for one inspector, and the items that its checklist has."""
    coordinator = world.actor("coordinator")
    visit = visits.plan(
        coordinator, world.workplaces[0], planned_for=visits.today(coordinator), route=Route.targeted,
        inspector_ids=[who],
    )  # fmt: skip
    visits.hand_out(coordinator, visit)
    return visit.id, [item.id for item in visits.checklist(visit).items]


def fill_in(tablet: Tablet, visit: UUID, items: list[str], data: bytes | None = None) -> None:
    """80 answers with their notes, and ten photos."""
    for number in range(80):
        item = items[number % len(items)]
        again = number >= len(items)
        tablet.enter(visit, item, "note" if again else "verdict", NOTE if again else "compliant")
    for number in range(PHOTOS):
        tablet.take(visit, items[number], (data or small_picture(number)) + number.to_bytes(4, "big"))


def cost(folder: Path) -> Iterator[dict[str, Any]]:
    """CPU time of this process for one batch of a whole visit, and for its receipt."""
    app, world = build(folder)
    http_client = app.test_client()
    with http_client.session_transaction() as kept:
        kept |= {"_user_id": world.uniquifiers["inspector"], "_fresh": True}
    tablet = Tablet(http_client)
    tablet.contact()
    with app.app_context():
        handed = [hand_out(world, world.people["inspector"]) for _ in range(ROUNDS + WARM)]
        session().commit()
    spare_the_collector()  # as in a process that serves
    entries, receipts = [], []
    for turn, (visit, items) in enumerate(handed):
        fill_in(tablet, visit, items)
        body = json.dumps({"device": tablet.device, "visit": str(visit), "entries": tablet.made[str(visit)]})
        headers = tablet.headers()
        began = time.process_time()
        answer = http_client.post("/tablet/entries", data=body, headers=headers, content_type="application/json")
        between = time.process_time()
        told = tablet.receipt(visit)
        ended = time.process_time()
        assert len(answer.json["kept"]) == 80 + PHOTOS and told.json["entries"] == 80 + PHOTOS
        if turn >= WARM:
            entries.append((between - began) * 1000)
            receipts.append((ended - between) * 1000)
    yield {"name": "sync_visit_cpu_ms", "value": round(statistics.median(entries), 1), "unit": "ms", "n": ROUNDS}
    yield {"name": "sync_receipt_cpu_ms", "value": round(statistics.median(receipts), 1), "unit": "ms", "n": ROUNDS}


# -- thirty at once -------------------------------------------------------------------------------------------------


class Wire:
    """A connection of one tablet to the served product; it looks like a test client to ``Tablet``."""

    def __init__(self, port: int, taken: list[tuple[str, float]]) -> None:
        self.port, self.taken = port, taken
        self.connection = http.client.HTTPConnection("127.0.0.1", port, timeout=120)
        self.cookies: dict[str, str] = {}
        self.heard = 0.0

    def open(self, method: str, path: str, body: bytes | None = None, headers: dict[str, str] | None = None) -> Any:
        """One request; how long it took is noted."""
        sent = {**(headers or {}), "Cookie": "; ".join(f"{name}={value}" for name, value in self.cookies.items())}
        began = time.perf_counter()
        if began - self.heard > 1:
            self.connection.close()  # as a browser does with one that has idled: the server may have closed it
        self.connection.request(method, path, body, sent)
        answer = self.connection.getresponse()
        data = answer.read()
        self.heard = time.perf_counter()
        self.taken.append((f"{method} {_kind(path)}", (time.perf_counter() - began) * 1000))
        for name, value in answer.getheaders():
            if name == "Set-Cookie":
                key, _, rest = value.partition("=")
                self.cookies[key] = rest.split(";")[0]
        return Answer(answer.status, data)

    def get(self, path: str) -> Any:
        """As a test client does."""
        return self.open("GET", path)

    def post(self, path: str, json: Any, headers: dict[str, str]) -> Any:
        """As a test client does."""
        body = globals()["json"].dumps(json).encode()
        return self.open("POST", path, body, {**headers, "Content-Type": "application/json"})

    def put(self, path: str, data: bytes, headers: dict[str, str], content_type: str) -> Any:
        """As a test client does."""
        return self.open("PUT", path, data, {**headers, "Content-Type": content_type})


def _kind(path: str) -> str:
    """An address without what is in it."""
    return re.sub(r"[0-9a-f]{8}-[0-9a-f-]{27}", "…", path.split("?")[0])


class Answer:
    """A response as ``Tablet`` reads it."""

    def __init__(self, status: int, data: bytes) -> None:
        self.status_code, self.data = status, data

    @property
    def json(self) -> Any:
        """The body."""
        return json.loads(self.data)


def photograph() -> bytes:
    """A picture as the tablet makes them: 1600 pixels wide, about 300 KB."""
    base = Image.effect_noise((200, 150), 60).resize((1600, 1200)).convert("RGB")
    grain = Image.effect_noise((1600, 1200), 18).convert("RGB")
    out = io.BytesIO()
    Image.blend(base, grain, 0.25).save(out, "JPEG", quality=80)
    return out.getvalue()


def day(wire: Wire, device: str, handed: list[tuple[UUID, list[str]]], data: bytes, wrong: list[str]) -> None:
    """One tablet comes into the network in the evening and sends its whole day."""
    tablet = Tablet(wire, device=device)  # type: ignore[arg-type]
    for visit, items in handed:
        fill_in(tablet, visit, items, data + device.encode())
    if tablet.contact().status_code != 200:
        wrong.append("contact")
    for visit, _items in handed:
        made = tablet.made[str(visit)]
        for start in range(0, len(made), BATCH):
            answer = tablet.send(visit, made[start : start + BATCH])
            if answer.status_code != 200 or len(answer.json["kept"]) != len(made[start : start + BATCH]):
                wrong.append(f"entries {answer.status_code}")
        for photo in [one for one in tablet.photos.values() if one.visit == str(visit)]:
            _send(tablet, photo, wrong)
        told = tablet.receipt(visit)
        if told.status_code != 200 or not told.json["complete"] or told.json["digest"] != tablet.digest(visit):
            wrong.append(f"receipt {told.status_code}")
        if wire.get(f"/tablet/visits/{visit}").status_code != 200:
            wrong.append("pack")


def _send(tablet: Tablet, photo: Photo, wrong: list[str]) -> None:
    for start in range(0, len(photo.data), PART):
        answer = tablet.part(photo, start, PART)
        if answer.status_code != 200:
            wrong.append(f"photo {answer.status_code} {answer.data[:200]!r}")
            return
    if not answer.json["complete"]:
        wrong.append("photo not whole")


def sign_in(port: int, username: str, taken: list[tuple[str, float]]) -> Wire:
    """A signed-in connection."""
    wire = Wire(port, taken)
    page = wire.get("/sign-in").data.decode()
    token = page.split('name="csrf_token"')[1].split('value="')[1].split('"')[0]
    body = urlencode({"identity": username, "password": PASSWORD, "csrf_token": token}).encode()
    answer = wire.open("POST", "/sign-in", body, {"Content-Type": "application/x-www-form-urlencoded"})
    assert answer.status_code == 302, answer.status_code
    taken.clear()
    return wire


def thirty(folder: Path) -> Iterator[dict[str, Any]]:
    """Thirty tablets send a whole day at once to the product as ``compliance run`` serves it, on SQLite."""
    app, world = build(folder)
    days = []
    with app.app_context():
        for number in range(TABLETS):
            person = people.create_person(
                world.system, f"Inspector {number}", f"tablet{number}", PASSWORD, {Role.inspector}
            )
            days.append([hand_out(world, person.id) for _ in range(VISITS)])
        session().execute(sa.update(User).values(demo=False))
        session().commit()
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    server = _serve(folder, port)
    try:
        taken: list[list[tuple[str, float]]] = [[] for _ in range(TABLETS)]
        wires = [sign_in(port, f"tablet{number}", taken[number]) for number in range(TABLETS)]
        data, wrong = photograph(), list[str]()
        threads = [
            threading.Thread(target=day, args=(wire, str(uuid.uuid4()), handed, data, wrong))
            for wire, handed in zip(wires, days, strict=True)
        ]
        began = time.perf_counter()
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        whole = time.perf_counter() - began
    finally:
        os.killpg(server.pid, signal.SIGTERM)
        server.wait(20)
    with app.app_context():
        kept = session().execute(sa.text("SELECT count(*) FROM answer_event WHERE source = 'tablet'")).scalar()
        photos = session().execute(sa.text("SELECT count(*) FROM evidence")).scalar()
        left = session().execute(sa.text("SELECT count(*) FROM photo_part")).scalar()
    expected = TABLETS * VISITS * (80 + PHOTOS), TABLETS * VISITS * PHOTOS, 0
    assert not wrong, wrong[:5]
    assert (kept, photos, left) == expected, (kept, photos, left)
    times = sorted(ms for one in taken for _, ms in one)
    for what in sorted({what for one in taken for what, _ in one}):
        some = sorted(ms for one in taken for name, ms in one if name == what)
        print(f"  {what}: n {len(some)}, median {some[len(some) // 2]:.0f}, p99 {some[int(len(some) * 0.99)]:.0f}, "
              f"worst {some[-1]:.0f} ms", file=sys.stderr)  # fmt: skip
    yield {
        "name": "sync_30_tablets_p99_ms",
        "value": round(times[int(len(times) * 0.99)], 1),
        "unit": "ms",
        "n": len(times),
        "errors": len(wrong),
        "median_ms": round(times[len(times) // 2], 1),
        "worst_ms": round(times[-1], 1),
        "seconds": round(whole, 1),
        "entries": kept,
        "photos": photos,
        "photo_kb": len(data) // 1024,
    }


def _serve(folder: Path, port: int) -> "subprocess.Popen[bytes]":
    environment = {
        **os.environ,
        "COMPLIANCE_INSTANCE": str(folder),
        "COMPLIANCE_DATABASE_URL": f"sqlite:///{folder}/bench.db",
        "COMPLIANCE_MODE": "production",
        "COMPLIANCE_SECRET_KEY": SECRET,
        "COMPLIANCE_PUBLIC_URL": f"http://127.0.0.1:{port}",
    }
    program = Path(sys.executable).parent / "compliance"
    server = subprocess.Popen(
        [program, "run", "--port", str(port)], env=environment, stdout=subprocess.DEVNULL, start_new_session=True
    )
    for _ in range(300):
        with socket.socket() as probe:
            if probe.connect_ex(("127.0.0.1", port)) == 0:
                return server
        time.sleep(0.1)
    raise RuntimeError("the server did not start")


def main() -> None:
    """Print one JSON object a line."""
    with tempfile.TemporaryDirectory() as folder:
        for line in cost(Path(folder) / "cost"):
            print(json.dumps(line), flush=True)
        for line in thirty(Path(folder) / "thirty"):
            print(json.dumps(line), flush=True)


if __name__ == "__main__":
    main()
