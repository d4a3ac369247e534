# ruff: noqa: E501 - lists of names read better in rows
"""The columns of a spreadsheet of enterprises: which names mean which fact, and what a cell may say."""

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from compliance.enterprises import classes, rules
from compliance.enterprises.names import fold
from compliance.enterprises.reading import Dates, Reading, labels
from compliance.enterprises.rules import LetterLanguage, Status
from compliance.shared.problems import Problem
from compliance.shared.words import N_, clean

# The first name of each language is the one that downloads and the template use.
COLUMNS: dict[str, tuple[str, ...]] = {
    "name": ("Name", "企业名称", "Enterprise", "Enterprise name", "Company", "Company name", "Factory", "Factory name",
             "Registered name", "名称", "单位名称", "公司名称", "工厂名称", "企业全称"),
    "name_other": ("Other name", "其他名称", "English name", "Chinese name", "英文名称", "中文名称", "外文名称"),
    "credit_code": ("Credit code", "统一社会信用代码", "Unified social credit code", "USCC", "信用代码", "社会信用代码"),
    "country": ("Country or region", "国家或地区", "Country", "Region", "国家", "国别"),
    "sector": ("Sector", "行业", "Industry", "行业代码", "所属行业", "行业类别", "国民经济行业"),
    "district": ("District", "区县", "County", "District code", "行政区划", "行政区划代码", "所在区县", "地区"),
    "size": ("Size", "规模", "企业规模", "Enterprise size", "划型"),
    "workers": ("Workers", "职工人数", "Employees", "Headcount", "Number of workers", "从业人员", "从业人数", "员工人数", "人数"),
    "women": ("Women", "女职工人数", "Female workers", "Women workers", "女职工", "女工人数"),
    "migrants": ("Migrant workers", "外来务工人数", "Migrants", "农民工人数", "外来务工人员"),
    "under_18": ("Workers under 18", "未成年工人数", "Under 18", "Young workers", "未成年工"),
    "legal_representative": ("Legal representative", "法定代表人", "法人代表", "法人", "负责人"),
    "contact_name": ("Contact", "联系人", "Contact name", "Contact person", "联系人姓名"),
    "contact_phone": ("Phone", "联系电话", "Telephone", "Contact phone", "Mobile", "电话", "手机", "手机号"),
    "contact_email": ("E-mail", "电子邮箱", "Email", "Contact e-mail", "Contact email", "邮箱", "电子邮件"),
    "address": ("Address", "地址", "Registered address", "Full address", "住所", "注册地址", "经营地址", "企业地址", "详细地址"),
    "status": ("Status", "会员状态", "Membership", "状态"),
    "member_since": ("Member since", "入会日期", "Joined", "Date joined", "入会时间"),
    "letter_language": ("Letter language", "函件语言", "Language of letters", "语言"),
}  # fmt: skip

_FIELD_OF = {fold(name): field for field, names in COLUMNS.items() for name in names}


@dataclass(frozen=True, slots=True)
class Layout:
    """Which columns hold which fact, joined in their order, and the headers that mean nothing here."""

    places: dict[str, tuple[int, ...]]
    unused: tuple[str, ...]


def meaning(header: str) -> str:
    """The fact that a header names by itself; empty for another one."""
    return _FIELD_OF.get(fold(header), "")


def layout(headers: Sequence[str], reading: Reading | None = None) -> Layout:
    """Recognise the columns by their names, unless the reading says what they mean.

    Raises ``Problem`` without a name, or where two headers name one fact by themselves.
    """
    places: dict[str, tuple[int, ...]] = {}
    columns = {**dict.fromkeys(reading.split, ""), **reading.columns} if reading else {}
    guessed: set[str] = set()
    unused = []
    for place, (header, label) in enumerate(zip(headers, labels(headers), strict=True)):
        said = label in columns
        field = columns[label] if said else meaning(header)
        if not field:
            if header and not (reading and label in reading.split):
                unused.append(header)
        elif field in guessed and not said:
            raise Problem(
                "import-twice",
                N_("The columns %(first)s and %(second)s mean the same. Remove one of them."),
                first=headers[places[field][0]],
                second=header,
            )
        else:
            places[field] = (*places.get(field, ()), place)
            if not said:
                guessed.add(field)
    if "name" not in places:
        raise Problem(
            "import-no-name",
            N_(
                "No column is known to hold the names. The headers read: %(headers)s. Say which one it is, or name it "
                "Name or 企业名称."
            ),
            headers=", ".join(filter(None, headers)),
        )
    return Layout(places, tuple(unused))


class Unreadable(Exception):
    """A cell that does not say what its column asks for: what is wrong, and what to do (English message ids)."""

    def __init__(self, wrong: str, remedy: str, **facts: Any) -> None:
        super().__init__(wrong)
        self.wrong, self.remedy, self.facts = wrong, remedy, facts


