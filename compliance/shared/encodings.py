"""Which encoding a text file was saved in: certain where it can be, else what such files most often are here."""

import codecs
from collections import Counter
from collections.abc import Iterator

from charset_normalizer import from_bytes

from compliance.shared.problems import Problem
from compliance.shared.words import N_

_MARKS = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
_SAMPLE = 200_000
_PIECE = 2**20  # bytes
# What is guessed among when the file is neither Unicode nor plainly Chinese.
_OTHERS = ["cp1252", "cp1250", "cp1258", "big5", "gb18030", "mac_roman"]


ENCODINGS = {
    "utf-8-sig": "UTF-8",
    "utf-16": "UTF-16",
    "utf-16-le": "UTF-16 LE",
    "utf-16-be": "UTF-16 BE",
    "utf-32": "UTF-32",
    "gb18030": "GB18030 (GBK, GB2312)",
    "big5": "Big5",
    "cp1252": "Windows-1252",
    "cp1250": "Windows-1250",
    "cp1258": "Windows-1258",
    "mac_roman": "Mac Roman",
}
"""Every encoding that is known here, by the name that Python has for it, as people know it."""


def encoding_of(data: bytes) -> str:
    """The encoding of a text, one of ``ENCODINGS``. Raises ``Problem`` when it is text in none of them."""
    for mark, name in _MARKS:
        if data.startswith(mark):
            return _checked(data, name)
    if _fault(data, "utf-8-sig") is None:
        return "utf-8-sig"
    sample = data[:_SAMPLE]
    if sample.count(0) > len(sample) // 5:  # UTF-16 without its mark: every other byte of Latin text is zero
        return _checked(data, "utf-16-le" if sample[1::2].count(0) > sample[::2].count(0) else "utf-16-be")
    if _plainly_chinese(data):
        return "gb18030"
    return _checked(data, _guess(sample))


def _guess(sample: bytes) -> str:
    """The likeliest of the others; among equally likely ones the first of the list above."""
    found = list(from_bytes(sample, cp_isolation=_OTHERS))
    least = min((match.chaos for match in found), default=0.0)
    likely = {name for match in found if match.chaos <= least + 0.02 for name in match.could_be_from_charset}
    return next((name for name in _OTHERS if name in likely), "cp1252")


def _checked(data: bytes, name: str) -> str:
    if _fault(data, name) is not None:
        raise unreadable(data, name)
    return name


def unreadable(data: bytes, name: str) -> Problem:
    """What to say of a text that is not in this encoding: the line of its first fault."""
    line = data[: _fault(data, name) or 0].count(b"\n") + 1
    return Problem(
        "sheet-encoding",
        N_(
            "The characters near line %(line)d cannot be read. Save the file as CSV UTF-8 or as XLSX and send it again."
        ),
        line=line,
    )


def _fault(data: bytes, name: str) -> int | None:
    """Where the text stops being in this encoding, in bytes, or None; piece by piece, so that little is held."""
    try:
        for _text in _pieces(data, name):
            pass
    except _Fault as fault:
        return fault.place
    return None


class _Fault(Exception):
    def __init__(self, place: int) -> None:
        super().__init__(place)
        self.place = place


def _pieces(data: bytes, name: str) -> Iterator[str]:
    decoder = codecs.getincrementaldecoder(name)()
    view = memoryview(data)
    for start in range(0, len(data), _PIECE):
        before = len(decoder.getstate()[0])  # of a character that the last piece ended in the middle of
        try:
            yield decoder.decode(view[start : start + _PIECE], final=start + _PIECE >= len(data))
        except UnicodeDecodeError as error:
            raise _Fault(start - before + error.start) from None


def _plainly_chinese(data: bytes) -> bool:
    """Whether the whole file is GB 18030 and at least half of its foreign characters are common Chinese ones.

    Almost any two bytes are *some* character of GB 18030; those of accented Latin letters give rare ones.
    """
    common = foreign = 0
    try:
        for text in _pieces(data, "gb18030"):
            for mark, times in Counter(text).items():
                if ord(mark) > 127:
                    foreign += times
                    common += times * _common(mark)
    except _Fault:
        return False
    return foreign > 0 and common * 2 >= foreign


def _common(mark: str) -> bool:
    try:
        return len(mark.encode("gb2312")) == 2
    except UnicodeEncodeError:
        return False
