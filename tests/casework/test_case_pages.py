"""A named outsider through the pages: the paper, the declaration, the one case, the second word; and nothing else."""

import io
import re
from datetime import timedelta

import pytest
from PIL import Image

from compliance.casework import cases, outsiders, passes, sealing
from compliance.casework.pass_rules import PassState
from compliance.corrective_actions import store as actions
from compliance.findings import store as findings
from compliance.findings.rules import Position
from compliance.letters import store as letters
from compliance.people import gate
from compliance.people import rules as people_rules
from compliance.shared import clock
from compliance.shared.database import session
from compliance.visits import evidence
from compliance.visits import store as visits
from compliance.visits.rules import Known
from tests.casework import made, outside
from tests.every.test_every_route import address, routes, unknown
from tests.manners import Client

TWO = [
    made.short("WAG01", workers=3, known_by=frozenset({Known.document, Known.interview})),
    made.short("SAF04", made.Verdict.partial),
]
LANGUAGES = pytest.mark.parametrize("language", ["en", "zh"])
PASSWORD = {"password": "three-Plum-oak-77", "again": "three-Plum-oak-77"}


@pytest.fixture
def visit_id(build):
    """A sealed visit of a small association: nobody of it can release it."""
    made_id = build(made.sealed, TWO)
    build(made.alone)
    return made_id


@pytest.fixture
def rita(sign_in, build, visit_id):
    """The client of an outsider to whom the case is open."""
    build(outside.declared, visit_id)
    return sign_in("rita")


def picture(shade):
    """A photo of its own."""
    out = io.BytesIO()
    Image.new("RGB", (64, 48), (shade, 30, 30)).save(out, "JPEG")
    return out.getvalue()


def state(app, visit_id, finding_id=None):
    with app.app_context():
        return passes.of_case(visit_id, finding_id)[0][1]


def disputed(build, app, world):
    released = build(made.released, TWO)
    with app.app_context():
        manager = world.actor("manager")
        finding = next(one for one in findings.public_of_visit(manager, released) if one.item == "SAF04")
        cases.answer_finding(manager, finding.id, Position.dispute, "The guard was there that day.")
        session().commit()
    build(made.alone)
    return released, finding.id


@LANGUAGES
def test_the_whole_way_from_the_paper_to_the_letter(app, world, sign_in, client, visit_id, language):
    inspector = sign_in("inspector", language)
    review = inspector.get(f"/reviews/{visit_id}")
    page = inspector.get(review.links("/outsiders/visits/")[0])
    wrong = {"name": "Inspector One", "organisation": "", "bound_by": "", "reason": "Alone."}
    faulty = inspector.submit(page, "/outsiders/visits/", 422, **wrong)
    assert faulty.errors()
    assert faulty.form("/outsiders/visits/")["reason"] == "Alone."
    paper = inspector.submit(faulty, "/outsiders/visits/", **outside.NAMED)
    (link,) = re.findall(r"/invitation/[0-9A-Z-]+", paper.response.text)
    qr = inspector.get(re.findall(r"/outsiders/[^\"]+qr.svg", paper.response.text)[0])
    assert qr.response.mimetype == "image/svg+xml"
    inspector.get(link)
    for _preview in range(3):
        offered = client.get(link)
        assert "示例制衣" not in offered.response.text, "the paper does not tell which enterprise it is about"
        assert "name" not in offered.form("/invitation/"), "the name is the one that was invited"
    assert state(app, visit_id) is PassState.invited
    rita = Client(client.http, language)
    named = {"username": "rita", "mobile": "", "name": "Inspector One", **PASSWORD}
    declaration = rita.submit(offered, "/invitation/", **named)
    assert declaration.path == "/case/"
    assert "示例制衣" in declaration.text
    assert "Seen at" not in declaration.text, "nothing of the case before the declaration"
    rita.get("/case/letter", 404)
    refused = rita.submit(declaration, "/declare", 422, no_tie="y", confidence=None)
    assert refused.errors()
    case = rita.submit(refused, "/declare", no_tie="y", confidence="y")
    assert "Seen at SAF04" in case.text
    assert rita.get("/case/letter").response.data.startswith(b"%PDF")
    assert rita.submit(case, "/release", 422, confirm=None).errors()
    waiting = inspector.get("/reviews/")
    assert waiting.links(f"/reviews/{visit_id}")
    assert "Rita" in inspector.get("/outsiders/").text
    thanks = rita.submit(case, "/release", confirm="y")
    with app.app_context():
        (letter,) = letters.of_visit(world.actor("manager"), visit_id)
        assert outside.NAMED["name"] in str(letter.words)
        assert letter.number in thanks.text
    assert rita.get("/case/").path == "/sign-in", "signed out, and the account is closed"
    rita.post("/sign-in", {"identity": "rita", "password": PASSWORD["password"]}, 422)
    assert state(app, visit_id) is PassState.done
    other = Client(app.test_client(), language)
    other.get(link, 404)


