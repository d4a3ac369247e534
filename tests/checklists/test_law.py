"""Which law entries a letter may print."""

from datetime import date

import pytest

from compliance.checklists.rules import Checklist, laws_held_back, laws_in_force
from tests.checklists.small import files, sound

KEYS = ("LL-48", "LL-91(3)", "LL-100")


@pytest.mark.parametrize(
    ("on", "printed"),
    [
        (date(2026, 3, 1), ["LL-48"]),
        (date(2025, 12, 31), ["LL-48", "LL-91(3)"]),
        (date(1995, 1, 1), ["LL-48", "LL-91(3)"]),
        (date(1994, 12, 31), []),
    ],
)
def test_only_confirmed_entries_in_force_on_the_day_are_printed(on: date, printed: list[str]) -> None:
    checklist = sound(files())
    assert [entry.key for entry in laws_in_force(checklist, KEYS, on)] == printed
    held_back = [entry.key for entry in laws_held_back(checklist, KEYS, on)]
    assert sorted(printed + held_back) == sorted(KEYS)


def test_an_entry_cited_twice_is_printed_once() -> None:
    checklist = sound(files())
    assert len(laws_in_force(checklist, ("LL-48", "LL-48"), date(2026, 1, 1))) == 1


def test_a_citation_names_law_and_article_in_both_languages() -> None:
    citation = sound(files()).citation("LL-48")
    assert (citation.en, citation.zh) == ("Labour Law, art. 48", "《劳动法》第四十八条")


def test_no_shipped_entry_from_memory_is_confirmed(shipped: Checklist) -> None:
    assert not [entry.key for entry in shipped.laws.values() if entry.confirmed and "not read" in entry.source]


def test_letters_cite_no_criminal_law_and_every_item_still_rests_on_another(shipped: Checklist) -> None:
    on = date(2026, 11, 21)
    criminal = tuple(key for key in shipped.laws if key.startswith("CL-"))
    assert any(shipped.laws[key].in_force(on) for key in criminal)
    assert laws_in_force(shipped, criminal, on) == ()
    assert all(shipped.kept_off(key).en and shipped.kept_off(key).zh for key in criminal)
    for item in shipped.items:
        if set(item.law) & set(criminal):
            assert laws_in_force(shipped, item.law, on), item.id


def test_the_replaced_security_law_is_never_printed_for_a_visit_of_this_year(shipped: Checklist) -> None:
    replaced = tuple(key for key in shipped.laws if key.startswith(("PSA-", "TOX-")))
    assert replaced
    assert laws_in_force(shipped, replaced, date(2026, 11, 21)) == ()