def value(field: str, text: str, dates: Dates = Dates.year_first) -> Any:
    """What a cell that is not empty says. Raises ``Unreadable``."""
    return _day(text, dates) if field in DAYS else _READERS.get(field, clean)(text)


def _country(text: str) -> str:
    code = classes.country_of(text)
    if code is None:
        raise Unreadable(
            N_("This is not the name of a country or region."),
            N_("Write its English or Chinese name or its two-letter code."),
        )
    return code


def _sector(text: str) -> str:
    code = classes.sector_of(text)
    if code is None:
        near = classes.nearest_sector(text)
        remedy = (
            N_("Did you mean %(near)s? Or write the code, such as C18.") if near else N_("Write the code, such as C18.")
        )
        raise Unreadable(N_("This is not a sector of GB/T 4754."), remedy, near=near or "")
    return code


def _district(text: str) -> str:
    code = classes.district_of(text)
    if code is None:
        raise Unreadable(
            N_("No district is known by this name, or several are."), N_("Write the six-digit code of GB/T 2260.")
        )
    return code


def _size(text: str) -> classes.Size:
    size = classes.size_of(text)
    if size is None:
        raise Unreadable(
            N_("This is not a size class."), N_("Write micro, small, medium or large (微型、小型、中型、大型).")
        )
    return size


def _people(text: str) -> int:
    digits = re.sub(r"[\s,，]", "", text).removesuffix("人").removesuffix(".0")
    if not digits.isdecimal() or len(digits) > 7:
        raise Unreadable(N_("This is not a number of people."), N_("Write a whole number, such as 120."))
    return int(digits)


def _day(text: str, dates: Dates) -> date:
    turned = re.fullmatch(r"(\d{1,2})\s*[-/. ]\s*(\d{1,2})\s*[-/. ]\s*(\d{4}|\d{2})", text)
    if turned and dates is not Dates.year_first:
        first, second, year = map(int, turned.groups())
        day, month = (first, second) if dates is Dates.day_first else (second, first)
        return _that_exists(_whole_year(year), month, day)
    short = re.fullmatch(r"(\d{2})\s*[-/.年]\s*(\d{1,2})\s*[-/.月]\s*(\d{1,2})\s*日?", text)
    if short:
        year, month, day = map(int, short.groups())
        return _that_exists(_whole_year(year), month, day)
    parts = re.fullmatch(
        r"(\d{4})\s*[-/.年]\s*(\d{1,2})\s*[-/.月]\s*(\d{1,2})\s*日?(?: 00:00(?::00)?)?", text
    ) or re.fullmatch(r"(\d{4})(\d{2})(\d{2})", text)
    year, month, day = map(int, parts.groups()) if parts else (0, 0, 0)
    return _that_exists(year, month, day)


def _whole_year(year: int) -> int:
    """Two digits: 56 is 2056, and 57 is 1957."""
    return year if year > 99 else year + (2000 if year < 57 else 1900)


def _that_exists(year: int, month: int, day: int) -> date:
    try:
        return date(year, month, day)
    except ValueError:
        raise Unreadable(
            N_("This is not a date that exists."), N_("Write year-month-day, such as 2024-03-31.")
        ) from None


_STATUS = {
    "active": Status.active, "member": Status.active, "会员": Status.active, "在会": Status.active, "正常": Status.active,
    "left": Status.left, "退会": Status.left, "已退会": Status.left,
    "closed": Status.closed, "注销": Status.closed, "已注销": Status.closed, "歇业": Status.closed,
}  # fmt: skip


def _status(text: str) -> Status:
    status = _STATUS.get(fold(text))
    if status is None:
        raise Unreadable(N_("This is not a membership status."), N_("Write member, left or closed (在会、退会、注销)."))
    return status


_LANGUAGES = {
    "en": LetterLanguage.en, "english": LetterLanguage.en, "英文": LetterLanguage.en, "英语": LetterLanguage.en,
    "zh": LetterLanguage.zh_Hans_CN, "zh_hans_cn": LetterLanguage.zh_Hans_CN, "chinese": LetterLanguage.zh_Hans_CN,
    "中文": LetterLanguage.zh_Hans_CN, "both": LetterLanguage.both, "中英文": LetterLanguage.both,
}  # fmt: skip


def _language(text: str) -> LetterLanguage:
    language = _LANGUAGES.get(fold(text))
    if language is None:
        raise Unreadable(
            N_("This is not a language of letters."), N_("Write Chinese, English or both (中文、英文、中英文).")
        )
    return language


DAYS = frozenset({"member_since"})
"""Facts that are dates."""

_READERS: dict[str, Callable[[str], Any]] = {
    "credit_code": rules.bare_code,
    "country": _country,
    "sector": _sector,
    "district": _district,
    "size": _size,
    "workers": _people,
    "women": _people,
    "migrants": _people,
    "under_18": _people,
    "status": _status,
    "letter_language": _language,
}
