"""The base of every form: our translations, and text that is clean before anybody looks at it."""

from functools import cache
from typing import Any

from babel.support import NullTranslations, Translations
from flask_wtf import FlaskForm
from markupsafe import Markup, escape
from wtforms import Field, SelectField, StringField, TextAreaField, widgets
from wtforms.i18n import messages_path

from compliance.shared import translation
from compliance.shared.words import clean


def _clean(value: Any) -> Any:
    return clean(value) if isinstance(value, str) else value


@cache
def _of_wtforms(language: str) -> NullTranslations:
    """The messages that WTForms brings itself, by the language alone (its Chinese is simplified)."""
    return Translations.load(messages_path(), [language], domain="wtforms")


class _Messages:
    """Our own words first, WTForms' own where we have none."""

    def gettext(self, text: str) -> str:
        """One message."""
        ours = str(translation.catalogue().gettext(text))
        return ours if ours != text else str(self._theirs().gettext(text))

    def ngettext(self, one: str, many: str, count: int) -> str:
        """A message about a number."""
        ours = str(translation.catalogue().ngettext(one, many, count))
        return ours if ours not in (one, many) else str(self._theirs().ngettext(one, many, count))

    def _theirs(self) -> NullTranslations:
        return _of_wtforms(translation.current().partition("_")[0])


class _Select(widgets.Select):  # type: ignore[misc]
    """Options written straight out: pages have several lists, some with dozens of them."""

    @classmethod
    def render_option(cls, choice: Any, **kwargs: Any) -> Markup:
        """One option."""
        if kwargs or choice.render_kw or isinstance(choice.value, bool):
            return super().render_option(choice, **kwargs)
        selected = "selected " if choice.selected else ""
        words = escape(choice.label or choice.value)
        return Markup(f'<option {selected}value="{escape(choice.value)}">{words}</option>')  # noqa: S704 - escaped


class Form(FlaskForm):  # type: ignore[misc]
    """A form with CSRF, messages in the reader's language, and cleaned text."""

    class Meta(FlaskForm.Meta):  # type: ignore[misc]
        """How the fields are bound and translated."""

        def get_translations(self, form: Any) -> Any:
            """Our catalogue, and behind it the one of WTForms."""
            return _Messages()

        def bind_field(self, form: Any, unbound_field: Any, options: Any) -> Field:
            """Text fields clean what was typed (never passwords: those are not StringField proper)."""
            if unbound_field.field_class in (StringField, TextAreaField):
                options["filters"] = [*unbound_field.kwargs.get("filters", ()), _clean]
                unbound_field.kwargs.pop("filters", None)
            if unbound_field.field_class is SelectField and "widget" not in unbound_field.kwargs:
                options["widget"] = _Select()
            return unbound_field.bind(form=form, **options)
