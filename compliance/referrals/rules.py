"""What signals open a sealed case, whose word it needs, and what its clock says. Pure.

The only thing that is ever said is that signals are present: whether people work under force is not for an association
of employers to find (ILO Convention 29; indicators of forced labour, 2012).
"""

import re
import unicodedata
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import StrEnum
from uuid import UUID

from compliance.shared.problems import Problem, Refused
from compliance.shared.words import N_, Text


class SourceKind(StrEnum):
    """Where a signal comes from."""

    answer = "answer"
    interview = "interview"
    complaint = "complaint"


class Strength(StrEnum):
    """How much an indicator weighs by itself."""

    medium = "medium"
    strong = "strong"


@dataclass(frozen=True)
class Signal:
    """One sign of danger. ``indicator`` is the ILO's number, 1 to 11, or None for a zero-tolerance fact without one.

    ``reference`` names what it was read from (a visit's item and fact, an interview, a complaint): it is kept sealed,
    and a second signal with the same is the same. ``sealed`` is False only for what both sides stood before.
    """

    kind: SourceKind
    indicator: int | None
    strength: Strength
    at: datetime
    reference: str
    zero_tolerance: bool = False
    sealed: bool = True


@dataclass(frozen=True)
class Indicator:
    """One indicator: its weight alone, the indicators beside which it is strong, and what is seen."""

    number: int
    strength: Strength
    strong_with: frozenset[int]
    seen: Text


@dataclass(frozen=True)
class Step:
    """One step of containment, with the hours that it may take from the opening."""

    id: str
    hours: int
    text: Text


@dataclass(frozen=True)
class Indicators:
    """Everything that is data: weights, combinations, clock, and how long a cleared case can be read.

    A combination is ``combined`` different indicators from as many as ``sources`` sources, ``of_coercion`` of them
    signs of ``coercion`` that come from different sources too. What is at most ``adds_up_days`` old adds up.
    """

    indicators: Mapping[int, Indicator]
    combined: int
    sources: int
    coercion: frozenset[int]
    of_coercion: int
    adds_up_days: int
    tell_again: timedelta
    remind_again: timedelta
    steps: tuple[Step, ...]
    keep_days: int
    source: Text
    checked_on: date
    valid_from: date
    status: str


class Opening(StrEnum):
    """Why a case is opened."""

    zero_tolerance = "zero_tolerance"
    strong = "strong"
    combination = "combination"


def opening(signals: Iterable[Signal], law: Indicators) -> Opening | None:
    """Why these signals open a case, the heaviest reason first; None where they do not.

    A combination counts different indicators from different sources: one item that names four of them is one source.
    """
    found = list(signals)
    if any(one.zero_tolerance for one in found):
        return Opening.zero_tolerance
    present = {one.indicator for one in found if one.indicator is not None}
    if any(_is_strong(one, present, law) for one in found):
        return Opening.strong
    sources = {one.reference for one in found if one.indicator is not None}
    coercion = [one for one in found if one.indicator in law.coercion]
    coerced = min(len({one.indicator for one in coercion}), len({one.reference for one in coercion}))
    if len(present) >= law.combined and len(sources) >= law.sources and coerced >= law.of_coercion:
        return Opening.combination
    return None


def _is_strong(signal: Signal, present: set[int], law: Indicators) -> bool:
    if signal.strength is Strength.strong:
        return True
    known = law.indicators.get(signal.indicator or 0)
    return known is not None and not known.strong_with.isdisjoint(present)


class Outcome(StrEnum):
    """How a case is cleared."""

    unfounded = "unfounded"
    contained = "contained"
    referred = "referred"


class Measure(StrEnum):
    """What two officers decide to do."""

    contain = "contain"
    refer = "refer"
    joint = "joint"


class Agency(StrEnum):
    """To whom a case may be referred."""

    labour = "labour"
    police = "police"
    women = "women"
    union = "union"


class Ground(StrEnum):
    """On what personal data go out with a referral (Personal Information Protection Law, arts. 13, 23, 29)."""

    consent = "consent"
    emergency = "emergency"
    duty = "duty"
    nobody = "nobody"


