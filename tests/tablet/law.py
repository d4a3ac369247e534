"""The law of a visit, asked in Python for one case of ``tests/cases``: plain data in, plain data out.

``tests/tablet/law.js`` asks the same of the tablet's own rules. ``python -m tests.tablet.law`` writes the samples that
hypothesis makes into the tables once more; they stay frozen there until somebody does so.
"""

import json
from collections.abc import Iterable
from dataclasses import asdict, replace
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any
from uuid import UUID

from compliance.casework import tablet_pay
from compliance.checklists import content
from compliance.checklists.rates import Rates
from compliance.checklists.rules import (
    Checklist,
    Opens,
    Profile,
    Quantity,
    Severity,
    Suggestion,
    Text,
    Verdict,
    applicable,
)
from compliance.checklists.rules import Condition as Asked
from compliance.checklists.suggestions import needed, suggest
from compliance.scorecards.shortfalls import weigh
from compliance.shared.problems import Problem
from compliance.visits.carried import words
from compliance.visits.rules import (
    Answer,
    Event,
    Folded,
    flagged,
    fold,
    missing,
    next_open,
    normal,
    profile_of,
    progress,
    signed_record,
    untouched,
)
from compliance.wages import records, sampling
from compliance.wages.rules import Deduction, Workplace, cents, reckon
from tests.visits import small
from tests.wages.test_rules import CONSTANTS
from tests.wages.test_rules import RATES as SIMPLE

FOLDER = Path(__file__).parent.parent / "cases"
Case = dict[str, Any]

DISTRICT = "530102"
LAWS = {
    rule: (f"L-{n}",)
    for n, rule in enumerate(
        [
            "premiums",
            "overtime_hours",
            "damage_share",
            "probation_share",
            "minimum_wage",
            "agreed_wage",
            "late",
            "insurance",
        ]
    )
}
RATES = Rates(
    SIMPLE.minimum_wages,
    (
        replace(CONSTANTS, laws=LAWS),
        replace(
            CONSTANTS, valid_from=date(2026, 5, 1), overtime_hours=Decimal(30), damage_share=Decimal("0.15"), laws=LAWS
        ),
    ),
)
"""Rates under which the cases of a month's wage are reckoned: they change in April, May and October of 2026."""


def rates_as_carried() -> Case:
    """The same as a tablet carries it."""
    return tablet_pay.law(DISTRICT, RATES, small.CHECKLIST)


def table(name: str) -> Case:
    """A table of cases."""
    whole: Case = json.loads((FOLDER / f"{name}.json").read_text(encoding="utf-8"))
    return whole


def cases(name: str) -> list[Case]:
    """Its cases: those made by hand, then the frozen samples."""
    whole = table(name)
    return [*whole["cases"], *whole.get("frozen", [])]


def event_of(said: Case) -> Event:
    """An event as a case writes it: ids are numbers."""
    return Event(
        UUID(int=said["id"]),
        said["item"],
        said["field"],
        said["value"],
        frozenset(UUID(int=old) for old in said.get("replaces", [])),
        bulk=said.get("bulk", False),
    )


def said(events: Iterable[Any]) -> list[Case]:
    """Events as a case writes them shortly: [item, field, value, replaces?], numbered from 1."""
    return [
        {"id": n, "item": one[0], "field": one[1], "value": one[2], "replaces": one[3] if len(one) > 3 else []}
        for n, one in enumerate(events, 1)
    ]


# -- one function for each table --------------------------------------------------------------------------------------


def ask_applicability(case: Case) -> Any:
    """Whether an item is asked."""
    item = small.item(
        case["item"].get("id", "X"),
        "wages",
        applies=content.decode(tuple[Asked, ...], case["item"].get("applies", [])),
        only_if=content.decode(Opens | None, case["item"].get("only_if")),
    )
    answers = {id: Answer(id, Verdict(v) if v else None) for id, v in case["answers"].items()}
    return applicable(item, Profile(**case["profile"]), answers)


def ask_folding(case: Case) -> Any:
    """What is true after these events."""
    folded = fold(map(event_of, case["events"]))
    return {
        "values": {" ".join(key): value for key, value in folded.values.items()},
        "conflicts": [[c.item, c.field, [event.id.int for event in c.events]] for c in folded.conflicts],
        "answers": {item: _plain(answer) for item, answer in folded.answers.items()},
    }


