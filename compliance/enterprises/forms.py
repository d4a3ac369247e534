"""The forms of the register."""

from collections.abc import Iterable
from typing import Any

from flask_wtf.file import FileField, FileRequired
from wtforms import (
    BooleanField,
    DateField,
    HiddenField,
    IntegerField,
    SelectField,
    SelectMultipleField,
    StringField,
    TextAreaField,
    widgets,
)
from wtforms.fields.choices import SelectChoice
from wtforms.validators import InputRequired, Length, NumberRange, Optional

from compliance.checklists.rules import FLAGS
from compliance.enterprises.classes import HOME, Size, countries, district_of, districts, sectors
from compliance.enterprises.reading import Dates
from compliance.enterprises.rules import (
    LENGTHS,
    MOST_PEOPLE,
    EnterpriseFacts,
    Fault,
    LetterLanguage,
    Status,
    WorkplaceFacts,
    bare_code,
)
from compliance.shared import translation
from compliance.shared.forms import Form
from compliance.shared.problems import Problem
from compliance.shared.tongues import MANDARIN, TONGUES
from compliance.shared.translation import lazy_gettext as _l

SIZE_WORDS = {
    Size.micro: _l("Micro"),
    Size.small: _l("Small"),
    Size.medium: _l("Medium"),
    Size.large: _l("Large"),
}
STATUS_WORDS = {
    Status.active: _l("Member"),
    Status.left: _l("Has left"),
    Status.closed: _l("Closed down"),
    Status.merged: _l("Merged with another entry"),
}
LANGUAGE_WORDS = {
    LetterLanguage.zh_Hans_CN: _l("Chinese"),
    LetterLanguage.en: _l("English"),
    LetterLanguage.both: _l("Chinese and English"),
}


def complain(form: Form, fault: Problem | Fault) -> None:
    """Put what is wrong on the field that it is about, or on the form."""
    field = fault.field if isinstance(fault, Fault) else fault.facts.get("field", "")
    facts = {name: fact for name, fact in fault.facts.items() if name != "field"}
    words = _l(fault.text, **facts)
    if field in form._fields:
        form[field].errors = [*form[field].errors, words]
    else:
        form.form_errors.append(words)


def _text(label: Any, name: str, *more: Any, **extra: Any) -> StringField:
    return StringField(label, [*(more or (Optional(),)), Length(max=LENGTHS[name])], render_kw=extra or None)


def _people(label: Any) -> IntegerField:
    bounds = NumberRange(0, MOST_PEOPLE)
    return IntegerField(label, [Optional(), bounds], render_kw={"inputmode": "numeric", "min": 0})


class _Counts:
    workers = _people(_l("Workers"))
    women = _people(_l("Women"))
    migrants = _people(_l("Migrant workers"))
    under_18 = _people(_l("Workers under 18"))


def _choices(pairs: Iterable[tuple[str, Any]]) -> list[SelectChoice]:
    return [SelectChoice(value, words) for value, words in pairs]


_DISTRICT_HINT = _l("Name or six-digit code (GB/T 2260), such as 官渡区 or 530111")


