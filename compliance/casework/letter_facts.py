"""What a letter prints: gathered from visit, enterprise, pledge, checklist, score, findings and actions."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from uuid import UUID
from zoneinfo import ZoneInfo

from compliance.associations import signing, store_signatories
from compliance.casework import letter_photos
from compliance.casework.cases import Case
from compliance.checklists.rules import Checklist, Item, Severity, Verdict
from compliance.corrective_actions.rules import ENTERPRISE, ActionState
from compliance.corrective_actions.seen import ActionView
from compliance.enterprises import store as enterprises
from compliance.findings.rules import Position, PublicFinding
from compliance.letters import rules as letters
from compliance.people import store as people
from compliance.people.rules import Actor
from compliance.scorecards.result import OVERALL, AreaScore, Result
from compliance.scorecards.shortfalls import asked, sealed_facts
from compliance.scorecards.store import ScorecardView
from compliance.shared import clock
from compliance.shared.words import Text
from compliance.visits.rules import Answer

# Said where the inspector's own words may not be printed, or where a tick was all there was to say.
NOT_VERIFIED = Text("Could not be verified from what was shown: {question}", "根据所提供的资料无法核实：{question}")
NOT_MET = Text("Not as the checklist asks: {question}", "与下列要求不一致：{question}")
PARTLY_MET = Text("Only in part as the checklist asks: {question}", "仅部分符合下列要求：{question}")
PARTY = Text("the enterprise", "贵单位")
LEAD, MEMBER = Text("lead inspector", "走访组长"), Text("inspector", "走访员")
SIGNER = Text("for the association", "经办人")


@dataclass(frozen=True)
class Dates:
    """The days that a letter prints; all None in a draft."""

    dated: date | None = None
    reply_by: date | None = None
    plan_by: date | None = None
    call_by: datetime | None = None


def gather(
    actor: Actor,
    case: Case,
    result: Result,
    findings: Sequence[PublicFinding],
    actions: Iterable[ActionView],
    previous: ScorecardView | None,
    *,
    kind: str,
    dates: Dates | None = None,
    waiver: str = "",
    outsider: letters.Outsider | None = None,
    signer: str = "",
    verify_url: str = "",
    cites: letters.Cited | None = None,
    changes: Sequence[letters.Change] = (),
) -> letters.Facts:
    """The facts of a letter. ``findings`` are those that the enterprise may see, ``actions`` their corrective actions
    as they stand. Every citation is carried; only those confirmed and in force on the day are printed.
    """
    dates = dates or Dates()
    ordered = _gravest_first(findings)
    photos = letter_photos.printed(case, ordered)
    by_finding: dict[UUID, list[ActionView]] = {}
    for action in actions:
        if action.state is not ActionState.withdrawn:
            by_finding.setdefault(action.finding_id, []).append(action)
    return replace(
        frame(actor, case, kind, signer=signer, verify_url=verify_url),
        team=_team(case),
        good_practices=tuple(letters.same(answer.good) for answer in _tellable(case) if answer.good),
        card=card(case.checklist, result, previous),
        findings=tuple(
            replace(
                _finding(number, case.checklist, one, by_finding.get(one.id, []), case), photos=photos.get(one.id, ())
            )
            for number, one in enumerate(ordered, start=1)
        ),
        dated=dates.dated,
        reply_by=dates.reply_by,
        plan_by=dates.plan_by,
        call_by=dates.call_by,
        told_on=_told_on_site(case, by_finding.values()),
        waiver=waiver,
        outsider=outsider,
        cites=cites,
        changes=tuple(changes),
    )


def office_for(checklist: Checklist, kind: str) -> str:
    """The office that the checklist's ladder lets sign letters of this kind; empty where a reviewer or an inspector
    signs.
    """
    terms = checklist.ladder.letters.get(kind)
    return terms.signer if terms and terms.signer in signing.OFFICES else ""


def office_unheld(actor: Actor, checklist: Checklist, kind: str, on: date) -> str:
    """The office that must sign a letter of this kind while nobody signs for it on that day; else empty."""
    office = office_for(checklist, kind)
    return office if store_signatories.unheld(actor.association_id, office, on) else ""


def frame(actor: Actor, case: Case, kind: str, *, signer: str = "", verify_url: str = "") -> letters.Facts:
    """What every letter about a visit rests on: who writes to whom, about which workplace and day, under which code."""
    visited_on = case.visited_on
    enterprise = enterprises.get(actor, case.visit.enterprise_id)
    pledge = enterprises.pledge_in_force(actor, enterprise.id, visited_on)
    return letters.Facts(
        association=association(actor),
        enterprise=letters.Enterprise(
            name=enterprise.name,
            code=enterprise.credit_code or "",
            name_en=enterprise.name_other,
            legal_representative=enterprise.legal_representative,
            address=letters.same(enterprise.address),
        ),
        workplace=_workplace(actor, case.visit.workplace_id),
        visited_on=visited_on,
        code_title=case.checklist.code.title,
        code_version=case.checklist.code.version,
        pledged_on=pledge.signed_on if pledge else None,
        signer=letters.Signer(signer, SIGNER, office_for(case.checklist, kind)),
        verify_url=verify_url,
    )


def card(checklist: Checklist, result: Result, previous: ScorecardView | None) -> letters.Card:
    """The scorecard extract: the areas, the whole, the lowest, and the workplace's own visit before."""
    before = previous.result if previous else None
    earlier = {area.area: area for area in (*before.areas, before.overall)} if before else {}
    titles = {area.id: area.title for area in checklist.areas}

    def line(area: AreaScore) -> letters.AreaScore:
        band = checklist.policy.band(area.band) if area.band else None
        last = earlier.get(area.area)
        return letters.AreaScore(
            area=titles.get(area.area, Text("", "")),
            score=area.shown,
            band=band.label if band else None,
            colour=band.colour if band else "grey",
            coverage=area.coverage,
            previous_score=last.shown if last else None,
            previous_band=checklist.policy.band(last.band).label if last and last.band else None,
        )

    return letters.Card(
        areas=tuple(line(area) for area in result.areas),
        overall=line(result.area(OVERALL)),
        lowest=titles[result.lowest_to_print] if result.lowest_to_print else None,
        previous_visit=previous.visited_on if previous else None,
        limits=tuple(letters.Limit(cap.when, checklist.policy.band(cap.band).label) for cap in result.caps),
    )


