"""Everything that a letter prints, as frozen values. A letter keeps its facts as they were when it was issued."""

from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from pydantic import TypeAdapter

from compliance.shared.words import Text

NOTHING = Text("", "")


def same(text: str) -> Text:
    """A text that reads the same in both languages (a registered name, what somebody typed); printed once."""
    return Text(text, text)


@dataclass(frozen=True)
class Association:
    """Who writes. ``mark`` is the short name in the letter number (发文机关代字), for example 示协."""

    name: Text
    mark: str
    address: Text = NOTHING
    phone: str = ""
    email: str = ""
    contact: Text = NOTHING
    logo_digest: str = ""
    logo_media_type: str = ""
    post_code: str = ""
    website: str = ""


@dataclass(frozen=True)
class Enterprise:
    """Who is written to: ``name`` exactly as registered, with the unified social credit code that goes with it."""

    name: str
    code: str
    name_en: str = ""
    legal_representative: str = ""
    address: Text = NOTHING


@dataclass(frozen=True)
class Member:
    """One of the team that visited: the role, and a name where the association prints names."""

    role: Text
    name: str = ""


@dataclass(frozen=True)
class AreaScore:
    """One line of the scorecard extract. Scores 0 to 100 or None (no score), coverage 0 to 1."""

    area: Text
    score: Decimal | None
    band: Text | None
    colour: str
    coverage: Decimal
    previous_score: Decimal | None = None
    previous_band: Text | None = None


@dataclass(frozen=True)
class Limit:
    """Why the overall band is not what the score alone would give: the kind of the policy's cap, and its band."""

    when: str
    band: Text


@dataclass(frozen=True)
class Card:
    """The scorecard extract: the areas in their order, the overall line, the lowest area, the day of the workplace's
    own last visit (None: this was the first), and what limits the overall band.
    """

    areas: tuple[AreaScore, ...]
    overall: AreaScore
    lowest: Text | None = None
    previous_visit: date | None = None
    limits: tuple[Limit, ...] = ()


@dataclass(frozen=True)
class Citation:
    """An article of law. It is printed only if ``confirmed`` and valid on the day of the visit (both ends included)."""

    law: Text
    article: Text
    confirmed: bool
    valid_from: date | None = None
    valid_to: date | None = None


@dataclass(frozen=True)
class Reply:
    """What the enterprise answered to a finding: ``agree`` or ``dispute``, its words, and the day."""

    position: str
    text: str
    on: date


@dataclass(frozen=True)
class Photo:
    """A picture under a finding: the kept copy that is printed (JPEG, its marks burnt in), and the day, never the time.
    Only pictures on which nobody can be recognised.
    """

    digest: str
    on: date


@dataclass(frozen=True)
class Finding:
    """One row of the schedule. ``severity`` is critical, major or minor. ``workers`` is None where no count may be
    shown, ``some_workers`` where there is one all the same; ``due`` is None until the letter is sent. ``id`` is never
    printed: by it a later letter finds the number.
    """

    number: int
    area: Text
    seen: Text
    severity: str
    clause: str
    action: Text
    zero_tolerance: bool = False
    repeat: bool = False
    workers: int | None = None
    some_workers: bool = False
    citations: tuple[Citation, ...] = ()
    alternative: Text = NOTHING
    due: date | None = None
    provisional: bool = False
    evidence: tuple[Text, ...] = ()
    accountable: Text = NOTHING
    reply: Reply | None = None
    id: str = ""
    photos: tuple[Photo, ...] = ()

    @property
    def urgent(self) -> bool:
        """Whether it needs action today."""
        return self.zero_tolerance or self.severity == "critical"


@dataclass(frozen=True)
class Cited:
    """The earlier letter that a correcting letter is about."""

    number: str
    dated: date


@dataclass(frozen=True)
class Change:
    """One point that a correcting letter changes."""

    what: Text
    before: Text
    after: Text
    why: Text


@dataclass(frozen=True)
class Point:
    """One point of an earlier letter as it stands on the day of this one, under the number that it has there.

    ``severity`` is zero_tolerance, critical, major or minor; ``state`` a word of `STATES`. ``late_days`` are calendar
    days after ``due``; ``shown`` is how its completion was shown, ``closed_on`` the day on which that was accepted.
    ``accepted`` is the answer to its plan (None: none is given), ``remark`` why it is returned. ``id`` is that of the
    finding and never printed.
    """

    number: int
    area: Text
    asked: Text
    severity: str
    due: date | None = None
    late_days: int = 0
    state: str = "open"
    closed_on: date | None = None
    shown: Text = NOTHING
    remark: Text = NOTHING
    accepted: bool | None = None
    provisional: bool = False
    id: str = ""

    @property
    def closed(self) -> bool:
        """Whether its completion was accepted."""
        return self.closed_on is not None

    @property
    def urgent(self) -> bool:
        """Whether it is checked on site."""
        return self.severity in ("zero_tolerance", "critical")

    @property
    def late(self) -> bool:
        """Whether its day has passed without completion."""
        return self.late_days > 0 and not self.closed


