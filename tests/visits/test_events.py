"""The fold of events: the same whatever the order, and nothing that was entered vanishes."""

from decimal import Decimal
from itertools import permutations
from uuid import UUID

from hypothesis import given
from hypothesis import strategies as st

from compliance.checklists.rules import Severity, Verdict
from compliance.visits.rules import Answer, Event, Known, answer_of, diff, fields_of, fold, heads_of, pack, unpack
from tests.visits.small import event

ANNA, BEN = UUID(int=1001), UUID(int=1002)


@st.composite
def histories(draw: st.DrawFn) -> list[Event]:
    """Events of two people on few fields, each replacing some that exist (not only the newest)."""
    made: list[Event] = []
    for n in range(draw(st.integers(0, 9))):
        item, field = draw(st.sampled_from([("A", "note"), ("A", "verdict"), ("B", "verdict"), ("B", "fact:x")]))
        value: object = draw(
            st.booleans()
            if field == "fact:x"
            else st.sampled_from([None, "compliant", "partial", "non_compliant"])
            if field == "verdict"
            else st.sampled_from([None, "a", "b"])
        )
        older = [e.id.int for e in made]
        replaces = draw(st.lists(st.sampled_from(older), max_size=3)) if older else []
        made.append(event(n + 1, item, field, value, tuple(replaces), by=draw(st.sampled_from([ANNA, BEN]))))
    return made


@given(histories(), st.randoms(use_true_random=False))
def test_any_order_gives_the_same(history, chance):
    mixed = list(history)
    chance.shuffle(mixed)
    assert fold(mixed) == fold(history)


@given(histories(), st.lists(st.integers(0, 8)))
def test_receiving_an_event_twice_changes_nothing(history, again):
    twice = history + [history[n] for n in again if n < len(history)]
    assert fold(twice) == fold(history)


@given(histories())
def test_every_field_that_was_entered_has_a_head(history):
    assert set(heads_of(history)) == {e.key for e in history}
    assert all(heads_of(history).values())


@given(histories())
def test_an_event_that_replaces_all_heads_is_the_value(history):
    for key, heads in heads_of(history).items():
        last = Event(UUID(int=999), *key, "compliant" if key[1] == "verdict" else None, frozenset(h.id for h in heads))
        after = fold([*history, last])
        assert after.values[key] == last.value
        assert not [c for c in after.conflicts if (c.item, c.field) == key]


@given(histories())
def test_a_conflict_keeps_both_and_only_disagreement_is_one(history):
    folded = fold(history)
    conflicted = {(c.item, c.field) for c in folded.conflicts}
    for key, heads in folded.heads.items():
        assert (key in conflicted) == (len({repr(h.value) for h in heads}) > 1)


def test_two_answers_to_one_question_are_a_conflict_that_shows_the_graver():
    events = [event(1, "A", "verdict", "compliant", by=ANNA), event(2, "A", "verdict", "non_compliant", by=BEN)]
    for order in permutations(events):
        folded = fold(order)
        assert folded.answers["A"].verdict is Verdict.non_compliant
        assert [len(c.events) for c in folded.conflicts] == [2]


def test_the_same_answer_from_two_tablets_is_no_conflict():
    assert not fold([event(1, "A", "verdict", "partial"), event(2, "A", "verdict", "partial")]).conflicts


def test_ticks_of_two_people_add_up():
    folded = fold([event(1, "A", "fact:x", True, by=ANNA), event(2, "A", "fact:y", True, by=BEN)])
    assert folded.answers["A"].facts == {"x", "y"}
    assert not folded.conflicts


def test_an_event_cannot_replace_one_of_another_item():
    folded = fold([event(1, "A", "note", "kept"), event(2, "B", "note", "other", (1,))])
    assert folded.answers["A"].note == "kept"


def test_forged_events_in_a_circle_do_not_vanish():
    folded = fold([event(1, "A", "note", "one", (2,)), event(2, "A", "note", "two", (1,))])
    assert len(folded.conflicts) == 1


def test_an_event_may_arrive_before_the_one_it_replaces():
    late = event(1, "A", "note", "first")
    assert fold([event(2, "A", "note", "second", (1,))]).answers["A"].note == "second"
    assert fold([event(2, "A", "note", "second", (1,)), late]).answers["A"].note == "second"


def test_clearing_is_an_entry_too():
    folded = fold([event(1, "A", "verdict", "partial"), event(2, "A", "verdict", None, (1,))])
    assert folded.answers["A"].verdict is None
    assert not folded.conflicts


answers = st.builds(
    Answer,
    item=st.just("A"),
    verdict=st.sampled_from([None, *Verdict]),
    note=st.sampled_from(["", "seen"]),
    reason=st.sampled_from(["", "why"]),
    workers=st.sampled_from([None, 0, 7]),
    known_by=st.frozensets(st.sampled_from(list(Known))),
    facts=st.frozensets(st.sampled_from(["x", "y"])),
    quantities=st.dictionaries(
        st.sampled_from(["q", "r"]), st.sampled_from([Decimal("3"), Decimal("2.5"), Decimal("100")])
    ),
    severity=st.sampled_from([None, *Severity]),
    action=st.sampled_from(["", "do"]),
    due_days=st.sampled_from([None, 0, 30]),
    good=st.sampled_from(["", "fine"]),
)


