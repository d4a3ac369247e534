"""The law of letters: which kind fits, what must be there before it is sent, its number, and what it may not say."""

import re
from collections.abc import Iterable, Iterator
from dataclasses import fields
from datetime import date
from typing import Any, Protocol

from compliance.letters import following
from compliance.letters.citations import cite, printable
from compliance.letters.composition import LANGUAGES, compose, usual_passages
from compliance.letters.facts import (
    NOTHING,
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
    Limit,
    Member,
    Outsider,
    Passages,
    Photo,
    Point,
    Referral,
    Reply,
    Signer,
    facts_from_json,
    facts_to_json,
    passages_from_json,
    passages_to_json,
    same,
)
from compliance.letters.following import Lack
from compliance.letters.places import PASSAGES, PLACES, place_of
from compliance.letters.recipes import CORRECTION, FIRST, FOLLOWING, RECIPES, REFERRAL
from compliance.letters.words import Letter
from compliance.shared.problems import Problem
from compliance.shared.words import N_, Text

__all__ = [
    "CORRECTION",
    "FIRST",
    "FOLLOWING",
    "KINDS",
    "LANGUAGES",
    "NOTHING",
    "REFERRAL",
    "AreaScore",
    "Association",
    "Card",
    "Change",
    "Citation",
    "Cited",
    "Enterprise",
    "Facts",
    "Finding",
    "Hearing",
    "Lack",
    "Letter",
    "Limit",
    "Member",
    "Outsider",
    "Passages",
    "Photo",
    "Point",
    "Referral",
    "Reply",
    "Signer",
    "cite",
    "compose",
    "facts_from_json",
    "facts_to_json",
    "kind_for",
    "number",
    "official_words",
    "passages_from_json",
    "passages_to_json",
    "place_of",
    "printable",
    "require_ready",
    "same",
    "unready",
    "usual_passages",
    "withheld",
]

KINDS: tuple[str, ...] = tuple(RECIPES)
LONGEST_PASSAGE = 10_000  # characters
MOST_FINDINGS = 200

_OFFICIAL = re.compile(
    r"责令|处罚|指令书|限期改正|行政命令书"
    r"|\b(?:hereby order|you are ordered|we order you|penalty notice|improvement notice|prohibition notice)",
    re.IGNORECASE,
)


class Shortfall(Protocol):
    """What `kind_for` must know of a finding."""

    @property
    def severity(self) -> Any:
        """critical, major or minor."""

    @property
    def zero_tolerance(self) -> bool:
        """Whether it rests on a zero-tolerance fact."""

    @property
    def sealed(self) -> bool:
        """Whether it rests on a fact that is not cleared for the enterprise."""


def kind_for(findings: Iterable[Shortfall], result: object = None) -> str:
    """The letter that fits: L3 for anything critical or of zero tolerance, L2 for anything else found, L1 for nothing.

    A sealed finding counts for nothing: the kind of the letter must not tell what the letter may not. ``result`` (the
    scorecard's) is taken and not needed: the findings alone decide.
    """
    told = [finding for finding in findings if not finding.sealed]
    if any(finding.zero_tolerance or str(finding.severity) == "critical" for finding in told):
        return "L3"
    return "L2" if told else "L1"


def number(mark: str, year: int, running: int) -> str:
    """The letter's number (发文字号) as a 函 carries it: 示协函〔2026〕12号, in six-angle brackets, without zeros."""
    if not mark or running < 1:
        raise ValueError("a letter number needs the association's mark and a running number from 1")
    return f"{mark if mark.endswith('函') else mark + '函'}〔{year}〕{running}号"


def withheld(facts: Facts) -> tuple[tuple[int, Citation], ...]:
    """(finding's number, citation) of every law entry that is not printed, because it is unconfirmed or was not in
    force on the day of the visit. The reviewer is told of them.
    """
    return tuple(
        (finding.number, citation)
        for finding in facts.findings
        for printed in (printable(finding.citations, facts.visited_on),)
        for citation in finding.citations
        if citation not in printed
    )


def official_words(text: str) -> tuple[str, ...]:
    """Words of an authority that the association has no power to use, as they stand in ``text``."""
    return tuple(dict.fromkeys(match[0] for match in _OFFICIAL.finditer(text)))


def unready(kind: str, facts: Facts, passages: Passages) -> tuple[Lack, ...]:
    """Everything that keeps a letter from being sent; empty when it may go."""
    return tuple(_lacks(kind, facts, passages))


def require_ready(kind: str, facts: Facts, passages: Passages, language: str) -> None:
    """Raise ``Problem`` ``letter-incomplete`` that lists all lacks in the reader's ``language``."""
    lacks = unready(kind, facts, passages)
    if lacks:
        listed = "; ".join(lack.text.in_(language) for lack in lacks)
        raise Problem("letter-incomplete", N_("The letter cannot be sent yet: %(lacks)s"), lacks=listed)


