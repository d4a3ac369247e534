"""What workers are asked: sound files are read, broken ones told with their line; pay is no matter for a group."""

from datetime import date

import pytest
import yaml

from compliance.checklists import parse, store
from compliance.checklists.interviews import Setting
from compliance.shared import places
from tests.checklists import small
from tests.checklists.small import outcome

FORM = """interviews:
  languages: {en: English, zh: 中文, vi: Tiếng Việt}
  notice: {en: You need not talk., zh: 您可以不谈。, vi: Bạn không phải nói.}
  consent: {en: May I?, zh: 可以吗？, vi: Được không?}
  periods:
    - {from: 2026-01-01, answers_days: 365, contacts_days: 30, source: {en: Own rule, zh: 自定}}
    - {from: 2027-01-01, answers_days: 180, contacts_days: 20, source: {en: Own rule, zh: 自定}}
  questions:
    - id: pay-day
      settings: [alone]
      pay: true
      text: {en: When?, zh: 哪天？, vi: Khi nào?}
      answers:
        - {id: on-time, text: {en: In time, zh: 按时, vi: Đúng}}
        - {id: late, text: {en: Late, zh: 晚了, vi: Muộn}, shortfall: true}
      items: [ITEM]
      ilo: [8]
    - id: way-out
      settings: [alone, group]
      text: {en: Which way?, zh: 往哪边？, vi: Đường nào?}
      answers:
        - {id: knows, text: {en: This way, zh: 这边, vi: Đây}}
        - {id: unknown, text: {en: I do not know, zh: 不清楚, vi: Không biết}, shortfall: true}
      items: [ITEM]
"""
FAULTS = {
    "C101": ("      pay: true", "      pays: true", 11),
    "C102": (", vi: Khi nào?", "", 12),
    "C108": ("contacts_days: 30", "contacts_days: 31", 6),
    "C111": ("[alone, group]", "[alone, grup]", 19),
    "C112": ("id: pay-day", "id: Pay day", 9),
    "C205": ("id: way-out", "id: pay-day", 18),
    "C316": ("items: [ITEM]\n      ilo", "items: [XXX99]\n      ilo", 16),
    "C321": ("2027-01-01", "2025-01-01", 5),
    "C323": ("[alone, group]", "[alone]", 8),
    "C324": ("settings: [alone]", "settings: [alone, group]", 10),
    "C325": (", shortfall: true}\n      items: [ITEM]\n      ilo", "}\n      items: [ITEM]\n      ilo", 13),
}


@pytest.fixture
def form(files: dict[str, str]) -> str:
    found = outcome(files).checklist
    assert found is not None
    return FORM.replace("ITEM", found.items[0].id)


def test_a_sound_file_is_read_in_all_its_languages(files: dict[str, str], form: str) -> None:
    found = outcome({**files, "interviews.yaml": form})

    assert found.complaints == () and found.interviews is not None
    asked = found.interviews
    assert list(asked.languages) == ["en", "zh", "vi"] and asked.notice["vi"] == "Bạn không phải nói."
    assert [one.id for one in asked.asked(Setting.alone)] == ["pay-day", "way-out"]
    assert [one.id for one in asked.asked(Setting.group)] == ["way-out"]
    assert asked.periods_of(date(2026, 12, 31)).answers_days == 365
    assert asked.periods_of(date(2027, 1, 1)).answers_days == 180
    assert asked.periods_of(date(2020, 1, 1)).answers_days == 365


@pytest.mark.parametrize("code", FAULTS)
def test_a_fault_is_told_with_its_line(files: dict[str, str], form: str, code: str) -> None:
    right, wrong, line = FAULTS[code]
    item = form.split("items: [")[1].split("]")[0]
    right, wrong = right.replace("ITEM", item), wrong.replace("ITEM", item)
    assert right in form

    complaints = outcome({**files, "interviews.yaml": form.replace(right, wrong, 1)}).complaints

    found = {one.code: one for one in complaints}
    assert code in found, complaints
    assert (found[code].place.file, found[code].place.line) == ("interviews.yaml", line)


def test_interviews_change_no_checklist(files: dict[str, str], form: str) -> None:
    without, with_them = outcome(files).checklist, outcome({**files, "interviews.yaml": form}).checklist

    assert without is not None and with_them is not None and without.digest == with_them.digest


def test_the_shipped_questions_speak_of_every_indicator_and_of_no_pay_in_groups() -> None:
    asked = parse.check(store.read_folder(places.checklists_dir())).interviews

    assert asked is not None and {"en", "zh"} <= set(asked.languages)
    assert {number for one in asked.questions for number in one.ilo} == set(range(1, 12))
    assert not any(one.pay for one in asked.asked(Setting.group))
    assert len(asked.asked(Setting.alone)) >= 20 and len(asked.asked(Setting.group)) >= 8
    assert max(one.contacts_days for one in asked.periods) <= 30


def test_the_example_of_the_grammar_parses(files: dict[str, str]) -> None:
    readme = (small.ROOT / "checklists" / "README.md").read_text(encoding="utf-8")
    example = readme.split("## Interviews")[1].split("```yaml\n")[1].split("```")[0]
    found = outcome({**files, "interviews.yaml": example.replace("en: ...", "en: Text").replace("zh: ...", "zh: 文")})

    assert yaml.safe_load(example)
    assert {one.code for one in found.complaints} <= {"C316", "C323"}, "only what the small checklist lacks"
