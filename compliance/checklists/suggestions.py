"""Numbers that suggest an answer. The inspector decides; a suggestion says why it is made."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from decimal import ROUND_CEILING, Decimal
from typing import Any

from compliance.checklists.rules import Item, Text, Verdict

Numbers = Mapping[str, Decimal]


@dataclass(frozen=True)
class Suggested:
    """An answer that the numbers point to, and the reason."""

    verdict: Verdict
    reason: Text


@dataclass(frozen=True)
class Rule:
    """A rule with its parameters: names of the item's quantities, and numbers."""

    suggest: Callable[[Mapping[str, Any], Numbers], Suggested | None]
    quantities: tuple[str, ...]
    numbers: tuple[str, ...] = ()

    @property
    def parameters(self) -> tuple[str, ...]:
        """Every parameter that must be given."""
        return self.quantities + self.numbers


def suggest(item: Item, numbers: Numbers) -> Suggested | None:
    """The answer that the item's numbers suggest; None without a rule or while a number is missing.

    Numbers outside the range of their quantity suggest nothing: they are a slip, not a measurement.
    """
    if item.suggestion is None:
        return None
    rule = RULES[item.suggestion.rule]
    for name in rule.quantities:
        quantity = item.quantity(item.suggestion.parameters[name])
        if quantity is None or quantity.id not in numbers or not quantity.accepts(numbers[quantity.id]):
            return None
    return rule.suggest(item.suggestion.parameters, numbers)


def norm(item: Item) -> Text | None:
    """What the rule of an item holds to be right, in words; None without a rule. Of several quantities it is named."""
    if item.suggestion is None:
        return None
    if item.suggestion.rule == "toilets":
        return Text(
            "one seat for 25 men up to 100, then one more for each 50; "
            "one for 15 women up to 100, then one more for each 30 (GBZ 1-2010).",
            "男工25人设1个蹲位，超过100人的，每增50人增1个；女工15人设1个，超过100人的，每增30人增1个（GBZ 1-2010）。",
        )
    quantity = item.quantity(item.suggestion.parameters["quantity"])
    if quantity is None:
        return None
    limit = _plain(Decimal(item.suggestion.parameters.get("limit", 0)))
    amount = limit if limit == "1" else f"{limit} {quantity.unit.en}"
    en, zh = {
        "at_most": (f"at most {amount}", f"不超过{limit}{quantity.unit.zh}"),
        "at_least": (f"at least {amount}", f"不少于{limit}{quantity.unit.zh}"),
        "zero": ("none", "应为零"),
    }[item.suggestion.rule]
    if len(item.quantities) > 1:
        return Text(f"{quantity.label.en}: {en}.", f"{quantity.label.zh}：{zh}。")
    return Text(f"{en}.", f"{zh}。")


def needed(item: Item, numbers: Numbers) -> Text | None:
    """What the numbers so far ask for, before the rest is counted: toilet seats for these people. Else None."""
    if item.suggestion is None or item.suggestion.rule != "toilets":
        return None
    en, zh = [], []
    for name, seats, whose, in_chinese in (
        ("men", seats_for_men, "men", "男厕"),
        ("women", seats_for_women, "women", "女厕"),
    ):
        quantity = item.quantity(item.suggestion.parameters[name])
        if quantity is not None and quantity.id in numbers and quantity.accepts(numbers[quantity.id]):
            en.append(f"{seats(numbers[quantity.id])} for {whose}")
            zh.append(f"{in_chinese}{seats(numbers[quantity.id])}个")
    return Text(f"Seats needed: {', '.join(en)}.", f"需蹲位：{'，'.join(zh)}。") if en else None


def at_most(parameters: Mapping[str, Any], numbers: Numbers) -> Suggested:
    """Compliant up to the limit (the limit itself included)."""
    value, limit = numbers[parameters["quantity"]], Decimal(parameters["limit"])
    if value <= limit:
        return _yes(
            f"{_plain(value)} is within the limit of {_plain(limit)}.",
            f"{_plain(value)}，未超过上限{_plain(limit)}。",
        )
    return _no(
        f"{_plain(value)} is above the limit of {_plain(limit)}.",
        f"{_plain(value)}，超过上限{_plain(limit)}。",
    )