class Way(StrEnum):
    """How a referral was sent."""

    handed = "handed"
    post = "post"
    portal = "portal"
    phone = "phone"


class Safe(StrEnum):
    """Whether those who could be endangered are safe if the employer hears of it."""

    out = "out"
    agreed = "agreed"
    nobody = "nobody"
    not_yet = "not_yet"


class Kind(StrEnum):
    """What is entered in a case. Decision and clearing take a second officer; safety cannot wait for one."""

    safety = "safety"
    decision = "decision"
    clearing = "clearing"
    confirmed = "confirmed"
    signal = "signal"
    taken = "taken"
    step = "step"


IN_THE_OPEN = "open"
"""Code of a signal that both sides stood before."""
TWO = frozenset({Kind.decision, Kind.clearing})
"""What holds only once another officer agrees."""

CODES: Mapping[Kind, type[StrEnum]] = {Kind.safety: Safe, Kind.decision: Measure, Kind.clearing: Outcome}
"""What can be proposed of each kind."""


@dataclass(frozen=True)
class Entry:
    """One thing entered in a case. ``code`` says what of its kind; ``about`` is the entry that is confirmed."""

    id: UUID
    kind: Kind
    code: str
    by: UUID | None
    at: datetime
    about: UUID | None = None


@dataclass(frozen=True)
class Standing:
    """How a case stands: what was agreed by two, what waits for the second, and which steps are done."""

    safety: Safe | None
    decision: Measure | None
    outcome: Outcome | None
    waiting: tuple[Entry, ...]
    done: Mapping[str, datetime]

    @property
    def may_tell(self) -> bool:
        """Whether something may reach the employer: an officer found that nobody is endangered by it."""
        return self.safety in (Safe.out, Safe.agreed, Safe.nobody) or self.outcome is not None


def standing(entries: Sequence[Entry]) -> Standing:
    """Fold the entries of a case, oldest first. A newer proposal of a kind overtakes one that still waits.

    A signal that comes after the worker-safety check takes it back: somebody else may be endangered by it. What both
    sides stood before endangers nobody.
    """
    by_id = {one.id: one for one in entries}
    agreed: dict[Kind, str] = {}
    waiting: dict[Kind, Entry] = {}
    done: dict[str, datetime] = {}
    for one in entries:
        if one.kind is Kind.safety:
            agreed[one.kind] = one.code
        elif one.kind is Kind.signal and one.code != IN_THE_OPEN:
            agreed.pop(Kind.safety, None)
        elif one.kind in TWO:
            waiting[one.kind] = one
        elif one.kind is Kind.confirmed and one.about in by_id:
            proposed = by_id[one.about]
            agreed[proposed.kind] = proposed.code
            waiting.pop(proposed.kind, None)
        elif one.kind is Kind.step:
            done.setdefault(one.code, one.at)
    safety, decision, outcome = (agreed.get(kind) for kind in (Kind.safety, Kind.decision, Kind.clearing))
    return Standing(
        Safe(safety) if safety else None,
        Measure(decision) if decision else None,
        Outcome(outcome) if outcome else None,
        tuple(waiting.values()),
        done,
    )


def require_second(proposed: Entry, person_id: UUID | None, waiting: Iterable[Entry]) -> None:
    """Raise ``Refused`` unless this is another officer's word about what still waits for one."""
    if proposed.id not in {one.id for one in waiting}:
        raise Refused("danger-overtaken", N_("This no longer waits for a second officer."))
    if person_id is None or proposed.by == person_id:
        raise Refused("danger-second", N_("Another officer has to agree: not the one who proposed it."))


def require_clearable(outcome: Outcome, now: Standing, referred: bool) -> None:
    """Raise ``Problem`` where a case cannot be cleared this way yet.

    A case is not cleared before it is settled whether anybody is endangered, unless there was nothing in it.
    """
    if outcome is Outcome.referred and not referred:
        raise Problem("danger-not-referred", N_("Nothing was referred yet: enter the referral first."), field="code")
    if outcome is not Outcome.unfounded and not now.may_tell:
        raise Problem("danger-not-safe", N_("First enter the worker-safety check: nobody is endangered."), field="code")


