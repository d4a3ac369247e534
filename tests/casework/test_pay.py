"""The pages of the pay sheet: entered, brought from a spreadsheet, reckoned at once, confirmed, and seen by few."""

import io
import random
from datetime import date
from pathlib import Path
from uuid import UUID

import pytest
from openpyxl import load_workbook
from sqlmodel import SQLModel

import compliance
from compliance.casework import release, sealing
from compliance.checklists.rules import Verdict
from compliance.demo import paid
from compliance.letters import store as letters
from compliance.people import store as people
from compliance.people import store_ties
from compliance.people.rules import TieKind
from compliance.shared import ids
from compliance.shared.database import session
from compliance.visits import store as visits
from compliance.wages import columns, store
from tests.casework import made
from tests.casework.test_frozen_letters import read
from tests.wages.test_store import edition, row

WAGE = "2,613.57"


@pytest.fixture
def visit(app, world):
    with app.app_context():
        return made.handed_out(world)


@pytest.fixture
def sealed(app, world):
    with app.app_context():
        return made.sealed(world)


def typed(**more: str) -> dict[str, str]:
    """One month of a worker as the page posts it."""
    month = {
        "month": "2026-03", "contract": "full_time", "basis": "month", "agreed": WAGE, "hours.normal": "174",
        "hours.workday": "20", "pay.base": WAGE, "deductions.fine": "50", "due_on": "2026-04-15",
        "paid_on": "2026-04-15", "insured": "yes",
    } | more  # fmt: skip
    return {"group": "sewing", **{f"0.{field}": value for field, value in month.items()}}


def entered(app, world, visit_id: UUID, *rows, **more):
    with app.app_context():
        actor = world.actor("inspector")
        row_of = visits.get(actor, visit_id)
        store.take_rows(actor, row_of, ids.event_id(), edition(*rows, **more), visits.today(actor))
        session().commit()


def sheet(app, visit_id):
    with app.app_context():
        return store.sheet(visit_id)


def test_the_system_says_which_lines_of_the_payroll_to_take(page, visit):
    shown = page("inspector", f"/pay/{visit}")

    assert "16 lines" in shown.text and "drawn blind" in shown.text
    assert shown.text == page("inspector", f"/pay/{visit}").text, "and says the same the next time"


def test_a_worker_is_entered_month_by_month_and_reckoned_at_once(app, sign_in, visit):
    client = sign_in("inspector")
    client.get(f"/pay/{visit}/new")
    told = client.post(f"/pay/{visit}/W1", typed())

    assert "500.62 yuan" in told.text  # 450.62 of overtime and the fine of 50
    assert "Overtime not paid in full" in told.text and "450.62 yuan" in told.text
    assert "Labour Law, art. 44" in told.text and "Fine" in told.text
    more = client.post(f"/pay/{visit}/W1", typed() | {"more": "1"})
    assert 'value="2026-04"' in more.response.text and 'value="2026-05-15"' in more.response.text
    assert len(sheet(app, visit).rows) == 1, "what is not kept yet is not on the sheet"
    client.post(f"/pay/{visit}/W1", typed() | {"strike": "2026-03"})
    assert sheet(app, visit).rows == ()


def test_what_cannot_be_is_told_beside_its_field_and_nothing_is_lost(app, sign_in, visit):
    told = sign_in("inspector").post(f"/pay/{visit}/W1", typed(**{"pay.base": "lots", "due_on": ""}), status=422)

    assert "An amount is written in digits" in told.text and "The pay day is missing." in told.text
    assert 'value="lots"' in told.response.text and sheet(app, visit).rows == ()
    sign_in("inspector").get(f"/pay/{visit}/LiLan", status=404)


PASTED = {
    "en": "Worker\tMonth\tAgreed wage\tNormal hours\tPay for normal hours\tPay day\tPaid on\tInsured (yes or no)\tx",
    "zh": "员工代号\t月份\t约定工资\t正常工时\t正常工时工资\t约定发薪日\t实际发放日\t是否参保\t备注",
}


@pytest.mark.parametrize("language", PASTED)
def test_rows_are_pasted_from_a_spreadsheet_in_both_languages(app, sign_in, visit, language):
    lines = [
        PASTED[language],
        "W1\t2026-03\t2,613.57\t174\t¥2,600.00\t2026/4/15\t2026年4月20日\t是\t",
        "2\t2026年3月\t2613.57\t174\t2613.57元\t2026-04-15\t\tno\tx",
    ]
    told = sign_in("inspector").post(f"/pay/{visit}/bring", {"pasted": "\r\n".join(lines)})

    assert "Kept under seal." in told.text and "Columns that mean nothing here" in told.text
    first, second = sheet(app, visit).rows
    assert (str(first.record.pay.base), str(first.record.paid_on), first.record.insured) == (
        "2600.00",
        "2026-04-20",
        True,
    )
    assert (second.record.worker, second.record.paid_on, second.record.insured) == ("W2", None, False)


