"""The open pages that tell whether a paper in hand is genuine: what they say, and what nobody learns from them."""

import hashlib
import io
import re
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit
from uuid import UUID

import pytest
from flask import Flask

from compliance.demo import story
from compliance.letters import press, store_trust
from compliance.letters import store as letters
from compliance.letters.commands import verify
from compliance.letters.rules import Cited
from compliance.people import throttle
from compliance.shared import ids, signing
from compliance.shared.certificates import DEMO
from compliance.shared.database import session
from compliance.visits import store as visits
from tests.casework import made
from tests.casework.made import short
from tests.letters import expected, samples
from tests.manners import Client
from tests.world import World

NAME = "Example Garments No. 1"


@dataclass(frozen=True)
class Issued:
    """A letter that was issued."""

    id: UUID
    number: str
    code: str
    pdf: bytes


@pytest.fixture
def issued(app: Flask, world: World) -> Issued:
    with app.test_request_context():
        visit_id = made.released(world, [short("WAG03")])
        [letter] = letters.of_visit(world.system, visit_id)  # printed and signed by the job
        assert letter.number is not None
        assert letter.code is not None
        return Issued(letter.id, letter.number, ids.grouped_code(letter.code), letters.pdf(letter))


def test_whoever_holds_the_letter_learns_that_it_is_genuine_and_in_force(client: Client, issued: Issued) -> None:
    for typed in (issued.code, issued.code.lower(), issued.code.replace("-", " ")):
        page = client.get(f"/check/{typed}")
        assert "This letter was issued" in page.text
        assert issued.number in page.text
        assert NAME not in page.text, "the addressee is told in part"
    assert issued.number in client.post("/check", {"code": issued.code}).text


def test_the_codes_on_the_demo_s_letters_lead_to_the_page(client: Client, issued: Issued) -> None:
    printed = f"{story.CHECKED_AT}/{issued.code}"
    assert issued.number in client.get(urlsplit(printed).path).text


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


def corrected(app: Flask, world: World, letter_id: UUID) -> tuple[UUID, str]:
    """A correcting letter that cites an issued one; its id and number."""
    with app.test_request_context():
        old = letters.get(world.system, letter_id)
        assert old.number is not None
        facts = replace(samples.CORRECTED, cites=Cited(old.number, old.dated or date.min))
        visit = visits.get(world.system, old.visit_id)
        new = letters.issue(world.system, letters.draft(world.system, visit, "correction", facts, "both", cites=old))
        session().commit()
        assert new.number is not None
        return new.id, new.number


def withdrawn(app: Flask, world: World, letter_id: UUID) -> None:
    """A letter is withdrawn by two people."""
    with app.test_request_context():
        letter = letters.get(world.system, letter_id)
        asked = store_trust.ask(world.actor("reviewer"), letter, "Sent to the wrong enterprise.")
        store_trust.decide(world.actor("leader"), letter, asked.id, withdraw=True)
        session().commit()


def test_a_letter_that_was_corrected_names_the_last_that_took_its_place(
    app: Flask, world: World, client: Client, issued: Issued
) -> None:
    first_id, first = corrected(app, world, issued.id)
    page = client.get(f"/check/{issued.code}")
    assert "It is not in force any more" in page.text
    assert first in page.text
    _, second = corrected(app, world, first_id)
    assert second in client.get(f"/check/{issued.code}").text


def test_a_withdrawn_letter_says_so_and_not_why(app: Flask, world: World, client: Client, issued: Issued) -> None:
    withdrawn(app, world, issued.id)
    page = client.get(f"/check/{issued.code}")
    assert "It was withdrawn and does not count any more." in page.text
    assert "and it is in force" not in page.text
    assert "wrong enterprise" not in page.text
    digest = hashlib.sha256(issued.pdf).hexdigest()
    assert "It was withdrawn" in client.post("/check/file", {"digest": digest}).text


def test_a_letter_may_be_superseded_and_withdrawn_and_so_may_its_successor(
    app: Flask, world: World, client: Client, issued: Issued
) -> None:
    later_id, later = corrected(app, world, issued.id)
    withdrawn(app, world, later_id)
    page = client.get(f"/check/{issued.code}")
    assert "It is not in force any more." in page.text
    assert "That letter was withdrawn in its turn" in page.text
    assert "It was withdrawn and does not count" not in page.text
    withdrawn(app, world, issued.id)
    page = client.get(f"/check/{issued.code}")
    assert "It was withdrawn and does not count any more." in page.text
    assert later in page.text


