"""``compliance letters``: letters from the command line."""

import hashlib
from pathlib import Path
from typing import NoReturn

import click
from flask.cli import with_appcontext

from compliance.letters import press, store, store_trust
from compliance.letters.standing import Standing
from compliance.letters.store_trust import SignedBy
from compliance.shared import signatures, signing
from compliance.shared.database import session
from compliance.shared.signatures import Content

NOT_GENUINE, NOT_IN_FORCE = 1, 3

_CONTENTS = {
    Content.empty: "The file is empty.",
    Content.no_pdf: "It is not a PDF.",
    Content.encrypted: "It is locked with a password, so that nothing in it can be checked.",
    Content.broken: "It is damaged: it, or a signature in it, cannot be read.",
    Content.too_large: "It is larger than any letter.",
    Content.unsigned: "There is no signature in it.",
}


@click.group("letters")
def group() -> None:
    """Letters to enterprises."""


@group.command("verify")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@with_appcontext
def verify(file: Path) -> None:
    """Whether a PDF is a letter as it was issued here, whether it is in force, and who signed it. Ends with 1 where it
    is not genuine, with 3 where it is genuine but was superseded or withdrawn.
    """
    with file.open("rb") as opened:
        digest = hashlib.file_digest(opened, "sha256").hexdigest()
    found = store.recognise(digest)
    if found is None:
        _look_inside(file, digest)
    kind = press.words()["kinds"][found.kind]["en"]
    click.echo(f"{found.number}, {found.dated.isoformat()}, {kind}: genuine and unchanged.")
    if found.signature:
        _tell(found.signature)
    if found.withdrawn_on:
        click.echo(f"It was withdrawn on {found.withdrawn_on.isoformat()}.")
    if found.superseded_by:
        withdrawn = ", which was withdrawn in its turn" if found.successor_withdrawn else ""
        click.echo(f"It is not in force any more: {found.superseded_by} took its place{withdrawn}.")
    if found.standing is not Standing.in_force:
        raise SystemExit(NOT_IN_FORCE)


def _tell(signed: SignedBy) -> None:
    demo = " (demo, proves nothing)" if signed.certificate.demo else ""
    click.echo(f"Signed by {signed.certificate.holder}{demo}, SHA-256 {signed.certificate.fingerprint}.")
    click.echo(
        f"Time stamp {signed.stamped_at.isoformat()} by {signed.stamped_by}." if signed.stamped_at else "No time stamp."
    )


def _look_inside(file: Path, digest: str) -> NoReturn:
    click.echo(f"{file.name} is no letter that was issued here, or it was changed since: {digest}", err=True)
    session().rollback()
    with file.open("rb") as opened:
        looked = signatures.look(opened.read(signatures.LARGEST + 1), signing.roots())
    for signature in looked.signatures:
        if not signature.intact:
            state = "changed after it was signed"
        elif not signature.whole:
            state = "something was added after it was signed"
        else:
            state = "unchanged since it was signed"
        ours = store_trust.whose(signature.certificate.fingerprint) is not None
        known = "signs letters here" if ours else "trusted" if signature.trusted else "not known here"
        demo = ", demo" if signature.certificate.demo else ""
        click.echo(f"Signature of {signature.certificate.holder} ({known}{demo}): {state}.", err=True)
        if signature.stamped_at:
            click.echo(f"Time stamp {signature.stamped_at.isoformat()} by {signature.stamped_by}.", err=True)
    if looked.content in _CONTENTS:
        click.echo(_CONTENTS[looked.content], err=True)
    raise SystemExit(NOT_GENUINE)
