"""Moves, due dates, and who may say that a correction is done."""

from datetime import date, timedelta
from uuid import uuid4

import pytest
from hypothesis import given
from hypothesis import strategies as st

from compliance.checklists.rules import Severity
from compliance.corrective_actions.rules import (
    CLOSED,
    MOVES,
    ActionState,
    Check,
    How,
    Move,
    after,
    check_extension,
    check_verification,
    clock_stops,
    days_for,
    due_date,
    is_overdue,
    may,
    may_verify,
    resumed_due_date,
)
from compliance.people.rules import Role
from compliance.shared.calendar import is_working_day
from compliance.shared.problems import Conflict
from tests.scorecards.made import policy, refusal

POLICY = policy()


@pytest.mark.parametrize("state", sorted(CLOSED))
@pytest.mark.parametrize("move", list(Move))
def test_nothing_leads_out_of_a_closed_action_but_what_is_seen_on_site(state: ActionState, move: Move) -> None:
    if (state, move) == (ActionState.verified, Move.reopen):
        assert after(state, move) is ActionState.returned
        return
    with pytest.raises(Conflict, match="cannot be handled"):
        after(state, move)


def test_every_state_is_reached_and_every_open_one_can_be_closed() -> None:
    reached = {ActionState.open} | {entry[0] for entry in MOVES.values()}
    assert reached == set(ActionState)
    for state in set(ActionState) - CLOSED:
        assert after(state, Move.withdraw) is ActionState.withdrawn
        assert after(state, Move.verify) is ActionState.verified


def test_the_enterprise_proposes_and_the_association_decides() -> None:
    for (_, move), (_, roles) in MOVES.items():
        proposes = move in {Move.plan, Move.send_evidence}
        assert (Role.manager in roles) is proposes
        assert len(roles) == 1 or not proposes


def test_buttons_follow_the_table() -> None:
    assert may(ActionState.evidence_sent, Move.verify, frozenset({Role.reviewer}))
    assert not may(ActionState.evidence_sent, Move.verify, frozenset({Role.manager, Role.leader}))
    assert not may(ActionState.verified, Move.verify, frozenset(Role))


@pytest.mark.parametrize(
    ("delivered", "days", "severity", "due"),
    [
        (date(2026, 11, 20), 3, Severity.major, date(2026, 11, 23)),
        (date(2026, 11, 20), 1, Severity.major, date(2026, 11, 23)),  # a Saturday
        (date(2026, 11, 20), 1, Severity.critical, date(2026, 11, 21)),  # is not moved
        (date(2025, 9, 1), 30, Severity.minor, date(2025, 10, 9)),  # 1 October, National Day
        (date(2025, 9, 1), 30, Severity.critical, date(2025, 10, 1)),
        (date(2025, 9, 1), 40, Severity.major, date(2025, 10, 11)),  # a Saturday worked in exchange
        (date(2025, 9, 1), 0, Severity.major, date(2025, 9, 1)),
    ],
)
def test_a_due_date_is_a_calendar_date_moved_off_rest_days(delivered, days, severity, due) -> None:
    assert due_date(delivered, days, severity) == (due, False)


def test_a_due_date_in_a_year_without_published_holidays_is_provisional() -> None:
    assert due_date(date(2030, 11, 20), 60, Severity.major) == (date(2031, 1, 20), True)
    assert due_date(date(2030, 11, 20), 60, Severity.critical) == (date(2031, 1, 19), False)


def test_the_policy_may_say_otherwise_about_moving() -> None:
    assert due_date(date(2026, 11, 20), 1, Severity.critical, moved=True)[0] == date(2026, 11, 23)
    assert due_date(date(2026, 11, 20), 1, Severity.major, moved=False)[0] == date(2026, 11, 21)


DAYS = st.dates(date(2025, 1, 1), date(2026, 8, 1))


@given(DAYS, st.integers(0, 90), st.sampled_from(Severity))
def test_a_due_date_is_never_earlier_than_promised(delivered, days, severity) -> None:
    due, _ = due_date(delivered, days, severity)
    assert due >= delivered + timedelta(days=days)
    assert severity is Severity.critical or is_working_day(due)[0]


@given(DAYS, DAYS, DAYS)
def test_a_pause_never_brings_the_due_date_nearer(due, paused, resumed) -> None:
    again, _ = resumed_due_date(due, paused, resumed, Severity.major)
    assert again >= due + timedelta(days=max(0, (resumed - paused).days))


def test_the_clock_stops_while_a_dispute_is_open_but_not_for_danger() -> None:
    assert clock_stops(zero_tolerance=False)
    assert not clock_stops(zero_tolerance=True)
    resumed = resumed_due_date(date(2026, 6, 1), date(2026, 5, 18), date(2026, 5, 28), Severity.major)
    assert resumed == (date(2026, 6, 11), False)


