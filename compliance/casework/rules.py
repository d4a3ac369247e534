"""The law of casework: who may release and who may clear, and what stands in the way of a release."""

import re
from collections.abc import Iterable, Mapping, Sequence, Set
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from compliance.people.rules import Actor, can, sees_inside
from compliance.shared.problems import Conflict, Problem, Refused
from compliance.shared.words import N_


@dataclass(frozen=True)
class Block:
    """One thing that stands between a sealed visit and its release.

    ``text`` is a message id with places for ``facts``; ``anchor`` names the part of the review page where it is
    dealt with. ``blocks`` is False for a notice that does not keep the visit from being released.
    """

    code: str
    text: str
    anchor: str
    facts: Mapping[str, Any] = field(default_factory=dict)
    blocks: bool = True


def why_not_release(
    actor: Actor,
    enterprise_id: UUID,
    involved: Set[UUID],
    *,
    waived: bool = False,
    sealed_led: bool = False,
) -> str | None:
    """The message id of why this person may not release the visit, or None when they may.

    ``involved`` are its inspectors and whoever sealed it. A waiver opens the door to one of them, but never where a
    sealed fact was cleared (``sealed_led``): there two people of the association must have looked.
    """
    if not can(actor, "visit.release"):
        return N_("Only a reviewer or a leader releases a visit.")
    if not sees_inside(actor, enterprise_id):
        return N_("You have a tie to this enterprise, so somebody else has to release this visit.")
    if actor.person_id is None or actor.person_id not in involved:
        return None
    if sealed_led:
        return N_(
            "You were on this visit and a sealed fact is in it: a second person of the association has to release it."
        )
    if not waived:
        return N_("You were on this visit yourself. A second person has to release it.")
    return None


def require_may_release(actor: Actor, enterprise_id: UUID, involved: Set[UUID], **more: Any) -> None:
    """Raise ``Refused`` ``release.person`` with the reason of ``why_not_release``."""
    reason = why_not_release(actor, enterprise_id, involved, **more)
    if reason is not None:
        raise Refused("release.person", reason)


OWN_PART = N_(
    "The association has not finished its own part of this case: it cannot be decided yet. Whoever invited you sees it."
)
"""What an outsider is told of anything that only the association can settle: a sealed fact is one of many reasons."""


def require_own_part_done(blocks: Iterable[Block], *, sealed_led: bool) -> None:
    """Raise ``Conflict`` ``outsider.own-part`` while something is in the case that nobody from outside decides.

    That is a sealed fact, cleared or not, or anything else that stands in the way. It is not said which.
    """
    if sealed_led or missing_for_release(blocks):
        raise Conflict("outsider.own-part", OWN_PART)


def require_may_clear(actor: Actor, involved: Set[UUID], reason: str) -> None:
    """Raise unless a second person decides about a sealed fact, with a reason.

    Raises ``Refused`` ``clear.person`` for who was on the visit (no waiver helps), ``Problem`` ``clear.reason``.
    """
    if actor.person_id in involved:
        raise Refused(
            "clear.person",
            N_("You were on this visit. A sealed fact is decided by a second person of the association."),
        )
    if not reason.strip():
        raise Problem("clear.reason", N_("Please give a reason."), field="reason")


def require_nobody_else(others: Sequence[str]) -> None:
    """Raise ``Problem`` ``second.there`` with the names of those of the association who can be the second person."""
    if others:
        raise Problem(
            "second.there",
            N_("In the association there is a second person for this: %(names)s."),
            names=", ".join(others),
            field="reason",
        )


def require_waiver(reason: str, *, sealed_led: bool) -> None:
    """Raise unless a waiver has its reason, and no sealed fact is in the visit.

    Raises ``Refused`` ``waiver.sealed``, ``Problem`` ``waiver.reason``.
    """
    if sealed_led:
        raise Refused(
            "waiver.sealed",
            N_("A sealed fact is in this visit: it cannot be released without a second person of the association."),
        )
    if not reason.strip():
        raise Problem("waiver.reason", N_("Please give a reason."), field="reason")


_TELLING = re.compile(
    r"访谈|面谈|反映|举报|投诉|据员工|员工(?:称|说|表示|讲)|工人(?:称|说|表示|讲)"
    r"|\binterview|\bworkers? (?:said|told|reported|complained)|\btold us\b|\bcomplain",
    re.IGNORECASE,
)


def tells_how_known(text: str) -> bool:
    """Whether words may tell that a thing was known through workers, which an enterprise must never learn."""
    return _TELLING.search(text) is not None


