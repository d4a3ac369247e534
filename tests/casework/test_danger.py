"""A sealed case of danger: opened by an answer, told to officers until taken, held back, agreed by two, cleared."""

from datetime import timedelta

import pytest

from compliance.casework import corrections, danger, release, sealing
from compliance.complaints import store as complaints
from compliance.complaints.rules import Concerned, Reply, Source
from compliance.interviews import records
from compliance.interviews import store as interviews
from compliance.people import store as people
from compliance.people.rules import PERMITS
from compliance.referrals import store as referrals
from compliance.referrals.rules import Agency, Kind, Measure, Opening, Outcome, Safe, SourceKind, Way
from compliance.shared import audit, clock, ids, outbox
from compliance.shared.database import session
from compliance.shared.problems import Conflict, NotFound, Problem, Refused
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
    with pytest.raises(Problem):
        referrals.refer(one, case.id, Agency.police, "")
    referrals.propose(one, case.id, Kind.decision, Measure.joint.value, "Police and the women's federation together.")
    (waiting,) = referrals.get(one, case.id).standing.waiting
    with pytest.raises(Refused):
        referrals.agree(one, case.id, waiting.id)
    referrals.agree(other, case.id, waiting.id)
    with pytest.raises(Problem):
        referrals.propose(one, case.id, Kind.clearing, Outcome.referred.value, "Done.")
    row = referrals.refer(one, case.id, Agency.police, "Signals of violence in the dormitory.")
    today = clock.now().date()
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
    client.post(f"{page}/referral", {"referral-agency": "police", "referral-said": "The dormitory."})
    with app.app_context():
        (sent,) = referrals.get(world.actor("leader"), case_id).referrals
    at = f"{page}/referrals/{sent.row.id}"
    assert client.http.get(f"{at}.pdf").data.startswith(b"%PDF")
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
