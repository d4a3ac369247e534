"""A year of visits, told by the stores themselves at the moments when each thing happened."""

import random
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime, time, timedelta
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from compliance.casework import corrections, release, sealing
from compliance.corrective_actions import store as actions
from compliance.corrective_actions import store_agreed, store_checks, store_draws
from compliance.corrective_actions.agreed import Instalment
from compliance.corrective_actions.models_assignment import CheckOutcome
from compliance.corrective_actions.rules import Check, How
from compliance.corrective_actions.store_checks import Seen
from compliance.demo import answers as invented
from compliance.demo import outsider, paid, pictures, spoken, voices
from compliance.demo.draws import Draws
from compliance.demo.enterprises import Invented
from compliance.enterprises import store as enterprises
from compliance.enterprises.rules import WorkplaceFacts
from compliance.findings import store as findings
from compliance.findings import store_replies as replies
from compliance.findings.rules import Decision, Position, kind_of_deadline
from compliance.interviews import store as interviews
from compliance.letters import store as letters
from compliance.letters import store_delivery
from compliance.letters.delivery import Way
from compliance.people import store as people
from compliance.people.rules import Actor, system_actor
from compliance.planning import store_drawn
from compliance.referrals import store as referrals
from compliance.referrals.rules import Kind, Measure, Safe
from compliance.referrals.rules import Outcome as Cleared
from compliance.shared import addresses, clock
from compliance.shared.calendar import working_day_on_or_after
from compliance.shared.database import session
from compliance.visits import evidence
from compliance.visits import store as visits
from compliance.visits.rules import Outcome, Route, Signature
from compliance.visits.store import Closing

ZONE = ZoneInfo("Asia/Shanghai")
REPAID = {"WAG01", "WAG06", "WAG09"}
"""Items whose shortfall is paid back in instalments."""
CHECKED_AT = f"{addresses.HERE}/check"
"""Where the demo's letters say that they can be checked."""
_SPOKE_WITHIN = 120
"""Visits of so many days have interviews."""
_PAID_WITHIN = 30
"""And of so many days a pay sheet."""


@dataclass(frozen=True)
class Plot:
    """One visit of the story: which enterprise, how many days ago, by which route, and how far it has come.

    ``enterprise`` is None where a draw decides (random and targeted visits), and for a follow-up of a targeted visit.
    ``until``: planned, handed_out, sealed, sent_back, outside (sealed, and with a named outsider), released, cancelled,
    or an outcome other than completed.
    ``after``: what the enterprise and the association did afterwards.
    """

    enterprise: int | None
    days_ago: int
    route: Route = Route.random
    until: str = "released"
    forced: tuple[str, ...] = ()
    after: str = "answered"
    signature: Signature = Signature.signed
    quality: float = 0.0


@dataclass
class Cast:
    """The people of the story as actors, by user name, and the enterprises with their main workplaces."""

    association_id: UUID
    ids: dict[str, UUID]
    enterprises: list[tuple[Invented, UUID, UUID]] = field(default_factory=list)

    def actor(self, who: str) -> Actor:
        """Somebody of the association."""
        return people.actor_of(self.ids[who], "127.0.0.1", "zh_Hans_CN")

    @property
    def system(self) -> Actor:
        """The association itself."""
        return system_actor(self.association_id)

    def manager_of(self, index: int) -> Actor:
        """Whoever speaks for an enterprise: its manager if it has one with an account, else a clerk enters it."""
        who = {0: "manager", 1: "manager2"}.get(index)
        if who:
            return self.actor(who)
        enterprise_id = self.enterprises[index][1]
        system = self.system
        return Actor(None, system.name, system.association_id, system.roles, frozenset({enterprise_id}), is_system=True)


