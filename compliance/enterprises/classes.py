"""The official classes of enterprises: sector (GB/T 4754), district (GB/T 2260), size (2011 classification), country.

They are dated data in ``data/`` (its README names the sources); this module reads them once.
"""

import csv
import difflib
import re
from enum import StrEnum
from functools import cache
from importlib import resources

from babel import Locale

from compliance.shared.words import Text

_DATA = resources.files("compliance.enterprises") / "data"
HOME = "CN"


class Size(StrEnum):
    """The official size classes, small to large."""

    micro = "micro"
    small = "small"
    medium = "medium"
    large = "large"


def _rows(name: str) -> list[dict[str, str]]:
    return list(csv.DictReader((_DATA / name).read_text(encoding="utf-8").splitlines()))


@cache
def sectors() -> dict[str, Text]:
    """Sections (``C``) and divisions (``C18``) by code, in the standard's order."""
    return {row["code"]: Text(row["en"], row["zh"]) for row in _rows("sectors.csv")}


@cache
def districts() -> dict[str, Text]:
    """Provinces, prefectures and counties that have a name here, by six-digit code."""
    return {row["code"]: Text(row["en"], row["zh"]) for row in _rows("districts.csv")}


def sector_name(code: str) -> Text:
    """The words of a sector; a group or class below a division (``C1811``) is named by its division."""
    return sectors().get(code) or sectors().get(code[:3]) or Text(code, code)


def district_name(code: str) -> Text:
    """The words of a district, or the bare code when it has no name here."""
    return districts().get(code) or Text(code, code)


def district_stem(code: str) -> str:
    """What all codes inside a district begin with: ``53`` for Yunnan, ``5301`` for Kunming."""
    return re.sub("(00){1,2}$", "", code)


def sector_of(text: str) -> str | None:
    """The code that a sector's code, title or everyday word means, or None.

    ``C18``, ``18``, ``C1811``, ``1811``, ``Apparel`` and ``纺织服装、服饰业`` all stand in people's lists.
    """
    word = " ".join(text.split()).casefold()
    code = word.upper().replace(" ", "")
    if match := re.fullmatch(r"([A-T])?(\d{2})(\d{0,2})", code):
        letter, division, rest = match.groups()
        known = next((sector for sector in sectors() if sector[1:] == division), None)
        return f"{known}{rest}" if known and letter in (None, known[0]) else None
    if code in sectors():
        return code
    return _sector_words().get(word)


@cache
def _sector_words() -> dict[str, str]:
    words = {title.casefold(): code for code, name in reversed(sectors().items()) for title in (name.en, name.zh)}
    return words | {row["word"]: row["code"] for row in _rows("sector_words.csv")}


def nearest_sector(text: str) -> str | None:
    """The known title or word that is most like ``text``, for "did you mean"."""
    near = difflib.get_close_matches(text.casefold(), _sector_words(), n=1, cutoff=0.6)
    return near[0] if near else None


def district_of(text: str) -> str | None:
    """The code that a six-digit code or a district's name means, or None. An ambiguous name means nothing."""
    word = " ".join(text.split()).casefold()
    if re.fullmatch(r"\d{6}", word):
        return word
    found = _district_words().get(word, ())
    return found[0] if len(found) == 1 else None


@cache
def _district_words() -> dict[str, tuple[str, ...]]:
    words: dict[str, tuple[str, ...]] = {}
    for code, name in districts().items():
        titles = {name.en.casefold(), name.zh}
        titles.add(re.sub(r" (district|county|city)$", "", name.en.casefold()))
        if len(name.zh) > 2:  # 五华 for 五华区, but never 云 for 云县
            titles.add(re.sub("(市|区|县|省)$", "", name.zh))
        upper = districts().get(f"{code[:4]}00")
        if upper and upper != name:  # 昆明市五华区
            titles |= {f"{upper.zh}{name.zh}", f"云南省{upper.zh}{name.zh}" if code.startswith("53") else name.zh}
        for title in titles:
            words[title] = (*words.get(title, ()), code)
    return words


_SIZE_WORDS = {
    "micro": Size.micro,
    "微型": Size.micro,
    "微型企业": Size.micro,
    "small": Size.small,
    "小型": Size.small,
    "小型企业": Size.small,
    "medium": Size.medium,
    "中型": Size.medium,
    "中型企业": Size.medium,
    "large": Size.large,
    "大型": Size.large,
    "大型企业": Size.large,
}


def size_of(text: str) -> Size | None:
    """The size class that a word means, or None."""
    return _SIZE_WORDS.get(text.strip().casefold())


def suggested_size(sector: str, workers: int) -> Size | None:
    """The highest official class that the headcount (people) allows; None where the headcount does not decide.

    Source: the 2011 classification of small and medium enterprises (see ``data/README.md``). The true class also
    looks at revenue, and the lower of the two decides.
    """
    if workers <= 0:
        return None
    for row in _rows_of_sizes():
        if any(sector.startswith(group) for group in row[0]):
            small, medium, large = row[1:]
            if workers >= large:
                return Size.large
            return Size.medium if workers >= medium else Size.small if workers >= small else Size.micro
    return None


@cache
def _rows_of_sizes() -> tuple[tuple[tuple[str, ...], int, int, int], ...]:
    return tuple(
        (tuple(row["sectors"].split()), int(row["small_from"]), int(row["medium_from"]), int(row["large_from"]))
        for row in _rows("sizes.csv")
    )


@cache
def countries() -> dict[str, Text]:
    """Countries and regions by ISO 3166 code of two letters."""
    english, chinese = (dict(Locale.parse(name).territories) for name in ("en", "zh_Hans_CN"))
    codes = sorted(code for code in english if re.fullmatch("[A-Z]{2}", code) and code not in _NO_COUNTRY)
    return {code: Text(english[code], chinese.get(code, english[code])) for code in codes}


_NO_COUNTRY = {"EU", "EZ", "UN", "QO", "XA", "XB", "ZZ", "AC", "CP", "CQ", "DG", "EA", "IC", "TA"}
_COUNTRY_WORDS = {
    "prc": "CN",
    "china mainland": "CN",
    "mainland china": "CN",
    "中国": "CN",
    "中国大陆": "CN",
    "uae": "AE",
    "usa": "US",
    "uk": "GB",
    "hong kong": "HK",
    "香港": "HK",
    "macau": "MO",
    "macao": "MO",
    "澳门": "MO",
    "turkey": "TR",
    "viet nam": "VN",
    "burma": "MM",
    "ivory coast": "CI",
    "korea": "KR",
    "south korea": "KR",
}


def country_of(text: str) -> str | None:
    """The ISO code that a country's code or name in English or Chinese means, or None."""
    word = " ".join(text.split()).casefold()
    if word.upper() in countries():
        return word.upper()
    return _COUNTRY_WORDS.get(word) or _country_titles().get(word)


@cache
def _country_titles() -> dict[str, str]:
    titles = {title.casefold(): code for code, name in countries().items() for title in (name.en, name.zh)}
    return titles | {title.split(" (")[0]: code for title, code in titles.items()}  # Myanmar (Burma)
