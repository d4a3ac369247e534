"""The whole job in a real browser, on a published register of factories, in both languages, down to the PDF."""

import io
import re
import subprocess
import time
from pathlib import Path

import pikepdf
import pytest
from PIL import Image
from playwright.sync_api import expect

from compliance.shared.places import PACKAGE
from tests.browser import Person, browser
from tests.web.test_serving import free_port, serve, wait_for
from tests.world import PASSWORD

FACTORIES = PACKAGE.parent.parent / "shared" / "data" / "factories_2.csv"
NAME = "WENZHOU JIETU(AOLUN) SHOES FACTORY"
NOTE_EN = "The second exit was locked with a chain; opened while we were there."
NOTE_ZH = "8月份22名员工休息日加班按150%计发，未安排补休。"

pytestmark = pytest.mark.browser


@pytest.fixture
def address(tmp_path, stage):
    """The product served as in production, on the world."""
    stage.set_up("sqlite")
    stage.copy_to(tmp_path)
    port = free_port()
    (tmp_path / "config.toml").write_text(
        f'mode = "production"\nsecret_key = "{"s" * 40}"\npublic_url = "http://127.0.0.1:{port}"\n'
    )
    server = serve(tmp_path, port)
    try:
        wait_for(port, server)
        yield f"http://127.0.0.1:{port}"
    finally:
        server.terminate()
        server.communicate(timeout=20)


@pytest.mark.parametrize("way", ["plain pages", "tablet"])
def test_from_the_register_to_the_trend(address, tmp_path, way):
    if not FACTORIES.exists():
        pytest.skip("the published factory lists are not beside the project: the whole job is tested where they are")
    with browser() as opened:
        people = {}
        for who, language in (("coordinator", "en"), ("inspector", "zh"), ("reviewer", "en"), ("leader", "zh")):
            people[who] = Person(opened, address, language, (768, 1024) if who == "inspector" else (1024, 768))
            people[who].sign_in(who, PASSWORD)
        import_register(people["coordinator"])
        plan_and_hand_out(people["coordinator"])
        inspector = people["inspector"]
        visit = go_through_the_checklist(inspector) if way == "plain pages" else go_through_on_the_tablet(inspector)
        link = invite_the_manager(people["coordinator"])
        manager = open_account(opened, address, link)
        assert NAME not in manager.page.inner_text("main") or "SAF01" not in manager.page.inner_text("main")
        assert manager.page.goto(f"{address}/visits/{visit}/end").status in (403, 404)
        review_and_release(people["reviewer"], visit)
        read_and_reply(manager)
        letter = letter_of(manager, tmp_path)
        see_the_trend(people["leader"])
        for person in (*people.values(), manager):
            assert person.troubles == []
    assert NAME in letter
    assert re.search(r"〔\d{4}〕\s*1\s*号", letter)
    assert NOTE_ZH.replace("，", "")[:6] in letter.replace("，", "").replace("\n", "")
    assert "chain" in letter
    for never in ("责令", "处罚", "observation", "interview"):
        assert never not in letter


def import_register(person):
    page = person.go("/register/import/")
    page.set_input_files("input[type=file]", str(FACTORIES))
    page.click("main form button.primary")
    page.wait_for_selector("text=What the file does")
    page.click("text=Import as shown")
    for _ in range(60):
        page = person.go("/register/?q=AOLUN")
        if page.locator(f"text={NAME}").count():
            return
        time.sleep(0.25)
    raise AssertionError("the factory is not in the register")


def plan_and_hand_out(person):
    page = person.go("/visits/plan/new?q=AOLUN")
    page.click("a:has-text('Choose')")
    page.select_option("select[name=route]", "targeted")
    page.check("label:has-text('Inspector One') input")
    page.click("main form button.primary")
    page.click("text=Hand out now")
    page.wait_for_selector(".badge")


