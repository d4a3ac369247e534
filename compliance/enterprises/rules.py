"""The law of the register: what an enterprise, a workplace and a pledge may be."""

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass, fields
from dataclasses import field as dataclass_field
from datetime import date
from enum import StrEnum
from typing import Any, Protocol, TypeVar

import filetype
from stdnum.cn import uscc
from stdnum.exceptions import InvalidChecksum, ValidationError

from compliance.checklists.rules import FLAGS, HEADCOUNTS, Profile
from compliance.enterprises.classes import HOME, Size, countries, sector_of
from compliance.shared import tongues
from compliance.shared.problems import Problem
from compliance.shared.words import N_


class Status(StrEnum):
    """Whether an enterprise is a member, has left, or is no more. Only active ones are visited.

    ``merged``: the entry turned out to be the same employer as another one, which holds everything now.
    """

    active = "active"
    left = "left"
    closed = "closed"
    merged = "merged"


class WorkplaceStatus(StrEnum):
    """Whether a workplace is in use."""

    active = "active"
    closed = "closed"


class LetterLanguage(StrEnum):
    """In which language an enterprise gets its letters."""

    en = "en"
    zh_Hans_CN = "zh_Hans_CN"  # noqa: N815 - the catalogue's own name
    both = "both"


LENGTHS: dict[str, int] = {
    "name": 200,
    "name_other": 200,
    "address": 300,
    "legal_representative": 100,
    "contact_name": 100,
    "contact_phone": 40,
    "contact_email": 254,
    "park": 100,
    "note": 2000,
}
"""The longest text of each field, in characters."""

MOST_PEOPLE = 1_000_000


@dataclass(frozen=True, slots=True, kw_only=True)
class EnterpriseFacts:
    """Everything about an enterprise that a person can enter. Counts are people; 0 workers means not known."""

    name: str
    name_other: str = ""
    country: str = HOME
    credit_code: str | None = None
    sector: str = ""
    district: str = ""
    size: Size | None = None
    workers: int = 0
    women: int = 0
    migrants: int = 0
    under_18: int = 0
    legal_representative: str = ""
    contact_name: str = ""
    contact_phone: str = ""
    contact_email: str = ""
    address: str = ""
    status: Status = Status.active
    member_since: date | None = None
    letter_language: LetterLanguage = LetterLanguage.zh_Hans_CN


@dataclass(frozen=True, slots=True, kw_only=True)
class WorkplaceFacts:
    """Everything about a workplace that a person can enter. Counts are people; 0 workers means not known."""

    name: str
    address: str = ""
    district: str = ""
    workers: int = 0
    women: int = 0
    migrants: int = 0
    under_18: int = 0
    dormitory: bool = False
    canteen: bool = False
    piece_work: bool = False
    night_work: bool = False
    hazardous_substances: bool = False
    agency_workers: bool = False
    shifts: bool = False
    park: str = ""
    languages: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Fault:
    """What is wrong with one field: an English message id and its facts."""

    field: str
    text: str
    facts: dict[str, Any] = dataclass_field(default_factory=dict)


def bare_code(text: str) -> str | None:
    """A credit code as it is stored: capitals, no spaces or dashes; None for nothing."""
    return re.sub(r"[\s\-–—]", "", text).upper() or None


def code_faults(code: str | None) -> tuple[Fault, ...]:
    """What is wrong with a unified social credit code (GB 32100-2015: 18 characters, the last one checks the rest)."""
    if code is None:
        return ()
    try:
        uscc.validate(code)
    except InvalidChecksum:
        return (
            Fault(
                "credit_code",
                N_("The last character of %(credit_code)s does not fit the others: one is mistyped."),
                {"credit_code": code},
            ),
        )
    except ValidationError:
        return (
            Fault(
                "credit_code",
                N_(
                    "%(credit_code)s is not a unified social credit code: it has 18 digits and capital letters, "
                    "without I, O, S, V and Z."
                ),
                {"credit_code": code},
            ),
        )
    return ()


def faults(facts: EnterpriseFacts, today: date) -> tuple[Fault, ...]:
    """Everything that is wrong with an enterprise's facts; empty when they may be stored."""
    found = [*_text_faults(facts), *code_faults(facts.credit_code), *_people_faults(facts)]
    if facts.country not in countries():
        found.append(Fault("country", N_("%(country)s is not a country or region."), {"country": facts.country}))
    if facts.sector and sector_of(facts.sector) != facts.sector:
        found.append(Fault("sector", N_("%(sector)s is not a sector of GB/T 4754."), {"sector": facts.sector}))
    if facts.contact_email and not re.fullmatch(r"[^@\s]+@[^@\s]+\.[^@\s]+", facts.contact_email):
        found.append(Fault("contact_email", N_("%(email)s is not an e-mail address."), {"email": facts.contact_email}))
    if facts.member_since and facts.member_since > today:
        found.append(Fault("member_since", N_("The day of joining lies in the future.")))
    return tuple(found)


