"""Long streams, packed and sealed piece by piece, so that no more than one piece is ever in memory.

The construct is STREAM (Hoang, Reyhanitabar, Rogaway and Vizár 2015) as the file format age uses it, with AES-256-GCM:
a key of its own for each stream (HKDF-SHA-256 of the backup key with a random salt of 256 bits), pieces of 1 MiB, and
as nonce the number of the piece and whether it is the last. A piece that is changed, left out, doubled, moved or cut
off does not open. Each stream says what it is (its label), which is authenticated with every piece.
"""

import os
import zlib
from collections.abc import Iterator
from typing import BinaryIO

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from compliance.backups.keys import ID_BYTES, Keys
from compliance.backups.problems import Unproved
from compliance.shared import crypto

_MAGIC = b"compliance copy 1\n"
_SALT = 32
_PIECE = 1 << 20
_TAG = 16
_PACKED = 1  # zlib's level: the quickest, and within a tenth of the densest for rows


class Writer:
    """Writes a stream: ``write`` as often as needed, then ``close``, without which the stream does not open."""

    def __init__(self, out: BinaryIO, keys: Keys, label: str) -> None:
        salt = os.urandom(_SALT)
        header = _MAGIC + keys.newest_id + salt
        self._out, self._bound = out, header + label.encode()
        self._seal = AESGCM(crypto.derived(keys.newest, "stream", salt))
        self._packing = zlib.compressobj(_PACKED)
        self._waiting = bytearray()
        self._number = 0
        out.write(header)

    def write(self, data: bytes) -> None:
        """Add bytes."""
        self._waiting += self._packing.compress(data)
        while len(self._waiting) > _PIECE:  # one that is exactly full may be the last
            self._put(last=False)

    def close(self) -> None:
        """Write the last piece. The file itself is the caller's."""
        self._waiting += self._packing.flush()
        while len(self._waiting) > _PIECE:
            self._put(last=False)
        self._put(last=True)

    def _put(self, *, last: bool) -> None:
        piece = bytes(self._waiting[:_PIECE])
        del self._waiting[:_PIECE]
        self._out.write(self._seal.encrypt(_nonce(self._number, last=last), piece, self._bound))
        self._number += 1


def read(source: BinaryIO, keys: Keys, label: str, name: str) -> Iterator[bytes]:
    """The bytes of a stream in pieces. ``name`` is how an error calls it.

    Raises ``Unproved`` at anything that was not written by ``Writer`` with one of these keys and this label.
    """
    header = source.read(len(_MAGIC) + ID_BYTES + _SALT)
    if len(header) != len(_MAGIC) + ID_BYTES + _SALT or not header.startswith(_MAGIC):
        raise Unproved(f"{name} is not part of a copy, or its beginning was changed.")
    key = keys.of(header[len(_MAGIC) :][:ID_BYTES], name)
    seal = AESGCM(crypto.derived(key, "stream", header[-_SALT:]))
    unpacking = zlib.decompressobj()
    number, piece = 0, source.read(_PIECE + _TAG)
    while True:
        following = source.read(_PIECE + _TAG)
        try:
            packed = seal.decrypt(_nonce(number, last=not following), piece, header + label.encode())
        except InvalidTag:
            raise Unproved(f"{name} was changed or cut off: piece {number + 1} does not open.") from None
        yield unpacking.decompress(packed)
        if not following:
            break
        number, piece = number + 1, following
    if not unpacking.eof:
        raise Unproved(f"{name} ends too early.")


def lines(pieces: Iterator[bytes]) -> Iterator[bytes]:
    """The lines of a stream, without their ends."""
    rest = b""
    for piece in pieces:
        *whole, rest = (rest + piece).split(b"\n")
        yield from whole
    if rest:
        yield rest


def _nonce(number: int, *, last: bool) -> bytes:
    return number.to_bytes(11, "big") + (b"\x01" if last else b"\x00")
