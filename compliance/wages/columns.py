"""Pay records from a spreadsheet or from what was pasted out of one: which column means what, and what a cell says."""

import re
import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from compliance.shared.problems import Problem
from compliance.shared.spreadsheets import Table, write_workbook
from compliance.shared.words import N_
from compliance.wages import records
from compliance.wages.records import PayRow, Wrong

# The first name is the English one of the template, the second the Chinese one.
COLUMNS: dict[str, tuple[str, ...]] = {
    "worker": ("Worker", "员工代号", "代号", "Worker no.", "Pseudonym", "编号"),
    "month": ("Month", "月份", "工资月份", "所属月份"),
    "group": ("Group", "组别", "部门", "车间", "Department"),
    "contract": ("Contract", "用工形式", "合同类型", "Contract type"),
    "basis": ("Paid by", "计薪方式", "Wage basis"),
    "agreed": ("Agreed wage", "约定工资", "合同工资"),
    "regular": ("Wage after probation", "转正工资", "转正后工资"),
    "hours.normal": ("Normal hours", "正常工时", "标准工时"),
    "hours.workday": ("Overtime on work days (hours)", "工作日加班工时", "平时加班工时"),
    "hours.rest_day": ("Overtime on rest days (hours)", "休息日加班工时", "周末加班工时"),
    "hours.holiday": ("Overtime on holidays (hours)", "法定节假日加班工时", "节假日加班工时"),
    "hours.absent": ("Unpaid absence (hours)", "无薪缺勤工时", "缺勤工时"),
    "pay.base": ("Pay for normal hours", "正常工时工资", "基本工资", "计件工资"),
    "pay.other": ("Bonuses and allowances", "奖金及津贴", "奖金", "津贴"),
    "pay.special": ("Shift, heat and hazard allowances", "夜班高温及有毒有害津贴", "特殊津贴"),
    "pay.overtime": ("Overtime pay", "加班工资", "加班费"),
    "deductions.tax": ("Deducted: tax", "代扣个人所得税", "个人所得税", "个税"),
    "deductions.insurance": ("Deducted: social insurance", "代扣社会保险费", "社保个人部分", "代扣社保"),
    "deductions.court": ("Deducted: court order", "法院裁决代扣", "法院扣款"),
    "deductions.services": ("Deducted: meals and lodging", "扣食宿费", "扣水电食宿"),
    "deductions.damage": ("Deducted: damage, as the contract says", "扣损失赔偿（合同有约定）"),
    "deductions.damage_not_agreed": ("Deducted: damage, not in the contract", "扣损失赔偿（合同无约定）"),
    "deductions.fine": ("Deducted: fine", "罚款", "扣罚款"),
    "deductions.deposit": ("Deducted: deposit", "扣押金", "押金"),
    "deductions.fee": ("Deducted: recruitment, training, tools, clothing", "扣招工培训工具服装费"),
    "deductions.unexplained": ("Deducted: unexplained", "其他不明扣款", "其他扣款"),
    "due_on": ("Pay day", "约定发薪日", "应发日期"),
    "paid_on": ("Paid on", "实际发放日", "发放日期"),
    "insured": ("Insured (yes or no)", "是否参保", "参保"),
}  # fmt: skip
NEEDED = ("worker", "month", "due_on")

WORDS: dict[str, dict[str, tuple[str, ...]]] = {
    "contract": {
        "full_time": ("full time", "全日制", "full_time", "正式"),
        "probation": ("probation", "试用期", "试用"),
        "part_time": ("part time", "非全日制", "part_time", "兼职", "小时工"),
    },
    "basis": {
        "month": ("month", "月薪", "按月", "月"),
        "hour": ("hour", "小时工资", "按小时", "时薪", "小时"),
        "piece": ("piece", "计件", "按件"),
    },
    "insured": {"yes": ("yes", "是", "y", "true", "1", "已参保"), "no": ("no", "否", "n", "false", "0", "未参保")},
}
"""What a cell may say, by what it means."""


def _fold(text: str) -> str:
    return re.sub(r"[\s_*：:]+", "", unicodedata.normalize("NFKC", text)).casefold()


_FIELD_OF = {_fold(name): field for field, names in COLUMNS.items() for name in names}
_MEANS = {
    field: {_fold(word): value for value, words in kinds.items() for word in words} for field, kinds in WORDS.items()
}


@dataclass(frozen=True)
class BadCell:
    """A cell that does not say what its column asks for; ``row`` as the spreadsheet program counts."""

    row: int
    column: str
    said: str
    says: str


