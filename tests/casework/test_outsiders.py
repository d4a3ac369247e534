"""A named outsider, on both databases: invited where nobody else is there, at work on one case, and gone with it."""

from dataclasses import replace
from datetime import timedelta

import pytest

from compliance.casework import cases, corrections, outsiders, passes, rehearsal, release, rules, sealing, seconds
from compliance.casework.corrections import Becomes
from compliance.casework.pass_rules import PassState, require_stranger, state_of
from compliance.findings import store as findings
from compliance.findings import store_replies as replies
from compliance.findings.rules import Decision, Position
from compliance.letters import store as letters
from compliance.people import store as people
from compliance.people import store_invitations as invitations
from compliance.people import store_ties as ties
from compliance.people.rules import InvitationState, Role, TieKind
from compliance.scorecards import store as scorecards
from compliance.shared import audit, clock
from compliance.shared.database import session
from compliance.shared.problems import Conflict, NotFound, Problem, Refused, Stale
from compliance.visits import store as visits
from tests.casework import made, outside

TWO = [made.short("WAG01", workers=6), made.short("SAF04", made.Verdict.partial)]
STRUCK = made.short("PUN05", facts=frozenset({"worker-struck"}))


def released_by(actor, seen=None):
    row, acting = outsiders.seat(actor)
    seen = seen or corrections.page_token(acting, cases.load(acting, row.visit_id))
    letter = rehearsal.carry_out(actor, lambda: outsiders.prepare_release(actor, seen=seen))
    session().commit()
    return letter


def state(visit_id, finding_id=None):
    return passes.of_case(visit_id, finding_id)[0][1]


def verbs(subject_id):
    return [line.verb for line in reversed(audit.about(subject_id))]


def test_an_outsider_releases_the_visit_and_is_printed(db_session, world):
    visit_id = made.sealed(world, TWO)
    made.alone(world)
    row, code = outside.invited(world, visit_id)
    assert state(visit_id) is PassState.invited
    rita = outside.signed_up(world, code)
    assert rita.roles == {Role.outsider}
    assert rita.name == outside.NAMED["name"], "whatever name was typed with the code"
    with pytest.raises(NotFound):
        outsiders.seat(rita)
    outsiders.accept(rita)
    session().commit()
    assert state(visit_id) is PassState.accepted
    draft = sealing.draft_of(world.actor("inspector"), visit_id)
    assert "Rita Example" in str(draft.words), "the draft says who stands in"
    letter = released_by(rita)
    for words in (outside.NAMED["name"], outside.NAMED["organisation"], outside.NAMED["reason"]):
        assert words in str(letter.words)
    assert outside.NAMED["bound_by"] not in str(letter.words)
    assert letters.facts(letter).signer.name == "Inspector One", "whoever invited signs for the association"
    assert letter.issued_by == rita.person_id
    visit = visits.get(world.system, visit_id)
    assert (visit.state.value, visit.released_by) == ("released", rita.person_id)
    assert state(visit_id) is PassState.done
    assert not people.get(world.system, rita.person_id).active
    assert verbs(row.id) == ["outsider.invited", "outsider.accepted", "outsider.done"]
    assert audit.first_broken_line() is None
    with pytest.raises(NotFound):
        people.actor_of(rita.person_id, "", "en")


def test_an_outsider_is_invited_only_where_nobody_of_the_association_is_left(db_session, world):
    visit_id = made.sealed(world, TWO)
    coordinator = world.actor("coordinator")
    with pytest.raises(Problem, match="Leader One, Reviewer One"):
        outside.invited(world, visit_id, by="coordinator")
    session().rollback()
    assert visit_id not in seconds.without(coordinator)
    for who in ("reviewer", "leader"):
        ties.declare(world.system, people.get(world.system, world.people[who]), world.enterprises[0], TieKind.kin)
    session().commit()
    assert seconds.without(coordinator) == {visit_id}
    assert outsiders.need(coordinator, visit_id).may_invite
    outside.invited(world, visit_id, by="coordinator")
    with pytest.raises(NotFound):
        outside.invited(world, visit_id, by="leader")


@pytest.mark.parametrize("who", ["inspector2", "administrator", "manager", "outsider"])
def test_who_may_not_release_invites_nobody(db_session, world, who):
    visit_id = made.sealed(world, TWO)
    made.alone(world)
    with pytest.raises((NotFound, Refused)):
        outside.invited(world, visit_id, by=who)


