"""The association's own wording as it is tried: on sample facts and on a real case. Nothing of it is stored."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from uuid import UUID

from compliance.casework import cases, letter_facts, lists
from compliance.checklists import store as checklists
from compliance.letters import press, sample, wording
from compliance.letters import rules as letter_rules
from compliance.letters import store as letters
from compliance.letters.sandbox import trials
from compliance.letters.store_issuing import picture
from compliance.letters.wording import Content, Said, Sentence
from compliance.people.rules import Actor, can
from compliance.shared.database import session
from compliance.shared.problems import NotFound, Problem
from compliance.shared.words import N_, Text
from compliance.visits import store as visits

REAL_CASES = 12
"""Letters that are offered for a trial."""


@dataclass(frozen=True)
class Case:
    """Facts that a wording is tried on: the value of the choice, and its words."""

    value: str
    kind: str
    number: str
    enterprise: str


def real_cases(actor: Actor) -> list[Case]:
    """The newest letters of the actor's scope, drafts for those who review; none for who may not read visits."""
    if not can(actor, "visit.read"):
        return []
    rows = lists.letters(actor, drafts=can(actor, "visit.release")).rows[:REAL_CASES]
    return [Case(f"letter:{row.id}", row.kind, row.number or "", row.enterprise) for row in rows]


def facts_of(actor: Actor, chosen: str) -> tuple[str, letter_rules.Facts]:
    """Kind and facts of what was chosen: a kind of letter (sample facts), or ``letter:`` and its id.

    Raises ``NotFound`` for anything else, and for a letter outside the scope.
    """
    what, _, of = chosen.partition(":")
    if what == "sample" and of in sample.KINDS:
        facts = sample.facts(of, letter_facts.association(actor), cases.today(actor))
        return of, facts
    if what == "letter" and can(actor, "visit.read"):
        try:
            row = letters.get(actor, UUID(of))
        except ValueError:
            raise NotFound("letter-unknown", N_("There is no such letter.")) from None
        visits.get(actor, row.visit_id)
        if row.state.value == "issued" or can(actor, "visit.release"):
            return row.kind, letters.facts(row)
    raise NotFound("letter-unknown", N_("There is no such letter."))


def problems(actor: Actor, key: str, said: Said) -> dict[str, list[Problem]]:
    """Everything that is wrong with a passage (its path) or a standard sentence (an empty ``key``), by language; if
    nothing is, it is composed on sample facts, in a process that is killed in time.

    The request's transaction ends before that.
    """
    return wording.complaints(said, wording.free().get(key)) or spoken(actor, key, said, sample_of(key)).problems


def sample_of(key: str) -> str:
    """The sample facts on which a passage (its path) or a standard sentence (an empty ``key``) is tried."""
    passage = wording.free().get(key)
    return f"sample:{passage.kinds[0] if passage else 'L2'}"


@dataclass(frozen=True)
class Spoken:
    """How own words read in a letter, and what is wrong with them, by language ("zh", "en")."""

    text: Text
    problems: dict[str, list[Problem]]


def spoken(actor: Actor, key: str, said: Said, chosen: str) -> Spoken:
    """A passage or standard sentence on the facts that were ``chosen``, in a process that is killed in time; what is
    wrong in one language does not keep the other from being read.

    Raises ``NotFound`` as ``facts_of`` does. The request's transaction ends.
    """
    kind, facts = facts_of(actor, chosen)
    found = dict(wording.complaints(said, wording.free().get(key)))
    right = replace(said, zh="" if "zh" in found else said.zh, en="" if "en" in found else said.en)
    given = wording.values(kind, facts, press.words(), "示协函〔2026〕12号")
    session().rollback()  # composing may take two seconds: nothing is locked meanwhile
    try:
        made = wording.composed({key: right}, given, trials)[key]
    except Problem as problem:
        return Spoken(Text("", ""), {**found, str(problem.facts["field"]): [problem]})
    for language, unfit in (("zh", list(wording.unfit(made.zh))), ("en", list(wording.unfit(made.en)))):
        if unfit:
            found[language] = unfit
    return Spoken(made, found)


def preview(actor: Actor, content: Content, chosen: str, language: str) -> bytes:
    """The letter as it would be with this wording, as PDF marked as a draft on every page. Raises ``NotFound``,
    ``Problem`` for a wording that cannot be composed, and what the press raises. The request's transaction ends.
    """
    kind, facts = facts_of(actor, chosen)
    logo = picture(facts.association)
    session().rollback()
    base = press.words()
    said = {path: one for path, one in content.passages.items() if path in wording.free()}
    words = wording.laid_over(base, wording.composed(said, wording.values(kind, facts, base), trials))
    passages = letter_rules.usual_passages(kind, facts, words)
    letter = letter_rules.compose(kind, facts, language, words, passages=passages).as_json()
    press.require_characters(letter, facts, passages, actor.language)
    return press.print_letter(letter, logo).pdf


def areas(actor: Actor) -> list[tuple[str, Text]]:
    """The areas of the checklist in force, as (id, title)."""
    row = checklists.current_or_none(actor.association_id)
    return [(area.id, area.title) for area in checklists.load(row.id).areas] if row else []


@dataclass(frozen=True)
class Offered:
    """A standard sentence as it is offered for one letter: with its places filled."""

    id: str
    passage: str
    text: Text


def offered(
    kind: str,
    facts: letter_rules.Facts,
    found: Sequence[tuple[str, str]],
    sentences: Sequence[Sentence],
) -> list[Offered]:
    """The standard sentences that fit a letter with these (area, severity) of findings, with their places filled.

    One that has to be run shows its source; it is composed when it is inserted.
    """
    given = wording.values(kind, facts, press.words())
    fitting = [one for one in sentences if one.fits(kind, found)]
    return [Offered(one.id, one.passage, wording.shown(one.said, given)) for one in fitting]


def inserted(kind: str, facts: letter_rules.Facts, sentence: Sentence) -> Text:
    """A standard sentence composed for a letter. Raises ``Problem``; the request's transaction ends."""
    session().rollback()
    return wording.composed({"": sentence.said}, wording.values(kind, facts, press.words()), trials)[""]
