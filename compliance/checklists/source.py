"""Reads YAML, or rows of a sheet, into a tree of raw words that know where they stand.

Scalars stay as they were typed: `2.10` is a clause number and not 2.1, `no` is a word until somebody asks for
a truth value. What a word means is decided by `reader`.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import yaml

from compliance.checklists.complaints import Complaint, Place

SIZE_LIMIT = 512 * 1024
"""Bytes of one file. The shipped files have at most some 60 KB."""
DEPTH_LIMIT = 12

Complain = Callable[[Complaint], None]
_LOADER: type = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
_NULL = "tag:yaml.org,2002:null"


@dataclass(frozen=True)
class Word:
    """A scalar as it was typed; empty for null."""

    place: Place
    raw: str


@dataclass(frozen=True)
class Many:
    """A list."""

    place: Place
    entries: Sequence["Tree"]


@dataclass(frozen=True)
class Group:
    """Keys with values; `places` says where each key stands."""

    place: Place
    values: Mapping[str, "Tree"]
    places: Mapping[str, Place]

    def at(self, key: str) -> Place:
        """Where the key stands, or the group if it has no such key."""
        return self.places.get(key, self.place)


Tree = Word | Many | Group


def read_yaml(file: str, data: bytes, complain: Complain) -> Group | None:
    """The tree of one file, or None after a complaint. Never executes anything; refuses aliases."""
    if len(data) > SIZE_LIMIT:
        complain(Complaint("C002", Place(file), facts={"size": len(data), "limit": SIZE_LIMIT}))
        return None
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        complain(Complaint("C001", Place(file, data[: error.start].count(b"\n") + 1)))
        return None
    try:
        if not _harmless(file, text, complain):
            return None
        node = yaml.compose(text, Loader=_LOADER)
    except yaml.YAMLError as error:
        complain(_syntax(file, text, error))
        return None
    if not isinstance(node, yaml.MappingNode):
        complain(Complaint("C007", Place(file, 1)))
        return None
    return _group(file, node, complain)


def _harmless(file: str, text: str, complain: Complain) -> bool:
    """Looks, without recursion, for aliases and for depth that would exhaust the stack."""
    depth = 0
    for event in yaml.parse(text, Loader=_LOADER):
        if isinstance(event, yaml.AliasEvent) or getattr(event, "anchor", None):
            complain(Complaint("C005", _place(file, event.start_mark)))
            return False
        if isinstance(event, yaml.CollectionStartEvent):
            depth += 1
        elif isinstance(event, yaml.CollectionEndEvent):
            depth -= 1
        if depth > DEPTH_LIMIT:
            complain(Complaint("C006", _place(file, event.start_mark)))
            return False
    return True


def _syntax(file: str, text: str, error: yaml.YAMLError) -> Complaint:
    mark = getattr(error, "problem_mark", None) or getattr(error, "context_mark", None)
    if mark is None:
        # A character that YAML does not allow has a position, but no mark.
        position = getattr(error, "position", 0)
        line = text[:position].count("\n") + 1
        return Complaint("C003", Place(file, line), facts={"detail": getattr(error, "reason", str(error))})
    place = _place(file, mark)
    lines = text.splitlines()
    line_text = lines[mark.line] if mark.line < len(lines) else ""
    indent = line_text[: len(line_text) - len(line_text.lstrip())]
    if "\t" in indent or line_text[mark.column : mark.column + 1] == "\t":
        return Complaint("C004", place)
    return Complaint("C003", place, facts={"detail": getattr(error, "problem", None) or str(error)})


def _place(file: str, mark: Any) -> Place:
    return Place(file, mark.line + 1)


def _tree(file: str, node: yaml.Node, complain: Complain) -> Tree:
    place = _place(file, node.start_mark)
    if isinstance(node, yaml.ScalarNode):
        return Word(place, "" if node.tag == _NULL else node.value)
    if isinstance(node, yaml.SequenceNode):
        return Many(place, tuple(_tree(file, child, complain) for child in node.value))
    return _group(file, node, complain)


def _group(file: str, node: yaml.Node, complain: Complain) -> Group:
    values: dict[str, Tree] = {}
    places: dict[str, Place] = {}
    for key_node, value_node in node.value:
        key = key_node.value if isinstance(key_node, yaml.ScalarNode) else str(key_node.tag)
        where = _place(file, key_node.start_mark)
        if key in values:
            complain(Complaint("C010", where, facts={"key": key}))
            continue
        values[key], places[key] = _tree(file, value_node, complain), where
    return Group(_place(file, node.start_mark), values, places)
