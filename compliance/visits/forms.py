"""The forms of visits. An area's form is built from the checklist that the visit is pinned to."""

from collections.abc import Mapping
from functools import lru_cache
from typing import Any, ClassVar, cast

from werkzeug.datastructures import MultiDict
from wtforms import (
    BooleanField,
    DateField,
    HiddenField,
    SelectField,
    SelectMultipleField,
    StringField,
    TextAreaField,
    ValidationError,
)
from wtforms.fields.choices import SelectChoice
from wtforms.validators import InputRequired, Length, Optional
from wtforms.widgets import CheckboxInput, ListWidget

from compliance.checklists.rules import FLAGS, HEADCOUNTS, WAYS_OF_LOOKING, Area, Checklist, Item
from compliance.shared.forms import Form
from compliance.shared.problems import Problem
from compliance.shared.translation import gettext as _
from compliance.shared.translation import lazy_gettext as _l
from compliance.visits.parts import PART_WORDS
from compliance.visits.rules import (
    CLOSING,
    CLOSING_FIELDS,
    FACT,
    KNOWN,
    PROFILE,
    PROFILE_FIELDS,
    QUANTITY,
    Key,
    Route,
    Value,
    normal,
)
from compliance.visits.words import ROUTES

TEXTS = ("note", "reason", "action", "good")
NUMBERS = ("workers", "due_days")


class EntryForm(Form):
    """A form whose fields are fields of events; the rules decide what may stand in each."""

    pinned: ClassVar[Checklist]
    keys: ClassVar[Mapping[str, Key]]

    def posted(self, formdata: MultiDict[str, str], items: frozenset[str]) -> dict[Key, Value]:
        """What was sent, for the items that were sent whole. Text and choices that are absent count as untouched."""
        values: dict[Key, Value] = {}
        for name, key in self.keys.items():
            field = self[name]
            if key[0] in items and (isinstance(field, BooleanField) or name in formdata):
                values[key] = bool(field.data) if isinstance(field, BooleanField) else field.data
        return values

    def show(self, values: Mapping[Key, Value], defaults: Mapping[Key, Value] | None = None) -> None:
        """Fill the fields with what is known."""
        for name, key in self.keys.items():
            value = values.get(key, (defaults or {}).get(key))
            field = self[name]
            field.data = value is True if isinstance(field, BooleanField) else "" if value is None else str(value)


def name_of(key: Key) -> str:
    """The name of a field in HTML: ``SAF01.fact.exit-locked``."""
    return f"{key[0]}.{key[1].replace(':', '.')}".lstrip("@")


def _allowed(key: Key) -> Any:
    def check(form: EntryForm, field: Any) -> None:
        try:
            normal(form.pinned, key, field.data)
        except Problem as problem:
            facts = {name: value for name, value in problem.facts.items() if name not in ("item", "field")}
            raise ValidationError(_(problem.text, **facts) if facts else _(problem.text)) from None

    return check


def _fields_of(item: Item) -> dict[str, Any]:
    """The keys of an item with the kind of control that each has."""
    kinds: dict[str, Any] = {"verdict": StringField}
    kinds |= dict.fromkeys(TEXTS, TextAreaField)
    kinds |= dict.fromkeys((*NUMBERS, "severity"), StringField)
    kinds |= {QUANTITY + quantity.id: StringField for quantity in item.quantities}
    kinds |= {KNOWN + way: BooleanField for way in WAYS_OF_LOOKING}
    kinds |= {FACT + fact.id: BooleanField for fact in item.facts}
    return kinds


@lru_cache(maxsize=64)
def area_form(checklist: Checklist, area_id: str) -> type[EntryForm]:
    """The form of one area of one checklist version, built once."""
    area: Area = checklist.area(area_id)
    keys: dict[str, Key] = {}
    fields: dict[str, Any] = {}
    for item in area.items:
        for field, kind in _fields_of(item).items():
            key = (item.id, field)
            keys[name_of(key)] = key
            fields[name_of(key)] = kind(field, validators=[] if kind is BooleanField else [_allowed(key)])
    return cast(type[EntryForm], type("AreaForm", (EntryForm,), {**fields, "pinned": checklist, "keys": keys}))


FLAG_WORDS = {
    "dormitory": _l("There is a dormitory"),
    "canteen": _l("There is a canteen"),
    "piece_work": _l("Piece rates are paid"),
    "night_work": _l("There is night work"),
    "hazardous_substances": _l("Hazardous substances are used"),
    "agency_workers": _l("Agency workers work here"),
}
COUNT_WORDS = {
    "workers": _l("Workers"),
    "women": _l("Women among them"),
    "migrants": _l("Migrant workers among them"),
    "under_18": _l("Aged 16 to 18 among them"),
}


