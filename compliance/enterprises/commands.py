"""``compliance enterprises``: the register from the command line."""

from pathlib import Path
from uuid import UUID

import click
from flask.cli import with_appcontext

from compliance.associations import store as associations
from compliance.enterprises import store_import_writes, store_imports
from compliance.enterprises.columns import COLUMNS
from compliance.enterprises.reading import from_file
from compliance.people.rules import system_actor
from compliance.shared.database import session
from compliance.shared.problems import Problem
from compliance.shared.translation import in_language


@click.group("enterprises")
def group() -> None:
    """The register of enterprises."""


@group.command("import")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--association", "name", help="Its name or id; needed when there are several.")
@click.option(
    "--map",
    "map_file",
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    help="How the file is read: sheet, header row, columns, dates, constants and words, as YAML.",
)
@click.option("--look", is_flag=True, help="Only show what the file would do.")
@with_appcontext
def import_file(file: Path, name: str | None, map_file: Path | None, look: bool) -> None:
    """Bring a CSV or XLSX file into the register. Only a name is required."""
    actor = system_actor(_association(name), name="compliance enterprises import")
    try:
        with in_language("en"):
            reading = from_file(map_file.read_bytes(), COLUMNS) if map_file else None
            row = store_imports.look_at(actor, file.read_bytes(), file.name, reading)
            if problem := row.outcome.get("problem"):
                raise Problem(problem["code"], problem["text"], **problem["facts"])
            for refusal in store_imports.refusals(row):
                place = f"row {refusal.row}" + (f", {refusal.column}" if refusal.column else "")
                read = f" {refusal.read!r}:" if refusal.read else ""
                click.echo(f"{place}:{read} {refusal.wrong % refusal.facts} {refusal.remedy % refusal.facts}", err=True)
            if row.outcome["unused"]:
                click.echo(f"Columns not used: {', '.join(row.outcome['unused'])}")
            counts = {key: row.outcome[key] for key in ("new", "changed", "unchanged", "refused")}
            if look:
                session().rollback()
            else:
                counts = store_import_writes.apply(actor, row)
                session().commit()
    except Problem as problem:
        raise click.ClickException(str(problem)) from None
    click.echo(", ".join(f"{number} {word}" for word, number in counts.items()))


def _association(name: str | None) -> UUID:
    every = associations.every()
    if name is None and len(every) == 1:
        return every[0].id
    for one in every:
        if name in (str(one.id), one.name_en, one.name_zh):
            return one.id
    known = ", ".join(one.name_en or one.name_zh for one in every) or "none yet; run compliance setup"
    raise click.ClickException(f"Which association? Name one with --association. Known: {known}.")
