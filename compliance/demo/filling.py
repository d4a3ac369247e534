"""Filling the demo: once by itself when it is served, anew on demand."""

import shutil
import sys
import time
from datetime import datetime, timedelta
from datetime import time as moment
from pathlib import Path

import click
from flask import Flask

from compliance.associations import store as associations
from compliance.checklists import parse
from compliance.checklists import store as checklists
from compliance.demo import days, life, office, outsider, story
from compliance.demo.enterprises import invented
from compliance.people import store as people
from compliance.people import store_access
from compliance.people import store_ties as ties
from compliance.people.rules import Role, TieKind, system_actor
from compliance.shared import clock, jobs, places
from compliance.shared.database import db, session

ASSOCIATION = {
    "name_en": "Example City Private Employers' Association",
    "name_zh": "示例市民营企业协会",
    "short_name_zh": "示民协",
    "address_en": "1 Example Road, Example City",
    "address_zh": "示例市示例路1号",
    "phone": "0871-00000000",
    "email": "office@example.org",
    "letter_language": "zh_Hans_CN",
}
# (user name, name in words, roles, index of the managed enterprise)
PEOPLE = (
    ("inspector", "走访员甲 Inspector A", {Role.inspector}, None),
    ("inspector2", "走访员乙 Inspector B", {Role.inspector}, None),
    ("inspector3", "走访员丙 Inspector C", {Role.inspector}, None),
    ("reviewer", "复核员 Reviewer", {Role.reviewer}, None),
    ("coordinator", "协调员 Coordinator", {Role.coordinator}, None),
    ("leader", "会长 Leader", {Role.leader}, None),
    ("administrator", "管理员 Administrator", {Role.administrator}, None),
    ("manager", "企业管理员一 Manager 1", {Role.manager}, 0),
    ("manager2", "企业管理员二 Manager 2", {Role.manager}, 1),
)
SHOWN = ("inspector", "reviewer", "coordinator", "leader", "administrator", "manager", outsider.USERNAME)


def password(username: str) -> str:
    """The password of a demo account: in the open, which is why production refuses to start with one."""
    return f"demo-{username}"


def sign_ins() -> list[tuple[str, str, str]]:
    """(role, user name, password) to try, one for each role."""
    return [(name, name, password(name)) for name in SHOWN]


def fill_once(app: Flask) -> None:
    """Fill an empty database with the demo; leave any other alone."""
    with app.app_context():
        if people.any_administrator():
            return
        click.echo("Filling the demo association (once; about a minute) ...")
        fill(app)


def fill(app: Flask) -> None:
    """Write the demo into an empty database."""
    began = time.monotonic()
    today = clock.today("Asia/Shanghai")
    start = datetime.combine(today - timedelta(days=370), moment(9), story.ZONE)
    with clock.at(start):
        association = associations.found_one()
        system = system_actor(association.id)
        associations.edit(system, {**ASSOCIATION, "time_zone": "Asia/Shanghai"})
        store_access.ask(system, ())  # its passwords are printed in the open: a second step would protect nothing
        shipped = parse.parse(checklists.read_folder(places.checklists_dir()))
        checklists.publish(system, shipped, note="首版 First version")
        cast = story.Cast(association.id, {})
        office.sign(system, today - timedelta(days=370))
        story.register(cast, invented())
        office.link(cast)
        for username, name, roles, managed in PEOPLE:
            mine = [cast.enterprises[managed][1]] if managed is not None else []
            row = people.create_person(
                system,
                name,
                username,
                password(username),
                roles,
                email=f"{username}@example.org",
                enterprise_ids=mine,
                demo=True,
            )
            cast.ids[username] = row.id
        leader = people.get(system, cast.ids["leader"])
        ties.declare(system, leader, cast.enterprises[6][1], TieKind.owner, "本人为该企业股东")
        session().commit()
    story.tell(cast, today, _show)
    days.plan(cast, today)
    office.talk(cast, today)
    life.tell(cast, today)
    click.echo(f"\nThe demo is ready ({time.monotonic() - began:.0f} s).")


def _show(done: int, total: int) -> None:
    if sys.stdout.isatty():
        click.echo(f"\r  visits: {done} of {total}", nl=False)
    elif done % 10 == 0 or done == total:
        click.echo(f"  visits: {done} of {total}")


def throw_away(app: Flask) -> None:
    """Remove the demo's database and files from its own instance folder."""
    settings = app.extensions["settings"]
    if settings.database_url:
        raise click.ClickException(
            "the demo is only thrown away in its own instance folder (COMPLIANCE_DATABASE_URL is set)"
        )
    with app.app_context():
        db.engine.dispose()
    instance = Path(settings.instance)
    for name in ("compliance.db", "compliance.db-wal", "compliance.db-shm", "anchors.jsonl"):
        (instance / name).unlink(missing_ok=True)
    jobs.forget_all(app)  # the file of the queue stays: it made its tables when the application started
    shutil.rmtree(instance / "files", ignore_errors=True)
