"""A tablet calls: who has it, how it is, what is handed out, what the office asks of it, and the key it may need."""

import base64
import uuid
from datetime import UTC, datetime, timedelta

import pytest

from compliance.shared import audit, clock
from compliance.shared.problems import NotFound, Problem
from compliance.visits import store as visits
from compliance.visits import store_tablets
from compliance.visits.sync import Order
from tests.tablets import Tablet

pytestmark = pytest.mark.usefixtures("on_both_databases")


@pytest.fixture
def row_of(acting, world):
    """What the office knows of a tablet."""

    def read(one):
        def known():
            row = store_tablets.tablet(world.system, uuid.UUID(one.device))
            return {name: getattr(row, name) for name in type(row).__table__.columns.keys()}  # noqa: SIM118

        return acting(known)

    return read


def test_the_session_says_who_is_there_and_gives_a_token(sign_in, world):
    told = sign_in("inspector").http.get("/tablet/session").json
    assert told["person"] == str(world.people["inspector"]) and told["name"] == "Inspector One"
    assert told["language"] in ("en", "zh_Hans_CN") and told["csrf"] and told["release"]
    assert told["association"]["en"] and told["association"]["zh_Hans_CN"]
    assert abs(datetime.fromisoformat(told["now"]) - datetime.now(UTC)) < timedelta(minutes=1)


def test_a_tablet_registers_at_its_first_call_and_tells_how_it_is(sign_in, world, row_of):
    one = Tablet(sign_in("inspector").http, ahead=timedelta(hours=2))
    answer = one.contact(
        label="Tablet 3", agent="Chromium", release="r1", persisted=False,
        unsent={"entries": 7, "photos": 2, "oldest": "2026-11-20T01:00:00.000Z"}, troubles=["quota", "x" * 900],
    )  # fmt: skip
    assert answer.status_code == 200
    assert -7210 < answer.json["drift_seconds"] < -7190
    assert set(answer.json["policy"]) == {"idle_minutes", "keep_days", "wipe_days", "warn_hours"}
    row = row_of(one)
    assert (row["person_id"], row["label"], row["release"]) == (world.people["inspector"], "Tablet 3", "r1")
    assert (row["unsent_entries"], row["unsent_photos"], row["persisted"]) == (7, 2, False)
    assert row["unsent_oldest"].isoformat() == "2026-11-20T01:00:00+00:00"
    assert row["drift_seconds"] == answer.json["drift_seconds"]
    assert row["troubles"] == ["quota", "x" * 200]


def test_only_open_and_sealed_visits_of_one_s_own_are_named(tablet, handed, acting, world):
    mine, theirs = handed(0), handed(1, "inspector2")
    told = tablet().contact().json["visits"]
    assert [(one["id"], one["state"]) for one in told] == [(str(mine), "handed_out")]
    assert str(theirs) not in str(told)
    acting(lambda: visits.cancel(world.actor("coordinator"), visits.get(world.system, mine), "Called off."))
    assert tablet().contact().json["visits"] == []


@pytest.mark.parametrize(
    "said",
    [
        {"at": None},
        {"at": "x" * 100_000},
        {"unsent": "much"},
        {"unsent": {"entries": -5, "photos": 10**30, "oldest": "long ago"}},
        {"troubles": {"a": 1}},
        {"troubles": [1, None, {}]},
        {"label": 5, "agent": ["x"], "release": {}, "persisted": "yes"},
        {"done": ["x", 5, str(uuid.uuid4())]},
        {"label": "\x00\u202e<script>\n" + "长" * 500},
    ],
)
def test_nothing_that_a_tablet_says_of_itself_is_a_reason_to_refuse_its_call(tablet, said, row_of):
    one = tablet()
    assert one.contact(**said).status_code == 200
    row = row_of(one)
    assert 0 <= row["unsent_entries"] <= 10**6 and 0 <= row["unsent_photos"] <= 10**6
    assert len(row["label"]) <= 80 and "\x00" not in row["label"] and "\n" not in row["label"]


@pytest.mark.parametrize("device", [None, 5, "tablet", "A" * 36, "6C715017-BC03-4AD2-B232-41CF839604EA"])
def test_a_tablet_says_which_one_it_is(tablet, device):
    answer = tablet().post("/tablet/contact", {"device": device})
    assert answer.status_code == 422 and answer.json["code"] == "device-id"


def test_another_s_tablet_is_another_s(tablet, sign_in, row_of, world):
    theirs = tablet("inspector2")
    forged = Tablet(sign_in("inspector").http, device=theirs.device)
    answer = forged.contact(label="Mine now")
    assert answer.status_code == 409 and answer.json["code"] == "device-foreign" and "recovery" not in answer.json
    assert row_of(theirs)["person_id"] == world.people["inspector2"]


