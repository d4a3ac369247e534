"""What PDF/A-3a and PDF/UA-1 ask of a file, as far as it can be read out of the file itself.

Not a validator: veraPDF is one, and no package of Debian, PyPI or npm brings it.
"""

import io
import tempfile
from collections.abc import Iterator
from typing import Any

import pikepdf
from pdfua.validator import Validator
from pikepdf import Name

_LEVELS = {"/H1": 1, "/H2": 2, "/H3": 3, "/H4": 4, "/H5": 5, "/H6": 6}
_IN = {
    "/TR": {"/THead", "/TBody", "/TFoot", "/Table"},
    "/TH": {"/TR"},
    "/TD": {"/TR"},
    "/LI": {"/L"},
    "/LBody": {"/LI"},
    "/Lbl": {"/LI"},
    "/Caption": {"/Table"},
}


def faults(data: bytes) -> list[str]:
    """Everything that is wrong with a PDF, each once; empty for one that conforms as far as can be told here."""
    with pikepdf.open(io.BytesIO(data)) as pdf:
        found = [*_catalog(pdf), *_metadata(pdf), *_objects(pdf), *_tags(pdf), *_marks(pdf), *_attached(pdf)]
    return list(dict.fromkeys(found + second_opinion(data)))


def second_opinion(data: bytes) -> list[str]:
    """What pdfua finds (some of the rules of PDF/UA-1)."""
    with tempfile.NamedTemporaryFile(suffix=".pdf") as file:
        file.write(data)
        file.flush()
        report = Validator().validate(file.name)
    return [f"pdfua: {found}" for outcome in report.outcomes for found in outcome.findings]


def tags(pdf: pikepdf.Pdf) -> Iterator[tuple[Any, Any]]:
    """Every (tag, its parent) in reading order."""

    def below(tag: Any, parent: Any) -> Iterator[tuple[Any, Any]]:
        yield tag, parent
        for kid in kids(tag):
            if isinstance(kid, pikepdf.Dictionary) and "/S" in kid:
                yield from below(kid, tag)

    yield from below(pdf.Root.StructTreeRoot.K, pdf.Root.StructTreeRoot)


def kids(tag: Any) -> list[Any]:
    """What hangs under a tag."""
    under = tag.get("/K", pikepdf.Array())
    return list(under) if isinstance(under, pikepdf.Array) else [under]


def _catalog(pdf: pikepdf.Pdf) -> Iterator[str]:
    root = pdf.Root
    if pdf.is_encrypted or "/ID" not in pdf.trailer:
        yield "encrypted, or without an id"
    if not str(root.get("/Lang", "")):
        yield "no language"
    if not _told(root, "/MarkInfo", "/Marked") or "/StructTreeRoot" not in root:
        yield "not tagged"
    if not _told(root, "/ViewerPreferences", "/DisplayDocTitle"):
        yield "the title is not shown"
    if "/Outlines" not in root:
        yield "no bookmarks"
    for key in ("/OpenAction", "/AA"):
        if key in root:
            yield f"{key} in the catalogue"
    form = root.get("/AcroForm", pikepdf.Dictionary())
    if (
        "/XFA" in form
        or form.get("/NeedAppearances", False)
        or {str(one.FT) for one in form.get("/Fields", [])} - {"/Sig"}
    ):
        yield "a form with more than signatures"
    intents = list(root.get("/OutputIntents", []))
    if len(intents) != 1 or intents[0].S != Name.GTS_PDFA1 or int(intents[0].DestOutputProfile.N) != 3:
        yield "not exactly one output intent for RGB"
    for page in pdf.pages:
        if page.obj.get("/Tabs") != Name.S:
            yield "tab order is not that of the tags"


def _told(root: Any, holder: str, name: str) -> bool:
    return holder in root and bool(root[holder].get(name, False))


def _metadata(pdf: pikepdf.Pdf) -> Iterator[str]:
    raw = pdf.Root.Metadata.read_bytes()
    if raw.count(b"</rdf:RDF>") != 1 or b"pdfaSchema:namespaceURI>http://www.aiim.org/pdfua/ns/id/<" not in raw:
        yield "the UA mark is not described"
    with pdf.open_metadata() as said:
        wanted = {"pdfaid:part": "3", "pdfaid:conformance": "A", "pdfuaid:part": "1"}
        for key, value in wanted.items():
            if said.get(key) != value:
                yield f"{key} is not {value}"
        if not said.get("dc:title"):
            yield "no title"
        if said.get("dc:title") != str(pdf.docinfo.get("/Title", "")):
            yield "two titles"
        if bool(said.get("xmp:CreateDate")) != ("/CreationDate" in pdf.docinfo):
            yield "a date in one place only"


