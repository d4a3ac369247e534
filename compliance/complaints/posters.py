"""What posters and cards say to workers, in each language that there is; the words are data."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import yaml


@dataclass(frozen=True)
class Wording:
    """The words of one language. ``rights``: (area, what holds), one for each of the five areas."""

    lang: str
    name: str
    title: str
    rights: Sequence[tuple[str, str]]
    how: str
    steps: Sequence[str]
    safe: str
    safe_text: str
    danger: str
    phone: str
    keep: str


@cache
def wordings() -> Mapping[str, Wording]:
    """All languages by code. Raises ``KeyError`` or ``TypeError`` for an entry that is not whole."""
    raw = yaml.safe_load(Path(__file__).with_suffix(".yaml").read_text(encoding="utf-8"))["languages"]
    return {code: _read(one) for code, one in raw.items()}


def _read(raw: dict[str, Any]) -> Wording:
    rights = tuple((one["area"], one["text"]) for one in raw.pop("rights"))
    return Wording(rights=rights, steps=tuple(raw.pop("steps")), **raw)
