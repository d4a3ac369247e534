"""Two worlds that differ only in what is sealed look the same to the enterprise, before and long after the release.

Each pair is led through the same year: sealed, released, answered, disputed, corrected, verified, visited again. Then
every page, picture and letter that a manager can reach by following links is compared byte by byte. Ids are named by
the order in which they turn up, and the code printed on letters is fixed: these are random in any world.
"""

import io
import itertools
import re
import zipfile
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from decimal import Decimal

import pytest

from compliance.casework import cases, corrections, release, sealing
from compliance.casework.corrections import Becomes
from compliance.checklists.rules import Severity, Verdict
from compliance.complaints import store as complaints
from compliance.complaints.rules import Concerned, Reply
from compliance.complaints.rules import Outcome as CameTo
from compliance.complaints.store import Told
from compliance.corrective_actions import store as actions
from compliance.corrective_actions.rules import Check, How
from compliance.findings import store as findings
from compliance.findings.rules import Decision, Position
from compliance.letters import store as letters
from compliance.people.rules import system_actor
from compliance.shared import clock, ids
from compliance.shared.database import session
from compliance.trends.views.frame import SHEET
from compliance.visits import evidence
from compliance.visits import store as visits
from compliance.visits.rules import PROFILE, Answer, Known
from tests.casework import made
from tests.casework.test_own import picture
from tests.manners import Client

NOW = datetime(2026, 11, 20, 2, 0, tzinfo=UTC)
COMMON = [made.short("WAG01", workers=6), made.short("SAF04", Verdict.partial)]
INTERVIEW = frozenset({Known.interview})
SECRET = "Li Lan, the only welder, said so at 14:05."


def unseen(item):
    return Answer(item, Verdict.not_looked_at, reason="No time was left.")


def told_by_workers(item, *facts, verdict=Verdict.non_compliant, **more):
    """Everything that an inspector can enter about a thing that only workers told."""
    known = {
        "note": SECRET,
        "workers": 58,
        "severity": Severity.critical,
        "action": f"Stop it. {SECRET}",
        "due_days": 1,
    }
    return Answer(item, verdict, facts=frozenset(facts), known_by=INTERVIEW, good=SECRET, **{**known, **more})


@dataclass(frozen=True)
class Pair:
    """Answers of two worlds; the second one holds what the enterprise must not learn."""

    without: list
    with_it: list
    sealed: tuple = ()
    workers: int | None = None
    wordless: str = ""  # the item whose note a reviewer takes out where nothing is sealed


PAIRS = {
    "a sealed fact": Pair(
        [unseen("PUN05")], [told_by_workers("PUN05", "worker-struck")], (("PUN05", "worker-struck"),)
    ),
    "a sealed fact about records": Pair(
        [unseen("WAG05")],
        [told_by_workers("WAG05", "records-falsified", verdict=Verdict.partial)],
        (("WAG05", "records-falsified"),),
    ),
    "a sealed fact beside one that everyone saw": Pair(
        [made.short("PUN09", facts=frozenset({"search-seen-at-gate"}))],
        [told_by_workers("PUN09", "search-seen-at-gate", "forced-or-strip-search")],
        (("PUN09", "forced-or-strip-search"),),
        wordless="PUN09",
    ),
    "interviews alone at a small workplace, and what they opened": Pair(
        [unseen("SOC04")],
        [told_by_workers("SOC04", verdict=Verdict.partial, workers=5), made.short("SOC05"), made.short("SOC06")],
        workers=6,
    ),
}


def visited(world, special, *, workers=None, photo=None):
    """A sealed visit with these answers; its id."""
    visit_id = made.handed_out(world, [])
    inspector = world.actor("inspector")
    visit = visits.get(inspector, visit_id)
    if workers is not None:
        visits.record(inspector, visit, {(PROFILE, "workers"): workers, (PROFILE, "women"): 2})
    given = {answer.item: answer for answer in special}
    visits.enter_answers(inspector, visit, made.answered(visit, given))
    if photo:
        row = visits.add_evidence(inspector, visit, photo, evidence.check(picture(), "scene.jpg"), caption=SECRET)
        visits.describe(inspector, visit, row, caption=SECRET, unrecognisable=True)
    sealing.seal(inspector, visit_id)
    session().commit()
    return visit_id


