"""Shape and words of the input about named outsiders: the invitation, and what an outsider says."""

from wtforms import BooleanField, HiddenField, StringField, TextAreaField
from wtforms.validators import InputRequired, Length

from compliance.casework.forms import REASON, DecisionForm
from compliance.shared.forms import Form
from compliance.shared.translation import lazy_gettext as _l

_NEEDED = _l("Please fill this in: it is kept on record.")


class OutsiderForm(Form):
    """Invite a named outsider to a case."""

    name = StringField(
        _l("Name"),
        [InputRequired(_NEEDED), Length(max=120)],
        description=_l("As it will be printed on the letter."),
        render_kw={"autocomplete": "off"},
    )
    organisation = StringField(
        _l("Their organisation"),
        [InputRequired(_NEEDED), Length(max=200)],
        description=_l("Printed too. Neither the association nor the enterprise."),
        render_kw={"autocomplete": "off"},
    )
    bound_by = StringField(
        _l("How they are bound to keep confidence"),
        [InputRequired(_NEEDED), Length(max=500)],
        description=_l("A signed undertaking with its date, or the duty of a profession. Stays inside."),
    )
    reason = TextAreaField(
        _l("Why nobody of the association can do it (printed on the letter)"),
        [InputRequired(_NEEDED), Length(max=REASON)],
    )


class DeclareForm(Form):
    """What an outsider declares before the case opens."""

    no_tie = BooleanField(
        _l("I own no part of it, am not kin to its people, and work neither for it nor for a competitor."),
        [InputRequired(_l("Without this declaration the case stays closed."))],
    )
    confidence = BooleanField(
        _l("I keep to myself what I read here, copy none of it, and do not try to find out who said what."),
        [InputRequired(_l("Without this declaration the case stays closed."))],
    )


class DeclineForm(Form):
    """An outsider who cannot do it."""

    why = TextAreaField(_l("Why (only whoever invited you reads it)"), [Length(max=REASON)])


class OutsideReturnForm(Form):
    """Return the visit to its inspectors."""

    seen = HiddenField()
    reason = TextAreaField(
        _l("What should the inspectors look at again?"),
        [InputRequired(_l("Please give a reason.")), Length(max=REASON)],
    )


class OutsideDecisionForm(DecisionForm):
    """An outsider decides a dispute: as anybody does, but nothing is waived."""

    waiver = None
    round = None
