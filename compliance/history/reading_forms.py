"""The page on which a mapping is said: what holds for all files, and for each file what its rows and columns are.

What the page does not ask (patterns for other facts than the text, files that were not sent this time) stays as it is.
"""

import re
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from wtforms import IntegerField, SelectField, StringField, TextAreaField
from wtforms.fields.choices import SelectChoice
from wtforms.validators import InputRequired, Length, NumberRange, Optional, Regexp

from compliance.enterprises.forms import DATES_WORDS
from compliance.enterprises.names import fold
from compliance.enterprises.reading import Dates, constants_of, words_of
from compliance.history import forms
from compliance.history import mapping as mappings
from compliance.history.facts import AREA_WORDS, FACT_WORDS, FACTS, Role, likely
from compliance.history.mapping import LONGEST_PATTERN, LONGEST_SOURCE, FileMap, HistoryMapping, Match
from compliance.shared import translation
from compliance.shared.forms import Form
from compliance.shared.problems import Problem
from compliance.shared.translation import gettext as _
from compliance.shared.translation import lazy_gettext as _l
from compliance.shared.words import N_

MATCH_WORDS = {
    Match.credit_code: _l("by credit code"),
    Match.name_and_address: _l("by credit code, otherwise by name and address"),
    Match.nothing: _l("not at all"),
}
GROUPS = {
    N_("Keys that join the files"): ("workplace", "visit"),
    N_("Workplace"): ("name", "address", "credit_code"),
    N_("Visit or finding"): ("visited_on", "area"),
    N_("Visit"): ("kind", "score", "band", "owed", "paid"),
    N_("Finding"): ("text", "severity", "found_on", "closed_on"),
    N_("Visit, by area"): tuple(f"{what}.{area}" for what in ("score", "band") for area in AREA_WORDS),
}
_TOGETHER = " + "
_BAND = re.compile(r"\s*(-?[0-9.]+)\s*(?:-|–|—|~|～|至|to)\s*(-?[0-9.]+)\s*[=:＝：]\s*(.+)")


class ReadForm(Form):
    """What holds for all files."""

    source = StringField(_l("From where the results come"), [InputRequired(), Length(max=LONGEST_SOURCE)])
    match = SelectField(
        _l("Workplaces are looked up in the register"),
        choices=[SelectChoice(one.value, words) for one, words in MATCH_WORDS.items()],
    )
    lowest = StringField(_l("Lowest score"), [Optional(), Length(max=12)], render_kw={"inputmode": "decimal"})
    highest = StringField(_l("Highest score"), [Optional(), Length(max=12)], render_kw={"inputmode": "decimal"})
    better = SelectField(
        _l("Better is"),
        choices=[SelectChoice("higher", _l("a higher score")), SelectChoice("lower", _l("a lower score"))],
    )
    bands = TextAreaField(_l("Bands"), [Optional(), Length(max=4000)], render_kw={"rows": 3})
    currency = StringField(
        _l("Currency of amounts"),
        [Optional(), Regexp(r"^[A-Z]{3}$", message=_l("Three capital letters, such as CNY."))],
        render_kw={"maxlength": 3, "autocapitalize": "characters", "autocomplete": "off"},
    )
    save_as = StringField(_l("Keep this under a name"), [Optional(), Length(max=80)])


class _Pattern(TextAreaField):  # type: ignore[misc]
    """A text that is not cleaned: a blank can matter in a pattern."""


class FileForm(Form):
    """How one file is read; the drop-downs of its columns are added by ``file_form``."""

    role = SelectField(
        _l("Each row is"),
        choices=[
            SelectChoice("", _l("nothing: the file is left out")),
            SelectChoice(Role.workplaces.value, _l("a workplace")),
            SelectChoice(Role.visits.value, _l("a visit, or one area of a visit")),
            SelectChoice(Role.findings.value, _l("a finding")),
        ],
    )
    sheet = SelectField(_l("Sheet"), validate_choice=False)
    header_row = IntegerField(_l("Row with the headers"), [Optional(), NumberRange(min=1, max=1000)])
    dates = SelectField(
        _l("Dates are written"), choices=[SelectChoice(one.value, words) for one, words in DATES_WORDS.items()]
    )
    constants = TextAreaField(_l("What holds for every row"), [Optional(), Length(max=20_000)], render_kw={"rows": 2})
    words = TextAreaField(_l("What words stand for"), [Optional(), Length(max=60_000)], render_kw={"rows": 3})
    pattern = _Pattern(
        _l("Pattern that takes the text of a finding apart"),
        [Optional(), Length(max=LONGEST_PATTERN)],
        render_kw={"rows": 2, "spellcheck": "false"},
    )


