"""The whole flow on both databases: seal, correct, clear, release, reply, dispute, correcting letter."""

from datetime import timedelta

import pytest

from compliance.casework import cases, corrections, release, sealing
from compliance.casework import store as casework
from compliance.casework.corrections import Becomes
from compliance.checklists.rules import Severity, Verdict
from compliance.corrective_actions import store as actions
from compliance.corrective_actions.rules import ActionState, Check, How
from compliance.findings import store as findings
from compliance.findings import store_replies as replies
from compliance.findings.rules import Decision, FindingState, Position
from compliance.letters import store as letters
from compliance.people import store as people
from compliance.people import store_ties as ties
from compliance.people.rules import TieKind
from compliance.scorecards import store as scorecards
from compliance.shared.database import session
from compliance.shared.problems import Conflict, NotFound, Problem, Refused, Stale
from compliance.visits import store as visits
from tests.casework import made

TWO = [made.short("WAG01", workers=6), made.short("SAF04", Verdict.partial)]
EXIT = [made.short("SAF01", facts=frozenset({"exit-locked"}))]
STRUCK = [made.short("PUN05", facts=frozenset({"worker-struck"}))]


def words(letter):
    return str(letter.words)


def test_sealing_scores_and_drafts_everything_and_shows_nothing(db_session, world):
    visit_id = made.sealed(world, TWO)
    reviewer = world.actor("reviewer")
    card = scorecards.current(reviewer, visit_id)
    drafts = findings.of_visit(reviewer, visit_id)
    assert card.result.overall.score < 100
    assert card.released_at is None
    assert {row.item for row in drafts} == {"WAG01", "SAF04"}
    assert {row.state for row in drafts} == {FindingState.draft}
    assert {action.due_on for action in actions.of_visit(reviewer, visit_id)} == {None}
    letter = sealing.draft_of(reviewer, visit_id)
    assert letter.kind == "L2"
    assert letter.number is None
    assert "Seen at WAG01" in words(letter)
    manager = world.actor("manager")
    assert findings.public_of_visit(manager, visit_id) == []
    assert letters.of_visit(manager, visit_id) == []
    assert actions.of_visit(manager, visit_id) == []
    with pytest.raises(NotFound):
        scorecards.current(manager, visit_id)
    with pytest.raises(NotFound):
        visits.get_released(manager, visit_id)


def test_sealing_twice_is_a_conflict_and_an_incomplete_visit_is_not_sealed(db_session, world):
    visit_id = made.sealed(world)
    with pytest.raises(Conflict):
        sealing.seal(world.actor("inspector"), visit_id)
    open_id = made.handed_out(world, [made.short("WAG01", note="")])
    with pytest.raises(Problem) as lacking:
        sealing.seal(world.actor("inspector"), open_id)
    assert [one.item for one in lacking.value.facts["missing"]] == ["WAG01"]


def test_release_shows_dates_and_numbers(db_session, world):
    visit_id = made.sealed(world, TWO)
    reviewer, manager = world.actor("reviewer"), world.actor("manager")
    letter = release.release(reviewer, visit_id)
    session().commit()
    assert letter.running == 1
    assert letter.state.value == "issued"
    shown = findings.public_of_visit(manager, visit_id)
    assert {one.item: one.workers_affected for one in shown} == {"WAG01": 6, "SAF04": None}
    assert all(one.reply_due for one in shown)
    on = cases.today(reviewer)
    assert {a.item: (a.due_on - on).days >= a.days for a in actions.of_visit(manager, visit_id)} == {
        "WAG01": True,
        "SAF04": True,
    }
    assert scorecards.current(manager, visit_id).released_at
    assert letters.pdf(letter).startswith(b"%PDF")
    with pytest.raises(Conflict):
        release.release(reviewer, visit_id)


def test_nothing_found_is_a_letter_of_thanks(db_session, world):
    made.released(world)
    letter = letters.of_enterprise(world.actor("manager"), world.enterprises[0])[0]
    assert letter.kind == "L1"


