"""How answers become a score: the one place where a score exists (domain facts 1.8, figures from the policy
data).

Arithmetic is decimal. A score is 100 x points / weight over the items that were assessed, rounded half up to
one decimal at the end and only there; bands, caps and comparisons read the rounded figure, which is the
printed one. The overall score pools all items, which is the mean of the areas weighted by what was assessed
in each. Weights follow the pinned item's severity, whatever becomes of it. Caps follow the severity of the
finding: raised by what was found, or as a dispute decided it, up or down (and so do letters and deadlines
elsewhere).
"""

from collections.abc import Iterable, Mapping, Set
from dataclasses import dataclass, replace
from decimal import ROUND_DOWN, ROUND_HALF_UP, Context, Decimal

from compliance.checklists.rules import Checklist, Item, Policy, Profile, Severity, Verdict
from compliance.scorecards.result import OVERALL, AreaScore, Capped, Line, Reason, Result
from compliance.scorecards.shortfalls import (
    NOTHING_CLEARED,
    Asked,
    Cleared,
    as_told,
    asked,
    confirmed_facts,
    is_shortfall,
    weigh,
)
from compliance.visits.answers import Answer, Answers

RULES_VERSION = "1"
"""Raised with every change that can alter a result; stored receipts name the version that made them."""

FALSIFIED = "falsified"
"""A confirmed fact whose id contains this word says that records were falsified."""

_CONTEXT = Context(prec=50, rounding=ROUND_HALF_UP)
_NOTHING: frozenset[str] = frozenset()
_NOT_DISPUTED: Mapping[str, Severity] = {}
_ZERO, _ONE = Decimal(0), Decimal(1)


def score(
    checklist: Checklist,
    answers: Answers,
    profile: Profile,
    cleared: Cleared = NOTHING_CLEARED,
    repeated: Set[str] = _NOTHING,
    decided: Mapping[str, Severity] = _NOT_DISPUTED,
) -> Result:
    """The visit as it was found.

    `cleared` are the sealed facts that may count; `repeated` the items that fell short within the policy's
    months before (their raised severity acts on the caps); `decided` the severities of items whose finding was
    changed by the decision of a dispute (they act on the caps instead; zero tolerance stays what it is).
    """
    return _Scoring(checklist, answers, profile, cleared, repeated, _NOTHING, decided).result()


def standing(
    checklist: Checklist,
    answers: Answers,
    profile: Profile,
    cleared: Cleared,
    verified_items: Set[str],
    repeated: Set[str] = _NOTHING,
    decided: Mapping[str, Severity] = _NOT_DISPUTED,
) -> Result:
    """The workplace as it stands today: `verified_items`, whose actions are all verified, count as compliant.

    Which items are asked stays as it was on the day of the visit: a corrected item closes no other one.
    """
    return _Scoring(checklist, answers, profile, cleared, repeated, verified_items, decided).result()


