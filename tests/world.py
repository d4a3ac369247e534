"""The small world that tests share: one association with its checklists, its people in each role, its enterprises."""

from dataclasses import dataclass, field
from uuid import UUID

from flask import Flask

from compliance.people.rules import Actor, Role

PASSWORD = "plum-Ferry-71-oak"


@dataclass
class World:
    """Ids of what every test may count on."""

    association_id: UUID
    people: dict[str, UUID] = field(default_factory=dict)
    uniquifiers: dict[str, str] = field(default_factory=dict)
    enterprises: list[UUID] = field(default_factory=list)
    workplaces: list[UUID] = field(default_factory=list)
    noise_association_id: UUID | None = None

    def actor(self, who: str) -> Actor:
        """The actor of a person of the world, as a request would see it. Needs an app context."""
        from compliance.people import store

        return store.actor_of(self.people[who], "127.0.0.1", "en")

    @property
    def system(self) -> Actor:
        """The association's system actor."""
        from compliance.people.rules import system_actor

        return system_actor(self.association_id)


PEOPLE = {
    "inspector": {Role.inspector},
    "inspector2": {Role.inspector},
    "reviewer": {Role.reviewer},
    "coordinator": {Role.coordinator},
    "leader": {Role.leader},
    "administrator": {Role.administrator},
    "manager": {Role.manager},
    "manager2": {Role.manager},
    "outsider": {Role.outsider},
}


def fill(app: Flask) -> World:
    """Write the world into an empty, migrated database and commit."""
    from compliance.associations.models import Association
    from compliance.checklists import parse
    from compliance.checklists import store as checklists
    from compliance.enterprises import store as enterprises
    from compliance.people import store as people
    from compliance.people.models import User
    from compliance.people.rules import system_actor
    from compliance.shared import audit, places
    from compliance.shared.database import session

    with app.app_context():
        first, noise = (
            Association(
                name_en=f"{name} Employers' Association",
                name_zh=zh,
                short_name_zh=short,
                address_en="1 Example Road",
                address_zh="示例路1号",
                phone="0871-00000000",
                email="office@example.org",
                settings={"second_step": []},
            )
            for name, zh, short in (
                ("Example City", "示例市民营企业协会", "示协"),
                ("Other Town", "他镇企业协会", "他协"),
            )
        )
        session().add_all([first, noise])
        session().flush()
        world = World(first.id, noise_association_id=noise.id)
        system = system_actor(first.id)
        audit.record(system, "association.created", first)
        checklists.publish(system, parse.parse(checklists.read_folder(places.checklists_dir())))
        for number, name in enumerate(
            (
                "Example Garments No. 1 示例制衣一厂",
                "Example Footwear No. 2 示例鞋业二厂",
                "Example Canteen No. 3 示例餐饮三店",
            )
        ):
            row = enterprises.create(
                system,
                {
                    "name": name,
                    "sector": ("C18", "C19", "H62")[number],
                    "district": "530102",
                    "size": "small",
                    "workers": 60 + 40 * number,
                    "women": 30,
                },
            )
            world.enterprises.append(row.id)
            world.workplaces.append(enterprises.workplaces_of(system, row.id)[0].id)
        enterprises.create(system_actor(noise.id), {"name": "Noise Works 噪声工厂"})
        for who, roles in PEOPLE.items():
            managed = {"manager": world.enterprises[:1], "manager2": world.enterprises[1:2]}.get(who, [])
            person = people.create_person(
                system, f"{who.capitalize()} One", who, PASSWORD, roles, enterprise_ids=managed
            )
            world.people[who], world.uniquifiers[who] = person.id, person.fs_uniquifier
        stranger = people.create_person(
            system_actor(noise.id), "Stranger", "stranger", PASSWORD, set(Role) - {Role.manager, Role.outsider}
        )
        world.people["stranger"], world.uniquifiers["stranger"] = stranger.id, stranger.fs_uniquifier
        assert isinstance(stranger, User)
        session().commit()
    return world
