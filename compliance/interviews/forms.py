"""The form of one interview, built from the questions that are data, and those of asking again."""

from typing import Any

from wtforms import BooleanField, IntegerField, RadioField, StringField, TextAreaField
from wtforms.fields.choices import SelectChoice
from wtforms.validators import InputRequired, Length, NumberRange, Optional

from compliance.checklists.interviews import InterviewForm, Setting
from compliance.interviews.records import CONTACT_LIMIT, MOST_IN_A_GROUP, NOTE_LIMIT, UNSAID
from compliance.shared.forms import Form
from compliance.shared.translation import gettext as _
from compliance.shared.translation import lazy_gettext as _l


class _Answers(Form):
    """What every interview has beside its questions."""

    notice = BooleanField(_l("I have said this to the worker"))
    consent = BooleanField(_l("The worker agreed"))
    brought = BooleanField(
        _l("The employer chose or brought the person"),
        description=_l("It is kept, and goes into no count. Choose others yourself on the floor."),
    )
    note = TextAreaField(
        _l("In the worker's own words"),
        [Length(max=NOTE_LIMIT)],
        description=_l("No name, no workplace number, nothing that only one person could know."),
    )

    def raw(self, form: InterviewForm, setting: Setting, language: str) -> dict[str, Any]:
        """What was entered, as ``records.made`` wants it."""
        asked = {one.id: self[_name(one.id)].data or UNSAID for one in form.asked(setting)}
        return {
            "setting": setting.value,
            "language": language,
            "people": self["people"].data if "people" in self else 1,
            "brought": self.brought.data,
            "notice": self.notice.data,
            "consent": self.consent.data,
            "answers": {id: {"answer": answer} for id, answer in asked.items()},
            "note": self.note.data or "",
        }


def interview_form(form: InterviewForm, setting: Setting, language: str) -> _Answers:
    """The questions of a setting in a language, each with its answers and "did not say"."""
    fields: dict[str, Any] = {}
    if setting is Setting.group:
        fields["people"] = IntegerField(_l("How many took part"), [InputRequired(), NumberRange(2, MOST_IN_A_GROUP)])
    else:
        fields["contact"] = StringField(
            _l("How the person may be asked again, if it agrees"),
            [Length(max=CONTACT_LIMIT)],
            description=_l(
                "Kept apart from the answers, read only by whoever asks again, destroyed after 30 days at the latest."
            ),
        )
        fields["card"] = BooleanField(_l("The person took a card and may call in"))
    for one in form.asked(setting):
        choices = [SelectChoice(answer.id, answer.text[language]) for answer in one.answers]
        fields[_name(one.id)] = RadioField(
            one.text[language], [Optional()], choices=[*choices, SelectChoice(UNSAID, _("did not say"))], default=UNSAID
        )
    made: _Answers = type("InterviewAnswers", (_Answers,), fields)()
    return made


def _name(id: str) -> str:
    return "answer_" + id.replace("-", "_")


class AskedAgainForm(Form):  # type: ignore[misc]
    """How those who were asked again have fared, as counts."""

    asked = IntegerField(_l("How many were reached or called in"), [InputRequired(), NumberRange(0, 1000)])
    still_there = IntegerField(_l("How many of them still work there"), [InputRequired(), NumberRange(0, 1000)])
    worse_off = IntegerField(_l("How many say that they are worse off since"), [InputRequired(), NumberRange(0, 1000)])
