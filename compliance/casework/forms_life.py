"""Shape and words of what is told about the life of a member."""

from wtforms import (
    BooleanField,
    DateField,
    FileField,
    IntegerField,
    RadioField,
    SelectField,
    StringField,
    TextAreaField,
)
from wtforms.fields.choices import SelectChoice
from wtforms.validators import InputRequired, Length, NumberRange, Optional

from compliance.enterprises.rules import LENGTHS, MOST_PEOPLE
from compliance.shared.forms import Form
from compliance.shared.translation import lazy_gettext as _l

_OFF = {"autocomplete": "off"}


class LifeForm(Form):
    """Something that happened to a member. Which of the fields are asked depends on what it was."""

    happened_on = DateField(_l("On which day it happened"), [InputRequired()])
    learnt_on = DateField(_l("On which day the association learnt of it"), [InputRequired()])
    address_old = StringField(_l("Address before"), [Optional(), Length(max=LENGTHS["address"])], render_kw=_OFF)
    address_new = StringField(_l("New address"), [Optional(), Length(max=LENGTHS["address"])], render_kw=_OFF)
    district_new = StringField(
        _l("New district"),
        [Optional(), Length(max=60)],
        description=_l("Name or six-digit code (GB/T 2260), such as 官渡区 or 530111"),
    )
    owner_old = StringField(_l("Owner before"), [Optional(), Length(max=100)], render_kw=_OFF)
    owner_new = StringField(_l("New owner"), [Optional(), Length(max=100)], render_kw=_OFF)
    into = TextAreaField(
        _l("Split into"),
        [Optional(), Length(max=2000)],
        description=_l("Enterprises of the register, one a line: the registered name or the credit code."),
    )
    note = TextAreaField(_l("Note"), [Optional(), Length(max=LENGTHS["note"])])
    file = FileField(_l("Paper that shows it (PDF or photo)"))
    understood = BooleanField(_l("I have read what follows from it"))


class WithdrawLifeForm(Form):
    """Why an entry was a mistake."""

    reason = StringField(_l("Why it was a mistake"), [InputRequired(), Length(max=500)], render_kw=_OFF)


class HeadcountForm(Form):
    """How many people work there."""

    counted_on = DateField(_l("On which day"), [InputRequired()])
    workers = IntegerField(_l("Workers"), [InputRequired(), NumberRange(1, MOST_PEOPLE)])


class OwnPledgeForm(Form):
    """A manager signs the code of conduct for the own enterprise."""

    signed_by = StringField(_l("Your name"), [InputRequired(), Length(max=100)], render_kw={"autocomplete": "name"})
    signed_position = StringField(
        _l("Your position"), [InputRequired(), Length(max=100)], render_kw={"autocomplete": "organization-title"}
    )
    agreed = BooleanField(
        _l("I have read this version of the code of conduct, may sign for the enterprise, and sign it."),
        [InputRequired()],
    )


class SendingForm(Form):
    """Which version of the code goes to whom, and by when members are asked to pledge."""

    version = SelectField(_l("Version of the code of conduct"), [InputRequired()])
    who = RadioField(
        _l("To whom"),
        choices=[
            SelectChoice("outstanding", _l("Members that have not pledged to it")),
            SelectChoice("all", _l("All members")),
        ],
        default="outstanding",
    )
    sector = SelectField(_l("Sector"), [Optional()], description=_l("Left open, members of every sector."))
    answer_by = DateField(_l("Asked to pledge by"), [InputRequired()])
