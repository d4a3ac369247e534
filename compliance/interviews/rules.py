"""The law of interviews: how many people and whom to ask, and which counts may be told.

Whom to ask is said in shares of the workforce and never by name. Counts are told so that nobody can be picked out of
them, not even by comparing what was told before with what is told now.
"""

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum

LEAST = 4
"""At least so many people are asked; where no more work there, all of them (domain facts 3.3)."""
IN_GROUPS = 0.3
"""About this share of them is asked in groups, the rest alone (domain facts 3.3)."""
GROUP_LEAST, GROUP_MOST = 4, 5
MORE_WITH_SIGNS = 0.5
"""With one of the indicators 1 to 9 of the ILO so much more is asked (domain facts 3.3)."""
SIGNS = range(1, 10)
MORE_OF_FEW = 1.5
"""Migrants and the newest are asked beyond their share of the workforce."""
NEWEST_SHARE = 0.2
NIGHT_SHARE = 0.25

TOLD_FROM = 5
"""No count of fewer people is told (design, promise 3)."""
ASK_AGAIN_FROM, ASK_AGAIN_TO = 7, 14
"""Days after which those who spoke are asked how they have fared."""
WARNED_BEFORE = timedelta(days=7)
"""So long before the contacts are destroyed, those who ask again are told, if nobody was asked yet."""
CALLED_WITHIN = timedelta(days=7)
"""For so long after its day the task to ask again is in time, where there are cards and no contacts."""


# -- how many, and whom ------------------------------------------------------------------------------------------------


class Whom(StrEnum):
    """Of whom there should be enough among those who are asked."""

    women = "women"
    men = "men"
    migrants = "migrants"
    newest = "newest"
    night_shift = "night_shift"
    agency = "agency"
    under_18 = "under_18"


@dataclass(frozen=True)
class Workforce:
    """The people of a workplace, as counts; 0 where nobody knows."""

    workers: int
    women: int = 0
    migrants: int = 0
    under_18: int = 0
    night_work: bool = False
    agency_workers: bool = False


@dataclass(frozen=True)
class Proposal:
    """How many to ask: ``alone`` people one by one, and groups of these sizes.

    ``of_them`` says how many of all of them should be of each kind; one person may be of several. Nobody is named.
    """

    alone: int
    groups: tuple[int, ...]
    of_them: tuple[tuple[Whom, int], ...]
    more_with_signs: bool

    @property
    def size(self) -> int:
        """All people who are asked."""
        return self.alone + sum(self.groups)


def sample_size(workers: int, *, signs: bool = False) -> int:
    """How many of ``workers`` are asked: the square root and at least four; half as many again where there are signs.

    All of them where there are four or fewer; 0 of none.
    """
    size = max(_root(workers), LEAST)
    if signs:
        size = math.ceil(size * (1 + MORE_WITH_SIGNS))
    return min(size, max(workers, 0))


def signs_among(indicators: Iterable[int]) -> bool:
    """Whether one of these indicators of the ILO (1 to 11) calls for more interviews."""
    return any(one in SIGNS for one in indicators)


def propose(there: Workforce, indicators: Iterable[int] = ()) -> Proposal:
    """Whom to ask at a workplace where these indicators have been ticked."""
    signs = signs_among(indicators)
    size = sample_size(there.workers, signs=signs)
    groups = _groups(size)
    return Proposal(size - sum(groups), groups, _of_them(there, size), signs)


def _root(workers: int) -> int:
    whole = math.isqrt(max(workers, 0))
    return whole + (whole * whole < workers)


