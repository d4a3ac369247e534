"""Who may do what: the page of permits and the predicates that read it."""

from datetime import UTC, datetime, timedelta
from uuid import uuid4

import pytest
from hypothesis import given
from hypothesis import strategies as st

from compliance.people import rules
from compliance.people.rules import PERMITS, STAFF, Actor, InvitationState, Role, can
from compliance.shared import ids
from compliance.shared.problems import Problem, Refused

HERE, THERE = uuid4(), uuid4()
NOW = datetime(2026, 11, 21, 8, tzinfo=UTC)


def somebody(*roles, **more):
    return Actor(uuid4(), "Somebody", HERE, frozenset(roles), **more)


def test_a_verb_that_is_not_on_the_page_is_refused_to_everybody():
    everything = somebody(*Role)
    assert not can(everything, "visit.erase")
    assert all(can(everything, verb) for verb in PERMITS)


@given(st.frozensets(st.sampled_from(list(Role))), st.sampled_from(list(Role)), st.sampled_from(sorted(PERMITS)))
def test_another_role_never_takes_a_permit_away(roles, more, verb):
    assert can(somebody(*roles, more), verb) >= can(somebody(*roles), verb)


@pytest.mark.parametrize("role", sorted(STAFF))
def test_staff_with_a_tie_see_the_enterprise_from_outside_whatever_their_role(role):
    tied = somebody(role, tied_ids=frozenset({THERE}))
    assert rules.sees_outside(tied, THERE)
    assert not rules.sees_inside(tied, THERE)
    assert rules.sees_inside(tied, uuid4())


def test_a_manager_sees_nothing_from_inside():
    manager = somebody(Role.manager, enterprise_ids=frozenset({THERE}))
    assert rules.sees_outside(manager, THERE)
    assert not rules.sees_inside(manager, uuid4())


def test_a_tie_is_ended_by_an_administrator_and_never_by_oneself():
    other = uuid4()
    rules.require_may_end_tie(somebody(Role.administrator), other)
    with pytest.raises(Refused):
        rules.require_may_end_tie(somebody(Role.leader), other)
    admin = somebody(Role.administrator)
    with pytest.raises(Refused):
        rules.require_may_end_tie(admin, admin.person_id)


@pytest.mark.parametrize(
    ("roles", "others", "allowed"),
    [
        ((Role.administrator,), 0, True),
        ((Role.inspector,), 1, True),
        ((Role.inspector,), 0, False),
        ((), 0, False),
    ],
)
def test_an_association_keeps_an_administrator(roles, others, allowed):
    actor = somebody(Role.administrator)
    if allowed:
        rules.require_safe_roles(actor, uuid4(), roles, others)
    else:
        with pytest.raises(Refused, match="only administrator"):
            rules.require_safe_roles(actor, uuid4(), roles, others)


@pytest.mark.parametrize(
    ("inviter", "roles", "enterprises", "code"),
    [
        (Role.administrator, {Role.leader}, 0, None),
        (Role.administrator, {Role.manager, Role.leader}, 1, None),
        (Role.coordinator, {Role.manager}, 2, None),
        (Role.coordinator, {Role.inspector}, 0, None),
        (Role.coordinator, {Role.administrator}, 0, "roles-beyond"),
        (Role.coordinator, {Role.inspector, Role.reviewer}, 0, "roles-beyond"),
        (Role.inspector, {Role.inspector}, 0, "roles-beyond"),
        (Role.administrator, set(), 0, "roles-missing"),
        (Role.administrator, {Role.manager}, 0, "manager-unbound"),
        (Role.administrator, {Role.inspector}, 1, "binding-unused"),
    ],
)
def test_who_may_invite_whom(inviter, roles, enterprises, code):
    if code is None:
        rules.require_invitable(somebody(inviter), roles, enterprises)
        return
    with pytest.raises(Problem) as caught:
        rules.require_invitable(somebody(inviter), roles, enterprises)
    assert caught.value.code == code


@pytest.mark.parametrize(
    ("used", "revoked", "expires", "state"),
    [
        (None, None, NOW + timedelta(1), InvitationState.open),
        (None, None, NOW, InvitationState.expired),
        (None, NOW, NOW + timedelta(1), InvitationState.revoked),
        (NOW, NOW, NOW - timedelta(1), InvitationState.used),
    ],
)
def test_what_becomes_of_an_invitation(used, revoked, expires, state):
    assert rules.invitation_state(used, revoked, expires, NOW) == state


@given(st.randoms())
def test_a_code_is_understood_however_it_is_copied(random):
    code = ids.short_code(rules.CODE_LENGTH)
    typed = "".join(c.lower() if random.random() < 0.5 else c for c in rules.grouped(code))
    typed = typed.replace("0", random.choice("0oO")).replace("1", random.choice("1iIlL"))
    assert rules.code_of(f" {typed.replace('-', random.choice(['-', ' ', '–', '']))} ") == code


@given(st.text(max_size=200))
def test_no_text_breaks_the_reading_of_codes(text):
    assert len(rules.code_of(text)) <= 64


def test_an_outsider_is_nothing_else_and_is_invited_to_a_case_alone():
    assert {verb for verb, roles in PERMITS.items() if Role.outsider in roles} == {"account.use", "case.own"}
    assert PERMITS["case.own"] == {Role.outsider}
    assert not rules.is_staff(somebody(Role.outsider))
    assert not rules.sees_inside(somebody(Role.outsider), THERE)
    assert Role.outsider not in rules.invitable(somebody(Role.administrator))
    for held, wanted in (([Role.outsider], [Role.reviewer]), ([Role.outsider], []), ([Role.leader], [Role.outsider])):
        with pytest.raises(Refused):
            rules.require_standing(held, wanted)
    rules.require_standing([Role.leader], [Role.reviewer])
