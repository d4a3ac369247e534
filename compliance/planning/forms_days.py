"""The forms of the plan of days."""

from wtforms import IntegerField, SelectField, TextAreaField
from wtforms.fields.choices import SelectChoice
from wtforms.validators import InputRequired, Length

from compliance.planning.schedule import LIMITS
from compliance.shared.forms import Form
from compliance.shared.translation import lazy_gettext as _l

_NUMBER = [InputRequired(_l("Please give a number."))]


class WhyForm(Form):
    """Why another half-day is drawn."""

    reason = TextAreaField(_l("Reason"), validators=[InputRequired(_l("Please give a reason.")), Length(max=2000)])


class InsteadForm(WhyForm):
    """Who does not go, and who goes instead."""

    leaving = SelectField(_l("Does not go"), validators=[InputRequired(_l("Choose who does not go."))])
    instead = SelectField(_l("Goes instead"), default="")

    def offer(self, team: list[tuple[str, str]], others: list[tuple[str, str]]) -> None:
        """Who goes now, and who could."""
        self.leaving.choices = [SelectChoice(id, name) for id, name in team]
        drawn = SelectChoice("", _l("Drawn among those who can"))
        self.instead.choices = [drawn, *(SelectChoice(id, words) for id, words in others)]


class HandOutForm(Form):
    """How an association sends people out."""

    lead = IntegerField(
        _l("Minutes before a visit at which its team is told where it is"),
        description=_l("The shorter, the less can leak; long enough for the way. From 10 to 240."),
        validators=_NUMBER,
    )
    stops = IntegerField(
        _l("Visits that a team makes in a half-day, at most"),
        description=_l("They lie in the same district. From 1 to 3."),
        validators=_NUMBER,
    )
    teams = IntegerField(
        _l("Teams that are out at once, at most"),
        description=_l("0: as many as there are people."),
        validators=_NUMBER,
    )
    apart = IntegerField(
        _l("Days between visits of neighbours"),
        description=_l(
            "Where a park is not visited within one half-day, at least so many days lie between. From 2 to 60."
        ),
        validators=_NUMBER,
    )
    odd = IntegerField(
        _l("Share of workplaces with shifts that are visited in the evening or at night, in per cent"),
        validators=_NUMBER,
    )

    def numbers(self) -> dict[str, int]:
        """What was typed."""
        return {name: int(self[name].data) for name in LIMITS}
