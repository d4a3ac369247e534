"""Photos from tablets: in parts, resumable, whole only with the announced SHA-256, and each of them once."""

import hashlib
import io
import uuid
from datetime import timedelta

import pytest
import sqlalchemy as sa
from PIL import Image

from compliance.shared import audit, clock, files
from compliance.shared.database import session
from compliance.shared.ids import event_id
from compliance.visits import evidence, store_uploads
from compliance.visits import store as visits
from tests.tablets import Photo, picture

pytestmark = pytest.mark.usefixtures("on_both_databases")


def noise(size=(900, 700)):
    """A JPEG of some hundred kilobytes."""
    out = io.BytesIO()
    Image.effect_noise(size, 90).convert("RGB").save(out, "JPEG", quality=95)
    return out.getvalue()


@pytest.fixture
def evidence_of(acting, world):
    """The photos of a visit, as (id, item, caption, digest)."""
    return lambda visit: acting(
        lambda: [
            (str(row.id), row.item, row.caption, row.digest)
            for row in visits.evidence_of(visits.get(world.system, visit), struck=False)
        ]
    )


@pytest.fixture
def left_over(acting):
    """How many parts lie in the database."""
    return lambda: acting(lambda: session().execute(sa.text("SELECT count(*) FROM photo_part")).scalar())


def test_a_photo_comes_in_parts_and_a_lost_answer_costs_nothing(tablet, handed, evidence_of, left_over):
    visit, one = handed(), tablet()
    photo = one.take(visit, "SAF01", noise())
    size = len(photo.data)
    assert size > 3 * 65536
    assert one.http.get(f"/tablet/photos/{photo.id}").status_code == 404
    first = one.part(photo, 0, 65536)
    assert first.json == {"received": 65536, "size": size, "complete": False}
    again = one.part(photo, 0, 65536)  # the answer was lost: the tablet begins where it thinks it was
    assert again.status_code == 409 and again.json["received"] == 65536 and again.json["code"] == "photo-offset"
    ahead = one.part(photo, 2 * 65536, 65536)
    assert ahead.status_code == 409 and ahead.json["received"] == 65536
    assert one.http.get(f"/tablet/photos/{photo.id}").json == {"received": 65536, "size": size, "complete": False}
    assert left_over() == 1
    assert one.deliver(photo, 65536).json == {"received": size, "size": size, "complete": True}
    assert one.part(photo, 0).json["complete"] and one.http.get(f"/tablet/photos/{photo.id}").json["complete"]
    assert evidence_of(visit) == [(photo.id, "SAF01", "", photo.sha256)]
    assert left_over() == 0


def test_a_visit_is_received_when_every_announced_photo_is_here_or_struck_through(tablet, handed):
    visit, one = handed(), tablet()
    first, second, third = (one.take(visit, "SAF01", picture(shade)) for shade in (1, 2, 3))
    one.send(visit)
    one.deliver(first)
    told = one.receipt(visit).json
    assert not told["complete"]
    assert told["missing"] == {"seqs": [], "photos": sorted([second.id, third.id])}
    assert told["photos"] == [{"id": first.id, "sha256": first.sha256}]
    assert told["digest"] == one.digest(visit) and told["entries"] == 3
    sealing = one.seal(visit)
    assert sealing.status_code == 409 and sealing.json["missing"]["photos"] == sorted([second.id, third.id])
    one.enter(visit, "SAF01", f"struck:{second.id}", "Blurred, taken again.")
    one.send(visit)
    one.deliver(third)
    assert one.receipt(visit).json["complete"]


def test_captions_strikes_and_marks_reach_the_photo_in_any_order(tablet, handed, evidence_of, acting, world):
    visit, one = handed(), tablet()
    early, late = one.take(visit, "SAF01", picture(1, (400, 300))), one.take(visit, "SAF04", picture(2, (400, 300)))
    blur = '[{"kind":"blur","points":[[0.5,0.5]],"width":0.2}]'
    for photo in (early, late):
        one.enter(visit, photo.item, f"caption:{photo.id}", "Exit 3")
        one.enter(visit, photo.item, f"marks:{photo.id}", blur)
    one.deliver(early)
    one.send(visit)
    one.deliver(late)
    assert {(id, caption) for id, _, caption, _ in evidence_of(visit)} == {(early.id, "Exit 3"), (late.id, "Exit 3")}
    assert acting(lambda: [bool(row.marks) for row in visits.evidence_of(visits.get(world.system, visit))]) == [
        True,
        True,
    ]
    one.enter(visit, "SAF04", f"struck:{late.id}", "Taken by mistake")
    one.send(visit)
    assert [id for id, *_ in evidence_of(visit)] == [early.id]