def test_only_a_sealed_visit_or_an_open_dispute_is_shown_to_an_outsider_and_to_one_at_a_time(db_session, world):
    open_id = made.handed_out(world, TWO)
    done_id = made.released(world, TWO, place=1)
    visit_id = made.sealed(world, TWO, place=2)
    made.alone(world)
    finding_id = findings.of_visit(world.actor("inspector"), done_id)[0].id
    for case in ((open_id, None), (done_id, None), (done_id, finding_id)):
        with pytest.raises(Conflict):
            outside.invited(world, *case)
        session().rollback()
    outside.invited(world, visit_id)
    with pytest.raises(Conflict):
        outside.invited(world, visit_id)


@pytest.mark.parametrize(
    ("field", "typed"),
    [
        ("name", "inspector  ONE"),
        ("name", "Ｒeviewer One"),
        ("name", "Manager One"),
        ("organisation", "示协"),
        ("organisation", "Example City Employers' Association"),
        ("organisation", "Example Garments No. 1 示例制衣一厂"),
        ("bound_by", "  "),
        ("reason", " "),
    ],
)
def test_the_inspector_the_enterprise_and_nobody_in_particular_are_no_outsiders(db_session, world, field, typed):
    visit_id = made.sealed(world, TWO)
    made.alone(world)
    if typed == "Ｒeviewer One":
        people.reactivate(world.system, people.get(world.system, world.people["reviewer"]))
        ties.declare(
            world.system, people.get(world.system, world.people["reviewer"]), world.enterprises[0], TieKind.kin
        )
        session().commit()
    with pytest.raises(Problem) as refused:
        outsiders.invite(world.actor("inspector"), visit_id, **{**outside.NAMED, field: typed})
    assert refused.value.facts["field"] == field


def test_names_are_compared_as_they_are_read():
    usual = {"member": False, "association": ("示例协会",), "enterprise": ("示例厂", "", "王厂长")}
    require_stranger("李律师", "示例律所", **usual)
    for name, organisation in (("王 厂长", "x"), ("李律师", "示例厂"), ("李律师", "示例 协会")):
        with pytest.raises(Problem):
            require_stranger(name, organisation, **usual)


def test_a_sealed_fact_keeps_every_outsider_out(db_session, world):
    visit_id = made.sealed(world, [STRUCK, *TWO])
    made.alone(world)
    with pytest.raises(Conflict, match="sealed fact"):
        outside.invited(world, visit_id)


def test_a_sealed_fact_that_comes_later_is_refused_without_a_word_of_it(db_session, world):
    visit_id = made.sealed(world, TWO)
    made.alone(world)
    rita = outside.declared(world, visit_id)
    # Returned, and sealed again with a fact known through workers.
    _row, acting = outsiders.seat(rita)
    outsiders.send_back(
        rita, "Ask about discipline too.", seen=corrections.page_token(acting, cases.load(acting, visit_id))
    )
    inspector = world.actor("inspector")
    visit = visits.get(inspector, visit_id)
    struck = {("PUN05", "fact:worker-struck"): True, ("PUN05", "verdict"): "non_compliant"}
    struck |= {("PUN05", "note"): "It was told.", ("PUN05", "known:interview"): True}
    visits.record(inspector, visit, {**struck, ("@closing", "inspector_signature"): "signed"})
    sealing.seal(inspector, visit_id)
    session().commit()
    assert state(visit_id) is PassState.accepted
    with pytest.raises(Conflict) as refused:
        released_by(rita)
    session().rollback()
    assert "sealed" not in str(refused.value).lower()
    assert "PUN05" not in str(refused.value)
    assert visits.get(inspector, visit_id).state.value == "sealed"
    assert outsiders.need(inspector, visit_id).why_not, "whoever invited sees why"


def test_other_work_of_the_association_sounds_the_same_to_an_outsider(db_session, world):
    visit_id = made.sealed(world, [STRUCK, *TWO])
    made.alone(world)
    case = cases.load(world.actor("inspector"), visit_id)
    blocks = release.readiness(world.actor("inspector"), release.drafted(world.actor("inspector"), case)).blocks
    said = set()
    for given, sealed_led in ((blocks, False), ((), True), (blocks, True)):
        with pytest.raises(Conflict) as refused:
            rules.require_own_part_done(given, sealed_led=sealed_led)
        said.add(str(refused.value))
    assert len(said) == 1


