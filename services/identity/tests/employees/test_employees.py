"""Employees end to end (IDN-05 … 08, 10)."""

from __future__ import annotations

from typing import Any
from uuid import UUID

import pytest

from founded.house import House


def listed(house: House, **arguments: Any) -> list[str]:
    """The names of the employees in the order of the answer."""
    return [each["name"] for each in house.call(house.admin, "employees", **arguments)["nodes"]]


def test_idn_05_department_position_employee_in_this_order(house: House) -> None:
    without = house.refused(house.admin, "create_employee", name="李", login_name="li")
    nowhere = house.refused(
        house.admin,
        "create_employee",
        name="李",
        login_name="li",
        position_id="00000000-0000-7000-8000-000000000000",
    )
    seller = house.position("销售", house.department("销售部"))
    li = house.employee("li", seller, name="李雷")

    assert (without.code, without.rule, without.field) == (
        "VALIDATION",
        "an_employee_needs_a_position",
        "position_id",
    )
    assert (nowhere.code, nowhere.rule) == ("VALIDATION", "the_position_does_not_exist")
    assert (li["department_id"], li["position_id"]) == (seller["department_id"], seller["id"])


def test_idn_05_the_position_must_be_of_the_department_that_is_named(house: House) -> None:
    sales, service = house.department("销售部"), house.department("客服部")
    seller = house.position("销售", sales)

    refusal = house.refused(
        house.admin,
        "create_employee",
        name="李",
        login_name="li",
        position_id=seller["id"],
        department_id=service["id"],
    )

    assert (refusal.code, refusal.rule) == ("VALIDATION", "a_position_must_belong_to_the_department")
    assert house.employee("li", seller, department_id=sales["id"])["name"] == "li"


def test_idn_05_creating_tells_everything_but_no_secret(house: House) -> None:
    sales = house.department("销售部")
    seller = house.position("销售", sales)

    li = house.employee("Li.Lei", seller, name="李雷", number="A-7", email="li@huaxin.cn", hired_on="2026-11-01")

    kind, data = house.events("employee.created")[-1]
    assert data == {
        "employee_id": li["id"],
        "name": "李雷",
        "active": True,
        "department_id": sales["id"],
        "department_name": "销售部",
        "department_path": f"/{house.root['id']}/{sales['id']}/",
        "line": [],
        "position_id": seller["id"],
        "changes": {
            "name": [None, "李雷"],
            "login_name": [None, "Li.Lei"],
            "number": [None, "A-7"],
            "email": [None, "li@huaxin.cn"],
            "hired_on": [None, "2026-11-01"],
            "active": [None, True],
            "position_id": [None, seller["id"]],
            "department_id": [None, sales["id"]],
        },
    }
    everything = house.store.rows("SELECT string_agg(data::text, '') FROM journal")[0][0]
    assert "Pass-word-1" not in everything
    assert kind == "employee.created"


def test_idn_05_a_first_password_is_made_and_answered_once(house: House) -> None:
    seller = house.position("销售", house.department("销售部"))
    given = {"name": "李", "login_name": "li", "position_id": seller["id"], "idempotency_key": "k"}

    first = house.call(house.admin, "create_employee", **given)
    again = house.call(house.admin, "create_employee", **given)
    chosen = house.call(
        house.admin,
        "create_employee",
        name="吴",
        login_name="wu",
        position_id=seller["id"],
        initial_password="Chosen-by-admin-1",
    )

    assert len(first["initial_password"]) >= 12
    assert (again["initial_password"], again["employee"]) == (None, first["employee"])
    assert chosen["initial_password"] is None
    assert (first["employee"]["must_change_password"], chosen["employee"]["must_change_password"]) == (True, True)
    assert listed(house, department_id=seller["department_id"]) == ["李", "吴"]


