"""Roles end to end (IDN-14 … 17)."""

from __future__ import annotations

from typing import Any

import pytest

from founded.house import House


def held(house: House, employee: dict[str, Any]) -> set[str]:
    """The names of somebody's roles, in person and by position."""
    select = '[["roles","roles",{"first":100},[["name","name"]]]]'
    shown = house.call(house.admin, "employees_by_ids", ids=[employee["id"]], select=select)[0]
    return {role["name"] for role in shown["roles"]}


def test_idn_14_a_role_is_created_with_keys_visibility_and_scopes(house: House) -> None:
    created = house.role(
        " 销售  助理 ",
        "opp.view",
        "customer.view",
        hidden=["finance", "pool"],
        scope="DEPT",
        scopes=[{"module": "pool", "scope": "ALL"}],
    )

    assert (created["name"], created["permissions"], created["hidden"], created["scope"], created["scopes"]) == (
        "销售 助理",
        ["customer.view", "opp.view"],
        ["finance", "pool"],
        "DEPT",
        [{"module": "pool", "scope": "ALL"}],
    )
    assert house.events("role.created")[-1][1]["changes"] == {
        "name": [None, "销售 助理"],
        "permissions": [None, ["customer.view", "opp.view"]],
        "hidden": [None, ["finance", "pool"]],
        "scope": [None, "DEPT"],
        "scopes": [None, [["pool", "ALL"]]],
    }


@pytest.mark.parametrize(
    ("payload", "field", "rule"),
    [
        ({"permissions": ["customer.fly"]}, "permissions", "a_permission_is_in_the_catalogue"),
        ({"hidden": ["nonsense"]}, "hidden", "a_module_is_in_the_catalogue"),
        ({"scopes": [{"module": "nonsense", "scope": "ALL"}]}, "scopes", "a_module_is_in_the_catalogue"),
        (
            {"scopes": [{"module": "pool", "scope": "ALL"}, {"module": "pool", "scope": "SELF"}]},
            "scopes",
            "a_scope_is_given_once",
        ),
        ({"name": "\u3000"}, "name", "a_name_is_not_blank"),
        ({"copy_of": "00000000-0000-7000-8000-000000000000"}, "copy_of", "the_role_does_not_exist"),
    ],
)
def test_idn_14_a_role_is_made_of_what_there_is(house: House, payload: dict[str, Any], field: str, rule: str) -> None:
    refusal = house.refused(house.admin, "create_role", **{"name": "x"} | payload)

    assert (refusal.code, refusal.field, refusal.rule) == ("VALIDATION", field, rule)


def test_idn_14_a_role_name_is_unique(house: House) -> None:
    mine = house.role("Mine")

    created = house.refused(house.admin, "create_role", name="ｍｉｎｅ")
    renamed = house.refused(house.admin, "update_role", id=mine["id"], version=1, name="销售")

    assert (created.code, created.field) == (renamed.code, renamed.field) == ("DUPLICATE", "name")


def test_idn_14_a_copy_begins_with_the_rights_of_its_model(house: House) -> None:
    sales = house.preset("SALES")

    copied = house.role("我的销售", copy_of=sales["id"])
    varied = house.role("他的销售", "customer.view", copy_of=sales["id"], scope="TEAM")

    for key in ("permissions", "hidden", "scope", "scopes"):
        assert copied[key] == sales[key]
    assert (varied["permissions"], varied["scope"], varied["scopes"]) == (["customer.view"], "TEAM", sales["scopes"])
    assert copied["code"] is None


def test_idn_14_a_used_role_is_deleted_only_with_a_replacement(house: House) -> None:
    old, new = house.role("旧", "customer.view"), house.role("新", "opp.view")
    department = house.department("d")
    p, q = house.position("p", department), house.position("q", department, old["id"])
    li, wu = house.employee("li", p, old["id"]), house.employee("wu", q)

    used = house.refused(house.admin, "delete_role", id=old["id"], version=1)
    itself = house.refused(house.admin, "delete_role", id=old["id"], version=1, replace_with=old["id"])
    nothing = house.refused(
        house.admin, "delete_role", id=old["id"], version=1, replace_with="00000000-0000-7000-8000-000000000000"
    )
    known = len(house.events())
    deleted = house.call(house.admin, "delete_role", id=old["id"], version=1, replace_with=new["id"])

    assert (used.code, used.rule, used.details) == (
        "BAD_STATE",
        "a_role_in_use_needs_a_replacement",
        {"name": "旧", "employees": 1, "positions": 1},
    )
    assert (itself.code, nothing.code, itself.field, nothing.field) == (
        "VALIDATION",
        "VALIDATION",
        "replace_with",
        "replace_with",
    )
    assert deleted == {"deleted_id": old["id"]}
    assert (held(house, li), held(house, wu)) == ({"新"}, {"新"})
    told = house.events()[known:]
    assert [kind for kind, _ in told] == ["role.assigned", "position.updated", "role.assigned", "role.deleted"]
    assert [(data["employee_id"], data["by_position"]) for kind, data in told if kind == "role.assigned"] == [
        (li["id"], False),
        (wu["id"], True),
    ]
    assert told[-1][1]["replaced_with"] == new["id"]
    assert house.get("roles", old["id"]) is None


