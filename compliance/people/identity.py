"""How a person is named at sign-in: user name, e-mail address or mobile number, each in one canonical form."""

import re
import unicodedata
from enum import StrEnum

import phonenumbers
import pypinyin
from email_validator import EmailNotValidError, validate_email

from compliance.shared.problems import Problem
from compliance.shared.words import N_, clean

REGION = "CN"  # a number typed without a country code is a Chinese one
_USERNAME = re.compile(r"[\w.-]{3,64}")


class Kind(StrEnum):
    """Which of a person's names was typed."""

    username = "username"
    email = "email"
    mobile = "mobile"


def recognise(typed: str) -> tuple[Kind, str]:
    """What somebody typed into the sign-in field, as (kind, canonical form). Never fails: the rest is a user name."""
    text = unicodedata.normalize("NFKC", typed).strip()
    if "@" in text:
        return Kind.email, text.lower()
    try:
        return Kind.mobile, mobile_of(text)
    except Problem:
        return Kind.username, text.lower()


def username_of(typed: str) -> str:
    """A user name in its canonical form: NFKC, lower case.

    Raises ``Problem``: 3 to 64 letters, digits, full stops, hyphens, underlines; never one that reads as a number.
    """
    text = unicodedata.normalize("NFKC", typed).strip().lower()
    if not _USERNAME.fullmatch(text):
        raise Problem(
            "username-form",
            N_("A user name has 3 to 64 letters, digits, full stops, hyphens or underlines."),
            field="username",
        )
    if recognise(text)[0] != Kind.username or text.isdigit():
        raise Problem(
            "username-number",
            N_("A user name needs at least one letter."),
            field="username",
        )
    return text


def email_of(typed: str) -> str:
    """An e-mail address in lower case. Raises ``Problem`` when it is not one; no look-up in the network."""
    text = unicodedata.normalize("NFKC", typed).strip()
    try:
        return validate_email(text, check_deliverability=False, test_environment=True).normalized.lower()
    except EmailNotValidError:
        raise Problem("email-form", N_("This is not an e-mail address."), field="email") from None


def mobile_of(typed: str) -> str:
    """A mobile number in E.164 (``+8613800138000``). Raises ``Problem`` when it is not a possible number."""
    text = unicodedata.normalize("NFKC", typed).strip()
    try:
        number = phonenumbers.parse(text, REGION)
    except phonenumbers.NumberParseException:
        number = None
    digits_only = re.fullmatch(r"[\d\s()+./-]+", text)
    if number is None or not digits_only or not phonenumbers.is_valid_number(number):
        raise Problem(
            "mobile-form",
            N_("This is not a mobile number. Write +86 and the number."),
            field="mobile",
        )
    return phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164)


def name_of(typed: str) -> str:
    """A person's name as it is shown. Raises ``Problem`` when nothing is left of it."""
    name = " ".join(clean(typed).split())
    if not name:
        raise Problem("name-missing", N_("A person needs a name."), field="name")
    return name[:120]


def same_name(one: str, other: str) -> bool:
    """Whether two names are written alike: spaces, width and capitals aside."""
    plain, likewise = (unicodedata.normalize("NFKC", name).casefold() for name in (one, other))
    return "".join(plain.split()) == "".join(likewise.split())


def name_key(name: str) -> str:
    """What a name is sorted and found by: its pinyin, and the initials (``zhang san zs``)."""
    syllables = pypinyin.lazy_pinyin(name.lower())
    initials = "".join(syllable[:1] for syllable in syllables)
    return f"{' '.join(''.join(syllables).split())} {initials}"[:300]
