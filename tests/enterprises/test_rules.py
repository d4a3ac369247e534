"""What an enterprise, a workplace and a pledge may be."""

from dataclasses import dataclass, replace
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st
from stdnum.cn import uscc

from compliance.enterprises import rules
from compliance.enterprises.classes import Size
from compliance.enterprises.rules import SHARED, EnterpriseFacts, WorkplaceFacts
from compliance.shared.problems import Problem
from tests.bench.register import code_of

TODAY = date(2026, 11, 21)
GOOD = EnterpriseFacts(
    name="示例制衣一厂", credit_code=code_of(1), sector="C18", district="530102", workers=100, women=60
)


def fields_of(facts: EnterpriseFacts) -> list[str]:
    return [fault.field for fault in rules.faults(facts, TODAY)]


def test_good_facts_have_no_fault() -> None:
    assert fields_of(GOOD) == []
    assert fields_of(EnterpriseFacts(name="Only a name")) == []


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"name": ""}, "name"),
        ({"name": "字" * 201}, "name"),
        ({"address": "x" * 10_000}, "address"),
        ({"credit_code": "12345"}, "credit_code"),
        ({"credit_code": code_of(1)[:-1] + ("0" if code_of(1)[-1] != "0" else "1")}, "credit_code"),
        ({"country": "ZZ"}, "country"),
        ({"sector": "C99"}, "sector"),
        ({"sector": "Apparel"}, "sector"),
        ({"district": "53"}, "district"),
        ({"women": 101}, "women"),
        ({"migrants": -1}, "migrants"),
        ({"workers": 2_000_000}, "workers"),
        ({"contact_email": "nobody"}, "contact_email"),
        ({"member_since": date(2026, 11, 22)}, "member_since"),
    ],
)
def test_each_fault_names_its_field(change: dict[str, object], field: str) -> None:
    facts = rules.enterprise_facts({**{f: getattr(GOOD, f) for f in GOOD.__slots__}, **change})
    assert field in fields_of(facts)


@given(st.integers(0, 10**9 - 1))
def test_generated_codes_are_valid_and_a_wrong_check_character_is_refused(number: int) -> None:
    code = code_of(number)
    assert uscc.is_valid(code)
    assert rules.code_faults(code) == ()
    wrong = code[:-1] + ("A" if code[-1] != "A" else "B")
    assert "does not fit" in rules.code_faults(wrong)[0].text


@pytest.mark.parametrize(
    ("typed", "stored"), [(" 91530100-mptk 00001x ", "91530100MPTK00001X"), ("", None), ("  ", None)]
)
def test_a_code_is_stored_bare(typed: str, stored: str | None) -> None:
    assert rules.bare_code(typed) == stored


def test_plain_words_become_facts() -> None:
    facts = rules.enterprise_facts({"name": "A", "size": "small", "status": "left", "letter_language": "both"})
    assert (facts.size, facts.status.value, facts.letter_language.value) == (Size.small, "left", "both")
    with pytest.raises(ValueError):
        rules.enterprise_facts({"name": "A", "size": "huge"})


def test_the_main_workplace_follows_until_somebody_enters_something_else() -> None:
    place = rules.main_workplace(GOOD)
    moved = replace(GOOD, name="New name", workers=200, address="New road")
    assert rules.followed(GOOD, moved, place) == {"name": "New name", "address": "New road", "workers": 200}
    own = replace(place, address="Own road", women=50)
    assert rules.followed(GOOD, moved, own) == {"name": "New name"}


PEOPLE = st.tuples(*[st.integers(0, 50)] * 4).map(lambda n: dict(zip(SHARED[3:], sorted(n, reverse=True), strict=True)))


@given(PEOPLE, PEOPLE, PEOPLE)
def test_following_never_makes_a_part_larger_than_the_whole(old: dict, new: dict, own: dict) -> None:
    before, after = EnterpriseFacts(name="A", **old), EnterpriseFacts(name="A", **new)
    place = WorkplaceFacts(name="A", **own)
    after_place = replace(place, **rules.followed(before, after, place))
    assert rules.workplace_faults(after_place) == ()


def test_a_profile_takes_counts_and_flags_of_the_workplace() -> None:
    place = WorkplaceFacts(name="A", workers=30, women=10, dormitory=True)
    found = rules.profile(place, "C18", Size.small)
    assert (found.workers, found.women, found.dormitory, found.canteen) == (30, 10, True, False)
    assert (found.sector, found.size) == ("C18", "small")
    assert rules.profile(place, "", None).size == ""


@dataclass(frozen=True)
class Signed:
    signed_on: date
    withdrawn_on: date | None = None


@pytest.mark.parametrize(
    ("on", "which"),
    [(date(2024, 12, 31), None), (date(2025, 1, 1), 0), (date(2025, 6, 1), 1), (date(2025, 9, 1), 0)],
)
def test_the_pledge_in_force_is_the_last_one_that_holds(on: date, which: int | None) -> None:
    pledges = [Signed(date(2025, 1, 1)), Signed(date(2025, 6, 1), date(2025, 9, 1))]
    assert rules.in_force(pledges, on) == (None if which is None else pledges[which])


def test_only_papers_and_photos_are_pledges() -> None:
    assert rules.signed_paper(b"%PDF-1.7 and more") == "application/pdf"
    for data in (b"<script>", b"MZ\x90\x00", b""):
        with pytest.raises(Problem):
            rules.signed_paper(data)