class EnterpriseForm(_Counts, Form):
    """An enterprise's entry in the register."""

    revision = HiddenField()
    name = _text(_l("Registered name"), "name", InputRequired(), autocomplete="off")
    name_other = _text(_l("Name in the other language"), "name_other", autocomplete="off")
    credit_code = StringField(
        _l("Unified social credit code"),
        [Optional(), Length(max=40)],
        render_kw={"autocomplete": "off", "autocapitalize": "characters", "spellcheck": "false"},
    )
    country = SelectField(_l("Country or region"))
    sector = SelectField(_l("Sector"), [Optional()], description=_l("GB/T 4754-2017"))
    district = StringField(
        _l("District"), [Optional(), Length(max=60)], description=_DISTRICT_HINT, render_kw={"list": "districts"}
    )
    address = _text(_l("Address"), "address")
    size = SelectField(
        _l("Size"), [Optional()], description=_l("Left open, it is suggested from sector and number of workers.")
    )
    legal_representative = _text(_l("Legal representative"), "legal_representative", autocomplete="off")
    contact_name = _text(_l("Contact"), "contact_name", autocomplete="off")
    contact_phone = _text(_l("Phone"), "contact_phone", inputmode="tel", autocomplete="off")
    contact_email = _text(_l("E-mail"), "contact_email", inputmode="email", autocomplete="off")
    status = SelectField(
        _l("Membership"),
        choices=_choices((one.value, words) for one, words in STATUS_WORDS.items() if one is not Status.merged),
        description=_l("When a member leaves, closes down or comes back, record it with its day instead."),
    )
    member_since = DateField(_l("Member since"), [Optional()])
    letter_language = SelectField(
        _l("Language of letters"),
        choices=_choices((language.value, words) for language, words in LANGUAGE_WORDS.items()),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        language = translation.current()
        self.size.choices = _choices([("", ""), *((size.value, words) for size, words in SIZE_WORDS.items())])
        self.country.choices = _by_name({code: name.in_(language) for code, name in countries().items()})
        known = {code: f"{code} {name.in_(language)}" for code, name in sectors().items()}
        stored = self.sector.data or ""
        if stored and stored not in known:  # a group or class below a division, as an import may bring it
            known[stored] = f"{stored} {sectors()[stored[:3]].in_(language)}" if stored[:3] in sectors() else stored
        self.sector.choices = _choices([("", ""), *known.items()])

    def facts(self) -> EnterpriseFacts:
        """What was typed, as facts; what cannot be one is left for the rules to refuse."""
        return EnterpriseFacts(
            name=self.name.data or "",
            name_other=self.name_other.data or "",
            credit_code=bare_code(self.credit_code.data or ""),
            country=self.country.data or HOME,
            sector=self.sector.data or "",
            district=_code(self.district.data),
            size=Size(self.size.data) if self.size.data else None,
            legal_representative=self.legal_representative.data or "",
            contact_name=self.contact_name.data or "",
            contact_phone=self.contact_phone.data or "",
            contact_email=self.contact_email.data or "",
            address=self.address.data or "",
            status=Status(self.status.data),
            member_since=self.member_since.data,
            letter_language=LetterLanguage(self.letter_language.data),
            **_counts(self),
        )


class WorkplaceForm(_Counts, Form):
    """A workplace's entry in the register."""

    revision = HiddenField()
    name = _text(_l("Name of the workplace"), "name", InputRequired(), autocomplete="off")
    address = _text(_l("Address"), "address")
    district = StringField(
        _l("District"), [Optional(), Length(max=60)], description=_DISTRICT_HINT, render_kw={"list": "districts"}
    )
    dormitory = BooleanField(_l("Has a dormitory"))
    canteen = BooleanField(_l("Has a canteen"))
    piece_work = BooleanField(_l("Pays piece rates"))
    night_work = BooleanField(_l("Works at night"))
    hazardous_substances = BooleanField(_l("Uses hazardous substances"))
    agency_workers = BooleanField(_l("Has agency workers"))
    shifts = BooleanField(_l("Works in shifts"))
    park = _text(_l("Industrial park"), "park", autocomplete="off")
    languages = SelectMultipleField(
        _l("Languages of the workers besides Mandarin"),
        widget=widgets.ListWidget(prefix_label=False),
        option_widget=widgets.CheckboxInput(),
        description=_l("One of the two who visit speaks one of them, where anybody of the association does."),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        words = {code: text.in_(translation.current()) for code, text in TONGUES.items() if code != MANDARIN}
        self.languages.choices = _choices(words.items())

    def facts(self) -> WorkplaceFacts:
        """What was typed, as facts."""
        values: dict[str, Any] = {name: bool(self[name].data) for name in FLAGS} | _counts(self)
        return WorkplaceFacts(
            name=self.name.data or "",
            address=self.address.data or "",
            district=_code(self.district.data),
            shifts=bool(self.shifts.data),
            park=self.park.data or "",
            languages=tuple(self.languages.data or ()),
            **values,
        )


class PledgeForm(Form):
    """A signed pledge."""

    version = SelectField(_l("Version of the code of conduct"), [InputRequired()])
    signed_on = DateField(_l("Signed on"), [InputRequired()])
    signed_by = StringField(_l("Signed by"), [InputRequired(), Length(max=100)], render_kw={"autocomplete": "off"})
    signed_position = StringField(_l("Position"), [Optional(), Length(max=100)], render_kw={"autocomplete": "off"})
    file = FileField(_l("Signed document (PDF or photo)"))


class WithdrawForm(Form):
    """The day from which a pledge holds no more."""

    withdrawn_on = DateField(_l("Withdrawn on"), [InputRequired()])


class ImportForm(Form):
    """A spreadsheet for the register."""

    file = FileField(_l("CSV or XLSX file"), [FileRequired()], render_kw={"accept": ".csv,.xlsx,.txt,.tsv"})
    kept = SelectField(_l("Read it as kept under"), default="", validate_choice=False)


DATES_WORDS = {
    Dates.year_first: _l("year, month, day: 2024-03-31, 24.3.31"),
    Dates.day_first: _l("day, month, year: 31.03.2024, 31/3/24"),
    Dates.month_first: _l("month, day, year: 03/31/2024"),
}


class ReadingForm(Form):
    """How a spreadsheet is read. What each column means is asked beside it."""

    encoding = SelectField(_l("Encoding"), validate_choice=False)
    separator = SelectField(_l("Cells are separated by"), validate_choice=False)
    sheet = SelectField(_l("Sheet"), validate_choice=False)
    header_row = IntegerField(_l("Row with the headers"), [Optional(), NumberRange(min=1, max=1000)])
    dates = SelectField(
        _l("Dates are written"), choices=[SelectChoice(one.value, words) for one, words in DATES_WORDS.items()]
    )
    constants = TextAreaField(_l("What holds for every row"), [Optional(), Length(max=20_000)])
    words = TextAreaField(_l("What words stand for"), [Optional(), Length(max=60_000)])
    save_as = StringField(_l("Keep this under a name"), [Optional(), Length(max=80)])


def _counts(form: Any) -> dict[str, int]:
    return {name: form[name].data or 0 for name in ("workers", "women", "migrants", "under_18")}


def _code(text: str | None) -> str:
    """The code of a typed district; what is none stays as typed, and the rules refuse it by name."""
    text = (text or "").split(" ")[0] if (text or "")[:6].isdigit() else (text or "")
    return district_of(text) or text


def _by_name(words: dict[str, str]) -> list[SelectChoice]:
    first = [(HOME, words.pop(HOME))]
    return _choices(first + sorted(words.items(), key=lambda item: item[1]))


def district_choices(language: str) -> list[str]:
    """What the list under the district field offers: the code and its name."""
    return [f"{code} {name.in_(language)}" for code, name in districts().items() if not code.endswith("00")]
