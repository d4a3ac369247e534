"""Tagged PDFs put one behind the other: pages and their tags, so that a reader that speaks reads on."""

from collections.abc import Iterator
from typing import Any

import pikepdf
from pikepdf import Array, Dictionary, Name, Pdf, String


def append(whole: Pdf, added: Pdf) -> None:
    """Put all pages of ``added`` behind ``whole``, with its tags as a part of the whole's document. Both are tagged.

    Forms stay behind (a signature holds for its own file alone), and so does what is attached. ``added`` is changed.
    """
    root, number = whole.Root.StructTreeRoot, _next_key(whole)
    _drop_widgets(added)
    for thing in _with_tags(added):
        for name in ("/StructParents", "/StructParent"):
            if name in thing:
                thing[name] = int(thing[name]) + number
    # Names of tags, by which cells name their headings, hold for one file: here each file has its own.
    for tag in _tags(added.Root.StructTreeRoot.K):
        _rename(tag, f"{number}-")
    whole.add_pages_from(added, forms="strip")
    # Only now: what the tags say of pages follows the pages that were taken over.
    tree = whole.copy_foreign(added.make_indirect(added.Root.StructTreeRoot))
    document = _first(root.K)
    part = _first(tree.K)
    part.S, part.P = Name.Part, document
    if "/Lang" in added.Root:
        part.Lang = String(str(added.Root.Lang))
    document.K = Array([*_many(document.get("/K", Array())), part])
    keys = root.ParentTree.Nums
    for key, value in _pairs(tree.ParentTree.Nums):
        keys.append(int(key) + number)
        keys.append(value)
    root.ParentTreeNextKey = _next_key(whole)
    if "/RoleMap" in tree:
        root.RoleMap = Dictionary({**dict(root.get("/RoleMap", Dictionary()).items()), **dict(tree.RoleMap.items())})


def append_blank(whole: Pdf, like: Any) -> None:
    """Put an empty page behind a tagged PDF, as large as ``like``."""
    box = like.mediabox
    number = _next_key(whole)
    whole.add_blank_page(page_size=(float(box[2] - box[0]), float(box[3] - box[1])))
    page = whole.pages[-1].obj
    page.Tabs, page.StructParents = Name.S, number
    page.Contents = whole.make_stream(b"/Artifact BMC EMC")
    root = whole.Root.StructTreeRoot
    root.ParentTree.Nums = Array([*root.ParentTree.Nums, number, whole.make_indirect(Array())])
    root.ParentTreeNextKey = number + 1


def _next_key(pdf: Pdf) -> int:
    return max((int(key) for key, _value in _pairs(pdf.Root.StructTreeRoot.ParentTree.Nums)), default=-1) + 1


def _pairs(numbers: Any) -> Iterator[tuple[Any, Any]]:
    flat = list(numbers)
    return zip(flat[::2], flat[1::2], strict=True)


def _many(value: Any) -> list[Any]:
    return list(value) if isinstance(value, pikepdf.Array) else [value]


def _first(value: Any) -> Any:
    """The only tag at the top."""
    [tag] = _many(value)
    return tag


def _with_tags(pdf: Pdf) -> Iterator[Any]:
    for page in pdf.pages:
        yield page.obj
        yield from page.obj.get("/Annots", [])


def _drop_widgets(pdf: Pdf) -> None:
    for page in pdf.pages:
        notes = page.obj.get("/Annots")
        if notes is not None:
            page.obj.Annots = Array([one for one in notes if one.get("/Subtype") != Name.Widget])


def _tags(value: Any) -> Iterator[Any]:
    for tag in _many(value):
        if isinstance(tag, pikepdf.Dictionary) and "/S" in tag:
            yield tag
            yield from _tags(tag.get("/K", Array()))


def _rename(tag: Any, prefix: str) -> None:
    if "/ID" in tag:
        tag.ID = String(prefix + str(tag.ID))
    for about in _many(tag.get("/A", Array())):
        if isinstance(about, pikepdf.Dictionary) and "/Headers" in about:
            about.Headers = Array([String(prefix + str(one)) for one in about.Headers])
