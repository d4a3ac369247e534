"""Shape and words of the input of casework's staff pages."""

from collections.abc import Mapping

from flask_wtf.file import FileField, FileRequired
from wtforms import (
    BooleanField,
    DateField,
    HiddenField,
    IntegerField,
    RadioField,
    SelectChoice,
    SelectField,
    StringField,
    TextAreaField,
)
from wtforms.validators import InputRequired, Length, NumberRange, Optional, Regexp, ValidationError

from compliance.checklists.names import SEVERITIES, VERDICTS
from compliance.checklists.rules import Severity, Verdict
from compliance.shared.forms import Form
from compliance.shared.translation import gettext
from compliance.shared.translation import lazy_gettext as _l

LONG = 4000
REASON = 2000


def _words(choices: Mapping[str, str]) -> list[SelectChoice]:
    """Choices of fixed values with their words."""
    return [SelectChoice(str(value), _l(text)) for value, text in choices.items()]


class ReasonForm(Form):
    """A step that must be explained."""

    reason = TextAreaField(_l("Reason"), [InputRequired(_l("Please give a reason.")), Length(max=REASON)])


class WithdrawForm(Form):
    """Why an issued letter shall not count any more."""

    reason = TextAreaField(
        _l("Reason (the enterprise reads it)"), [InputRequired(_l("Please give a reason.")), Length(max=REASON)]
    )


class CheckForm(Form):
    """The code that is printed on a paper of the association."""

    code = StringField(
        _l("Code on the paper"),
        [InputRequired(_l("Please type the code.")), Length(max=40)],
        render_kw={"autocomplete": "off", "autocapitalize": "characters", "spellcheck": "false"},
    )


class CheckFileForm(Form):
    """The file of a letter, or its SHA-256 as the browser computed it: then the file stays where it is."""

    digest = HiddenField(validators=[Optional(), Regexp(r"^[0-9a-fA-F]{64}$")])
    file = FileField(_l("The letter as PDF"), render_kw={"accept": "application/pdf,.pdf"})

    def validate_file(self, field: FileField) -> None:
        """One of the two is there. Raises ``ValidationError``."""
        if not self.digest.data and not field.data:
            raise ValidationError(gettext("Choose a file."))


class TabletOrderForm(ReasonForm):
    """What a tablet is asked to do when it calls next."""

    kind = RadioField(
        _l("What it should do"),
        choices=[
            SelectChoice("wipe", _l("Wipe what it keeps. What is unsent stays until it is sent.")),
            SelectChoice("discard", _l("Give up what is unsent of one visit. It cannot be brought back.")),
        ],
        validators=[InputRequired(_l("Please choose."))],
    )
    visit = SelectField(_l("Visit"), validators=[Optional()])
    sure = BooleanField(_l("I am sure; this cannot be undone"), [InputRequired(_l("Please confirm."))])


class BringForm(Form):
    """A file that a tablet exported."""

    file = FileField(
        _l("Exported file"),
        [FileRequired(_l("Choose a file."))],
        description=_l("On the tablet: “What is on its way”, then “Export as file”."),
    )


class LateForm(ReasonForm):
    """What becomes of a piece that a tablet sent too late."""

    decision = RadioField(
        _l("Decision"),
        choices=[
            SelectChoice("taken", _l("Take it over: it counts, as a recorded correction")),
            SelectChoice("set_aside", _l("Set it aside: it stays on record and counts for nothing")),
        ],
        validators=[InputRequired(_l("Please choose."))],
    )


class ReturnForm(ReasonForm):
    """Send a sealed visit back to its inspectors."""

    seen = HiddenField()

    reason = TextAreaField(
        _l("What should the inspectors look at again?"),
        [InputRequired(_l("Please give a reason.")), Length(max=REASON)],
    )


class ClearForm(ReasonForm):
    """Decide about one sealed fact."""

    seen = HiddenField()
    item = HiddenField()
    fact = HiddenField()
    decision = RadioField(
        _l("Decision"),
        [InputRequired(_l("Please choose one."))],
        choices=[
            SelectChoice("clear", _l("Clear it: it may be used and shown")),
            SelectChoice("keep", _l("Leave it sealed: nobody outside learns of it")),
        ],
    )