def read(table: Table) -> tuple[list[PayRow], list[BadCell], list[str]]:
    """The rows of a table, all that is wrong with it, and the columns that mean nothing here.

    Raises ``Problem`` where a needed column is missing or two mean the same.
    """
    places: dict[str, int] = {}
    unused = []
    for place, header in enumerate(table.headers):
        field = _FIELD_OF.get(_fold(header))
        if field is None:
            unused += [header] if header else []
        elif field in places:
            raise Problem(
                "pay-sheet-twice",
                N_("The columns %(first)s and %(second)s mean the same. Remove one of them."),
                first=table.headers[places[field]],
                second=header,
            )
        else:
            places[field] = place
    missing = [" / ".join(COLUMNS[field][:2]) for field in NEEDED if field not in places]
    if missing:
        raise Problem(
            "pay-sheet-columns",
            N_("These columns are missing in the first row: %(missing)s. Take the template."),
            missing=", ".join(missing),
        )
    rows, bad = [], []
    for number, cells in zip(table.numbers, table.rows, strict=True):
        row, wrong = row_of({field: cells[place] for field, place in places.items()})
        if row is not None:
            rows.append(row)
        for one in wrong:
            at = places.get(one.field)
            said = cells[at] if at is not None else ""
            bad.append(BadCell(number, table.headers[at] if at is not None else one.field, said, one.says))
    return rows, bad, unused


def row_of(flat: Mapping[str, str]) -> tuple[PayRow | None, tuple[Wrong, ...]]:
    """A row from texts by field (``pay.base``), as typed or as in a spreadsheet; or all that is wrong with it."""
    raw: dict[str, Any] = {}
    for field, said in flat.items():
        text = unicodedata.normalize("NFKC", said).strip()
        if not text:
            continue
        outer, _, inner = field.partition(".")
        if inner:
            raw.setdefault(outer, {})[inner] = _digits(text)
        else:
            raw[outer] = _value(field, text)
    raw.setdefault("month", "")
    return records.read_row(raw)


def _value(field: str, text: str) -> Any:
    if field in _MEANS:
        found = _MEANS[field].get(_fold(text), text)
        return {"yes": True, "no": False}.get(found, found) if field == "insured" else found
    if field in ("agreed", "regular"):
        return _digits(text)
    if field == "worker":
        return f"W{text}" if text.isascii() and text.isdigit() and len(text) <= 4 else text.upper()
    if field in ("month", "due_on", "paid_on"):
        return _day(field, text)
    return text


def _digits(text: str) -> str:
    bare = re.sub(r"^[¥￥]\s*|(?<=\d),(?=\d{3})|\s*元$", "", text)
    return re.sub(r"(\.\d{2})0+$", r"\1", bare)


def _day(field: str, text: str) -> str:
    """2026年4月15日, 2026/4/15 and 2026.4.15 are written as 2026-04-15; a month may be any day of it."""
    parts = re.fullmatch(r"(\d{4})[年/.-](\d{1,2})月?(?:[/.-]?(\d{1,2})日?)?", text)
    if parts is None:
        return text
    month = f"{parts[1]}-{parts[2]:0>2}"
    if field == "month":
        return month
    return f"{month}-{parts[3]:0>2}" if parts[3] else text


def flat(row: PayRow) -> dict[str, str]:
    """The texts of a row by field, as ``row_of`` reads them; nothing where there is nothing."""
    found: dict[str, str] = {}
    for name, value in records.row_as_json(row).items():
        if isinstance(value, dict):
            found |= {f"{name}.{kind}": _shown(amount) for kind, amount in value.items() if _shown(amount)}
        elif value is True or value is False:
            found[name] = "yes" if value else "no"
        elif value:
            found[name] = str(value)
    return found


def _shown(amount: str) -> str:
    return "" if not amount.strip("0.") else amount


def template(language: str, explained: Sequence[str], titles: tuple[str, str]) -> bytes:
    """An empty workbook for the employer, with the names of the columns in a language, and a sheet that explains."""
    of = 1 if language.startswith("zh") else 0
    words = [[COLUMNS[field][of], ", ".join(kind[of] for kind in kinds.values())] for field, kinds in WORDS.items()]
    return write_workbook(
        [
            (titles[0], [names[of] for names in COLUMNS.values()], []),
            (titles[1], [titles[1], ""], [*([line, ""] for line in explained), *words]),
        ]
    )
