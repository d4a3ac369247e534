"""The calendar of deadlines: what it says, what it never says, and how its address is made, renewed and ended."""

import json
import re
from datetime import UTC, datetime, timedelta

import icalendar
import pytest
from sqlmodel import select

from compliance.casework import cases, store_calendar
from compliance.checklists.rules import Verdict
from compliance.corrective_actions import store as actions
from compliance.findings import store as findings
from compliance.findings.rules import Position
from compliance.people import store as people
from compliance.people.rules import Role
from compliance.shared import audit, clock, files
from compliance.shared.database import session
from tests.casework import made
from tests.casework.test_non_interference import Unreleased
from tests.casework.test_own import picture

NOW = datetime(2026, 11, 20, 2, 0, tzinfo=UTC)
FOUND = [made.short("WAG01", workers=6, note="SECRET NOTE"), made.short("SAF04", Verdict.partial)]


@pytest.fixture
def switched_on(app, world):
    """``switched_on("manager")``: the address of that person's calendar."""

    def make(who):
        with app.app_context():
            people.get(world.system, world.people[who]).language = "en"
            _, token = store_calendar.renew(world.actor(who))
            session().commit()
        return f"/calendar/{token}.ics"

    return make


def read(client, address, **headers):
    """The calendar at an address."""
    answer = client.http.get(address, headers=headers)
    assert answer.status_code == 200, answer.text
    assert answer.content_type == "text/calendar; charset=utf-8"
    return answer


def without_tokens(page):
    """A page without what guards its forms: it is another one each second."""
    return re.sub(r'(name="csrf_token"[^>]*? value=")[^"]*', r"\1", page)


def events(answer):
    """Its entries as (summary, day, status)."""
    calendar = icalendar.Calendar.from_ical(answer.data)
    return sorted(
        (str(one["summary"]), one.decoded("dtstart").isoformat(), str(one["status"])) for one in calendar.walk("VEVENT")
    )


def test_a_managers_calendar_counts_what_is_due_and_names_nothing(app, world, build, client, switched_on):
    with clock.at(NOW):
        visit_id = build(made.released, FOUND)
        answer = read(client, switched_on("manager"))
    with app.app_context():
        rows = actions.of_visit(world.actor("manager"), visit_id)
        enterprise = str(world.enterprises[0])
        told = findings.public_of_visit(world.actor("manager"), visit_id)
    found = events(answer)
    assert ("Last day to answer findings: 2", told[0].reply_due.isoformat(), "CONFIRMED") in found
    assert {day for text, day, _ in found if text.startswith("Corrective actions due")} <= {
        row.due_on.isoformat() for row in rows
    }
    assert sum(int(text.rpartition(" ")[2]) for text, _, _ in found if text.startswith("Corrective actions due")) == 2
    said = answer.text.replace("\r\n ", "")
    for part in ("SECRET", "WAG01", "SAF04", "Example Garments", "示例制衣", "wage", "Wages", "visit", "Manager One"):
        assert part not in re.sub(r"PRODID:.*", "", said), part
    assert f"/own/{enterprise}/actions" in said
    assert "\r\n" in answer.text
    assert all(len(line.encode()) <= 75 for line in answer.text.splitlines())
    for part in ("METHOD:PUBLISH", "REFRESH-INTERVAL;VALUE=DURATION:PT6H", "X-PUBLISHED-TTL:PT6H", "X-WR-CALNAME:",
                 "DTSTART;VALUE=DATE:", "TRANSP:TRANSPARENT", "CLASS:PRIVATE"):  # fmt: skip
        assert part in said, part


