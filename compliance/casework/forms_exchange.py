"""Shape and words of what both sides enter beside a corrective action."""

from wtforms import BooleanField, DateField, FileField, HiddenField, RadioField, StringField, TextAreaField
from wtforms.fields.choices import SelectChoice
from wtforms.validators import InputRequired, Length

from compliance.corrective_actions.exchange import WAYS, Came, Taken
from compliance.shared.forms import Form
from compliance.shared.translation import lazy_gettext as _l

LONG = 4000
_TOO_LONG = _l("At most 4,000 characters, please.")


class CommentForm(Form):
    """A message to the other side."""

    comment = TextAreaField(
        _l("Message"),
        validators=[InputRequired(_l("Please write something.")), Length(max=LONG, message=_TOO_LONG)],
    )


class NoActionForm(Form):
    """Why the enterprise takes no action."""

    why = TextAreaField(
        _l("Why no action is taken"),
        validators=[InputRequired(_l("Please give a reason.")), Length(max=LONG, message=_TOO_LONG)],
        description=_l("For example: the machine is no longer there, the workplace is closed, the law asks for less."),
    )


class DeclarationForm(Form):
    """Somebody of the enterprise declares in their own name what was done."""

    declaration = TextAreaField(
        _l("What is declared"),
        validators=[InputRequired(_l("Please say what is declared.")), Length(max=LONG, message=_TOO_LONG)],
        description=_l("What was done, where and when. Say only what you know yourself."),
    )
    declared_name = StringField(
        _l("Name of who declares"), validators=[InputRequired(_l("Please give a name.")), Length(max=120)]
    )
    declared_post = StringField(
        _l("Function at the enterprise"), validators=[InputRequired(_l("Please give the function.")), Length(max=120)]
    )
    declared_on = DateField(_l("Day of the declaration"), validators=[InputRequired(_l("Please give a date."))])
    declared_true = BooleanField(
        _l("This is true to my knowledge. I know that it may be checked on site."),
        validators=[InputRequired(_l("A declaration counts only with this tick."))],
    )


class ObjectionForm(Form):
    """The enterprise did not say what was entered for it."""

    objection = TextAreaField(
        _l("What is not as we said it"),
        validators=[InputRequired(_l("Please give a reason.")), Length(max=LONG, message=_TOO_LONG)],
    )


class DenialForm(Form):
    """More time is not granted."""

    denial = TextAreaField(
        _l("Reason (the enterprise reads it)"),
        validators=[InputRequired(_l("Please give a reason.")), Length(max=LONG, message=_TOO_LONG)],
    )


class TakingForm(Form):
    """What the association makes of a reason for taking no action."""

    taken = RadioField(
        _l("Decision about the reason"),
        validators=[InputRequired(_l("Please choose one."))],
        choices=[
            SelectChoice(Taken.accepted.value, _l("Accepted: the action is no longer asked for")),
            SelectChoice(Taken.returned.value, _l("Returned: the action stands")),
        ],
    )
    taken_reason = TextAreaField(
        _l("Reason (the enterprise reads it)"),
        validators=[InputRequired(_l("Please give a reason.")), Length(max=LONG, message=_TOO_LONG)],
    )


class ArrivalForm(Form):
    """How something came that is entered for the enterprise."""

    came = RadioField(
        _l("How did it come?"),
        validators=[InputRequired(_l("Please choose one."))],
        choices=[SelectChoice(way.value, _l(WAYS[way])) for way in Came],
    )
    came_on = DateField(_l("On which day?"), validators=[InputRequired(_l("Please give a date."))])
    said_by = StringField(
        _l("Who of the enterprise said or signed it?"),
        validators=[InputRequired(_l("Please give a name.")), Length(max=200)],
    )
    scan = FileField(
        _l("Scan or photo of the paper"),
        description=_l("The enterprise sees it. For a telephone call: a photo of your note, or nothing."),
    )


class HeadquartersForm(Form):
    """Which enterprise is the headquarters, and whether it answers for the branch."""

    headquarters = HiddenField(_l("Headquarters"), validators=[InputRequired(_l("Please choose an enterprise."))])
    may_answer = BooleanField(
        _l("The headquarters also answers for this branch"),
        description=_l("Without this tick its managers only read: scorecards, findings, actions and letters."),
    )