def go_through_the_checklist(person):
    page = person.go("/visits/?plain=1")
    page.click(f"text={NAME}")
    if page.locator("a[href*='/areas']").count() and "/areas/" not in page.url:
        page.locator("main a[href*='/areas'], main a[href*='/workplace']").first.click()
    visit = re.search(r"/([0-9a-f-]{36})", page.url).group(1)
    base = page.url.split(visit)[0] + visit
    page.goto(f"{base}/workplace")
    page.fill("[name='profile.workers']", "64")
    page.fill("[name='profile.women']", "40")
    page.check("[name='profile.checked']")
    page.click(".dock button.primary")
    for area in ("wages", "safety", "sanitation", "social_security", "punishment"):
        for _round in range(2):  # skip logic may open items after the first save
            page.goto(f"{base}/areas/{area}")
            answer_what_is_open(page)
            page.click(".dock button.save")
            page.wait_for_load_state()
    page.goto(f"{base}/areas/safety")
    find_wrong(page, "SAF01", NOTE_EN, ["observation"], facts=["exit-locked"])
    page.set_input_files("[name='SAF01.file']", picture())
    page.click(".dock button.save")
    page.wait_for_load_state()
    page.goto(f"{base}/areas/wages")
    find_wrong(page, "WAG06", NOTE_ZH, ["document"], workers="22")
    page.click(".dock button.save")
    page.wait_for_load_state()
    page.goto(f"{base}/end")
    page.locator("input[name='closing.outcome'][value=completed]").check(force=True)
    page.locator("input[name='closing.representative_signature'][value=signed]").check(force=True)
    page.fill("[name='closing.representative_name']", "厂长")
    page.locator("[type=checkbox][name='closing.inspector_signature']").check(force=True)
    if page.locator("[name='closing.inspector_name']").input_value() == "":
        page.fill("[name='closing.inspector_name']", "Inspector One")
    page.click(".dock button.primary")
    page.wait_for_load_state()
    assert page.locator(".dock a[href='#seal']").count() == 0, page.inner_text("main")[-1500:]
    page.locator("form[action*='/seal'] button, a[href*='/seal']").first.click()
    page.wait_for_load_state()
    if page.locator("main form[action$='/seal'] button.primary").count():
        page.click("main form[action$='/seal'] button.primary")
        page.wait_for_load_state()
    return visit


def go_through_on_the_tablet(person):
    page = person.go("/visits/")
    page.click(f"text={NAME}")
    page.wait_for_url("**/tablet/visit/**")
    for _chosen_and_once_more in range(2):
        page.wait_for_selector(".keys")
        for digit in "482915":
            page.locator(".keys button", has_text=re.compile(f"^{digit}$")).click()
        page.locator(".keys button.primary").click()
        page.wait_for_timeout(200)
    visit = re.search(r"/([0-9a-f-]{36})", page.url).group(1)
    part_is_open(page, visit, "workplace")
    page.fill("[name='profile.workers']", "64")
    page.fill("[name='profile.women']", "40")
    page.check("[name='profile.checked']")
    for area in ("wages", "safety", "sanitation", "social_security", "punishment"):
        go_to(page, visit, area)
        while (still := page.locator("li.item:visible:not(:has([name$='.verdict']:checked))")).count():
            still.first.locator(".ans.compliant").click()
    go_to(page, visit, "safety")
    find_wrong(page, "SAF01", NOTE_EN, ["observation"], facts=["exit-locked"])
    page.locator("#SAF01 .gallery input").set_input_files(picture())
    expect(page.locator("#SAF01 .thumb")).to_have_count(1, timeout=20000)
    go_to(page, visit, "wages")
    find_wrong(page, "WAG06", NOTE_ZH, ["document"], workers="22")
    go_to(page, visit, "end")
    page.locator("[data-hand-over]").click()
    part_is_open(page, visit, "record")
    draw(page, page.locator("canvas"))
    page.fill("[name='closing.representative_name']", "厂长")
    page.locator("[data-hand-back]").click()
    page.wait_for_selector(".keys")
    for digit in "482915":
        page.locator(".keys button", has_text=re.compile(f"^{digit}$")).click()
    page.locator(".keys button.primary").click()
    part_is_open(page, visit, "end")
    draw(page, page.locator("[data-strokes=inspector_strokes] canvas"))
    expect(page.locator("[data-seal]")).to_be_enabled()
    page.locator("[data-seal]").click()
    expect(page.locator("[data-slot=wish]")).to_have_text(re.compile("封存。$"), timeout=30000)
    return visit


def go_to(page, visit, part):
    page.locator(f"[data-nav={part}]").click()
    part_is_open(page, visit, part)


def part_is_open(page, visit, part):
    expect(page.locator("html")).to_have_attribute("data-ready", f"/tablet/visit/{visit}/{part}", timeout=20000)


