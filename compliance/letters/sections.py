"""What each section of a letter says. A section is a function that gives its heading and blocks, or None when there is
nothing to say.
"""

from collections.abc import Callable, Mapping
from decimal import Decimal

from compliance.letters.citations import cite, printable
from compliance.letters.facts import NOTHING, AreaScore, Finding, Photo, same
from compliance.letters.making import LONG, Made, Making, cell, filled, in_full
from compliance.letters.recipes import FIRST
from compliance.letters.words import Block, Listing, Paragraph, Picture, Row, Said, Table, Wording
from compliance.shared.words import CHINESE, Text, day, reached

_COLOURS = frozenset({"green", "teal", "amber", "orange", "red"})


class Composition(Making):
    """The sections of one letter in the making."""

    def basis(self) -> Made:
        """On what the visit rested, who went, and what this letter is and is not."""
        facts = self.facts
        named = any(m.name for m in facts.team)
        team = Text(
            ("; " if named else ", ").join(": ".join(filter(None, (m.role.en, m.name))) for m in facts.team),
            ("；" if named else "、").join("：".join(filter(None, (m.role.zh, m.name))) for m in facts.team),
        )
        values: dict[str, Text | str] = {
            "visited": in_full(facts.visited_on),
            "workplace": facts.workplace,
            "team": Text(f" ({team.en})", f"（{team.zh}）") if facts.team else NOTHING,
            "code": facts.code_title,
            "version": facts.code_version,
        }
        if facts.cites is not None:
            values |= {"cited_date": in_full(facts.cites.dated), "number": facts.cites.number}
            first = self.paragraph("basis.correction", **values)
        elif facts.pledged_on:
            first = self.paragraph("basis.with_pledge", pledged=in_full(facts.pledged_on), **values)
        else:
            first = self.paragraph("basis.without_pledge", **values)
        return self.wording.say("basis.heading"), [first, self.paragraph("basis.nature")]

    def thanks(self) -> Made:
        """Thanks, and the good practices; left out when the reviewer emptied both."""
        blocks: list[Block] = []
        opening = self.wording.text(self.passages.opening)
        if opening:
            blocks.append(Paragraph(opening))
        points = _points(self.wording, self.passages.good)
        if points:
            blocks += [self.paragraph("thanks.good"), Listing(points)]
        return (self.wording.say("thanks.heading"), blocks) if blocks else None

    def card(self) -> Made:
        """The scorecard extract."""
        card = self.facts.card
        if card is None:
            return None
        say = self.wording
        head = [say.say(f"areas.{column}") for column in ("area", "score", "band", "coverage")]
        if card.previous_visit:
            head.append(say.say("areas.previous", date=in_full(card.previous_visit)))
        rows = [self._score(line, card.previous_visit is not None) for line in card.areas]
        overall = Text(say.data["areas"]["overall"]["en"], say.data["areas"]["overall"]["zh"])
        rows.append(self._score(card.overall, card.previous_visit is not None, overall))
        remarks = []
        if card.lowest:
            remarks.append(say.label("card.lowest"))
        remarks.append(say.label("card.compared") if card.previous_visit else say.label("card.first"))
        if any(line.score is None for line in (*card.areas, card.overall)):
            remarks.append(say.label("card.no_score"))
        remarks += [filled(say.label(f"card.limit_{limit.when}"), {"band": limit.band}) for limit in card.limits]
        remarks.append(say.label("card.bands"))
        joined = Text(" ".join(r.en for r in remarks), "".join(r.zh for r in remarks))
        values: dict[str, Text | str] = {"area": card.lowest or NOTHING}
        if card.previous_visit:
            values["date"] = in_full(card.previous_visit)
        return say.say("card.heading"), [
            self.styled("intro", "card.lead"),
            Table("card", tuple(head), tuple(rows)),
            Paragraph(say.text(filled(joined, values)), "note"),
        ]

    def _score(self, line: AreaScore, compared: bool, name: Text | None = None) -> Row:
        say = self.wording
        none = say.label("labels.none")
        colour = line.colour if line.colour in _COLOURS else "grey"
        cells = [
            cell((say.text(name or line.area), "")),
            cell((say.text(_number(line.score, none)), "")),
            cell((say.text(line.band or none), f"band {colour}")),
            cell((say.text(same(reached(line.coverage))), "")),
        ]
        if compared:
            before = _number(line.previous_score, none)
            band = line.previous_band or NOTHING
            both = Text(" · ".join(filter(None, (before.en, band.en))), " · ".join(filter(None, (before.zh, band.zh))))
            cells.append(cell((say.text(both), "")))
        return Row(tuple(cells), "overall" if name else "")

    def no_action(self) -> Made:
        """Nothing to put right."""
        return self.wording.say("no_action.heading"), [self.paragraph("no_action.text")]

    def changes(self) -> Made:
        """What a correcting letter changes, and that the rest stands."""
        say = self.wording
        rows = tuple(
            Row(tuple(cell((say.text(text), "")) for text in (c.what, c.before, c.after, c.why)))
            for c in self.facts.changes
        )
        head = tuple(say.say(f"changes.{column}") for column in ("what", "before", "after", "why"))
        blocks: list[Block] = [Table("changes", head, rows), self.paragraph("changes.rest")]
        if not self.facts.findings:
            blocks.append(self.paragraph("changes.withdrawn"))
        if opening := say.text(self.passages.opening):
            blocks.append(Paragraph(opening))
        return say.say("changes.heading"), blocks

    def urgent(self) -> Made:
        """The danger, the call, and what the association may have to do."""
        urgent = tuple(f for f in self.facts.findings if f.urgent)
        call_by = self.facts.call_by
        if call_by is None:
            lead = self.styled("lead", "urgent.lead_today", phone=self.phone)
        else:
            minute_zh = f"{call_by:%M}分" if call_by.minute else ""
            moment = Text(
                f"{call_by:%H:%M} on {day(call_by.date(), 'en')}",
                f"{day(call_by.date(), 'zh')}{call_by.hour}时{minute_zh}",
            )
            lead = self.styled("lead", "urgent.lead", phone=self.phone, call_by=moment)
        told = self.facts.told_on
        blocks: list[Block] = [
            lead,
            *([self.paragraph("urgent.told", told_on=in_full(told))] if told else []),
            self._schedule(urgent),
            *self._remarks(urgent),
            self.paragraph("urgent.authority"),
        ]
        return self.wording.say("urgent.heading"), blocks

    def others(self) -> Made:
        """What is not urgent in an urgent letter."""
        others = tuple(f for f in self.facts.findings if not f.urgent)
        return (self.wording.say("urgent.others"), self._findings(others)) if others else None

    def findings(self) -> Made:
        """The schedule of findings."""
        if not self.facts.findings:
            return None
        return self.wording.say("findings.heading"), self._findings(self.facts.findings)

    def _findings(self, findings: tuple[Finding, ...]) -> list[Block]:
        lead = self.styled("intro", "findings.lead", visited=in_full(self.facts.visited_on))
        return [lead, self._schedule(findings), *self._remarks(findings)]

    def _remarks(self, findings: tuple[Finding, ...]) -> list[Block]:
        remarks: list[Block] = []
        if any(printable(f.citations, self.facts.visited_on) for f in findings):
            remarks.append(self.styled("note", "findings.law"))
        if any(f.provisional for f in findings):
            remarks.append(self.styled("note", "findings.provisional"))
        return remarks

    def _schedule(self, findings: tuple[Finding, ...]) -> Table:
        say = self.wording
        head = tuple(say.say(f"schedule.{column}") for column in ("number", "seen", "action", "due"))
        return Table("findings", head, tuple(self._finding(f) for f in findings))

    def _finding(self, finding: Finding) -> Row:
        say = self.wording
        severity = "zero_tolerance" if finding.zero_tolerance else finding.severity
        law = cite(printable(finding.citations, self.facts.visited_on))
        clause = say.label("schedule.clause") if finding.clause else NOTHING
        seen: list[tuple[Said, str]] = [
            (say.text(finding.area), "area"),
            (say.text(finding.seen), ""),
            (self._workers(finding), ""),
            (say.text(_joined(filled(clause, {"clause": finding.clause}), law)), "small"),
        ]
        if finding.reply is not None:
            reply = f"schedule.reply_{finding.reply.position}"
            seen.append((say.say(reply, date=in_full(finding.reply.on), text=finding.reply.text), "reply"))
        evidence = Text(
            "; ".join(e.en or e.zh for e in finding.evidence),
            "；".join(e.zh or e.en for e in finding.evidence),
        )
        action: list[tuple[Said, str]] = [(say.text(finding.action), "")]
        for path, place, text in (
            ("schedule.alternative", "text", finding.alternative),
            ("schedule.evidence", "evidence", evidence),
            ("schedule.accountable", "name", finding.accountable),
        ):
            if text != NOTHING:
                action.append((say.say(path, **{place: text}), "small"))
        due = self.day_or_open(finding.due)
        if finding.provisional:
            due = filled(say.label("labels.provisional"), {"date": due})
        repeat = say.say("schedule.repeat") if finding.repeat else ()
        length = sum(len(words) for said, _ in (*seen, *action) for _, words in said)
        return Row(
            (
                cell(
                    (say.text(same(str(finding.number))), "number"),
                    (say.say(f"severities.{severity}"), "severity"),
                    (repeat, "small"),
                ),
                cell(*seen),
                cell(*action),
                cell((say.text(due), "")),
            ),
            f"{severity} long" if length > LONG else severity,
            tuple(self._picture(finding.number, place, photo) for place, photo in enumerate(finding.photos, start=1)),
        )

    def _picture(self, number: int, place: int, photo: Photo) -> Picture:
        values: dict[str, Text | str] = {"number": str(number), "place": str(place), "date": in_full(photo.on)}
        alt = self.wording.say("photos.alt", **values)
        return Picture(photo.digest, alt[0][1], self.wording.say("photos.caption", **values))

    def plan(self) -> Made:
        """What to send by when, and one extension."""
        if not self.has_plan:
            return None
        some_urgent = any(f.urgent for f in self.facts.findings)
        extension = "plan.extension_not_urgent" if some_urgent else "plan.extension"
        if all(f.urgent for f in self.facts.findings):
            rest: list[Block] = []
        else:
            rest = [self.paragraph(extension)]
        if self.kind in FIRST:
            arrival = "plan.arrival_urgent" if some_urgent else "plan.arrival"
            rest.append(self.paragraph(arrival, dated=self.day_or_open(self.facts.dated)))
        text = self.paragraph("plan.text", plan_by=self.day_or_open(self.facts.plan_by))
        return self.wording.say("plan.heading"), [text, *rest]

    def check(self) -> Made:
        """How completion is checked."""
        some_urgent = any([*(f.urgent for f in self.facts.findings), *(p.urgent for p in self.facts.points)])
        return self.wording.say("check.heading"), [self.paragraph("check.on_site" if some_urgent else "check.desk")]

    def reply(self) -> Made:
        """The right to reply."""
        path = "reply.text" if self.facts.findings else "reply.facts"
        return self.wording.say("reply.heading"), [self.paragraph(path, reply_by=self.day_or_open(self.facts.reply_by))]

    def _workers(self, finding: Finding) -> Said:
        if finding.workers is not None:
            return self.wording.say("schedule.workers", count=str(finding.workers))
        return self.wording.say("schedule.some_workers") if finding.some_workers else ()

    def workers(self) -> Made:
        """No disadvantage for workers."""
        return self.wording.say("workers.heading"), [self.paragraph("workers.text")]

    def support(self) -> Made:
        """Whom to ask, and the official hotlines."""
        lines = self.wording.data["hotlines"]
        hotlines = Text(
            ", ".join(f"{line['number']} ({line['name']['en']})" for line in lines),
            "、".join(f"{line['number']}（{line['name']['zh']}）" for line in lines),
        )
        contact = self.contact()
        blocks: list[Block] = []
        if contact != NOTHING:
            blocks.append(self.paragraph("support.text", contact=contact))
        return self.wording.say("support.heading"), [
            *blocks,
            self.paragraph("support.hotlines", hotlines=hotlines),
        ]