def a_year(world, pair, special, sealed):
    """Everything that both sides do in a year, the same in both worlds."""
    reviewer, manager, leader = world.actor("reviewer"), world.actor("manager"), world.actor("leader")
    photo = special[0].item if sealed and not pair.wordless else None
    with clock.at(NOW):
        visit_id = visited(world, [*COMMON, *special], workers=pair.workers, photo=photo)
        if pair.wordless and not sealed:
            corrections.correct(reviewer, visit_id, pair.wordless, {"note": None}, "The fact says it all.")
        for item, fact in sealed:
            corrections.decide_sealed_fact(reviewer, visit_id, item, fact, False, "It would name one worker.")
        made.safe(world)
        release.release(reviewer, visit_id)
        session().commit()
    told = {one.item: one.id for one in findings.public_of_visit(manager, visit_id)}
    asked = {one.item: one.id for one in actions.of_visit(manager, visit_id)}
    with clock.at(NOW + timedelta(days=3)):
        cases.answer_finding(manager, told["WAG01"], Position.dispute, "The contracts were in the other office.")
        cases.answer_finding(manager, told["SAF04"], Position.agree, "So it is.")
        actions.send_evidence(manager, asked["SAF04"], "Done.")
        session().commit()
    with clock.at(NOW + timedelta(days=5)):
        corrections.decide_dispute(
            leader, told["WAG01"], Decision.partly, "Some were shown.", Becomes(Verdict.partial, "Six were missing.", 6)
        )
        visit = visits.get(reviewer, visit_id)
        policy = visits.checklist(visit).policy
        check = Check(How.on_site, "Seen.")
        actions.verify(reviewer, asked["SAF04"], check, visits.finders(visit), policy, cases.today(reviewer))
        session().commit()
    return visit_id


def again(world, pair):
    """Half a year later the same items are looked at once more: what was never told cannot be found again."""
    with clock.at(NOW + timedelta(days=180)):
        short = [made.short(answer.item, Verdict.partial, note="Half done.") for answer in pair.without]
        release.release(world.actor("reviewer"), visited(world, [COMMON[0], *short]))
        session().commit()


def seen_by(app, world, who="manager", start="/own/", under="/own"):
    """Every address that a reader reaches from the start page by following links, with what it answers.

    A list can be narrowed and sorted in endless ways: each single one is followed, and what it leads to as it opens.
    Where all pages are followed, each is asked once as it opens.
    """
    http = app.test_client()
    with http.session_transaction() as kept:
        kept |= {"_user_id": world.uniquifiers[who], "_fresh": True, "language": "en"}
    client, names, waiting, found = Client(http, "en"), {}, [start], {}
    while waiting:
        address = waiting.pop(0)
        named = _named(address, names)
        if named in found:
            continue
        got = client.http.get(address, headers={"Accept": "text/html"}, buffered=True)
        headers = [(name, value) for name, value in got.headers if name not in ("Set-Cookie", "Date", "Content-Length")]
        body = _unsigned(got.data) if got.mimetype == "application/pdf" else got.data
        body = _sheets(got.data) if got.mimetype == SHEET else body
        if got.mimetype == "text/html":
            text = re.sub(r'(name="(?:csrf_token|once)"[^>]*? value=")[^"]*', r"\1", got.text)
            links = re.findall(r'(?:href|src)="([^"#]+)"', text)
            links = [link for link in links if link.startswith(under) and not link.startswith("/static/")]
            opens = under == "/" or "?" in address
            waiting += [link.partition("?")[0] for link in links] if opens else links
            body = _named(text, names)
        found[named] = (got.status_code, _named(repr(headers), names), body)
    return found


def _sheets(book):
    """What stands in a workbook; around it is the moment at which it was written."""
    with zipfile.ZipFile(io.BytesIO(book)) as parts:
        return b"".join(parts.read(name) for name in sorted(parts.namelist()) if not name.startswith("docProps/"))


def _unsigned(pdf):
    """A letter without its signature, which is random in any world and stands behind everything else."""
    printed, *signed = pdf.partition(b"%%EOF")
    assert not signed[1].strip() or b"/ETSI.CAdES.detached" in signed[1]
    return printed


def _named(text, names):
    def name(one):
        return names.setdefault(one[0], f"id-{len(names)}")

    return re.sub(r"[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}", name, text)