def test_an_outsider_returns_the_visit_and_sees_it_again_when_it_is_sealed(db_session, world):
    visit_id = made.sealed(world, TWO)
    made.alone(world)
    rita = outside.declared(world, visit_id)
    _row, acting = outsiders.seat(rita)
    seen = corrections.page_token(acting, cases.load(acting, visit_id))
    outsiders.send_back(rita, "Count the workers again.", seen=seen)
    session().commit()
    inspector = world.actor("inspector")
    visit = visits.get(inspector, visit_id)
    assert (visit.state.value, visit.sent_back_by) == ("handed_out", rita.person_id)
    with pytest.raises(Conflict):
        outsiders.prepare_release(rita, seen=seen)
    session().rollback()
    visits.record(inspector, visit, {("@closing", "inspector_signature"): "signed", ("WAG01", "workers"): 9})
    sealing.seal(inspector, visit_id)
    session().commit()
    with pytest.raises(Stale):
        outsiders.prepare_release(rita, seen=seen)
    session().rollback()
    assert released_by(rita).number


def test_an_outsider_decides_a_dispute_and_stands_on_record_and_paper(db_session, world):
    visit_id = made.released(world, TWO)
    manager = world.actor("manager")
    finding = next(one for one in findings.public_of_visit(manager, visit_id) if one.item == "WAG01")
    cases.answer_finding(manager, finding.id, Position.dispute, "They were in the other office.")
    session().commit()
    made.alone(world)
    rita = outside.declared(world, visit_id, finding.id)
    with pytest.raises(Refused):
        outsiders.prepare_release(rita, seen="")
    session().rollback()
    becomes = Becomes(made.Verdict.compliant)
    letter = rehearsal.carry_out(
        rita, lambda: outsiders.prepare_decision(rita, Decision.upheld, "They were shown to me.", becomes)
    )
    session().commit()
    assert outside.NAMED["organisation"] in str(letter.words)
    (decided,) = replies.disputes(manager, [finding.id])[finding.id]
    assert decided.decision is Decision.upheld
    assert decided.waiver.startswith(outside.NAMED["name"])
    assert decided.decided_by is None, "from outside it stays unsaid whose account it was"
    assert state(visit_id, finding.id) is PassState.done
    assert scorecards.current(manager, visit_id).result.line("WAG01").verdict is made.Verdict.compliant
    assert list(scorecards.replay(world.system)) == []


def test_an_appeal_needs_somebody_who_did_not_decide_before(db_session, world):
    visit_id = made.released(world, TWO)
    manager, leader = world.actor("manager"), world.actor("leader")
    finding = next(one for one in findings.public_of_visit(manager, visit_id) if one.item == "WAG01")
    cases.answer_finding(manager, finding.id, Position.dispute, "They were in the other office.")
    corrections.decide_dispute(leader, finding.id, Decision.not_upheld, "They were not shown.")
    cases.appeal(manager, finding.id, "Here they are.")
    people.deactivate(world.system, people.get(world.system, world.people["reviewer"]))
    session().commit()
    rounds = replies.disputes(leader, [finding.id])[finding.id]
    assert seconds.for_dispute(leader, cases.load(leader, visit_id), rounds) == []
    row, _code = outside.invited(world, visit_id, finding.id, by="leader")
    assert row.round == 2


