"""The handbook, the README and the grammar of checklists: complete, in both languages, and true."""

import re
from html import unescape
from urllib.parse import unquote

import pytest
import yaml
from babel.messages.pofile import read_po

from compliance.checklists.complaints import CATALOGUE
from compliance.handbook import book
from compliance.handbook.generated import GENERATED
from compliance.handbook.meanings import LETTERS, VERBS
from compliance.letters.rules import KINDS
from compliance.people.rules import PERMITS
from compliance.shared.places import PACKAGE
from compliance.web import documented
from compliance.web.settings import Settings

ROOT = PACKAGE.parent
LANGUAGES = ("en", "zh")
NAMES = [*book.PAGES, *book.decisions("en")]
EVERY = [(language, name) for language in LANGUAGES for name in NAMES]
FILES = ["README.md", "CHANGELOG.md", "checklists/README.md"]
# Folders that are there at run time only.
MADE = ("outbox/", "instance/", "files/", "signing/", "backups/", "dist/", ".venv/")


def texts():
    """Every document as it is written, by name."""
    found = {f"{language}/{name}": book.source(language, name) for language, name in EVERY}
    return found | {file: (ROOT / file).read_text(encoding="utf-8") for file in FILES}


TEXTS = texts()
ALL = pytest.mark.parametrize("name", TEXTS)


def fences(text, kind=""):
    """The contents of fenced blocks, of one kind."""
    return re.findall(rf"^```{kind}\n(.*?)^```", text, re.MULTILINE | re.DOTALL)


def code(text):
    """What stands in backticks within lines."""
    return re.findall(r"(?<!`)`([^`\n]+)`(?!`)", re.sub(r"^```.*?^```", "", text, flags=re.MULTILINE | re.DOTALL))


@pytest.fixture
def shown(app):
    """Every page as a reader gets it, by language and name."""
    with app.test_request_context():
        return {(language, name): book.page(language, name) for language, name in EVERY}


def test_every_page_is_there_in_both_languages():
    for language in LANGUAGES:
        there = {
            path.relative_to(book.FOLDER / language).with_suffix("").as_posix()
            for path in (book.FOLDER / language).rglob("*.md")
        }
        assert there == set(NAMES), language


@pytest.mark.parametrize("name", NAMES)
def test_both_languages_have_the_same_shape(name):
    def shape(language):
        text = re.sub(r"^```.*?^```", "```", book.source(language, name), flags=re.MULTILINE | re.DOTALL)
        return [
            re.match(r"#+ |\||```|!|\(the table", line)[0]
            for line in text.splitlines()
            if re.match(r"#+ |\||```|!|\(the table", line)
        ]

    assert shape("en") == shape("zh")
    assert sorted(book.ON_SCREEN.findall(book.source("en", name))) == sorted(
        book.ON_SCREEN.findall(book.source("zh", name))
    )


@pytest.mark.parametrize("name", NAMES)
def test_the_chinese_is_chinese(name):
    text = re.sub(r"`[^`]*`|\[\[.*?\]\]|\]\(.*?\)", "", book.source("zh", name))
    assert len(re.findall("[\u3400-\u9fff]", text)) > len(
        re.findall("[A-Za-z]", re.sub(r"^```.*?^```", "", text, flags=re.M | re.S))
    )


def test_what_stands_on_the_screen_stands_there_by_that_name():
    with (PACKAGE / "translations/zh_Hans_CN/LC_MESSAGES/messages.po").open("rb") as file:
        known = {message.id for message in read_po(file) if message.string}
    for name, text in TEXTS.items():
        gone = set(book.ON_SCREEN.findall(text)) - known
        assert not gone, f"{name} names what is nowhere on the screen, or has no Chinese: {sorted(gone)}"


def test_no_sign_is_left_in_a_page(shown):
    for (language, name), page in shown.items():
        assert not re.search(r"\[\[|\*\*|\(the table of|[\ue000\ue001]", page.html), f"{language}/{name}"


def test_every_table_is_used_in_both_languages(app):
    for language in LANGUAGES:
        whole = "".join(text for name, text in TEXTS.items() if name.startswith(language))
        for sign in GENERATED:
            assert sign in whole, f"{sign} in {language}"


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_permit_letter_complaint_setting_and_command_is_explained(shown, language):
    whole = unescape("".join(page.html for (spoken, _name), page in shown.items() if spoken == language))
    wanted = [*PERMITS, *KINDS, *CATALOGUE, *(f"COMPLIANCE_{name.upper()}" for name in Settings.model_fields)]
    wanted += [f"compliance {name}" for name, _command in documented.every_command()]
    assert not [word for word in wanted if f"<code>{word}</code>" not in whole]


