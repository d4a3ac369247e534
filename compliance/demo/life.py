"""What happened to the demo's members over the years, who signed the code, and whom it was sent to."""

from collections.abc import Iterable
from datetime import date, timedelta
from uuid import UUID, uuid4

from compliance.casework import code_sendings, lists
from compliance.checklists import store as checklists
from compliance.demo.story import Cast, at
from compliance.enterprises import store as enterprises
from compliance.enterprises import store_life, store_sendings
from compliance.enterprises.life import Audience, LifeKind, Told
from compliance.shared.database import session
from compliance.shared.jobs import Run
from compliance.visits.rules import State

# (place among the invented enterprises, days ago, what happened, note)
_PAST = (
    (0, 2400, LifeKind.joined, "由示例街道商会介绍入会。"),
    (0, 1300, LifeKind.changed_owner, "股权转让，见工商变更通知。"),
    (0, 410, LifeKind.moved, "老厂区拆迁，整体搬入示例工业园。"),
    (1, 2100, LifeKind.joined, ""),
    (1, 700, LifeKind.left, "因费用问题退会。"),
    (1, 380, LifeKind.came_back, "补缴会费后恢复会籍。"),
    (4, 1900, LifeKind.joined, ""),
    (4, 260, LifeKind.split_up, "餐饮业务独立经营。"),
    (5, 1500, LifeKind.joined, ""),
    (6, 1700, LifeKind.joined, "会长任职企业。"),
)
_COUNTED = {0: ((300, 2), (190, -2), (80, 3)), 1: ((280, -4), (90, 5)), 4: ((250, 20),), 6: ((120, 6),)}
"""Place -> (days ago, how many more or fewer people than today)."""
_SPLIT_INTO = 14
_GONE = ((LifeKind.closed, "停产清算，已在登记机关注销。"), (LifeKind.left, "企业总部迁往外省，申请退会。"))
_SENT = 2  # days ago
_SIGNS_AFTERWARDS = 8


def tell(cast: Cast, today: date) -> None:
    """Write it all down, as the coordinator learnt of it; commits."""
    for place, days, kind, note in _PAST:
        _happen(cast, cast.enterprises[place][1], today - timedelta(days=days), today - timedelta(days=365), kind, note)
    for place, counts in _COUNTED.items():
        told, enterprise_id, _workplace = cast.enterprises[place]
        for days, more in counts:
            with at(today - timedelta(days=days), 10):
                who = cast.actor("coordinator")
                store_life.count(
                    who, enterprises.get(who, enterprise_id), today - timedelta(days=days), told.workers + more
                )
        session().commit()
    for (kind, note), enterprise_id in zip(_GONE, _quiet(cast, today), strict=False):
        _happen(cast, enterprise_id, today - timedelta(days=9), today - timedelta(days=6), kind, note)
    _send(cast, today)


def _happen(cast: Cast, enterprise_id: UUID, on: date, learnt: date, kind: LifeKind, note: str) -> None:
    learnt = max(on, learnt)
    with at(learnt, 11):
        who = cast.actor("coordinator")
        row = enterprises.get(who, enterprise_id)
        told = Told(
            kind=kind,
            happened_on=on,
            learnt_on=learnt,
            note=note,
            address=(f"示例市老厂路{on.day}号", row.address),
            owner=("示例股东甲", "示例股东乙"),
            into=(cast.enterprises[_SPLIT_INTO][1],),
        )
        store_life.record(who, row, told)
        session().commit()


def _quiet(cast: Cast, today: date) -> Iterable[UUID]:
    """Members without an account that nobody visits now, and nobody visited lately."""
    busy = frozenset({State.planned, State.handed_out, State.sealed})
    for _told, enterprise_id, _workplace in reversed(cast.enterprises[10:]):
        visits = lists.history(cast.actor("coordinator"), enterprise_id, frozenset(State)).rows
        lately = [row for row in visits if (row.visited_on or row.planned_for) > today - timedelta(days=40)]
        if not lately and not [row for row in visits if row.state in busy]:
            yield enterprise_id


def _send(cast: Cast, today: date) -> None:
    """Who has not pledged is asked to; one of them signs on paper the day after."""
    with at(today - timedelta(days=_SENT), 9):
        who = cast.actor("coordinator")
        version = checklists.current(cast.association_id)
        audience = Audience(outstanding=True)
        seen = store_sendings.size_of(who, audience, version.code_version)
        if not seen:
            return
        by = today + timedelta(days=30)
        row = store_sendings.confirm(who, uuid4(), version.number, audience, by, seen)
        session().commit()
        code_sendings.write_all(Run(row.id), str(row.id), 0)
        session().commit()
    with at(today - timedelta(days=_SENT - 1), 15):
        who = cast.actor("coordinator")
        enterprises.record_pledge(
            who,
            enterprises.get(who, cast.enterprises[_SIGNS_AFTERWARDS][1]),
            code_version=version.code_version,
            checklist_version_id=version.id,
            signed_on=today - timedelta(days=_SENT - 1),
            signed_by="法定代表人（示例）",
            signed_position="总经理",
        )
        session().commit()
