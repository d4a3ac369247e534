"""The fields that an event may speak of, and what may stand in them. A form and a tablet pass the same door."""

import re
from collections.abc import Callable, Mapping
from datetime import date
from decimal import Decimal, InvalidOperation

from compliance.checklists.rules import (
    FLAGS,
    HEADCOUNTS,
    SEVERITIES,
    SIZES,
    Checklist,
    Item,
    Profile,
    Severity,
    Verdict,
)
from compliance.shared.problems import Problem
from compliance.shared.words import N_, clean
from compliance.visits import beside
from compliance.visits.answers import Known
from compliance.visits.events import CLOSING, FACT, INTERVIEW, KNOWN, PAY, PRESENCE, PROFILE, QUANTITY, Key, Value
from compliance.visits.states import Outcome, Signature

LONGEST_NOTE = 4000
LONGEST_LINE = 120
MOST_WORKERS = 1_000_000
MOST_DAYS = 365
_SECTOR = re.compile(r"[A-T](\d{2,4})?")

_NO_ITEM = (PRESENCE, INTERVIEW, PAY)

Check = Callable[[Value], Value]


def normal(checklist: Checklist, key: Key, value: Value) -> Value:
    """The value as it is kept: text cleaned, emptiness as None. The same for forms, tablets and corrections.

    Raises ``Problem`` (fact ``field``: the key's field; fact ``item``) for an unknown item or field, or a value of the
    wrong kind or out of range.
    """
    item, name = key
    try:
        if item == PROFILE:
            check: Check = _PROFILE[name]
        elif item in _NO_ITEM or (beside.is_beside(name) and (item == CLOSING or checklist.item(item))):
            check = beside.check_of(item, name)
        elif item == CLOSING:
            check = _CLOSING[name]
        else:
            check = _check_of(checklist.item(item), name)
    except KeyError:
        raise Problem(
            "field-unknown", N_("There is no field “%(field)s” at %(item)s."), field=name, item=item
        ) from None
    try:
        return check(clean(value) if isinstance(value, str) else value)
    except Problem as problem:
        raise Problem(problem.code, problem.text, **{**problem.facts, "field": name, "item": item}) from None


def fits(checklist: Checklist, key: Key) -> bool:
    """Whether a checklist asks for this field. After a move to a newer version some entries may speak of what is gone;
    they stay on record and count no more. What stands beside the answers (photos, strokes, presence, interviews, the
    pay sheet) never counts.
    """
    item, name = key
    if item in _NO_ITEM or beside.is_beside(name):
        return False
    if item == PROFILE:
        return name in _PROFILE
    if item == CLOSING:
        return name in _CLOSING
    if not checklist.has(item):
        return False
    if name.startswith(FACT):
        return checklist.item(item).fact(name.removeprefix(FACT)) is not None
    if name.startswith(QUANTITY):
        return checklist.item(item).quantity(name.removeprefix(QUANTITY)) is not None
    return True


def severities_from(item: Item) -> tuple[Severity, ...]:
    """What the severity of an item may be raised to: its own and graver ones, gravest first."""
    return SEVERITIES[: SEVERITIES.index(item.severity) + 1]


def profile_of(handed_out: Mapping[str, object], found: Mapping[str, Value]) -> Profile:
    """The workplace as found: what the register knew at the handing-out, changed by what the inspector entered."""
    values = {name: found.get(name, handed_out.get(name)) for name in _PROFILE if name != "checked"}
    only = handed_out.get("only")
    narrow = {"only": tuple(map(str, only))} if isinstance(only, list | tuple) and only else {}
    return Profile(**{name: value for name, value in values.items() if value is not None}, **narrow)  # type: ignore[arg-type]


def _check_of(item: Item, name: str) -> Check:
    if name.startswith(FACT):
        if item.fact(name.removeprefix(FACT)) is None:
            raise KeyError(name)
        return _ticked
    if name.startswith(KNOWN):
        Known(name.removeprefix(KNOWN)) if name.removeprefix(KNOWN) in set(Known) else _unknown(name)
        return _ticked
    if name.startswith(QUANTITY):
        quantity = item.quantity(name.removeprefix(QUANTITY))
        if quantity is None:
            raise KeyError(name)
        return _number_between(quantity.minimum, quantity.maximum, quantity.decimals)
    if name == "severity":
        return _one_of([severity.value for severity in severities_from(item)])
    return _ITEM[name]


