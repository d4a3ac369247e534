"""The pay sheet on the tablet: what it carries to reckon with, and the keeping of the editions that it sends.

The sheet stands on the tablet in its vault, like the answers, and here under the seal of the visit.
"""

import hashlib
import json
from collections.abc import Iterable, Mapping
from decimal import Decimal
from functools import cache
from typing import TYPE_CHECKING, Any
from uuid import UUID

from compliance.casework import paying
from compliance.checklists.rates import MinimumWage, PayConstants, Rates
from compliance.checklists.rules import Checklist
from compliance.enterprises import store as enterprises
from compliance.people.rules import Actor
from compliance.shared.problems import Problem
from compliance.shared.sealed_keys import KeyDestroyed
from compliance.shared.words import CHINESE, ENGLISH, Text
from compliance.visits import store as visits
from compliance.visits.beside import EDITION
from compliance.visits.rules import State
from compliance.wages import records, store
from compliance.wages.records import Edition

if TYPE_CHECKING:
    from compliance.visits.models import Visit


def carried(actor: Actor, visit: "Visit") -> dict[str, Any] | None:
    """What a tablet needs to go on with the sheet of an open visit; nothing once it is closed."""
    if visit.state is not State.handed_out:
        return None
    try:
        sheet = store.sheet(visit.id)
    except KeyDestroyed:
        return None
    return {
        "sheet": records.as_json(Edition(sheet.rows, sheet.groups, comprehensive=sheet.comprehensive)),
        "editions": [str(id) for id in store.edition_ids(visit.id)],
        "inspector": paying.place_of(actor, visit),
        **law(enterprises.workplace(actor, visit.workplace_id).district, store.rates(), visits.checklist(visit)),
    }


@cache
def stamp() -> str:
    """Changes with the rates, so that every tablet fetches them again."""
    return hashlib.sha256(repr(store.rates()).encode()).hexdigest()


def edition_counts(visit_ids: Iterable[UUID]) -> dict[UUID, int]:
    """How many editions there are of sheets, so that a tablet fetches a pack again after each."""
    return store.edition_counts(visit_ids)


def keep(actor: Actor, visit: "Visit", name: str, value: Any) -> None:
    """Keep the edition that one entry of ``PAY`` brings. Raises ``Problem`` for what cannot be kept."""
    try:
        edition = json.loads(value)
    except (ValueError, RecursionError):
        raise Problem("pay-sheet", records.NO_SHEET) from None
    store.take_rows(actor, visit, UUID(name.removeprefix(EDITION)), edition, visits.today(actor))


def law(district: str, rates: Rates, checklist: Checklist) -> dict[str, Any]:
    """The rates of a district, those that nobody confirmed among them, and the articles behind them, as JSON."""
    return {
        "district": district,
        "minimum_wages": [wage(one) for one in rates.of_district(district)],
        "constants": [_constants(one, checklist) for one in rates.constants],
    }


def wage(one: MinimumWage) -> dict[str, Any]:
    """A minimum wage as JSON."""
    return {
        "from": one.valid_from.isoformat(),
        "monthly": str(one.monthly),
        "hourly": None if one.hourly is None else str(one.hourly),
        "status": one.status.value,
        "source": _both(one.source),
    }


def _constants(one: PayConstants, checklist: Checklist) -> dict[str, Any]:
    return {
        "from": one.valid_from.isoformat(),
        **{name: str(amount) for name, amount in vars(one).items() if isinstance(amount, Decimal)},
        "laws": {rule: list(keys) for rule, keys in one.laws.items()},
        "articles": _articles(checklist, one.laws),
    }


def _articles(checklist: Checklist, laws: Mapping[str, tuple[str, ...]]) -> dict[str, Any]:
    keys = dict.fromkeys(key for several in laws.values() for key in several if key in checklist.laws)
    found = {}
    for key, entry in ((key, checklist.laws[key]) for key in keys):
        if not entry.confirmed:
            continue
        found[key] = {
            "from": entry.valid_from.isoformat() if entry.valid_from else None,
            "to": entry.valid_to.isoformat() if entry.valid_to else None,
            "text": _both(checklist.citation(key)),
        }
    return found


def _both(text: Text) -> dict[str, str]:
    return {ENGLISH: text.en, CHINESE: text.zh}
