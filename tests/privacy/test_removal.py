"""What is over its time goes: from its row, from its files, from the trail; and the trail stays whole."""

from datetime import timedelta
from uuid import uuid4

import pytest
import sqlalchemy as sa
from sqlmodel import SQLModel

from compliance.casework import jobs
from compliance.enterprises import store as enterprises
from compliance.people import store as people
from compliance.people import store_invitations
from compliance.people.rules import Role
from compliance.privacy import register, store, store_removal
from compliance.shared import audit, clock, files, outbox, sealed_keys, trail_values
from compliance.shared.database import session
from compliance.shared.sealed_keys import KeyDestroyed
from compliance.visits.models import Evidence, Visit
from compliance.web import audit_commands

DAY = timedelta(days=1)


def later(days, run, *args):
    """Do something so many days from now."""
    with clock.at(clock.now() + timedelta(days=days)):
        return run(*args)


def night(world):
    found = store_removal.run(world.system, clock.today("Asia/Shanghai"))
    session().commit()
    return found


def everything_on_the_trail():
    return " ".join(str(line.changes) for line in session().exec(sa.select(audit.AuditLine)).scalars())


@pytest.fixture
def left(world, db_session):
    """Somebody who left."""
    person = people.create_person(
        world.system, "Zhao Liming", "zhaoliming", "x" * 20, [Role.inspector], email="zhao@example.org"
    )
    session().commit()
    people.deactivate(world.system, person)
    session().commit()
    return person


def test_the_trail_knows_a_name_only_under_seal(world, left):
    assert "Zhao" not in everything_on_the_trail()
    line = next(one for one in audit.about(left.id) if one.verb == "person.created")
    kept = line.changes[f"person {left.id}"]["created"]

    assert trail_values.opened(trail_values.PURPOSE, kept["name"]["sealed"]) == "Zhao Liming"
    assert trail_values.opened(trail_values.PURPOSE, kept["email"]["sealed"]) == "zhao@example.org"
    assert audit.first_broken_line() is None


def test_nothing_that_will_be_emptied_stands_on_the_trail_in_the_open(world, left):
    trail = everything_on_the_trail()
    for table in SQLModel.metadata.tables.values():
        for column in table.columns:
            if column.info.get("apart"):
                for value in session().execute(sa.select(column).where(column.is_not(None))).scalars():
                    plain = not isinstance(value, str) or len(value) < 4 or value in set(Role)
                    assert plain or value not in trail, f"{column}: {value}"


def test_an_account_goes_three_years_after_the_night_that_saw_it_closed(world, left):
    assert "account" not in night(world)
    assert "account" not in later(1094, night, world)
    assert later(1096, night, world)["account"] == 1

    session().refresh(left)
    assert "Zhao" not in left.name
    assert left.email is None and left.password is None
    assert left.username == f"removed-{left.id.hex}"
    line = next(one for one in audit.about(left.id) if one.verb == "person.created")
    digest = line.changes[f"person {left.id}"]["created"]["name"]["sealed"]
    with pytest.raises(KeyDestroyed):
        trail_values.opened(trail_values.PURPOSE, digest)
    assert audit.first_broken_line() is None, "the chain is whole without what was destroyed"
    assert later(1097, night, world) == {}, "once is enough"


def test_who_comes_back_begins_anew(world, left):
    night(world)
    later(1000, people.reactivate, world.system, left)
    session().commit()
    assert "account" not in later(1200, night, world)
    later(1201, people.deactivate, world.system, left)
    session().commit()
    assert "account" not in later(1202, night, world)
    assert "account" not in later(2296, night, world)
    assert later(2298, night, world)["account"] == 1


def test_an_open_account_stays(world, db_session):
    later(5000, night, world)
    person = people.get(world.system, world.people["inspector"])
    assert not person.username.startswith("removed")