def test_a_danger_that_everyone_sees_makes_the_letter_urgent(db_session, world):
    visit_id = made.released(world, EXIT)
    letter = letters.of_visit(world.actor("manager"), visit_id)[0]
    assert letter.kind == "L3"
    assert letters.facts(letter).call_by
    assert scorecards.current(world.actor("manager"), visit_id).result.overall.shown is None


@pytest.mark.parametrize("who", ["inspector"])
def test_an_inspector_does_not_release_the_own_visit(db_session, world, who):
    visit_id = made.sealed(world)
    actor = world.actor(who)
    both = type(actor)(**{**actor_values(actor), "roles": actor.roles | world.actor("reviewer").roles})
    with pytest.raises(Refused):
        release.release(both, visit_id)


def actor_values(actor):
    return {name: getattr(actor, name) for name in actor.__dataclass_fields__}


def test_a_small_association_records_a_waiver_that_is_printed(db_session, world):
    visit_id = made.sealed(world, TWO)
    made.alone(world)
    inspector = world.actor("inspector")
    release.waive(inspector, visit_id, "Only one member of staff.")
    letter = release.release(inspector, visit_id)
    assert "Only one member of staff." in words(letter)


def test_nobody_waives_a_second_person_who_is_there(db_session, world):
    visit_id = made.sealed(world, TWO)
    with pytest.raises(Problem, match="Leader One, Reviewer One"):
        release.waive(world.actor("reviewer"), visit_id, "It is late.")


def test_a_waiver_that_nobody_needed_in_the_end_is_not_printed(db_session, world):
    visit_id = made.sealed(world, TWO)
    made.alone(world)
    release.waive(world.actor("inspector"), visit_id, "Only one member of staff.")
    people.reactivate(world.system, people.get(world.system, world.people["reviewer"]))
    session().commit()
    letter = release.release(world.actor("reviewer"), visit_id)
    assert "Only one member of staff." not in words(letter)


def test_a_waiver_never_stands_in_where_a_sealed_fact_is(db_session, world):
    visit_id = made.sealed(world, STRUCK)
    made.alone(world)
    with pytest.raises(Refused):
        release.waive(world.actor("inspector"), visit_id, "Only one member of staff.")


def test_a_tied_leader_finds_no_visit_to_release(db_session, world):
    visit_id = made.sealed(world)
    leader = world.actor("leader")
    from compliance.people import store as people

    ties.declare(world.system, people.get(world.system, leader.person_id), world.enterprises[0], TieKind.kin)
    session().commit()
    with pytest.raises(NotFound):
        release.release(world.actor("leader"), visit_id)


def test_a_sealed_fact_must_be_decided_and_stays_off_everything_until_cleared(db_session, world):
    visit_id = made.sealed(world, STRUCK)
    reviewer, inspector, manager = world.actor("reviewer"), world.actor("inspector"), world.actor("manager")
    assert sealing.draft_of(reviewer, visit_id).kind == "L1"
    with pytest.raises(Conflict):
        release.release(reviewer, visit_id)
    session().rollback()
    with pytest.raises(Refused):
        corrections.decide_sealed_fact(inspector, visit_id, "PUN05", "worker-struck", True, "Sure.")
    with pytest.raises(Problem):
        corrections.decide_sealed_fact(reviewer, visit_id, "PUN05", "worker-struck", True, " ")
    corrections.decide_sealed_fact(reviewer, visit_id, "PUN05", "worker-struck", False, "It would name one worker.")
    made.safe(world)
    letter = release.release(reviewer, visit_id)
    session().commit()
    assert letter.kind == "L1"
    assert "PUN05" not in words(letter)
    assert findings.public_of_visit(manager, visit_id) == []
    assert scorecards.current(manager, visit_id).result.line("PUN05").why.code == "not_looked_at"


