"""The form of a token."""

from wtforms import BooleanField, DateField, SelectChoice, SelectMultipleField, StringField, widgets
from wtforms.validators import InputRequired, Length

from compliance.api.rules import SCOPE_WORDS, Scope
from compliance.shared.forms import Form
from compliance.shared.translation import lazy_gettext as _l


class TokenForm(Form):
    """What a new token is for."""

    name = StringField(
        _l("System"),
        [InputRequired(), Length(max=80)],
        description=_l("Which system it is for, as you will recognise it in a year."),
    )
    scopes = SelectMultipleField(
        _l("It may"),
        widget=widgets.ListWidget(prefix_label=False),
        option_widget=widgets.CheckboxInput(),
        choices=[SelectChoice(scope.value, _l(words)) for scope, words in SCOPE_WORDS.items()],
        description=_l("As little as the system needs. None of this shows a visit before its results are released."),
    )
    last_day = DateField(_l("Valid until"), [InputRequired()])
    sure = BooleanField(
        _l("I know: whoever holds the token gets what is ticked here without signing in."), [InputRequired()]
    )

    def chosen(self) -> list[Scope]:
        """What is ticked."""
        return [Scope(value) for value in self.scopes.data or ()]
