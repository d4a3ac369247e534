"""Choosing enterprises on a page that works without scripts: what a search offers, and the ids that come back."""

from collections.abc import Iterable
from typing import Any
from uuid import UUID

from compliance.enterprises import store as enterprises
from compliance.people.rules import Actor

OFFERED = 20  # enterprises shown by one search


def offered(actor: Actor, text: str) -> list[Any]:
    """The first enterprises of the actor's scope that fit a search; none for an empty one."""
    return enterprises.search(actor, text, per_page=OFFERED).rows if text.strip() else []


def id_of(text: object) -> UUID | None:
    """An id that was sent, or None when it is none."""
    try:
        return UUID(str(text))
    except ValueError:
        return None


def ids_of(texts: Iterable[object] | None) -> list[UUID]:
    """The ids among what was sent."""
    return [found for text in texts or () if (found := id_of(text))]
