"""Past visits come in exactly as they were shown, once, and go out again as a whole."""

from dataclasses import fields, replace
from datetime import date
from pathlib import Path

import pytest
from sqlmodel import Session

from compliance.enterprises import store as enterprises
from compliance.enterprises.rules import EnterpriseFacts
from compliance.history import mapping as mappings
from compliance.history import store, store_imports
from compliance.history.rules import Shown, Sort
from compliance.shared import audit
from compliance.shared.problems import Conflict, NotFound, Problem
from tests.bench.register import code_of
from tests.world import World

HERE = Path(__file__).parent
DATA = HERE.parents[2] / "shared" / "data"
SF = ("sf_businesses.csv", "sf_inspections.csv", "sf_violations.csv")

MAP = """
source: Example City, Department of Health
currency: CNY
match: credit_code
scale: {lowest: 0, highest: 10, higher_is_better: true}
bands:
- {lowest: 0, highest: 5, name: Poor}
- {lowest: 6, highest: 10, name: Good}
files:
  places.csv:
    role: workplaces
    columns: {No: workplace, Name: name, Code: credit_code}
  visits.csv:
    role: visits
    dates: day_first
    columns: {No: workplace, Date: visited_on, Score: score, Owed: owed, Paid: paid}
  findings.csv:
    role: findings
    dates: day_first
    columns: {No: workplace, Date: visited_on, Text: text, Risk: severity}
    constants: {area: sanitation}
    words: {severity: {Red: critical, Blue: minor}}
    split: {text: '\\[ closed (?P<closed_on>[0-9.]+) \\]$'}
"""
PLACES = """No,Name,Code
1,Example Works,{code}
2,Other Works,
2,Other Works again,
"""
VISITS = """No,Date,Score,Owed,Paid
1,01.03.2024,4,1200.50,200
1,02.06.2024,8,,
2,31.02.2024,5,,
9,01.03.2024,5,,
2,05.03.2024,11,,
2,06.03.2024,7,,
2,06.03.2024,7.5,,
"""
FINDINGS = """No,Date,Text,Risk
1,01.03.2024,Dirty toilets [ closed 20.03.2024 ],Red
1,01.03.2024,No soap,Blue
2,07.03.2024,No water,Green
2,07.03.2024,No lamp,Red
8,07.03.2024,Nowhere,Red
"""


def uploads(world: World, visits: str = VISITS, findings: str = FINDINGS) -> list[tuple[str, bytes]]:
    places = PLACES.format(code=code_of(7))
    return [("places.csv", places.encode()), ("visits.csv", visits.encode()), ("findings.csv", findings.encode())]


def registered(world: World) -> None:
    row = enterprises.get(world.system, world.enterprises[0])
    facts = EnterpriseFacts(**{one.name: getattr(row, one.name) for one in fields(EnterpriseFacts)})
    enterprises.edit(world.system, row, replace(facts, credit_code=code_of(7)))


def mapping() -> mappings.HistoryMapping:
    return mappings.from_file(MAP.encode())


def test_what_was_shown_comes_in_and_everything_left_out_is_told(world: World, db_session: Session) -> None:
    registered(world)
    coordinator = world.actor("coordinator")
    row = store_imports.look_at(coordinator, uploads(world), mapping())
    counts = {name: row.outcome[name] for name in ("places", "linked", "visits", "findings", "closed", "lone", "split")}
    assert counts == {"places": 2, "linked": 1, "visits": 4, "findings": 3, "closed": 1, "lone": 1, "split": 1}
    said = [(one.sort.value, one.file, one.row, one.column, one.read) for one in store_imports.issues(row)]
    assert said == [
        ("repeated", "places.csv", 4, "No", "2"),
        ("refused", "visits.csv", 4, "Date", "31.02.2024"),
        ("alone", "visits.csv", 5, "No", "9"),
        ("refused", "visits.csv", 6, "Score", "11"),
        ("repeated", "visits.csv", 8, "Date", "06.03.2024"),
        ("refused", "findings.csv", 4, "Risk", "Green"),
        ("alone", "findings.csv", 5, "Date", "07.03.2024"),
        ("alone", "findings.csv", 6, "No", "8"),
    ]
    assert store.series(coordinator, "overall") == [], "nothing happens before it is confirmed"
    done: list[tuple[int, int]] = []
    store_imports.apply(coordinator, row, lambda n, total: done.append((n, total)))
    assert done[-1] == (9, 9)
    assert audit.about(row.id)[0].verb == "history.imported"
    newest, oldest = store.of_enterprise(coordinator, world.enterprises[0])
    assert (newest.visited_on, list(newest.scores)) == (date(2024, 6, 2), [("overall", 8.0, "Good")])
    assert (oldest.visited_on, oldest.owed, oldest.paid, oldest.currency) == (date(2024, 3, 1), 1200.5, 200.0, "CNY")
    assert [(one.text, one.severity, one.area, one.closed_on) for one in oldest.findings] == [
        ("Dirty toilets", "critical", "sanitation", date(2024, 3, 20)), ("No soap", "minor", "sanitation", None),
    ]  # fmt: skip
    with pytest.raises(Conflict):
        store_imports.apply(coordinator, row)
    db_session.commit()


