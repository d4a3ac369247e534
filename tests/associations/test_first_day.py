"""The first day of a real association: from an empty folder to the to-do list."""

import io
import os
import re
import stat
import tomllib

import click
import pyotp
import pytest
from click.testing import CliRunner
from flask.cli import FlaskGroup
from sqlmodel import select

from compliance.people import commands, store
from compliance.people import store_invitations as invitations
from compliance.people.rules import Role, system_actor
from compliance.shared import audit, clock, trail_values
from compliance.shared.database import db, session
from compliance.web import run, settings
from compliance.web.app import create_app
from tests.associations.test_associations import GOOD, picture
from tests.manners import Client

PERSON = {
    "name": "First Administrator 首任管理员",
    "username": "first.admin",
    "mobile": "",
    "password": "kettle-harbour-quilt",
    "again": "kettle-harbour-quilt",
}


def console(**overrides):
    group = FlaskGroup(
        name="compliance",
        create_app=lambda: create_app(settings.load(queue_url="memory:"), TESTING=True, **overrides),
        add_default_commands=False,
        add_version_option=False,
    )
    migrate = click.Command("migrate", callback=run.migrate.callback)
    for command in (commands.setup, commands.admin, migrate):
        group.add_command(command)
    return group


@pytest.fixture
def folder(tmp_path, monkeypatch):
    monkeypatch.setenv("COMPLIANCE_INSTANCE", str(tmp_path / "instance"))
    return tmp_path / "instance"


def on_console(*arguments):
    return CliRunner().invoke(console(), list(arguments), catch_exceptions=False)


def code_in(output):
    return re.search(r"[0-9A-Z]{4}(?:-[0-9A-Z]{4}){3}", output).group(0)


@pytest.fixture
def first_app(folder):
    answer = on_console("setup", "--public-url", "https://visits.example.org/")
    assert answer.exit_code == 0, answer.output
    app = create_app(settings.load(queue_url="memory:"), TESTING=True)
    yield app, code_in(answer.output)
    with app.app_context():
        db.engine.dispose()


def second_step(client):
    """Set up an authenticator app, which the first administrator needs."""
    page = client.get("/account/authenticator").response.text
    secret = re.search(r'<code class="secret">([A-Z2-7 ]+)</code>', page)[1].replace(" ", "")
    code = pyotp.TOTP(secret).at(clock.now())
    client.http.post("/account/authenticator", data={"code": code, "csrf_token": client.token()})


def test_setup_writes_a_secret_that_only_its_owner_reads(folder, first_app):
    file = folder / "config.toml"
    kept = tomllib.loads(file.read_text())
    assert kept["mode"] == "production"
    assert kept["public_url"] == "https://visits.example.org"
    assert len(kept["secret_key"]) >= 32
    assert stat.S_IMODE(os.stat(file).st_mode) == 0o600


def test_setup_again_keeps_the_secret_and_makes_a_new_code(folder, first_app):
    app, old = first_app
    before = (folder / "config.toml").read_text()
    answer = on_console("setup")
    assert (folder / "config.toml").read_text() == before
    new = code_in(answer.output)
    with app.app_context():
        assert invitations.open_by_code(new)
        with pytest.raises(Exception, match="not valid"):
            invitations.open_by_code(old)


@pytest.mark.parametrize("address", ["visits.example.org", "ftp://x", 'https://x"\nmode = "demo'])
def test_a_wrong_address_writes_nothing(folder, address):
    answer = on_console("setup", "--public-url", address)
    assert answer.exit_code != 0
    assert not (folder / "config.toml").exists()


def test_the_first_page_makes_the_association_and_its_administrator(first_app):
    app, code = first_app
    client = Client(app.test_client())
    page = client.get("/")
    assert page.path == "/setup"
    page = client.post("/setup", {**GOOD, **PERSON, "code": code, "logo": (io.BytesIO(picture()), "l.png")})
    assert page.path == "/account/access", "who reads so much needs a second step"
    second_step(client)
    page = client.get("/start")
    assert "Example City Federation" in page.text
    with app.app_context():
        person = store.by_identity("first.admin")
        actor = store.actor_of(person.id, "", "en")
        assert actor.roles == {Role.administrator}
        assert store.association(actor).name_zh == "示例市企业联合会"
        assert audit.first_broken_line() is None
    other = Client(app.test_client())
    other.get("/setup", status=404)
    other.post("/setup", {**GOOD, **PERSON, "code": code}, status=404)
    assert other.get("/").path == "/sign-in"
    answer = on_console("setup")
    assert "already" in answer.output


