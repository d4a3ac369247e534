"""A sealed case of danger: opened by an answer, told to officers until taken, held back, agreed by two, cleared."""

import subprocess
from datetime import timedelta

import pytest

from compliance.casework import cases, corrections, danger, notices, release, sealing
from compliance.complaints import store as complaints
from compliance.complaints.rules import Concerned, Reply, Source
from compliance.findings import store as findings
from compliance.findings.rules import Decision, Position
from compliance.interviews import records
from compliance.interviews import store as interviews
from compliance.people import store as people
from compliance.people import store_ties
from compliance.people.rules import PERMITS, TieKind
from compliance.referrals import store as referrals
from compliance.referrals.rules import Agency, Ground, Kind, Measure, Opening, Outcome, Safe, SourceKind, Way
from compliance.shared import audit, clock, ids, outbox
from compliance.shared.database import session
from compliance.shared.outbox import Channel
from compliance.shared.problems import Conflict, NotFound, Problem, Refused
from compliance.visits import store as visits
from tests.casework import made

STRUCK = made.short("PUN05", facts=frozenset({"worker-struck"}), note="Li Lan said so.")
LOCKED = made.short("SAF01", facts=frozenset({"exit-locked"}))


def opened(world, *special):
    visit_id = made.handed_out(world, special)
    danger.look(world.system.association_id, visit_id)
    session().commit()
    return visit_id, referrals.listed(world.actor("coordinator"))


def test_it_opens_before_the_visit_is_sealed_and_once(world, db_session):
    visit_id, (case,) = opened(world, STRUCK)
    assert (case.why, case.waits) == (Opening.zero_tolerance, True)
    lines = len(audit.about(case.id))
    danger.look(world.system.association_id, visit_id)
    danger.each_minute()
    assert len(referrals.listed(world.actor("coordinator"))) == 1
    assert len(audit.about(case.id)) == lines, "what is known already is no news"
    whole = referrals.get(world.actor("leader"), case.id)
    assert {one.kind for one in whole.signals} == {SourceKind.answer} and 5 in {one.indicator for one in whole.signals}


def test_nobody_but_its_officers_sees_it(world, db_session):
    _visit, (case,) = opened(world, STRUCK)
    for who in ("inspector", "manager", "administrator"):
        assert referrals.listed(world.actor(who)) == []
        with pytest.raises(NotFound):
            referrals.get(world.actor(who), case.id)
    for row in session().exec(audit.sqlmodel.select(audit.AuditLine)):
        if row.verb.startswith("danger."):
            assert str(world.enterprises[0]) not in str(row.changes), "who reads the trail learns of whom nothing"


def test_a_closed_door_that_everybody_saw_opens_a_case_and_holds_no_letter_back(world, db_session):
    visit_id = made.sealed(world, [LOCKED])
    (case,) = referrals.listed(world.actor("leader"))
    assert not case.waits
    assert release.release(world.actor("reviewer"), visit_id).kind == "L3"


def test_nothing_is_released_before_an_officer_has_looked_whether_anybody_is_endangered(world, db_session):
    visit_id = made.handed_out(world, [STRUCK, LOCKED])
    sealing.seal(world.actor("inspector"), visit_id)
    session().commit()
    reviewer = world.actor("reviewer")
    corrections.decide_sealed_fact(reviewer, visit_id, "PUN05", "worker-struck", False, "She would be known.")
    session().commit()
    with pytest.raises(Conflict):
        release.release(reviewer, visit_id)
    session().rollback()
    (case,) = referrals.listed(reviewer)
    referrals.propose(reviewer, case.id, Kind.safety, Safe.not_yet.value, "She is still in the dormitory.")
    session().commit()
    with pytest.raises(Conflict):
        release.release(reviewer, visit_id)
    session().rollback()
    made.safe(world)
    assert release.release(reviewer, visit_id).kind == "L3"


