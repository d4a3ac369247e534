"""Letters in the database: drafts, numbers without gaps, frozen words, who sees what, and what anybody may verify."""

import threading
from dataclasses import replace
from datetime import date
from uuid import UUID, uuid4

import pytest
from flask import Flask
from sqlmodel import Session, select

from compliance.letters import jobs as letter_jobs
from compliance.letters import rules, store, store_delivery, store_issuing
from compliance.letters.delivery import Way
from compliance.letters.models import Letter, LetterRegister, LetterState
from compliance.people.rules import Actor
from compliance.shared import audit, files, ids, jobs
from compliance.shared.database import session
from compliance.shared.problems import Conflict, NotFound, Problem, Stale
from compliance.shared.words import Text
from compliance.visits.models import Visit
from compliance.visits.states import Route
from tests.letters import samples
from tests.world import World

assert letter_jobs  # registers the job


def visit_of(world: World, enterprise: int = 0, number: int = 1) -> Visit:
    """A visit to one of the world's enterprises."""
    visit = Visit(
        association_id=world.association_id,
        enterprise_id=world.enterprises[enterprise],
        workplace_id=world.workplaces[enterprise],
        year=2026,
        number=number,
        route=Route.random,
        planned_for=date(2026, 11, 17),
        visited_on=date(2026, 11, 17),
    )
    session().add(visit)
    session().flush()
    audit.record(world.system, "visit.planned", visit)
    return visit


def drafted(
    world: World, facts: rules.Facts = samples.FACTS, kind: str = "L2", enterprise: int = 0, number: int = 1
) -> Letter:
    """A draft about a new visit."""
    return store.draft(world.system, visit_of(world, enterprise, number), kind, facts, "zh_Hans_CN")


@pytest.fixture
def reviewer(world: World, db_session: Session) -> Actor:
    """The reviewer of the world."""
    return world.actor("reviewer")


def test_an_issued_letter_is_numbered_frozen_and_archived(db_session: Session, world: World, reviewer: Actor) -> None:
    letter = store.issue(reviewer, drafted(world))
    db_session.commit()
    assert letter.number == "示协函〔2026〕1号"
    assert letter.words["number"] == letter.number
    assert letter.issued_by == reviewer.person_id
    jobs.perform(_waiting_job(db_session))
    letter = store.get(reviewer, letter.id)
    assert letter.pdf_digest is not None
    assert store.pdf(letter) == files.get(letter.pdf_digest)
    assert store.pdf(letter).startswith(b"%PDF")
    assert store.pdf(letter).startswith(store.printed(letter).pdf), "what was printed, and then signed"
    assert store.filename(letter) == "letter-2026-0001-L2.pdf"
    assert "letter.issued" in {line.verb for line in audit.about(letter.id)}


def _waiting_job(db_session: Session) -> UUID:
    return db_session.exec(select(jobs.Job).where(jobs.Job.kind == store.PRESS_JOB)).one().id


def test_printing_a_second_time_changes_nothing(db_session: Session, world: World) -> None:
    letter = store.issue(world.system, drafted(world))
    store.archive(world.system, letter, store.printed(letter).pdf)
    first = letter.pdf_digest
    store.archive(world.system, letter, b"%PDF another")
    assert letter.pdf_digest == first


def test_nothing_of_an_issued_letter_can_be_changed(db_session: Session, world: World) -> None:
    letter = store.issue(world.system, drafted(world))
    for change in (
        lambda: store.edit(world.system, letter, rules.Passages(), revision=letter.revision),
        lambda: store.redraft(world.system, letter, samples.FACTS),
        lambda: store.issue(world.system, letter),
        lambda: store.preview(letter),
    ):
        with pytest.raises(Conflict):
            change()


@pytest.mark.parametrize(
    ("facts", "code"),
    [
        (replace(samples.FACTS, dated=None), "letter-incomplete"),
        (samples.named("\U00020bb7野家食品厂"), "letter-characters"),
    ],
)
def test_a_letter_that_cannot_be_printed_takes_no_number(
    db_session: Session, world: World, facts: rules.Facts, code: str
) -> None:
    letter = drafted(world)
    with pytest.raises(Problem) as caught:
        store.issue(world.system, letter, facts)
    assert caught.value.code == code
    assert letter.state == LetterState.draft
    assert letter.number is None
    assert db_session.get(LetterRegister, (world.association_id, 2026)) is None


