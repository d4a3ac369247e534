"""Every text exists in Chinese, with the same places to fill."""

import ast
import re

import pytest
from babel.messages.extract import extract_from_dir
from babel.messages.pofile import read_po

from compliance.shared.places import PACKAGE, templates_dir

KEYWORDS = {"_": None, "gettext": None, "ngettext": (1, 2), "_l": None, "lazy_gettext": None, "N_": None}
TEMPLATE_STRINGS = {"static/js/tablet/**.js": {"parse_template_string": "true"}}
CATALOGUE = PACKAGE / "translations" / "zh_Hans_CN" / "LC_MESSAGES" / "messages.po"


def _first(text):
    return text if isinstance(text, str) else text[0]


@pytest.fixture(scope="module")
def chinese():
    with CATALOGUE.open("rb") as file:
        # A text with two forms in English has one in Chinese.
        return {_first(m.id): _first(m.string) for m in read_po(file) if m.id}


@pytest.fixture(scope="module")
def used():
    found = {}
    for folder, method, options in (
        (PACKAGE, [("**.py", "python"), ("static/js/tablet/**.js", "javascript")], TEMPLATE_STRINGS),
        (templates_dir(), [("letters/**", "ignore"), ("**.html", "jinja2")], {"**.html": {"trimmed": "true"}}),
    ):
        for file, line, message, _comments, _context in extract_from_dir(folder, method, options, keywords=KEYWORDS):
            found.setdefault(_first(message), f"{file}:{line}")
    return found


def test_every_text_has_its_chinese(used, chinese):
    missing = {text: where for text, where in used.items() if not chinese.get(text)}
    assert not missing, f"{len(missing)} texts without Chinese, first: {dict(list(missing.items())[:10])}"


def test_the_catalogue_compiles():
    with CATALOGUE.open("rb") as file:
        catalogue = read_po(file)
    wrong = {message.id: found for message in catalogue if (found := list(map(str, message.check(catalogue))))}
    assert not wrong, f"a sign of per cent before a letter is read as a place to fill: {wrong}"


def test_no_text_of_a_script_is_overlooked(used):
    # The reader of scripts loses its way in nested template strings: a text there would never be Chinese.
    for script in (PACKAGE / "static" / "js" / "tablet").rglob("*.js"):
        source = re.sub(r"^\s*(//|/?\*).*", "", script.read_text(), flags=re.MULTILINE)
        for text in re.findall(r'\b(?:_|gettext|ngettext|N_)\(\s*"((?:[^"\\]|\\.)*)"', source):
            assert text.replace('\\"', '"') in used, f"{script.name}: {text}"


def test_no_text_is_left_over(used, chinese):
    assert not [text for text in chinese if text not in used]


def test_the_places_to_fill_are_the_same(chinese):
    for english, text in chinese.items():
        assert sorted(re.findall(r"%\(\w+\)[sdf]", english)) == sorted(re.findall(r"%\(\w+\)[sdf]", text)), english


def test_chinese_is_chinese(chinese):
    for english, text in chinese.items():
        words = re.sub(r"%\(\w+\)[sdf]", "", english)
        if re.search("[a-z]{4}", words) and len(words) > 12 and english != text:
            assert re.search("[\u3400-\u9fff]", text), f"{english!r} -> {text!r}"


def test_the_area_of_discipline_is_never_called_a_penalty(chinese):
    # 处罚 and 责令 are an authority's words.
    for english, text in chinese.items():
        assert "责令" not in text, english


def test_no_text_stands_inside_an_f_string():
    # The reader of Python does not look into them: a text there would never be Chinese.
    found = [
        f"{file.relative_to(PACKAGE)}:{call.lineno}"
        for file in PACKAGE.rglob("*.py")
        for string in ast.walk(ast.parse(file.read_text()))
        if isinstance(string, ast.JoinedStr)
        for call in ast.walk(string)
        if isinstance(call, ast.Call) and isinstance(call.func, ast.Name) and call.func.id in KEYWORDS
        and call.args and isinstance(call.args[0], ast.Constant)
    ]  # fmt: skip
    assert not found
