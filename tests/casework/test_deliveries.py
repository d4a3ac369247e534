"""The pages of delivery: the manager's receipt, the officer's notes, the letters for the post."""

import io

import pikepdf
import pytest

from compliance.casework import lists_post
from compliance.letters import store as letters
from compliance.letters import store_delivery
from compliance.letters.delivery import Way
from compliance.people import store as people
from compliance.people import store_ties
from compliance.people.rules import TieKind
from compliance.shared import clock
from compliance.shared.database import session
from tests.casework import made
from tests.casework.test_own import picture
from tests.shared.conformance import faults

SHORT = [made.short("WAG01", workers=6)]
TODAY = clock.today("Asia/Shanghai").isoformat()


@pytest.fixture
def letter_id(app, world):
    return released(app, world)


def released(app, world, place=0):
    with app.app_context():
        visit_id = made.released(world, SHORT, place=place)
        (letter,) = letters.of_visit(world.system, visit_id)
        return letter.id


def html(page):
    return page.response.get_data(as_text=True)


def ways(app, world, letter_id):
    with app.app_context():
        found = store_delivery.of_letter(letters.get(world.system, letter_id))
        return [(one.way, one.noted_by, one.struck_at is not None) for one in found]


def test_the_managers_download_is_the_receipt_once(app, world, letter_id, sign_in, on_both_databases):
    manager = sign_in("manager")
    for _ in range(2):
        assert manager.http.get(f"/own/letters/{letter_id}.pdf").data.startswith(b"%PDF")
    assert ways(app, world, letter_id) == [(Way.downloaded, world.people["manager"], False)]
    assert "Downloaded by the enterprise" in sign_in("reviewer").get(f"/letters/{letter_id}").text


def test_a_question_about_the_file_is_no_receipt(app, world, letter_id, sign_in):
    assert sign_in("manager").http.head(f"/own/letters/{letter_id}.pdf").status_code == 200
    assert ways(app, world, letter_id) == []


def test_who_only_has_a_tie_gives_no_receipt(app, world, letter_id, sign_in):
    with app.app_context():
        leader = people.get(world.system, world.people["leader"])
        store_ties.declare(world.actor("leader"), leader, world.enterprises[0], TieKind.owner)
        session().commit()
    assert sign_in("leader").http.get(f"/own/letters/{letter_id}.pdf").status_code == 200
    assert ways(app, world, letter_id) == []


def test_the_manager_confirms_what_came_on_paper(app, world, letter_id, sign_in):
    manager = sign_in("manager")
    page = manager.get(f"/own/{world.enterprises[0]}/letters")
    manager.submit(page, f"/own/letters/{letter_id}/received")
    assert ways(app, world, letter_id) == [(Way.confirmed, world.people["manager"], False)]
    assert "Confirm receipt" not in manager.get(f"/own/{world.enterprises[0]}/letters").text


def test_a_signed_receipt_is_noted_with_its_scan_and_taken_back(app, world, letter_id, sign_in):
    inspector = sign_in("inspector")
    what = {"way": "handed", "on": TODAY, "taken_by": "Li Lan", "note": "At the gate"}
    inspector.post(f"/letters/{letter_id}/delivery", {**what, "taken_by": ""}, status=422)
    inspector.post(f"/letters/{letter_id}/delivery", {**what, "scan": (io.BytesIO(picture()), "receipt.jpg")})
    page = inspector.get(f"/letters/{letter_id}")
    assert "Taken by Li Lan" in page.text
    assert "Delivery proven" in page.text
    with app.app_context():
        (row,) = store_delivery.of_letter(letters.get(world.system, letter_id))
    scan = inspector.http.get(f"/letters/{letter_id}/delivery/{row.id}/scan")
    assert (scan.status_code, scan.mimetype) == (200, "image/jpeg")
    inspector.post(f"/letters/{letter_id}/delivery/{row.id}/strike", {"reason": ""}, status=422)
    inspector.post(f"/letters/{letter_id}/delivery/{row.id}/strike", {"reason": "Another letter."})
    page = inspector.get(f"/letters/{letter_id}")
    assert "Another letter." in page.text
    assert "Not delivered yet" in page.text


def test_a_scan_that_is_none_is_refused_and_what_was_typed_stays(app, world, letter_id, sign_in):
    what = {"way": "handed", "on": TODAY, "taken_by": "Li Lan", "scan": (io.BytesIO(b""), "receipt.pdf")}
    page = sign_in("coordinator").post(f"/letters/{letter_id}/delivery", what, status=422)
    assert "receipt.pdf is empty" in page.text
    assert "Li Lan" in html(page)
    assert ways(app, world, letter_id) == []