@pytest.mark.parametrize(
    ("item_days", "edited", "severity", "raised", "zero", "days"),
    [
        (30, None, Severity.major, False, False, 30),
        (30, 45, Severity.major, False, False, 45),
        (30, None, Severity.critical, True, False, 7),
        (3, None, Severity.critical, True, False, 3),
        (30, None, Severity.critical, False, False, 30),
        (30, 20, Severity.critical, True, False, 7),
        (7, None, Severity.critical, False, True, 3),
        (60, None, Severity.major, True, False, 60),
        (0, None, Severity.critical, False, True, 0),
    ],
)
def test_a_raised_severity_brings_the_deadline_nearer(item_days, edited, severity, raised, zero, days) -> None:
    assert days_for(item_days, edited, severity, raised, zero, POLICY) == days


FINDER, OTHER = uuid4(), uuid4()


@pytest.mark.parametrize(
    ("person", "severity", "allowed"),
    [
        (FINDER, Severity.critical, False),
        (FINDER, Severity.major, False),
        (FINDER, Severity.minor, True),
        (OTHER, Severity.critical, True),
        (OTHER, Severity.minor, True),
        (None, Severity.minor, False),
    ],
)
def test_who_found_it_does_not_verify_it_unless_it_is_minor(person, severity, allowed) -> None:
    assert may_verify(person, {FINDER}, severity) is allowed


def verify(person=OTHER, severity=Severity.major, state=ActionState.evidence_sent, evidence=1, **check):
    said = Check(**{"how": How.desk, "note": "", **check})
    check_verification(person, {FINDER}, severity, said, POLICY.severities[severity], state, evidence)


@pytest.mark.parametrize(
    ("case", "code"),
    [
        ({}, None),
        ({"person": FINDER}, "action-second-person"),
        ({"person": FINDER, "waiver": "There are two of us."}, None),
        ({"person": None, "waiver": "There are two of us."}, "action-second-person"),
        ({"severity": Severity.critical}, "action-on-site"),
        ({"severity": Severity.critical, "how": How.on_site, "note": "Both exits open."}, None),
        ({"how": How.on_site}, "action-note-missing"),
        ({"how": How.on_site, "note": "Seen.", "state": ActionState.open, "evidence": 0}, None),
        ({"evidence": 0}, "action-no-evidence"),
        ({"state": ActionState.planned}, "action-no-evidence"),
        ({"severity": Severity.minor, "person": FINDER}, None),
    ],
)
def test_a_verification_that_would_not_hold_is_refused(case, code) -> None:
    assert refusal(verify, **case) == code


@pytest.mark.parametrize(
    ("severity", "due", "before", "until", "reason", "code"),
    [
        (Severity.major, date(2026, 6, 1), 0, date(2026, 7, 1), "A part is late.", None),
        (Severity.major, date(2026, 6, 1), 0, date(2026, 7, 2), "A part is late.", "action-until"),
        (Severity.major, date(2026, 6, 1), 0, date(2026, 6, 1), "A part is late.", "action-until"),
        (Severity.major, date(2026, 6, 1), 1, date(2026, 6, 9), "A part is late.", "action-extended-before"),
        (Severity.major, date(2026, 6, 1), 0, date(2026, 6, 9), " ", "action-reason-missing"),
        (Severity.critical, date(2026, 6, 1), 0, date(2026, 6, 9), "A part is late.", "action-no-extension"),
        (Severity.major, None, 0, date(2026, 6, 9), "A part is late.", "action-not-delivered"),
    ],
)
def test_an_action_is_extended_once_with_a_reason_and_never_a_critical_one(
    severity, due, before, until, reason, code
) -> None:
    assert refusal(check_extension, due, before, until, reason, POLICY.severities[severity]) == code


@pytest.mark.parametrize(
    ("state", "due", "paused", "late"),
    [
        (ActionState.open, date(2026, 6, 1), None, True),
        (ActionState.returned, date(2026, 6, 1), None, True),
        (ActionState.open, date(2026, 6, 2), None, False),
        (ActionState.evidence_sent, date(2026, 6, 1), None, False),
        (ActionState.verified, date(2026, 6, 1), None, False),
        (ActionState.open, date(2026, 6, 1), date(2026, 5, 20), False),
        (ActionState.open, None, None, False),
    ],
)
def test_an_action_is_overdue_when_its_clock_ran_out(state, due, paused, late) -> None:
    assert is_overdue(state, due, paused, date(2026, 6, 2)) is late