def test_every_meaning_is_written_and_none_is_left_over():
    assert set(VERBS) == set(PERMITS)
    assert set(LETTERS) == set(KINDS)
    assert set(documented.SETTINGS) == set(Settings.model_fields)
    assert set(documented.COMMANDS) == {name for name, _command in documented.every_command()}


def test_every_make_target_is_explained_and_every_one_named_exists():
    targets = set(re.findall(r"^([a-z-]+):.*##", (ROOT / "Makefile").read_text(), re.MULTILINE))
    for name in ("en/developers", "zh/developers"):
        assert not targets - set(re.findall(r"`make ([a-z-]+)`", TEXTS[name])), name
    for name, text in TEXTS.items():
        named = [
            found
            for span in (*code(text), *fences(text, r"[a-z]*"))
            for found in re.findall(r"^\s*make ([a-z-]+)", span, re.M)
        ]
        assert not set(named) - targets, name


@ALL
def test_every_command_named_exists(name):
    known = dict(documented.every_command())
    for span in (*code(TEXTS[name]), *fences(TEXTS[name], r"[a-z]*")):
        for line in span.splitlines():
            words = re.match(r"(?:\S*/)?compliance ((?:[a-z][a-z-]* ?)+)(.*)", line.split(" #")[0].strip())
            if not words:
                continue
            command = next(
                (known[" ".join(words[1].split()[:n])] for n in (1, 2) if " ".join(words[1].split()[:n]) in known), None
            )
            assert command is not None, f"{name}: {line}"
            options = {option for parameter in command.params for option in parameter.opts}
            assert set(re.findall(r"--[a-z-]+", words[2])) <= options, f"{name}: {line}"


@ALL
def test_every_path_named_exists(name):
    for span in code(TEXTS[name]):
        path = span.split(" ")[-1] if span.startswith("make ") else span
        if "/" not in path or "://" in path or not re.fullmatch(r"[\w.\-/]+", path) or path.startswith((*MADE, "/")):
            continue
        if path.endswith("/") or re.search(r"\.\w{2,5}$", path):
            assert (ROOT / path).exists(), f"{name}: {path}"


@ALL
def test_every_yaml_example_parses(name):
    for example in fences(TEXTS[name], "yaml"):
        if (
            name != "checklists/README.md"
        ):  # the grammar's examples stand for whole files, with ... for what is left out
            assert yaml.safe_load(example)
        else:
            for part in re.split(r"^(?=applies:)", example, flags=re.MULTILINE):
                assert part.strip() == "" or yaml.safe_load(part)


@ALL
def test_no_path_of_somebodys_machine_is_named(name):
    assert not re.search(r"(?<![\w.])/(?:work|tmp|home|root|Users|mnt)/", TEXTS[name])


def test_every_picture_is_there_small_and_used():
    used = {(name, target) for name, text in TEXTS.items() for target in re.findall(r"!\[[^\]]+\]\(([^)]+)\)", text)}
    there = {path.name: path.stat().st_size for path in (book.FOLDER / "pictures").glob("*.png")}
    assert {target.rsplit("/", 1)[-1] for _name, target in used} == set(there)
    for name, target in used:
        if name.split("/")[0] in LANGUAGES:
            assert re.fullmatch(rf"\.\./pictures/[a-z-]+-{name[:2]}\.png", target), f"{name}: {target}"
        else:
            assert (ROOT / target).is_file(), f"{name}: {target}"
    assert not {name: size for name, size in there.items() if size > 120_000}


def test_every_link_leads_somewhere(shown):
    for (language, name), page in shown.items():
        for href in re.findall(r'<a href="([^"]+)"', page.html):
            assert not href.startswith(("/", "http")), f"{language}/{name}: {href}"
            target, _, anchor = unquote(unescape(href)).partition("#")
            target = target.removeprefix("../") if name.startswith("decisions/") else target
            there = shown.get((language, target or name))
            assert there, f"{language}/{name}: {href}"
            assert not anchor or f'id="{anchor}"' in there.html, f"{language}/{name}: {href}"


@ALL
def test_every_link_between_files_leads_to_one(name):
    file = book.FOLDER / f"{name}.md" if name.split("/")[0] in LANGUAGES else ROOT / name
    for target in re.findall(r"(?<!!)\[[^\]\n]+\]\(([^)#\s]+)", TEXTS[name]):
        assert "://" in target or (file.parent / target).exists(), f"{name}: {target}"


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_page_is_read_with_manners(language, sign_in):
    reader = sign_in("manager", language=language)
    for name in ["", *NAMES]:
        reader.get(f"/help/{name}")
    reader.get("/help/nothing", status=404)
