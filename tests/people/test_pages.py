"""Pages about people: members, invitations on paper, ties."""

import re
from uuid import uuid4

import pytest

from compliance.people import store, store_ties
from compliance.people.rules import Role
from tests.manners import Client


def code_on(page):
    return re.search(r"[0-9A-Z]{4}(?:-[0-9A-Z]{4}){3}", page.text).group(0)


def invite(client, **changes):
    given = {"name": "Example Person 示例人员", "roles": ["leader"], "username": "", "email": "", "find": ""}
    return client.post("/people/add", {**given, **changes})


CHOSEN = {
    "name": "Chosen Name 王示例",
    "username": "chosen.name",
    "mobile": "",
    "password": "kettle-harbour-quilt",
    "again": "kettle-harbour-quilt",
}


def test_from_the_invitation_to_the_first_page(app, world, sign_in):
    paper = invite(sign_in("administrator"))
    code = code_on(paper)
    guest = Client(app.test_client())
    for _ in range(3):  # mail programs and chats open links, too
        page = guest.get(f"/invitation/{code}")
        assert "Example City Employers' Association" in page.text
    guest.http.head(f"/invitation/{code}")
    page = guest.submit(page, "/invitation/", **CHOSEN)
    assert "Chosen Name 王示例" in page.text
    guest.get("/account")
    Client(app.test_client()).get(f"/invitation/{code}", status=404)


def test_a_code_typed_from_paper_works_as_the_link_does(app, sign_in):
    code = code_on(invite(sign_in("administrator")))
    guest = Client(app.test_client())
    page = guest.post("/invitation", {"code": code.replace("-", " ").lower()})
    assert page.path == f"/invitation/{code}"
    page = guest.post("/invitation", {"code": "0000-0000-0000-0000"}, status=422)
    assert "not valid" in " ".join(page.errors())


def test_what_was_typed_is_kept_when_something_is_wrong(app, world, sign_in):
    code = code_on(invite(sign_in("administrator")))
    guest = Client(app.test_client())
    for changes, says in (
        ({"again": "other"}, "differ"),
        ({"username": "inspector"}, "already taken"),
        ({"username": "!"}, "3 to 64"),
        ({"password": "short", "again": "short"}, "at least 10"),
        ({"mobile": "12"}, "mobile"),
    ):
        page = guest.post(f"/invitation/{code}", {**CHOSEN, **changes}, status=422)
        assert says in " ".join(page.errors())
        assert "Chosen Name 王示例" in page.response.text
    guest.post(f"/invitation/{code}", CHOSEN)


def test_whoever_is_signed_in_cannot_use_up_somebody_else_s_invitation(app, sign_in):
    admin = sign_in("administrator")
    code = code_on(invite(admin))
    page = admin.get(f"/invitation/{code}")
    assert "sign out first" in page.text
    admin.post(f"/invitation/{code}", CHOSEN, status=403)
    Client(app.test_client()).get(f"/invitation/{code}")


def test_a_manager_is_invited_for_an_enterprise_found_by_search(app, world, sign_in):
    coordinator = sign_in("coordinator")
    typed = {"name": "Example Manager", "roles": ["manager"], "find": "制衣", "look": "1"}
    page = coordinator.post("/people/add", typed)
    assert page.h1 == "Add a person"
    assert "Example Manager" in page.response.text
    assert "示例制衣一厂" in page.text
    assert "Noise" not in page.text
    paper = invite(coordinator, roles=["manager"], enterprises=[str(world.enterprises[0])])
    assert "示例制衣一厂" in paper.text
    guest = Client(app.test_client())
    guest.post(f"/invitation/{code_on(paper)}", CHOSEN)
    with app.app_context():
        person = store.by_identity("chosen.name")
        assert store.actor_of(person.id, "", "en").enterprise_ids == {world.enterprises[0]}


@pytest.mark.parametrize(
    ("who", "changes", "says"),
    [
        ("coordinator", {"roles": ["administrator"]}, "not a valid choice"),
        ("administrator", {"roles": []}, "at least one role"),
        ("administrator", {"roles": ["manager"]}, "needs an enterprise"),
        ("administrator", {"name": ""}, "required"),
        ("administrator", {"email": "no address"}, "not an e-mail"),
        ("administrator", {"username": "inspector"}, "already taken"),
    ],
)
def test_an_invitation_that_makes_no_sense_is_refused_in_words(sign_in, who, changes, says):
    given = {"name": "Example Person", "roles": ["leader"], "username": "", "email": "", "find": ""}
    page = sign_in(who).post("/people/add", {**given, **changes}, status=422)
    assert says in " ".join(page.errors())