def plots(seed: int = 20261121) -> list[Plot]:
    """The year: nine random visits a quarter, targeted and complaint visits, follow-ups, and every kind of ending."""
    chance = random.Random(seed)  # noqa: S311 - a story, not a secret
    told = []
    for quarter in range(4):
        for place in range(9):
            days = 358 - quarter * 88 - place * 8 - chance.randrange(5)
            after = ("verified", "verified", "partly", "late")[(place + quarter) % 4]
            told.append(Plot(None, max(days, 20), after=after, quality=quarter * 0.045))
    # Picked by risk: they find more, and say nothing about all members.
    for place in range(8):
        told.append(
            Plot(None, 330 - place * 36, Route.targeted, after="verified" if place < 4 else "late", quality=-0.12)
        )
    told += [
        Plot(None, 96, Route.follow_up, after="verified", quality=0.2),
        Plot(None, 60, Route.follow_up, after="verified", quality=0.2),
        Plot(0, 240, Route.voluntary, after="verified"),
        Plot(1, 140, Route.voluntary, after="partly"),
        Plot(20, 150, Route.complaint, forced=("WAG02", "PUN10"), after="disputed"),
        Plot(0, 7, Route.complaint, forced=("SAF01", "WAG06"), after="begun", quality=-0.05),
        Plot(28, 75, Route.complaint, forced=("SOC08",), after="upheld"),
        Plot(4, 130, Route.voluntary, after="verified", quality=0.1),
        Plot(None, 210, until="refused", signature=Signature.refused),
        Plot(None, 120, until="closed_down"),
        Plot(None, 170, until="not_found"),
        Plot(None, 100, until="cancelled"),
        Plot(None, 3, Route.targeted, until="sealed", forced=("SAF01",)),
        Plot(11, 2, Route.complaint, until="sealed", forced=("PUN05", "WAG09"), signature=Signature.absent),
        Plot(None, 4, until="sealed", signature=Signature.refused),
        Plot(None, 5, until="sent_back"),
        Plot(None, 0, until="handed_out"),
        Plot(None, 0, Route.targeted, until="given"),
        Plot(None, -3, until="planned"),
        Plot(None, -6, Route.targeted, until="planned"),
        Plot(None, -9, Route.follow_up, until="planned"),
    ]
    # Told last, whenever it was: the seeds of the others are their places in the story.
    return [*sorted(told, key=lambda plot: -plot.days_ago), Plot(6, 5, Route.voluntary, until="outside", quality=0.1)]


def tell(cast: Cast, today: date, step: Callable[[int, int], None]) -> None:
    """Let the whole year happen; commits after each visit. ``step(done, total)`` shows progress."""
    year = plots()
    busy = {plot.enterprise for plot in year} - {None}
    draws = Draws(
        cast.actor("coordinator"),
        [(_day(plot, today), plot) for plot in year],
        today - timedelta(days=365),
        today,
        frozenset(cast.enterprises[place][2] for place in busy if place is not None),
    )
    with at(today - timedelta(days=365), 9):
        for position, who in enumerate(("leader", "coordinator", "reviewer"), 1):
            referrals.name_officer(cast.actor("administrator"), cast.ids[who], position, f"0871-0000000{position}")
    places = {workplace_id: place for place, (_told, _id, workplace_id) in enumerate(cast.enterprises)}
    targeted: list[int] = []
    for number, plot in enumerate(year):
        chance = random.Random(number)  # noqa: S311 - a story, not a secret
        drawn = draws.drawn(number)
        if drawn is not None:
            plot = replace(plot, enterprise=places[drawn.workplace_id])
            if plot.until == "closed_down":
                draws.closed(drawn.workplace_id)
        elif plot.enterprise is None:
            plot = replace(plot, enterprise=targeted.pop(0))
        _happen(cast, plot, number, today, chance, drawn)
        if plot.route is Route.targeted and plot.enterprise is not None and plot.until == "released":
            targeted.append(plot.enterprise)
        session().commit()
        session().expunge_all()
        step(number + 1, len(year))
    draws.finish(cast.actor("administrator"))
    told_of = [one for _told, one, _workplace in cast.enterprises]
    voices.complain(cast.actor("reviewer"), told_of, today, at)
    voices.earlier(cast.actor("reviewer"), told_of, today, at)


def _day(plot: Plot, today: date) -> date:
    day = today - timedelta(days=plot.days_ago)
    return working_day_on_or_after(day)[0] if plot.days_ago > 12 else day