def test_the_series_counts_plainly_and_leaves_out_ties(world: World, db_session: Session) -> None:
    registered(world)
    coordinator = world.actor("coordinator")
    store_imports.apply(coordinator, store_imports.look_at(coordinator, uploads(world), mapping()))
    [one] = store.series(coordinator, "overall")
    assert [(p.key, p.visits, p.short, p.scored, p.total) for p in one.periods] == [
        ("2024-Q1", 3, 1, 3, 18500), ("2024-Q2", 1, 0, 1, 8000),
    ]  # fmt: skip
    [wages] = store.series(coordinator, "wages")
    assert not wages.has_findings, "nobody looked for wages: no share is said"
    assert [p.short for p in store.series(coordinator, "overall", ["minor"])[0].periods] == [1, 0]
    [seen] = store.series(world.actor("manager"), "overall")
    assert seen.visits == 2, "the visits of an enterprise with a tie are left out"


def test_the_same_files_again_change_nothing(world: World, db_session: Session) -> None:
    coordinator = world.actor("coordinator")
    store_imports.apply(coordinator, store_imports.look_at(coordinator, uploads(world), mapping()))
    again = store_imports.look_at(coordinator, uploads(world), mapping())
    assert {name: again.outcome[name] for name in ("places", "visits", "findings", "unchanged")} == {
        "places": 0, "visits": 0, "findings": 0, "unchanged": 9,
    }  # fmt: skip
    other = store_imports.look_at(coordinator, uploads(world, VISITS.replace("2024,8,", "2024,9,")), mapping())
    [refused] = [one for one in store_imports.issues(other, Sort.refused) if not one.column]
    assert (refused.row, other.outcome["visits"]) == (3, 0), "what was imported first stays"


def test_an_import_is_undone_as_a_whole_unless_another_hangs_on_it(world: World, db_session: Session) -> None:
    registered(world)
    coordinator = world.actor("coordinator")
    first = store_imports.look_at(coordinator, uploads(world), mapping())
    store_imports.apply(coordinator, first)
    more = store_imports.look_at(coordinator, uploads(world, VISITS + "1,03.07.2024,9,,\n"), mapping())
    assert (more.outcome["visits"], more.outcome["places"]) == (1, 0)
    store_imports.apply(coordinator, more)
    with pytest.raises(Conflict, match="1 later"):
        store_imports.undo(coordinator, first)
    store_imports.undo(coordinator, more)
    store_imports.undo(coordinator, first)
    assert store.of_enterprise(coordinator, world.enterprises[0]) == []
    assert store.series(coordinator, "overall") == []
    with pytest.raises(Conflict):
        store_imports.undo(coordinator, first)
    back = store_imports.look_at(coordinator, uploads(world), mapping())
    assert back.outcome["visits"] == 4
    db_session.commit()


def test_managers_see_nothing_until_it_is_said(world: World, db_session: Session) -> None:
    registered(world)
    coordinator, manager = world.actor("coordinator"), world.actor("manager")
    row = store_imports.look_at(coordinator, uploads(world), mapping())
    with pytest.raises(Conflict):
        store_imports.show(coordinator, row, Shown.results)
    store_imports.apply(coordinator, row)
    assert store.of_enterprise(manager, world.enterprises[0]) == []
    store_imports.show(coordinator, row, Shown.results)
    seen = store.of_enterprise(manager, world.enterprises[0])
    assert [(len(one.findings), one.texts) for one in seen] == [(0, False), (2, False)]
    store_imports.show(coordinator, row, Shown.everything)
    assert all(one.texts for one in store.of_enterprise(manager, world.enterprises[0]))
    with pytest.raises(NotFound):
        store.of_enterprise(world.actor("manager2"), world.enterprises[0])
    with pytest.raises(NotFound):
        store_imports.applied(world.actor("stranger"), row.id)


