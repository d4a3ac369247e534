"""Files that an enterprise sends with an answer: looked at, kept, and not lost when the form comes back with a fault.

A browser forgets chosen files when a form is shown again. What passed is therefore stored at once, by its content, and
the form carries a signed note of it; only the person who sent it can bring it back, and only to the same thing.
"""

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from flask import Response, current_app, request
from itsdangerous import BadSignature, URLSafeSerializer

from compliance.casework.views.shown import told
from compliance.people.rules import Actor
from compliance.shared import files, virus_scan
from compliance.shared.files import StoredFile
from compliance.shared.problems import Problem
from compliance.shared.words import N_
from compliance.visits import disguise, evidence, pictures
from compliance.visits.evidence import Upload

MOST_AT_ONCE = 20
"""Files in one sending."""
MOST = 100
"""Files beside one finding or one corrective action."""


@dataclass(frozen=True)
class Kept:
    """A file that passed: what is stored, its name, and the signed note that brings it back."""

    file: StoredFile
    name: str
    note: str


@dataclass
class Sent:
    """What came with a form: the files that passed, and why others did not (in the reader's language)."""

    kept: list[Kept] = field(default_factory=list)
    refused: list[str] = field(default_factory=list)

    @property
    def files(self) -> list[tuple[StoredFile, str]]:
        """Stored files with their names."""
        return [(one.file, one.name) for one in self.kept]

    def without(self, there: Iterable[Any]) -> list[tuple[StoredFile, str]]:
        """The files but for those that are there already (a form that was sent twice)."""
        there = {one.digest for one in there}
        return [(file, name) for file, name in self.files if file.digest not in there]


def received(actor: Actor, about: UUID, there: int = 0, *, name: str = "files", kept: str = "kept") -> Sent:
    """The files of this request (fields ``name`` and ``kept``) for one thing that has ``there`` files already."""
    sent = Sent()
    for note in request.form.getlist(kept)[:MOST_AT_ONCE]:
        back = _from_note(actor, about, note)
        if back is not None:
            _add(sent, back)
    uploads = [upload for upload in request.files.getlist(name) if upload.filename]
    for upload in uploads:
        try:
            if len(sent.kept) >= MOST_AT_ONCE or there + len(sent.kept) >= MOST:
                raise Problem(
                    "upload-many",
                    N_("%(name)s: at most %(limit)d files at once, and %(most)d in all."),
                    name=evidence.safe_name(upload.filename or ""),
                    limit=MOST_AT_ONCE,
                    most=MOST,
                )
            data, called = upload.read(), upload.filename or ""
            passed = evidence.check(data, called)
            if passed.media_type == "application/pdf":
                disguise.require_plain_pdf(data, passed.filename)
            virus_scan.require_clean(data, passed.filename)
        except Problem as problem:
            sent.refused.append(told(problem))
            continue
        finally:
            upload.close()
        stored, called = _stored(passed)
        _add(sent, Kept(stored, called, _note(actor, about, stored, called)))
    return sent


def _stored(passed: Upload) -> tuple[StoredFile, str]:
    """A document as it came; a photo made smaller, without the place, the time and whatever else hides in it."""
    if passed.kind != "photo":
        return files.put(passed.data, passed.media_type), passed.filename
    stem = passed.filename.rpartition(".")[0] or passed.filename
    return files.put(pictures.reduced(passed.data, passed.media_type), "image/jpeg"), f"{stem}.jpg"


def for_this_reader(response: Response) -> Response:
    """A download that no cache on the way may keep: it is one enterprise's own."""
    response.headers["Cache-Control"] = "no-store"
    response.headers.pop("Expires", None)
    return response


def _add(sent: Sent, kept: Kept) -> None:
    if kept.file.digest not in {one.file.digest for one in sent.kept}:
        sent.kept.append(kept)


def _signer() -> Any:
    return URLSafeSerializer(current_app.config["SECRET_KEY"], salt="files kept in a form")


def _note(actor: Actor, about: UUID, file: StoredFile, name: str) -> str:
    return str(_signer().dumps([str(actor.person_id), str(about), file.digest, file.size, file.media_type, name]))


def _from_note(actor: Actor, about: UUID, note: str) -> Kept | None:
    try:
        person, subject, digest, size, media_type, name = _signer().loads(note)
    except (BadSignature, ValueError, TypeError):
        return None
    if (person, subject) != (str(actor.person_id), str(about)):
        return None
    return Kept(StoredFile(digest, size, media_type), name, note)
