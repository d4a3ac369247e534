"""The data of complaints: dated periods, and the numbers that people in danger call."""

from datetime import date
from functools import cache
from pathlib import Path
from typing import Any

import yaml

from compliance.complaints.rules import Hotline, Period, in_force
from compliance.shared.words import Text


@cache
def _read() -> Any:
    return yaml.safe_load(Path(__file__).with_suffix(".yaml").read_text(encoding="utf-8"))


def of(day: date) -> Period:
    """The period in force on a day."""
    return in_force(
        [
            Period(
                one["from"],
                one["read_within_working_days"],
                one["answer_within_working_days"],
                (one["score_delay_days"][0], one["score_delay_days"][1]),
                one["keep_days"],
            )
            for one in _read()["periods"]
        ],
        day,
    )


def hotlines() -> tuple[Hotline, ...]:
    """All numbers, those for danger first."""
    return tuple(
        Hotline(one["number"], Text(one["en"], one["zh"]), one.get("danger", False)) for one in _read()["hotlines"]
    )


def checked() -> date | None:
    """When somebody called all of the numbers to see whether they are right; None: never."""
    found: date | None = _read()["checked"]
    return found


def words(language: str) -> list[str]:
    """The words of which secrets are made."""
    found: str = _read()["words"]["zh" if language.startswith("zh") else "en"]
    return found.split()
