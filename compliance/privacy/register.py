"""The register of personal data and the policy of deadlines, read from the files beside this one."""

from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import sqlalchemy as sa
import yaml

from compliance.privacy.rules import Elsewhere, End, Hanging, Kind, Register, Removal
from compliance.shared.database import Id
from compliance.shared.words import Text

_FOLDER = Path(__file__).parent


@dataclass(frozen=True)
class Policy:
    """Deadlines: working days for an answer, and hours from a breach's discovery for each step."""

    answer_working_days: int
    breach_hours: dict[str, int]
    source: Text


@cache
def read() -> Register:
    """The whole register. Every table of the product is in it: a test holds it complete."""
    raw, tables = _yaml("kinds"), _yaml("tables")["tables"]
    return Register(
        checked=raw["checked"],
        kinds={id: _kind(id, one) for id, one in raw["kinds"].items()},
        elsewhere=tuple(Elsewhere(_text(o["name"]), _text(o["what"]), _text(o["period"])) for o in raw["elsewhere"]),
        tables={name: {kind: tuple(columns) for kind, columns in one.items()} for name, one in tables.items()},
    )


@cache
def policy() -> Policy:
    """The deadlines."""
    raw = _yaml("policy")
    return Policy(raw["answer_working_days"], raw["breach_hours"], _text(raw["source"]))


def may_speak(column: sa.Column[Any]) -> bool:
    """Whether a column can hold words, files or values of any form, and so something about a person."""
    bound = (sa.Enum, Id, sa.Integer, sa.Boolean, sa.Date, sa.DateTime, sa.Numeric, sa.Float)
    return not (column.foreign_keys or isinstance(column.type, bound) or isinstance(bare(column.type), bound))


def mark(tables: Iterable[sa.Table]) -> None:
    """Have the audit trail keep apart what the night will empty: else it would live on there."""
    known = {table.name: table for table in tables}
    for kind in read().kinds.values():
        for removal in kind.removals:
            for table, blank in [(removal.table, removal.blank), *((one.table, one.blank) for one in removal.hanging)]:
                for name in blank:
                    column = known[table].columns[name]
                    if may_speak(column):
                        column.info["apart"] = True


def bare(kind: Any) -> Any:
    """The type of a column without what wraps it."""
    return kind.impl if isinstance(kind, sa.types.TypeDecorator) else kind


def _kind(id: str, raw: dict[str, Any]) -> Kind:
    texts = {name: _text(raw[name]) for name in ("name", "purpose", "ground", "readers", "place", "why")}
    return Kind(
        id=id,
        **texts,
        law=tuple(raw["law"]),
        days=raw["days"],
        since=_text(raw["from"]),
        end=End(raw["end"]),
        holdable=raw["holdable"],
        keys=tuple(raw.get("keys", ())),
        removals=tuple(_removal(one) for one in raw.get("removal", ())),
    )


def _removal(raw: dict[str, Any]) -> Removal:
    return Removal(
        table=raw["table"],
        since=tuple(raw.get("since", ())),
        gone=raw.get("gone", {}),
        through=raw.get("through", ""),
        blank=raw.get("blank", {}),
        delete=raw.get("delete", False),
        files=tuple(raw.get("files", ())),
        hanging=tuple(
            Hanging(one["table"], one["by"], one.get("blank", {}), one.get("delete", False))
            for one in raw.get("with", ())
        ),
    )


def _text(raw: dict[str, str]) -> Text:
    return Text(raw["en"], raw["zh"])


def _yaml(name: str) -> Any:
    return yaml.safe_load((_FOLDER / f"{name}.yaml").read_text(encoding="utf-8"))
