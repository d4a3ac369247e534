"""Complaints: told without a name, read without a tie, sealed, and silent about visits."""

import io
from datetime import timedelta

import pytest
import sqlalchemy as sa
from PIL import Image

from compliance.casework import jobs, release, sealing
from compliance.complaints import rules, store
from compliance.complaints.models import Complaint, ComplaintPart
from compliance.people import store as people
from compliance.people import store_ties
from compliance.people.rules import TieKind
from compliance.shared import clock, files, sealed_keys
from compliance.shared.database import session
from compliance.shared.problems import NotFound
from compliance.visits import store as visits
from compliance.visits.rules import Route
from tests.casework import made

SECRET = "Line three has not been paid since August."


def told(client, **changes):
    """A complaint as a worker sends it; the page that shows number and words."""
    form = client.get("/complain")
    return client.submit(form, "/complain", **{"happened": SECRET, "areas": ["wages"], **changes})


def kept(page):
    """Number and words of the page that shows them."""
    found = {e.get("class"): "".join(e.itertext()) for e in page.document.iter("p")}
    return found["case-number"], found["case-words"]


def newest(app):
    """The id of the newest complaint."""
    with app.app_context():
        return session().execute(sa.select(Complaint.id).order_by(Complaint.received_at.desc())).scalars().first()


def photo(position=True):
    exif = Image.Exif()
    if position:
        exif[0x010F] = "PhoneOfLiLan"
    out = io.BytesIO()
    Image.new("RGB", (80, 60), "red").save(out, "JPEG", exif=exif)
    return out.getvalue()


def declare(app, world, who, number):
    with app.app_context():
        actor = world.actor(who)
        store_ties.declare(actor, people.get(actor, world.people[who]), world.enterprises[number], TieKind.kin)
        session().commit()


@pytest.mark.parametrize("language", ["en", "zh"])
def test_a_worker_tells_and_comes_back(client, sign_in, app, language):
    client.http.post(
        "/language", data={"language": "zh_Hans_CN" if language == "zh" else "en", "csrf_token": client.token()}
    )
    number, words = kept(told(client))
    complaint_id = newest(app)
    officer = sign_in("coordinator")
    page = officer.get(f"/complaints/{complaint_id}")
    assert SECRET in page.text
    officer.submit(page, f"/complaints/{complaint_id}/read")
    page = officer.get(f"/complaints/{complaint_id}")
    officer.submit(page, f"/complaints/{complaint_id}/answer", text="Thank you. Write to us when wages are paid.")
    back = client.get("/complain/case")
    case = client.submit(back, "/complain/case", number=number.lower().replace("-", " "), words=f" {words.upper()} ")
    assert case.path == "/complain/open"
    assert "Thank you." in case.text and SECRET in case.text
    more = client.submit(case, "/complain/open", text="They paid one month.")
    assert "They paid one month." in more.text
    client.submit(more, "/complain/leave")
    assert client.get("/complain/open").path == "/complain/case"


def test_wrong_words_open_nothing_and_are_counted(client, app):
    number, _words = kept(told(client))
    page = client.get("/complain/case")
    for _ in range(20):
        assert client.submit(page, "/complain/case", number=number, words="one two three", status=422).errors()
    client.submit(page, "/complain/case", number=number, words="one two three", status=429)


def test_a_second_press_shows_the_same_words_and_makes_nothing(client, app):
    form = client.get("/complain")
    first = client.submit(form, "/complain", happened=SECRET)
    again = client.submit(form, "/complain", happened=SECRET)
    assert kept(first) == kept(again)
    with app.app_context():
        assert session().execute(sa.select(sa.func.count()).select_from(Complaint)).scalar() == 1
    with clock.at(clock.now() + timedelta(hours=1)):
        assert client.submit(form, "/complain", happened=SECRET).path == "/complain/case"


@pytest.mark.parametrize(
    "changes", [{"happened": "", "areas": None}, {"happened": "x" * 5001}, {"areas": ["nonsense"]}, {"concerned": "9"}]
)
def test_bad_input_is_said_and_kept(client, app, changes):
    page = told(client, status=422, **changes)
    assert page.errors()
    assert newest(app) is None


def test_only_a_photo_is_enough_and_loses_what_is_hidden_in_it(client, app, sign_in):
    told(client, happened="", areas=None, pictures=(io.BytesIO(photo()), "a.jpg"))
    complaint_id = newest(app)
    with app.app_context():
        part = session().execute(sa.select(ComplaintPart).where(ComplaintPart.kind == "picture")).scalars().one()
        assert b"JFIF" not in files.get(part.file_digest)
        part_id = part.id
    page = sign_in("reviewer").http.get(f"/complaints/{complaint_id}/pictures/{part_id}")
    assert page.data[:3] == b"\xff\xd8\xff"
    assert b"PhoneOfLiLan" not in page.data


