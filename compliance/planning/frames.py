"""The frozen frame: who could be drawn, as bytes that mean one thing. Pure.

A frame is text: a line that names the form, a line of JSON with what the draw needs to know, then one line a workplace
in the order of the ids. The same members and numbers give the same bytes, so that their SHA-256 binds all of them.
"""

import hashlib
import json
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass
from itertools import pairwise
from typing import NamedTuple

from compliance.shared.problems import Problem
from compliance.shared.words import N_

FORM = "compliance frame 1"
ALGORITHM = "compliance-draw-1"
"""The name of the algorithm in ``draw``; changed with everything that can change a draw."""
UNKNOWN = "?"
"""A class that was not entered in the register."""


class Member(NamedTuple):
    """A workplace of the frame.

    Its ids (32 hexadecimal digits), the classes of its enterprise, its district, and its points of risk (0 and more).
    """

    workplace: str
    enterprise: str
    sector: str
    size: str
    district: str
    points: int


class Alike(NamedTuple):
    """What members have in common that a plan cannot tell apart: their division, size, district and points."""

    sector: str
    size: str
    district: str
    points: int


Outline = Mapping[Alike, int]
"""How many members are alike: all that is known of a frame before its draw."""


@dataclass(frozen=True)
class Terms:
    """What a draw is told beside the members: how many, in which strata, and by which algorithm.

    ``random`` and ``targeted`` are visits wanted; ``smallest`` is the least number of workplaces of a stratum.
    """

    association: str
    period: str
    first_day: str
    last_day: str
    random: int
    targeted: int
    by_district: bool
    smallest: int
    algorithm: str = ALGORITHM


@dataclass(frozen=True)
class Frame:
    """Members in the order of their ids, and the terms of the draw."""

    terms: Terms
    members: tuple[Member, ...]


def frame_of(terms: Terms, members: Iterable[Member]) -> Frame:
    """A frame in its one order. Raises ``Problem`` without members, or where a workplace stands twice."""
    ordered = tuple(sorted(members))
    if not ordered:
        raise Problem("frame-empty", EMPTY)
    if any(one.workplace == next_one.workplace for one, next_one in pairwise(ordered)):
        raise Problem("frame-twice", N_("A workplace stands in the frame twice."))
    return Frame(terms, ordered)


def outline(members: Iterable[Member]) -> Outline:
    """How many of these are alike."""
    return Counter(Alike(m.sector[:3], m.size, m.district, m.points) for m in members)


def written(frame: Frame) -> bytes:
    """The canonical bytes of a frame."""
    lines = [f"{m.workplace},{m.enterprise},{m.sector},{m.size},{m.district},{m.points}" for m in frame.members]
    return ("\n".join([FORM, _terms(frame.terms), *lines]) + "\n").encode()


def read(data: bytes) -> Frame:
    """A frame from its bytes. Raises ``Problem`` for bytes that are not exactly what ``written`` makes."""
    try:
        form, terms, *lines = data.decode().split("\n")
        members = tuple([_member(line) for line in lines[:-1]])
        frame = Frame(Terms(**json.loads(terms)), members)
        # Each line is what its member gives (``_member``): that leaves the head, the order and the end.
        if form != FORM or _terms(frame.terms) != terms or lines[-1] or not _in_order(members):
            raise ValueError
    except (ValueError, TypeError, IndexError):
        raise Problem("frame-unreadable", N_("This frame cannot be read: it is damaged or of another form.")) from None
    return frame


def _member(line: str) -> Member:
    workplace, enterprise, sector, size, district, points = line.split(",")
    number = int(points)
    if str(number) != points:
        raise ValueError
    return Member(workplace, enterprise, sector, size, district, number)


def _terms(terms: Terms) -> str:
    return json.dumps(asdict(terms), sort_keys=True, ensure_ascii=False, separators=(",", ":"))


def _in_order(members: tuple[Member, ...]) -> bool:
    return all(one.workplace < next_one.workplace for one, next_one in pairwise(members))


def digest_of(data: bytes) -> str:
    """SHA-256 in hexadecimal digits."""
    return hashlib.sha256(data).hexdigest()


EMPTY = N_(
    "There is nobody to draw from: the frame has no workplace. Enter active enterprises in the register, or undo "
    "exclusions."
)
