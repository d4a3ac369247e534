"""Signatories, the seal's keeper and picture, and scans of stamped letters, on their pages and on the letter."""

import io
import re

import pikepdf
import pytest
from PIL import Image, ImageDraw

from compliance.letters import seals, store_seal
from compliance.letters import store as letters
from compliance.shared import audit, clock
from compliance.shared.database import session
from compliance.shared.problems import Problem, TooLarge
from tests.casework import made

SHORT = [made.short("WAG01", workers=6)]
TODAY = clock.today("Asia/Shanghai").isoformat()
REASON = "The enterprise is three days away by post."


def picture(kind="PNG", colour=(200, 20, 20)):
    drawn = Image.new("RGB", (300, 300), "white")
    ImageDraw.Draw(drawn).ellipse((20, 20, 280, 280), outline=colour, width=12)
    out = io.BytesIO()
    drawn.save(out, kind)
    return out.getvalue()


def paper():
    out = io.BytesIO()
    with pikepdf.Pdf.new() as made_here:
        made_here.add_blank_page()
        made_here.save(out, deterministic_id=True)
    return out.getvalue()


def locked():
    out = io.BytesIO()
    with pikepdf.Pdf.new() as made_here:
        made_here.add_blank_page()
        made_here.save(out, encryption=pikepdf.Encryption(owner="o", user="u"))
    return out.getvalue()


@pytest.fixture
def keeper(sign_in, world):
    sign_in("administrator").post("/seal/keeper", {"person": str(world.people["coordinator"])})
    client = sign_in("coordinator")
    client.post("/seal/picture", {"picture": (io.BytesIO(picture()), "seal.png")})
    return client


@pytest.fixture
def sealed(app, world):
    with app.app_context():
        visit_id = made.sealed(world, SHORT)
        (letter,) = letters.of_visit(world.system, visit_id)
        return visit_id, letter.id


def released(client, visit_id):
    page = client.get(f"/reviews/{visit_id}")
    client.submit(page, f"/reviews/{visit_id}/release", confirm="y")


def words(app, world, letter_id):
    with app.app_context():
        letter = letters.get(world.system, letter_id)
        return letter.words, letter.seal_digest


def test_a_signatory_signs_the_next_letter_and_earlier_ones_stay(app, world, sign_in, sealed):
    administrator = sign_in("administrator")
    typed = {
        "name": "王芳",
        "title_zh": "秘书长",
        "title_en": "Secretary-General",
        "kinds": ["L2"],
        "valid_from": TODAY,
    }
    page = administrator.post("/association/signatories/new", {**typed, "substitute": ""})
    assert "Nobody may sign today" in page.text
    released(sign_in("reviewer"), sealed[0])
    said = words(app, world, sealed[1])[0]["signer"]
    assert said == [["zh-Hans", "秘书长：王芳"]]
    with app.app_context():
        (_one,) = {line.verb for line in audit.about(letters.get(world.system, sealed[1]).id)} & {"letter.issued"}


@pytest.mark.parametrize(
    "wrong", [{"name": "x" * 3000}, {"name": ""}, {"valid_from": ""}, {"away_from": TODAY}, {"valid_to": "2001-01-01"}]
)
def test_what_cannot_be_is_refused_and_kept(sign_in, wrong):
    typed = {"name": "<b>王</b>", "title_zh": "秘书长", "title_en": "S", "kinds": ["L2"], "valid_from": TODAY}
    page = sign_in("administrator").post(
        "/association/signatories/new", {**typed, "substitute": "", **wrong}, status=422
    )
    assert "秘书长" in page.response.get_data(as_text=True)


def test_html_in_a_name_is_shown_as_typed_and_a_signatory_is_changed(sign_in):
    administrator = sign_in("administrator")
    typed = {"name": "<b>王</b>", "title_zh": "秘书长", "title_en": "S", "kinds": ["L2"], "valid_from": TODAY}
    page = administrator.post("/association/signatories/new", {**typed, "substitute": ""})
    assert "<b>王</b>" in page.text
    link = next(
        a.get("href") for a in page.document.iter("a") if re.search(r"/signatories/[0-9a-f]", a.get("href") or "")
    )
    page = administrator.get(link)
    page = administrator.submit(page, link, name="李华")
    assert "李华" in page.text


def test_without_the_keeper_the_place_for_the_wet_seal_is_printed(app, world, sign_in, sealed, keeper):
    released(sign_in("reviewer"), sealed[0])
    printed, digest = words(app, world, sealed[1])
    assert digest is None
    assert printed["seal"] == [["zh-Hans", "（公章）"]]


def test_the_keepers_word_puts_the_picture_on_the_letter_and_is_registered(app, world, sign_in, sealed, keeper):
    visit_id, letter_id = sealed
    page = keeper.get(f"/seal/letters/{letter_id}")
    keeper.submit(page, f"/seal/letters/{letter_id}", status=422, reason="")
    page = keeper.submit(page, f"/seal/letters/{letter_id}", reason=REASON)
    assert "waits for the release" in page.text
    assert keeper.http.get(f"/seal/letters/{letter_id}.pdf").mimetype == "application/pdf"
    released(sign_in("reviewer"), visit_id)
    digest = words(app, world, letter_id)[1]
    assert digest is not None
    with app.app_context():
        pressed = letters.printed(letters.get(world.system, letter_id))
        with pikepdf.Pdf.open(io.BytesIO(pressed.pdf)) as opened:
            assert any(
                "/Image" in str(one.get("/Subtype", "")) for one in opened.objects if isinstance(one, pikepdf.Stream)
            )
    page = sign_in("leader").get("/seal/")
    assert REASON in page.text
    assert "printed on the letter" in page.text
    assert "picture, by its keeper" in sign_in("reviewer").get(f"/letters/{letter_id}").text
    page = keeper.post(f"/seal/letters/{letter_id}", {"reason": REASON, "revision": "1"}, status=404)


