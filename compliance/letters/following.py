"""What must be there before a letter after the first is sent, and what a referral must not hold."""

from collections.abc import Iterator
from dataclasses import dataclass

from compliance.letters.facts import NOTHING, Facts
from compliance.letters.recipes import FOLLOWING, REFERRAL, REMINDING
from compliance.shared.words import Text


@dataclass(frozen=True)
class Lack:
    """Why a letter cannot be sent yet: a stable code and the words for it."""

    code: str
    text: Text


def lacks(kind: str, facts: Facts) -> Iterator[Lack]:
    """Everything that keeps a letter of kind L4 to L9 from being sent; nothing for other kinds."""
    if kind == REFERRAL:
        yield from _referral(facts)
    if kind not in FOLLOWING:
        return
    if facts.cites is None:
        yield Lack("cites", Text("the letter that this one follows is missing", "未注明所依据的原函"))
    if kind == "L4":
        yield from _answers(facts)
    if kind in REMINDING:
        yield from _reminder(kind, facts)
    if kind == "L8" and not any(point.closed for point in facts.points):
        yield Lack("closed", Text("no point of this letter is completed", "本函没有已完成整改的事项"))
    if facts.new_due and facts.dated and facts.new_due <= facts.dated:
        yield Lack("new-due-past", Text("the new date must lie after the letter's date", "新的期限须在发函日期之后"))


def _answers(facts: Facts) -> Iterator[Lack]:
    silent = [str(point.number) for point in facts.points if point.accepted is None]
    if silent or not facts.points:
        listed = ", ".join(silent)
        yield Lack(
            "decisions",
            Text(f"no reply to the plan for point {listed}", f"第{listed.replace(', ', '、')}项尚未作出回复")
            if silent
            else Text("there is no plan to reply to", "没有可回复的整改计划"),
        )
    returned = [point for point in facts.points if point.accepted is False]
    unsaid = [str(point.number) for point in returned if point.remark == NOTHING]
    if unsaid:
        yield Lack(
            "remarks",
            Text(
                f"no reason for the return of point {', '.join(unsaid)}", f"第{'、'.join(unsaid)}项退回补充未说明理由"
            ),
        )
    if returned and facts.new_due is None:
        yield Lack("new-due", Text("the day for the new plan is missing", "缺少重新反馈整改计划的期限"))


def _reminder(kind: str, facts: Facts) -> Iterator[Lack]:
    if not any(point.late for point in facts.points):
        yield Lack("late", Text("no point of this letter is past its date", "本函没有逾期事项"))
    if kind != "L7" and facts.new_due is None:
        yield Lack("new-due", Text("the new date is missing", "缺少新的期限"))
    if kind == "L7" and facts.hearing is None:
        yield Lack(
            "hearing",
            Text("the last day on which the enterprise is heard is missing", "缺少听取企业陈述意见的截止日期"),
        )
    if facts.hearing and facts.dated and facts.hearing.say_by <= facts.dated:
        yield Lack(
            "hearing-past",
            Text(
                "the enterprise must have time to be heard after the letter's date",
                "陈述意见的截止日期须在发函日期之后",
            ),
        )


def _referral(facts: Facts) -> Iterator[Lack]:
    referral = facts.referral
    if referral is None or not (referral.to.zh or referral.to.en):
        yield Lack("addressee", Text("it is not said to whom this is passed on", "未注明移送对象"))
    if referral is not None and referral.basis == NOTHING:
        yield Lack("basis", Text("the provision that the referral concerns is missing", "缺少所涉规定"))
    if referral is not None and not referral.facts:
        yield Lack("facts", Text("there is no fact to pass on", "没有需移送的情况"))
    people = (facts.team, facts.enterprise.legal_representative, facts.good_practices)
    if facts.card or facts.findings or facts.points or any(people):
        yield Lack(
            "too-much",
            Text(
                "a referral carries the facts that the association saw, and neither results, points nor people",
                "移送说明只写本会现场所见的情况，不得附走访结果、整改事项和人员信息",
            ),
        )
