"""Names as people look for them: folded for comparing, in pinyin for sorting and searching.

A name is stored exactly as registered; everything here is derived from it and never shown.
"""

import re
import unicodedata
from dataclasses import dataclass
from functools import lru_cache

from pypinyin import lazy_pinyin

_DOTS = str.maketrans(dict.fromkeys("•‧∙⋅・･⸱", "·"))
_SPACE = re.compile(r"\s+")
_NOT_ALNUM = re.compile(r"[\W_]+")
_DIGITS = re.compile(r"\d+")

# Characters of names that the pinyin dictionary has no reading for.
_READINGS = {"𠮷": "ji", "𬱖": "di", "𫖮": "yi", "𬭸": "jian"}

_RARE = re.compile(f"([{''.join(_READINGS)}])")
_ASCII = re.compile("([\x00-\x7f]+)")
_OTHER = "\x01"

_SORT_BYTES = 240
_NAME_BYTES = 1000
_LATIN_BYTES = 1200  # with the sort key and the facts beside it, an index row stays below PostgreSQL's 2,704 bytes
_MOST_TERMS = 6


def fold(text: str) -> str:
    """The form in which two names are the same: NFKC, no case, one kind of middle dot, single spaces."""
    return _SPACE.sub(" ", unicodedata.normalize("NFKC", text).casefold().translate(_DOTS)).strip()


def match_key(name: str, address: str) -> str:
    """What identifies an enterprise that has no credit code."""
    return f"{fold(name)}\n{fold(address)}"


def sort_key(name: str) -> str:
    """The order of names as a Chinese list has it: by syllable, polyphones read by phrase, numbers by value."""
    chunks = (_DIGITS.sub(lambda digits: digits.group().zfill(6), chunk) for chunk, _ in _chunks(name))
    return _within(" ".join(chunks), _SORT_BYTES)


def search_name(*names: str) -> str:
    """What a search with Chinese (or any non-Latin) characters looks in."""
    return _within("\n".join(_compact(name) for name in names if not _without_accents(name).isascii()), _NAME_BYTES)


def search_latin(code: str | None, *names: str) -> str:
    """What a search with Latin letters or digits looks in: the code, Latin names, pinyin in full and its initials."""
    parts = [code.casefold()] if code else []
    for name in filter(None, names):
        plain = _without_accents(fold(name))
        if plain.isascii():
            parts.append(" ".join(_NOT_ALNUM.split(plain)).strip())
            continue
        chunks = _chunks(name)
        whole = "".join(chunk for chunk, _ in chunks)
        parts += [whole, "".join(chunk[0] if is_syllable else chunk for chunk, is_syllable in chunks)]
        if "v" in whole:  # lü is typed as lv or as lu
            parts.append(whole.replace("v", "u"))
    return _within("\n".join(dict.fromkeys(parts)), _LATIN_BYTES)


@dataclass(frozen=True, slots=True)
class Term:
    """One word of a search: looked for in the Latin or in the name text."""

    text: str
    latin: bool


def terms(query: str) -> tuple[Term, ...]:
    """The words of a search, all of which must be found. Empty for a search of nothing but marks."""
    found = []
    for word in fold(query).split():
        bare = _without_accents(word).replace("·", " ")
        if bare.isascii():  # Latin names are kept without their marks: "Co.," is found as "co"
            found += [Term(part, True) for part in _NOT_ALNUM.split(bare) if part]
        else:
            found.append(Term(_compact(word), False))
    return tuple(dict.fromkeys(found))[:_MOST_TERMS]


def _compact(text: str) -> str:
    return fold(text).replace("·", "").replace(" ", "")


@lru_cache(maxsize=64)  # a name is read for sorting and right after that for searching
def _chunks(name: str) -> list[tuple[str, bool]]:
    """(text, is a syllable): the Chinese characters' syllables and the other words, in small letters, no marks."""
    found = []
    for run in _ASCII.split(unicodedata.normalize("NFKC", name)):
        for part in [run] if run.isascii() else _readings(run):
            if part.startswith(_OTHER) or run.isascii():
                text = _without_accents(fold(part.removeprefix(_OTHER)))
                found += [(word, False) for word in _NOT_ALNUM.split(text) if word]
            else:
                found.append((part, True))
    return found


@lru_cache(maxsize=8192)  # in a register the same words come again and again
def _readings(run: str) -> tuple[str, ...]:
    return tuple(lazy_pinyin(run, errors=_others))  # type: ignore[arg-type]


def _others(run: str) -> list[str]:
    """What has no entry in the pinyin dictionary, marked; the rare characters among it with their reading."""
    return [_READINGS.get(part, _OTHER + part) for part in _RARE.split(run) if part]


def _without_accents(text: str) -> str:
    if text.isascii():
        return text
    return "".join(mark for mark in unicodedata.normalize("NFKD", text) if not unicodedata.combining(mark))


def _within(text: str, limit: int) -> str:
    return text.encode()[:limit].decode(errors="ignore")
