"""The form for a draft's free passages."""

from wtforms import HiddenField, TextAreaField
from wtforms.validators import Length

from compliance.letters import rules
from compliance.letters.models import Letter
from compliance.shared.forms import Form
from compliance.shared.translation import lazy_gettext as _l
from compliance.shared.words import CHINESE, ENGLISH, Text

_LIMIT = Length(max=rules.LONGEST_PASSAGE)


class PassagesForm(Form):
    """Opening, good practices (one a line) and closing, in each language that the letter is written in."""

    revision = HiddenField()
    opening_zh = TextAreaField(_l("Opening, in Chinese"), [_LIMIT])
    opening_en = TextAreaField(_l("Opening, in English"), [_LIMIT])
    good_zh = TextAreaField(_l("Good practices, one a line, in Chinese"), [_LIMIT])
    good_en = TextAreaField(_l("Good practices, one a line, in English"), [_LIMIT])
    closing_zh = TextAreaField(_l("Closing, in Chinese"), [_LIMIT])
    closing_en = TextAreaField(_l("Closing, in English"), [_LIMIT])

    def passages(self, before: rules.Passages) -> rules.Passages:
        """What was typed; a language that the form does not ask for keeps its words."""

        def typed(name: str) -> Text:
            old: Text = getattr(before, name)
            words = []
            for language, kept in (("en", old.en), ("zh", old.zh)):
                asked = self._fields.get(f"{name}_{language}")
                words.append(kept if asked is None else asked.data or "")
            return Text(*words)

        return rules.Passages(typed("opening"), typed("good"), typed("closing"))

    @property
    def seen_revision(self) -> int:
        """The revision that the form was rendered from; 0 (never right) when it was tampered with."""
        return int(self.revision.data) if str(self.revision.data).isdecimal() else 0


def passages_form(letter: Letter) -> PassagesForm:
    """The form for one draft, filled with its passages; it asks only for the letter's own languages."""
    now = rules.passages_from_json(letter.passages)
    values = {
        f"{name}_{of}": getattr(getattr(now, name), of)
        for name in ("opening", "good", "closing")
        for of in ("en", "zh")
    }
    form = PassagesForm(data={**values, "revision": letter.revision})
    languages = rules.LANGUAGES[letter.language]
    for language, suffix in ((ENGLISH, "en"), (CHINESE, "zh")):
        if language not in languages:
            for name in ("opening", "good", "closing"):
                del form[f"{name}_{suffix}"]
    return form