def _plain(answer: Answer) -> Case:
    return {
        **asdict(answer),
        "known_by": sorted(answer.known_by),
        "facts": sorted(answer.facts),
        "quantities": {name: f"{number.normalize():f}" for name, number in answer.quantities.items()},
    }


def ask_completeness(case: Case) -> Any:
    """What is missing, how far each area is, what is open next, what the rest would fill, what the record shows."""
    checklist: Checklist = small.CHECKLIST
    folded: Folded = fold(map(event_of, said(case["said"])))
    profile = profile_of(case["profile"], folded.group("@profile"))
    following = next_open(checklist, folded, profile, case.get("after", ""))
    record = signed_record(checklist, folded, profile)
    return {
        "missing": [
            [m.item, m.code, m.field, m.area]
            for m in missing(checklist, folded, profile, date.fromisoformat(case["today"]))
        ],
        "progress": [
            [p.area, p.asked, p.answered, p.flagged, p.missing, p.done] for p in progress(checklist, folded, profile)
        ],
        "next": following.id if following else None,
        "untouched": [item.id for area in checklist.areas for item in untouched(area, folded, profile)],
        "flagged": [item.id for item, _answer in flagged(checklist, folded, profile)],
        "topics": [[area.id, [clause.number for clause in clauses]] for area, clauses in record.topics],
        "dangers": [[item.id, fact.id] for item, fact in record.dangers],
    }


def ask_suggestions(case: Case) -> Any:
    """What the numbers suggest, and what they ask for before all are known."""
    item = small.item(
        "X",
        "wages",
        quantities=tuple(
            Quantity(q["id"], Text("", ""), Text("", ""), Decimal(q["minimum"]), Decimal(q["maximum"]), q["decimals"])
            for q in case["quantities"]
        ),
        suggestion=Suggestion(case["rule"], case["parameters"]) if case["rule"] else None,
    )
    numbers = {name: Decimal(value) for name, value in case["numbers"].items()}
    found, asked_for = suggest(item, numbers), needed(item, numbers)
    return {
        "suggested": {"verdict": found.verdict.value, "reason": words(found.reason)} if found else None,
        "needed": words(asked_for) if asked_for else None,
    }


def ask_weighing(case: Case) -> Any:
    """How heavy a shortfall is, and what raised it."""
    given = case["answer"]
    answer = Answer("X", Verdict.non_compliant, workers=given.get("workers"))
    answer = replace(answer, severity=Severity(given["severity"]) if given.get("severity") else None)
    item = small.item("X", "wages", severity=Severity(case["severity"]))
    weighed = weigh(item, answer, Profile(workers=case["workers"]), case["repeated"], case["zero"])
    return {"severity": weighed.severity.value, "raised_by": list(weighed.raised_by)}


def ask_fields(case: Case) -> Any:
    """What is kept of what was typed: [value], or the code of what is wrong with it."""
    try:
        return [normal(small.CHECKLIST, (case["item"], case["field"]), _long(case["typed"]))]
    except Problem as problem:
        return problem.code


def ask_reckoning(case: Case) -> Any:
    """What a worker is owed for a month, all amounts to the cent."""
    row, wrong = records.read_row(case["row"])
    assert row is not None, wrong
    found = reckon(row.record, Workplace(DISTRICT, case["comprehensive"]), RATES, date.fromisoformat(case["as_of"]))
    return {
        "lines": [
            {
                "rule": line.rule.value,
                "owed": str(cents(line.owed)),
                "numbers": {name: str(cents(number)) for name, number in line.numbers.items()},
                "laws": list(line.laws),
            }
            | ({"deduction": line.deduction.value} if line.deduction else {})
            for line in found.lines
        ],
        "gaps": [gap.value for gap in found.gaps],
        "owed": str(cents(found.owed)),
        "possible": str(cents(found.possible)),
        "draft": None if found.draft is None else tablet_pay.wage(found.draft),
    }


