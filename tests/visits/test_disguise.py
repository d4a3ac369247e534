"""Files that are not what they seem are named for what they are; what is meant is taken."""

import io
import zipfile

import pikepdf
import pytest

from compliance.shared.problems import Problem
from compliance.visits.disguise import require_plain_pdf
from compliance.visits.evidence import check

TEST_STRING = b"X5O!P%@AP[4\\PZX54(P^)7CC)7}" + b"$EICAR-STANDARD-ANTIVIRUS-TEST-FILE!$H+H*"


def pdf(**options):
    out = io.BytesIO()
    document = pikepdf.new()
    document.add_blank_page()
    document.save(out, **options)
    return out.getvalue()


def office(more=b""):
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as box:
        box.writestr("[Content_Types].xml", "<Types/>")
        box.writestr("word/document.xml", b"<w:document/>" + more)
    return out.getvalue()


def code_of(data, name, look=check):
    with pytest.raises(Problem) as found:
        look(data, name)
    assert name in str(found.value), "the text names the file"
    return found.value.code


@pytest.mark.parametrize(
    ("data", "name", "code"),
    [
        (b"", "nothing.jpg", "upload-empty"),
        (b"MZ\x90\x00" + b"\x00" * 200, "photo.jpg", "upload-program"),
        (b"\x7fELF" + b"\x00" * 200, "photo.jpg", "upload-program"),
        (b"#!/bin/sh\nrm -rf /\n", "list.pdf", "upload-program"),
        (b"<!DOCTYPE html><script>alert(1)</script>", "page.pdf", "upload-page"),
        (b"<svg xmlns='http://www.w3.org/2000/svg'/>", "drawing.png", "upload-page"),
        (TEST_STRING, "photo.jpg", "upload-infected"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + "EncryptedPackage".encode("utf-16-le"), "wages.xlsx", "upload-password"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\x00" * 600, "wages.xls", "upload-old-office"),
        (b"plain words", "note.txt", "upload-kind"),
    ],
)
def test_each_is_refused_with_its_name_and_the_reason(data, name, code):
    assert code_of(data, name) == code


def test_a_pdf_with_a_password_is_named_and_one_without_is_taken():
    require_plain_pdf(pdf(), "plan.pdf")
    locked = pdf(encryption=pikepdf.Encryption(user="x", owner="y"))
    assert code_of(locked, "locked.pdf", require_plain_pdf) == "upload-password"
    assert code_of(b"%PDF-1.7\nnothing more", "letter.pdf", require_plain_pdf) == "upload-damaged-document"


def test_a_pdf_that_is_an_archive_as_well_is_refused():
    assert code_of(pdf() + office(), "both.pdf", require_plain_pdf) == "upload-two-kinds"
    assert code_of(pdf() + b"\n" + b"<script>" * 1000, "tail.pdf", require_plain_pdf) == "upload-two-kinds"


def test_the_test_string_is_found_within_an_office_document():
    assert code_of(office(TEST_STRING), "plan.docx") == "upload-infected"
