"""The pages of pledges: numbers for leadership, sending a version out, following it, reminding, exporting."""

from datetime import timedelta
from uuid import uuid4

import pytest

from compliance.casework import cases
from compliance.enterprises import store_sendings
from compliance.enterprises.life import Audience
from compliance.shared.database import session
from compliance.shared.spreadsheets import read_rows


@pytest.mark.parametrize("language", ["en", "zh"])
def test_a_version_is_sent_out_followed_and_exported(app, world, sign_in, language):
    client = sign_in("coordinator", language)
    client.get("/pledges/")
    form = client.get("/pledges/send").form("/pledges/send")
    looked = client.post("/pledges/send", {**form, "who": "all"})
    for words in ("code of conduct", "行为准则"):
        assert words in looked.text, "in both languages"
    sent = client.submit(looked, "/pledges/send/confirm")
    again = client.submit(looked, "/pledges/send/confirm")
    assert sent.path == again.path
    shown = client.get(sent.path + "?view=all").text
    assert "示例制衣一厂" in shown
    client.post(sent.path + "/remind")
    sheet = client.get(sent.path + "/members.csv?view=outstanding")
    assert len(read_rows(sheet.response.data, "members.csv").rows) == 3
    assert "2026.1" in sign_in("leader", language).get("/pledges/").text
    assert "remind" not in sign_in("leader", language).get(sent.path).response.text


def test_an_audience_that_changed_since_is_looked_at_again(app, world, sign_in):
    client = sign_in("coordinator")
    form = client.get("/pledges/send").form("/pledges/send")
    looked = client.post("/pledges/send", {**form, "who": "all"})
    refused = client.submit(looked, "/pledges/send/confirm", status=422, seen="2")
    assert "Look at the preview again" in refused.text
    client.post("/pledges/send", {**form, "answer_by": ""}, status=422)


def test_only_those_permitted(sign_in):
    for who in ("inspector", "manager", "reviewer", "administrator"):
        sign_in(who).get("/pledges/", status=403)
    sign_in("leader").get("/pledges/send", status=403)


def test_a_task_that_broke_off_is_shown_and_goes_on(app, world, sign_in):
    with app.app_context():
        who = world.actor("coordinator")
        by = cases.today(who) + timedelta(days=9)
        row = store_sendings.confirm(who, uuid4(), 1, Audience(), by, 3)
        session().commit()
        address = f"/pledges/{row.id}"
    assert "3 members were not written to" in sign_in("leader").get(address).text
    client = sign_in("coordinator")
    client.post(f"{address}/resume")
    assert "not written to" not in client.get(address).text
    with app.app_context():
        row = store_sendings.get(world.actor("coordinator"), row.id)
        assert store_sendings.left_to_write(row, 0) == 0


def test_one_page_of_a_long_sending_and_its_views(sign_in, world, app):
    client = sign_in("coordinator")
    form = client.get("/pledges/send").form("/pledges/send")
    sent = client.submit(client.post("/pledges/send", {**form, "who": "all"}), "/pledges/send/confirm")
    for view in ("outstanding", "pledged", "unreached", "all", "nonsense"):
        client.get(f"{sent.path}?view={view}&page=7")
    client.get("/pledges/00000000-0000-4000-8000-000000000000", status=404)
