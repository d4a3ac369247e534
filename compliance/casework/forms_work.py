"""Shape and words of the input of the work list: assigning, answering plans, parts, many at once, leave, on site."""

from wtforms import (
    BooleanField,
    DateField,
    HiddenField,
    IntegerField,
    SelectChoice,
    SelectField,
    SelectMultipleField,
    StringField,
    TextAreaField,
)
from wtforms.validators import InputRequired, Length, NumberRange, Optional
from wtforms.widgets import CheckboxInput, ListWidget

from compliance.casework.forms import LONG, REASON
from compliance.casework.together import ACTS, Act
from compliance.shared.forms import Form
from compliance.shared.translation import lazy_gettext as _l


class AssignForm(Form):
    """Give an action to somebody, with a word."""

    person = SelectField(_l("Whose work it becomes"), validators=[InputRequired(_l("Please choose."))])
    word = TextAreaField(_l("A word with it"), [Length(max=REASON)])


class PlanAnswerForm(Form):
    """Accept or return the enterprise's plan."""

    answer_word = TextAreaField(
        _l("Reason (the enterprise reads it)"),
        [Length(max=REASON)],
        description=_l("Needed for returning it."),
    )


class PartForm(Form):
    """A part is done, the rest is not."""

    done = TextAreaField(
        _l("What is done (the enterprise reads it)"), [InputRequired(_l("Please say it.")), Length(max=LONG)]
    )
    stays = TextAreaField(
        _l("What stays to be done (the enterprise reads it)"), [InputRequired(_l("Please say it.")), Length(max=LONG)]
    )
    part_how = SelectField(
        _l("How was it checked?"),
        choices=[SelectChoice("desk", _l("At the desk, by the evidence sent")), SelectChoice("on_site", _l("On site"))],
    )
    part_note = TextAreaField(_l("What was seen (stays inside the association)"), [Length(max=LONG)])


class TogetherForm(Form):
    """One step for several actions, with one reason."""

    act = SelectField(
        _l("What to do with those ticked"),
        [InputRequired(_l("Please choose."))],
        choices=[SelectChoice(act.value, _l(ACTS[act])) for act in Act],
    )
    person = SelectField(_l("To whom (for assigning)"), validators=[Optional()])
    until = DateField(_l("New due date (for more time)"), [Optional()])
    reason = TextAreaField(_l("Reason or word, the same for all"), [Length(max=REASON)])
    worker_check = BooleanField(_l("Workers confirmed each of them (for accepting)"))
    workers_asked = IntegerField(
        _l("How many workers were asked in each case (a number only)"), [Optional(), NumberRange(0, 100_000)]
    )
    sure = HiddenField()


class LeaveForm(Form):
    """When somebody is away, and who stands in."""

    person = SelectField(_l("Who is away"), validators=[InputRequired(_l("Please choose."))])
    first_day = DateField(_l("First day"), [InputRequired(_l("Please choose a day."))])
    last_day = DateField(_l("Last day"), [InputRequired(_l("Please choose a day."))])
    substitute = SelectField(_l("Substitute"), validators=[InputRequired(_l("Please choose."))])
    word = StringField(_l("A word to the substitute"), [Length(max=500)])


class ArrangeForm(Form):
    """Plan a follow-up visit with open items."""

    items = SelectMultipleField(
        _l("Items to look at"), widget=ListWidget(prefix_label=False), option_widget=CheckboxInput()
    )
    planned_for = DateField(_l("Day"), [InputRequired(_l("Please choose a day."))])
    inspectors = SelectMultipleField(
        _l("Inspectors"),
        description=_l(
            "The first one ticked leads. At least one was not on the visit that found it. People on leave are named."
        ),
        widget=ListWidget(prefix_label=False),
        option_widget=CheckboxInput(),
    )
    purpose = TextAreaField(
        _l("Purpose"), [Length(max=2000)], description=_l("For the association only; the enterprise never sees it.")
    )
