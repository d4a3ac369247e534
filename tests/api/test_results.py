"""What programs are given: what was released, as its enterprise reads it, and nothing that would tell more."""

import hashlib
import re
from datetime import UTC, datetime, timedelta

import pytest

from compliance.api import rules
from compliance.api.rules import Scope
from compliance.casework import release
from compliance.checklists.rules import Verdict
from compliance.enterprises import store as enterprises
from compliance.letters import store as letters
from compliance.referrals import store as dangers
from compliance.scorecards import store as scorecards
from compliance.shared import clock
from compliance.shared.database import session
from compliance.visits import store as visits
from compliance.visits.rules import Known
from tests.api.test_door import UNKNOWN
from tests.casework import made
from tests.casework.test_non_interference import NOW, Unreleased, a_past

LISTS = ("enterprises", "scorecards", "findings", "actions", "letters")
SECRET = "Li Lan, the only welder, said so at 14:05."


def everything(one):
    """Every answer that a program can get by following what it is given."""
    found = {}
    for name in LISTS:
        for address in (name, f"{name}?limit=1"):
            answer = one.call(address)
            found[address] = (answer.headers["ETag"], answer.headers.get("Link"), answer.data)
        for row in one.get(f"{name}?limit=200")["items"]:
            found[f"{name}/{row['id']}"] = one.call(f"{name}/{row['id']}").data
            if name == "letters":
                found[f"letters/{row['id']}/pdf"] = one.call(f"letters/{row['id']}/pdf").data
            if name == "enterprises":
                for other in LISTS[1:]:
                    address = f"{other}?enterprise={row['id']}"
                    found[address] = one.call(address).data
    for address in (
        "trends/areas", "trends/areas?figure=shortfall", "trends/areas?first=2026-10-01&last=2026-12-31",
        "trends/periods", "trends/periods?step=month", "trends/groups", "trends/groups?by=size&figure=critical",
    ):  # fmt: skip
        found[address] = one.call(address).data
    return found


def test_nothing_that_is_not_released_changes_a_byte(app, world, program, monkeypatch):
    monkeypatch.setattr(rules, "A_MINUTE", 10_000)
    with clock.at(NOW - timedelta(days=5)), app.app_context():
        a_past(world)
    with clock.at(NOW):
        one = program()
        before = everything(one)
        assert sum("letters/" in address for address in before) >= 2
        assert sum("findings/" in address for address in before) >= 2
        hidden = Unreleased(world)
        for step in Unreleased.STEPS:
            with app.app_context():
                step(hidden)
                session().commit()
            now = everything(one)
            told = [address for address in {**before, **now} if before.get(address) != now.get(address)]
            assert not told, f"after “{step.__name__}” a program is told by {told[:5]}"
        with app.app_context():
            made.safe(world)
            release.release(world.actor("reviewer"), hidden.id)
            session().commit()
        assert everything(one) != before, "a release is seen: the comparison works"


def test_ids_of_what_is_not_released_look_like_ids_that_nobody_has(app, world, program):
    with clock.at(NOW), app.app_context():
        a_past(world)
        hidden = Unreleased(world)
        for step in (Unreleased.planned, Unreleased.handed_out, Unreleased.answered, Unreleased.sealed):
            step(hidden)
        Unreleased.referred(hidden)
        session().commit()
        reviewer = world.actor("reviewer")
        real = {
            "findings": [row.id for row in made_findings(reviewer, hidden.id)],
            "actions": [row.id for row in made_actions(reviewer, hidden.id)],
            "letters": [row.id for row in letters.of_visit(reviewer, hidden.id)],
            "scorecards": [scorecards.current(reviewer, hidden.id).id],
        }
    assert all(real.values())
    with clock.at(NOW):
        one = program()
        for name, ids in real.items():
            nobody = one.call(f"{name}/{UNKNOWN}", status=404)
            for id in ids:
                answer = one.call(f"{name}/{id}", status=404)
                assert (answer.data, sorted(answer.headers)) == (nobody.data, sorted(nobody.headers))
        for id in real["letters"]:
            one.call(f"letters/{id}/pdf", status=404)


def made_findings(actor, visit_id):
    from compliance.findings import store

    return store.of_visit(actor, visit_id)


def made_actions(actor, visit_id):
    from compliance.corrective_actions import store

    return store.of_visit(actor, visit_id)


def test_a_result_is_given_as_its_enterprise_reads_it(app, world, program):
    with clock.at(NOW), app.app_context():
        few = made.short("WAG01", workers=4, known_by=frozenset({Known.interview, Known.document}))
        visit_id = made.released(world, [few, made.short("SAF04", Verdict.partial, workers=12)])
        view = scorecards.current(world.actor("reviewer"), visit_id)
    with clock.at(NOW):
        one = program()
        (card,) = one.get("scorecards")["items"]
        assert (card["id"], card["visit"]) == (str(view.id), str(visit_id))
        assert card["overall"]["score"] == float(view.result.overall.score)
        whole = one.get(f"scorecards/{card['id']}")
        assert {line["item"]: line["verdict"] for line in whole["lines"]}["SAF04"] == "partial"
        found = {row["item"]: row for row in one.get(f"findings?enterprise={world.enterprises[0]}")["items"]}
        assert (found["WAG01"]["workers_affected"], found["WAG01"]["some_workers"]) == (None, True)
        assert (found["SAF04"]["workers_affected"], found["SAF04"]["some_workers"]) == (12, False)
        assert one.get(f"findings/{found['SAF04']['id']}") == found["SAF04"]
        assert "known" not in repr(found) and "Inspector" not in repr(found) + repr(whole)
        acts = {row["item"]: row for row in one.get("actions?state=open")["items"]}
        assert acts["SAF04"]["finding"] == found["SAF04"]["id"]
        assert one.get("actions?state=verified")["items"] == []
        (letter,) = one.get("letters")["items"]
        assert letter["standing"] == "in_force" and letter["visit"] == str(visit_id)
        pdf = one.call(f"letters/{letter['id']}/pdf")
        assert pdf.mimetype == "application/pdf"
        assert hashlib.sha256(pdf.data).hexdigest() == letter["sha256"]
        assert one.get("findings?since=2099-01-01T00:00:00Z")["items"] == []
        assert len(one.get("findings?since=2026-11-20T02:00:00%2B00:00")["items"]) == 2
        assert one.get(f"scorecards?enterprise={world.enterprises[1]}")["items"] == []