def test_the_same_photo_twice_is_one_piece_of_evidence_with_two_receipts(tablet, handed, evidence_of):
    visit, one = handed(), tablet()
    first, second = one.take(visit, "SAF01", picture(7)), one.take(visit, "SAF01", picture(7))
    one.send(visit)
    assert one.deliver(first).json["complete"] and one.deliver(second).json["complete"]
    assert [id for id, *_ in evidence_of(visit)] == [first.id]
    told = one.receipt(visit).json
    assert told["complete"] and {p["id"] for p in told["photos"]} == {first.id, second.id}


# -- what is refused -----------------------------------------------------------------


def bad(data):
    return Photo(str(uuid.uuid4()), "", "SAF01", data)


@pytest.mark.parametrize(
    ("data", "code"),
    [
        (b"no picture at all", "upload-kind"),
        (b"\xff\xd8\xff\xe0" + b"\0" * 500, "upload-damaged"),
        (b"%PDF-1.4\n%%EOF", "photo-kind"),
        (picture(1)[:400], "upload-damaged"),
    ],
)
def test_a_photo_that_is_no_photo_is_refused_clearly_and_its_parts_go(
    tablet, handed, left_over, evidence_of, data, code
):
    visit, one = handed(), tablet()
    photo = one.take(visit, "SAF01", data)
    one.part(photo, 0, 5)
    answer = one.deliver(photo)
    assert answer.status_code == 422 and answer.json["code"] == code
    assert answer.json["text"]["zh_Hans_CN"] != answer.json["text"]["en"]
    assert left_over() == 0 and evidence_of(visit) == []
    one.enter(visit, "SAF01", f"struck:{photo.id}", "The file is damaged.")
    one.send(visit)
    assert one.receipt(visit).json["complete"], "a photo that cannot be kept does not hold the visit back"


def test_a_hash_that_lies_is_refused_and_the_whole_photo_may_be_sent_again(tablet, handed, left_over, evidence_of):
    visit, one = handed(), tablet()
    photo = one.take(visit, "SAF01", noise())
    lie = hashlib.sha256(b"something else").hexdigest()
    wrong = one.part(photo, 0, 65536, **{"X-SHA256": lie})
    assert wrong.status_code == 200, "nothing was announced yet"
    size, received = len(photo.data), 65536
    while received < size:
        answer = one.part(photo, received, 65536, **{"X-SHA256": lie})
        received += 65536
    assert answer.status_code == 422 and answer.json["code"] == "photo-hash"
    assert left_over() == 0
    one.send(visit)
    announced = one.part(photo, 0, 65536, **{"X-SHA256": lie})
    assert announced.status_code == 422 and announced.json["code"] == "photo-mismatch"
    assert one.deliver(photo).json["complete"] and len(evidence_of(visit)) == 1


@pytest.mark.parametrize(
    ("headers", "status", "code"),
    [
        ({"X-Size": "0"}, 422, "photo-size"),
        ({"X-Size": "much"}, 422, "photo-size"),
        ({"X-Size": str(16 * 2**20)}, 413, "photo-too-large"),
        ({"X-Size": "3"}, 422, "photo-part"),
        ({"X-SHA256": "abc"}, 422, "not-a-digest"),
        ({"X-Visit": str(uuid.uuid4())}, 404, "visit-unknown"),
        ({"X-Visit": "x"}, 404, "visit-unknown"),
        ({"X-Item": "SAF99"}, 404, "item-unknown"),
        ({"X-Item": "@profile"}, 404, "item-unknown"),
        ({"X-Device": str(uuid.uuid4())}, 404, "device-unknown"),
        ({"X-Device": "x"}, 422, "device-id"),
    ],
)
def test_what_a_part_says_of_itself_has_to_be_true(tablet, handed, left_over, headers, status, code):
    visit, one = handed(), tablet()
    photo = Photo(str(uuid.uuid4()), str(visit), "SAF01", noise())
    answer = one.part(photo, 0, 65536, **headers)
    assert (answer.status_code, answer.json["code"]) == (status, code)
    assert left_over() == 0


@pytest.mark.parametrize("said", ["", "refused", "25.0389,102.7183", "25.0389,102.7183,8", "nonsense", "9" * 200])
def test_neither_a_place_nor_a_moment_ever_holds_a_photo_back(tablet, handed, said, evidence_of):
    visit, one = handed(), tablet()
    photo = one.take(visit, "SAF01", picture(5))
    assert one.part(photo, 0, **{"X-Position": said, "X-Taken": said}).json["complete"]
    assert len(evidence_of(visit)) == 1


