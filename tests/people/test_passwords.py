"""Passwords: lost ones are found in a file however it lies, and what is typed is judged."""

import hashlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from compliance.people import breached, passwords
from compliance.shared.problems import Problem
from tests.manners import Client


def digest(password):
    return hashlib.sha1(password.encode(), usedforsecurity=False).hexdigest().upper()


def written(file, known, *, counts=True, end="\r\n"):
    lines = sorted(digest(one) for one in known)
    file.write_bytes("".join(f"{one}{f':{n + 1}' if counts else ''}{end}" for n, one in enumerate(lines)).encode())
    return file


@pytest.mark.parametrize("counts", [True, False])
@pytest.mark.parametrize("end", ["\n", "\r\n"])
def test_exactly_what_is_in_the_file_is_known(app, tmp_path, counts, end):
    known = [f"lost-{n}" for n in range(257)]
    app.config["BREACHED_PASSWORDS"] = breached.checked(written(tmp_path / "lost", known, counts=counts, end=end))
    with app.app_context():
        assert all(breached.is_known(one) for one in known)
        assert not any(breached.is_known(f"other-{n}") for n in range(257))


@given(st.sets(st.text(min_size=1, max_size=8), min_size=1, max_size=12), st.text(max_size=8))
def test_any_file_however_short(tmp_path_factory, known, asked):
    from flask import Flask

    app = Flask("any")
    app.config["BREACHED_PASSWORDS"] = written(tmp_path_factory.mktemp("any") / "lost", known)
    with app.app_context():
        assert breached.is_known(asked) == (asked in known)
        assert all(breached.is_known(one) for one in known)


@pytest.mark.parametrize("content", [b"", b"password\n123456\n", b"B" * 40 + b"\n" + b"A" * 40 + b"\n"])
def test_another_file_is_refused(tmp_path, content):
    file = tmp_path / "lost"
    file.write_bytes(content)
    with pytest.raises(ValueError, match="SHA-1"):
        breached.checked(file)
    with pytest.raises(ValueError, match="not a file"):
        breached.checked(tmp_path / "nowhere")


def test_a_lost_password_is_refused_however_good_it_looks(app, tmp_path):
    good = "walnut-Harbor-52-tin"
    with app.app_context():
        passwords.check(good)
        app.config["BREACHED_PASSWORDS"] = written(tmp_path / "lost", [good])
        with pytest.raises(Problem, match="lost by others"):
            passwords.check(good)


@pytest.mark.parametrize(
    ("typed", "least", "most", "word"),
    [("", 0, 0, "10"), ("short", 0, 2, "10"), ("password123", 0, 2, "guess"), ("walnut-Harbor-52-tin", 3, 4, "good")],
)
def test_what_is_typed_is_judged(app, typed, least, most, word):
    client = Client(app.test_client())
    answer = client.http.post("/password/strength", data={"password": typed, "csrf_token": client.token()})
    assert least <= answer.json["score"] <= most and word in answer.json["words"]


def test_judging_has_an_end(app, monkeypatch):
    monkeypatch.setattr("compliance.people.throttle.JUDGED", 2)
    client = Client(app.test_client())
    data = {"password": "x", "csrf_token": client.token()}
    assert [client.http.post("/password/strength", data=data).status_code for _ in range(3)] == [200, 200, 429]
