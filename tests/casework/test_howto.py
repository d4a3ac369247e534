"""How each item is put right: every item has steps in both languages, and its model documents open."""

import io
import zipfile
from xml.etree import ElementTree

import pytest
from openpyxl import load_workbook

from compliance.casework import model_files
from compliance.checklists import howto, store
from compliance.checklists.howto import Shop

CHINESE = range(0x4E00, 0x9FFF)


def test_every_item_that_is_shipped_has_steps_and_a_word_for_small_and_large_shops(app, world):
    with app.app_context():
        checklist = store.load(store.current(world.association_id).digest)
    found = howto.items()
    assert set(found) == {item.id for item in checklist.items}
    for one in found.values():
        assert 3 <= len(one.steps) <= 6, one.item
        for text in (*one.steps, one.small, one.large):
            assert len(text.en) > 15, one.item
            assert any(ord(letter) in CHINESE for letter in text.zh), one.item
        assert one.models, one.item


def test_every_model_document_is_asked_for_and_there_and_in_both_languages():
    asked = {model for one in howto.items().values() for model in one.models}
    assert asked == set(howto.models())
    for model in howto.models().values():
        parts = (*model.columns, *model.rows, *model.points, *model.paragraphs)
        assert model.kind in ("sheet", "check", "text")
        assert len(parts) >= 3, model.id
        assert all(part.en and part.zh for part in (model.title, *parts)), model.id


@pytest.mark.parametrize("language", ["en", "zh"])
def test_every_file_opens(language):
    for model in howto.models().values():
        with zipfile.ZipFile(io.BytesIO(model_files.docx(model, language))) as box:
            ElementTree.fromstring(box.read("word/document.xml"))
        if model.kind != "text":
            page = load_workbook(io.BytesIO(model_files.xlsx(model, language))).active
            assert page["A1"].value == model.title.in_(language)


def test_the_size_of_a_shop_follows_its_workers():
    assert [howto.shop_of(workers) for workers in (0, 19, 20, 299, 300)] == [
        Shop.small, Shop.small, Shop.medium, Shop.medium, Shop.large,
    ]  # fmt: skip


@pytest.mark.parametrize("language", ["en", "zh"])
def test_the_pages_lead_from_an_item_to_its_documents(page, sign_in, language):
    assert len(page("manager", "/how-to/", language=language).links("/how-to/items/")) == 65
    one = page("manager", "/how-to/items/WAG06", language=language, size="small")
    assert one.links("/how-to/models/overtime-pay-sheet")
    for model, kind in (("wage-ledger", "xlsx"), ("wage-ledger", "docx"), ("disciplinary-rules", "docx")):
        assert page("manager", f"/how-to/models/{model}", language=language).links(f"/{kind}/")
        answer = sign_in("manager").http.get(f"/how-to/models/{model}/{kind}/zh")
        assert answer.status_code == 200
        assert "attachment" in answer.headers["Content-Disposition"]
    for path in ("/how-to/items/NONE", "/how-to/models/none", "/how-to/models/wage-ledger/exe/zh"):
        page("manager", path, 404)
