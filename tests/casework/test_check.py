"""The open pages that tell whether a paper in hand is genuine: what they say, and what nobody learns from them."""

import hashlib
import io
from dataclasses import dataclass
from pathlib import Path

import pytest
from flask import Flask

from compliance.letters import store as letters
from compliance.letters.commands import verify
from compliance.people import throttle
from compliance.shared import ids
from compliance.shared.database import session
from compliance.visits import store as visits
from tests.casework import made
from tests.casework.made import short
from tests.manners import Client
from tests.world import World

NAME = "Example Garments No. 1"


@dataclass(frozen=True)
class Issued:
    """A letter that was issued."""

    number: str
    code: str
    pdf: bytes


@pytest.fixture
def issued(app: Flask, world: World) -> Issued:
    with app.test_request_context():
        visit_id = made.released(world, [short("WAG03")])
        [letter] = letters.of_visit(world.system, visit_id)
        pressed = letters.printed(letter).pdf
        letters.archive(world.system, letter, pressed)
        session().commit()
        assert letter.number is not None
        assert letter.code is not None
        return Issued(letter.number, ids.grouped_code(letter.code), pressed)


def test_whoever_holds_the_letter_learns_that_it_is_genuine_and_in_force(client: Client, issued: Issued) -> None:
    for typed in (issued.code, issued.code.lower(), issued.code.replace("-", " ")):
        page = client.get(f"/check/{typed}")
        assert "This letter was issued" in page.text
        assert issued.number in page.text
        assert NAME not in page.text, "the addressee is told in part"
    assert issued.number in client.post("/check", {"code": issued.code}).text


def test_the_page_speaks_chinese(app: Flask, issued: Issued) -> None:
    answer = app.test_client().get(f"/check/{issued.code}", headers={"Accept-Language": "zh-CN"})
    assert "收函单位" in answer.text


def test_the_file_itself_is_compared_to_the_last_byte(client: Client, issued: Issued) -> None:
    def upload(data: bytes, status: int) -> str:
        sent = (io.BytesIO(data), "letter.pdf")
        return client.post("/check/file", {"file": sent, "digest": ""}, status=status).text

    assert "not a byte was changed" in upload(issued.pdf, 200)
    assert "something in it was changed" in upload(issued.pdf[:-2] + b"x\n", 404)
    assert "Choose a file" in client.post("/check/file", {"digest": ""}, status=422).text


def test_a_browser_that_can_sends_the_digest_and_keeps_the_file(client: Client, issued: Issued) -> None:
    digest = hashlib.sha256(issued.pdf).hexdigest()
    assert "not a byte was changed" in client.post("/check/file", {"digest": digest}).text
    client.post("/check/file", {"digest": "0" * 64}, status=404)
    client.post("/check/file", {"digest": "no digest"}, status=422)


def test_a_letter_that_was_corrected_names_its_successor(
    app: Flask, world: World, client: Client, issued: Issued
) -> None:
    with app.test_request_context():
        [old] = letters.of_enterprise(world.system, world.enterprises[0])
        visit = visits.get(world.system, old.visit_id)
        new = letters.issue(
            world.system, letters.draft(world.system, visit, "L2", letters.facts(old), "both", cites=old)
        )
        number = new.number
        session().commit()
    assert number is not None
    page = client.get(f"/check/{issued.code}")
    assert "It is not in force any more" in page.text
    assert number in page.text


def test_nothing_can_be_found_by_going_through_codes(client: Client, issued: Issued) -> None:
    for _ in range(throttle.CODES_BY_ADDRESS):
        client.http.get("/check/0000-0000-0000")
    client.get(f"/check/{issued.code}", status=429)


def test_the_command_tells_a_genuine_file_from_a_changed_one(app: Flask, issued: Issued, tmp_path: Path) -> None:
    genuine, changed = tmp_path / "a.pdf", tmp_path / "b.pdf"
    genuine.write_bytes(issued.pdf)
    changed.write_bytes(issued.pdf + b"\n")
    run = app.test_cli_runner()
    told = run.invoke(verify, [str(genuine)])
    assert (told.exit_code, issued.number in told.output) == (0, True)
    assert run.invoke(verify, [str(changed)]).exit_code == 1