def test_an_enterprise_of_another_association_cannot_be_smuggled_in(app, world, sign_in):
    given = {"name": "Example Person", "roles": ["manager"], "enterprises": [str(uuid4())]}
    page = sign_in("administrator").post("/people/add", given, status=422)
    assert "needs an enterprise" in " ".join(page.errors())


def test_with_a_user_name_the_account_exists_at_once(app, world, sign_in):
    paper = invite(sign_in("administrator"), username="at.once")
    assert "new password" in paper.h1
    with app.app_context():
        person = store.by_identity("at.once")
        assert person.password is None
        assert store.roles_of([person.id])[person.id] == [Role.leader]
    guest = Client(app.test_client())
    guest.post("/sign-in", {"identity": "at.once", "password": ""}, status=422)
    guest.post(f"/invitation/{code_on(paper)}", {"password": CHOSEN["password"], "again": CHOSEN["again"]})
    assert "at.once" in guest.get("/account").text


def test_the_paper_shows_its_code_only_to_whoever_made_it(app, world, sign_in):
    admin = sign_in("administrator")
    paper = invite(admin)
    code, address = code_on(paper), paper.path
    picture = admin.http.get(f"{address}/qr.svg")
    assert picture.mimetype == "image/svg+xml"
    assert code in admin.get(address).text
    admin.post("/sign-out")
    again = sign_in("administrator")
    assert code not in again.get(address).text
    assert again.http.get(f"{address}/qr.svg").status_code == 404
    sign_in("coordinator").get(address, status=404)


def test_a_withdrawn_invitation_is_closed(app, sign_in):
    admin = sign_in("administrator")
    paper = invite(admin)
    page = admin.post(f"{paper.path}/withdraw")
    assert "Withdrawn" in page.text
    Client(app.test_client()).get(f"/invitation/{code_on(paper)}", status=404)
    admin.post(f"{paper.path}/withdraw", status=409)


def test_the_list_of_people_is_searched_and_filtered(page):
    assert "Reviewer One" in page("administrator", "/people").text
    found = page("administrator", "/people", q="reviewer", role="reviewer", state="open")
    assert "Reviewer One" in found.text
    assert "Leader One" not in found.text
    assert "Nobody fits" in page("administrator", "/people", q="nobody such").text
    assert page("administrator", "/people", page="999", role="nonsense").status == 200


def test_a_coordinator_reads_the_list_and_changes_nobody(page):
    found = page("coordinator", "/people")
    assert "Reviewer One" in found.text
    assert not [link for link in found.links("/people/") if link not in ("/people/add", "/people/invitations")]
    page("inspector", "/people", status=403)


def test_roles_names_and_the_account_are_changed_on_a_person_s_page(app, world, sign_in):
    admin = sign_in("administrator")
    address = f"/people/{world.people['inspector2']}"
    admin.post(f"{address}/roles", {"roles": ["inspector", "reviewer"]})
    admin.post(f"{address}/names", {"name": "New Name", "username": "new.name", "email": "n@example.org", "mobile": ""})
    page = admin.get(address)
    assert page.h1 == "New Name"
    page = admin.post(f"{address}/names", {"name": "N", "username": "inspector", "email": "", "mobile": ""}, status=422)
    assert "already taken" in " ".join(page.errors())
    other = sign_in("inspector2")
    assert other.get("/account").path == "/account"
    admin.post(f"{address}/close")
    assert other.get("/account").path == "/sign-in"
    assert "Account closed" in admin.get(address).text
    admin.post(f"{address}/reopen")
    assert "Account open" in admin.get(address).text


def test_the_only_administrator_is_told_why_not(world, sign_in):
    admin = sign_in("administrator")
    address = f"/people/{world.people['administrator']}"
    page = admin.post(f"{address}/roles", {"roles": ["leader"]}, status=422)
    assert "only administrator" in page.text
    admin.post(f"{address}/close", status=403)