def _happen(
    cast: Cast, plot: Plot, number: int, today: date, chance: random.Random, drawn: store_drawn.Drawn | None
) -> None:
    day = _day(plot, today)
    told, _enterprise_id, workplace_id = cast.enterprises[plot.enterprise or 0]
    first = ("inspector", "inspector2", "inspector3")[number % 3] if plot.days_ago else "inspector"
    second = ("inspector2", "inspector3", "inspector")[number % 3] if plot.days_ago else "inspector3"
    with at(min(day, today) - timedelta(days=2), 9):
        sent = [cast.ids[first], cast.ids[second]]
        visit = _plan(cast.actor("coordinator"), workplace_id, plot.route, day, sent, drawn)
        if plot.until == "cancelled":
            visits.cancel(cast.actor("coordinator"), visit, "企业当周停产搬迁，改期重新安排。")
    if plot.until in ("planned", "cancelled"):
        return
    with at(day, 8):
        visits.hand_out(cast.actor("coordinator"), visit)
    if plot.until == "given":
        return
    inspector = cast.actor(first)
    with at(day, 10):
        if plot.until not in ("refused", "closed_down", "not_found"):
            given = invented.answers(
                visits.checklist(visit), visits.profile(visit, visits.answers(visit)), chance,
                told.quality + plot.quality, told.language, plot.forced,
            )  # fmt: skip
            visits.enter_answers(inspector, visit, given[:31] if plot.until == "handed_out" else given)
            _photograph(inspector, visit, given, chance)
    _sample_pay(plot, inspector, visit, day, number)
    if plot.until == "handed_out":
        return
    spoke = plot.until in ("sealed", "released") and plot.days_ago < _SPOKE_WITHIN
    with at(day, 15):
        if spoke:
            invent = random.Random(number)  # noqa: S311 - nothing here is a secret
            spoken.speak(inspector, visit.id, day, invent, contact=14 <= plot.days_ago <= 28)
        visits.close(inspector, visit, _closing(plot, day, inspector.name))
        sealing.seal(inspector, visit.id)
    if plot.until in ("sealed", "sent_back", "outside"):
        _wait(cast, plot, visit, day + timedelta(days=1))
        return
    with at(day + timedelta(days=2), 10):
        reviewer = cast.actor("reviewer")
        if plot.until == "released":
            for row in visits.evidence_of(visit, struck=False):
                visits.describe(reviewer, visit, row, caption=row.caption, unrecognisable=True)
        _find_safe(cast, plot, visit)
        release.release(reviewer, visit.id, verify_url=CHECKED_AT)
        if spoke:
            interviews.tell(reviewer, visit.id)
    if plot.until == "released":
        _afterwards(cast, plot, visit, day + timedelta(days=2), today, chance)


def _sample_pay(plot: Plot, inspector: Actor, visit: Any, day: date, number: int) -> None:
    """The visit under way, and those that are done of late, have a pay sheet."""
    done = plot.until in ("sealed", "released") and plot.days_ago < _PAID_WITHIN
    if plot.until == "handed_out" or done:
        with at(day, 14):
            sampled = random.Random(number)  # noqa: S311 - nothing here is a secret
            paid.pay(inspector, visit, visits.profile(visit).workers, day, sampled)


def _find_safe(cast: Any, plot: Plot, visit: Any) -> None:
    """A named officer looks whether anybody is endangered, where a sealed case waits for it; two clear it later."""
    known = {one.person_id for one in referrals.officers(cast.system, visit.enterprise_id)}
    one, other = [cast.actor(who) for who in ("leader", "coordinator", "reviewer") if cast.ids[who] in known][:2]
    for case in referrals.listed(one):
        if case.enterprise_id != visit.enterprise_id or case.cleared_at is not None:
            continue
        referrals.take(one, case.id)
        referrals.step_done(one, case.id, "call", "已与现场人员通话，目前无人处于危险中。（示例）")
        said = "两名女工已离开宿舍，暂住市妇联安排的住处，本人同意。（示例）"
        referrals.propose(one, case.id, Kind.safety, Safe.out.value, said)
        referrals.propose(one, case.id, Kind.decision, Measure.contain.value, "企业当日整改，本会跟踪。（示例）")
        _agree(other, case.id)
        if plot.days_ago > 60:
            referrals.propose(other, case.id, Kind.clearing, Cleared.contained.value, "复查确认已消除。（示例）")
            _agree(one, case.id)


def _agree(officer: Actor, case_id: UUID) -> None:
    for waiting in referrals.get(officer, case_id).standing.waiting:
        referrals.agree(officer, case_id, waiting.id)