_FEW = re.compile(
    r"(?<![\d.,])[1-4]\s*(?:名|位|个|人(?![一-]档))|(?<![十百千零〇\d])[一两二三四]\s*(?:名|位|人(?!一))"
    r"(?:.{0,4}(?:工|人|员|女|男|童))?"
    r"|(?<![\d.,])\b(?:[1-4]|one|two|three|four)\b(?:\s+of\s+the)?(?:\s+[\w-]+){0,2}?"
    r"\s+(?:workers?|employees?|people|persons?|women|woman|men|man|girls?|boys?|staff|apprentices?|operators?)\b",
    re.IGNORECASE,
)
_WHEN = re.compile(r"(?<!\d)(?:[01]?\d|2[0-3])[:：][0-5]\d(?!\d)|(?<!\d)\d{1,2}\s*(?:点|时(?!间|长|候))")


def tells_few(text: str) -> bool:
    """Whether words may count fewer than five workers, whom an enterprise could recognise."""
    return _FEW.search(text) is not None


def tells_when(text: str) -> bool:
    """Whether a time of day stands in words: with a roster it would tell who was there."""
    return _WHEN.search(text) is not None


@dataclass(frozen=True)
class Wording:
    """What free words may give away: item ids by what they tell, and whether the letter's own passages do."""

    how: Sequence[str] = ()
    few: Sequence[str] = ()
    when: Sequence[str] = ()
    passages: bool = False


def wording(by_item: Mapping[str, str], passages: str) -> Wording:
    """Look at all words that an enterprise will read: those of each item's finding and action, and the letter's own."""
    return Wording(
        how=[item for item, text in by_item.items() if tells_how_known(text)],
        few=[item for item, text in by_item.items() if tells_few(text)],
        when=[item for item, text in by_item.items() if tells_when(text)],
        passages=any(tells(passages) for tells in (tells_how_known, tells_few, tells_when)),
    )


def release_blocks(
    *,
    conflicts: Sequence[str],
    undecided: Sequence[str],
    unticked_photos: int,
    lacks: Iterable[str],
    held_back_laws: Sequence[str],
    words: Wording | None = None,
    waits: bool = False,
) -> tuple[Block, ...]:
    """Everything that stands in the way of a release, then what the reviewer should know.

    ``conflicts`` are item ids with two different entries, ``undecided`` item ids with a sealed fact nobody decided
    about, ``lacks`` what the letter lacks (in the reader's words). The rest does not block: photos that nobody ticked
    stay inside the association, law entries that are not confirmed or not in force are not printed, and ``telling``
    are items whose words may tell how a thing was known. ``waits``: it is not settled that nobody is endangered.
    """
    found = []
    if waits:
        found.append(Block("danger", N_("This visit waits for an officer of the association."), "sealed"))
    if conflicts:
        found.append(
            Block(
                "conflicts",
                N_("Two different entries stand at %(items)s: pick one by a correction."),
                "corrections",
                {"items": ", ".join(conflicts)},
            )
        )
    if undecided:
        found.append(
            Block(
                "sealed",
                N_("Nobody has decided yet about the sealed facts at %(items)s."),
                "sealed",
                {"items": ", ".join(undecided)},
            )
        )
    found += [
        Block("letter", N_("The letter cannot be sent yet: %(lack)s."), "letter", {"lack": lack}) for lack in lacks
    ]
    found += _wording_notices(words or Wording())
    if unticked_photos:
        found.append(
            Block(
                "photos",
                N_("Photos that stay inside, because nobody ticked that no one can be recognised: %(n)d"),
                "findings",
                {"n": unticked_photos},
                blocks=False,
            )
        )
    if held_back_laws:
        found.append(
            Block(
                "law",
                N_("Citations not printed (unconfirmed, not in force, or of a law kept off letters): %(laws)s"),
                "law",
                {"laws": "; ".join(held_back_laws)},
                blocks=False,
            )
        )
    return tuple(found)


def _wording_notices(words: Wording) -> list[Block]:
    notices = [
        (
            "wording",
            N_(
                "The words of these findings may tell how a thing was known: %(items)s. "
                "The enterprise must not learn it."
            ),
            words.how,
        ),
        (
            "few",
            N_(
                "The words of these findings may count fewer than five workers: %(items)s. "
                "Without the number nobody can be recognised by it."
            ),
            words.few,
        ),
        (
            "time",
            N_("A time of day stands in the words of these findings: %(items)s. It may tell who was there."),
            words.when,
        ),
    ]
    found = [
        Block(code, text, "findings", {"items": ", ".join(items)}, blocks=False)
        for code, text, items in notices
        if items
    ]
    if words.passages:
        text = N_("The letter's own passages may tell how or when a thing was known, or count fewer than five workers.")
        found.append(Block("passages", text, "letter", blocks=False))
    return found


def missing_for_release(blocks: Iterable[Block]) -> tuple[Block, ...]:
    """The blocks that really keep the visit from being released."""
    return tuple(block for block in blocks if block.blocks)
