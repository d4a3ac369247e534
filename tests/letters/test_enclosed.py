"""What a letter carries for machines: what it says itself, in its own languages, and nothing more."""

import json
from collections.abc import Iterator
from dataclasses import replace
from datetime import date
from typing import Any

import pytest

from compliance.letters import enclosed, press, rules
from compliance.shared.words import day
from tests.letters import expected, samples

ALL = [(kind, language) for kind in rules.KINDS for language in rules.LANGUAGES]
CODES = {"schema", "version", "kind", "severity", "repeat", "provisional", "state", "position", "accepted", "photos"}


def leaves(value: Any, key: str = "") -> Iterator[tuple[str, Any]]:
    """Every plain value with the name that it goes by."""
    if isinstance(value, dict):
        for name, item in value.items():
            yield from leaves(item, name)
    elif isinstance(value, list):
        for item in value:
            yield from leaves(item, key)
    else:
        yield key, value


def printed(letter: dict[str, Any]) -> str:
    return expected.plain(letter) + letter["verify_url"]


def as_printed(value: Any) -> set[str]:
    """How a letter may write a value."""
    text = str(value)
    try:
        on = date.fromisoformat(text[:10])
    except ValueError:
        return {text}
    return {day(on, "en"), day(on, "zh")}


@pytest.mark.parametrize(("letter_kind", "language"), ALL)
def test_nothing_is_enclosed_that_the_letter_does_not_say(letter_kind: str, language: str) -> None:
    letter = expected.made(letter_kind, language)
    said = printed(letter)
    for name, value in leaves(letter["enclosed"]):
        if name not in CODES:
            assert any(words in said for words in as_printed(value)), (name, value)
    assert {"zh_Hans_CN": {"zh-Hans"}, "en": {"en"}}.get(language, {"zh-Hans", "en"}) >= {
        name for name, _ in leaves(letter["enclosed"]) if name in ("zh-Hans", "en")
    }


@pytest.mark.parametrize("letter_kind", rules.KINDS)
def test_every_letter_encloses_who_wrote_what_to_whom(letter_kind: str) -> None:
    facts = expected.made(letter_kind, "both")["enclosed"]
    assert (facts["schema"], facts["version"], facts["kind"]) == (enclosed.SCHEMA, enclosed.VERSION, letter_kind)
    assert {"number", "dated", "title", "from", "to", "code"} <= set(facts)


def test_findings_come_with_their_dates_and_not_with_their_ids() -> None:
    facts = replace(samples.FACTS, findings=tuple(replace(one, id="0f" * 16) for one in samples.FINDINGS))
    made = rules.compose("L2", facts, "en", press.words(), number="示协函〔2026〕12号", code="7Q4K").as_json()[
        "enclosed"
    ]
    assert [(one["number"], one["due"]) for one in made["findings"]] == [
        (1, "2026-12-21"),
        (2, "2027-01-18"),
        (3, "2027-02-19"),
    ]
    assert "100" not in made["findings"][2]["law"]["en"]  # an article that is not confirmed is not printed
    assert (made["plan_by"], made["reply_by"]) == ("2026-12-07", "2026-12-04")
    assert "0f0f" not in json.dumps(made)


def test_a_waiver_an_outsider_and_the_copies_are_not_for_machines() -> None:
    facts = replace(
        samples.FACTS, waiver="only one of us was there", outsider=rules.Outsider("Somebody", "Else", "Why")
    )
    made = rules.compose("L2", facts, "en", press.words(), number="1", code="2").as_json()["enclosed"]
    assert not {"only one", "Somebody", "Else"} & {str(value)[:8] for _, value in leaves(made)}
    assert "waiver" not in made and "outsider" not in made


def test_a_draft_encloses_nothing() -> None:
    draft = rules.compose("L2", samples.FACTS, "en", press.words()).as_json()
    assert draft["enclosed"] == {} and press.enclosures(draft) == []
