"""The draw: who of a frozen frame is visited, as one function of frame and seed that anybody can repeat. Pure.

This is algorithm ``compliance-draw-1``. The seed is 32 random bytes. Every workplace has a number for each purpose: the
HMAC-SHA-256, keyed by the seed, of ``purpose|workplace`` (the id as 32 hexadecimal digits). Then:

1. *Targeted*: the workplaces with the most points of risk, between equals those with the smaller number for
   ``targeted``. They leave their strata before chance decides anything, and are drawn for certain.
2. *Strata*: those of the rest, formed and merged as ``strata`` has it, from classes and numbers alone.
3. *Random*: in each stratum the ``n`` workplaces with the smallest numbers for ``random``: a simple random draw without
   replacement, each with the chance ``n / N``.
4. *Position*: all that were drawn, in the order of their numbers for ``order``.
5. *Seal*: the HMAC-SHA-256, keyed by the seed, of ``result|`` and the SHA-256 of all decisions in hexadecimal digits.
"""

import heapq
import hmac
from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass

from compliance.planning import strata
from compliance.planning.frames import ALGORITHM, UNKNOWN, Alike, Frame, Member, Outline, Terms, digest_of
from compliance.shared.problems import Problem
from compliance.shared.words import N_
from compliance.visits.states import Route

TARGETED = "targeted"
"""The key of the stratum of those who were drawn for certain."""
_DIGEST = "sha256"


@dataclass(frozen=True)
class DrawnStratum:
    """One stratum as it was drawn from: N workplaces, n of them drawn."""

    key: str
    sector: str
    size: str
    district: str
    route: Route
    certain: bool
    population: int
    drawn: int
    merged: tuple[str, ...] = ()


@dataclass(frozen=True)
class Chosen:
    """One workplace that was drawn."""

    member: Member
    stratum: str
    route: Route
    probability: float
    position: int


@dataclass(frozen=True)
class Drawing:
    """All that a draw decided."""

    strata: tuple[DrawnStratum, ...]
    chosen: tuple[Chosen, ...]

    @property
    def digest(self) -> str:
        """SHA-256 over every decision."""
        lines = [
            f"{s.key},{s.route.value},{s.certain},{s.population},{s.drawn},{'+'.join(s.merged)}" for s in self.strata
        ]
        lines += [
            f"{c.position},{c.member.workplace},{c.stratum},{c.route.value},{c.probability!r}" for c in self.chosen
        ]
        return digest_of("\n".join(lines).encode())

    def seal(self, seed: bytes) -> str:
        """What binds the result and tells nothing of it until the seed is revealed: who knows the frame could try out
        results against a bare digest.
        """
        return hmac.digest(seed, f"result|{self.digest}".encode(), _DIGEST).hex()


def cell_of(member: Member | Alike, by_district: bool) -> strata.Cell:
    """The classes of members as strata tell them apart: their division, size, and their district if wanted."""
    district = (member.district or UNKNOWN) if by_district else strata.ALL
    return strata.Cell(member.sector[:3] or UNKNOWN, member.size or UNKNOWN, district)


def numbers(terms: Terms, members: int) -> tuple[int, int]:
    """How many random and targeted visits a frame with so many members bears: random ones first, and nobody twice."""
    random = min(terms.random, members)
    return random, min(terms.targeted, members - random)


