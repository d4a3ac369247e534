"""Who signs: by kind and day, the substitute while somebody is away, nobody where nobody may."""

from dataclasses import dataclass, field
from datetime import date
from uuid import UUID, uuid4

import pytest

from compliance.associations import signing
from compliance.shared.problems import Problem

DAY = date(2026, 11, 20)


@dataclass
class One:
    name: str
    kinds: list[str]
    valid_from: date = date(2026, 1, 1)
    valid_to: date | None = None
    substitute_id: UUID | None = None
    away_from: date | None = None
    away_to: date | None = None
    title_en: str = "Secretary-General"
    title_zh: str = "秘书长"
    office: str = ""
    id: UUID = field(default_factory=uuid4)


def name(kind, on, *rows):
    found = signing.signature(kind, on, rows)
    return found.name if found else None


def test_whoever_may_sign_the_kind_signs():
    chair, secretary = One("Chair", ["L7"]), One("Secretary", ["L2", "L3"])
    assert name("L2", DAY, chair, secretary) == "Secretary"
    assert name("L7", DAY, chair, secretary) == "Chair"
    assert name("L9", DAY, chair, secretary) is None


def test_days_count_with_both_ends_and_the_latest_first():
    old = One("Old", ["L2"], valid_to=date(2026, 10, 31))
    new = One("New", ["L2"], valid_from=date(2026, 10, 31))
    assert name("L2", date(2026, 10, 30), old, new) == "Old"
    assert name("L2", date(2026, 10, 31), old, new) == "New"
    assert name("L2", date(2025, 12, 31), old, new) is None


def test_an_office_goes_before_the_kind_and_its_substitute_too():
    chair, secretary = One("Chair", [], office="chair"), One("Secretary", ["L7"], office="secretary_general")

    def signs(office, *rows):
        found = signing.signature("L7", DAY, rows, office)
        return found.name if found else None

    assert signs("chair", chair, secretary) == "Chair"
    assert signs("", chair, secretary) == "Secretary"
    assert signs("chair", secretary) == "Secretary", "nobody holds the office: by kind, as ever"
    chair.away_from = chair.away_to = DAY
    assert signing.holder("chair", DAY, [chair, secretary]) is None
    vice = One("Vice-chair", [])
    chair.substitute_id = vice.id
    assert signs("chair", chair, secretary, vice) == "Vice-chair"
    vice.valid_from = chair.valid_from = date(2026, 12, 1)
    assert signs("chair", chair, secretary, vice) == "Secretary"
    assert signing.holder("", DAY, [secretary]) is None


def test_whoever_holds_an_office_and_is_away_names_a_substitute():
    with pytest.raises(Problem) as caught:
        signing.require_right([], DAY, None, DAY, DAY, False, "chair")
    assert caught.value.facts["field"] == "substitute"


def test_a_substitute_signs_and_says_for_whom():
    deputy = One("Wang Fang", [], title_en="Deputy", title_zh="副秘书长")
    away = One("Li Hua", ["L2"], substitute_id=deputy.id, away_from=date(2026, 11, 1), away_to=DAY)
    found = signing.signature("L2", DAY, [away, deputy])
    assert (found.name, found.title.zh, found.title.en) == ("Wang Fang", "副秘书长（代Li Hua）", "Deputy, for Li Hua")
    assert name("L2", date(2026, 11, 21), away, deputy) == "Li Hua"
    deputy.valid_to = date(2026, 11, 2)
    assert name("L2", DAY, away, deputy) is None


@pytest.mark.parametrize(
    ("to", "away_from", "away_to", "substitute", "field_"),
    [
        (date(2025, 1, 1), None, None, False, "valid_to"),
        (None, DAY, None, True, "away_to"),
        (None, None, DAY, True, "away_from"),
        (None, DAY, date(2026, 1, 1), True, "away_to"),
        (None, DAY, DAY, False, "substitute"),
    ],
)
def test_days_that_cannot_be_are_refused(to, away_from, away_to, substitute, field_):
    with pytest.raises(Problem) as caught:
        signing.require_right(["L2"], date(2026, 1, 1), to, away_from, away_to, substitute)
    assert caught.value.facts["field"] == field_
