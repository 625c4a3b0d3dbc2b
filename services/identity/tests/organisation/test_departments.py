"""Departments end to end (IDN-01, 02, 03)."""

from __future__ import annotations

from founded.house import House


def test_idn_01_departments_form_a_tree(house: House) -> None:
    a = house.department("销售部")
    b = house.department("华东区", a)

    assert (b["parent_id"], b["depth"], b["version"]) == (a["id"], 2, 1)
    assert [each["name"] for each in house.call(house.admin, "departments")["nodes"]] == [
        "华信科技有限公司",
        "销售部",
        "华东区",
    ]


def test_idn_01_a_department_cannot_be_moved_below_itself(house: House) -> None:
    a = house.department("A")
    b = house.department("B", a)

    refusal = house.refused(house.admin, "update_department", id=a["id"], version=1, parent_id=b["id"])

    assert (refusal.code, refusal.rule, refusal.field) == (
        "VALIDATION",
        "a_department_cannot_move_below_itself",
        "parent_id",
    )
