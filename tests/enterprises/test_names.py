"""Names are found as people type them, and sorted as a Chinese list has them."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from compliance.enterprises import names


def found(query: str, *registered: str, code: str | None = None) -> bool:
    """Whether a search finds a name, the way the database looks: every word in its text."""
    by_name, latin = names.search_name(*registered), names.search_latin(code, *registered)
    words = names.terms(query)
    return bool(words) and all(word.text in (latin if word.latin else by_name) for word in words)


@pytest.mark.parametrize(
    "query",
    ["衣", "制衣", "昆明制衣", "kmzy", "KMZY", "kunmingzhiyi", "kunming zhiyi", "kun ming", "kmzyyc", "一厂",
     "昆明 制衣",
     "ｋｍｚｙ", "kūnmíng"],
)  # fmt: skip
def test_a_chinese_name_is_found(query: str) -> None:
    assert found(query, "昆明制衣一厂")


@pytest.mark.parametrize(
    ("query", "name"),
    [
        ("𠮷", "𠮷祥示例食品厂"),
        ("jixiang", "𠮷祥示例食品厂"),
        ("䶮", "示例䶮达公司"),
        ("喆", "示例喆达公司"),
        ("slzdgs", "示例喆达公司"),
        ("阿凡提·巴依", "阿凡提·巴依食品厂"),
        ("阿凡提・巴依", "阿凡提·巴依食品厂"),
        ("阿凡提•巴依", "阿凡提·巴依食品厂"),
        ("阿凡提巴依", "阿凡提•巴依食品厂"),
        ("提巴", "阿凡提·巴依食品厂"),
        ("garments", "Example Garments Co., Ltd."),
        ("example ltd", "Example Garments Co., Ltd."),
        ("cafe", "Café Núñez"),
        ("Núñez", "Café Núñez"),
        ("abc", "长沙ABC示例厂"),
        ("csabcslc", "长沙ABC示例厂"),
        ("chongqing", "重庆示例公司"),
        ("lvchun", "绿春鞋业"),
        ("luchun", "绿春鞋业"),
        ("（昆明）", "示例(昆明)公司"),
        ("No. 1", "Example Garments No. 1 示例制衣一厂"),
    ],
)
def test_rare_characters_dots_accents_and_polyphones_are_found(query: str, name: str) -> None:
    assert found(query, name)


def test_a_part_of_the_code_is_enough() -> None:
    assert found("mPtK", "示例厂", code="91530100MPTK00001X")
    assert found("153010", "示例厂", code="91530100MPTK00001X")
    assert not found("99999", "示例厂", code="91530100MPTK00001X")


def test_the_other_name_is_searched_too() -> None:
    assert found("garments", "示例制衣厂", "Example Garments")
    assert found("制衣", "Example Garments", "示例制衣厂")


@pytest.mark.parametrize("query", ["", "  ", "·", "・ •"])
def test_a_search_of_nothing_but_marks_is_no_search(query: str) -> None:
    assert names.terms(query) == ()


def test_sorting_is_by_pinyin_with_polyphones_and_numbers() -> None:
    right = [
        "安宁示例厂",
        "长沙示例厂",
        "重庆示例厂",
        "昆明示例2厂",
        "昆明示例10厂",
        "西安示例厂",
        "银行示例",
        "Zebra Ltd",
    ]
    assert sorted(right, key=names.sort_key) == right
    assert names.sort_key("Example No. 2") < names.sort_key("Example No. 10")
    assert names.sort_key("（示例）厂") == names.sort_key("示例厂")


NAMES = st.text(st.characters(codec="utf-8", exclude_categories=["Cc", "Cs"]), min_size=1, max_size=200)


@given(NAMES)
def test_what_is_derived_fits_its_column(name: str) -> None:
    assert len(names.sort_key(name)) <= 240
    assert len(names.search_name(name, name)) <= 500
    latin = names.search_latin("9" * 18, name, name)
    assert len(latin) <= 1200
    # PostgreSQL takes index rows of at most 2,704 bytes.
    assert len((names.sort_key(name) + latin).encode()) < 2500
    assert len((names.sort_key(name) + names.search_name(name, name)).encode()) < 2500


@given(st.text("昆明示例制衣金属食品一二三厂·", min_size=1, max_size=20), st.data())
def test_every_part_of_a_chinese_name_finds_it(name: str, data: st.DataObject) -> None:
    start = data.draw(st.integers(0, len(name) - 1))
    end = data.draw(st.integers(start + 1, len(name)))
    if names.terms(name[start:end]):
        assert found(name[start:end], name)


@given(NAMES)
def test_folding_twice_changes_nothing_more(name: str) -> None:
    assert names.fold(names.fold(name)) == names.fold(name)