def test_what_is_sealed_and_who_is_in_danger_reaches_no_program(app, world, program):
    with clock.at(NOW), app.app_context():
        struck = made.short(
            "PUN05", facts=frozenset({"worker-struck"}), note=SECRET, known_by=frozenset({Known.interview})
        )
        visit_id = made.sealed(world, [struck, made.short("SAF04", Verdict.partial)])
        assert dangers.listed(world.system)
        from compliance.casework import corrections

        corrections.decide_sealed_fact(
            world.actor("reviewer"), visit_id, "PUN05", "worker-struck", False, "One worker."
        )
        release.release(world.actor("reviewer"), visit_id)
        session().commit()
    with clock.at(NOW):
        told = repr(everything(program()))
    assert SECRET not in told and "Li Lan" not in told and "worker-struck" not in told
    assert "SAF04" in told


def test_counts_of_a_few_people_are_closed_and_contact_persons_left_out(app, world, program):
    with app.app_context():
        row = enterprises.create(
            world.system,
            {
                "name": "Tiny Works 小厂", "workers": 34, "women": 30, "migrants": 3, "under_18": 7,
                "legal_representative": "Wang Wu", "contact_name": "Zhao Liu", "contact_phone": "13800000000",
                "contact_email": "z@example.org",
            },
        )  # fmt: skip
        few = enterprises.create(world.system, {"name": "Corner Shop 小店", "workers": 3})
        ids = row.id, few.id
        session().commit()
    one = program(Scope.register)
    got = one.get(f"enterprises/{ids[0]}")
    # 34 less 30 is four men: their number would show.
    assert {name: got[name] for name in ("workers", "women", "migrants", "under_18")} == {
        "workers": 34, "women": None, "migrants": None, "under_18": 7,
    }  # fmt: skip
    assert one.get(f"enterprises/{ids[1]}")["workers"] is None
    assert not re.search("Wang Wu|Zhao Liu|13800000000|z@example", one.call("enterprises?limit=200").text)
    assert [place["main"] for place in got["workplaces"]] == [True]


@pytest.mark.parametrize(
    ("count", "of", "told"), [(5, 10, 5), (5, 9, None), (4, 90, None), (90, 90, 90), (0, 90, None), (5, 4, None)]
)
def test_a_part_is_told_if_neither_it_nor_the_rest_is_small(count, of, told):
    assert rules.closed(count, of) == told


def test_the_register_is_narrowed(program, world):
    one = program(Scope.register)
    assert [row["sector"] for row in one.get("enterprises?sector=C19")["items"]] == ["C19"]
    assert len(one.get("enterprises?sector=C&district=530100&status=active")["items"]) == 2
    assert one.get("enterprises?status=left")["items"] == []


def test_trend_figures_are_those_of_the_pages(app, world, program):
    with clock.at(datetime(2026, 11, 20, 2, 0, tzinfo=UTC)):
        with app.app_context():
            made.released(world, [made.short("SAF04", Verdict.partial)])
        one = program(Scope.trends)
        areas = one.get("trends/areas?first=2026-10-05&last=2026-11-20")
        assert (areas["first"], areas["last"]) == ("2026-10-01", "2026-11-30")
        whole = areas["figures"][0]
        assert (whole["area"], whole["change"]) == ("overall", "unknown")
        assert whole["figure"] == {
            "estimate": None, "silent": "no_frame", "drawn_visits": 0, "plain": None, "visits": 1,
        }  # fmt: skip
        assert [one["period"] for one in one.get("trends/periods")["figures"]] == ["2026-Q4"]
        assert [one["group"] for one in program().get("trends/groups?by=sector")["figures"]] == ["C18"]
        for wrong in (
            "first=2026-01-01", "first=2026-02-01&last=2026-01-01", "first=2010-01-01&last=2026-01-01",
            "first=0001-01-01&last=0002-01-01", "first=0&last=0", "figure=item", "district=53", "size=huge",
        ):  # fmt: skip
            one.get(f"trends/areas?{wrong}", status=422)


def test_visits_are_no_part_of_the_door(app, world, program):
    with app.app_context():
        coordinator = world.actor("coordinator")
        row = visits.plan(
            coordinator, world.workplaces[0], planned_for=visits.today(coordinator),
            route=made.Route.targeted, inspector_ids=[world.people["inspector"]],
        )  # fmt: skip
        visit_id = row.id
        session().commit()
    one = program()
    assert str(visit_id) not in repr(everything(one))
    for address in ("visits", f"visits/{visit_id}", "complaints", "interviews"):
        one.get(address, status=404)
