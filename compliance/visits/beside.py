"""What a tablet enters beside the answers: photos and marks on them, signatures as drawn, who was there and when, and
what was said in interviews, closed, and the pay sheet.

These fields travel and are kept like every other entry. They count neither for answers nor for scores.
"""

import hashlib
import json
import math
import re
from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any
from uuid import UUID

from compliance.shared.problems import Problem
from compliance.shared.words import N_
from compliance.visits import marks
from compliance.visits.events import CLOSING, INTERVIEW, PAY, PRESENCE, Value

PHOTO, MARKS, CAPTION, STRUCK = "photo:", "marks:", "caption:", "struck:"
MOVED, UNRECOGNISABLE = "moved:", "unrecognisable:"
"""Fields of an item, or of how the visit ended, that exist once for each photo: its SHA-256, what was drawn on it, its
words, why it shall not stand, under which other item it is shown, and that nobody in it can be recognised. All stand
under the item at which the photo was taken, also after it was moved."""
OF_PHOTOS = (PHOTO, MARKS, CAPTION, STRUCK, MOVED, UNRECOGNISABLE)
STROKES = ("inspector_strokes", "representative_strokes")
ARRIVED, LEFT, PLACE, HELP = "arrived:", "left:", "place:", "help:"
SEALED, CONTACT, CARD = "sealed:", "contact:", "card:"
"""Fields of ``INTERVIEW``, once for each interview: what was said, how somebody may be asked again, that a card was
taken. Of the first two a tablet sends an envelope, which the interviews keep; here stands its SHA-256."""
EDITION = "edition:"
"""Field of ``PAY``, once for each edition of the pay sheet, which the wages keep; here stands its SHA-256."""

LONGEST_CAPTION = 500
LONGEST_REASON = 2000
LONGEST_STROKES = 60_000
_SHA256 = re.compile(r"[0-9a-f]{64}")
_PLACE = re.compile(r"(-?\d{1,3}(?:\.\d{1,12})?),(-?\d{1,3}(?:\.\d{1,12})?),(\d{1,8}(?:\.\d{1,6})?)")
_NO_PLACE = ("refused", "unavailable")
_HELP = ("asked", "well")
_ENVELOPE = re.compile(r"(?:[A-Za-z0-9+/]{4})+(?:[A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=)?")
_ITEM = re.compile(r"[A-Z]{2,8}\d{1,4}|@closing")

Check = Callable[[Value], Value]


def is_beside(name: str) -> bool:
    """Whether a field of an item, or of how the visit ended, stands beside the answers."""
    return name in STROKES or name.startswith(OF_PHOTOS)


def photo_of(name: str) -> UUID | None:
    """The photo that a field speaks of."""
    return _uuid(name.partition(":")[2], 4) if name.startswith(OF_PHOTOS) else None


def check_of(item: str, name: str) -> Check:
    """What may stand in a field beside the answers. Raises ``KeyError`` for a field that there is not."""
    if item in _ONCE:
        kind, _, id = name.partition(":")
        if _uuid(id) is None:
            raise KeyError(name)
        return _ONCE[item][f"{kind}:"]
    if name in STROKES:
        if item != CLOSING:
            raise KeyError(name)
        return _strokes
    if photo_of(name) is None:
        raise KeyError(name)
    return _PHOTO[f"{name.partition(':')[0]}:"]


def place_of(text: str) -> tuple[float, float, float] | None:
    """(latitude, longitude, accuracy in metres) of ``"lat,lon,accuracy"``; None for anything that is no place."""
    found = _PLACE.fullmatch(text)
    if found is None:
        return None
    latitude, longitude, accuracy = map(float, found.groups())
    return (latitude, longitude, accuracy) if abs(latitude) <= 90 and abs(longitude) <= 180 else None


def _uuid(text: str, version: int | None = None) -> UUID | None:
    try:
        id = UUID(text)
    except ValueError:
        return None
    return id if str(id) == text and version in (None, id.version) else None


def _digest(value: Value) -> Value:
    if not isinstance(value, str) or not _SHA256.fullmatch(value):
        raise Problem("not-a-digest", N_("A photo is announced with the SHA-256 of its file (64 hexadecimal digits)."))
    return value