def _lacks(kind: str, facts: Facts, passages: Passages) -> Iterator[Lack]:
    needed = {
        "association-name": (
            facts.association.name.zh,
            Text("the association's name is missing", "缺少协会名称"),
        ),
        "association-mark": (
            facts.association.mark,
            Text("the association's short name for letter numbers is missing", "缺少发文机关代字"),
        ),
        "enterprise-name": (
            facts.enterprise.name,
            Text("the enterprise's registered name is missing", "缺少企业注册名称"),
        ),
        "dated": (facts.dated, Text("the letter's date is missing", "缺少发函日期")),
        "reply-by": (
            facts.reply_by or kind not in (*FIRST, CORRECTION),
            Text("the last day for a reply is missing", "缺少反馈意见的截止日期"),
        ),
        "plan-by": (
            facts.plan_by or not facts.findings,
            Text("the last day for the plan is missing", "缺少反馈整改计划的截止日期"),
        ),
    }
    for code, (value, text) in needed.items():
        if not value:
            yield Lack(code, text)
    yield from following.lacks(kind, facts)
    if kind == CORRECTION and (facts.cites is None or not facts.changes):
        yield Lack(
            "changes",
            Text(
                "a correcting letter needs the letter it corrects and what changes",
                "更正函须注明原函文号和更正内容",
            ),
        )
    if kind == "L1" and facts.findings:
        yield Lack("kind", Text("a letter without action cannot carry findings", "无需整改的告知函不能列出整改事项"))
    if kind in ("L2", "L3") and not facts.findings:
        yield Lack("findings", Text("there is nothing to improve in this letter", "本函没有任何整改事项"))
    if kind == "L3" and not any(finding.urgent for finding in facts.findings):
        yield Lack("urgent", Text("nothing in this letter is urgent", "本函没有紧急事项"))
    if kind == "L3" and not facts.association.phone:
        yield Lack(
            "phone",
            Text("an urgent letter needs the association's telephone number", "紧急关切函须注明协会电话"),
        )
    if max(len(facts.findings), len(facts.points)) > MOST_FINDINGS:
        yield Lack(
            "too-many",
            Text(f"at most {MOST_FINDINGS} findings fit a letter", f"一份函件最多列{MOST_FINDINGS}项"),
        )
    undated = [str(finding.number) for finding in facts.findings if finding.due is None]
    if undated:
        yield Lack(
            "due",
            Text(f"no date set for finding {', '.join(undated)}", f"第{'、'.join(undated)}项尚未确定完成日期"),
        )
    yield from _unfit(facts, passages)


def _unfit(facts: Facts, passages: Passages) -> Iterator[Lack]:
    for field in fields(passages):
        text: Text = getattr(passages, field.name)
        place = PASSAGES[field.name]
        if max(len(text.en), len(text.zh)) > LONGEST_PASSAGE:
            yield Lack(
                "too-long",
                Text(
                    f"{place.en}: more than {LONGEST_PASSAGE} characters",
                    f"{place.zh}：超过{LONGEST_PASSAGE}字",
                ),
            )
        for word in official_words(f"{text.en}\n{text.zh}"):
            yield Lack("official-words", _official(place, word))
    said = [(one.number, one.action) for one in facts.findings]
    for point in facts.points:
        said += [(point.number, point.asked), (point.number, point.remark)]
    for where, text in [
        *((Text(f"finding {number}", f"第{number}项"), text) for number, text in said),
        (PLACES["next_step"], facts.next_step),
    ]:
        for word in official_words(f"{text.en}\n{text.zh}"):
            yield Lack("official-words", _official(where, word))


def _official(place: Text, word: str) -> Text:
    return Text(
        f"{place.en}: “{word}” is a word of the authorities; recommend or request instead",
        f"{place.zh}：“{word}”为行政机关用语，请改用“建议”“请贵单位”等表述",
    )


def year_of(facts: Facts) -> int:
    """The year that the letter's number counts in: that of its date. Raises ``ValueError`` without a date."""
    dated: date | None = facts.dated
    if dated is None:
        raise ValueError("a letter without a date has no year")
    return dated.year


def addressee(facts: Facts) -> str:
    """To whom a letter is written: the enterprise, or who a referral goes to."""
    if facts.referral is not None:
        return facts.referral.to.zh or facts.referral.to.en
    return facts.enterprise.name


def in_part(name: str) -> str:
    """A name of which whoever holds the letter recognises their own, and nobody else learns another's."""
    shown = 2 if len(name) > 6 else 1
    return f"{name[:shown]}＊＊＊{name[-shown:]}"
