"""Shape and words of what officers enter about the delivery of letters."""

from flask_wtf.file import FileField
from wtforms import BooleanField, DateField, SelectField, SelectMultipleField, StringField, TextAreaField
from wtforms.fields.choices import SelectChoice
from wtforms.validators import InputRequired, Length

from compliance.letters.delivery import NAME, NOTE, OWN, WAYS, Way
from compliance.shared.forms import Form
from compliance.shared.translation import lazy_gettext as _l

_DAY = _l("Please enter a day.")
_WAYS = [SelectChoice(way.value, _l(WAYS[way])) for way in (Way.handed, Way.arrived, Way.posted) if way not in OWN]


class DeliveryForm(Form):
    """How one letter reached the enterprise."""

    way = SelectField(_l("What happened"), choices=_WAYS)
    on = DateField(_l("Day"), [InputRequired(_DAY)])
    taken_by = StringField(_l("Who took it and signed"), [Length(max=NAME)])
    note = StringField(_l("Note, for example the number of the registered letter"), [Length(max=NOTE)])
    scan = FileField(_l("Scan of the signed receipt"), render_kw={"accept": "image/*,application/pdf,.pdf"})


class StrikeForm(Form):
    """An entry that was a mistake."""

    reason = TextAreaField(_l("Reason"), [InputRequired(_l("Please give a reason.")), Length(max=NOTE)])


class PostForm(Form):
    """Letters that go to the post together."""

    letters = SelectMultipleField(_l("Letters"), validate_choice=False)
    on = DateField(_l("Day of posting"), [InputRequired(_DAY)])
    both_sides = BooleanField(_l("Printed on both sides: each letter begins on a new sheet"))
