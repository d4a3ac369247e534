"""The official classes, as data and as people write them."""

import pytest

from compliance.enterprises import classes
from compliance.enterprises.classes import Size


def test_sectors_are_those_of_the_standard() -> None:
    codes = list(classes.sectors())
    assert [code for code in codes if len(code) == 1] == list("ABCDEFGHIJKLMNOPQRST")
    assert [int(code[1:]) for code in codes if len(code) == 3] == list(range(1, 98))
    sections = [code[0] for code in codes]
    assert sections == sorted(sections), "a division stands under its section"
    assert all(name.en and name.zh for name in classes.sectors().values())


def test_districts_are_complete_for_yunnan_and_all_provinces() -> None:
    codes = list(classes.districts())
    assert codes == sorted(set(codes))
    assert all(len(code) == 6 for code in codes)
    assert len([code for code in codes if code.endswith("0000")]) == 34
    assert len([code for code in codes if code.startswith("53") and code[2:] != "0000" and code.endswith("00")]) == 16
    assert len([code for code in codes if code.startswith("53") and not code.endswith("00")]) == 129
    assert len([code for code in codes if code.startswith("5301") and not code.endswith("00")]) == 14


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("C18", "C18"), ("c18", "C18"), ("18", "C18"), ("1811", "C1811"), ("C1811", "C1811"), ("C", "C"),
        ("Apparel", "C18"), (" apparel ", "C18"), ("纺织服装、服饰业", "C18"), ("Manufacturing", "C"), ("制造业", "C"),
        ("A18", None), ("C99", None), ("00", None), ("nonsense", None), ("C181111", None),
    ],
)  # fmt: skip
def test_a_sector_is_recognised_by_code_title_or_word(text: str, code: str | None) -> None:
    assert classes.sector_of(text) == code


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("530102", "530102"), ("五华区", "530102"), ("五华", "530102"), ("昆明市五华区", "530102"),
        ("Kunming", "530100"),
        ("昆明市", "530100"), ("云南省", "530000"), ("云县", "530922"), ("999999", "999999"),
        ("Yiliang County", None), ("somewhere", None), ("53010", None),
    ],
)  # fmt: skip
def test_a_district_is_recognised_by_code_or_unambiguous_name(text: str, code: str | None) -> None:
    assert classes.district_of(text) == code


def test_a_district_stands_for_what_is_inside_it() -> None:
    assert [classes.district_stem(code) for code in ("530000", "530100", "530102")] == ["53", "5301", "530102"]


@pytest.mark.parametrize(
    ("sector", "workers", "size"),
    [
        ("C18", 19, Size.micro), ("C18", 20, Size.small), ("C18", 299, Size.small), ("C18", 300, Size.medium),
        ("C18", 999, Size.medium), ("C18", 1000, Size.large), ("B06", 1000, Size.large),
        ("F51", 4, Size.micro), ("F51", 5, Size.small), ("F52", 49, Size.small), ("F52", 300, Size.large),
        ("H62", 9, Size.micro), ("H62", 100, Size.medium), ("G54", 300, Size.medium), ("G59", 100, Size.medium),
        ("I64", 1999, Size.medium), ("I65", 300, Size.large), ("O80", 10, Size.small),
        ("A01", 500, None), ("E47", 500, None), ("", 500, None), ("C18", 0, None),
    ],
)  # fmt: skip
def test_size_is_suggested_from_the_headcount_where_it_decides(sector: str, workers: int, size: Size | None) -> None:
    assert classes.suggested_size(sector, workers) == size


@pytest.mark.parametrize(
    ("text", "code"),
    [("CHINA", "CN"), ("中国", "CN"), ("cn", "CN"), ("Bangladesh", "BD"), ("UAE", "AE"), ("USA", "US"),
     ("Myanmar", "MM"),
     ("Turkey", "TR"), ("Taiwan", "TW"), ("越南", "VN"), ("Atlantis", None)],
)  # fmt: skip
def test_countries_are_recognised_in_both_languages(text: str, code: str | None) -> None:
    assert classes.country_of(text) == code


def test_a_mistyped_sector_gets_a_suggestion() -> None:
    assert classes.nearest_sector("Aparel") == "apparel"
    assert classes.nearest_sector("zzzzzz") is None
