"""Nobody outside the need-to-know can tell who will be visited: every byte is the same whatever happens unreleased.

One database is led from step to step, so that ids stay what they are; the clock, the session and its tokens are fixed.
After each step every page that the reader may open is loaded again and compared with the page before the first step.
"""

import re
import uuid
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from sqlmodel import func, select

from compliance.casework import cases, corrections, release, sealing, step_facts
from compliance.checklists.rules import Verdict
from compliance.corrective_actions import store as actions
from compliance.findings import store as findings
from compliance.findings.rules import Position
from compliance.interviews import records
from compliance.interviews import store as interviews
from compliance.letters import store as letters
from compliance.people import gate
from compliance.people import store as people
from compliance.people import store_ties as ties
from compliance.people.rules import TieKind, can
from compliance.referrals import store as dangers
from compliance.referrals.rules import Agency, Ground, Kind, Measure, Safe
from compliance.scorecards import store as scorecards
from compliance.shared import clock, downloads, files
from compliance.shared.audit import AuditLine
from compliance.shared.database import session
from compliance.shared.words import Text
from compliance.visits import evidence
from compliance.visits import store as visits
from compliance.visits.rules import PROFILE, Route
from tests.casework import made
from tests.casework.test_own import picture

NOW = datetime(2026, 11, 20, 2, 0, tzinfo=UTC)
FOUND = [made.short("WAG01", workers=6), made.short("SAF04", Verdict.partial)]
WORSE = [made.short("SAF01", facts=frozenset({"exit-locked"})), made.short("PUN05", facts=frozenset({"worker-struck"}))]
UNKNOWN = "00000000-0000-4000-8000-000000000000"
# What a browser is told that is different each time by its nature.
VOLATILE = ("Set-Cookie", "Date", "Expires", "Content-Length")
SKIPPED = {"static", "security.logout"}


# --- the steps that must not show ------------------------------------------------------------------------------------


