"""A client with manners: each page that a test loads is checked for what every page must have."""

import re
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlsplit

import html5lib
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from compliance.shared import clock

Element = Any


def parse(html: str) -> Element:
    """The document as an element tree; broken HTML raises."""
    parser = html5lib.HTMLParser(tree=html5lib.getTreeBuilder("etree"), namespaceHTMLElements=False)
    document = parser.parse(html)
    broken = [(at, code, facts) for at, code, facts in parser.errors if code not in _TOLERATED]
    assert not broken, f"broken HTML: {broken[:3]}"
    return document


def each(element: Element, *tags: str) -> list[Element]:
    """Elements below with one of the tags, in the order of the page."""
    return [e for e in element.iter() if e.tag in tags]


# Void SVG tags written <path/> are right inside <svg>.
_TOLERATED = {"non-void-element-with-trailing-slash"}


def text(element: Element) -> str:
    """All text below an element, white space folded."""
    return " ".join("".join(element.itertext()).split())


def check(page: TestResponse) -> Element:
    """Assert the manners of a page and return its document."""
    document = parse(page.text)
    for rule in RULES:
        rule(document, page)
    return document


def one_h1_starts_the_title(document: Element, page: TestResponse) -> None:
    heads = document.findall(".//h1")
    assert len(heads) == 1, f"{len(heads)} h1 in {page.request.path}"
    title = text(document.find(".//title"))
    assert title.startswith(text(heads[0])[:20]), f"title {title!r} does not start with h1 {text(heads[0])!r}"


def has_a_language(document: Element, page: TestResponse) -> None:
    assert document.get("lang") in ("en", "zh-Hans"), "html without lang"


def ids_are_unique(document: Element, page: TestResponse) -> None:
    ids = [e.get("id") for e in document.iter() if e.get("id")]
    twice = {i for i in ids if ids.count(i) > 1}
    assert not twice, f"ids twice: {twice}"


def nothing_is_inline(document: Element, page: TestResponse) -> None:
    for element in document.iter():
        if not isinstance(element.tag, str):
            continue
        assert element.tag != "style", "inline <style>"
        assert not (element.tag == "script" and not element.get("src") and element.get("type") != "application/json"), (
            "inline <script>"
        )
        for name in element.attrib:
            assert name != "style" and not name.startswith("on"), f"inline {name} on <{element.tag}>"


def inputs_are_labelled(document: Element, page: TestResponse) -> None:
    labelled = {e.get("for") for e in document.iter("label")}
    inside = {id(c) for label in document.iter("label") for c in label.iter()}
    for element in each(document, "input", "select", "textarea"):
        if element.get("type") in ("hidden", "submit", "button"):
            continue
        named = (
            element.get("id") in labelled
            or id(element) in inside
            or element.get("aria-label")
            or element.get("aria-labelledby")
        )
        assert named, f"no label: {element.tag} {element.get('name')} in {page.request.path}"


def forms_are_guarded(document: Element, page: TestResponse) -> None:
    for form in document.iter("form"):
        if (form.get("method") or "get").lower() == "post":
            names = [e.get("name") for e in form.iter("input")]
            assert "csrf_token" in names, f"form without token: {form.get('action')}"


def images_have_words(document: Element, page: TestResponse) -> None:
    for image in document.iter("img"):
        assert image.get("alt") is not None, f"image without alt: {image.get('src')}"


def nothing_is_left_open(document: Element, page: TestResponse) -> None:
    body = text(document.find("body"))
    for sign in ("{{", "{%", "Undefined", "%(", "None None"):
        assert sign not in body, f"{sign!r} shows on {page.request.path}"


def the_policy_is_there(document: Element, page: TestResponse) -> None:
    policy = page.headers.get("Content-Security-Policy", "")
    assert "default-src 'none'" in policy and "unsafe" not in policy


RULES = (
    one_h1_starts_the_title,
    has_a_language,
    ids_are_unique,
    nothing_is_inline,
    inputs_are_labelled,
    forms_are_guarded,
    images_have_words,
    nothing_is_left_open,
    the_policy_is_there,
)


