"""Evidence: what may come in, what is shown of it, and that nothing is deleted."""

import io
import struct
import zipfile
import zlib

import pytest
from PIL import ExifTags, Image

from compliance.shared import files
from compliance.shared.problems import Conflict, NotFound, Problem, Refused, TooLarge
from compliance.visits import evidence, heic, pictures, store
from compliance.visits.rules import CLOSING
from tests.visits import photographs


def jpeg(size=(800, 600), **given):
    out = io.BytesIO()
    Image.effect_noise(size, 60).convert("RGB").save(out, "JPEG", **given)
    return out.getvalue()


def with_position():
    exif = Image.Exif()
    exif[ExifTags.Base.Orientation] = 6
    exif[ExifTags.Base.Make] = "SecretCam"
    exif.get_ifd(ExifTags.IFD.Exif)[ExifTags.Base.DateTimeOriginal] = "2026:11:21 09:30:00"
    exif.get_ifd(ExifTags.IFD.GPSInfo)[ExifTags.GPS.GPSLatitudeRef] = "N"
    exif.get_ifd(ExifTags.IFD.GPSInfo)[ExifTags.GPS.GPSLatitude] = (25.0, 2.0, 3.0)
    return jpeg(exif=exif)


def office_file(inside="word/document.xml", content=b"<w/>"):
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("[Content_Types].xml", b"<Types/>" * 20)
        archive.writestr("_rels/.rels", b"<r/>")
        archive.writestr("docProps/app.xml", b"<a/>")
        archive.writestr(inside, content)
    return out.getvalue()


def bomb(width=30_000, height=30_000):
    """A PNG of a few bytes that says it is 900 megapixels."""

    def chunk(kind, data):
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

    head = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    return (
        b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + chunk(b"IDAT", zlib.compress(b"\0" * 100)) + chunk(b"IEND", b"")
    )


def test_a_photo_is_shown_upright_without_hidden_data_and_kept_as_it_came():
    data = with_position()
    upload = evidence.check(data, "IMG_1.jpg")
    assert upload.data == data
    assert upload.taken_at.isoformat() == "2026-11-21T09:30:00"
    for copy in (upload.shown, upload.small):
        assert b"SecretCam" not in copy
        assert b"Exif" not in copy
        assert not Image.open(io.BytesIO(copy)).getexif()
        width, height = Image.open(io.BytesIO(copy)).size
        assert height > width  # orientation 6 is on its side
    assert max(Image.open(io.BytesIO(upload.small)).size) <= pictures.SMALL_EDGE


def test_17_a_photo_is_upright_and_its_camera_data_are_read_before_they_stay_behind():
    upload = evidence.check(photographs.turned((1600, 1200)), "IMG_2.jpg")
    assert (upload.width, upload.height) == (1200, 1600)
    assert upload.taken_at.isoformat() == "2026-11-21T09:30:00+08:00"
    assert upload.position == photographs.POSITION
    shown = Image.open(io.BytesIO(upload.shown))
    assert shown.size == (1200, 1600)
    red, green, _ = shown.getpixel((1150, 50))  # the corner that the camera saw at its upper left
    assert red > 200 and green < 60


def test_17_a_heic_picture_is_kept_as_it_came_and_shown_as_jpeg():
    data = photographs.heic()
    upload = evidence.check(data, "IMG_3.HEIC")
    assert (upload.kind, upload.media_type, upload.data) == ("photo", "image/heic", data)
    assert (upload.width, upload.height) == (600, 800)
    assert upload.taken_at.isoformat() == "2026-11-21T09:30:00+08:00"
    assert upload.position == photographs.POSITION
    for copy in (upload.shown, upload.small):
        picture = Image.open(io.BytesIO(copy))
        assert picture.format == "JPEG" and picture.height > picture.width
        assert not picture.getexif() and b"SecretCam" not in copy
    red, green, _ = Image.open(io.BytesIO(upload.shown)).getpixel((570, 30))
    assert red > 200 and green < 60


def test_a_heic_picture_that_is_too_large_says_so():
    with pytest.raises(heic.TooManyPixels):
        heic.upright(photographs.heic((64, 64)), pixel_limit=1000)


