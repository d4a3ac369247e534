"""`compliance checklists`: check a folder of files, publish it, copy the shipped ones to start from."""

import shutil
from pathlib import Path
from uuid import UUID

import click
from flask.cli import with_appcontext

from compliance.associations import store as associations
from compliance.checklists import parse, store, store_risk
from compliance.checklists.rules import Checklist
from compliance.people.rules import Actor, system_actor
from compliance.shared import places
from compliance.shared.database import session
from compliance.shared.problems import Conflict, Problem

FOLDER = click.Path(path_type=Path, file_okay=False, exists=True)


@click.group("checklists")
def group() -> None:
    """The code of conduct, the checklists, the laws and the scoring policy."""


@group.command()
@click.argument("path", type=click.Path(path_type=Path, exists=True), required=False)
def check(path: Path | None) -> None:
    """Check the files of a folder (default: the shipped ones) and say everything that is wrong."""
    _checked(path)


@group.command()
@click.argument("path", type=FOLDER, required=False)
@click.option("--association", "name", default="", help="Name of the association; needed where there are several.")
@click.option("--note", default="", help="What is new, for people who read the list of versions.")
@click.option("--again", is_flag=True, help="Publish an earlier version once more, to go back to it.")
@with_appcontext
def publish(path: Path | None, name: str, note: str, again: bool) -> None:
    """Store the files of a folder (default: the shipped ones) as the association's next version."""
    outcome = _checked(path)
    actor = system_actor(_association(name))
    _publish_weights(actor, outcome)
    try:
        row = store.publish(actor, _sound(outcome), note, again=again)
    except Conflict as problem:
        session().rollback()
        click.echo(problem)
        return
    except Problem as problem:
        raise click.ClickException(str(problem)) from None
    session().commit()
    click.echo(f"Published as version {row.number} (code of conduct {row.code_version}, {row.digest[:12]}).")


@group.command()
@click.argument("path", type=click.Path(path_type=Path, file_okay=False))
def copy(path: Path) -> None:
    """Copy the shipped files to a new folder, to make an association's own from them."""
    if path.exists() and any(path.iterdir()):
        raise click.ClickException(f"{path} is not empty; name a new folder, so that nothing is overwritten.")
    shutil.copytree(places.checklists_dir(), path, dirs_exist_ok=True)
    click.echo(f"Copied. Edit the files, then: compliance checklists check {path}")


def _publish_weights(actor: Actor, outcome: parse.Outcome) -> None:
    """The weights of the risk score, where the folder has some and they are new; kept whatever becomes of the rest."""
    if outcome.risk is None:
        return
    try:
        row = store_risk.publish(actor, outcome.risk)
    except Conflict:
        session().rollback()
        return
    session().commit()
    click.echo(f"Weights of the risk score published as version {row.number} ({row.digest[:12]}).")


def _sound(outcome: parse.Outcome) -> Checklist:
    assert outcome.checklist is not None
    return outcome.checklist


def _checked(path: Path | None) -> parse.Outcome:
    """The checklist of a folder or file; prints what is wrong and leaves with 1 if it is none."""
    folder = path or places.checklists_dir()
    try:
        files = {folder.name: folder.read_bytes()} if folder.is_file() else store.read_folder(folder)
    except OSError as error:
        raise click.ClickException(f"{folder} cannot be read: {error.strerror}") from None
    outcome = parse.check(files)
    for complaint in outcome.complaints:
        click.echo(complaint)
    if outcome.checklist is None:
        count = len(outcome.complaints)
        click.echo(f"{count} problem{'s' if count != 1 else ''} in {folder}", err=True)
        raise SystemExit(1)
    items, areas = parse.counted(outcome.checklist)
    click.echo(f"{items} items in {areas} checklists")
    return outcome


def _association(name: str) -> UUID:
    rows = associations.every()
    found = [row for row in rows if not name or name.casefold() in (row.name_en.casefold(), row.name_zh.casefold())]
    if len(found) == 1:
        return found[0].id
    if not rows:
        raise click.ClickException("There is no association yet. First: compliance setup")
    names = ", ".join(row.name_en or row.name_zh for row in rows)
    raise click.ClickException(f"Which association? Say --association NAME, with one of: {names}")
