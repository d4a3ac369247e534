"""What changed between two versions, part by part and field by field."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, fields
from enum import StrEnum
from functools import lru_cache
from typing import Any

from compliance.checklists import content
from compliance.checklists.rules import (
    Area,
    Checklist,
    Condition,
    Disclosure,
    Fact,
    Opens,
    Quantity,
    Severity,
    Suggestion,
    Text,
    Verdict,
    natural_key,
)
from compliance.shared.words import N_

NOTHING = Text("", "")
_WORDS: dict[StrEnum, Text] = {
    Severity.critical: Text("Critical", "严重"),
    Severity.major: Text("Major", "较大"),
    Severity.minor: Text("Minor", "一般"),
    Verdict.compliant: Text("Compliant", "符合"),
    Verdict.partial: Text("Partly compliant", "部分符合"),
    Verdict.non_compliant: Text("Not compliant", "不符合"),
    Verdict.unable_to_verify: Text("Unable to verify", "无法核实"),
    Verdict.not_looked_at: Text("Not looked at", "未查看"),
    Verdict.not_applicable: Text("Does not apply", "不适用"),
    Disclosure.tell_now: Text("told on the day of the visit", "走访当日告知"),
    Disclosure.sealed: Text("sealed until it is cleared", "解除保密前不公开"),
}

PARTS: dict[str, str] = {
    "code": N_("Code of conduct"),
    "clause": N_("Clauses"),
    "area": N_("Areas"),
    "item": N_("Items"),
    "law": N_("Laws"),
    "entry": N_("Law entries"),
    "policy": N_("Scoring and deadlines"),
    "ladder": N_("Letters and reminders"),
}
"""The parts in the order in which they are listed."""

FIELDS: dict[str, str] = {
    "action": N_("Recommended action"),
    "applies": N_("Asked where"),
    "area": N_("Area"),
    "article": N_("Article"),
    "checked_on": N_("Checked on"),
    "clause": N_("Clause"),
    "confirmed": N_("Confirmed"),
    "core": N_("Core item"),
    "days": N_("Days to correct"),
    "effective_from": N_("In force from"),
    "evidence": N_("Evidence to send"),
    "facts": N_("Facts to tick"),
    "guidance": N_("How to find out"),
    "ilo": N_("ILO indicators"),
    "kept_off": N_("Why letters do not cite it"),
    "law": N_("Law"),
    "look_for": N_("What to look for"),
    "note": N_("Note"),
    "number": N_("Number"),
    "only_if": N_("Asked only after"),
    "order": N_("Order of the items"),
    "preamble": N_("Preamble"),
    "quantities": N_("Numbers"),
    "question": N_("Question"),
    "severity": N_("Severity"),
    "short": N_("Short name"),
    "source": N_("Source"),
    "suggestion": N_("Rule for the numbers"),
    "text": N_("Text"),
    "title": N_("Title"),
    "valid_from": N_("Valid from"),
    "valid_to": N_("Valid to"),
    "value": N_("Value"),
    "version": N_("Version"),
}


@dataclass(frozen=True)
class FieldChange:
    """One field with what it said before and says now; NOTHING where it was absent.

    `fixed` values (severities, yes or no) have the product's own words: one language says it all.
    """

    field: str
    before: Text
    after: Text
    fixed: bool = False


@dataclass(frozen=True)
class Change:
    """One part that was added, removed or changed. `what` is one of these three words."""

    part: str
    id: str
    what: str
    title: Text
    fields: tuple[FieldChange, ...] = ()


@lru_cache(maxsize=32)
def differences(old: Checklist, new: Checklist) -> tuple[Change, ...]:
    """Everything that differs, in the order of PARTS and of the newer version. Empty for equal content."""
    return (
        *_whole("code", old.code, new.code, leave_out=("clauses", "chapters")),
        *_compare("code", _by("number", old.code.chapters), _by("number", new.code.chapters), _title),
        *_compare("clause", _by("number", old.code.clauses), _by("number", new.code.clauses), _title),
        *_areas(old, new),
        *_compare("item", _by("id", old.items), _by("id", new.items), lambda item: item.question),
        *_compare("law", old.books, new.books, _title),
        *_compare("entry", old.laws, new.laws, lambda entry: entry.article),
        *_settings("policy", old.policy, new.policy),
        *_settings("ladder", old.ladder, new.ladder),
    )


def _by(key: str, values: Iterable[Any]) -> dict[str, Any]:
    return {getattr(value, key): value for value in values}


def _title(value: Any) -> Text:
    title: Text = value.title
    return title


def _compare(part: str, old: Mapping[str, Any], new: Mapping[str, Any], title: Callable[[Any], Text]) -> list[Change]:
    changes = []
    for key in sorted({*old, *new}, key=natural_key):
        if key not in old:
            changes.append(Change(part, key, "added", title(new[key])))
        elif key not in new:
            changes.append(Change(part, key, "removed", title(old[key])))
        elif old[key] != new[key]:
            changes.append(Change(part, key, "changed", title(new[key]), _fields(old[key], new[key])))
    return changes


def _whole(part: str, old: Any, new: Any, leave_out: tuple[str, ...]) -> list[Change]:
    changed = tuple(change for change in _fields(old, new) if change.field not in leave_out)
    return [Change(part, "", "changed", new.title, changed)] if changed else []


def _areas(old: Checklist, new: Checklist) -> list[Change]:
    changes = []
    for area in new.areas:
        earlier = next((other for other in old.areas if other.id == area.id), None)
        if earlier is None:
            changes.append(Change("area", area.id, "added", area.title))
            continue
        changed = [change for change in _fields(earlier, area) if change.field != "items"]
        before, after = _order(earlier, area), _order(area, earlier)
        if before != after:
            changed.append(FieldChange("order", _plain(" ".join(before)), _plain(" ".join(after))))
        if changed:
            changes.append(Change("area", area.id, "changed", area.title, tuple(changed)))
    new_ids = {area.id for area in new.areas}
    return changes + [Change("area", area.id, "removed", area.title) for area in old.areas if area.id not in new_ids]


def _order(area: Area, other: Area) -> list[str]:
    """The ids of the items that both have, in the order of the first."""
    shared = {item.id for item in other.items}
    return [item.id for item in area.items if item.id in shared]


def _settings(part: str, old: Any, new: Any) -> list[Change]:
    before, after = _flat(content.encode(old, full=True)), _flat(content.encode(new, full=True))
    changed = [
        FieldChange(path, _plain(before.get(path, "")), _plain(after.get(path, "")))
        for path in sorted({*before, *after}, key=natural_key)
        if before.get(path) != after.get(path)
    ]
    return [Change(part, "", "changed", NOTHING, tuple(changed))] if changed else []


def _flat(value: Any, path: str = "") -> dict[str, str]:
    if isinstance(value, dict | list):
        entries = value.items() if isinstance(value, dict) else enumerate(value, 1)
        found: dict[str, str] = {}
        for key, entry in entries:
            found |= _flat(entry, f"{path}.{key}" if path else str(key))
        return found
    return {path: "" if value is None else str(value)}


def _fields(old: Any, new: Any) -> tuple[FieldChange, ...]:
    changes = []
    for field in fields(new):
        before, after = _say(getattr(old, field.name)), _say(getattr(new, field.name))
        if before != after:
            fixed = isinstance(getattr(new, field.name), StrEnum | bool)
            changes.append(FieldChange(field.name, before, after, fixed))
    return tuple(changes)


def _say(value: Any) -> Text:
    """Any value of a checklist as a text that a person can compare."""
    if isinstance(value, Text):
        return value
    if isinstance(value, StrEnum):
        return _WORDS.get(value, _plain(str(value)))
    if value is None or value in ("", (), {}):
        return NOTHING
    if isinstance(value, Mapping):
        return _lines([_join(_plain(f"{key}:"), _say(entry), "\n") for key, entry in value.items()])
    if isinstance(value, tuple):
        if all(isinstance(entry, str | int) for entry in value):
            return _plain(", ".join(str(entry) for entry in value))
        return _lines([_say(entry) for entry in value])
    if isinstance(value, bool):
        return Text("yes", "是") if value else Text("no", "否")
    return _say_part(value)


def _say_part(value: Any) -> Text:
    match value:
        case Fact():
            zero = Text("zero tolerance, ", "零容忍，") if value.zero_tolerance else NOTHING
            told = _say(value.disclosure)
            return Text(
                f"{value.text.en} ({value.id}: {zero.en}{told.en})",
                f"{value.text.zh}（{value.id}：{zero.zh}{told.zh}）",
            )
        case Quantity():
            span = f"{value.minimum}–{value.maximum}, .{'0' * value.decimals}"
            return Text(
                f"{value.label.en} ({value.id}: {value.unit.en}, {span})",
                f"{value.label.zh}（{value.id}：{value.unit.zh}，{span}）",
            )
        case Condition():
            return _join(_plain(f"{value.key}:"), _say(value.value), " ")
        case Opens():
            verdicts = [_say(verdict) for verdict in sorted(value.verdicts)]
            return Text(
                f"{value.item}: {', '.join(verdict.en for verdict in verdicts)}",
                f"{value.item}：{'、'.join(verdict.zh for verdict in verdicts)}",
            )
        case Suggestion():
            parameters = ", ".join(f"{key} {entry}" for key, entry in sorted(value.parameters.items()))
            return _plain(f"{value.rule} ({parameters})")
    return _plain(str(value))


def _plain(text: str) -> Text:
    return Text(text, text)


def _join(first: Text, second: Text, between: str) -> Text:
    return Text(f"{first.en}{between}{second.en}", f"{first.zh}{between}{second.zh}")


def _lines(texts: list[Text]) -> Text:
    return Text("\n".join(text.en for text in texts), "\n".join(text.zh for text in texts))
