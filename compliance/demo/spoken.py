"""What workers of the demo said, invented: some visits have interviews, and of recent ones somebody is asked again."""

import random
from datetime import date
from typing import Any
from uuid import UUID

from compliance.checklists.interviews import Setting
from compliance.interviews import records, store
from compliance.people.rules import Actor
from compliance.referrals import indicators

_ALONE = 14
_TELL_OF_IT = 0.45
_TROUBLES = 4
"""Questions of one workplace to which many answer that something is wrong."""
_COERCED = 0.12
"""Visits at which workers tell of coercion: elsewhere they tell of late pay and dirty toilets."""


def speak(inspector: Actor, visit_id: UUID, day: date, chance: random.Random, *, contact: bool) -> None:
    """Interviews of one visit, alone and in one group; with ``contact`` somebody agrees to be asked again."""
    form, coercion = store.form(), indicators.load().coercion
    coerced = chance.random() < _COERCED
    told = [one for one in form.questions if one.answers and (coerced or coercion.isdisjoint(one.ilo))]
    troubles = {one.id for one in chance.sample(told, min(_TROUBLES, len(told)))}
    for setting in [Setting.alone] * _ALONE + [Setting.group]:
        given = {}
        for question in form.asked(setting):
            if chance.random() < 0.85:
                wanted = question.id in troubles and chance.random() < _TELL_OF_IT
                fitting = [answer for answer in question.answers if answer.shortfall is wanted]
                given[question.id] = {"answer": fitting[0].id}
        raw: dict[str, Any] = {
            "setting": setting.value,
            "language": "zh",
            "people": 4,
            "notice": True,
            "consent": True,
            "answers": given,
            "note": "赶货的时候连着干，问了也没人说清楚工钱怎么算。" if chance.random() < 0.2 else "",
        }
        store.close(inspector, visit_id, UUID(int=chance.getrandbits(128), version=4), records.made(form, raw), day)
    if contact:
        store.keep_contact(inspector, visit_id, "138 0000 0000，晚上八点以后", day)
        store.give_card(inspector, visit_id, day)
