"""The forms of people."""

from collections.abc import Iterable
from typing import Any

from flask import url_for
from flask_security import LoginForm
from flask_security.utils import validate_redirect_url
from wtforms import (
    BooleanField,
    HiddenField,
    PasswordField,
    RadioField,
    SelectChoice,
    SelectMultipleField,
    StringField,
    SubmitField,
    widgets,
)
from wtforms.validators import EqualTo, InputRequired, Length, Optional

from compliance.associations.forms import AssociationForm
from compliance.people import passwords, rules, store
from compliance.people.models import User
from compliance.people.rules import Role, TieKind
from compliance.shared import database, outbox_words, translation
from compliance.shared.forms import Form
from compliance.shared.outbox import Channel
from compliance.shared.problems import Problem
from compliance.shared.tongues import TONGUES
from compliance.shared.translation import lazy_gettext as _l

_NEW = {"autocomplete": "new-password"}
_PLAIN = {"autocapitalize": "none", "spellcheck": "false"}


def complain(form: Form, problem: Problem) -> None:
    """Put a problem on the field that it is about, or on the form."""
    facts = {name: fact for name, fact in problem.facts.items() if name != "field"}
    words = _l(problem.text, **facts)
    field = form._fields.get(problem.facts.get("field", ""))
    if field is None:
        form.form_errors.append(words)
    else:
        field.errors = [*field.errors, words]


def _way(field: HiddenField) -> str:
    """The address that a form was to lead to, or the start page when it is none of ours."""
    return str(field.data) if field.data and validate_redirect_url(field.data) else url_for("home.start")


class SignInForm(LoginForm):
    """One field for user name, mobile number or e-mail, and the password."""

    email = None
    identity = StringField(
        _l("User name, mobile number or e-mail"),
        [InputRequired(), Length(max=254)],
        render_kw={"autocomplete": "username", **_PLAIN},
    )
    password = PasswordField(
        _l("Password"), [InputRequired(), Length(max=1000)], render_kw={"autocomplete": "current-password"}
    )
    remember = BooleanField(_l("Keep me signed in on this device for 30 days"))
    next = HiddenField()
    submit = SubmitField(_l("Sign in"))

    def validate_next(self, field: HiddenField) -> None:
        """Forget an address that leads elsewhere; signing in goes on without it."""
        if field.data and not validate_redirect_url(field.data):
            field.data = ""

    def way(self) -> str:
        """Where signing in leads to."""
        return _way(self.next)

    def validate(self, **kwargs: Any) -> bool:
        """Look the person up and compare the password. Every failure looks and lasts the same."""
        self.ifield = self.identity
        if not super(LoginForm, self).validate(**kwargs):
            return False
        found = store.by_identity(self.identity.data)
        person_id, kept = (found.id, found.password) if found and found.active else (None, None)
        database.session().rollback()  # hold no transaction while the hash is worked out
        if not passwords.fits(self.password.data, kept):
            words = _l("These do not fit together, or the account is closed. Check both and try again.")
            self.form_errors.append(words)
            return False
        self.user = database.session().get(User, person_id)
        self.user_authenticated = self.user is not None
        return self.user is not None


class NewPassword:
    """Two fields for a password that somebody chooses."""

    password = PasswordField(
        _l("New password"),
        [InputRequired()],
        description=_l("At least 10 characters; several words that do not belong together are good."),
        render_kw=_NEW,
    )
    again = PasswordField(
        _l("New password once more"),
        [InputRequired(), EqualTo("password", message=_l("The two passwords differ."))],
        render_kw=_NEW,
    )


class PasswordForm(NewPassword, Form):
    """Change one's own password."""

    current = PasswordField(
        _l("Present password"), [InputRequired(), Length(max=1000)], render_kw={"autocomplete": "current-password"}
    )


class WayBackForm(NewPassword, Form):
    """Choose a new password with a code."""


class CodeForm(Form):
    """A code from a paper, typed by hand."""

    code = StringField(
        _l("One-time code"),
        [InputRequired(), Length(max=64)],
        description=_l("16 letters and digits; upper or lower case and hyphens do not matter."),
        render_kw={"autocomplete": "one-time-code", "autocapitalize": "characters", "spellcheck": "false"},
    )


class SecondForm(Form):
    """The code of the second step: of the authenticator app, or a recovery code."""

    code = StringField(
        _l("Code"),
        [InputRequired(), Length(max=64)],
        description=_l("Six digits from your authenticator app, or one of your recovery codes."),
        render_kw={"autocomplete": "one-time-code", "autofocus": True, **_PLAIN},
    )


class AuthenticatorForm(Form):
    """The first code that an authenticator app shows."""

    code = StringField(
        _l("Code that the app shows now"),
        [InputRequired(), Length(max=20)],
        render_kw={"autocomplete": "one-time-code", "inputmode": "numeric", **_PLAIN},
    )


class PasskeyForm(Form):
    """What the browser says of a new passkey, and what the person calls it."""

    name = StringField(
        _l("What you call it"),
        [InputRequired(), Length(max=60)],
        description=_l("For instance: office computer, my telephone, blue key."),
        render_kw={"autocomplete": "off"},
    )
    credential = HiddenField()


class SignedForm(Form):
    """What the browser says with a passkey."""

    credential = HiddenField()


class ConfirmForm(Form):
    """The password once more, before something that cannot be undone."""

    password = PasswordField(
        _l("Password"), [InputRequired(), Length(max=1000)], render_kw={"autocomplete": "current-password"}
    )
    next = HiddenField()

    def way(self) -> str:
        """Where confirming leads to."""
        return _way(self.next)