@lru_cache(maxsize=16)
def profile_form(checklist: Checklist) -> type[EntryForm]:
    """What the workplace is found to be; the sector and size of the register are shown, not asked."""
    asked = ("workers", *HEADCOUNTS, *FLAGS, "checked")
    keys = {name_of((PROFILE, name)): (PROFILE, name) for name in PROFILE_FIELDS if name in asked}
    fields: dict[str, Any] = {}
    for name, key in keys.items():
        if key[1] in COUNT_WORDS:
            fields[name] = StringField(
                COUNT_WORDS[key[1]], validators=[_allowed(key)], render_kw={"inputmode": "numeric"}
            )
        elif key[1] == "checked":
            fields[name] = BooleanField(_l("I have checked this on site"))
        else:
            fields[name] = BooleanField(FLAG_WORDS[key[1]])
    return cast(type[EntryForm], type("ProfileForm", (EntryForm,), {**fields, "pinned": checklist, "keys": keys}))


CLOSING_WORDS = {
    "visited_on": _l("Day of the visit"),
    "outcome": _l("How did the visit end?"),
    "outcome_reason": _l("What happened"),
    "inspector_signature": _l("I was there, and what is entered is what I saw"),
    "inspector_name": _l("Inspector's name"),
    "representative_signature": _l("Signature of the representative"),
    "representative_name": _l("Representative's name"),
    "representative_role": _l("Position in the enterprise"),
    "witness": _l("Witness"),
    "remark": _l("Representative's remark"),
}


@lru_cache(maxsize=16)
def closing_form(checklist: Checklist) -> type[EntryForm]:
    """How the visit ended: day, outcome, both sides' signatures, the representative's remark."""
    keys = {name_of((CLOSING, name)): (CLOSING, name) for name in CLOSING_FIELDS}
    fields: dict[str, Any] = {}
    for name, key in keys.items():
        words, checks = CLOSING_WORDS[key[1]], [_allowed(key)]
        if key[1] in ("outcome_reason", "remark"):
            fields[name] = TextAreaField(words, validators=checks, render_kw={"rows": 3})
        elif key[1] == "visited_on":
            fields[name] = StringField(words, validators=checks, render_kw={"type": "date"})
        else:
            fields[name] = StringField(words, validators=checks)
    return cast(type[EntryForm], type("ClosingForm", (EntryForm,), {**fields, "pinned": checklist, "keys": keys}))


class PlanForm(Form):
    """Plan a visit, or change a planned one."""

    planned_for = DateField(_l("Day"), validators=[InputRequired(_l("Please choose a day."))])
    part = SelectField(
        _l("Part of the day"),
        choices=[
            SelectChoice("", _l("I hand it out myself")),
            *(SelectChoice(part.value, cast(str, _l(words))) for part, words in PART_WORDS.items()),
        ],
        default="",
        description=_l("The hour in it is drawn, and the visit is handed out by itself a while before."),
    )
    route = SelectField(
        _l("Why this workplace"),
        description=_l("Visits at random are drawn under Draws; a choice made by hand is never one."),
    )
    purpose = TextAreaField(
        _l("Purpose"),
        description=_l("For the association only; the enterprise never sees it."),
        validators=[Optional(), Length(max=2000, message=_l("At most 2000 characters, please."))],
    )
    inspectors = SelectMultipleField(
        _l("Inspectors"),
        description=_l("The first one ticked leads. People with a tie to this enterprise are not offered."),
        widget=ListWidget(prefix_label=False),
        option_widget=CheckboxInput(),
    )

    def offer(self, people: list[tuple[str, str]], now: Route | None = None) -> None:
        """The inspectors who may be sent, and the routes by which somebody chooses (a drawn visit stays one)."""
        self.inspectors.choices = [SelectChoice(id, name) for id, name in people]
        self.route.choices = [
            SelectChoice(route.value, cast(str, _l(ROUTES[route])))
            for route in Route
            if route is not Route.random or now is Route.random
        ]


class ReasonForm(Form):
    """One reason, for what cannot be undone."""

    reason = TextAreaField(
        _l("Reason"),
        validators=[
            InputRequired(_l("Please give a reason.")),
            Length(max=2000, message=_l("At most 2000 characters, please.")),
        ],
    )


class OriginalForm(Form):
    """Why the original of a photo is opened."""

    why = TextAreaField(
        _l("Reason"),
        validators=[
            InputRequired(_l("Please give a reason.")),
            Length(max=2000, message=_l("At most 2000 characters, please.")),
        ],
    )


class EvidenceForm(Form):
    """What is said about a picture or document."""

    caption = StringField(
        _l("What it shows"), validators=[Optional(), Length(max=500, message=_l("At most 500 characters, please."))]
    )
    unrecognisable = BooleanField(
        _l("Nobody in this picture can be recognised"),
        description=_l("No face, no name plate, no work card. Only then may the enterprise ever see it."),
    )
    seen = HiddenField()


class MarksForm(Form):
    """What was drawn on a photo, as the drawing page carries it."""

    marks = HiddenField(validators=[InputRequired(_l("Nothing was drawn."))])
