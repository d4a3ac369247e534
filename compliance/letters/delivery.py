"""How a letter reached the enterprise, as far as anything proves it. Pure.

That a letter stands on the enterprise's pages, or that a notice went out, proves nothing. What somebody there did, or
signed, or the postal service says, does.
"""

from collections.abc import Iterable
from datetime import date
from enum import StrEnum

from compliance.shared.problems import Problem
from compliance.shared.words import N_

NAME = 120
NOTE = 500


class Way(StrEnum):
    """What is recorded of a letter's way. Each stands at most once for a letter."""

    downloaded = "downloaded"
    confirmed = "confirmed"
    handed = "handed"
    arrived = "arrived"
    posted = "posted"


OWN = frozenset({Way.downloaded, Way.confirmed})
"""What the enterprise's own people do; nobody else can record it."""
PROVEN = OWN | {Way.handed, Way.arrived}
"""What proves that the letter is there. A letter that was posted is on its way."""


class DeliveryState(StrEnum):
    """How far a letter has come."""

    open = "open"
    posted = "posted"
    delivered = "delivered"


WAYS: dict[Way, str] = {
    Way.downloaded: N_("Downloaded by the enterprise"),
    Way.confirmed: N_("Receipt confirmed by the enterprise"),
    Way.handed: N_("Handed over against a signed receipt"),
    Way.arrived: N_("Arrived by post"),
    Way.posted: N_("Taken to the post"),
}
STATES: dict[DeliveryState, str] = {
    DeliveryState.open: N_("Not delivered yet"),
    DeliveryState.posted: N_("On its way by post"),
    DeliveryState.delivered: N_("Delivery proven"),
}
COLOURS: dict[DeliveryState, str] = {
    DeliveryState.open: "amber",
    DeliveryState.posted: "blue",
    DeliveryState.delivered: "green",
}


def state_of(ways: Iterable[Way]) -> DeliveryState:
    """The state that the standing records of a letter give."""
    standing = set(ways)
    if standing & PROVEN:
        return DeliveryState.delivered
    return DeliveryState.posted if Way.posted in standing else DeliveryState.open


def check(way: Way, on: date, taken_by: str, issued_on: date, today: date) -> None:
    """Raise ``Problem`` for what an officer cannot have seen: a day before the letter or yet to come, a receipt that
    nobody signed, or what only the enterprise's own people record.
    """
    if way in OWN:
        raise Problem("delivery-way", N_("Only the enterprise itself records this."), field="way")
    if on < issued_on:
        raise Problem("delivery-early", N_("That is before the letter was issued."), field="on")
    if on > today:
        raise Problem("delivery-future", N_("That day has not come yet."), field="on")
    if way is Way.handed and not taken_by.strip():
        raise Problem("delivery-receipt", N_("Write down who took the letter and signed for it."), field="taken_by")
