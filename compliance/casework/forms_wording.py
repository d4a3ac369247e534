"""Shape and words of what is written on the pages of the association's own wording."""

from wtforms import BooleanField, HiddenField, SelectField, SelectMultipleField, TextAreaField, widgets
from wtforms.fields.choices import SelectChoice
from wtforms.validators import InputRequired, Length

from compliance.checklists import names
from compliance.letters.sandbox import LONGEST
from compliance.letters.wording import PASSAGES, Said
from compliance.shared.forms import Form
from compliance.shared.translation import lazy_gettext as _l
from compliance.shared.words import N_

PASSAGE_NAMES = {
    "opening": N_("Opening passage"),
    "good": N_("Good practices, one a line"),
    "closing": N_("Closing passage"),
}
_LIMIT = Length(max=LONGEST, message=_l("At most %(max)d characters, please."))


class _SaidForm(Form):
    """A text in both languages."""

    revision = HiddenField()
    zh = TextAreaField(_l("In Chinese"), [_LIMIT], render_kw={"lang": "zh-Hans", "rows": 6})
    en = TextAreaField(_l("In English"), [_LIMIT], render_kw={"lang": "en", "rows": 6})
    one = BooleanField(
        _l("One language is enough"),
        description=_l("Knowingly: letters in the other language print the text as it stands."),
    )

    @property
    def said(self) -> Said:
        """What was typed."""
        return Said(self.en.data or "", self.zh.data or "", bool(self.one.data))

    @property
    def seen_revision(self) -> int:
        """The revision that the form was rendered from; -1 (never right) when it was tampered with."""
        return int(self.revision.data) if str(self.revision.data).isdecimal() else -1


class PassageForm(_SaidForm):
    """A free passage, and on what it is tried."""

    on = SelectField(_l("Try it on"), validate_choice=False)
    language = SelectField(_l("Language of the letter"), validate_choice=False)


class SentenceForm(_SaidForm):
    """A standard sentence, and for which letters it is offered."""

    passage = SelectField(
        _l("Goes into"), choices=[SelectChoice(name, _l(PASSAGE_NAMES[name])) for name in PASSAGES], default="closing"
    )
    kinds = SelectMultipleField(
        _l("Only for these letters"),
        widget=widgets.ListWidget(prefix_label=False),
        option_widget=widgets.CheckboxInput(),
    )
    area = SelectField(_l("Only with a finding in this area"))
    severity = SelectField(
        _l("Only with a finding of this severity"),
        choices=[SelectChoice("", _l("Any")), *(SelectChoice(key, _l(name)) for key, name in names.SEVERITIES.items())],
    )


class PublishForm(Form):
    """The word that puts a draft in force."""

    revision = HiddenField()
    note = TextAreaField(
        _l("What is new, and why"), [InputRequired(_l("Please say why.")), Length(max=500)], render_kw={"rows": 2}
    )