@pytest.mark.parametrize("taken", ["li.lei", "LI.LEI", "ｌｉ.lei"])
def test_idn_05_a_login_name_is_unique_case_and_width_do_not_count(house: House, taken: str) -> None:
    seller = house.position("销售", house.department("销售部"))
    house.employee("Li.Lei", seller)
    wu = house.employee("wu", seller)

    created = house.refused(house.admin, "create_employee", name="x", login_name=taken, position_id=seller["id"])
    renamed = house.refused(house.admin, "update_employee", id=wu["id"], version=1, login_name=taken)

    for refusal in (created, renamed):
        assert (refusal.code, refusal.rule, refusal.field) == ("DUPLICATE", "a_login_name_is_unique", "login_name")


@pytest.mark.parametrize("login_name", ["a b", "x", " ", "a\tb", "a\u3000b"])
def test_idn_05_a_login_name_has_no_spaces(house: House, login_name: str) -> None:
    seller = house.position("销售", house.department("销售部"))

    refusal = house.refused(house.admin, "create_employee", name="x", login_name=login_name, position_id=seller["id"])

    assert (refusal.code, refusal.field) == ("VALIDATION", "login_name")


def test_idn_05_a_number_is_unique_but_may_be_missing(house: House) -> None:
    seller = house.position("销售", house.department("销售部"))
    house.employee("li", seller, number="7")
    house.employee("wu", seller)
    house.employee("he", seller, number=" ")

    refusal = house.refused(
        house.admin, "create_employee", name="x", login_name="xx", position_id=seller["id"], number="7"
    )

    assert (refusal.code, refusal.field) == ("DUPLICATE", "number")


def test_idn_05_giving_roles_at_once_needs_the_right_to_assign(house: House) -> None:
    hr = house.role("人事", "org.view", "org.employee.edit", scope="ALL")
    seller = house.position("销售", house.department("销售部"))
    actor = house.actor(house.employee("hr", seller, hr["id"])["id"])
    given = {"name": "x", "login_name": "xx", "position_id": seller["id"]}

    refusal = house.refused(actor, "create_employee", **given, role_ids=[hr["id"]])
    plain = house.call(actor, "create_employee", **given)["employee"]

    assert (refusal.code, refusal.details) == ("FORBIDDEN", {"permission": "role.assign"})
    assert plain["name"] == "x"


def test_idn_06_employees_by_department_with_and_without_those_below(house: House) -> None:
    sales = house.department("销售部")
    team = house.department("一组", sales)
    other = house.department("销售部二", house.root)
    for name, where in (("boss", sales), ("li", team), ("wu", team), ("he", other)):
        house.employee(name, house.position(name, where))

    assert listed(house, department_id=sales["id"]) == ["boss"]
    assert listed(house, department_id=sales["id"], include_children=True) == ["boss", "li", "wu"]
    counted = house.call(
        house.admin, "employees", department_id=house.root["id"], include_children=True, total=True, first=1
    )
    assert counted["total"] == 5


def test_lists_are_sorted_as_a_chinese_address_book(house: House) -> None:
    position = house.position("p", house.department("d"))
    for number, name in enumerate(["张三", "王五", "李四", "阿明", "曾国", "赵六"]):
        house.employee(f"e{number}", position, name=name)

    assert listed(house, department_id=position["department_id"]) == ["阿明", "李四", "王五", "曾国", "张三", "赵六"]


def test_idn_07_moving_changes_department_line_and_roles_at_once(house: House) -> None:
    sales, service = house.department("销售部"), house.department("客服部")
    lead = house.role("主管", "org.view", scope="DEPT")
    p, q = house.position("主管", sales, lead["id"]), house.position("主管", service, house.preset("AGENT")["id"])
    boss, li = house.employee("boss", p), house.employee("li", house.position("销售", sales))
    house.head(sales, boss)
    before = [each["name"] for each in house.call(house.actor(boss["id"]), "employees")["nodes"]]
    known = len(house.events())

    answer = house.call(house.admin, "move_employee", id=boss["id"], version=1, position_id=q["id"])

    moved = answer["employee"]
    assert before == ["boss", "li"]
    assert (moved["department_id"], moved["position_id"], moved["version"]) == (service["id"], q["id"], 2)
    assert answer["owned_records"] == {
        "employee_id": boss["id"],
        "total": 1,
        "kinds": [{"service": "identity", "kind": "department", "total": 1}],
        "unanswered": [],
    }
    told = house.events()[known:]
    assert [kind for kind, _ in told] == ["employee.moved", "role.assigned"]
    assert told[0][1]["former_department_id"] == sales["id"]
    assert told[0][1]["changes"] == {
        "position_id": [p["id"], q["id"]],
        "department_id": [sales["id"], service["id"]],
    }
    after = house.actor(boss["id"])
    assert ("ticket.edit" in after.permissions, after.department_id) == (True, UUID(service["id"]))
    assert "li" in [each["name"] for each in house.call(after, "employees")["nodes"]]  # agents see everybody
    assert li["version"] == 1


