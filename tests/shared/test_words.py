"""How shares are written: never more than there is."""

from decimal import Decimal

import pytest
from wtforms import StringField
from wtforms.validators import InputRequired, Length

from compliance.shared.forms import Form
from compliance.shared.words import part, reached


@pytest.mark.parametrize(
    ("share", "shown"),
    [
        (Decimal("0.796"), "79%"),
        (Decimal("0.8"), "80%"),
        (0.29, "29%"),
        (Decimal("0.999"), "99%"),
        (Decimal(1), "100%"),
        (Decimal("0.004"), "<1%"),
        (Decimal(0), "0%"),
    ],
)
def test_what_falls_short_of_a_limit_never_reads_as_the_limit(share: Decimal | float, shown: str) -> None:
    assert reached(share) == shown


@pytest.mark.parametrize(
    ("share", "shown"),
    [(2 / 3, "67%"), (0.945, "95%"), (0.9999, ">99%"), (1.0, "100%"), (0.0001, "<1%"), (0.0, "0%")],
)
def test_only_all_is_everything_and_only_nothing_is_nothing(share: float, shown: str) -> None:
    assert part(share) == shown


@pytest.mark.parametrize(
    ("language", "needed", "long"),
    [
        ("zh-CN", "该字段是必填字段。", "字段长度不能超过 5 个字符。"),
        ("en", "This field is required.", "Field cannot be longer than 5 characters."),
    ],
)
def test_what_the_form_library_says_is_in_the_readers_language(app, language: str, needed: str, long: str) -> None:
    class Small(Form):
        name = StringField(validators=[InputRequired(), Length(max=5)])

    for typed, said in (("", needed), ("abcdefg", long)):
        with app.test_request_context(method="POST", data={"name": typed}, headers={"Accept-Language": language}):
            form = Small(meta={"csrf": False})
            assert not form.validate()
            assert form.name.errors == [said]
