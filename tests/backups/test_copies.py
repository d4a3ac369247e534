"""A copy is whole, comes back as it was, and is refused with one sentence where it is not."""

import base64
import shutil
from pathlib import Path

import pytest
import sqlalchemy as sa
from flask import Flask
from pydantic import SecretStr

from compliance.backups import copying, keys, named_files, proving, tables
from compliance.backups.copying import address
from compliance.backups.folder import Copies
from compliance.backups.keys import Keys
from compliance.backups.problems import CannotCopy, Unproved
from compliance.privacy import register
from compliance.shared import clock, files, sealed_keys
from compliance.shared.database import db, session
from compliance.shared.outbox import OutgoingMessage
from compliance.web import upgrade
from compliance.web.app import create_app
from compliance.web.tables import load_all
from tests.backups.conftest import Office, contents

BOTH = pytest.mark.usefixtures("on_both_databases")


def changed(path: Path) -> None:
    """One bit in the middle of a file is another."""
    data = bytearray(path.read_bytes())
    data[len(data) // 2] ^= 1
    path.write_bytes(data)


def opened(office: Office) -> Copies:
    return Copies(office.copies, keys.load(office.app.extensions["settings"]))


def first_copy(office: Office) -> Copies:
    """The folder of copies before there is any."""
    return Copies(office.copies, keys.load(office.app.extensions["settings"], make=True))


@BOTH
def test_one_moment_is_copied_and_comes_back_and_the_trail_goes_on(office: Office) -> None:
    office.write("Before")
    with office.app.app_context():
        now = clock.now()
        waiting = {"recipient": "a@example.org", "subject": "s", "body": "b", "give_up_at": now, "next_try_at": now}
        session().add(OutgoingMessage(**waiting))
        session().commit()
        db.engine.dispose()
    as_it_was, written = contents(office.app), []

    def told(_what: str, _done: int, _total: int) -> None:
        if not written:
            office.write("Meanwhile")
            written.append(True)

    copies = first_copy(office)
    with copies.alone():
        name = copying.make(office.app, copies, told).name
    assert written
    (stored,) = Path(office.app.config["FILES_FOLDER"]).glob("*/*")
    stored.write_bytes(b"damaged")

    assert office.run("restore", answer="n\n").exit_code == 1
    assert office.name() == "Meanwhile", "nothing is replaced without a word"
    told_by_it = office.done("restore", name, "--yes")

    assert "1 of 1 receipts replayed" in told_by_it
    assert "1 files opened: digests fit" in told_by_it
    assert "1 messages waited" in told_by_it, "they may have left since, and are not sent by themselves"
    assert office.name() == "Before"
    now_there = contents(office.app)
    differs = {table for table in now_there if now_there[table] != as_it_was[table]}
    assert differs == {"audit_line", "outgoing_message"}
    assert office.verbs()[0] == "backup.restored"
    assert office.rows("SELECT state FROM outgoing_message") == [("unsure",)]
    with office.app.app_context():
        assert files.get(stored.name), "the damaged file is whole again"


def test_the_drill_proves_and_replaces_nothing(office: Office) -> None:
    office.backup()
    office.write("After")

    assert "Nothing was replaced" in office.done("restore", "--prove")

    assert office.name() == "After"
    with office.app.app_context():
        assert not list(Path(str(address().database)).parent.glob("*.restoring*"))


@BOTH
def test_a_database_in_use_is_not_replaced(office: Office) -> None:
    office.backup()
    with office.app.app_context():
        url = address()
    with tables.opened(url) as engine, engine.connect() as somebody:
        somebody.exec_driver_sql("SELECT count(*) FROM association")

        assert office.refused("restore", "--yes").startswith("The database is in use")


def test_a_key_comes_from_the_environment_or_a_command_as_well(office: Office) -> None:
    settings = office.app.extensions["settings"]
    made = keys.load(settings, make=True)
    file = keys.file_of(settings)
    elsewhere = file.with_name("vault")
    file.rename(elsewhere)
    text = elsewhere.read_text().strip()

    for update in ({"backup_key": SecretStr(text)}, {"backup_key_command": f"cat {elsewhere}"}):
        assert keys.load(settings.model_copy(update=update)).newest == made.newest
    with pytest.raises(CannotCopy, match="COMMAND gave no key: ended with 1"):
        keys.load(settings.model_copy(update={"backup_key_command": "false"}))
    with pytest.raises(CannotCopy, match="line 1: not a number and a key"):
        keys.load(settings.model_copy(update={"backup_key": SecretStr("secret")}))


def test_a_file_is_written_once_for_all_copies(office: Office) -> None:
    office.backup()
    first = {path: path.stat().st_mtime_ns for path in office.copies.glob("files/*/*")}
    with clock.at(clock.now().replace(year=2030)):
        assert "0 files were not there yet" in office.done("backup")

    assert {path: path.stat().st_mtime_ns for path in office.copies.glob("files/*/*")} == first
    assert len(first) == 1


def test_a_changed_byte_or_a_missing_file_is_refused(office: Office) -> None:
    name = office.backup()
    copies = opened(office)
    manifest = copies.manifest(name)
    (file,) = office.copies.glob("files/*/*")
    for part in ("database", "files", "manifest"):
        changed(office.copies / name / part)
    for part in ("database", "files"):
        with (
            pytest.raises(Unproved, match=f"^{name}/{part} was changed or cut off"),
            copies.lines(name, part, f"{manifest.id} {part}") as lines,
        ):
            list(lines)
    assert office.refused("restore", "--yes").startswith(f"{name}/manifest was changed or cut off")

    (digest,) = {row[0] for row in office.rows("SELECT logo_digest FROM association WHERE logo_digest IS NOT NULL")}
    changed(file)
    with pytest.raises(Unproved, match=r"^The file files/.* of the copies was changed\.$"):
        copies.require_file(digest)
    file.unlink()
    with pytest.raises(Unproved, match=r"^The file files/.* is missing from the copies\.$"):
        copies.require_file(digest)
    (office.copies / name / "files").unlink()
    with pytest.raises(Unproved, match="the copy is not whole"):
        copies.digests(name, manifest)


def test_a_part_of_another_copy_is_refused(office: Office) -> None:
    first = office.backup()
    with clock.at(clock.now().replace(year=2030)):
        second = office.backup()
    shutil.copy(office.copies / first / "database", office.copies / second / "database")

    assert "was changed or cut off" in office.refused("restore", second, "--yes")


def test_another_key_and_no_key_are_refused(office: Office) -> None:
    name = office.backup()
    file = keys.file_of(office.app.extensions["settings"])
    file.write_text(f"1 {base64.b64encode(b'o' * 32).decode()}\n")

    assert office.refused("restore") == f"{name}/manifest was sealed by another backup key than those at hand."

    file.unlink()
    assert "put it back from its safe copy" in office.refused("restore")
    assert "put it back from its safe copy" in office.refused("backup"), "no second key for the same folder"


def test_a_copy_that_was_cut_off_is_none(office: Office) -> None:
    copies = first_copy(office)

    def told(what: str, _done: int, _total: int) -> None:
        if what == "Files":
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt), copies.alone():
        copying.make(office.app, copies, told)

    assert copies.names() == []
    assert "There is no copy in" in office.refused("restore")