def test_contacts_of_an_enterprise_go_a_year_after_it_left(world, db_session):
    id = world.enterprises[0]
    session().execute(
        sa.text("UPDATE enterprise SET status = 'left', contact_name = 'Li Si', contact_phone = '1' WHERE id = :id"),
        {"id": id.bytes if session().get_bind().dialect.name == "sqlite" else id},
    )
    session().commit()
    assert "contact" not in night(world)
    assert later(366, night, world)["contact"] == 1
    row = enterprises.get(world.system, id)
    session().refresh(row)
    assert (row.contact_name, row.contact_phone) == ("", "")
    assert row.name


def test_invitations_and_messages_go(world, db_session):
    store_invitations.invite(world.actor("administrator"), "Wang Wu", [Role.inspector], email="wang@example.org")
    session().commit()
    mails = outbox.listed(world.system).total
    removed = later(500, night, world)
    assert removed["invitation"] == 1
    assert removed.get("message", 0) == mails
    assert "wang@example.org" not in everything_on_the_trail()
    rest = session().execute(sa.text("SELECT count(*) FROM invitation WHERE email IS NOT NULL")).scalar()
    assert rest == 0


def test_a_photo_goes_with_its_file_unless_something_else_names_it(world, db_session):
    actor = world.system
    visit = Visit(
        association_id=world.association_id,
        enterprise_id=world.enterprises[0],
        workplace_id=world.workplaces[0],
        year=2026,
        number=900,
        route="random",
        planned_for=clock.today("Asia/Shanghai"),
    )
    alone, shared = (
        files.put(b"alone" + uuid4().bytes, "image/jpeg"),
        files.put(b"shared" + uuid4().bytes, "image/jpeg"),
    )
    session().add(visit)
    session().flush()
    rows = [
        Evidence(visit_id=visit.id, item="a", kind="photo", digest=one.digest, media_type="image/jpeg", size=1)
        for one in (alone, shared)
    ]
    session().add_all(rows)
    audit.record(actor, "test.made")
    session().commit()
    with clock.at(clock.now() + 400 * DAY):
        newer = Evidence(
            visit_id=visit.id, item="b", kind="photo", digest=shared.digest, media_type="image/jpeg", size=1
        )
        session().add(newer)
        audit.record(actor, "test.made")
        session().commit()

    assert "photo" not in later(1825, night, world)
    assert later(1827, night, world)["photo"] == 2
    with pytest.raises(Exception, match="no longer in the store"):
        files.get(alone.digest)
    assert files.get(shared.digest)
    session().refresh(rows[0])
    assert rows[0].struck_at is not None
    assert audit.first_broken_line() is None


# By UTC the day in Shanghai begins at 16:00 of the day before.
@pytest.mark.parametrize("hour", [1, 15, 17, 23])
def test_nothing_goes_before_its_last_day_in_the_zone_of_the_association_is_over(hour, world, db_session):
    came = clock.now().replace(hour=hour, minute=30)
    with clock.at(came):
        visit = Visit(
            association_id=world.association_id,
            enterprise_id=world.enterprises[0],
            workplace_id=world.workplaces[0],
            year=2026,
            number=900,
            route="random",
            planned_for=clock.today("Asia/Shanghai"),
        )
        session().add(visit)
        session().flush()
        digest = files.put(b"one" + uuid4().bytes, "image/jpeg").digest
        session().add(
            Evidence(visit_id=visit.id, item="a", kind="photo", digest=digest, media_type="image/jpeg", size=1)
        )
        audit.record(world.system, "test.made")
        session().commit()
    with clock.at(came + 1825 * DAY):
        assert "photo" not in night(world)
    with clock.at(came + 1826 * DAY):
        assert night(world)["photo"] == 1


def test_addresses_go_with_the_key_of_their_month(world, db_session):
    person = people.get(world.system, world.people["reviewer"])
    people.signed_in(person, clock.now(), "203.0.113.9", "en", "password")
    session().commit()
    line = audit.about(person.id)[0]
    assert trail_values.opened(trail_values.ADDRESSES, line.address) == "203.0.113.9"
    assert "sign_in" not in later(200, night, world)
    assert later(235, night, world)["sign_in"] >= 1
    with pytest.raises(KeyDestroyed):
        trail_values.opened(trail_values.ADDRESSES, line.address)
    assert audit.first_broken_line() is None


