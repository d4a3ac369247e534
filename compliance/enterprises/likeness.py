"""Which entries of a register may be the same employer: suspected with a score and reasons, never decided.

No entry is compared with all others. Entries meet where they share something rare: a code, a telephone number, a rare
word, the sound of a piece of the name, a house number beside one of these. What too many share says nothing.
"""

import re
import zlib
from array import array
from collections import defaultdict
from collections.abc import Callable, Hashable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property, lru_cache
from heapq import nlargest
from typing import Any
from unicodedata import combining, normalize

import numpy as np
from pypinyin import lazy_pinyin
from rapidfuzz import fuzz
from rapidfuzz.distance import DamerauLevenshtein, Hamming

from compliance.enterprises.names import fold
from compliance.shared.words import N_

LEAST = 80
"""The score from which two entries are suspected, of 100."""
_CROWD = 40
"""Entries that may meet over one thing they share; what more of them share says nothing."""
_MET = 12
"""Entries that one is compared with, those first with which it shares the rarest."""
_RARE = 4
"""Words of a name that are looked at, the rarest first."""
_MASKS = tuple(zlib.crc32(bytes([mark])) for mark in range(6))
_GRAM = 3
_ENOUGH = 4
"""Letters of a name that stands in a longer one."""
_ELSEWHERE = 30.0
"""How alike two addresses are at most whose house numbers differ."""
_OTHER_WORDS = 14
"""What it takes from a name that each has a word which the other has not."""
_OTHER_BRANCH = 22
"""What it takes from a score that the names hold different numbers; half of it where only one has a mark."""
_LEAST_NAME = 76
"""How alike the names are at least, whatever else is the same: many employers share a house. A code goes beyond."""
_ONE_NAME, _MOVED = 99, 84.0
"""How alike names are that are one name, and the score where only one entry has it, at another address."""
_NO_ADDRESS, _NAMESAKES = 4, 25
"""What it takes from a score that an address is missing, and that several entries have the name."""
_TOLD = 5000
"""Entries between two words about progress."""

_FORMS = {
    "co", "company", "ltd", "limited", "inc", "incorporated", "corp", "corporation", "llc", "llp", "plc", "gmbh", "sa",
    "srl", "bv", "pvt", "pte", "the", "and", "of",
}  # fmt: skip
_FORMS_ZH = re.compile("股份有限公司|有限责任公司|有限公司|个人独资企业|合伙企业|集团|公司|[（）()]")
_WORDS = {
    "mfg": "manufacturing", "mfy": "manufactory", "intl": "international", "int": "international", "fty": "factory",
    "grp": "group", "tech": "technology", "ind": "industrial", "bros": "brothers", "ctr": "center", "centre": "center",
    "mkt": "market", "rest": "restaurant", "svc": "service", "svcs": "services", "dist": "district", "prov": "province",
    "st": "street", "str": "street", "rd": "road", "ave": "avenue", "av": "avenue", "blvd": "boulevard", "ln": "lane",
    "dr": "drive", "ste": "suite", "fl": "floor", "flr": "floor", "bldg": "building", "hwy": "highway", "pl": "place",
    "sq": "square", "n": "north", "s": "south", "e": "east", "w": "west", "zhen": "town", "lu": "road", "jie": "street",
}  # fmt: skip
_DIGITS = re.compile(r"\d+")
_LATIN = re.compile(r"[a-z]+|[0-9]+")
_BRANCH = re.compile(r"\b(?:no|number|unit|plant|factory|branch|store|shop|branch no)\s*\.?\s*#?\s*(\d+)\b|#\s*(\d+)\b")
_BRANCH_ZH = re.compile("第?([一二三四五六七八九十0-9]+)(?:分厂|分公司|分店|厂|车间|号店)|(分厂|分公司|分店)")


@dataclass(frozen=True, slots=True)
class Entry:
    """An enterprise as it is compared. ``id`` is whatever tells it from others."""

    id: Hashable
    name: str
    name_other: str = ""
    credit_code: str | None = None
    address: str = ""
    phone: str = ""


