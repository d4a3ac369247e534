"""Posters and cards for workers: printed whole in every language, with the way to complain."""

import io

import pikepdf
import pytest

from compliance.casework import posters
from compliance.checklists.rules import AREAS
from compliance.complaints.posters import wordings
from tests.shared.conformance import faults
from tests.shared.test_press import text_of


def pages(data):
    with pikepdf.open(io.BytesIO(data)) as whole:
        return len(whole.pages)


@pytest.mark.parametrize("code", sorted(wordings()))
@pytest.mark.parametrize("paper", ["a3", "a4", "cards"])
def test_each_is_one_sheet_with_the_address_and_the_numbers(sign_in, paper, code):
    response = sign_in("inspector").http.get(f"/complaints/posters/{paper}/{code}.pdf")
    said, whole = wordings()[code], text_of(response.data)
    assert response.status_code == 200
    assert pages(response.data) == 1
    assert "110" in whole and "12345" in whole
    if paper != posters.CARDS:
        assert "/complain" in whole
        assert all(area in whole for area, _text in said.rights)
    else:
        assert "".join(whole.split()).count("".join(said.how.split())) == 8
    assert faults(response.data) == []


def test_every_language_has_the_five_areas():
    for said in wordings().values():
        assert len(said.rights) == len(AREAS)


def test_there_is_a_list_and_nothing_else(sign_in):
    client = sign_in("inspector")
    assert "PDF" in client.get("/complaints/posters/").text
    client.get("/complaints/posters/a5/zh.pdf", 404)
    client.get("/complaints/posters/a4/xx.pdf", 404)
    sign_in("manager").get("/complaints/posters/", 403)
