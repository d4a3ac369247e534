"""Nobody can tell that they were drawn: every byte is the same, and so is every message, feed and file.

A quarter is drawn, and most of its visits to others are made and released, so that there are figures to compare. Then
one more workplace is taken into the draw in the place of another: the reader's own. Its day is drawn, moved, given to
other people, handed out by the clock, refused at the gate, sealed; and it is called off and drawn again.
"""

import re
from datetime import UTC, datetime, timedelta

import pytest
from sqlmodel import select

from compliance.casework import corrections, release, sealing, store_calendar
from compliance.enterprises import store as enterprises
from compliance.enterprises import store_lists
from compliance.people import store as people
from compliance.people import store_field
from compliance.people import store_ties as ties
from compliance.people.rules import Role, TieKind
from compliance.planning import store_drawn, store_instead, store_periods, store_schedule, store_slots
from compliance.planning.models import DrawPeriod
from compliance.planning.models_schedule import VisitSlot
from compliance.planning.settings import Settings
from compliance.shared import clock, jobs
from compliance.shared.database import session
from compliance.shared.outbox import OutgoingMessage
from compliance.visits import store as visits
from compliance.visits.rules import PROFILE, Outcome
from tests.casework import made
from tests.casework.test_non_interference import FOUND, NOW, WORSE, a_past, answer_of, every_page
from tests.soak import SOAK

BEFORE = datetime(2026, 10, 8, 2, tzinfo=UTC)
SETTINGS = Settings(visits=16, inspector_days=32, random_share=100, complaint_share=0, smallest=2)
MADE = 10


