"""The forms of the imported past."""

from flask_wtf.file import FileField, MultipleFileField
from wtforms import SelectField, StringField, TextAreaField
from wtforms.fields.choices import SelectChoice
from wtforms.validators import InputRequired, Length, Optional

from compliance.history.rules import SHOWN_WORDS
from compliance.shared.forms import Form
from compliance.shared.problems import Problem
from compliance.shared.translation import lazy_gettext as _l


class SendForm(Form):
    """Files about past visits that belong together, and how they are read if that is known."""

    files = MultipleFileField(
        _l("CSV or XLSX files"), [InputRequired()], render_kw={"accept": ".csv,.xlsx,.txt,.tsv", "multiple": True}
    )
    source = StringField(_l("From where the results come"), [Optional(), Length(max=200)])
    kept = SelectField(_l("Mapping that is kept"), default="", validate_choice=False)
    map_file = FileField(_l("Mapping from a file (YAML)"), render_kw={"accept": ".yaml,.yml"})


class MappingForm(Form):
    """How the files are read, as text."""

    mapping = TextAreaField(
        _l("Mapping"), [InputRequired(), Length(max=60_000)], render_kw={"rows": 24, "spellcheck": "false"}
    )
    save_as = StringField(_l("Keep this under a name"), [Optional(), Length(max=80)])


class ShownForm(Form):
    """What managers see of an import."""

    shown = SelectField(
        _l("Shown to the managers of these enterprises"),
        choices=[SelectChoice(one.value, _l(words)) for one, words in SHOWN_WORDS.items()],
    )


def complain(form: Form, problem: Problem) -> None:
    """Put what is wrong on the field that it is about, or on the form."""
    facts = {name: fact for name, fact in problem.facts.items() if name != "field"}
    words = _l(problem.text, **facts)
    field = form._fields.get(problem.facts.get("field", ""))
    if field is not None:
        field.errors = [*field.errors, words]
    else:
        form.form_errors = [*form.form_errors, words]
