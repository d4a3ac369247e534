"""What a tablet may send: the shape and the limits of an entry, its digest, and the receipt for all of them. Pure.

A tablet's clock decides nothing: what it says is kept, with how far it was off; only what can be no moment is refused.
"""

import hashlib
import json
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any
from uuid import UUID

from compliance.checklists.rules import Checklist, Item, Severity, Verdict
from compliance.shared.problems import Problem
from compliance.shared.words import N_
from compliance.visits.events import Value

MOST_AT_ONCE = 100
"""Entries of one batch."""
MOST_OF_A_VISIT = 20_000
"""Entries of one visit; a full visit has some hundred."""
MANY = 1_000
"""Running numbers up to here are taken without counting what a visit holds."""
MOST_REPLACED = 100
LONGEST_ITEM, LONGEST_FIELD, LONGEST_TEXT = 40, 80, 60_000
LARGEST_NUMBER = 2**53
LARGEST_SEQ = 20_000
SANE_YEARS = range(1970, 2100)
"""An empty battery sets a clock back to 1970; a clock that is years ahead is still a clock."""
FUTURE = timedelta(days=1)
DOUBTFUL_DRIFT = 300
"""Seconds by which a tablet's clock may be beside the server's before what it said of the hour is marked."""
MOST_DRIFT = 10**10
"""Seconds; more than any two moments of the sane years lie apart."""

_compact = json.JSONEncoder(ensure_ascii=False, separators=(",", ":")).encode
_UUID = re.compile(r"[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}")
_HALF_CHARACTER = re.compile("[\ud800-\udfff]")


class Order(StrEnum):
    """What the office asks of a tablet."""

    wipe = "wipe"
    discard = "discard"


class Decision(StrEnum):
    """What a reviewer did with something that came too late."""

    taken = "taken"
    set_aside = "set_aside"


@dataclass(frozen=True, slots=True)
class Sent:
    """An entry as a tablet sent it: well formed, and not yet looked at with a checklist."""

    id: UUID
    item: str
    field: str
    value: Value
    replaces: tuple[str, ...]
    at: datetime
    seq: int
    bulk: bool
    sha256: str


def read(raw: Any, visit: str, device: str) -> Sent:
    """An entry from what was in the batch. Raises ``Problem`` (codes ``entry-…``) for what is not well formed."""
    if not isinstance(raw, dict):
        raise Problem("entry-shape", N_("This entry cannot be read: it is damaged."))
    id = uuid_of(raw.get("id"), 7)
    if id is None:
        raise Problem("entry-id", N_("The id of this entry is not a UUID of version 7."))
    item, field = raw.get("item"), raw.get("field")
    if not (_is_text(item, LONGEST_ITEM) and _is_text(field, LONGEST_FIELD) and item and field):
        raise Problem("entry-field", N_("This entry does not say what it is about."))
    value = raw.get("value")
    if not (value is None or isinstance(value, bool | int | str)) or (
        isinstance(value, int) and abs(value) > LARGEST_NUMBER
    ):
        raise Problem("entry-value", N_("A value is text, a whole number, yes or no, or nothing."))
    if isinstance(value, str) and len(value) > LONGEST_TEXT:
        raise Problem(
            "text-too-long",
            N_("The text has %(size)d characters; %(limit)d are allowed. Shorten it or put it into a document."),
            size=len(value),
            limit=LONGEST_TEXT,
        )
    replaces = raw.get("replaces", [])
    if not isinstance(replaces, list) or len(replaces) > MOST_REPLACED or not all(map(uuid_of, replaces)):
        raise Problem("entry-replaces", N_("The entries that this one replaces are not named by their ids."))
    at = moment_of(raw.get("at"))
    if at is None:
        raise Problem(
            "entry-at",
            N_("The moment of this entry cannot be read, or lies before %(first)d or after %(last)d."),
            first=SANE_YEARS[0],
            last=SANE_YEARS[-1],
        )
    seq, bulk = raw.get("seq"), raw.get("bulk", False)
    if isinstance(seq, bool) or not isinstance(seq, int) or not 1 <= seq <= LARGEST_SEQ:
        raise Problem("entry-seq", N_("The running number of this entry is not a whole number from 1."))
    if not isinstance(bulk, bool):
        raise Problem("entry-shape", N_("This entry cannot be read: it is damaged."))
    digest = digest_of(raw["id"], visit, item, field, value, replaces, raw["at"], device, seq, bulk)
    return Sent(id, item, field, value, tuple(replaces), at, seq, bulk, digest)