def test_numbers_follow_each_other_and_begin_anew_each_year(db_session: Session, world: World) -> None:
    numbers = []
    for place, year in enumerate((2026, 2026, 2027, 2026, 2027)):
        facts = replace(samples.FACTS, dated=date(year, 12, 1))
        numbers.append(store.issue(world.system, drafted(world, facts, number=place + 1)).number)
    assert numbers == [
        f"示协函〔{year}〕{running}号" for year, running in ((2026, 1), (2026, 2), (2027, 1), (2026, 3), (2027, 2))
    ]


def test_a_number_whose_transaction_fails_is_given_again(db_session: Session, world: World) -> None:
    kept = drafted(world)
    db_session.commit()
    store.issue(world.system, kept)
    db_session.rollback()
    assert store.issue(world.system, store.get(world.system, kept.id)).running == 1


def test_numbers_taken_at_the_same_time_have_no_gaps_and_no_twins(
    app: Flask, world: World, db_session: Session
) -> None:
    db_session.commit()
    start, given, failed = threading.Barrier(4), [], []

    def take() -> None:
        with app.app_context():
            start.wait()
            for turn in range(10):
                try:
                    running = store_issuing._next_number(world.association_id, 2026)
                    if turn % 3 == 2:
                        session().rollback()  # a release that failed after it had its number
                    else:
                        session().commit()
                        given.append(running)
                except Exception as error:
                    failed.append(error)
                    session().rollback()

    threads = [threading.Thread(target=take) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert failed == []
    assert sorted(given) == list(range(1, 29))


def test_two_letters_released_at_the_same_time_both_get_a_number(app: Flask, db_session: Session, world: World) -> None:
    letters = [drafted(world, number=number).id for number in (1, 2)]
    db_session.commit()
    given: list[int | None] = []

    def issue(letter_id: UUID) -> None:
        with app.app_context():
            letter = store.issue(world.system, store.get(world.system, letter_id))
            given.append(letter.running)
            session().commit()

    threads = [threading.Thread(target=issue, args=(letter_id,)) for letter_id in letters]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(number or 0 for number in given) == [1, 2]


def test_editing_keeps_the_facts_and_notices_another_editor(db_session: Session, world: World, reviewer: Actor) -> None:
    letter = drafted(world)
    seen = letter.revision
    own = replace(store.passages(letter), closing=Text("See you soon.", "期待再次走访。"))
    store.edit(reviewer, letter, own, revision=seen)
    assert "期待再次走访。" in str(letter.words["closing"])
    with pytest.raises(Stale):
        store.edit(reviewer, letter, own, revision=seen)


def test_an_edit_with_a_character_that_cannot_be_printed_is_refused(
    db_session: Session, world: World, reviewer: Actor
) -> None:
    letter = drafted(world)
    with pytest.raises(Problem, match=r"☐ \(U\+2610\): the closing passage"):
        store.edit(reviewer, letter, rules.Passages(closing=samples.same("☐")), revision=letter.revision)


def test_new_facts_keep_what_the_reviewer_wrote(db_session: Session, world: World, reviewer: Actor) -> None:
    letter = drafted(world)
    own = replace(store.passages(letter), closing=samples.same("Mine 我写的"))
    store.edit(reviewer, letter, own, revision=letter.revision)
    fewer = replace(samples.NOTHING_FOUND, good_practices=(samples.same("新做法"),))
    store.redraft(reviewer, letter, fewer, kind="L1")
    kept = store.passages(letter)
    assert kept.closing == samples.same("Mine 我写的")
    assert kept.good == samples.same("新做法")
    assert letter.kind == "L1"


def test_a_draft_can_be_seen_as_pdf_before_it_has_a_number(db_session: Session, world: World) -> None:
    assert store.preview(drafted(world)).startswith(b"%PDF")


def test_an_enterprise_sees_its_own_issued_letters_and_nothing_else(db_session: Session, world: World) -> None:
    own, other = drafted(world, number=1), drafted(world, enterprise=1, number=2)
    manager = world.actor("manager")
    assert store.of_visit(manager, own.visit_id) == []
    with pytest.raises(NotFound):
        store.get(manager, own.id)
    store.issue(world.system, own)
    store.issue(world.system, other)
    assert store.get(manager, own.id) is own
    assert store.of_enterprise(manager, world.enterprises[0]) == [own]
    assert store.of_enterprise(manager, world.enterprises[1]) == []
    with pytest.raises(NotFound):
        store.get(manager, other.id)


def test_another_association_sees_no_letter(db_session: Session, world: World) -> None:
    letter = store.issue(world.system, drafted(world))
    with pytest.raises(NotFound):
        store.get(world.actor("stranger"), letter.id)
    with pytest.raises(NotFound):
        store.get(world.system, uuid4())


def test_a_draft_has_no_archived_pdf(db_session: Session, world: World) -> None:
    with pytest.raises(NotFound):
        store.pdf(drafted(world))


def test_its_code_proves_a_letter_and_names_its_successor(db_session: Session, world: World) -> None:
    letter = store.issue(world.system, drafted(world))
    assert letter.number is not None
    assert letter.code is not None
    shown = ids.grouped_code(letter.code)
    found = store.verify(shown.lower())
    assert found is not None
    assert (found.number, found.dated, found.kind) == (letter.number, samples.FACTS.dated, letter.kind)
    assert (found.superseded_by, found.pdf_digest, found.code) == (None, None, shown)
    assert store.verify("0" * 12) is None
    facts = replace(samples.CORRECTED, cites=rules.Cited(letter.number, date(2026, 11, 21)))
    visit = db_session.get_one(Visit, letter.visit_id)
    correction = store.draft(world.system, visit, "correction", facts, "both", cites=letter)
    assert store.verify(letter.code) == found, "a draft takes nobody's place"
    store.issue(world.system, correction)
    later = store.verify(letter.code)
    assert later is not None
    assert later.superseded_by == "示协函〔2026〕2号"


def test_a_letter_is_recognised_by_its_own_bytes_alone(db_session: Session, world: World) -> None:
    letter = store.issue(world.system, drafted(world))
    store.archive(world.system, letter, b"%PDF-1.7 the paper")
    assert letter.pdf_digest is not None
    assert letter.code is not None
    assert store.recognise(letter.pdf_digest.upper()) == store.verify(letter.code)
    assert store.recognise("0" * 64) is None


@pytest.mark.parametrize(
    ("name", "shown"),
    [
        ("示例制衣有限公司", "示例＊＊＊公司"),
        ("示例餐馆", "示＊＊＊馆"),
        ("Example Garments Ltd", "Ex＊＊＊td"),
        ("馆", "馆＊＊＊馆"),
    ],
    ids=["long", "short", "English", "one"],
)
def test_an_addressee_is_told_in_part(name: str, shown: str) -> None:
    assert rules.in_part(name) == shown


def test_a_referral_never_appears_to_the_enterprise(db_session: Session, world: World, reviewer: Actor) -> None:
    letter = store.issue(world.system, drafted(world, samples.REFERRED, "L9"))
    manager = world.actor("manager")
    assert store.get(reviewer, letter.id) is letter
    with pytest.raises(NotFound):
        store.get(manager, letter.id)
    assert store.of_enterprise(manager, world.enterprises[0]) == []
    assert store.of_visit(manager, letter.visit_id) == []
    assert not store_delivery.may_record(manager, letter)
    with pytest.raises(NotFound):
        store_delivery.record(manager, letter, Way.downloaded)


def test_who_holds_a_referral_is_told_to_whom_it_went_and_not_about_whom(db_session: Session, world: World) -> None:
    letter = store.issue(world.system, drafted(world, samples.REFERRED, "L9"))
    assert letter.code is not None
    found = store.verify(letter.code)
    assert found is not None
    assert (found.kind, found.addressee) == ("L9", "示例＊＊＊大队")


def test_a_reminder_leaves_the_letter_that_it_cites_in_force(db_session: Session, world: World) -> None:
    letter = store.issue(world.system, drafted(world))
    assert letter.code is not None
    visit = db_session.get_one(Visit, letter.visit_id)
    reminder = store.draft(world.system, visit, "L5", samples.BY_KIND["L5"], "both", cites=letter)
    assert store.draft_of(world.system, visit.id) is None, "a reminder is not what a release sends"
    store.issue(world.system, reminder)
    found = store.verify(letter.code)
    assert found is not None
    assert found.superseded_by is None
