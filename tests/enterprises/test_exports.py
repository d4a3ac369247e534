"""The register goes out as a file and comes straight back: no row is new, changed or refused."""

import random
from collections.abc import Callable

import pytest
from flask import Flask
from openpyxl import load_workbook
from sqlmodel import col, select

from compliance.enterprises import store_import_writes, store_imports
from compliance.shared.audit import AuditLine
from compliance.shared.downloads import VERB
from compliance.shared.spreadsheets import read_rows, write_csv
from tests.bench.register import code_of
from tests.manners import Client
from tests.world import World

SignIn = Callable[..., Client]
BEGINNINGS = ("", "=", "+", "-", "@", "＝", "＋", "－", "＠", "'=", "''@", "'", '"', "=cmd|' /C calc'!A0 ", "=1+1;,")
ROWS = 300


@pytest.fixture
def nasty(app: Flask, world: World) -> int:
    """A register of a few hundred members whose names try to be formulas; how many."""
    rng = random.Random(20261123)
    rows = []
    for number in range(ROWS):
        begins = BEGINNINGS[number % len(BEGINNINGS)]
        workers = rng.choice(["", "0", "12", "3500"])
        rows.append([
            f"{begins}往返厂{number}", rng.choice(["", f"+Round trip {number}", f"-{number}"]),
            code_of(20_000 + number) if number % 2 else "", rng.choice(["", "C18", "C1811"]),
            rng.choice(["", "530102"]), rng.choice(["", "micro", "large"]), workers,
            rng.choice(["", "@张", "李’四\"", "=王"]), rng.choice(["", "=HYPERLINK(\"x\")", "-1号,后门"]),
            rng.choice(["member", "left", "closed"]), rng.choice(["", "2019-02-28", "1988-12-31"]),
            rng.choice(["English", "Chinese", "both"]),
        ])  # fmt: skip
    headers = ["Name", "Other name", "Credit code", "Sector", "District", "Size", "Workers", "Contact", "Address",
               "Status", "Member since", "Letter language"]  # fmt: skip
    with app.app_context():
        from compliance.shared.database import session

        looked = store_imports.look_at(world.system, write_csv(headers, rows), "a.csv")
        assert store_import_writes.apply(world.system, looked)["new"] == ROWS
        session().commit()
    return ROWS


@pytest.mark.parametrize("language", ["en", "zh"])
@pytest.mark.parametrize("ending", ["csv", "xlsx"])
def test_every_row_comes_back_unchanged(
    sign_in: SignIn, app: Flask, world: World, nasty: int, ending: str, language: str
) -> None:
    answer = sign_in("coordinator", language).http.get(f"/register/download.{ending}?status=&sort=-workers")
    assert answer.status_code == 200
    with app.app_context():
        looked = store_imports.look_at(world.actor("coordinator"), answer.data, f"x.{ending}")
        counts = {name: looked.outcome[name] for name in ("new", "changed", "refused")}
        assert counts == {"new": 0, "changed": 0, "refused": 0}, store_imports.details(looked)
        assert looked.outcome["unchanged"] >= nasty


@pytest.mark.usefixtures("on_both_databases")
def test_what_is_exported_stands_on_the_trail_without_what_was_searched(
    sign_in: SignIn, app: Flask, nasty: int
) -> None:
    answer = sign_in("inspector", "zh").http.get("/register/download.csv?q=往返厂&sector=C18")
    assert answer.headers["Cache-Control"] == "no-store"
    assert "filename*=UTF-8''" in answer.headers["Content-Disposition"]
    found = len(read_rows(answer.data, "a.csv").rows)
    assert 0 < found < nasty
    with app.app_context():
        from compliance.shared.database import session

        line = session().exec(select(AuditLine).where(col(AuditLine.verb) == VERB)).one()
        note = line.changes["note"]
    assert line.person_id is not None
    assert (note["rows"], note["kind"], note["list"]) == (found, "csv", "enterprises.download")
    assert note["filters"] == {"q": True, "sector": ["C18"]}
    assert "往返厂" not in str(line.changes)


def test_a_workbook_can_be_filtered_and_its_head_stays_in_view(sign_in: SignIn, nasty: int, tmp_path) -> None:
    path = tmp_path / "register.xlsx"
    path.write_bytes(sign_in("leader").http.get("/register/download.xlsx?status=").data)
    sheet = load_workbook(path).active
    assert sheet is not None
    assert sheet.freeze_panes == "A2"
    assert sheet.auto_filter.ref == f"A1:S{sheet.max_row}"
    heads = {cell.value: cell.column for cell in sheet[1]}
    numbers = [row[heads["Workers"] - 1].value for row in sheet.iter_rows(min_row=2)]
    assert all(value is None or isinstance(value, int) for value in numbers)
    assert any(row[heads["Member since"] - 1].is_date for row in sheet.iter_rows(min_row=2))
    assert all(cell.data_type != "f" for row in sheet.iter_rows() for cell in row)
