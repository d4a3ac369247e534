"""The pages of the register, as people of each role use them."""

import io
from collections.abc import Callable
from datetime import date
from typing import Any

import pikepdf
import pytest
from flask import Flask

from compliance.enterprises import store
from compliance.shared.spreadsheets import read_rows
from tests.bench.register import code_of
from tests.manners import Client
from tests.world import World

SignIn = Callable[..., Client]


def signed_paper() -> bytes:
    """A small real PDF."""
    with pikepdf.new() as paper:
        paper.add_blank_page()
        data = io.BytesIO()
        paper.save(data)
    return data.getvalue()


@pytest.mark.parametrize("language", ["en", "zh"])
def test_the_list_is_searched_filtered_and_sorted(page: Callable[..., Any], language: str) -> None:
    assert "示例制衣一厂" in page("leader", "/register/", language=language).text
    found = page("inspector", "/register/", language=language, q="slzy", sort="-workers", sector="C18", size="small")
    assert "示例制衣一厂" in found.text
    assert "示例鞋业二厂" not in found.text
    nothing = page("reviewer", "/register/", language=language, q="<script>alert(1)</script> 𠮷")
    assert ("No enterprise fits" if language == "en" else "没有符合条件的企业") in nothing.text
    page("leader", "/register/", language=language, sort="';--", page="-5", size="huge", sector="x", district="abc")
    page("leader", "/register/", language=language, page="two", q="%")


def test_an_empty_register_says_how_to_fill_it(sign_in: SignIn, app: Flask, world: World) -> None:
    with app.app_context():
        from compliance.associations.models import Association
        from compliance.people import store as people
        from compliance.people.rules import Role, system_actor
        from compliance.shared import audit
        from compliance.shared.database import session

        empty = Association(name_en="New", name_zh="新", short_name_zh="新")
        session().add(empty)
        session().flush()
        audit.record(system_actor(empty.id), "association.created", empty)
        person = people.create_person(
            system_actor(empty.id), "N", "newcomer", "plum-Ferry-72-oak", {Role.administrator}
        )
        world.uniquifiers["newcomer"] = person.fs_uniquifier
        session().commit()
    shown = sign_in("newcomer").get("/register/")
    assert "The register is empty" in shown.text
    assert shown.links("/register/import")


@pytest.mark.parametrize("ending", ["csv", "xlsx"])
@pytest.mark.parametrize("language", ["en", "zh"])
def test_the_list_is_downloaded_and_would_change_nothing_if_imported(
    sign_in: SignIn, ending: str, language: str
) -> None:
    client = sign_in("coordinator", language)
    data = client.http.get(f"/register/download.{ending}?q=sl").data
    table = read_rows(data, f"register.{ending}")
    assert len(table.rows) == 3
    looked = client.http.post(
        "/register/import/",
        data={"file": (io.BytesIO(data), f"register.{ending}"), "csrf_token": client.token()},
        follow_redirects=True,
    )
    assert looked.status_code == 200
    assert ("every row is unchanged" if language == "en" else "所有行均无变化") in looked.text


def test_a_manager_sees_the_own_entry_and_nothing_else(sign_in: SignIn, world: World) -> None:
    client = sign_in("manager")
    shown = client.get(f"/register/{world.enterprises[0]}")
    assert "示例制衣一厂" in shown.text
    assert not shown.links("/edit")
    client.get(f"/register/{world.enterprises[1]}", 404)
    client.get("/register/", 403)
    client.get(f"/register/{world.enterprises[0]}/edit", 403)
    client.post(f"/register/workplaces/{world.workplaces[0]}/close", status=403)


