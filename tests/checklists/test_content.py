"""The canonical text: the same content has the same digest, and comes back as it was."""

import json
from dataclasses import replace
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from compliance.checklists import content
from compliance.checklists.rules import (
    FLAGS,
    HEADCOUNTS,
    SIZES,
    Checklist,
    Condition,
    Disclosure,
    Fact,
    Opens,
    Quantity,
    Severity,
    Suggestion,
    Text,
    Verdict,
)
from tests.checklists.small import CODE, POLICY, area_file, files, item, sound

words = st.text(min_size=1, max_size=12)
texts = st.builds(Text, words, words)
names = st.from_regex(r"[a-z]{1,8}", fullmatch=True)
decimals = st.decimals(-1000, 1000, places=3, allow_nan=False)
conditions = st.one_of(
    st.builds(Condition, st.sampled_from([*FLAGS, *HEADCOUNTS]), st.booleans()),
    st.builds(Condition, st.just("size"), st.lists(st.sampled_from(SIZES), max_size=3).map(tuple)),
    st.builds(Condition, st.just("min_workers"), st.integers(1, 9999)),
)
verdicts = st.frozensets(st.sampled_from(Verdict), min_size=1)
gates = st.none() | st.builds(
    Opens, names, verdicts, st.lists(conditions, max_size=2).map(tuple), st.none() | st.builds(Opens, names, verdicts)
)
items = st.builds(
    replace,
    st.just(sound(files()).item("WAG01")),
    question=texts,
    severity=st.sampled_from(Severity),
    core=st.booleans(),
    look_for=st.dictionaries(st.sampled_from(["document", "interview"]), st.lists(texts, max_size=2).map(tuple)),
    facts=st.lists(st.builds(Fact, names, texts, st.booleans(), st.sampled_from(Disclosure)), max_size=2).map(tuple),
    quantities=st.lists(
        st.builds(Quantity, names, texts, texts, decimals, decimals, st.integers(0, 3)), max_size=2
    ).map(tuple),
    applies=st.lists(conditions, max_size=3).map(tuple),
    only_if=gates,
    suggestion=st.none() | st.builds(Suggestion, names, st.dictionaries(names, names, max_size=2)),
)


@given(st.lists(items, min_size=1, max_size=3))
def test_a_checklist_comes_back_from_its_text_as_it_was(made: list) -> None:  # type: ignore[type-arg]
    base = sound(files())
    areas = (replace(base.areas[0], items=tuple(made)), *base.areas[1:])
    checklist = content.sealed(replace(base, areas=areas))
    text = content.to_json(checklist)
    again = content.from_json(text)
    assert again == checklist
    assert content.to_json(again) == text
    assert again.digest == content.digest_of(text)


def test_the_shipped_checklist_comes_back_as_it_was(shipped: Checklist) -> None:
    assert content.from_json(content.to_json(shipped)) == shipped


def test_another_layout_of_the_files_has_the_same_digest(files: dict[str, str]) -> None:
    before = sound(files).digest
    files["everything-on-wages.yml"] = "# a remark\n" + files.pop("wages.yaml").replace("core: true", "core: yes")
    files["policy.yaml"] = POLICY.replace("partial: 0.5", "partial: 0.50")
    files["code.yaml"] = CODE.replace("effective_from: 2026-01-01\n", "") + "effective_from: 2026-01-01\n"
    assert sound(files).digest == before


@pytest.mark.parametrize(
    ("name", "old", "new"),
    [
        ("wages.yaml", "days: 30", "days: 31"),
        ("code.yaml", "我们遵守法律。", "我们守法。"),
        ("laws.yaml", "confirmed: false", "confirmed: true"),
        ("policy.yaml", "reply_working_days: 10", "reply_working_days: 12"),
        ("ladder.yaml", "after: due, days: 30", "after: due, days: 31"),
    ],
)
def test_any_other_content_has_another_digest(files: dict[str, str], name: str, old: str, new: str) -> None:
    before = sound(files).digest
    files[name] = files[name].replace(old, new)
    assert sound(files).digest != before


def test_the_order_of_items_is_content(files: dict[str, str]) -> None:
    files["wages.yaml"] = area_file("wages", item("WAG01"), item("WAG02"))
    before = sound(files).digest
    files["wages.yaml"] = area_file("wages", item("WAG02"), item("WAG01"))
    assert sound(files).digest != before


def test_text_of_a_field_that_this_release_does_not_know_is_refused(files: dict[str, str]) -> None:
    text = content.to_json(sound(files)).replace('"core":true', '"kore":true', 1)
    with pytest.raises(KeyError):
        content.from_json(text)


def test_a_version_from_before_the_ladder_has_the_first_one_that_was_shipped(files: dict[str, str]) -> None:
    now = sound(files)
    written = json.loads(content.to_json(now))
    del written["ladder"]
    written["policy"] |= {"reminders": {"major": [-7, 1, 14]}, "letters": {"L1": 7}}
    text = json.dumps(written, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    before = content.from_json(text)
    assert before.digest == content.digest_of(text)
    assert replace(before, digest="", ladder=now.ladder) == replace(now, digest="")
    first = json.dumps(content.encode(before.ladder), sort_keys=True)
    assert content.digest_of(first).startswith("b0e0e0b9b15766b6"), "what old versions have may never change"


def test_numbers_are_written_without_needless_zeros() -> None:
    assert content.encode((Decimal("0.50"), Decimal(100), Decimal("1E+2"), Decimal("0.0"))) == [
        "0.5",
        "100",
        "100",
        "0",
    ]
