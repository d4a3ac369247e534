"""The association's own data and logo."""

import io
from uuid import uuid4

import pytest
from PIL import Image, PngImagePlugin

from compliance.associations import logos, rules, store
from compliance.people.rules import system_actor
from compliance.shared.problems import NotFound, Problem, TooLarge


def picture(kind="PNG", size=(40, 20), mode="RGB", **more):
    out = io.BytesIO()
    Image.new(mode, size, "red" if mode == "RGB" else None).save(out, kind, **more)
    return out.getvalue()


@pytest.mark.parametrize(
    "data", [picture(), picture("JPEG"), picture(mode="RGBA"), picture(mode="P"), picture(mode="L")]
)
def test_a_logo_is_made_anew_as_png(data):
    with Image.open(io.BytesIO(logos.prepared(data))) as made:
        assert made.format == "PNG"
        assert made.size == (40, 20)


def test_what_was_hidden_in_the_picture_is_gone():
    hidden = PngImagePlugin.PngInfo()
    hidden.add_text("Author", "marked name")
    data = picture(pnginfo=hidden) + b"<script>marked trailer</script>"
    assert b"marked" in data
    assert b"marked" not in logos.prepared(data)


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"<svg xmlns='http://www.w3.org/2000/svg'/>",
        b"not a picture",
        picture("GIF"),
        picture("BMP"),
        picture()[:60],
    ],
)
def test_other_files_are_refused(data):
    with pytest.raises(Problem) as caught:
        logos.prepared(data)
    assert caught.value.code == "logo-format"


def test_a_logo_has_a_limit():
    with pytest.raises(TooLarge):
        logos.prepared(b"x" * (logos.MOST_BYTES + 1))
    with pytest.raises((TooLarge, Problem)):
        logos.prepared(picture(size=(20000, 20000), mode="L"))
    with Image.open(io.BytesIO(logos.prepared(picture(size=(3000, 3000))))) as made:
        assert max(made.size) <= 1200


def test_time_zones_are_real_and_the_near_ones_come_first():
    zones = rules.time_zones()
    assert zones[0] == "Asia/Shanghai"
    assert len(zones) == len(set(zones))
    with pytest.raises(Problem):
        rules.require_time_zone("Asia/Nowhere")


def test_names_in_both_languages_are_needed():
    for names in (("", "协会"), ("Association", "")):
        with pytest.raises(Problem):
            rules.require_names(*names)
    assert rules.name_in("Association", "", "zh_Hans_CN") == "Association"


def test_editing_changes_what_was_given_and_nothing_else(db_session, world):
    row = store.edit(world.system, {"name_zh": "示例市企业联合会", "time_zone": "Asia/Urumqi"})
    assert (row.name_zh, row.time_zone, row.phone) == ("示例市企业联合会", "Asia/Urumqi", "0871-00000000")
    with pytest.raises(Problem) as caught:
        store.edit(world.system, {"time_zone": "nonsense"})
    assert caught.value.facts["field"] == "time_zone"


def test_a_logo_for_each_language_and_one_for_both(app, db_session, world):
    assert store.logo(store.get(world.association_id), "en") is None
    row = store.set_logo(world.system, "en", picture())
    assert store.logo(row, "zh_Hans_CN") == store.logo(row, "en")
    store.set_logo(world.system, "zh_Hans_CN", picture(size=(10, 10)))
    assert store.logo(row, "zh_Hans_CN") != store.logo(row, "en")
    row = store.set_logo(world.system, "en", None)
    assert row.logo_digest is None
    assert store.logo(row, "en") is not None


def test_an_unknown_association_is_not_found(db_session, world):
    with pytest.raises(NotFound):
        store.edit(system_actor(uuid4()), {})


GOOD = {
    "name_zh": "示例市企业联合会",
    "name_en": "Example City Federation",
    "short_name_zh": "示企联",
    "address_zh": "示例路2号",
    "address_en": "2 Example Road",
    "phone": "0871-1",
    "email": "office@example.org",
    "time_zone": "Asia/Shanghai",
    "letter_language": "both",
}


def test_an_administrator_changes_them_on_one_page(app, world, sign_in):
    admin = sign_in("administrator")
    page = admin.post("/association", {**GOOD, "logo": (io.BytesIO(picture()), "logo.png")})
    assert page.path == "/association"
    assert "Example City Federation" in page.response.text
    assert admin.http.get("/association/logo/en.png").mimetype == "image/png"
    page = admin.post("/association", {**GOOD, "remove_logo": "y"})
    assert admin.http.get("/association/logo/en.png").status_code == 404


@pytest.mark.parametrize(
    ("changes", "says"),
    [
        ({"name_en": ""}, "required"),
        ({"name_zh": "  "}, "both languages"),
        ({"time_zone": "Asia/Nowhere"}, "valid choice"),
        ({"email": "nonsense"}, "email"),
        ({"short_name_zh": "长" * 13}, "12"),
        ({"logo": (b"<svg/>", "logo.svg")}, "PNG or JPEG"),
    ],
)
def test_what_is_wrong_is_said_and_what_was_typed_is_kept(sign_in, changes, says):
    sent = {name: (io.BytesIO(one[0]), one[1]) if isinstance(one, tuple) else one for name, one in changes.items()}
    page = sign_in("administrator").post("/association", {**GOOD, **sent}, status=422)
    assert says in " ".join(page.errors())
    assert "2 Example Road" in page.response.text


@pytest.mark.parametrize("who", ["leader", "inspector", "manager", "coordinator"])
def test_nobody_else_changes_them(sign_in, who):
    client = sign_in(who)
    client.get("/association", status=403)
    client.post("/association", GOOD, status=403)