def test_a_dry_run_says_what_the_night_does_and_changes_nothing(world, left):
    night(world)
    with clock.at(clock.now() + 1100 * DAY):
        today = clock.today("Asia/Shanghai")
        before = audit.newest_hash()
        said = {one.kind.id: one.count for one in store_removal.due(world.association_id, today) if one.count}
        assert audit.newest_hash() == before
        assert night(world) == said


def test_a_hold_stops_removal_for_a_week_and_for_longer_only_with_a_second_person(world, left):
    night(world)
    asker = world.actor("administrator")
    with clock.at(clock.now() + 1090 * DAY):
        today = clock.today("Asia/Shanghai")
        hold = store.hold(asker, "account", "A court asks", today + 100 * DAY, today)
        session().commit()
    assert "account" not in later(1096, night, world)
    with pytest.raises(Exception, match="Another person"):
        store.confirm_hold(asker, hold)
    session().rollback()
    later(1097, store.confirm_hold, world.actor("leader"), hold)
    session().commit()
    assert "account" not in later(1150, night, world)
    assert later(1191, night, world)["account"] == 1


def test_an_unconfirmed_hold_lapses(world, left):
    night(world)
    with clock.at(clock.now() + 1090 * DAY):
        today = clock.today("Asia/Shanghai")
        store.hold(world.actor("administrator"), "account", "A court asks", today + 100 * DAY, today)
        session().commit()
    assert later(1098, night, world)["account"] == 1


def test_a_hold_keeps_keys_too_but_never_those_that_workers_were_promised(world, db_session):
    today = clock.today("Asia/Shanghai")
    for purpose in ("complaint", "interview_contact"):
        sealed_keys.made(world.system, purpose, world.enterprises[0], destroy_on=today)
    audit.record(world.system, "test.made")
    store.hold(world.actor("administrator"), "complaint", "A court asks", today, today)
    session().commit()
    jobs.destroy_due_keys()
    assert sealed_keys.of("complaint", world.enterprises[0]).wrapped is not None
    assert sealed_keys.of("interview_contact", world.enterprises[0]).wrapped is None
    for kind in ("interview", "interview_contact", "letter", "trail"):
        with pytest.raises(Exception, match="cannot be stopped"):
            store.hold(world.actor("administrator"), kind, "Because", today, today)


def test_the_trail_tells_kinds_and_numbers_and_no_content(world, left):
    night(world)
    later(1096, night, world)
    lines = [one for one in session().exec(sa.select(audit.AuditLine)).scalars() if one.verb == "privacy.removed"]
    assert {"kind": "account", "count": 1} in [line.changes["note"] for line in lines]
    assert all(set(line.changes) == {"note"} for line in lines)


def test_every_period_that_is_data_is_read(world):
    assert register.policy().answer_working_days == 15
    assert set(register.policy().breach_hours) == {"contained", "assessed", "authority", "persons", "closed"}


def test_a_value_of_the_trail_is_opened_by_command_and_that_is_a_line(app, world, left):
    line = next(one for one in audit.about(left.id) if one.verb == "person.created")
    digest = line.changes[f"person {left.id}"]["created"]["name"]["sealed"]
    shown = app.test_cli_runner().invoke(audit_commands.audit, ["open", digest])
    assert (shown.exit_code, shown.output) == (0, "Zhao Liming\n")
    session().rollback()
    newest = session().exec(sa.select(audit.AuditLine).order_by(audit.AuditLine.number.desc())).scalars().first()
    assert (newest.verb, newest.changes) == ("audit.opened", {"note": {"digest": digest}})
    night(world)
    later(1096, night, world)
    assert app.test_cli_runner().invoke(audit_commands.audit, ["open", digest]).exit_code == 1