class Unreleased:
    """A visit to the reader's enterprise, led from the plan to the seal."""

    def __init__(self, world):
        self.world = world
        self.id = None

    @property
    def row(self):
        return visits.get(self.world.system, self.id)

    def planned(self):
        row = visits.plan(
            self.world.actor("coordinator"), self.world.workplaces[0], planned_for=NOW.date() - timedelta(days=0),
            route=Route.follow_up, purpose="Look at the exits again.", inspector_ids=[self.world.people["inspector"]],
        )  # fmt: skip
        self.id = row.id

    def handed_out(self):
        visits.hand_out(self.world.actor("coordinator"), self.row)

    def under_way(self):
        inspector = self.world.actor("inspector")
        half = made.answered(self.row, {answer.item: answer for answer in WORSE})
        visits.enter_answers(inspector, self.row, half[: len(half) // 2])
        visits.record(inspector, self.row, {(PROFILE, "workers"): 88, (PROFILE, "dormitory"): True})
        upload = evidence.check(picture(), "exit.jpg")
        photo = visits.add_evidence(inspector, self.row, "SAF01", upload)
        visits.describe(inspector, self.row, photo, caption="The exit", unrecognisable=True)

    def answered(self):
        inspector = self.world.actor("inspector")
        given = made.answered(self.row, {answer.item: answer for answer in WORSE})
        visits.enter_answers(inspector, self.row, given)
        visits.close(
            inspector,
            self.row,
            visits.Closing(visited_on=NOW.date(), inspector_name="Inspector One", representative_name="Manager"),
        )

    def interviewed(self):
        inspector, reviewer = self.world.actor("inspector"), self.world.actor("reviewer")
        raw = {"setting": "alone", "language": "zh", "notice": True, "consent": True, "note": "He fell at the press."}
        for said in ["this-week"] * 5 + ["long-ago"] * 5:
            record = records.made(interviews.form(), {**raw, "answers": {"day-off": {"answer": said}}})
            interviews.close(inspector, self.id, uuid.uuid4(), record, NOW.date())
        interviews.keep_contact(inspector, self.id, "138 0000 0000", NOW.date())
        interviews.tell(reviewer, self.id)
        interviews.read(reviewer, self.id)

    def sealed(self):
        sealing.seal(self.world.actor("inspector"), self.id)

    def endangered(self):
        """The sealed case that the seal opened is told, taken, and held back; two decide on a referral."""
        one, other = self.world.actor("coordinator"), self.world.actor("reviewer")
        (case,) = dangers.listed(one)
        dangers.take(one, case.id)
        dangers.propose(one, case.id, Kind.safety, Safe.not_yet.value, "She sleeps there.")
        dangers.propose(one, case.id, Kind.decision, Measure.refer.value, "The police have to know.")
        dangers.agree(other, case.id, dangers.get(other, case.id).standing.waiting[0].id)
        dangers.refer(one, case.id, Agency.police, "The dormitory.", Ground.nobody, "", clock.now().date())

    def referred(self):
        """The danger is passed on to the fire brigade before anything is released."""
        reviewer = self.world.actor("reviewer")
        case, asked = cases.load(reviewer, self.id), actions.of_visit(reviewer, self.id)
        offered = replace(step_facts.observed(case, asked), to=Text("Fire Brigade", "消防救援大队"))
        facts = step_facts.gather(reviewer, case, "L9", asked, cites=None, dated=NOW.date(), referral=offered)
        letters.issue(reviewer, letters.draft(reviewer, self.row, "L9", facts, "both"))

    def corrected(self):
        reviewer = self.world.actor("reviewer")
        corrections.correct(reviewer, self.id, "SAF01", {"note": "The second exit."}, "Clearer.")
        corrections.decide_sealed_fact(reviewer, self.id, "PUN05", "worker-struck", False, "Not yet.")

    def evidence_looked_at(self):
        """A checker adds a photo to an action that waits for its check: somebody is on the way."""
        manager = self.world.actor("manager")
        waiting = next(row for row in actions.listed(manager) if row.state.value == "evidence_sent")
        actions.attach(self.world.actor("reviewer"), waiting.id, files.put(picture(), "image/jpeg"), "on-site.jpg")

    def sent_back(self):
        corrections.send_back(self.world.actor("reviewer"), self.id, "Please count again.")

    def sealed_again(self):
        inspector = self.world.actor("inspector")
        visits.record(
            inspector, self.row, {("WAG01", "note"): "Counted again.", ("@closing", "inspector_signature"): "signed"}
        )
        sealing.seal(inspector, self.id)

    def another_cancelled(self):
        coordinator = self.world.actor("coordinator")
        row = visits.plan(
            coordinator, self.world.workplaces[0], planned_for=NOW.date() + timedelta(days=3), route=Route.random,
            inspector_ids=[self.world.people["inspector2"]],
        )  # fmt: skip
        visits.cancel(coordinator, row, "Another day.")

    STEPS = (
        planned, handed_out, under_way, answered, interviewed, sealed, endangered, referred, corrected,
        evidence_looked_at, sent_back, sealed_again, another_cancelled,
    )  # fmt: skip


# Where the other readers look; the manager looks after each step.
MILESTONES = (Unreleased.under_way, Unreleased.sealed, Unreleased.another_cancelled)


def a_past(world):
    """What the enterprise knows: a released visit, an answer, a dispute, evidence that is under review."""
    visit_id = made.released(world, FOUND)
    manager = world.actor("manager")
    told = {one.item: one.id for one in findings.public_of_visit(manager, visit_id)}
    asked = {one.item: one.id for one in actions.of_visit(manager, visit_id)}
    cases.answer_finding(manager, told["WAG01"], Position.agree, "So it is.")
    cases.answer_finding(manager, told["SAF04"], Position.dispute, "It was signed.")
    actions.attach(manager, asked["WAG01"], files.put(picture(), "image/jpeg"), "after.jpg")
    actions.send_evidence(manager, asked["WAG01"], "Paid.")
    session().commit()
    return visit_id


# --- every page of a reader ------------------------------------------------------------------------------------------


def known_ids(world, who, visit_id):
    """What a reader can put into an address: everything of the released past, and what is always there."""
    manager = world.actor("manager")
    ids = {
        "enterprise_id": world.enterprises[:2],
        "workplace_id": world.workplaces[:2],
        "visit_id": [visit_id, UNKNOWN],
        "number": [1],
        "name": ["managers", "start"],
        "person_id": [world.people[who]],
    }
    if visit_id:
        ids |= {
            "finding_id": [one.id for one in findings.public_of_visit(manager, visit_id)],
            "action_id": [one.id for one in actions.of_visit(manager, visit_id)],
            "letter_id": [one.id for one in letters.of_visit(manager, visit_id)],
            "scorecard_id": [scorecards.current(manager, visit_id).id],
            "evidence_id": [
                one.id
                for row in actions.of_visit(manager, visit_id)
                for one in actions.evidence(manager, [row.id]).get(row.id, [])
            ],
        }
    return ids


def rules_of(app, who, world):
    """Every route that the reader may open with GET."""
    with app.app_context():
        reader = world.actor(who)
        for rule in app.url_map.iter_rules():
            verb = gate.verb_of(rule.endpoint)
            left_out = "GET" not in rule.methods or rule.endpoint in SKIPPED
            if not left_out and verb and (verb == gate.PUBLIC or can(reader, verb)):
                yield rule


def filled(rule, ids):
    """The addresses of a rule with known values in its places; places nobody knows get an id that names nothing."""
    addresses = [rule.rule]
    for place in re.findall(r"<[^>]+>", rule.rule):
        name = place.strip("<>").split(":")[-1]
        converter = type(rule._converters[name]).__name__
        if converter == "AnyConverter":
            values = [re.sub(r"[^a-z_-].*", "", rule._converters[name].regex.removeprefix("(?:"))]
        else:
            values = ids.get(name) or ([UNKNOWN] if converter == "UUIDConverter" else ["1"])
        addresses = [one.replace(place, str(value)) for one in addresses for value in values]
    return addresses


def answer_of(client, address):
    """Status, headers and bytes of an address, with what differs by nature made equal."""
    got = client.http.get(address, headers={"Accept": "text/html"})
    body = re.sub(rb'(name="(?:csrf_token|once)"[^>]*? value=")[^"]*', rb"\1", got.data)  # drawn anew for each form
    headers = sorted((name, value) for name, value in got.headers.items() if name not in VOLATILE)
    return got.status_code, headers, body


OWN_LINES = re.compile(rb'(<dt>Lines</dt><dd>|"Lines":)(\d+)')


def every_page(app, world, client, who, visit_id):
    with app.app_context():
        ids = known_ids(world, who, visit_id)
    seen = {}
    for rule in rules_of(app, who, world):
        for address in filled(rule, ids):
            queries = ("", "?view=all", "?view=done") if rule.rule.startswith("/own/<") else ("",)
            for query in ("", "?all=1", "?what=visit") if rule.endpoint == "timeline.of" else queries:
                seen[address + query] = answer_of(client, address + query)
    return without_own_downloads(app, world.people[who], seen)


def without_own_downloads(app, person_id, seen):
    """The number of a person's own lines on the trail, less those of the downloads that this very looking made."""
    with app.app_context():
        own = (AuditLine.person_id == person_id, AuditLine.verb == downloads.VERB)
        made = session().exec(select(func.count()).select_from(AuditLine).where(*own)).one()

    def less(found):
        return b"%s%d" % (found.group(1), int(found.group(2)) - made)

    told = {address: seen[address] for address in ("/account/data", "/account/data.json") if address in seen}
    return seen | {address: (*got[:2], OWN_LINES.sub(less, got[2])) for address, got in told.items()}


@pytest.mark.parametrize(
    ("who", "past", "language"),
    [
        ("manager", True, "en"),
        ("manager", True, "zh"),
        ("manager", False, "en"),
        ("leader", True, "en"),
        ("leader", False, "en"),
    ],
)
def test_nothing_that_is_not_released_changes_a_byte(app, world, sign_in, who, past, language):
    with clock.at(NOW - timedelta(days=5)), app.app_context():
        visit_id = a_past(world) if past else None
        if who == "leader":
            ties.declare(
                world.system, people.get(world.system, world.people["leader"]), world.enterprises[0], TieKind.kin
            )
            session().commit()
    client = sign_in(who, language)
    with clock.at(NOW):
        every_page(app, world, client, who, visit_id)  # the reader's own first download is noted on their pages
        before = every_page(app, world, client, who, visit_id)
        opened = [address for address, answer in before.items() if answer[0] == 200]
        assert any(address.startswith("/own/") for address in opened)
        assert any(address.endswith("/timeline?all=1") for address in opened)
        if past:
            assert any("/own/findings/" in address for address in opened)
            assert any("/own/actions/" in address for address in opened)
            assert any("/own/visits/" in address for address in opened)
        hidden = Unreleased(world)
        for step in Unreleased.STEPS:
            if step is Unreleased.evidence_looked_at and not past:
                continue
            with app.app_context():
                step(hidden)
                session().commit()
            if (who, past, language) != ("manager", True, "en") and step not in MILESTONES:
                continue
            now = every_page(app, world, client, who, visit_id)
            told = [address for address in before if before[address] != now[address]]
            assert not told, (
                f"after “{step.__name__}” these pages tell {who}: {told[:5]} {_difference(before, now, told)}"
            )
        with app.app_context():
            made.safe(world)
            release.release(world.actor("reviewer"), hidden.id)
            session().commit()
        assert every_page(app, world, client, who, visit_id) != before, "a release is seen: the comparison works"


def test_ids_of_what_is_not_released_look_like_ids_that_nobody_has(app, world, sign_in):
    with clock.at(NOW), app.app_context():
        a_past(world)
        hidden = Unreleased(world)
        for step in (
            Unreleased.planned,
            Unreleased.handed_out,
            Unreleased.under_way,
            Unreleased.answered,
            Unreleased.sealed,
            Unreleased.referred,
        ):
            step(hidden)
        session().commit()
        reviewer = world.actor("reviewer")
        real = {
            "visit_id": [hidden.id],
            "finding_id": [row.id for row in findings.of_visit(reviewer, hidden.id)],
            "action_id": [row.id for row in actions.of_visit(reviewer, hidden.id)],
            "letter_id": [row.id for row in letters.of_visit(reviewer, hidden.id)],
            "scorecard_id": [scorecards.current(reviewer, hidden.id).id],
            "evidence_id": [row.id for row in visits.evidence_of(hidden.row)],
        }
    assert all(real.values())
    client = sign_in("manager")
    with clock.at(NOW):
        for rule in rules_of(app, "manager", world):
            if not rule.arguments & set(real):
                continue
            for address in filled(rule, real):
                unknown = re.sub(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}", UNKNOWN, address)
                status, headers, body = answer_of(client, address)
                # The tablet's application is one document at all of its addresses; it knows no visit.
                assert status == (200 if rule.endpoint == "tablet_app.page" else 404), address
                for one in re.findall(r"[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}", address):
                    body = body.replace(one.encode(), UNKNOWN.encode())
                nobody = answer_of(client, unknown)
                assert (status, headers, body) == nobody, _first((status, headers, body), nobody)


def test_every_id_that_an_enterprise_sees_is_random(app, world, page):
    with clock.at(NOW), app.app_context():
        visit_id = a_past(world)
    with clock.at(NOW):
        pages = [
            page("manager", path)
            for path in ("/own/", f"/own/visits/{visit_id}", f"/own/{world.enterprises[0]}/letters")
        ]
    found = {
        one for got in pages for one in re.findall(r"[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}", got.response.text)
    }
    assert found
    assert {uuid.UUID(one).version for one in found} == {4}


def _difference(before, now, told):
    if not told:
        return ""
    return _first(before[told[0]], now[told[0]])


def _first(old, new):
    """The place where two answers part."""
    if old[:2] != new[:2]:
        return f"{old[:2]} {new[:2]}"
    place = next((i for i, (a, b) in enumerate(zip(old[2], new[2], strict=False)) if a != b), 0)
    return f"{old[2][max(0, place - 80) : place + 120]!r} -> {new[2][max(0, place - 80) : place + 120]!r}"
