"""Photos in letters: the ticked ones under their finding, never of a sealed item, and the reviewer's choice."""

import io
from itertools import count
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest
from PIL import Image

from compliance.casework import letter_photos, release
from compliance.letters import press as letter_press
from compliance.letters import store as letters
from compliance.shared import files
from compliance.shared.database import session
from compliance.visits import pictures
from compliance.visits import store as visits
from compliance.visits.evidence import check
from compliance.visits.models import Evidence
from compliance.visits.rules import Answer
from tests.casework import made
from tests.casework.made import short

_numbers = count()


def photograph(world: Any, visit_id: UUID, item: str, *, clear: bool = True) -> str:
    """A photo at an item; its id."""
    out = io.BytesIO()
    Image.new("RGB", (1200, 900), (next(_numbers) * 37 % 250, 90, 60)).save(out, "JPEG")
    inspector, visit = world.actor("inspector"), visits.get(world.actor("inspector"), visit_id)
    row = visits.add_evidence(inspector, visit, item, check(out.getvalue(), "IMG.jpg"))
    visits.describe(inspector, visit, row, caption="Li Si at her machine", unrecognisable=clear)
    session().commit()
    return str(row.id)


@pytest.fixture
def build(app: Any, world: Any) -> Any:
    """Make a sealed visit with photos inside an application context."""

    def make(special: list[Answer], photos: dict[str, list[bool]]) -> tuple[UUID, dict[str, list[str]]]:
        with app.app_context():
            visit_id = made.handed_out(world, special)
            ids = {
                item: [photograph(world, visit_id, item, clear=one) for one in ticks] for item, ticks in photos.items()
            }
            made.sealing.seal(world.actor("inspector"), visit_id)
            session().commit()
            return visit_id, ids

    return make


def shown_in(words: Any) -> list[str]:
    return letter_press.photos_of(words)


def test_only_ticked_photos_of_findings_are_printed(app: Any, world: Any, build: Any) -> None:
    visit_id, ids = build([short("SAF04")], {"SAF04": [True, False, True], "SAF01": [True]})
    with app.app_context():
        release.release(world.actor("reviewer"), visit_id)
        session().commit()
        letter = letters.of_visit(world.actor("reviewer"), visit_id)[0]
        assert len(shown_in(letter.words)) == 2
        assert len(letters.facts(letter).findings[0].photos) == 2
        pdf = letters.printed(letter).pdf
        assert pdf.count(b"/DCTDecode") == 2
        said = str(letter.words)
        assert "Li Si" not in said and not any(id in said for id in ids["SAF04"])
        # What is printed is kept: other marks and a lost tick later change nothing.
        for digest in shown_in(letter.words):
            assert len(files.get(digest)) <= pictures.PAPER_BYTES
        visits.describe(
            world.actor("reviewer"),
            visits.get(world.actor("reviewer"), visit_id),
            session().get_one(Evidence, UUID(ids["SAF04"][0])),
            caption="",
            unrecognisable=False,
        )
        session().commit()
        assert letters.printed(letter).pdf == pdf


def test_a_reviewer_leaves_a_photo_out_and_takes_it_in_again(app: Any, world: Any, build: Any, sign_in: Any) -> None:
    visit_id, ids = build([short("SAF04")], {"SAF04": [True, True, False]})
    reviewer = sign_in("reviewer")
    page = reviewer.get(f"/reviews/{visit_id}")
    listed = [str(node) for node in page.response.text.split('name="print"')][1:]
    assert len(listed) == 3

    def choose(*wanted: str) -> int:
        page = reviewer.get(f"/reviews/{visit_id}")
        reviewer.submit(page, f"/reviews/{visit_id}/photos", print=list(wanted), clear=ids["SAF04"][:2])
        with app.app_context():
            draft = letters.draft_of(world.actor("reviewer"), visit_id)
            return len(shown_in(draft.words)) if draft else -1

    first, second, unticked = ids["SAF04"]
    assert choose(first, second, unticked) == 2
    assert choose(second) == 1
    assert choose() == 0
    assert choose(first, second) == 2


def test_no_photo_of_an_item_with_a_sealed_fact_is_printed(app: Any, world: Any, build: Any) -> None:
    visit_id, _ids = build(
        [short("PUN05", facts=frozenset({"worker-struck"})), short("SAF04")], {"PUN05": [True], "SAF04": [True]}
    )
    with app.app_context():
        draft = letters.draft_of(world.actor("reviewer"), visit_id)
        assert draft is not None and len(shown_in(draft.words)) == 1


def test_a_photo_that_cannot_be_read_any_more_is_left_out(app: Any, world: Any, build: Any) -> None:
    visit_id, ids = build([short("SAF04")], {"SAF04": [False]})
    with app.app_context():
        reviewer = world.actor("reviewer")
        visit, row = visits.get(reviewer, visit_id), session().get_one(Evidence, UUID(ids["SAF04"][0]))
        assert row.shown_digest is not None
        kept = Path(files.folder()) / row.shown_digest[:2] / row.shown_digest
        kept.write_bytes(b"\xff\xd8\xff no picture")
        visits.describe(reviewer, visit, row, caption="", unrecognisable=True)
        made.sealing.redraft_letter(reviewer, visit)
        session().commit()
        draft = letters.draft_of(reviewer, visit_id)
        assert draft is not None and shown_in(draft.words) == []


def test_six_of_one_finding_forty_in_all_and_everybodys_first_before_anybodys_second() -> None:
    shared = letter_photos.shared_out({number: range(9) for number in range(5)})
    assert [len(rows) for rows in shared.values()] == [6] * 5
    shared = letter_photos.shared_out({number: range(3) for number in range(25)})
    assert sorted(len(rows) for rows in shared.values()) == [1] * 10 + [2] * 15
    assert letter_photos.shared_out({1: ()}) == {}


def test_a_copy_for_paper_is_upright_small_and_without_hidden_data() -> None:
    noise = Image.effect_noise((1600, 1200), 90)
    exif = Image.Exif()
    exif[271] = "SecretCam"
    out = io.BytesIO()
    Image.merge("RGB", (noise, noise.rotate(90), noise.rotate(180))).save(out, "JPEG", quality=95, exif=exif)
    copy = pictures.for_paper(out.getvalue())
    with Image.open(io.BytesIO(copy)) as read:
        assert max(read.size) == pictures.PAPER_EDGE and not read.getexif()
    assert len(copy) <= pictures.PAPER_BYTES and b"SecretCam" not in copy
    assert copy == pictures.for_paper(out.getvalue())
    with pytest.raises(pictures.Damaged):
        pictures.for_paper(b"\xff\xd8\xff")