class ContactForm(Form):
    """One's own ways to sign in beside the user name."""

    email = StringField(
        _l("E-mail"),
        [Optional(), Length(max=254)],
        description=_l("Optional. You can sign in with it."),
        render_kw={"autocomplete": "email", "inputmode": "email", **_PLAIN},
    )
    mobile = StringField(
        _l("Mobile number"),
        [Optional(), Length(max=30)],
        description=_l("Optional. You can sign in with it."),
        render_kw={"autocomplete": "tel", "inputmode": "tel"},
    )


class NoticesForm(Form):
    """By what a person is told that something waits."""

    notices_by = RadioField(_l("Notices that something waits"), [InputRequired()])
    wecom = StringField(
        _l("Account in WeCom"),
        [Optional(), Length(max=64)],
        description=_l("The account (userid) that the association's WeCom knows, not the name shown there."),
        render_kw={"autocomplete": "off", **_PLAIN},
    )

    def __init__(self, *args: Any, channels: Iterable[Channel], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.notices_by.choices = [
            SelectChoice(channel.value, _l(outbox_words.CHANNELS[channel]))
            for channel in Channel
            if channel in channels
        ]

    def channel(self) -> Channel:
        """What was chosen."""
        return Channel(self.notices_by.data)


class AcceptForm(NewPassword, Form):
    """Use an invitation: choose a user name and a password."""

    name = StringField(_l("Your name"), [InputRequired(), Length(max=120)], render_kw={"autocomplete": "name"})
    username = StringField(
        _l("User name"),
        [InputRequired(), Length(max=64)],
        description=_l("3 to 64 letters, digits, full stops, hyphens or underlines. You sign in with it."),
        render_kw={"autocomplete": "username", **_PLAIN},
    )
    mobile = StringField(
        _l("Mobile number"),
        [Optional(), Length(max=30)],
        description=_l("Optional. You can sign in with it."),
        render_kw={"autocomplete": "tel", "inputmode": "tel"},
    )


class Ticks(SelectMultipleField):
    """Several choices as boxes to tick."""

    widget = widgets.ListWidget(prefix_label=False)
    option_widget = widgets.CheckboxInput()


class RolesField(Ticks):
    """The roles that the actor may give."""

    def __init__(self, label: Any = None, validators: Any = None, **kwargs: Any) -> None:
        super().__init__(
            label,
            validators,
            choices=[SelectChoice(r.value, _l(rules.ROLE_NAMES[r])) for r in rules.STANDING_ROLES],
            **kwargs,
        )

    def roles(self) -> list[Role]:
        """What was ticked."""
        return [Role(value) for value in self.data or []]


class AskedForm(Form):
    """Which roles need a second step."""

    roles = RolesField(_l("Roles"))


class PersonForm(ContactForm):
    """What an administrator keeps about a person."""

    name = StringField(_l("Name"), [InputRequired(), Length(max=120)], render_kw={"autocomplete": "off"})
    username = StringField(
        _l("User name"), [InputRequired(), Length(max=64)], render_kw={"autocomplete": "off", **_PLAIN}
    )


class RolesForm(Form):
    """Which roles a person holds."""

    roles = RolesField(_l("Roles"))


class FieldForm(Form):
    """What the making of teams asks of a person who visits."""

    languages = Ticks(_l("Languages"))
    woman = BooleanField(
        _l("She is a woman"),
        description=_l(
            "Asked because every team has at least one woman: some workers speak of some things with a woman only, "
            "and dormitories and washrooms of women are looked at by her. Nothing else is made of it."
        ),
    )
    district = StringField(
        _l("Starts from this district"), [Optional(), Length(max=60)], render_kw={"list": "districts"}
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        language = translation.current()
        self.languages.choices = [SelectChoice(code, text.in_(language)) for code, text in TONGUES.items()]


class InviteForm(Form):
    """Invite a person, or open an account for one."""

    name = StringField(_l("Name"), [InputRequired(), Length(max=120)], render_kw={"autocomplete": "off"})
    roles = RolesField(_l("Roles"))
    username = StringField(
        _l("User name"),
        [Optional(), Length(max=64)],
        description=_l("Leave it empty to let the person choose. With a user name the account exists at once."),
        render_kw={"autocomplete": "off", **_PLAIN},
    )
    email = StringField(
        _l("E-mail"),
        [Optional(), Length(max=254)],
        description=_l("Optional."),
        render_kw={"autocomplete": "off", "inputmode": "email", **_PLAIN},
    )
    send = BooleanField(_l("Send the link to this e-mail address"))
    enterprises = Ticks(_l("Enterprises"), validate_choice=False)
    find = StringField(_l("Find an enterprise"), [Optional(), Length(max=100)], render_kw={"type": "search"})


class TieForm(Form):
    """Declare a tie to an enterprise."""

    enterprise = HiddenField(_l("Enterprise"), [InputRequired(message=_l("Choose an enterprise first."))])
    kind = RadioField(
        _l("Kind of tie"),
        [InputRequired()],
        choices=[SelectChoice(kind.value, _l(text)) for kind, text in rules.TIE_NAMES.items()],
    )
    note = StringField(_l("Note"), [Optional(), Length(max=500)], description=_l("Optional; seen by administrators."))

    def kind_of(self) -> TieKind:
        """The kind that was chosen."""
        return TieKind(self.kind.data)


class FirstRunForm(AssociationForm, AcceptForm):
    """The first day: the code from the console, the association, its first administrator."""

    code = StringField(
        _l("One-time code"),
        [InputRequired(), Length(max=64)],
        description=_l("It was printed by the command: compliance setup"),
        render_kw={"autocomplete": "one-time-code", "autocapitalize": "characters", "spellcheck": "false"},
    )
