"""Forms for publishing a version."""

from flask_wtf.file import FileField, FileRequired
from wtforms import HiddenField, IntegerField, StringField
from wtforms.validators import InputRequired, Length

from compliance.checklists.rules import NOTE_LIMIT
from compliance.shared.forms import Form
from compliance.shared.translation import lazy_gettext as _l


class UploadForm(Form):
    """An edited spreadsheet, to be checked."""

    file = FileField(_l("Edited spreadsheet (.xlsx)"), validators=[FileRequired(_l("Choose a file."))])


class PublishForm(Form):
    """The confirmation: a checked spreadsheet by its digest, and the version it was compared with."""

    file = HiddenField(validators=[InputRequired(), Length(max=64)])
    base = IntegerField(validators=[InputRequired()])
    note = StringField(_l("What is new (for the list of versions)"), validators=[Length(max=NOTE_LIMIT)])
