"""Every template compiles, is used, and keeps the rules of the house."""

import re

import pytest

from compliance.shared.places import PACKAGE, templates_dir

TEMPLATES = sorted(templates_dir().rglob("*.html"))
PAGES = [t for t in TEMPLATES if "{% extends" in t.read_text() and t.name != "base.html"]


def name(template):
    return str(template.relative_to(templates_dir()))


@pytest.mark.parametrize("template", TEMPLATES, ids=name)
def test_nothing_is_inline_or_unescaped(template):
    source = template.read_text()
    if name(template).startswith("letters/"):
        return  # printed by the press, which serves no script and no address but our own
    assert not re.search(r"\sstyle\s*=", source), "a style attribute"
    assert not re.search(r"\son[a-z]+\s*=\s*[\"']", source), "an inline handler"
    assert "<style" not in source
    assert not re.search(r"<script(?![^>]*\bsrc=)(?![^>]*application/json)", source), "an inline script"
    assert "|safe" not in source.replace(" ", ""), "text that is not escaped"


@pytest.mark.parametrize("template", [t for t in TEMPLATES if not name(t).startswith("letters/")], ids=name)
def test_it_compiles_in_the_application(app, template):
    app.jinja_env.get_template(name(template))


@pytest.mark.parametrize("template", PAGES, ids=name)
def test_every_page_has_a_title(template):
    assert "{% block title %}" in template.read_text()


def test_every_template_is_used():
    everything = "\n".join(p.read_text() for p in [*PACKAGE.rglob("*.py"), *TEMPLATES])
    for template in TEMPLATES:
        if name(template).startswith("security/"):
            continue  # named by Flask-Security
        assert (
            f'"{name(template)}"' in everything
            or f"'{name(template)}'" in everything
            or f'"{template.name}"' in everything
        ), f"{name(template)} is used nowhere"
