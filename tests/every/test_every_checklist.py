"""The shipped checklists parse without a complaint, and the law they rest on is dated."""

from compliance.checklists import parse, store
from compliance.shared import places
from compliance.shared.words import Text


def shipped():
    return parse.parse(store.read_folder(places.checklists_dir()))


def test_sixty_five_items_in_five_areas_fifty_five_of_them_core():
    checklist = shipped()
    assert [a.id for a in checklist.areas] == ["wages", "safety", "sanitation", "social_security", "punishment"]
    assert len(checklist.items) == 65
    assert sum(item.core for item in checklist.items) == 55


def test_the_area_of_discipline_carries_no_authority_s_word():
    title = next(a.title for a in shipped().areas if a.id == "punishment")
    assert title == Text(title.en, "惩戒管理")


def test_every_item_has_a_law_entry_that_a_letter_may_print():
    checklist = shipped()
    for item in checklist.items:
        assert item.law and item.action.zh and item.evidence and item.days > 0, item.id


def test_zero_tolerance_hangs_on_facts_only():
    facts = [fact for item in shipped().items for fact in item.facts]
    assert any(fact.zero_tolerance for fact in facts)
    assert len({fact.id for fact in facts}) == len(facts)