def test_an_enterprise_is_added_and_every_fault_is_named(sign_in: SignIn, app: Flask, world: World) -> None:
    client = sign_in("coordinator")
    empty = client.get("/register/new")
    wrong = client.submit(
        empty,
        "/register",
        status=422,
        name="示例·新厂",
        credit_code="123",
        district="nowhere",
        workers="5",
        women="9",
        contact_email="x",
    )
    words = " ".join(wrong.errors())
    for part in ("not a unified social credit code", "not a district code", "more than all workers", "not an e-mail"):
        assert part in words
    assert 'value="示例·新厂"' in wrong.response.text
    assert 'value="nowhere"' in wrong.response.text
    made = client.submit(
        wrong, "/register", name="示例·新厂", credit_code=code_of(9).lower(), district="官渡区", workers="500",
        women="9",
        contact_email="a@example.org", sector="C18",
    )  # fmt: skip
    assert made.h1 == "示例·新厂"
    assert code_of(9) in made.text
    assert "Medium" in made.text
    twice = client.submit(client.get("/register/new"), "/register", status=409, name="Other", credit_code=code_of(9))
    assert "already has the credit code" in " ".join(twice.errors())


def test_long_texts_are_refused_and_kept(sign_in: SignIn) -> None:
    client = sign_in("coordinator")
    wrong = client.submit(
        client.get("/register/new"), "/register", status=422, name="长" * 10_000, member_since="2024-02-30"
    )
    assert "长" * 10_000 in wrong.response.text
    assert len(wrong.errors()) >= 2


def test_a_stale_page_keeps_what_was_typed(sign_in: SignIn, world: World) -> None:
    client = sign_in("coordinator")
    path = f"/register/{world.enterprises[0]}/edit"
    first, second = client.get(path), client.get(path)
    client.submit(first, "/register", address="First road")
    stale = client.submit(second, "/register", status=409, address="Second road")
    assert "Somebody else has changed" in stale.text
    assert "Second road" in stale.response.text
    assert "Second road" in client.submit(stale, "/register").text


def test_workplaces_are_added_changed_and_taken_out_of_use(sign_in: SignIn, world: World) -> None:
    client = sign_in("administrator")
    base = f"/register/{world.enterprises[0]}"
    shown = client.submit(
        client.get(f"{base}/workplaces/new"), "/register", name="Second workshop", workers="5", dormitory="y"
    )
    assert "Second workshop" in shown.text
    assert "Dormitory" in shown.text
    place = next(link for link in shown.links("/register/workplaces/") if str(world.workplaces[0]) not in link)
    wrong = client.submit(client.get(place), "/register", status=422, name="", women="50")
    assert wrong.errors()
    assert "Third workshop" in client.submit(client.get(place), "/register", name="Third workshop").text
    assert "out of use" in client.post(f"{place}/close").text
    assert "only workplace in use" in client.post(f"/register/workplaces/{world.workplaces[0]}/close").text
    assert "in use again" in client.post(f"{place}/reopen").text
    client.get("/register/workplaces/00000000-0000-4000-8000-000000000000", 404)


def test_a_pledge_is_recorded_with_its_paper_and_withdrawn(sign_in: SignIn, app: Flask, world: World) -> None:
    client = sign_in("coordinator")
    base = f"/register/{world.enterprises[0]}"
    form = client.get(f"{base}/pledges/new").form("/register")
    form |= {"signed_on": "2026-01-05", "signed_by": "示例代表"}
    bad = client.post(f"{base}/pledges/new", {**form, "file": (io.BytesIO(b"MZ virus"), "pledge.pdf")}, 422)
    assert "is a program" in " ".join(bad.errors())
    bad = client.post(f"{base}/pledges/new", {**form, "signed_on": "2026-02-30"}, 422)
    assert bad.errors()
    signed = signed_paper()
    shown = client.post(f"{base}/pledges/new", {**form, "file": (io.BytesIO(signed), "承诺书.pdf")})
    assert "In force" in shown.text
    assert "示例代表" in shown.text
    assert "Recorded by Coordinator One" in shown.text
    assert "Recorded by" not in sign_in("manager").get(base).text
    [paper] = shown.links("/file")
    assert client.http.get(paper).data == signed
    assert sign_in("manager").http.get(paper).data == signed
    assert sign_in("manager2").http.get(paper).status_code == 404
    pledge = paper.split("/")[-2]
    early = client.post(f"/register/pledges/{pledge}/withdraw", {"withdrawn_on": "2020-01-01"})
    assert "before the pledge was signed" in early.text
    assert "Withdrawn" in client.post(f"/register/pledges/{pledge}/withdraw", {"withdrawn_on": "2026-02-01"}).text
    with app.app_context():
        assert store.pledge_in_force(world.system, world.enterprises[0], date(2026, 3, 1)) is None


