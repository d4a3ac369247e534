"""Reads the indicators, the combinations and the clock from their file."""

from datetime import timedelta
from functools import lru_cache
from pathlib import Path
from typing import Any

import yaml

from compliance.referrals.rules import Indicator, Indicators, Step, Strength
from compliance.shared.words import Text

_FILE = Path(__file__).parent / "data" / "indicators.yaml"


@lru_cache(maxsize=1)
def load() -> Indicators:
    """The file as it stands in this release. Raises ``KeyError`` or ``ValueError`` for a file that is not whole."""
    raw = yaml.safe_load(_FILE.read_text(encoding="utf-8"))
    found = {
        number: Indicator(number, Strength(one["strength"]), frozenset(one.get("strong_with", ())), _text(one["seen"]))
        for number, one in raw["indicators"].items()
    }
    if sorted(found) != list(range(1, 12)):
        raise ValueError("indicators.yaml: the ILO has eleven indicators, numbered 1 to 11")
    if raw["combination"]["days"] >= raw["keep_days"]:
        raise ValueError("indicators.yaml: what still adds up has to be known as long as cases can be read")
    return Indicators(
        indicators=found,
        combined=raw["combination"]["indicators"],
        sources=raw["combination"]["sources"],
        coercion=frozenset(raw["combination"]["coercion"]),
        of_coercion=raw["combination"]["of_coercion"],
        adds_up_days=raw["combination"]["days"],
        remind_again=timedelta(minutes=raw["remind_again_minutes"]),
        tell_again=timedelta(minutes=raw["tell_again_minutes"]),
        steps=tuple(Step(one["id"], one["hours"], _text(one["text"])) for one in raw["steps"]),
        keep_days=raw["keep_days"],
        source=_text(raw["source"]),
        checked_on=raw["checked_on"],
        valid_from=raw["valid_from"],
        status=raw["status"],
    )


def _text(raw: dict[str, Any]) -> Text:
    return Text(raw["en"], raw["zh"])
