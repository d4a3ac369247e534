"""From facts to words: which sections a letter of each kind has, in which order, and what each says.

A kind is a recipe: a list of section names. A section is a function that returns its blocks, or none when there is
nothing to say. A new kind is a new recipe, and a new function only for what no letter said before.
"""

from collections.abc import Callable, Mapping
from typing import Any

from compliance.letters import enclosed, sections, sections_following
from compliance.letters.facts import NOTHING, Facts, Passages, same
from compliance.letters.making import Made, cell
from compliance.letters.recipes import CORRECTION, FIRST, RECIPES, REFERRAL
from compliance.letters.sections import Composition
from compliance.letters.words import Annex, Letter, Line, Paragraph, Row, Said, Section, Table, Wording
from compliance.shared.words import CHINESE, ENGLISH, HTML_LANG, Language, Text

LANGUAGES: Mapping[str, tuple[Language, ...]] = {
    "en": (ENGLISH,),
    "zh_Hans_CN": (CHINESE,),
    "both": (CHINESE, ENGLISH),
}
"""What a letter may be written in. In "both" the Chinese text comes first and counts."""

SECTIONS: Mapping[str, Callable[[Composition], Made]] = {**sections.SECTIONS, **sections_following.SECTIONS}


def compose(
    kind: str,
    facts: Facts,
    language: str,
    words: Mapping[str, Any],
    *,
    passages: Passages | None = None,
    number: str = "",
    code: str = "",
) -> Letter:
    """Every word of a letter. Without a ``number`` it is a draft: marked as such, its number and open dates left blank.

    ``language`` is a key of ``LANGUAGES``, ``words`` the content of ``words.yaml``, ``passages`` the reviewer's own
    (None: the usual ones). Raises ``KeyError`` for an unknown kind or language.
    """
    wording = Wording(words, LANGUAGES[language])
    passages = passages or usual_passages(kind, facts, words)
    on = Composition(kind, facts, wording, passages, number)
    said: list[Section] = []
    for name in RECIPES[kind]:
        made = SECTIONS[name](on)
        if made is not None:
            heading, blocks = made
            said.append(Section(name, on.numbered(heading, len(said) + 1), tuple(blocks)))
    association = facts.association
    shown_number = number or f"{_mark(association.mark)}〔{(facts.dated or facts.visited_on).year}〕　　号"
    title = wording.say(on.title_path, **on.title_values)
    check = f"{facts.verify_url}/{code}" if facts.verify_url and number and code else ""
    return Letter(
        kind=kind,
        language=language,
        html_lang=HTML_LANG[wording.languages[0]],
        pdf_title=" ".join(
            filter(
                None,
                (
                    _first(wording.say(on.title_path, **on.title_values)),
                    number or wording.data["labels"]["draft"]["en"],
                ),
            )
        ),
        author=_first(wording.text(association.name)),
        dated=facts.dated.isoformat() if facts.dated else "",
        draft=() if number else wording.say("labels.draft"),
        masthead=_both(association.name, wording.languages[0]),
        particulars=tuple(filter(None, _particulars(on))),
        confidential=wording.say("labels.confidential"),
        number_label=wording.say("labels.number") if language == "en" else (),
        number=shown_number,
        title=title,
        addressee=tuple(filter(None, _addressee(on))),
        salutation=wording.say("labels.salutation") if language != "zh_Hans_CN" else (),
        sections=tuple(said),
        closing=tuple(p for p in _closing(on) if p.said),
        annex_line=wording.say("signature.annex") if on.has_plan else (),
        signatory=wording.text(association.name),
        date=wording.text(on.day_or_open(facts.dated)),
        signer=wording.say("signature.signer", name=facts.signer.name, title=facts.signer.title)
        if facts.signer.name
        else wording.text(facts.signer.title),
        seal=wording.say("signature.seal"),
        notes=tuple(filter(None, _notes(on, number, code))),
        annex=_annex(on, number or shown_number) if on.has_plan else None,
        verify_url=check,
        enclosed=enclosed.enclosed(on, [one.name for one in said], dict(title), code, check) if number else {},
    )


