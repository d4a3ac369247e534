"""A file of any form is read as somebody says it: sheet, headers, meanings, dates, words; and said once for all."""

import io
from datetime import date
from functools import partial

import pytest
from hypothesis import given
from hypothesis import strategies as st
from openpyxl import Workbook
from sqlmodel import select

from compliance.enterprises import store_import_writes, store_imports
from compliance.enterprises.columns import COLUMNS, Unreadable, value
from compliance.enterprises.commands import group
from compliance.enterprises.models import Enterprise
from compliance.enterprises.reading import (
    Dates,
    Reading,
    as_file,
    constants_of,
    from_file,
    from_json,
    labels,
    taken_apart,
    words_of,
)
from compliance.shared.database import session
from compliance.shared.encodings import ENCODINGS
from compliance.shared.problems import Conflict, Problem
from compliance.shared.spreadsheets import Table

MESSY = (
    "会员企业一览表,,,,\n"
    "（截至2026年10月）,,,,\n"
    "单位,区,门牌,所属,入会\n"
    "示例甲制衣厂,盘龙区,北京路1号,制衣,31.3.24\n"
    "示例乙五金厂,官渡区,关上2号,五金,1.12.98\n"
    "合计,,,,\n"
).encode("gb18030")
SAID = Reading(
    header_row=3,
    dates=Dates.day_first,
    columns={"单位": "name", "区": "address", "门牌": "address", "所属": "sector", "入会": "member_since"},
    constants={"country": "CN", "workers": "20"},
    words={"sector": {"制衣": "C18", "五金": "C33"}},
)


def workbook(**pages):
    book = Workbook()
    book.remove(book.active)
    for title, rows in pages.items():
        page = book.create_sheet(title)
        for row in rows:
            page.append(row)
    target = io.BytesIO()
    book.save(target)
    return target.getvalue()


def test_a_table_below_a_title_with_its_own_words_comes_into_the_register(world, db_session):
    actor = world.actor("coordinator")
    row = store_imports.look_at(actor, MESSY, "会员.csv", SAID)
    assert (row.outcome["new"], row.outcome["refused"]) == (2, 1)
    (refusal,) = store_imports.refusals(row)
    assert (refusal.row, refusal.column, refusal.read) == (6, "单位", "合计")
    store_import_writes.apply(actor, row)
    session().commit()
    made = session().exec(select(Enterprise).where(Enterprise.name == "示例甲制衣厂")).one()
    assert (made.sector, made.address, made.member_since) == ("C18", "盘龙区 北京路1号", date(2024, 3, 31))
    assert (made.workers, made.country) == (20, "CN")
    again = store_imports.look_at(actor, MESSY, "会员.csv", SAID)
    assert (again.outcome["new"], again.outcome["unchanged"]) == (0, 2)


def test_what_is_unclear_is_asked_and_read_again(world, db_session):
    actor = world.actor("coordinator")
    row = store_imports.look_at(actor, MESSY, "会员.csv")
    assert row.outcome["problem"]["code"] == "import-no-name" and row.outcome["new"] == 0
    store_imports.look(actor, store_imports.read_again(actor, row, SAID))
    assert row.outcome["new"] == 2 and "problem" not in row.outcome
    store_import_writes.confirm(actor, row, "Import")
    with pytest.raises(Conflict):
        store_imports.read_again(actor, row, Reading())


def test_headers_below_a_title_are_found_by_the_column_of_names():
    data = b"Members of 2026\n\nNo.,Company name\n1,Example A\n"
    assert store_imports.guessed(data, "x.csv").header_row == 3
    assert store_imports.guessed(b"Name,Address\nExample,X\n", "x.csv") == Reading()


def test_another_sheet_is_read_where_one_is_named(world, db_session):
    data = workbook(封面=[["示例"]], 名单=[["企业名称"], ["示例丙厂"]])
    actor = world.actor("coordinator")
    row = store_imports.look_at(actor, data, "x.xlsx")
    assert row.outcome["problem"] and store_imports.details(row)["sheets"] == ["封面", "名单"]
    store_imports.look(actor, store_imports.read_again(actor, row, Reading(sheet="名单")))
    assert row.outcome["new"] == 1
    with pytest.raises(Problem):
        store_imports.look(actor, store_imports.read_again(actor, row, Reading(sheet="不存在")))


def test_headers_that_stand_twice_or_not_at_all_have_names():
    assert labels(["Phone", "", "Phone", "A"]) == ("Phone", "#B", "Phone (2)", "A")


