"""How each item is put right, fitted to the size of the shop, and the model documents for it: read from data files."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from functools import lru_cache
from pathlib import Path
from typing import Any

import yaml

from compliance.shared import places
from compliance.shared.words import N_, Text

MODELS = "models.yaml"
_LOADER: type = getattr(yaml, "CSafeLoader", yaml.SafeLoader)


class Shop(StrEnum):
    """How large a shop is, by its workers."""

    small = "small"
    medium = "medium"
    large = "large"


SHOPS: dict[Shop, str] = {
    Shop.small: N_("fewer than 20 workers"),
    Shop.medium: N_("20 to 299 workers"),
    Shop.large: N_("300 workers and more"),
}


def shop_of(workers: int) -> Shop:
    """The size of a shop with so many workers."""
    return Shop.small if workers < 20 else Shop.medium if workers < 300 else Shop.large


@dataclass(frozen=True)
class HowTo:
    """The steps by which an item is put right, what differs in a small and in a large shop, and its model documents."""

    item: str
    steps: tuple[Text, ...]
    small: Text
    large: Text
    models: tuple[str, ...]

    def for_shop(self, shop: Shop) -> Text | None:
        """What a shop of this size does besides, or None where the steps are all."""
        return {Shop.small: self.small, Shop.large: self.large}.get(shop)


@dataclass(frozen=True)
class Model:
    """A model document: a sheet (columns, named rows), a check (points to tick) or a text (paragraphs)."""

    id: str
    kind: str
    title: Text
    note: Text | None
    columns: tuple[Text, ...]
    rows: tuple[Text, ...]
    points: tuple[Text, ...]
    paragraphs: tuple[Text, ...]


@lru_cache(maxsize=1)
def items() -> Mapping[str, HowTo]:
    """Every how-to, by the item's id."""
    found: dict[str, HowTo] = {}
    for path in sorted(_folder().glob("*.yaml")):
        if path.name != MODELS:
            found |= {item: _howto(item, words) for item, words in _read(path).items()}
    return found


@lru_cache(maxsize=1)
def models() -> Mapping[str, Model]:
    """Every model document, by its id."""
    return {id: _model(id, words) for id, words in _read(_folder() / MODELS).items()}


def _folder() -> Path:
    return places.checklists_dir() / "how-to"


def _read(path: Path) -> dict[str, Any]:
    found: dict[str, Any] = yaml.load(path.read_bytes(), Loader=_LOADER)  # noqa: S506 - a safe loader
    return found


def _howto(item: str, words: Mapping[str, Any]) -> HowTo:
    return HowTo(item, _texts(words["steps"]), _text(words["small"]), _text(words["large"]), tuple(words["models"]))


def _model(id: str, words: Mapping[str, Any]) -> Model:
    return Model(
        id=id,
        kind=words["kind"],
        title=_text(words["title"]),
        note=_text(words["note"]) if "note" in words else None,
        columns=_texts(words.get("columns", ())),
        rows=_texts(words.get("rows", ())),
        points=_texts(words.get("points", ())),
        paragraphs=_texts(words.get("paragraphs", ())),
    )


def _text(words: Mapping[str, str]) -> Text:
    return Text(words["en"], words["zh"])


def _texts(many: Any) -> tuple[Text, ...]:
    return tuple(_text(words) for words in many)