def test_a_file_that_the_store_lacks_is_told_and_the_rest_is_copied(office: Office) -> None:
    stored = next(Path(office.app.config["FILES_FOLDER"]).glob("*/*"))
    stored.unlink()

    result = office.run("backup")

    assert result.exit_code == 3
    assert f"first {stored.name} (association.logo_digest)" in result.stderr
    assert "Restored." in office.done("restore", "--yes")


@BOTH
def test_an_older_copy_is_proved_and_then_brought_to_the_newest_schema(office: Office) -> None:
    with office.app.app_context():
        url = address()
    upgrade.migrate(url, tables.driver(url), "-1", down=True)
    office.backup()

    told = office.done("restore", "--yes")

    assert "brought to the newest" in told
    with tables.opened(url) as engine:
        assert upgrade.current(engine) == upgrade.newest()


def test_a_copy_of_a_newer_release_is_refused(office: Office) -> None:
    with office.app.app_context():
        url = address()
    with tables.opened(url) as engine, engine.begin() as connection:
        connection.exec_driver_sql("BEGIN") if url.get_backend_name() == "sqlite" else None
        connection.exec_driver_sql("UPDATE alembic_version SET version_num = '9999'")
        connection.exec_driver_sql("COMMIT") if url.get_backend_name() == "sqlite" else None
    office.backup()

    assert "is newer than this release" in office.refused("restore", "--yes")