@pytest.mark.parametrize(
    ("text", "dates", "day"),
    [
        ("2024-03-31", Dates.day_first, date(2024, 3, 31)),
        ("31.03.2024", Dates.day_first, date(2024, 3, 31)),
        ("31/3/24", Dates.day_first, date(2024, 3, 31)),
        ("03/31/2024", Dates.month_first, date(2024, 3, 31)),
        ("3-4-98", Dates.day_first, date(1998, 4, 3)),
        ("3-4-98", Dates.month_first, date(1998, 3, 4)),
        ("24.3.31", Dates.year_first, date(2024, 3, 31)),
        ("98年12月1日", Dates.year_first, date(1998, 12, 1)),
        ("56-1-1", Dates.year_first, date(2056, 1, 1)),
        ("57-1-1", Dates.year_first, date(1957, 1, 1)),
    ],
)
def test_dates_in_each_order(text, dates, day):
    assert value("member_since", text, dates) == day


@pytest.mark.parametrize(
    ("text", "dates"),
    [
        ("31.02.2024", Dates.day_first),
        ("31.03.2024", Dates.year_first),
        ("31/3/24", Dates.month_first),
        ("0.1.24", Dates.day_first),
    ],
)
def test_a_day_that_does_not_exist_is_refused(text, dates):
    with pytest.raises(Unreadable):
        value("member_since", text, dates)


def test_a_reading_goes_into_a_file_and_back():
    assert from_file(as_file(SAID), COLUMNS) == SAID


_short = st.text(st.characters(categories=("L", "N")), min_size=1, max_size=6)
_facts = st.sampled_from(sorted(COLUMNS))


@given(
    st.builds(
        Reading,
        sheet=st.none() | _short,
        header_row=st.none() | st.integers(1, 50),
        dates=st.sampled_from(Dates),
        encoding=st.none() | st.sampled_from(sorted(ENCODINGS)),
        separator=st.none() | st.sampled_from(",;\t"),
        columns=st.dictionaries(_short, _facts | st.just(""), max_size=4),
        split=st.dictionaries(_short, _short, max_size=2),
        constants=st.dictionaries(_facts, _short, max_size=2),
        words=st.dictionaries(_facts, st.dictionaries(_short, _short, min_size=1, max_size=2), max_size=2),
    )
)
def test_every_reading_comes_back_as_it_was(reading):
    assert from_file(as_file(reading), COLUMNS) == reading
    assert from_json(reading.as_json(), COLUMNS) == reading


@pytest.mark.parametrize(
    "data",
    [
        b"\xff\xfe\x00", b"a: [", b"- 1", b"headers: {}", b"header_row: 0", b"header_row: yes", b"dates: soon",
        b"columns: {a: 1}", b"columns: {a: salary}", b"constants: {salary: '1'}", b"words: {sector: x}", b"words: 3",
        b"sheet: [1]",
    ],
)  # fmt: skip
def test_a_file_that_says_it_wrong_is_told(data):
    with pytest.raises(Problem):
        from_file(data, COLUMNS)


def test_lines_typed_on_the_page():
    assert constants_of("country = CN\n\n workers＝20 ") == {"country": "CN", "workers": "20"}
    assert words_of("sector：制衣 = C18\nsector: a=b = C33") == {"sector": {"制衣": "C18", "a": "b = C33"}}
    for wrong in ("country CN", "= CN"):
        with pytest.raises(Problem):
            constants_of(wrong)
    with pytest.raises(Problem):
        words_of("制衣 = C18")


def test_on_the_page_it_is_shown_corrected_and_kept(app, sign_in, world):
    client = sign_in("coordinator")
    shown = client.post("/register/import/", {"file": (io.BytesIO(MESSY), "会员.csv")})
    assert "No column is known to hold the names" in shown.text
    at = shown.path
    said = {"header_row": "3", "dates": "day_first", "constants": "country CN", "words": ""}
    assert "cannot be read" in client.post(f"{at}/reading", said, status=422).text
    client.post(f"{at}/reading", {**said, "constants": ""})
    named = {"column.0": "name", "column.1": "address", "column.2": "address", "column.4": "member_since"}
    spoken = {"constants": "Country or region = CN", "words": "行业: 制衣 = C18", "save_as": "Old list"}
    read = client.post(f"{at}/reading", {**said, **named, **spoken})
    assert "Sector: 制衣 = C18" in client.get(at).text and "Country or region = CN" in client.get(at).text
    assert "The file was read again" in read.text and "示例乙五金厂" in read.text
    kept = from_file(client.http.get(f"{at}/reading.yaml").data, COLUMNS)
    assert kept.columns["门牌"] == "address" and kept.columns["所属"] == ""
    assert "Old list" in client.get("/register/import/").text
    with app.app_context():
        (reading,) = store_imports.kept_readings(world.actor("coordinator"))
    again = client.post("/register/import/", {"file": (io.BytesIO(MESSY), "x.csv"), "kept": str(reading.id)})
    assert "示例乙五金厂" in again.text
    client.post(f"/register/import/readings/{reading.id}/drop")
    assert "Old list" not in client.get("/register/import/").text


