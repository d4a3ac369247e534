"""Commands about people: the first day, and the way back in when the only administrator is locked out."""

import os
import secrets
from pathlib import Path

import click
from flask.cli import ScriptInfo, with_appcontext

from compliance.associations import store as associations
from compliance.people import rules, store, store_access
from compliance.people import store_invitations as invitations
from compliance.people.rules import Role, system_actor
from compliance.shared import addresses, database, read_only
from compliance.shared.problems import Problem


@click.command()
@click.option("--public-url", help="Where people will reach this: it is printed on letters for years.")
@click.pass_context
def setup(context: click.Context, public_url: str | None) -> None:
    """Make a real association's instance: configuration, database, and a one-time code for the first page."""
    folder = Path(os.environ.get("COMPLIANCE_INSTANCE", "instance")).resolve()
    file = folder / "config.toml"
    if file.exists():
        click.echo(f"{file} is there already and stays as it is.")
    else:
        public_url = public_url or click.prompt("Public address (such as https://visits.example.org)")
        _write(file, public_url)
        click.echo(f"Wrote {file}: keep it secret, and keep a copy of it apart from the backups.")
    app = context.ensure_object(ScriptInfo).load_app()
    with app.app_context():
        context.invoke(_sibling(context, "migrate"))
        if store.any_administrator():
            click.echo("There is an administrator already: sign in, or use: compliance admin rescue USERNAME")
            return
        row = next(iter(associations.every()), None) or associations.found_one()
        founder = rules.at_address(system_actor(row.id, "setup"), "console")
        for earlier in invitations.listed(founder):
            if invitations.state(earlier) == rules.InvitationState.open:
                invitations.withdraw(founder, earlier)
        _invitation, code = invitations.invite(founder, "Administrator", [Role.administrator])
        database.session().commit()
        address = addresses.base()
    click.echo("\nStart the server with: compliance run")
    click.echo(f"Then open {address}/setup and type this code:\n\n    {rules.grouped(code)}\n")
    click.echo("It works once, for 14 days. Run this command again for a new one.")


@click.group()
def admin() -> None:
    """For whoever runs the machine."""


@admin.command()
@click.argument("username")
@with_appcontext
def rescue(username: str) -> None:
    """Print a one-time link by which an administrator who is locked out chooses a new password.

    Their second step is taken away: they set up a new one.
    """
    person = store.by_identity(username)
    if person is None or Role.administrator not in store.roles_of([person.id])[person.id]:
        raise click.ClickException(f"{username}: no administrator signs in by this name")
    system = rules.at_address(system_actor(person.association_id, "console"), "console")
    try:
        if not person.active:
            store.reactivate(system, person)
        if store_access.seconds(person.id).any:
            store_access.reset(system, person)
        invitation, code = invitations.way_back(system, person, rules.RESCUE_LASTS)
    except Problem as problem:
        raise click.ClickException(str(problem)) from None
    database.session().commit()
    address = addresses.base()
    click.echo(f"For {person.name} ({person.username}), until {invitation.expires_at:%Y-%m-%d %H:%M} UTC, once:")
    click.echo(f"\n    {address}/invitation/{rules.grouped(code)}\n")
    click.echo("This is on the audit trail.")


def _sibling(context: click.Context, name: str) -> click.Command:
    above = context.parent
    found = above.command.get_command(above, name) if above and isinstance(above.command, click.Group) else None
    if found is None:
        raise click.ClickException(f"there is no command {name}")
    return found


def _write(file: Path, public_url: str) -> None:
    if not public_url.startswith(("http://", "https://")) or any(c in public_url for c in '"\\\n '):
        raise click.ClickException("--public-url: must be an address such as https://visits.example.org")
    file.parent.mkdir(parents=True, exist_ok=True)
    file.touch(mode=0o600)
    file.write_text(
        "# Written by: compliance setup. The environment (COMPLIANCE_...) wins over this file.\n"
        'mode = "production"\n'
        f'secret_key = "{secrets.token_urlsafe(48)}"\n'
        f'public_url = "{public_url.rstrip("/")}"\n',
        encoding="utf-8",
    )


@admin.command("read-only")
@click.argument("state", type=click.Choice(["on", "off"]))
@with_appcontext
def switch_read_only(state: str) -> None:
    """Let everything be read and nothing be written (``on``), or written again (``off``), on all machines at once.

    Whoever writes gets one sentence and 503; tablets keep what they have; jobs wait.
    """
    read_only.switch(state == "on")
    click.echo("Nothing can be written now." if state == "on" else "Writing is possible again.")
    if state == "off" and read_only.is_on():
        raise click.ClickException("but the setting read_only is true: take it away and start again")
