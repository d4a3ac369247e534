"""Which sections a letter of each kind has, in which order. A new kind is a new recipe."""

from collections.abc import Mapping

RECIPES: Mapping[str, tuple[str, ...]] = {
    "L1": ("basis", "thanks", "card", "no_action", "reply", "workers", "support"),
    "L2": ("basis", "thanks", "card", "findings", "plan", "check", "reply", "workers", "support"),
    "L3": ("basis", "urgent", "others", "plan", "check", "thanks", "card", "reply", "workers", "support"),
    "L4": ("follow", "answers", "check", "differs", "workers", "support"),
    "L5": ("follow", "late", "remind", "differs", "workers", "support"),
    "L6": ("follow", "late", "remind", "next", "differs", "workers", "support"),
    "L7": ("follow", "late", "council", "heard", "workers", "support"),
    "L8": ("follow", "closed", "still_open", "afterwards", "differs", "workers", "support"),
    "L9": ("referred", "seen", "limits"),
    "correction": ("basis", "changes", "card", "findings", "plan", "reply", "workers", "support"),
}
"""L3 names the danger before anything else. L9 is not written to the enterprise and shares nothing with the others."""

FIRST: tuple[str, ...] = ("L1", "L2", "L3")
"""What a visit's release sends; a visit has one of them."""
FOLLOWING: tuple[str, ...] = ("L4", "L5", "L6", "L7", "L8")
"""What follows from it: letters that speak of the points of an earlier one."""
REMINDING: tuple[str, ...] = ("L5", "L6", "L7")
REFERRAL = "L9"
"""Never for the enterprise's eyes."""
CORRECTION = "correction"
"""The only kind that takes the place of the letter that it cites."""
