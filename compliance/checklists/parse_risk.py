"""Reads the weights of the risk score: each set with its first day, its lines, and what it leaves out."""

import itertools
from collections.abc import Collection

from compliance.checklists.complaints import Place
from compliance.checklists.reader import Reader, once
from compliance.checklists.risk import BY_BAND, NO_BAND, LeftOut, RiskLine, RiskPolicy, RiskStep, RiskWeights, Source
from compliance.checklists.source import Group

MOST_POINTS = 100
_KEYS = ("from", "source", "shortfall", "months", "shrink", "lines")


def read_risk(reader: Reader, root: Group, bands: Collection[str] | None = None) -> RiskPolicy | None:
    """The weights of one file; None where there are none to use. ``bands``: those of the policy, where it is known."""
    reader.keys(root, ("risk",))
    sets = [one for group in reader.groups(root, "risk") if (one := _weights(reader, group, bands)) is not None]
    for earlier, later in itertools.pairwise(sets):
        if later.valid_from <= earlier.valid_from:
            reader.complain("C321", root.at("risk"), first=earlier.valid_from, value=later.valid_from)
    if not sets and not reader.complaints:
        reader.complain("C102", root.at("risk"), key="risk")
    return RiskPolicy(tuple(sets)) if sets else None


def _weights(reader: Reader, group: Group, bands: Collection[str] | None) -> RiskWeights | None:
    reader.keys(group, _KEYS, ("left_out",))
    valid_from = reader.day(group, "from")
    source = reader.text(group, "source")
    shortfall = reader.words(group, "shortfall")
    for word in shortfall:
        _band(reader, word, group.at("shortfall"), bands)
    months, shrink = reader.whole(group, "months", 1, 120), reader.whole(group, "shrink", 0, 1000)
    places: dict[str, Place] = {}
    lines = tuple(
        line
        for entry in reader.groups(group, "lines")
        if (line := _line(reader, entry, bands)) is not None
        and once(reader, "C205", places, line.source.value, entry.at("points_for"))
    )
    left_out = tuple(_left_out(reader, entry) for entry in reader.groups(group, "left_out"))
    for key, given in (("from", valid_from), ("months", months), ("shrink", shrink)):
        if given is None and key in group.values and not reader.word(group, key, required=False):
            reader.complain("C102", group.at(key), key=key)
    for key, some in (("shortfall", shortfall), ("lines", lines)):
        if not some and key in group.values:
            reader.complain("C102", group.at(key), key=key)
    if valid_from is None or months is None or shrink is None:
        return None
    return RiskWeights(valid_from, source, shortfall, months, shrink, lines, left_out)


def _line(reader: Reader, group: Group, bands: Collection[str] | None) -> RiskLine | None:
    word = reader.choice(group, "points_for", tuple(Source))
    table = "bands" if word in BY_BAND else "steps"
    reader.keys(group, ("points_for", "title", "why", *((table,) if word else ())), ("missing",))
    title, why = reader.text(group, "title"), reader.text(group, "why")
    missing = reader.whole(group, "missing", 0, MOST_POINTS) or 0
    if not word:
        return None
    if table == "bands":
        return RiskLine(Source(word), title, why, bands=_bands(reader, group, bands), missing=missing)
    return RiskLine(Source(word), title, why, _steps(reader, group), missing=missing)


def _steps(reader: Reader, group: Group) -> tuple[RiskStep, ...]:
    found = []
    for entry in reader.groups(group, "steps"):
        reader.keys(entry, ("at_least", "points"))
        at_least, points = reader.whole(entry, "at_least", 0, 1_000_000), reader.whole(entry, "points", 0, MOST_POINTS)
        if at_least is not None and points is not None:
            found.append(RiskStep(at_least, points))
    if any(higher.at_least <= lower.at_least for lower, higher in itertools.pairwise(found)):
        reader.complain("C322", group.at("steps"))
    return tuple(found)


def _bands(reader: Reader, group: Group, known: Collection[str] | None) -> dict[str, int]:
    table = reader.group(group, "bands")
    found = {}
    for word in table.values if table else ():
        assert table is not None
        if word != NO_BAND:
            _band(reader, word, table.at(word), known)
        points = reader.whole(table, word, 0, MOST_POINTS)
        if points is not None:
            found[word] = points
    return found


def _band(reader: Reader, word: str, place: Place, known: Collection[str] | None) -> None:
    if known is not None and word not in known:
        reader.complain("C310", place, value=word, options=", ".join(known))


def _left_out(reader: Reader, group: Group) -> LeftOut:
    reader.keys(group, ("title", "why"))
    return LeftOut(reader.text(group, "title"), reader.text(group, "why"))