@pytest.mark.parametrize(
    ("name", "data"), [("a.pdf", b"%PDF-1.4 nothing"), ("a.m4a", b"\0\0\0\x18ftypM4A "), ("a.jpg", b"")]
)
def test_what_cannot_be_drawn_anew_is_refused(client, app, name, data):
    assert told(client, pictures=(io.BytesIO(data), name), status=422).errors()
    assert newest(app) is None


def test_what_was_written_stands_nowhere_in_clear(client, app, world):
    told(client, contact="13800000000", employer="Old mill by the bridge")
    with app.app_context():
        for table in ("complaint", "complaint_part", "audit_line", "outgoing_mail", "outbox", "sealed_key"):
            if sa.inspect(session().connection()).has_table(table):
                whole = str(session().execute(sa.text(f"SELECT * FROM {table}")).all())
                assert "August" not in whole and "138000" not in whole and "Old mill" not in whole, table
        line = session().execute(sa.text("SELECT address, person_id FROM audit_line ORDER BY number DESC")).first()
        assert tuple(line) == ("local", None)


def test_who_has_a_tie_sees_neither_the_complaint_nor_that_it_exists(client, app, world, sign_in):
    told(client)
    complaint_id = newest(app)
    declare(app, world, "coordinator", 0)
    tied, free = sign_in("coordinator"), sign_in("reviewer")
    assert "No complaint fits" in tied.get("/complaints").text  # nobody knows yet whose it is
    tied.get(f"/complaints/{complaint_id}", status=404)
    free.post(f"/complaints/{complaint_id}/link", {"enterprise": str(world.enterprises[0])})
    assert "No complaint fits" in tied.get("/complaints").text
    free.post(f"/complaints/{complaint_id}/link", {"enterprise": str(world.enterprises[1])})
    assert "Example Footwear" in tied.get("/complaints").text
    tied.post(f"/complaints/{complaint_id}/link", {"enterprise": str(world.enterprises[0])}, status=404)


def test_it_is_merged_closed_and_opened_again(client, app, world, sign_in):
    first, _ = kept(told(client))
    first_id = newest(app)
    second, words = kept(told(client))
    second_id = newest(app)
    officer = sign_in("reviewer")
    officer.post(f"/complaints/{second_id}/merge", {"number": second}, status=422)
    officer.post(f"/complaints/{second_id}/merge", {"number": first})
    assert second in officer.get(f"/complaints/{first_id}").text
    officer.post(f"/complaints/{first_id}/close", {"outcome": "founded", "recovered": "0.005"}, status=422)
    officer.post(f"/complaints/{first_id}/close", {"outcome": "founded", "recovered": "1200.50"})
    with app.app_context():
        row = session().get(Complaint, first_id)
        assert (row.recovered_fen, row.outcome) == (120050, rules.Outcome.founded)
    officer.post(f"/complaints/{first_id}/answer", {"text": "More."}, status=422)
    client.post("/complain/case", {"number": second, "words": words})
    client.post("/complain/open", {"text": "It goes on."})
    with app.app_context():
        row = session().get(Complaint, second_id)
        assert (row.state, row.merged_into) == (rules.State.received, None)
        assert sealed_keys.of(store.PURPOSE, second_id).destroy_on is None


def test_after_its_time_the_content_is_gone_for_everybody(client, app, world, sign_in):
    number, words = kept(told(client))
    complaint_id = newest(app)
    officer = sign_in("reviewer")
    officer.post(f"/complaints/{complaint_id}/close", {"outcome": "passed_on"})
    with app.app_context():
        key = sealed_keys.of(store.PURPOSE, complaint_id)
        assert key.destroy_on > clock.today("Asia/Shanghai") + timedelta(days=300)
        sealed_keys.destroy(world.system, key)
        session().commit()
    assert SECRET not in officer.get(f"/complaints/{complaint_id}").text
    officer.post(f"/complaints/{complaint_id}/reopen", status=409)
    assert "deleted after its time" in client.post("/complain/case", {"number": number, "words": words}).text
    client.post("/complain/open", {"text": "Again."}, status=422)


def test_in_a_flood_a_sum_is_asked_and_a_dormitory_still_gets_through(client, app, monkeypatch):
    from compliance.complaints import views

    monkeypatch.setattr(views, "MANY_HERE", 3)
    for _ in range(3):
        told(client)
    page = told(client, status=429)
    assert SECRET in page.response.text
    client.submit(page, "/complain", total="0", status=429)
    with app.app_context():
        first, second = rules.asked_sum(app.config["SECRET_KEY"].encode(), page.form("/complain")["once"])
    assert kept(client.submit(page, "/complain", total=str(first + second)))


