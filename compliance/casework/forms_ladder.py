"""Shape and words of what officers enter on the ladder: decisions about prepared letters, calls, talks, repayment."""

import re
from datetime import date
from decimal import Decimal, InvalidOperation

from flask_wtf.file import FileField
from wtforms import (
    DateField,
    HiddenField,
    IntegerField,
    RadioField,
    SelectMultipleField,
    StringField,
    TextAreaField,
    ValidationError,
)
from wtforms.fields.choices import SelectChoice
from wtforms.validators import InputRequired, Length, Optional

from compliance.casework.forms import REASON, ReasonForm
from compliance.corrective_actions.agreed import CONTAINED, OUTCOMES, Instalment
from compliance.shared.forms import Form
from compliance.shared.translation import gettext
from compliance.shared.translation import lazy_gettext as _l

_DAY = _l("Please enter a day.")
_NEEDED = _l("This is needed.")
_LINE = re.compile(r"(\d{4}-\d{2}-\d{2})[\s,，;；]+([\d.,，]+)\s*元?")


class ApproveForm(Form):
    """Send a prepared letter as it was shown."""

    revision = HiddenField()

    @property
    def seen(self) -> int:
        """The revision that the form was rendered from; 0 (never right) when it was tampered with."""
        return int(self.revision.data) if str(self.revision.data).isdecimal() else 0


class ReferForm(ApproveForm):
    """Pass a danger on: to whom, on what rule that rests, and why."""

    to = StringField(_l("To whom"), [InputRequired(_NEEDED), Length(max=200)])
    basis = StringField(
        _l("Provisions concerned"),
        [Optional(), Length(max=500)],
        description=_l("Left empty: those that the checklist cites."),
    )
    reason = TextAreaField(
        _l("Reason (stays inside)"), [InputRequired(_l("Please give a reason.")), Length(max=REASON)]
    )


class DeclineForm(ReasonForm):
    """Not send a prepared letter."""


class WordForm(Form):
    """The free passages of a prepared letter."""

    revision = HiddenField()
    opening_zh = TextAreaField(_l("Opening, in Chinese"), [Length(max=10_000)])
    opening_en = TextAreaField(_l("Opening, in English"), [Length(max=10_000)])
    closing_zh = TextAreaField(_l("Closing, in Chinese"), [Length(max=10_000)])
    closing_en = TextAreaField(_l("Closing, in English"), [Length(max=10_000)])

    @property
    def seen(self) -> int:
        """The revision that the form was rendered from; 0 (never right) when it was tampered with."""
        return int(self.revision.data) if str(self.revision.data).isdecimal() else 0


class ContainForm(Form):
    """That a danger is stopped, and how that is known."""

    contain_how = RadioField(
        _l("How do you know?"),
        choices=[SelectChoice(how.value, _l(text)) for how, text in CONTAINED.items()],
        validators=[InputRequired(_l("Please choose."))],
    )
    contained_on = DateField(_l("Contained on"), [InputRequired(_DAY)])
    contain_note = TextAreaField(_l("What was done, or seen"), [InputRequired(_NEEDED), Length(max=2000)])


class CallForm(Form):
    """A call about a danger."""

    call_note = TextAreaField(_l("What was said"), [InputRequired(_NEEDED), Length(max=2000)])


class TalkForm(Form):
    """A talk with the enterprise (约谈)."""

    held_on = DateField(_l("Day of the talk"), [InputRequired(_DAY)])
    place = StringField(_l("Place"), [InputRequired(_NEEDED), Length(max=200)])
    present = StringField(_l("Who took part: posts, no names of workers"), [InputRequired(_NEEDED), Length(max=1000)])
    outcome = RadioField(
        _l("What came of it"),
        choices=[SelectChoice(one.value, _l(text)) for one, text in OUTCOMES.items()],
        validators=[InputRequired(_l("Please choose."))],
    )
    talk_until = DateField(_l("New date, if one was agreed"), [Optional()])
    talk_note = TextAreaField(_l("What was said"), [Length(max=4000)])
    actions = SelectMultipleField(_l("Also about"), validate_choice=False)


class RepaymentForm(Form):
    """A repayment plan: one payment a line, of the enterprise as a whole."""

    payments = TextAreaField(
        _l("Payments: day and amount in yuan, one a line"), [InputRequired(_NEEDED), Length(max=4000)]
    )
    owed = StringField(
        _l("Owed in all, in yuan"),
        [Length(max=20)],
        description=_l("By the enterprise's own recomputation for everybody, where there is one. Empty: not known."),
    )
    workers = IntegerField(_l("To how many workers"), [Optional()])
    plan_note = TextAreaField(_l("What was agreed"), [Length(max=2000)])

    def owed_fen(self) -> int | None:
        """What is owed in fen; None where nothing was typed."""
        return _fen(self.owed.data) if (self.owed.data or "").strip() else None

    def validate_owed(self, field: StringField) -> None:
        """An amount in yuan. Raises ``ValidationError``."""
        try:
            self.owed_fen()
        except ValueError:
            raise ValidationError(gettext("Write the sum in yuan, such as 15000.00.")) from None

    def instalments(self) -> list[Instalment]:
        """The payments that were typed; the form was validated before."""
        return [_instalment(line) for line in self._lines()]

    def validate_payments(self, field: TextAreaField) -> None:
        """Each line is a day and an amount. Raises ``ValidationError`` that names the line."""
        for number, line in enumerate(self._lines(), 1):
            try:
                _instalment(line)
            except ValueError:
                words = gettext(
                    "Line %(number)d is not a day and an amount, such as 2027-01-31 15000.00.", number=number
                )
                raise ValidationError(words) from None

    def _lines(self) -> list[str]:
        return [line.strip() for line in (self.payments.data or "").splitlines() if line.strip()]


class PaidForm(Form):
    """A payment that was made, with what shows it."""

    number = IntegerField(_l("Payment"), [InputRequired(_NEEDED)])
    paid_on = DateField(_l("Paid on"), [InputRequired(_DAY)])
    proof = FileField(_l("What shows it"), render_kw={"accept": "image/*,application/pdf,.pdf"})


class ConfirmForm(Form):
    """That workers have a payment."""

    confirmed_number = IntegerField(_l("Payment"), [InputRequired(_NEEDED)])
    confirmed_on = DateField(_l("Asked on"), [InputRequired(_DAY)])
    asked = IntegerField(_l("How many workers confirmed it"), [InputRequired(_NEEDED)])


class EndPlanForm(Form):
    """The end of a plan that is not kept."""

    end_reason = TextAreaField(_l("Why does it end?"), [InputRequired(_l("Please give a reason.")), Length(max=REASON)])


def _instalment(line: str) -> Instalment:
    """A day and an amount in yuan with at most two decimals. Raises ``ValueError`` for anything else."""
    found = _LINE.fullmatch(line)
    if found is None:
        raise ValueError(line)
    return Instalment(date.fromisoformat(found[1]), _fen(found[2]))


def _fen(typed: str) -> int:
    """Yuan with at most two decimals, as fen. Raises ``ValueError`` for anything else."""
    try:
        fen = Decimal(typed.replace(",", "").replace("，", "").strip()) * 100
    except InvalidOperation:
        raise ValueError(typed) from None
    if not fen.is_finite() or fen != int(fen):
        raise ValueError(typed)
    return int(fen)
