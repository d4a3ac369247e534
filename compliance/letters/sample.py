"""Invented facts, so that a wording can be looked at before there is a letter. Nobody and nothing in them exists."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import date, datetime, timedelta
from decimal import Decimal

from compliance.letters.facts import (
    NOTHING,
    AreaScore,
    Association,
    Card,
    Change,
    Cited,
    Enterprise,
    Facts,
    Finding,
    Hearing,
    Member,
    Point,
    Signer,
)
from compliance.letters.recipes import CORRECTION, FIRST, FOLLOWING
from compliance.shared.words import Text

KINDS = (*FIRST, *FOLLOWING, CORRECTION)
"""The kinds of letters that there are sample facts for."""

_EXIT = Finding(
    number=1,
    area=Text("Safety", "安全"),
    seen=Text("The east exit was locked with a chain during work.", "作业期间东侧安全出口被链条锁闭。"),
    severity="critical",
    zero_tolerance=True,
    clause="3.1",
    action=Text("Open the exit now and keep it open during work.", "立即开启该出口，作业期间保持畅通。"),
    workers=86,
)
_WAGES = Finding(
    number=1,
    area=Text("Wages", "工资"),
    seen=Text("Payslips show no overtime hours; the time records do.", "工资条未列明加班时间，与考勤记录不符。"),
    severity="major",
    clause="2.5",
    action=Text("Recalculate the overtime and pay the difference.", "重新核算加班工资并补足差额。"),
    workers=38,
    evidence=(Text("recalculated wage sheet", "重新核算的工资表"),),
)
_WATER = Finding(
    number=2,
    area=Text("Sanitation", "卫生"),
    seen=Text("The toilet on the second floor had no water.", "二楼卫生间无水。"),
    severity="minor",
    clause="4.2",
    action=Text("Repair the supply and check it weekly.", "修复供水，每周检查。"),
)


def facts(kind: str, association: Association, today: date) -> Facts:
    """Sample facts for a letter of one of ``KINDS`` that an association would write on a day."""
    days = {number: today + timedelta(days=number) for number in (-4, 14, 16, 30)}
    by_kind = {"L2": (_WAGES, _WATER), "L3": (_EXIT, _WATER), CORRECTION: (replace(_WATER, number=1),)}
    findings: tuple[Finding, ...] = by_kind.get(kind, ())
    return Facts(
        association=association,
        enterprise=Enterprise(
            name="示例市样例制衣有限公司",
            code="91530100MA6K0SAMP1",
            name_en="Sample Garments Co., Ltd.",
            legal_representative="样例",
        ),
        workplace=Text("your workplace at 1 Sample Road", "位于样例路1号的生产经营场所"),
        visited_on=days[-4],
        code_title=Text("Code of Conduct for Employers", "用工行为准则"),
        code_version="1",
        team=(Member(Text("lead inspector", "走访组长")), Member(Text("inspector", "走访员"))),
        good_practices=(Text("The canteen publishes its costs each week.", "食堂每周公示伙食费用。"),),
        card=_card(),
        findings=tuple(replace(one, due=today if one.urgent else days[30], accountable=NOTHING) for one in findings),
        dated=today,
        reply_by=days[14],
        plan_by=days[16] if findings else None,
        call_by=datetime(today.year, today.month, today.day, 18) if kind == "L3" else None,  # noqa: DTZ001 - a local time
        signer=Signer("", Text("Secretary-General", "秘书长")),
        cites=Cited("示协函〔2026〕1号", days[-4]) if kind not in FIRST else None,
        points=(_point(kind, days),) if kind in FOLLOWING else (),
        new_due=days[14] if kind in FOLLOWING and kind != "L8" else None,
        hearing=Hearing(days[14]) if kind == "L7" else None,
        changes=(
            Change(
                Text("Finding 1 (wages)", "第1项（工资）"),
                Text("No overtime on the payslips", "工资条未列明加班时间"),
                Text("Withdrawn", "撤销"),
                Text("The sheets handed in later are complete.", "事后补交的加班明细完整。"),
            ),
        )
        if kind == "correction"
        else (),
    )


def _point(kind: str, days: Mapping[int, date]) -> Point:
    point = Point(1, _WAGES.area, _WAGES.action, "major", due=days[-4], late_days=4)
    if kind == "L4":
        return replace(point, due=days[30], late_days=0, state="planned", accepted=True)
    if kind == "L8":
        return replace(point, late_days=0, state="verified", closed_on=days[-4], shown=Text("Documents", "反馈的材料"))
    return point


def _card() -> Card:
    areas = (("Wages", "工资", "64"), ("Safety", "安全", "88"), ("Sanitation", "卫生", "76"))
    lines = tuple(
        AreaScore(Text(en, zh), Decimal(score), Text("Fair", "较好"), "teal", Decimal(1)) for en, zh, score in areas
    )
    return Card(lines, replace(lines[2], area=Text("Overall", "总体")), lowest=lines[0].area)
