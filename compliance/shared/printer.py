"""The press's own child: WeasyPrint, kept warm, printing what ``press`` asks for.

What WeasyPrint leaves undone for PDF/A-3 and PDF/UA-1 together is done here: the mark of the second standard, pictures
that are not smoothed, attachments named once.
"""

import gc
import io
import json
import logging
import os
import select
import time
import zlib
from collections.abc import Mapping, Sequence
from datetime import date, datetime
from pathlib import Path
from typing import Any

import pydyf
import uharfbuzz

from compliance.shared import tagging
from compliance.shared.child import give, take
from compliance.shared.press import FONTS, MOST_PAGES, NO_PICTURES, Attachment

_MOST_PICTURE = 2_000_000  # characters of a data: address
_MOST_MEMORY = 2 << 30  # bytes of address space of the child
_PACKING = 6  # zlib's level: a fifth of the time of 9, and not one per cent more
_IDLE = 300.0  # seconds until an unused child leaves
_DATA = ("data:image/png;", "data:image/jpeg;", "data:image/svg+xml;")
_PICTURE = "picture:"
_UNSWEPT = 6  # pages printed in a row before garbage is collected
# What a subset font does not need in a PDF; the same tables that WeasyPrint drops.
_DROPPED = (b"BASE", b"DSIG", b"EBDT", b"EBLC", b"EBSC", b"GPOS", b"GSUB", b"JSTF", b"LTSH", b"PCLT", b"SVG ")
# PDF/A allows only properties that are known to it or described in the file: the second mark brings its description.
_UA = (
    b'<rdf:Description rdf:about="" xmlns:pdfuaid="http://www.aiim.org/pdfua/ns/id/"><pdfuaid:part>1</pdfuaid:part>'
    b'</rdf:Description><rdf:Description rdf:about="" xmlns:pdfaExtension="http://www.aiim.org/pdfa/ns/extension/"'
    b' xmlns:pdfaSchema="http://www.aiim.org/pdfa/ns/schema#"'
    b' xmlns:pdfaProperty="http://www.aiim.org/pdfa/ns/property#"><pdfaExtension:schemas><rdf:Bag>'
    b'<rdf:li rdf:parseType="Resource"><pdfaSchema:schema>PDF/UA identification schema</pdfaSchema:schema>'
    b"<pdfaSchema:namespaceURI>http://www.aiim.org/pdfua/ns/id/</pdfaSchema:namespaceURI>"
    b"<pdfaSchema:prefix>pdfuaid</pdfaSchema:prefix><pdfaSchema:property><rdf:Seq>"
    b'<rdf:li rdf:parseType="Resource"><pdfaProperty:name>part</pdfaProperty:name>'
    b"<pdfaProperty:valueType>Integer</pdfaProperty:valueType><pdfaProperty:category>internal</pdfaProperty:category>"
    b"<pdfaProperty:description>Part of PDF/UA to which the file conforms</pdfaProperty:description></rdf:li></rdf:Seq>"
    b"</pdfaSchema:property></rdf:li></rdf:Bag></pdfaExtension:schemas></rdf:Description></rdf:RDF>"
)


