"""Positions end to end (IDN-04, 18)."""

from __future__ import annotations

from founded.house import House


def test_idn_04_a_position_needs_a_department(house: House) -> None:
    refusal = house.refused(house.admin, "create_position", name="销售")
    nowhere = house.refused(
        house.admin, "create_position", name="销售", department_id="00000000-0000-7000-8000-000000000000"
    )

    assert (refusal.code, refusal.rule, refusal.field) == (
        "VALIDATION",
        "a_position_needs_a_department",
        "department_id",
    )
    assert (nowhere.code, nowhere.field) == ("VALIDATION", "department_id")


def test_idn_04_positions_belong_to_their_department_and_keep_their_order(house: House) -> None:
    sales, service = house.department("销售部"), house.department("客服部")
    a, b, c = (house.position(name, sales) for name in "abc")
    house.position("d", service)

    house.call(house.admin, "reorder_positions", ids=[c["id"], a["id"], b["id"]])

    there = house.call(house.admin, "positions", department_id=sales["id"])["nodes"]
    assert [(each["name"], each["department_id"]) for each in there] == [
        (name, sales["id"]) for name in ("c", "a", "b")
    ]
    assert [(kind, data["name"], data["changes"]) for kind, data in house.events("position.updated")] == [
        ("position.updated", "c", {"rank": [2, 0]}),
        ("position.updated", "a", {"rank": [0, 1]}),
        ("position.updated", "b", {"rank": [1, 2]}),
    ]
    wrong = house.refused(house.admin, "reorder_positions", ids=[a["id"], b["id"]])
    assert (wrong.code, wrong.field) == ("VALIDATION", "ids")


def test_idn_04_positions_of_a_department_have_different_names(house: House) -> None:
    sales = house.department("销售部")
    first, second = house.position("Seller", sales), house.position("Other", sales)

    again = house.refused(house.admin, "create_position", name="ｓｅｌｌｅｒ", department_id=sales["id"])
    renamed = house.refused(house.admin, "update_position", id=second["id"], version=1, name="SELLER")
    house.position("Seller", house.department("客服部"))

    assert (again.code, again.field) == (renamed.code, renamed.field) == ("DUPLICATE", "name")
    assert house.get("positions", first["id"], "version") == {"version": 1}


def test_idn_04_a_position_is_renamed_under_its_version(house: House) -> None:
    seller = house.position("seller", house.department("销售部"))

    renamed = house.call(house.admin, "update_position", id=seller["id"], version=1, name="顾问", description="卖")
    stale = house.refused(house.admin, "update_position", id=seller["id"], version=1, name="x")

    assert (renamed["position"]["name"], renamed["position"]["version"]) == ("顾问", 2)
    assert house.events("position.updated")[-1][1]["changes"] == {
        "name": ["seller", "顾问"],
        "description": [None, "卖"],
    }
    assert stale.code == "CONFLICT"


def test_idn_04_only_an_unused_position_is_deleted(house: House) -> None:
    sales = house.department("销售部")
    used, unused = house.position("a", sales), house.position("b", sales)
    house.employee("li", used)

    refusal = house.refused(house.admin, "delete_position", id=used["id"], version=1)
    deleted = house.call(house.admin, "delete_position", id=unused["id"], version=1)

    assert (refusal.code, refusal.details) == ("BAD_STATE", {"name": "a", "employees": 1})
    assert deleted == {"deleted_id": unused["id"]}
    assert house.get("positions", unused["id"]) is None
    assert house.events("position.deleted")[0][1]["name"] == "b"


def test_idn_18_a_new_employee_has_the_roles_of_his_position_without_another_call(house: House) -> None:
    sales_role = house.preset("SALES")
    seller = house.position("销售", house.department("销售部"), sales_role["id"])

    li = house.employee("li", seller)

    assert "customer.create" in house.actor(li["id"]).permissions
    assert house.events("role.assigned")[-1][1] == {
        "employee_id": li["id"],
        "added": [sales_role["id"]],
        "removed": [],
        "by_position": True,
        "changes": {"position_role_ids": [[], [sales_role["id"]]]},
    }


def test_idn_18_holders_gain_and_lose_roles_with_the_position(house: House) -> None:
    sales_role, analyst = house.preset("SALES"), house.preset("ANALYST")
    seller = house.position("销售", house.department("销售部"), sales_role["id"])
    li = house.employee("li", seller)
    known = len(house.events())

    changed = house.call(house.admin, "set_position_roles", id=seller["id"], version=1, role_ids=[analyst["id"]])

    assert changed["position"]["version"] == 2
    assert [kind for kind, _ in house.events()[known:]] == ["position.updated", "role.assigned"]
    assert house.events()[-1][1]["added"] == [analyst["id"]]
    assert house.events()[-1][1]["removed"] == [sales_role["id"]]
    permissions = house.actor(li["id"]).permissions
    assert ("report.view" in permissions, "customer.create" in permissions) == (True, False)


def test_idn_18_roles_of_a_position_need_the_right_to_edit_roles(house: House) -> None:
    hr = house.role("人事", "org.view", "org.edit", "org.employee.edit", scope="ALL")
    sales = house.department("销售部")
    actor = house.actor(house.employee("hr", house.position("hr", sales), hr["id"])["id"])
    seller = house.position("销售", sales)
    role_id = house.preset("SALES")["id"]

    created = house.refused(actor, "create_position", name="x", department_id=sales["id"], default_role_ids=[role_id])
    changed = house.refused(actor, "set_position_roles", id=seller["id"], version=1, role_ids=[role_id])
    missing = house.refused(
        house.admin,
        "set_position_roles",
        id=seller["id"],
        version=1,
        role_ids=["00000000-0000-7000-8000-000000000000"],
    )

    assert (
        (created.code, created.details) == (changed.code, changed.details) == ("FORBIDDEN", {"permission": "role.edit"})
    )
    assert (missing.code, missing.field) == ("VALIDATION", "role_ids")