def test_the_key_is_given_at_first_and_later_only_after_a_sign_in(sign_in, acting):
    one = Tablet(sign_in("inspector").http)
    key = one.contact().json["recovery"]
    assert len(base64.b64decode(key)) == 32
    assert one.contact().json["recovery"] == key, "the first answer may be lost"
    with clock.at(clock.now() + timedelta(hours=1)):
        assert "recovery" not in one.contact().json
        assert "recovery" not in one.contact(recover=True).json, "nobody has signed in just now"
        with one.http.session_transaction() as kept:
            kept["fs_paa"] = clock.now().timestamp()
        assert "recovery" not in one.contact().json, "nobody asked"
        assert one.contact(recover=True).json["recovery"] == key
    other = Tablet(sign_in("inspector").http)
    assert other.contact().json["recovery"] != key
    verbs = acting(lambda: [line.verb for line in audit.about(uuid.UUID(one.device))])
    assert verbs == ["tablet.key_given", "tablet.registered"]
    assert not acting(lambda: [line for line in audit.about(uuid.UUID(one.device)) if key in str(line.changes)])


def test_calls_are_no_news_for_the_trail_but_a_new_name_is(tablet, acting):
    one = tablet()
    for _ in range(5):
        one.contact(label="Tablet of inspector", agent="test", unsent={"entries": 3})
    one.contact(label="Tablet 9", agent="test")
    verbs = acting(lambda: [line.verb for line in audit.about(uuid.UUID(one.device))])
    assert verbs == ["tablet.described", "tablet.registered"]


def test_what_the_office_asks_is_told_until_the_tablet_has_done_it(tablet, acting, world, handed):
    one, visit = tablet(), handed()

    def ask(kind, visit_id=None):
        row = store_tablets.tablet(world.system, uuid.UUID(one.device))
        return str(store_tablets.order(world.actor("coordinator"), row, kind, "It was lost.", visit_id).id)

    wipe = acting(lambda: ask(Order.wipe))
    discard = acting(lambda: ask(Order.discard, visit))
    assert acting(lambda: ask(Order.wipe)) == wipe, "the same wish twice is one"
    orders = one.contact().json["orders"]
    assert orders == [
        {"id": wipe, "kind": "wipe", "visit": None, "reason": "It was lost."},
        {"id": discard, "kind": "discard", "visit": str(visit), "reason": "It was lost."},
    ]
    assert one.contact().json["orders"] == orders
    assert [o["id"] for o in one.contact(done=[wipe]).json["orders"]] == [discard]
    assert one.contact(done=[discard, wipe]).json["orders"] == []
    for wrong in (lambda: ask(Order.discard), lambda: ask(Order.discard, uuid.uuid4())):
        with pytest.raises((Problem, NotFound)):
            acting(wrong)


def test_the_office_sees_its_own_tablets_and_which_have_something_old_on_them(tablet, sign_in, acting, world):
    fresh, old = tablet("inspector"), tablet("inspector2")
    fresh.contact(unsent={"entries": 1, "photos": 0, "oldest": fresh.now()})
    with clock.at(clock.now()):
        old.contact(unsent={"entries": 0, "photos": 4, "oldest": "2026-01-01T00:00:00.000Z"})
    stranger = Tablet(sign_in("stranger").http)
    stranger.contact(unsent={"entries": 9, "photos": 0, "oldest": "2026-01-01T00:00:00.000Z"})
    since = clock.now() - timedelta(hours=24)
    coordinator = lambda: world.actor("coordinator")  # noqa: E731
    assert acting(lambda: [str(row.id) for row in store_tablets.unsent_of(coordinator(), since)]) == [old.device]
    assert acting(lambda: {str(row.id) for row in store_tablets.tablets(coordinator())}) == {fresh.device, old.device}
    with pytest.raises(NotFound):
        acting(lambda: store_tablets.tablet(coordinator(), uuid.UUID(stranger.device)))


def test_nobody_registers_tablets_without_an_end(sign_in, monkeypatch):
    monkeypatch.setattr(store_tablets, "MOST_TABLETS", 3)
    http = sign_in("inspector").http
    for _ in range(3):
        assert Tablet(http).contact().status_code == 200
    answer = Tablet(http).contact()
    assert answer.status_code == 409 and answer.json["code"] == "devices-too-many"
    with clock.at(clock.now() + store_tablets.OUT_OF_USE + timedelta(days=1)):
        assert Tablet(http).contact().status_code == 200
