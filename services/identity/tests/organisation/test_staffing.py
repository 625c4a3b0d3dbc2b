"""Who stands where, as services ask it before an approval is routed (OFC-24): right after whatever changed."""

from __future__ import annotations

from founded.house import House


def test_staffing_tells_superiors_heads_and_holders_of_roles_in_one_answer(house: House) -> None:
    company, auditors = house.root, house.preset("AUDITOR")
    sales = house.department("销售部", company)
    ceo = house.employee("ceo", house.position("总经理", company))
    mei = house.employee("mei", house.position("经理", sales))
    sun = house.employee("sun", house.position("客户经理", sales))
    # by position and in person: he is told once
    both = house.employee("both", house.position("内审", company, auditors["id"]), auditors["id"])
    gone = house.employee("gone", house.position("内审二", company, auditors["id"]))
    house.head(company, ceo)
    house.head(sales, mei)
    version = house.get("employees", gone["id"], "version")["version"]
    house.call(house.admin, "disable_employee", id=gone["id"], version=version)

    found = house.as_system(
        "staffing", employee_ids=[sun["id"]], department_ids=[company["id"]], role_ids=[auditors["id"]],
        role_codes=["AUDITOR", "NONE"],
    )  # fmt: skip

    assert found["heads"] == {company["id"]: ceo["id"], sales["id"]: mei["id"]}
    assert found["roles"] == {auditors["id"]: [both["id"]], "AUDITOR": [both["id"]]}
    assert set(found["people"]) == {sun["id"], mei["id"], ceo["id"], both["id"]}
    assert found["people"][sun["id"]] == {
        "name": "sun",
        "active": True,
        "department_id": sales["id"],
        "department_path": f"/{company['id']}/{sales['id']}/",
        "line": [mei["id"], ceo["id"]],
    }
    gone_now = house.as_system("staffing", employee_ids=[gone["id"]])["people"][gone["id"]]
    assert gone_now["active"] is False


def test_who_may_do_something_is_who_has_a_role_that_gives_it_and_does_not_hide_it(house: House) -> None:
    keys = {"permissions": ["order.void"]}
    given = {"permissions": ["order.void", "order.view"], "scope": "SELF"}
    gives = house.call(house.admin, "create_role", name="作废员", **given)["role"]
    hides = house.call(house.admin, "create_role", name="不作废", **given, hidden=["order.void"])["role"]
    who, whose = (
        house.employee(name, house.position(name, house.root), role["id"])["id"]
        for name, role in (("who", gives), ("whose", hides))
    )

    found = house.as_system("staffing", **keys)["permissions"]["order.void"]

    assert who in found
    assert whose not in found
    assert house.as_system("staffing")["permissions"] == {}


def test_staffing_is_asked_by_services_only(house: House) -> None:
    assert house.refused(house.admin, "staffing").code == "FORBIDDEN"
