"""An import is taken back whole, or not at all once something depends on its rows."""

from dataclasses import replace
from datetime import date
from io import BytesIO

import pytest
import sqlalchemy as sa
from sqlmodel import SQLModel, select

from compliance.enterprises import rules, store, store_headcounts, store_import_writes, store_imports
from compliance.enterprises.models import Enterprise, Workplace
from compliance.people import store as people
from compliance.people import store_ties
from compliance.people.rules import TieKind
from compliance.shared import audit
from compliance.shared.database import session
from compliance.shared.jobs import Job
from compliance.shared.problems import Conflict, Refused, Stale
from tests.bench.register import code_of

FIRST = f"""name,address,credit code,workers,women,member since,status
示例撤销甲厂,示例路1号,{code_of(31)},50,30,2020-01-02,member
示例撤销乙厂,示例路2号,,20,5,,member
"""
SECOND = f"""name,address,credit code,workers,women,member since,status
示例撤销甲厂,示例路9号,{code_of(31)},80,31,2021-03-04,left
示例撤销丙厂,示例路3号,,7,,,member
"""


def brought_in(actor, text):
    row = store_imports.look_at(actor, text.encode(), "a.csv")
    store_import_writes.apply(actor, row)
    session().commit()
    return row


def dump():
    """Both tables as they are, but for the counters of changes."""
    session().expire_all()
    tables = (sa.inspect(Enterprise).local_table, sa.inspect(Workplace).local_table)
    columns = [[column for column in table.columns if column.name != "revision"] for table in tables]
    return [sorted(map(repr, session().execute(sa.select(*some)).all())) for some in columns]


def test_what_was_new_goes_and_what_was_changed_is_what_it_was(world, db_session):
    actor = world.actor("coordinator")
    brought_in(actor, FIRST)
    before = dump()
    row = brought_in(actor, SECOND)
    assert dump() != before
    assert 80 in [one.workers for one in store_headcounts.of(actor, found("示例撤销甲厂").id)]
    told = []
    assert store_import_writes.undo(actor, row, lambda done, total: told.append((done, total))) == {
        "removed": 1,
        "put_back": 1,
    }
    session().commit()
    assert dump() == before
    assert 80 not in [one.workers for one in store_headcounts.of(actor, found("示例撤销甲厂").id)]
    assert told[-1] == (4, 4)
    assert next(line.verb for line in audit.about(row.id)) == "register.import_undone"
    with pytest.raises(Conflict, match="nothing to take back"):
        store_import_writes.undo(actor, row)
    again = store_imports.look_at(actor, SECOND.encode(), "a.csv")
    assert (again.outcome["new"], again.outcome["changed"]) == (1, 1), "and it can be imported once more"


def found(name):
    return session().exec(select(Enterprise).where(Enterprise.name == name)).one()


def edited(world):
    row = found("示例撤销丙厂")
    store.edit(world.system, row, replace(rules.as_stored(row), address="示例路33号"))


def another_workplace(world):
    store.add_workplace(world.system, found("示例撤销丙厂"), rules.WorkplaceFacts(name="Second"))


def a_pledge(world):
    store.record_pledge(
        world.system, found("示例撤销丙厂"), code_version="2026", signed_on=date(2026, 1, 5), signed_by="示例代表"
    )


def changed_again(world):
    brought_in(world.actor("coordinator"), SECOND.replace(",80,", ",81,"))


@pytest.mark.parametrize("happening", [edited, another_workplace, a_pledge, changed_again])
def test_it_is_refused_once_something_depends_on_it(world, db_session, happening):
    actor = world.actor("coordinator")
    brought_in(actor, FIRST)
    row = brought_in(actor, SECOND)
    happening(world)
    session().commit()
    before = dump()
    with pytest.raises(Conflict) as refused:
        store_import_writes.undo(actor, row)
    assert "示例撤销" in refused.value.facts["names"]
    session().rollback()
    assert dump() == before


def test_every_table_that_points_to_an_enterprise_is_asked():
    """Whatever package brings a table with a key to the register: it is asked, or only follows and goes along."""
    asked = {column.table.name for column, _target in store_import_writes._dependent()}
    pointing = {
        table.name
        for table in SQLModel.metadata.sorted_tables
        for key in table.foreign_keys
        if key.column.table.name in ("enterprise", "workplace")
    }
    assert pointing - asked == {"workplace", "trend_last", "imported_change", "suspected_pair"}
    assert {"visit", "drawn_workplace", "pledge", "tie", "complaint"} <= asked


def test_who_has_a_tie_to_one_of_them_takes_nothing_back(world, db_session):
    actor = world.actor("coordinator")
    row = brought_in(actor, SECOND)
    person = people.get(world.system, world.people["coordinator"])
    store_ties.declare(world.system, person, found("示例撤销丙厂").id, TieKind.kin)
    session().commit()
    with pytest.raises(Refused):
        store_import_writes.undo(world.actor("coordinator"), row)


def test_what_was_worked_out_before_a_change_is_worked_out_anew(world, db_session):
    actor = world.actor("coordinator")
    row = store_imports.look_at(actor, SECOND.encode(), "a.csv")
    prepared = store_import_writes.prepare(actor, row)
    store.create(world.system, {"name": "示例撤销丙厂", "address": "示例路3号"})
    with pytest.raises(Stale):
        store_import_writes.apply(actor, row, prepared=prepared)


def test_on_the_page_it_is_taken_back_by_who_may(app, sign_in, world):
    client = sign_in("coordinator")
    shown = client.post("/register/import/", {"file": (BytesIO(FIRST.encode()), "a.csv")})
    done = client.submit(shown, "/confirm")
    assert "Take the import back" in done.text
    assert "示例撤销甲厂" in client.get("/register/", q="撤销甲").text
    back = client.submit(done, "/undo")
    assert "Taken back on" in back.text
    assert "示例撤销甲厂" not in client.get("/register/", q="撤销甲").text
    assert "taken back" in client.get("/register/import/").text
    client.post(f"{shown.path}/undo", status=409)
    administrator = sign_in("administrator")
    own = administrator.submit(
        administrator.post("/register/import/", {"file": (BytesIO(FIRST.encode()), "b.csv")}), "/confirm"
    )
    assert "Take the import back" not in own.text
    administrator.post(f"{own.path}/undo", status=403)


def test_a_page_says_why_it_was_not_taken_back(app, sign_in, world):
    client = sign_in("coordinator", "zh")
    shown = client.post("/register/import/", {"file": (BytesIO(FIRST.encode()), "a.csv")})
    client.submit(shown, "/confirm")
    with app.app_context():
        row = found("示例撤销乙厂")
        store.edit(world.system, row, replace(rules.as_stored(row), workers=21))
        session().commit()
    assert "示例撤销乙厂" in client.post(f"{shown.path}/undo").text


def test_a_large_file_is_looked_at_in_the_background(app, sign_in, world, monkeypatch):
    monkeypatch.setattr(store_imports, "AT_ONCE", 10)
    client = sign_in("coordinator")
    looked = client.post("/register/import/", {"file": (BytesIO(FIRST.encode()), "a.csv")})
    assert "示例撤销甲厂" in looked.text
    with app.app_context():
        kinds = [job.kind for job in session().exec(select(Job))]
        assert "enterprises.look" in kinds
    again = client.post(f"{looked.path}/reading", {"dates": "day_first", "column.0": "name"})
    assert "示例撤销甲厂" in again.text
    broken = client.post("/register/import/", {"file": (BytesIO(b"PK\x03\x04 broken"), "a.xlsx")})
    assert "The workbook is damaged" in broken.text