@dataclass
class Page:
    """What came back: status, where it ended, the document."""

    response: TestResponse
    document: Element = None

    @property
    def status(self) -> int:
        """The HTTP status."""
        return self.response.status_code

    @property
    def path(self) -> str:
        """Where redirects ended."""
        return str(self.response.request.path)

    @property
    def text(self) -> str:
        """The words of the page."""
        return text(self.document.find("body")) if self.document is not None else self.response.text

    @property
    def h1(self) -> str:
        """The heading."""
        return text(self.document.find(".//h1"))

    def links(self, part: str = "") -> list[str]:
        """Addresses of links that contain ``part``."""
        return [a.get("href") for a in self.document.iter("a") if part in (a.get("href") or "")]

    def errors(self) -> list[str]:
        """Texts of field errors and error flashes."""
        return [text(e) for e in self.document.iter() if "error" in (e.get("class") or "").split()]

    def form(self, action: str = "") -> dict[str, Any]:
        """The values that the first POST form whose action contains ``action`` would send as it stands."""
        for form in self.document.iter("form"):
            if (form.get("method") or "").lower() == "post" and action in (form.get("action") or self.path):
                if action or (
                    "/language" not in (form.get("action") or "") and "logout" not in (form.get("action") or "")
                ):
                    return _values(form)
        raise AssertionError(f"no form with action {action!r} on {self.path}")


def _values(form: Element) -> dict[str, Any]:
    values: dict[str, Any] = {}

    def put(name: str, value: str) -> None:
        values[name] = (
            [*(values[name] if isinstance(values[name], list) else [values[name]]), value] if name in values else value
        )

    for element in each(form, "input", "select", "textarea"):
        name, kind = element.get("name"), element.get("type")
        if not name or kind in ("file", "submit"):
            continue
        if kind in ("checkbox", "radio"):
            if element.get("checked") is not None:
                put(name, element.get("value", "on"))
        elif element.tag == "select":
            chosen = [o.get("value", text(o)) for o in element.iter("option") if o.get("selected") is not None]
            options = [o.get("value", text(o)) for o in element.iter("option")]
            for value in chosen or ([] if element.get("multiple") is not None else options[:1]):
                put(name, value)
        else:
            put(name, "".join(element.itertext()) if element.tag == "textarea" else element.get("value", ""))
    return values


@dataclass
class Client:
    """Loads pages as a browser would, following redirects, and checks the manners of each."""

    http: FlaskClient
    language: str = "en"
    last: Page | None = field(default=None)

    def get(self, path: str, status: int = 200, **query: Any) -> Page:
        """Load a page."""
        return self._open("GET", path, status, query_string=query or None)

    def post(self, path: str, data: dict[str, Any] | None = None, status: int = 200, token: bool = True) -> Page:
        """Send a form; the token of the session is added unless ``token`` is False."""
        data = dict(data or {})
        if token and "csrf_token" not in data:
            data["csrf_token"] = self.token()
        return self._open("POST", path, status, data=data)

    def submit(self, page: Page, action: str = "", status: int = 200, **changes: Any) -> Page:
        """Send the form of a page as it stands, with some values changed (None removes one)."""
        data = {**page.form(action), **changes}
        target = action
        for form in page.document.iter("form"):
            if (form.get("method") or "").lower() == "post" and (
                not action or action in (form.get("action") or page.path)
            ):
                if action or (
                    "/language" not in (form.get("action") or "") and "logout" not in (form.get("action") or "")
                ):
                    target = form.get("action") or page.path
                    break
        return self._open("POST", target, status, data={k: v for k, v in data.items() if v is not None})

    def token(self) -> str:
        """A CSRF token of this session."""
        found = re.search(r'name="csrf_token" value="([^"]+)"', self.http.get("/help/", follow_redirects=True).text)
        assert found, "no form on the page"
        return found.group(1)

    def prove(self) -> None:
        """As if the password had been typed just now."""
        with self.http.session_transaction() as kept:
            kept["fs_paa"] = clock.now().timestamp()

    def _open(self, method: str, path: str, status: int, **kwargs: Any) -> Page:
        parts = urlsplit(path)
        if method == "GET" and parts.query and kwargs.get("query_string") is None:
            kwargs["query_string"] = parts.query
        accept = {"Accept-Language": "zh-CN" if self.language.startswith("zh") else "en"}
        response = self.http.open(
            parts.path, method=method, follow_redirects=True, headers=accept, buffered=True, **kwargs
        )
        page = Page(response)
        assert response.status_code == status, (
            f"{method} {path}: {response.status_code} instead of {status}\n{_words(response)}"
        )
        if response.mimetype == "text/html":
            page.document = check(response)
        self.last = page
        return page


def _words(response: TestResponse) -> str:
    try:
        return text(parse(response.text).find("body"))[:1500]
    except Exception:
        return response.text[:1500] if response.mimetype.startswith("text") else ""