def test_ids_of_photos_are_random_because_an_enterprise_may_see_them(tablet, handed):
    visit, one = handed(), tablet()
    answer = one.part(Photo(str(event_id()), str(visit), "SAF01", picture(1)))
    assert answer.status_code == 422 and answer.json["code"] == "photo-id"


def test_a_part_is_at_most_a_megabyte(tablet, handed):
    visit, one = handed(), tablet()
    data = picture(1) + b"\0" * 2**21
    answer = one.part(Photo(str(uuid.uuid4()), str(visit), "SAF01", data), 0, 2**20 + 1)
    assert answer.status_code == 413 and answer.json["code"] == "part-too-large"


def test_nobody_sends_asks_or_ends_another_s_photo(tablet, handed, evidence_of):
    visit = handed(0, "inspector", "inspector2")
    mine, theirs = tablet("inspector"), tablet("inspector2")
    photo = mine.take(visit, "SAF01", noise())
    mine.part(photo, 0, 65536)
    assert theirs.http.get(f"/tablet/photos/{photo.id}").status_code == 404
    answer = theirs.part(photo, 65536)
    assert answer.status_code == 409 and answer.json["code"] == "photo-known"
    forged = theirs.part(photo, 65536, **{"X-Device": mine.device})
    assert forged.status_code == 403 and forged.json["code"] == "device-foreign"
    mine.deliver(photo)
    assert theirs.part(photo, 0).status_code == 409
    other = Photo(photo.id, str(visit), "SAF01", picture(3))
    assert mine.part(other, 0).status_code == 409, "an id is one photo's for ever"
    assert [id for id, *_ in evidence_of(visit)] == [photo.id]


def test_a_photo_that_is_made_anew_under_its_id_begins_again(tablet, handed, evidence_of):
    visit, one = handed(), tablet()
    photo = Photo(str(uuid.uuid4()), str(visit), "SAF01", noise())
    one.part(photo, 0, 65536)
    smaller = Photo(photo.id, str(visit), "SAF01", picture(9))
    assert one.part(smaller, 0).json["complete"]
    assert evidence_of(visit) == [(photo.id, "SAF01", "", smaller.sha256)]


def test_what_nobody_goes_on_with_is_dropped_after_a_week(tablet, handed, left_over):
    visit, one = handed(), tablet()
    first, second = (Photo(str(uuid.uuid4()), str(visit), "SAF01", noise()) for _ in range(2))
    one.part(first, 0, 65536)
    with clock.at(clock.now() + store_uploads.KEPT_FOR + timedelta(hours=1)):
        one.part(second, 0, 65536)
    assert left_over() == 1
    assert one.http.get(f"/tablet/photos/{first.id}").status_code == 404


def test_a_visit_holds_a_bounded_number_of_photos(tablet, handed, monkeypatch):
    monkeypatch.setattr(store_uploads, "MOST_FILES", 2)
    visit, one = handed(), tablet()
    for shade in (1, 2):
        assert one.deliver(one.take(visit, "SAF01", picture(shade))).json["complete"]
    answer = one.deliver(one.take(visit, "SAF01", picture(3)))
    assert answer.status_code == 422 and answer.json["code"] == "evidence-too-many"


def test_a_photo_is_on_the_trail_once_and_its_original_is_kept_as_it_came(tablet, handed, acting):
    visit, one = handed(), tablet()
    photo = one.take(visit, "SAF01", noise())
    one.deliver(photo, 65536)
    one.deliver(photo, 65536)
    verbs = acting(lambda: [line.verb for line in audit.about(uuid.UUID(photo.id))])
    assert sorted(verbs) == ["evidence.added", "photo.received"]
    assert acting(lambda: files.get(photo.sha256)) == photo.data
    assert acting(audit.first_broken_line) is None


def test_nothing_is_held_in_the_database_while_a_picture_is_looked_at(app, tablet, handed, monkeypatch):
    visit, one = handed(), tablet()
    photo = one.take(visit, "SAF01", picture(4))
    seen = []
    look = evidence.check

    def slowly(data, name):
        with app.test_request_context("/", method="POST"):
            seen.append(session().execute(sa.text("SELECT count(*) FROM visit")).scalar())
            session().rollback()
        return look(data, name)

    monkeypatch.setattr(evidence, "check", slowly)
    assert one.deliver(photo).json["complete"] and seen
