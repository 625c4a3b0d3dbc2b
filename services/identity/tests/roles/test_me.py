"""Who I am and what is open to me."""

from __future__ import annotations

from dataclasses import replace

from crm_common.context import Actor, ActorKind
from founded.house import House


def test_me_tells_place_roles_modules_keys_and_scopes(house: House) -> None:
    analyst = house.role("分析员", "report.view", scope="DEPT")
    sales = house.department("销售部")
    seller = house.position("销售", sales, house.role("销售员", "customer.view", "org.view", scope="SELF")["id"])
    li = house.employee("li", seller, analyst["id"], name="李雷", number="7", phone="8001", email="li@huaxin.cn")

    me = house.call(house.actor(li["id"]), "me")

    roles = {role.pop("name"): role for role in me.pop("roles")}
    assert {name: (role["by_position"], role["code"]) for name, role in roles.items()} == {
        "分析员": (False, None),
        "销售员": (True, None),
    }
    assert me == {
        "id": li["id"],
        "name": "李雷",
        "login_name": "li",
        "number": "7",
        "phone": "8001",
        "email": "li@huaxin.cn",
        "avatar_url": None,
        "bio": None,
        "department": {"id": sales["id"], "name": "销售部"},
        "position": {"id": seller["id"], "name": "销售"},
        "modules": ["organisation", "customer"],
        "permissions": ["org.view", "customer.view", "report.view"],
        "scopes": [
            {"module": "org", "scope": "SELF"},
            {"module": "customer", "scope": "SELF"},
            {"module": "report", "scope": "DEPT"},
        ],
        "must_change_password": True,
        "locked": False,
        "version": 1,
    }


def test_me_answers_while_the_session_is_locked_and_nothing_else_does(house: House) -> None:
    li = house.employee("li", house.position("p", house.department("d"), house.preset("SALES")["id"]))
    locked = replace(house.actor(li["id"]), restricted="the_session_is_locked")

    assert house.call(locked, "me")["locked"] is True
    assert house.refused(locked, "departments").code == "SESSION_LOCKED"


def test_a_program_is_nobody(house: House) -> None:
    program = Actor(kind=ActorKind.API_CLIENT, id=house.admin.id, name="erp", permissions=frozenset({"org.view"}))

    assert house.call(program, "me") is None
    assert house.refused(None, "me").code == "UNAUTHENTICATED"
