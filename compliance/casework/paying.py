"""The pay sheet of a visit: who may do what with it, what it comes to, and which answers follow from it."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from typing import TYPE_CHECKING
from uuid import UUID

from compliance.casework import interviewing
from compliance.checklists.rates import MinimumWage
from compliance.checklists.rules import Checklist, Verdict
from compliance.enterprises import store as enterprises
from compliance.people.rules import Actor, can
from compliance.shared import ids
from compliance.shared.problems import Conflict, NotFound
from compliance.shared.words import N_, Text
from compliance.visits import store as visits
from compliance.visits.answers import Answer, Known
from compliance.visits.rules import State
from compliance.wages import sampling, store
from compliance.wages.records import Edition, Sheet
from compliance.wages.rules import NOTHING, Basis, Deduction, Gap, Line, Reckoning, Rule, Workplace, owed, reckon
from compliance.wages.sampling import Part, Whole

if TYPE_CHECKING:
    from compliance.visits.models import Visit


def own(actor: Actor, visit_id: UUID) -> "Visit":
    """A visit whose pay sheet the actor enters. Raises ``NotFound``."""
    row = interviewing.visit(actor, visit_id)
    if not may_record(actor, row):
        raise NotFound("visit-unknown", N_("There is no such visit."))
    return row


def may_record(actor: Actor, visit: "Visit") -> bool:
    """Whether the actor enters the sheet and sees what it comes to: an inspector of this visit."""
    return can(actor, "pay.record") and visits.is_sent(actor, visit)


def place_of(actor: Actor, visit: "Visit") -> int:
    """Which inspector of the visit the actor is, from 0, the lead first: each gives pseudonyms of their own."""
    sent = visits.inspectors([visit.id])[visit.id]
    return sent.index(actor.person_id) if actor.person_id in sent else len(sent)


def enter(actor: Actor, visit: "Visit", edition: Edition) -> None:
    """Keep what was entered on a page. Raises ``Conflict`` once the visit is sealed, and ``KeyDestroyed``."""
    if visit.state != State.handed_out:
        raise Conflict("pay-sheet-sealed", N_("The visit is sealed; its pay sheet is not changed any more."))
    store.keep(actor, visit, ids.event_id(), edition, visits.today(actor))


def proposal(visit: "Visit", sheet: Sheet) -> tuple[Part, ...]:
    """Whose pay records to take, group by group; of a workplace without groups, all workers as one."""
    workers = visits.profile(visit).workers
    groups = sheet.groups or {"": workers}
    return sampling.propose(groups, interviewing.proposal(visit).size, str(visit.id))


# -- what it comes to --------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Result:
    """What a sheet comes to on a day. ``possible``: what more is owed if the draft rates are right."""

    reckonings: tuple[Reckoning, ...]
    by_worker: dict[str, Decimal]
    whole: Whole
    possible: Decimal
    gaps: dict[Gap, int]
    district: str

    @property
    def drafts(self) -> tuple[MinimumWage, ...]:
        """The rates that nobody confirmed and that would hold for some month, the oldest first."""
        found = {one.draft.valid_from: one.draft for one in self.reckonings if one.draft is not None}
        return tuple(found[day] for day in sorted(found))

    def of(self, worker: str) -> tuple[Reckoning, ...]:
        """The months of a worker."""
        return tuple(one for one in self.reckonings if one.worker == worker)


def result(actor: Actor, visit: "Visit", sheet: Sheet) -> Result:
    """Reckon a sheet as things stand today, by the rates of the workplace's district."""
    district = enterprises.workplace(actor, visit.workplace_id).district
    place, today, rates = Workplace(district, sheet.comprehensive), visits.today(actor), store.rates()
    reckonings = tuple(reckon(row.record, place, rates, today) for row in sheet.rows)
    gaps = [gap for one in reckonings for gap in one.gaps]
    return Result(
        reckonings,
        owed(reckonings),
        sampling.whole(sheet, reckonings),
        sum((one.possible for one in reckonings), NOTHING),
        {gap: gaps.count(gap) for gap in Gap if gap in gaps},
        district,
    )


def citations(checklist: Checklist, line: Line, month: date) -> list[Text]:
    """The law behind a line, as it stood in the month."""
    laws = [key for key in line.laws if key in checklist.laws and checklist.laws[key].in_force(month)]
    return [checklist.citation(key) for key in laws]


# -- the answers that follow -------------------------------------------------------------------------------------------

_Numbers = Callable[[Sheet, list[tuple[Reckoning, Line]]], Decimal]


@dataclass(frozen=True)
class Means:
    """What some lines mean for an item of the checklist, and which of its quantities they give.

    ``clears``: without such a line the item is in order, unless one of ``gaps`` leaves it open.
    """

    item: str
    lines: Callable[[Line], bool]
    basis: frozenset[Basis] = frozenset(Basis)
    quantity: str = ""
    number: _Numbers | None = None
    gaps: frozenset[Gap] = frozenset()
    clears: bool = True


