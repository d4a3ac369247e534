"""Which language a reader gets: what they chose, else what their browser asks for."""

from typing import cast

from babel.support import Translations
from flask import Blueprint, Flask, g, redirect, request, session
from flask.typing import ResponseReturnValue
from flask_babel import Babel, get_locale, get_translations

from compliance.people.gate import public
from compliance.shared import words
from compliance.shared.places import PACKAGE
from compliance.web.redirects import back_or_home

bp = Blueprint("language", __name__)


@bp.post("/language")
@public
def choose() -> ResponseReturnValue:
    """Switch the language and return to the page that was open."""
    wanted = request.form.get("language", "")
    if wanted in words.LANGUAGES:
        session["language"] = wanted
        session.permanent = True
    return redirect(back_or_home(request.form.get("next")))


def selected() -> str:
    """The language of this request, one of ``words.LANGUAGES``."""
    chosen = session.get("language")
    if chosen in words.LANGUAGES:
        return str(chosen)
    best = request.accept_languages.best_match(["en", "zh-Hans-CN", "zh-CN", "zh-Hans", "zh"]) or "en"
    return words.CHINESE if best.startswith("zh") else words.ENGLISH


def current() -> str:
    """The language of this request as a name, one of ``words.LANGUAGES``."""
    if "language" not in g:
        g.language = str(get_locale())
    return str(g.language)


def _catalogue() -> Translations:
    if "catalogue" not in g:
        g.catalogue = get_translations()
    return cast(Translations, g.catalogue)


def _word(msgid: str) -> str:
    return _catalogue().gettext(msgid)


def _words_for_count(one: str, many: str, count: int) -> str:
    return _catalogue().ngettext(one, many, count)


def init_app(app: Flask) -> None:
    """Give the application its catalogues and its language switch."""
    app.config["BABEL_TRANSLATION_DIRECTORIES"] = str(PACKAGE / "translations")
    Babel(app, locale_selector=selected)
    app.register_blueprint(bp)

    # A page asks for hundreds of words: the catalogue and the language are found once for each request.
    app.jinja_env.install_gettext_callables(_word, _words_for_count, newstyle=True)  # type: ignore[attr-defined]

    @app.context_processor
    def _words() -> dict[str, object]:
        language = current()
        return {"language": language, "html_lang": words.HTML_LANG.get(language, "en"), "languages": words.LANGUAGES}
