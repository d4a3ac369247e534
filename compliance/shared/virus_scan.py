"""A virus scanner beside the product, if the operator has one: ClamAV's daemon, asked over its socket (INSTREAM)."""

import socket
import struct

from flask import current_app

from compliance.shared.problems import Problem
from compliance.shared.words import N_

PATIENCE = 20  # seconds for connecting, and for each answer
_PIECE = 2**16


def require_clean(data: bytes, name: str) -> None:
    """Raise ``Problem`` for what the scanner finds, and where it cannot be asked: unchecked is not clean.

    Without the setting ``virus_scanner`` nothing is asked.
    """
    where = current_app.config.get("VIRUS_SCANNER")
    if not where:
        return
    try:
        answer = _asked(where, data)
    except OSError:
        raise Problem(
            "upload-unchecked", N_("%(name)s could not be checked for viruses just now. Try again later."), name=name
        ) from None
    if answer.endswith(b"FOUND"):
        raise Problem("upload-infected", N_("%(name)s is infected and was not taken."), name=name)
    if not answer.endswith(b"OK"):
        raise Problem(
            "upload-unchecked", N_("%(name)s could not be checked for viruses just now. Try again later."), name=name
        )


def _asked(where: str, data: bytes) -> bytes:
    with _connected(where) as line:
        line.sendall(b"zINSTREAM\0")
        for start in range(0, len(data), _PIECE):
            piece = data[start : start + _PIECE]
            line.sendall(struct.pack("!I", len(piece)) + piece)
        line.sendall(struct.pack("!I", 0))
        answer = b""
        while not answer.endswith(b"\0") and len(answer) < 4096:
            more = line.recv(1024)
            if not more:
                break
            answer += more
    return answer.rstrip(b"\0\n ")


def _connected(where: str) -> socket.socket:
    if where.startswith("unix:"):
        line = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        line.settimeout(PATIENCE)
        try:
            line.connect(where.removeprefix("unix:"))
        except OSError:
            line.close()
            raise
        return line
    host, _colon, port = where.removeprefix("tcp:").rpartition(":")
    return socket.create_connection((host, int(port)), timeout=PATIENCE)