def test_the_same_deadlines_give_the_same_bytes_and_need_not_be_sent_again(build, client, switched_on):
    with clock.at(NOW):
        build(made.released, FOUND)
        address = switched_on("manager")
        first = read(client, address)
    with clock.at(NOW + timedelta(hours=5)):
        second = read(client, address)
        assert second.data == first.data
        assert second.headers["ETag"] == first.headers["ETag"]
        again = client.http.get(address, headers={"If-None-Match": first.headers["ETag"]})
        assert (again.status_code, again.data) == (304, b"")
        dated = client.http.get(address, headers={"If-Modified-Since": first.headers["Last-Modified"]})
        assert dated.status_code == 304


def test_what_is_done_is_called_off_under_the_same_name(app, world, build, client, switched_on):
    with clock.at(NOW):
        visit_id = build(made.released, [made.short("WAG01", workers=6)])
        address = switched_on("manager")
        before = icalendar.Calendar.from_ical(read(client, address).data)
    with clock.at(NOW + timedelta(days=1)), app.app_context():
        manager = world.actor("manager")
        [row] = actions.of_visit(manager, visit_id)
        actions.attach(manager, row.id, files.put(picture(), "image/jpeg"), "after.jpg")
        actions.send_evidence(manager, row.id, "Paid.")
        due = row.due_on
        session().commit()
    with clock.at(NOW + timedelta(days=1)):
        after = icalendar.Calendar.from_ical(read(client, address).data)

    def at(calendar):
        [one] = [one for one in calendar.walk("VEVENT") if one.decoded("dtstart") == due]
        return one

    old, new = at(before), at(after)
    assert (str(old["status"]), str(new["status"])) == ("CONFIRMED", "CANCELLED")
    assert str(old["uid"]) == str(new["uid"])
    assert int(new["sequence"]) > int(old["sequence"])
    assert new.decoded("dtstamp") > old.decoded("dtstamp")


def test_names_of_entries_are_each_persons_own(app, world, build, client, switched_on):
    with clock.at(NOW):
        build(made.released, FOUND)
        build(made.released, FOUND, place=1)
        seen = [
            {
                str(one["uid"])
                for one in icalendar.Calendar.from_ical(read(client, switched_on(who)).data).walk("VEVENT")
            }
            for who in ("manager", "manager2")
        ]
        renewed = icalendar.Calendar.from_ical(read(client, switched_on("manager")).data)
    assert all(seen)
    assert not seen[0] & seen[1]
    assert {str(one["uid"]) for one in renewed.walk("VEVENT")} == seen[0]


def test_an_officers_calendar_counts_what_waits_and_says_nothing_of_visits(app, world, build, client, switched_on):
    with clock.at(NOW):
        visit_id = build(made.released, FOUND)
        with app.app_context():
            manager = world.actor("manager")
            told = {one.item: one.id for one in findings.public_of_visit(manager, visit_id)}
            asked = {one.item: one.id for one in actions.of_visit(manager, visit_id)}
            cases.answer_finding(manager, told["SAF04"], Position.dispute, "It was signed.")
            actions.attach(manager, asked["WAG01"], files.put(picture(), "image/jpeg"), "after.jpg")
            actions.send_evidence(manager, asked["WAG01"], "Paid.")
            session().commit()
        build(made.sealed, FOUND, place=1)
        build(made.handed_out, FOUND, place=2)
        answers = {who: read(client, switched_on(who)) for who in ("reviewer", "leader", "coordinator", "inspector")}
    texts = {who: {text for text, _, _ in events(answer)} for who, answer in answers.items()}
    assert "Evidence to check: 1" in texts["reviewer"]
    assert "Decisions due: 1" in texts["reviewer"]
    assert "Decisions due: 1" in texts["leader"]
    for answer in answers.values():
        said = re.sub(r"PRODID:.*", "", answer.text.replace("\r\n ", "")).lower()
        for part in ("visit", "example", "secret", "site", "review", str(world.enterprises[0])):
            assert part not in said, part


def test_a_calendar_speaks_its_persons_language(app, world, build, client, switched_on):
    with clock.at(NOW):
        build(made.released, FOUND)
        address = switched_on("manager")
        with app.app_context():
            people.get(world.system, world.people["manager"]).language = "zh_Hans_CN"
            session().commit()
        said = read(client, address).text
    assert "整改事项到期" in said.replace("\r\n ", "")


