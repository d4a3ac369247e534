"""What goes in and out by the door for programs, field by field. Nothing leaves that is not written here."""

import re
from datetime import date, datetime
from typing import Annotated, Any, Generic, Literal, TypeVar
from uuid import UUID

from pydantic import AfterValidator, AwareDatetime, BaseModel, BeforeValidator, ConfigDict, Field, WithJsonSchema

from compliance.api import rules
from compliance.checklists.rules import Severity, Verdict
from compliance.corrective_actions.agreed import Contained
from compliance.corrective_actions.rules import ActionState
from compliance.enterprises.classes import Size
from compliance.enterprises.rules import LetterLanguage, Status, WorkplaceStatus
from compliance.estimation.rules import Silence
from compliance.findings.states import FindingState, Position
from compliance.letters.standing import Standing
from compliance.trends.measures import FIGURES
from compliance.trends.periods import Step
from compliance.trends.rules import UNKNOWN, By
from compliance.trends.stated import Way

T = TypeVar("T")
D = TypeVar("D", bound=date)


def _day(text: Any) -> Any:
    # Read here: Pydantic takes a number, also one in a text, for seconds since 1970.
    if not isinstance(text, str):
        return text
    if not re.fullmatch(r"\d{4}-\d\d-\d\d", text, re.ASCII):
        raise ValueError("must be a day as 2026-11-02")
    return date.fromisoformat(text)


def _moment(text: Any) -> Any:
    if not isinstance(text, str):
        return text
    form = r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d{1,6})?(Z|[+-]\d\d:\d\d)"
    if not re.fullmatch(form, text.upper(), re.ASCII):
        raise ValueError("must be a moment with its offset as 2026-11-02T09:30:00Z")
    return datetime.fromisoformat(text.upper())


def _in_range(day: D) -> D:
    if not 2000 <= day.year <= 2100:
        raise ValueError("must lie between 2000 and 2100")
    return day


Day = Annotated[
    date, BeforeValidator(_day), AfterValidator(_in_range),
    WithJsonSchema({"type": "string", "format": "date", "pattern": "^20[0-9]{2}-"}),
]  # fmt: skip
Moment = Annotated[
    AwareDatetime, BeforeValidator(_moment), AfterValidator(_in_range),
    WithJsonSchema({"type": "string", "format": "date-time", "pattern": "^20[0-9]{2}-"}),
]  # fmt: skip
"""A moment with its offset from UTC."""
District = Annotated[str, Field(pattern=r"^\d{6}$", description="GB/T 2260; one that ends in 00 stands for all below.")]
Sector = Annotated[
    str,
    Field(pattern=r"^[A-T]\d{0,4}$", description="GB/T 4754, a letter with up to four digits; stands for all below."),
]


class Out(BaseModel):
    """What goes out."""

    model_config = ConfigDict(frozen=True)


class In(BaseModel):
    """What comes in: no name that is not known."""

    model_config = ConfigDict(frozen=True, extra="forbid")


class Page(Out, Generic[T]):
    """One portion of a list, in the order of ids."""

    items: list[T]
    next_after: UUID | None = Field(description="Ask again with `after` set to it; null at the end.")


class Words(Out):
    """A text in both languages."""

    en: str
    zh: str


# --- what can be asked ----------------------------------------------------------------------------------------------


class Portioned(In):
    """How much of a list."""

    after: UUID | None = Field(None, description="The id after which to go on: `next_after` of the answer before.")
    limit: int = Field(rules.USUAL, ge=1, le=rules.MOST, description="Rows of one answer.")


class RegisterQuery(Portioned):
    """Which enterprises."""

    sector: Sector | None = None
    district: District | None = None
    status: Status | None = None


class ReleasedQuery(Portioned):
    """Which released things."""

    enterprise: UUID | None = None
    since: Moment | None = Field(None, description="Only what was released at or after this moment.")


class ActionQuery(Portioned):
    """Which corrective actions."""

    enterprise: UUID | None = None
    state: ActionState | None = None