def test_a_decoder_that_dies_costs_its_picture_only(monkeypatch):
    monkeypatch.setattr(heic, "MEMORY", 1)
    monkeypatch.setattr(heic, "SECONDS", 0.001)
    with pytest.raises(Problem) as refused:
        evidence.check(photographs.heic((64, 64)), "IMG.HEIC")
    assert refused.value.code == "upload-damaged"


@pytest.mark.parametrize(
    ("latitude", "longitude", "place"),
    [
        (((25.0, 2.0, 3.0), "S"), ((121.0, 30.0, 3.0), "W"), "-25.034167,-121.500833"),
        (((0.0, 0.0, 0.0), "N"), ((0.0, 0.0, 0.0), "E"), None),
        (((95.0, 0.0, 0.0), "N"), ((0.0, 0.0, 1.0), "E"), None),
        (((25.0, 2.0), "N"), ((121.0, 30.0, 3.0), "E"), None),
    ],
)
def test_a_position_is_one_on_the_globe_or_none(latitude, longitude, place):
    exif = Image.Exif()
    found = exif.get_ifd(ExifTags.IFD.GPSInfo)
    found[ExifTags.GPS.GPSLatitude], found[ExifTags.GPS.GPSLatitudeRef] = latitude
    found[ExifTags.GPS.GPSLongitude], found[ExifTags.GPS.GPSLongitudeRef] = longitude
    assert evidence.check(jpeg((40, 30), exif=exif), "x.jpg").position == place


def test_a_picture_with_glass_in_it_stands_on_white():
    out = io.BytesIO()
    Image.new("RGBA", (40, 30), (0, 0, 0, 0)).save(out, "PNG")
    assert Image.open(io.BytesIO(evidence.check(out.getvalue(), "x.png").shown)).getpixel((5, 5)) == (255, 255, 255)


@pytest.mark.parametrize("form", ["PNG", "WEBP"])
@pytest.mark.parametrize("mode", ["RGB", "RGBA", "L", "P"])
def test_every_kind_of_picture_becomes_a_jpeg_to_show(form, mode):
    out = io.BytesIO()
    Image.new(mode if form == "PNG" or mode in ("RGB", "RGBA") else "RGB", (40, 30)).save(out, form)
    upload = evidence.check(out.getvalue(), "x")
    assert Image.open(io.BytesIO(upload.shown)).format == "JPEG"


