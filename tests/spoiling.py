"""A labelled set of duplicates: real names and addresses, each spoilt in known ways. The recipe stands in the handbook.

Truth: a spoilt entry is the one it was made of, and every entry of the list with the same name and address (the lists
hold some employers several times). Every second row (``TUNED``) was looked at while the rules were made, the others
(``HELD_OUT``) never.
"""

import csv
import random
from collections import defaultdict
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

from compliance.enterprises import likeness
from compliance.enterprises.likeness import Entry
from compliance.enterprises.names import fold

DATA = Path(__file__).parents[1].parent / "shared" / "data"
FILES = (
    *(DATA / f"factories_{number}.csv" for number in (2, 3, 4, 5, 9, 10, 13, 14)),
    DATA / "sf_businesses.csv",
    DATA / "us_whd_sf_district_cases.csv",
)
TUNED, HELD_OUT = 0, 1
_COLUMNS = (("name", "address"), ("Trade Name", "Full Address"))


def entries(half: int) -> list[Entry]:
    """Every second row of the files, as far as it has a name."""
    found = []
    for file in FILES:
        with file.open(encoding="utf-8", errors="replace", newline="") as text:
            for number, row in enumerate(csv.DictReader(text)):
                name, address = next((n, a) for n, a in _COLUMNS if n in row)
                if row[name].strip() and number % 2 == half:
                    phone = row.get("phone_number") or ""
                    found.append(Entry(f"{file.stem} {number}", row[name], address=row[address], phone=phone))
    return found


def figures(half: int, seed: int = 20261123) -> tuple[float, float, int]:
    """Precision, recall and how many spoilt entries came.

    Three quarters of the entries are the register; a spoilt half of all comes, so that a quarter of those is new.
    """
    choose = random.Random(seed)
    known = entries(half)
    stay = [entry for entry in known if choose.random() < 0.75]
    coming = [spoilt(entry, choose, choose.choice((1, 1, 2))) for entry in known if choose.random() < 0.5]
    same: dict[tuple[str, str], set[str]] = defaultdict(set)
    keys = {entry.id: (fold(entry.name), fold(entry.address)) for entry in known}
    for entry in stay:
        same[keys[entry.id]].add(str(entry.id))
    truth = {(id, str(entry.id)) for entry in coming for id in same[keys[str(entry.id).removeprefix("spoilt ")]]}
    found = {(str(one.first), str(one.second)) for one in likeness.between(stay, coming)}
    right = len(found & truth)
    return right / max(1, len(found)), right / max(1, len(truth)), len(coming)


def spoilt(entry: Entry, choose: random.Random, times: int) -> Entry:
    """The same employer as somebody else wrote it down: ``times`` spoilings, each of another kind."""
    for spoil in choose.sample(SPOILINGS, times):
        entry = spoil(entry, choose)
    return replace(entry, id=f"spoilt {str(entry.id).removeprefix('spoilt ')}")


def _typo(text: str, choose: random.Random) -> str:
    if len(text) < 5:
        return text
    at = choose.randrange(1, len(text) - 2)
    match choose.randrange(3):
        case 0:
            return text[:at] + text[at + 1 :]
        case 1:
            return text[:at] + text[at + 1] + text[at] + text[at + 2 :]
        case _:
            return text[:at] + text[at] + text[at:]


def _typo_in_name(entry: Entry, choose: random.Random) -> Entry:
    return replace(entry, name=_typo(entry.name, choose))


def _typo_in_address(entry: Entry, choose: random.Random) -> Entry:
    return replace(entry, address=_typo(entry.address, choose))


def _other_form(entry: Entry, choose: random.Random) -> Entry:
    """The form of the company left out or written otherwise."""
    words = entry.name.split()
    forms = {"co", "ltd", "co.,", "ltd.", "limited", "inc", "inc.", "llc", "corp", "corp.", "company", "co.", "co.,ltd"}
    bare = [word for word in words if word.casefold().strip(",") not in forms]
    ending = choose.choice(("", "", "Co., Ltd.", "Limited", "Inc."))
    return replace(entry, name=" ".join([*(bare or words), *([ending] if ending else [])]))


def _other_order(entry: Entry, choose: random.Random) -> Entry:
    """Two neighbouring words in the other order."""
    words = entry.name.split()
    if len(words) < 2:
        return entry
    at = choose.randrange(len(words) - 1)
    words[at : at + 2] = words[at + 1], words[at]
    return replace(entry, name=" ".join(words))


def _full_width(entry: Entry, _choose: random.Random) -> Entry:
    def wide(text: str) -> str:
        return "".join(chr(ord(mark) + 0xFEE0) if "!" <= mark <= "~" else mark for mark in text)

    return replace(entry, name=wide(entry.name), address=wide(entry.address))


def _other_case(entry: Entry, choose: random.Random) -> Entry:
    change = choose.choice((str.upper, str.lower, str.title))
    return replace(entry, name=change(entry.name).replace(",", " ").replace(".", ""), address=change(entry.address))


def _abbreviated(entry: Entry, choose: random.Random) -> Entry:
    pairs = [
        ("street", "St"),
        ("road", "Rd"),
        ("avenue", "Ave"),
        ("international", "Intl"),
        ("manufacturing", "Mfg"),
        ("factory", "Fty"),
        (" st ", " Street "),
        (" rd ", " Road "),
        (" ave ", " Avenue "),
        ("building", "Bldg"),
    ]

    def short(text: str) -> str:
        for whole, less in pairs:
            at = f"{text} ".casefold().find(whole)
            if at >= 0:
                text = f"{text} "[:at] + less + f"{text} "[at + len(whole) :]
        return text.strip()

    return replace(entry, name=short(entry.name), address=short(entry.address))


def _less_address(entry: Entry, choose: random.Random) -> Entry:
    """The end of the address left out: province, country, postal code."""
    words = entry.address.split()
    return replace(entry, address=" ".join(words[: max(3, len(words) - choose.randrange(1, 4))]))


def _no_address(entry: Entry, _choose: random.Random) -> Entry:
    return replace(entry, address="") if len(entry.name) > 14 else entry


def _a_word_more(entry: Entry, choose: random.Random) -> Entry:
    return replace(entry, name=f"{entry.name} {choose.choice(('(China)', 'Group', 'Enterprises', 'Intl'))}")


SPOILINGS: list[Callable[[Entry, random.Random], Entry]] = [
    _typo_in_name, _typo_in_address, _other_form, _other_order, _full_width, _other_case, _abbreviated, _less_address,
    _no_address, _a_word_more,
]  # fmt: skip
