"""Reads the items of an area, each checked against the laws and clauses that it names."""

import re
from collections.abc import Collection
from dataclasses import dataclass, field, replace
from decimal import Decimal

from compliance.checklists.complaints import Place, nearest
from compliance.checklists.reader import Reader, once
from compliance.checklists.rules import (
    FLAGS,
    HEADCOUNTS,
    SEVERITIES,
    SIZES,
    VERDICTS,
    WAYS_OF_LOOKING,
    Condition,
    Disclosure,
    Fact,
    Item,
    Opens,
    Quantity,
    Severity,
    Suggestion,
    Text,
    Verdict,
)
from compliance.checklists.source import Group
from compliance.checklists.suggestions import RULES

_ITEM = re.compile(r"[A-Z]{2,5}[0-9]{2,3}")
_NAME = re.compile(r"[a-z0-9]+(-[a-z0-9]+)*")
_SECTOR = re.compile(r"[A-T]([0-9]{2,4})?")

_REQUIRED = (
    "id",
    "core",
    "clause",
    "question",
    "guidance",
    "look_for",
    "law",
    "severity",
    "action",
    "days",
    "evidence",
    "ilo",
)
_OPTIONAL = (
    "facts",
    "applies",
    "only_if",
    "quantities",
    "suggests",
)
_CONDITIONS = (*FLAGS, *HEADCOUNTS, "sector", "size", "min_workers")
_LONGEST_DEADLINE = 366
_ILO_INDICATORS = 11


@dataclass
class Known:
    """What items may refer to (None: not read, so nothing is missed), and what is taken already."""

    laws: Collection[str] | None
    clauses: Collection[str] | None
    items: dict[str, Place] = field(default_factory=dict)
    facts: dict[str, Place] = field(default_factory=dict)
    gates: dict[str, Place] = field(default_factory=dict)


def read_item(reader: Reader, group: Group, area: str, known: Known) -> Item | None:
    """One item; None if it has no usable id (the rest of it is checked all the same)."""
    id = reader.word(group, "id", required=False)
    reader.item = id
    reader.keys(group, _REQUIRED, _OPTIONAL)
    id = reader.shaped(group, "id", _ITEM, "WAG01")
    fresh = bool(id) and once(reader, "C201", known.items, id, group.at("id"))
    quantities = _quantities(reader, group)
    severity = reader.choice(group, "severity", SEVERITIES)
    item = Item(
        id=id,
        area=area,
        core=reader.truth(group, "core"),
        clause=_clause(reader, group, known),
        question=reader.text(group, "question"),
        guidance=reader.text(group, "guidance"),
        look_for=_look_for(reader, group),
        law=_law(reader, group, known),
        severity=Severity(severity) if severity else Severity.minor,
        facts=_facts(reader, group, known),
        action=reader.text(group, "action"),
        days=reader.whole(group, "days", 0, _LONGEST_DEADLINE) or 0,
        evidence=reader.texts(group, "evidence"),
        ilo=_ilo(reader, group),
        applies=_applies(reader, group),
        only_if=_only_if(reader, group, id, known),
        quantities=quantities,
        suggestion=_suggestion(reader, group, quantities),
    )
    reader.item = ""
    return item if fresh else None


def _clause(reader: Reader, group: Group, known: Known) -> str:
    clause = reader.word(group, "clause")
    if clause and known.clauses is not None and clause not in known.clauses:
        reader.complain("C302", group.at("clause"), meant=nearest(clause, known.clauses), value=clause)
    return clause


def _law(reader: Reader, group: Group, known: Known) -> tuple[str, ...]:
    keys = reader.words(group, "law")
    for key in keys:
        if known.laws is not None and key not in known.laws:
            reader.complain("C301", group.at("law"), meant=nearest(key, known.laws), value=key)
    return keys


def _look_for(reader: Reader, group: Group) -> dict[str, tuple[Text, ...]]:
    ways = reader.group(group, "look_for")
    if ways is None:
        return {}
    reader.keys(ways, (), WAYS_OF_LOOKING)
    found = {way: reader.texts(ways, way) for way in WAYS_OF_LOOKING}
    if not any(found.values()):
        reader.complain("C102", group.at("look_for"), key="look_for")
    return {way: texts for way, texts in found.items() if texts}


def _ilo(reader: Reader, group: Group) -> tuple[int, ...]:
    numbers = (reader.as_whole(entry, "ilo", 1, _ILO_INDICATORS) for entry in reader.many(group, "ilo"))
    return tuple(dict.fromkeys(number for number in numbers if number is not None))


def _facts(reader: Reader, group: Group, known: Known) -> tuple[Fact, ...]:
    facts = []
    for entry in reader.groups(group, "facts"):
        reader.keys(entry, ("id", "text", "zero_tolerance", "disclosure"))
        id = reader.shaped(entry, "id", _NAME, "exit-locked")
        text = reader.text(entry, "text")
        zero_tolerance = reader.truth(entry, "zero_tolerance")
        disclosure = reader.choice(entry, "disclosure", tuple(Disclosure))
        if id and once(reader, "C202", known.facts, id, entry.at("id")):
            # Without a word about it a fact stays sealed: the careful reading.
            facts.append(Fact(id, text, zero_tolerance, Disclosure(disclosure or "sealed")))
    return tuple(facts)


