"""Who may release and clear, and what stands in the way: tables of cases without a database."""

from uuid import uuid4

import pytest

from compliance.casework import rules
from compliance.people.rules import Actor, Role
from compliance.shared.problems import Problem, Refused

ME, OTHER, ENTERPRISE = uuid4(), uuid4(), uuid4()


def actor(*roles, tied=()):
    return Actor(ME, "Me", uuid4(), frozenset(roles), tied_ids=frozenset(tied))


@pytest.mark.parametrize(
    ("who", "involved", "waived", "sealed_led", "may"),
    [
        (actor(Role.reviewer), {OTHER}, False, False, True),
        (actor(Role.leader), {OTHER}, False, True, True),
        (actor(Role.reviewer), {ME}, False, False, False),
        (actor(Role.reviewer), {ME}, True, False, True),
        (actor(Role.reviewer), {ME}, True, True, False),
        (actor(Role.reviewer, tied=[ENTERPRISE]), {OTHER}, True, False, False),
        (actor(Role.inspector), {OTHER}, False, False, False),
        (actor(Role.coordinator), {OTHER}, False, False, False),
        (actor(Role.manager), {OTHER}, False, False, False),
    ],
)
def test_a_visit_is_released_by_a_second_person_without_a_tie(who, involved, waived, sealed_led, may):
    reason = rules.why_not_release(who, ENTERPRISE, involved, waived=waived, sealed_led=sealed_led)
    assert (reason is None) is may
    if not may:
        with pytest.raises(Refused):
            rules.require_may_release(who, ENTERPRISE, involved, waived=waived, sealed_led=sealed_led)


def test_a_sealed_fact_is_decided_by_somebody_else_and_with_a_reason():
    rules.require_may_clear(actor(Role.reviewer), {OTHER}, "Why.")
    with pytest.raises(Refused):
        rules.require_may_clear(actor(Role.reviewer), {ME}, "Why.")
    with pytest.raises(Problem):
        rules.require_may_clear(actor(Role.reviewer), {OTHER}, "  ")


@pytest.mark.parametrize(
    ("reason", "sealed_led", "code"),
    [("Alone.", False, None), (" ", False, "waiver.reason"), ("Alone.", True, "waiver.sealed")],
)
def test_a_waiver_has_a_reason_and_is_never_for_sealed_facts(reason, sealed_led, code):
    if code is None:
        rules.require_waiver(reason, sealed_led=sealed_led)
        return
    with pytest.raises(Problem) as refused:
        rules.require_waiver(reason, sealed_led=sealed_led)
    assert refused.value.code == code


def test_nobody_stands_in_for_a_second_person_who_is_there():
    rules.require_nobody_else([])
    with pytest.raises(Problem, match="Leader One"):
        rules.require_nobody_else(["Leader One"])


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