def test_one_visit_in_several_rows_of_areas(world: World, db_session: Session) -> None:
    text = """
source: Older system
scale: {lowest: 0, highest: 100}
files:
  all.csv:
    role: visits
    columns: {Name: name, Date: visited_on, Area: area, Score: score}
"""
    rows = "Name,Date,Area,Score\nA,2024-01-02,工资,70\nA,2024-01-02,安全,80\nB,2024-01-02,wages,90\n"
    row = store_imports.look_at(
        world.actor("coordinator"), [("all.csv", rows.encode())], mappings.from_file(text.encode())
    )
    assert (row.outcome["places"], row.outcome["visits"], row.outcome["repeated"]) == (2, 2, 0)
    store_imports.apply(world.actor("coordinator"), row)
    found, total = store.visits_of_import(world.actor("coordinator"), row, 1)
    assert total == 2
    assert sorted(len(one.scores) for one in found) == [1, 2]


def test_without_a_mapping_it_is_guessed_and_only_the_source_is_asked(world: World, db_session: Session) -> None:
    legend = b"Minimum_Score,Maximum_Score,Description\n0,5,Poor\n6,10,Good\n"
    files = [("v.csv", b"business_id,name,date,score\n1,A,13.2.2024,4\n"), ("legend.csv", legend)]
    row = store_imports.look_at(world.actor("coordinator"), files)
    assert row.outcome["problem"]["code"] == "mapping-source"
    assert row.mapping["files"]["v.csv"]["dates"] == "day_first"
    assert [one["name"] for one in row.mapping["bands"]] == ["Poor", "Good"]
    said = mappings.from_json({**row.mapping, "source": "Older system"})
    row = store_imports.look_again(world.actor("coordinator"), row, said)
    assert (row.outcome["visits"], row.source) == (1, "Older system")


def test_a_pattern_that_never_ends_is_stopped(world: World, db_session: Session, monkeypatch) -> None:
    from compliance.history import splitting

    monkeypatch.setattr(splitting, "LONGEST", 1.0)
    with pytest.raises(Problem, match="too long"):
        splitting.split(r"(a+)+$", ["a" * 60 + "b"])


def test_three_files_of_a_city_come_in_whole(world: World, db_session: Session) -> None:
    if not (DATA / SF[0]).exists():
        pytest.skip("the real files are not here (they lie beside the project in ../shared/data)")
    coordinator = world.actor("coordinator")
    files = [(name, (DATA / name).read_bytes()) for name in SF]
    row = store_imports.look_at(coordinator, files, mappings.from_file((HERE / "sf.yaml").read_bytes()))
    expected = {
        "places": 6399, "visits": 14233, "findings": 39006, "lone": 932, "split": 30607, "closed": 30604,
        "alone": 932, "repeated": 33, "noted": 144, "refused": 0,
    }  # fmt: skip
    assert {name: row.outcome[name] for name in expected} == expected
    future = [one for one in store_imports.issues(row, Sort.noted) if "future" in one.wrong]
    assert len(future) == 3, "closed on a day that is still to come"
    store_imports.apply(coordinator, row)
    [series] = store.series(coordinator, "overall")
    assert (series.visits, series.has_findings) == (14233, True)
    again = store_imports.look_at(coordinator, files, mappings.from_file((HERE / "sf.yaml").read_bytes()))
    assert (again.outcome["visits"], again.outcome["unchanged"]) == (0, 6399 + 14233 + 39006)
    store_imports.undo(coordinator, row)
    assert store.series(coordinator, "overall") == []


def test_wages_owed_come_in_through_a_mapping(world: World, db_session: Session) -> None:
    if not (DATA / "us_whd_sf_district_cases.csv").exists():
        pytest.skip("the real files are not here (they lie beside the project in ../shared/data)")
    name = "us_whd_sf_district_cases.csv"
    how = mappings.from_file((HERE / "whd.yaml").read_bytes())
    row = store_imports.look_at(world.actor("coordinator"), [(name, (DATA / name).read_bytes())], how)
    assert (row.outcome["visits"], row.outcome["refused"]) == (1425, 0)
    store_imports.apply(world.actor("coordinator"), row)
    found, total = store.visits_of_import(world.actor("coordinator"), row, 1)
    assert total == 1425
    assert {one.currency for one in found} == {"USD"}
