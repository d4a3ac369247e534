"""Plausible answers for a visit of the demo, from a seed and a quality."""

import random
from collections.abc import Iterable
from functools import cache
from pathlib import Path
from typing import Any

import yaml

from compliance.checklists.rules import Checklist, Item, Profile, Verdict, applicable
from compliance.visits.answers import Answer, Known

_WAYS = {"d": Known.document, "o": Known.observation, "i": Known.interview}
_WORDS = {
    "unable": {"en": "The records for this could not be produced on the day.", "zh": "当日未能提供相关记录。"},
    "unseen": {"en": "There was no time to look at this.", "zh": "因时间所限未查看。"},
    "away": {"en": "This does not exist at this workplace.", "zh": "本场所无此情形。"},
}

# Dangers are rare, also in a story: one visit in seven or so finds one.
_CRITICAL_KEPT = 0.965


@cache
def _data(name: str) -> dict[str, Any]:
    read: dict[str, Any] = yaml.safe_load((Path(__file__).parent / f"{name}.yaml").read_text(encoding="utf-8"))
    return read


def answers(
    checklist: Checklist,
    profile: Profile,
    chance: random.Random,
    quality: float,
    language: str,
    forced: Iterable[str] = (),
) -> list[Answer]:
    """An answer for every item that is asked. ``forced`` items are not kept, with their facts."""
    forced = set(forced)
    given: dict[str, Answer] = {}
    for item in checklist.items:
        if applicable(item, profile, given):
            given[item.id] = _answer(item, profile, chance, quality, language, item.id in forced)
    # Skip logic may have opened or closed items behind the one that decides.
    return [answer for id, answer in given.items() if applicable(checklist.item(id), profile, given)]


def _answer(item: Item, profile: Profile, chance: random.Random, quality: float, language: str, forced: bool) -> Answer:
    seen = _data("seen").get(item.id)
    drawn = chance.random()
    kept = _CRITICAL_KEPT if item.severity == "critical" else quality + 0.12
    if seen and (forced or drawn > kept):
        whole = forced or chance.random() < 0.55
        verdict = Verdict.non_compliant if whole else Verdict.partial
        known = {fact.id for fact in item.facts}
        facts = frozenset(f for f in seen.get("facts", ()) if f in known) if forced else frozenset()
        # More than a tenth of the workers would raise the severity; in the story that is the exception.
        most = profile.workers if forced else max(1, profile.workers * 9 // 100)
        workers = min(seen["workers"], most) if "workers" in seen and profile.workers else None
        ways = frozenset(_WAYS[way] for way in seen["known"])
        return Answer(item.id, verdict, note=_said(seen, language), workers=workers, known_by=ways, facts=facts)
    if drawn < 0.02 and item.severity != "critical":
        return Answer(item.id, Verdict.unable_to_verify, reason=_said(_WORDS["unable"], language))
    if drawn < 0.05 and item.severity != "critical":
        return Answer(item.id, Verdict.not_looked_at, reason=_said(_WORDS["unseen"], language))
    if drawn < 0.06 and item.severity == "minor":
        return Answer(item.id, Verdict.not_applicable, reason=_said(_WORDS["away"], language))
    good = _said(_data("good")[item.id], language) if chance.random() < 0.18 and item.id in _data("good") else ""
    return Answer(item.id, Verdict.compliant, good=good)


def _said(words: dict[str, Any], language: str) -> str:
    """What an inspector wrote: in the enterprise's language, or in both, Chinese first."""
    if language == "both":
        return f"{words['zh']} {words['en']}"
    return str(words["zh" if language.startswith("zh") else "en"])
