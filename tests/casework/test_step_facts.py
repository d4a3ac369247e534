"""What letters after the first print is gathered from where the actions stand on the day."""

from dataclasses import replace
from datetime import date, timedelta
from typing import Any
from uuid import UUID

import pytest

from compliance.casework import cases, step_facts
from compliance.corrective_actions import store as actions
from compliance.corrective_actions.rules import ActionState, How
from compliance.letters import press, rules
from compliance.letters import store as letters
from compliance.shared.words import Text
from compliance.visits.rules import Known
from tests.casework import made

TWO = [made.short("WAG01", workers=6), made.short("SAF04", made.Verdict.partial)]
PLACE = Text("the association's room", "本会会议室")


def case_of(world: Any) -> tuple[Any, UUID, Any, list[Any]]:
    """A released visit with two points: the reviewer, its id, its letter and its actions."""
    visit_id = made.released(world, TWO)
    reviewer = world.actor("reviewer")
    (letter,) = letters.of_visit(reviewer, visit_id)
    return reviewer, visit_id, letter, actions.of_visit(reviewer, visit_id)


def gathered(world: Any, kind: str, on: date | None = None, **more: Any) -> Any:
    reviewer, visit_id, letter, asked = case_of(world)
    on = on or max(one.due_on for one in asked) + timedelta(days=3)
    more.setdefault("new_due", on + timedelta(days=7))
    return step_facts.gather(reviewer, cases.load(reviewer, visit_id), kind, asked, cites=letter, dated=on, **more)


def test_points_keep_the_numbers_of_the_letter_that_they_follow(db_session, world):
    reviewer, visit_id, letter, asked = case_of(world)
    first = letters.facts(letter)
    on = max(one.due_on for one in asked) + timedelta(days=3)
    facts = step_facts.gather(
        reviewer, cases.load(reviewer, visit_id), "L5", list(reversed(asked)), cites=letter, dated=on
    )
    assert [(one.number, one.id, one.asked) for one in facts.points] == [
        (one.number, one.id, one.action) for one in first.findings
    ]
    for point in facts.points:
        assert point.late_days == (on - point.due).days
    assert facts.cites == rules.Cited(letter.number, letter.dated)
    assert facts.card is None
    assert facts.team == ()


def test_a_letter_frozen_without_ids_still_gives_its_numbers(db_session, world):
    reviewer, visit_id, letter, asked = case_of(world)
    first = letters.facts(letter)
    plain = dict(letter.facts)
    plain["findings"] = [{name: value for name, value in one.items() if name != "id"} for one in plain["findings"]]
    letter.facts = plain
    facts = step_facts.gather(
        reviewer, cases.load(reviewer, visit_id), "L5", asked, cites=letter, dated=max(one.due_on for one in asked)
    )
    assert {one.number: one.asked for one in facts.points} == {one.number: one.action for one in first.findings}


def test_what_is_under_review_or_verified_is_not_late(db_session, world):
    reviewer, visit_id, letter, asked = case_of(world)
    day = asked[0].due_on + timedelta(days=40)
    done = replace(asked[0], state=ActionState.verified, verified_on=letter.dated, verified_how=How.on_site)
    sent = replace(asked[1], state=ActionState.evidence_sent)
    facts = step_facts.gather(reviewer, cases.load(reviewer, visit_id), "L8", [done, sent], cites=letter, dated=day)
    other = {one.id: one for one in facts.points}[str(sent.finding_id)]
    assert (other.late_days, other.state) == (0, "under_review")
    closed = {one.id: one for one in facts.points}[str(asked[0].finding_id)]
    assert (closed.late_days, closed.closed, closed.shown) == (0, True, step_facts.ON_SITE)
    assert closed.state == "verified"
    assert rules.unready("L8", facts, rules.Passages()) == ()


@pytest.mark.parametrize(
    ("letter_kind", "more"),
    [
        ("L5", {}),
        ("L6", {}),
        ("L7", {"hearing": lambda on: rules.Hearing(on + timedelta(days=5), on + timedelta(days=9), PLACE)}),
    ],
)
def test_a_later_letter_is_drafted_and_issued_like_the_first(db_session, world, letter_kind, more):
    reviewer, visit_id, letter, asked = case_of(world)
    on = max(one.due_on for one in asked) + timedelta(days=3)
    case = cases.load(reviewer, visit_id)
    more = {name: make(on) for name, make in more.items()}
    facts = step_facts.gather(
        reviewer,
        case,
        letter_kind,
        asked,
        cites=letter,
        dated=on,
        new_due=on + timedelta(days=7),
        signer="Officer",
        **more,
    )
    draft = letters.draft(reviewer, case.visit, letter_kind, facts, "both", cites=letter)
    issued = letters.issue(reviewer, draft)
    assert issued.number
    assert letter.number in str(issued.words)
    manager = world.actor("manager")
    assert letters.get(manager, issued.id) is issued


def test_an_answer_to_a_plan_takes_the_officers_words(db_session, world):
    reviewer, visit_id, letter, asked = case_of(world)
    yes, no = asked
    facts = step_facts.gather(
        reviewer,
        cases.load(reviewer, visit_id),
        "L4",
        asked,
        cites=letter,
        dated=letter.dated,
        new_due=letter.dated + timedelta(days=7),
        accepted={yes.id: True, no.id: False},
        remarks={no.id: "No day is named."},
    )
    assert rules.unready("L4", facts, rules.Passages()) == ()
    text = str(rules.compose("L4", facts, "en", press.words()).as_json())
    assert "Plan accepted" in text
    assert "Reason: No day is named." in text


def test_a_referral_carries_neither_people_nor_points(db_session, world):
    referral = rules.Referral(
        Text("Fire Brigade", "消防救援大队"), Text("article 5", "第五条"), (Text("Seen.", "所见。"),)
    )
    facts = gathered(world, "L9", referral=referral)
    assert facts.points == ()
    assert facts.enterprise.legal_representative == ""
    assert facts.enterprise.address == rules.NOTHING
    assert "your" not in facts.workplace.en
    assert "贵单位" not in facts.workplace.zh
    assert rules.unready("L9", facts, rules.Passages()) == ()


EXIT = made.short("SAF01", facts=frozenset({"exit-locked"}), note="Zhang San said it is always so.")
STRUCK = made.short("PUN05", facts=frozenset({"worker-struck"}))
HEARD = made.short("SAF04", known_by=frozenset({Known.interview}))


def test_a_referral_is_offered_only_what_was_seen_in_the_words_of_the_checklist(db_session, world):
    visit_id = made.sealed(world, [EXIT, STRUCK, HEARD])
    reviewer = world.actor("reviewer")
    case = cases.load(reviewer, visit_id)
    asked = actions.of_visit(reviewer, visit_id)
    offered = step_facts.observed(case, asked)
    assert [fact.en for fact in offered.facts] == ["An exit that people need is locked or fastened now"]
    assert offered.basis.zh.startswith("《")
    assert "Zhang" not in str(offered)
    assert offered.to == rules.NOTHING


def test_an_urgent_letter_says_when_it_was_told_on_site(db_session, world):
    visit_id = made.released(world, [EXIT])
    reviewer = world.actor("reviewer")
    (letter,) = letters.of_visit(reviewer, visit_id)
    facts = letters.facts(letter)
    assert letter.kind == "L3"
    assert facts.told_on == facts.visited_on
    assert "走访人员已于" in str(letter.words)
