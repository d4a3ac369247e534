"""Files by content: the name of a file is the SHA-256 of its bytes, so that nothing is stored twice or replaced.

They lie in a folder of this machine or in a bucket that several machines share; nobody else knows which.
"""

import hashlib
import os
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol, cast

from flask import current_app

from compliance.shared.problems import NotFound
from compliance.shared.words import N_


@dataclass(frozen=True, slots=True)
class StoredFile:
    """What is known of stored bytes: SHA-256 (hex), size in bytes, media type."""

    digest: str
    size: int
    media_type: str


class Store(Protocol):
    """Where bytes lie by digest. Each may raise ``NotNow`` (a bucket) or ``OSError`` (a folder)."""

    def write(self, digest: str, data: bytes) -> None:
        """Store bytes unless they are there. Durable when this returns."""

    def read(self, digest: str) -> bytes | None:
        """The bytes as they are stored, or None."""

    def size(self, digest: str) -> int | None:
        """Number of bytes, or None where there are none."""

    def remove(self, digest: str) -> None:
        """Remove the bytes, if they are there."""

    def every(self) -> Iterator[str]:
        """The digests of all stored files."""

    def probe(self) -> None:
        """See that something could be written now."""


@dataclass(frozen=True, slots=True)
class Folder:
    """Files in a folder, spread over 256 below it."""

    path: Path

    def write(self, digest: str, data: bytes) -> None:
        """Beside its place first, then moved there: a file is whole or absent."""
        place = self._place(digest)
        if not place.exists():
            place.parent.mkdir(parents=True, exist_ok=True)
            handle, partial = tempfile.mkstemp(dir=place.parent)
            try:
                with os.fdopen(handle, "wb") as out:
                    out.write(data)
                    out.flush()
                    os.fsync(out.fileno())
                Path(partial).replace(place)
            except OSError:
                Path(partial).unlink(missing_ok=True)
                raise
            above = os.open(place.parent, os.O_RDONLY)
            try:
                os.fsync(above)
            finally:
                os.close(above)

    def read(self, digest: str) -> bytes | None:
        """The bytes as they are stored, or None."""
        try:
            return self._place(digest).read_bytes()
        except FileNotFoundError:
            return None

    def size(self, digest: str) -> int | None:
        """Number of bytes, or None where there are none."""
        try:
            return self._place(digest).stat().st_size
        except FileNotFoundError:
            return None

    def remove(self, digest: str) -> None:
        """Remove the bytes, if they are there."""
        self._place(digest).unlink(missing_ok=True)

    def every(self) -> Iterator[str]:
        """The digests of all stored files."""
        for path in self.path.glob("??/*"):
            if len(path.name) == 64:
                yield path.name

    def probe(self) -> None:
        """See that something could be written now. Raises ``OSError``."""
        self.path.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryFile(dir=self.path) as out:
            out.write(b"\0")

    def _place(self, digest: str) -> Path:
        return self.path / digest[:2] / digest


def put(data: bytes, media_type: str) -> StoredFile:
    """Store bytes; the same bytes twice are stored once. Durable when this returns."""
    digest = hashlib.sha256(data).hexdigest()
    store().write(digest, data)
    return StoredFile(digest, len(data), media_type)


def get(digest: str) -> bytes:
    """The bytes of a digest. Raises ``NotFound``, also when the bytes that are stored no longer fit their digest."""
    data = store().read(_checked(digest))
    if data is None:
        raise _missing()
    if hashlib.sha256(data).hexdigest() != digest:
        raise NotFound("file-damaged", N_("This file is damaged in the store; restore it from a backup."))
    return data


def size(digest: str) -> int:
    """How many bytes a digest has. Raises ``NotFound``."""
    found = store().size(_checked(digest))
    if found is None:
        raise _missing()
    return found


def remove(digest: str) -> None:
    """Remove the bytes of a digest, if they are there. Whether nothing needs them any more is for the caller to say."""
    store().remove(_checked(digest))


def every() -> Iterator[str]:
    """The digests of all files that are stored at this moment."""
    return store().every()


def mend(digest: str, data: bytes) -> None:
    """Put bytes back that have this digest, also in the place of damaged ones. Durable when this returns."""
    try:
        get(digest)
    except NotFound:
        remove(digest)
        put(data, "")


def probe() -> None:
    """See that a file could be written now. Raises ``OSError`` or ``NotNow``."""
    store().probe()


def store() -> Store:
    """Where the application keeps its files: the bucket that is configured, else the folder."""
    return cast("Store | None", current_app.config["FILES_BUCKET"]) or Folder(Path(folder()))


def folder() -> str:
    """The folder of files of this instance; empty where a bucket is configured."""
    return str(current_app.config["FILES_FOLDER"])


def _checked(digest: str) -> str:
    if len(digest) != 64 or not set(digest) <= set("0123456789abcdef"):
        raise _missing()
    return digest


def _missing() -> NotFound:
    return NotFound("file-missing", N_("This file is no longer in the store."))
