"""A small checklist for the tests of visits: every kind of item once."""

from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

from compliance.checklists.rules import (
    Area,
    Checklist,
    Clause,
    Code,
    Condition,
    Disclosure,
    Fact,
    Item,
    Opens,
    Policy,
    Quantity,
    Severity,
    Suggestion,
    Text,
    Verdict,
)
from compliance.visits.rules import Event

MOMENT = datetime(2026, 11, 21, 6, 0, tzinfo=UTC)
DAY = date(2026, 11, 21)


def words(en: str) -> Text:
    return Text(en, f"中文：{en}")


def item(id: str, area: str, **given: Any) -> Item:
    defaults: dict[str, Any] = {
        "core": True,
        "clause": "2.1",
        "question": words(f"Question {id}?"),
        "guidance": words("Look."),
        "look_for": {"document": (words("A paper"),), "observation": (), "interview": (words("Tell me"),)},
        "law": (),
        "severity": Severity.major,
        "facts": (),
        "action": words("Repair it."),
        "days": 30,
        "evidence": (),
        "ilo": (),
    }
    return Item(id=id, area=area, **{**defaults, **given})


LOCKED = Fact("exit-locked", words("An exit is locked now"), True, Disclosure.tell_now)
STRUCK = Fact("worker-struck", words("A worker was struck"), True, Disclosure.sealed)
RUN = Quantity("longest-run", words("Longest run"), words("days"), Decimal(0), Decimal(366))

CHECKLIST = Checklist(
    digest="d" * 64,
    code=Code(
        words("Code"),
        "2026.1",
        tuple(
            Clause(number, area, words(f"Clause {number}"), words("Text"))
            for number, area in (("2.1", "wages"), ("2.6", "wages"), ("3.1", "safety"), ("6.5", "punishment"))
        ),
    ),
    laws={},
    areas=(
        Area(
            "wages",
            words("Wages"),
            words("Wages"),
            (
                item("WAG01", "wages"),
                item(
                    "WAG08",
                    "wages",
                    clause="2.6",
                    quantities=(RUN,),
                    suggestion=Suggestion("at_most", {"quantity": "longest-run", "limit": 6}),
                ),
                item("WAG11", "wages", applies=(Condition("piece_work", True),)),
            ),
        ),
        Area(
            "safety",
            words("Safety"),
            words("Safety"),
            (
                item("SAF01", "safety", clause="3.1", severity=Severity.critical, facts=(LOCKED,)),
                item("SAF04", "safety", clause="3.1", severity=Severity.minor),
                item("SAF05", "safety", clause="3.1", only_if=Opens("SAF04", frozenset({Verdict.partial}))),
            ),
        ),
        Area(
            "punishment",
            words("Discipline"),
            words("Discipline"),
            (item("PUN05", "punishment", clause="6.5", severity=Severity.critical, facts=(STRUCK,)),),
        ),
    ),
    policy=Policy({}, {}, (), Decimal("0.8"), (), {}),
)


def event(n: int, item: str, field: str, value: Any, replaces: tuple[int, ...] = (), **given: Any) -> Event:
    """An event with the id ``n``."""
    return Event(UUID(int=n), item, field, value, frozenset(UUID(int=r) for r in replaces), **given)
