"""A large register for measuring: 150,000 invented enterprises, the same ones every time."""

import random
from functools import cache
from typing import Any
from uuid import UUID

import sqlalchemy as sa

from compliance.associations.models import Association
from compliance.enterprises.classes import Size, districts, sectors, suggested_size
from compliance.enterprises.models import Enterprise, Workplace
from compliance.enterprises.rules import EnterpriseFacts, LetterLanguage, Status, WorkplaceStatus, main_workplace
from compliance.enterprises.store import derived
from compliance.shared import audit, clock
from compliance.shared.database import session

ROWS = 150_000
_ALPHABET = "0123456789ABCDEFGHJKLMNPQRTUWXY"
_WEIGHTS = [pow(3, place, 31) for place in range(17)]
_PLACES = ["昆明", "曲靖", "玉溪", "大理", "楚雄", "昭通", "保山", "丽江", "红河", "文山"]
_NAMES = ["恒泰", "华瑞", "鑫源", "茂盛", "龙腾", "永昌", "长乐", "朝阳"]
_TRADES = {
    "制衣": "C18",
    "鞋业": "C19",
    "纺织": "C17",
    "食品": "C14",
    "家具": "C21",
    "印刷": "C23",
    "塑料": "C29",
    "电子": "C39",
}


def code_of(number: int) -> str:
    """A valid unified social credit code of no real enterprise."""
    body = f"915301{number:09d}XX"
    digit = (31 - sum(_ALPHABET.index(mark) * weight for mark, weight in zip(body, _WEIGHTS, strict=True)) % 31) % 31
    return body + _ALPHABET[digit]


@cache
def _counties() -> list[str]:
    return [code for code in districts() if code.startswith("53") and not code.endswith("00")]


@cache
def _divisions() -> list[str]:
    return [code for code in sectors() if len(code) == 3]


def facts_of(number: int, choose: random.Random) -> EnterpriseFacts:
    """One invented enterprise."""
    trade = choose.choice(list(_TRADES))
    workers = int(choose.lognormvariate(4, 1.2)) + 1
    name = f"{choose.choice(_PLACES)}示例{choose.choice(_NAMES)}{choose.choice(_NAMES)}{trade}{number}厂"
    return EnterpriseFacts(
        name=name,
        name_other=f"Example Works No. {number}",
        credit_code=code_of(number),
        sector=_TRADES[trade] if number % 7 else choose.choice(_divisions()),
        district=choose.choice(_counties()),
        size=suggested_size("C", workers) or Size.micro,
        workers=workers,
        women=workers // 2,
        legal_representative=f"示例代表{number % 97}",
        contact_phone=f"0871-{number:08d}",
        contact_email=f"office{number}@example.org",
        address=f"云南省示例市示例路{number}号",
        status=Status.left if number % 20 == 0 else Status.active,
        letter_language=LetterLanguage.zh_Hans_CN,
    )


def fill_register(rows: int = ROWS) -> UUID:
    """Write an association with ``rows`` enterprises and their workplaces, commit, and return its id."""
    choose = random.Random(20261121)
    association = Association(name_en="Example Association", name_zh="示例协会", short_name_zh="示协")
    session().add(association)
    session().flush()
    association_id = association.id
    audit.record(_Nobody(association_id), "association.created", association)
    tables = [sa.inspect(Enterprise).local_table, sa.inspect(Workplace).local_table]
    indexes = [index for table in tables for index in table.indexes]
    for index in indexes:  # building them once at the end is several times quicker
        index.drop(session().connection())
    for start in range(0, rows, 5000):
        enterprises, workplaces = [], []
        for number in range(start, min(start + 5000, rows)):
            facts = facts_of(number, choose)
            one = _row(facts, association_id, choose) | derived(facts)
            enterprises.append(one)
            place = _row(main_workplace(facts), association_id, choose)
            workplaces.append(place | {"enterprise_id": one["id"], "main": True, "status": WorkplaceStatus.active})
        session().execute(sa.insert(tables[0]), enterprises)
        session().execute(sa.insert(tables[1]), workplaces)
    for index in indexes:
        index.create(session().connection())
    session().commit()
    return association_id


def _row(facts: Any, association_id: UUID, choose: random.Random) -> dict[str, Any]:
    own = {"id": UUID(int=choose.getrandbits(128), version=4), "association_id": association_id}
    return own | {"revision": 1, "created_at": clock.now()} | {name: getattr(facts, name) for name in facts.__slots__}


class _Nobody:
    person_id = None
    address = "bench"

    def __init__(self, association_id: UUID) -> None:
        self.association_id = association_id