@pytest.mark.parametrize("about", PAIRS)
def test_what_is_sealed_changes_no_byte_that_the_enterprise_gets(stage, monkeypatch, about):
    monkeypatch.setattr(ids, "short_code", lambda length=10: "7" * length)
    pair, got, printed = PAIRS[about], [], []
    for special, sealed in ((pair.without, ()), (pair.with_it, pair.sealed)):
        app, world = stage.set_up("sqlite")
        codes = iter(range(10, 99))
        monkeypatch.setattr(ids, "short_code", lambda length=10, codes=codes: f"{next(codes):0{length}d}")
        with app.app_context():
            visit_id = a_year(world, pair, special, sealed)
        with clock.at(NOW + timedelta(days=6)):
            early = seen_by(app, world)
        with app.app_context():
            again(world, pair)
        with clock.at(NOW + timedelta(days=181)):
            got.append((early, seen_by(app, world)))
        with app.app_context():
            issued = letters.of_enterprise(world.actor("manager"), world.enterprises[0])
            frozen = [(one.number, one.kind, one.facts, one.words) for one in issued]
            printed.append(_named(repr(frozen), {}))
            kept = findings.of_visit(world.actor("reviewer"), visit_id)
            assert any(row.sealed or row.withheld for row in kept) is (special is pair.with_it)
    assert printed[0] == printed[1], _parting(*printed)
    plain, hiding = got
    assert len(plain[1]) > len(plain[0]) > 10
    for before, after in zip(plain, hiding, strict=True):
        assert list(before) == list(after)
        for address in before:
            assert before[address] == after[address], f"{address}: {_parting(before[address][2], after[address][2])}"
    assert SECRET.encode() not in b"".join(
        body if isinstance(body, bytes) else body.encode() for *_, body in hiding[1].values()
    )


def _parting(old, new):
    """The place where two pages part."""
    place = next((i for i, (a, b) in enumerate(zip(old, new, strict=False)) if a != b), min(len(old), len(new)))
    return f"{old[max(0, place - 200) : place + 200]!r} -> {new[max(0, place - 100) : place + 300]!r}"


OWN_LINES = re.compile(r'(?:<dt>Lines</dt><dd>|"Lines":)(\d+)')


@pytest.mark.parametrize(("who", "start", "under"), [("manager", "/own/", "/own"), ("leader", "/", "/")])
def test_a_complaint_changes_no_byte_for_the_manager_nor_for_a_leader(app, world, who, start, under):
    """From the moment it comes until it is closed and has begun to count for the risk score."""

    looks = []

    def look():
        """What is seen, but for the number of lines that this very person's looking has put on the trail."""
        with clock.at(NOW + timedelta(days=200)):
            seen = seen_by(app, world, who, start, under)
        lines = []
        for address in ("/account/data", "/account/data.json"):
            if address in seen:
                status, headers, body = seen[address]
                text = body if isinstance(body, str) else body.decode()
                lines += [int(number) for number in OWN_LINES.findall(text)]
                seen[address] = status, headers, OWN_LINES.sub("", text)
        looks.append(lines)
        return seen

    with app.app_context(), clock.at(NOW):
        visit_id = visited(world, COMMON)
        release.release(world.actor("reviewer"), visit_id)
        session().commit()
    look()  # what the first look alone leaves behind
    before = look()
    with app.app_context():
        officer = world.actor("coordinator")
    account = {"happened": SECRET, "employer": "Shunfa"}
    told = Told(account, {"contact": "138"}, ["wages"], Concerned.one, Reply.yes, Reply.yes)
    steps = {
        "received": lambda: complaints.receive(
            system_actor(world.association_id, "complainant"), told, "x", "0" * 64, "en", NOW.date()
        ),
        "read": lambda: complaints.mark_read(officer, complaint()),
        "linked": lambda: complaints.link(officer, complaint(), world.enterprises[0], world.workplaces[0]),
        "answered": lambda: complaints.answer(officer, complaint(), "We look into it."),
        "closed": lambda: complaints.close(officer, complaint(), CameTo.founded, Decimal("1200.50")),
    }

    def complaint():
        return complaints.search(officer, complaints.Filters(), NOW.date()).rows[0]

    for step, take in steps.items():
        with app.app_context(), clock.at(NOW + timedelta(hours=1)):
            take()
            session().commit()
        after = look()
        assert list(before) == list(after), step
        for address in before:
            assert before[address] == after[address], (
                f"{step}, {address}: {_parting(before[address][2], after[address][2])}"
            )
    assert len(before) > 10
    more = [[later - earlier for earlier, later in zip(*two, strict=True)] for two in itertools.pairwise(looks[1:])]
    assert all(one == more[0] for one in more), "each look adds the lines of its own downloads and nothing else"