STATES: tuple[str, ...] = ("open", "planned", "returned", "extended", "under_review", "paused", "verified", "withdrawn")
"""How a point may stand, in words that tell nobody whether it is checked at a desk or on site."""


@dataclass(frozen=True)
class Hearing:
    """Where and until when the enterprise is heard: ``say_by`` is the last day for a written word; ``on`` and ``place``
    are those of the council's meeting, or of a talk (``talk``, 约谈), as far as they are set.
    """

    say_by: date
    on: date | None = None
    place: Text = NOTHING
    talk: bool = False


@dataclass(frozen=True)
class Referral:
    """What is passed on: ``to`` an authority or a body of the association, ``basis`` the provisions that it concerns
    (with their articles), ``facts`` only what the association's own people saw.
    """

    to: Text
    basis: Text
    facts: tuple[Text, ...]


@dataclass(frozen=True)
class Signer:
    """Who signs for the association. ``office`` is the one that must sign this letter, empty where none must."""

    name: str = ""
    title: Text = NOTHING
    office: str = ""


@dataclass(frozen=True)
class Outsider:
    """Who from outside the association stood in for its second person, and why it needed one."""

    name: str
    organisation: str
    reason: str


@dataclass(frozen=True)
class Facts:
    """All that a letter prints but its fixed words, its number and its code.

    ``visited_on`` is a day and never a time. ``dated``, ``reply_by``, ``plan_by`` and the findings' ``due`` may be None
    in a draft and must be set when the letter is issued (``plan_by`` only where there are findings). ``call_by`` is the
    moment, in the association's own time zone, until which an urgent letter asks for a telephone call; ``told_on`` the
    day on which the enterprise was told on site, where that is on the record.

    Letters after the first carry ``points`` instead of findings; ``new_due`` is the day that they set anew, and
    ``next_step`` what follows if it passes (nothing: the usual words).
    """

    association: Association
    enterprise: Enterprise
    workplace: Text
    visited_on: date
    code_title: Text
    code_version: str
    team: tuple[Member, ...] = ()
    pledged_on: date | None = None
    good_practices: tuple[Text, ...] = ()
    card: Card | None = None
    findings: tuple[Finding, ...] = ()
    dated: date | None = None
    reply_by: date | None = None
    plan_by: date | None = None
    call_by: datetime | None = None
    waiver: str = ""
    outsider: Outsider | None = None
    copies: tuple[Text, ...] = ()
    signer: Signer = Signer()
    verify_url: str = ""
    cites: Cited | None = None
    changes: tuple[Change, ...] = ()
    told_on: date | None = None
    points: tuple[Point, ...] = ()
    new_due: date | None = None
    next_step: Text = NOTHING
    hearing: Hearing | None = None
    referral: Referral | None = None


@dataclass(frozen=True)
class Passages:
    """What a reviewer may write: ``opening`` (thanks), ``good`` (one good practice a line), ``closing``."""

    opening: Text = NOTHING
    good: Text = NOTHING
    closing: Text = NOTHING


_FACTS: TypeAdapter[Facts] = TypeAdapter(Facts)
_PASSAGES: TypeAdapter[Passages] = TypeAdapter(Passages)


def facts_to_json(facts: Facts) -> dict[str, Any]:
    """Facts as plain JSON values; ``facts_from_json`` gives equal facts back."""
    plain: dict[str, Any] = _FACTS.dump_python(facts, mode="json")
    return plain


def facts_from_json(plain: dict[str, Any]) -> Facts:
    """Facts from what ``facts_to_json`` gave. Raises pydantic's ``ValidationError`` on anything else."""
    return _FACTS.validate_python(plain)


def passages_to_json(passages: Passages) -> dict[str, Any]:
    """Passages as plain JSON values."""
    plain: dict[str, Any] = _PASSAGES.dump_python(passages, mode="json")
    return plain


def passages_from_json(plain: dict[str, Any]) -> Passages:
    """Passages from what ``passages_to_json`` gave."""
    return _PASSAGES.validate_python(plain)
