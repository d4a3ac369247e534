"""The forms of drawing: a period with its numbers, a reason, somebody who left."""

from wtforms import BooleanField, DateField, IntegerField, SelectField, StringField, TextAreaField
from wtforms.fields.choices import SelectChoice
from wtforms.validators import InputRequired, Length

from compliance.planning.periods import LEFT_WORDS, LeftReason
from compliance.planning.settings import Settings
from compliance.shared.forms import Form
from compliance.shared.problems import Problem
from compliance.shared.translation import gettext as _
from compliance.shared.translation import lazy_gettext as _l

NUMBERS = ("visits", "inspector_days", "days_per_visit", "random_share", "complaint_share", "smallest")


class PeriodForm(Form):
    """A period: its days, capacity, shares and strata."""

    name = StringField(
        _l("Name of the period"), validators=[InputRequired(_l("Please give the period a name.")), Length(max=120)]
    )
    first_day = DateField(_l("First day"), validators=[InputRequired(_l("Please choose a day."))])
    last_day = DateField(_l("Last day"), validators=[InputRequired(_l("Please choose a day."))])
    visits = IntegerField(_l("Visits, at most"), validators=[InputRequired(_l("Please give a number."))])
    inspector_days = IntegerField(
        _l("Inspector days, at most"),
        description=_l("All days that inspectors have for visits in this period, added up."),
        validators=[InputRequired(_l("Please give a number."))],
    )
    days_per_visit = IntegerField(
        _l("Inspector days that a visit takes"),
        description=_l("A team of two for one day: 2."),
        validators=[InputRequired(_l("Please give a number."))],
    )
    random_share = IntegerField(
        _l("Random share of the routine visits, in per cent"),
        description=_l(
            "At least 30. Only random visits say something about all members; the others go to the highest risk."
        ),
        validators=[InputRequired(_l("Please give a number."))],
    )
    complaint_share = IntegerField(
        _l("Kept free for complaints, in per cent of all visits"),
        validators=[InputRequired(_l("Please give a number."))],
    )
    by_district = BooleanField(_l("Tell districts apart as well"))
    smallest = IntegerField(
        _l("Smallest stratum"),
        description=_l("A stratum of sector and size with fewer workplaces is put together with others."),
        validators=[InputRequired(_l("Please give a number."))],
    )

    def settings(self) -> Settings:
        """The numbers as they were typed."""
        return Settings(**{name: self[name].data for name in NUMBERS}, by_district=bool(self.by_district.data))


class ReasonForm(Form):
    """A reason, for what is left out or cancelled."""

    reason = TextAreaField(_l("Reason"), validators=[InputRequired(_l("Please give a reason.")), Length(max=2000)])


class LeftForm(Form):
    """Why a drawn workplace no longer belongs to those whom the draw stands for."""

    reason = SelectField(
        _l("Why"), choices=[SelectChoice(reason.value, _l(LEFT_WORDS[reason])) for reason in LeftReason]
    )
    note = StringField(_l("Remark"), validators=[Length(max=2000)])


def blame(form: Form, problem: Problem) -> None:
    """Put a problem at its field, or above the form."""
    facts = {name: fact for name, fact in problem.facts.items() if isinstance(fact, str | int) and name != "field"}
    text = _(problem.text, **facts) if facts else _(problem.text)
    field = form[problem.facts["field"]] if problem.facts.get("field") in form else None
    if field is None:
        form.form_errors = [*form.form_errors, text]
    else:
        field.errors = [*field.errors, text]
