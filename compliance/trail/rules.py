"""What of a line of the trail its reader may know. Pure."""

from collections.abc import Mapping
from typing import Any

from compliance.shared.words import Text
from compliance.trail.words import CLOSED_TO_TIED, FAMILIES, SEALED, VERBS

DETAILED = frozenset(
    {
        "api_token", "association", "invitation", "person", "role_grant", "signatory", "user_enterprise",
        "enterprise", "workplace", "pledge", "life_event", "branch",
    }
)  # fmt: skip
"""Tables of which the page shows what changed: those that its readers keep themselves."""
NOTED = frozenset({"api", "audit", "list", "person", "privacy", "register"})
"""Families whose lines show the note that was written with them."""
ENTERPRISES = frozenset({"enterprise", "workplace", "pledge", "life_event", "branch", "user_enterprise"})
"""Tables that tell of an enterprise: nothing of them for a reader with a tie to any."""


def family(verb: str) -> str:
    """What a verb is about: what stands before its point."""
    return verb.split(".")[0]


def sealed(tied: bool) -> frozenset[str]:
    """The families of which a reader learns nothing; ``tied``: they have a tie."""
    return SEALED | CLOSED_TO_TIED if tied else SEALED


def families(tied: bool) -> dict[str, Text]:
    """What a reader can look for."""
    return {name: words for name, words in FAMILIES.items() if name not in sealed(tied)}


def words(verb: str) -> Text:
    """What was done."""
    return VERBS.get(verb, Text(verb, verb))


def program(verb: str, changes: Mapping[str, Any]) -> str:
    """The name of the token by which another system acted; empty where none did."""
    return str(changes.get("note", {}).get("token", "")) if family(verb) == "api" else ""


def details(verb: str, changes: Mapping[str, Any], tied: bool) -> list[tuple[str, str, str, str]]:
    """What changed: table, column, before, after; only of what the page may show. Sealed values stand as "…"."""
    if family(verb) in sealed(tied):
        return []
    found = []
    for row, acts in changes.items():
        table = row.split(" ")[0]
        if row == "note":
            if family(verb) in NOTED:
                found += [("", name, "", _plain(value)) for name, value in acts.items()]
            continue
        if table not in DETAILED or (tied and table in ENTERPRISES):
            continue
        for name, value in acts.get("created", {}).items():
            found.append((table, name, "", _plain(value)))
        for name, (before, after) in acts.get("changed", {}).items():
            found.append((table, name, _plain(before), _plain(after)))
    return found


def _plain(value: Any) -> str:
    if isinstance(value, dict) and set(value) & {"sealed", "sha256"}:
        return "…"
    if isinstance(value, dict):
        return "; ".join(f"{name}: {_plain(one)}" for name, one in value.items())
    if isinstance(value, list):
        return ", ".join(map(_plain, value))
    return "" if value is None else str(value)
