"""What is sealed opens with its key, label and bytes alone, and never again once the key has been destroyed."""

from datetime import date
from pathlib import Path
from uuid import UUID, uuid4

import pytest
import sqlalchemy as sa
from flask import Flask
from hypothesis import given
from hypothesis import strategies as st
from sqlmodel import Session

from compliance.casework import jobs
from compliance.people.rules import Actor, system_actor
from compliance.shared import audit, crypto, sealed_keys
from compliance.shared.sealed_keys import KeyDestroyed, KeysMissing
from tests.world import World

KEY, OTHER = b"k" * 32, b"o" * 32  # named in the tests' ids, so always the same
pieces = st.binary(max_size=300)


@given(pieces)
def test_what_is_sealed_opens_again_and_is_29_bytes_longer(clear: bytes) -> None:
    sealed = crypto.seal(KEY, "interview 1", clear)

    assert crypto.unseal(KEY, "interview 1", sealed) == clear
    assert len(sealed) == len(clear) + 29


@given(pieces, st.data())
def test_a_changed_bit_does_not_open(clear: bytes, data: st.DataObject) -> None:
    sealed = bytearray(crypto.seal(KEY, "a", clear))
    bit = data.draw(st.integers(0, len(sealed) * 8 - 1))
    sealed[bit // 8] ^= 1 << bit % 8

    with pytest.raises(crypto.SealBroken):
        crypto.unseal(KEY, "a", bytes(sealed))


@pytest.mark.parametrize(("key", "label", "cut"), [(OTHER, "a", 99), (KEY, "b", 99), (KEY, "a", 5), (KEY, "a", 0)])
def test_another_key_label_or_a_part_does_not_open(key: bytes, label: str, cut: int) -> None:
    sealed = crypto.seal(KEY, "a", b"word")

    with pytest.raises(crypto.SealBroken):
        crypto.unseal(key, label, sealed[:cut])


def test_the_same_words_never_look_the_same() -> None:
    assert crypto.seal(KEY, "a", b"word") != crypto.seal(KEY, "a", b"word")


@pytest.fixture
def actor(world: World) -> Actor:
    return system_actor(world.association_id)


def made(actor: Actor, holder: UUID, day: date | None = None) -> sealed_keys.SealedKey:
    key = sealed_keys.made(actor, "test", holder, destroy_on=day)
    audit.record(actor, "test.sealed")
    return key


def test_a_holder_has_one_key_and_only_its_own_opens(db_session: Session, actor: Actor) -> None:
    holder = uuid4()
    key, other = made(actor, holder), made(actor, uuid4())
    sealed = sealed_keys.seal(key, "answer", b"owed three months")

    assert made(actor, holder).id == key.id
    assert sealed_keys.opener(key)("answer", sealed) == b"owed three months"
    with pytest.raises(crypto.SealBroken):
        sealed_keys.unseal(other, "answer", sealed)


def test_keys_end_on_their_day_and_what_they_sealed_with_them(db_session: Session, actor: Actor) -> None:
    ended, later, kept = (made(actor, uuid4(), day) for day in (date(2020, 1, 1), date(9000, 1, 1), None))
    sealed = {key.id: sealed_keys.seal(key, "answer", b"word") for key in (ended, later, kept)}
    db_session.commit()

    jobs.destroy_due_keys()

    for key in (later, kept):
        assert sealed_keys.unseal(key, "answer", sealed[key.id]) == b"word"
    with pytest.raises(KeyDestroyed):
        sealed_keys.unseal(ended, "answer", sealed[ended.id])
    with pytest.raises(KeyDestroyed):
        sealed_keys.destroy_on(actor, ended, None)
    assert [line.verb for line in audit.about(ended.id)] == ["sealed_key.destroyed"]
    assert audit.first_broken_line() is None


def test_no_key_is_on_the_trail_or_in_the_database_as_it_is(db_session: Session, actor: Actor) -> None:
    key = made(actor, uuid4())
    wrapped = key.wrapped or b""

    trail = str(db_session.execute(sa.text("SELECT changes FROM audit_line")).all())
    assert "wrapped" not in trail
    assert wrapped.hex() not in trail
    assert len(wrapped) == 32 + 29


def test_without_the_file_of_master_keys_nothing_opens_and_none_is_made_anew(
    app: Flask, db_session: Session, actor: Actor
) -> None:
    file = Path(app.config["SEALING_KEYS"])
    key = made(actor, uuid4())
    sealed = sealed_keys.seal(key, "answer", b"word")
    assert file.stat().st_mode & 0o077 == 0
    aside = file.rename(file.with_name("aside"))
    with pytest.raises(KeysMissing, match="put it back"):
        sealed_keys.unseal(key, "answer", sealed)
    with pytest.raises(KeysMissing, match="sealed data are"):
        made(actor, uuid4())
    file.write_text("one key\n")
    with pytest.raises(KeysMissing, match="line 1"):
        sealed_keys.unseal(key, "answer", sealed)
    aside.rename(file)
    assert sealed_keys.unseal(key, "answer", sealed) == b"word"
