"""The folder of copies: one folder for each copy, and beside them the files that they share, each written once.

```
20261123-021500Z/     a copy, which is there whole or not at all
    manifest          what is in it: schema, rows and digest of each table, end of the audit trail
    database          all rows
    files             digests of the files it needs
files/ab/abcd...      the files of all copies
.lock
```

Everything is sealed by the backup key; names tell when a copy was made, and nothing else.
"""

import contextlib
import fcntl
import hashlib
import json
import os
import re
import shutil
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, BinaryIO

from compliance.backups import rules, sealed_streams
from compliance.backups.keys import Keys
from compliance.backups.problems import CannotCopy, Unproved
from compliance.shared import crypto, files

FORMAT = 1
_NAME = re.compile(r"\d{8}-\d{6}Z")
_MOMENT = "%Y%m%d-%H%M%SZ"
_UNFINISHED = ".unfinished-"


@dataclass(frozen=True)
class Manifest:
    """What a copy says of itself."""

    id: str
    made_at: str
    release: str
    revision: str
    dialect: str
    tables: dict[str, dict[str, Any]]
    """For each table its ``columns``, ``kinds``, ``rows`` and ``digest``."""
    files: int
    missing: dict[str, str]
    """Files that were missing already when the copy was made: digest, and the column that names it."""
    newest_line: tuple[int, str]
    """Number and hash of the last line of the audit trail."""

    @property
    def rows(self) -> int:
        """In all tables."""
        return sum(int(table["rows"]) for table in self.tables.values())