def test_the_page_tells_who_signed_and_that_a_demo_proves_nothing(client: Client, issued: Issued) -> None:
    page = client.get(f"/check/{issued.code}")
    assert DEMO in page.text
    assert "Demo: the signature proves nothing." in page.text
    assert "noindex" in page.response.headers["X-Robots-Tag"]


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (lambda pdf: b"", "The file is empty"),
        (lambda pdf: b"hello", "This is not a PDF"),
        (lambda pdf: pdf[:5000], "The file is damaged"),
        (lambda pdf: pdf[:9000] + bytes([pdf[9000] ^ 1]) + pdf[9001:], "Changed after it was signed."),
        (lambda pdf: pdf + b" ", "Something was added after it was signed."),
        (lambda pdf: pdf[: pdf.index(b"%%EOF") + 6], "There is no signature in this PDF"),
    ],
    ids=["empty", "no PDF", "cut off", "a changed byte", "something added", "without its signature"],
)
def test_the_server_says_what_is_in_a_file_that_it_does_not_know(
    client: Client, issued: Issued, change: Callable[[bytes], bytes], said: str
) -> None:
    sent = (io.BytesIO(change(issued.pdf)), "letter.pdf")
    page = client.post("/check/file", {"file": sent, "digest": ""}, status=404)
    assert said in page.text


def test_a_letter_that_is_signed_here_and_not_in_the_archive_is_told_of(
    app: Flask, client: Client, issued: Issued
) -> None:
    with app.app_context():
        pdf = signing.sign(press.print_letter(expected.made("L1", "en")).pdf).pdf
    page = client.post("/check/file", {"file": (io.BytesIO(pdf), "x.pdf"), "digest": ""}, status=404)
    assert "Unchanged since it was signed." in page.text
    assert "it signs, or signed, letters of" in page.text
    assert "Demo: the signature proves nothing." in page.text


class Endless(io.RawIOBase):
    """300 megabytes, of which nobody has to keep any."""

    at = 0

    def seek(self, offset: int, whence: int = 0) -> int:
        self.at = 300 << 20 if whence == 2 else offset
        return self.at

    def tell(self) -> int:
        return self.at

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any) -> int:
        buffer[:] = b"0" * len(buffer)
        return len(buffer)


def test_what_is_larger_than_a_request_may_be_is_refused_with_the_limit(client: Client) -> None:
    answer = client.http.post("/check/file", input_stream=Endless(), content_type="multipart/form-data; boundary=x")
    assert answer.status_code == 413
    assert "megabytes cannot be sent at once" in answer.text


def test_codes_that_were_never_given_are_answered_alike(client: Client, issued: Issued) -> None:
    answers = {
        client.get(f"/check/{code}", 404).text.replace(code, "")
        for code in ("0000-0000-0000", "ZZZZ-ZZZZ-ZZZZ", issued.code[:-1] + ("0" if issued.code[-1] != "0" else "1"))
    }
    assert len({re.sub(r'value="[^"]*"', "", answer) for answer in answers}) == 1


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
    told = run.invoke(verify, [str(changed)])
    assert (told.exit_code, "something was added after it was signed" in told.output) == (1, True)
    assert "demo" in told.output
    for junk, said in ((b"", "empty"), (b"hello", "not a PDF"), (issued.pdf[:3000], "damaged")):
        changed.write_bytes(junk)
        told = run.invoke(verify, [str(changed)])
        assert (told.exit_code, said in told.output) == (1, True)


def test_the_command_tells_a_letter_that_does_not_count_any_more(
    app: Flask, world: World, issued: Issued, tmp_path: Path
) -> None:
    (tmp_path / "a.pdf").write_bytes(issued.pdf)
    withdrawn(app, world, issued.id)
    told = app.test_cli_runner().invoke(verify, [str(tmp_path / "a.pdf")])
    assert (told.exit_code, "It was withdrawn on" in told.output) == (3, True)
