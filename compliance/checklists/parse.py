"""Checklist files to one `Checklist`, or to the full list of what is wrong with them."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import TypeVar

from compliance.checklists import content
from compliance.checklists.complaints import Complaint, Place, nearest
from compliance.checklists.interviews import InterviewForm
from compliance.checklists.parse_interviews import read_interviews
from compliance.checklists.parse_items import Known, link, read_item
from compliance.checklists.parse_ladder import read_ladder
from compliance.checklists.parse_law import Laws, read_code
from compliance.checklists.parse_policy import read_policy
from compliance.checklists.parse_rates import read_rates
from compliance.checklists.parse_risk import read_risk
from compliance.checklists.rates import Rates
from compliance.checklists.reader import Reader
from compliance.checklists.risk import RiskPolicy
from compliance.checklists.rules import AREAS, Area, Checklist, Code, Item, Ladder, Policy, Text
from compliance.checklists.source import Group, read_yaml
from compliance.shared.words import N_

KINDS: dict[str, str] = {
    "laws": "laws",
    "chapters": "code",
    "weights": "policy",
    "ladder": "ladder",
    "risk": "risk",
    "rates": "rates",
    "interviews": "interviews",
    "area": "area",
}
"""The top-level key tells what a file holds. Files may have any name; laws and areas may have several files."""

_NEEDED = {"laws": N_("laws"), "code": N_("code of conduct"), "policy": N_("policy"), "ladder": N_("ladder")}
_PARTS = {
    **_NEEDED,
    "risk": N_("risk weights"),
    "rates": N_("rates of pay"),
    "interviews": N_("questions of the interviews"),
}
SUFFIXES = (".yaml", ".yml")

Part = TypeVar("Part", Code, Policy, Ladder, RiskPolicy | None, Rates | None, InterviewForm | None)


@dataclass(frozen=True)
class Outcome:
    """The checklist, or None with everything that is wrong, in the order of the files and lines. ``risk``: the weights
    of the risk score, ``rates``: the statutory rates of pay, ``interviews``: what workers are asked, if they were among
    the files; they are no part of the checklist.
    """

    checklist: Checklist | None
    complaints: tuple[Complaint, ...]
    risk: RiskPolicy | None = None
    rates: Rates | None = None
    interviews: InterviewForm | None = None


class BrokenChecklist(ValueError):
    """Files that are no sound checklist; the message lists all complaints, one a line."""

    def __init__(self, complaints: tuple[Complaint, ...]) -> None:
        super().__init__("\n".join(str(complaint) for complaint in complaints))
        self.complaints = complaints


def parse(files: Mapping[str, bytes]) -> Checklist:
    """The checklist of files (name -> bytes). Raises BrokenChecklist with everything that is wrong."""
    outcome = check(files)
    if outcome.checklist is None:
        raise BrokenChecklist(outcome.complaints)
    return outcome.checklist


def check(files: Mapping[str, bytes]) -> Outcome:
    """Parse files (name -> bytes). Complains about everything at once; never raises for bad content."""
    reader = Reader()
    wanted = {name: data for name, data in files.items() if name.endswith(SUFFIXES)}
    if not wanted:
        reader.complain("C009", Place("."))
    trees = [read_yaml(name, wanted[name], reader.complaints.append) for name in sorted(wanted)]
    return build(reader, [tree for tree in trees if tree is not None], unread=None in trees)


def build(reader: Reader, roots: Iterable[Group], *, unread: bool = False) -> Outcome:
    """The checklist of trees that have been read, wherever they come from.

    `unread`: some source could not be read, so that what it may have held is not missed.
    """
    parts = _sort(reader, roots)
    laws = Laws()
    for root in parts["laws"]:
        laws.read(reader, root)
    code = _single(reader, parts, "code", read_code)
    policy = _single(reader, parts, "policy", read_policy)
    ladder = _single(reader, parts, "ladder", read_ladder)
    bands = [band.id for band in policy.bands] if policy else None
    risk = _single(reader, parts, "risk", lambda reader, root: read_risk(reader, root, bands))
    articles = laws.entries if parts["laws"] and not unread else None
    rates = _single(reader, parts, "rates", lambda reader, root: read_rates(reader, root, articles))
    known = Known(
        laws=articles,
        clauses=[clause.number for clause in code.clauses] if code else None,
    )
    areas = _areas(reader, parts["area"], known, complete=not unread)
    asked = [item.id for area in areas for item in area.items] if not unread and not reader.complaints else None
    interviews = _single(reader, parts, "interviews", lambda reader, root: read_interviews(reader, root, asked))
    if not unread:
        for kind, name in _NEEDED.items():
            if not parts[kind]:
                reader.complain("C206", Place("."), part=name)
    complaints = tuple(sorted(reader.complaints, key=lambda complaint: complaint.place))
    if complaints or unread or code is None or policy is None or ladder is None:
        return Outcome(None, complaints)
    raw = Checklist("", code, laws.entries, areas, policy, laws.books, ladder)
    return Outcome(content.sealed(raw), (), risk, rates, interviews)


def _sort(reader: Reader, roots: Iterable[Group]) -> dict[str, list[Group]]:
    parts: dict[str, list[Group]] = {kind: [] for kind in KINDS.values()}
    for root in roots:
        kinds = [kind for key, kind in KINDS.items() if key in root.values]
        if kinds:
            parts[kinds[0]].append(root)
        else:
            meant = next(filter(None, (nearest(key, KINDS) for key in root.values)), "")
            reader.complain("C008", root.place, meant=meant, options=", ".join(KINDS))
    return parts


def _single(
    reader: Reader, parts: Mapping[str, list[Group]], kind: str, read: Callable[[Reader, Group], Part]
) -> Part | None:
    roots = parts[kind]
    for root in roots[1:]:
        reader.complain("C207", root.place, part=_PARTS[kind], first=roots[0].place)
    return read(reader, roots[0]) if roots else None


def _areas(reader: Reader, roots: list[Group], known: Known, *, complete: bool) -> tuple[Area, ...]:
    """The five areas in their fixed order, each from one file or several (the first one has the title)."""
    titles: dict[str, tuple[Text, Text]] = {}
    items: dict[str, list[Item]] = {area: [] for area in AREAS}
    asked: set[str] = set()
    for root in roots:
        reader.keys(root, ("area", "items"), ("title", "short"))
        area = reader.choice(root, "area", AREAS)
        if area and area not in titles:
            if "title" not in root.values:
                reader.complain("C102", root.place, key="title")
            title = reader.text(root, "title")
            titles[area] = (title, reader.text(root, "short") if "short" in root.values else title)
        for group in reader.groups(root, "items"):
            asked.add(area)
            item = read_item(reader, group, area, known)
            if item is not None and area:
                items[area].append(item)
    if complete:
        for area in (area for area in AREAS if area not in asked):
            reader.complain("C208", Place("."), area=area)
    linked = {item.id: item for item in link(reader, tuple(i for part in items.values() for i in part), known)}
    return tuple(
        Area(area, *titles[area], tuple(linked[item.id] for item in items[area])) for area in AREAS if area in titles
    )


def counted(checklist: Checklist) -> tuple[int, int]:
    """How many items in how many checklists (areas)."""
    return len(checklist.items), len(checklist.areas)
