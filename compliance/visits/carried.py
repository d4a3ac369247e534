"""What a tablet carries of a checklist, as plain data: all that its rules ask for. Pure.

What is shown stands in the skeleton of its pages, in the language of the reader, and is not carried twice. Only what
the representative signs is here in both languages: areas, clauses, and dangers that are told on the spot.
"""

from decimal import Decimal
from typing import Any

from compliance.checklists import content
from compliance.checklists.rules import Area, Checklist, Disclosure, Fact, Item, Opens, Suggestion, Text
from compliance.shared.words import CHINESE, ENGLISH


def rules_data(checklist: Checklist, number: int) -> dict[str, Any]:
    """A checklist as ``static/js/tablet/rules.js`` reads it. ``number`` is that of the version."""
    return {
        "digest": checklist.digest,
        "number": number,
        "code": {"title": words(checklist.code.title), "version": checklist.code.version},
        "areas": [_area(area) for area in checklist.areas],
        "clauses": {clause.number: {"title": words(clause.title)} for clause in checklist.code.clauses},
        "repeat_months": checklist.policy.repeat_months,
    }


def words(text: Text) -> dict[str, str]:
    """Bilingual data as a tablet reads it."""
    return {ENGLISH: text.en, CHINESE: text.zh}


def _area(area: Area) -> dict[str, Any]:
    return {
        "id": area.id,
        "title": words(area.title),
        "short": words(area.short),
        "items": [_item(item) for item in area.items],
    }


def _item(item: Item) -> dict[str, Any]:
    return {
        "id": item.id,
        "area": item.area,
        "clause": item.clause,
        "severity": item.severity.value,
        "applies": content.encode(item.applies),
        "only_if": _gate(item.only_if),
        "facts": [
            {"id": fact.id, "zero_tolerance": fact.zero_tolerance, "disclosure": fact.disclosure.value}
            | ({"told": words(fact.text)} if _is_told(fact) else {})
            for fact in item.facts
        ],
        "quantities": [
            {
                "id": quantity.id,
                "minimum": content.encode(quantity.minimum),
                "maximum": content.encode(quantity.maximum),
                "decimals": quantity.decimals,
            }
            for quantity in item.quantities
        ],
        "suggestion": _suggestion(item.suggestion),
        "days": item.days,
    } | ({"told": words(item.action)} if any(map(_is_told, item.facts)) else {})


def _is_told(fact: Fact) -> bool:
    return fact.disclosure is Disclosure.tell_now


def _gate(gate: Opens | None) -> dict[str, Any] | None:
    """The gate with the conditions of the item that opens it, so that an item behind a closed one stays closed."""
    if gate is None:
        return None
    return {
        "item": gate.item,
        "verdicts": sorted(verdict.value for verdict in gate.verdicts),
        "applies": content.encode(gate.applies),
        "only_if": _gate(gate.only_if),
    }


def _suggestion(suggestion: Suggestion | None) -> dict[str, Any] | None:
    if suggestion is None:
        return None
    parameters = {
        name: content.encode(Decimal(value)) if isinstance(value, int | float | Decimal) else value
        for name, value in suggestion.parameters.items()
    }
    return {"rule": suggestion.rule, "parameters": parameters}
