"""The forms of personal data: what is asked, answered, held, found and passed on."""

from enum import StrEnum
from typing import Any

from wtforms import (
    DateField,
    DateTimeLocalField,
    IntegerField,
    SelectChoice,
    SelectField,
    SelectMultipleField,
    StringField,
    TextAreaField,
)
from wtforms.validators import InputRequired, Length, NumberRange, Optional
from wtforms.widgets import CheckboxInput, ListWidget

from compliance.privacy import register
from compliance.privacy.rules import (
    ANSWERED_WORDS,
    ASKS_WORDS,
    GROUND_WORDS,
    STEP_WORDS,
    WHY_WORDS,
    Step,
)
from compliance.shared import translation
from compliance.shared.forms import Form
from compliance.shared.translation import lazy_gettext as _l

_LONG = [Length(max=4000)]


def _choices(words: dict[Any, str]) -> list[SelectChoice]:
    return [SelectChoice(one.value if isinstance(one, StrEnum) else one, _l(word)) for one, word in words.items()]


def _kinds(*, holdable: bool = False) -> list[SelectChoice]:
    language = translation.current()
    found = register.read().kinds.values()
    return [SelectChoice(one.id, one.name.in_(language)) for one in found if one.holdable or not holdable]


class AskForm(Form):
    """What somebody asks about their own data."""

    asks = SelectField(_l("What do you ask for?"), choices=_choices(ASKS_WORDS))
    asked = TextAreaField(
        _l("In your own words"),
        _LONG,
        description=_l("For a correction: what is wrong, and how it is right. Do not write about other people."),
        render_kw={"rows": 4},
    )


class EnterForm(AskForm):
    """What somebody without an account asks, entered for them."""

    who = StringField(
        _l("Who asks, and how to answer them"),
        [InputRequired(), Length(max=200)],
        description=_l("Only after you made sure that it is this person. Not for interviews: nobody is named in them."),
    )
    received_on = DateField(_l("Received on"), [InputRequired()])


class AnswerForm(Form):
    """What was answered."""

    outcome = SelectField(_l("Outcome"), choices=_choices(ANSWERED_WORDS))
    answer = TextAreaField(_l("Answer"), [InputRequired(), *_LONG], render_kw={"rows": 4})


class HeldForm(Form):
    """Of whom at an enterprise something may be held."""

    name = StringField(_l("Name, exactly as it was written"), [InputRequired(), Length(max=120)])


class HoldForm(Form):
    """Stop the removal of a kind for a time."""

    kind = SelectField(_l("Kind of personal data"))
    reason = TextAreaField(
        _l("Reason"),
        [InputRequired(), Length(max=2000)],
        description=_l("Which court, authority or dispute needs it. Name nobody."),
        render_kw={"rows": 3},
    )
    until = DateField(_l("Until"), [InputRequired()])

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.kind.choices = _kinds(holdable=True)


class _KindsForm(Form):
    kinds = SelectMultipleField(
        _l("Kinds of personal data"), widget=ListWidget(prefix_label=False), option_widget=CheckboxInput()
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.kinds.choices = _kinds()


class BreachForm(_KindsForm):
    """Something got out, was changed or lost, or may have been."""

    what = TextAreaField(
        _l("What happened?"),
        [InputRequired(), *_LONG],
        description=_l("What, where, since when, how it was noticed. Name nobody whose data they are."),
        render_kw={"rows": 5},
    )
    people = IntegerField(_l("About how many people?"), [Optional(), NumberRange(min=0, max=10_000_000)])
    found_at = DateTimeLocalField(_l("Noticed at"), [InputRequired()], description=_l("The clock runs from here."))


class StepForm(Form):
    """A step after a breach."""

    step = SelectField(_l("Step"))
    how = TextAreaField(
        _l("How, by whom, with which result or receipt"), [InputRequired(), *_LONG], render_kw={"rows": 4}
    )

    def offer(self, left: list[Step]) -> None:
        """Offer the steps that are left."""
        self.step.choices = _choices({step: STEP_WORDS[step] for step in left})


class SharingForm(_KindsForm):
    """Personal data were passed on."""

    why = SelectField(_l("For what"), choices=_choices(WHY_WORDS))
    recipient = StringField(
        _l("To whom"), [InputRequired(), Length(max=200)], description=_l("The office, not a person.")
    )
    people = IntegerField(_l("Data of how many people"), [InputRequired(), NumberRange(min=1, max=10_000_000)])
    ground = SelectField(_l("On what ground"), choices=_choices(GROUND_WORDS))
    note = TextAreaField(
        _l("How consent was given, or which rule or order"),
        [InputRequired(), Length(max=2000)],
        description=_l("Name nobody: the case itself says who."),
        render_kw={"rows": 3},
    )
    shared_on = DateField(_l("On which day"), [InputRequired()])