def test_a_letter_that_was_changed_needs_the_word_anew(app, world, sign_in, sealed, keeper):
    visit_id, letter_id = sealed
    keeper.submit(keeper.get(f"/seal/letters/{letter_id}"), f"/seal/letters/{letter_id}", reason=REASON)
    reviewer = sign_in("reviewer")
    reviewer.post(
        f"/reviews/{visit_id}/letter", {"revision": "1", "closing_zh": "已改。", "opening_zh": "", "good_zh": ""}
    )
    released(reviewer, visit_id)
    assert words(app, world, letter_id)[1] is None
    assert "printed on the letter" not in keeper.get("/seal/").text


def test_a_word_is_taken_back_and_ends_with_its_keeper(app, world, sign_in, sealed, keeper):
    visit_id, letter_id = sealed
    path = f"/seal/letters/{letter_id}"
    keeper.submit(keeper.get(path), path, reason=REASON)
    keeper.submit(keeper.get(path), f"{path}/withdraw")
    keeper.submit(keeper.get(path), path, reason=REASON)
    sign_in("administrator").post("/seal/keeper", {"person": str(world.people["leader"])})
    keeper.get(path, status=404)
    released(sign_in("reviewer"), visit_id)
    assert words(app, world, letter_id)[1] is None


def test_nobody_but_the_keeper_reaches_the_picture(app, world, sign_in, sealed, keeper):
    assert keeper.http.get("/seal/picture.png").mimetype == "image/png"
    for who in ("inspector", "reviewer", "leader"):
        client = sign_in(who)
        assert client.http.get("/seal/picture.png").status_code == 404
        assert client.http.get(f"/seal/letters/{sealed[1]}").status_code == 404
        assert "picture.png" not in client.get("/seal/").response.get_data(as_text=True)
    assert sign_in("administrator").http.get("/seal/picture.png").status_code == 403
    assert sign_in("manager").http.get("/seal/").status_code == 403
    with app.app_context():
        verbs = {line.verb for line in audit.about(store_seal.picture(world.association_id).id)}
        assert "seal.picture_changed" in verbs
    keeper.submit(keeper.get("/seal/"), "/seal/picture/retire")
    assert keeper.http.get("/seal/picture.png").status_code == 404


@pytest.mark.parametrize("data", [b"", b"<svg/>", b"%PDF-1.4", picture(colour=(255, 255, 255))])
def test_what_is_no_picture_of_a_seal_is_refused(keeper, data):
    keeper.post("/seal/picture", {"picture": (io.BytesIO(data), "seal.png")}, status=422)


def test_a_seal_is_cut_out_and_its_paper_is_transparent():
    with Image.open(io.BytesIO(seals.prepared(picture("JPEG")))) as cut:
        assert cut.mode == "RGBA"
        assert abs(cut.width - 261) < 6
        assert cut.getpixel((cut.width // 2, cut.height // 2))[3] < 10
        assert cut.getpixel((cut.width // 2, 4))[3] > 200
    with pytest.raises(TooLarge):
        seals.prepared(b"x" * (seals.MOST_BYTES + 1))
    with pytest.raises(Problem):
        seals.prepared(picture("GIF"))


def test_a_keeper_is_one_who_may_read_visits(app, world, sign_in):
    administrator = sign_in("administrator")
    for who in ("administrator", "manager"):
        administrator.post("/seal/keeper", {"person": str(world.people[who])}, status=422)
    assert "Nobody keeps a picture" in administrator.get("/seal/").text


def test_the_scan_of_a_stamped_letter_is_archived_beside_it(app, world, sign_in, sealed):
    visit_id, letter_id = sealed
    released(sign_in("reviewer"), visit_id)
    officer, path = sign_in("coordinator"), f"/letters/{letter_id}/stamped"
    for data, name in ((b"", "a.pdf"), (b"hello", "a.pdf"), (locked(), "a.pdf"), (paper()[:40], "a.pdf")):
        page = officer.post(path, {"scan": (io.BytesIO(data), name), "note": "<i>kept</i>"}, status=422)
        assert "&lt;i&gt;kept" in page.response.get_data(as_text=True)
    officer.post(path, {"note": ""}, status=422)
    page = officer.post(path, {"scan": (io.BytesIO(paper()), "stamped.pdf"), "note": "<i>kept</i>"})
    assert "stamped.pdf" in page.text
    officer.post(path, {"scan": (io.BytesIO(paper()), "stamped.pdf")}, status=409)
    link = next(a.get("href") for a in page.document.iter("a") if "/stamped/" in (a.get("href") or ""))
    answer = officer.http.get(link)
    assert (answer.status_code, answer.mimetype, answer.data) == (200, "application/pdf", paper())
    assert "attachment" in answer.headers["Content-Disposition"]
    assert sign_in("manager").http.get(link).status_code == 403
    page = officer.submit(page, f"{link}/strike", reason="Another letter.")
    assert "Another letter." in page.text
    with app.app_context():
        verbs = [line.verb for line in session().exec(audit.sqlmodel.select(audit.AuditLine))]
        assert {"letter.stamped", "letter.stamped_struck"} <= set(verbs)


def test_a_draft_is_not_stamped(app, world, sign_in, sealed):
    path = f"/letters/{sealed[1]}/stamped"
    sign_in("coordinator").post(path, {"scan": (io.BytesIO(paper()), "a.pdf")}, status=404)