def test_it_is_told_again_to_one_more_until_somebody_takes_it(world, db_session):
    for person in people.people_with_role(world.system, *PERMITS["danger.handle"]):
        person.email = f"{person.id}@example.org"
    audit.record(world.system, "test.addresses")
    session().commit()
    now = clock.now()
    with clock.at(now):
        _visit, (case,) = opened(world, STRUCK)
        first = {one.person_id for one in outbox.about(case.id)}
        assert len(first) == 1
        danger.each_minute()
        assert len(outbox.about(case.id)) == len(first), "not before the pause is over"
    with clock.at(now + timedelta(minutes=11)):
        danger.each_minute()
        told = outbox.about(case.id)
        assert len({one.person_id for one in told}) == 2
    assert all("PUN05" not in one.body and "struck" not in one.body for one in told)
    referrals.take(world.actor("leader"), case.id)
    session().commit()
    with clock.at(now + timedelta(minutes=40)):
        danger.each_minute()
        assert len(outbox.about(case.id)) == len(told)


def test_what_is_new_in_a_taken_case_is_told_and_takes_the_safety_check_back(world, db_session):
    for person in people.people_with_role(world.system, *PERMITS["danger.handle"]):
        person.email = f"{person.id}@example.org"
    audit.record(world.system, "test.addresses")
    visit_id, (case,) = opened(world, STRUCK)
    leader = world.actor("leader")
    referrals.take(leader, case.id)
    referrals.propose(leader, case.id, Kind.safety, Safe.out.value, "She is with her family.")
    session().commit()
    assert not referrals.must_wait(case.enterprise_id)
    before = {one.id for one in outbox.about(case.id)}
    spoken(world, visit_id, safe_from_touch="touched")
    danger.each_minute()
    danger.each_minute()
    new = [one for one in outbox.about(case.id) if one.id not in before]
    assert {one.person_id for one in new} == {world.people["leader"]} and len(new) == 1
    assert referrals.must_wait(case.enterprise_id), "somebody else may be endangered"


def test_two_decide_refer_and_clear(world, db_session):
    _visit, (case,) = opened(world, STRUCK)
    one, other = world.actor("coordinator"), world.actor("leader")
    today = clock.now().date()
    law = (Ground.duty, "Art. 11 of the regulation.", today)
    with pytest.raises(Problem):
        referrals.refer(one, case.id, Agency.police, "", *law)
    referrals.propose(one, case.id, Kind.decision, Measure.joint.value, "Police and the women's federation together.")
    (waiting,) = referrals.get(one, case.id).standing.waiting
    with pytest.raises(Refused):
        referrals.agree(one, case.id, waiting.id)
    referrals.agree(other, case.id, waiting.id)
    with pytest.raises(Problem):
        referrals.propose(one, case.id, Kind.clearing, Outcome.referred.value, "Done.")
    for said, ground, why in (
        ("The dormitory.", Ground.consent, " "),
        ("Ask for 138 0013 8000.", Ground.nobody, ""),
        ("The dormitory.", Ground.consent, "5301021988010112３X agreed"),
    ):
        with pytest.raises(Problem):
            referrals.refer(one, case.id, Agency.police, said, ground, why, today)
    row = referrals.refer(one, case.id, Agency.police, "Signals of violence in the dormitory.", *law)
    again = referrals.refer(one, case.id, Agency.women, "", Ground.nobody, "", today)
    assert [(each.year, each.running) for each in (row, again)] == [(today.year, 1), (today.year, 2)]
    with pytest.raises(Problem):
        referrals.track(one, case.id, row.id, referrals.Track(Way.handed, today, today - timedelta(days=1)))
    referrals.track(one, case.id, row.id, referrals.Track(Way.handed, today, today, answer="Case opened."))
    referrals.propose(one, case.id, Kind.safety, Safe.out.value, "She is with her family.")
    referrals.propose(one, case.id, Kind.clearing, Outcome.referred.value, "The police took it over.")
    (waiting,) = referrals.get(one, case.id).standing.waiting
    referrals.agree(other, case.id, waiting.id)
    session().commit()
    assert case.outcome is Outcome.referred
    danger.look(world.system.association_id, _visit)
    assert [row.id for row in referrals.listed(one)] == [case.id], "what was cleared is not opened again"