def test_each_bad_cell_is_told_with_its_row_and_nothing_is_taken(app, sign_in, visit):
    lines = [PASTED["en"], "W1\t2026-03\tmuch\t174\t1\t2026-04-15\t\tyes\t", "李兰\tMarch\t1\t800\t1\t\t\tmaybe\t"]
    told = sign_in("inspector").post(f"/pay/{visit}/bring", {"pasted": "\n".join(lines)}, status=422)

    for words in ("much", "李兰", "March", "800", "maybe", "The pay day is missing."):
        assert words in told.text
    assert sheet(app, visit).rows == ()
    for pasted in (
        "",
        "Worker\tMonth\nW1\t2026-03",
        PASTED["en"],
        "\n".join([PASTED["en"], *[lines[1].replace("much", "1")] * 2]),
    ):
        sign_in("inspector").post(f"/pay/{visit}/bring", {"pasted": pasted}, status=422)


@pytest.mark.parametrize("language", ["en", "zh"])
def test_the_template_that_the_employer_fills_in_comes_back(app, sign_in, visit, language):
    client = sign_in("inspector")
    book = load_workbook(io.BytesIO(client.get(f"/pay/template/{language}").response.data))
    page = book.worksheets[0]
    names = [cell.value for cell in page[1]]
    assert names == [of[language == "zh"] for of in columns.COLUMNS.values()]
    filled = {"worker": "W7", "month": "2026-03", "agreed": 2613.57, "pay.base": 2613.57, "due_on": "2026-04-15"}
    page.append([filled.get(field) for field in columns.COLUMNS])
    out = io.BytesIO()
    book.save(out)
    client.post(f"/pay/{visit}/bring", {"file": (io.BytesIO(out.getvalue()), "pay.xlsx")})
    [one] = sheet(app, visit).rows
    assert (one.record.worker, str(one.record.agreed)) == ("W7", "2613.57")


def test_answers_that_follow_are_entered_only_when_confirmed(app, sign_in, world, visit):
    entered(app, world, visit, row(pay={"base": "2600.00"}, paid_on="2026-04-20"))
    client = sign_in("inspector")
    shown = client.get(f"/pay/{visit}")
    assert "Answers that follow" in shown.text and "WAG02" in shown.text
    client.post(f"/pay/{visit}/answers", {"item": ["WAG02", "WAG99"]})
    with app.app_context():
        answers = visits.answers(visits.get(world.actor("inspector"), visit)).answers
    assert answers["WAG02"].verdict is Verdict.non_compliant and answers["WAG02"].quantities == {"days-late": 5}
    assert answers["WAG02"].workers == 1
    assert answers["WAG06"].verdict is Verdict.compliant, "what was not ticked stays as it was"


def test_the_whole_is_told_apart_from_the_sample(app, sign_in, world, visit):
    paid = [2000 + 50 * n for n in range(1, 11)]
    same = {"hours": {"normal": "174"}, "deductions": {}}
    rows = [row(f"W{n}", pay={"base": str(one)}, **same) for n, one in enumerate(paid, 1)]
    entered(app, world, visit, *rows)
    assert "Not estimated: say how many workers each group has" in sign_in("inspector").get(f"/pay/{visit}").text
    told = sign_in("inspector").post(f"/pay/{visit}/groups", {"group": ["sewing", ""], "workers": ["42", ""]})
    exact = 10 * 2613.57 - sum(paid)
    assert f"{exact:,.2f} yuan" in told.text and f"about {exact / 10 * 42:,.2f} yuan" in told.text
    sign_in("inspector").post(f"/pay/{visit}/groups", {"group": ["a", "a"], "workers": ["1", "2"]}, status=422)


def test_a_worker_agrees_to_be_named_and_takes_it_back(app, sign_in, world, visit):
    entered(app, world, visit, row())
    client = sign_in("inspector")
    told = client.post(f"/pay/{visit}/claims", {"worker": "W1", "name": "李兰", "reached": "138 0000 0000"})
    assert "The consent is kept" in told.text and "李兰" not in told.text
    assert "李兰" in client.post(f"/pay/{visit}/claims/open").text
    client.post(f"/pay/{visit}/claims", {"worker": "W1", "name": ""}, status=422)
    with app.app_context():
        [claim] = [one.id for one in store.agreed(visit)]
    client.post(f"/pay/{visit}/claims/{claim}/back")
    assert "李兰" not in client.post(f"/pay/{visit}/claims/open").text