def test_a_sealed_fact_cleared_before_the_release_counts(db_session, world):
    visit_id = made.sealed(world, STRUCK)
    reviewer = world.actor("reviewer")
    corrections.decide_sealed_fact(reviewer, visit_id, "PUN05", "worker-struck", True, "Several witnesses agree.")
    made.safe(world)
    letter = release.release(reviewer, visit_id)
    session().commit()
    assert letter.kind == "L3"
    assert [one.item for one in findings.public_of_visit(world.actor("manager"), visit_id)] == ["PUN05"]
    assert [row.state for row in findings.of_visit(reviewer, visit_id)] == [FindingState.released]


def test_a_sealed_fact_cleared_after_the_release_comes_with_a_correcting_letter(db_session, world):
    visit_id = made.sealed(world, [*STRUCK, *TWO])
    reviewer, manager = world.actor("reviewer"), world.actor("manager")
    corrections.decide_sealed_fact(reviewer, visit_id, "PUN05", "worker-struck", False, "Not yet.")
    made.safe(world)
    first = release.release(reviewer, visit_id)
    session().commit()
    letter = corrections.decide_sealed_fact(reviewer, visit_id, "PUN05", "worker-struck", True, "Now it is safe.")
    session().commit()
    assert letter.kind == "correction"
    assert letter.cites_id == first.id
    assert letter.running == 2
    assert {one.item for one in findings.public_of_visit(manager, visit_id)} == {"PUN05", "WAG01", "SAF04"}
    assert scorecards.current(manager, visit_id).result.overall.shown is None
    assert len(casework.decisions(visit_id)) == 2


def test_a_recorded_correction_scores_raises_and_drafts_again(db_session, world):
    visit_id = made.sealed(world, TWO)
    reviewer = world.actor("reviewer")
    before = scorecards.current(reviewer, visit_id)
    derived = corrections.correct(
        reviewer, visit_id, "WAG01", {"verdict": "compliant", "note": "", "workers": None}, "The contract was shown."
    )
    after = scorecards.current(reviewer, visit_id)
    assert after.supersedes_id == before.id
    assert after.result.overall.score > before.result.overall.score
    assert [row.item for row in derived.findings] == ["SAF04"]
    assert "Seen at WAG01" not in words(derived.letter)
    assert {a.item: a.state for a in actions.of_visit(reviewer, visit_id)}["WAG01"] is ActionState.withdrawn
    with pytest.raises(Problem):
        corrections.correct(reviewer, visit_id, "WAG01", {"verdict": "compliant"}, "Again.")
    with pytest.raises(NotFound):
        corrections.correct(reviewer, visit_id, "NO01", {"verdict": "compliant"}, "Again.")


def test_a_stale_page_corrects_and_releases_nothing(db_session, world):
    visit_id = made.sealed(world, TWO)
    reviewer = world.actor("reviewer")
    seen = corrections.page_token(reviewer, cases.load(reviewer, visit_id))
    corrections.correct(reviewer, visit_id, "SAF04", {"note": "Other words."}, "Clearer.", seen=seen)
    session().commit()
    with pytest.raises(Stale):
        corrections.correct(reviewer, visit_id, "SAF04", {"note": "Third words."}, "Clearer.", seen=seen)
    with pytest.raises(Stale):
        release.release(reviewer, visit_id, seen=seen)
    session().rollback()
    assert visits.get(reviewer, visit_id).state.value == "sealed"
    fresh = corrections.page_token(reviewer, cases.load(reviewer, visit_id))
    assert release.release(reviewer, visit_id, seen=fresh).number


