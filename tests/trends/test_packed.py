"""Packed cells: what is read back is what was added up, and the bytes follow from the sums alone."""

from collections import Counter

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from compliance.trends import packed
from compliance.trends.contribution import ALONE, CUBE, TRAIT, Facts, Shortfall, measured, put
from compliance.trends.measures import MEASURES, TRAITS
from compliance.trends.packed import KEYS, MARKS, Entries, Family, Leaves, Spread, pack, spread, unpack
from tests.soak import examples

IDS = [bytes([number]) * 16 for number in range(3)]
SHORTFALL = st.builds(
    Shortfall,
    st.sampled_from(["WAG01", "SAF02", "SOC03"]),
    st.sampled_from(["wages", "safety", "other"]),
    st.sampled_from(["", "2.1", "3.10"]),
    st.booleans(),
    st.booleans(),
)
SCORE = st.one_of(st.none(), st.integers(0, 1000).map(lambda tenths: tenths / 10))
FACTS = st.builds(
    Facts,
    visit_id=st.binary(min_size=16, max_size=16),
    association_id=st.just(IDS[0]),
    enterprise_id=st.just(IDS[0]),
    month=st.sampled_from([202601, 202602]),
    stratum_id=st.sampled_from(IDS),
    route=st.sampled_from(["random", "targeted"]),
    version_id=st.sampled_from(IDS[:2]),
    sector=st.sampled_from(["", "C18", "C39"]),
    district=st.sampled_from(["", "530102", "530103"]),
    size=st.sampled_from(["", "micro"]),
    traits=st.integers(0, 63),
    outcome=st.sampled_from(["completed", "completed", "refused"]),
    scores=st.lists(SCORE, min_size=6, max_size=6),
    counted=st.lists(st.booleans(), min_size=6, max_size=6),
    band=st.sampled_from(["good", "poor"]),
    shortfalls=st.lists(SHORTFALL, max_size=4),
)


def leaves_of(puts, sign=1):
    classes = [[one.sector.encode(), one.district.encode(), one.size.encode(), b""] for one in puts]
    keys = [
        [*some, one.stratum_id, one.route.encode(), one.version_id] for some, one in zip(classes, puts, strict=True)
    ]
    words = [list(dict.fromkeys(column)) for column in zip(*keys, strict=True)] or [[]] * 7
    places = np.array([[words[at].index(word) for at, word in enumerate(key)] for key in keys], np.int64)
    marks = [one.marks.split("\n") if one.marks else [] for one in puts]
    names = list(dict.fromkeys(mark for some in marks for mark in some))
    leaf = [at for at, some in enumerate(marks) for _mark in some]
    return Leaves(
        np.array([one.month for one in puts], np.int64),
        words,
        places.reshape(-1, 7).T,
        np.array([one.traits for one in puts], np.int64),
        sign * measured([one.sums for one in puts]),
        names,
        np.array(leaf, np.int64),
        np.array([names.index(mark) for some in marks for mark in some], np.int64),
        np.full(len(leaf), sign, np.int64),
    )


def counted(puts, family, grain):
    """The same sums, one visit at a time."""
    found = {}
    for one in puts:
        traits = [trait for bit, trait in enumerate(TRAITS) if one.traits >> bit & 1] if grain == TRAIT else [""]
        if family in MARKS:
            adds = {mark[2:]: 1 for mark in one.marks.split("\n") if mark.startswith(MARKS[family])}
        else:
            every = dict(zip(MEASURES, measured([one.sums])[:, 0].tolist(), strict=True))
            adds = {name: every[name] for name in packed.COLUMNS[family]}
        for trait in traits:
            classes = (one.sector * bool(grain & 1), one.district * bool(grain & 2), one.size * bool(grain & 4), trait)
            part = one.sector if packed.parted(grain) else ""
            key = (part, one.month, *classes, one.stratum_id, one.route, one.version_id)
            found.setdefault(key, Counter()).update(adds)
    return {key: dict(+sums) for key, sums in found.items() if +sums}