def ask_payroll(case: Case) -> Any:
    """Which lines are drawn, who comes next, or what editions make together."""
    if "names" in case:
        return records.next_worker(case["names"], case["inspector"])
    if "groups" in case:
        groups = {one["group"]: one["workers"] for one in case["groups"]}
        return [[part.group, part.lines] for part in sampling.propose(groups, case["interviews"], case["seed"])]
    sheet = records.together(records.read(one) for one in case["editions"])
    return {
        "rows": [
            [row.record.worker, f"{row.record.month:%Y-%m}", row.record.agreed and str(row.record.agreed)]
            for row in sheet.rows
        ],
        "groups": list(sheet.groups.items()),
        "comprehensive": sheet.comprehensive,
    }


def _long(typed: Any) -> Any:
    """Long texts stand in a table as the text and how often it is repeated."""
    return typed["text"] * typed["times"] if isinstance(typed, dict) else typed


def expected(case: Case) -> Any:
    """What must come out."""
    return [_long(one) for one in case["is"]] if "typed" in case and isinstance(case["is"], list) else case["is"]


ASK = {
    "applicability": ask_applicability,
    "folding": ask_folding,
    "completeness": ask_completeness,
    "suggestions": ask_suggestions,
    "weighing": ask_weighing,
    "fields": ask_fields,
    "reckoning": ask_reckoning,
    "payroll": ask_payroll,
}
"""Table to the function that asks Python. A case holds what must come out under ``is``."""


# -- frozen samples --------------------------------------------------------------------------------------------------