def test_an_outsider_reaches_no_other_page_with_any_id(app, world, rita, visit_id):
    with app.app_context():
        inspector = world.actor("inspector")
        visit = visits.get(inspector, visit_id)
        finding = findings.of_visit(inspector, visit_id)[0]
        values = {
            "visit_id": visit_id,
            "enterprise_id": visit.enterprise_id,
            "workplace_id": visit.workplace_id,
            "finding_id": finding.id,
            "action_id": actions.of_visit(inspector, visit_id)[0].id,
            "letter_id": letters.of_visit(inspector, visit_id)[0].id,
            "person_id": world.people["inspector"],
            "item_id": "SAF04",
        }
        open_to_all = {
            rule.endpoint for rule, _ in routes(app) if gate.verb_of(rule.endpoint) in (gate.PUBLIC, "account.use")
        }
        for_programs = {rule.endpoint for rule, _ in routes(app) if gate.verb_of(rule.endpoint) == gate.PROGRAM}
    token = rita.token()
    reached = set()
    for rule, method in routes(app):
        if rule.endpoint in open_to_all or rule.endpoint.startswith("case."):
            continue
        path = re.sub(
            r"<[^>]+>",
            lambda found, rule=rule: str(
                values.get(found.group(0).strip("<>").split(":")[-1])
                or unknown(rule._converters[found.group(0).strip("<>").split(":")[-1]])
            ),
            rule.rule,
        )
        answer = rita.http.open(path, method=method, headers={"X-CSRFToken": token})
        # Programs show a token, and no sign-in is one.
        closed = (401,) if rule.endpoint in for_programs else (403, 404)
        if answer.status_code not in closed:
            reached.add((method, rule.rule, answer.status_code))
    assert not reached
    menu = rita.get("/case/").links("/")
    for part in ("/reviews", "/enterprises", "/register", "/trends", "/people", "/letters", "/disputes", "/visits"):
        assert not [link for link in menu if link.startswith(part)], part


def test_the_case_tells_no_way_of_knowing_and_no_few_workers(rita):
    text = rita.get("/case/").text
    assert "Rests on" in text
    assert "interview" not in text.lower()
    assert "Workers affected" not in text, "three of them could be found"


def test_only_photos_on_which_nobody_can_be_recognised_are_shown(app, world, build, sign_in):
    handed_out = build(made.handed_out, TWO)
    with app.app_context():
        inspector = world.actor("inspector")
        visit = visits.get(inspector, handed_out)
        for shade, item in enumerate(("SAF04", "WAG01", "SAN01")):
            visits.add_evidence(inspector, visit, item, evidence.check(picture(shade * 80), f"{item}.jpg"))
        sealing.seal(inspector, handed_out)
        session().commit()
    build(made.alone)
    with app.app_context():
        reviewer = world.actor("inspector")
        visit = visits.get(reviewer, handed_out)
        rows = {row.item: row.id for row in visits.evidence_of(visit)}
        for row in visits.evidence_of(visit):
            if row.item in ("SAF04", "SAN01"):
                visits.describe(reviewer, visit, row, caption="", unrecognisable=True)
        session().commit()
    build(outside.declared, handed_out)
    rita = sign_in("rita")
    shown = rita.get("/case/").response.text
    assert str(rows["SAF04"]) in shown
    assert rita.get(f"/case/photos/{rows['SAF04']}").response.mimetype == "image/jpeg"
    for item in ("WAG01", "SAN01"):  # not ticked; and nothing was found there
        assert str(rows[item]) not in shown
        rita.get(f"/case/photos/{rows[item]}", 404)
    rita.get(f"/visits/evidence/{rows['SAF04']}/picture", 403)


def test_a_code_is_used_once_and_by_nobody_who_is_signed_in(app, sign_in, build, visit_id):
    _row, code = build(outside.invited, visit_id)
    link = f"/invitation/{people_rules.grouped(code)}"
    first, second = Client(app.test_client()), Client(app.test_client())
    offered = first.get(link)
    twin = second.get(link)
    first.submit(offered, "/invitation/", username="rita", mobile="", **PASSWORD)
    second.submit(twin, "/invitation/", 404, username="rita2", mobile="", **PASSWORD)
    sign_in("inspector").post(link, {"username": "x", **PASSWORD}, 403)


def test_the_inviter_withdraws_with_confirmation_and_the_outsider_is_out_at_once(app, sign_in, rita, visit_id):
    assert "Seen at" in rita.get("/case/").text
    inspector = sign_in("inspector")
    page = inspector.get(f"/outsiders/visits/{visit_id}")
    assert "Accepted" in page.text
    done = inspector.submit(page, "/withdraw")
    assert "sees nothing of this case any more" in done.text
    assert rita.get("/case/").path == "/sign-in"
    inspector.submit(page, "/withdraw", 409)
    assert done.form("/outsiders/visits/")["csrf_token"], "somebody else can be invited"