def test_the_command_reads_with_a_file_of_columns(app, tmp_path, world):
    (tmp_path / "members.csv").write_bytes(MESSY)
    (tmp_path / "columns.yaml").write_bytes(as_file(SAID))
    run = partial(app.test_cli_runner().invoke, group)
    name = str(world.association_id)
    asked = ["import", str(tmp_path / "members.csv"), "--association", name]
    unclear = run(asked)
    assert unclear.exit_code == 1, unclear.output
    assert "No column is known to hold the names" in unclear.output
    done = run([*asked, "--map", str(tmp_path / "columns.yaml"), "--look"])
    assert done.exit_code == 0 and "2 new" in done.output, done.output


TWO_IN_ONE = "企业名称,联系人及电话\n示例拆分甲厂,张示例/0871-1/转2\n示例拆分乙厂,李示例\n".encode("gb18030")


def test_a_column_of_two_facts_is_taken_apart(world, db_session):
    actor = world.actor("coordinator")
    said = Reading(
        split={"联系人及电话": "/"},
        columns={
            "联系人及电话 [1]": "contact_name",
            "联系人及电话 [2]": "contact_phone",
            "联系人及电话 [3]": "contact_phone",
        },
    )
    row = store_imports.look_at(actor, TWO_IN_ONE, "a.csv", said)
    assert row.outcome["new"] == 2 and row.outcome["unused"] == []
    shown = [(one["label"], one["split"], one["means"]) for one in store_imports.details(row)["columns"]]
    assert shown[1:3] == [("联系人及电话", "/", ""), ("联系人及电话 [1]", None, "contact_name")]
    store_import_writes.apply(actor, row)
    made = session().exec(select(Enterprise).where(Enterprise.name == "示例拆分甲厂")).one()
    assert (made.contact_name, made.contact_phone) == ("张示例", "0871-1 转2")
    other = session().exec(select(Enterprise).where(Enterprise.name == "示例拆分乙厂")).one()
    assert (other.contact_name, other.contact_phone) == ("李示例", "")


def test_what_is_left_of_a_cell_goes_into_the_last_part():
    table = taken_apart(Table(["A", "A"], [["1-2-3-4-5-6-7", "x"], ["1", "y"]], [2, 3]), {"A": "-"})
    assert table.headers[2:] == ["A [1]", "A [2]", "A [3]", "A [4]", "A [5]", "A [6]"]
    assert table.rows == [["1-2-3-4-5-6-7", "x", "1", "2", "3", "4", "5", "6-7"], ["1", "y", "1", "", "", "", "", ""]]


def test_the_characters_are_said_where_they_cannot_be_found_out(sign_in):
    client = sign_in("coordinator")
    # Too little to tell Chinese from accented Latin letters: rare characters of GB 18030 alone.
    data = "企业名称\n示例㑇㒀㓃厂\n".encode("gb18030") + b"\xff"
    shown = client.post("/register/import/", {"file": (io.BytesIO(data), "a.csv")})
    assert "cannot be read" in shown.text or "No column is known" in shown.text
    assert "Encoding" in shown.text and "UTF-16 LE" in shown.text
    read = client.post(f"{shown.path}/reading", {"dates": "year_first", "encoding": "big5", "separator": ";"})
    assert "cannot be read" in read.text
    assert client.get(shown.path).form("/reading")["separator"] == ";"


def test_a_file_says_its_encoding_and_separator(world, db_session):
    data = "企业名称|x;地址\n示例编码甲厂;路\n".encode("utf-16-le")
    actor = world.actor("coordinator")
    row = store_imports.look_at(
        actor, data, "a.csv", Reading(encoding="utf-16-le", separator=";", columns={"企业名称|x": "name"})
    )
    assert row.outcome["new"] == 1
    with pytest.raises(Problem):
        from_file(b"encoding: utf-7", COLUMNS)
    with pytest.raises(Problem):
        from_file(b"split: {a: ''}", COLUMNS)
