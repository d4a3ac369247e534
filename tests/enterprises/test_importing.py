"""What a spreadsheet would do to the register."""

import uuid
from datetime import date
from pathlib import Path

import pytest

from compliance.enterprises.columns import COLUMNS, layout
from compliance.enterprises.importing import Plan, Register, plan, walk
from compliance.enterprises.rules import EnterpriseFacts, LetterLanguage, Status
from compliance.shared.problems import Problem
from compliance.shared.spreadsheets import Table, read_rows
from tests.bench.register import code_of

TODAY = date(2026, 11, 21)
DATA = Path(__file__).parents[2].parent / "shared" / "data"
FACTORIES = [f"factories_{number}.csv" for number in (2, 3, 4, 5, 9, 10, 13, 14)]


def work_out(text: str, *known: EnterpriseFacts, closed_off: bool = False) -> Plan:
    return planned(read_rows(text.encode(), "a.csv"), *known, closed_off=closed_off)


def planned(table: Table, *known: EnterpriseFacts, closed_off: bool = False) -> Plan:
    columns = layout(table.headers)
    entries = {uuid.uuid4(): facts for facts in known}
    register = Register(lambda ids: {id: entries[id] for id in ids}, "address" in columns.places)
    for id, facts in entries.items():
        register.add(id, facts.name, facts.address, facts.credit_code, closed_off)
    return plan(walk(table, columns, register, TODAY, "zh_Hans_CN"))


def carried_out(first: Plan) -> list[EnterpriseFacts]:
    return [new.facts for new in first.new] + [change.after for change in first.changed]


@pytest.mark.parametrize("language", [0, 1])
def test_every_column_is_known_by_its_english_and_chinese_name(language: int) -> None:
    headers = [names[language] for names in COLUMNS.values()]
    assert list(layout(headers).places) == list(COLUMNS)
    assert layout([header.upper() for header in headers]).unused == ()


def test_no_name_of_a_column_means_two_things() -> None:
    every = [name.casefold() for names in COLUMNS.values() for name in names]
    assert len(every) == len(set(every))


def test_unknown_columns_are_told_and_a_missing_name_is_refused() -> None:
    assert layout(["name", "mood"]).unused == ("mood",)
    with pytest.raises(Problem, match="mood, address"):
        work_out("mood,address\ngood,b\n")
    with pytest.raises(Problem, match="Name and 企业名称"):
        work_out("Name,企业名称\nA,B\n")


def test_all_columns_are_read() -> None:
    done = work_out(
        "企业名称,其他名称,统一社会信用代码,国家或地区,行业,区县,规模,职工人数,女职工人数,法定代表人,联系电话,"
        "会员状态,入会日期,函件语言\n"
        f"示例制衣一厂,Example Garments,{code_of(7)},中国,18,官渡区,小型,"
        '"1,200人",700,示例代表,+86 871,退会,2020年3月1日,中英文\n'
    )
    assert done.refused == ()
    facts = done.new[0].facts
    assert (facts.sector, facts.district, facts.size, facts.workers) == ("C18", "530111", "small", 1200)
    assert (facts.status, facts.member_since) == (Status.left, date(2020, 3, 1))
    assert (facts.letter_language, facts.contact_phone) == (LetterLanguage.both, "+86 871")


@pytest.mark.parametrize(
    ("header", "cell", "words"),
    [
        ("country", "Atlantis", "not the name of a country"),
        ("sector", "Aparel", "not a sector"),
        ("district", "nowhere", "No district"),
        ("size", "huge", "not a size"),
        ("workers", "many", "not a number"),
        ("workers", "-3", "not a number"),
        ("workers", "2.5", "not a number"),
        ("Member since", "2024-02-30", "not a date"),
        ("Member since", "2027-01-01", "future"),
        ("Status", "maybe", "membership status"),
        ("Letter language", "Latin", "language of letters"),
        ("Credit code", "12345", "not a unified"),
        ("E-mail", "nobody", "not an e-mail"),
        ("Address", "x" * 301, "too many"),
    ],
)
def test_a_cell_that_says_nothing_is_refused_with_its_place_and_a_remedy(header: str, cell: str, words: str) -> None:
    done = work_out(f"name,{header}\nA,\nB,{cell}\nC,\n")
    [refusal] = done.refused
    assert (refusal.row, refusal.column, refusal.read) == (3, header, cell)
    assert words in refusal.wrong
    assert refusal.remedy
    assert refusal.remedy % refusal.facts
    assert refusal.wrong % refusal.facts
    assert [new.facts.name for new in done.new] == ["A", "C"]


