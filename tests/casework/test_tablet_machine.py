"""Tablets and server with a bad network between them: messages are lost, repeated, reordered and delayed, visits are
sealed and opened again in the middle. In the end everything that a tablet showed as saved is on the server, once.
"""

import uuid
from collections import Counter
from datetime import timedelta
from typing import Any

import hypothesis
import hypothesis.strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)

from compliance.casework import sealing
from compliance.shared import audit
from compliance.shared.database import session
from compliance.visits import store as visits
from compliance.visits import store_aside
from compliance.visits.rules import Outcome, Route, Source, State
from tests.soak import examples
from tests.tablets import Tablet, digest_of, picture

WHO = ("inspector", "inspector2", "inspector")  # the third is a second tablet of the first
AHEAD = (timedelta(), timedelta(days=3650), timedelta(days=-9000))
FIELDS = (("SAF04", "note"), ("SAF04", "good"), ("WAG01", "note"), ("SAF01", "verdict"), ("SAF01", "known:document"))
VALUES = {
    "verdict": ("compliant", "partial", "non_compliant", None),
    "known:document": (True, False),
    "note": ("Seen 看到", "", None),
    "good": ("A good thing", "Another", None),
}
FATES = ("arrives", "arrives", "request lost", "answer lost", "delayed", "repeated")
tablets, places, fates = st.integers(0, 2), st.integers(0, 1), st.sampled_from(FATES)