def spoken(world, visit_id, **said):
    """An interview in which these questions were answered so."""
    raw = {
        "setting": "alone", "language": "zh", "brought": False, "notice": True, "consent": True,
        "answers": {question.replace("_", "-"): {"answer": answer} for question, answer in said.items()},
    }  # fmt: skip
    record = records.made(interviews.form(), raw)
    interviews.close(world.actor("inspector"), visit_id, ids.random_id(), record, clock.now().date())
    session().commit()


def test_one_worker_who_tells_of_danger_opens_a_case_within_a_minute(world, db_session):
    visit_id = made.handed_out(world)
    spoken(world, visit_id, identity_card="with-me", last_pay="late")
    danger.each_minute()
    assert referrals.listed(world.actor("leader")) == []
    spoken(world, visit_id, mistakes="struck")
    danger.each_minute()
    (case,) = referrals.listed(world.actor("leader"))
    assert (case.why, case.waits) == (Opening.strong, True)
    whole = referrals.get(world.actor("leader"), case.id)
    assert {one.kind for one in whole.signals} == {SourceKind.interview}
    assert {one.indicator for one in whole.signals} == {5, 6, 8}
    danger.each_minute()
    assert len(referrals.get(world.actor("leader"), case.id).signals) == len(whole.signals), "said once is enough"


def test_what_is_seen_and_what_is_told_add_up(world, db_session):
    visit_id = made.handed_out(world, [made.short("WAG02"), made.short("SAN01")])
    danger.each_minute()
    assert referrals.listed(world.actor("leader")) == []
    spoken(world, visit_id, toilet="wait")
    danger.each_minute()
    (case,) = referrals.listed(world.actor("leader"))
    assert case.why is Opening.combination


def complained(world, danger_now, enterprise=None):
    reviewer = world.actor("reviewer")
    told = complaints.Told(
        {"happened": "The gate is locked at night."}, {}, (), Concerned.many, Reply.yes, danger_now, (), Source.hotline
    )
    row = complaints.receive(reviewer, told, "secret", ids.short_code(8), "en", clock.now().date())
    if enterprise is not None:
        complaints.mark_read(reviewer, row)
        complaints.link(reviewer, row, enterprise, None)
    session().commit()
    return row


def test_a_complaint_of_danger_is_told_until_somebody_reads_it_and_then_opens_a_case(world, db_session):
    for person in people.people_with_role(world.system, *PERMITS["danger.handle"]):
        person.email = f"{person.id}@example.org"
    audit.record(world.system, "test.addresses")
    row = complained(world, Reply.yes)
    now = clock.now()
    danger.each_minute()
    danger.each_minute()
    assert len({one.person_id for one in outbox.about(row.id)}) == 1
    with clock.at(now + timedelta(minutes=25)):
        danger.each_minute()
    readers = {one.id for one in people.people_with_role(world.system, *PERMITS["complaint.read"])}
    told = {one.person_id for one in outbox.about(row.id)}
    assert len(told) > 1 and told <= readers, "a leader could not open it"
    assert referrals.listed(world.actor("leader")) == []
    reviewer = world.actor("reviewer")
    complaints.mark_read(reviewer, row)
    complaints.link(reviewer, row, world.enterprises[0], None)
    session().commit()
    danger.each_minute()
    (case,) = referrals.listed(world.actor("leader"))
    assert (case.why, case.waits) == (Opening.strong, True)
    with clock.at(now + timedelta(hours=2)):
        danger.each_minute()
    assert {one.person_id for one in outbox.about(row.id)} == told


def test_what_a_complaint_points_to_opens_a_case_and_its_number_does_not_show_in_it(world, db_session):
    row = complained(world, Reply.no, world.enterprises[0])
    danger.each_minute()
    assert referrals.listed(world.actor("leader")) == []
    with pytest.raises(Problem):
        complaints.point(world.actor("reviewer"), row, [12])
    complaints.point(world.actor("reviewer"), row, [10, 3])
    session().commit()
    danger.each_minute()
    (case,) = referrals.listed(world.actor("leader"))
    signals = referrals.get(world.actor("leader"), case.id).signals
    assert {(one.kind, one.indicator) for one in signals} == {(SourceKind.complaint, 3), (SourceKind.complaint, 10)}