def test_a_row_can_be_refused_for_several_reasons() -> None:
    done = work_out("name,size,workers\nA,huge,many\n")
    assert len(done.refused) == 2
    assert done.refused_rows == 1


def test_what_breaks_a_rule_is_said_beside_what_cannot_be_read() -> None:
    refused = work_out("name,credit code,workers\nAlpha,123,abc\n").refused
    assert [one.column for one in refused] == ["workers", "credit code"]


def test_a_missing_name_is_refused() -> None:
    assert work_out("name,address\n,Road 1\n").refused[0].wrong == "The name is missing."


def test_duplicates_within_the_file_are_refused_with_the_other_row() -> None:
    code = code_of(5)
    done = work_out(f"name,address,credit code\nA,r,{code}\nB,s,{code}\nC,t,\nc ,T,\nA,r,\n")
    assert [(refusal.row, refusal.facts["other"]) for refusal in done.refused] == [(3, 2), (5, 4), (6, 2)]


def test_the_code_decides_then_name_and_address() -> None:
    first = EnterpriseFacts(name="Old name", address="Road 1", credit_code=code_of(1))
    second = EnterpriseFacts(name="示例·厂", address="示例路1号")
    done = work_out(
        f"name,address,credit code\nNew name,,{code_of(1)}\n示例・厂,示例路１号,\n示例·厂,示例路2号,\n", first, second
    )
    assert [change.changed for change in done.changed] == [("name",), ("name", "address")]
    assert done.changed[0].after.address == "Road 1", "an empty cell leaves what is known"
    assert [new.facts.address for new in done.new] == ["示例路2号"]


def test_a_code_is_added_to_the_enterprise_of_the_same_name_and_address() -> None:
    done = work_out(f"name,address,credit code\nA,r,{code_of(1)}\n", EnterpriseFacts(name="A", address="r"))
    assert [change.changed for change in done.changed] == [("credit_code",)]
    other = EnterpriseFacts(name="A", address="r", credit_code=code_of(2))
    assert len(work_out(f"name,address,credit code\nA,r,{code_of(1)}\n", other).new) == 1


def test_without_an_address_column_the_name_alone_must_be_unambiguous() -> None:
    first, second = EnterpriseFacts(name="A", address="r"), EnterpriseFacts(name="A", address="s")
    assert work_out("name,workers\nA,5\n", first).changed[0].after.workers == 5
    assert "%(count)d enterprises" in work_out("name,workers\nA,5\n", first, second).refused[0].wrong


def test_an_enterprise_with_a_tie_is_left_alone() -> None:
    done = work_out("name,workers\nA,5\n", EnterpriseFacts(name="A"), closed_off=True)
    assert done.changed == ()
    assert "tie" in done.refused[0].wrong


def test_the_size_is_suggested_for_new_enterprises() -> None:
    assert work_out("name,sector,workers\nA,C18,25\n").new[0].facts.size == "small"


def test_the_digest_tells_whether_two_plans_do_the_same() -> None:
    assert work_out("name\nA\n").digest == work_out("name\nA\n").digest
    assert work_out("name\nA\n").digest != work_out("name\nB\n").digest
    assert work_out("name\nA\n").digest != work_out("name\nA\n", EnterpriseFacts(name="A")).digest


@pytest.mark.parametrize("file", FACTORIES)
def test_published_factory_lists_import_as_they_are_and_a_second_time_change_nothing(file: str) -> None:
    path = DATA / file
    if not path.exists():
        pytest.skip(f"the real list {file} is not here (it lies beside the project in ../shared/data)")
    table = read_rows(path.read_bytes(), file)
    first = planned(table)
    assert {refusal.wrong for refusal in first.refused} <= {"Row %(other)d has the same name and address."}
    assert len(first.new) + first.refused_rows == len(table.rows)
    assert len(first.new) > 15
    assert {new.facts.sector for new in first.new} == {"C18"}
    assert layout(table.headers).unused == ()
    second = planned(table, *carried_out(first))
    assert (second.new, second.changed) == ((), ())
    assert second.unchanged == len(first.new)
    assert second.refused_rows == first.refused_rows
