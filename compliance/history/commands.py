"""``compliance history``: results of visits from before the system, from the command line."""

from pathlib import Path
from uuid import UUID

import click
from flask.cli import with_appcontext

from compliance.associations import store as associations
from compliance.history import mapping as mappings
from compliance.history import store_imports
from compliance.people.rules import system_actor
from compliance.shared.database import session
from compliance.shared.problems import Problem
from compliance.shared.translation import in_language


@click.group("history")
def group() -> None:
    """Results of visits from before the system."""


@group.command("import")
@click.argument("files", nargs=-1, required=True, type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--association", "name", help="Its name or id; needed when there are several.")
@click.option(
    "--map",
    "map_file",
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    help="How the files are read and joined, as YAML; without it, it is guessed.",
)
@click.option("--source", help="From where the results come; needed without --map.")
@click.option("--look", is_flag=True, help="Only show what the files would bring along.")
@with_appcontext
def import_files(
    files: tuple[Path, ...], name: str | None, map_file: Path | None, source: str | None, look: bool
) -> None:
    """Bring along past visits from CSV or XLSX files that belong together."""
    actor = system_actor(_association(name), name="compliance history import")
    try:
        with in_language("en"):
            uploads = [(file.name, file.read_bytes()) for file in files]
            mapping = mappings.from_file(map_file.read_bytes()) if map_file else None
            row = store_imports.look_at(actor, uploads, mapping)
            if mapping is None and source:
                guessed = {**row.mapping, "source": source}
                row = store_imports.look_again(actor, row, mappings.from_json(guessed))
            if problem := row.outcome.get("problem"):
                raise Problem(problem["code"], problem["text"], **problem["facts"])
            for one in store_imports.issues(row):
                place = f"{one.file} row {one.row}" + (f", {one.column}" if one.column else "")
                read = f" {one.read!r}:" if one.read else ""
                click.echo(
                    f"{one.sort.value}: {place}:{read} {one.wrong % one.facts} {one.remedy % one.facts}", err=True
                )
            counts = {key: number for key, number in row.outcome.items() if isinstance(number, int)}
            if look:
                session().rollback()
            else:
                if not any(counts[key] for key in ("places", "visits", "findings")):
                    raise Problem("history-nothing", "There is nothing new in these files.")
                store_imports.apply(actor, row)
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
