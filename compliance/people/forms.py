"""The forms of people."""

from typing import Any

from flask_babel import lazy_gettext as _l
from flask_security import LoginForm
from wtforms import BooleanField, HiddenField, PasswordField, StringField, SubmitField
from wtforms.validators import InputRequired, Length

from compliance.people import passwords, store
from compliance.shared import database


class SignInForm(LoginForm):  # type: ignore[misc]
    """One field for user name, mobile number or e-mail, and the password."""

    email = None
    identity = StringField(
        _l("User name, mobile number or e-mail"),
        [InputRequired(), Length(max=254)],
        render_kw={
            "autocomplete": "username",
            "autocapitalize": "none",
            "spellcheck": "false",
        },
    )
    password = PasswordField(
        _l("Password"),
        [InputRequired(), Length(max=1000)],
        render_kw={"autocomplete": "current-password"},
    )
    remember = BooleanField(_l("Keep me signed in on this device"))
    next = HiddenField()
    submit = SubmitField(_l("Sign in"))

    def validate(self, **kwargs: Any) -> bool:
        """Look the person up and compare the password. Every failure looks and lasts the same."""
        self.ifield = self.identity
        if not super(LoginForm, self).validate(**kwargs):
            return False
        person = store.by_identity(self.identity.data)
        person_id = person.id if person and person.active else None
        kept = person.password if person and person.active else None
        database.session().rollback()  # hold no transaction while the hash is worked out
        if not passwords.fits(self.password.data, kept):
            self.form_errors.append(
                _l(
                    "These do not fit together, or the account is closed. Check both and try again."
                )
            )
            return False
        self.user = database.session().get(type(person), person_id) if person else None
        self.user_authenticated = self.user is not None
        return self.user is not None