def _quantities(reader: Reader, group: Group) -> tuple[Quantity, ...]:
    found: list[Quantity] = []
    places: dict[str, Place] = {}
    for entry in reader.groups(group, "quantities"):
        reader.keys(entry, ("id", "label", "unit", "minimum", "maximum"), ("decimals",))
        id = reader.shaped(entry, "id", _NAME, "longest-run")
        label, unit = reader.text(entry, "label"), reader.text(entry, "unit", han=False)
        low = reader.number(entry, "minimum", "-1000000", "1000000000")
        high = reader.number(entry, "maximum", "-1000000", "1000000000")
        decimals = reader.whole(entry, "decimals", 0, 4) or 0
        if low is not None and high is not None and low > high:
            reader.complain("C311", entry.at("minimum"), minimum=low, maximum=high)
        if id and once(reader, "C205", places, id, entry.at("id")):
            found.append(Quantity(id, label, unit, low or Decimal(0), high or Decimal(0), decimals))
    return tuple(found)


def _applies(reader: Reader, group: Group) -> tuple[Condition, ...]:
    applies = reader.group(group, "applies")
    if applies is None:
        return ()
    reader.keys(applies, (), _CONDITIONS)
    found = []
    for key in (key for key in _CONDITIONS if key in applies.values):
        value: bool | int | tuple[str, ...] | None
        if key == "sector":
            value = reader.words(applies, key)
            for code in value:
                if not _SECTOR.fullmatch(code):
                    reader.complain("C112", applies.at(key), key=key, value=code[:80], example="C, C18, C1811")
        elif key == "size":
            value = tuple(reader.as_choice(entry, key, SIZES) for entry in reader.many(applies, key))
        elif key == "min_workers":
            value = reader.whole(applies, key, 1, 1_000_000)
        else:
            value = reader.truth(applies, key)
        if value is not None and value != ():
            found.append(Condition(key, value))
    return tuple(found)


def _only_if(reader: Reader, group: Group, id: str, known: Known) -> Opens | None:
    gate = reader.group(group, "only_if")
    if gate is None:
        return None
    reader.keys(gate, ("item", "verdicts"))
    item = reader.word(gate, "item")
    verdicts = [reader.as_choice(entry, "verdicts", VERDICTS) for entry in reader.many(gate, "verdicts")]
    if "verdicts" in gate.values and not verdicts:
        reader.complain("C102", gate.at("verdicts"), key="verdicts")
    known.gates[id] = gate.at("item")
    return Opens(item, frozenset(Verdict(verdict) for verdict in verdicts if verdict)) if item else None


def _suggestion(reader: Reader, group: Group, quantities: tuple[Quantity, ...]) -> Suggestion | None:
    suggests = reader.group(group, "suggests")
    if suggests is None:
        return None
    name = reader.choice(suggests, "rule", tuple(RULES))
    if not name:
        if "rule" not in suggests.values:
            reader.complain("C102", suggests.place, key="rule")
        return None
    rule = RULES[name]
    listed = ", ".join(rule.parameters)
    for key in suggests.values:
        if key != "rule" and key not in rule.parameters:
            reader.complain(
                "C305",
                suggests.at(key),
                meant=nearest(key, rule.parameters),
                rule=name,
                value=key,
                options=listed,
            )
    by_id = {quantity.id: quantity for quantity in quantities}
    parameters: dict[str, str] = {}
    for key in rule.parameters:
        if key not in suggests.values:
            reader.complain("C306", suggests.place, rule=name, key=key, options=listed)
            continue
        parameters[key] = reader.word(suggests, key)
        if key in rule.quantities and parameters[key] and parameters[key] not in by_id:
            meant = nearest(parameters[key], by_id)
            reader.complain(
                "C307", suggests.at(key), meant=meant, value=parameters[key], options=", ".join(by_id) or "-"
            )
    for key in rule.numbers:
        quantity = by_id.get(parameters.get("quantity", ""))
        limit = reader.number(suggests, key, "-1000000", "1000000000")
        if quantity and limit is not None and not quantity.minimum <= limit <= quantity.maximum:
            reader.complain("C312", suggests.at(key), value=limit, key=quantity.id)
    return Suggestion(name, parameters)


def link(reader: Reader, items: tuple[Item, ...], known: Known) -> tuple[Item, ...]:
    """The items with each `only_if` completed by the conditions of the item that opens it."""
    by_id = {item.id: item for item in items}
    linked = []
    for item in items:
        reader.item = item.id
        gate = item.only_if
        if gate is not None and gate.item not in by_id:
            place = known.gates[item.id]
            reader.complain("C303", place, meant=nearest(gate.item, by_id), value=gate.item)
            gate = None
        elif gate is not None:
            chain = _chain(item, by_id)
            if item.id in chain[1:]:
                # Said once for the circle, at its first item; the others would only repeat it.
                if item.id == min(chain):
                    circle = " → ".join(chain)
                    reader.complain("C304", known.gates[item.id], chain=circle)
                gate = None
            elif len(set(chain)) < len(chain):
                gate = None
            else:
                gate = _complete(gate, by_id)
        linked.append(replace(item, only_if=gate))
    reader.item = ""
    return tuple(linked)


def _chain(item: Item, by_id: dict[str, Item]) -> list[str]:
    """The items that open this one, one behind the other, up to the first that repeats."""
    chain = [item.id]
    while item.only_if is not None and item.only_if.item in by_id:
        chain.append(item.only_if.item)
        if chain.count(chain[-1]) > 1:
            break
        item = by_id[item.only_if.item]
    return chain


def _complete(gate: Opens, by_id: dict[str, Item]) -> Opens:
    opener = by_id.get(gate.item)
    if opener is None:
        return gate
    behind = _complete(opener.only_if, by_id) if opener.only_if else None
    return replace(gate, applies=opener.applies, only_if=behind)