def _objects(pdf: pikepdf.Pdf) -> Iterator[str]:
    for item in pdf.objects:
        if not isinstance(item, pikepdf.Dictionary | pikepdf.Stream):
            continue
        kind, form = item.get("/Type"), item.get("/Subtype")
        if kind == Name.Font and form == Name.Type0:
            inner = item.DescendantFonts[0]
            if not {"/FontFile2", "/FontFile3"} & set(inner.FontDescriptor.keys()) or "/ToUnicode" not in item:
                yield f"font {item.BaseFont} is not embedded, or its text cannot be read"
            if "+" not in str(item.BaseFont):
                yield f"font {item.BaseFont} is not a subset"
        elif kind == Name.Font and form not in (Name.CIDFontType0, Name.CIDFontType2):
            yield f"simple font {item.get('/BaseFont')}"
        if form == Name.Image:
            if bool(item.get("/Interpolate", False)):
                yield "a smoothed picture"
            if item.get("/ColorSpace") not in (Name.DeviceRGB, Name.DeviceGray):
                yield f"a picture in {item.get('/ColorSpace')}"
        if kind == Name.Annot and not int(item.get("/F", 0)) & 4:
            yield "a note that is not printed"
        if item.get("/S") in (Name.JavaScript, Name.Launch, Name.SubmitForm, Name.ImportData):
            yield f"an action {item.S}"
        if form == Name("/Form") and "/Ref" in item:
            yield "refers to another file"


def _tags(pdf: pikepdf.Pdf) -> Iterator[str]:
    level, named = 0, set()
    for tag, parent in tags(pdf):
        role = str(tag.S)
        if tag.P.objgen != parent.objgen:
            yield f"{role} hangs where it says it does not"
        if role in _IN and str(parent.get("/S")) not in _IN[role]:
            yield f"{role} in {parent.get('/S')}"
        if role == "/Figure":
            box = [float(value) for value in tag.A.BBox]
            paper = [float(value) for value in tag.Pg.MediaBox]
            if not str(tag.get("/Alt", "")) or not (0 <= box[0] < box[2] <= paper[2] + 1 and 0 <= box[1] < box[3]):
                yield "a picture without words or place"
        if role == "/TH" and tag.A.get("/Scope") not in (Name.Column, Name.Row):
            yield "a heading cell without scope"
        if role in _LEVELS:
            if _LEVELS[role] > level + 1:
                yield f"{role} after level {level}"
            level = _LEVELS[role]
        if role == "/L" and any(str(kid.S) not in ("/LI", "/L", "/Caption") for kid in kids(tag)):
            yield "a list of something else"
        if "/ID" in tag:
            if str(tag.ID) in named:
                yield "one name for two tags"
            named.add(str(tag.ID))


def _marks(pdf: pikepdf.Pdf) -> Iterator[str]:
    """Whether everything painted is tagged or set apart, and every mark has one tag and the way back to it."""
    back: dict[int, Any] = {}
    numbers = list(pdf.Root.StructTreeRoot.ParentTree.Nums)
    for key, value in zip(numbers[::2], numbers[1::2], strict=True):
        back[int(key)] = value
    held: dict[tuple[Any, int], Any] = {}
    for tag, _ in tags(pdf):
        for kid in kids(tag):
            if isinstance(kid, int):
                page, number = tag.Pg, kid
            elif kid.get("/Type") == Name.MCR:
                page, number = kid.Pg, int(kid.MCID)
            else:
                continue
            if (page.objgen, number) in held:
                yield "one mark in two tags"
            held[page.objgen, number] = tag
    for page in pdf.pages:
        depth, open_marks = 0, 0
        owners = list(back.get(int(page.obj.StructParents), []))
        for step in pikepdf.parse_content_stream(page):
            operands, name = step.operands, str(step.operator)
            if name in ("BMC", "BDC"):
                depth, open_marks = depth + 1, open_marks + 1
                if name == "BDC" and "/MCID" in operands[1]:
                    number = int(operands[1].MCID)
                    tag = held.pop((page.obj.objgen, number), None)
                    if tag is None or owners[number].objgen != tag.objgen:
                        yield "a mark without its tag"
                elif depth > 1:
                    yield "something set apart within text"
            elif name == "EMC":
                depth -= 1
            elif name in ("Tj", "TJ", "Do", "f", "f*", "S", "B", "sh") and depth == 0:
                yield f"painted without a mark ({name})"
        if depth or not open_marks:
            yield "marks that do not end"
    if held:
        yield "tags without their marks"


def _attached(pdf: pikepdf.Pdf) -> Iterator[str]:
    listed = [one.objgen for one in pdf.Root.get("/AF", [])]
    if len(set(listed)) != len(listed):
        yield "an attachment is listed twice"
    for name, attached in pdf.attachments.items():
        about = attached.obj
        if about.objgen not in listed:
            yield f"{name} belongs to nothing"
        if not {"/AFRelationship", "/UF", "/F", "/Desc"} <= set(about.keys()):
            yield f"{name} says too little of itself"
        if "/Subtype" not in about.EF.F:
            yield f"{name} has no type"
