"""Invented facts for letters: one association, one enterprise, a handful of findings."""

from dataclasses import replace
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from compliance.letters.rules import (
    AreaScore,
    Association,
    Card,
    Change,
    Citation,
    Cited,
    Enterprise,
    Facts,
    Finding,
    Hearing,
    Member,
    Point,
    Referral,
    Signer,
    same,
)
from compliance.shared.words import Text

LABOUR_LAW = Text("Labour Law of the People's Republic of China", "中华人民共和国劳动法")
FIRE_LAW = Text("Fire Protection Law of the People's Republic of China", "中华人民共和国消防法")


def article(law: Text, number: int, zh: str, **more: Any) -> Citation:
    """A confirmed article of law."""
    return Citation(law, Text(f"art. {number}", f"第{zh}条"), confirmed=more.pop("confirmed", True), **more)


FINDINGS = (
    Finding(
        number=1,
        area=Text("Wages", "工资"),
        seen=Text(
            "The payslips for September and October 2026 show no overtime hours, while the time records show up to 62 "
            "hours a month beyond the normal hours.",
            "2026年9月、10月工资条未列明加班时间，而考勤记录显示每月正常工作时间以外最多工作62小时。",
        ),
        severity="major",
        clause="2.5",
        action=Text(
            "Recalculate overtime pay for both months, pay the difference, and show hours and rates on every payslip.",
            "重新核算上述两个月加班工资并补足差额；今后在工资条中逐项列明加班时间和计算标准。",
        ),
        workers=38,
        citations=(
            article(LABOUR_LAW, 44, "四十四", valid_from=date(1995, 1, 1)),
            article(LABOUR_LAW, 50, "五十", valid_from=date(1995, 1, 1)),
        ),
        due=date(2026, 12, 21),
        evidence=(
            Text("recalculated wage sheet", "重新核算的工资表"),
            Text("proof of payment", "补发凭证"),
            Text("one payslip of December", "12月工资条样张"),
        ),
        accountable=Text("Enterprise (wages office)", "贵单位（财务部门）"),
        repeat=True,
    ),
    Finding(
        number=2,
        area=Text("Sanitation", "卫生"),
        seen=Text("The women's toilet on the second floor had no water.", "二楼女卫生间无水。"),
        severity="minor",
        clause="4.2",
        action=Text("Repair the supply and check it weekly.", "修复供水，并每周检查。"),
        due=date(2027, 1, 18),
        provisional=True,
        evidence=(Text("photo", "照片"),),
        accountable=Text("Enterprise", "贵单位"),
    ),
    Finding(
        number=3,
        area=Text("Social security", "社会保障"),
        seen=Text(
            "Contribution lists were shown for 164 of the workers on the roster of October 2026.",
            "出示的缴费名单所列人数为164人，少于2026年10月花名册所列人数。",
        ),
        severity="major",
        clause="5.3",
        action=Text(
            "Enrol every worker on the roster and send the updated list.",
            "为花名册所列全部员工办理参保登记，并反馈更新后的名单。",
        ),
        workers=22,
        citations=(article(LABOUR_LAW, 72, "七十二"), article(LABOUR_LAW, 100, "一百", confirmed=False)),
        due=date(2027, 2, 19),
        provisional=True,
        evidence=(Text("contribution list of January 2027", "2027年1月缴费名单"),),
        accountable=Text("Enterprise (personnel)", "贵单位（人力资源部门）"),
        alternative=Text("Enrolment through the parent company, with proof.", "由上级公司统一参保的，提供证明即可。"),
    ),
)

EXIT = Finding(
    number=1,
    area=Text("Safety", "安全"),
    seen=Text(
        "The east exit of the sewing hall was locked with a chain while people were working.",
        "缝制车间作业期间，东侧安全出口被链条锁闭。",
    ),
    severity="critical",
    zero_tolerance=True,
    clause="3.1",
    action=Text(
        "Unlock the exit now and keep every exit unlocked while anyone is inside.",
        "立即开启该出口，并确保有人在内期间所有安全出口不上锁。",
    ),
    workers=186,
    citations=(article(FIRE_LAW, 28, "二十八"),),
    due=date(2026, 11, 21),
    evidence=(Text("photo of the open exit", "出口开启状态照片"),),
    accountable=Text("Enterprise (legal representative)", "贵单位（法定代表人）"),
)