def test_a_visit_sent_back_is_sealed_again_with_the_same_findings(db_session, world):
    visit_id = made.sealed(world, TWO)
    reviewer, inspector = world.actor("reviewer"), world.actor("inspector")
    rows = {row.id for row in findings.of_visit(reviewer, visit_id)}
    corrections.send_back(reviewer, visit_id, "Please count the workers again.")
    session().commit()
    visit = visits.get(inspector, visit_id)
    visits.record(inspector, visit, {("@closing", "inspector_signature"): "signed", ("WAG01", "workers"): 9})
    sealing.seal(inspector, visit_id)
    session().commit()
    assert {row.id for row in findings.of_visit(reviewer, visit_id)} == rows
    assert len(letters.of_visit(reviewer, visit_id)) == 1


def test_a_letter_that_cannot_be_printed_releases_nothing_and_takes_no_number(db_session, world):
    visit_id = made.sealed(world, [made.short("WAG01", note="A character without a glyph: \U0001f680")])
    reviewer, manager = world.actor("reviewer"), world.actor("manager")
    with pytest.raises(Problem):
        release.release(reviewer, visit_id)
    session().rollback()
    assert findings.public_of_visit(manager, visit_id) == []
    corrections.correct(reviewer, visit_id, "WAG01", {"note": "Plain words."}, "Cannot be printed.")
    assert release.release(reviewer, visit_id).running == 1


def test_a_visit_that_found_nobody_is_released_without_a_scorecard_or_letter(db_session, world):
    coordinator, inspector = world.actor("coordinator"), world.actor("inspector")
    visit_id = made.handed_out(world)
    visit = visits.get(inspector, visit_id)
    visits.record(
        inspector,
        visit,
        {("@closing", "outcome"): "refused", ("@closing", "outcome_reason"): "The gate stayed closed."},
    )
    assert sealing.seal(inspector, visit_id) is None
    session().commit()
    assert release.release(world.actor("reviewer"), visit_id) is None
    assert letters.of_visit(coordinator, visit_id) == []


def disputed(world, special=TWO, item="WAG01"):
    visit_id = made.released(world, special)
    manager = world.actor("manager")
    finding = next(one for one in findings.public_of_visit(manager, visit_id) if one.item == item)
    cases.answer_finding(manager, finding.id, Position.dispute, "The contracts were in the other office.")
    session().commit()
    return visit_id, finding.id


def test_a_dispute_stops_the_clock_and_one_not_upheld_starts_it_again(db_session, world):
    visit_id, finding_id = disputed(world)
    reviewer = world.actor("reviewer")
    (action,) = actions.of_findings(reviewer, [finding_id])[finding_id]
    assert action.paused_on == cases.today(reviewer)
    letter = corrections.decide_dispute(reviewer, finding_id, Decision.not_upheld, "They were not shown.")
    session().commit()
    assert letter is None
    (action,) = actions.of_findings(reviewer, [finding_id])[finding_id]
    assert action.paused_on is None
    assert len(letters.of_visit(reviewer, visit_id)) == 1
    cases.appeal(world.actor("manager"), finding_id, "We disagree.")
    session().commit()
    with pytest.raises(Refused):
        corrections.decide_dispute(reviewer, finding_id, Decision.upheld, "Well.")
    session().rollback()
    assert corrections.decide_dispute(world.actor("leader"), finding_id, Decision.upheld, "Well.") is not None


def test_a_dispute_upheld_withdraws_the_finding_and_corrects_scorecard_and_letter(db_session, world):
    visit_id, finding_id = disputed(world)
    reviewer, manager = world.actor("reviewer"), world.actor("manager")
    before, first = scorecards.current(manager, visit_id), letters.of_visit(manager, visit_id)[0]
    letter = corrections.decide_dispute(
        reviewer, finding_id, Decision.upheld, "The contracts were shown.", Becomes(Verdict.compliant)
    )
    session().commit()
    after = scorecards.current(manager, visit_id)
    assert after.supersedes_id == before.id
    assert after.released_at
    assert after.result.overall.score > before.result.overall.score
    assert letter.kind == "correction"
    assert letter.cites_id == first.id
    assert first.number in words(letter)
    assert findings.get(reviewer, finding_id).state is FindingState.withdrawn
    assert {a.item: a.state for a in actions.of_visit(manager, visit_id)}["WAG01"] is ActionState.withdrawn
    assert "Seen at SAF04" in words(letter)
    assert letter.words["sections"]
    assert [view.id for view in scorecards.of_workplace(manager, world.workplaces[0])] == [after.id]