@pytest.mark.parametrize(
    ("data", "name", "code"),
    [
        (b"", "empty.jpg", "upload-empty"),
        (b"MZ" + b"\0" * 600, "photo.jpg", "upload-program"),
        (b"<html><script>alert(1)</script></html>", "photo.png", "upload-page"),
        (b"<svg xmlns='http://www.w3.org/2000/svg'/>", "drawing.svg", "upload-page"),
        (jpeg()[:300], "cut.jpg", "upload-damaged"),
        (b"\xff\xd8\xff" + b"\0" * 500, "fake.jpg", "upload-damaged"),
        (b"\0\0\0\x18ftypheic\0\0\0\0mif1heic" + b"\0" * 300, "IMG.HEIC", "upload-damaged"),
        (photographs.heic()[:2000], "cut.heic", "upload-damaged"),
        (b"\0\0\0\x1cftypavif\0\0\0\0avifmif1miaf" + b"\0" * 300, "new.avif", "upload-kind"),
        (office_file("word/vbaProject.bin"), "macro.docx", "upload-macros"),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_what_is_no_evidence_is_refused_by_name(data, name, code):
    with pytest.raises(Problem) as refused:
        evidence.check(data, name)
    assert refused.value.code == code
    assert refused.value.facts["name"] == name


def test_a_picture_that_would_unfold_to_gigabytes_is_never_unfolded():
    with pytest.raises(TooLarge):
        evidence.check(bomb(), "bomb.png")


def test_a_document_that_would_unfold_to_gigabytes_is_refused():
    with pytest.raises(TooLarge):
        evidence.check(office_file("word/document.xml", b"\0" * (evidence.UNPACKED_LIMIT + 1)), "bomb.docx")


def test_too_many_bytes_are_refused():
    with pytest.raises(TooLarge):
        evidence.check(b"\xff\xd8\xff" + b"\0" * evidence.PHOTO_LIMIT, "big.jpg")


def test_a_pdf_is_a_document():
    assert evidence.check(b"%PDF-1.7\n" + b"x" * 300, "roster.pdf").kind == "document"


@pytest.mark.parametrize(
    ("given", "kept"),
    [
        ("../../etc/passwd", "passwd"),
        ("C:\\Users\\x\\roster.pdf", "roster.pdf"),
        ("a\u202egpj.exe", "agpj.exe"),
        ("..", "file"),
        ("", "file"),
        ("名" * 200 + ".jpg", "名" * 116 + ".jpg"),
    ],
)
def test_a_file_name_is_only_a_name(given, kept):
    assert evidence.safe_name(given) == kept


# -- in the database ------------------------------------------------------------------------------------------------


@pytest.fixture
def photo():
    return evidence.check(with_position(), "IMG_1.jpg")


def test_the_same_file_twice_is_one(db_session, office, photo):
    visit, inspector = office.handed_out(), office.actor("inspector")
    first = store.add_evidence(inspector, visit, "SAF01", photo)
    assert store.add_evidence(inspector, visit, "SAF01", photo) is first
    assert store.add_evidence(inspector, visit, CLOSING, photo) is not first
    assert len(store.evidence_of(visit)) == 2
    assert files.get(first.digest) == photo.data
    assert first.taken_at.isoformat() in ("2026-11-21T01:30:00+00:00", "2026-11-21T09:30:00+08:00")


def test_evidence_belongs_to_an_item_of_the_checklist(db_session, office, photo):
    with pytest.raises(NotFound):
        store.add_evidence(office.actor("inspector"), office.handed_out(), "XXX99", photo)


def test_evidence_is_struck_through_with_a_reason_and_stays(db_session, office, photo):
    visit, inspector = office.handed_out(), office.actor("inspector")
    row = store.add_evidence(inspector, visit, "SAF01", photo)
    with pytest.raises(Problem):
        store.strike(inspector, visit, row, " ")
    store.strike(inspector, visit, row, "Wrong hall")
    with pytest.raises(Conflict):
        store.strike(inspector, visit, row, "Again")
    assert store.evidence_of(visit, struck=False) == []
    assert files.get(store.evidence_of(visit)[0].digest) == photo.data


def test_an_enterprise_is_shown_a_photo_only_after_somebody_looked_it_through(db_session, office, photo):
    visit, inspector = office.handed_out(), office.actor("inspector")
    shown = store.add_evidence(inspector, visit, "SAF01", photo)
    hidden = store.add_evidence(inspector, visit, "WAG01", photo)
    store.describe(inspector, visit, shown, caption="Exit 3", unrecognisable=True)
    assert store.public_photos(visit) == []
    office.complete(visit)
    store.seal(inspector, visit)
    manager = office.actor("manager")
    with pytest.raises(NotFound):
        store.get_public_photo(manager, shown.id)
    store.mark_released(office.actor("reviewer"), visit)
    assert store.get_public_photo(manager, shown.id)[1] is shown
    for reach in (store.get_public_photo, store.get_evidence):
        with pytest.raises(NotFound):
            reach(manager, hidden.id)
    with pytest.raises(NotFound):
        store.get_public_photo(office.actor("manager2"), shown.id)
    store.describe(office.actor("reviewer"), visit, shown, caption="Exit 3", unrecognisable=False)
    assert store.public_photos(visit) == []


def test_others_neither_add_nor_mark_evidence(db_session, office, photo):
    visit = office.handed_out()
    row = store.add_evidence(office.actor("inspector"), visit, "SAF01", photo)
    with pytest.raises(Refused):
        store.add_evidence(office.actor("inspector2"), visit, "SAF01", photo)
    for who in ("inspector2", "leader", "reviewer"):
        with pytest.raises(Refused):
            store.strike(office.actor(who), visit, row, "x")
