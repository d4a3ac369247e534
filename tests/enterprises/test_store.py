"""The register on both databases: scope, search, single writes."""

from dataclasses import replace
from datetime import date
from uuid import UUID, uuid4

import pytest
from sqlalchemy import event
from sqlmodel import Session

from compliance.enterprises import rules, store, store_lists
from compliance.enterprises.classes import Size
from compliance.enterprises.rules import EnterpriseFacts, Status, WorkplaceFacts
from compliance.enterprises.store import Filters
from compliance.people.rules import Actor, system_actor
from compliance.shared import audit
from compliance.shared.problems import Conflict, NotFound, Problem, Refused, Stale
from tests.bench.register import code_of
from tests.world import World

PLACES = [
    "昆明示例制衣10厂",
    "昆明示例制衣2厂",
    "安宁示例鞋业",
    "长沙示例食品",
    "重庆示例食品",
    "阿凡提·巴依示例食品",
    "𠮷祥示例厂",
]


@pytest.fixture
def filled(db_session: Session, world: World) -> Actor:
    """The system actor, with a few more enterprises in the register."""
    system = world.system
    for number, name in enumerate(PLACES):
        store.create(
            system,
            {
                "name": name,
                "credit_code": code_of(number) if number else None,
                "sector": ("C18", "C1811", "H62")[number % 3],
                "district": ("530111", "530181", "440300")[number % 3],
                "size": "large" if number == 1 else None,
                "status": "left" if number == 2 else "active",
                "workers": number * 10,
            },
        )
    return system


def names_of(found: store_lists.Found) -> list[str]:
    return [row.name for row in found.rows]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("制衣", ["昆明示例制衣2厂", "昆明示例制衣10厂"]),
        ("kmsl", ["昆明示例制衣2厂", "昆明示例制衣10厂"]),
        ("𠮷", ["𠮷祥示例厂"]),
        ("阿凡提・巴依", ["阿凡提·巴依示例食品"]),
        ("chongqing 食品", ["重庆示例食品"]),
        (code_of(3)[5:15], ["长沙示例食品"]),
        ("%", []),
        ("衣%", []),
        ("衣_", []),
        ("制_厂", []),
        ("garments", []),
    ],
)
def test_search_finds_by_name_pinyin_and_code(filled: Actor, text: str, expected: list[str]) -> None:
    found = [name for name in names_of(store.search(filled, text)) if name in PLACES]
    if text != "%":  # a mark alone is no search
        assert found == expected


def test_sorting_by_name_is_by_pinyin(filled: Actor) -> None:
    found = [name for name in names_of(store.search(filled)) if name in PLACES]
    assert found == [
        "阿凡提·巴依示例食品",
        "安宁示例鞋业",
        "长沙示例食品",
        "重庆示例食品",
        "𠮷祥示例厂",
        "昆明示例制衣2厂",
        "昆明示例制衣10厂",
    ]
    down = [name for name in names_of(store.search(filled, sort="-name")) if name in PLACES]
    assert down == found[::-1]


@pytest.mark.parametrize(
    ("filters", "count"),
    [
        (Filters(sector="C18"), 3 + 2 + 1),  # C18 and C1811, and one of the world
        (Filters(sector="C"), 3 + 2 + 2),
        (Filters(district="530000"), 5 + 3),
        (Filters(district="440300"), 2),
        (Filters(size=Size.large), 1),
        (Filters(status=Status.left), 1),
        (Filters(sector="C18", district="530111", status=Status.active), 3),
        (Filters(sector="T"), 0),
    ],
)
def test_filters_take_all_that_lies_below(filled: Actor, filters: Filters, count: int) -> None:
    found = store.search(filled, filters=filters)
    assert found.total == len(found.rows) == count
    assert len(list(store_lists.every(filled, filters=filters))) == count