SECTIONS: Mapping[str, Callable[[Composition], Made]] = {
    "basis": Composition.basis,
    "thanks": Composition.thanks,
    "card": Composition.card,
    "no_action": Composition.no_action,
    "changes": Composition.changes,
    "urgent": Composition.urgent,
    "others": Composition.others,
    "findings": Composition.findings,
    "plan": Composition.plan,
    "check": Composition.check,
    "reply": Composition.reply,
    "workers": Composition.workers,
    "support": Composition.support,
}


def _number(value: Decimal | None, none: Text) -> Text:
    return none if value is None else same(f"{value:.1f}")


def _joined(first: Text, second: Text) -> Text:
    return Text("; ".join(filter(None, (first.en, second.en))), "；".join(filter(None, (first.zh, second.zh))))


def _points(wording: Wording, good: Text) -> tuple[Said, ...]:
    """One point a line; the languages' lines are paired where they are equally many."""
    english, chinese = ([line.strip() for line in t.splitlines() if line.strip()] for t in (good.en, good.zh))
    if len(english) == len(chinese):
        pairs = [Text(en, zh) for en, zh in zip(english, chinese, strict=True)]
    elif len(wording.languages) == 1:
        pairs = [same(line) for line in (chinese if wording.languages[0] == CHINESE else english) or english or chinese]
    else:
        pairs = [*(Text("", line) for line in chinese), *(Text(line, "") for line in english)]
    return tuple(said for said in (wording.text(pair) for pair in pairs) if said)