def _plan(
    coordinator: Actor, workplace_id: UUID, route: Route, day: date, sent: list[UUID], drawn: store_drawn.Drawn | None
) -> Any:
    """A visit as its draw has it, or as somebody planned it."""
    purpose = _PURPOSES[route]
    if drawn is None:
        return visits.plan(coordinator, workplace_id, planned_for=day, route=route, purpose=purpose, inspector_ids=sent)
    visit_id = store_drawn.plan_visit(coordinator, drawn.id, day, sent, purpose).visit_id
    return visits.get(coordinator, visit_id) if visit_id else None


def _wait(cast: Cast, plot: Plot, visit: Any, day: date) -> None:
    """What happens to a sealed visit that is not released."""
    with at(day, 9):
        if plot.until == "sent_back":
            corrections.send_back(cast.actor("reviewer"), visit.id, "请补充安全出口照片，并写明工资台账缺少的月份。")
        if plot.until == "outside":
            outsider.tie(cast.system, cast.actor("reviewer"), visit)
            outsider.invite(cast.system, cast.actor("coordinator"), visit.id)


def _arrive(cast: Cast, plot: Plot, visit: Any, manager: Actor, released: date) -> None:
    """How the letter came to the enterprise, on the day after its release: downloaded, or handed over."""
    with at(released + timedelta(days=1), 9):
        on = clock.today("Asia/Shanghai")
        for letter in letters.of_visit(cast.system, visit.id):
            if (plot.enterprise or 0) % 4 == 3:
                note = "送达回执由走访员带回。"
                store_delivery.note(
                    cast.actor("coordinator"), letter, Way.handed, on, taken_by="行政部负责人（示例）", words=note
                )
            elif store_delivery.may_record(manager, letter):
                store_delivery.record(manager, letter, Way.downloaded)


def _afterwards(cast: Cast, plot: Plot, visit: Any, released: date, today: date, chance: random.Random) -> None:
    if plot.after == "late" and chance.random() < 0.2:
        return
    manager = cast.manager_of(plot.enterprise or 0)
    policy = visits.checklist(visit).policy
    rows = findings.of_visit(cast.system, visit.id)
    answered = released + timedelta(days=1 if plot.after == "begun" else 4)
    if answered >= today:
        return
    if plot.after == "begun":
        rows = rows[:3]
    _arrive(cast, plot, visit, manager, released)
    with at(answered, 11):
        on = clock.today("Asia/Shanghai")
        for place, row in enumerate(rows):
            if row.sealed or row.state.value != "released":
                continue
            disputed = (plot.after, place) in (("disputed", 0), ("upheld", 0), ("begun", 2))
            text = _DISPUTE if disputed else "情况属实，按建议整改。"
            replies.reply(manager, row.id, Position.dispute if disputed else Position.agree, text, on, policy)
            if disputed:
                actions.pause(manager, row.id, on)
        for action in actions.of_visit(cast.system, visit.id):
            begun = plot.after != "begun" or action.finding_id in {row.id for row in rows}
            if begun and action.state.value == "open" and action.paused_on is None:
                actions.plan(
                    manager,
                    action.id,
                    plan="由行政部牵头，按函件所列内容逐项整改。",
                    root_cause="管理制度不完善，日常检查不到位。",
                    preventive="纳入月度自查，由车间主任签字确认。", responsible="行政部负责人",
                )  # fmt: skip
    if answered + timedelta(days=3) < today - timedelta(days=12):
        _accept_plans(cast, visit, answered + timedelta(days=3))
    if plot.after == "upheld" and released + timedelta(days=9) < today:
        with at(released + timedelta(days=9), 10):
            first = next(row for row in rows if not row.sealed)
            corrections.decide_dispute(
                cast.actor("leader"),
                first.id,
                Decision.upheld,
                "经核对当日名册，企业所述属实，撤销该项。",
                verify_url=CHECKED_AT,
            )
    if plot.after not in ("answered", "begun"):
        _correct(cast, plot, visit, policy, released, today, chance)


def _accept_plans(cast: Cast, visit: Any, day: date) -> None:
    """The association's answer to the plans."""
    reviewer = cast.actor("reviewer")
    with at(day, 10):
        for action in actions.of_visit(cast.system, visit.id):
            if action.state.value == "planned" and store_checks.has_open_plan(action.id):
                store_checks.accept_plan(reviewer, action.id, "计划可行，请按期完成。")


