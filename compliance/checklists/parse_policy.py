"""Reads the policy: weights, credits, bands, caps and deadlines (domain facts 1.8)."""

import itertools
import re
from decimal import Decimal

from compliance.checklists.complaints import nearest
from compliance.checklists.policy import (
    SEVERITIES,
    Band,
    Cap,
    Deadlines,
    Policy,
    Severity,
    Verdict,
)
from compliance.checklists.reader import Reader
from compliance.checklists.rules import AREAS
from compliance.checklists.source import Group

ZERO_TOLERANCE = "zero_tolerance"
COLOURS = ("green", "teal", "amber", "orange", "red")
CAPS = ("zero_tolerance", "critical_open", "area_below", "falsified")
VERIFICATIONS = ("on_site", "desk", "desk_or_next_visit")

_CREDITED = (Verdict.compliant, Verdict.partial, Verdict.non_compliant, Verdict.unable_to_verify)
_NAME = re.compile(r"[a-z][a-z0-9_]{0,31}")
_REQUIRED = (
    "weights",
    "credits",
    "bands",
    "coverage_minimum",
    "caps",
    "severities",
)
_COUNTS = {
    "repeat_months": 120,
    "reply_working_days": 60,
    "decision_working_days": 60,
    "small_group": 50,
    "interview_only_minimum_workers": 1000,
    "outsider_days": 90,
}
"""Whole numbers with the largest that makes sense."""


def read_policy(reader: Reader, root: Group) -> Policy:
    """The policy of one file."""
    reader.keys(root, _REQUIRED, (*_COUNTS, "worker_check_areas"))
    bands = _bands(reader, root)
    counts = {name: reader.whole(root, name, 0, highest) for name, highest in _COUNTS.items()}
    return Policy(
        weights=_weights(reader, root),
        credits=_credits(reader, root),
        bands=bands,
        coverage_minimum=reader.number(root, "coverage_minimum", "0", "1") or Decimal(0),
        caps=_caps(reader, root, bands),
        severities=_severities(reader, root),
        worker_check_areas=_areas(reader, root, "worker_check_areas"),
        **{name: count for name, count in counts.items() if count is not None},
    )


def _areas(reader: Reader, root: Group, key: str) -> tuple[str, ...]:
    named = (reader.as_choice(entry, key, AREAS) for entry in reader.many(root, key))
    return tuple(area for area in dict.fromkeys(named) if area)


def _weights(reader: Reader, root: Group) -> dict[Severity, Decimal]:
    group = reader.group(root, "weights")
    if group is None:
        return {}
    reader.keys(group, SEVERITIES)
    found = {severity: reader.number(group, severity, "0", "1000") for severity in SEVERITIES}
    weights = {severity: value for severity, value in found.items() if value is not None}
    falling = list(weights.values())
    if falling != sorted(falling, reverse=True) or any(value <= 0 for value in falling):
        reader.complain("C313", group.place)
    return weights


def _credits(reader: Reader, root: Group) -> dict[Verdict, Decimal]:
    group = reader.group(root, "credits")
    if group is None:
        return {}
    reader.keys(group, _CREDITED)
    found = {verdict: reader.number(group, verdict, "0", "1") for verdict in _CREDITED}
    credits = {verdict: value for verdict, value in found.items() if value is not None}
    for better, worse in itertools.pairwise(_CREDITED):
        if better in credits and worse in credits and credits[better] < credits[worse]:
            reader.complain("C314", group.at(worse), detail=f"{better} < {worse}")
    return credits


def _bands(reader: Reader, root: Group) -> tuple[Band, ...]:
    bands = []
    for entry in reader.groups(root, "bands"):
        reader.keys(entry, ("id", "floor", "colour", "label"))
        id = reader.shaped(entry, "id", _NAME, "fair")
        floor = reader.number(entry, "floor", "0", "100")
        bands.append(
            Band(id, floor or Decimal(0), reader.text(entry, "label"), reader.choice(entry, "colour", COLOURS))
        )
    floors = [band.floor for band in bands]
    if "bands" in root.values and (not floors or floors[-1] != 0 or floors != sorted(set(floors), reverse=True)):
        reader.complain("C309", root.at("bands"))
    for index, band in enumerate(bands):
        if band.id in [earlier.id for earlier in bands[:index]]:
            reader.complain("C205", root.at("bands"), value=band.id)
    return tuple(bands)


def _caps(reader: Reader, root: Group, bands: tuple[Band, ...]) -> tuple[Cap, ...]:
    caps = []
    ids = [band.id for band in bands]
    for entry in reader.groups(root, "caps"):
        reader.keys(entry, ("when",), ("band", "at_most", "below", "hide_score"))
        when = reader.choice(entry, "when", CAPS)
        limits = {key: reader.word(entry, key, required=False) or None for key in ("band", "at_most")}
        for key, value in limits.items():
            if value and value not in ids:
                reader.complain("C310", entry.at(key), meant=nearest(value, ids), value=value, options=", ".join(ids))
        if not any(limits.values()):
            reader.complain("C102", entry.place, key="at_most")
        below = reader.number(entry, "below", "0", "100")
        if when == "area_below" and below is None and "below" not in entry.values:
            reader.complain("C102", entry.place, key="below")
        caps.append(Cap(when, limits["band"], limits["at_most"], below, reader.truth(entry, "hide_score")))
    return tuple(caps)


def _severities(reader: Reader, root: Group) -> dict[str, Deadlines]:
    group = reader.group(root, "severities")
    if group is None:
        return {}
    names = (ZERO_TOLERANCE, *SEVERITIES)
    reader.keys(group, names)
    found = {}
    for name in names:
        entry = reader.group(group, name)
        if entry is not None:
            found[str(name)] = _deadlines(reader, entry)
    return found


def _deadlines(reader: Reader, entry: Group) -> Deadlines:
    reader.keys(
        entry,
        ("verification", "extension", "moved_off_rest_days", "second_person"),
        ("containment_days", "plan_days", "verification_days", "on_site_share", "extension_days"),
    )
    extension_days = reader.whole(entry, "extension_days", 0, 366)
    return Deadlines(
        containment_days=reader.whole(entry, "containment_days", 0, 366),
        plan_days=reader.whole(entry, "plan_days", 0, 366),
        verification=reader.choice(entry, "verification", VERIFICATIONS),
        verification_days=reader.whole(entry, "verification_days", 0, 366),
        extension=reader.truth(entry, "extension"),
        moved_off_rest_days=reader.truth(entry, "moved_off_rest_days"),
        on_site_share=reader.number(entry, "on_site_share", "0", "1", default="0") or Decimal(0),
        second_person=reader.truth(entry, "second_person"),
        extension_days=30 if extension_days is None else extension_days,
    )
