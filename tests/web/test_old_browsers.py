"""Managers read these pages in browsers built into phones, some of them years old."""

import re
from pathlib import Path

import pytest

STATIC = Path(__file__).parents[2] / "compliance" / "static"
NEW_WORDS = re.compile(
    r"\?\.[a-zA-Z(\[]|\?\?|\|\|=|&&=|\.replaceAll\(|\.at\(|replaceChildren|structuredClone|^await ", re.M
)


@pytest.mark.parametrize("script", ["app.js", "own.js"])
def test_the_scripts_of_managers_pages_use_nothing_newer_than_2019(script):
    assert not NEW_WORDS.findall((STATIC / "js" / script).read_text())


def test_every_colour_has_its_light_value_for_browsers_that_know_no_other():
    css = (STATIC / "css" / "app.css").read_text()
    colours = dict(re.findall(r"(--[\w-]+): light-dark\((#[0-9a-f]+),", css))
    plain = css[css.index("@supports not (color: light-dark(#000, #fff))") :]
    assert colours
    assert dict(re.findall(r"(--[\w-]+): (#[0-9a-f]+);", plain)) == colours


def test_no_rule_of_the_enterprises_pages_is_lost_with_a_selector_that_is_too_new():
    css = (STATIC / "css" / "own.css").read_text()
    assert ":is(" not in css
    assert ":where(" not in css
