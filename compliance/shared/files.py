"""Files by content: the name of a file is the SHA-256 of its bytes, so that nothing is stored twice or replaced."""

import hashlib
import os
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from flask import current_app

from compliance.shared.problems import NotFound
from compliance.shared.words import N_


@dataclass(frozen=True, slots=True)
class StoredFile:
    """What is known of stored bytes: SHA-256 (hex), size in bytes, media type."""

    digest: str
    size: int
    media_type: str


def put(data: bytes, media_type: str) -> StoredFile:
    """Store bytes; the same bytes twice are stored once. Durable when this returns."""
    digest = hashlib.sha256(data).hexdigest()
    path = _path(digest)
    if not path.exists():
        path.parent.mkdir(parents=True, exist_ok=True)
        handle, partial = tempfile.mkstemp(dir=path.parent)
        with os.fdopen(handle, "wb") as out:
            out.write(data)
            out.flush()
            os.fsync(out.fileno())
        Path(partial).replace(path)
    return StoredFile(digest, len(data), media_type)


def get(digest: str) -> bytes:
    """The bytes of a digest. Raises ``NotFound``, also when the bytes on disk no longer fit their digest."""
    try:
        data = _path(digest).read_bytes()
    except FileNotFoundError:
        raise NotFound("file-missing", N_("This file is no longer in the store.")) from None
    if hashlib.sha256(data).hexdigest() != digest:
        raise NotFound("file-damaged", N_("This file is damaged in the store; restore it from a backup."))
    return data


def size(digest: str) -> int:
    """How many bytes a digest has. Raises ``NotFound``."""
    try:
        return _path(digest).stat().st_size
    except FileNotFoundError:
        raise NotFound("file-missing", N_("This file is no longer in the store.")) from None


def remove(digest: str) -> None:
    """Remove the bytes of a digest, if they are there. Whether nothing needs them any more is for the caller to say."""
    _path(digest).unlink(missing_ok=True)


def every() -> Iterator[str]:
    """The digests of all files that are stored at this moment."""
    for path in Path(folder()).glob("??/*"):
        if len(path.name) == 64:
            yield path.name


def mend(digest: str, data: bytes) -> None:
    """Put bytes back that have this digest, also in the place of damaged ones. Durable when this returns."""
    try:
        get(digest)
    except NotFound:
        remove(digest)
        put(data, "")


def probe() -> None:
    """See that a file could be written now. Raises ``OSError``."""
    place = Path(folder())
    place.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryFile(dir=place) as out:
        out.write(b"\0")


def folder() -> str:
    """Where the application keeps its files."""
    return str(current_app.config["FILES_FOLDER"])


def _path(digest: str) -> Path:
    if len(digest) != 64 or not set(digest) <= set("0123456789abcdef"):
        raise NotFound("file-missing", N_("This file is no longer in the store."))
    return Path(folder()) / digest[:2] / digest