def tell_next(opened_at: datetime, told: int, told_at: datetime | None, now: datetime, law: Indicators) -> int | None:
    """To how many officers, in their order, a case that nobody took is told now; None while nobody is."""
    if told_at is None:
        return 1 if now >= opened_at else None
    return told + 1 if now - told_at >= law.tell_again else None


_TELEPHONE = re.compile(r"(?<!\d)(?:\+?86[- ]?)?1[3-9]\d(?:[- ]?\d{4}){2}(?!\d)")
_IDENTITY = re.compile(r"(?<!\d)\d{17}[\dXx](?!\d)")


def require_nobody_named(text: str, field: str) -> None:
    """Raise ``Problem`` for words that hold a mobile telephone or an identity card's number: of a worker, mostly."""
    plain = unicodedata.normalize("NFKC", text)
    if _TELEPHONE.search(plain) or _IDENTITY.search(plain):
        raise Problem(
            "danger-person",
            N_("There is a telephone or identity number in it. Leave out everything by which a worker can be found."),
            field=field,
        )


def referral_number(mark: str, year: int, running: int) -> str:
    """The number of a referral, in its own row: 示协移〔2026〕3号."""
    return f"{mark.removesuffix('函')}移〔{year}〕{running}号"


def late(opened_at: datetime, done: Iterable[str], now: datetime, law: Indicators) -> tuple[Step, ...]:
    """The steps of containment whose hour has passed and that nobody has done, in their order."""
    when, there = due(opened_at, law), set(done)
    return tuple(step for step in law.steps if step.id not in there and when[step.id] < now)


def due(opened_at: datetime, law: Indicators) -> dict[str, datetime]:
    """By when each step of containment is due."""
    return {step.id: opened_at + timedelta(hours=step.hours) for step in law.steps}


MEASURE_WORDS = {
    Measure.contain: N_("Contained with the employer"),
    Measure.refer: N_("Referred to an authority or organisation"),
    Measure.joint: N_("A joint visit of several agencies"),
}
OUTCOME_WORDS = {
    Outcome.unfounded: N_("Unfounded"),
    Outcome.contained: N_("Contained"),
    Outcome.referred: N_("Referred"),
}
AGENCY_WORDS = {
    Agency.labour: N_("Labour inspection"),
    Agency.police: N_("Police"),
    Agency.women: N_("Women's federation"),
    Agency.union: N_("Trade union"),
}
GROUND_WORDS = {
    Ground.consent: N_("Those concerned agreed to it separately"),
    Ground.emergency: N_("Danger to life, health or property, at once"),
    Ground.duty: N_("Duty by law, or order of an authority"),
    Ground.nobody: N_("Nobody can be recognised in it"),
}
WAY_WORDS = {
    Way.handed: N_("Handed over"),
    Way.post: N_("By post"),
    Way.portal: N_("On the agency's own page"),
    Way.phone: N_("By telephone"),
}
SAFE_WORDS = {
    Safe.out: N_("Whoever could be endangered is out and safe"),
    Safe.agreed: N_("They stay, know what follows, and agree"),
    Safe.nobody: N_("Nobody can be endangered by it"),
    Safe.not_yet: N_("Not yet: everything waits"),
}
OPENING_WORDS = {
    Opening.zero_tolerance: N_("A zero-tolerance fact"),
    Opening.strong: N_("A strong signal"),
    Opening.combination: N_("Several signals together"),
}
KIND_WORDS = {
    Kind.safety: N_("Worker-safety check"),
    Kind.decision: N_("Decision"),
    Kind.clearing: N_("Clearing"),
    Kind.confirmed: N_("Agreed by the second officer"),
    Kind.signal: N_("Signal present"),
    Kind.taken: N_("Taken"),
    Kind.step: N_("Step done"),
}
SOURCE_WORDS = {
    SourceKind.answer: N_("Seen on a visit"),
    SourceKind.interview: N_("Told in an interview"),
    SourceKind.complaint: N_("Told in a complaint"),
}