def draw(page, canvas):
    canvas.scroll_into_view_if_needed()
    box = canvas.bounding_box()
    x, y = box["x"] + 40, box["y"] + box["height"] / 2
    page.mouse.move(x, y)
    page.mouse.down()
    for step in range(1, 20):
        page.mouse.move(x + step * 7, y + (15 if step % 4 < 2 else -15))
    page.mouse.up()


def answer_what_is_open(page):
    for item in page.locator("li.item").all():
        if item.locator("input[type=radio][value]:checked:not([value=''])").count() == 0:
            item.locator("input[type=radio][value=compliant]").check(force=True)


def find_wrong(page, item, note, ways, facts=(), workers=""):
    row = page.locator(f"li.item[id='{item}']")
    row.locator("input[type=radio][value=non_compliant]").check(force=True)
    row.locator(f"[name='{item}.note']").fill(note)
    for tick in [*(f"known.{way}" for way in ways), *(f"fact.{fact}" for fact in facts)]:
        row.locator(f"label:has([name='{item}.{tick}'])").click()
        expect(row.locator(f"[name='{item}.{tick}']")).to_be_checked()
    if workers:
        row.locator(f"[name='{item}.workers']").fill(workers)


def picture():
    out = io.BytesIO()
    Image.new("RGB", (1600, 1200), "#7f8d99").save(out, "JPEG")
    return {"name": "exit.jpg", "mimeType": "image/jpeg", "buffer": out.getvalue()}


def invite_the_manager(person):
    page = person.go("/people/add")
    page.fill("[name=name]", "Factory Manager")
    page.check("[name=roles][value=manager]")
    page.fill("[name=find]", "AOLUN")
    page.click("button[name=look]")
    page.check("[name=enterprises]")
    page.click(".form-end button.primary")
    return page.inner_text("#link")


def open_account(opened, address, link):
    preview = Person(opened, address)
    preview.go(link)  # a messenger's preview uses nothing up
    manager = Person(opened, address, "zh", (390, 844))
    page = manager.go(link)
    page.fill("[name=username]", "jietu")
    page.fill("[name=password]", "amber-Lake-58-stone")
    page.fill("[name=again]", "amber-Lake-58-stone")
    page.click("main form .form-end button.primary")
    page.wait_for_load_state()
    if "/sign-in" in page.url:
        manager.sign_in("jietu", "amber-Lake-58-stone")
    manager.go("/own/")
    return manager


def review_and_release(person, visit):
    page = person.go("/reviews/")
    page.click(f"text={NAME}")
    page.check("[name=clear]")
    page.click("section#photos button")
    page.select_option("#language-of-letter", "both")
    page.click("form:has(#language-of-letter) button")
    page.wait_for_load_state()
    preview = person.context.request.get(
        person.address + page.locator("a[href*='/letter/preview']").get_attribute("href")
    )
    assert preview.headers["content-type"] == "application/pdf"
    assert b"%PDF" in preview.body()[:8]
    page.check("[name=confirm]")
    page.click("section#release button.primary")
    page.wait_for_load_state()
    assert page.locator(".flash.success, .flash.message, .note.good").count(), page.inner_text("main")[:800]


def read_and_reply(manager):
    page = manager.go("/own/")
    assert page.locator("html").get_attribute("lang") == "zh-Hans"
    page.locator("a[href$='/findings']").first.click()
    page.locator("main a[href*='/own/findings/']").first.click()
    page.locator("[name=position][value=agree]").check(force=True)
    page.fill("form[action$='/reply'] [name=text]", "情况属实，已当场开启，后续加装推闩。")
    page.click("form[action$='/reply'] button.primary")
    page.wait_for_load_state()
    assert "情况属实" in page.inner_text("main")


def letter_of(manager, folder: Path):
    for _ in range(80):
        page = manager.go("/own/")
        links = page.locator("a[href$='.pdf']")
        if links.count():
            answer = manager.context.request.get(manager.address + links.first.get_attribute("href"))
            if answer.ok:
                file = folder / "letter.pdf"
                file.write_bytes(answer.body())
                with pikepdf.open(file) as pdf:
                    assert "/StructTreeRoot" in pdf.Root
                    assert len(pdf.pages) >= 2
                return subprocess.run(
                    ["pdftotext", "-layout", str(file), "-"], capture_output=True, text=True, check=True
                ).stdout
        time.sleep(0.5)
    raise AssertionError("the letter was not printed")


def see_the_trend(leader):
    page = leader.go("/trends/")
    text = page.inner_text("main")
    assert "1" in text
    assert page.locator("svg.chart, .figure").count()
