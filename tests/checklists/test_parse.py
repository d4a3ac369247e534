"""Checklist files: sound ones become a checklist, broken ones every complaint at once, each with its place."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from compliance.checklists import parse
from compliance.checklists.complaints import CATALOGUE
from compliance.checklists.rules import Checklist, Verdict
from tests.checklists.small import CODE, LADDER, LAWS, POLICY, area_file, codes, item, outcome, sound

ITEM_FAULTS = {
    "C101": item("WAG01", "    questoin: hello\n"),
    "C102": item("WAG01", action=""),
    "C103": item("WAG01", law="LL-48"),
    "C104": item("WAG01", question="{en: Only English}"),
    "C105": item("WAG01", question=f"{{en: {'long ' * 1000}, zh: 长}}"),
    "C106": item("WAG01", question="{en: Is it so, zh: Is it so}"),
    "C107": item("WAG01", days="soon"),
    "C108": item("WAG01", days="4000"),
    "C109": item("WAG01", core="perhaps"),
    "C111": item("WAG01", severity="majr"),
    "C112": item("wages-one"),
    "C113": item("WAG01", question="{en: Dust, noise, zh: 粉尘、噪声}"),
    "C201": item("WAG01") + item("WAG01"),
    "C205": item("WAG01", law="[LL-48, LL-48]"),
    "C301": item("WAG01", law="[LL-84]"),
    "C302": item("WAG01", clause="2.9"),
    "C303": item("WAG01", only_if="{item: WAG99, verdicts: [partial]}"),
    "C304": item("WAG01", only_if="{item: WAG02, verdicts: [partial]}")
    + item("WAG02", only_if="{item: WAG01, verdicts: [partial]}"),
}
NUMBER = (
    "quantities: [{id: runs, label: {en: Longest run, zh: 最长}, unit: {en: days, zh: 天}, minimum: 0, maximum: 9}]"
)
RULE_FAULTS = {
    "C111": "suggests: {rule: at_mots, quantity: runs, limit: 6}",
    "C305": "suggests: {rule: at_most, quantity: runs, limit: 6, least: 2}",
    "C306": "suggests: {rule: at_most, quantity: runs}",
    "C307": "suggests: {rule: at_most, quantity: run, limit: 6}",
    "C312": "suggests: {rule: at_most, quantity: runs, limit: 60}",
}
FACT = "{id: exit-locked, text: {en: Locked, zh: 上锁}, zero_tolerance: true, disclosure: tell_now}"
LAW = "article: {en: a, zh: 一}, source: read, confirmed: true"
FILE_FAULTS = {
    "C003": ("code.yaml", CODE + "\n  - : : ["),
    "C004": ("code.yaml", CODE.replace("  - area", "\t- area")),
    "C005": ("code.yaml", CODE.replace("title: {en: Code", "title: &t {en: Code")),
    "C006": ("code.yaml", "chapters: " + "[" * 5000),
    "C007": ("code.yaml", "- a list\n"),
    "C008": ("code.yaml", CODE.replace("chapters:", "chaptres:")),
    "C010": ("code.yaml", CODE + "version: 2\n"),
    "C110": ("code.yaml", CODE.replace("2026-01-01", "2026-02-30")),
    "C112": ("code.yaml", CODE.replace('number: "2"', 'number: "3"')),
    "C202": ("wages.yaml", area_file("wages", item("WAG01", f"    facts: [{FACT}, {FACT}]\n"))),
    "C203": ("code.yaml", CODE.replace("number: 2.10", "number: 2.1")),
    "C204": ("laws2.yaml", LAWS),
    "C206": ("code.yaml", "laws: {LL2: {title: {en: L, zh: 法}, articles: {}}}"),
    "C207": ("code2.yaml", CODE),
    "C208": ("wages.yaml", "area: wages\ntitle: {en: Wages, zh: 工资}\nitems: []\n"),
    "C308": ("laws.yaml", LAWS.replace("2025-12-31", "1990-01-01")),
    "C309": ("policy.yaml", POLICY.replace("floor: 0", "floor: 5")),
    "C310": ("policy.yaml", POLICY.replace("at_most: weak", "at_most: week")),
    "C311": ("wages.yaml", area_file("wages", item("WAG01", f"    {NUMBER.replace('minimum: 0', 'minimum: 99')}\n"))),
    "C313": ("policy.yaml", POLICY.replace("critical: 5", "critical: 2")),
    "C319": ("ladder.yaml", LADDER.replace("    L7: {approver: [leader], signer: chair}\n", "")),
    "C320": ("ladder.yaml", LADDER.replace("kind: L6, after: due, days: 14", "kind: L6, after: due, days: 1")),
    "C314": (
        "policy.yaml",
        POLICY.replace("partial: 0.5", "partial: 0").replace("unable_to_verify: 0}", "unable_to_verify: 0.5}"),
    ),
}


def test_sound_files_give_a_checklist_without_complaints(files: dict[str, str]) -> None:
    checklist = sound(files)
    assert [area.id for area in checklist.areas] == ["wages", "safety", "sanitation", "social_security", "punishment"]
    assert parse.counted(checklist) == (5, 5)
    assert len(checklist.digest) == 64


def test_numbers_of_clauses_and_versions_stay_as_they_were_typed(files: dict[str, str]) -> None:
    code = sound(files).code
    assert code.version == "2026.10"
    assert [clause.number for clause in code.clauses] == ["2.1", "2.10"]


@pytest.mark.parametrize("code", ITEM_FAULTS)
def test_a_fault_in_an_item_names_its_code_file_and_item(files: dict[str, str], code: str) -> None:
    files["wages.yaml"] = area_file("wages", ITEM_FAULTS[code])
    complaints = outcome(files).complaints
    assert [complaint.code for complaint in complaints] == [code]
    assert complaints[0].place.file == "wages.yaml"
    assert complaints[0].place.line >= 4
    assert complaints[0].item.startswith(("WAG", "wages"))


@pytest.mark.parametrize("code", RULE_FAULTS)
def test_a_fault_in_a_rule_for_numbers(files: dict[str, str], code: str) -> None:
    files["wages.yaml"] = area_file("wages", item("WAG01", f"    {NUMBER}\n    {RULE_FAULTS[code]}\n"))
    assert codes(files) == [code]


@pytest.mark.parametrize("code", FILE_FAULTS)
def test_a_fault_of_a_whole_file(files: dict[str, str], code: str) -> None:
    name, text = FILE_FAULTS[code]
    files[name] = text
    assert code in codes(files)


def test_bytes_that_are_no_text_and_files_that_are_too_large() -> None:
    result = parse.check({"a.yaml": "area: 工资".encode("gb18030"), "b.yaml": b"#" * (600 * 1024)})
    assert [complaint.code for complaint in result.complaints] == ["C001", "C002"]


def test_a_folder_without_checklists() -> None:
    assert "C009" in [complaint.code for complaint in parse.check({"notes.txt": b"hello"}).complaints]


def test_everything_wrong_is_said_at_once_in_the_order_of_the_files(files: dict[str, str]) -> None:
    files["wages.yaml"] = area_file("wages", item("WAG01", severity="grave", days="-1", law="[LL-1000]"))
    files["safety.yaml"] = area_file("safety", item("SAF01", ilo="[12]"))
    found = [(complaint.place.file, complaint.code) for complaint in outcome(files).complaints]
    assert found == [
        ("safety.yaml", "C108"),
        ("wages.yaml", "C301"),
        ("wages.yaml", "C111"),
        ("wages.yaml", "C108"),
    ]


@pytest.mark.parametrize(
    ("values", "meant"),
    [
        ({"severity": "critcal"}, "critical"),
        ({"law": "[LL-84]"}, "LL-48"),
        ({"clause": "'2.11'"}, "2.1"),
        ({"only_if": "{item: SAF1, verdicts: [partial]}"}, "SAF01"),
        ({"applies": "{dormitry: true}"}, "dormitory"),
    ],
)
def test_what_was_probably_meant_is_offered(files: dict[str, str], values: dict[str, str], meant: str) -> None:
    files["wages.yaml"] = area_file("wages", item("WAG01", **values))
    (complaint,) = outcome(files).complaints
    assert complaint.meant in (meant, "2.10") if meant == "2.1" else complaint.meant == meant
    assert f"Did you mean “{complaint.meant}”?" in str(complaint)


def test_a_broken_file_does_not_make_the_others_miss_what_it_held(files: dict[str, str]) -> None:
    files["laws.yaml"] = "laws: ["
    assert codes(files) == ["C003"]


def test_a_circle_of_three_is_said_once(files: dict[str, str]) -> None:
    ring = {"WAG01": "WAG02", "WAG02": "WAG03", "WAG03": "WAG01"}
    files["wages.yaml"] = area_file(
        "wages", *(item(id, only_if=f"{{item: {opener}, verdicts: [partial]}}") for id, opener in ring.items())
    )
    (complaint,) = outcome(files).complaints
    assert complaint.code == "C304"
    assert complaint.facts["chain"] == "WAG01 → WAG02 → WAG03 → WAG01"


def test_an_item_carries_the_conditions_of_the_item_that_opens_it(files: dict[str, str]) -> None:
    files["wages.yaml"] = area_file(
        "wages",
        item("WAG01", applies="{dormitory: true}"),
        item("WAG02", only_if="{item: WAG01, verdicts: [compliant]}"),
    )
    gate = sound(files).item("WAG02").only_if
    assert gate is not None
    assert gate.verdicts == {Verdict.compliant}
    assert [condition.key for condition in gate.applies] == ["dormitory"]


def test_an_area_may_lie_in_two_files_and_the_order_of_its_files_counts(files: dict[str, str]) -> None:
    files["wages-more.yaml"] = "area: wages\nitems:\n" + item("WAG02")
    files["wages-more.yaml"], files["wages.yaml"] = files["wages.yaml"], files["wages-more.yaml"]
    assert [entry.id for entry in sound(files).area("wages").items] == ["WAG01", "WAG02"]


def test_what_is_broken_can_also_be_raised(files: dict[str, str]) -> None:
    files["wages.yaml"] = area_file("wages", item("WAG01", severity="grave"))
    with pytest.raises(parse.BrokenChecklist, match=r"C111 wages\.yaml:\d+: WAG01: “grave”"):
        parse.parse({name: text.encode() for name, text in files.items()})


def test_every_complaint_says_what_is_wrong_and_what_to_do() -> None:
    for code, (fault, remedy) in CATALOGUE.items():
        assert code[0] == "C"
        assert fault.endswith(".")
        assert remedy.endswith(".")


@given(st.binary(max_size=400))
def test_no_bytes_at_all_make_the_parser_stumble(data: bytes) -> None:
    result = parse.check({"area.yaml": data})
    assert result.checklist is None
    assert result.complaints


@given(st.text(max_size=300))
def test_no_text_at_all_makes_the_parser_stumble(text: str) -> None:
    assert parse.check({"area.yaml": f"area: wages\nitems:\n{text}".encode(errors="ignore")}).complaints


def test_the_shipped_checklists(shipped: Checklist) -> None:
    assert parse.counted(shipped) == (65, 5)
    assert sum(entry.core for entry in shipped.items) == 55
    assert {area.id: len(area.items) for area in shipped.areas} == {
        "wages": 13,
        "safety": 14,
        "sanitation": 12,
        "social_security": 12,
        "punishment": 14,
    }
    assert {indicator for entry in shipped.items for indicator in entry.ilo} == set(range(1, 12))
    assert shipped.area("punishment").title.zh == "惩戒管理"


def test_zero_tolerance_hangs_on_facts_of_the_items_that_the_research_names(shipped: Checklist) -> None:
    named = ["WAG10", "SAF01", "SAF02", "SAF13", "PUN01", "PUN02", "PUN03", "PUN04", "PUN05", "PUN06", "PUN08", "PUN14"]
    found = [entry.id for entry in shipped.items if any(fact.zero_tolerance for fact in entry.facts)]
    assert set(named) <= set(found)