def test_binding_makes_a_manager(app, world, sign_in):
    admin = sign_in("administrator")
    address = f"/people/{world.people['leader']}"
    assert "示例鞋业二厂" in admin.get(address, q="鞋业").text
    admin.post(f"{address}/enterprises", {"enterprise": str(world.enterprises[1])})
    with app.app_context():
        assert Role.manager in world.actor("leader").roles
    admin.post(f"{address}/enterprises", {"enterprise": str(world.enterprises[1])}, status=409)
    admin.post(f"{address}/enterprises/{world.enterprises[1]}/end")
    admin.post(f"{address}/enterprises/{world.enterprises[1]}/end", status=404)
    for wrong in (str(uuid4()), "nonsense", ""):
        admin.post(f"{address}/enterprises", {"enterprise": wrong}, status=404)


def test_staff_declare_their_own_ties_and_cannot_end_them(app, world, sign_in):
    leader = sign_in("leader")
    page = leader.get("/account/ties", q="制衣")
    assert "示例制衣一厂" in page.text
    page = leader.post("/account/ties", {"enterprise": str(world.enterprises[0]), "kind": "owner", "note": "10 %"})
    assert "Owner or shareholder" in page.text
    with app.app_context():
        assert world.actor("leader").tied_ids == {world.enterprises[0]}
        tie = store_ties.ties(store.get(world.system, world.people["leader"]))[0].id
    again = leader.post("/account/ties", {"enterprise": str(world.enterprises[0]), "kind": "kin"}, status=422)
    assert "already declared" in again.text
    leader.post("/account/ties", {"kind": "kin"}, status=422)
    leader.post("/account/ties", {"enterprise": str(uuid4()), "kind": "kin"}, status=422)
    leader.post(f"/people/{world.people['leader']}/ties/{tie}/end", status=403)
    admin = sign_in("administrator")
    admin.post(f"/people/{world.people['leader']}/ties/{tie}/end")
    with app.app_context():
        assert world.actor("leader").tied_ids == frozenset()


def test_an_administrator_cannot_end_a_tie_of_their_own(app, world, sign_in):
    admin = sign_in("administrator")
    own = f"/people/{world.people['administrator']}"
    page = admin.post(f"{own}/ties", {"enterprise": str(world.enterprises[0]), "kind": "competitor"})
    assert "Competitor" in page.text
    assert not [
        a for a in page.document.iter("form") if "/ties/" in (a.get("action") or "") and "end" in a.get("action")
    ]


def test_a_code_for_somebody_who_forgot_the_password(app, world, sign_in):
    admin = sign_in("administrator")
    paper = admin.post(f"/people/{world.people['inspector']}/code")
    guest = Client(app.test_client())
    page = guest.get(f"/invitation/{code_on(paper)}")
    assert page.h1 == "Choose a new password"
    page = guest.submit(page, "/invitation/", password="kettle-harbour-quilt", again="kettle-harbour-quilt")
    assert "inspector" in guest.get("/account").text


def test_one_s_own_contact_data(app, world, sign_in):
    client = sign_in("inspector")
    client.post("/account", {"email": "One@Example.org", "mobile": "138 0013 8000"})
    with app.app_context():
        person = store.by_identity("+8613800138000")
        assert person.email == "one@example.org"
    page = sign_in("reviewer").post("/account", {"email": "one@example.org", "mobile": ""}, status=422)
    assert "Somebody else" in " ".join(page.errors())


@pytest.mark.parametrize("language", ["en", "zh"])
@pytest.mark.parametrize(
    "path",
    ["/people", "/people/add", "/people/invitations", "/account", "/account/password", "/account/ties", "/invitation"],
)
def test_each_page_in_both_languages(page, path, language):
    assert page("administrator", path, language=language).status == 200


def test_a_person_of_another_association_is_not_found(world, sign_in):
    stranger = sign_in("stranger")
    address = f"/people/{world.people['inspector']}"
    stranger.get(address, status=404)
    for action in ("names", "roles", "close", "reopen", "code", "ties", "enterprises"):
        stranger.post(f"{address}/{action}", status=404)


def test_the_picture_holds_nothing_that_runs(sign_in):
    admin = sign_in("administrator")
    paper = invite(admin)
    svg = admin.http.get(f"{paper.path}/qr.svg").text
    assert "<script" not in svg
    assert "style=" not in svg
    assert svg.count("<path") >= 1


def test_a_link_that_does_not_work_leads_to_where_a_code_is_typed(client):
    page = client.get("/invitation/AAAA-BBBB-CCCC-DDDD", 404)
    assert page.errors()
    assert page.form("/invitation")["code"] == "AAAA-BBBB-CCCC-DDDD"