def _text(longest: int) -> Check:
    def check(value: Value) -> Value:
        if value in (None, ""):
            return None
        if not isinstance(value, str):
            raise Problem("not-text", N_("This must be text."))
        if len(value) > longest:
            raise Problem(
                "text-too-long",
                N_("The text has %(size)d characters; %(limit)d are allowed. Shorten it or put it into a document."),
                size=len(value),
                limit=longest,
            )
        return value

    return check


def _marks(value: Value) -> Value:
    if value is not None and not isinstance(value, str):
        raise _no_drawing()
    return marks.text_of(marks.parse(value))


def _moved(value: Value) -> Value:
    if value in (None, ""):
        return None
    if not isinstance(value, str) or not _ITEM.fullmatch(value):
        raise Problem("not-an-item", N_("A photo can be moved to an item of the checklist."))
    return value


def _unrecognisable(value: Value) -> Value:
    """The tick is for the copy that was seen: ``True`` for one without marks, else the id of the entry of its marks."""
    if value in (None, "", False):
        return None
    if value is True or (isinstance(value, str) and _uuid(value)):
        return value
    raise Problem("not-a-tick", N_("This can only be ticked or not."))


def _strokes(value: Value) -> Value:
    strokes = _drawing(value, LONGEST_STROKES)
    if strokes is None:
        return None
    for stroke in strokes:
        points = stroke.get("points") if isinstance(stroke, dict) else None
        if not isinstance(points, list) or not all(
            isinstance(p, dict) and _is_number(p.get("x")) and _is_number(p.get("y")) for p in points
        ):
            raise _no_drawing()
    return value


def _drawing(value: Value, longest: int) -> list[Any] | None:
    text = _text(longest)(value)
    if text is None:
        return None
    try:
        drawn = json.loads(str(text))
    except (ValueError, RecursionError):
        raise _no_drawing() from None
    if not isinstance(drawn, list):
        raise _no_drawing()
    return drawn


def _is_number(value: Any) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool) and math.isfinite(value)


def _no_drawing() -> Problem:
    return Problem("not-a-drawing", N_("This drawing cannot be read."))


def _moment(value: Value) -> Value:
    if value in (None, ""):
        return None
    try:
        moment = datetime.fromisoformat(str(value))
    except ValueError:
        moment = None
    if moment is None or moment.tzinfo is None or len(str(value)) > 40:
        raise Problem("not-a-moment", N_("“%(value)s” is not a moment with its time zone."), value=str(value)[:40])
    return value


def _place(value: Value) -> Value:
    if value in (None, "", *_NO_PLACE):
        return value or None
    if not isinstance(value, str) or place_of(value) is None:
        raise Problem("not-a-place", N_("A place is latitude, longitude and accuracy in metres."))
    return value


def _help(value: Value) -> Value:
    if value in (None, "", *_HELP):
        return value or None
    raise Problem("not-a-choice", N_("“%(value)s” is not one of the choices."), value=str(value)[:40])


def _envelope(value: Value) -> Value:
    if not isinstance(value, str) or not _ENVELOPE.fullmatch(value):
        raise Problem("not-an-envelope", N_("What is said in an interview is sent closed."))
    return hashlib.sha256(value.encode()).hexdigest()


def _edition(value: Value) -> Value:
    if not isinstance(value, str) or not value:
        raise Problem("not-text", N_("This must be text."))
    return hashlib.sha256(value.encode()).hexdigest()


def _card(value: Value) -> Value:
    if value is not True:
        raise Problem("not-a-tick", N_("This can only be ticked or not."))
    return value


_PHOTO: Mapping[str, Check] = {
    PHOTO: _digest,
    MARKS: _marks,
    CAPTION: _text(LONGEST_CAPTION),
    STRUCK: _text(LONGEST_REASON),
    MOVED: _moved,
    UNRECOGNISABLE: _unrecognisable,
}
_PRESENCE: Mapping[str, Check] = {ARRIVED: _moment, LEFT: _moment, PLACE: _place, HELP: _help}
_INTERVIEW: Mapping[str, Check] = {SEALED: _envelope, CONTACT: _envelope, CARD: _card}
_ONCE: Mapping[str, Mapping[str, Check]] = {PRESENCE: _PRESENCE, INTERVIEW: _INTERVIEW, PAY: {EDITION: _edition}}
"""Items of no checklist, whose fields exist once for each thing that is kept."""
