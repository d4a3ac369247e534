"""An association with a scorecard, a file and something sealed, in an instance folder of its own."""

import io
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa
from click.testing import Result
from flask import Flask
from PIL import Image

from compliance.associations import store as associations
from compliance.backups import commands, tables
from compliance.backups.copying import address
from compliance.people.rules import system_actor
from compliance.shared import audit
from compliance.shared.database import db, session
from compliance.web.app import create_app
from compliance.web.settings import Settings
from tests.casework.made import sealed
from tests.world import World


def logo(colour: str = "red") -> bytes:
    """A picture that becomes a stored file."""
    out = io.BytesIO()
    Image.new("RGB", (40, 20), colour).save(out, "PNG")
    return out.getvalue()


@dataclass
class Office:
    """The association's machine, and the folder of its copies."""

    app: Flask
    world: World
    copies: Path

    def run(self, command: str, *arguments: str, answer: str = "") -> Result:
        """A command of the operator's."""
        with self.app.app_context():
            session().close()
            db.engine.dispose()
        return self.app.test_cli_runner().invoke(getattr(commands, command), arguments, input=answer)

    def done(self, *arguments: str, answer: str = "") -> str:
        """What a command says that ends well."""
        result = self.run(*arguments, answer=answer)
        assert result.exit_code == 0, result.output
        return result.output

    def refused(self, *arguments: str) -> str:
        """The one sentence of a command that is refused."""
        result = self.run(*arguments)
        assert result.exit_code == 1, result.output
        assert isinstance(result.exception, SystemExit)
        (line,) = result.stderr.splitlines()
        return line.removeprefix("compliance: ")

    def backup(self) -> str:
        """The name of a new copy."""
        before = set(self.names())
        self.done("backup")
        (name,) = set(self.names()) - before
        return name

    def names(self) -> list[str]:
        """The copies that are there."""
        return sorted(path.name for path in self.copies.glob("2*"))

    def write(self, name: str) -> None:
        """Somebody works: the association gets another name."""
        with self.app.app_context():
            associations.edit(system_actor(self.world.association_id), {"name_en": name})
            session().commit()
            db.engine.dispose()

    def show(self, language: str, colour: str) -> None:
        """Somebody works: the association gets another logo."""
        with self.app.app_context():
            associations.set_logo(system_actor(self.world.association_id), language, logo(colour))
            session().commit()
            db.engine.dispose()

    def rows(self, query: str) -> list[Any]:
        """What the database says."""
        with self.app.app_context():
            found = list(session().execute(sa.text(query)).all())
            session().close()
            db.engine.dispose()
        return found

    def name(self) -> str:
        """Which name it has."""
        with self.app.app_context():
            found = associations.get(self.world.association_id).name_en
            session().close()
            db.engine.dispose()
        return found

    def verbs(self) -> list[str]:
        """The verbs of the newest lines of the trail, which is whole."""
        with self.app.app_context():
            assert audit.first_broken_line() is None
            query = audit.sqlmodel.select(audit.AuditLine.verb).order_by(audit.col(audit.AuditLine.number).desc())
            found = list(session().exec(query.limit(5)))
            session().close()
            db.engine.dispose()
        return found


def contents(app: Flask, url: Any = None) -> dict[str, tables.Sum]:
    """What every table holds, whichever database it is in."""
    with app.app_context():
        live = address()
    sums = {}
    with tables.reading(url or live) as there:
        for table in there.tables():
            names = sorted(table.columns)
            summing = tables.Summing(tables.in_order(table, names), same_everywhere=True)
            for piece in there.pieces(tables.in_order(table, names)):
                summing.add(piece)
            sums[table.name] = summing.sum()
    return sums


@pytest.fixture
def office(app: Flask, world: World, tmp_path: Path) -> Office:
    """The world's database with an instance folder and a backup key of its own."""
    settings: Settings = app.extensions["settings"]
    own = create_app(
        settings.model_copy(
            update={
                "instance": tmp_path / "instance",
                "sealing_keys": Path(app.config["SEALING_KEYS"]),
                "backup_folder": tmp_path / "copies",
            }
        ),
        TESTING=True,
        SECRET_KEY="test" * 10,
    )
    with own.app_context():
        associations.set_logo(system_actor(world.association_id), "en", logo())
        sealed(world)
        session().close()
        db.engine.dispose()
    with app.app_context():
        db.engine.dispose()
    return Office(own, world, tmp_path / "copies")