def test_idn_07_the_next_query_no_longer_returns_the_old_department(house: House) -> None:
    sales, service = house.department("销售部"), house.department("客服部")
    lead = house.role("主管", "org.view", scope="DEPT")
    p, q = house.position("主管", sales, lead["id"]), house.position("主管", service, lead["id"])
    boss = house.employee("boss", p)
    house.employee("li", house.position("销售", sales))
    house.employee("wu", house.position("客服", service))

    house.call(house.admin, "move_employee", id=boss["id"], version=1, position_id=q["id"])

    assert [each["name"] for each in house.call(house.actor(boss["id"]), "employees")["nodes"]] == ["boss", "wu"]


def test_idn_07_moving_follows_the_rules_of_creating(house: House) -> None:
    sales, service = house.department("销售部"), house.department("客服部")
    p, q = house.position("p", sales), house.position("q", service)
    li = house.employee("li", p)
    before = house.rows()

    nowhere = house.refused(house.admin, "move_employee", id=li["id"], version=1)
    wrong = house.refused(
        house.admin, "move_employee", id=li["id"], version=1, position_id=q["id"], department_id=sales["id"]
    )
    stale = house.refused(house.admin, "move_employee", id=li["id"], version=9, position_id=q["id"])
    same = house.call(house.admin, "move_employee", id=li["id"], version=1, position_id=p["id"])

    assert (nowhere.rule, wrong.rule, stale.code) == (
        "an_employee_needs_a_position",
        "a_position_must_belong_to_the_department",
        "CONFLICT",
    )
    assert same["employee"]["version"] == 1
    assert house.rows() == before


def test_an_employee_s_data_is_edited_under_its_version(house: House) -> None:
    li = house.employee("li", house.position("p", house.department("d")), phone="8001")

    edited = house.call(
        house.admin, "update_employee", id=li["id"], version=1, name=" 李  雷 ", phone=None, email="li@huaxin.cn"
    )["employee"]
    stale = house.refused(house.admin, "update_employee", id=li["id"], version=1, name="x")

    assert (edited["name"], edited["phone"], edited["email"], edited["version"]) == ("李 雷", None, "li@huaxin.cn", 2)
    assert stale.code == "CONFLICT"
    assert house.events("employee.updated")[-1][1]["changes"] == {
        "name": ["li", "李 雷"],
        "phone": ["8001", None],
        "email": [None, "li@huaxin.cn"],
    }


@pytest.mark.parametrize(
    ("field", "value", "rule"),
    [
        ("phone", "call me", "a_phone_number_is_written_in_digits"),
        ("email", "li", "an_email_address_has_the_usual_form"),
        ("email", "li@huaxin", "an_email_address_has_the_usual_form"),
        ("avatar_url", "javascript:alert(1)", "a_picture_is_a_web_address"),
        ("name", "\u3000", "a_name_is_not_blank"),
    ],
)
def test_contact_data_has_a_form(house: House, field: str, value: str, rule: str) -> None:
    li = house.employee("li", house.position("p", house.department("d")))

    refusal = house.refused(house.admin, "update_employee", id=li["id"], version=1, **{field: value})

    assert (refusal.code, refusal.rule, refusal.field) == ("VALIDATION", rule, field)


