"""Parts of a day in which people are out, and when a visit begins in each. Pure."""

from collections.abc import Mapping
from datetime import UTC, date, datetime, time
from enum import StrEnum
from zoneinfo import ZoneInfo

from compliance.shared.words import N_


class Part(StrEnum):
    """A part of a day in which a team is out."""

    morning = "morning"
    afternoon = "afternoon"
    evening = "evening"
    night = "night"


PART_WORDS: Mapping[Part, str] = {
    Part.morning: N_("Morning"),
    Part.afternoon: N_("Afternoon"),
    Part.evening: N_("Evening"),
    Part.night: N_("Night"),
}
ORDER: Mapping[Part, int] = {part: place for place, part in enumerate(Part)}
STARTS: Mapping[Part, tuple[int, int]] = {
    Part.morning: (8 * 60 + 30, 10 * 60 + 30),
    Part.afternoon: (13 * 60 + 30, 16 * 60),
    Part.evening: (17 * 60 + 30, 19 * 60),
    Part.night: (20 * 60 + 30, 23 * 60),
}
"""The earliest and the latest minute of the day at which a visit begins."""
STEP = 5


def begins(day: date, minute: int, zone: str) -> datetime:
    """The moment at which a visit begins that is meant for a minute of a day in a time zone."""
    return datetime.combine(day, time(minute // 60, minute % 60), ZoneInfo(zone)).astimezone(UTC)


def part_of(moment: datetime, zone: str) -> Part:
    """The part of the day in which a moment lies."""
    there = moment.astimezone(ZoneInfo(zone))
    minute = there.hour * 60 + there.minute
    return next((part for part in reversed(Part) if minute >= STARTS[part][0]), Part.morning)
