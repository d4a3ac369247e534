"""What the lists of results give as files goes back in as the past, by its headings alone."""

import io
from typing import Any

import pytest
from flask import Flask
from sqlmodel import col, select

from compliance.casework import lists
from compliance.history import mapping as mappings
from compliance.history import store_imports
from compliance.history.facts import Role
from compliance.history.models import HistoryImport, PastFinding, PastScore, PastVisit, PastWorkplace
from compliance.history.rules import Sort
from compliance.shared.database import session
from compliance.shared.spreadsheets import read_rows
from tests.casework.made import released, short
from tests.manners import Client
from tests.world import World


def told(app: Flask, world: World) -> None:
    """Two released visits, one of them with findings of several areas, one of zero tolerance."""
    with app.app_context():
        released(world, [short("WAG01"), short("SAF01"), short("PUN01"), short("SOC01")])
        released(world, [], place=1)


def looked_at(client: Client, **addresses: str) -> HistoryImport:
    """Send lists, as they come, to the page of the past, and say nothing but the source."""
    files = [(io.BytesIO(client.http.get(address).data), name.replace("_", ".")) for name, address in addresses.items()]
    data = {"files": files, "source": "Our own lists", "csrf_token": client.token()}
    page = client.get(client.http.post("/history/import/", data=data).headers["Location"])
    row = session().exec(select(HistoryImport).order_by(col(HistoryImport.created_at).desc())).first()
    assert row is not None and str(row.id) in page.path
    assert "problem" not in row.outcome, row.outcome
    return row


@pytest.mark.parametrize("language", ["en", "zh"])
@pytest.mark.parametrize("ending", ["csv", "xlsx"])
def test_visits_and_findings_come_back_as_they_went(
    app: Flask, sign_in: Any, world: World, language: str, ending: str
) -> None:
    told(app, world)
    client = sign_in("coordinator", language)
    with app.app_context():
        row = looked_at(
            client,
            **{
                f"visits_{ending}": f"/results/?export={ending}",
                f"findings_{ending}": f"/findings/?view=all&export={ending}",
            },
        )
        assert not store_imports.issues(row), store_imports.issues(row)
        coordinator = world.actor("coordinator")
        visits, findings = lists.released(coordinator), lists.findings(coordinator, view="all")
        assert visits.total == 2 and findings.total == 4
        store_imports.apply(coordinator, row)
        session().commit()
        back = session().exec(
            select(PastVisit, PastWorkplace, PastScore)
            .join(PastWorkplace, col(PastVisit.workplace_id) == col(PastWorkplace.id))
            .join(PastScore, col(PastScore.visit_id) == col(PastVisit.id))
        )
        assert sorted((place.name, visit.visited_on, score.thousandths) for visit, place, score in back) == sorted(
            (one.enterprise, one.visited_on, None if one.hidden else round(one.score * 1000)) for one in visits.rows
        )
        found = session().exec(select(PastFinding)).all()
        assert sorted((one.area, one.severity, one.found_on) for one in found) == sorted(
            (one.area, one.severity, one.visited_on) for one in findings.rows
        )
        assert all(one.visit_id for one in found)


@pytest.mark.parametrize("language", ["en", "zh"])
def test_actions_are_the_findings_that_they_follow(app: Flask, sign_in: Any, world: World, language: str) -> None:
    told(app, world)
    client = sign_in("coordinator", language)
    with app.app_context():
        both = {"visits_csv": "/results/?export=csv", "findings_csv": "/findings/?view=all&export=csv"}
        row = looked_at(client, **both)
        store_imports.apply(world.actor("coordinator"), row)
        session().commit()
        again = looked_at(
            client, visits_csv="/results/?export=csv", actions_csv="/actions/?view=all&columns=all&export=csv"
        )
        assert not store_imports.issues(again, Sort.refused)
        counts = again.outcome
        assert (counts["visits"], counts["findings"]) == (0, 0), "the same facts, whichever list they come from"
        assert counts["unchanged"] == 2 + 2 + 4


def test_a_list_of_plans_brings_no_visit(app: Flask, sign_in: Any, world: World) -> None:
    told(app, world)
    data = sign_in("coordinator").http.get("/visits/plan?export=csv").data
    with app.app_context():
        table = read_rows(data, "plan.csv")
    assert {one.role for one in mappings.guess({"plan.csv": table}, "x").files.values()} <= {Role.workplaces}