@given(answers)
def test_an_answer_and_its_fields_are_the_same_thing(answer):
    assert answer_of("A", fields_of(answer)) == answer


# -- from a form to events ----------------------------------------------------------------------------------------


class Desk:
    """Posts forms against a growing history, as the store does."""

    def __init__(self, *events: Event) -> None:
        self.events = list(events)

    def seen(self) -> frozenset[UUID]:
        return frozenset(e.id for heads in heads_of(self.events).values() for e in heads)

    def post(self, values: dict, seen: frozenset[UUID], by: UUID = ANNA, **given: object) -> int:
        numbers = iter(range(len(self.events) + 1, 10_000))
        new = diff(
            values,
            seen,
            self.events,
            lambda key, value, replaces: Event(UUID(int=next(numbers)), *key, value, replaces, by=by),
            by=by,
            **given,
        )
        self.events += new
        return len(new)

    @property
    def now(self):
        return fold(self.events)


NOTE, VERDICT = ("A", "note"), ("A", "verdict")


def test_only_changed_fields_become_events():
    desk = Desk(event(1, "A", "note", "old"))
    assert (
        desk.post({NOTE: "old", VERDICT: "partial", ("A", "fact:x"): False, ("A", "workers"): None}, desk.seen()) == 1
    )


def test_a_double_submit_is_harmless():
    desk = Desk(event(1, "A", "note", "old"))
    seen = desk.seen()
    assert desk.post({NOTE: "new"}, seen) == 1
    assert desk.post({NOTE: "new"}, seen) == 0


def test_a_step_back_in_the_browser_does_not_undo_what_came_later():
    desk = Desk()
    first_page = desk.seen()
    desk.post({NOTE: "one"}, first_page)
    desk.post({NOTE: "two"}, desk.seen())
    assert desk.post({NOTE: "one", VERDICT: "partial"}, first_page) == 1
    assert desk.now.answers["A"].note == "two"
    assert not desk.now.conflicts


def test_a_stale_form_keeps_both_and_touches_nothing_else():
    desk = Desk(event(1, "A", "note", "old"))
    stale = desk.seen()
    desk.post({NOTE: "of Ben", VERDICT: "partial"}, stale, BEN)
    desk.post({NOTE: "of Anna", VERDICT: None}, stale, ANNA)
    (conflict,) = desk.now.conflicts
    assert (conflict.field, {e.value for e in conflict.events}) == ("note", {"of Ben", "of Anna"})
    assert desk.now.answers["A"].verdict is Verdict.partial


def test_entering_anew_where_a_conflict_was_shown_settles_it():
    desk = Desk(event(1, "A", "note", "one"), event(2, "A", "note", "two"))
    desk.post({NOTE: "three"}, desk.seen())
    assert not desk.now.conflicts
    assert desk.now.answers["A"].note == "three"


def test_leaving_the_shown_value_of_a_conflict_alone_does_not_settle_it():
    desk = Desk(event(1, "A", "note", "one"), event(2, "A", "note", "two"))
    assert desk.post({NOTE: desk.now.answers["A"].note}, desk.seen()) == 0
    assert desk.now.conflicts


def test_a_form_whose_token_is_damaged_overwrites_nothing():
    desk = Desk(event(1, "A", "note", "old"))
    desk.post({NOTE: "new"}, unpack("damaged"), BEN)
    assert {e.value for c in desk.now.conflicts for e in c.events} == {"old", "new"}


def test_a_default_that_was_shown_is_not_an_entry():
    desk = Desk()
    key = ("@profile", "workers")
    assert desk.post({key: 120}, frozenset(), defaults={key: 120}) == 0
    assert desk.post({key: 118}, frozenset(), defaults={key: 120}) == 1


@given(st.frozensets(st.integers(0, 2**128 - 1).map(lambda n: UUID(int=n)), max_size=40))
def test_the_token_carries_its_ids(ids):
    assert unpack(pack(ids)) == ids


@given(st.text(max_size=60))
def test_any_other_token_carries_none_or_fails_softly(text):
    assert isinstance(unpack(text), frozenset)


@given(histories(), st.sampled_from(["compliant", "partial", None]))
def test_no_post_ever_loses_what_another_person_entered_meanwhile(history, value):
    desk = Desk(*history)
    for n, e in enumerate(desk.events):  # every moment at which the form may have been rendered
        seen = frozenset(h.id for heads in heads_of(desk.events[:n]).values() for h in heads)
        other = Desk(*history)
        other.post({VERDICT: value}, seen, UUID(int=7))
        unseen = [e for e in history if e.key == VERDICT and e.id not in seen]
        standing = {h.id for h in other.now.heads.get(VERDICT, ())}
        before = {h.id for h in fold(history).heads.get(VERDICT, ())}
        assert all(e.id in standing for e in unseen if e.id in before)