def test_an_address_is_shown_once_renewed_and_switched_off(app, world, build, sign_in, client):
    build(made.released, FOUND)
    manager = sign_in("manager")
    start = manager.get("/account/calendar")
    assert "The calendar is off." in start.text
    manager.submit(start, "/account/calendar")
    shown = manager.http.get("/account/calendar").text
    address = re.search(r"/calendar/[A-Za-z0-9_-]{43}\.ics", shown).group(0)
    read(client, address)
    assert address not in sign_in("manager").http.get("/account/calendar").text
    manager.submit(manager.get("/account/calendar"), "/account/calendar")
    assert client.http.get(address).status_code == 404
    newer = re.search(r"/calendar/[A-Za-z0-9_-]{43}\.ics", manager.http.get("/account/calendar").text).group(0)
    read(client, newer)
    manager.submit(manager.get("/account/calendar"), "/account/calendar/off")
    assert client.http.get(newer).status_code == 404
    with app.app_context():
        lines = session().exec(select(audit.AuditLine).where(audit.AuditLine.verb.startswith("calendar."))).all()
        assert [line.verb for line in lines] == ["calendar.renewed", "calendar.renewed", "calendar.switched_off"]
        kept = json.dumps([line.changes for line in lines])
        assert address[10:-4] not in kept and newer[10:-4] not in kept


def test_a_calendar_is_gone_with_its_person_or_the_role(app, world, build, client, switched_on):
    build(made.released, FOUND)
    addresses = {who: switched_on(who) for who in ("manager", "reviewer")}
    for address in addresses.values():
        read(client, address)
    with app.app_context():
        people.deactivate(world.system, people.get(world.system, world.people["reviewer"]))
        people.set_roles(world.system, people.get(world.system, world.people["manager"]), {Role.administrator})
        session().commit()
    nobody = client.http.get("/calendar/nothing.ics")
    assert nobody.status_code == 404
    for address in addresses.values():
        gone = client.http.get(address)
        assert gone.status_code == 404
        assert without_tokens(gone.text).replace(address, "/calendar/nothing.ics") == without_tokens(nobody.text)


def test_who_has_no_deadlines_has_no_calendar(sign_in):
    administrator = sign_in("administrator")
    shown = administrator.get("/account/calendar")
    assert "There is no calendar for this account" in shown.text
    assert not [form for form in shown.document.iter("form") if "/account/calendar" in (form.get("action") or "")]


def test_a_calendar_is_fetched_so_often_and_no_oftener(build, client, switched_on, monkeypatch):
    from compliance.casework.views import calendars

    monkeypatch.setattr(calendars, "BY_CALENDAR", 3)
    build(made.released, FOUND)
    address = switched_on("manager")
    assert [client.http.get(address).status_code for _ in range(4)] == [200, 200, 200, 429]


def test_nothing_that_is_not_released_changes_a_byte_of_a_managers_calendar(app, world, build, client, switched_on):
    with clock.at(NOW - timedelta(days=5)):
        visit_id = build(made.released, [*FOUND, made.short("SAN01")])
        with app.app_context():
            manager = world.actor("manager")
            asked = {one.item: one.id for one in actions.of_visit(manager, visit_id)}
            actions.attach(manager, asked["WAG01"], files.put(picture(), "image/jpeg"), "after.jpg")
            actions.send_evidence(manager, asked["WAG01"], "Paid.")
            session().commit()
        address = switched_on("manager")
    with clock.at(NOW):
        before = read(client, address)
        hidden = Unreleased(world)
        for step in Unreleased.STEPS:
            with app.app_context():
                step(hidden)
                session().commit()
            now = read(client, address)
            assert (now.data, now.headers["ETag"]) == (before.data, before.headers["ETag"]), step.__name__