class SettleForm(ReasonForm):
    """Pick one of two different entries."""

    seen = HiddenField()
    entry = HiddenField(validators=[InputRequired(_l("Please choose one."))])


class WaiverForm(Form):
    """Why a visit is released without a second person."""

    reason = TextAreaField(
        _l("Reason (printed on the letter)"), [InputRequired(_l("Please give a reason.")), Length(max=REASON)]
    )


class CorrectionForm(ReasonForm):
    """A recorded correction of one item of a sealed visit."""

    seen = HiddenField()
    verdict = SelectField(_l("Answer"), choices=_words({v: VERDICTS[v] for v in Verdict}))
    note = TextAreaField(_l("What was seen"), [Length(max=LONG)])
    why = TextAreaField(_l("Why it could not be verified, was not looked at, or does not apply"), [Length(max=LONG)])
    workers = IntegerField(_l("Workers affected"), [Optional(), NumberRange(0, 1_000_000)])
    severity = SelectField(
        _l("Severity"),
        choices=[SelectChoice("", _l("As in the checklist")), *_words({s: SEVERITIES[s] for s in Severity})],
    )
    action = TextAreaField(_l("Corrective action (empty: as in the checklist)"), [Length(max=LONG)])
    due_days = IntegerField(_l("Days to correct (empty: as in the checklist)"), [Optional(), NumberRange(0, 365)])


class ReleaseForm(Form):
    """The second person's word."""

    seen = HiddenField()
    confirm = BooleanField(
        _l("I have read the scorecard, the findings and the letter, and I stand for their release."),
        [InputRequired(_l("Please confirm that you have read all of it."))],
    )


class DecisionForm(ReasonForm):
    """How a dispute ends, and what the item says from then on."""

    round = HiddenField()

    decision = RadioField(
        _l("Decision"),
        [InputRequired(_l("Please choose one."))],
        choices=[
            SelectChoice("upheld", _l("Upheld: the finding is withdrawn")),
            SelectChoice("partly", _l("Upheld in part: the finding is changed")),
            SelectChoice("not_upheld", _l("Not upheld: the finding stands")),
        ],
    )
    reason = TextAreaField(
        _l("Reason (the enterprise reads it)"), [InputRequired(_l("Please give a reason.")), Length(max=REASON)]
    )
    becomes = SelectField(
        _l("The item now counts as"),
        choices=_words({v: VERDICTS[Verdict(v)] for v in ("compliant", "not_applicable", "not_looked_at")}),
    )
    verdict = SelectField(
        _l("The answer is now"),
        choices=_words({v: VERDICTS[Verdict(v)] for v in ("partial", "non_compliant", "unable_to_verify")}),
    )
    note = TextAreaField(_l("What was seen"), [Length(max=LONG)])
    workers = IntegerField(_l("Workers affected"), [Optional(), NumberRange(0, 1_000_000)])
    severity = SelectField(
        _l("Severity"),
        choices=[SelectChoice("", _l("As before")), *_words({s: SEVERITIES[s] for s in Severity})],
    )
    waiver = TextAreaField(_l("Why nobody else can decide (printed on the letter)"), [Length(max=REASON)])
    confirm = BooleanField(_l("I have read the preview of the correcting letter, and I stand for it."))


class AccountableForm(Form):
    """Name the one accountable party."""

    accountable = StringField(
        _l("Accountable party (instead of the enterprise)"), [InputRequired(_l("Please give a name.")), Length(max=200)]
    )


class VerifyForm(Form):
    """Say that a corrective action is done."""

    how = RadioField(
        _l("How was it checked?"),
        [InputRequired(_l("Please choose one."))],
        choices=[SelectChoice("on_site", _l("On site")), SelectChoice("desk", _l("At the desk, by the evidence sent"))],
    )
    note = TextAreaField(_l("What was seen"), [Length(max=LONG)])
    worker_check = BooleanField(_l("Workers confirmed it too"))
    workers_asked = IntegerField(
        _l("How many workers were asked (a number only)"), [Optional(), NumberRange(0, 100_000)]
    )
    waiver = TextAreaField(_l("Why nobody else can check it"), [Length(max=REASON)])


class ExtendForm(ReasonForm):
    """Give more time, once."""

    until = DateField(_l("New due date"), [InputRequired(_l("Please give a date."))])
