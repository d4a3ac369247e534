"""How people are named at sign-in."""

import contextlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from compliance.people import identity, passwords
from compliance.people.identity import Kind
from compliance.shared.problems import Problem


@pytest.mark.parametrize(
    ("typed", "meant", "value"),
    [
        ("ann", Kind.username, "ann"),
        (" Ann.Example ", Kind.username, "ann.example"),
        ("ＡＮＮ", Kind.username, "ann"),
        ("王示例", Kind.username, "王示例"),
        ("Ann@Example.org", Kind.email, "ann@example.org"),
        ("13800138000", Kind.mobile, "+8613800138000"),
        ("138 0013 8000", Kind.mobile, "+8613800138000"),
        ("+86 138-0013-8000", Kind.mobile, "+8613800138000"),
        ("+49 1512 3456789", Kind.mobile, "+4915123456789"),
        ("123", Kind.username, "123"),
    ],
)
def test_one_field_takes_all_three_names(typed, meant, value):
    assert identity.recognise(typed) == (meant, value)


@given(st.text(max_size=300))
def test_no_text_breaks_the_sign_in_field(text):
    kind, value = identity.recognise(text)
    assert isinstance(value, str)
    assert kind in Kind


@given(st.from_regex(r"[\w.-]{3,64}", fullmatch=True))
def test_a_user_name_is_recognised_as_what_it_is(text):
    with contextlib.suppress(Problem):
        name = identity.username_of(text)
        assert identity.recognise(name) == (Kind.username, name)


@pytest.mark.parametrize(
    "typed", ["", "ab", "a b", "a@b.org", "13800138000", "138-0013-8000", "123", "x" * 65, "a/b", "a\u202eb"]
)
def test_what_is_no_user_name(typed):
    with pytest.raises(Problem) as caught:
        identity.username_of(typed)
    assert caught.value.facts["field"] == "username"


@pytest.mark.parametrize("typed", ["12345", "not a number", "+86 1", "1380013800x"])
def test_what_is_no_mobile_number(typed):
    with pytest.raises(Problem):
        identity.mobile_of(typed)


@pytest.mark.parametrize("typed", ["a@", "@example.org", "a b@example.org", "plain"])
def test_what_is_no_address(typed):
    with pytest.raises(Problem):
        identity.email_of(typed)


def test_a_name_is_found_by_its_pinyin_and_initials():
    key = identity.name_key("王示例")
    assert "wangshili" in key
    assert key.endswith(" wsl")


@pytest.mark.parametrize(
    ("password", "code"),
    [
        ("short", "password-short"),
        ("x" * 201, "password-long"),
        ("aaaaaaaaaaaa", "password-guessable"),
        ("password1234", "password-guessable"),
        ("kettle-harbour-quilt", None),
        ("plum-Ferry-71-oak", None),
        ("一二三四五六七八九十百千", None),
    ],
)
def test_which_passwords_are_good_enough(app, password, code):
    with app.app_context():
        if code is None:
            passwords.check(password)
            return
        with pytest.raises(Problem) as caught:
            passwords.check(password)
    assert caught.value.code == code


def test_one_s_own_name_is_no_password(app):
    with app.app_context(), pytest.raises(Problem, match="guess"):
        passwords.check("annexample1", ["ann example", "annexample"])