def test_who_reviews_opens_it_and_nobody_else(app, sign_in, world, sealed):
    entered(app, world, sealed, row())
    reviewer = sign_in("reviewer")
    assert "1 entry is kept under seal" in (shown := reviewer.get(f"/pay/{sealed}").text) and "W1" not in shown
    assert "500.62 yuan" in reviewer.post(f"/pay/{sealed}/open").text
    for who in ("coordinator", "leader"):
        client = sign_in(who)
        assert "W1" not in client.get(f"/pay/{sealed}").text
        client.post(f"/pay/{sealed}/open", status=403)
        client.post(f"/pay/{sealed}/claims/open", status=403)
    sign_in("inspector").post(f"/pay/{sealed}/W1", typed(), status=409)
    sign_in("inspector2").get(f"/pay/{sealed}", status=404)
    sign_in("manager").get(f"/pay/{sealed}", status=403)


def test_who_has_a_tie_opens_nothing(app, sign_in, world, sealed):
    entered(app, world, sealed, row())
    with app.app_context():
        reviewer = people.get(world.system, world.people["reviewer"])
        store_ties.declare(world.system, reviewer, world.enterprises[0], TieKind.owner)
        session().commit()
    sign_in("reviewer").post(f"/pay/{sealed}/open", status=404)


def test_every_page_speaks_chinese(app, world, page, visit):
    entered(app, world, visit, row(), groups=[{"group": "缝纫", "workers": 20}])
    for path in ("", "/W1", "/bring"):
        assert "工资" in page("inspector", f"/pay/{visit}{path}", language="zh_Hans_CN").text


def test_no_row_and_no_sum_stands_in_a_letter_a_page_of_the_manager_or_anywhere_in_clear(app, sign_in, world):
    with app.app_context():
        visit = made.handed_out(world)
    rows = [row(f"W{n}", agreed="2613.57", pay={"base": "2111.11"}, deductions={"fine": "77.77"}) for n in range(1, 10)]
    entered(app, world, visit, *rows, groups=[{"group": "Halle-Nord", "workers": 9}])
    client = sign_in("inspector")
    shown = client.get(f"/pay/{visit}").text
    client.post(f"/pay/{visit}/answers", {"item": ["WAG02", "WAG06", "WAG09"]})
    client.post(f"/pay/{visit}/claims", {"worker": "W1", "name": "李兰"})
    with app.app_context():
        inspector = world.actor("inspector")
        seen = [made.short(item) for item in ("WAG02", "WAG06", "WAG09")]
        visits.enter_answers(inspector, visits.get(inspector, visit), seen)
        sealing.seal(inspector, visit)
        made.safe(world)
        session().commit()
    (there,) = set(sign_in("reviewer").get(f"/reviews/{visit}").links("/pay/"))
    assert there == f"/pay/{visit}"
    with app.app_context():
        letter = release.release(world.actor("reviewer"), visit)
        session().commit()
        printed = read(letters.pdf(letter))
        assert "WAG02" in printed or "工资" in printed
        session().rollback()
        for secret in ("2613.57", "2,613.57", "2111.11", "77.77", "Halle-Nord", "李兰", "W10", "W9"):
            assert secret not in printed, secret
        secrets = ["2613.57", "2,613.57", "2111.11", "2,111.11", "77.77", "Halle-Nord", "李兰"]
        with session().get_bind().connect() as connection:
            for table in SQLModel.metadata.sorted_tables:
                for line in connection.execute(table.select()):
                    said = str([one for one in line if not isinstance(one, bytes)])
                    clear = b"".join(one for one in line if isinstance(one, bytes))
                    for secret in secrets:
                        assert secret not in said and secret.encode() not in clear, (table.name, secret)
    total = shown.split(" yuan")[0].rsplit(" ", 1)[-1]
    manager = sign_in("manager")
    for path in ("/", "/own", f"/own/visits/{visit}"):
        told = manager.get(path).text
        assert total not in told and not any(secret in told for secret in secrets)


def test_nothing_but_its_own_pages_reads_pay_sheets():
    package = Path(compliance.__file__).parent
    readers = {
        str(path.relative_to(package))
        for path in package.rglob("*.py")
        if "compliance.wages" in path.read_text(encoding="utf-8") and path.parent.name != "wages"
    }
    assert readers <= {"casework/paying.py", "casework/views/pay.py", "demo/paid.py", "casework/tablet_pay.py"}


def test_the_demo_has_a_sheet_that_says_something(app, world, page, visit):
    with app.app_context():
        inspector = world.actor("inspector")
        paid.pay(inspector, visits.get(inspector, visit), 60, date(2026, 11, 20), random.Random(7))
        session().commit()
    shown = page("inspector", f"/pay/{visit}").text
    assert "W10" in shown and "about" in shown and "Overtime not paid in full" in shown
