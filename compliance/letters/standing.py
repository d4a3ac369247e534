"""Whether an issued letter counts: in force, or a later one took its place, or it was withdrawn. Pure."""

from enum import StrEnum

from compliance.shared.words import N_

SUPERSEDING = frozenset({"correction"})
"""Kinds that take the place of the letter that they cite. A reminder cites a letter too, which stays in force."""


class Standing(StrEnum):
    """What holds for an issued letter. Withdrawn weighs more than superseded: it may never have been right."""

    in_force = "in_force"
    superseded = "superseded"
    withdrawn = "withdrawn"


WORDS: dict[Standing, str] = {
    Standing.in_force: N_("In force"),
    Standing.superseded: N_("Superseded"),
    Standing.withdrawn: N_("Withdrawn"),
}
COLOURS: dict[Standing, str] = {
    Standing.in_force: "green",
    Standing.superseded: "amber",
    Standing.withdrawn: "red",
}


def of(*, superseded: bool, withdrawn: bool) -> Standing:
    """The standing of a letter."""
    if withdrawn:
        return Standing.withdrawn
    return Standing.superseded if superseded else Standing.in_force
