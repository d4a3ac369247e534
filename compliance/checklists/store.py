"""Published versions of checklists: never changed, found by number or by the digest of their content."""

from functools import lru_cache
from pathlib import Path
from typing import Any, cast
from uuid import UUID

import sqlmodel
from sqlalchemy.orm import defer
from sqlmodel import col
from sqlmodel.sql.expression import SelectOfScalar

from compliance.checklists import content, parse
from compliance.checklists.models import ChecklistVersion
from compliance.checklists.rules import NOTE_LIMIT, Checklist
from compliance.people.rules import Actor
from compliance.shared import clock
from compliance.shared.audit import audited
from compliance.shared.database import session
from compliance.shared.problems import Conflict, NotFound, Problem
from compliance.shared.words import N_


def read_folder(folder: Path) -> dict[str, bytes]:
    """The checklist files of a folder (not of folders in it), name -> bytes. Raises OSError."""
    return {
        path.name: path.read_bytes()
        for path in sorted(folder.iterdir())
        if path.is_file() and path.suffix in parse.SUFFIXES
    }


def versions(actor: Actor) -> list[ChecklistVersion]:
    """The versions of the actor's association, newest first, without their content."""
    query = _mine(actor).order_by(col(ChecklistVersion.number).desc())
    return list(session().exec(query))


def version(actor: Actor, number: int) -> ChecklistVersion:
    """One version by its number. Raises NotFound."""
    row = session().exec(_mine(actor).where(ChecklistVersion.number == number)).first()
    if row is None:
        raise NotFound("checklist-unknown", N_("There is no version %(number)s of the checklists."), number=number)
    return row


def before(actor: Actor, number: int) -> ChecklistVersion | None:
    """The version that this one replaced, or None for the first."""
    query = _mine(actor).where(ChecklistVersion.number < number)
    return session().exec(query.order_by(col(ChecklistVersion.number).desc())).first()


def current_or_none(association_id: UUID) -> ChecklistVersion | None:
    """The version with the highest number, or None while nothing is published."""
    query = sqlmodel.select(ChecklistVersion).where(ChecklistVersion.association_id == association_id)
    return session().exec(_light(query).order_by(col(ChecklistVersion.number).desc()).limit(1)).first()


def current(association_id: UUID) -> ChecklistVersion:
    """The version that new visits are pinned to. Raises NotFound while nothing is published."""
    row = current_or_none(association_id)
    if row is None:
        raise NotFound("checklist-none", N_("No checklist is published yet. An administrator publishes the first."))
    return row


def load(version_id_or_digest: UUID | str) -> Checklist:
    """The checklist of a version id or of a content digest (64 hexadecimal digits). Read once in each process.

    The content is the same for everybody who may name it, so there is no actor here. Raises NotFound.
    """
    digest = _digest_of(version_id_or_digest) if isinstance(version_id_or_digest, UUID) else version_id_or_digest
    return _load(digest)


def published_before(actor: Actor, digest: str) -> ChecklistVersion | None:
    """The latest version of the association with this content, or None."""
    query = _mine(actor).where(ChecklistVersion.digest == digest)
    return session().exec(query.order_by(col(ChecklistVersion.number).desc()).limit(1)).first()


@audited("checklist.publish")
def publish(actor: Actor, checklist: Checklist, note: str = "", *, again: bool = False) -> ChecklistVersion:
    """Store the checklist as the association's next version; visits pinned from now on are pinned to it.

    Raises Problem if the code of conduct changed without a new version of its own, which pledges name, and
    Conflict if this content is published already; with `again` an earlier version (but not the current
    one) may be published once more, which is how an association goes back.
    """
    text = content.to_json(checklist)
    digest = content.digest_of(text)
    latest = current_or_none(actor.association_id)
    same = published_before(actor, digest)
    if same is not None and (not again or (latest is not None and latest.digest == digest)):
        raise Conflict(
            "checklist-unchanged",
            N_("This content is published already: it is version %(number)s. Nothing was changed."),
            number=same.number,
        )
    if latest is not None and checklist.code.changed_under_the_same_version(load(latest.digest).code):
        raise Problem(
            "code-version-unchanged",
            N_("The code of conduct has changed, but still calls itself version %(version)s. Give it a new version."),
            version=checklist.code.version,
        )
    row = ChecklistVersion(
        association_id=actor.association_id,
        number=1 if latest is None else latest.number + 1,
        digest=digest,
        content=text,
        code_version=checklist.code.version,
        items_count=len(checklist.items),
        published_at=clock.now(),
        published_by=actor.person_id,
        note=note[:NOTE_LIMIT],
    )
    session().add(row)
    session().flush()
    return row


Query = SelectOfScalar[ChecklistVersion]


def _light(query: Query) -> Query:
    # The content is some hundred kilobytes; only `load` needs it.
    return query.options(defer(cast(Any, ChecklistVersion.content)))


def _mine(actor: Actor) -> Query:
    query = sqlmodel.select(ChecklistVersion).where(ChecklistVersion.association_id == actor.association_id)
    return _light(query)


@lru_cache(maxsize=256)
def _digest_of(version_id: UUID) -> str:
    # A version never changes, so that nothing kept here grows stale.
    query = sqlmodel.select(ChecklistVersion.digest).where(ChecklistVersion.id == version_id)
    digest = session().exec(query).first()
    if digest is None:
        raise NotFound("checklist-unknown", N_("This version of the checklists does not exist."))
    return digest


@lru_cache(maxsize=32)
def _load(digest: str) -> Checklist:
    query = sqlmodel.select(ChecklistVersion.content).where(ChecklistVersion.digest == digest).limit(1)
    text = session().exec(query).first()
    if text is None:
        raise NotFound("checklist-unknown", N_("This version of the checklists does not exist."))
    return content.from_json(text)