def test_idn_14_an_unused_role_is_deleted_under_its_version(house: House) -> None:
    role = house.role("x")
    house.call(house.admin, "update_role", id=role["id"], version=1, name="y")

    stale = house.refused(house.admin, "delete_role", id=role["id"], version=1)

    assert stale.code == "CONFLICT"
    assert house.call(house.admin, "delete_role", id=role["id"], version=2) == {"deleted_id": role["id"]}
    assert house.refused(house.admin, "delete_role", id=role["id"], version=2).code == "NOT_FOUND"


def test_idn_15_two_users_with_different_roles_and_the_same_mutation(house: House) -> None:
    position = house.position("p", house.department("d"))
    editor = house.employee("editor", position, house.role("编辑", "org.view", "org.edit")["id"])
    viewer = house.employee("viewer", position, house.role("查看", "org.view")["id"])
    payload = {"name": "新部门", "parent_id": house.root["id"]}

    refusal = house.refused(house.actor(viewer["id"]), "create_department", **payload)
    created = house.call(house.actor(editor["id"]), "create_department", **payload)["department"]

    assert refusal.code == "FORBIDDEN"
    assert created["name"] == "新部门"


def test_idn_15_roles_are_given_and_taken_for_several_people_at_once(house: House) -> None:
    a, b = house.role("A", "customer.view"), house.role("B", "opp.view")
    position = house.position("p", house.department("d"))
    li, wu = house.employee("li", position, a["id"]), house.employee("wu", position)
    known = len(house.events())

    answer = house.call(house.admin, "assign_roles", employee_ids=[li["id"], wu["id"]], add=[b["id"]], remove=[a["id"]])

    assert [each["name"] for each in answer["employees"]] == ["li", "wu"]
    assert (held(house, li), held(house, wu)) == ({"B"}, {"B"})
    assert [(kind, data["added"], data["removed"], data["changes"]) for kind, data in house.events()[known:]] == [
        ("role.assigned", [b["id"]], [a["id"]], {"role_ids": [[a["id"]], [b["id"]]]}),
        ("role.assigned", [b["id"]], [], {"role_ids": [[], [b["id"]]]}),
    ]


def test_idn_15_assigning_is_all_or_nothing(house: House) -> None:
    a = house.role("A", "customer.view")
    li = house.employee("li", house.position("p", house.department("d")))
    nowhere = "00000000-0000-7000-8000-000000000000"

    somebody = house.refused(house.admin, "assign_roles", employee_ids=[li["id"], nowhere], add=[a["id"]])
    something = house.refused(house.admin, "assign_roles", employee_ids=[li["id"]], add=[a["id"], nowhere])
    both = house.refused(house.admin, "assign_roles", employee_ids=[li["id"]], add=[a["id"]], remove=[a["id"]])

    assert (somebody.code, something.code, something.field) == ("NOT_FOUND", "VALIDATION", "add")
    assert (both.code, both.rule) == ("VALIDATION", "a_role_is_given_or_taken")


def test_idn_15_the_last_administrator_keeps_his_role(house: House) -> None:
    admin = house.admin
    role = house.preset("ADMIN")
    me = str(admin.id)
    without = [key for key in role["permissions"] if key != "role.assign"]

    refusals = [
        house.refused(admin, "assign_roles", employee_ids=[me], remove=[role["id"]]),
        house.refused(admin, "update_role", id=role["id"], version=1, permissions=without),
        house.refused(admin, "update_role", id=role["id"], version=1, hidden=["role"]),
        house.refused(admin, "update_role", id=role["id"], version=1, hidden=["role.edit"]),
        house.refused(admin, "update_role", id=role["id"], version=1, hidden=["organisation"]),
        house.refused(admin, "delete_role", id=role["id"], version=1, replace_with=house.preset("SALES")["id"]),
    ]

    assert {(each.code, each.rule) for each in refusals} == {("BAD_STATE", "one_administrator_remains")}


def test_idn_15_with_a_second_administrator_the_first_can_go(house: House) -> None:
    role = house.preset("ADMIN")
    second = house.employee("second", house.position("p", house.root), role["id"])
    admin = house.admin

    house.call(admin, "assign_roles", employee_ids=[str(admin.id)], remove=[role["id"]])

    last = house.refused(house.actor(second["id"]), "assign_roles", employee_ids=[second["id"]], remove=[role["id"]])
    assert last.rule == "one_administrator_remains"