@dataclass(frozen=True, slots=True)
class Reason:
    """Why, as a message id with its facts."""

    text: str
    facts: dict[str, Any]


@dataclass(frozen=True, slots=True)
class Suspicion:
    """Two entries that may be one employer. ``score`` is 0 to 100."""

    first: Hashable
    second: Hashable
    score: int
    reasons: tuple[Reason, ...]


Progress = Callable[[int, int], None]


def within(entries: Sequence[Entry], progress: Progress | None = None) -> list[Suspicion]:
    """The suspected pairs of a register, the likeliest first."""
    looks = [_Look(entry) for entry in entries]
    meeting = _Meeting(looks)
    pairs = ((one, other) for one, look in enumerate(looks) for other in meeting.with_(look) if other > one)
    return _judged(meeting, looks, looks, pairs, progress)


def between(register: Sequence[Entry], coming: Sequence[Entry], progress: Progress | None = None) -> list[Suspicion]:
    """The suspected pairs of those that come (``second``) with those that are there (``first``), likeliest first."""
    known, new = [_Look(entry) for entry in register], [_Look(entry) for entry in coming]
    meeting = _Meeting(known)
    pairs = ((other, one) for one, look in enumerate(new) for other in meeting.with_(look))
    return _judged(meeting, known, new, pairs, progress)


def _judged(
    meeting: "_Meeting",
    first: Sequence["_Look"],
    second: Sequence["_Look"],
    pairs: Iterable[tuple[int, int]],
    progress: Progress | None,
) -> list[Suspicion]:
    found, reached = [], 0
    of = first if first is second else second
    for one, other in pairs:
        place = one if first is second else other
        if progress and place >= reached:
            progress(place, len(of))
            reached = place + _TOLD
        suspicion = _compare(first[one], second[other], meeting.namesakes(first[one]))
        if suspicion:
            found.append(suspicion)
    return sorted(found, key=lambda suspicion: -suspicion.score)


class _Look:
    """An entry as it is compared: its words by sound, without what only tells the form of a company."""

    __slots__ = ("__dict__", "entry")

    def __init__(self, entry: Entry) -> None:
        self.entry = entry

    @cached_property
    def names(self) -> tuple[str, ...]:
        """Its names, each as words with a blank between them."""
        return tuple(dict.fromkeys(filter(None, map(name_words, (self.entry.name, self.entry.name_other)))))

    @cached_property
    def address(self) -> str:
        return address_words(self.entry.address)

    @cached_property
    def house(self) -> str:
        """The first number of the address."""
        found = _DIGITS.search(self.address)
        return found.group() if found else ""

    @cached_property
    def phone(self) -> str:
        digits = "".join(_DIGITS.findall(self.entry.phone))
        return digits[-8:] if len(digits) >= 7 else ""

    @cached_property
    def marks(self) -> frozenset[str]:
        """Which works or branch it is, as far as its names say so: their numbers."""
        named = (mark for name in (self.entry.name, self.entry.name_other) for mark in _branch(name))
        return frozenset((*named, *(number.lstrip("0") for number in _DIGITS.findall(" ".join(self.names)))))

    @cached_property
    def words(self) -> frozenset[str]:
        return frozenset(word for name in self.names for word in name.split())


