"""The forms of complaints."""

from enum import StrEnum
from typing import Any

from wtforms import (
    DecimalField,
    HiddenField,
    MultipleFileField,
    RadioField,
    SelectChoice,
    SelectField,
    SelectMultipleField,
    StringField,
    TextAreaField,
)
from wtforms.validators import InputRequired, Length, Optional
from wtforms.widgets import CheckboxInput, ListWidget

from compliance.checklists.names import ILO_INDICATORS
from compliance.complaints.rules import (
    AREA_WORDS,
    CONCERNED_WORDS,
    LONGEST,
    OUTCOME_WORDS,
    REPLY_WORDS,
    SOURCE_WORDS,
    Concerned,
    Outcome,
    Reply,
    Source,
)
from compliance.shared.forms import Form
from compliance.shared.translation import lazy_gettext as _l

_QUIET = {"autocomplete": "off"}
_TOO_LONG = _l("This is too long: at most %(max)d characters.")
_PHOTOS = {"accept": "image/*"}


def _choices(words: dict[Any, str]) -> list[SelectChoice]:
    return [SelectChoice(one.value if isinstance(one, StrEnum) else one, _l(word)) for one, word in words.items()]


def _text(label: Any, most: int = 300, **more: Any) -> StringField:
    return StringField(label, [Length(max=most, message=_TOO_LONG)], render_kw=_QUIET, **more)


class ComplaintForm(Form):
    """What is told in a complaint; nothing has to be filled in."""

    once = HiddenField(validators=[Length(max=64)])
    areas = SelectMultipleField(
        _l("What is it about?"),
        description=_l("Choose as many as you like."),
        choices=_choices(AREA_WORDS),
        widget=ListWidget(prefix_label=False),
        option_widget=CheckboxInput(),
    )
    happened = TextAreaField(
        _l("What happened?"),
        [Length(max=LONGEST, message=_TOO_LONG)],
        description=_l("In your own words. When, where, how often? Leave out names if they put somebody in danger."),
        render_kw={"rows": 6, **_QUIET},
    )
    employer = _text(_l("Which employer?"), description=_l("The name on the gate or on your pay slip."))
    address = _text(_l("Where is it?"), description=_l("Street, village, or what stands beside it."))
    makes = _text(_l("What is made or done there?"))
    concerned = RadioField(_l("How many people are concerned?"), choices=_choices(CONCERNED_WORDS), default="unknown")
    still_there = RadioField(_l("Do you still work there?"), choices=_choices(REPLY_WORDS), default="unsaid")
    danger = RadioField(_l("Is somebody in danger now?"), choices=_choices(REPLY_WORDS), default="unsaid")
    pictures = MultipleFileField(
        _l("Photos"),
        description=_l("At most 5. Place and time that are hidden in them are removed."),
        render_kw=_PHOTOS,
    )
    contact = _text(
        _l("How can we reach you?"), 200, description=_l("Not needed. A telephone number, or somebody you trust.")
    )
    contact_how = _text(
        _l("When and how is it safe?"),
        200,
        description=_l("For example: only a message, only on Sunday, do not say who."),
    )
    total = StringField(_l("The sum"), [Length(max=10)], render_kw={"inputmode": "numeric", **_QUIET})

    def account(self) -> dict[str, str]:
        """The texts of the account."""
        return {name: self[name].data or "" for name in ("happened", "employer", "address", "makes")}

    def reach(self) -> dict[str, str]:
        """How the complainant can be reached."""
        return {name: self[name].data or "" for name in ("contact", "contact_how")}

    def ranges(self) -> dict[str, Any]:
        """The choices that are counted."""
        return {
            "areas": self.areas.data or [],
            "concerned": Concerned(self.concerned.data),
            "still_there": Reply(self.still_there.data),
            "danger": Reply(self.danger.data),
        }


class DeskForm(ComplaintForm):
    """A complaint that was told to somebody of the association."""

    source = SelectField(
        _l("How it came"),
        choices=_choices({one: word for one, word in SOURCE_WORDS.items() if one is not Source.form}),
    )


class WayBackForm(Form):
    """The case number and the secret words."""

    number = StringField(_l("Case number"), [InputRequired(), Length(max=40)], render_kw=_QUIET)
    words = StringField(
        _l("Secret words"),
        [InputRequired(), Length(max=200)],
        description=_l("All of them, in their order."),
        render_kw={"autocapitalize": "none", "spellcheck": "false", **_QUIET},
    )


class MoreForm(Form):
    """The complainant writes more."""

    text = TextAreaField(_l("Write more"), [Length(max=LONGEST, message=_TOO_LONG)], render_kw={"rows": 4, **_QUIET})
    pictures = MultipleFileField(_l("Photos"), render_kw=_PHOTOS)
    total = StringField(_l("The sum"), [Length(max=10)], render_kw={"inputmode": "numeric", **_QUIET})


class AnswerForm(Form):
    """An answer to the complainant."""

    text = TextAreaField(
        _l("Answer"),
        [Length(max=LONGEST, message=_TOO_LONG)],
        description=_l("An employer may have written this complaint: never say whether anybody visits, or when."),
        render_kw={"rows": 4},
    )


class SignsForm(Form):
    """What the words point to."""

    signs = SelectMultipleField(
        _l("Indicators of forced labour"),
        description=_l("Tick what is told, not what you think of it. Strong ones open a sealed case within minutes."),
        choices=[SelectChoice(str(number), _l(word)) for number, word in ILO_INDICATORS.items()],
        widget=ListWidget(prefix_label=False),
        option_widget=CheckboxInput(),
    )


class CloseForm(Form):
    """What came of it."""

    outcome = SelectField(_l("Outcome"), choices=_choices({one: OUTCOME_WORDS[one] for one in Outcome}))
    recovered = DecimalField(
        _l("Recovered for workers (yuan)"), [Optional()], default=0, render_kw={"inputmode": "decimal"}
    )


class MergeForm(Form):
    """The number of the complaint that this one repeats."""

    number = StringField(_l("Case number of the other complaint"), [InputRequired(), Length(max=40)])