@dataclass(frozen=True)
class FilePart:
    """What the page shows of files that are read alike: their names, rows, columns with what stands in them, form."""

    key: str
    names: Sequence[str]
    rows: int
    columns: Sequence[Mapping[str, Any]]
    sheets: Sequence[str]
    form: FileForm


def fact_words(fact: str) -> str:
    """What a fact is called in the reader's language."""
    what, _dot, area = fact.partition(".")
    words = _(FACT_WORDS[what])
    return words + _(": ") + AREA_WORDS[area].in_(translation.current()) if area else words


def fact_named(text: str) -> str:
    """The fact that is called so, in the reader's language or in the mapping; the text itself where none is."""
    facts = [fact for group in GROUPS.values() for fact in group]
    return next((fact for fact in facts if fold(text) in (fold(fact), fold(fact_words(fact)))), text)


def read_form(mapping: HistoryMapping, unknown: str, sent: Any = None) -> ReadForm:
    """The form of what holds for all files, as a mapping says it; the source ``unknown`` is none."""
    scale = mapping.scale
    return ReadForm(
        formdata=sent,
        prefix="read-",
        data={
            "source": "" if mapping.source == unknown else mapping.source,
            "match": mapping.match.value,
            "lowest": f"{scale.lowest:f}" if scale else "",
            "highest": f"{scale.highest:f}" if scale else "",
            "better": "lower" if scale and not scale.higher_is_better else "higher",
            "bands": "\n".join(f"{one.lowest:f} – {one.highest:f} = {one.name}" for one in mapping.bands),
            "currency": mapping.currency,
        },
    )


def file_parts(mapping: HistoryMapping, seen: Iterable[Mapping[str, Any]], sent: Any = None) -> list[FilePart]:
    """The files as the page shows them; ``seen`` is what was found in them (``store_imports.details``)."""
    by_key: dict[str, list[Mapping[str, Any]]] = {}
    for one in seen:
        by_key.setdefault(mapping.key_of(one["name"]), []).append(one)
    return [
        FilePart(
            key,
            [one["name"] for one in found],
            sum(one["rows"] for one in found),
            found[0]["columns"],
            found[0].get("sheets", ()),
            _file_form(f"file-{place}-", mapping.files.get(key), found[0], sent),
        )
        for place, (key, found) in enumerate(by_key.items())
    ]


def _file_form(prefix: str, how: FileMap | None, seen: Mapping[str, Any], sent: Any) -> FileForm:
    means = [_TOGETHER.join(_means(how, one["label"])) for one in seen["columns"]]
    choices = _choices({text for text in means if _TOGETHER in text})
    columns = {
        f"column_{place}": SelectField(one["label"], choices=choices) for place, one in enumerate(seen["columns"])
    }
    form: FileForm = type("FileForm", (FileForm,), columns)(
        formdata=sent,
        prefix=prefix,
        meta={"csrf": False},
        data={
            "role": how.role.value if how else "",
            "sheet": (how.sheet if how else None) or "",
            "header_row": how.header_row if how else None,
            "dates": (how.dates if how else Dates.year_first).value,
            "constants": "\n".join(f"{fact_words(fact)} = {text}" for fact, text in how.constants.items())
            if how
            else "",
            "words": "\n".join(_word_lines(how)) if how else "",
            "pattern": how.split.get("text", "") if how else "",
            **{f"column_{place}": text for place, text in enumerate(means)},
        },
    )
    form.sheet.choices = [
        SelectChoice("", _("the first one")),
        *(SelectChoice(one, one) for one in seen.get("sheets", ())),
    ]
    return form


def _means(how: FileMap | None, label: str) -> Sequence[str]:
    """What a column means, or would by its heading if the file were used."""
    if how is not None:
        return how.columns.get(label, ())
    fact = likely(label)
    return (fact,) if fact else ()


def _choices(together: Collection[str]) -> list[SelectChoice]:
    found = [SelectChoice("", _("nothing: left out"))]
    for group, facts in GROUPS.items():
        found += [SelectChoice(fact, fact_words(fact), optgroup=_(group)) for fact in facts]
    return found + [
        SelectChoice(several, _TOGETHER.join(map(fact_words, several.split(_TOGETHER))), optgroup=_("Several at once"))
        for several in sorted(together)
    ]


def _word_lines(how: FileMap) -> list[str]:
    return [
        f"{fact_words(fact)}: {word} = {meant}" for fact, words in how.words.items() for word, meant in words.items()
    ]


def validate(form: ReadForm, parts: Sequence[FilePart]) -> bool:
    """Whether what was sent is well formed, in all of its parts."""
    return all([form.validate(), *(part.form.validate() for part in parts)])


