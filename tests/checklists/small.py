"""A small checklist as files, that tests bend."""

from pathlib import Path

from compliance.checklists import parse
from compliance.checklists.rules import Checklist

ROOT = Path(__file__).parents[2]

LAWS = """
laws:
  LL:
    title: {en: Labour Law, zh: 中华人民共和国劳动法}
    short: {en: Labour Law, zh: 劳动法}
    articles:
      "48":
        article: {en: art. 48, zh: 第四十八条}
        valid_from: 1995-01-01
        valid_to: null
        source: read
        checked_on: 2026-11-21
        confirmed: true
      "91(3)":
        article: {en: art. 91 item 3, zh: 第九十一条第三项}
        valid_from: 1995-01-01
        valid_to: 2025-12-31
        source: read
        checked_on: 2026-11-21
        confirmed: true
      "100":
        article: {en: art. 100, zh: 第一百条}
        valid_from: 1995-01-01
        valid_to: null
        source: not read
        checked_on: 2026-11-21
        confirmed: false
"""

CODE = """
title: {en: Code of Conduct, zh: 用工行为准则}
version: 2026.10
effective_from: 2026-01-01
preamble: {en: We keep the law., zh: 我们遵守法律。}
chapters:
  - area: wages
    number: "2"
    title: {en: Wages, zh: 工资}
    clauses:
      - number: 2.1
        title: {en: Minimum wage, zh: 最低工资}
        text: {en: The employer pays it., zh: 用人单位应当支付。}
      - number: 2.10
        title: {en: Leave, zh: 休假}
        text: {en: The employer grants it., zh: 用人单位应当给予。}
"""

POLICY = (ROOT / "checklists" / "policy.yaml").read_text(encoding="utf-8")


LADDER = (ROOT / "checklists" / "ladder.yaml").read_text(encoding="utf-8")


def area_file(area: str, *items: str) -> str:
    """The YAML of one area."""
    return f"area: {area}\ntitle: {{en: {area}, zh: 领域}}\nitems:\n" + "".join(items)


def item(id: str, extra: str = "", **values: str) -> str:
    """The YAML of one item; `values` replace keys, `extra` is added below it."""
    keys = {
        "core": "true",
        "clause": "2.1",
        "question": "{en: 'Is it so?', zh: 是否如此？}",
        "guidance": "{en: Look., zh: 查看。}",
        "look_for": "{document: [{en: Payroll, zh: 工资表}]}",
        "law": "[LL-48]",
        "severity": "major",
        "action": "{en: Do it., zh: 请整改。}",
        "days": "30",
        "evidence": "[{en: A photo, zh: 照片}]",
        "ilo": "[10]",
    } | values
    lines = [f"  - id: {id}"] + [f"    {key}: {value}" for key, value in keys.items() if value]
    return "\n".join(lines) + "\n" + extra


def files() -> dict[str, str]:
    """A sound small checklist, one item an area, that a test may change."""
    return {
        "laws.yaml": LAWS,
        "code.yaml": CODE,
        "policy.yaml": POLICY,
        "ladder.yaml": LADDER,
        "wages.yaml": area_file("wages", item("WAG01")),
        "safety.yaml": area_file("safety", item("SAF01")),
        "sanitation.yaml": area_file("sanitation", item("SAN01")),
        "social.yaml": area_file("social_security", item("SOC01")),
        "punishment.yaml": area_file("punishment", item("PUN01")),
    }


def outcome(files: dict[str, str]) -> parse.Outcome:
    """What parsing these files gives."""
    return parse.check({name: text.encode() for name, text in files.items()})


def sound(files: dict[str, str]) -> Checklist:
    """The checklist of files that must be without fault."""
    result = outcome(files)
    assert result.checklist is not None, [str(complaint) for complaint in result.complaints]
    return result.checklist


def codes(files: dict[str, str]) -> list[str]:
    """The codes of what is wrong, each once."""
    return sorted({complaint.code for complaint in outcome(files).complaints})