def draw(frame: Frame, seed: bytes) -> Drawing:
    """Draw. The same frame and seed give the same result for ever.

    Raises ``Problem`` for a frame of another algorithm, named, and for one without members.
    """
    _require_known(frame.terms)
    if not frame.members:
        raise Problem("frame-empty", N_("There is nobody to draw from."))
    random, targeted = numbers(frame.terms, len(frame.members))
    certain = _riskiest(frame, seed, targeted)
    taken = {member.workplace for member in certain}
    alike: dict[tuple[str, str, str], list[Member]] = defaultdict(list)
    rest: dict[strata.Cell, list[Member]] = defaultdict(list)
    for member in frame.members:
        if member.workplace not in taken:
            alike[member.sector, member.size, member.district].append(member)
    for equals in alike.values():
        rest[cell_of(equals[0], frame.terms.by_district)] += equals
    formed, _ = strata.form({cell: len(found) for cell, found in rest.items()}, frame.terms.smallest, random)
    shares = strata.allocate([stratum.population for stratum in formed], random)
    told, picked = [], []
    if certain:
        told.append(DrawnStratum(TARGETED, "", "", "", Route.targeted, True, len(certain), len(certain)))
        picked += [(member, TARGETED, Route.targeted, 1.0) for member in certain]
    for stratum, n in zip(formed, shares, strict=True):
        members = [member for cell in stratum.cells for member in rest[cell]]
        if n:
            found = heapq.nsmallest(n, members, key=lambda member: _number(seed, b"random|", member))
            picked += [(member, stratum.key, Route.random, n / stratum.population) for member in found]
        told.append(
            DrawnStratum(
                stratum.key, stratum.sector, stratum.size, stratum.district, Route.random, False,
                stratum.population, n, stratum.merged,
            )
        )  # fmt: skip
    picked.sort(key=lambda one: _number(seed, b"order|", one[0]))
    return Drawing(tuple(told), tuple(Chosen(*one, position) for position, one in enumerate(picked, 1)))


def expected(terms: Terms, outline: Outline) -> tuple[tuple[DrawnStratum, ...], int]:
    """The strata as they will be, and the least number of workplaces of a stratum that is used.

    There is no seed yet: between equal points the order of classes decides.
    """
    return formed(terms, *rest(terms, outline))


def rest(terms: Terms, outline: Outline) -> tuple[dict[strata.Cell, int], int]:
    """How many of each cell are left to chance, and how many are drawn for certain before."""
    _, targeted = numbers(terms, sum(outline.values()))
    counts: dict[strata.Cell, int] = defaultdict(int)
    certain = 0
    for alike in sorted(outline, key=lambda one: (-one.points, one)):
        taken = min(outline[alike], targeted - certain)
        certain += taken
        if outline[alike] > taken:
            counts[cell_of(alike, terms.by_district)] += outline[alike] - taken
    return counts, certain


def formed(terms: Terms, counts: Mapping[strata.Cell, int], certain: int) -> tuple[tuple[DrawnStratum, ...], int]:
    """The strata of what ``rest`` gives, and the least number of workplaces of a stratum that is used."""
    _require_known(terms)
    random, _ = numbers(terms, sum(counts.values()) + certain)
    found, smallest = strata.form(counts, terms.smallest, random)
    shares = strata.allocate([stratum.population for stratum in found], random)
    told = [
        DrawnStratum(s.key, s.sector, s.size, s.district, Route.random, False, s.population, n, s.merged)
        for s, n in zip(found, shares, strict=True)
    ]
    if certain:
        told.insert(0, DrawnStratum(TARGETED, "", "", "", Route.targeted, True, certain, certain))
    return tuple(told), smallest


def differences(drawn: Drawing, kept: Mapping[str, tuple[str, str, float, int]]) -> tuple[str, ...]:
    """The workplaces whose kept decision (stratum, route, probability, position) is not what the draw gives."""
    made = {c.member.workplace: (c.stratum, c.route.value, c.probability, c.position) for c in drawn.chosen}
    return tuple(sorted(id for id in {*made, *kept} if made.get(id) != kept.get(id)))


def _require_known(terms: Terms) -> None:
    if terms.algorithm != ALGORITHM:
        raise Problem(
            "draw-algorithm",
            N_("This draw needs the algorithm %(named)s; this release has %(known)s."),
            named=terms.algorithm,
            known=ALGORITHM,
        )


def _riskiest(frame: Frame, seed: bytes, number: int) -> list[Member]:
    """The members with the most points; hashes only where equals have to be told apart."""
    if not number:
        return []
    least = heapq.nlargest(number, (member.points for member in frame.members))[-1]
    above = [member for member in frame.members if member.points > least]
    equal = [member for member in frame.members if member.points == least]
    told = heapq.nsmallest(number - len(above), equal, key=lambda member: _number(seed, b"targeted|", member))
    return above + told


def _number(seed: bytes, purpose: bytes, member: Member) -> bytes:
    """The number of a member for a purpose, and behind it the id, for the order of two with the same number."""
    workplace = member.workplace.encode()
    return hmac.digest(seed, purpose + workplace, _DIGEST) + workplace