class TrendQuery(In):
    """Of which days and members."""

    first: Day | None = Field(None, description="From the month of this day; else the last four quarters.")
    last: Day | None = Field(None, description="To the month of this day.")
    figure: Literal["score", "shortfall", "critical"] = Field(
        "score", description="The score, or the share of workplaces with a shortfall, or with a critical one."
    )
    sector: str = Field("", pattern=rf"^([A-T]\d{{0,4}}|{UNKNOWN})?$")
    district: str = Field("", pattern=rf"^(\d{{6}}|{UNKNOWN})?$")
    size: Literal["", "micro", "small", "medium", "large", "unknown"] = ""


class TimeQuery(TrendQuery):
    """The same, through time."""

    area: Literal[FIGURES] = "overall"  # type: ignore[valid-type]
    step: Step = Step.quarter


class GroupQuery(TrendQuery):
    """The same, by groups."""

    area: Literal[FIGURES] = "overall"  # type: ignore[valid-type]
    by: By = By.sector


# --- the register ---------------------------------------------------------------------------------------------------


class Enterprise(Out):
    """A member. Counts of people are null where they are not known, or where fewer than five would show."""

    id: UUID
    name: str
    name_other: str
    country: str
    credit_code: str | None
    sector: str
    district: str
    size: Size | None
    workers: int | None
    women: int | None
    migrants: int | None
    under_18: int | None
    address: str
    status: Status
    member_since: date | None
    letter_language: LetterLanguage


class Workplace(Out):
    """A place that is visited."""

    id: UUID
    main: bool
    name: str
    address: str
    district: str
    workers: int | None
    status: WorkplaceStatus


class EnterpriseWhole(Enterprise):
    """A member with its workplaces."""

    workplaces: list[Workplace]


# --- results --------------------------------------------------------------------------------------------------------


class AreaScore(Out):
    """One area, or the whole. The score is null where there is none, or where zero tolerance overrides it."""

    area: str
    score: float | None = Field(description="0 to 100.")
    band: str | None
    coverage: float = Field(description="Part of the items that was assessed, 0 to 1.")
    provisional: bool


class Scorecard(Out):
    """The released scorecard of a visit that holds now."""

    id: UUID
    visit: UUID = Field(description="What scorecard, findings, actions and letters of one visit have in common.")
    enterprise: UUID
    workplace: UUID
    visited_on: date
    released_at: datetime
    checklist: str = Field(description="The digest of the checklist's version.")
    zero_tolerance: bool
    overall: AreaScore
    areas: list[AreaScore]


class Line(Out):
    """What one item contributes. Points are null where it is left out."""

    item: str
    area: str
    verdict: Verdict | None
    severity: Severity
    weight: float
    points: float | None


class ScorecardWhole(Scorecard):
    """A scorecard, line by line."""

    lines: list[Line]


class Finding(Out):
    """A finding as its enterprise reads it: never how it was known, no count of fewer than five workers."""

    id: UUID
    visit: UUID
    enterprise: UUID
    workplace: UUID
    item: str
    area: str
    clause: str
    verdict: Verdict | None
    severity: Severity
    zero_tolerance: bool
    repeats: UUID | None = Field(description="The finding of an earlier visit that it repeats.")
    seen: Words
    workers_affected: int | None
    some_workers: bool = Field(description="Workers are affected, and their number is not told.")
    law: list[str]
    state: FindingState
    reply_by: date | None
    reply: Position | None


class Action(Out):
    """A corrective action that was delivered to its enterprise."""

    id: UUID
    finding: UUID
    visit: UUID
    enterprise: UUID
    workplace: UUID
    item: str
    area: str
    severity: Severity
    zero_tolerance: bool
    asked: Words
    state: ActionState
    delivered_on: date
    plan_by: date | None
    due_on: date | None
    due_provisional: bool = Field(description="The calendar of working days of that year is not published yet.")
    paused_on: date | None
    extensions: int
    verified_on: date | None
    contain_by: date | None
    contained_on: date | None
    contained_how: Contained | None