def test_only_officers_are_named_and_the_named_come_first(world, db_session):
    with pytest.raises(Problem):
        referrals.name_officer(world.actor("administrator"), world.people["inspector"], 1, "")
    referrals.name_officer(world.actor("administrator"), world.people["leader"], 1, "0871-1234")
    session().commit()
    found = referrals.officers(world.system, world.enterprises[0])
    assert (found[0].person_id, found[0].phone) == (world.people["leader"], "0871-1234")
    assert len(found) > 1 and PERMITS["danger.handle"], "a second one stands in"


def test_the_pages_lead_from_the_list_to_the_referral(sign_in, app, world):
    with app.app_context():
        _visit, (case,) = opened(world, STRUCK)
        case_id = case.id
    client, second = sign_in("coordinator"), sign_in("leader")
    assert "Signals present" in client.get("/danger/").text
    page = f"/danger/{case_id}"
    client.post(f"{page}/take", {})
    client.post(f"{page}/step", {"step-code": "call", "step-said": "Everybody is out."})
    client.post(f"{page}/safety", {"safety-code": "out", "safety-said": ""}, status=422)
    client.post(f"{page}/safety", {"safety-code": "out", "safety-said": "She is with her family."})
    client.post(f"{page}/decision", {"decision-code": "refer", "decision-said": "The police have to know."})
    with app.app_context():
        (waiting,) = referrals.get(world.actor("leader"), case_id).standing.waiting
    client.post(f"{page}/agree/{waiting.id}", {}, status=403)
    second.post(f"{page}/agree/{waiting.id}", {})
    referral = {"referral-agency": "police", "referral-said": "The dormitory.", "referral-ground": "consent"}
    assert "who agreed and when" in client.post(f"{page}/referral", referral, status=422).text
    client.post(f"{page}/referral", {**referral, "referral-why": "Both agreed on the 22nd, on the telephone."})
    with app.app_context():
        (sent,) = referrals.get(world.actor("leader"), case_id).referrals
    at = f"{page}/referrals/{sent.row.id}"
    assert "移〔2026〕1号" in client.get(page).text
    paper = client.http.get(f"{at}.pdf").data
    said = subprocess.run(["pdftotext", "-", "-"], input=paper, stdout=subprocess.PIPE, check=True).stdout.decode()
    assert "移〔2026〕1号" in said.replace(" ", "") and "These are signals only" in said.replace("\n", " ")
    for never in ("forced labour", "Forced labour", "强迫劳动", "on the telephone", "Li Lan"):
        assert never not in said, never
    client.post(at, {f"{sent.row.id}-way": "handed", f"{sent.row.id}-sent_on": "2026-11-23"})
    client.post(f"{page}/clearing", {"clearing-code": "referred", "clearing-said": "Taken over."})
    assert "Waits for a second officer" in second.get(page).text
    sign_in("inspector").get(page, 403)
    administrator = sign_in("administrator")
    administrator.get(page, 403)
    with app.app_context():
        leader = str(world.people["leader"])
    administrator.post("/danger/officers", {"person": leader, "position": "1", "phone": "0871-1234"})
    assert "0871-1234" in administrator.get("/danger/officers").text


def test_a_job_that_stood_still_for_two_days_passes_nothing_over(world, db_session):
    now = clock.now()
    with clock.at(now):
        danger.each_minute()
        visit_id = made.handed_out(world)
        spoken(world, visit_id, mistakes="struck")
        inspector = world.actor("inspector")
        visits.enter_answers(inspector, visits.get(inspector, visit_id), [STRUCK])
        session().commit()
    with clock.at(now + timedelta(days=2)):
        danger.each_minute()
    (case,) = referrals.listed(world.actor("leader"))
    kinds = {one.kind for one in referrals.get(world.actor("leader"), case.id).signals}
    assert kinds == {SourceKind.answer, SourceKind.interview}


def pointed(world, *signs):
    """A complaint about the first enterprise in which whoever read it found these indicators."""
    row = complained(world, Reply.no, world.enterprises[0])
    complaints.point(world.actor("reviewer"), row, signs)
    session().commit()


