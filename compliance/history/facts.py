# ruff: noqa: E501 - lists of names read better in rows
"""What a column of a file about past visits can mean, and the headings that say so by themselves."""

from enum import StrEnum

from compliance.checklists.rules import AREAS
from compliance.enterprises.names import fold
from compliance.shared.words import N_, Text

OVERALL = "overall"


class Role(StrEnum):
    """What each row of a file is."""

    workplaces = "workplaces"
    visits = "visits"
    findings = "findings"


ROLE_WORDS = {Role.workplaces: N_("Workplaces"), Role.visits: N_("Visits"), Role.findings: N_("Findings")}

PLACE: dict[str, tuple[str, ...]] = {
    "workplace": ("workplace", "business_id", "workplace number", "member number", "enterprise number", "编号", "会员编号", "企业编号", "单位编号"),
    "name": ("name", "trade name", "business name", "enterprise", "enterprise name", "company", "workplace name", "企业", "企业名称", "单位名称", "公司名称", "名称"),
    "address": ("address", "full address", "business address", "地址", "企业地址", "详细地址"),
    "credit_code": ("credit code", "uscc", "统一社会信用代码", "信用代码", "社会信用代码"),
}  # fmt: skip
_VISIT: dict[str, tuple[str, ...]] = {
    "visit": ("visit", "visit number", "case id", "inspection id", "case number", "走访编号", "检查编号", "案号"),
    "visited_on": ("visited on", "date", "visit date", "inspection date", "end date", "日期", "走访日期", "检查日期"),
}  # fmt: skip
FACTS: dict[Role, dict[str, tuple[str, ...]]] = {
    Role.workplaces: PLACE,
    Role.visits: {
        **PLACE,
        **_VISIT,
        "score": ("score", "total score", "得分", "总分", "分数"),
        "band": ("band", "rating", "grade", "result", "等级", "评级", "评价", "结果"),
        "area": ("area", "topic", "方面", "领域", "检查领域"),
        "kind": ("type", "kind", "visit type", "inspection type", "类型", "走访类型", "检查类型"),
        "owed": ("owed", "backwages", "back wages", "wages owed", "欠薪金额", "欠付金额", "应付金额"),
        "paid": ("paid", "wages paid", "back wages paid", "补发金额", "已付金额"),
        **{f"score.{area}": (f"score {area}",) for area in AREAS},
        **{f"band.{area}": (f"band {area}",) for area in AREAS},
    },
    Role.findings: {
        **PLACE,
        **_VISIT,
        "text": ("text", "description", "finding", "violation", "violation description", "问题", "问题描述", "描述", "内容"),
        "area": ("area", "topic", "方面", "领域", "检查领域"),
        "severity": ("severity", "risk category", "risk_category", "严重程度", "风险等级"),
        "found_on": ("found on", "发现日期"),
        "closed_on": ("closed on", "corrected on", "date corrected", "整改日期", "关闭日期", "整改完成日期"),
    },
}  # fmt: skip
FACT_WORDS = {
    "workplace": N_("Key of the workplace"),
    "name": N_("Name of the workplace"),
    "address": N_("Address"),
    "credit_code": N_("Credit code"),
    "visit": N_("Key of the visit"),
    "visited_on": N_("Day of the visit"),
    "area": N_("Area"),
    "kind": N_("Type of visit"),
    "score": N_("Score"),
    "band": N_("Band"),
    "owed": N_("Amount owed"),
    "paid": N_("Amount paid"),
    "text": N_("Text of the finding"),
    "severity": N_("Severity"),
    "found_on": N_("Found on"),
    "closed_on": N_("Closed on"),
}
AREA_WORDS = {
    "wages": Text("Wages", "工资"),
    "safety": Text("Safety", "安全"),
    "sanitation": Text("Sanitation", "卫生"),
    "social_security": Text("Social security", "社会保障"),
    "punishment": Text("Punishment", "惩戒管理"),
}
DAYS = frozenset({"visited_on", "found_on", "closed_on"})

AREA_NAMES = {
    "wages": ("wages", "wage", "pay", "工资", "薪酬"),
    "safety": ("safety", "安全", "安全生产"),
    "sanitation": ("sanitation", "hygiene", "卫生"),
    "social_security": ("social_security", "social security", "social insurance", "社会保障", "社会保险", "社保"),
    "punishment": ("punishment", "discipline", "惩戒管理", "惩戒", "处罚", "惩罚"),
}
SEVERITY_NAMES = {
    "critical": ("critical", "high", "high risk", "zero tolerance", "严重", "高", "零容忍"),
    "major": ("major", "medium", "moderate", "moderate risk", "较大", "中"),
    "minor": ("minor", "low", "low risk", "一般", "轻微", "低"),
}
AREA_OF = {fold(name): area for area, names in AREA_NAMES.items() for name in names}
SEVERITY_OF = {fold(name): severity for severity, names in SEVERITY_NAMES.items() for name in names}


def meaning(role: Role, header: str) -> str:
    """The fact that a heading names by itself in a file of this role; empty for another one."""
    said = fold(header)
    return next((fact for fact, names in FACTS[role].items() if said in map(fold, (fact, *names))), "")


def likely(header: str) -> str:
    """The fact that a heading names in a file of whatever role; empty where none."""
    return next((fact for role in (Role.findings, Role.visits, Role.workplaces) if (fact := meaning(role, header))), "")
