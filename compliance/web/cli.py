"""The ``compliance`` command."""

import importlib
import os
import sys
from pathlib import Path
from typing import Any

import click
from flask import Flask
from flask.cli import ScriptInfo

from compliance.web.app import create_app
from compliance.web.settings import SettingsError


def _app() -> Flask:
    try:
        return create_app()
    except SettingsError as error:
        click.echo(f"compliance: {error}", err=True)
        raise SystemExit(2) from None


def _set_instance(_context: click.Context, _option: click.Parameter, folder: Path | None) -> None:
    if folder:
        os.environ["COMPLIANCE_INSTANCE"] = str(folder)


@click.group()
@click.option(
    "--instance",
    type=click.Path(path_type=Path, file_okay=False),
    callback=_set_instance,
    expose_value=False,
    help="Folder of configuration and data (COMPLIANCE_INSTANCE; default: instance).",
)
@click.pass_context
def cli(context: click.Context) -> None:
    """The association's visits to its members' workplaces."""
    context.obj = ScriptInfo(create_app=_app, set_debug_flag=False)


# Each noun brings its own commands; they are mounted here in the order that a newcomer needs them.
_COMMANDS = (
    ("compliance.web.run", "run"),
    ("compliance.web.run", "work"),
    ("compliance.web.run", "migrate"),
    ("compliance.people.commands", "setup"),
    ("compliance.people.commands", "admin"),
    ("compliance.checklists.commands", "group"),
    ("compliance.enterprises.commands", "group"),
    ("compliance.history.commands", "group"),
    ("compliance.letters.commands", "group"),
    ("compliance.planning.commands", "draw"),
    ("compliance.casework.commands", "nightly"),
    ("compliance.casework.commands", "replay"),
    ("compliance.trends.commands", "group"),
    ("compliance.web.key_commands", "keys"),
    ("compliance.backups.commands", "backup"),
    ("compliance.backups.commands", "restore"),
    ("compliance.backups.commands", "move"),
    ("compliance.web.run", "demo"),
    ("compliance.web.audit_commands", "audit"),
    ("compliance.web.file_commands", "group"),
)
for _module, _name in _COMMANDS:
    cli.add_command(getattr(importlib.import_module(_module), _name))


def main(arguments: list[str] | None = None, **extra: Any) -> None:
    """Run the command line. What it writes is for the account that runs it alone."""
    os.umask(0o077)
    cli.main(args=arguments if arguments is not None else sys.argv[1:], prog_name="compliance", **extra)
