"""Which language a reader gets: what they chose, else what their browser asks for."""

from collections.abc import Callable
from weakref import WeakKeyDictionary

from babel.support import Translations
from flask import Blueprint, Flask, redirect, request, session
from flask.typing import ResponseReturnValue
from flask_babel import Babel
from flask_login import current_user
from markupsafe import Markup

from compliance.people.gate import public
from compliance.people.store_lists import note_language
from compliance.shared import words
from compliance.shared.places import PACKAGE
from compliance.shared.translation import catalogue, current
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
        if current_user.is_authenticated:
            note_language(current_user.id, wanted)
    return redirect(back_or_home(request.form.get("next")))


def selected() -> str:
    """The language of this request, one of ``words.LANGUAGES``."""
    chosen = session.get("language")
    if chosen in words.LANGUAGES:
        return str(chosen)
    best = request.accept_languages.best_match(["en", "zh-Hans-CN", "zh-CN", "zh-Hans", "zh"]) or "en"
    return words.CHINESE if best.startswith("zh") else words.ENGLISH


# The texts without facts that pages have asked for so far: each asks for hundreds.
_fixed: WeakKeyDictionary[Translations, dict[str, Markup]] = WeakKeyDictionary()


def word(msgid: str, /, **facts: object) -> Markup:
    """A text of a page in the language of this request; the facts in it are escaped."""
    text: str = catalogue().gettext(msgid)
    return Markup(text) % facts if facts else Markup(text % ())  # noqa: S704 - the catalogue is ours


def _word_of_page() -> Callable[..., Markup]:
    """The same for one page, whose language stays."""
    fixed = _fixed.setdefault(catalogue(), {})

    def word_of_page(msgid: str, /, **facts: object) -> Markup:
        if facts:
            return word(msgid, **facts)
        found = fixed.get(msgid)
        if found is None:
            found = fixed[msgid] = word(msgid)
        return found

    return word_of_page


def words_for_count(one: str, many: str, num: int, /, **facts: object) -> Markup:
    """The same of a text that depends on a number, which stands in it as ``%(num)s``."""
    text: str = catalogue().ngettext(one, many, num)
    return Markup(text) % {"num": num, **facts}  # noqa: S704 - as above


def init_app(app: Flask) -> None:
    """Give the application its catalogues and its language switch."""
    app.config["BABEL_TRANSLATION_DIRECTORIES"] = str(PACKAGE / "translations")
    Babel(app, configure_jinja=False, locale_selector=selected)
    app.register_blueprint(bp)

    # A page asks for hundreds of words. Jinja's own gettext copies all that a template knows for each of them.
    app.jinja_env.globals.update(_=word, ngettext=words_for_count)

    @app.context_processor
    def _words() -> dict[str, object]:
        language = current()
        return {
            "_": _word_of_page(),
            "language": language,
            "html_lang": words.HTML_LANG.get(language, "en"),
            "languages": words.LANGUAGES,
        }
