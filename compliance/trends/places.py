"""Where the square of each district stands on the map. Pure; the places are data (``data/README.md``)."""

import csv
from collections import Counter
from collections.abc import Iterable, Mapping
from functools import cache
from importlib import resources

from compliance.shared.tile_map import in_rows

_DATA = resources.files("compliance.trends") / "data"


@cache
def known() -> Mapping[str, tuple[int, int]]:
    """Column and row by district, for the cities that have places."""
    lines = (_DATA / "tiles.csv").read_text(encoding="utf-8").splitlines()
    return {row["code"]: (int(row["column"]), int(row["row"])) for row in csv.DictReader(lines)}


def home(members: Mapping[str, int]) -> str:
    """The city (four digits) in which most members are; "" where none is known."""
    cities: Counter[str] = Counter()
    for district, number in members.items():
        if district.isdigit():
            cities[district[:4]] += number
    return max(sorted(cities), key=lambda city: cities[city], default="")


def placed(districts: Iterable[str], city: str) -> dict[str, tuple[int, int]]:
    """A place for each district: those of the city where they lie, with the others in rows below them."""
    wanted = sorted(set(districts))
    found = {code: place for code, place in known().items() if code[:4] == city}
    below = max((row for _column, row in found.values()), default=-1) + 1
    rest = [code for code in wanted if code not in found]
    return found | {code: (column, below + row) for code, (column, row) in zip(rest, in_rows(len(rest)), strict=True)}