def _look(cast: Cast, action_id: UUID, day: date, policy: Any, today: date) -> None:
    """Those that were drawn some time ago have been looked at on site, by the way of another visit."""
    if day >= today - timedelta(days=12) or not store_draws.waiting_among([action_id]):
        return
    reviewer = cast.actor("reviewer")
    with at(day, 11):
        seen = Seen(CheckOutcome.done, "现场复核，整改保持良好。", reviewer.person_id, None, day, worker_check=True)
        store_checks.seen_on_site(reviewer, action_id, seen, policy)


def _correct(
    cast: Cast, plot: Plot, visit: Any, policy: Any, released: date, today: date, chance: random.Random
) -> None:
    manager, reviewer = cast.manager_of(plot.enterprise or 0), cast.actor("reviewer")
    there = visits.finders(visit)
    for place, action in enumerate(actions.of_visit(cast.system, visit.id)):
        taken = _days_taken(plot, action.days, place, chance)
        if action.state.value == "planned" and plot.after == "late" and _may_be_repaid(visit, action):
            _repay(cast, visit, action.id, released + timedelta(days=25), today, chance)
            continue
        if taken is None or action.state.value != "planned":
            continue
        sent = released + timedelta(days=taken)
        checked = sent + timedelta(days=3 + chance.randrange(6))
        if sent >= today:
            continue
        with at(sent, 16):
            actions.attach(manager, action.id, pictures.proof(place), f"整改照片{place + 1}.png", "整改后现场")
            actions.send_evidence(manager, action.id, "已完成整改，请核验。")
        if checked < today and chance.random() < 0.12:
            with at(checked, 14):
                actions.give_back(reviewer, action.id, "照片看不出整改部位，请补拍全景并附验收记录。")
            sent, checked = checked + timedelta(days=6), checked + timedelta(days=11)
            if sent >= today or place % 5 == 0:
                continue
            with at(sent, 16):
                actions.send_evidence(manager, action.id, "已补拍全景，验收记录由设备科保存。")
        if checked >= today or (plot.days_ago < 110 and place % 6 == 1):
            continue
        with at(checked, 14):
            deadline = policy.severities["zero_tolerance" if action.zero_tolerance else action.severity]
            how = How.on_site if deadline.verification == "on_site" else How.desk
            actions.verify(
                reviewer, action.id, Check(how, "现场查看并询问员工，已整改到位。", worker_check=True), there, policy,
                clock.today("Asia/Shanghai"),
            )  # fmt: skip
        _look(cast, action.id, checked + timedelta(days=16), policy, today)


def _may_be_repaid(visit: Any, action: Any) -> bool:
    """Whether a repayment plan may take the place of its due date."""
    rungs = visits.checklist(visit).ladder.rungs(kind_of_deadline(action.severity, action.zero_tolerance))
    return action.item in REPAID and not action.zero_tolerance and "repayment" in rungs.down


