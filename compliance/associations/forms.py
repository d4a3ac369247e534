"""The forms of associations."""

from flask_wtf.file import FileField
from wtforms import BooleanField, SelectChoice, SelectField, StringField
from wtforms.validators import Email, InputRequired, Length, Optional

from compliance.associations import rules
from compliance.shared.forms import Form
from compliance.shared.translation import lazy_gettext as _l


class AssociationForm(Form):
    """Name, address, time zone, letter language and logo."""

    name_zh = StringField(_l("Name in Chinese"), [InputRequired(), Length(max=200)], render_kw={"lang": "zh-Hans"})
    name_en = StringField(_l("Name in English"), [InputRequired(), Length(max=200)])
    short_name_zh = StringField(
        _l("Short name for letter numbers"),
        [Optional(), Length(max=12)],
        description=_l("Two to four characters, printed in the number of each letter, as in 示协函〔2026〕1号."),
        render_kw={"lang": "zh-Hans"},
    )
    address_zh = StringField(_l("Address in Chinese"), [Optional(), Length(max=300)], render_kw={"lang": "zh-Hans"})
    address_en = StringField(_l("Address in English"), [Optional(), Length(max=300)])
    post_code = StringField(_l("Post code"), [Optional(), Length(max=12)], render_kw={"inputmode": "numeric"})
    website = StringField(_l("Web address"), [Optional(), Length(max=200)], render_kw={"inputmode": "url"})
    contact_zh = StringField(
        _l("Contact in Chinese"),
        [Optional(), Length(max=60)],
        description=_l("A person or an office; it stands in letters before the telephone number."),
        render_kw={"lang": "zh-Hans"},
    )
    contact_en = StringField(_l("Contact in English"), [Optional(), Length(max=60)])
    phone = StringField(_l("Telephone"), [Optional(), Length(max=40)], render_kw={"inputmode": "tel"})
    email = StringField(
        _l("E-mail of the association"), [Optional(), Length(max=254), Email()], render_kw={"inputmode": "email"}
    )
    time_zone = SelectField(
        _l("Time zone"),
        choices=[SelectChoice(name) for name in rules.time_zones()],
        default="Asia/Shanghai",
        description=_l("Days, deadlines and letter years are counted in it."),
    )
    letter_language = SelectField(
        _l("Language of letters"),
        choices=[SelectChoice(value, _l(text)) for value, text in rules.LETTER_LANGUAGES.items()],
        default="zh_Hans_CN",
        description=_l("Used where an enterprise has not chosen its own."),
    )
    logo = FileField(
        _l("Logo"),
        description=_l("PNG or JPEG, at most 5 megabytes."),
        render_kw={"accept": "image/png,image/jpeg"},
    )
    logo_zh = FileField(
        _l("Logo on Chinese letters, if another one"),
        description=_l("PNG or JPEG, at most 5 megabytes."),
        render_kw={"accept": "image/png,image/jpeg"},
    )


class SettingsForm(AssociationForm):
    """The association's data, once it exists."""

    remove_logo = BooleanField(_l("Remove the logo"))
    remove_logo_zh = BooleanField(_l("Remove the logo on Chinese letters"))