def association(actor: Actor) -> letters.Association:
    """The association as its letterhead prints it."""
    row = people.association(actor)
    kept = str(row.settings.get("contact", "") or "")
    return letters.Association(
        name=Text(row.name_en, row.name_zh),
        mark=row.short_name_zh,
        address=Text(row.address_en, row.address_zh),
        phone=row.phone,
        email=row.email,
        contact=Text(row.contact_en or row.contact_zh or kept, row.contact_zh or row.contact_en or kept),
        logo_digest=row.logo_zh_digest or row.logo_digest or "",
        logo_media_type=row.logo_media_type,
        post_code=row.post_code or "",
        website=row.website or "",
    )


def seen_text(item: Item, finding: PublicFinding) -> Text:
    """What was seen, in words that an enterprise may read: the confirmed facts, then the inspector's note."""
    facts = [fact.text for fact in item.facts if fact.id in finding.facts]
    en, zh = "; ".join(fact.en for fact in facts), "；".join(fact.zh for fact in facts)
    if finding.seen:
        return Text(f"{en}. {finding.seen}" if en else finding.seen, f"{zh}。{finding.seen}" if zh else finding.seen)
    if facts:
        return Text(f"{en}.", f"{zh}。")
    return unmet(item, finding.verdict)


def unmet(item: Item, verdict: Verdict | None) -> Text:
    """A shortfall in the words of the checklist alone."""
    frame = {Verdict.unable_to_verify: NOT_VERIFIED, Verdict.partial: PARTLY_MET}.get(
        verdict or Verdict.non_compliant, NOT_MET
    )
    return Text(frame.en.format(question=item.question.en), frame.zh.format(question=item.question.zh))


