"""Interviews that a tablet has closed: kept under the key of their visit, once, whenever they come."""

import base64
import json
from typing import Any
from uuid import UUID, uuid4

import pytest
import sqlalchemy as sa

from compliance.casework import sealing
from compliance.checklists.interviews import Setting
from compliance.interviews import store
from compliance.shared import envelopes
from compliance.shared.database import session
from compliance.visits import store as visits
from compliance.visits import store_aside
from tests.casework import made

pytestmark = pytest.mark.usefixtures("on_both_databases")

SAID = {
    "setting": "alone", "language": "zh", "people": 1, "brought": False, "notice": True, "consent": True,
    "answers": {"mistakes": {"answer": "struck"}}, "note": "Li Lan was struck at the press",
}  # fmt: skip
PHONE = "138 0000 0000"


class Asking:
    """A tablet on which somebody is asked."""

    def __init__(self, tablet: Any, visit: UUID) -> None:
        self.tablet, self.visit = tablet, visit
        self.carried = tablet.http.get(f"/tablet/visits/{visit}").json["interviews"]

    def closed(self, kind: str, id: UUID, clear: bytes) -> str:
        label = {"sealed": "interview", "contact": "interview_contact"}[kind]
        key = base64.b64decode(self.carried["key"])
        return base64.b64encode(envelopes.close(key, f"{label} {self.visit} {id}", clear)).decode()

    def enter(self, kind: str, clear: bytes) -> dict[str, Any]:
        id = uuid4()
        return self.tablet.enter(self.visit, "@interview", f"{kind}:{id}", self.closed(kind, id, clear))

    def interview(self, **other: Any) -> dict[str, Any]:
        return self.enter("sealed", json.dumps({**SAID, **other}).encode())


def test_what_a_tablet_closed_is_kept_and_opened_by_those_who_may(tablet, handed, acting, world):
    one = Asking(tablet(), visit := handed())
    one.interview()
    one.enter("contact", PHONE.encode())
    one.tablet.enter(visit, "@interview", f"card:{uuid4()}", True)

    said = one.tablet.send(visit).json

    assert len(said["kept"]) == 3 and not said["refused"]
    [record] = acting(lambda: store.read(world.actor("reviewer"), visit))
    assert record.note == SAID["note"] and record.given[0].said == "挨打或者被关"
    assert acting(lambda: store.contacts(world.actor("coordinator"), visit)) == [PHONE]
    assert acting(lambda: store.again(visit).cards) == 1


def test_sent_twice_they_are_kept_once_and_the_receipt_is_whole(tablet, handed, acting, world):
    one = Asking(tablet(), visit := handed())
    one.interview()
    one.enter("contact", PHONE.encode())
    one.tablet.enter(visit, "@interview", f"card:{uuid4()}", True)
    one.tablet.send(visit)

    assert len(one.tablet.send(visit).json["known"]) == 3

    assert acting(lambda: store.kept(visit)) == {Setting.alone: 1}
    assert acting(lambda: store.contacts(world.actor("coordinator"), visit)) == [PHONE]
    assert acting(lambda: store.again(visit).cards) == 1
    told = one.tablet.receipt(visit).json
    assert told["complete"] and told["digest"] == one.tablet.digest(visit)


def test_among_the_entries_of_the_visit_only_a_digest_stays(tablet, handed, on_server, acting):
    one = Asking(tablet(), visit := handed())
    entry = one.interview()
    one.tablet.send(visit)

    [event] = on_server(visit)
    assert len(event.value) == 64
    assert entry["value"] not in tablet().http.get(f"/tablet/visits/{visit}").text

    def everywhere() -> bytes:
        connection = session().connection()
        tables = sa.inspect(connection).get_table_names()
        rows = (row for table in tables for row in connection.execute(sa.text(f'SELECT * FROM "{table}"')))
        values = (value for row in rows for value in row)
        return b"".join(bytes(one) if isinstance(one, bytes | memoryview) else str(one).encode() for one in values)

    stored = acting(everywhere)
    assert b"Li Lan" not in stored and entry["value"].encode() not in stored


def test_what_does_not_open_is_refused_and_costs_no_other_entry(tablet, handed, acting):
    one = Asking(tablet(), visit := handed())
    one.tablet.enter(visit, "@interview", f"sealed:{uuid4()}", one.closed("sealed", uuid4(), b"{}"))
    one.tablet.enter(visit, "@interview", f"contact:{uuid4()}", one.closed("contact", uuid4(), b"?"))
    one.interview(consent=False)
    one.tablet.enter(visit, "@interview", f"sealed:{uuid4()}", "in clear: he was struck")
    one.tablet.enter(visit, "@interview", f"told:{uuid4()}", "x")
    one.tablet.enter(visit, "SAF04", "verdict", "compliant")

    said = one.tablet.send(visit).json

    assert [refused["code"] for refused in said["refused"]] == [
        "not-an-envelope", "field-unknown", "interview-unreadable", "interview-unreadable", "interview-consent",
    ]  # fmt: skip
    assert len(said["kept"]) == 1 and acting(lambda: store.kept(visit)) == {}


def test_one_that_comes_after_the_seal_is_kept_all_the_same_and_asks_no_reviewer(tablet, acting, world):
    visit = acting(lambda: made.handed_out(world))
    one = Asking(tablet(), visit)
    one.interview()
    acting(lambda: sealing.seal(world.actor("inspector"), visit))

    assert [aside["code"] for aside in one.tablet.send(visit).json["aside"]] == ["sealed"]

    assert acting(lambda: store.kept(visit)) == {Setting.alone: 1}
    assert acting(lambda: store_aside.undecided(visits.get(world.actor("reviewer"), visit))) == 0
    assert one.tablet.receipt(visit).json["complete"]


def test_nobody_else_sends_interviews(tablet, handed, acting):
    one, other = Asking(tablet(), visit := handed()), tablet("inspector2")
    one.interview()
    other.made = one.tablet.made

    assert [refused["code"] for refused in other.send(visit).json["refused"]] == ["visit-unknown"]
    assert acting(lambda: store.kept(visit)) == {}


def test_the_pack_tells_what_to_ask_without_what_is_wrong_or_whose_key_opens(tablet, handed):
    one = Asking(tablet(), handed())

    assert set(one.carried) == {"key", "days", "signs", "languages", "notice", "consent", "questions"}
    assert len(base64.b64decode(one.carried["key"])) == 65 and one.carried["days"] == 365
    assert {"en", "zh"} <= set(one.carried["languages"]) and "PUN01" in one.carried["signs"]
    assert all(set(answer) == {"id", "text"} for question in one.carried["questions"] for answer in question["answers"])