def test_what_is_complained_of_after_a_visit_adds_up_with_what_was_seen(world, db_session):
    visit_id = made.handed_out(world, [made.short("WAG02")])
    sealing.seal(world.actor("inspector"), visit_id)
    session().commit()
    spoken(world, visit_id, last_pay="late")
    danger.each_minute()
    assert referrals.listed(world.actor("leader")) == [], "two signs of wages kept back are no danger"
    pointed(world, 6)
    danger.each_minute()
    (case,) = referrals.listed(world.actor("leader"))
    whole = referrals.get(world.actor("leader"), case.id)
    assert {SourceKind.complaint, SourceKind.answer} <= {one.kind for one in whole.signals}


def test_what_was_complained_of_before_a_visit_adds_up_with_what_is_seen(world, db_session):
    pointed(world, 6)
    danger.each_minute()
    assert referrals.listed(world.actor("leader")) == []
    visit_id = made.handed_out(world, [made.short("WAG02")])
    danger.look(world.system.association_id, visit_id)
    assert len(referrals.listed(world.actor("leader"))) == 1


def test_a_late_step_is_told_to_whoever_took_the_case_until_it_is_done(world, db_session):
    for person in people.people_with_role(world.system, *PERMITS["danger.handle"]):
        person.email = f"{person.id}@example.org"
    audit.record(world.system, "test.addresses")
    now = clock.now()
    leader = world.actor("leader")
    with clock.at(now):
        _visit, (case,) = opened(world, STRUCK)
        referrals.take(leader, case.id)
        session().commit()
        before = len(outbox.about(case.id))
        danger.each_minute()
        assert len(outbox.about(case.id)) == before
    for minutes, more in ((61, 1), (70, 1), (61 + 240, 2)):
        with clock.at(now + timedelta(minutes=minutes)):
            danger.each_minute()
        assert len(outbox.about(case.id)) == before + more, minutes
    assert {one.person_id for one in outbox.about(case.id)[-2:]} >= {leader.person_id}
    referrals.step_done(leader, case.id, "call", "Phoned.")
    session().commit()
    with clock.at(now + timedelta(minutes=61 + 500)):
        danger.each_minute()
    assert len(outbox.about(case.id)) == before + 2


def test_alerts_go_by_every_channel_that_is_set_up_and_to_nobody_with_a_tie(app, world, db_session, monkeypatch):
    monkeypatch.setattr(notices.mail, "channels", lambda: frozenset({Channel.email, Channel.sms, Channel.wecom}))
    tied = world.people["reviewer"]
    for n, person in enumerate(people.people_with_role(world.system, *PERMITS["danger.handle"])):
        person.email, person.mobile, person.wecom = f"{person.id}@example.org", f"1380013800{n}", str(person.id)[:8]
    reviewer = people.get(world.system, tied)
    store_ties.declare(world.actor("administrator"), reviewer, world.enterprises[0], TieKind.owner)
    session().commit()
    _visit, (case,) = opened(world, STRUCK)
    for minutes in (0, 11, 22, 33, 44):
        with clock.at(case.opened_at + timedelta(minutes=minutes)):
            danger.each_minute()
    told = outbox.about(case.id)
    assert {one.channel for one in told} == {Channel.email, Channel.sms, Channel.wecom}
    assert tied not in {one.person_id for one in told} and len({one.person_id for one in told}) >= 2


def test_while_it_waits_no_letter_and_no_decision_reaches_the_enterprise(world, db_session):
    visit_id = made.released(world, [made.short("WAG01")])
    (finding,) = findings.of_visit(world.actor("reviewer"), visit_id)
    cases.answer_finding(world.actor("manager"), finding.id, Position.dispute, "It was open the day before.")
    session().commit()
    other = made.handed_out(world, [STRUCK])
    danger.look(world.system.association_id, other)
    session().commit()
    with pytest.raises(Conflict) as refused:
        corrections.decide_dispute(world.actor("leader"), finding.id, Decision.not_upheld, "It was seen by two.")
    assert refused.value.code == "danger-waits"
    session().rollback()
    made.safe(world)
    corrections.decide_dispute(world.actor("leader"), finding.id, Decision.not_upheld, "It was seen by two.")
