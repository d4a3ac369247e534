"""The tags of a PDF: what a screen reader reads, in the order of the page's own elements.

WeasyPrint's own tags leave out the language of a part, tag a running head as if it were text, begin a paragraph or a
table anew on each page, give picture places in other units than PDF's, and hang a tag on every line. So the press puts
these in their place: one tag for one element however many pages it runs over; headings of columns with their scope;
what repeats (running heads, page numbers, a table's head on later pages, the draft's mark) is an artifact.
"""

from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager
from functools import cached_property
from typing import Any

import pydyf

_SVG = "{http://www.w3.org/2000/svg}svg"
# HTML's elements that are a tag of their own. Any other is looked through: what it holds belongs to what holds it.
_ROLES = {
    **{name: name.upper() for name in ("h1", "h2", "h3", "h4", "h5", "h6", "p", "tr", "th", "td")},
    "thead": "THead",
    "tbody": "TBody",
    "tfoot": "TFoot",
    "table": "Table",
    "caption": "Caption",
    "ul": "L",
    "ol": "L",
    "dl": "L",
    "li": "LI",
    "dt": "LI",
    "dd": "LI",
    "section": "Sect",
    "article": "Art",
    "blockquote": "BlockQuote",
    "a": "Link",
    "img": "Figure",
    _SVG: "Figure",
}
_GROUPS = frozenset({"Document", "Sect", "Art", "BlockQuote"})
_POINTS = 0.75  # of a CSS pixel


class _Tag(pydyf.Object):  # type: ignore[misc, unused-ignore]
    """One structure element, written as briefly as PDF allows."""

    def __init__(self, role: str, parent: "_Tag | Any", page: bytes) -> None:
        super().__init__()
        self.role, self.parent, self.page = role, parent, page
        self.kids: list[Any] = []
        self.more = b""

    @cached_property
    def data(self) -> bytes:  # only asked for when everything hangs where it belongs
        kids = b" ".join(kid.reference if isinstance(kid, _Tag) else kid for kid in self.kids)
        place = b"/Pg " + self.page if self.page else b""
        role = self.role.encode()
        return b"<</S/%b/P %b%b%b/K[%b]>>" % (role, self.parent.reference, place, self.more, kids)


def prepare() -> None:
    """Put these tags in the place of WeasyPrint's, in this process."""
    import weasyprint.pdf
    from weasyprint.pdf.stream import Stream

    marked = Stream.marked

    def mark(self: Any, box: Any, tag: str) -> AbstractContextManager[None]:
        if self._tags is not None and getattr(box, "is_artifact", False):
            return _artifact(self)
        made: AbstractContextManager[None] = marked(self, box, tag)
        return made

    Stream.marked = mark
    weasyprint.pdf.add_tags = add


@contextmanager
def _artifact(stream: Any) -> Iterator[None]:
    pydyf.Stream.begin_marked_content(stream, "Artifact", pydyf.Dictionary({"Type": "/Pagination"}))
    try:
        yield
    finally:
        pydyf.Stream.end_marked_content(stream)


def set_apart(pages: Any) -> list[str]:
    """Mark what is no part of the text, before the pages are painted. The answer names pictures without ``alt``."""
    from weasyprint.formatting_structure import boxes

    seen: set[int] = set()
    lacking: list[str] = []
    for page in pages:
        here: set[int] = set()
        for box in _boxes(page._page_box):
            element = box.element
            if isinstance(box, boxes.MarginBox):
                _leave_out(box)
            elif element is None or getattr(box, "is_artifact", False):
                continue
            elif getattr(box, "is_header", False) or box.style["position"] == "fixed":
                here.add(id(element))
                if id(element) in seen:
                    _leave_out(box)
            elif isinstance(box, boxes.ReplacedBox):
                words = _words_for(element)
                if words is None:
                    lacking.append(f"a picture has no description: {str(element.get('src', 'svg'))[:60]}")
                elif not words:
                    box.is_artifact = True
        seen |= here
    return lacking


def _boxes(box: Any) -> Iterator[Any]:
    yield box
    for child in _children(box):
        yield from _boxes(_inner(child))


def _inner(box: Any) -> Any:
    from weasyprint.layout.absolute import AbsolutePlaceholder

    return box._box if isinstance(box, AbsolutePlaceholder) else box


def _children(box: Any) -> Any:
    return getattr(_inner(box), "children", ())


def _is_marker(box: Any) -> bool:
    return str(_inner(box).element_tag or "").endswith("::marker")


def _leave_out(box: Any) -> None:
    for each in _boxes(box):
        each.is_artifact = True


def _words_for(element: Any) -> str | None:
    """What is said in a picture's place; None where nothing was thought of."""
    if element.tag == _SVG:
        title = element.find("{http://www.w3.org/2000/svg}title")
        return title.text if title is not None else None
    alt: str | None = element.get("alt")
    return alt


def add(pdf: Any, document: Any, pdf_version: Any, page_streams: Any) -> None:
    """Give a painted document its tags; takes the place of WeasyPrint's function of this name and arguments."""
    _Tree(pdf, str(pdf.catalog["Lang"].string)).build(document.pages, page_streams)
    pdf.catalog["ViewerPreferences"] = pydyf.Dictionary({"DisplayDocTitle": "true"})
    pdf.catalog["MarkInfo"] = pydyf.Dictionary({"Marked": "true"})


