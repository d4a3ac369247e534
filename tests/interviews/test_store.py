"""Interviews under seal: kept once, opened by few and seen on the trail, told as counts, forgotten on their day."""

import json
from datetime import date, timedelta
from uuid import UUID, uuid4

import pytest
import sqlalchemy as sa
from flask import Flask
from hypothesis import given
from hypothesis import strategies as st
from sqlmodel import Session, select

from compliance.casework import jobs
from compliance.checklists.interviews import Setting
from compliance.interviews import records, store
from compliance.interviews.models import Interview, InterviewTold
from compliance.interviews.rules import Says
from compliance.people.rules import Actor
from compliance.shared import audit, clock, envelopes, sealed_keys
from compliance.shared.crypto import SealBroken
from compliance.shared.problems import Conflict, Problem
from compliance.shared.sealed_keys import KeyDestroyed
from tests.casework import made
from tests.world import World

TODAY = date(2026, 11, 20)
SECRET = "Li Lan was struck at 14:05"


def answers(**said: str) -> dict[str, dict[str, str]]:
    return {question.replace("_", "-"): {"answer": answer} for question, answer in said.items()}


def raw(setting: str = "alone", *, note: str = "", brought: bool = False, **said: str) -> dict[str, object]:
    """What a page or a tablet enters."""
    return {
        "setting": setting,
        "language": "zh",
        "people": 4 if setting == "group" else 1,
        "brought": brought,
        "notice": True,
        "consent": True,
        "answers": answers(**said),
        "note": note,
    }


@pytest.fixture
def visit(app: Flask, world: World, db_session: Session) -> UUID:
    return made.handed_out(world)


@pytest.fixture
def actor(world: World, db_session: Session) -> Actor:
    return world.actor("inspector")


def keep(actor: Actor, visit: UUID, entered: dict[str, object]) -> Interview:
    row = store.close(actor, visit, uuid4(), records.made(store.form(), entered), TODAY)
    store.session().commit()
    return row


@given(st.binary(max_size=300), st.data())
def test_an_envelope_opens_with_its_private_key_and_label_alone(clear: bytes, data: st.DataObject) -> None:
    private, public = envelopes.new_pair()
    envelope = envelopes.close(public, "a", clear)

    assert envelopes.open_with(private, "a", envelope) == clear
    changed = bytearray(envelope)
    bit = data.draw(st.integers(0, len(envelope) * 8 - 1))
    changed[bit // 8] ^= 1 << bit % 8
    for key, label, sealed in (
        (envelopes.new_pair()[0], "a", envelope),
        (private, "b", envelope),
        (private, "a", bytes(changed)),
        (private, "a", envelope[:60]),
    ):
        with pytest.raises(SealBroken):
            envelopes.open_with(key, label, sealed)


def test_what_was_said_stands_nowhere_in_clear(actor: Actor, visit: UUID, db_session: Session) -> None:
    keep(actor, visit, raw(mistakes="struck", note=SECRET))
    store.keep_contact(actor, visit, "138 0000 0000", TODAY)
    store.session().commit()

    connection = store.session().connection()
    for table in sa.inspect(connection).get_table_names():
        for row in connection.execute(sa.text(f'SELECT * FROM "{table}"')):
            for value in row:
                stored = bytes(value) if isinstance(value, bytes | memoryview) else str(value).encode()
                if table != "checklist_version":
                    assert SECRET.encode() not in stored and b"138 0000" not in stored, table
                    assert b"struck" not in stored or table.startswith(("item", "evidence")), table


def test_a_reader_gets_it_back_and_stands_on_the_trail(world: World, actor: Actor, visit: UUID) -> None:
    keep(actor, visit, raw(mistakes="struck", note=SECRET))
    keep(actor, visit, raw("group", day_off="long-ago"))

    found = store.read(world.actor("reviewer"), visit)
    store.session().commit()

    assert {one.setting for one in found} == set(Setting)
    [alone] = [one for one in found if one.setting is Setting.alone]
    assert alone.note == SECRET and alone.given[0].said == "挨打或者被关" and alone.given[0].shortfall
    line = audit.about(visit)[0]
    assert (line.verb, line.person_id, line.changes["note"]) == (
        "interview.read", world.people["reviewer"], {"interviews": 2},
    )  # fmt: skip
    assert audit.first_broken_line() is None


def test_the_same_envelope_again_changes_nothing_and_another_one_is_refused(actor: Actor, visit: UUID) -> None:
    row = keep(actor, visit, raw(mistakes="talk"))

    assert store.keep(actor, visit, row.id, row.envelope, TODAY) is row
    with pytest.raises(Conflict):
        store.keep(actor, visit, row.id, row.envelope + b"x", TODAY)
    with pytest.raises(Problem, match="does not open"):
        store.keep(actor, visit, uuid4(), row.envelope, TODAY)


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"consent": False}, "interview-consent"),
        ({"notice": None}, "interview-consent"),
        ({"setting": "party"}, "interview-shape"),
        ({"language": "xx"}, "interview-language"),
        ({"answers": {}}, "interview-empty"),
        ({"answers": {"mistakes": {"answer": "danced"}}}, "interview-answer"),
        ({"answers": {"shoes": {"answer": "talk"}}}, "interview-question"),
        ({"setting": "group", "people": 4, "answers": {"last-pay": {"answer": "late"}}}, "interview-question"),
        ({"setting": "group", "people": 1}, "interview-people"),
    ],
)
def test_what_cannot_be_an_interview_is_refused(change: dict[str, object], code: str) -> None:
    with pytest.raises(Problem) as problem:
        records.made(store.form(), {**raw(mistakes="talk"), **change})
    assert problem.value.code == code