def test_idn_08_a_disabled_account_stays_with_everything_in_his_name(house: House) -> None:
    sales = house.department("销售部")
    li = house.employee("li", house.position("p", sales))
    house.head(sales, li)

    answer = house.call(house.admin, "disable_employee", id=li["id"], version=1, reason="离职")

    assert (answer["employee"]["active"], answer["employee"]["version"]) == (False, 2)
    assert answer["employee"]["disabled_at"] == "2026-11-23T09:00:00.000000Z"
    assert answer["owned_records"]["kinds"] == [{"service": "identity", "kind": "department", "total": 1}]
    kind, data = house.events()[-1]
    assert (kind, data["active"], data["reason"], data["changes"]) == (
        "employee.disabled",
        False,
        "离职",
        {"active": [True, False]},
    )
    assert house.get("departments", sales["id"], "head_id") == {"head_id": li["id"]}
    assert listed(house, filter={"active": {"eq": False}}) == ["li"]


def test_idn_08_an_account_is_enabled_again(house: House) -> None:
    li = house.employee("li", house.position("p", house.department("d")))
    house.call(house.admin, "disable_employee", id=li["id"], version=1)
    twice = house.refused(house.admin, "disable_employee", id=li["id"], version=2)

    enabled = house.call(house.admin, "enable_employee", id=li["id"], version=2)["employee"]
    again = house.refused(house.admin, "enable_employee", id=li["id"], version=3)

    assert (twice.code, again.code) == ("BAD_STATE", "BAD_STATE")
    assert (enabled["active"], enabled["disabled_at"], enabled["version"]) == (True, None, 3)
    assert house.events()[-1][0] == "employee.enabled"


def test_idn_08_nobody_disables_himself_and_the_last_administrator_stays(house: House) -> None:
    admin = house.admin
    hr = house.role("人事", "org.view", "org.employee.disable", scope="ALL")
    other = house.actor(house.employee("hr", house.position("p", house.root), hr["id"])["id"])

    himself = house.refused(admin, "disable_employee", id=str(admin.id), version=1)
    last = house.refused(other, "disable_employee", id=str(admin.id), version=1)

    assert (himself.code, himself.rule) == ("BAD_STATE", "nobody_disables_himself")
    assert (last.code, last.rule) == ("BAD_STATE", "one_administrator_remains")


def test_idn_08_disabling_needs_its_own_key(house: House) -> None:
    hr = house.role("人事", "org.view", "org.employee.edit", scope="ALL")
    position = house.position("p", house.department("d"))
    actor, li = house.actor(house.employee("hr", position, hr["id"])["id"]), house.employee("li", position)

    refusal = house.refused(actor, "disable_employee", id=li["id"], version=1)

    assert (refusal.code, refusal.details) == ("FORBIDDEN", {"permission": "org.employee.disable"})


def test_idn_10_everybody_edits_his_own_contact_data_and_picture(house: House) -> None:
    li = house.employee("li", house.position("p", house.department("d"), house.preset("SALES")["id"]))
    actor = house.actor(li["id"])

    edited = house.call(
        actor,
        "update_my_profile",
        version=1,
        phone="8002",
        email="li@huaxin.cn",
        avatar_url="https://huaxin.cn/li.png",
        bio="销售",
    )["employee"]

    assert (edited["phone"], edited["email"], edited["avatar_url"], edited["bio"], edited["version"]) == (
        "8002",
        "li@huaxin.cn",
        "https://huaxin.cn/li.png",
        "销售",
        2,
    )
    assert house.events()[-1][0] == "employee.updated"


@pytest.mark.parametrize("field", ["department_id", "position_id", "name", "role_ids", "login_name", "number"])
def test_idn_10_name_department_and_roles_are_not_one_s_own_to_change(house: House, field: str) -> None:
    position = house.position("p", house.department("d"), house.preset("SALES")["id"])
    actor = house.actor(house.employee("li", position)["id"])

    refusal = house.refused(actor, "update_my_profile", version=1, **{field: position["department_id"]})

    assert (refusal.code, refusal.field) == ("VALIDATION", field)
