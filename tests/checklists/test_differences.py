"""What changed between two versions."""

from compliance.checklists.differences import FIELDS, PARTS, Change, differences
from compliance.checklists.rules import Checklist, Text
from tests.checklists.small import CODE, LAWS, POLICY, area_file, files, item, sound


def changed(name: str, text: str) -> tuple[Change, ...]:
    after = files()
    after[name] = text
    return differences(sound(files()), sound(after))


def test_equal_content_has_no_differences(shipped: Checklist) -> None:
    assert differences(shipped, shipped) == ()


def test_a_changed_item_names_the_field_before_and_after() -> None:
    (change,) = changed("wages.yaml", area_file("wages", item("WAG01", days="14")))
    assert (change.part, change.id, change.what) == ("item", "WAG01", "changed")
    (field,) = change.fields
    assert (field.field, field.before.en, field.after.en) == ("days", "30", "14")


def test_fixed_values_are_said_in_both_languages() -> None:
    (change,) = changed("wages.yaml", area_file("wages", item("WAG01", severity="critical")))
    (field,) = change.fields
    assert (field.field, field.before, field.after) == ("severity", Text("Major", "较大"), Text("Critical", "严重"))


def test_added_and_removed_items() -> None:
    more = changed("wages.yaml", area_file("wages", item("WAG01"), item("WAG02")))
    assert [(change.part, change.id, change.what) for change in more] == [("item", "WAG02", "added")]
    other = changed("wages.yaml", area_file("wages", item("WAG03")))
    assert {(change.id, change.what) for change in other} == {("WAG01", "removed"), ("WAG03", "added")}


def test_a_new_order_of_items_is_a_change_of_the_area() -> None:
    two, turned = files(), files()
    two["wages.yaml"] = area_file("wages", item("WAG01"), item("WAG02"))
    turned["wages.yaml"] = area_file("wages", item("WAG02"), item("WAG01"))
    (change,) = differences(sound(two), sound(turned))
    assert (change.part, change.id) == ("area", "wages")
    assert [(field.field, field.after.en) for field in change.fields] == [("order", "WAG02 WAG01")]


def test_a_changed_translation_shows_only_in_its_language() -> None:
    (change,) = changed("code.yaml", CODE.replace("最低工资}", "最低工资标准}"))
    (field,) = change.fields
    assert (change.part, change.id, field.field) == ("clause", "2.1", "title")
    assert field.before.en == field.after.en
    assert field.before.zh != field.after.zh


def test_changed_laws_and_policy() -> None:
    (law,) = changed("laws.yaml", LAWS.replace("confirmed: false", "confirmed: true"))
    assert (law.part, law.id, law.fields[0].before.en, law.fields[0].after.zh) == ("entry", "LL-100", "no", "是")
    (policy,) = changed("policy.yaml", POLICY.replace("critical: 5", "critical: 6"))
    assert [(field.field, field.after.en) for field in policy.fields] == [("weights.critical", "6")]


def test_every_part_and_field_has_a_name(shipped: Checklist) -> None:
    other = sound(files())
    for change in (*differences(shipped, other), *differences(other, shipped)):
        assert change.part in PARTS
        if change.part != "policy":
            assert {field.field for field in change.fields} <= set(FIELDS)