def _line(
    en: str, zh: str, score: str | None, band: tuple[str, str] | None, colour: str, coverage: str, before: str
) -> AreaScore:
    return AreaScore(
        Text(en, zh),
        Decimal(score) if score else None,
        Text(*band) if band else None,
        colour,
        Decimal(coverage),
        Decimal(before),
        Text("Needs improvement", "需改进"),
    )


CARD = Card(
    areas=(
        _line("Wages", "工资", "64.5", ("Needs improvement", "需改进"), "amber", "1", "52.0"),
        _line("Safety", "安全", "88.0", ("Good", "良好"), "green", "0.93", "61.3"),
        _line("Sanitation", "卫生", "76.2", ("Fair", "较好"), "teal", "1", "66.0"),
        _line("Social security", "社会保障", "58.1", ("Needs improvement", "需改进"), "amber", "0.91", "55.5"),
        _line("Discipline", "惩戒管理", None, None, "", "0.64", "70.0"),
    ),
    overall=_line("Overall", "总体", "72.4", ("Fair", "较好"), "teal", "0.89", "60.8"),
    lowest=Text("Social security", "社会保障"),
    previous_visit=date(2025, 10, 14),
)

FACTS = Facts(
    association=Association(
        name=Text("Example City Employers' Association", "示例市用工协会"),
        mark="示协",
        address=Text("8 Example Road, Example City 650000", "示例市示例路8号 650000"),
        phone="0871-00000000",
        email="letters@example.org",
        contact=Text("Visits Office", "走访工作办公室"),
    ),
    enterprise=Enterprise(
        name="示例市示例制衣一厂有限责任公司",
        code="91530100MA6K0EXAM1",
        name_en="Example Garments No. 1 Co., Ltd.",
        legal_representative="示例法定代表人",
    ),
    workplace=Text("your main plant", "贵单位总厂区"),
    visited_on=date(2026, 11, 17),
    code_title=Text("Code of Conduct for Employers", "用工行为准则"),
    code_version="2026.1",
    team=(
        Member(Text("lead inspector", "走访组长")),
        Member(Text("inspector", "走访员")),
    ),
    pledged_on=date(2026, 3, 2),
    good_practices=(
        Text(
            "The dining hall publishes its food costs each week.",
            "食堂每周公示伙食费用。",
        ),
        Text("New workers get a written contract on their first day.", "新员工入职当日即签订书面劳动合同。"),
    ),
    card=CARD,
    findings=FINDINGS,
    dated=date(2026, 11, 21),
    reply_by=date(2026, 12, 4),
    plan_by=date(2026, 12, 7),
    copies=(Text("Association office (file)", "本会秘书处存档"),),
    signer=Signer("", Text("Secretary-General", "秘书长")),
)

NOTHING_FOUND = replace(FACTS, findings=(), plan_by=None, card=replace(CARD, previous_visit=None))
URGENT = replace(
    FACTS,
    findings=(EXIT, replace(FINDINGS[1], number=2)),
    call_by=datetime(2026, 11, 21, 18, 0),
    plan_by=date(2026, 11, 24),
)
CORRECTED = replace(
    FACTS,
    findings=FINDINGS[1:],
    dated=date(2026, 12, 18),
    cites=Cited("示协函〔2026〕12号", date(2026, 11, 21)),
    changes=(
        Change(
            what=Text("Finding 1 (wages)", "第1项（工资）"),
            before=Text("Payslips without overtime hours", "工资条未列明加班时间"),
            after=Text("Withdrawn", "撤销"),
            why=Text(
                "The overtime sheets handed in on 3 December were complete.",
                "贵单位12月3日补充提交的加班明细完整。",
            ),
        ),
    ),
)


def point(finding: Finding, **more: Any) -> Point:
    """A finding as a later letter speaks of it."""
    severity = "zero_tolerance" if finding.zero_tolerance else finding.severity
    return Point(finding.number, finding.area, finding.action, severity, finding.due, **more)


