"""What production refuses to start with."""

import click
from flask import Flask

from compliance.people import store


def refuse_unfit(app: Flask) -> None:
    """Stop the start when demo accounts are in the database: their passwords are printed in the open."""
    with app.app_context():
        if store.has_demo_accounts():
            click.echo(
                "compliance: this database holds demo accounts; production starts only with a database of its own "
                "(set COMPLIANCE_INSTANCE to another folder, or COMPLIANCE_DATABASE_URL)",
                err=True,
            )
            raise SystemExit(2)