def _told_on_site(case: Case, actions: Iterable[list[ActionView]]) -> date | None:
    """The day of the visit, where everything urgent was told on site; None where something was told later only."""
    told = [one.told_on for each in actions for one in each if one.zero_tolerance or one.severity is Severity.critical]
    return case.visited_on if told and all(day == case.visited_on for day in told) else None


def plan_by(actions: Iterable[ActionView]) -> date | None:
    """The day by which the plan is asked for: the earliest of all actions; None without any."""
    due = [action.plan_due_on for action in actions if action.plan_due_on]
    return min(due, default=None)


def _finding(
    number: int, checklist: Checklist, one: PublicFinding, actions: list[ActionView], case: Case
) -> letters.Finding:
    item = checklist.item(one.item)
    first = actions[0] if actions else None
    due = min((action.due_on for action in actions if action.due_on), default=None)
    reply = case.replies.get(one.id)
    return letters.Finding(
        number=number,
        area=checklist.area(one.area).title,
        seen=seen_text(item, one),
        severity=one.severity.value,
        clause=one.clause,
        action=_action(item, actions),
        zero_tolerance=one.zero_tolerance,
        repeat=one.repeat_of_id is not None,
        workers=one.workers_affected,
        some_workers=one.some_workers,
        citations=tuple(citation(checklist, key) for key in one.law if key in checklist.laws),
        due=due,
        provisional=any(action.due_provisional and action.due_on == due for action in actions),
        evidence=item.evidence,
        accountable=PARTY if first is None or first.accountable == ENTERPRISE else letters.same(first.accountable),
        reply=letters.Reply(one.reply_position.value, one.reply_text, reply)
        if isinstance(one.reply_position, Position) and reply
        else None,
        id=str(one.id),
    )


def _action(item: Item, actions: list[ActionView]) -> Text:
    if not actions:
        return item.action
    return Text(
        " ".join(action.text.en or action.text.zh for action in actions),
        "".join(action.text.zh or action.text.en for action in actions),
    )


def citation(checklist: Checklist, key: str) -> letters.Citation:
    """An entry of the checklist's law, marked whether it may be printed."""
    entry = checklist.laws[key]
    book = checklist.books.get(entry.law)
    title = book.title if book else Text(entry.law, entry.law)
    printable = entry.confirmed and not checklist.kept_off(key).en
    return letters.Citation(title, entry.article, printable, entry.valid_from, entry.valid_to)


def _gravest_first(findings: Iterable[PublicFinding]) -> list[PublicFinding]:
    order = ["critical", "major", "minor"]
    return sorted(findings, key=lambda one: (not one.zero_tolerance, order.index(one.severity.value)))


def _tellable(case: Case) -> list[Answer]:
    """The answers in checklist order, without those of items of which a part stays inside the association."""
    answers, cleared = case.folded.answers, case.cleared
    sorted_items = asked(case.checklist, answers, case.profile, cleared)
    hidden = sorted_items.withheld | sorted_items.behind
    return [
        answers[item.id]
        for item in case.checklist.items
        if item.id in answers and item.id not in hidden and not sealed_facts(item, answers[item.id], cleared)
    ]


def _workplace(actor: Actor, workplace_id: UUID) -> Text:
    row = enterprises.workplace(actor, workplace_id)
    place = row.address or row.name
    if row.main or not row.name:
        return (
            Text(f"your workplace at {place}", f"位于{place}的生产经营场所")
            if place
            else Text("your workplace", "贵单位的生产经营场所")
        )
    return letters.same(f"{row.name}（{row.address}）" if row.address else row.name)


def _team(case: Case) -> tuple[letters.Member, ...]:
    names = people.people_names(case.inspectors)
    return tuple(
        letters.Member(MEMBER if place else LEAD, names.get(person_id, ""))
        for place, person_id in enumerate(case.inspectors)
    )


def call_by(now: datetime) -> datetime:
    """Until when an urgent letter asks for a telephone call: a day after it was sent, on the hour (aware, any zone)."""
    return datetime.fromordinal(now.date().toordinal() + 1).replace(hour=now.hour, tzinfo=now.tzinfo)


def local_now(zone: str) -> datetime:
    """The moment in the association's zone."""
    return clock.now().astimezone(ZoneInfo(zone))
