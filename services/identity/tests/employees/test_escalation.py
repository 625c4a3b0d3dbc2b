"""Other rights are no way to administration: not by a position, not by an administrator's password."""

from __future__ import annotations

from founded.house import House


def test_whoever_places_people_does_not_make_administrators(house: House) -> None:
    hr = house.role("人事", "org.view", "org.edit", "org.employee.edit", scope="ALL")
    plain, throne = house.position("人事", house.root), house.position("主管", house.root, house.preset("ADMIN")["id"])
    wang = house.employee("wang", plain, hr["id"])
    actor = house.actor(wang["id"])

    moved = house.refused(actor, "move_employee", id=wang["id"], version=1, position_id=throne["id"])
    made = house.refused(actor, "create_employee", name="x", login_name="xx", position_id=throne["id"])

    assert (moved.code, moved.details) == ("FORBIDDEN", {"permission": "role.assign"})
    assert (made.code, made.details) == ("FORBIDDEN", {"permission": "role.assign"})
    assert house.call(actor, "create_employee", name="y", login_name="yy", position_id=plain["id"])["employee"]


def test_an_administrator_s_password_is_reset_by_administrators_only(house: House) -> None:
    helper = house.role("热线", "org.view", "org.employee.reset_password", scope="ALL")
    wang = house.employee("wang", house.position("热线", house.root), helper["id"])
    other = house.employee("li", house.position("销售", house.root))
    actor = house.actor(wang["id"])

    taken = house.refused(actor, "reset_employee_password", id=str(house.admin.id))
    switched = house.refused(actor, "reset_employee_second_factor", id=str(house.admin.id))

    assert (taken.code, switched.code) == ("FORBIDDEN", "FORBIDDEN")
    assert house.call(actor, "reset_employee_password", id=other["id"])["temporary_password"]


def test_invisible_signs_do_not_make_another_name(house: House) -> None:
    house.department("销售部")

    hidden = house.refused(house.admin, "create_department", name="销售\u200b部", parent_id=house.root["id"])

    assert hidden.code == "DUPLICATE"
