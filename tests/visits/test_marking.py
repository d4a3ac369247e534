"""Marks on the photos of a visit: who draws, who looks under a blur, when a tick no longer holds (tablet.md 18)."""

import hashlib
import io
import json
from uuid import UUID, uuid4

import pytest
from PIL import Image

from compliance.shared import audit, files
from compliance.shared.database import session
from compliance.shared.problems import NotFound, Problem, Refused, Stale
from compliance.visits import evidence, marks, store, store_photos
from compliance.visits.beside import photo_of
from compliance.visits.marks import Mark, parse, text_of
from compliance.visits.models import Evidence
from tests.visits import photographs

FACE = Mark("blur", ((0.4, 0.5), (0.6, 0.5)), 0.3)
ARROW = Mark("arrow", ((0.1, 0.1), (0.5, 0.5)))
PLATE = Mark("blur", ((0.5, 0.8),), 0.1)


@pytest.fixture(scope="module")
def picture():
    return evidence.check(photographs.turned((400, 300)), "IMG_1.jpg")


def taken(office, visit, picture, item="SAF01", who="inspector", photo_id=None):
    return store.add_evidence(office.actor(who), visit, item, picture, photo_id=photo_id)


def say(office, visit, photo_id, who="inspector", item="SAF01", **said):
    """Enter fields of a photo as a tablet does; gives the entries, and lets the photo follow them."""
    values = {(item, f"{name}:{photo_id}"): value for name, value in said.items()}
    events = store.record(office.actor(who), visit, values)
    store_photos.follow(office.actor(who), visit, [event.key for event in events])
    return events


