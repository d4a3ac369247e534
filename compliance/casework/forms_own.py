"""Shape and words of what an enterprise's manager enters."""

from wtforms import DateField, HiddenField, RadioField, StringField, TextAreaField
from wtforms.fields.choices import SelectChoice
from wtforms.validators import InputRequired, Length, Optional

from compliance.findings.rules import Position
from compliance.shared.forms import Form
from compliance.shared.translation import lazy_gettext as _l

LONG = 4000
_TOO_LONG = _l("At most 4,000 characters, please.")


class ReplyForm(Form):
    """The enterprise's answer to a finding."""

    position = RadioField(
        _l("Your answer"),
        choices=[
            SelectChoice(Position.agree.value, _l("We agree with the finding")),
            SelectChoice(Position.dispute.value, _l("We dispute the finding")),
        ],
        validators=[InputRequired(_l("Please choose one."))],
    )
    text = TextAreaField(
        _l("Comment, or the reason of the dispute"),
        validators=[Length(max=LONG, message=_TOO_LONG)],
        description=_l("A dispute needs a reason: what is not as described, and what shows it?"),
    )


class AppealForm(Form):
    """The one appeal after a dispute was decided."""

    text = TextAreaField(
        _l("Why do you appeal?"),
        validators=[InputRequired(_l("Please give a reason.")), Length(max=LONG, message=_TOO_LONG)],
        description=_l("Another person than in the first decision looks at it. There is one appeal."),
    )


class PlanForm(Form):
    """How a shortfall will be corrected."""

    seen = HiddenField()
    root_cause = TextAreaField(
        _l("Why it came to this"),
        validators=[Length(max=LONG, message=_TOO_LONG)],
        description=_l("The cause behind it, not the person: what was missing, unclear or not checked?"),
    )
    plan = TextAreaField(
        _l("What will be done"),
        validators=[InputRequired(_l("Please say what will be done.")), Length(max=LONG, message=_TOO_LONG)],
    )
    preventive = TextAreaField(_l("How it will not happen again"), validators=[Length(max=LONG, message=_TOO_LONG)])
    responsible = StringField(
        _l("Who is responsible at your enterprise"),
        validators=[Length(max=200, message=_l("At most 200 characters, please."))],
        description=_l("One person or post."),
    )
    planned_for = DateField(
        _l("To be done by"),
        validators=[Optional()],
        description=_l("Your own date. As long as the due date has not passed, no later than that."),
    )


class EvidenceForm(Form):
    """What shows that a shortfall was corrected."""

    note = TextAreaField(_l("What was done"), validators=[Length(max=LONG, message=_TOO_LONG)])


class MoreTimeForm(Form):
    """A request for a later due date."""

    until = DateField(_l("Until when"), validators=[InputRequired(_l("Please give a date."))])
    reason = TextAreaField(
        _l("Why more time is needed"),
        validators=[InputRequired(_l("Please give a reason.")), Length(max=LONG, message=_TOO_LONG)],
    )