def test_a_dispute_about_a_fact_that_did_not_hold_takes_the_zero_tolerance_away(db_session, world):
    visit_id, finding_id = disputed(world, EXIT, "SAF01")
    reviewer = world.actor("reviewer")
    corrections.decide_dispute(reviewer, finding_id, Decision.upheld, "The exit had a panic bar.")
    assert scorecards.current(reviewer, visit_id).result.overall.shown == 100


def test_a_dispute_upheld_in_part_changes_the_finding(db_session, world):
    visit_id, finding_id = disputed(world)
    reviewer, manager = world.actor("reviewer"), world.actor("manager")
    letter = corrections.decide_dispute(
        reviewer,
        finding_id,
        Decision.partly,
        "Half of the contracts were shown.",
        Becomes(Verdict.partial, "Five contracts were missing.", 5, Severity.minor),
    )
    session().commit()
    shown = findings.public(manager, finding_id)
    assert (shown.state, shown.seen, shown.workers_affected) == (
        FindingState.changed,
        "Five contracts were missing.",
        5,
    )
    assert "Five contracts were missing." in words(letter)
    assert scorecards.current(manager, visit_id).result.line("WAG01").verdict is Verdict.partial
    assert replies.disputes(manager, [finding_id])[finding_id][0].decision is Decision.partly


def band_and_caps(actor, visit_id):
    result = scorecards.current(actor, visit_id).result
    return result.overall.band, [cap.items for cap in result.caps if cap.when == "critical_open"]


def test_a_score_is_capped_by_the_finding_as_it_was_decided(db_session, world):
    visit_id, finding_id = disputed(world, [made.short("WAG02", Verdict.partial)], "WAG02")
    leader, manager = world.actor("leader"), world.actor("manager")
    points = scorecards.current(manager, visit_id).result.overall.points
    assert band_and_caps(manager, visit_id) == ("improve", [("WAG02",)])
    lighter = Becomes(Verdict.partial, "One month was paid a day late.", None, Severity.minor)
    corrections.decide_dispute(leader, finding_id, Decision.partly, "A day late, once.", lighter)
    session().commit()
    assert findings.public(manager, finding_id).severity is Severity.minor
    assert band_and_caps(manager, visit_id) == ("good", [])
    assert band_and_caps(leader, visit_id) == ("good", [])
    assert cases.standing(manager, visits.get_released(manager, visit_id)).overall.band == "good"
    assert scorecards.current(manager, visit_id).result.overall.points == points, "the weight is the pinned item's"
    assert list(scorecards.replay(world.system)) == []
    cases.appeal(manager, finding_id, "It was no delay at all.")
    heavier = Becomes(Verdict.partial, "Two months were paid late.", None, Severity.critical)
    corrections.decide_dispute(world.actor("reviewer"), finding_id, Decision.partly, "Two months.", heavier)
    session().commit()
    assert band_and_caps(manager, visit_id) == ("improve", [("WAG02",)])
    assert list(scorecards.replay(world.system)) == []


def test_a_decision_that_leaves_the_severity_leaves_the_cap_whatever_else_it_changes(db_session, world):
    many = made.short("WAG01", Verdict.partial, workers=40)  # more than a tenth: raised from major to critical
    visit_id, finding_id = disputed(world, [many], "WAG01")
    manager = world.actor("manager")
    assert band_and_caps(manager, visit_id) == ("improve", [("WAG01",)])
    fewer = Becomes(Verdict.partial, "Five contracts were missing.", 5)
    corrections.decide_dispute(world.actor("leader"), finding_id, Decision.partly, "Some were shown.", fewer)
    session().commit()
    assert findings.public(manager, finding_id).severity is Severity.critical
    assert band_and_caps(manager, visit_id) == ("improve", [("WAG01",)])
    assert list(scorecards.replay(world.system)) == []