def samples() -> dict[str, Any]:
    """Strategies for the cases of each table that has frozen samples."""
    from hypothesis import strategies as st

    verdicts = st.sampled_from([None, *(v.value for v in Verdict)])
    flags = st.sampled_from(["piece_work", "dormitory", "canteen", "night_work"])

    @st.composite
    def events(draw: st.DrawFn) -> list[Case]:
        made: list[Case] = []
        keys = [
            ("A", "verdict"),
            ("A", "note"),
            ("A", "fact:x"),
            ("A", "workers"),
            ("B", "verdict"),
            ("@closing", "remark"),
        ]
        for n in range(1, draw(st.integers(2, 8)) + 1):
            item, field = draw(st.sampled_from(keys))
            value = draw(
                verdicts
                if field == "verdict"
                else st.booleans()
                if field == "fact:x"
                else st.sampled_from([None, 0, 1, 7])
                if field == "workers"
                else st.sampled_from([None, "a", "乙"])
            )
            older = [one["id"] for one in made if (one["item"], one["field"]) == (item, field)]
            replaces = draw(st.lists(st.sampled_from(older), max_size=2, unique=True)) if older else []
            made.append(
                {"id": n, "item": item, "field": field, "value": value, "replaces": replaces}
                | _bulk(draw(st.booleans()))
            )
        return draw(st.permutations(made))

    items = st.sampled_from([item.id for item in small.CHECKLIST.items])
    one = st.one_of(
        st.tuples(items, st.just("verdict"), verdicts),
        st.tuples(items, st.sampled_from(["note", "reason"]), st.sampled_from([None, "seen"])),
        st.tuples(items, st.just("known:document"), st.booleans()),
        st.tuples(st.just("SAF01"), st.just("fact:exit-locked"), st.booleans()),
        st.tuples(st.just("PUN05"), st.just("fact:worker-struck"), st.booleans()),
        st.tuples(st.just("@profile"), st.sampled_from(["checked", "piece_work"]), st.booleans()),
        st.tuples(st.just("@closing"), st.just("outcome"), st.sampled_from(["completed", "refused", "not_found"])),
        st.tuples(st.just("@closing"), st.just("outcome_reason"), st.sampled_from([None, "Gate shut"])),
        st.tuples(st.just("@closing"), st.just("visited_on"), st.sampled_from([None, "2026-11-21", "2026-11-22"])),
        st.tuples(st.just("@closing"), st.just("inspector_signature"), st.sampled_from([None, "signed"])),
        st.tuples(st.just("@closing"), st.just("inspector_name"), st.sampled_from([None, "Li Na"])),
        st.tuples(
            st.just("@closing"),
            st.just("representative_signature"),
            st.sampled_from([None, "signed", "refused", "absent"]),
        ),
        st.tuples(
            st.just("@closing"), st.sampled_from(["representative_name", "witness"]), st.sampled_from([None, "Wu"])
        ),
    )
    profile = st.fixed_dictionaries(
        {"workers": st.sampled_from([0, 80])}, optional={"piece_work": st.booleans(), "women": st.sampled_from([0, 30])}
    )
    standing = st.fixed_dictionaries(
        {
            "said": st.lists(one.map(list), min_size=1, max_size=14),
            "profile": profile,
            "today": st.just("2026-11-21"),
            "after": st.one_of(st.just(""), items),
        }
    )
    opener = st.fixed_dictionaries(
        {
            "item": st.sampled_from(["P", "Q"]),
            "verdicts": st.lists(verdicts.filter(bool), min_size=1, max_size=2, unique=True),
        },
        optional={
            "applies": st.lists(st.fixed_dictionaries({"key": flags, "value": st.booleans()}), min_size=1, max_size=2),
            "only_if": st.fixed_dictionaries({"item": st.just("R"), "verdicts": st.just(["compliant", "partial"])}),
        },
    )
    condition = st.one_of(
        st.fixed_dictionaries({"key": flags, "value": st.booleans()}),
        st.fixed_dictionaries({"key": st.sampled_from(["women", "migrants", "under_18"]), "value": st.booleans()}),
        st.fixed_dictionaries({"key": st.just("min_workers"), "value": st.sampled_from([10, 100])}),
        st.fixed_dictionaries({"key": st.just("size"), "value": st.sampled_from([["micro"], ["small", "large"]])}),
        st.fixed_dictionaries({"key": st.just("sector"), "value": st.sampled_from([["C17", "C18"], ["C1811"], ["H"]])}),
    )
    asking = st.fixed_dictionaries(
        {
            "item": st.fixed_dictionaries({}, optional={"applies": st.lists(condition, max_size=3), "only_if": opener}),
            "profile": st.fixed_dictionaries(
                {},
                optional={
                    "workers": st.sampled_from([0, 9, 10, 100]),
                    "women": st.sampled_from([0, 1]),
                    "migrants": st.sampled_from([0, 3]),
                    "size": st.sampled_from(["", "micro", "large"]),
                    "sector": st.sampled_from(["", "C18", "C1811", "H62"]),
                    "dormitory": st.booleans(),
                    "piece_work": st.booleans(),
                },
            ),
            "answers": st.dictionaries(st.sampled_from(["P", "Q", "R"]), verdicts, max_size=3),
        }
    )
    number = st.one_of(st.integers(-2, 260), st.decimals(-2, 120, places=1)).map(
        lambda n: f"{Decimal(n).normalize():f}"
    )
    severities = st.sampled_from([severity.value for severity in Severity])
    quantity = {"minimum": "0", "maximum": "250"}
    simple = st.fixed_dictionaries(
        {
            "rule": st.sampled_from(["at_most", "at_least", "zero"]),
            "parameters": st.sampled_from(["0", "6", "36", "99.5"]).map(
                lambda limit: {"quantity": "n", "limit": limit}
            ),
            "quantities": st.integers(0, 1).map(lambda decimals: [{"id": "n", **quantity, "decimals": decimals}]),
            "numbers": st.dictionaries(st.just("n"), number, max_size=1),
        }
    )
    seats = ["men", "women", "seats_men", "seats_women"]
    toilets = st.fixed_dictionaries(
        {
            "rule": st.just("toilets"),
            "parameters": st.just({name: name for name in seats}),
            "quantities": st.just([{"id": name, **quantity, "decimals": 0} for name in seats]),
            "numbers": st.one_of(
                st.fixed_dictionaries(
                    {
                        "men": st.integers(0, 250).map(str),
                        "women": st.integers(0, 250).map(str),
                        "seats_men": st.integers(0, 8).map(str),
                        "seats_women": st.integers(0, 13).map(str),
                    }
                ),
                st.dictionaries(st.sampled_from(seats), number, max_size=4),
            ),
        }
    )
    money = st.one_of(st.integers(0, 9000), st.decimals(0, 4000, places=2)).map(str)
    hours = st.one_of(st.integers(0, 60), st.decimals(0, 80, places=2)).map(str)
    maybe = lambda strategy: st.one_of(st.none(), strategy)  # noqa: E731
    month = st.fixed_dictionaries(
        {
            "worker": st.just("W1"),
            "month": st.sampled_from(["2007-12", "2024-12", "2026-03", "2026-04", "2026-05", "2026-10", "2026-11"]),
            "contract": st.sampled_from(["full_time", "full_time", "probation", "part_time"]),
            "basis": st.sampled_from(["month", "month", "hour", "piece"]),
            "agreed": maybe(money),
            "regular": maybe(money),
            "hours": st.fixed_dictionaries(
                {"normal": st.sampled_from(["0", "86.5", "87", "166", "174"])},
                optional=dict.fromkeys(("workday", "rest_day", "holiday", "absent"), hours),
            ),
            "pay": st.fixed_dictionaries(
                {"base": money}, optional=dict.fromkeys(("other", "special", "overtime"), money)
            ),
            "deductions": st.dictionaries(
                st.sampled_from([kind.value for kind in Deduction]), money.filter(Decimal), max_size=3
            ),
            "due_on": st.sampled_from(["2026-04-15", "2026-11-22", "2026-12-15"]),
            "paid_on": maybe(st.sampled_from(["2026-04-15", "2026-04-16", "2026-11-23"])),
            "insured": st.sampled_from([None, True, False]),
        }
    )
    return {
        "reckoning": st.fixed_dictionaries(
            {"row": month, "comprehensive": st.booleans(), "as_of": st.sampled_from(["2026-04-15", "2026-11-22"])}
        ),
        "applicability": asking,
        "folding": st.fixed_dictionaries({"events": events()}),
        "completeness": standing,
        "suggestions": st.one_of(simple, toilets),
        "weighing": st.fixed_dictionaries(
            {
                "severity": severities,
                "answer": st.fixed_dictionaries(
                    {}, optional={"workers": st.sampled_from([0, 1, 10, 11, 99]), "severity": severities}
                ),
                "workers": st.sampled_from([0, 9, 10, 100, 109, 990]),
                "repeated": st.booleans(),
                "zero": st.sampled_from([False, False, True]),
            }
        ),
    }


