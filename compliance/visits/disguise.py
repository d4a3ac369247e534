"""Files that are not what they seem: named for what they are. Pure: bytes in, a problem or nothing out."""

import io
import zipfile

import pikepdf

from compliance.shared.problems import Problem
from compliance.shared.words import N_

# In two parts, so that no scanner takes this module for what it looks for.
_TEST_STRING = b"X5O!P%@AP[4\\PZX54(P^)7CC)7}" + b"$EICAR-STANDARD-ANTIVIRUS-TEST-FILE!$H+H*"
_OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_ENCRYPTED = "EncryptedPackage".encode("utf-16-le")
_PROGRAMS = (b"MZ", b"\x7fELF", b"\xca\xfe\xba\xbe", b"\xcf\xfa\xed\xfe", b"#!")
_ZIP_END = b"PK\x05\x06"
_SMALL_MEMBER = 2**20
_LONGEST_TAIL = 2048  # bytes that may follow the end mark of a PDF


def require_clean(data: bytes, name: str) -> None:
    """Raise ``Problem`` for the infected test string, wherever it stands, also within an office document."""
    if _TEST_STRING in data or (data[:2] == b"PK" and _in_archive(data)):
        raise Problem("upload-infected", N_("%(name)s is infected and was not taken."), name=name)


def require_known(data: bytes, name: str) -> None:
    """Raise ``Problem`` with the right word for a file of a kind that is never taken."""
    start = data[:1024].lstrip(b"\xef\xbb\xbf \t\r\n").lower()
    if data.startswith(_OLE):
        if _ENCRYPTED in data:
            raise locked(name)
        raise Problem("upload-old-office", N_("%(name)s is in an old format. Save it as DOCX, XLSX or PDF."), name=name)
    if data.startswith(_PROGRAMS):
        raise Problem(
            "upload-program", N_("%(name)s is a program, whatever its name says, and was not taken."), name=name
        )
    if start.startswith((b"<!doctype", b"<html", b"<svg", b"<?xml", b"<script")):
        raise Problem(
            "upload-page", N_("%(name)s is a web page or a drawing. Send a photo of it, or a PDF."), name=name
        )


def require_plain_pdf(data: bytes, name: str) -> None:
    """Raise ``Problem`` for a PDF with a password, a damaged one, or one that is something else as well."""
    try:
        with pikepdf.open(io.BytesIO(data)) as document:
            pages = len(document.pages)
    except pikepdf.PasswordError:
        raise locked(name) from None
    except Exception:  # qpdf is fed nonsense here
        raise Problem("upload-damaged-document", N_("%(name)s is damaged and cannot be opened."), name=name) from None
    tail = len(data) - (data.rfind(b"%%EOF") + 5)
    if pages == 0 or tail > _LONGEST_TAIL or _ZIP_END in data[-66_000:]:
        raise Problem(
            "upload-two-kinds", N_("%(name)s holds something else beside the PDF. Print it as PDF anew."), name=name
        )


def locked(name: str) -> Problem:
    """A file that asks for a password."""
    return Problem("upload-password", N_("%(name)s is protected with a password. Send it without one."), name=name)


def _in_archive(data: bytes) -> bool:
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            small = [one for one in archive.infolist() if one.file_size <= _SMALL_MEMBER][:2000]
            return any(_TEST_STRING in archive.read(one) for one in small if not one.flag_bits & 1)
    except Exception:  # whatever is wrong with it is said by who looks at its kind
        return False
