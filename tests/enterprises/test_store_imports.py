"""A spreadsheet is applied exactly as it was shown, or not at all."""

from dataclasses import replace
from pathlib import Path

import pytest
from sqlmodel import Session

from compliance.enterprises import rules, store, store_import_writes, store_imports
from compliance.people.rules import system_actor
from compliance.shared import audit
from compliance.shared.problems import Conflict, NotFound, Problem, Stale
from tests.bench.register import code_of
from tests.world import World

DATA = Path(__file__).parents[2].parent / "shared" / "data"
SHEET = f"""name,address,credit code,workers,women
示例制衣甲厂,示例路1号,{code_of(11)},50,30
示例制衣乙厂,示例路2号,,20,5
,nowhere,,,
示例制衣丙厂,示例路3号,12345,,
"""


def test_what_was_shown_is_done_once(world: World, db_session: Session) -> None:
    coordinator = world.actor("coordinator")
    row = store_imports.look_at(coordinator, SHEET.encode("gb18030"), "名册.csv")
    assert {k: row.outcome[k] for k in ("new", "changed", "unchanged", "refused")} == {
        "new": 2, "changed": 0, "unchanged": 0, "refused": 2,
    }  # fmt: skip
    assert store.search(coordinator, "制衣甲").total == 0, "nothing happens before it is confirmed"
    done: list[tuple[int, int]] = []
    assert store_import_writes.apply(coordinator, row, lambda n, total: done.append((n, total)))["new"] == 2
    assert done == [(4, 6), (6, 6)]
    [found] = store.search(coordinator, "制衣甲").rows
    assert (found.credit_code, found.workers, found.association_id) == (code_of(11), 50, world.association_id)
    [place] = store.workplaces_of(coordinator, found.id)
    assert (place.main, place.women, place.address) == (True, 30, "示例路1号")
    line, before = audit.about(row.id)
    assert (before.verb, line.verb) == ("register.looked_at", "register.imported")
    assert line.changes["note"]["counts"]["new"] == 2
    assert line.person_id == coordinator.person_id
    with pytest.raises(Conflict):
        store_import_writes.apply(coordinator, row)
    db_session.commit()  # nothing is left without an audit line


def test_a_second_import_changes_nothing_and_a_corrected_one_changes_what_differs(
    world: World, db_session: Session
) -> None:
    system = world.system
    store_import_writes.apply(system, store_imports.look_at(system, SHEET.encode(), "a.csv"))
    again = store_imports.look_at(system, SHEET.encode(), "a.csv")
    assert (again.outcome["new"], again.outcome["changed"], again.outcome["unchanged"]) == (0, 0, 2)
    corrected = SHEET.replace(",50,30", ",60,30").replace("乙厂,示例路2号,,", f"乙厂,示例路2号,{code_of(12)},")
    row = store_imports.look_at(system, corrected.encode(), "a.csv")
    assert [one["facts"] for one in store_imports.details(row)["changed"]] == [
        {"workers": ["50", "60"]}, {"credit_code": ["", code_of(12)]},
    ]  # fmt: skip
    store_import_writes.apply(system, row)
    [found] = store.search(system, "制衣甲").rows
    assert (found.workers, found.revision) == (60, 2)
    assert store.workplaces_of(system, found.id)[0].workers == 60, "the main workplace follows"
    assert store.search(system, code_of(12)).total == 1, "the new code is searched"
    db_session.commit()


def test_a_register_that_moved_on_stops_the_import(world: World, db_session: Session) -> None:
    system = world.system
    row = store_imports.look_at(system, SHEET.encode(), "a.csv")
    store.create(system, {"name": "示例制衣乙厂", "address": "示例路2号"})
    with pytest.raises(Stale):
        store_import_writes.apply(system, row)
    assert store.search(system, "制衣甲").total == 0


def test_an_import_belongs_to_who_sent_it(world: World, db_session: Session) -> None:
    coordinator = world.actor("coordinator")
    row = store_imports.look_at(coordinator, SHEET.encode(), "a.csv")
    assert store_imports.get(coordinator, row.id) is row
    for other in ("administrator", "stranger"):
        with pytest.raises(NotFound):
            store_imports.get(world.actor(other), row.id)


def test_a_tied_enterprise_is_left_out(world: World, db_session: Session) -> None:
    enterprise = store.get(world.system, world.enterprises[0])
    tied = replace(world.actor("coordinator"), tied_ids=frozenset([enterprise.id]))
    row = store_imports.look_at(tied, f"name,workers\n{enterprise.name},900\n".encode(), "a.csv")
    assert (row.outcome["changed"], row.outcome["refused"]) == (0, 1)


def test_refused_rows_come_back_with_the_file(world: World, db_session: Session) -> None:
    row = store_imports.look_at(world.system, SHEET.encode(), "a.csv")
    table, by_row = store_imports.refused_rows(row)
    assert table.headers[0] == "name"
    assert sorted(by_row) == [4, 5]


def test_a_broken_file_changes_nothing(world: World, db_session: Session) -> None:
    for data in (b"", b"PK\x03\x04broken"):
        with pytest.raises(Problem):
            store_imports.look_at(world.system, data, "a.csv")


def test_associations_do_not_meet_in_an_import(world: World, db_session: Session) -> None:
    store_import_writes.apply(world.system, store_imports.look_at(world.system, SHEET.encode(), "a.csv"))
    assert world.noise_association_id
    other = system_actor(world.noise_association_id)
    row = store_imports.look_at(other, SHEET.encode(), "a.csv")
    assert row.outcome["new"] == 2
    store_import_writes.apply(other, row)
    assert store.search(world.system, "制衣甲").total == store.search(other, "制衣甲").total == 1


def test_a_real_list_of_factories_comes_in_whole(world: World, db_session: Session) -> None:
    path = DATA / "factories_10.csv"
    if not path.exists():
        pytest.skip("the real list factories_10.csv is not here (it lies beside the project in ../shared/data)")
    row = store_imports.look_at(world.system, path.read_bytes(), path.name)
    assert store_import_writes.apply(world.system, row) == {"new": 54, "changed": 0, "unchanged": 0, "refused": 0}
    found = store.search(world.system, "shenzhen yi chang tai").rows[0]
    assert found.name == "Yi Chang Tai (Shenzhen) Garment Factory"
    assert rules.as_stored(found).sector == "C18"
    again = store_imports.look_at(world.system, path.read_bytes(), path.name)
    assert again.outcome["unchanged"] == 54