@pytest.mark.parametrize("how", ["withdrawn", "expired", "declined", "overtaken", "revoked"])
def test_a_pass_that_has_ended_opens_nothing(db_session, world, how):
    visit_id = made.sealed(world, TWO)
    made.alone(world)
    rita = outside.declared(world, visit_id)
    row = passes.of_case(visit_id)[0][0]
    seen = corrections.page_token(world.actor("inspector"), cases.load(world.actor("inspector"), visit_id))
    later = clock.now()
    if how == "withdrawn":
        outsiders.withdraw(world.actor("inspector"), row.id)
    elif how == "expired":
        later += timedelta(days=14, seconds=1)
    elif how == "declined":
        outsiders.decline(rita, "My brother works there.")
    elif how == "overtaken":
        people.reactivate(world.system, people.get(world.system, world.people["reviewer"]))
        release.release(world.actor("reviewer"), visit_id)
    else:
        people.deactivate(world.system, people.get(world.system, rita.person_id))
    session().commit()
    with clock.at(later):
        expected = {"overtaken": PassState.withdrawn, "revoked": PassState.accepted}.get(how) or PassState(how)
        assert state(visit_id) is expected
        if how == "revoked":
            with pytest.raises(NotFound):
                people.actor_of(rita.person_id, "", "en")
            return
        for act in (
            lambda: outsiders.seat(rita),
            lambda: outsiders.accept(rita),
            lambda: outsiders.prepare_release(rita, seen=seen),
            lambda: outsiders.send_back(rita, "Again.", seen=seen),
        ):
            with pytest.raises(NotFound):
                act()
            session().rollback()
        if how != "expired":
            assert not people.get(world.system, rita.person_id).active
        if how in ("withdrawn", "declined", "expired"):
            assert outsiders.need(world.actor("inspector"), visit_id).may_invite, "somebody else can be invited"
        if how in ("withdrawn", "declined"):
            draft = sealing.draft_of(world.actor("inspector"), visit_id)
            assert "Rita Example" not in str(draft.words), "the draft names nobody who is gone"


def test_an_administrator_who_withdraws_the_invitation_ends_the_pass(db_session, world):
    visit_id = made.sealed(world, TWO)
    made.alone(world)
    row, code = outside.invited(world, visit_id)
    administrator = world.actor("administrator")
    invitations.withdraw(administrator, invitations.get(administrator, row.invitation_id))
    session().commit()
    assert state(visit_id) is PassState.withdrawn
    with pytest.raises(NotFound):
        invitations.open_by_code(code)


def test_the_state_is_what_happened_first_that_counts():
    now = clock.now()
    blank = dict.fromkeys(("accepted_at", "declined_at", "done_at", "withdrawn_at"))

    class Pass:
        def __init__(self, **more):
            self.__dict__ = {**blank, "expires_at": now + timedelta(days=1), **more}

    used = InvitationState.used
    assert state_of(Pass(), InvitationState.open, now) is PassState.invited
    assert state_of(Pass(accepted_at=now), used, now) is PassState.accepted
    assert state_of(Pass(accepted_at=now, expires_at=now), used, now) is PassState.expired
    assert state_of(Pass(accepted_at=now, done_at=now, expires_at=now), used, now) is PassState.done
    assert state_of(Pass(accepted_at=now, declined_at=now), used, now) is PassState.declined
    assert state_of(Pass(withdrawn_at=now), used, now) is PassState.withdrawn
    assert state_of(Pass(), InvitationState.revoked, now) is PassState.withdrawn


def test_an_outsider_with_a_tie_that_somebody_else_knows_of_is_shut_out(db_session, world):
    visit_id = made.sealed(world, TWO)
    made.alone(world)
    rita = outside.declared(world, visit_id)
    ties.declare(world.system, people.get(world.system, rita.person_id), world.enterprises[0], TieKind.owner)
    session().commit()
    tied = people.actor_of(rita.person_id, "", "en")
    with pytest.raises(NotFound):
        outsiders.send_back(tied, "Again.", seen="")
    session().rollback()
    outsiders.decline(tied, "So it is.")
    session().commit()
    assert state(visit_id) is PassState.declined


def test_an_outsider_gets_no_other_role_and_no_code_from_anybody(db_session, world):
    visit_id = made.sealed(world, TWO)
    made.alone(world)
    rita = outside.declared(world, visit_id)
    person = people.get(world.system, rita.person_id)
    with pytest.raises(Refused):
        people.set_roles(world.actor("administrator"), person, {Role.reviewer})
    with pytest.raises(Refused):
        invitations.way_back(world.actor("administrator"), person)
    session().rollback()


def test_an_outsider_reads_nothing_through_any_store(db_session, world):
    visit_id = made.sealed(world, TWO)
    made.alone(world)
    rita = outside.declared(world, visit_id)
    assert findings.of_visit(rita, visit_id) == []
    assert letters.of_visit(rita, visit_id) == []
    for read in (visits.get, visits.get_released, scorecards.current, cases.load):
        with pytest.raises(NotFound):
            read(rita, visit_id)
    disguised = replace(rita, association_id=world.noise_association_id)
    with pytest.raises(NotFound):
        outsiders.mine(disguised)
