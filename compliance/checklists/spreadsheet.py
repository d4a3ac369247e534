"""A version as a spreadsheet: what is in which sheet and column, and the rows of a checklist.

Every cell is text. A clause number typed as a number would lose its last zero (2.10 becomes 2.1), so the
workbook marks all cells as text, and `spreadsheet_read` takes what it finds as the words of the YAML grammar.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from compliance.checklists import content
from compliance.checklists.rules import AREAS, WAYS_OF_LOOKING, Area, Checklist, Item, Text

LINE_IN_ENTRY = "⏎"
"""Stands for a line break inside one entry, because each line of a cell is an entry."""

BILINGUAL = (("en", "英文"), ("zh", "中文"))


@dataclass(frozen=True)
class Column:
    """A column: its heading, and what is in it in both languages."""

    heading: str
    gloss: Text
    width: int = 14


def _both(heading: str, en: str, zh: str, width: int = 40) -> tuple[Column, Column]:
    return (
        Column(f"{heading} en", Text(f"{en} (English)", f"{zh}（英文）"), width),
        Column(f"{heading} zh", Text(f"{en} (Chinese)", f"{zh}（中文）"), width),
    )


ITEM_COLUMNS: tuple[Column, ...] = (
    Column("id", Text("Id of the item", "检查项编号"), 10),
    Column("core", Text("Core item: true or false", "核心项：true 或 false"), 8),
    Column("clause", Text("Clause of the code", "准则条款"), 8),
    *_both("question", "Question", "问题"),
    *_both("guidance", "How to find out", "查看方法"),
    *_both("document", "Documents, one a line", "查阅资料，每行一项"),
    *_both("observation", "What to look at, one a line", "现场查看，每行一项"),
    *_both("interview", "What to ask workers, one a line", "询问员工，每行一项"),
    Column("law", Text("Law entries, with commas", "法律依据，用逗号隔开"), 22),
    Column("severity", Text("critical, major or minor", "critical 严重，major 较大，minor 一般"), 10),
    *_both("action", "Recommended action", "整改建议"),
    Column("days", Text("Days to correct", "整改天数"), 8),
    *_both("evidence", "Evidence to send, one a line", "应提交的证明材料，每行一项"),
    Column("ilo", Text("ILO indicators 1 to 11, with commas", "国际劳工组织指标 1 至 11，用逗号隔开"), 10),
    Column("applies", Text("Asked where: one condition a line", "适用条件，每行一项"), 22),
    Column("only if item", Text("Asked only after this item", "前置检查项"), 10),
    Column("only if verdicts", Text("... answered with one of these", "前置检查项的结论"), 22),
    Column("suggests", Text("Rule for the numbers, one parameter a line", "数值规则，每行一个参数"), 24),
)

SHEETS: dict[str, tuple[Column, ...]] = {
    "code": (
        Column("kind", Text("code, chapter or clause", "code 准则，chapter 章，clause 条款"), 10),
        Column("number", Text("Number; for the code its version", "编号；准则行填版本号"), 10),
        Column("area", Text("Area of a chapter, or empty", "章所属领域，可为空"), 16),
        *_both("title", "Title", "标题", 30),
        *_both("text", "Text; for the code its preamble", "正文；准则行填序言", 60),
        Column("effective from", Text("Date, for the code only", "施行日期，仅准则行填写"), 14),
    ),
    "areas": (
        Column("area", Text("Area", "领域"), 18),
        *_both("title", "Title", "标题", 24),
        *_both("short", "Short name", "简称", 16),
    ),
    **dict.fromkeys(AREAS, ITEM_COLUMNS),
    "facts": (
        Column("item", Text("Item it is ticked under", "所属检查项"), 10),
        Column("id", Text("Id of the fact", "事实编号"), 28),
        *_both("text", "The fact", "事实"),
        Column("zero tolerance", Text("true or false", "零容忍：true 或 false"), 10),
        Column("disclosure", Text("tell_now or sealed", "tell_now 当场告知，sealed 保密"), 12),
    ),
    "numbers": (
        Column("item", Text("Item it is asked under", "所属检查项"), 10),
        Column("id", Text("Id of the number", "数值编号"), 28),
        *_both("label", "What is counted", "含义", 36),
        *_both("unit", "Unit", "单位", 14),
        Column("minimum", Text("Smallest possible", "最小值")),
        Column("maximum", Text("Largest possible", "最大值")),
        Column("decimals", Text("Decimals", "小数位数")),
    ),
    "laws": (
        Column("law", Text("Short key", "法律代码"), 10),
        *_both("title", "Full title", "全称"),
        *_both("short", "Short name", "简称", 24),
        *_both("note", "Note", "说明"),
        *_both("kept off", "Why letters never cite it; else empty", "函件不引用的原因，可为空"),
    ),
    "articles": (
        Column("law", Text("Key of the law", "法律代码"), 10),
        Column("number", Text("Article, as items cite it", "条款编号"), 12),
        *_both("article", "As it is printed", "引用写法", 26),
        Column("valid from", Text("Date or empty", "生效日期，可为空"), 12),
        Column("valid to", Text("Date or empty", "失效日期，可为空"), 12),
        Column("source", Text("Where it was read", "查阅来源"), 40),
        Column("checked on", Text("Date", "核对日期"), 12),
        Column("confirmed", Text("true: may be printed on letters", "true：可在函件中引用"), 10),
    ),
    **dict.fromkeys(
        ("policy", "ladder"),
        (Column("setting", Text("Setting", "设置项"), 44), Column("value", Text("Value", "值"), 30)),
    ),
}
"""Sheet -> columns, in the order of the workbook."""


def rows(checklist: Checklist) -> dict[str, list[list[str]]]:
    """Sheet -> rows of text, in the order of the columns."""
    tables: dict[str, list[dict[str, str]]] = {
        "code": list(_code(checklist)),
        "areas": [{"area": area.id} | _pair("title", area.title) | _short(area) for area in checklist.areas],
        "facts": list(_facts(checklist)),
        "numbers": list(_numbers(checklist)),
        "laws": [
            {"law": law.key}
            | _pair("title", law.title)
            | _pair("short", law.short)
            | _pair("note", law.note)
            | _pair("kept off", law.kept_off)
            for law in checklist.books.values()
        ],
        "articles": list(_articles(checklist)),
        "policy": [{"setting": path, "value": value} for path, value in _settings(checklist.policy)],
        "ladder": [{"setting": path, "value": value} for path, value in _settings(_ladder(checklist))],
    }
    for area in checklist.areas:
        tables[area.id] = [_item(item) for item in area.items]
    return {
        sheet: [[row.get(column.heading, "") for column in columns] for row in tables.get(sheet, [])]
        for sheet, columns in SHEETS.items()
    }


def _pair(heading: str, text: Text) -> dict[str, str]:
    return {f"{heading} en": text.en, f"{heading} zh": text.zh}


def _short(area: Area) -> dict[str, str]:
    return _pair("short", area.short)


def _list(heading: str, texts: Iterable[Text]) -> dict[str, str]:
    texts = tuple(texts)
    return {
        f"{heading} en": "\n".join(text.en.replace("\n", LINE_IN_ENTRY) for text in texts),
        f"{heading} zh": "\n".join(text.zh.replace("\n", LINE_IN_ENTRY) for text in texts),
    }


def _truth(value: bool) -> str:
    return "true" if value else "false"


def _code(checklist: Checklist) -> Iterable[dict[str, str]]:
    code = checklist.code
    head = {"kind": "code", "number": code.version, "effective from": str(code.effective_from or "")}
    yield head | _pair("title", code.title) | _pair("text", code.preamble)
    for chapter in code.chapters:
        head = {"kind": "chapter", "number": chapter.number, "area": chapter.area or ""}
        yield head | _pair("title", chapter.title)
        for clause in (clause for clause in code.clauses if clause.chapter == chapter.number):
            yield (
                {"kind": "clause", "number": clause.number} | _pair("title", clause.title) | _pair("text", clause.text)
            )


def _item(item: Item) -> dict[str, str]:
    row = {
        "id": item.id,
        "core": _truth(item.core),
        "clause": item.clause,
        "law": ", ".join(item.law),
        "severity": item.severity.value,
        "days": str(item.days),
        "ilo": ", ".join(str(number) for number in item.ilo),
        "applies": "\n".join(f"{condition.key}: {_value(condition.value)}" for condition in item.applies),
    }
    row |= _pair("question", item.question) | _pair("guidance", item.guidance) | _pair("action", item.action)
    row |= _list("evidence", item.evidence)
    for way in WAYS_OF_LOOKING:
        row |= _list(way, item.look_for.get(way, ()))
    if item.only_if:
        row["only if item"] = item.only_if.item
        row["only if verdicts"] = ", ".join(sorted(item.only_if.verdicts))
    if item.suggestion:
        parameters: Mapping[str, Any] = {"rule": item.suggestion.rule, **item.suggestion.parameters}
        row["suggests"] = "\n".join(f"{key}: {value}" for key, value in parameters.items())
    return row


def _value(value: bool | int | tuple[str, ...]) -> str:
    if isinstance(value, tuple):
        return ", ".join(value)
    return _truth(value) if isinstance(value, bool) else str(value)


def _facts(checklist: Checklist) -> Iterable[dict[str, str]]:
    for item in checklist.items:
        for fact in item.facts:
            row = {"item": item.id, "id": fact.id, "zero tolerance": _truth(fact.zero_tolerance)}
            yield row | {"disclosure": fact.disclosure.value} | _pair("text", fact.text)


def _numbers(checklist: Checklist) -> Iterable[dict[str, str]]:
    for item in checklist.items:
        for quantity in item.quantities:
            row = {"item": item.id, "id": quantity.id, "decimals": str(quantity.decimals)}
            row |= {"minimum": f"{quantity.minimum:f}", "maximum": f"{quantity.maximum:f}"}
            yield row | _pair("label", quantity.label) | _pair("unit", quantity.unit)


def _articles(checklist: Checklist) -> Iterable[dict[str, str]]:
    for entry in (entry for law in checklist.books for entry in checklist.entries_of(law)):
        yield {
            "law": entry.law,
            "number": entry.key.removeprefix(f"{entry.law}-"),
            "valid from": str(entry.valid_from or ""),
            "valid to": str(entry.valid_to or ""),
            "source": entry.source,
            "checked on": str(entry.checked_on),
            "confirmed": _truth(entry.confirmed),
        } | _pair("article", entry.article)


def _settings(part: Any) -> Iterable[tuple[str, str]]:
    """The policy or the ladder as dotted settings; entries of lists are counted from 1."""
    yield from _flat(content.encode(part, full=True), "")


def _ladder(checklist: Checklist) -> Any:
    """The ladder under the keys of its grammar."""
    written = content.encode(checklist.ladder, full=True)
    for terms in written["letters"].values():
        terms["days"] = terms.pop("within_days")
    for rungs in written["severities"].values():
        rungs["steps"] = [{"step": step.pop("id"), **step} for step in rungs["steps"]]
    return written


def _flat(value: Any, path: str) -> Iterable[tuple[str, str]]:
    if isinstance(value, dict | list):
        entries = value.items() if isinstance(value, dict) else enumerate(value, 1)
        for key, entry in entries:
            yield from _flat(entry, f"{path}.{key}" if path else str(key))
    else:
        yield path, _truth(value) if isinstance(value, bool) else "" if value is None else str(value)