def colours(row):
    """How many colours the middle of the shown copy has."""
    shown = Image.open(io.BytesIO(store.shown(row)))
    w, h = shown.size
    part = shown.crop((w * 2 // 5, h * 9 // 20, w * 3 // 5, h * 11 // 20)).convert("L")
    return sum(count > 0 for count in part.histogram())


# -- at the desk ----------------------------------------------------------------------------------------------------


def test_18_marks_are_in_every_copy_that_is_shown_and_the_original_stays_as_it_came(db_session, office, picture):
    visit = office.handed_out()
    row = taken(office, visit, picture)
    before, clear = (row.digest, row.shown_digest, row.small_digest), colours(row)
    store.mark(office.actor("inspector"), visit, row, [FACE, ARROW])
    assert row.digest == before[0] and row.shown_digest != before[1] and row.small_digest != before[2]
    assert files.get(row.digest) == picture.data
    assert parse(row.marks) == (FACE, ARROW)
    assert row.marked_by == office.actor("inspector").person_id
    store.mark(office.actor("inspector"), visit, row, [FACE])
    assert colours(row) < clear / 2


def test_18_who_does_not_mark_evidence_does_not_draw_on_it(db_session, office, picture):
    visit = office.handed_out()
    row = taken(office, visit, picture)
    for who in ("inspector2", "leader", "reviewer"):
        with pytest.raises(Refused):
            store.mark(office.actor(who), visit, row, [FACE])


def test_a_document_cannot_be_drawn_on(db_session, office):
    visit = office.handed_out()
    row = store.add_evidence(
        office.actor("inspector"), visit, "SAF01", evidence.check(b"%PDF-1.7\n" + b"x" * 300, "roster.pdf")
    )
    with pytest.raises(NotFound):
        store.mark(office.actor("inspector"), visit, row, [FACE])
    assert store.document(row).startswith(b"%PDF")


def test_18_a_blur_is_taken_away_by_a_reviewer_with_a_reason_only(db_session, office, picture):
    visit = office.handed_out()
    row = taken(office, visit, picture)
    store.mark(office.actor("inspector"), visit, row, [FACE, ARROW])
    with pytest.raises(Refused):
        store.mark(office.actor("inspector"), visit, row, [ARROW])
    store.seal(office.actor("inspector"), office.complete(visit))
    with pytest.raises(Problem):
        store.mark(office.actor("reviewer"), visit, row, [ARROW], reason=" ")
    store.mark(
        office.actor("reviewer"), visit, row, [ARROW], reason="The guard, not a worker: the finding is about him"
    )
    assert parse(row.marks) == (ARROW,)
    (line,) = [line for line in audit.about(row.id) if line.verb == "evidence.blur_lifted"]
    assert "not a worker" in line.changes["note"]["reason"]


def test_18_the_word_that_nobody_is_recognised_goes_with_any_mark_that_goes(db_session, office, picture):
    visit, inspector = office.handed_out(), office.actor("inspector")
    row = taken(office, visit, picture)
    store.mark(inspector, visit, row, [FACE, ARROW])
    store.describe(inspector, visit, row, caption="", unrecognisable=True, seen=row.shown_digest)
    store.mark(inspector, visit, row, [FACE, ARROW, PLATE])
    assert row.unrecognisable_at is not None  # more is hidden than was looked at
    store.mark(inspector, visit, row, [FACE, PLATE])
    assert row.unrecognisable_at is None


def test_18_a_tick_counts_for_the_copy_that_was_seen(db_session, office, picture):
    visit, inspector = office.handed_out(), office.actor("inspector")
    row = taken(office, visit, picture)
    seen = row.shown_digest
    store.mark(inspector, visit, row, [FACE])
    with pytest.raises(Stale):
        store.describe(inspector, visit, row, caption="", unrecognisable=True, seen=seen)
    store.describe(inspector, visit, row, caption="Exit", unrecognisable=False, seen=seen)
    assert row.caption == "Exit"


def test_18_the_original_is_for_those_permitted_with_a_reason_on_record(db_session, office, picture):
    visit = office.sealed()
    row = Evidence(
        visit_id=visit.id, item="SAF01", kind="photo", digest=files.put(picture.data, "image/jpeg").digest,
        media_type="image/jpeg", filename="x.jpg", size=1,
    )  # fmt: skip
    for who in ("inspector", "coordinator", "leader", "administrator"):
        with pytest.raises(Refused):
            store.original(office.actor(who), row, "I want to")
    with pytest.raises(Problem):
        store.original(office.actor("reviewer"), row, "")
    assert store.original(office.actor("reviewer"), row, "Is it the same hall?") == picture.data
    with pytest.raises(NotFound):
        store.document(row)


# -- from tablets ---------------------------------------------------------------------------------------------------


@pytest.fixture
def on_tablet(db_session, office, picture):
    """A visit with a photo that came from a tablet."""
    visit = office.handed_out(0, "inspector", "inspector2")
    return visit, taken(office, visit, picture, photo_id=uuid4())


def test_a_photo_keeps_the_id_that_the_tablet_gave_it_and_what_its_camera_said(db_session, office, picture):
    visit, id = office.handed_out(), uuid4()
    row = store.add_evidence(office.actor("inspector"), visit, "SAF01", picture, photo_id=id, position="1.5,2.5,8")
    assert (row.id, row.position) == (id, "1.5,2.5,8")
    assert row.taken_at.isoformat() in ("2026-11-21T09:30:00+08:00", "2026-11-21T01:30:00+00:00")


def test_18_a_photo_follows_what_its_tablet_says_of_it(office, on_tablet):
    visit, row = on_tablet
    (drawn,) = say(office, visit, row.id, marks=text_of([FACE, ARROW]))
    say(office, visit, row.id, caption="Exit 3, chained")
    assert (parse(row.marks), row.caption, row.marked_by) == ((FACE, ARROW), "Exit 3, chained", drawn.by)
    say(office, visit, row.id, struck="Blurred")
    assert row.struck_reason == "Blurred" and store.evidence_of(visit, struck=False) == []
    say(office, visit, row.id, struck=None)
    assert row.struck_at is None and row.struck_by is None
    say(office, visit, row.id, moved="WAG01")
    assert row.item == "WAG01"
    say(office, visit, row.id, moved=None)
    assert row.item == "SAF01"
    say(office, visit, row.id, moved="XXX99")
    assert row.item == "SAF01"


def test_what_two_tablets_hide_both_stays_hidden_and_asks_nobody(office, on_tablet):
    visit, row = on_tablet
    id = row.id
    key = ("SAF01", f"marks:{id}")
    for who, drawn in (("inspector", FACE), ("inspector2", PLATE)):
        store.record(office.actor(who), visit, {key: text_of([drawn])}, seen=frozenset())
    store_photos.follow(office.actor("inspector"), visit, [key])
    assert set(parse(row.marks)) == {FACE, PLATE}
    assert store.answers(visit).conflicts == ()


def test_what_was_hidden_at_the_desk_is_not_uncovered_by_a_tablet_that_does_not_know_it(office, on_tablet):
    visit, row = on_tablet
    store.mark(office.actor("inspector2"), visit, row, [PLATE])
    say(office, visit, row.id, marks=text_of([FACE]))
    assert set(parse(row.marks)) == {FACE, PLATE}
    say(office, visit, row.id, marks=text_of([FACE, PLATE]))
    say(office, visit, row.id, marks=text_of([FACE]))
    assert parse(row.marks) == (FACE,)  # by now the tablet had seen it, and took it away itself


def test_18_a_tick_from_a_tablet_holds_for_the_marks_that_were_seen(office, on_tablet):
    visit, row = on_tablet
    (first,) = say(office, visit, row.id, marks=text_of([FACE, ARROW]))
    say(office, visit, row.id, unrecognisable=str(first.id))
    assert row.unrecognisable_by == first.by
    say(office, visit, row.id, marks=text_of([FACE, ARROW, PLATE]))
    assert row.unrecognisable_at is not None
    say(office, visit, row.id, marks=text_of([ARROW, PLATE]))
    assert row.unrecognisable_at is None
    say(office, visit, row.id, caption="Later")
    assert row.unrecognisable_at is None
    say(office, visit, row.id, marks=text_of([FACE, ARROW, PLATE]))
    assert row.unrecognisable_at is None  # somebody has to look again


def test_18_a_tick_that_comes_before_its_marks_waits_for_them(office, on_tablet):
    visit, row = on_tablet
    inspector = office.actor("inspector")
    marks_key, tick_key = ("SAF01", f"marks:{row.id}"), ("SAF01", f"unrecognisable:{row.id}")
    (drawn,) = store.record(inspector, visit, {marks_key: text_of([FACE])})
    store.record(inspector, visit, {tick_key: str(drawn.id)})
    store_photos.follow(inspector, visit, [tick_key])
    assert row.unrecognisable_at is None  # the marks are not drawn yet
    store_photos.follow(inspector, visit, [marks_key])
    assert row.unrecognisable_at is not None and parse(row.marks) == (FACE,)


def test_18_a_tick_for_the_bare_photo_holds_also_when_marks_are_added_and_one_no_takes_it_back(office, on_tablet):
    visit, row = on_tablet
    say(office, visit, row.id, unrecognisable=True)
    assert row.unrecognisable_at is not None
    say(office, visit, row.id, marks=text_of([ARROW]))
    assert row.unrecognisable_at is not None
    key = ("SAF01", f"unrecognisable:{row.id}")
    store.record(office.actor("inspector2"), visit, {key: False}, seen=frozenset())
    store_photos.follow(office.actor("inspector2"), visit, [key])
    say(office, visit, row.id, unrecognisable=False)
    assert row.unrecognisable_at is None


@pytest.mark.parametrize("value", ["yes", 1, "unmarked"])
def test_a_tick_is_a_tick_or_the_copy_that_was_seen(office, on_tablet, value):
    visit, row = on_tablet
    with pytest.raises(Problem) as refused:
        say(office, visit, row.id, unrecognisable=value)
    assert refused.value.code == "not-a-tick"


def test_a_tick_for_a_copy_that_nobody_drew_is_none(office, on_tablet):
    visit, row = on_tablet
    say(office, visit, row.id, unrecognisable=str(UUID(int=0)))
    assert row.unrecognisable_at is None


def test_what_is_said_of_a_photo_before_it_comes_is_done_when_it_is_there(db_session, office, picture):
    visit, id = office.handed_out(), uuid4()
    say(office, visit, id, photo=hashlib.sha256(picture.data).hexdigest(), marks=text_of([FACE]), caption="Later")
    row = taken(office, visit, picture, photo_id=id)
    store_photos.follow(office.actor("inspector"), visit, store_photos.keys_about(visit, id))
    assert (parse(row.marks), row.caption) == ((FACE,), "Later")
    assert all(photo_of(name) == id for _item, name in store_photos.keys_about(visit, id))


def test_nothing_that_was_followed_before_is_written_again(office, on_tablet):
    visit, row = on_tablet
    say(office, visit, row.id, marks=text_of([FACE]), caption="Exit")
    keys = store_photos.keys_about(visit, row.id)
    assert store_photos.follow(office.actor("inspector"), visit, keys) == []


def test_a_photo_of_another_visit_is_not_reached(db_session, office, picture):
    mine, other = office.handed_out(), office.handed_out(1)
    row = taken(office, other, picture, photo_id=uuid4())
    say(office, mine, row.id, marks=text_of([FACE]), struck="No")
    assert row.marks is None and row.struck_at is None


def test_marks_that_cannot_be_drawn_take_the_tick_and_cost_nothing_else(office, on_tablet):
    visit, row = on_tablet
    say(office, visit, row.id, unrecognisable=True)
    row.digest = files.put(b"not a picture any more", "image/jpeg").digest
    say(office, visit, row.id, marks=text_of([FACE]), caption="Exit")
    assert (row.marks, row.caption, row.unrecognisable_at) == (None, "Exit", None)


@pytest.mark.parametrize(
    ("name", "value", "code"),
    [
        ("marks", "[{}]", "marks-unreadable"),
        ("marks", json.dumps([{"kind": "pen", "points": [[0, 0]]}] * (marks.MOST + 1)), "marks-too-many"),
        ("marks", 5, "not-a-drawing"),
        ("moved", "../..", "not-an-item"),
        ("caption", "x" * 501, "text-too-long"),
    ],
)
def test_what_a_tablet_cannot_say_of_a_photo_is_refused_by_field(office, on_tablet, name, value, code):
    visit, row = on_tablet
    with pytest.raises(Problem) as refused:
        say(office, visit, row.id, **{name: value})
    assert refused.value.code == code
    assert refused.value.facts["field"] == f"{name}:{row.id}"


# -- pages ----------------------------------------------------------------------------------------------------------


@pytest.fixture
def evidence_id(app, world, handed_out, picture):
    """``evidence_id(sealed=True)``: a photo of a visit."""

    def make(sealed=False):
        visit_id = handed_out(0, complete=sealed)
        with app.test_request_context("/", method="POST"):
            visit = store.get(world.system, visit_id)
            row = store.add_evidence(world.actor("inspector"), visit, "SAF01", picture)
            if sealed:
                store.seal(world.actor("inspector"), visit)
            session().commit()
            return row.id

    return make


def loaded(app, id):
    with app.app_context():
        return session().get(Evidence, id)


@pytest.mark.parametrize("language", ["en", "zh"])
def test_18_an_inspector_and_then_a_reviewer_draw_at_the_desk(app, sign_in, evidence_id, language):
    id = evidence_id(sealed=True)
    sign_in("inspector", language).get(f"/visits/evidence/{id}/marks", 404)  # it is the reviewer's turn
    client = sign_in("reviewer", language)
    page = client.get(client.get(f"/visits/evidence/{id}").links("/marks")[0])
    saved = client.submit(page, "/marks", marks=text_of([FACE, ARROW]))
    assert saved.path == f"/visits/evidence/{id}"
    assert parse(loaded(app, id).marks) == (FACE, ARROW)
    # What the page carries is what points; a form without the blur does not take it away.
    page = client.get(f"/visits/evidence/{id}/marks")
    client.submit(page, "/marks", marks="[]")
    assert parse(loaded(app, id).marks) == (FACE,)
    assert client.http.get(f"/visits/evidence/{id}/under").mimetype == "image/jpeg"
    empty = client.submit(client.get(f"/visits/evidence/{id}/marks"), "/lift", 422, reason=" ")
    assert parse(loaded(app, id).marks) == (FACE,) and empty.status == 422
    client.submit(client.get(f"/visits/evidence/{id}/marks"), "/lift", reason="The wrong face was covered")
    assert loaded(app, id).marks is None


def test_marks_that_are_nonsense_are_refused_on_the_page(app, sign_in, evidence_id):
    id = evidence_id()
    client = sign_in("inspector")
    client.submit(client.get(f"/visits/evidence/{id}/marks"), "/marks", 422, marks="[{}]")
    client.submit(client.get(f"/visits/evidence/{id}/marks"), "/marks", 422, marks="")
    assert loaded(app, id).marks is None


def test_18_the_original_leaves_with_a_reason_and_for_a_reviewer_only(app, sign_in, evidence_id, picture):
    id = evidence_id(sealed=True)
    client = sign_in("reviewer")
    page = client.get(f"/visits/evidence/{id}")
    client.submit(page, "/original", 422, why="")
    answer = client.http.post(
        f"/visits/evidence/{id}/original", data={**page.form("/original"), "why": "Is it the same hall?"}
    )
    assert answer.data == picture.data and "attachment" in answer.headers["Content-Disposition"]
    with app.app_context():
        assert [line.verb for line in audit.about(id)].count("evidence.original_read") == 1
    assert "/original" not in sign_in("coordinator").http.get(f"/visits/evidence/{id}").text


def test_a_tick_on_a_page_that_showed_another_copy_is_asked_again(app, world, sign_in, evidence_id):
    id = evidence_id(sealed=True)
    client = sign_in("reviewer")
    page = client.get(f"/visits/evidence/{id}")
    client.submit(client.get(f"/visits/evidence/{id}/marks"), "/marks", marks=text_of([FACE]))
    again = client.submit(page, f"/{id}", 422, caption="Typed meanwhile", unrecognisable="y")
    assert again.form(f"/{id}")["caption"] == "Typed meanwhile"
    assert loaded(app, id).unrecognisable_at is None
    client.submit(client.get(f"/visits/evidence/{id}"), f"/{id}", unrecognisable="y")
    assert loaded(app, id).unrecognisable_at is not None