class _Meeting:
    """Where entries of a register meet others."""

    def __init__(self, looks: Sequence[_Look]) -> None:
        self._often: dict[str, int] = defaultdict(int)
        self._named: dict[str, int] = defaultdict(int)
        for look in looks:
            self._named[look.names[0] if look.names else ""] += 1
            for word in look.words:
                self._often[word] += 1
        keys, places = array("q"), array("l")
        for place, look in enumerate(looks):
            mine = self._keys(look)
            keys.extend(mine)
            places.extend([place] * len(mine))
        order = np.argsort(np.frombuffer(keys, np.int64), kind="stable") if keys else np.zeros(0, np.int64)
        self._sorted = np.array(keys, np.int64)[order]
        self._places = np.array(places, np.int64)[order]

    def with_(self, look: _Look) -> list[int]:
        """The places of the entries that this one shares most with, by how rare what they share is."""
        shared: dict[int, float] = defaultdict(float)
        wanted = np.array(sorted(self._keys(look)), np.int64)
        begins, ends = (np.searchsorted(self._sorted, wanted, side).tolist() for side in ("left", "right"))
        for begin, end in zip(begins, ends, strict=True):
            if 0 < end - begin <= _CROWD:
                for place in self._places[begin:end].tolist():
                    shared[place] += 1 / (end - begin)
        if len(shared) <= _MET:
            return list(shared)
        return nlargest(_MET, shared, key=lambda place: (shared[place], -place))

    def namesakes(self, look: _Look) -> int:
        """How many entries have its name."""
        return self._named.get(look.names[0], 0) if look.names else 0

    def _keys(self, look: _Look) -> set[int]:
        entry = look.entry
        keys: set[int] = set()
        if entry.credit_code:
            keys.add(hash(("code", entry.credit_code)))
            keys.add(hash(("code", entry.credit_code[:9])))
            keys.add(hash(("code", entry.credit_code[-9:])))
        if look.phone:
            keys.add(hash(("phone", look.phone)))
        for name in look.names:
            rare = sorted(dict.fromkeys(name.split()), key=lambda word: (self._often.get(word, 0), word))[:_RARE]
            keys.update(hash(("word", word)) for word in rare)
            keys.update(hash(("words", *sorted((a, b)))) for i, a in enumerate(rare) for b in rare[:i])
            whole = name.replace(" ", "")
            sounds = _sounds(whole)
            keys.update(hash(("sound", *sound)) for sound in enumerate(sounds))
            if look.house:
                keys.update(hash(("house", look.house, word)) for word in rare)
                keys.update(hash(("house", look.house, *sound)) for sound in enumerate(sounds))
            keys.update((hash(("begins", whole[:6])), hash(("ends", whole[-6:]))))
        if look.house and look.address:
            keys.add(hash(("address", look.house, *look.address.replace(look.house, "", 1).split()[:2])))
        return keys


def _sounds(text: str) -> tuple[int, ...]:
    """The least of the pieces of a text under several orders: alike texts share one of them with high probability."""
    grams = [zlib.crc32(text[at : at + _GRAM].encode()) for at in range(max(1, len(text) - _GRAM + 1))]
    return tuple(min(gram ^ mask for gram in grams) for mask in _MASKS)


def _compare(one: _Look, other: _Look, namesakes: int) -> Suspicion | None:
    """The suspicion that two entries arouse; None where it is below ``LEAST``."""
    reasons: list[Reason] = []
    name = max((_alike(a, b) for a in one.names for b in other.names), default=0.0)
    score = name
    if one.address and other.address:
        address = _addresses_alike(one, other)
        score = 0.62 * name + 0.38 * address
        if address >= LEAST:
            reasons.append(Reason(N_("addresses alike: %(percent)d per cent"), {"percent": round(address)}))
        elif name >= _ONE_NAME and namesakes == 1:
            score = max(score, _MOVED)
            reasons.append(Reason(N_("perhaps moved: another address"), {}))
    else:
        score -= _NAMESAKES if namesakes > 1 else _NO_ADDRESS
    if one.phone and one.phone == other.phone:
        score += 8 if one.house == other.house else 4  # a chain has one number for all its shops
        reasons.append(Reason(N_("same telephone number"), {}))
    if one.marks != other.marks:
        score -= _OTHER_BRANCH if one.marks and other.marks else _OTHER_BRANCH / 2
        reasons.append(Reason(N_("perhaps another branch or works"), {}))
    if one.entry.credit_code and other.entry.credit_code:
        score, told = _by_code(one.entry.credit_code, other.entry.credit_code, name, score)
        if told:
            reasons.insert(0, told)
    if score < LEAST or (name < _LEAST_NAME and score < 100):
        return None
    if name >= LEAST:
        reasons.insert(0, Reason(N_("names alike: %(percent)d per cent"), {"percent": round(name)}))
    return Suspicion(one.entry.id, other.entry.id, min(100, round(score)), tuple(reasons))