@dataclass(frozen=True)
class _Scoring:
    """The inputs of one scoring, and the steps over them."""

    checklist: Checklist
    answers: Answers
    profile: Profile
    cleared: Cleared
    repeated: Set[str]
    verified: Set[str]
    decided: Mapping[str, Severity]

    def result(self) -> Result:
        """Lines, then areas and the whole, then caps."""
        policy = self.checklist.policy
        sorted_items = asked(self.checklist, self.answers, self.profile, self.cleared)
        lines = tuple(self._line(item, sorted_items) for item in self.checklist.items)
        zero = self._facts(sorted_items, zero_tolerance=True)
        areas = tuple(
            self._area(area.id, [line for line in lines if line.area == area.id], zero) for area in self.checklist.areas
        )
        overall = _area_score(policy, OVERALL, lines)
        caps = self._caps(lines, areas, zero, sorted_items)
        return Result(
            rules_version=RULES_VERSION,
            overall=_capped(policy, overall, caps),
            areas=areas,
            lowest=_lowest(areas),
            zero_tolerance=zero,
            caps=caps,
            lines=lines,
        )

    def _line(self, item: Item, sorted_items: Asked) -> Line:
        policy = self.checklist.policy
        answer = self.answers.get(item.id)
        code = self._code(item, answer, sorted_items)
        weight = policy.weights[item.severity]
        verdict = answer.verdict if answer else None
        counted = Verdict.compliant if code == "verified" else verdict
        credit = policy.credits.get(counted) if counted and code in _COUNTED else None
        severity = item.severity
        if answer is not None and is_shortfall(answer) and code in _COUNTED and code != "verified":
            zero = any(fact.zero_tolerance for fact in confirmed_facts(item, answer, self.cleared))
            told = as_told(item, answer, self.cleared)
            severity = weigh(item, told, self.profile, item.id in self.repeated, zero).severity
            severity = severity if zero else self.decided.get(item.id, severity)
        points = None if credit is None else weight * credit
        params = {} if points is None else {"points": _plain(points), "weight": _plain(weight)}
        return Line(item.id, item.area, verdict, severity, weight, credit, points, Reason(code, params))

    def _code(self, item: Item, answer: Answer | None, sorted_items: Asked) -> str:
        if item.id in sorted_items.behind:
            return "withheld_behind"
        if item.id not in sorted_items.items:
            return "not_asked"
        if answer is None or answer.verdict is None:
            return "unanswered"
        if item.id in sorted_items.withheld:
            return "withheld"
        if item.id in self.verified and is_shortfall(answer):
            return "verified"
        return answer.verdict.value

    def _facts(
        self, sorted_items: Asked, *, zero_tolerance: bool = False, named: str = ""
    ) -> tuple[tuple[str, str], ...]:
        """The confirmed facts of items that are asked and not corrected since, in checklist order."""
        return tuple(
            (item.id, fact.id)
            for item in self.checklist.items
            if item.id in sorted_items.items and item.id in self.answers and item.id not in self.verified
            for fact in confirmed_facts(item, self.answers[item.id], self.cleared)
            if (fact.zero_tolerance or not zero_tolerance) and named in fact.id
        )

    def _area(self, id: str, lines: list[Line], zero: tuple[tuple[str, str], ...]) -> AreaScore:
        policy = self.checklist.policy
        here = _items(pair[0] for pair in zero if self.checklist.item(pair[0]).area == id)
        found = _area_score(policy, id, lines)
        caps = [
            Capped(cap.when, cap.band, here, (id,), Reason("zero_tolerance", {"items": ", ".join(here)}))
            for cap in policy.caps
            if cap.when == "zero_tolerance" and cap.band and here
        ]
        return _capped(policy, found, caps)

    def _caps(
        self,
        lines: tuple[Line, ...],
        areas: tuple[AreaScore, ...],
        zero: tuple[tuple[str, str], ...],
        sorted_items: Asked,
    ) -> tuple[Capped, ...]:
        critical = [line.item for line in lines if _is_critical_shortfall(line)]
        falsified = [pair[0] for pair in self._facts(sorted_items, named=FALSIFIED)]
        held = []
        for cap in self.checklist.policy.caps:
            items, low = {
                "zero_tolerance": (_items(pair[0] for pair in zero), ()),
                "critical_open": (_items(critical), ()),
                "falsified": (_items(falsified), ()),
                "area_below": ((), _below(areas, cap.below)),
            }[cap.when]
            band = cap.band or cap.at_most
            if band is not None and (items or low):
                params = {"items": ", ".join(items)} if items else {"below": _plain(cap.below or _ZERO)}
                held.append(Capped(cap.when, band, items, low, Reason(cap.when, params)))
        return tuple(held)


_COUNTED = frozenset({"compliant", "partial", "non_compliant", "unable_to_verify", "verified"})
_LEFT_OUT = frozenset({"not_asked", "not_applicable", "withheld_behind"})


