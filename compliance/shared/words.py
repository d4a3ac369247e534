"""Words in two languages: marks for translation, bilingual data, clean text, dates as they are written."""

import re
import unicodedata
from dataclasses import dataclass
from datetime import date
from decimal import ROUND_DOWN, ROUND_HALF_UP, Decimal
from typing import Any, Literal

Language = Literal["en", "zh_Hans_CN"]
ENGLISH: Language = "en"
CHINESE: Language = "zh_Hans_CN"
LANGUAGES: tuple[Language, ...] = (ENGLISH, CHINESE)
HTML_LANG: dict[str, str] = {ENGLISH: "en", CHINESE: "zh-Hans"}

# Line breaks and tabs stay; every other control character, and marks that turn the reading direction, go:
# printed on a letter they would let a text look like another one.
_UNPRINTABLE = re.compile(
    "[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\u061c\u200b\u200e\u200f\u202a-\u202e"
    "\u2060-\u2069\ufeff\ufff9-\ufffb\ud800-\udfff]"
)


def N_(msgid: str) -> str:  # noqa: N802 - gettext's own name for "translate later"
    """Mark a message id for the catalogue without translating it here."""
    return msgid


@dataclass(frozen=True, slots=True)
class Text:
    """A text that exists in both languages."""

    en: str
    zh: str

    def in_(self, language: str) -> str:
        """The wording in ``language`` (anything Chinese gives the Chinese one)."""
        return self.zh if language.startswith("zh") else self.en


def clean(text: str) -> str:
    """Text as it is stored: NFC, line ends as a newline, no control or direction characters, no outer space."""
    text = unicodedata.normalize("NFC", text).replace("\r\n", "\n").replace("\r", "\n")
    return _UNPRINTABLE.sub("", text).strip()


_MONTHS = (
    "January",
    "February",
    "March",
    "April",
    "May",
    "June",
    "July",
    "August",
    "September",
    "October",
    "November",
    "December",
)


def sentences(*parts: str) -> str:
    """Sentences one after the other; behind a Chinese full stop there is no space. Empty ones are left out."""
    return " ".join(part for part in parts if part).replace("。 ", "。")


def day(value: date, language: str) -> str:
    """A date in full: ``21 November 2026`` or ``2026年11月21日``."""
    if language.startswith("zh"):
        return f"{value.year}年{value.month}月{value.day}日"
    return f"{value.day} {_MONTHS[value.month - 1]} {value.year}"


def inside(fact: Any, language: str) -> Any:
    """A fact as it reads inside a sentence: words and days in ``language``, anything else as it is."""
    if isinstance(fact, Text):
        return fact.in_(language)
    return day(fact, language) if isinstance(fact, date) else fact


def reached(share: Decimal | float) -> str:
    """A share 0..1 in whole per cent, rounded down: what falls short of a limit never reads as the limit."""
    return _percent(share, ROUND_DOWN)


def part(share: Decimal | float) -> str:
    """A share 0..1 in whole per cent, rounded half up; but only all is 100%, and only nothing is 0%."""
    return _percent(share, ROUND_HALF_UP)


def _percent(share: Decimal | float, rounding: str) -> str:
    exact = Decimal(str(share)) * 100
    whole = int(exact.quantize(Decimal(1), rounding))
    if whole == 0 and exact > 0:
        return "<1%"
    if whole == 100 and exact < 100:
        return ">99%"
    return f"{whole}%"