class Drawn:
    """The reader's workplace, led through a draw and everything that can become of it before a release."""

    def __init__(self, world, period_id):
        self.world, self.period_id = world, period_id
        self.visit_id = None

    @property
    def coordinator(self):
        return self.world.system  # the one of the world may be the reader

    @property
    def slot(self):
        return session().exec(select(VisitSlot).where(VisitSlot.workplace_id == self.world.workplaces[0])).one()

    @property
    def visit(self):
        row = store_drawn.get(self.world.system, self.slot.drawn_id)
        self.visit_id = row.visit_id or self.visit_id
        return visits.get(self.world.system, self.visit_id)

    def drawn(self):
        """In the place of another one who has no visit yet."""
        period = session().get_one(DrawPeriod, self.period_id)
        row = store_drawn.waiting(self.world.system, period)[0]
        row.enterprise_id, row.workplace_id = self.world.enterprises[0], self.world.workplaces[0]
        swap(row)

    def scheduled(self):
        store_schedule.draw_for(self.coordinator, self.period_id)

    def another_team(self):
        slot = self.slot
        leaving = store_schedule.teams([slot.id])[slot.id][0]
        store_slots.replace(self.coordinator, slot.id, leaving, None, "Ill.")

    def moved(self):
        store_slots.move(self.coordinator, self.slot.id, "Flood.")

    def handed_out_by_the_clock(self):
        self._today()
        jobs.look_round()
        assert self.visit.state == "handed_out"

    def one_falls_ill_after_it(self):
        leaving = visits.inspectors([self.visit.id])[self.visit.id][0]
        store_instead.replace(self.coordinator, self.visit.id, leaving, None, "Ill on the way.")

    def called_off(self):
        visits.cancel(self.coordinator, self.visit, "Nobody could go.")

    def drawn_again(self):
        store_slots.move(self.coordinator, self.slot.id, "Called off.")
        self.handed_out_by_the_clock()

    def under_way(self):
        inspector = self._inspector()
        half = made.answered(self.visit, {})
        visits.enter_answers(inspector, self.visit, half[: len(half) // 2])
        visits.record(inspector, self.visit, {(PROFILE, "workers"): 88, (PROFILE, "dormitory"): True})

    def refused_at_the_gate(self):
        self._close(Outcome.refused, "The gate stayed shut.")
        sealing.seal(self._inspector(), self.visit.id)

    def sealed_after_all(self):
        """The reviewer sent it back, the gate was opened, and it is sealed again."""
        corrections.send_back(self.world.actor("reviewer"), self.visit.id, "Try once more.")
        plain = {answer.item: made.short(answer.item) for answer in WORSE[:1]}
        visits.enter_answers(self._inspector(), self.visit, made.answered(self.visit, plain))
        self._close(Outcome.completed)
        sealing.seal(self._inspector(), self.visit.id)

    def _close(self, outcome, why=""):
        visits.close(
            self._inspector(),
            self.visit,
            visits.Closing(
                visited_on=NOW.date(), inspector_name="Ann", representative_name="Manager", outcome=outcome,
                outcome_reason=why,
            ),
        )  # fmt: skip

    def _inspector(self):
        sent = visits.inspectors([self.visit.id])[self.visit.id]
        return people.actor_of(sent[0], "127.0.0.1", "en")

    def _today(self):
        """Its hour has come: only the slot is touched, so that the clock stands still."""
        slot = self.slot
        slot.day, slot.begins_at = NOW.date(), NOW + timedelta(minutes=30)
        session().add(slot)
        session().commit()

    STEPS = (
        drawn, scheduled, another_team, moved, handed_out_by_the_clock, one_falls_ill_after_it, called_off, drawn_again,
        under_way, refused_at_the_gate, sealed_after_all,
    )  # fmt: skip


# After these steps every page is looked at.
MILESTONES = (
    Drawn.scheduled, Drawn.one_falls_ill_after_it, Drawn.refused_at_the_gate, Drawn.sealed_after_all,
)  # fmt: skip


def swap(row):
    """Another workplace in a drawn row, as if the lot had fallen so; the trail keeps who was drawn out of itself."""
    from compliance.shared import audit

    session().add(row)
    session().flush()
    audit.forget_unwritten()


def a_drawn_quarter(world):
    """A drawn period, most of whose visits to others are made and released; the reader's own is not in it."""
    for who in ("ann", "bea", "cai", "dan"):
        person = people.create_person(world.system, who.capitalize(), who, "plum-Ferry-71-oak", {Role.inspector})
        world.people[who] = person.id
        store_field.set_facts(world.system, person, ["cmn"], woman=True)
    for n in range(28):
        facts = {
            "name": f"Drawn Works {n}", "sector": "C18", "size": "small", "workers": 20 + n, "district": "530102",
        }  # fmt: skip
        enterprises.create(world.system, facts)
    coordinator = world.actor("coordinator")
    period = store_periods.create(
        coordinator, "Autumn", BEFORE.date().replace(day=1), BEFORE.date().replace(month=12, day=31), SETTINGS
    )
    store_periods.freeze(coordinator, period.id)
    store_drawn.make(coordinator, period.id)
    rows = store_drawn.rows(world.system, period)
    own = [row for row in rows if row.enterprise_id in world.enterprises]
    chosen = {row.workplace_id for row in rows}
    others = [
        place for row in enterprises.search(world.system, "Drawn Works", page=1, per_page=50).rows
        for place in enterprises.workplaces_of(world.system, row.id) if place.id not in chosen
    ]  # fmt: skip
    for row, place in zip(own, others, strict=False):
        row.enterprise_id, row.workplace_id = place.enterprise_id, place.id
        swap(row)
    session().commit()
    for number, row in enumerate(store_drawn.waiting(world.system, period)[:MADE]):
        store_drawn.plan_visit(world.system, row.id, BEFORE.date(), [world.people["ann"]])
        visit = visits.get(world.system, row.visit_id)
        visits.hand_out(world.system, visit)
        ann = world.actor("ann")
        found = {answer.item: answer for answer in (FOUND if number % 3 == 0 else ())}
        visits.enter_answers(ann, visit, made.answered(visit, found))
        visits.close(
            ann, visit,
            visits.Closing(visited_on=BEFORE.date(), inspector_name="Ann", representative_name="Manager"),
        )  # fmt: skip
        sealing.seal(ann, visit.id)
        release.release(world.actor("reviewer"), visit.id)
        session().commit()
    return period.id


def messages():
    """Everything that was ever to be sent, whoever gets it."""
    rows = session().exec(select(OutgoingMessage))
    return sorted(repr(sorted((k, str(v)) for k, v in row.model_dump().items())) for row in rows)


TIED = ("coordinator", "inspector", "reviewer")
"""Others who may have a tie; in the long run."""
QUERIES = (
    "?period=quarter&year=2026&quarter=4&sector=C18",
    *(("?view=all&district=530102&counted=1",) if SOAK else ()),
)


def everything(app, world, client, who, visit_id, feed):
    """Every page, with a few of the filters that it may have, and the calendar that others fetch."""
    seen = every_page(app, world, client, who, visit_id)
    for address in [one for one in seen if re.match(r"/trends/", one)]:
        if "?" not in address and seen[address][0] == 200:
            seen |= {address + query: answer_of(client, address + query) for query in QUERIES}
    seen[feed] = answer_of(client, feed)
    seen.pop("/my-days", None)  # on which half-days one is out: that is told, and to nobody else
    return {address: (*got[:2], re.sub(rb'"csrf":"[^"]*"', b"", got[2])) for address, got in seen.items()}


@pytest.mark.parametrize(
    ("who", "large"),
    [("manager", False), ("leader", False), ("leader", True), *((who, False) for who in TIED if SOAK)],
)
def test_no_byte_tells_that_one_is_drawn(app, world, sign_in, monkeypatch, who, large):
    if large:  # its heavy figures are worked out by jobs, and must not tell that something was written since
        monkeypatch.setattr(store_lists, "LARGE", 0)
    with clock.at(BEFORE), app.app_context():
        period_id = a_drawn_quarter(world)
    with clock.at(NOW - timedelta(days=5)), app.app_context():
        visit_id = a_past(world)
        if who != "manager":
            reader = people.get(world.system, world.people[who])
            ties.declare(world.system, reader, world.enterprises[0], TieKind.owner)
        _, token = store_calendar.renew(world.actor(who))
        session().commit()
    client, feed = sign_in(who), f"/calendar/{token}.ics"
    with clock.at(NOW):
        with app.app_context():
            jobs.look_round()  # what the night would do for its own sake
            session().commit()
        everything(app, world, client, who, visit_id, feed)  # first looks leave their mark on the reader's own pages
        before = everything(app, world, client, who, visit_id, feed)
        assert before[feed][0] == 200
        with app.app_context():
            sent = messages()
        hidden = Drawn(world, period_id)
        for step in Drawn.STEPS:
            with app.app_context():
                step(hidden)
                session().commit()
                assert messages() == sent, f"after “{step.__name__}” a message goes out"
            if step not in MILESTONES and not SOAK:
                continue
            now = everything(app, world, client, who, visit_id, feed)
            told = [address for address in before if before[address] != now[address]]
            assert not told, f"after “{step.__name__}” these pages tell {who}: {told[:9]} {_first(before, now, told)}"
        with app.app_context():
            release.release(world.actor("reviewer"), hidden.visit.id)
            session().commit()
        assert everything(app, world, client, who, visit_id, feed) != before, "a release is seen: the comparison works"


def _first(before, now, told):
    old, new = before[told[0]], now[told[0]]
    if old[:2] != new[:2]:
        return f"{old[:2]} {new[:2]}"
    place = next((i for i, (a, b) in enumerate(zip(old[2], new[2], strict=False)) if a != b), 0)
    return f"{old[2][max(0, place - 200) : place + 160]!r} -> {new[2][max(0, place - 200) : place + 160]!r}"