def workplace_faults(facts: WorkplaceFacts) -> tuple[Fault, ...]:
    """Everything that is wrong with a workplace's facts; empty when they may be stored."""
    known = tongues.known(facts.languages)
    strange = [code for code in facts.languages if code not in known]
    wrong = (Fault("languages", N_("%(code)s is no language of the list."), {"code": strange[0]}),) if strange else ()
    return (*_text_faults(facts), *_people_faults(facts), *wrong)


def _text_faults(facts: EnterpriseFacts | WorkplaceFacts) -> Iterable[Fault]:
    if not facts.name:
        yield Fault("name", N_("The name is missing."))
    for name, most in LENGTHS.items():
        text = getattr(facts, name, "")
        if len(text) > most:
            yield Fault(
                name,
                N_("%(length)d characters are too many; at most %(most)d fit."),
                {"length": len(text), "most": most},
            )
    if facts.district and not re.fullmatch(r"\d{6}", facts.district):
        yield Fault(
            "district",
            N_("%(district)s is not a district code of six digits (GB/T 2260)."),
            {"district": facts.district},
        )


def _people_faults(facts: EnterpriseFacts | WorkplaceFacts) -> Iterable[Fault]:
    for name in ("workers", "women", "migrants", "under_18"):
        count = getattr(facts, name)
        if not 0 <= count <= MOST_PEOPLE:
            yield Fault(name, N_("%(count)d is not a number of people."), {"count": count})
        elif name != "workers" and count > facts.workers:
            yield Fault(
                name,
                N_("%(count)d are more than all workers together (%(workers)d)."),
                {"count": count, "workers": facts.workers},
            )


def enterprise_facts(given: Mapping[str, Any]) -> EnterpriseFacts:
    """Facts from plain values (``"size": "small"``). Raises ValueError for a word outside an enum."""
    kinds: dict[str, Callable[[Any], Any]] = {"size": Size, "status": Status, "letter_language": LetterLanguage}
    values = {name: kinds[name](value) if name in kinds and value else value for name, value in given.items()}
    return EnterpriseFacts(**values)


def as_stored(row: Any) -> EnterpriseFacts:
    """The facts of an enterprise as its row holds them."""
    return EnterpriseFacts(**{fact.name: getattr(row, fact.name) for fact in fields(EnterpriseFacts)})


SHARED = ("name", "address", "district", "workers", "women", "migrants", "under_18")
"""What an enterprise's main workplace has from its enterprise until somebody enters something else."""


def main_workplace(facts: EnterpriseFacts) -> WorkplaceFacts:
    """The workplace that every enterprise begins with."""
    return WorkplaceFacts(**{name: getattr(facts, name) for name in SHARED})


def workplace_columns(facts: WorkplaceFacts) -> dict[str, Any]:
    """The facts of a workplace as its row holds them."""
    return {**asdict(facts), "languages": list(facts.languages)}


def followed(before: Any, after: Any, workplace: Any) -> dict[str, Any]:
    """What changes at the main workplace when its enterprise changes: what was the same and still can be.

    The counts move together or not at all, so that no part is ever more than the whole.
    """
    same = {name for name in SHARED if getattr(workplace, name) == getattr(before, name)}
    counts = set(SHARED[3:])
    if not counts <= same:
        same -= counts
    return {
        name: getattr(after, name) for name in SHARED if name in same and getattr(after, name) != getattr(before, name)
    }


def profile(workplace: Any, sector: str, size: Size | None) -> Profile:
    """What decides which items a workplace is asked: its own counts and flags, its enterprise's sector and size."""
    counts = {name: getattr(workplace, name) for name in ("workers", *HEADCOUNTS)}
    flags = {name: getattr(workplace, name) for name in FLAGS}
    return Profile(**counts, **flags, sector=sector, size=size.value if size else "")


def signed_paper(data: bytes) -> str:
    """The media type of a signed paper, told by its content. Raises ``Problem`` for anything but PDF or a photo."""
    kind = filetype.guess(data)
    if kind is None or kind.mime not in ("application/pdf", "image/jpeg", "image/png", "image/webp"):
        raise Problem("pledge-file", N_("The signed document must be a PDF, JPEG, PNG or WebP file."), field="file")
    return str(kind.mime)


class Signed(Protocol):
    """A pledge, as far as its time goes."""

    @property
    def signed_on(self) -> date:
        """The day from which it holds."""

    @property
    def withdrawn_on(self) -> date | None:
        """The day from which it holds no more."""


S = TypeVar("S", bound=Signed)


def in_force(pledges: Sequence[S], on: date) -> S | None:
    """The pledge that binds an enterprise on a day: the last one signed by then and not withdrawn by then."""
    holding = [p for p in pledges if p.signed_on <= on and (p.withdrawn_on is None or p.withdrawn_on > on)]
    return max(holding, key=lambda pledge: pledge.signed_on, default=None)