class Letter(Out):
    """A letter as it was sent."""

    id: UUID
    visit: UUID
    enterprise: UUID
    cites: UUID | None
    kind: str
    language: str
    number: str
    code: str = Field(description="Anybody who holds the letter can check it by this.")
    dated: date
    issued_at: datetime
    standing: Standing
    sha256: str | None = Field(description="Of the PDF; null for the moments while it is printed.")


# --- trends ---------------------------------------------------------------------------------------------------------


class Estimate(Out):
    """What the draw says about all members, with the interval that holds the truth in 95 of 100 cases."""

    value: float
    low: float
    high: float


class Figure(Out):
    """A figure in points of 100, or why there is none; and beside it the plain figure of all visits."""

    estimate: Estimate | None
    silent: Silence | None
    drawn_visits: int
    plain: float | None = Field(description="Null where fewer than eight visits stand behind it.")
    visits: int


class AreaFigure(Out):
    """One area, or the whole, and where it went since the period before."""

    area: str
    figure: Figure
    change: Way


class PeriodFigure(Out):
    """One quarter (2026-Q3) or month (2026-07)."""

    period: str
    first: date
    last: date
    figure: Figure
    broken: bool = Field(description="The checklist asked something else before: do not compare across.")


class GroupFigure(Out):
    """One sector, district or size."""

    group: str
    figure: Figure


class Trend(Out, Generic[T]):
    """Figures of a span of whole months."""

    first: date
    last: date
    figures: list[T]


# --- bringing enterprises along -------------------------------------------------------------------------------------

_TEXT = Field("", max_length=1000)


def _whole(number: Any) -> Any:
    # JSON has one kind of number: 12.0 is twelve.
    return int(number) if isinstance(number, float) and number.is_integer() else number


Count = Annotated[int, Field(ge=0, le=1_000_000), BeforeValidator(_whole)]


class EnterpriseRow(In):
    """An enterprise as another system knows it. What is not given stays as it is."""

    name: str = Field(
        max_length=1000, pattern=r"[^\s\x00-\x1f\x7f-\x9f\u061c\u200b-\u200f\u202a-\u202e\u2060-\u2069\ufeff]"
    )
    name_other: str = _TEXT
    credit_code: str = _TEXT
    country: str = Field("", max_length=1000, description="Two letters (ISO 3166-1), or a name.")
    sector: str = _TEXT
    district: str = _TEXT
    size: str = _TEXT
    workers: Count | None = None
    women: Count | None = None
    migrants: Count | None = None
    under_18: Count | None = None
    legal_representative: str = _TEXT
    contact_name: str = _TEXT
    contact_phone: str = _TEXT
    contact_email: str = _TEXT
    address: str = _TEXT
    status: Literal["", "active", "left", "closed"] = ""
    member_since: str = Field("", max_length=40, description="A day, as 2026-11-02.")
    letter_language: Literal["", "en", "zh_Hans_CN", "both"] = ""


class ImportBody(In):
    """Enterprises to bring into the register."""

    name: str = Field(min_length=1, max_length=80, description="As people will find it among the imports.")
    enterprises: list[EnterpriseRow] = Field(min_length=1, max_length=5000)


class NewRow(Out):
    """A row that becomes an enterprise."""

    row: int = Field(description="Its place in what was sent, from 0.")
    name: str


class ChangedRow(NewRow):
    """A row that changes an enterprise."""

    facts: list[str] = Field(description="What changes.")


class RefusedRow(Out):
    """A row that cannot be taken, or one thing that is wrong with it."""

    row: int
    fact: str
    wrong: str
    remedy: str


class SuspectedRow(NewRow):
    """A new row that may be an enterprise of the register already."""

    enterprise: UUID


class Import(Out):
    """What enterprises that were sent would do, or did. The lists end at 500 rows each."""

    id: UUID
    name: str
    state: Literal["reading", "ready", "working", "done", "failed", "taken_back"]
    problem: str = Field(description="Why nothing can be done with it, or why it failed.")
    rows: int
    new: int
    changed: int
    unchanged: int
    refused: int
    new_rows: list[NewRow]
    changed_rows: list[ChangedRow]
    refused_rows: list[RefusedRow]
    suspected_rows: list[SuspectedRow]
