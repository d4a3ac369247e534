"""The picture beside the code, read from the paper as it is seen: it leads to the page that tells of the letter."""

import subprocess
from dataclasses import replace
from pathlib import Path

import pytest
import zxingcpp
from flask import Flask, url_for
from PIL import Image

from compliance.letters import press, rules
from tests.letters import samples

CODE = "7Q4K-M2ZD-91XA"


@pytest.mark.parametrize("language", rules.LANGUAGES)
def test_the_picture_on_the_paper_leads_to_the_page_of_the_letter(app: Flask, language: str, tmp_path: Path) -> None:
    with app.test_request_context(base_url="https://visits.example.org"):
        checks, wanted = url_for("check.start", _external=True), url_for("check.by_code", code=CODE, _external=True)
    facts = replace(samples.FACTS, verify_url=checks)
    letter = rules.compose("L2", facts, language, press.words(), number="示协函〔2026〕12号", code=CODE)
    (tmp_path / "letter.pdf").write_bytes(press.print_letter(letter.as_json()).pdf)
    command = ["pdftoppm", "-r", "150", "-gray", "-png", str(tmp_path / "letter.pdf"), str(tmp_path / "page")]
    subprocess.run(command, check=True)
    read = []
    for page in sorted(tmp_path.glob("page*.png")):
        with Image.open(page) as picture:
            read += [found.text for found in zxingcpp.read_barcodes(picture.convert("L"))]
    assert read == [wanted]
