"""Several letters as one file for the printer. The letters themselves stay as they are in the archive."""

import io
from collections.abc import Iterable

import pikepdf

from compliance.shared import joining


def merged(cover: bytes, letters: Iterable[bytes], *, both_sides: bool) -> bytes:
    """One PDF: the cover list, then each letter. ``both_sides``: each begins on a sheet of its own, for printers that
    print on both sides.
    """
    with pikepdf.Pdf.open(io.BytesIO(cover)) as whole:
        for letter in letters:
            if both_sides and len(whole.pages) % 2:
                joining.append_blank(whole, whole.pages[-1])
            with pikepdf.Pdf.open(io.BytesIO(letter)) as one:
                joining.append(whole, one)
        if both_sides and len(whole.pages) % 2:
            joining.append_blank(whole, whole.pages[-1])
        out = io.BytesIO()
        whole.save(out, compress_streams=True, object_stream_mode=pikepdf.ObjectStreamMode.generate)
        return out.getvalue()