class Copies:
    """A folder of copies, opened by keys."""

    def __init__(self, path: Path, keys: Keys) -> None:
        self.path, self._keys = path, keys

    @contextlib.contextmanager
    def alone(self) -> Iterator[None]:
        """Nobody else writes here meanwhile. Raises ``CannotCopy``; what an earlier run left unfinished is removed."""
        try:
            self.path.mkdir(parents=True, exist_ok=True, mode=0o700)
            lock = (self.path / ".lock").open("w")
        except OSError as error:
            raise CannotCopy(f"The folder {self.path} cannot be written ({error.strerror}).") from None
        with lock:
            try:
                fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                raise CannotCopy(f"Another copy is being made in {self.path} at this moment.") from None
            for left in self.path.glob(f"{_UNFINISHED}*"):
                shutil.rmtree(left)
            yield

    def names(self) -> list[str]:
        """The copies that are whole, the oldest first."""
        if not self.path.is_dir():
            return []
        return sorted(each.name for each in self.path.iterdir() if _NAME.fullmatch(each.name))

    def chosen(self, name: str | None) -> str:
        """The copy with this name, or the newest. Raises ``CannotCopy``."""
        there = self.names()
        if name is None and there:
            return there[-1]
        if name is None or name not in there:
            known = f"; there are {', '.join(there[-5:])}" if there else ""
            raise CannotCopy(f"There is no copy {name or ''} in {self.path}{known}.".replace("copy  in", "copy in"))
        return name

    # --- writing

    @contextlib.contextmanager
    def begun(self, made_at: datetime) -> Iterator[Path]:
        """A folder that becomes a copy if all goes well, and else is gone. Raises ``CannotCopy``."""
        name = name_of(made_at)
        unfinished = self.path / f"{_UNFINISHED}{name}"
        if (self.path / name).exists():
            raise CannotCopy(f"There is a copy {name} already.")
        unfinished.mkdir(mode=0o700)
        try:
            yield unfinished
            _on_disk(unfinished)
            unfinished.rename(self.path / name)
        except BaseException:
            shutil.rmtree(unfinished, ignore_errors=True)
            raise
        _on_disk(self.path)

    @contextlib.contextmanager
    def written(self, folder: Path, part: str, label: str) -> Iterator[sealed_streams.Writer]:
        """One part of a copy, on the disk when this ends."""
        with (folder / part).open("xb") as out:
            writer = sealed_streams.Writer(out, self._keys, label)
            yield writer
            writer.close()
            out.flush()
            os.fsync(out.fileno())

    def put_manifest(self, folder: Path, manifest: Manifest) -> None:
        """Write what the copy says of itself."""
        with self.written(folder, "manifest", "manifest") as out:
            out.write(json.dumps({"format": FORMAT, **manifest.__dict__}).encode())

    def put_file(self, digest: str) -> int:
        """Bring a stored file here unless it is here already; its bytes, or 0. Raises ``NotFound`` from the store."""
        if any(path.exists() for path, _ in self._places(digest)):
            return 0
        path, key = self._places(digest)[0]
        data = files.get(digest)
        path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        handle, unfinished = tempfile.mkstemp(dir=path.parent)
        try:
            with os.fdopen(handle, "wb") as out:
                out.write(crypto.seal(key, f"file {digest}", data))
                out.flush()
                os.fsync(out.fileno())
            Path(unfinished).replace(path)
        except BaseException:
            Path(unfinished).unlink(missing_ok=True)
            raise
        return len(data)

    # --- reading

    def manifest(self, name: str) -> Manifest:
        """What a copy says of itself. Raises ``Unproved``."""
        with self._opened(name, "manifest") as source:
            text = b"".join(sealed_streams.read(source, self._keys, "manifest", f"{name}/manifest"))
        stored = json.loads(text)
        if stored.pop("format") != FORMAT:
            raise Unproved(f"{name} was made by a newer release: install that one, or a later one.")
        return Manifest(**{**stored, "newest_line": tuple(stored["newest_line"])})

    @contextlib.contextmanager
    def lines(self, name: str, part: str, label: str) -> Iterator[Iterator[bytes]]:
        """The lines of one part of a copy. Reading raises ``Unproved``."""
        with self._opened(name, part) as source:
            yield sealed_streams.lines(sealed_streams.read(source, self._keys, label, f"{name}/{part}"))

    def digests(self, name: str, manifest: Manifest) -> list[str]:
        """The files that a copy needs. Raises ``Unproved``."""
        with self.lines(name, "files", f"{manifest.id} files") as found:
            digests = [line.decode() for line in found]
        if len(digests) != manifest.files:
            raise Unproved(f"{name}/files lists {len(digests)} files, and should list {manifest.files}.")
        return digests

    def file(self, digest: str) -> bytes:
        """The content of a file. Raises ``Unproved`` where it is missing or was changed."""
        for path, key in self._places(digest):
            if path.exists():
                try:
                    return crypto.unseal(key, f"file {digest}", path.read_bytes())
                except crypto.SealBroken:
                    raise Unproved(f"The file {path.relative_to(self.path)} of the copies was changed.") from None
        path = self._places(digest)[0][0]
        raise Unproved(f"The file {path.relative_to(self.path)} is missing from the copies.")

    def require_file(self, digest: str) -> None:
        """Raises ``Unproved`` unless the file is here and is what its digest says."""
        if hashlib.sha256(self.file(digest)).hexdigest() != digest:
            raise Unproved(f"The file {digest} of the copies is another one than was copied.")

    def require_readable(self, folder: Path, manifest: Manifest) -> None:
        """Read what was written once more from its beginning to its end. Raises ``Unproved``."""
        for part, label in (("database", f"{manifest.id} database"), ("files", f"{manifest.id} files")):
            with (folder / part).open("rb") as source:
                for _ in sealed_streams.read(source, self._keys, label, part):
                    pass

    # --- rotation

    def rotate(self, keep: rules.Keep) -> tuple[list[str], int]:
        """Remove the copies that are kept no longer, and the files that no copy needs; their names and how many.

        Files stay while any copy that is kept cannot be read. Raises ``Unproved`` then.
        """
        made = {datetime.strptime(name, _MOMENT).replace(tzinfo=UTC): name for name in self.names()}
        stay = rules.kept(made, keep)
        gone = [name for moment, name in sorted(made.items()) if moment not in stay]
        for name in gone:
            leaving = self.path / f"{_UNFINISHED}{name}"  # a removal that is cut off leaves no half copy
            (self.path / name).rename(leaving)
            shutil.rmtree(leaving)
        needed: set[Path] = set()
        for name in self.names():
            for digest in self.digests(name, self.manifest(name)):
                needed |= {path for path, _ in self._places(digest)}
        removed = 0
        for path in (self.path / "files").glob("*/*"):
            if path not in needed:
                path.unlink()
                removed += 1
        return gone, removed

    def _places(self, digest: str) -> list[tuple[Path, bytes]]:
        return [(self.path / "files" / name[:2] / name, key) for name, key in self._keys.files(digest)]

    def _opened(self, name: str, part: str) -> BinaryIO:
        try:
            return (self.path / name / part).open("rb")
        except OSError as error:
            raise Unproved(f"{name}/{part} cannot be read ({error.strerror}): the copy is not whole.") from None


def name_of(made_at: datetime) -> str:
    """How a copy of this moment (UTC) is called."""
    return made_at.strftime(_MOMENT)


def _on_disk(folder: Path) -> None:
    """What a folder holds stays there even if the machine stops now."""
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