def digest_of(
    id: str, visit: str, item: str, field: str, value: Value, replaces: Iterable[str],
    at: str, device: str, seq: int, bulk: bool,
) -> str:  # fmt: skip
    """SHA-256 (hex) of an entry: the same that ``JSON.stringify`` of the same list gives on the tablet."""
    text = _compact([id, visit, item, field, value, sorted(replaces), at, device, seq, bulk])
    try:
        raw = text.encode()
    except UnicodeEncodeError:  # half of a character, which JavaScript writes as an escape
        raw = _HALF_CHARACTER.sub(lambda half: f"\\u{ord(half[0]):04x}", text).encode()
    return hashlib.sha256(raw).hexdigest()


def receipt_of(entries: Iterable[tuple[int, str, str]]) -> str:
    """SHA-256 (hex) over the lines ``seq id sha256`` of what was received, in the order of their running numbers."""
    whole = hashlib.sha256()
    for seq, id, digest in sorted(entries):
        whole.update(f"{seq} {id} {digest}\n".encode())
    return whole.hexdigest()


def gaps(numbers: Iterable[int], last: int) -> list[int]:
    """The running numbers from 1 to ``last`` that have not come."""
    here = set(numbers)
    return [number for number in range(1, last + 1) if number not in here]


def check_bulk(item: Item | None, sent: Sent) -> None:
    """Nothing that is a red flag is entered together with others. Raises ``Problem``."""
    if not sent.bulk:
        return
    if item is None or sent.field != "verdict" or sent.value not in (None, Verdict.compliant.value):
        raise Problem("bulk-field", N_("Only “compliant” can be entered for many items at once."))
    if item.severity is Severity.critical or any(fact.zero_tolerance for fact in item.facts):
        raise Problem(
            "bulk-red-flag",
            N_("%(item)s is a red flag: it is answered by itself, not together with others."),
            item=item.id,
        )


def item_of(checklists: Iterable[Checklist], id: str) -> Item | None:
    """The item in the first of these checklists that has it."""
    return next((one.item(id) for one in checklists if one.has(id)), None)


def drift_of(now: datetime, device_says: Any) -> int | None:
    """Seconds by which the server's clock is ahead of the device's; None when the device's cannot be read."""
    moment = moment_of(device_says)
    if moment is None:
        return None
    return max(-MOST_DRIFT, min(MOST_DRIFT, round((now - moment).total_seconds())))


def is_doubtful(at: datetime, drift_seconds: int | None, received_at: datetime) -> bool:
    """Whether an entry calls itself younger than its own arrival, by more than a day, drift taken out.

    The clock was set between the two. Nothing follows but a word to the reviewer.
    """
    return at + timedelta(seconds=drift_seconds or 0) > received_at + FUTURE


def uuid_of(text: Any, version: int | None = None) -> UUID | None:
    """The UUID of a text in its usual small form, of this version if one is named; else None."""
    if not isinstance(text, str) or not _UUID.fullmatch(text) or (version and text[14] != str(version)):
        return None
    return UUID(text)


def moment_of(text: Any) -> datetime | None:
    """A moment with its zone, in sane years; None for anything else."""
    if not isinstance(text, str) or not 16 <= len(text) <= 40:
        return None
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        return None
    return moment if moment.tzinfo is not None and moment.year in SANE_YEARS else None


def field_of(raw: Any, name: str) -> Any:
    """A field of what should be an object, or None."""
    return raw.get(name) if isinstance(raw, Mapping) else None


def _is_text(value: Any, longest: int) -> bool:
    return isinstance(value, str) and len(value) <= longest