def _bulk(on: bool) -> Case:
    return {"bulk": True} if on else {}


def freeze(name: str, strategy: Any, count: int) -> None:
    """Make samples once more and write them, with what Python says, below the cases made by hand."""
    from hypothesis import HealthCheck, Phase, given, seed, settings

    found: dict[str, Case] = {}

    @seed(20261122)
    @settings(
        max_examples=count * 6,
        database=None,
        phases=[Phase.generate],
        deadline=None,
        suppress_health_check=list(HealthCheck),
    )
    @given(strategy)
    def collect(case: Case) -> None:
        found.setdefault(json.dumps(case, ensure_ascii=False), case)

    collect()
    # Of what came out, the same number of each kind of outcome: thousands of samples say the same.
    by_outcome: dict[str, list[Case]] = {}
    for case in found.values():
        outcome = ASK[name](case)
        by_outcome.setdefault(json.dumps(outcome, ensure_ascii=False, sort_keys=True)[:400], []).append(
            {**case, "is": outcome}
        )
    chosen: list[Case] = []
    while len(chosen) < count and any(by_outcome.values()):
        chosen += [group.pop(0) for group in by_outcome.values() if group]
    write(name, {**table(name), "frozen": chosen[:count]})


def write(name: str, whole: Case) -> None:
    """A case a line, so that a change of one shows as one."""

    def lines(several: list[Case]) -> str:
        return ",\n".join("    " + json.dumps(case, ensure_ascii=False) for case in several)

    parts = [
        f"  {json.dumps(key)}: {json.dumps(value, ensure_ascii=False)}"
        for key, value in whole.items()
        if key not in ("cases", "frozen")
    ]
    parts += [f'  "{key}": [\n{lines(whole[key])}\n  ]' for key in ("cases", "frozen") if key in whole]
    (FOLDER / f"{name}.json").write_text("{\n" + ",\n".join(parts) + "\n}\n", encoding="utf-8")


if __name__ == "__main__":
    for one, strategy in samples().items():
        freeze(one, strategy, 120)