def test_time_ends_the_case(app, rita, visit_id):
    case = rita.get("/case/")
    with clock.at(clock.now() + timedelta(days=14, minutes=1)):
        assert "closed to you" in rita.get("/case/").text
        rita.submit(case, "/release", 404, confirm="y")
        rita.get("/case/letter", 404)
    assert state(app, visit_id) is PassState.accepted, "the clock was turned back"


def test_an_outsider_with_a_tie_declines_and_the_inviter_reads_why(app, sign_in, build, visit_id):
    _row, code = build(outside.invited, visit_id)
    build(outside.signed_up, code)
    rita = sign_in("rita")
    page = rita.get("/case/")
    gone = rita.submit(page, "/decline", why="My sister keeps their books.")
    assert "declined" in gone.text
    inspector = sign_in("inspector")
    told = inspector.get(f"/outsiders/visits/{visit_id}")
    assert "My sister keeps their books." in told.text
    assert "Declined" in told.text
    assert rita.get("/case/").path == "/sign-in"
    assert state(app, visit_id) is PassState.declined


@LANGUAGES
def test_an_outsider_decides_a_dispute_on_its_page(app, world, sign_in, build, language):
    released, finding_id = disputed(build, app, world)
    inspector = sign_in("inspector", language)
    page = inspector.get(f"/disputes/{finding_id}")
    invite = inspector.get(page.links("/outsiders/disputes/")[0])
    inspector.submit(invite, "/outsiders/disputes/", **outside.NAMED)
    with app.app_context():
        row = passes.of_case(released, finding_id)[0][0]
        outsiders.withdraw(world.actor("inspector"), row.id)
        session().commit()
    build(outside.declared, released, finding_id)
    rita = sign_in("rita", language)
    case = rita.get("/case/")
    assert "The guard was there that day." in case.text
    rita.get("/case/letter", 404)
    rita.post("/case/release", {"confirm": "y", "seen": ""}, 403)
    answers = {"decision": "upheld", "reason": "The guard showed me the roster."}
    preview = rita.post("/case/preview", {**case.form("/decide"), **answers}).response
    assert preview.mimetype == "application/pdf"
    unread = rita.submit(case, "/decide", 422, **answers)
    assert unread.form("/decide")["reason"] == answers["reason"]
    thanks = rita.submit(unread, "/decide", confirm="y")
    assert "示协函" in thanks.text
    assert "Rita Example" in inspector.get(f"/disputes/{finding_id}").text
    shown = sign_in("manager", language).get(f"/own/findings/{finding_id}").text
    assert "Rita Example" in shown
    assert "The guard showed me the roster." in shown


def test_a_refusal_on_the_page_keeps_the_case_and_says_nothing_of_why(app, world, rita, visit_id):
    case = rita.get("/case/")
    with app.app_context():
        inspector = world.actor("inspector")
        visit = visits.get(inspector, visit_id)
        visits.correct(inspector, visit, "PUN05", "fact:worker-struck", True, "A second look.")
        session().commit()
    again = rita.get("/case/")
    assert "not finished its own part" in again.text
    assert "Release the visit" not in again.text
    forged = {"confirm": "y", "seen": again.form("/return")["seen"]}
    refused = rita.post("/case/release", forged, 409)
    assert "not finished its own part" in refused.text
    assert "sealed fact" not in refused.text.lower()
    assert case.text.count("Seen at") == again.text.count("Seen at")


def test_the_roads_to_a_case_are_closed_to_everybody_else(app, world, sign_in, visit_id):
    for who in ("inspector", "coordinator", "manager", "administrator"):
        client = sign_in(who)
        token = client.token()
        for rule, method in routes(app):
            if rule.endpoint.startswith("case."):
                path = address(app, rule)
                answer = client.http.open(path, method=method, data={"csrf_token": token} if method == "POST" else None)
                assert answer.status_code == 403, f"{who} {method} {path}"


@LANGUAGES
def test_a_coordinator_finds_the_visits_that_nobody_can_release(sign_in, visit_id, language):
    coordinator = sign_in("coordinator", language)
    listed = coordinator.get("/outsiders/")
    page = coordinator.get(listed.links(f"/outsiders/visits/{visit_id}")[0])
    coordinator.submit(page, "/outsiders/visits/", **outside.NAMED)
    assert "Rita" in coordinator.get("/outsiders/").text
    assert coordinator.get(f"/visits/{visit_id}").links("/outsiders/visits/")
    sign_in("manager", language).get("/outsiders/", 403)
