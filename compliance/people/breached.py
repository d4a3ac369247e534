"""Passwords that others have lost: looked up in a file of the operator's own, because nothing is asked of a network.

The file has one SHA-1 digest in capitals a line, in order, with or without ``:count`` behind it, as collections of lost
passwords are handed out. Dozens of gigabytes are searched by halving: some forty reads.
"""

import hashlib
import re
from pathlib import Path
from typing import BinaryIO

from flask import current_app

_DIGEST = re.compile(r"[0-9A-F]{40}")
_LONGEST = 128  # bytes of a line, its end included
_SAMPLES = 100


def is_known(password: str) -> bool:
    """Whether a password is in the operator's file; False where there is none."""
    file: Path | None = current_app.config.get("BREACHED_PASSWORDS")
    if file is None:
        return False
    # Collections are made of these digests: nothing is kept safe by them here.
    digest = hashlib.sha1(password.encode(), usedforsecurity=False).hexdigest().upper()
    with file.open("rb") as lines:
        low, high = 0, file.stat().st_size
        while low < high:
            middle = (low + high) // 2
            found = _first_from(lines, middle)
            if found and found < digest:
                low = middle + 1
            else:
                high = middle
        return _first_from(lines, low) == digest


def checked(file: Path) -> Path:
    """The file, when it can be one of lost passwords: looked at in a hundred places. Raises ``ValueError``."""
    if not file.is_file():
        raise ValueError(f"{file} is not a file")
    with file.open("rb") as lines:
        size = file.stat().st_size
        found = [_first_from(lines, size * part // _SAMPLES) for part in range(_SAMPLES)]
    found = [one for one in found if one]
    if not found or found != sorted(found) or not all(_DIGEST.fullmatch(one) for one in found):
        raise ValueError(f"{file} does not hold SHA-1 digests in capitals and in order, one a line")
    return file


def _first_from(lines: BinaryIO, place: int) -> str:
    """The digest of the first line that begins at a byte of the file or behind it; "" where none does."""
    lines.seek(max(0, place - 1))
    if place:
        lines.readline(_LONGEST)
    return lines.readline(_LONGEST).partition(b":")[0].strip().decode("ascii", "replace")