def _area_score(policy: Policy, area: str, lines: Iterable[Line]) -> AreaScore:
    counted = [line for line in lines if line.why.code not in _LEFT_OUT]
    assessed = [line for line in counted if line.credit is not None]
    weight = sum((line.weight for line in assessed), _ZERO)
    points = sum((line.points for line in assessed if line.points is not None), _ZERO)
    figure = _rounded(points, weight)
    coverage = Decimal(len(assessed)) / len(counted) if counted else _ONE
    enough = coverage >= policy.coverage_minimum
    why: tuple[Reason, ...] = ()
    if not counted:
        why = (Reason("nothing_applies"),)
    elif figure is None:
        why = (Reason("nothing_assessed"),)
    elif not enough:
        why = (Reason("not_enough_seen", {"assessed": str(len(assessed)), "applicable": str(len(counted))}),)
    return AreaScore(
        area=area,
        score=figure,
        band=policy.band_of(figure).id if figure is not None and enough else None,
        coverage=coverage.quantize(Decimal("0.001"), rounding=ROUND_DOWN),
        assessed=len(assessed),
        applicable=len(counted),
        weight=weight,
        points=points,
        provisional=figure is not None and not enough,
        hidden=False,
        why=why,
    )


def _rounded(points: Decimal, weight: Decimal) -> Decimal | None:
    if not weight:
        return None
    exact = _CONTEXT.divide(_CONTEXT.multiply(Decimal(100), points), weight)
    return exact.quantize(Decimal("0.1"), rounding=ROUND_HALF_UP)


def _capped(policy: Policy, found: AreaScore, caps: Iterable[Capped]) -> AreaScore:
    """Let every cap that holds lower the band. Zero tolerance gives a band even where too little was seen for
    one.
    """
    order = [band.id for band in policy.bands]
    hides = {cap.when for cap in policy.caps if cap.hide_score}
    for cap in caps:
        if cap.when == "zero_tolerance":
            band: str | None = cap.band
        elif found.band is None:
            band = None
        else:
            band = max(found.band, cap.band, key=order.index)
        why = found.why if band == found.band else (*found.why, cap.why)
        found = replace(found, band=band, hidden=found.hidden or cap.when in hides, why=why)
    return found


def _is_critical_shortfall(line: Line) -> bool:
    short = line.why.code in ("partial", "non_compliant", "unable_to_verify")
    return short and line.severity is Severity.critical


def _below(areas: tuple[AreaScore, ...], limit: Decimal | None) -> tuple[str, ...]:
    # A provisional area score carries no cap: too little was seen to conclude from it.
    return tuple(
        area.area
        for area in areas
        if limit is not None and area.score is not None and not area.provisional and area.score < limit
    )


def _lowest(areas: tuple[AreaScore, ...]) -> str | None:
    """The area with the lowest score, the first of several; provisional ones only if there is no other."""
    scored = [area for area in areas if area.score is not None]
    firm = [area for area in scored if not area.provisional] or scored
    return min(firm, key=lambda area: area.score or _ZERO).area if firm else None


def _items(ids: Iterable[str]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(ids))


def _plain(figure: Decimal) -> str:
    text = format(figure, "f")
    return text.rstrip("0").rstrip(".") if "." in text else text


@dataclass(frozen=True)
class Change:
    """One area (or "overall") beside the same workplace's own visit before; `difference` is in points,
    signed, and None where either has no score to compare.
    """

    area: str
    before: AreaScore
    now: AreaScore
    difference: Decimal | None


@dataclass(frozen=True)
class Comparison:
    """A visit beside the one before. `same_basis` is False where checklist or rules changed in between, so
    that the figures are not the same measure.
    """

    same_basis: bool
    overall: Change
    areas: tuple[Change, ...]


def compare(before: Result, now: Result, *, same_checklist: bool) -> Comparison:
    """Set a result beside the workplace's own earlier one (never beside another enterprise's)."""
    earlier = {area.area: area for area in before.areas}
    return Comparison(
        same_basis=same_checklist and before.rules_version == now.rules_version,
        overall=_change(before.overall, now.overall),
        areas=tuple(_change(earlier[area.area], area) for area in now.areas if area.area in earlier),
    )


def _change(before: AreaScore, now: AreaScore) -> Change:
    then, today = before.shown, now.shown
    return Change(now.area, before, now, None if then is None or today is None else today - then)
