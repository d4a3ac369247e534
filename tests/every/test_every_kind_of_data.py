"""Every table is classified, completely; what the register says can be done, and is said in both languages."""

import pytest
from flask import Flask
from sqlmodel import SQLModel

from compliance.privacy import register
from compliance.privacy.rules import PLAIN, End
from compliance.shared import worked_out  # noqa: F401 - a table that no package's models hold
from compliance.web import tables

tables.load_all()
TABLES = SQLModel.metadata.tables
REGISTER = register.read()


def test_every_table_is_classified_and_none_is_left_over(app: Flask) -> None:
    missing = set(TABLES) - set(REGISTER.tables)
    assert not missing, f"say in compliance/privacy/tables.yaml what these hold about people: {sorted(missing)}"
    assert not set(REGISTER.tables) - set(TABLES)


@pytest.mark.parametrize("name", sorted(TABLES))
def test_every_column_that_can_speak_is_under_one_kind_or_plain(name: str) -> None:
    told = [column for columns in REGISTER.tables.get(name, {}).values() for column in columns]
    speaking = {column.name for column in TABLES[name].columns if register.may_speak(column)}

    assert len(told) == len(set(told)), "a column stands twice"
    assert set(told) == speaking, "see compliance/privacy/tables.yaml"


def test_every_kind_is_known_and_used() -> None:
    used = {kind for one in REGISTER.tables.values() for kind in one} - {PLAIN}
    assert used == set(REGISTER.kinds)


@pytest.mark.parametrize("what", REGISTER.kinds.values(), ids=lambda what: what.id)
def test_a_kind_says_everything_in_both_languages(what) -> None:
    for text in (what.name, what.purpose, what.ground, what.readers, what.place, what.since, what.why):
        assert text.en and text.zh and text.en != text.zh
    assert what.law
    assert set(what.law) <= set(range(1, 75)), "the law has 74 articles"


@pytest.mark.parametrize("what", REGISTER.kinds.values(), ids=lambda what: what.id)
def test_what_is_not_kept_has_somebody_who_ends_it(what) -> None:
    if what.end is End.kept:
        assert not what.removals
        assert not what.keys
    elif what.end is End.key:
        assert what.keys or what.id == "trail", "which keys?"
        assert not what.removals
    else:
        assert what.removals
        assert what.days


@pytest.mark.parametrize("what", REGISTER.kinds.values(), ids=lambda what: what.id)
def test_what_the_night_does_names_columns_that_are_there(what) -> None:
    for removal in what.removals:
        rows = TABLES[removal.table]
        assert bool(removal.since) != bool(removal.gone)
        assert {*removal.since, *removal.gone, *removal.blank, *removal.files} <= set(rows.columns.keys())
        for hanging in removal.hanging:
            assert {hanging.by, *hanging.blank} <= set(TABLES[hanging.table].columns.keys())
            assert hanging.delete != bool(hanging.blank)
            assert hanging.delete or "id" in TABLES[hanging.table].columns


@pytest.mark.parametrize("what", REGISTER.kinds.values(), ids=lambda what: what.id)
def test_what_stands_in_place_of_what_was_emptied_fits_its_column(what) -> None:
    for removal in what.removals:
        for table, blank in [(removal.table, removal.blank), *((one.table, one.blank) for one in removal.hanging)]:
            for name, value in blank.items():
                column = TABLES[table].columns[name]
                longest = getattr(register.bare(column.type), "length", None)
                assert value is not None or column.nullable, f"{table}.{name} cannot be empty"
                written = "removed-" + "0" * 32 if value == "$unique" else str(value)
                assert longest is None or len(written) <= longest, f"{table}.{name} is too short for it"


@pytest.mark.parametrize("what", [k for k in REGISTER.kinds.values() if k.removals], ids=lambda what: what.id)
def test_what_a_kind_holds_is_emptied_or_hangs_on_what_is(what) -> None:
    emptied = {(one.table, name) for one in what.removals for name in (*one.blank, *one.files)}
    hanging = {one.table: one for removal in what.removals for one in removal.hanging}
    emptied |= {(table, name) for table, one in hanging.items() for name in one.blank}
    emptied |= {(one.table, column.name) for one in what.removals if one.delete for column in TABLES[one.table].columns}
    for table, kinds in REGISTER.tables.items():
        for name in kinds.get(what.id, ()):
            cleared = (table, name) in emptied or (table in hanging and hanging[table].delete)
            assert cleared or (table, name) in LEFT, f"{table}.{name} is not removed at the end"


LEFT = {
    ("photo_upload", "sha256"),  # half-sent photos go by themselves (visits/store_uploads.py)
    ("photo_part", "data"),
    ("privacy_breach", "what"),  # the record of a breach stays, as a proof
    ("privacy_breach", "kinds"),
    ("privacy_breach_step", "how"),
    ("privacy_hold", "reason"),
}


def test_what_is_emptied_never_stands_in_a_line_of_the_trail() -> None:
    for kind in REGISTER.kinds.values():
        for removal in kind.removals:
            if TABLES[removal.table].info.get("audit") is False:
                continue
            for name in removal.blank:
                column = TABLES[removal.table].columns[name]
                unsaid = not register.may_speak(column) or column.info.get("audit") is False
                assert unsaid or column.info.get("apart"), f"{removal.table}.{name}"
