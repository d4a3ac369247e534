"""Text that is the same for everybody goes over the line compressed: once for each content in each process.

Only for what holds no secret: a page with somebody's token beside text that others may influence stays as it is.
"""

import gzip
import re
from functools import lru_cache

import brotli

SMALLEST = 512
"""Bytes below which compressing saves nothing."""


def pack(data: bytes, accepted: str) -> tuple[bytes, str]:
    """The bytes as they are sent to who accepts these encodings (the request's header), and the name of the encoding
    ("" where they stay as they are).
    """
    names = {part.partition(";")[0].strip() for part in accepted.lower().split(",")}
    how = next((name for name in ("br", "gzip") if name in names), "")
    if not how or len(data) < SMALLEST:
        return data, ""
    return _packed(data, how), how


_COMMENTS = re.compile(rb"^[ \t]*(?://[^\n]*|/\*\*.*?\*/[ \t]*)\n", re.MULTILINE | re.DOTALL)
_INDENTS = re.compile(rb"^[ \t]+", re.MULTILINE)
_REMARKS = re.compile(rb"[ \t]+//[^\n'\"`]*$", re.MULTILINE)


def lean(script: bytes) -> bytes:
    """A script without comments and indents, a fifth of it. Texts of a script may look like neither:
    tests/web/test_answers.py looks.
    """
    return _REMARKS.sub(b"", _INDENTS.sub(b"", _COMMENTS.sub(b"", script)))


@lru_cache(maxsize=512)
def _packed(data: bytes, how: str) -> bytes:
    if how == "br":
        smaller: bytes = brotli.compress(data, quality=11)
        return smaller
    return gzip.compress(data, 9, mtime=0)