@pytest.mark.parametrize("language", ["en", "zh"])
def test_a_spreadsheet_is_looked_at_confirmed_and_applied(sign_in: SignIn, language: str) -> None:
    client = sign_in("coordinator", language)
    client.get("/register/import/")
    sheet = f"企业名称,统一社会信用代码,mood\n示例导入甲厂,{code_of(21)},x\n示例导入乙厂,123,x\n".encode("gb18030")
    looked = client.post("/register/import/", {"file": (io.BytesIO(sheet), "名册.csv")})
    assert "示例导入甲厂" in looked.text
    assert "123" in looked.text
    assert "mood" in looked.text
    refused = read_rows(client.http.get(looked.links("refused.csv")[0]).data, "refused.csv")
    assert refused.rows[0][0] == "示例导入乙厂"
    assert len(refused.headers) == 6
    assert client.http.get(looked.links("refused.xlsx")[0]).data[:2] == b"PK"
    done = client.submit(looked, "/confirm")
    assert ("Imported on" if language == "en" else "导入。") in done.text
    assert "示例导入甲厂" in client.get("/register/", q="sldrjc").text
    client.post(done.path + "/confirm", status=409)
    sign_in("administrator").get(done.path, 404)


@pytest.mark.parametrize(
    ("data", "words"),
    [
        (b"", "empty"),
        (b"\xd0\xcf\x11\xe0xls", "neither a CSV nor an XLSX"),
        (b"PK\x03\x04x", "damaged"),
    ],
)
def test_a_file_that_cannot_be_read_is_refused_on_the_page(sign_in: SignIn, data: bytes, words: str) -> None:
    page = sign_in("coordinator").post("/register/import/", {"file": (io.BytesIO(data), "a.xlsx")}, 422)
    assert words in " ".join(page.errors())


def test_no_file_is_an_error_too(sign_in: SignIn) -> None:
    assert sign_in("coordinator").post("/register/import/", {}, 422).errors()


@pytest.mark.parametrize("ending", ["csv", "xlsx"])
def test_the_empty_sheet_has_columns_that_are_recognised(sign_in: SignIn, ending: str) -> None:
    data = sign_in("coordinator", "zh").http.get(f"/register/import/template.{ending}").data
    assert read_rows(data, "a").headers[0] == "企业名称"


def test_the_command_imports_a_file(app: Flask, world: World, tmp_path: Any) -> None:
    from compliance.enterprises.commands import group

    file = tmp_path / "list.csv"
    file.write_text("name,size\nFrom the command line,small\nWrong,huge\n", encoding="utf-8")
    run = app.test_cli_runner()
    several = run.invoke(group, ["import", str(file)])
    assert several.exit_code == 1
    assert "Which association?" in several.output
    look = run.invoke(group, ["import", str(file), "--association", str(world.association_id), "--look"])
    assert "1 new" in look.output
    done = run.invoke(group, ["import", str(file), "--association", "示例市民营企业协会"])
    assert done.exit_code == 0
    assert "1 new, 0 changed, 0 unchanged, 1 refused" in done.output
    assert "row 3, size: 'huge'" in done.output
    with app.app_context():
        assert store.search(world.system, "command line").total == 1