def _people(_sheet: Sheet, found: list[tuple[Reckoning, Line]]) -> Decimal:
    return Decimal(len({one.worker for one, _line in found}))


def _days(_sheet: Sheet, found: list[tuple[Reckoning, Line]]) -> Decimal:
    return max((line.numbers["days"] for _one, line in found if line.rule is Rule.late), default=NOTHING)


def _fullest(sheet: Sheet, _found: list[tuple[Reckoning, Line]]) -> Decimal:
    return max((row.record.hours.overtime for row in sheet.rows), default=NOTHING)


def _is(*rules: Rule) -> Callable[[Line], bool]:
    return lambda line: line.rule in rules


_TAKEN_AT_THE_DOOR = frozenset({Deduction.deposit, Deduction.fee})
_MINIMUM = frozenset({Gap.minimum_unknown, Gap.constants_unknown})
_AGREED = frozenset({Gap.agreed_unknown, Gap.constants_unknown})

MEANS = (
    Means(
        "WAG01", _is(Rule.minimum_wage, Rule.probation_wage), frozenset({Basis.month, Basis.hour}),
        "below-minimum-wage", _people, _MINIMUM,
    ),
    Means("WAG02", _is(Rule.agreed_wage, Rule.late), quantity="days-late", number=_days, gaps=_AGREED),
    Means("WAG06", _is(Rule.overtime), quantity="overtime-underpaid", number=_people, gaps=_AGREED | _MINIMUM),
    Means("WAG07", _is(Rule.overtime_hours), quantity="overtime-fullest-month", number=_fullest),
    Means(
        "WAG09", lambda line: line.rule is Rule.deduction and line.deduction not in _TAKEN_AT_THE_DOOR,
        gaps=frozenset({Gap.deduction_unexplained, Gap.constants_unknown}),
    ),
    Means("WAG10", lambda line: line.deduction in _TAKEN_AT_THE_DOOR, clears=False),
    Means(
        "WAG11", _is(Rule.minimum_wage), frozenset({Basis.piece}), "piece-below-minimum", _people, _MINIMUM,
    ),
    Means("SOC03", _is(Rule.uninsured), gaps=frozenset({Gap.insurance_unknown}), clears=False),
)  # fmt: skip


def items_shown(actor: Actor, visit: "Visit") -> frozenset[str]:
    """The items to which the visit's pay sheet says something, for whoever may open it: it is their evidence."""
    may_open = can(actor, "pay.read") or may_record(actor, visit)
    return frozenset(means.item for means in MEANS) if may_open and store.editions(visit.id) else frozenset()


@dataclass(frozen=True)
class Proposed:
    """An answer that follows from the sheet, for the inspector to confirm; ``there``: what was answered so far."""

    item: str
    question: Text
    verdict: Verdict
    workers: int
    there: Verdict | None = None
    quantities: dict[str, Decimal] = field(default_factory=dict)

    @property
    def answer(self) -> Answer:
        """As it is entered: known from documents."""
        return Answer(
            self.item,
            self.verdict,
            workers=self.workers or None,
            known_by=frozenset({Known.document}),
            quantities=self.quantities,
        )


def proposed(visit: "Visit", sheet: Sheet, found: Result) -> tuple[Proposed, ...]:
    """The answers that follow from a sheet, for items that this visit's checklist has."""
    checklist, answers = visits.checklist(visit), visits.answers(visit).answers
    basis_of = {row.key: row.record.basis for row in sheet.rows}
    here = []
    for means in MEANS:
        if not checklist.has(means.item):
            continue
        months = [one for one in found.reckonings if basis_of[one.worker, one.month] in means.basis]
        verdict, lines = _verdict(means, months)
        if verdict is None:
            continue
        item, there = checklist.item(means.item), answers.get(means.item)
        quantities = {}
        if means.number is not None and any(one.id == means.quantity for one in item.quantities):
            quantities[means.quantity] = means.number(sheet, lines)
        workers = len({one.worker for one, _line in lines})
        here.append(Proposed(means.item, item.question, verdict, workers, there.verdict if there else None, quantities))
    return tuple(here)


def _verdict(means: Means, months: list[Reckoning]) -> tuple[Verdict | None, list[tuple[Reckoning, Line]]]:
    lines = [(one, line) for one in months for line in one.lines if means.lines(line)]
    if lines:
        return Verdict.non_compliant, lines
    gaps = {gap for one in months for gap in one.gaps}
    clear = months and means.clears and not gaps & (means.gaps | {Gap.not_due})
    return (Verdict.compliant if clear else None), lines


def confirm(actor: Actor, visit: "Visit", found: Iterable[Proposed]) -> int:
    """Enter proposed answers that the inspector confirmed; how many. Raises as ``visits.record``."""
    answers = [one.answer for one in found]
    if answers:
        visits.enter_answers(actor, visit, answers)
    return len(answers)