class Printer(logging.Handler):
    """WeasyPrint, warmed up, in this process. Only the press's own child and the benchmark make one.

    Not to be used by two threads at once.
    """

    def __init__(self) -> None:
        super().__init__(logging.WARNING)
        outside = os.environ.get("FONTCONFIG_FILE")
        os.environ["FONTCONFIG_FILE"] = str(FONTS / "fonts.conf")  # read once, when the fonts are first asked for
        import weasyprint
        from weasyprint.text.fonts import FontConfiguration

        self._weasyprint = weasyprint
        logging.getLogger("weasyprint").addHandler(self)
        logging.getLogger("weasyprint").propagate = False
        _prepare_subsetting()
        _prepare_writing()
        tagging.prepare()
        self._fetcher = _closed_fetcher()
        self._fonts = FontConfiguration()
        self._sheets: dict[tuple[str, int], Any] = {}
        self._faults: list[str] = []
        if outside is None:
            del os.environ["FONTCONFIG_FILE"]
        else:
            os.environ["FONTCONFIG_FILE"] = outside
        gc.collect()
        gc.freeze()

    def emit(self, record: logging.LogRecord) -> None:
        """Every warning is a fault of the page."""
        self._faults.append(record.getMessage()[:300])

    def print(
        self,
        html: str,
        stylesheet: str,
        identifier: str = "",
        attachments: Sequence[Attachment] = (),
        pictures: Mapping[str, bytes] = NO_PICTURES,
    ) -> tuple[bytes, int, list[str]]:
        """(PDF, pages, faults). With faults the PDF is empty."""
        self._faults = []
        gc.disable()
        try:
            self._fetcher.pictures = pictures
            page = self._weasyprint.HTML(string=html, base_url="", url_fetcher=self._fetcher)
            options = {
                "pdf_variant": "pdf/a-3a",
                "pdf_identifier": identifier.encode() or True,
                "custom_metadata": False,
            }
            document = page.render(font_config=self._fonts, stylesheets=[self._sheet(stylesheet)], **options)
            count = len(document.pages)
            if count > MOST_PAGES:
                return b"", count, []
            for number, leaf in enumerate(document.pages, 1):
                if text := _outside(leaf):
                    self._faults.append(f"page {number}: outside the paper: {text[:60]}")
            self._faults += tagging.set_apart(document.pages)
            if self._faults:
                return b"", count, self._faults
            carried = [self._attachment(one) for one in attachments]
            pdf = document.write_pdf(attachments=carried, finisher=self._finish, **options)
            return (b"" if self._faults else pdf), count, self._faults
        finally:
            self._fetcher.pictures = NO_PICTURES
            gc.enable()

    def _sheet(self, path: str) -> Any:
        key = (path, Path(path).stat().st_mtime_ns)
        if key not in self._sheets:
            self._sheets[key] = self._weasyprint.CSS(filename=path, font_config=self._fonts, url_fetcher=self._fetcher)
        return self._sheets[key]

    def _attachment(self, one: Attachment) -> Any:
        made = datetime.combine(one.dated, datetime.min.time())
        return self._weasyprint.Attachment(
            file_obj=io.BytesIO(one.data),
            name=one.name,
            description=one.description,
            relationship=one.relationship,
            created=made,
            modified=made,
        )

    def _finish(self, document: Any, pdf: Any) -> None:
        """What PDF/A and PDF/UA ask for and WeasyPrint 70 leaves out."""
        metadata = pdf.objects[int(pdf.catalog["Metadata"].split()[0])]
        metadata.stream[0] = metadata.stream[0].replace(b"</rdf:RDF>", _UA, 1)
        if named := pdf.catalog.get("AF"):
            named[:] = list(dict.fromkeys(named))
        for item in pdf.objects:
            about = getattr(item, "extra", None)
            if about and about.get("Subtype") == "/Image":
                about["Interpolate"] = "false"
                if about.get("ColorSpace") == "/DeviceCMYK":
                    self._faults.append("a picture is in printing colours (CMYK); save it as RGB")


def _outside(leaf: Any) -> str:
    """The first text that crosses the edge of the paper, or an empty string."""
    from weasyprint.formatting_structure import boxes

    page = leaf._page_box
    right, bottom = page.margin_width() + 0.5, page.margin_height() + 0.5
    for box in page.descendants():
        if isinstance(box, boxes.TextBox) and (
            box.position_x < -0.5 or box.position_x + box.width > right or box.position_y + box.height > bottom
        ):
            return str(box.text)
    return ""


def _closed_fetcher() -> Any:
    """A fetcher that gives the pictures that come with the page and refuses every file and every network address."""
    from weasyprint.urls import URLFetcher, URLFetcherResponse

    class Closed(URLFetcher):  # type: ignore[misc, unused-ignore]
        pictures: Mapping[str, bytes] = NO_PICTURES

        def __init__(self) -> None:
            super().__init__(allowed_protocols=("data",), allow_redirects=False)

        def fetch(self, url: str, headers: Any = None) -> Any:
            if url.startswith(_PICTURE):
                if (data := self.pictures.get(url.removeprefix(_PICTURE))) is None:
                    raise ValueError("this picture did not come with the page")
                return URLFetcherResponse(url, data, {"Content-Type": "image/*"})
            if not url[:32].lower().startswith(_DATA) or len(url) > _MOST_PICTURE:
                raise ValueError("only pictures that the page carries may be shown")
            return super().fetch(url, headers)

    return Closed()