def said(before: HistoryMapping, form: ReadForm, parts: Sequence[FilePart]) -> HistoryMapping:
    """The mapping that the page says. Raises ``Problem``; its ``part`` is the place of the file that it is about."""
    raw = mappings.as_json(before)
    raw |= {"source": form.source.data, "currency": form.currency.data or "", "match": form.match.data}
    raw |= {"scale": _scale(form), "bands": _bands(form.bands.data or "")}
    for place, part in enumerate(parts):
        raw["files"].pop(part.key, None)
        if part.form.role.data:
            raw["files"][part.key] = _file(part, place, before.files.get(part.key))
    return mappings.from_json(raw)


def turned_over(before: HistoryMapping, after: HistoryMapping) -> set[str]:
    """The files of which another sheet or another row of headers is to be read: their columns are other ones."""
    found = set()
    for key, how in after.files.items():
        old = before.files.get(key) or FileMap(how.role)
        if (old.sheet, old.header_row) != (how.sheet, how.header_row):
            found.add(key)
    return found


def complain(form: ReadForm, parts: Sequence[FilePart], problem: Problem) -> None:
    """Put what is wrong on the field that it is about: of one of the files, or of what holds for all."""
    place = problem.facts.get("part")
    forms.complain(form if place is None else parts[place].form, problem)


def _file(part: FilePart, place: int, old: FileMap | None) -> dict[str, Any]:
    form, role = part.form, Role(part.form.role.data)
    columns = {}
    for at, one in enumerate(part.columns):
        if text := form[f"column_{at}"].data:
            columns[one["label"]] = text.split(_TOGETHER)
            _require(role, columns[one["label"]], f"column_{at}", place)
    split = {fact: pattern for fact, pattern in (old.split if old else {}).items() if fact in FACTS[role]}
    split.pop("text", None)
    if role is Role.findings and form.pattern.data:
        split["text"] = form.pattern.data.replace("\r\n", "\n")
        _require_pattern(role, split["text"], place)
    found = {"role": role.value, "dates": form.dates.data, "columns": columns, "split": split}
    found |= {name: form[name].data for name in ("sheet", "header_row") if form[name].data}
    for name, lines, example in (
        ("constants", constants_of, f"{fact_words('area')} = sanitation"),
        ("words", words_of, f"{fact_words('severity')}: High Risk = critical"),
    ):
        try:
            told: Mapping[str, Any] = lines(form[name].data or "")
        except Problem as problem:
            facts = {**problem.facts, "example": example, "field": name, "part": place}
            raise Problem(problem.code, problem.text, **facts) from None
        found[name] = _by_fact(told)
        _require(role, found[name], name, place)
    return found


def _by_fact(told: Mapping[str, Any]) -> dict[str, Any]:
    """What was told by name, by fact: a fact may have been called by several names."""
    found: dict[str, Any] = {}
    for name, meant in told.items():
        fact = fact_named(name)
        found[fact] = {**found.get(fact, {}), **meant} if isinstance(meant, Mapping) else meant
    return found


def _require(role: Role, facts: Iterable[str], field: str, place: int) -> None:
    for fact in facts:
        if fact not in FACTS[role]:
            named = fact_words(fact) if fact.partition(".")[0] in FACT_WORDS else fact
            raise Problem(
                "mapping-role",
                N_("A file of this sort says nothing of this: %(fact)s."),
                fact=named,
                field=field,
                part=place,
            )


def _require_pattern(role: Role, pattern: str, place: int) -> None:
    try:
        mappings.require_pattern(role, pattern)
    except Problem as problem:
        raise Problem(problem.code, problem.text, **{**problem.facts, "field": "pattern", "part": place}) from None


def _scale(form: ReadForm) -> dict[str, Any] | None:
    if not form.lowest.data and not form.highest.data:
        return None
    ends = [form.lowest.data or "", form.highest.data or ""]
    if not all(re.fullmatch(r"-?[0-9]{1,6}(\.[0-9]{1,3})?", end) for end in ends) or float(ends[0]) >= float(ends[1]):
        raise Problem(
            "mapping-ends", N_("Write the lowest and the highest score as numbers, such as 0 and 100."), field="lowest"
        )
    return {"lowest": ends[0], "highest": ends[1], "higher_is_better": form.better.data == "higher"}


def _bands(text: str) -> list[dict[str, str]]:
    found = []
    for line in filter(str.strip, text.splitlines()):
        read = _BAND.fullmatch(line)
        if read is None:
            raise Problem(
                "reading-line",
                N_("“%(line)s” cannot be read. Write it as: %(example)s"),
                line=line[:80],
                example="0 – 70 = Poor",
                field="bands",
            )
        found.append({"lowest": read[1], "highest": read[2], "name": read[3]})
    return found
