"""A child process that answers questions: kept between them, asked through pipes, and killed when it takes too long.

A piece that goes through a pipe is its length (four bytes, the highest first) and its bytes.
"""

import atexit
import os
import select
import struct
import subprocess
import sys
import time
from collections.abc import Callable, Mapping
from typing import IO

from compliance.shared.places import PACKAGE

STARTS_WITHIN = 20.0
"""Seconds that a child which greets may take until it does."""


class Child:
    """The one child of this process that runs ``module``, started when first needed; asked by one thread at a time.

    It is given what ``environment`` returns when it is started, and the path to this package. One that ``greets`` sends
    a piece when it is ready, so that its start does not count as time for an answer.
    """

    def __init__(self, module: str, *, environment: Callable[[], Mapping[str, str]], greets: bool = False) -> None:
        self._module, self._environment, self._greets = module, environment, greets
        self.process: subprocess.Popen[bytes] | None = None
        self._owner = 0
        atexit.register(self.close)

    def pipes(self) -> tuple[IO[bytes], IO[bytes]]:
        """Where questions are written and answers read, of a child that lives. Raises as ``take`` while it starts."""
        if self.process is not None and self.process.poll() is not None:
            self.close()
        started = self.process is None or self._owner != os.getpid()
        if started:
            path = os.pathsep.join(filter(None, (str(PACKAGE.parent), os.environ.get("PYTHONPATH"))))
            self.process = subprocess.Popen(  # noqa: S603 - a module of our own
                [sys.executable, "-m", self._module],
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                env={**self._environment(), "PYTHONPATH": path},
                start_new_session=True,  # Ctrl-C is for the parent; the child leaves when its input ends
            )
            self._owner = os.getpid()
        assert self.process is not None
        assert self.process.stdin is not None
        assert self.process.stdout is not None
        if started and self._greets:
            take(self.process.stdout, time.monotonic() + STARTS_WITHIN)
        return self.process.stdin, self.process.stdout

    def close(self) -> None:
        """End the child that this process started."""
        process, self.process = self.process, None
        if process is None or self._owner != os.getpid():
            return
        process.kill()
        process.wait()
        for stream in (process.stdin, process.stdout):
            if stream is not None:
                try:
                    stream.close()
                except BrokenPipeError:
                    continue


def give(stream: IO[bytes], *pieces: bytes) -> None:
    """Send pieces. Raises ``BrokenPipeError`` when the other side has gone."""
    for piece in pieces:
        stream.write(struct.pack(">I", len(piece)) + piece)
    stream.flush()


def take(stream: IO[bytes], deadline: float) -> bytes:
    """One piece, before this moment of the monotonic clock. Raises ``TimeoutError``, and ``EOFError`` when the other
    side has gone.
    """
    (size,) = struct.unpack(">I", _bytes(stream, 4, deadline))
    return _bytes(stream, size, deadline)


def _bytes(stream: IO[bytes], size: int, deadline: float) -> bytes:
    parts: list[bytes] = []
    while size:
        ready, _, _ = select.select([stream], [], [], max(0.0, deadline - time.monotonic()))
        if not ready:
            raise TimeoutError
        part = os.read(stream.fileno(), min(size, 1 << 20))
        if not part:
            raise EOFError
        parts.append(part)
        size -= len(part)
    return b"".join(parts)