def _prepare_subsetting() -> None:
    """Without the system's libharfbuzz-subset WeasyPrint takes seven times as long: then uharfbuzz does it."""
    from weasyprint.pdf import fonts
    from weasyprint.text import ffi

    if ffi.harfbuzz_subset is not None and "COMPLIANCE_PRESS_UHARFBUZZ" not in os.environ:
        return

    def subset(self: Any, to_unicode: dict[int, str], hinting: bool) -> None:
        if not to_unicode:
            return
        wanted, flags = uharfbuzz.SubsetInput(), uharfbuzz.SubsetFlags
        wanted.sets(uharfbuzz.SubsetInputSets.GLYPH_INDEX).update(to_unicode)
        dropped = [int.from_bytes(table, "big") for table in _DROPPED]
        wanted.sets(uharfbuzz.SubsetInputSets.DROP_TABLE_TAG).update(dropped)
        wanted.flags = flags.RETAIN_GIDS | flags.PASSTHROUGH_UNRECOGNIZED | flags.DESUBROUTINIZE
        wanted.flags |= flags.NOTDEF_OUTLINE if self.missing else flags.DEFAULT
        wanted.flags |= flags.DEFAULT if hinting else flags.NO_HINTING
        face = uharfbuzz.Face(uharfbuzz.Blob(self.file_content), self.index)
        self.file_content = bytes(uharfbuzz.subset(face, wanted).blob.data)

    fonts.Font.subset = subset


def _prepare_writing() -> None:
    """Pack each stream of a PDF once, and quickly: pydyf packs as hard as it can, and again for the file's own id."""

    def data(self: Any) -> bytes:
        if (packed := self.__dict__.get("packed")) is None:
            content = b"\n".join(pydyf._to_bytes(item) for item in self.stream)
            about = pydyf.Dictionary(self.extra)
            if self.compress:
                about["Filter"] = "/FlateDecode"
                content = zlib.compress(content, _PACKING)
            about["Length"] = len(content)
            packed = self.packed = b"\n".join((about.data, b"stream", content, b"endstream"))
        return bytes(packed)

    pydyf.Stream.data = property(data)


def _printed(printer: Printer, question: Mapping[str, Any], carried: Sequence[bytes]) -> tuple[bytes, int, list[str]]:
    attached = question["attachments"]
    attachments = [
        Attachment(name, data, description, date.fromisoformat(dated), relationship)
        for (name, description, dated, relationship), data in zip(attached, carried, strict=False)
    ]
    pictures = dict(zip(question["pictures"], carried[len(attached) :], strict=True))
    return printer.print(question["html"], question["stylesheet"], question["identifier"], attachments, pictures)


def _serve() -> None:
    """Answer pages from standard input until it ends."""
    import resource

    resource.setrlimit(resource.RLIMIT_AS, (_MOST_MEMORY, _MOST_MEMORY))
    source = os.fdopen(os.dup(0), "rb", buffering=0)
    answers = os.fdopen(os.dup(1), "wb")
    os.dup2(2, 1)  # nothing that a library prints may land between the answers
    printer = Printer()
    uncollected = 0
    while True:
        # What a page leaves behind is swept when nobody waits, and at the latest after a few pages.
        if uncollected and (uncollected >= _UNSWEPT or not select.select([source], [], [], 0.005)[0]):
            gc.collect()
            uncollected = 0
        try:
            question = json.loads(take(source, time.monotonic() + _IDLE))
            carried = [
                take(source, time.monotonic() + _IDLE) for _ in (*question["attachments"], *question["pictures"])
            ]
        except (EOFError, TimeoutError):
            return
        try:
            pdf, pages, faults = _printed(printer, question, carried)
        except Exception as error:
            pdf, pages, faults = b"", 0, [f"{type(error).__name__}: {error}"[:300]]
        head = json.dumps({"pages": pages, "faults": faults}).encode()
        try:
            give(answers, head, pdf)
        except BrokenPipeError:  # who asked has gone
            os._exit(0)
        uncollected += 1


if __name__ == "__main__":
    _serve()
