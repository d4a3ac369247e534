"""A stream opens as it was written, or not at all."""

import io
import os

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from compliance.backups import sealed_streams
from compliance.backups.keys import ID_BYTES, Keys
from compliance.backups.problems import Unproved

KEYS, OTHER = Keys({1: b"k" * 32}), Keys({1: b"o" * 32})
PIECE = (1 << 20) + 16
HEADER = 18 + ID_BYTES + 32
LONG = os.urandom(3 << 20)  # does not pack, so it fills several pieces


def written(clear: bytes, keys: Keys = KEYS, label: str = "a") -> bytes:
    out = io.BytesIO()
    writer = sealed_streams.Writer(out, keys, label)
    writer.write(clear)
    writer.close()
    return out.getvalue()


def read(sealed: bytes, keys: Keys = KEYS, label: str = "a") -> bytes:
    return b"".join(sealed_streams.read(io.BytesIO(sealed), keys, label, "it"))


@given(st.binary(max_size=2000))
def test_what_is_written_is_read(clear: bytes) -> None:
    assert read(written(clear)) == clear


def test_a_long_stream_is_read_piece_by_piece() -> None:
    pieces = list(sealed_streams.read(io.BytesIO(written(LONG)), KEYS, "a", "it"))

    assert b"".join(pieces) == LONG
    assert max(map(len, pieces)) <= PIECE


def test_lines_come_as_they_were_however_the_pieces_fall() -> None:
    lines = [LONG[at : at + 700_000].replace(b"\n", b" ") for at in range(0, len(LONG), 700_000)]

    assert list(sealed_streams.lines(iter([b"\n".join(lines) + b"\n"]))) == lines
    assert (
        list(sealed_streams.lines(sealed_streams.read(io.BytesIO(written(b"\n".join(lines))), KEYS, "a", "i"))) == lines
    )


@settings(max_examples=60)
@given(st.integers(0, 10**9))
def test_a_changed_bit_does_not_open(at: int) -> None:
    sealed = bytearray(written(b"word" * 50))
    at %= len(sealed) * 8
    sealed[at // 8] ^= 1 << at % 8

    with pytest.raises(Unproved, match="^it "):
        read(bytes(sealed))


SEALED = written(LONG)
FIRST, SECOND = HEADER + PIECE, HEADER + 2 * PIECE


@pytest.mark.parametrize(
    "changed",
    [
        SEALED[:FIRST],
        SEALED[:SECOND],
        SEALED[:-1],
        SEALED[:HEADER],
        SEALED[: HEADER - 1],
        SEALED + b"x",
        SEALED + SEALED[HEADER:FIRST],
        SEALED[:HEADER] + SEALED[FIRST:],
        SEALED[:HEADER] + SEALED[FIRST:SECOND] + SEALED[HEADER:FIRST] + SEALED[SECOND:],
        SEALED[:SECOND] + SEALED[FIRST:],
    ],
    ids=[
        "after the first piece", "after the second", "last byte", "only the header", "half a header", "a byte more",
        "a piece more", "first piece gone", "pieces in another order", "a piece twice",
    ],
)  # fmt: skip
def test_what_is_cut_moved_or_added_does_not_open(changed: bytes) -> None:
    with pytest.raises(Unproved, match=r"^it .*\."):
        read(changed)


def test_another_key_or_label_does_not_open_and_the_key_is_named_as_the_reason() -> None:
    sealed = written(b"word")

    with pytest.raises(Unproved, match="by another backup key"):
        read(sealed, OTHER)
    with pytest.raises(Unproved, match="was changed"):
        read(sealed, label="b")


def test_older_keys_open_what_they_sealed() -> None:
    both = Keys({1: b"k" * 32, 2: b"o" * 32})

    assert read(written(b"old"), both) == b"old"
    assert read(written(b"new", both), OTHER) == b"new"


def test_the_same_bytes_never_look_the_same() -> None:
    assert written(b"word")[HEADER:] != written(b"word")[HEADER:]