def _groups(size: int) -> tuple[int, ...]:
    share = size * IN_GROUPS
    number = int((share + 1) // GROUP_LEAST)
    people = min(max(round(share), GROUP_LEAST * number), GROUP_MOST * number)
    return tuple(people // number + (at < people % number) for at in range(number))


def _of_them(there: Workforce, size: int) -> tuple[tuple[Whom, int], ...]:
    def part(people: int, weight: float = 1) -> int:
        """As many as their share, weighted; at least two of those who are there, at most all of them."""
        if not people or not there.workers:
            return 0
        wanted = math.ceil(size * min(1, weight * people / there.workers))
        return min(max(wanted, 2), people, size)

    women = min(there.women, there.workers)
    wanted = {
        Whom.women: part(women),
        Whom.men: min(part(there.workers - women), size - part(women)) if women else 0,
        Whom.migrants: part(there.migrants, MORE_OF_FEW),
        Whom.newest: math.ceil(size * NEWEST_SHARE),
        Whom.night_shift: math.ceil(size * NIGHT_SHARE) if there.night_work else 0,
        Whom.agency: min(2, size) if there.agency_workers else 0,
        Whom.under_18: min(there.under_18, size),
    }
    return tuple((whom, number) for whom, number in wanted.items() if number)


# -- what of it is told ------------------------------------------------------------------------------------------------


class Says(StrEnum):
    """What is told of one question at one visit."""

    nothing = "nothing"
    some = "some"
    exactly = "exactly"


@dataclass(frozen=True)
class Count:
    """Of ``asked`` people who answered a question alone, so many ``told`` of a shortfall."""

    asked: int
    told: int

    def __post_init__(self) -> None:
        """Raises ValueError for a count that cannot be."""
        if not 0 <= self.told <= self.asked:
            raise ValueError(f"{self.told} of {self.asked}")

    @property
    def others(self) -> int:
        """Those who told of none."""
        return self.asked - self.told


@dataclass(frozen=True)
class Told:
    """What is told of a count. ``asked`` and ``told`` are there only where they are told exactly."""

    says: Says
    asked: int | None = None
    told: int | None = None


def tell(count: Count) -> Told:
    """What may be told of a count that stands alone.

    Exactly only where at least five told of it and at least five did not: of all or of none one would know what each
    of them said. Fewer are "some workers", and of fewer than five who were asked nothing at all is said.
    """
    if count.told >= TOLD_FROM and count.others >= TOLD_FROM:
        return Told(Says.exactly, count.asked, count.told)
    return Told(Says.some if count.told and count.asked >= TOLD_FROM else Says.nothing)


def may_replace(before: Sequence[Count], now: Count) -> bool:
    """Whether a count may be told after all those on which earlier tellings of the same question and visit rest.

    Whoever keeps old pages can subtract any of them from the new one. What is left must be nothing, or by itself a
    count that may be told: at least five people each way, and in all none or at least five.
    """
    return all(_apart(earlier, now) for earlier in before)


def _apart(one: Count, other: Count) -> bool:
    told, others = abs(other.told - one.told), abs(other.others - one.others)
    asked = abs(other.asked - one.asked)
    if told == others == 0:
        return True
    return told >= TOLD_FROM and others >= TOLD_FROM and (asked == 0 or asked >= TOLD_FROM)


@dataclass(frozen=True)
class Total:
    """What is told of many visits: the sums of those that are told exactly, and how many these are."""

    visits: int
    asked: int
    told: int


def total(of_visits: Iterable[Told]) -> Total:
    """The sum over visits of what is told of each of them exactly.

    Nothing that is not told goes into it, so that who knows all but one of the parts learns the last one, which is told
    anyway. A sum of true counts beside them would need further ones to be hidden.
    """
    exact = [(one.asked, one.told) for one in of_visits if one.asked is not None and one.told is not None]
    return Total(len(exact), sum(asked for asked, _told in exact), sum(told for _asked, told in exact))


# -- against reprisals -------------------------------------------------------------------------------------------------


def asked_again_on(visited_on: date, drawn: int) -> date:
    """The day on which those who agreed are asked how they fared; ``drawn`` is any random whole number."""
    return visited_on + timedelta(days=ASK_AGAIN_FROM + drawn % (ASK_AGAIN_TO - ASK_AGAIN_FROM + 1))
