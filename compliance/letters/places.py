"""Where in a letter something stands, in words that lead a person to it. Pure."""

from collections.abc import Mapping
from dataclasses import fields, is_dataclass
from typing import Any

from compliance.letters.facts import Facts, Finding, Passages, Point
from compliance.shared.words import Text

PASSAGES: Mapping[str, Text] = {
    "opening": Text("the opening passage", "开头段落"),
    "good": Text("good practices", "良好做法"),
    "closing": Text("the closing passage", "结尾段落"),
}
PLACES: Mapping[str, Text] = {
    "association": Text("the association's particulars", "协会信息"),
    "enterprise": Text("the enterprise's name or particulars", "企业名称或信息"),
    "workplace": Text("the workplace", "走访场所"),
    "team": Text("the team", "走访人员"),
    "good_practices": Text("good practices", "良好做法"),
    "card": Text("the scorecard", "走访结果摘要"),
    "copies": Text("the copy list", "抄送单位"),
    "signer": Text("the signature block", "落款"),
    "waiver": Text("the reason for the waiver", "免于复核的理由"),
    "outsider": Text("the named outsider or the reason for inviting one", "外部人员信息或邀请的理由"),
    "changes": Text("what changes", "更正内容"),
    "findings": Text("finding", "事项"),
    "points": Text("the points", "有关事项"),
    "next_step": Text("what follows", "后续安排"),
    "hearing": Text("the day and place of the meeting or talk", "审议或面谈的时间、地点"),
    "referral": Text("what is passed on, to whom, and the provisions", "移送对象、内容和所涉规定"),
}
_IN_FINDING: Mapping[str, Text] = {
    "seen": Text("what was seen", "走访所见"),
    "action": Text("what is recommended", "建议措施"),
    "alternative": Text("what is also acceptable", "其他可行方式"),
    "evidence": Text("evidence to send", "需反馈的材料"),
    "accountable": Text("accountable party", "负责方"),
    "reply": Text("the enterprise's reply", "企业反馈"),
}

_IN_POINT: Mapping[str, Text] = {
    "area": Text("the area", "方面"),
    "asked": Text("what is recommended", "建议措施"),
    "shown": Text("how it was shown", "核实方式"),
    "remark": Text("the reason for the return", "退回补充的理由"),
}


def place_of(character: str, facts: Facts, passages: Passages) -> Text:
    """Where in a letter a character stands, in words that lead a person to it."""
    numbered: list[tuple[Finding | Point, Mapping[str, Text]]] = []
    numbered += [(finding, _IN_FINDING) for finding in facts.findings]
    numbered += [(point, _IN_POINT) for point in facts.points]
    for one, words in numbered:
        for field in fields(one):
            if character in _flat(getattr(one, field.name)):
                where = words.get(field.name, Text("the law cited", "所列规定"))
                return Text(f"finding {one.number}, {where.en}", f"第{one.number}项“{where.zh}”")
    for holder, names in ((passages, PASSAGES), (facts, PLACES)):
        for field in fields(holder):
            if character in _flat(getattr(holder, field.name)):
                return names.get(field.name, Text(field.name.replace("_", " "), field.name))
    return Text("the fixed words", "固定文字")


def _flat(value: Any) -> str:
    if isinstance(value, str):
        return value
    if isinstance(value, tuple | list):
        return "\n".join(_flat(item) for item in value)
    if is_dataclass(value):
        return "\n".join(_flat(getattr(value, field.name)) for field in fields(value))
    return ""