class _Tree:
    def __init__(self, pdf: Any, language: str) -> None:
        self._pdf, self._language = pdf, language
        self._made: dict[tuple[int, str], _Tag] = {}
        self._links: list[tuple[_Tag, Any]] = []
        self._page, self._height, self._marks, self._owners = b"", 0.0, {}, {}  # type: ignore[var-annotated]

    def build(self, pages: Any, streams: Any) -> None:
        """Tags for all pages, and the way back from each page's marks to their tags."""
        root, back = pydyf.Dictionary({"Type": "/StructTreeRoot"}), pydyf.Dictionary({"Nums": pydyf.Array()})
        self._pdf.add_object(root)
        self._pdf.add_object(back)
        whole = self._add(_Tag("Document", root, b""))
        whole.more = b"/Lang" + bytes(pydyf.String(self._language).data)
        root["K"], root["ParentTree"] = whole.reference, back.reference
        self._pdf.catalog["StructTreeRoot"] = root.reference
        for number, (page, stream, place) in enumerate(zip(pages, streams, self._pdf.page_references, strict=True)):
            self._page, self._height, self._marks, self._owners = place, page.height, stream._tags, {}
            self._walk(page._page_box, whole, None, self._language)
            owners = [self._owners[mark].reference for mark in sorted(self._owners)]
            back["Nums"].extend((number, pydyf.Array(owners)))
        for number, (tag, note) in enumerate(self._links, len(pages)):
            note["StructParent"] = number
            back["Nums"].extend((number, tag.reference))
        root["ParentTreeNextKey"] = len(pages) + len(self._links)

    def _add(self, tag: _Tag) -> _Tag:
        self._pdf.add_object(tag)
        return tag

    def _walk(self, box: Any, tag: _Tag, holder: Any, language: str) -> None:
        """Tag a box and what is in it. ``holder`` is the element that ``tag`` stands for."""
        from weasyprint.formatting_structure import boxes

        box = _inner(box)
        if getattr(box, "is_artifact", False):
            return
        element = box.element
        marker = _is_marker(box)
        if isinstance(box, boxes.TextBox):
            self._mark(box, self._text_holder(tag, box))
            return
        if marker:
            tag = self._tag_of(element, "Lbl", tag)
        elif element is not None and element is not holder:
            tag, language = self._enter(box, element, tag, language)
            holder = element
            if isinstance(box, boxes.ReplacedBox):
                self._mark(box, tag)
                return
        if (note := getattr(box, "link_annotation", None)) is not None and tag.role == "Link":
            tag.kids.append(b"<</Type/OBJR/Obj %b/Pg %b>>" % (note.reference, self._page))
            self._links.append((tag, note))
        for child in _children(box):
            body = tag.role == "LI" and not _is_marker(child) and not any(map(_is_marker, _children(child)))
            self._walk(child, self._tag_of(holder, "LBody", tag) if body else tag, holder, language)

    def _enter(self, box: Any, element: Any, tag: _Tag, language: str) -> tuple[_Tag, str]:
        """The tag of an element that is entered, and the language within."""
        from weasyprint.formatting_structure import boxes

        role = _ROLES.get(element.tag, "")
        own = element.get("lang") or language
        if not role and own != language:
            role = "Div" if element.tag == "div" else "Span"
        if not role and tag.role in _GROUPS and any(isinstance(child, boxes.LineBox) for child in box.children):
            role = "P"  # words that stand in a plain box
        if not role:
            return tag, language
        made = self._tag_of(element, role, tag)
        if not made.more:
            said = b"/Lang" + bytes(pydyf.String(own).data) if own != language else b""
            made.more = self._about(role, element, box) + said
        return made, own

    def _tag_of(self, element: Any, role: str, parent: _Tag) -> _Tag:
        """The tag that stands for an element: the one of an earlier page, or a new one."""
        key = (id(element), role)
        if key not in self._made:
            self._made[key] = self._add(_Tag(role, parent, self._page))
            parent.kids.append(self._made[key])
        return self._made[key]

    def _text_holder(self, tag: _Tag, box: Any) -> _Tag:
        return self._tag_of(box.element, "LBody", tag) if tag.role == "LI" else tag

    def _about(self, role: str, element: Any, box: Any) -> bytes:
        if role in ("TH", "TD"):
            facts = {"O": "/Table"}
            if role == "TH":
                facts["Scope"] = "/Row" if element.get("scope") == "row" else "/Column"
            for name, span in (("ColSpan", box.colspan), ("RowSpan", box.rowspan)):
                if span != 1:
                    facts[name] = span
            return b"/A" + bytes(pydyf.Dictionary(facts).data) if len(facts) > 1 else b""
        if role == "Figure":
            left, top = box.content_box_x(), box.content_box_y()
            corners = (left, self._height - top - box.height, left + box.width, self._height - top)
            place = pydyf.Array(round(value * _POINTS, 2) for value in corners)
            layout = pydyf.Dictionary({"O": "/Layout", "Placement": "/Block", "BBox": place})
            return b"/Alt " + bytes(pydyf.String(_words_for(element)).data) + b"/A" + bytes(layout.data)
        if role == "L" and element.tag == "ol":
            return b"/A<</O/List/ListNumbering/Decimal>>"
        return b""

    def _mark(self, box: Any, tag: _Tag) -> None:
        """Hang what was painted for a box under its tag."""
        mark = self._marks.pop(box, None)
        if mark is None:
            return  # nothing was painted
        number: int = mark["mcid"]
        own = tag.page == self._page
        tag.kids.append(b"%d" % number if own else b"<</Type/MCR/Pg %b/MCID %d>>" % (self._page, number))
        self._owners[number] = tag
