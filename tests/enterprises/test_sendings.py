"""A version of the code on its way: settled audiences, nobody twice, and counts that fit the register."""

import uuid
from dataclasses import replace
from datetime import UTC, date, datetime

import pytest

from compliance.casework import code_sendings
from compliance.enterprises import rules, store, store_life, store_sendings
from compliance.enterprises.life import Audience, LifeKind, Told
from compliance.people.rules import system_actor
from compliance.shared import clock, outbox
from compliance.shared.database import session
from compliance.shared.jobs import Run
from compliance.shared.problems import NotFound, Problem, Stale

NOW = datetime(2026, 12, 1, 2, 0, tzinfo=UTC)
BY = date(2026, 12, 31)
CODE = "2026.1"


@pytest.fixture
def who(db_session, world):
    with clock.at(NOW):
        yield world.actor("coordinator")


def pledge(who, enterprise_id, on=date(2026, 11, 1)):
    return store.record_pledge(
        who, store.get(who, enterprise_id), code_version=CODE, signed_on=on, signed_by="Somebody"
    )


def sent(who, audience=None, seen=None):
    audience = audience or Audience()
    seen = store_sendings.size_of(who, audience, CODE) if seen is None else seen
    row = store_sendings.confirm(who, uuid.uuid4(), 1, audience, BY, seen)
    session().commit()
    return row


def written(row, reminder=0):
    done = code_sendings.write_all(Run(uuid.uuid4()), str(row.id), reminder)
    session().commit()
    return done


def test_an_audience_is_members_of_today_narrowed_by_sector_and_pledge(who, world):
    first, second, third = world.enterprises
    assert store_sendings.size_of(who, Audience(), CODE) == 3
    assert store_sendings.size_of(who, Audience(sector="C"), CODE) == 2
    pledge(who, first)
    assert store_sendings.size_of(who, Audience(outstanding=True), CODE) == 2
    assert store_sendings.size_of(who, Audience(sector="C18", outstanding=True), CODE) == 0
    closed = Told(kind=LifeKind.closed, happened_on=NOW.date(), learnt_on=NOW.date())
    store_life.record(who, store.get(who, third), closed)
    assert store_sendings.size_of(who, Audience(outstanding=True), CODE) == 1
    row = pledge(who, second)
    store.withdraw_pledge(who, row, date(2026, 11, 20))
    assert store_sendings.size_of(who, Audience(outstanding=True), CODE) == 1, "what is withdrawn is no pledge"
    session().rollback()


def test_what_was_looked_at_is_what_is_sent(who, world):
    with pytest.raises(Stale):
        sent(who, seen=2)
    with pytest.raises(Problem):
        store_sendings.confirm(who, uuid.uuid4(), 1, Audience(), NOW.date(), 3)
    with pytest.raises(Problem):
        sent(who, Audience(sector="Z"), seen=0)
    with pytest.raises(NotFound):
        store_sendings.confirm(who, uuid.uuid4(), 99, Audience(), BY, 3)
    session().rollback()


def test_confirming_twice_sends_once(who, world):
    one = uuid.uuid4()
    store_sendings.confirm(who, one, 1, Audience(), BY, 3)
    session().commit()
    store_sendings.confirm(who, one, 1, Audience(), BY, 3)
    session().commit()
    assert [row.id for row in store_sendings.sendings(who)] == [one]
    assert store_sendings.lines(who, store_sendings.get(who, one)).total == 3


def messages_of(who, row):
    told = outbox.states_about([line.id for line in store_sendings.every_line(who, row)])
    return sorted(len(states) for states in told.values())


def test_nobody_gets_a_message_twice_whatever_is_killed(app, who, world, monkeypatch):
    row = sent(who)
    monkeypatch.setattr(code_sendings, "AT_ONCE", 1)
    through, killed = code_sendings._write, []

    def dies(*args):
        if killed:
            raise KeyboardInterrupt
        killed.append(True)
        return through(*args)

    monkeypatch.setattr(code_sendings, "_write", dies)
    with pytest.raises(KeyboardInterrupt):
        written(row)
    session().rollback()
    row = store_sendings.get(who, row.id)
    assert store_sendings.left_to_write(row, 0) == 2
    monkeypatch.setattr(code_sendings, "_write", through)
    assert written(row)["members"] == 2
    row = store_sendings.get(who, row.id)
    assert written(row) == {"members": 0, "messages": 0}
    counts = store_sendings.counts(who, store_sendings.get(who, row.id))
    assert counts.members == counts.written + counts.unreached == 3
    assert max(messages_of(who, store_sendings.get(who, row.id))) <= 1


def test_a_member_without_an_account_is_written_to_at_its_address_or_shown_as_unreached(who, world):
    third = store.get(who, world.enterprises[2])
    row = sent(who)
    written(row)
    counts = store_sendings.counts(who, store_sendings.get(who, row.id))
    without = {line.enterprise_id for line in store_sendings.every_line(who, row, "unreached")}
    assert counts.unreached == len(without)
    assert third.id in without
    store.edit(who, store.get(who, third.id), replace(rules.as_stored(third), contact_email="third@example.org"))
    session().commit()
    again = sent(who)
    written(again)
    [line] = [one for one in store_sendings.every_line(who, again) if one.enterprise_id == third.id]
    (message,) = outbox.about(line.id)
    assert message.recipient == "third@example.org"
    assert "/own/" not in message.body, "no account: no page to sign in to"
    assert CODE in message.body


def test_a_reminder_goes_to_those_outstanding_alone_and_once(who, world):
    row = sent(who)
    written(row)
    pledge(who, world.enterprises[0], NOW.date())
    row = store_sendings.remind(who, store_sendings.get(who, row.id))
    session().commit()
    assert written(row, 1)["members"] == 2
    assert written(store_sendings.get(who, row.id), 1)["members"] == 0
    outstanding = list(store_sendings.every_line(who, store_sendings.get(who, row.id), "outstanding"))
    assert {line.reminded for line in outstanding} == {1}
    assert [line.pledged_on for line in store_sendings.every_line(who, row, "pledged")] == [NOW.date()]
    for one in world.enterprises[1:]:
        pledge(who, one, NOW.date())
    with pytest.raises(Problem):
        store_sendings.remind(who, store_sendings.get(who, row.id))
    session().rollback()


def test_shares_count_all_members_by_sector_and_size(who, world):
    pledge(who, world.enterprises[0])
    pledge(who, world.enterprises[0], date(2026, 11, 2))
    shares = store_sendings.shares(who, CODE)
    assert (shares.whole.members, shares.whole.pledged) == (3, 1)
    assert [(one.name, one.members, one.pledged) for one in shares.sectors] == [
        ("C18", 1, 1), ("C19", 1, 0), ("H62", 1, 0),
    ]  # fmt: skip
    assert [(one.name, one.members, one.pledged) for one in shares.sizes] == [("small", 3, 1)]
    assert store_sendings.shares(who, "1999.1").whole.share == 0
    session().rollback()


def test_another_association_sees_nothing_of_it(who, world):
    row = sent(who)
    other = system_actor(world.noise_association_id)
    assert store_sendings.sendings(other) == []
    with pytest.raises(NotFound):
        store_sendings.get(other, row.id)
    assert store_sendings.shares(other, CODE).whole.members == 1


def test_who_sees_a_member_from_outside_finds_it_on_no_list(who, world):
    row = sent(who)
    tied = replace(who, tied_ids=frozenset(world.enterprises[:1]))
    assert store_sendings.counts(tied, row).members == 2
    assert world.enterprises[0] not in {line.enterprise_id for line in store_sendings.every_line(tied, row)}
