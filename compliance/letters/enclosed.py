"""The facts that a letter carries for machines, as JSON in its PDF: what the paper says, and nothing more.

Each section gives the facts of which it speaks, in the letter's own languages and as exactly as it prints them, so that
no letter can enclose what it does not say. The shape is described in the handbook (developers); a change that could
break a reader's program raises ``VERSION``.
"""

from collections.abc import Callable, Iterable, Mapping
from datetime import date
from typing import Any

from compliance.letters.citations import cite, printable
from compliance.letters.facts import NOTHING, AreaScore, Finding, Point
from compliance.letters.recipes import REFERRAL
from compliance.letters.sections import Composition
from compliance.shared.words import Text, reached

SCHEMA, VERSION = "workplace-compliance/letter", 1
FILENAME = "letter.json"


def enclosed(
    on: Composition, sections: Iterable[str], title: Mapping[str, str], code: str, check: str
) -> dict[str, Any]:
    """The facts of an issued letter as plain JSON values. ``sections`` are those that it has; ``code`` and ``check``
    (an address) are as printed.
    """
    facts = on.facts
    made: dict[str, Any] = {
        "schema": SCHEMA,
        "version": VERSION,
        "kind": on.kind,
        "number": on.number,
        "dated": _day(facts.dated),
        "title": dict(title),
        "code": code,
        "check": check,
        "from": _said(on, facts.association.name),
        "to": _addressee(on),
    }
    for name in sections:
        if name in _GIVES:
            for key, value in _GIVES[name](on).items():
                made[key] = made[key] + value if isinstance(value, list) and key in made else value
    return {key: value for key, value in made.items() if value not in ("", None, {}, [])}


def _addressee(on: Composition) -> dict[str, Any]:
    if on.kind == REFERRAL:
        return {"name": _said(on, on.facts.referral.to)} if on.facts.referral else {}
    enterprise = on.facts.enterprise
    name = Text(enterprise.name_en or enterprise.name, enterprise.name)
    return {"name": _said(on, name), **({"credit_code": enterprise.code} if enterprise.code else {})}


def _basis(on: Composition) -> dict[str, Any]:
    facts = on.facts
    return {
        "visit": {"on": _day(facts.visited_on), "workplace": _said(on, facts.workplace)},
        "code_of_conduct": {"title": _said(on, facts.code_title), "version": facts.code_version},
        "follows": _cited(on),
    }


def _follow(on: Composition) -> dict[str, Any]:
    facts = on.facts
    return {
        "visit": {"on": _day(facts.visited_on), "workplace": _said(on, facts.workplace)},
        "follows": _cited(on),
    }


def _cited(on: Composition) -> dict[str, Any] | None:
    cites = on.facts.cites
    return {"number": cites.number, "dated": _day(cites.dated)} if cites else None


def _card(on: Composition) -> dict[str, Any]:
    card = on.facts.card
    if card is None:
        return {}

    def line(one: AreaScore) -> dict[str, Any]:
        scored = {} if one.score is None else {"score": f"{one.score:.1f}", "band": _said(on, one.band or NOTHING)}
        return {**scored, "looked_at": reached(one.coverage)}

    areas = [{"area": _said(on, one.area), **line(one)} for one in card.areas]
    return {"scorecard": {"areas": areas, "overall": line(card.overall)}}


def _findings(on: Composition) -> dict[str, Any]:
    return {"findings": [_finding(on, one) for one in on.facts.findings]}


def _urgent(on: Composition) -> dict[str, Any]:
    by = on.facts.call_by
    call = {"call_by": by.strftime("%Y-%m-%dT%H:%M")} if by else {}
    return {"findings": [_finding(on, one) for one in on.facts.findings if one.urgent], **call}


def _others(on: Composition) -> dict[str, Any]:
    return {"findings": [_finding(on, one) for one in on.facts.findings if not one.urgent]}


def _finding(on: Composition, one: Finding) -> dict[str, Any]:
    made = {
        "number": one.number,
        "area": _said(on, one.area),
        "severity": "zero_tolerance" if one.zero_tolerance else one.severity,
        "repeat": one.repeat,
        "seen": _said(on, one.seen),
        "workers": one.workers,
        "clause": one.clause,
        "law": _said(on, cite(printable(one.citations, on.facts.visited_on))),
        "asked": _said(on, one.action),
        "also_acceptable": _said(on, one.alternative),
        "evidence": [_said(on, text) for text in one.evidence],
        "accountable": _said(on, one.accountable),
        "due": _day(one.due),
        "provisional": one.provisional,
        "reply": {"position": one.reply.position, "on": _day(one.reply.on)} if one.reply else None,
        "photos": len(one.photos),
    }
    return {key: value for key, value in made.items() if value not in ("", None, {}, [])}


def _plan(on: Composition) -> dict[str, Any]:
    return {"plan_by": _day(on.facts.plan_by)} if on.has_plan else {}


def _reply(on: Composition) -> dict[str, Any]:
    return {"reply_by": _day(on.facts.reply_by)}


def _changes(on: Composition) -> dict[str, Any]:
    parts = ("what", "before", "after", "why")
    return {"changes": [{part: _said(on, getattr(one, part)) for part in parts} for one in on.facts.changes]}


def _points(*names: str, closed: bool | None = None) -> Callable[[Composition], dict[str, Any]]:
    """The points of an earlier letter: the number there, the area, and what the section's own columns tell of each."""
    tell: Mapping[str, Callable[[Point], Any]] = {
        "accepted": lambda one: one.accepted,
        "due": lambda one: _day(one.due),
        "late_days": lambda one: one.late_days if one.late else None,
        "state": lambda one: one.state,
        "closed_on": lambda one: _day(one.closed_on),
    }

    def give(on: Composition) -> dict[str, Any]:
        told = [one for one in on.facts.points if closed is None or one.closed is closed]
        listed = []
        for one in told:
            facts = {"number": one.number, "area": _said(on, one.area), **{name: tell[name](one) for name in names}}
            listed.append({key: value for key, value in facts.items() if value is not None})
        return {"points": listed}

    return give


def _remind(on: Composition) -> dict[str, Any]:
    return {"complete_by": _day(on.facts.new_due)}


def _heard(on: Composition) -> dict[str, Any]:
    return {"say_by": _day(on.facts.hearing.say_by)} if on.facts.hearing else {}


_GIVES: Mapping[str, Callable[[Composition], dict[str, Any]]] = {
    "basis": _basis,
    "follow": _follow,
    "card": _card,
    "findings": _findings,
    "urgent": _urgent,
    "others": _others,
    "plan": _plan,
    "reply": _reply,
    "changes": _changes,
    "answers": _points("accepted", "due"),
    "late": _points("due", "late_days", "state"),
    "remind": _remind,
    "heard": _heard,
    "closed": _points("closed_on", closed=True),
    "still_open": _points("due", "state", closed=False),
}


def _said(on: Composition, text: Text) -> dict[str, str]:
    return dict(on.wording.text(text))


def _day(value: date | None) -> str | None:
    return value.isoformat() if value else None
