"""Reads the ladder: the letters' terms, and the steps of each severity."""

import itertools
import re

from compliance.checklists.ladder import (
    DOWN,
    REMINDERS,
    SIGNERS,
    STEP_DAYS,
    TOLD,
    After,
    Kind,
    Ladder,
    Rungs,
    Step,
    Terms,
)
from compliance.checklists.policy import SEVERITIES
from compliance.checklists.reader import Reader
from compliance.checklists.source import Group
from compliance.people.rules import STAFF

ZERO_TOLERANCE = "zero_tolerance"
LETTERS = tuple(f"L{number}" for number in range(10))
_COUNTS = {"unproven_days": 90, "repayment_days": 1100, "talk_days": 366}
"""Days with the largest number that makes sense."""
_STEP = re.compile(r"[a-z][a-z0-9-]{0,23}")
_APPROVERS = tuple(sorted(role.value for role in STAFF))


def read_ladder(reader: Reader, root: Group) -> Ladder:
    """The ladder of one file."""
    reader.keys(root, ("ladder",))
    group = reader.group(root, "ladder")
    if group is None:
        return Ladder()
    reader.keys(group, ("letters", "severities"), tuple(_COUNTS))
    letters = _letters(reader, group)
    severities = _severities(reader, group, letters)
    counts = {name: reader.whole(group, name, 0, highest) for name, highest in _COUNTS.items()}
    return Ladder(letters, severities, **{name: count for name, count in counts.items() if count is not None})


def _letters(reader: Reader, root: Group) -> dict[str, Terms]:
    group = reader.group(root, "letters")
    if group is None:
        return {}
    reader.keys(group, LETTERS)
    found = {}
    for kind in LETTERS:
        entry = reader.group(group, kind)
        if entry is not None:
            found[kind] = _terms(reader, entry)
    return found


def _terms(reader: Reader, entry: Group) -> Terms:
    reader.keys(entry, ("approver", "signer"), ("after", "days"))
    approver = tuple(reader.as_choice(role, "approver", _APPROVERS) for role in reader.many(entry, "approver"))
    if "approver" in entry.values and not approver:
        reader.complain("C102", entry.at("approver"), key="approver")
    after = reader.choice(entry, "after", tuple(After))
    days = reader.whole(entry, "days", 0, 366)
    for here, there in (("after", "days"), ("days", "after")):
        if here in entry.values and there not in entry.values:
            reader.complain("C102", entry.place, key=there)
    return Terms(approver, reader.choice(entry, "signer", SIGNERS), After(after) if after else None, days)


def _severities(reader: Reader, root: Group, letters: dict[str, Terms]) -> dict[str, Rungs]:
    group = reader.group(root, "severities")
    if group is None:
        return {}
    names = (ZERO_TOLERANCE, *SEVERITIES)
    reader.keys(group, names)
    found = {}
    for name in names:
        entry = reader.group(group, name)
        if entry is not None:
            found[str(name)] = _rungs(reader, entry, letters)
    return found


def _rungs(reader: Reader, entry: Group, letters: dict[str, Terms]) -> Rungs:
    reader.keys(entry, ("steps",), ("down",))
    down = tuple(reader.as_choice(way, "down", DOWN) for way in reader.many(entry, "down"))
    steps: list[Step] = []
    for group in reader.groups(entry, "steps"):
        step = _step(reader, group)
        if step is None:
            continue
        if step.id in [earlier.id for earlier in steps]:
            reader.complain("C205", group.at("step"), value=step.id)
        if step.kind.value.startswith("L") and step.kind.value not in letters:
            reader.complain("C319", group.at("kind"), value=step.kind.value)
        steps.append(step)
    rungs = Rungs(tuple(steps), down)
    for lower, higher in (pair for track in rungs.tracks for pair in itertools.pairwise(track)):
        climbs = lower.kind not in REMINDERS or REMINDERS.index(lower.kind) < REMINDERS.index(higher.kind)
        if not climbs or lower.days >= higher.days or lower.after is not higher.after:
            reader.complain("C320", entry.at("steps"), lower=lower.id, higher=higher.id)
    return rungs


def _step(reader: Reader, group: Group) -> Step | None:
    reader.keys(group, ("step", "kind", "after", "days"), ("deadline_days", "tells"))
    id = reader.shaped(group, "step", _STEP, "first")
    kind = reader.choice(group, "kind", tuple(Kind))
    after = reader.choice(group, "after", STEP_DAYS)
    days = reader.whole(group, "days", -90, 366)
    tells = tuple(reader.as_choice(party, "tells", TOLD) for party in reader.many(group, "tells"))
    deadline = reader.whole(group, "deadline_days", 0, 366)
    if not id or not kind or not after or days is None:
        return None
    return Step(id, Kind(kind), After(after), days, deadline, tells)