def _unknown(name: str) -> None:
    raise KeyError(name)


def _text(longest: int) -> Check:
    def check(value: Value) -> Value:
        if value in (None, ""):
            return None
        if not isinstance(value, str):
            raise Problem("not-text", N_("This must be text."))
        if len(value) > longest:
            raise Problem(
                "text-too-long",
                N_("The text has %(size)d characters; %(limit)d are allowed. Shorten it or put it into a document."),
                size=len(value),
                limit=longest,
            )
        return value

    return check


def _one_of(values: list[str]) -> Check:
    def check(value: Value) -> Value:
        if value in (None, ""):
            return None
        if value not in values:
            raise Problem("not-a-choice", N_("“%(value)s” is not one of the choices."), value=str(value)[:40])
        return value

    return check


def _whole(least: int, most: int) -> Check:
    def check(value: Value) -> Value:
        if value in (None, ""):
            return None
        if isinstance(value, bool) or not re.fullmatch(r"\d{1,9}", str(value)) or not least <= int(value) <= most:
            raise Problem(
                "not-a-number",
                N_("Please enter a whole number from %(least)d to %(most)d."),
                least=least,
                most=most,
            )
        return int(value)

    return check


def _number_between(least: Decimal, most: Decimal, decimals: int) -> Check:
    def check(value: Value) -> Value:
        if value in (None, ""):
            return None
        try:
            number = Decimal(str(value).replace("，", ".").replace(",", "."))
        except InvalidOperation:
            number = Decimal("NaN")
        if not number.is_finite() or not least <= number <= most or number != round(number, decimals):
            raise Problem(
                "number-out-of-range",
                N_("Please enter a number from %(least)s to %(most)s with at most %(decimals)d decimals."),
                least=f"{least.normalize():f}",
                most=f"{most.normalize():f}",
                decimals=decimals,
            )
        # One number has one form, or 3 and 3.0 would look like a disagreement.
        return f"{number.normalize():f}"

    return check


def _ticked(value: Value) -> Value:
    if not isinstance(value, bool):
        raise Problem("not-a-tick", N_("This can only be ticked or not."))
    return value


def _day(value: Value) -> Value:
    if value in (None, ""):
        return None
    try:
        return date.fromisoformat(str(value)).isoformat()
    except ValueError:
        raise Problem("not-a-day", N_("“%(value)s” is not a day that exists."), value=str(value)[:40]) from None


def _sector(value: Value) -> Value:
    if value in (None, ""):
        return ""
    if not isinstance(value, str) or not _SECTOR.fullmatch(value.upper()):
        raise Problem("not-a-sector", N_("A sector is a letter and two to four digits, for example C18 (GB/T 4754)."))
    return value.upper()


def _size(value: Value) -> Value:
    if value in (None, "", *SIZES):
        return value or ""
    raise Problem("not-a-choice", N_("“%(value)s” is not one of the choices."), value=str(value)[:40])


_ITEM: Mapping[str, Check] = {
    "verdict": _one_of([verdict.value for verdict in Verdict]),
    "note": _text(LONGEST_NOTE),
    "reason": _text(LONGEST_NOTE),
    "workers": _whole(0, MOST_WORKERS),
    "action": _text(LONGEST_NOTE),
    "due_days": _whole(0, MOST_DAYS),
    "good": _text(LONGEST_NOTE),
}

_PROFILE: Mapping[str, Check] = {
    "workers": _whole(0, MOST_WORKERS),
    **{name: _whole(0, MOST_WORKERS) for name in HEADCOUNTS},
    "sector": _sector,
    "size": _size,
    **dict.fromkeys(FLAGS, _ticked),
    "checked": _ticked,
}

_CLOSING: Mapping[str, Check] = {
    "visited_on": _day,
    "outcome": _one_of([outcome.value for outcome in Outcome]),
    "outcome_reason": _text(LONGEST_NOTE),
    "inspector_signature": _one_of([Signature.signed.value]),
    "inspector_name": _text(LONGEST_LINE),
    "representative_signature": _one_of([signature.value for signature in Signature]),
    "representative_name": _text(LONGEST_LINE),
    "representative_role": _text(LONGEST_LINE),
    "witness": _text(LONGEST_LINE),
    "remark": _text(LONGEST_NOTE),
}

PROFILE_FIELDS = tuple(_PROFILE)
CLOSING_FIELDS = tuple(_CLOSING)