def bodies_of(where):
    return {row: body for row, body in zip(where.rows, pack(where), strict=True) if body}


def read(family, rows, bodies):
    there = [(row, body) for row, body in zip(rows, bodies, strict=True) if body]
    counts, entries = unpack(family, [body for _row, body in there])
    found = {}
    at = 0
    for (row, _body), count in zip(there, counts.tolist(), strict=True):
        for place in range(at, at + count):
            words = [entries.words[key][entries.places[key, place]] for key in range(len(KEYS))]
            named = [word if key in (4, 6) else word.decode() for key, word in enumerate(words)]
            values = dict(zip(entries.columns, entries.values[:, place].tolist(), strict=True))
            found[(*row, *named)] = {name: value for name, value in values.items() if value}
        at += count
    return found


@settings(max_examples=examples(20), deadline=None)
@given(st.lists(FACTS, min_size=1, max_size=12))
def test_what_is_read_back_is_what_was_added_up(facts):
    puts = [put(one) for one in facts]
    leaves = leaves_of(puts)
    for family in Family:
        for grain in packed.grains(family):
            where = spread(leaves, family, grain)
            assert read(family, where.rows, pack(where)) == counted(puts, family, grain), (family, grain)


@settings(max_examples=examples(20), deadline=None)
@given(st.lists(FACTS, min_size=1, max_size=8), st.lists(FACTS, min_size=1, max_size=8), st.randoms())
def test_the_bytes_follow_from_the_sums_whatever_came_and_went(stay, go, random):
    stayed, gone = [put(one) for one in stay], [put(one) for one in go]
    mixed = [(one, 1) for one in stayed + gone] + [(one, -1) for one in gone]
    random.shuffle(mixed)
    for family in Family:
        for grain in packed.grains(family):
            plain = spread(leaves_of(stayed), family, grain)
            parts = [spread(leaves_of([one], sign), family, grain) for one, sign in mixed]
            whole = packed.together(parts)
            assert bodies_of(whole) == bodies_of(plain)


@settings(max_examples=examples(10), deadline=None)
@given(st.lists(FACTS, min_size=1, max_size=8), st.lists(FACTS, min_size=1, max_size=8))
def test_what_was_packed_can_be_added_to(first, second):
    old, new = [put(one) for one in first], [put(one) for one in second]
    for family in Family:
        for grain in packed.grains(family):
            there = spread(leaves_of(old), family, grain)
            bodies = bodies_of(there)
            kept = packed.unpacked(family, list(bodies), list(bodies.values()))
            added = packed.together([kept, spread(leaves_of(new), family, grain)])
            anew = spread(leaves_of(old + new), family, grain)
            assert bodies_of(added) == bodies_of(anew)


def test_wide_numbers_and_many_words_are_kept_exactly():
    count = 70_000
    values = np.array([range(count), [-(2**40)] * count], np.int64)
    strata = [number.to_bytes(16) for number in range(60_000)]
    places = np.zeros((7, count), np.int64)
    places[4], places[6] = np.arange(count) % len(strata), np.arange(count) // len(strata)
    words = [[b""], [b""], [b""], [b""], strata, [b"random"], IDS]
    row = np.zeros(count, np.int64)
    given_ = Spread(Family.items, [("", 202601)], row, Entries(words, places, ("a", "b"), values))
    counts, entries = unpack(Family.items, pack(given_))
    assert counts.tolist() == [count]
    assert sorted(entries.values[0].tolist()) == list(range(count)) and set(entries.values[1].tolist()) == {-(2**40)}


@pytest.mark.parametrize("family", list(Family))
def test_a_family_without_a_visit_has_no_body(family):
    for grain in packed.grains(family):
        assert pack(spread(leaves_of([]), family, grain)) == []


def test_each_measure_stands_in_one_family():
    assert sorted(packed.FAMILY_OF) == sorted(MEASURES)
    assert {packed.grains(family) for family in Family} == {(*CUBE, TRAIT), ALONE}
