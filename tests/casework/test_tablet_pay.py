"""Pay sheets that a tablet sends: kept under the seal of the visit, once, and reckoned there as on the page."""

import json
from typing import Any
from uuid import UUID, uuid4

import pytest
import sqlalchemy as sa

from compliance.casework import paying, sealing
from compliance.shared.database import session
from compliance.visits import store as visits
from compliance.visits import store_aside
from compliance.wages import store
from compliance.wages.records import Sheet
from tests.casework import made

pytestmark = pytest.mark.usefixtures("on_both_databases")

ROW = {
    "worker": "W1", "month": "2026-03", "group": "", "contract": "full_time", "basis": "month", "agreed": "2611.37",
    "hours": {"normal": "174"}, "pay": {"base": "2500.00"}, "due_on": "2026-04-15", "paid_on": "2026-04-15",
}  # fmt: skip


def edition(*rows: dict[str, Any], **more: Any) -> str:
    return json.dumps({"form": 1, "rows": list(rows), **more})


def enter(tablet: Any, visit: UUID, value: Any) -> dict[str, Any]:
    entry: dict[str, Any] = tablet.enter(visit, "@pay", f"edition:{uuid4()}", value)
    return entry


def carried(tablet: Any, visit: UUID) -> dict[str, Any]:
    found: dict[str, Any] = tablet.http.get(f"/tablet/visits/{visit}").json["pay"]
    return found


def sheet(acting: Any, visit: UUID) -> Sheet:
    found: Sheet = acting(lambda: store.sheet(visit))
    return found


def test_what_a_tablet_sent_is_on_the_sheet_and_comes_back_in_the_pack(tablet, handed, acting):
    one, visit = tablet(), handed()
    before = carried(one, visit)
    assert before["editions"] == [] and before["sheet"]["rows"] == [] and before["minimum_wages"]
    assert before["constants"][0]["articles"]["LL-44"]["text"]["zh_Hans_CN"] == "《劳动法》第四十四条"
    entry = enter(one, visit, edition(ROW, groups=[{"group": "", "workers": 40}]))

    assert len(one.send(visit).json["kept"]) == 1

    after = carried(one, visit)
    assert after["editions"] == [entry["field"].removeprefix("edition:")]
    [row] = sheet(acting, visit).rows
    assert str(row.record.agreed) == after["sheet"]["rows"][0]["agreed"] == "2611.37"
    assert after["sheet"]["groups"] == [{"group": "", "workers": 40}]


def test_what_the_page_kept_reaches_the_tablet(tablet, handed, acting, world):
    one, visit = tablet(), handed()
    stamp = one.http.get(f"/tablet/visits/{visit}").headers["ETag"]

    def on_the_page() -> None:
        actor = world.actor("inspector")
        paying.enter(actor, visits.get(actor, visit), store.records.read(json.loads(edition(ROW))))

    acting(on_the_page)
    again = one.http.get(f"/tablet/visits/{visit}", headers={"If-None-Match": stamp})
    assert again.status_code == 200 and again.json["pay"]["sheet"]["rows"][0]["worker"] == "W1"


def test_sent_twice_it_is_kept_once_and_the_receipt_is_whole(tablet, handed, acting):
    one, visit = tablet(), handed()
    enter(one, visit, edition(ROW))
    one.send(visit)
    assert len(one.send(visit).json["known"]) == 1
    assert acting(lambda: store.editions(visit)) == 1
    told = one.receipt(visit).json
    assert told["complete"] and told["digest"] == one.digest(visit)


def test_among_the_entries_of_the_visit_only_a_digest_stays(tablet, handed, on_server, acting):
    one, visit = tablet(), handed()
    enter(one, visit, edition(ROW))
    one.send(visit)
    [event] = on_server(visit)
    assert len(event.value) == 64

    def everywhere() -> bytes:
        connection = session().connection()
        tables = sa.inspect(connection).get_table_names()
        rows = (row for table in tables for row in connection.execute(sa.text(f'SELECT * FROM "{table}"')))
        values = (value for row in rows for value in row)
        return b"".join(bytes(one) if isinstance(one, bytes | memoryview) else str(one).encode() for one in values)

    assert b"2611.37" not in acting(everywhere)


def test_what_is_no_edition_is_refused_and_costs_no_other_entry(tablet, handed, acting):
    one, visit = tablet(), handed()
    enter(one, visit, "no json")
    enter(one, visit, edition({**ROW, "name": "Li Lan"}))
    enter(one, visit, edition({**ROW, "worker": "Li Lan"}))
    enter(one, visit, "[" * 5000)
    enter(one, visit, True)
    one.enter(visit, "@pay", f"other:{uuid4()}", "x")
    one.enter(visit, "@pay", "edition:1", "x")
    enter(one, visit, edition(ROW))
    one.enter(visit, "SAF04", "verdict", "compliant")

    said = one.send(visit).json

    assert sorted(refused["code"] for refused in said["refused"]) == (
        ["field-unknown"] * 2 + ["not-text"] + ["pay-sheet"] * 4
    )
    assert len(said["kept"]) == 2 and len(sheet(acting, visit).rows) == 1


def test_one_that_comes_after_the_seal_is_kept_all_the_same_and_asks_no_reviewer(tablet, acting, world):
    visit = acting(lambda: made.handed_out(world))
    one = tablet()
    enter(one, visit, edition(ROW))
    acting(lambda: sealing.seal(world.actor("inspector"), visit))

    assert [aside["code"] for aside in one.send(visit).json["aside"]] == ["sealed"]

    assert len(sheet(acting, visit).rows) == 1
    assert acting(lambda: store_aside.undecided(visits.get(world.actor("reviewer"), visit))) == 0


def test_nobody_else_sends_a_sheet(tablet, handed, acting):
    visit = handed()
    stranger = tablet("inspector2")
    enter(stranger, visit, edition(ROW))
    said = stranger.send(visit).json
    assert said["refused"] and sheet(acting, visit) == Sheet()
