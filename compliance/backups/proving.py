"""Building a database from a copy, or from another database, and proving that it is the same."""

import json
from collections.abc import Iterator, Sequence
from typing import Any

import sqlalchemy as sa
from flask import Flask

from compliance.associations import store as associations
from compliance.backups import rooms, tables
from compliance.backups.copying import Told
from compliance.backups.folder import Copies, Manifest
from compliance.backups.loading import loading
from compliance.backups.problems import CannotCopy, Unproved
from compliance.backups.tables import Row, Sum, Summing, Table, check_same
from compliance.corrective_actions import store_draws
from compliance.people.rules import system_actor
from compliance.scorecards import store as scorecards
from compliance.shared import audit, database, sealed_keys
from compliance.web import upgrade
from compliance.web.app import create_app

RECEIPTS = 1000


def build(copies: Copies, name: str, manifest: Manifest, room: rooms.Room, told: Told) -> None:
    """Build the database of a copy in a room, at the schema that it had, and read every row back.

    Raises ``Unproved`` where anything differs from what was copied.
    """
    _make_schema(room.url, manifest.revision)
    same = room.url.get_backend_name() == manifest.dialect
    sums: dict[str, Sum] = {}
    done = 0
    with (
        copies.lines(name, "database", f"{manifest.id} database") as lines,
        loading(room.url, lambda left: told("Indexes", 0 if left else 1, 1)) as target,
    ):
        coming = _Coming(lines)
        for table_name, stored in manifest.tables.items():
            table = Table(table_name, tuple(stored["columns"]), tuple(stored["kinds"]), ())
            expected = Sum(stored["rows"], stored["digest"])
            copied, everywhere = Summing(table, same_everywhere=False), Summing(table, same_everywhere=True)

            def pieces(copied: Summing = copied, everywhere: Summing = everywhere) -> Iterator[Sequence[Row]]:
                nonlocal done
                for piece in tables.pieces_of(coming.lines()):
                    copied.add(piece)
                    if not same:
                        everywhere.add(piece)
                    done += len(piece.rows)
                    told("Rows", done, manifest.rows)
                    yield piece.rows

            coming.require(table_name)
            target.fill(table, pieces())
            check_same(table_name, expected, copied.sum(), "in the copy")
            sums[table_name] = expected if same else everywhere.sum()
    _read_back(room.url, sums, {n: t["columns"] for n, t in manifest.tables.items()}, same=same, told=told)


def transfer(source: tables.Reading, url: sa.URL, told: Told) -> int:
    """Build a database at an address from another one, and read every row back. How many rows there are.

    Raises ``Unproved`` where anything differs.
    """
    _make_schema(url, source.revision)
    every = source.tables()
    total, done = sum(source.count(table) for table in every), 0
    sums: dict[str, Sum] = {}
    same = url.get_backend_name() == source.dialect
    with loading(url, lambda left: told("Indexes", 0 if left else 1, 1)) as target:
        for table in every:
            summing = Summing(table, same_everywhere=not same)

            def pieces(table: Table = table, summing: Summing = summing) -> Iterator[Sequence[Row]]:
                nonlocal done
                for piece in source.pieces(table):
                    summing.add(piece)
                    done += len(piece.rows)
                    told("Rows", done, total)
                    yield piece.rows

            target.fill(table, pieces())
            sums[table.name] = summing.sum()
    _read_back(url, sums, {table.name: table.columns for table in every}, same=same, told=told)
    return total


def prove(app: Flask, url: sa.URL, newest_line: tuple[int, str], receipts: int) -> Iterator[str]:
    """Have the application itself look at a database that was built; yields a line for each thing proved.

    An older schema is first brought to the newest. Raises ``Unproved``.
    """
    settings = app.extensions["settings"].model_copy(
        update={"database_url": url.render_as_string(hide_password=False), "queue_url": "memory:"}
    )
    looking = create_app(settings)
    with tables.opened(url) as engine:
        older = upgrade.current(engine) != upgrade.newest()
    if older:
        upgrade.migrate(url, tables.driver(url))
        upgrade.fill_cells(looking)
        yield "The schema was brought to the newest."
    with looking.app_context():
        try:
            database.begin_reading()
            yield from _prove_trail(newest_line)
            try:
                sealed_keys.require_masters()
            except sealed_keys.KeysMissing as error:
                raise Unproved(f"What is sealed cannot be opened: {error}.") from None
            yield "The sealing keys open what is sealed."
            yield from _prove_receipts(receipts)
        finally:
            database.session().rollback()
            database.session().close()
            database.db.engine.dispose()


def _prove_trail(newest_line: tuple[int, str]) -> Iterator[str]:
    broken = audit.first_broken_line()
    if broken is not None:
        raise Unproved(
            f"The audit trail is broken at line {broken.number}: keep the copy as it is, and look at others."
        )
    number, newest = newest_line
    if number and audit.hash_of(number) != newest:
        raise Unproved(f"The audit trail does not reach line {number}, with which the copy ended.")
    yield f"The audit trail is whole, from its first line to line {number:,}."


def _prove_receipts(receipts: int) -> Iterator[str]:
    replayed, total = 0, 0
    for association in associations.every():
        actor = system_actor(association.id)
        here = scorecards.count(actor)
        total += here
        replayed += min(here, receipts) if receipts else here
        wrong = [f"scorecard {one.scorecard_id} ({one.code})" for one in scorecards.replay(actor, receipts or None)]
        wrong += [f"the draw of action {one.action_id} ({', '.join(one.codes)})" for one in store_draws.replay(actor)]
        if wrong:
            raise Unproved(f"{len(wrong):,} receipts are not what the rules give, first {wrong[0]}.")
    yield f"{replayed:,} of {total:,} receipts replayed, every draw for a check on site repeated: no difference."


class _Coming:
    """The rows of a copy, table by table."""

    def __init__(self, lines: Iterator[bytes]) -> None:
        self._lines, self._heading = lines, b""

    def require(self, table: str) -> None:
        """Go to the beginning of a table. Raises ``Unproved`` where another one comes."""
        heading = self._heading or next(self._lines, b"{}")
        if json.loads(heading).get("table") != table:
            raise Unproved(f"Table {table} is not where it should be in the copy.")

    def lines(self) -> Iterator[bytes]:
        """Its rows, up to the next heading."""
        self._heading = b""
        for line in self._lines:
            if line.startswith(b"{"):
                self._heading = line
                return
            yield line


def _make_schema(url: sa.URL, revision: str) -> None:
    if not upgrade.knows(revision):
        raise CannotCopy(f"Its schema ({revision}) is newer than this release: install the release that made it.")
    upgrade.migrate(url, tables.driver(url), revision)


def _read_back(url: sa.URL, sums: dict[str, Sum], columns: dict[str, Any], *, same: bool, told: Told) -> None:
    total, done = sum(one.rows for one in sums.values()), 0
    with tables.reading(url) as built:
        there = {table.name: table for table in built.tables()}
        for name, expected in sums.items():
            table = tables.in_order(there[name], columns[name])
            summing = Summing(table, same_everywhere=not same)
            for piece in built.pieces(table):
                summing.add(piece)
                done += len(piece.rows)
                told("Reading back", done, total)
            check_same(name, expected, summing.sum(), "after it was written")
