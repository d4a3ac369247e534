"""Shape and words of what is entered about signatories and the seal."""

from flask_wtf.file import FileField
from wtforms import DateField, SelectField, SelectMultipleField, StringField, TextAreaField, widgets
from wtforms.validators import InputRequired, Length, Optional

from compliance.shared.forms import Form
from compliance.shared.translation import lazy_gettext as _l

_DAY = _l("Please enter a day.")


class SignatoryForm(Form):
    """Who signs, what, and from when to when."""

    name = StringField(_l("Name as it is signed"), [InputRequired(), Length(max=60)])
    title_zh = StringField(
        _l("Title in Chinese"),
        [InputRequired(), Length(max=40)],
        render_kw={"lang": "zh-Hans", "placeholder": "秘书长"},
    )
    title_en = StringField(
        _l("Title in English"), [InputRequired(), Length(max=80)], render_kw={"placeholder": "Secretary-General"}
    )
    kinds = SelectMultipleField(
        _l("May sign"),
        widget=widgets.ListWidget(prefix_label=False),
        option_widget=widgets.CheckboxInput(),
        description=_l("None ticked: signs for the office alone, or as a substitute."),
    )
    office = SelectField(
        _l("Office"),
        description=_l(
            "Whoever holds an office signs every letter that the ladder of its checklist gives to that office."
        ),
    )
    valid_from = DateField(_l("From"), [InputRequired(_DAY)])
    valid_to = DateField(_l("Until, if it ends"), [Optional()])
    substitute = SelectField(_l("While away, signs instead"))
    away_from = DateField(_l("Away from"), [Optional()])
    away_to = DateField(_l("Away until"), [Optional()])


class KeeperForm(Form):
    """Who keeps the picture of the seal."""

    person = SelectField(_l("Seal keeper"))


class PictureForm(Form):
    """A picture of the seal."""

    picture = FileField(
        _l("Picture of the seal"),
        description=_l("PNG or JPEG, at most 5 megabytes. White becomes transparent."),
        render_kw={"accept": "image/png,image/jpeg"},
    )


class SealForm(Form):
    """The keeper's word for one letter."""

    reason = TextAreaField(
        _l("Why the picture and not the wet seal"),
        [InputRequired(_l("Please give a reason.")), Length(max=500)],
        render_kw={"rows": 2},
    )


class StampedForm(Form):
    """The scan of a letter that was stamped by hand."""

    scan = FileField(
        _l("Scan of the stamped letter"),
        id="stamped-scan",
        description=_l("PDF, JPEG or PNG, at most 15 megabytes."),
        render_kw={"accept": "application/pdf,.pdf,image/jpeg,image/png"},
    )
    note = StringField(_l("Note"), [Length(max=500)], id="stamped-note")


class StrikeStampedForm(Form):
    """A scan that was a mistake."""

    reason = TextAreaField(_l("Reason"), [InputRequired(_l("Please give a reason.")), Length(max=500)])
