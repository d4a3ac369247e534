"""Which acceptances at the desk are looked at on site: a draw that nobody can steer, and everybody can repeat. Pure.

An association's year has one secret seed. Its digest goes on the audit trail when it is made, before the first draw of
the year. A draw follows from the seed, the action and the number of the acceptance alone: no officer, day, order or
second attempt changes it, and nobody without the seed can foresee it. Who is shown the seed later can repeat every
draw (`faults`). An action's id is random and older than its first acceptance, so nobody picks it for its draw.
"""

import hashlib
import hmac
from dataclasses import dataclass
from uuid import UUID

VERSION = "1"
"""Changed with everything that can change a draw; it is part of what is hashed."""


@dataclass(frozen=True)
class Draw:
    """One draw: a point in [0, 1), whether it lies below the share, and a digest of all that went into it."""

    share: float
    point: float
    drawn: bool
    digest: str


def digest_of(seed: str) -> str:
    """What is published of a seed (64 hexadecimal digits) before it is used."""
    return hashlib.sha256(seed.encode()).hexdigest()


def draw(seed: str, action_id: UUID, round: int, share: float) -> Draw:
    """The draw for the `round`-th acceptance of an action. The chance to be drawn is `share`."""
    key = f"{VERSION}|{action_id}|{round}".encode()
    number = int.from_bytes(hmac.digest(bytes.fromhex(seed), key, "sha256")[:7], "big") >> 3
    point = number / 2**53
    content = f"{VERSION}|{digest_of(seed)}|{action_id}|{round}|{share!r}|{point!r}"
    return Draw(share, point, point < share, hashlib.sha256(content.encode()).hexdigest())


def faults(seed: str, seed_digest: str, action_id: UUID, round: int, kept: Draw) -> tuple[str, ...]:
    """What is wrong with a stored draw: `seed` (not the one that was announced), `draw` (not what follows from it)."""
    found = [] if digest_of(seed) == seed_digest else ["seed"]
    return tuple(found if draw(seed, action_id, round, kept.share) == kept else [*found, "draw"])