def test_letters_for_the_post_become_one_file_and_are_noted_as_posted_in_one_step(app, world, letter_id, sign_in):
    second, third = released(app, world, 1), released(app, world, 2)
    officer = sign_in("coordinator")
    page = html(officer.get("/letters/post"))
    assert all(str(one) in page for one in (letter_id, second, third))
    officer.post("/letters/post", {"on": TODAY, "both_sides": "y"}, status=422)
    page = officer.post("/letters/post", {"letters": [str(letter_id), str(second)], "on": TODAY, "both_sides": "y"})
    assert ways(app, world, letter_id) == ways(app, world, second) == [(Way.posted, world.people["coordinator"], False)]
    assert str(third) in html(officer.get("/letters/post"))
    with app.app_context():
        (done,) = lists_post.postings(world.system)
        (first, _) = lists_post.posted_together(world.system, done.id)
        assert done.letters == 2
    answer = officer.http.get(f"/letters/post/{done.id}.pdf")
    assert faults(answer.data) == []
    with pikepdf.Pdf.open(io.BytesIO(answer.data)) as whole:
        assert len(whole.pages) % 2 == 0
        assert len(whole.pages) > 6
    assert "示例" in first.enterprise


def test_a_letter_that_did_not_go_is_struck_from_the_posting_and_the_file_is_made_anew(app, world, letter_id, sign_in):
    second = released(app, world, 1)
    officer = sign_in("reviewer")
    officer.post("/letters/post", {"letters": [str(letter_id), str(second)], "on": TODAY})
    with app.app_context():
        (done,) = lists_post.postings(world.system)
        (row,) = store_delivery.of_letter(letters.get(world.system, letter_id))
    address = f"/letters/post/{done.id}"
    assert officer.http.get(f"{address}.pdf").mimetype == "application/pdf"
    officer.post(f"/letters/{letter_id}/delivery/{row.id}/strike", {"reason": "The printer jammed."})
    assert officer.http.get(f"{address}.pdf").headers["Location"] == address
    page = officer.get(address)
    assert "have changed since" in page.text
    officer.post(f"{address}/file")
    answer = officer.http.get(f"{address}.pdf")
    with pikepdf.Pdf.open(io.BytesIO(answer.data)) as whole:
        one_letter = len(whole.pages)
    assert 2 < one_letter < 7
    assert str(letter_id) in html(officer.get("/letters/post"))


def test_a_posting_of_which_every_letter_was_struck_has_no_file(app, world, letter_id, sign_in):
    officer = sign_in("reviewer")
    officer.post("/letters/post", {"letters": [str(letter_id)], "on": TODAY})
    with app.app_context():
        (done,) = lists_post.postings(world.system)
        (row,) = store_delivery.of_letter(letters.get(world.system, letter_id))
    officer.post(f"/letters/{letter_id}/delivery/{row.id}/strike", {"reason": "The printer jammed."})
    assert officer.http.get(f"/letters/post/{done.id}.pdf").status_code == 404


def test_who_is_tied_to_an_enterprise_in_the_posting_does_not_print_the_file(app, world, letter_id, sign_in):
    officer = sign_in("coordinator")
    officer.post("/letters/post", {"letters": [str(letter_id)], "on": TODAY})
    with app.app_context():
        (done,) = lists_post.postings(world.system)
        person = people.get(world.system, world.people["coordinator"])
        store_ties.declare(world.system, person, world.enterprises[0], TieKind.kin)
        session().commit()
    assert officer.http.get(f"/letters/post/{done.id}.pdf").status_code == 404


def test_a_letter_that_is_not_there_stops_the_posting(app, world, letter_id, sign_in):
    sign_in("coordinator").post(
        "/letters/post", {"letters": [str(letter_id), str(world.enterprises[0])], "on": TODAY}, status=404
    )
    assert ways(app, world, letter_id) == []


def test_the_register_tells_and_filters_by_delivery(app, world, letter_id, sign_in):
    officer = sign_in("coordinator")
    assert str(letter_id) in html(officer.get("/letters/", delivery="open"))
    assert str(letter_id) not in html(officer.get("/letters/", delivery="delivered"))
    officer.post(f"/letters/{letter_id}/delivery", {"way": "arrived", "on": TODAY})
    assert str(letter_id) in html(officer.get("/letters/", delivery="delivered"))
