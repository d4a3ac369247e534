"""What a plan of days is made from, as bytes that mean one thing, and the seed and the digest of a plan. Pure.

Frozen when the days are drawn: a line that names the form, a line with the terms, then a line for each person, place
and visit that had its day already, each as JSON, in one order. The same inputs give the same bytes. The seed follows
from the seed of the period, which was bound before anything was drawn: nobody chooses it, and nobody draws until they
like what comes.
"""

import hashlib
import hmac
import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

from compliance.planning.schedule import ALGORITHM, Fixed, Person, Place, Plan, Terms
from compliance.shared.problems import Problem
from compliance.shared.words import N_
from compliance.visits.parts import Part

FORM = "compliance days 1"


@dataclass(frozen=True)
class Inputs:
    """Everything that a plan of days depends on but its seed. ``number`` counts the drawings of a period, from 1."""

    period: UUID
    number: int
    terms: Terms
    people: tuple[Person, ...]
    places: tuple[Place, ...]
    fixed: tuple[Fixed, ...]
    algorithm: str = ALGORITHM


def seed_of(period_seed: str, number: int) -> str:
    """The seed (64 hexadecimal digits) of a drawing of days: the HMAC-SHA-256 of ``days|number``, keyed by the
    32 bytes of the period's seed.
    """
    return hmac.new(bytes.fromhex(period_seed), f"days|{number}".encode(), hashlib.sha256).hexdigest()


def digest_of(plan: Plan, seed: str) -> str:
    """The HMAC-SHA-256 of a plan, keyed by its seed: a bare digest of a short plan could be found by trying."""
    lines = [
        f"{one.place.hex},{one.day.isoformat()},{one.part.value},{one.minute},{'+'.join(id.hex for id in one.team)},"
        f"{one.order},{'+'.join(given.value for given in one.relaxed)}"
        for one in plan.slots
    ]
    lines += [f"{place.hex},{why.value}" for place, why in plan.left]
    return hmac.new(bytes.fromhex(seed), "\n".join(lines).encode(), hashlib.sha256).hexdigest()


def written(inputs: Inputs) -> bytes:
    """The canonical bytes of inputs."""
    terms = {
        "algorithm": inputs.algorithm,
        "period": inputs.period.hex,
        "number": inputs.number,
        "days": [day.isoformat() for day in inputs.terms.days],
        "stops": inputs.terms.stops,
        "teams": inputs.terms.teams,
        "apart": inputs.terms.apart,
        "odd": inputs.terms.odd,
    }
    lines = [
        *sorted(_line({"person": _of_person(one)}) for one in inputs.people),
        *sorted(_line({"place": _of_place(one)}) for one in inputs.places),
        *sorted(_line({"fixed": _of_fixed(one)}) for one in inputs.fixed),
    ]
    return ("\n".join([FORM, _line(terms), *lines]) + "\n").encode()


def read(data: bytes) -> Inputs:
    """Inputs from their bytes. Raises ``Problem`` for bytes that are not exactly what ``written`` makes."""
    try:
        _form, head, *lines = data.decode().rstrip("\n").split("\n")
        terms = json.loads(head)
        told = [next(iter(json.loads(line).items())) for line in lines]
        found = Inputs(
            UUID(hex=terms["period"]),
            terms["number"],
            Terms(
                tuple(date.fromisoformat(day) for day in terms["days"]),
                terms["stops"],
                terms["teams"],
                terms["apart"],
                terms["odd"],
            ),
            tuple(_person(kept) for kind, kept in told if kind == "person"),
            tuple(_place(kept) for kind, kept in told if kind == "place"),
            tuple(_fixed(kept) for kind, kept in told if kind == "fixed"),
            terms["algorithm"],
        )
        if written(found) != data:
            raise ValueError
    except (ValueError, TypeError, KeyError, AttributeError, StopIteration):
        raise Problem(
            "days-unreadable", N_("These inputs cannot be read: they are damaged or of another form.")
        ) from None
    return found


def _line(kept: Mapping[str, Any]) -> str:
    return json.dumps(kept, sort_keys=True, ensure_ascii=False, separators=(",", ":"))


def _of_person(one: Person) -> dict[str, Any]:
    return {
        "id": one.id.hex,
        "languages": sorted(one.languages),
        "woman": one.woman,
        "not_to": _hexes(one.not_to),
        "away": sorted([first.isoformat(), last.isoformat()] for first, last in one.away),
        "base": one.base,
    }


def _person(kept: Mapping[str, Any]) -> Person:
    return Person(
        UUID(hex=kept["id"]),
        frozenset(kept["languages"]),
        kept["woman"],
        _uuids(kept["not_to"]),
        tuple((date.fromisoformat(first), date.fromisoformat(last)) for first, last in kept["away"]),
        kept["base"],
    )


def _of_place(one: Place) -> dict[str, Any]:
    return {
        "id": one.id.hex,
        "enterprise": one.enterprise.hex,
        "district": one.district,
        "park": one.park,
        "languages": sorted(one.languages),
        "night": one.night,
        "shifts": one.shifts,
        "last": _hexes(one.last),
    }


def _place(kept: Mapping[str, Any]) -> Place:
    return Place(
        UUID(hex=kept["id"]),
        UUID(hex=kept["enterprise"]),
        kept["district"],
        kept["park"],
        frozenset(kept["languages"]),
        kept["night"],
        kept["shifts"],
        _uuids(kept["last"]),
    )


def _of_fixed(one: Fixed) -> dict[str, Any]:
    return {
        "day": one.day.isoformat(),
        "part": one.part.value if one.part else None,
        "people": _hexes(one.people),
        "near": sorted([kind, key] for kind, key in one.neighbourhood),
    }


def _fixed(kept: Mapping[str, Any]) -> Fixed:
    return Fixed(
        date.fromisoformat(kept["day"]),
        Part(kept["part"]) if kept["part"] is not None else None,
        _uuids(kept["people"]),
        tuple((kind, key) for kind, key in kept["near"]),
    )


def _hexes(ids: Iterable[UUID]) -> list[str]:
    return sorted(id.hex for id in ids)


def _uuids(kept: Iterable[str]) -> frozenset[UUID]:
    return frozenset(UUID(hex=id) for id in kept)
