"""The pages of the imported past: send, look, correct, confirm, read, open to managers, undo."""

import io
from typing import Any

import pytest
from flask import Flask

from compliance.casework import timeline
from compliance.history import store_imports
from compliance.history.rules import Shown
from compliance.people import store as people
from compliance.people import store_ties as ties
from compliance.shared.database import session
from tests.history.test_imports import MAP, mapping, registered, uploads
from tests.world import World


def applied(app: Flask, world: World) -> Any:
    with app.app_context():
        registered(world)
        coordinator = world.actor("coordinator")
        row = store_imports.look_at(coordinator, uploads(world), mapping())
        store_imports.apply(coordinator, row)
        session().commit()
        return row.id


def test_files_are_sent_looked_at_and_confirmed(sign_in: Any, world: World) -> None:
    client = sign_in("coordinator")
    assert "Nothing has been imported" in client.get("/history/").text
    client.get("/history/import/")
    files = [(io.BytesIO(data), name) for name, data in uploads(world)]
    sent = {"files": files, "map_file": (io.BytesIO(MAP.encode()), "map.yaml"), "csrf_token": client.token()}
    answer = client.http.post("/history/import/", data=sent)
    assert answer.status_code == 302
    address = answer.headers["Location"]
    shown = client.get(address)
    for part in ("Rows without a partner", "Repeated keys", "Refused rows", "31.02.2024", "new visits"):
        assert part in shown.text
    rows = client.http.get(f"{address}/rows.csv").data.decode("utf-8-sig")
    assert "31.02.2024" in rows
    assert "No workplace has this key." in rows
    assert client.http.get(f"{address}/rows.xlsx").status_code == 200
    assert "role: findings" in client.http.get(f"{address}/mapping.yaml").data.decode()
    client.post(f"{address}/confirm")
    assert "Imported on" in client.get(address).text
    listed = client.get("/history/")
    batch = client.get(_batch_of(listed))
    assert "Imported: from Example City, Department of Health, not scored by this system" in batch.text
    client.post(f"{address}/confirm", status=409)


def _batch_of(listed: Any) -> str:
    found = [one for one in listed.links("/history/") if len(one.rstrip("/").split("/")[-1]) == 36]
    return str(found[0])


def test_a_mapping_is_corrected_on_the_page_and_kept(sign_in: Any, world: World) -> None:
    client = sign_in("coordinator")
    files = [(io.BytesIO(data), name) for name, data in uploads(world)]
    answer = client.http.post("/history/import/", data={"files": files, "csrf_token": client.token()})
    address = answer.headers["Location"]
    assert "Say from where the results come" in client.get(address).text
    wrong = client.post(f"{address}/mapping", {"mapping": "source: [}"}, status=422)
    assert "no YAML" in wrong.text
    client.post(f"{address}/mapping", {"mapping": MAP, "save_as": "City"})
    assert "Import as shown" in client.get(address).text
    assert "City" in client.get("/history/import/").text


def test_without_files_it_says_what_is_missing(sign_in: Any) -> None:
    client = sign_in("coordinator")
    answer = client.http.post("/history/import/", data={"csrf_token": client.token()})
    assert answer.status_code == 422


@pytest.mark.parametrize("language", ["en", "zh"])
def test_trends_show_it_as_a_row_of_its_own_with_a_break(app: Flask, sign_in: Any, world: World, language: str) -> None:
    applied(app, world)
    client = sign_in("leader", language)
    head = {
        "en": "Imported: from Example City, Department of Health, not scored by this system",
        "zh": "导入：来自Example City, Department of Health，非本系统评分",
    }[language]
    words = {"en": "Here this system begins.", "zh": "自此起为本系统的走访。"}[language]
    for figure in ("score", "shortfall", "critical"):
        shown = client.get(f"/trends/?figure={figure}")
        assert head in shown.text
        assert words in shown.text
    assert head not in client.get("/trends/?sector=C18").text, "nothing is known of its sectors"
    sheet = client.http.get("/trends/?figure=shortfall&table=imported-1&format=xlsx")
    assert sheet.status_code == 200


def test_a_manager_sees_what_was_opened(app: Flask, sign_in: Any, world: World) -> None:
    import_id = applied(app, world)
    address = f"/history/of/{world.enterprises[0]}"
    manager = sign_in("manager")
    assert "Nothing imported" in manager.get(address).text
    manager.get("/history/", 403)
    manager.get(f"/history/of/{world.enterprises[1]}", 404)
    coordinator = sign_in("coordinator")
    assert "Dirty toilets" in coordinator.get(address).text
    coordinator.post(f"/history/{import_id}/shown", {"shown": "results"})
    manager = sign_in("manager")
    seen = manager.get(address)
    assert "paid: 200.00 CNY" in seen.text
    assert "Dirty toilets" not in seen.text
    coordinator = sign_in("coordinator")
    coordinator.post(f"/history/{import_id}/undo")
    assert "This import was undone" in coordinator.get(f"/history/{import_id}").text
    assert "Nothing imported" in coordinator.get(address).text


def test_the_timeline_of_an_enterprise_has_it_for_those_who_may_read_it(app: Flask, world: World) -> None:
    import_id = applied(app, world)

    def told(who: str, id: Any) -> list[str]:
        return [f"{one.title} {one.text}" for one in timeline.of(world.actor(who), id, "past")]

    with app.test_request_context():
        ours = next(id for id in world.enterprises if told("coordinator", id))
        assert all(one.startswith("Imported: from Example City") for one in told("leader", ours))
        assert len(told("coordinator", ours)) == len(told("inspector", ours)) > 0
        assert told("administrator", ours) == []
        person = people.get(world.system, world.people["manager"])
        for bound in ties.bindings(person):
            ties.unbind(world.system, person, bound.enterprise_id)
        ties.bind(world.system, person, ours)
        session().commit()
        assert told("manager", ours) == []
        store_imports.show(world.actor("coordinator"), store_imports.applied(world.system, import_id), Shown.results)
        session().commit()
        assert told("manager", ours)
