"""Several letters as one file for the printer. The letters themselves stay as they are in the archive."""

import io
from collections.abc import Iterable

import pikepdf


def merged(cover: bytes, letters: Iterable[bytes], *, both_sides: bool) -> bytes:
    """One PDF: the cover list, then each letter. ``both_sides``: each begins on a sheet of its own, for printers that
    print on both sides.
    """
    with pikepdf.Pdf.new() as whole:
        for part in (cover, *letters):
            with pikepdf.Pdf.open(io.BytesIO(part)) as one:
                whole.add_pages_from(one, forms="strip")  # a signature holds for its own file alone
                if both_sides and len(one.pages) % 2:
                    box = one.pages[-1].mediabox
                    whole.add_blank_page(page_size=(float(box[2] - box[0]), float(box[3] - box[1])))
        out = io.BytesIO()
        whole.save(out, compress_streams=True, object_stream_mode=pikepdf.ObjectStreamMode.generate)
        return out.getvalue()