WAGES, WATER, INSURANCE = FINDINGS
FIRST_LETTER = Cited("示协函〔2026〕12号", date(2026, 11, 21))
FOLLOWS = replace(
    FACTS, team=(), good_practices=(), card=None, findings=(), plan_by=None, reply_by=None, cites=FIRST_LETTER
)
PLAN_ANSWERED = replace(
    FOLLOWS,
    dated=date(2026, 12, 10),
    points=(
        point(WAGES, accepted=True),
        point(WATER, accepted=True, provisional=True),
        point(
            INSURANCE,
            accepted=False,
            provisional=True,
            remark=Text(
                "The plan names no person responsible, and no day on which the enrolment is complete.",
                "计划未列明责任人和办理完成的日期。",
            ),
        ),
    ),
    new_due=date(2026, 12, 18),
)
REMINDED = replace(
    FOLLOWS,
    dated=date(2026, 12, 22),
    points=(point(WAGES, late_days=1, state="planned"),),
    new_due=date(2026, 12, 29),
)
REMINDED_AGAIN = replace(
    FOLLOWS,
    dated=date(2027, 2, 2),
    points=(point(WAGES, late_days=43, state="returned"), point(WATER, late_days=15)),
    new_due=date(2027, 2, 10),
)
ESCALATED = replace(
    FOLLOWS,
    dated=date(2027, 2, 20),
    points=(point(WAGES, late_days=61, state="returned"), point(WATER, late_days=33)),
    new_due=date(2027, 3, 9),
    hearing=Hearing(
        date(2027, 3, 5),
        date(2027, 3, 12),
        Text("the association's meeting room, 8 Example Road", "示例路8号本会会议室"),
    ),
)
CLOSED = replace(
    FOLLOWS,
    dated=date(2027, 2, 22),
    points=(
        point(
            WAGES,
            state="verified",
            closed_on=date(2027, 1, 8),
            shown=Text("Documents and pictures that you sent", "核对贵单位反馈的材料"),
        ),
        point(WATER, state="verified", closed_on=date(2027, 2, 17), shown=Text("Seen on site", "现场核实")),
    ),
)
CLOSED_IN_PART = replace(
    CLOSED, points=(*CLOSED.points, point(INSURANCE, state="under_review", provisional=True)), dated=date(2027, 2, 18)
)
REFERRED = replace(
    FOLLOWS,
    enterprise=replace(FACTS.enterprise, legal_representative=""),
    workplace=Text("the main plant, 1 Works Street", "总厂区（厂前街1号）"),
    pledged_on=None,
    signer=Signer("", Text("Secretary-General", "秘书长")),
    copies=(),
    dated=date(2026, 11, 21),
    cites=FIRST_LETTER,
    referral=Referral(
        Text("Fire and Rescue Brigade of Example District", "示例区消防救援大队"),
        Text(
            "article 5 of the Fire Protection Law of the People's Republic of China",
            "《中华人民共和国消防法》第五条",
        ),
        (EXIT.seen, Text("There was no other exit from the hall.", "该车间无其他出口。")),
    ),
)
BY_KIND = {
    "L1": NOTHING_FOUND,
    "L2": FACTS,
    "L3": URGENT,
    "L4": PLAN_ANSWERED,
    "L5": REMINDED,
    "L6": REMINDED_AGAIN,
    "L7": ESCALATED,
    "L8": CLOSED,
    "L9": REFERRED,
    "correction": CORRECTED,
}
VARIANTS = {
    "L7-talk": ("L7", replace(ESCALATED, hearing=Hearing(date(2027, 3, 5), talk=True), new_due=None)),
    "L8-part": ("L8", CLOSED_IN_PART),
}
"""Letters of a kind that say something else than the usual one."""


def named(name: str) -> Facts:
    """The usual facts for an enterprise of another name."""
    return replace(FACTS, enterprise=replace(FACTS.enterprise, name=name, name_en="", legal_representative=name[:8]))


__all__ = [
    "BY_KIND",
    "CLOSED_IN_PART",
    "CORRECTED",
    "EXIT",
    "FACTS",
    "FINDINGS",
    "NOTHING_FOUND",
    "REFERRED",
    "URGENT",
    "VARIANTS",
    "named",
    "point",
    "same",
]