@pytest.mark.parametrize("sort", ["name", "-name", "sector", "-district", "workers", "-workers", "nonsense"])
@pytest.mark.parametrize("filters", [Filters(), Filters(status=Status.active)])
@pytest.mark.parametrize("text", ["", "示例"])
def test_pages_follow_each_other_without_gap_or_repeat(filled: Actor, sort: str, filters: Filters, text: str) -> None:
    whole = store.search(filled, text, filters, sort, per_page=100)
    pages = [store.search(filled, text, filters, sort, page, per_page=3) for page in range(1, -(-whole.total // 3) + 1)]
    assert [row.id for page in pages for row in page.rows] == [row.id for row in whole.rows]
    assert {page.total for page in pages} == {whole.total} == {len(whole.rows)}
    if sort == "-workers":
        assert [row.workers for row in whole.rows] == sorted((row.workers for row in whole.rows), reverse=True)


def test_a_page_beyond_the_end_is_the_last_one(filled: Actor) -> None:
    found = store.search(filled, page=99, per_page=4)
    assert (found.page, found.pages, len(found.rows)) == (3, 3, 2)
    assert store.search(filled, "示例", page=10**9, per_page=4).page > 1
    assert store.search(filled, "nothing at all", page=5).total == 0


def test_a_search_goes_as_far_as_it_is_useful_and_says_so(filled: Actor, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(store_lists, "MOST_FOUND", 4)
    found = store.search(filled, "示例", per_page=3, page=2)
    assert (found.total, found.pages, found.more, len(found.rows)) == (4, 2, True, 1)
    assert store.search(filled, "示例", per_page=3, page=9).page == 2


def test_a_page_costs_the_same_number_of_statements_however_many_rows(filled: Actor, db_session: Session) -> None:
    said: list[str] = []
    event.listen(db_session.get_bind(), "before_cursor_execute", lambda *given: said.append(given[2]))
    for text, filters in (("", Filters()), ("示例", Filters()), ("", Filters(sector="C")), ("nothing", Filters())):
        said.clear()
        store.search(filled, text, filters)
        assert len(said) == 2


def test_only_values_in_use_are_offered(filled: Actor) -> None:
    assert store_lists.sectors_in_use(filled) == ["C18", "C1811", "C19", "H62"]
    assert store_lists.districts_in_use(filled) == ["440300", "530102", "530111", "530181"]
    assert store_lists.sectors_in_use(system_actor(uuid4())) == []


def test_managers_see_their_own_enterprises_and_other_associations_nothing(world: World, db_session: Session) -> None:
    manager, first, second = world.actor("manager"), world.enterprises[0], world.enterprises[1]
    assert [row.id for row in store.search(manager).rows] == [first]
    assert store.get(manager, first).id == first
    stranger = world.actor("stranger")
    for actor, enterprise, place in ((manager, second, world.workplaces[1]), (stranger, first, world.workplaces[0])):
        for read in (
            lambda a=actor, e=enterprise: store.get(a, e),
            lambda a=actor, p=place: store.workplace(a, p),
        ):
            with pytest.raises(NotFound):
                read()
        assert store.workplaces_of(actor, enterprise) == []
        assert store.pledges_of(actor, enterprise) == []
        assert store.several(actor, [enterprise]) == {}
    with pytest.raises(NotFound):
        store.get(manager, uuid4())


def test_who_has_a_tie_sees_the_entry_and_changes_nothing(world: World, db_session: Session) -> None:
    tied = replace(world.actor("coordinator"), tied_ids=frozenset(world.enterprises[:1]))
    row = store.get(tied, world.enterprises[0])
    place = store.workplaces_of(tied, row.id)[0]
    for write in (
        lambda: store.edit(tied, row, replace(rules.as_stored(row), name="Mine")),
        lambda: store.add_workplace(tied, row, WorkplaceFacts(name="Mine")),
        lambda: store.edit_workplace(tied, place, WorkplaceFacts(name="Mine")),
        lambda: store.close_workplace(tied, place),
        lambda: store.record_pledge(tied, row, code_version="1", signed_on=date(2026, 1, 1), signed_by="x"),
    ):
        with pytest.raises(Refused):
            write()


def test_a_new_enterprise_has_its_main_workplace_and_a_line_on_the_trail(world: World, db_session: Session) -> None:
    row = store.create(
        world.actor("coordinator"), {"name": "示例制衣新厂", "workers": 80, "women": 50, "address": "示例路"}
    )
    [place] = store.workplaces_of(world.system, row.id)
    assert (place.main, place.name, place.workers, place.address) == (True, row.name, 80, "示例路")
    assert row.letter_language == "zh_Hans_CN"
    [line] = audit.about(row.id)
    assert line.verb == "enterprise.created"
    assert "search_latin" not in str(line.changes)


def test_a_code_belongs_to_one_enterprise_of_an_association(world: World, db_session: Session) -> None:
    store.create(world.system, {"name": "A", "credit_code": code_of(1)})
    with pytest.raises(Conflict, match="A already has") as raised:
        store.create(world.system, {"name": "B", "credit_code": code_of(1)})
    assert raised.value.facts["field"] == "credit_code"
    other = system_actor(UUID(str(world.noise_association_id)))
    assert store.create(other, {"name": "B", "credit_code": code_of(1)}).credit_code == code_of(1)


def test_what_may_not_be_stored_names_its_field(world: World, db_session: Session) -> None:
    for given, field in (({"name": ""}, "name"), ({"name": "A", "credit_code": "1"}, "credit_code")):
        with pytest.raises(Problem) as raised:
            store.create(world.system, given)
        assert raised.value.facts["field"] == field


def test_an_edit_is_seen_by_search_and_by_the_main_workplace(world: World, db_session: Session) -> None:
    row = store.get(world.system, world.enterprises[0])
    before = row.revision
    store.edit(world.system, row, replace(rules.as_stored(row), name="Renamed 示例新名", workers=75), before)
    assert row.revision == before + 1
    assert names_of(store.search(world.system, "xinming")) == ["Renamed 示例新名"]
    assert store.workplaces_of(world.system, row.id)[0].name == "Renamed 示例新名"
    assert store.workplaces_of(world.system, row.id)[0].workers == 75
    with pytest.raises(Stale):
        store.edit(world.system, row, replace(rules.as_stored(row), name="Again"), before)
    store.edit(world.system, row, rules.as_stored(row), row.revision)
    assert row.revision == before + 1, "saving without a change is no new revision"


def test_workplaces_come_and_go_but_one_stays(world: World, db_session: Session) -> None:
    system, enterprise = world.system, world.enterprises[0]
    row = store.get(system, enterprise)
    second = store.add_workplace(system, row, WorkplaceFacts(name="Second", workers=5, dormitory=True))
    assert [place.name for place in store.workplaces_of(system, enterprise)] == [row.name, "Second"]
    assert store.profile_of(second).dormitory
    assert store.profile_of(second).sector == "C18"
    store.close_workplace(system, second)
    assert len(store.workplaces_of(system, enterprise)) == 1
    assert len(store.workplaces_of(system, enterprise, closed=True)) == 2
    with pytest.raises(Conflict):
        store.close_workplace(system, store.workplaces_of(system, enterprise)[0])
    store.reopen_workplace(system, second)
    revision = second.revision
    store.edit_workplace(system, second, WorkplaceFacts(name="Third"), revision)
    with pytest.raises(Stale):
        store.edit_workplace(system, second, WorkplaceFacts(name="Fourth"), revision)
    with pytest.raises(Problem):
        store.edit_workplace(system, second, WorkplaceFacts(name="x", workers=1, women=2))


def test_a_pledge_holds_from_its_day_until_it_is_withdrawn(world: World, db_session: Session) -> None:
    system, enterprise = world.system, store.get(world.system, world.enterprises[0])
    with pytest.raises(Problem):
        store.record_pledge(system, enterprise, code_version="1", signed_on=date(2999, 1, 1), signed_by="x")
    pledge = store.record_pledge(system, enterprise, code_version="1", signed_on=date(2025, 1, 1), signed_by="示例代表")
    in_force = lambda day: store.pledge_in_force(system, enterprise.id, day)  # noqa: E731
    assert in_force(date(2024, 12, 31)) is None
    assert in_force(date(2025, 1, 1)) is pledge
    with pytest.raises(Problem):
        store.withdraw_pledge(system, pledge, date(2024, 1, 1))
    store.withdraw_pledge(system, pledge, date(2025, 6, 1))
    assert in_force(date(2025, 5, 31)) is pledge
    assert in_force(date(2025, 6, 1)) is None


def test_exact_names_survive(world: World, db_session: Session) -> None:
    for name in ("𠮷祥·示例（喆）䶮厂", "阿凡提•巴依示例厂", "Café “Núñez” & Søn", "示例\u3000制衣厂"):
        row = store.create(world.system, EnterpriseFacts(name=name))
        db_session.expire(row)
        assert row.name == name