def test_who_writes_more_in_a_flood_adds_up_and_nobody_else_is_kept_waiting(client, app, monkeypatch):
    from compliance.complaints import views

    monkeypatch.setattr(views, "MANY_MORE", 2)
    monkeypatch.setattr(views, "MOST_MORE", 4)
    number, words = kept(told(client))
    client.post("/complain/case", {"number": number, "words": words})
    for _ in range(2):
        client.submit(client.get("/complain/open"), "/complain/open", text="More of it.")
    page = client.submit(client.get("/complain/open"), "/complain/open", text="And this.", status=429)
    assert "And this." in page.response.text
    with app.app_context():
        total = sum(rules.asked_sum(app.config["SECRET_KEY"].encode(), f"{newest(app)} 3"))
    client.submit(page, "/complain/open", total=str(total))
    client.post("/complain/open", {"text": "Once more.", "total": str(total)}, status=429)
    with app.app_context():
        assert len(store.parts(session().get(Complaint, newest(app)))) == 4
    number, words = kept(told(client))
    client.post("/complain/case", {"number": number, "words": words})
    client.submit(client.get("/complain/open"), "/complain/open", text="Somebody else, behind the same address.")


def test_the_files_of_photos_go_with_their_key(client, app):
    number, words = kept(told(client, pictures=(io.BytesIO(photo()), "a.jpg")))
    kept(told(client, pictures=(io.BytesIO(photo()), "a.jpg")))
    with app.app_context():
        first, other = (
            session()
            .execute(
                sa.select(ComplaintPart.file_digest)
                .where(ComplaintPart.file_digest.is_not(None))
                .order_by(ComplaintPart.at)
            )
            .scalars()
        )
    client.post("/complain/case", {"number": number, "words": words})
    client.post("/complain/open/withdraw", {})
    with app.app_context():
        jobs.destroy_due_keys()
        with pytest.raises(NotFound):
            files.get(first)
        assert files.get(other)


def test_a_thousand_complaints_are_listed_by_pages(app, world, sign_in):
    from compliance.complaints.store import Told

    with app.app_context():
        for number in range(1000):
            one = Told({"happened": SECRET}, {}, ["wages"], rules.Concerned.one, rules.Reply.no, rules.Reply.no)
            store.receive(world.system, one, "x", f"{number:064d}", "en", clock.today("Asia/Shanghai"))
        session().commit()
    page = sign_in("coordinator").get("/complaints?sort=read_by&page=99&area=wages&older=0&state=received")
    assert "1,000 in all" in page.text and "Page 20 of 20" in page.text


def test_desk_entry_gives_the_words_too(app, sign_in):
    desk = sign_in("inspector")
    page = desk.get("/complaints/new")
    assert kept(desk.submit(page, "/complaints/new", happened=SECRET, source="union"))
    desk.get("/complaints", status=403)


def seen(client, number, words):
    """Every byte that the complainant's pages send, tokens aside."""
    import re

    pages = [client.http.get("/complain"), client.http.get("/complain/case")]
    client.post("/complain/case", {"number": number, "words": words})
    pages += [client.http.get("/complain/open"), client.http.get("/complain/open/data.json")]
    return [re.sub(rb'(csrf_token|once)" value="[^"]*"', b"", one.data) for one in pages]


def test_whoever_complains_cannot_tell_whether_there_is_a_visit(client, app, world, sign_in):
    number, words = kept(told(client))
    complaint_id = newest(app)
    sign_in("reviewer").post(f"/complaints/{complaint_id}/link", {"enterprise": str(world.enterprises[0])})
    now = clock.now()
    with clock.at(now):
        before = seen(client, number, words)
    with app.app_context():
        coordinator = world.actor("coordinator")
        day = clock.today("Asia/Shanghai")
        place, by = world.workplaces[0], [world.people["inspector"]]
        visits.plan(coordinator, place, planned_for=day, route=Route.complaint, inspector_ids=by)
        session().commit()
    with clock.at(now):
        assert seen(client, number, words) == before
    with app.app_context():
        visit_id = made.handed_out(world, [], place=0)
    with clock.at(now):
        assert seen(client, number, words) == before
    with app.app_context():
        sealing.seal(world.actor("inspector"), visit_id)
        session().commit()
    with clock.at(now):
        assert seen(client, number, words) == before
    with app.app_context():
        release.release(world.actor("reviewer"), visit_id)
        session().commit()
    with clock.at(now):
        assert seen(client, number, words) == before


def test_the_delay_of_the_risk_score_is_drawn_within_the_policy(client, app, world):
    told(client)
    with app.app_context():
        row = session().get(Complaint, newest(app))
        wait = (row.scores_from - row.received_on).days
        assert 30 <= wait <= 120
        row.enterprise_id = world.enterprises[0]
        session().flush()
        day = row.scores_from
        long_ago = day - timedelta(days=365)
        ask = (world.association_id, world.enterprises)
        assert store.counted(*ask, day - timedelta(days=1), long_ago) == {}
        assert store.counted(*ask, day, long_ago) == {world.enterprises[0]: 1}
        session().rollback()