def test_counts_leave_out_groups_and_those_who_were_brought_and_who_did_not_say() -> None:
    entered = [raw(day_off="this-week"), raw(day_off="long-ago"), raw(day_off="long-ago", brought=True),
               raw("group", day_off="long-ago"), raw(day_off="did-not-say", sleep="home")]  # fmt: skip
    counts = records.counted(records.made(store.form(), one) for one in entered)

    assert (counts["day-off"].asked, counts["day-off"].told) == (2, 1)
    assert (counts["sleep"].asked, counts["sleep"].told) == (1, 0)


def test_counts_are_told_once_far_enough_apart_and_frozen(world: World, actor: Actor, visit: UUID) -> None:
    reviewer = world.actor("reviewer")
    for said in ["this-week"] * 6 + ["long-ago"] * 5:
        keep(actor, visit, raw(day_off=said, sleep="home"))
    store.tell(reviewer, visit)
    store.session().commit()
    first = store.told([visit])[visit]
    assert (first["day-off"].says, first["day-off"].asked, first["day-off"].told) == (Says.exactly, 11, 5)
    assert first["sleep"].says is Says.nothing

    for said in ["long-ago"] * 4:
        keep(actor, visit, raw(day_off=said))
        assert store.tell(reviewer, visit) == []
        store.session().commit()
        assert store.told([visit])[visit] == first, "one more would be known by what is told anew"
    for said in ["this-week"] * 5 + ["long-ago"]:
        keep(actor, visit, raw(day_off=said))
    store.tell(reviewer, visit)
    store.session().commit()

    now = store.told([visit])[visit]["day-off"]
    assert (now.says, now.asked, now.told) == (Says.exactly, 21, 10)
    rows = store.session().exec(select(InterviewTold).where(InterviewTold.question == "day-off")).all()
    assert [row.number for row in rows] == [1, 2]


def test_on_its_day_the_key_goes_and_the_chain_stays_whole(
    world: World, actor: Actor, visit: UUID, monkeypatch: pytest.MonkeyPatch
) -> None:
    keep(actor, visit, raw(mistakes="struck", note=SECRET))
    store.keep_contact(actor, visit, "138 0000 0000", TODAY)
    store.session().commit()

    def on(day: date) -> None:
        monkeypatch.setattr(clock, "today", lambda _zone: day)
        jobs.destroy_due_keys()

    on(TODAY + timedelta(days=29))
    assert store.contacts(world.actor("coordinator"), visit) == ["138 0000 0000"]
    store.session().commit()
    on(TODAY + timedelta(days=30))
    with pytest.raises(KeyDestroyed):
        store.contacts(world.actor("coordinator"), visit)
    store.session().rollback()
    assert len(store.read(world.actor("reviewer"), visit)) == 1, "the answers have a key of their own"
    store.session().commit()
    on(TODAY + timedelta(days=365))
    with pytest.raises(KeyDestroyed):
        store.read(world.actor("reviewer"), visit)
    store.session().rollback()
    assert audit.first_broken_line() is None
    key = sealed_keys.of("interview", visit)
    assert key is not None and key.wrapped is None


def test_those_who_agreed_are_asked_again_on_a_drawn_day_and_noted_as_counts(
    world: World, actor: Actor, visit: UUID
) -> None:
    store.give_card(actor, visit, TODAY)
    store.session().commit()
    row = store.again(visit)
    assert row is not None and 7 <= (row.due_on - TODAY).days <= 14 and row.cards == 1
    assert store.to_ask_again(TODAY + timedelta(days=6)) == []
    assert store.to_ask_again(TODAY + timedelta(days=14)) == [row]

    coordinator = world.actor("coordinator")
    with pytest.raises(Problem, match="No more than were asked"):
        store.asked_again(coordinator, row, TODAY, asked=1, still_there=2, worse_off=0)
    store.asked_again(coordinator, row, TODAY + timedelta(days=14), asked=3, still_there=2, worse_off=1)
    store.session().commit()
    assert store.to_ask_again(TODAY + timedelta(days=99)) == []
    with pytest.raises(Conflict):
        store.asked_again(coordinator, row, TODAY, asked=1, still_there=1, worse_off=0)
    store.session().rollback()


def test_what_a_tablet_entered_opens_as_a_record(actor: Actor, visit: UUID) -> None:
    public = store.door(actor, visit, TODAY).public_key
    id = uuid4()
    envelope = envelopes.close(public, f"interview {visit} {id}", json.dumps(raw(mistakes="talk")).encode())

    store.keep(actor, visit, id, envelope, TODAY)
    store.session().commit()

    [record] = store.read(actor, visit)
    assert record.given[0].answer == "talk"
    store.session().rollback()