@pytest.mark.parametrize(
    ("changes", "says"),
    [
        ({"code": "0000-0000-0000-0000"}, "not valid"),
        ({"code": ""}, "required"),
        ({"name_zh": ""}, "required"),
        ({"username": "!"}, "3 to 64"),
        ({"again": "other"}, "differ"),
        ({"password": "short", "again": "short"}, "at least 10"),
        ({"time_zone": "Nowhere"}, "valid choice"),
    ],
)
def test_nothing_is_half_done_when_something_is_wrong(first_app, changes, says):
    app, code = first_app
    client = Client(app.test_client())
    client.get("/setup")
    page = client.post("/setup", {**GOOD, **PERSON, "code": code, **changes}, status=422)
    assert says in " ".join(page.errors())
    assert "2 Example Road" in page.response.text
    with app.app_context():
        assert not store.any_administrator()
        assert session().connection().exec_driver_sql("SELECT name_zh FROM association").scalar() == ""
    client.post("/setup", {**GOOD, **PERSON, "code": code})


def test_the_first_page_in_chinese(first_app):
    app, _code = first_app
    page = Client(app.test_client(), "zh").get("/setup")
    assert page.h1 == "设置协会"


def test_an_administrator_who_is_locked_out_is_let_in_from_the_console(first_app):
    app, code = first_app
    client = Client(app.test_client())
    client.post("/setup", {**GOOD, **PERSON, "code": code})
    second_step(client)
    answer = on_console("admin", "rescue", "first.admin")
    assert "https://visits.example.org/invitation/" in answer.output
    guest = Client(app.test_client())
    address = f"/invitation/{code_in(answer.output)}"
    guest.post(address, {"password": "another-harbour-quilt", "again": "another-harbour-quilt"})
    assert guest.get("/account").path == "/account/access", "the second step is made anew"
    second_step(guest)
    assert "first.admin" in guest.get("/account").text
    with app.app_context():
        person = store.by_identity("first.admin")
        system = system_actor(person.association_id)
        [made] = [line for line in _lines() if line.verb == "invitation.made"][-1:]
        assert trail_values.opened(trail_values.ADDRESSES, made.address) == "console"
        assert invitations.listed(system) == []


def _lines():
    return list(session().exec(select(audit.AuditLine)))


@pytest.mark.parametrize("name", ["nobody", "first.inspector"])
def test_the_console_lets_in_administrators_only(first_app, name):
    app, code = first_app
    Client(app.test_client()).post("/setup", {**GOOD, **PERSON, "code": code})
    with app.app_context():
        admin = store.by_identity("first.admin")
        system = system_actor(admin.association_id)
        store.create_person(system, "Inspector", "first.inspector", "kettle-harbour-quilt", [Role.inspector])
        session().commit()
    answer = on_console("admin", "rescue", name)
    assert answer.exit_code == 1
    assert "no administrator" in answer.output


def test_the_to_do_list_knows_what_is_done(page, world):
    found = page("administrator", "/start")
    assert "The register of members is imported" in found.text
    done = [li for li in found.document.iter("li") if li.get("class") == "done"]
    assert len(done) >= 7
    page("leader", "/start", status=403)


def test_the_to_do_list_links_only_to_pages_that_its_reader_may_open(page, world):
    found = page("administrator", "/start")
    links = [link.get("href") for link in found.document.iter("a") if (link.get("href") or "").startswith("/")]
    assert "/people" in links
    assert not [link for link in links if link.startswith("/visits")]
    for link in links:
        page("administrator", link)


def test_the_first_administrator_publishes_the_shipped_checklists_without_a_console(first_app):
    app, code = first_app
    client = Client(app.test_client())
    client.post("/setup", {**GOOD, **PERSON, "code": code})
    second_step(client)
    assert client.http.get("/checklists/shipped/spreadsheet").data.startswith(b"PK")
    assert client.get("/checklists/next").links("/checklists/shipped/spreadsheet")
    empty = client.get("/checklists")
    assert "version 1" in client.submit(empty, "/checklists/shipped").text
    assert "65" in client.get("/checklists").text
    client.post("/checklists/shipped", status=409)