def test_idn_16_a_hidden_module_is_out_of_the_menu_and_refused_on_direct_calls(house: House) -> None:
    role = house.role("经理", "org.view", "sys.view", "opp.view", "customer.view", hidden=[])
    li = house.employee("li", house.position("p", house.department("d")), role["id"])
    before = house.call(house.actor(li["id"]), "me")["modules"]

    house.call(house.admin, "update_role", id=role["id"], version=1, hidden=["sales", "organisation"])

    actor = house.actor(li["id"])
    shown = house.call(actor, "me")
    assert before == ["organisation", "customer", "sales", "system"]
    assert (shown["modules"], shown["permissions"]) == (["customer", "system"], ["customer.view", "sys.view"])
    assert (actor.may("opp.view"), {"opp", "quote", "order", "org", "role"} <= actor.hidden) == (False, True)
    refusal = house.refused(actor, "departments")
    assert (refusal.code, refusal.rule, refusal.details) == ("FORBIDDEN", "the_module_is_hidden", {"module": "org"})


def test_idn_16_a_single_entry_can_be_hidden(house: House) -> None:
    role = house.role("查看", "org.view", "org.edit", hidden=["org.edit"])
    actor = house.actor(house.employee("li", house.position("p", house.department("d")), role["id"])["id"])

    assert house.call(actor, "me")["permissions"] == ["org.view"]
    assert house.call(actor, "departments")["nodes"]
    assert house.refused(actor, "create_department", name="x").code == "FORBIDDEN"


def test_idn_17_without_the_operation_viewing_works_and_editing_does_not(house: House) -> None:
    role = house.role("编辑", "org.view", "org.edit")
    li = house.employee("li", house.position("p", house.department("d")), role["id"])
    created = house.call(house.actor(li["id"]), "create_department", name="x")

    house.call(house.admin, "update_role", id=role["id"], version=1, permissions=["org.view"])

    actor = house.actor(li["id"])
    assert created["department"]["name"] == "x"
    assert len(house.call(actor, "departments")["nodes"]) == 3
    assert house.refused(actor, "create_department", name="y").code == "FORBIDDEN"
    assert house.events("role.updated")[-1][1]["changes"] == {"permissions": [["org.view", "org.edit"], ["org.view"]]}


def test_roles_are_seen_by_those_who_handle_them(house: House) -> None:
    sales = house.preset("SALES")
    li = house.employee("li", house.position("p", house.department("d"), sales["id"]))

    assert house.refused(house.actor(li["id"]), "roles").code == "FORBIDDEN"
    assert house.refused(house.actor(li["id"]), "permission_catalogue").code == "FORBIDDEN"


def test_the_catalogue_has_words_for_every_key(house: House) -> None:
    catalogue = house.call(house.admin, "permission_catalogue")

    labels = {
        permission["key"]: permission["label"]
        for module in catalogue
        for section in module["sections"]
        for permission in section["permissions"]
    }
    assert [module["name"] for module in catalogue][:4] == ["organisation", "customer", "sales", "finance"]
    assert labels["customer.phone.view_all"] == "查看全部完整手机号"
    assert set(house.preset("ADMIN")["permissions"]) == labels.keys() - {"customer.phone.view_all"}


def test_preset_roles_stand_as_the_features_say_and_are_editable(house: House) -> None:
    presets = {
        role["code"]: role for role in house.call(house.admin, "roles", first=100)["nodes"] if role["code"] is not None
    }

    assert ",".join(sorted(presets)) == (
        "ADMIN,AGENT,ANALYST,AUDITOR,CASHIER,CONTRACT_ADMIN,FINANCE,MARKETER,OFFICE_ADMIN,OPERATIONS,PARTNER,"
        "POOL_ADMIN,PORTAL,SALES,SALES_MANAGER,SERVICE_MANAGER"
    )
    assert {code: role["scope"] for code, role in presets.items() if role["scope"] != "ALL"} == {
        "AGENT": "SELF",
        "PARTNER": "SELF",
        "PORTAL": "SELF",
        "SALES": "SELF",
        "SALES_MANAGER": "TEAM",
        "SERVICE_MANAGER": "DEPT_TREE",
    }
    assert not [code for code, role in presets.items() if "customer.phone.view_all" in role["permissions"]]
    renamed = house.call(house.admin, "update_role", id=presets["SALES"]["id"], version=1, name="顾问")["role"]
    assert (renamed["name"], renamed["code"]) == ("顾问", "SALES")


def test_one_command_changes_five_hundred_records_and_no_more(house: House) -> None:
    nowhere = "00000000-0000-7000-8000-000000000000"

    at_the_limit = house.refused(house.admin, "assign_roles", employee_ids=[nowhere] * 500)
    beyond = house.refused(house.admin, "assign_roles", employee_ids=[nowhere] * 501)
    siblings = house.refused(house.admin, "reorder_departments", ids=[nowhere] * 501)

    assert at_the_limit.code == "NOT_FOUND"
    assert (beyond.code, beyond.field) == ("VALIDATION", "employee_ids")
    assert (siblings.code, siblings.field) == ("VALIDATION", "ids")
