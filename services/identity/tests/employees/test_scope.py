"""Data scope (IDN-19) on identity's own records, the employees: what one sees and what one may change."""

from __future__ import annotations

from typing import Any

import pytest

from founded.house import House

SEEN = {
    "SELF": ["boss"],
    "TEAM": ["boss", "li", "wu"],
    "DEPT": ["boss", "li"],
    "DEPT_TREE": ["boss", "li", "wu"],
    "ALL": ["boss", "管理员", "he", "li", "wu"],
}


def staffed(house: House, scope: str) -> dict[str, Any]:
    """boss and li in sales, wu in the team below it, he elsewhere; boss leads sales and has the scope."""
    role = house.role("范围", "org.view", "org.employee.edit", "org.employee.disable", "role.assign", scope=scope)
    sales = house.department("销售部")
    team, other = house.department("一组", sales), house.department("销售部二")
    people = {
        name: house.employee(name, house.position(name, where), *([role["id"]] if name == "boss" else []))
        for name, where in (("boss", sales), ("li", sales), ("wu", team), ("he", other))
    }
    house.head(sales, people["boss"])
    return people


@pytest.mark.parametrize("scope", SEEN)
def test_idn_19_the_same_query_gives_each_scope_its_rows(house: House, scope: str) -> None:
    boss = house.actor(staffed(house, scope)["boss"]["id"])

    page = house.call(boss, "employees", total=True)

    assert [each["name"] for each in page["nodes"]] == SEEN[scope]
    assert page["total"] == len(SEEN[scope])


@pytest.mark.parametrize("scope", SEEN)
def test_idn_19_who_is_out_of_scope_does_not_exist(house: House, scope: str) -> None:
    people = staffed(house, scope)
    boss = house.actor(people["boss"]["id"])
    for name, person in people.items():
        shown = house.call(boss, "employees_by_ids", ids=[person["id"]])[0]
        assert (shown is not None) == (name in SEEN[scope])
        commands: dict[str, dict[str, Any]] = {
            "update_employee": {"id": person["id"], "version": 1, "number": f"n-{name}"},
            "move_employee": {"id": person["id"], "version": 1, "position_id": person["position_id"]},
        }
        for method, payload in commands.items():
            if name in SEEN[scope]:
                assert house.call(
                    boss, method, **payload | {"version": house.get("employees", person["id"])["version"]}
                )
            else:
                assert house.refused(boss, method, **payload).code == "NOT_FOUND"
        if name not in SEEN[scope]:
            assert house.refused(boss, "disable_employee", id=person["id"], version=1).code == "NOT_FOUND"
            assert house.refused(boss, "assign_roles", employee_ids=[person["id"]]).code == "NOT_FOUND"


def test_idn_19_a_section_s_own_scope_is_nearer_than_the_role_s(house: House) -> None:
    role = house.role("范围", "org.view", scope="SELF", scopes=[{"module": "organisation", "scope": "ALL"}])
    narrowed = house.role(
        "范围二",
        "org.view",
        scopes=[{"module": "organisation", "scope": "ALL"}, {"module": "org", "scope": "SELF"}],
    )
    p = house.position("p", house.department("d"))
    li, wu = house.employee("li", p, role["id"]), house.employee("wu", p, narrowed["id"])

    assert house.actor(li["id"]).scopes["org"] == "ALL"
    assert "org" not in house.actor(wu["id"]).scopes
    assert [each["name"] for each in house.call(house.actor(wu["id"]), "employees")["nodes"]] == ["wu"]


def test_idn_19_the_widest_of_several_roles_counts(house: House) -> None:
    own, team = house.role("a", "org.view", scope="SELF"), house.role("b", "org.view", scope="DEPT")
    p = house.position("p", house.department("d"))
    li = house.employee("li", p, own["id"], team["id"])
    house.employee("wu", p)

    assert [each["name"] for each in house.call(house.actor(li["id"]), "employees")["nodes"]] == ["li", "wu"]


def test_account_matters_are_for_those_who_handle_accounts(house: House) -> None:
    p = house.position("p", house.department("d"), house.preset("SALES")["id"])
    li, wu = house.employee("li", p), house.employee("wu", p)

    seen = house.call(house.actor(li["id"]), "employees_by_ids", ids=[wu["id"]])[0]

    assert (seen["name"], seen["login_name"], seen["must_change_password"]) == ("wu", None, None)
    assert house.get("employees", wu["id"])["login_name"] == "wu"
