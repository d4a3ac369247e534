"""What a start is refused with, and what it warns of."""

import click
from flask import Flask

from compliance.people import store
from compliance.shared import clock, signing
from compliance.shared.certificates import SignFault, Standing

# What may be mended while everything else goes on: letters wait. Any other fault is one of the configuration.
_WAITS = ("sign-expired", "sign-early", "sign-token", "sign-pin")


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


def look_at_signing(app: Flask) -> None:
    """Stop the start when no letter could be signed with this configuration; warn of what will keep letters waiting.

    The demo certificate is made here if nothing else is configured.
    """
    with app.app_context():
        try:
            known = signing.require_usable()
        except SignFault as fault:
            click.echo(f"compliance: {fault}", err=True)
            if fault.code not in _WAITS:
                raise SystemExit(2) from None
            return
        finally:
            signing.forget()  # processes are forked from this one
        if known.standing(clock.now()) is Standing.ends_soon:
            day = known.valid_until.date().isoformat()
            click.echo(f"compliance: the certificate of {known.holder} that signs letters ends on {day}", err=True)
        if known.demo and app.config["MODE"] == "production":
            click.echo(
                "compliance: letters are signed by a demo certificate that proves nothing (set COMPLIANCE_SIGN_FILE)",
                err=True,
            )