def _repay(cast: Cast, visit: Any, action_id: UUID, agreed_on: date, today: date, chance: random.Random) -> None:
    """Wages are paid back in three payments. Workers confirm what was paid; some payments are missed."""
    if agreed_on >= today:
        return
    reviewer, fen = cast.actor("reviewer"), 100 * chance.randrange(40_000, 260_000, 500)
    payments = [Instalment(agreed_on + timedelta(days=30 * number), fen // 3) for number in (1, 2, 3)]
    with at(agreed_on, 15):
        plan = store_agreed.agree_repayment(
            reviewer, action_id, payments, "企业分三期补发，逐人签收。", visits.checklist(visit), visits.finders(visit),
            clock.today("Asia/Shanghai"), owed_fen=fen, workers=chance.randrange(6, 40),
        )  # fmt: skip
    for number, payment in enumerate(payments, 1):
        if payment.due_on >= today or chance.random() < 0.12:
            return
        with at(payment.due_on, 16):
            store_agreed.note_paid(reviewer, plan.id, number, payment.due_on, clock.today("Asia/Shanghai"))
        asked = payment.due_on + timedelta(days=6)
        if asked < today and chance.random() < 0.85:
            with at(asked, 10):
                store_agreed.confirm(reviewer, plan.id, number, asked, chance.randrange(5, 9), asked)


def _days_taken(plot: Plot, days: int, place: int, chance: random.Random) -> int | None:
    """How many days after the letter the enterprise sends its evidence for an action that has so many; None: never."""
    about = min(max(days - chance.randrange(-6, 6), 2), 80)
    if plot.after == "partly" and place % 3 == 2:
        return about + 35 if plot.days_ago > 120 else None
    if plot.after == "late":
        return about + 25 if place % 6 else None
    return about


def _photograph(inspector: Actor, visit: Any, given: list[Any], chance: random.Random) -> None:
    wrong = [a for a in given if a.verdict and a.verdict.value == "non_compliant"][:1]
    for number, answer in enumerate(wrong):
        upload = evidence.check(pictures.scene(answer.item, chance), f"{answer.item}-{number + 1}.jpg")
        visits.add_evidence(inspector, visit, answer.item, upload, caption="现场照片")


def _closing(plot: Plot, day: date, inspector: str) -> Closing:
    if plot.until in ("refused", "closed_down", "not_found"):
        return Closing(
            visited_on=day, inspector_name=inspector, representative_signature=None,
            outcome=Outcome(plot.until), outcome_reason=_ENDINGS[plot.until],
        )  # fmt: skip
    return Closing(
        visited_on=day,
        inspector_name=inspector,
        representative_signature=plot.signature,
        representative_name="" if plot.signature is Signature.absent else "厂长（示例）",
        representative_role="" if plot.signature is Signature.absent else "厂长",
        witness="社区网格员（示例）" if plot.signature is Signature.absent else "",
        remark="已知晓，将尽快整改。" if plot.signature is Signature.signed else "",
    )


def at(day: date, hour: int) -> Any:
    """Inside it, it is that hour of that day in the association's time zone; never later than now."""
    moment = datetime.combine(day, time(hour, 12), ZONE).astimezone(UTC)
    return clock.at(min(moment, datetime.now(UTC)))


_PURPOSES = {
    Route.random: "",
    Route.targeted: "上次走访发现问题较多，本次重点查看安全和加班。",
    Route.complaint: "按常规清单全面查看。",
    Route.follow_up: "复查上次未完成的整改事项。",
    Route.voluntary: "企业主动申请走访。",
}
_DISPUTE = "该项与实际情况不符：所列人员当日已办理相关手续，附名册供核对。"
_ENDINGS = {
    "refused": "门卫称负责人不在，电话联系后仍不同意进入。",
    "closed_down": "厂房已清空，房东称企业两个月前停产。",
    "not_found": "登记地址为居民楼，未找到该企业。",
}


def register(cast: Cast, told: list[Invented]) -> None:
    """Write the invented enterprises with their pledges into the register."""
    system = cast.system
    for one in told:
        row = enterprises.create(
            system,
            {
                "name": one.name, "name_other": one.name_en, "credit_code": one.code, "sector": one.sector,
                "district": one.district,
                "size": "large" if one.workers >= 300 else "small" if one.workers >= 20 else "micro",
                "workers": one.workers, "women": one.workers * 3 // 5, "migrants": one.workers // 2,
                "under_18": 2 if one.number % 8 == 0 else 0, "legal_representative": "法定代表人（示例）",
                "contact_name": "行政主管（示例）", "contact_phone": f"0871-0000{one.number:04d}",
                "contact_email": f"office{one.number}@example.org", "address": f"示例市示例路{one.number}号",
                "letter_language": one.language,
            },
        )  # fmt: skip
        workplace = enterprises.workplaces_of(system, row.id)[0]
        if one.flags:
            kept = {name: getattr(workplace, name) for name in WorkplaceFacts.__dataclass_fields__}
            facts = WorkplaceFacts(**{**kept, **dict.fromkeys(one.flags, True)})
            enterprises.edit_workplace(system, workplace, facts)
        if one.number % 9:
            enterprises.record_pledge(
                system,
                row,
                code_version="2026.1",
                signed_on=clock.today("Asia/Shanghai"),
                signed_by="法定代表人（示例）",
            )
        cast.enterprises.append((one, row.id, workplace.id))
