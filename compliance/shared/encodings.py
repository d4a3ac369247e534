"""Which encoding a text file was saved in: certain where it can be, else what such files most often are here."""

import codecs

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
# What is guessed among when the file is neither Unicode nor plainly Chinese.
_OTHERS = ["cp1252", "cp1250", "cp1258", "big5", "gb18030", "mac_roman"]


def decode(data: bytes) -> str:
    """The text of a file. Raises ``Problem`` when it is text in no encoding that is known here."""
    for mark, name in _MARKS:
        if data.startswith(mark):
            return _decode(data, name)
    try:
        return data.decode("utf-8")
    except UnicodeDecodeError:
        pass
    sample = data[:_SAMPLE]
    if sample.count(0) > len(sample) // 5:  # UTF-16 without its mark: every other byte of Latin text is zero
        return _decode(data, "utf-16-le" if sample[1::2].count(0) > sample[::2].count(0) else "utf-16-be")
    if _plainly_chinese(data):
        return _decode(data, "gb18030")
    return _decode(data, _guess(sample))


def _guess(sample: bytes) -> str:
    """The likeliest of the others; among equally likely ones the first of the list above."""
    found = list(from_bytes(sample, cp_isolation=_OTHERS))
    least = min((match.chaos for match in found), default=0.0)
    likely = {name for match in found if match.chaos <= least + 0.02 for name in match.could_be_from_charset}
    return next((name for name in _OTHERS if name in likely), "cp1252")


def _decode(data: bytes, name: str) -> str:
    try:
        return data.decode(name)
    except UnicodeDecodeError as error:
        line = data[: error.start].count(b"\n") + 1
        raise Problem(
            "sheet-encoding",
            N_(
                "The characters near line %(line)d cannot be read. Save the file as CSV UTF-8 or as XLSX and send "
                "it again."
            ),
            line=line,
        ) from None


def _plainly_chinese(data: bytes) -> bool:
    """Whether the whole file is GB 18030 and at least half of its foreign characters are common Chinese ones.

    Almost any two bytes are *some* character of GB 18030; those of accented Latin letters give rare ones.
    """
    try:
        text = data.decode("gb18030")
    except UnicodeDecodeError:
        return False
    foreign = [mark for mark in text if ord(mark) > 127]
    return bool(foreign) and sum(_common(mark) for mark in foreign) * 2 >= len(foreign)


def _common(mark: str) -> bool:
    try:
        return len(mark.encode("gb2312")) == 2
    except UnicodeEncodeError:
        return False