def at_least(parameters: Mapping[str, Any], numbers: Numbers) -> Suggested:
    """Compliant from the limit on (the limit itself included)."""
    value, limit = numbers[parameters["quantity"]], Decimal(parameters["limit"])
    if value >= limit:
        return _yes(
            f"{_plain(value)} reaches the least of {_plain(limit)}.",
            f"{_plain(value)}，达到下限{_plain(limit)}。",
        )
    return _no(
        f"{_plain(value)} is below the least of {_plain(limit)}.",
        f"{_plain(value)}，低于下限{_plain(limit)}。",
    )


def zero(parameters: Mapping[str, Any], numbers: Numbers) -> Suggested:
    """Compliant where there is none."""
    value = numbers[parameters["quantity"]]
    if value == 0:
        return _yes("None was found.", "未发现。")
    return _no(f"{_plain(value)} found; there must be none.", f"发现{_plain(value)}，应为零。")


def toilets(parameters: Mapping[str, Any], numbers: Numbers) -> Suggested:
    """Toilet seats for men and women on the largest shift (GBZ 1-2010, 7.3.4).

    Enough for both: compliant. Enough for one of the two: partial. Short for both, or none at all for one sex:
    non-compliant.
    """
    men, women = numbers[parameters["men"]], numbers[parameters["women"]]
    have_men, have_women = numbers[parameters["seats_men"]], numbers[parameters["seats_women"]]
    need_men, need_women = seats_for_men(men), seats_for_women(women)
    reason = Text(
        f"Men: {_plain(have_men)} of {need_men} seats needed for {_plain(men)}; "
        f"women: {_plain(have_women)} of {need_women} seats needed for {_plain(women)}.",
        f"男{_plain(men)}人，需蹲位{need_men}个，实有{_plain(have_men)}个；"
        f"女{_plain(women)}人，需蹲位{need_women}个，实有{_plain(have_women)}个。",
    )
    short_of_men, short_of_women = have_men < need_men, have_women < need_women
    none_at_all = (need_men > 0 and have_men == 0) or (need_women > 0 and have_women == 0)
    if not short_of_men and not short_of_women:
        return Suggested(Verdict.compliant, reason)
    if none_at_all or (short_of_men and short_of_women):
        return Suggested(Verdict.non_compliant, reason)
    return Suggested(Verdict.partial, reason)


def seats_for_men(men: Decimal) -> int:
    """Seats needed: one for 25 up to 100 men, one more for each 50 above (GBZ 1-2010, 7.3.4)."""
    return _ceiling(men / 25) if men <= 100 else 4 + _ceiling((men - 100) / 50)


def seats_for_women(women: Decimal) -> int:
    """Seats needed: one for 15 up to 100 women, one more for each 30 above (GBZ 1-2010, 7.3.4).

    The standard says one to two for 15, and not to which side 100 belongs; this is the lenient reading.
    """
    return _ceiling(women / 15) if women <= 100 else 7 + _ceiling((women - 100) / 30)


RULES: dict[str, Rule] = {
    "at_most": Rule(at_most, ("quantity",), ("limit",)),
    "at_least": Rule(at_least, ("quantity",), ("limit",)),
    "zero": Rule(zero, ("quantity",)),
    "toilets": Rule(toilets, ("men", "women", "seats_men", "seats_women")),
}
"""Every rule that a checklist may name under `suggests`."""


def _ceiling(value: Decimal) -> int:
    return int(value.to_integral_value(ROUND_CEILING))


def _plain(value: Decimal) -> str:
    text = f"{value:f}"
    return text.rstrip("0").rstrip(".") if "." in text else text


def _yes(en: str, zh: str) -> Suggested:
    return Suggested(Verdict.compliant, Text(en, zh))


def _no(en: str, zh: str) -> Suggested:
    return Suggested(Verdict.non_compliant, Text(en, zh))