def proved(office: Office, app: Flask | None = None) -> list[str]:
    """What the application proves of its own database."""
    with office.app.app_context():
        url = address()
    with tables.reading(url) as there:
        newest = there.newest_line()
    return list(proving.prove(app or office.app, url, newest, receipts=0))


@BOTH
def test_trail_receipts_and_keys_are_proved(office: Office) -> None:
    assert len(proved(office)) == 3


@pytest.mark.parametrize(
    ("trigger", "change", "said"),
    [
        ("audit_line_no_update", "UPDATE audit_line SET verb = 'x' WHERE number = 3", "is broken at line 3: keep"),
        ("scorecard_no_update", "UPDATE scorecard SET score = 1", r"1 receipts are not .*, first scorecard .*\."),
    ],
    ids=["trail", "receipt"],
)
def test_what_was_changed_before_the_copy_is_found(office: Office, trigger: str, change: str, said: str) -> None:
    with office.app.app_context():
        session().execute(sa.text(f"DROP TRIGGER {trigger}"))
        session().execute(sa.text(change))
        session().commit()
        db.engine.dispose()

    with pytest.raises(Unproved, match=said):
        proved(office)


def test_other_sealing_keys_are_refused(office: Office, tmp_path: Path) -> None:
    other = tmp_path / "other"
    sealed_keys.make_file(other)
    settings = office.app.extensions["settings"].model_copy(update={"sealing_keys": other})

    with pytest.raises(Unproved, match="master key 1 is another one than sealed these data"):
        proved(office, create_app(settings, TESTING=True, SECRET_KEY="test" * 10))

    other.write_text(f"2 {base64.b64encode(b'o' * 32).decode()}\n")
    with pytest.raises(Unproved, match="master key 1 is missing; put"):
        proved(office, create_app(settings, TESTING=True, SECRET_KEY="test" * 10))


def test_copies_that_are_kept_no_longer_go_with_the_files_that_they_alone_needed(office: Office) -> None:
    office.show("zh", "green")
    first, files_of_first = office.backup(), set(office.copies.glob("files/*/*"))
    office.show("zh", "blue")

    with clock.at(clock.now().replace(year=2030)):
        told = office.done("backup", "--daily", "1", "--weekly", "1", "--monthly", "1")

    assert f"Kept no longer: {first}, and 1 files" in told
    assert len(office.names()) == 1
    assert len(files_of_first & set(office.copies.glob("files/*/*"))) == 1, "the red one is needed still"


def test_names_tell_nothing_of_what_is_in_the_files(office: Office) -> None:
    office.backup()
    stored = next(Path(office.app.config["FILES_FOLDER"]).glob("*/*"))

    assert stored.name not in {path.name for path in office.copies.rglob("*")}
    everything = b"".join(path.read_bytes() for path in office.copies.rglob("*") if path.is_file())
    assert b"Example City" not in everything
    assert stored.read_bytes() not in everything


def test_other_keys_give_other_names() -> None:
    assert Keys({1: b"k" * 32}).files("d" * 64) != Keys({1: b"o" * 32}).files("d" * 64)


def test_every_column_that_could_name_a_file_is_known() -> None:
    load_all()
    found = {
        f"{table.name}.{column.name}"
        for table in OutgoingMessage.metadata.tables.values()
        for column in table.columns
        if ("digest" in column.name or "sha256" in column.name)
        and getattr(register.bare(column.type), "length", None) == 64
    }

    assert found == named_files.FILES | named_files.PERHAPS | named_files.OTHER_DIGESTS
