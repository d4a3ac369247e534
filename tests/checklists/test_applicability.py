"""Which items a workplace is asked: the table that Python and the tablet share."""

import json
from dataclasses import dataclass, replace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from compliance.checklists import content
from compliance.checklists.rules import (
    Checklist,
    Condition,
    Opens,
    Profile,
    Verdict,
    applicable,
    applicable_items,
)
from tests.checklists import small

CASES = json.loads((small.ROOT / "tests" / "cases" / "applicability.json").read_text(encoding="utf-8"))["cases"]


@dataclass(frozen=True)
class Said:
    verdict: Verdict | None


@pytest.mark.parametrize("case", CASES, ids=[case["name"] for case in CASES])
def test_the_shared_table(case: dict[str, Any]) -> None:
    some = small.sound(small.files()).item("WAG01")
    applies = content.decode(tuple[Condition, ...], case["item"].get("applies", []))
    only_if = content.decode(Opens | None, case["item"].get("only_if"))
    item = replace(some, applies=applies, only_if=only_if)
    answers = {id: Said(Verdict(said) if said else None) for id, said in case["answers"].items()}
    assert applicable(item, Profile(**case["profile"]), answers) is case["is"]


def test_the_names_of_the_table_are_sentences_of_their_own() -> None:
    names = [case["name"] for case in CASES]
    assert len(names) == len(set(names))


def test_a_workplace_of_which_nothing_is_known_is_asked_whatever_depends_on_numbers(shipped: Checklist) -> None:
    asked = applicable_items(shipped, Profile(), {})
    for item in shipped.items:
        flags = [
            c for c in item.applies if isinstance(c.value, bool) and c.key not in ("women", "migrants", "under_18")
        ]
        if not flags and item.only_if is None:
            assert item in asked


@given(st.data())
def test_answers_to_items_that_open_nothing_never_change_what_is_asked(data: st.DataObject) -> None:
    checklist = small.sound(small.files())
    answers = data.draw(
        st.dictionaries(st.sampled_from([item.id for item in checklist.items]), st.sampled_from(Verdict).map(Said))
    )
    assert applicable_items(checklist, Profile(), answers) == checklist.items


def test_a_full_house_is_asked_everything_once_the_openers_are_answered(shipped: Checklist) -> None:
    house = Profile(
        workers=900,
        women=400,
        migrants=300,
        under_18=2,
        sector="",
        size="large",
        dormitory=True,
        canteen=True,
        piece_work=True,
        night_work=True,
        hazardous_substances=True,
        agency_workers=True,
    )
    openers = {item.only_if.item: Said(sorted(item.only_if.verdicts)[0]) for item in shipped.items if item.only_if}
    assert len(applicable_items(shipped, house, openers)) == len(shipped.items)
