"""A scorecard as a receipt: inputs and result as canonical JSON, and the proof that one follows from the
other.

Only what the rules read goes into the inputs: no notes, no reasons, no names.
"""

import hashlib
import json
from collections.abc import Iterator, Mapping, Set
from dataclasses import asdict, dataclass, field
from decimal import Decimal
from typing import Any

from compliance.checklists.rules import Checklist, Profile, Severity, Verdict
from compliance.scorecards.result import AreaScore, Capped, Line, Reason, Result
from compliance.scorecards.rules import RULES_VERSION, score
from compliance.scorecards.shortfalls import Cleared
from compliance.visits.answers import Answer, Answers, Known


@dataclass(frozen=True)
class Inputs:
    """Everything that a score is made of, beside the checklist."""

    answers: Answers
    profile: Profile
    cleared: Cleared
    repeated: Set[str]
    decided: Mapping[str, Severity] = field(default_factory=dict)


def inputs_to_json(inputs: Inputs) -> dict[str, Any]:
    """The inputs as plain JSON; the same inputs always give the same JSON."""
    return {
        "answers": {
            id: {
                "verdict": answer.verdict.value if answer.verdict else None,
                "facts": sorted(answer.facts),
                "known_by": sorted(known.value for known in answer.known_by),
                "severity": answer.severity.value if answer.severity else None,
                "workers": answer.workers,
            }
            for id, answer in sorted(inputs.answers.items())
        },
        "profile": _profile(inputs.profile),
        "cleared": sorted(list(pair) for pair in inputs.cleared),
        "repeated": sorted(inputs.repeated),
        # Only where a dispute was decided: what was scored without one keeps its digest.
        **({"decided": {id: one.value for id, one in sorted(inputs.decided.items())}} if inputs.decided else {}),
    }


def inputs_from_json(stored: Mapping[str, Any]) -> Inputs:
    """The inputs of a stored receipt. Raises KeyError, TypeError or ValueError if it was tampered with."""
    return Inputs(
        answers={id: _answer(id, one) for id, one in stored["answers"].items()},
        profile=Profile(**{**stored["profile"], "only": tuple(stored["profile"].get("only", ()))}),
        cleared=frozenset((item, fact) for item, fact in stored["cleared"]),
        repeated=frozenset(stored["repeated"]),
        decided={id: Severity(one) for id, one in stored.get("decided", {}).items()},
    )


def _profile(profile: Profile) -> dict[str, Any]:
    """The profile as plain JSON; what a visit narrows is left out where it asks everything, as it always was."""
    plain = asdict(profile)
    only = plain.pop("only")
    return {**plain, "only": list(only)} if only else plain


def _answer(id: str, stored: Mapping[str, Any]) -> Answer:
    return Answer(
        item=id,
        verdict=Verdict(stored["verdict"]) if stored["verdict"] else None,
        facts=frozenset(stored["facts"]),
        known_by=frozenset(Known(known) for known in stored["known_by"]),
        severity=Severity(stored["severity"]) if stored["severity"] else None,
        workers=stored["workers"],
    )


def result_to_json(result: Result) -> dict[str, Any]:
    """The result as plain JSON; decimals are texts, so that no digit is lost."""
    return {
        "rules_version": result.rules_version,
        "overall": _plain(asdict(result.overall)),
        "areas": [_plain(asdict(area)) for area in result.areas],
        "lowest": result.lowest,
        "zero_tolerance": [list(pair) for pair in result.zero_tolerance],
        "caps": [_plain(asdict(cap)) for cap in result.caps],
        "lines": [_plain(asdict(line)) for line in result.lines],
    }


def result_from_json(stored: Mapping[str, Any]) -> Result:
    """The result of a stored receipt, equal to the one that was stored."""
    return Result(
        rules_version=stored["rules_version"],
        overall=_area(stored["overall"]),
        areas=tuple(_area(area) for area in stored["areas"]),
        lowest=stored["lowest"],
        zero_tolerance=tuple((item, fact) for item, fact in stored["zero_tolerance"]),
        caps=tuple(_cap(cap) for cap in stored["caps"]),
        lines=tuple(_line(line) for line in stored["lines"]),
    )


def _plain(value: Any) -> Any:
    match value:
        case dict():
            return {key: _plain(one) for key, one in value.items()}
        case list() | tuple():
            return [_plain(one) for one in value]
        case Decimal():
            return str(value)
        case Verdict() | Severity():
            return value.value
        case _:
            return value


def _reason(stored: Mapping[str, Any]) -> Reason:
    return Reason(stored["code"], dict(stored["params"]))


def _decimal(stored: str | None) -> Decimal | None:
    return None if stored is None else Decimal(stored)


def _area(stored: Mapping[str, Any]) -> AreaScore:
    return AreaScore(
        area=stored["area"],
        score=_decimal(stored["score"]),
        band=stored["band"],
        coverage=Decimal(stored["coverage"]),
        assessed=stored["assessed"],
        applicable=stored["applicable"],
        weight=Decimal(stored["weight"]),
        points=Decimal(stored["points"]),
        provisional=stored["provisional"],
        hidden=stored["hidden"],
        why=tuple(_reason(reason) for reason in stored["why"]),
    )


def _cap(stored: Mapping[str, Any]) -> Capped:
    return Capped(
        when=stored["when"],
        band=stored["band"],
        items=tuple(stored["items"]),
        areas=tuple(stored["areas"]),
        why=_reason(stored["why"]),
    )


def _line(stored: Mapping[str, Any]) -> Line:
    return Line(
        item=stored["item"],
        area=stored["area"],
        verdict=Verdict(stored["verdict"]) if stored["verdict"] else None,
        severity=Severity(stored["severity"]),
        weight=Decimal(stored["weight"]),
        credit=_decimal(stored["credit"]),
        points=_decimal(stored["points"]),
        why=_reason(stored["why"]),
    )


def digest(content: Any) -> str:
    """SHA-256 (hex) of plain JSON in its canonical form: sorted keys, no spaces, UTF-8."""
    text = json.dumps(content, sort_keys=True, ensure_ascii=False, separators=(",", ":"), allow_nan=False)
    return hashlib.sha256(text.encode()).hexdigest()


def faults(
    checklist: Checklist, inputs: Mapping[str, Any], inputs_digest: str, result: Mapping[str, Any]
) -> Iterator[str]:
    """What is wrong with a stored receipt, as codes; nothing if it is exactly what the rules give.

    `inputs_changed`: the inputs are not those that were digested. `unreadable`: no score can be made of them.
    `rules_version`: made by other rules than these, so the result cannot be repeated here. `result_differs`:
    the rules give something else.
    """
    if digest(inputs) != inputs_digest:
        yield "inputs_changed"
    if result.get("rules_version") != RULES_VERSION:
        yield "rules_version"
        return
    try:
        given = inputs_from_json(inputs)
        again = score(checklist, given.answers, given.profile, given.cleared, given.repeated, given.decided)
    except (KeyError, TypeError, ValueError, AttributeError):
        yield "unreadable"
        return
    if result_to_json(again) != dict(result):
        yield "result_differs"
