"""Complaints of the demo: invented, in every state, from every way in."""

from collections.abc import Callable
from datetime import date, timedelta
from decimal import Decimal
from typing import Any
from uuid import UUID

from compliance.complaints import store as complaints
from compliance.complaints import store_statements
from compliance.complaints.rules import Concerned, Outcome, Reply, Source
from compliance.people.rules import Actor, system_actor
from compliance.shared import ids
from compliance.shared.database import session

# (days ago, whose enterprise or nobody's, source, areas, what happened, answer, outcome and yuan)
TOLD: tuple[tuple[int, int | None, Source, tuple[str, ...], str, str, tuple[Outcome, str] | None], ...] = (
    (150, 20, Source.hotline, ("wages",), "七、八两个月工资没发，问了几次都说再等等。（示例）",
     "已收到，正在了解情况。有结果会在这里告诉您。", (Outcome.founded, "18600.00")),
    (96, 12, Source.womens_home, ("punishment",), "班长当众骂人，有两个女工哭着走的。（示例）",
     "谢谢您告诉我们。您可以拨打12338，也可以继续在这里补充。", (Outcome.passed_on, "0")),
    (60, None, Source.form, ("social_security",), "没有签合同，也没有社保。（示例）",
     "请补充单位名称或地址，姓名不用写。", None),
    (21, 9, Source.union, ("safety", "sanitation"), "宿舍二楼的后门晚上锁着，钥匙在门卫手里。（示例）", "", None),
    (2, None, Source.form, ("wages",), "加班费按平时算，周末也一样。（示例）", "", None),
)  # fmt: skip

# (areas, indicators that whoever read it saw, what happened); each is told three times within a year
BEFORE: tuple[tuple[tuple[str, ...], tuple[int, ...], str], ...] = (
    (("wages",), (8,), "工资拖了两个月。（示例）"),
    (("wages",), (), "扣了三百元罚款，没有说明。（示例）"),
    (("wages", "safety"), (11,), "连续上夜班，机器没有防护罩。（示例）"),
    (("wages",), (8, 11), "每月只休两天，加班费不按规定算。（示例）"),
    (("safety",), (), "冲床的光栅坏了，没有人修。（示例）"),
    (("sanitation",), (10,), "宿舍十二个人一间，没有热水。（示例）"),
    (("social_security", "wages"), (), "入职半年没有社保。（示例）"),
    (("punishment",), (6,), "迟到一次罚站，还当众念名字。（示例）"),
)


def earlier(reviewer: Actor, enterprises: list[UUID], today: date, at: Callable[[date, int], Any]) -> None:
    """Enough of them, answered and closed, that something can be told of them in numbers."""
    for number in range(3 * len(BEFORE)):
        areas, signs, happened = BEFORE[number % len(BEFORE)]
        day = today - timedelta(days=330 - 10 * number)
        with at(day, 20):
            told = complaints.Told({"happened": happened}, {}, areas, Concerned.several, Reply.yes, Reply.no)
            row = complaints.receive(reviewer, told, "!", f"demo-before-{number}-{ids.random_id()}", "zh_Hans_CN", day)
        with at(day + timedelta(days=1 + number % 6), 9):
            complaints.mark_read(reviewer, row)
            complaints.point(reviewer, row, signs)
            if number % 4 == 0:
                complaints.link(reviewer, row, enterprises[20], None)
            complaints.answer(reviewer, row, "已收到，谢谢您告诉我们。")
        with at(day + timedelta(days=20 + number % 15), 9):
            if number % 4 == 0:
                complaints.close(reviewer, row, Outcome.founded, Decimal(1800 + 100 * number))
            else:
                complaints.close(reviewer, row, Outcome.passed_on, Decimal(0))
        session().commit()
    store_statements.state(system_actor(reviewer.association_id), today)
    session().commit()


def complain(reviewer: Actor, enterprises: list[UUID], today: date, at: Callable[[date, int], Any]) -> None:
    """Let all of them come, and be read, linked, answered and closed as far as they are."""
    for number, (ago, whose, source, areas, happened, answer, ended) in enumerate(TOLD):
        day = today - timedelta(days=ago)
        with at(day, 20):
            told = complaints.Told(
                {"happened": happened}, {}, areas, Concerned.few, Reply.yes, Reply.no, source=source
            )  # fmt: skip
            row = complaints.receive(reviewer, told, "!", f"demo-{number}-{ids.random_id()}", "zh_Hans_CN", day)
        if ago < 3:
            session().commit()
            continue
        with at(day + timedelta(days=1), 9):
            complaints.mark_read(reviewer, row)
            if whose is not None:
                complaints.link(reviewer, row, enterprises[whose], None)
            if answer:
                complaints.answer(reviewer, row, answer)
        if ended is not None:
            with at(day + timedelta(days=30), 9):
                complaints.close(reviewer, row, ended[0], Decimal(ended[1]))
        session().commit()
