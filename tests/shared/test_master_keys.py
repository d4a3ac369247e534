"""Master keys come from a file, the environment or a vault; a new one wraps everything anew while the product runs."""

import base64
import shlex
import sys
from pathlib import Path
from uuid import uuid4

import pytest

from compliance.shared import crypto, sealed_keys
from compliance.shared.database import session
from compliance.shared.sealed_keys import KeysMissing
from compliance.web import key_commands


@pytest.fixture
def kept(app, tmp_path):
    """A file of master keys of this test's own, with the one that wrapped the world's keys."""
    file = tmp_path / "sealing_keys"
    file.write_text(Path(app.config["SEALING_KEYS"]).read_text())
    before = {name: app.config[name] for name in ("SEALING_KEYS", "SEALING_KEY", "SEALING_KEYS_COMMAND")}
    app.config["SEALING_KEYS"] = str(file)
    yield file
    app.config.update(before)
    sealed_keys._told.cache_clear()


def sealed(world, text=b"said in confidence"):
    key = sealed_keys.made(world.system, "test", uuid4())
    session().commit()
    return key.id, sealed_keys.seal(key, "words", text)


def opened(id, value):
    session().expire_all()
    return sealed_keys.unseal(session().get_one(sealed_keys.SealedKey, id), "words", value)


def test_a_new_key_wraps_what_is_new_and_then_everything(app, world, db_session, kept):
    old = [sealed(world) for _number in range(3)]
    assert sealed_keys.add_to(kept) == 2
    new = sealed(world)
    counts = sealed_keys.by_master()
    assert counts[2] == 1 and counts[1] >= 3
    first = kept.read_text().splitlines()[0]
    while sealed_keys.rewrap():
        session().commit()
    assert sealed_keys.by_master()[1] == 0
    kept.write_text("\n".join(line for line in kept.read_text().splitlines() if line != first) + "\n")
    assert [opened(*one) for one in (*old, new)] == [b"said in confidence"] * 4
    assert oct(kept.stat().st_mode)[-3:] in ("600", "644")


def test_what_was_destroyed_stays_destroyed(app, world, db_session, kept):
    id, value = sealed(world)
    sealed_keys.destroy(world.system, session().get_one(sealed_keys.SealedKey, id))
    session().commit()
    sealed_keys.add_to(kept)
    while sealed_keys.rewrap():
        session().commit()
    with pytest.raises(sealed_keys.KeyDestroyed):
        opened(id, value)


def test_keys_come_from_the_environment_or_from_a_vault(app, world, db_session, kept, tmp_path):
    id, value = sealed(world)
    text = kept.read_text()
    kept.unlink()
    with pytest.raises(KeysMissing, match="put it back"):
        opened(id, value)
    app.config["SEALING_KEY"] = text.strip().replace("\n", ",")
    assert opened(id, value) == b"said in confidence"
    app.config["SEALING_KEY"] = ""
    vault = tmp_path / "vault.txt"
    vault.write_text(text)
    read = f"import pathlib; print(pathlib.Path({str(vault)!r}).read_text(), end='')"
    app.config["SEALING_KEYS_COMMAND"] = shlex.join([sys.executable, "-c", read])
    assert opened(id, value) == b"said in confidence"
    other = base64.b64encode(crypto.new_key()).decode()
    vault.write_text(f"{text}7 {other}\n")
    assert sealed_keys.file() is None
    key = session().get_one(sealed_keys.SealedKey, id)
    key.master = 7
    with pytest.raises(crypto.SealBroken):  # it was asked again, and the key is another one
        sealed_keys.unseal(key, "words", value)
    session().rollback()
    app.config["SEALING_KEYS_COMMAND"] = shlex.join([sys.executable, "-c", "raise SystemExit(3)"])
    sealed_keys._told.cache_clear()
    with pytest.raises(KeysMissing, match="ended with 3"):
        opened(id, value)


def test_the_commands_say_what_to_do(app, world, kept):
    def run(*args):
        return app.test_cli_runner().invoke(key_commands.keys, args)

    with app.app_context():
        sealed(world)
    assert "1: " in run("list").output
    assert "2 is the newest master key" in run("new").output
    assert "wrapped by master key 2" in run("rewrap").output
    assert "1: 0 keys" in run("list").output and base64.b64encode(b"x").decode() not in run("list").output
    assert "wrapped by master key 2" in run("rewrap").output, "once more does nothing"
    app.config["SEALING_KEY"] = kept.read_text().strip().replace("\n", ",")
    assert "add one there" in run("new").output
    app.config["SEALING_KEY"] = "rubbish"
    assert "not a number and a key" in run("list").output