def test_an_inspector_of_the_visit_does_not_decide_a_dispute(db_session, world):
    _visit_id, finding_id = disputed(world)
    inspector = world.actor("inspector")
    both = type(inspector)(**{**actor_values(inspector), "roles": inspector.roles | world.actor("reviewer").roles})
    for waiver in ("", "Nobody else has time."):
        with pytest.raises(Refused):
            corrections.decide_dispute(both, finding_id, Decision.upheld, "I was wrong.", waiver=waiver)
        session().rollback()
    made.alone(world)
    waived = corrections.decide_dispute(
        world.actor("inspector"), finding_id, Decision.upheld, "I was wrong.", waiver="Nobody else is there."
    )
    assert "Nobody else is there." in words(waived)


def test_as_it_stands_today_counts_what_was_verified(db_session, world):
    visit_id = made.released(world, TWO)
    reviewer, manager = world.actor("reviewer"), world.actor("manager")
    visit = visits.get(reviewer, visit_id)
    action = next(a for a in actions.of_visit(manager, visit_id) if a.item == "SAF04")
    actions.send_evidence(manager, action.id, "Done.")
    actions.verify(
        reviewer,
        action.id,
        Check(How.on_site, "Seen."),
        visits.finders(visit),
        visits.checklist(visit).policy,
        cases.today(reviewer) + timedelta(days=1),
    )
    session().commit()
    found = scorecards.current(manager, visit_id).result.overall.score
    today = cases.standing(manager, visits.get_released(manager, visit_id))
    assert today.overall.score > found
    assert today.line("SAF04").why.code == "verified"


def verified(world, visit_id, item):
    reviewer, manager = world.actor("reviewer"), world.actor("manager")
    visit = visits.get(reviewer, visit_id)
    action = next(a for a in actions.of_visit(manager, visit_id) if a.item == item)
    actions.send_evidence(manager, action.id, "Done.")
    policy, on = visits.checklist(visit).policy, cases.today(reviewer)
    actions.verify(reviewer, action.id, Check(How.on_site, "Seen."), visits.finders(visit), policy, on)
    session().commit()


def withdrawn(world, visit_id, item):
    action = next(a for a in actions.of_visit(world.actor("reviewer"), visit_id) if a.item == item)
    actions.withdraw(world.actor("reviewer"), action.id, "Asked for by mistake.")
    session().commit()


@pytest.mark.parametrize("close", [verified, withdrawn])
def test_a_correcting_letter_lists_what_is_still_asked_for(db_session, world, close):
    visit_id, finding_id = disputed(world, [*TWO, made.short("SAN01")])
    close(world, visit_id, "SAF04")
    partly = Becomes(Verdict.partial, "Six contracts were missing.", 6)
    letter = corrections.decide_dispute(world.actor("leader"), finding_id, Decision.partly, "Some were shown.", partly)
    session().commit()
    shown = letters.facts(letter).findings
    assert [one.seen.en for one in shown] == ["Six contracts were missing.", "Seen at SAN01."]
    assert all(one.due for one in shown)


def test_a_correcting_letter_after_which_nothing_is_left_says_so(db_session, world):
    visit_id, finding_id = disputed(world)
    withdrawn(world, visit_id, "SAF04")
    letter = corrections.decide_dispute(world.actor("leader"), finding_id, Decision.upheld, "They were shown.")
    session().commit()
    assert letters.facts(letter).findings == ()
    assert letters.pdf(letter).startswith(b"%PDF")
    assert "No point of the earlier letter remains open." in words(letter) or "均已撤销或办结" in words(letter)
