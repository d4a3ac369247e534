"""Shape and words of what officers enter in a sealed case of danger."""

from wtforms import DateField, IntegerField, SelectField, StringField, TextAreaField
from wtforms.fields.choices import SelectChoice
from wtforms.validators import InputRequired, Length, NumberRange, Optional

from compliance.referrals import rules
from compliance.referrals.store import LONGEST
from compliance.shared.forms import Form
from compliance.shared.translation import lazy_gettext as _l

_REASON = _l("Please give a reason.")
_DAY = _l("Please enter a day.")


class SafetyForm(Form):
    """Whether anybody is endangered if the employer hears of it."""

    code = SelectField(_l("Safety"), choices=[SelectChoice(k.value, _l(w)) for k, w in rules.SAFE_WORDS.items()])
    said = TextAreaField(
        _l("Who could be endangered, are they out, who agreed"), [InputRequired(_REASON), Length(max=LONGEST)]
    )


class DecisionForm(Form):
    """What is to be done."""

    code = SelectField(_l("Decision"), choices=[SelectChoice(k.value, _l(w)) for k, w in rules.MEASURE_WORDS.items()])
    said = TextAreaField(_l("Reason"), [InputRequired(_REASON), Length(max=LONGEST)])


class ClearingForm(Form):
    """How the case ends."""

    code = SelectField(_l("Outcome"), choices=[SelectChoice(k.value, _l(w)) for k, w in rules.OUTCOME_WORDS.items()])
    said = TextAreaField(_l("Reason"), [InputRequired(_REASON), Length(max=LONGEST)])


class StepForm(Form):
    """A step that is done."""

    code = SelectField(_l("Step"))
    said = TextAreaField(_l("What was done"), [Length(max=LONGEST)])


class ReferralForm(Form):
    """A referral: to whom, and what the agency has to know. It never names a worker."""

    agency = SelectField(_l("To"), choices=[SelectChoice(k.value, _l(w)) for k, w in rules.AGENCY_WORDS.items()])
    said = TextAreaField(_l("What the agency has to know, without a worker's name"), [Length(max=LONGEST)])
    ground = SelectField(
        _l("On what ground is it passed on"),
        choices=[SelectChoice(k.value, _l(w)) for k, w in rules.GROUND_WORDS.items()],
    )
    why = TextAreaField(
        _l("On what this rests: who agreed and when, without a name; or which law"), [Length(max=LONGEST)]
    )


class TrackForm(Form):
    """What became of a referral."""

    way = SelectField(_l("Sent how"), choices=[SelectChoice(k.value, _l(w)) for k, w in rules.WAY_WORDS.items()])
    sent_on = DateField(_l("Sent on"), [InputRequired(_DAY)])
    received_on = DateField(_l("Received on"), [Optional()])
    answered_on = DateField(_l("Answered on"), [Optional()])
    follow_up_on = DateField(_l("Ask again on"), [Optional()])
    answer = TextAreaField(_l("Answer"), [Length(max=LONGEST)])


class OfficerForm(Form):
    """Who is told, in which order, and how to reach them now."""

    person = SelectField(_l("Person"), validate_choice=False)
    position = IntegerField(_l("Order"), [InputRequired(_l("Please enter a number.")), NumberRange(min=1, max=99)])
    phone = StringField(_l("Telephone, to be phoned now"), [Length(max=40)])