def usual_passages(kind: str, facts: Facts, words: Mapping[str, Any]) -> Passages:
    """The free passages as they are proposed to the reviewer."""
    closing = words["closing"].get(f"text_{kind}", words["closing"]["text"])
    opening = None
    if kind in FIRST:
        opening = words["thanks"]["opening"]
    elif kind == CORRECTION:
        opening = words["changes"]["regret"]
    elif kind == "L8":
        opening = words["closed"]["thanks"]
    good = facts.good_practices
    return Passages(
        opening=Text(opening["en"], opening["zh"]) if opening else NOTHING,
        good=Text("\n".join(g.en or g.zh for g in good), "\n".join(g.zh or g.en for g in good)),
        closing=Text(closing["en"], closing["zh"]),
    )


def _mark(mark: str) -> str:
    return mark if mark.endswith("函") else mark + "函"


def _both(name: Text, first: Language) -> Said:
    """A letterhead carries the association's name in both languages, whatever the letter is written in."""
    languages = (first, CHINESE if first == ENGLISH else ENGLISH)
    return tuple((HTML_LANG[language], name.in_(language)) for language in languages if name.in_(language))


def _first(said: Said) -> str:
    return said[0][1] if said else ""


def _particulars(on: Composition) -> list[Said]:
    association, say = on.facts.association, on.wording
    return [
        say.say("labels.post_code", address=association.address, code=association.post_code)
        if association.post_code
        else say.text(association.address),
        say.text(same(association.phone)),
        say.text(same(association.email)),
        say.text(same(association.website)),
    ]


def _addressee(on: Composition) -> list[Said]:
    enterprise, say = on.facts.enterprise, on.wording
    if on.kind == REFERRAL:
        to = on.facts.referral.to if on.facts.referral else say.label("labels.none")
        return [say.say("labels.addressee", name=to)]
    name = Text(enterprise.name_en or enterprise.name, enterprise.name)
    english_only = say.languages == (ENGLISH,)
    lines = [say.say("labels.addressee", name=name)]
    if english_only and enterprise.name_en and enterprise.name_en != enterprise.name:
        lines.append(say.text(same(enterprise.name)))  # the registered name is the one in Chinese
    if enterprise.code:
        lines.append(say.say("labels.code", code=enterprise.code))
    if enterprise.legal_representative:
        lines.append(say.say("labels.attention", name=enterprise.legal_representative))
    else:
        lines.append(say.say("labels.attention_unnamed"))
    return lines


def _closing(on: Composition) -> list[Paragraph]:
    formal = f"formal_{on.kind}"
    path = f"closing.{formal if formal in on.wording.data['closing'] else 'formal'}"
    return [Paragraph(on.wording.text(on.passages.closing)), on.styled("formal", path)]


def _notes(on: Composition, number: str, code: str) -> list[Said]:
    facts, say = on.facts, on.wording
    notes: list[Said] = []
    if facts.association.contact != NOTHING:
        notes.append(say.say("signature.contact", contact=on.contact()))
    if facts.copies:
        names = Text("; ".join(c.en or c.zh for c in facts.copies), "；".join(c.zh or c.en for c in facts.copies))
        notes.append(say.say("signature.copies", names=names))
    if facts.waiver:
        notes.append(say.say("signature.waiver", reason=facts.waiver))
    if facts.outsider:
        named = {"name": facts.outsider.name, "organisation": facts.outsider.organisation}
        notes.append(say.say("signature.outsider", **named, reason=facts.outsider.reason))
    if number and code:
        notes.append(say.say("signature.verify", number=number, code=code))
        if facts.verify_url:
            notes.append(say.say("signature.verify_at", url=facts.verify_url))
    if len(say.languages) > 1:
        notes.append(say.say("signature.prevails"))
    return notes


def _annex(on: Composition, number: str) -> Annex:
    say = on.wording
    columns = ("number", "point", "cause", "action", "prevention", "responsible", "date")
    rows = []
    for numbered, area, asked in on.to_plan:
        point = cell((say.text(area), "small"), (say.text(asked), ""))
        rows.append(Row(((Line(say.text(same(str(numbered)))),), point, (), (), (), (), ())))
    plan_by = on.facts.plan_by if on.facts.findings else on.facts.new_due
    lead = on.paragraph("annex.lead", plan_by=on.day_or_open(plan_by), number=number)
    table = Table("plan", tuple(say.say(f"annex.{column}") for column in columns), tuple(rows))
    return Annex(say.say("annex.label"), say.say("annex.title"), (lead, table), say.say("annex.sign"))
