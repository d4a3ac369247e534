"""Tagged PDFs of empty pages, for what puts PDFs together."""

import io
from collections.abc import Sequence

import pikepdf
from pikepdf import Array, Dictionary, Name


def empty(pages: int, bookmarks: Sequence[tuple[str, int]] = ()) -> bytes:
    """So many empty A4 pages, with bookmarks (title, page from 0) and a tag for the document."""
    with pikepdf.Pdf.new() as made:
        for _ in range(pages):
            made.add_blank_page(page_size=(595, 842))
        with made.open_outline() as outline:
            outline.root.extend(pikepdf.OutlineItem(title, page) for title, page in bookmarks)
        document = made.make_indirect(Dictionary(S=Name.Document, K=Array()))
        made.Root.StructTreeRoot = Dictionary(K=document, ParentTree=Dictionary(Nums=Array()))
        out = io.BytesIO()
        made.save(out)
        return out.getvalue()
