"""The canonical text of a checklist, which its digest is made of, and back.

What stands at its default is left out, so that a later release that knows more fields gives old content the
same text. Numbers are written as words, so that 0.5 and 0.50 are the same. How the content lies in files does not
count.
"""

import hashlib
import json
import types
import typing
from collections.abc import Mapping
from dataclasses import MISSING, Field, fields, is_dataclass, replace
from datetime import date
from decimal import Decimal
from enum import StrEnum
from functools import cache
from pathlib import Path
from typing import Any

from compliance.checklists.rules import Checklist

_FIRST_LADDER = Path(__file__).with_name("first_ladder.json")


def to_json(checklist: Checklist) -> str:
    """The canonical text: sorted keys, no spaces, UTF-8 characters as they are. The digest is not in it."""
    document = encode(checklist)
    document.pop("digest", None)
    return json.dumps(document, ensure_ascii=False, sort_keys=True, separators=(",", ":"))


def from_json(text: str) -> Checklist:
    """The checklist of a canonical text, with the digest of that text.

    Raises ValueError, KeyError or TypeError for a text that `to_json` did not write.
    """
    document = json.loads(text)
    if "ladder" not in document:
        document = _of_before_the_ladder(document)
    checklist: Checklist = decode(Checklist, {**document, "digest": digest_of(text)})
    return checklist


def _of_before_the_ladder(document: dict[str, Any]) -> dict[str, Any]:
    """The content of a version from before there was a ladder: with the first one that was shipped, which took the
    place of two lists of the policy that nothing was done by.
    """
    moved = {"reminders", "letters"}
    policy = {key: value for key, value in document["policy"].items() if key not in moved}
    return {**document, "policy": policy, "ladder": json.loads(_FIRST_LADDER.read_text(encoding="utf-8"))}


def digest_of(text: str) -> str:
    """SHA-256 of a canonical text, 64 hexadecimal digits."""
    return hashlib.sha256(text.encode()).hexdigest()


def sealed(checklist: Checklist) -> Checklist:
    """The checklist with the digest of its content."""
    return replace(checklist, digest=digest_of(to_json(checklist)))


def encode(value: Any, *, full: bool = False) -> Any:
    """A value of this package as plain JSON data. `full`: also the fields that stand at their default."""
    if is_dataclass(value):
        return {
            field.name: encode(getattr(value, field.name), full=full)
            for field in fields(value)
            if full or not _at_default(field, getattr(value, field.name))
        }
    if isinstance(value, Mapping):
        return {str(key): encode(entry, full=full) for key, entry in value.items()}
    if isinstance(value, frozenset):
        return sorted(encode(entry, full=full) for entry in value)
    if isinstance(value, tuple | list):
        return [encode(entry, full=full) for entry in value]
    if isinstance(value, Decimal):
        return f"{value.normalize():f}"
    if isinstance(value, StrEnum):
        return value.value
    if isinstance(value, date):
        return value.isoformat()
    return value


def _at_default(field: "Field[Any]", value: Any) -> bool:
    if field.default_factory is not MISSING:
        return bool(value == field.default_factory())
    return field.default is not MISSING and bool(value == field.default)


def decode(kind: Any, data: Any) -> Any:
    """Plain JSON data as a value of the type `kind`; what is missing takes its default."""
    origin, arguments = typing.get_origin(kind), typing.get_args(kind)
    if origin in (types.UnionType, typing.Union):
        return _decode_union(arguments, data)
    if origin is tuple:
        return tuple(decode(arguments[0], entry) for entry in data)
    if origin is frozenset:
        return frozenset(decode(arguments[0], entry) for entry in data)
    if origin is not None and issubclass(origin, Mapping):
        return {decode(arguments[0], key): decode(arguments[1], entry) for key, entry in data.items()}
    if isinstance(kind, type) and is_dataclass(kind):
        hints = _hints(kind)
        return kind(**{name: decode(hints[name], entry) for name, entry in data.items()})
    if kind is Any:
        return data
    if isinstance(kind, type) and issubclass(kind, StrEnum | Decimal):
        return kind(data)
    if kind is date:
        return date.fromisoformat(data)
    return data


def _decode_union(kinds: tuple[Any, ...], data: Any) -> Any:
    """None, or a list for the tuple among the kinds, or the one kind that is left."""
    if data is None:
        return None
    for kind in kinds:
        if isinstance(data, list) == (typing.get_origin(kind) is tuple) and kind is not type(None):
            return decode(kind, data)
    raise TypeError(data)


@cache
def _hints(kind: Any) -> dict[str, Any]:
    return typing.get_type_hints(kind)
