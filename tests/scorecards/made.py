"""Small checklists and answers, made for tests of rules."""

from collections.abc import Callable, Mapping
from datetime import date
from decimal import Decimal
from typing import Any

from compliance.checklists.rules import (
    Area,
    Band,
    Cap,
    Checklist,
    Code,
    Deadlines,
    Disclosure,
    Fact,
    Item,
    Policy,
    Profile,
    Severity,
    Text,
    Verdict,
)
from compliance.shared.problems import Problem
from compliance.visits.answers import Answer, Known

AREA_IDS = ("wages", "safety", "sanitation", "social_security", "punishment")
PROFILE = Profile(workers=120, women=60, sector="C18", size="small")


def text(words: str) -> Text:
    """A text that says the same in both languages."""
    return Text(words, words)


def deadlines(**changes: Any) -> Deadlines:
    """The deadlines of a major finding, with changes."""
    return Deadlines(
        **{
            "containment_days": None,
            "plan_days": 14,
            "verification": "desk",
            "verification_days": None,
            "extension": True,
            "moved_off_rest_days": True,
            "on_site_share": Decimal("0.33"),
            "second_person": True,
            **changes,
        }
    )


def policy(**changes: Any) -> Policy:
    """The policy of domain facts 1.8, with changes."""
    urgent = {"verification": "on_site", "extension": False, "moved_off_rest_days": False}
    return Policy(
        **{
            "weights": {
                Severity.critical: Decimal(5),
                Severity.major: Decimal(3),
                Severity.minor: Decimal(1),
            },
            "credits": {
                Verdict.compliant: Decimal(1),
                Verdict.partial: Decimal("0.5"),
                Verdict.non_compliant: Decimal(0),
                Verdict.unable_to_verify: Decimal(0),
            },
            "bands": tuple(
                Band(id, Decimal(floor), text(id), "grey")
                for id, floor in (("good", 86), ("fair", 71), ("improve", 51), ("weak", 30), ("urgent", 0))
            ),
            "coverage_minimum": Decimal("0.8"),
            "caps": (
                Cap("zero_tolerance", band="urgent", hide_score=True),
                Cap("critical_open", at_most="improve"),
                Cap("area_below", at_most="weak", below=Decimal(30)),
                Cap("falsified", at_most="improve"),
            ),
            "severities": {
                "zero_tolerance": deadlines(containment_days=0, plan_days=3, **urgent),
                "critical": deadlines(containment_days=3, plan_days=7, **urgent),
                "major": deadlines(),
                "minor": deadlines(second_person=False, on_site_share=Decimal(0)),
            },
            **changes,
        }
    )


def item(id: str, **changes: Any) -> Item:
    """A major item of the first area, with changes."""
    return Item(
        **{
            "id": id,
            "area": "wages",
            "core": True,
            "clause": "2.1",
            "question": text("?"),
            "guidance": text(""),
            "look_for": {},
            "law": ("LL-48",),
            "severity": Severity.major,
            "facts": (),
            "action": text("Do it"),
            "days": 30,
            "evidence": (),
            "ilo": (),
            **changes,
        }
    )


def fact(id: str, *, zero_tolerance: bool = True, sealed: bool = False) -> Fact:
    """A fact that is told on the spot, or sealed."""
    return Fact(id, text(id), zero_tolerance, Disclosure.sealed if sealed else Disclosure.tell_now)


def checklist(*items: Item, **changes: Any) -> Checklist:
    """A checklist of these items, sorted into the five areas."""
    return Checklist(
        **{
            "digest": "0" * 64,
            "code": Code(text("Code"), "2026.1", (), effective_from=date(2026, 1, 1)),
            "laws": {},
            "areas": tuple(
                Area(id, text(id), text(id), tuple(one for one in items if one.area == id)) for id in AREA_IDS
            ),
            "policy": policy(),
            **changes,
        }
    )


def answer(id: str, verdict: str | None, **changes: Any) -> Answer:
    """An answer known from documents, with changes."""
    return Answer(
        **{
            "item": id,
            "verdict": Verdict(verdict) if verdict else None,
            "known_by": frozenset({Known.document}),
            **changes,
        }
    )


def answers(verdicts: Mapping[str, str | None]) -> dict[str, Answer]:
    """Answers known from documents: item id to verdict."""
    return {id: answer(id, verdict) for id, verdict in verdicts.items()}


def refusal(act: Callable[..., object], *args: Any, **kwargs: Any) -> str | None:
    """The code of the problem that a call raises, or None if it goes through."""
    try:
        act(*args, **kwargs)
    except Problem as problem:
        return problem.code
    return None