class Field(RuleBasedStateMachine):
    """Three tablets, two visits, one server. What ``saved`` holds was shown to the inspector as saved."""

    stage: Any = None
    kind = "sqlite"

    @initialize()
    def morning(self) -> None:
        """The visits are handed out, the tablets have called once."""
        self.app, self.world = self.stage.set_up(self.kind)
        with self.app.app_context():
            coordinator = self.world.actor("coordinator")
            self.visits = []
            for place in range(2):
                visit = visits.plan(
                    coordinator, self.world.workplaces[place], planned_for=visits.today(coordinator),
                    route=Route.targeted,
                    inspector_ids=[self.world.people["inspector"], self.world.people["inspector2"]],
                )  # fmt: skip
                visits.hand_out(coordinator, visit)
                self.visits.append(visit.id)
            session().commit()
        self.tablets = []
        for who, ahead in zip(WHO, AHEAD, strict=True):
            http = self.app.test_client()
            with http.session_transaction() as kept:
                kept |= {"_user_id": self.world.uniquifiers[who], "_fresh": True}
            self.tablets.append(Tablet(http, ahead=ahead))
            assert self.tablets[-1].contact().status_code == 200
        self.todo: list[dict[str, dict[str, Any]]] = [{} for _ in self.tablets]
        self.wrong: set[str] = set()
        self.reached: set[str] = set()  # entries of which some message arrived at the server
        self.waiting: list[set[str]] = [set() for _ in self.tablets]  # photos not known to be whole
        self.delayed: list[tuple[int, int, list[dict[str, Any]]]] = []

    # -- what people do -------------------------------------------------------------

    @rule(tablet=tablets, place=places, key=st.sampled_from(FIELDS), data=st.data())
    def answer(self, tablet: int, place: int, key: tuple[str, str], data: Any) -> None:
        """An answer, which may replace one that this tablet knows."""
        one, visit = self.tablets[tablet], self.visits[place]
        mine = [e["id"] for e in one.made.get(str(visit), []) if (e["item"], e["field"]) == key]
        replaces = data.draw(st.sampled_from([[], mine[-1:]])) if mine else []
        value = data.draw(st.sampled_from(VALUES[key[1]]))
        self._saved(tablet, one.enter(visit, *key, value, replaces=replaces))

    @rule(tablet=tablets, place=places)
    def nonsense(self, tablet: int, place: int) -> None:
        """An entry that can never stand."""
        entry = self.tablets[tablet].enter(self.visits[place], "SAF04", "verdict", "splendid")
        self.wrong.add(entry["id"])
        self._saved(tablet, entry)

    @rule(tablet=tablets, place=places, shade=st.integers(0, 2))
    def photo(self, tablet: int, place: int, shade: int) -> None:
        """A photo; the same picture may be taken twice."""
        photo = self.tablets[tablet].take(self.visits[place], "SAF04", picture(shade))
        self.waiting[tablet].add(photo.id)
        self._saved(tablet, self.tablets[tablet].made[photo.visit][-1])

    def _saved(self, tablet: int, entry: dict[str, Any]) -> None:
        self.todo[tablet][entry["id"]] = entry

    # -- what the network does -------------------------------------------------------------

    @rule(tablet=tablets, place=places, fate=fates, data=st.data())
    def send(self, tablet: int, place: int, fate: str, data: Any) -> None:
        """A batch of what is unsent, in any order."""
        visit = str(self.visits[place])
        unsent = [e for e in self.tablets[tablet].made.get(visit, []) if e["id"] in self.todo[tablet]]
        if not unsent:
            return
        batch = data.draw(st.permutations(unsent))[: data.draw(st.integers(1, len(unsent)))]
        if fate == "request lost":
            return
        if fate == "delayed":
            self.delayed.append((tablet, place, batch))
            return
        answer = self._deliver(tablet, place, batch)
        if fate == "repeated":
            answer = self._deliver(tablet, place, batch)
        if fate != "answer lost":
            self._hear(tablet, place, answer)

    @precondition(lambda self: getattr(self, "delayed", None))
    @rule(data=st.data(), again=st.booleans())
    def delayed_message(self, data: Any, again: bool) -> None:
        """One of the messages that were under way arrives; nobody listens for its answer any more."""
        place = data.draw(st.integers(0, len(self.delayed) - 1))
        self._deliver(*self.delayed[place])
        if not again:
            self.delayed.pop(place)

    @rule(tablet=tablets, fate=fates, size=st.sampled_from([100, 300, 10_000]))
    def send_photo_part(self, tablet: int, fate: str, size: int) -> None:
        """The next part of a photo, from where the server says it is."""
        if not self.waiting[tablet]:
            return
        one = self.tablets[tablet]
        photo = one.photos[min(self.waiting[tablet])]
        here = one.http.get(f"/tablet/photos/{photo.id}")
        start = here.json["received"] if here.status_code == 200 else 0
        if fate in ("request lost", "delayed"):
            return
        answer = one.part(photo, start, size)
        if fate == "repeated":
            repeated = one.part(photo, start, size)
            assert repeated.status_code in (200, 409)
        assert answer.status_code == 200, answer.json
        if fate != "answer lost" and answer.json["complete"]:
            self.waiting[tablet].discard(photo.id)

    def _deliver(self, tablet: int, place: int, batch: list[dict[str, Any]]) -> Any:
        answer = self.tablets[tablet].send(self.visits[place], batch)
        assert answer.status_code == 200
        named = Counter(one["id"] for part in answer.json.values() for one in part)
        assert named == Counter(entry["id"] for entry in batch), "each entry is answered once"
        self.reached |= {entry["id"] for entry in batch} - self.wrong
        return answer.json

    def _hear(self, tablet: int, place: int, answer: dict[str, Any]) -> None:
        """The tablet lets go of an entry only when the server names it with the digest that the tablet has of it."""
        one, visit = self.tablets[tablet], str(self.visits[place])
        for told in (*answer["kept"], *answer["known"], *answer["aside"]):
            entry = self.todo[tablet].get(told["id"])
            if entry is not None:
                assert told["sha256"] == digest_of(visit, one.device, entry)
                self.todo[tablet].pop(told["id"])
        for told in answer["refused"]:
            assert told["id"] in self.wrong, told

    # -- what the office does -------------------------------------------------------------

    @rule(place=places)
    def seal(self, place: int) -> None:
        """Somebody seals the visit at the desk; what differs is settled first."""
        with self.app.app_context():
            visit, inspector = visits.get(self.world.system, self.visits[place]), self.world.actor("inspector")
            if visit.state is not State.handed_out:
                return
            closing = visits.Closing(
                visits.today(inspector), "Inspector One", outcome=Outcome.refused, outcome_reason="Nobody opened."
            )
            visits.close(inspector, visit, closing)
            for conflict in visits.answers(visit).conflicts:
                visits.pick(inspector, visit, conflict.events[0].id)
            sealing.seal(inspector, visit.id)
            session().commit()

    @rule(place=places)
    def send_back(self, place: int) -> None:
        """A reviewer opens it again."""
        with self.app.app_context():
            visit = visits.get(self.world.system, self.visits[place])
            if visit.state is State.sealed:
                visits.return_to_inspector(self.world.actor("reviewer"), visit, "Please look again.")
                session().commit()

    # -- what has to be true -------------------------------------------------------------

    @rule(tablet=tablets, place=places)
    def receipt_is_true(self, tablet: int, place: int) -> None:
        """A receipt names exactly what has reached the server, whatever the tablet knows of it."""
        one, visit = self.tablets[tablet], self.visits[place]
        told = one.receipt(visit).json
        made = one.made.get(str(visit), [])
        here = [entry for entry in made if entry["id"] in self.reached]
        assert told["entries"] == len(here)
        assert told["missing"]["seqs"] == [entry["seq"] for entry in made if entry["id"] not in self.reached]
        assert told["digest"] == one.digest(visit, here)

    @invariant()
    def what_is_gone_from_a_tablet_is_on_the_server(self) -> None:
        """A tablet never lets go of what has not reached the server."""
        if not hasattr(self, "todo"):
            return
        for one, todo in zip(self.tablets, self.todo, strict=True):
            for made in one.made.values():
                for entry in made:
                    assert entry["id"] in todo or entry["id"] in self.reached

    def teardown(self) -> None:
        """The network is well again: everything is sent; then both sides are compared."""
        if not hasattr(self, "todo"):
            return
        for message in self.delayed:
            self._deliver(*message)
        for tablet, one in enumerate(self.tablets):
            for place, visit in enumerate(self.visits):
                unsent = [e for e in one.made.get(str(visit), []) if e["id"] in self.todo[tablet]]
                if unsent:
                    self._hear(tablet, place, self._deliver(tablet, place, unsent))
            for photo in self.waiting[tablet]:
                assert one.deliver(one.photos[photo], 300).json["complete"]
        for tablet, one in enumerate(self.tablets):
            assert set(self.todo[tablet]) <= self.wrong
            for visit in self.visits:
                self._compare(one, visit)
        with self.app.app_context():
            assert audit.first_broken_line() is None
            session().rollback()

    def _compare(self, one: Tablet, visit: uuid.UUID) -> None:
        made = one.made.get(str(visit), [])
        given_up = [
            {"seq": e["seq"], "id": e["id"], "reason": "It can never stand."} for e in made if e["id"] in self.wrong
        ]
        good = [entry for entry in made if entry["id"] not in self.wrong]
        told = one.receipt(visit, discarded=given_up).json
        assert told["complete"] and told["digest"] == one.digest(visit, good)
        with self.app.app_context():
            row = visits.get(self.world.system, visit)
            beside = store_aside.aside_of(row)
            entered = [e for e in visits.events(row) if e.source is Source.tablet]
            kept = Counter(str(e.id) for e in [*entered, *beside.entries] if e.device == one.device)
            assert kept == Counter(entry["id"] for entry in good), "each once"
            evidence = {row.digest for row in visits.evidence_of(row)} | {row.sha256 for row in beside.photos}
            assert {p.sha256 for p in one.photos.values() if p.visit == str(visit)} <= evidence
            session().rollback()


def test_everything_that_was_saved_is_on_the_server_once_whatever_the_network_does(stage, kind, on_both_databases):
    Field.stage, Field.kind = stage, kind
    run_state_machine_as_test(
        Field,
        settings=hypothesis.settings(
            max_examples=examples(12 if kind == "sqlite" else 4),
            stateful_step_count=40,
            deadline=None,
            suppress_health_check=list(hypothesis.HealthCheck),
        ),
    )
