"""Who may release and clear, and what stands in the way: tables of cases without a database."""

from uuid import uuid4

import pytest

from compliance.casework import rules
from compliance.casework.rules import StandIn
from compliance.people.rules import Actor, Role
from compliance.shared.problems import Problem, Refused

ME, OTHER, ENTERPRISE = uuid4(), uuid4(), uuid4()


def actor(*roles, tied=()):
    return Actor(ME, "Me", uuid4(), frozenset(roles), tied_ids=frozenset(tied))


@pytest.mark.parametrize(
    ("who", "involved", "stand_in", "sealed_led", "may"),
    [
        (actor(Role.reviewer), {OTHER}, None, False, True),
        (actor(Role.leader), {OTHER}, None, True, True),
        (actor(Role.reviewer), {ME}, None, False, False),
        (actor(Role.reviewer), {ME}, StandIn.waiver, False, True),
        (actor(Role.reviewer), {ME}, StandIn.outsider, False, True),
        (actor(Role.reviewer), {ME}, StandIn.waiver, True, False),
        (actor(Role.reviewer, tied=[ENTERPRISE]), {OTHER}, StandIn.waiver, False, False),
        (actor(Role.inspector), {OTHER}, None, False, False),
        (actor(Role.coordinator), {OTHER}, None, False, False),
        (actor(Role.manager), {OTHER}, None, False, False),
    ],
)
def test_a_visit_is_released_by_a_second_person_without_a_tie(who, involved, stand_in, sealed_led, may):
    reason = rules.why_not_release(who, ENTERPRISE, involved, stand_in=stand_in, sealed_led=sealed_led)
    assert (reason is None) is may
    if not may:
        with pytest.raises(Refused):
            rules.require_may_release(who, ENTERPRISE, involved, stand_in=stand_in, sealed_led=sealed_led)


def test_a_sealed_fact_is_decided_by_somebody_else_and_with_a_reason():
    rules.require_may_clear(actor(Role.reviewer), {OTHER}, "Why.")
    with pytest.raises(Refused):
        rules.require_may_clear(actor(Role.reviewer), {ME}, "Why.")
    with pytest.raises(Problem):
        rules.require_may_clear(actor(Role.reviewer), {OTHER}, "  ")


@pytest.mark.parametrize(
    ("way", "reason", "name", "organisation", "sealed_led", "code"),
    [
        (StandIn.waiver, "Alone.", "", "", False, None),
        (StandIn.outsider, "Alone.", "A. Person", "Law office", False, None),
        (StandIn.outsider, "Alone.", "A. Person", "", False, "waiver.outsider"),
        (StandIn.waiver, " ", "", "", False, "waiver.reason"),
        (StandIn.waiver, "Alone.", "", "", True, "waiver.sealed"),
    ],
)
def test_a_stand_in_is_recorded_in_full_and_never_for_sealed_facts(way, reason, name, organisation, sealed_led, code):
    if code is None:
        rules.require_stand_in(way, reason, name, organisation, sealed_led=sealed_led)
        return
    with pytest.raises(Problem) as refused:
        rules.require_stand_in(way, reason, name, organisation, sealed_led=sealed_led)
    assert refused.value.code == code


def test_what_blocks_and_what_is_only_good_to_know():
    found = rules.release_blocks(
        conflicts=["WAG01"],
        undecided=["PUN05"],
        unticked_photos=2,
        lacks=["no phone"],
        held_back_laws=["Act, art. 1"],
        words=rules.Wording(how=["SAF01"]),
    )
    assert [block.code for block in rules.missing_for_release(found)] == ["conflicts", "sealed", "letter"]
    assert [block.code for block in found if not block.blocks] == ["wording", "photos", "law"]
    nothing = rules.release_blocks(conflicts=[], undecided=[], unticked_photos=0, lacks=[], held_back_laws=[])
    assert nothing == ()


@pytest.mark.parametrize(
    ("text", "tells"),
    [
        ("单独访谈中有员工反映曾被罚款。", True),
        ("员工称加班费未付。", True),
        ("Two workers told us about it.", True),
        ("Found in an interview.", True),
        ("工资台账缺少8月记录。", False),
        ("The east exit was locked.", False),
    ],
)
def test_words_that_tell_how_a_thing_was_known_are_noticed(text, tells):
    assert rules.tells_how_known(text) is tells