def _addresses_alike(one: _Look, other: _Look) -> float:
    """How alike two addresses are, 0 to 100. Another house number is another place, unless it may be a slip."""
    alike = fuzz.token_sort_ratio(one.address, other.address)
    if set(one.address.split()) <= set(other.address.split()) or set(other.address.split()) <= set(one.address.split()):
        alike = max(alike, 95.0)
    if one.house and other.house and one.house != other.house:
        slip = DamerauLevenshtein.distance(one.house, other.house) == 1 and max(len(one.house), len(other.house)) > 2
        alike = min(alike, 80.0 if slip else _ELSEWHERE)
    return alike


def _by_code(one: str, other: str, name: float, score: float) -> tuple[float, Reason | None]:
    """What two credit codes do to a score: the same one is one employer; another one is another by law."""
    if one == other:
        return 100.0, Reason(N_("same credit code"), {})
    apart = Hamming.distance(one, other) if len(one) == len(other) else DamerauLevenshtein.distance(one, other)
    swapped = DamerauLevenshtein.distance(one, other) == 1
    if (apart == 1 or swapped) and name >= LEAST:
        return max(score, 92.0), Reason(N_("credit codes differ in one sign"), {})
    return score - 25, None


def _alike(one: str, other: str) -> float:
    """How alike two names are, 0 to 100. A word more is little; a word that each has and the other has not is much."""
    words, others = one.split(), other.split()
    ordered = fuzz.ratio(" ".join(sorted(words)), " ".join(sorted(others)))
    joined = fuzz.ratio("".join(words), "".join(others))
    alike = max(ordered, joined)
    mine, theirs = set(words) - set(others), set(others) - set(words)
    if not mine or not theirs:
        fewer = min(words, others, key=len)
        return max(alike, 93.0) if sum(map(len, fewer)) >= _ENOUGH else alike
    if joined < 90 and _without_partner(mine, theirs) and _without_partner(theirs, mine):
        alike -= _OTHER_WORDS
    return alike


def _without_partner(words: set[str], others: set[str]) -> bool:
    """Whether one of these words is like none of the others."""
    return any(max(fuzz.ratio(word, other) for other in others) < 70 for word in words)


@lru_cache(maxsize=65536)
def name_words(name: str) -> str:
    """A name as words of small Latin letters, Chinese by its sound, without what tells the form of a company."""
    words = [_WORDS.get(word, word) for word in _latin(_FORMS_ZH.sub(" ", fold(name)))]
    kept = [word for word in words if word not in _FORMS]
    return " ".join(kept or words)


@lru_cache(maxsize=65536)
def address_words(address: str) -> str:
    """An address as words of small Latin letters and numbers, abbreviations written out."""
    return " ".join(_WORDS.get(word, word) for word in _latin(fold(address)))


def _latin(text: str) -> list[str]:
    if not text.isascii():
        text = "".join(mark for mark in normalize("NFKD", text) if not combining(mark))
        if not text.isascii():
            text = "".join(mark if mark.isascii() else _syllable(mark) for mark in text)
    return _LATIN.findall(text.replace("'", ""))


@lru_cache(maxsize=32768)
def _syllable(mark: str) -> str:
    """How a character sounds by itself: enough to compare by, and the same wherever it stands."""
    return f" {lazy_pinyin(mark)[0]} "


def _branch(name: str) -> Iterator[str]:
    text = fold(name)
    for found in _BRANCH.finditer(text):
        yield (found.group(1) or found.group(2)).lstrip("0")
    for found in _BRANCH_ZH.finditer(text):
        yield found.group(1) or found.group(2)
