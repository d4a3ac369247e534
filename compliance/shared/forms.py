"""The base of every form: our translations, and text that is clean before anybody looks at it."""

from typing import Any

from flask_babel import get_translations
from flask_wtf import FlaskForm
from wtforms import Field, StringField, TextAreaField

from compliance.shared.words import clean


def _clean(value: Any) -> Any:
    return clean(value) if isinstance(value, str) else value


class Form(FlaskForm):  # type: ignore[misc]
    """A form with CSRF, messages in the reader's language, and cleaned text."""

    class Meta(FlaskForm.Meta):  # type: ignore[misc]
        """How the fields are bound and translated."""

        def get_translations(self, form: Any) -> Any:
            """WTForms' own messages come from the same catalogue as ours."""
            return get_translations()

        def bind_field(self, form: Any, unbound_field: Any, options: Any) -> Field:
            """Text fields clean what was typed (never passwords: those are not StringField proper)."""
            if unbound_field.field_class in (StringField, TextAreaField):
                options["filters"] = [*unbound_field.kwargs.get("filters", ()), _clean]
                unbound_field.kwargs.pop("filters", None)
            return unbound_field.bind(form=form, **options)
