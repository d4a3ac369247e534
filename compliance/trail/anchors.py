"""Anchors: the end of the chain, written down once a day where the database does not reach.

The chain shows a line that was changed or taken out of its middle. That its newest lines were cut off, or all of it was
written anew, shows only beside something older: a line of the file of anchors, or a mail in somebody's box.
"""

import json
import os
from collections import deque
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from datetime import date, datetime
from pathlib import Path

from flask import current_app
from sqlmodel import col, select

from compliance.people.rules import Actor
from compliance.shared import clock, mail
from compliance.shared.audit import AuditLine
from compliance.shared.bilingual import said
from compliance.shared.database import session
from compliance.shared.problems import Problem
from compliance.shared.words import N_


@dataclass(frozen=True, slots=True)
class Anchor:
    """The end of the chain at a moment: the number of its newest line, and that line's hash (SHA-256, hex)."""

    at: str
    number: int
    hash: str


def drop(actor: Actor, today: date) -> Anchor | None:
    """Write the end of the chain into the file, and mail it to whom the operator named; once a day for each of both.

    The line is on the disk before this returns. None while the trail is empty.
    """
    newest = session().exec(select(AuditLine).order_by(col(AuditLine.number).desc()).limit(1)).first()
    if newest is None:
        return None
    anchor = Anchor(clock.now().isoformat(timespec="seconds"), newest.number or 0, newest.hash)
    path = _path()
    with os.fdopen(os.open(path, os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o600), "a", encoding="ascii") as file:
        file.write(json.dumps(asdict(anchor)) + "\n")
        file.flush()
        os.fsync(file.fileno())
    to = current_app.config["ANCHOR_TO"]
    if to:
        subject = said(N_("Anchor of the audit trail, %(day)s"), day=today.isoformat())
        body = said(
            N_(
                "Line %(number)s of the audit trail has the hash\n%(hash)s\n\nKeep this message where nobody who runs "
                "the system can change it: an auditor compares the trail with it."
            ),
            number=str(anchor.number),
            hash=anchor.hash,
        )
        words = " / ".join(subject.values()), "\n\n".join(body.values())
        mail.send(actor, to, *words, private=False, once=f"anchor {actor.association_id} {today}", hurry=False)
    return anchor


def every() -> Iterator[Anchor]:
    """The anchors of the file, the oldest first. Raises ``Problem`` for a line that is none."""
    path = _path()
    if not path.exists():
        return
    with path.open(encoding="ascii", errors="replace") as file:
        for number, line in enumerate(file, 1):
            try:
                yield Anchor(**json.loads(line))
            except (ValueError, TypeError):
                raise Problem(
                    "anchor-unreadable",
                    N_("Line %(number)s of the file of anchors cannot be read. Compare with the mails."),
                    number=number,
                ) from None


def last() -> Anchor | None:
    """The newest anchor of the file."""
    newest = deque(every(), maxlen=1)
    return newest[0] if newest else None


def first_missing() -> Anchor | None:
    """The first anchor whose line is not on the trail as it was, or None."""
    for anchor in every():
        kept = session().exec(select(AuditLine.hash).where(AuditLine.number == anchor.number)).first()
        if kept != anchor.hash:
            return anchor
    return None


def moment(anchor: Anchor) -> datetime:
    """When it was written (aware)."""
    return datetime.fromisoformat(anchor.at)


def _path() -> Path:
    return Path(current_app.config["ANCHORS"])
