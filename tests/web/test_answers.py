"""What every answer carries, and what goes wrong in a good way."""

import gzip
import re
from datetime import date

import brotli
import pytest

from compliance.shared import packing
from compliance.shared.places import PACKAGE
from compliance.web.formats import day_in
from compliance.web.redirects import back_or_home


def test_headers_of_every_answer(client):
    for path in ("/sign-in", "/nothing-here"):
        headers = client.http.get(path).headers
        assert "unsafe" not in headers["Content-Security-Policy"]
        assert headers["X-Content-Type-Options"] == "nosniff"
        assert headers["Cache-Control"] == "no-store"


def test_static_files_may_be_kept_for_ever(client, app):
    with app.test_request_context():
        from flask import url_for

        address = url_for("static", filename="css/app.css")
    answer = client.http.get(address, buffered=True)
    assert "max-age=31536000" in answer.headers["Cache-Control"]


def test_a_paper_has_its_days_in_its_own_language():
    assert [day_in("2026-11-20", "zh"), day_in(date(2026, 11, 20), "en"), day_in("", "en")] == [
        "2026年11月20日",
        "20 Nov 2026",
        "",
    ]


@pytest.mark.parametrize("language", ["en", "zh"])
def test_an_unknown_page_says_what_to_do(page, language):
    missing = page("leader", "/nothing-here", status=404, language=language)
    assert missing.h1 == ("Page not found" if language == "en" else "找不到页面")


def test_the_language_is_switched_and_the_page_stays(sign_in):
    client = sign_in("leader")
    here = client.post("/language", {"language": "zh_Hans_CN", "next": "/account"})
    assert here.path == "/account"
    assert here.document.get("lang") == "zh-Hans"


@pytest.mark.parametrize(
    "address", ["//evil.example", "https://evil.example", "/\\evil.example", "javascript:alert(1)", "", None, "/a\nb"]
)
def test_nobody_is_sent_elsewhere(app, address):
    with app.test_request_context():
        assert back_or_home(address) == "/"


def test_own_pages_are_returned_to(app):
    with app.test_request_context():
        assert back_or_home("/visits/?page=2") == "/visits/?page=2"


def test_where_forms_are_only_sent_to_one_goes_to_the_page_above(app):
    row = "0190a2b4-0000-7000-8000-000000000001"
    with app.test_request_context("/"):
        assert back_or_home(f"/actions/{row}/verify") == f"/actions/{row}"
        assert back_or_home(f"/reviews/{row}/letter/language") == f"/reviews/{row}"
        assert back_or_home(f"/people/{row}/enterprises/{row}/end") == f"/people/{row}"
        assert back_or_home("/sign-out") == "/"
        assert back_or_home("/nothing-here") == "/nothing-here"


def test_a_form_without_token_changes_nothing(sign_in):
    assert sign_in("leader").http.post("/language", data={"language": "en"}).status_code == 400


def test_a_download_is_kept_by_no_cache(sign_in):
    answer = sign_in("coordinator").http.get("/register/download.csv", buffered=True)
    assert answer.status_code == 200
    assert answer.headers["Cache-Control"] == "no-store"


@pytest.mark.parametrize(
    ("who", "path"),
    [
        ("inspector", "/visits/"), ("reviewer", "/reviews/"), ("manager", "/own/"),
        ("coordinator", "/visits/plan"), ("leader", "/trends/"), ("administrator", "/start"),
    ],
)  # fmt: skip
def test_everybody_begins_at_their_own_work(page, who, path):
    assert page(who, "/").path.startswith(path)


@pytest.mark.parametrize(("accepted", "how"), [("gzip, deflate, br", "br"), ("gzip", "gzip"), ("", None)])
def test_styles_and_scripts_go_over_the_line_compressed(client, app, accepted, how):
    with app.test_request_context():
        from flask import url_for

        address = url_for("static", filename="css/app.css")
        picture = url_for("static", filename="img/app-192.png")
    plain = client.http.get(address, buffered=True)
    answer = client.http.get(address, headers={"Accept-Encoding": accepted}, buffered=True)
    assert answer.headers.get("Content-Encoding") == how
    unpacked = {"br": brotli.decompress, "gzip": gzip.decompress, None: bytes}[how](answer.data)
    assert unpacked == plain.data
    assert "Accept-Encoding" in answer.headers["Vary"]
    assert not how or len(answer.data) < len(plain.data) / 2
    other = client.http.get(picture, headers={"Accept-Encoding": accepted}, buffered=True)
    assert "Content-Encoding" not in other.headers
    etag = {"If-None-Match": answer.headers["ETag"], "Accept-Encoding": accepted}
    assert client.http.get(address, headers=etag, buffered=True).status_code == 304


def test_no_text_of_a_script_looks_like_a_comment_or_an_indent():
    # Neither is sent; inside of a text it would be missed.
    for script in (PACKAGE / "static").rglob("*.js"):
        source = script.read_text()
        code = re.sub(r"^[ \t]*(//[^\n]*|/\*\*.*?\*/)$", "", source, flags=re.MULTILINE | re.DOTALL)
        assert code.count("`") % 2 == 0, script.name
        for text in re.findall(r"`[^`]*`", code):
            assert not re.search(r"\n[ \t]|[ \t]//[^\n'\"`]*(\n|$)", text), f"{script.name}: {text[:60]}"
        for text in re.findall(r"""(?<!\\)(?:"[^"\n]*"|'[^'\n]*')""", code):
            assert not re.search(r"[ \t]//", text), f"{script.name}: {text[:60]}"
        sent = packing.lean(source.encode()).decode()
        assert not re.search(r"^[ \t]*(//|/\*\*)", sent, re.MULTILINE), script.name
        kept = [re.sub(r"[ \t]+//[^'\"`]*$", "", line.strip()) for line in code.splitlines() if line.strip()]
        assert kept == [line for line in sent.splitlines() if line], script.name
