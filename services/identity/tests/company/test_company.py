"""The company's beginning and profile (IDN-24)."""

from __future__ import annotations

import pytest

from founded.house import House


def test_a_founded_company_has_one_department_one_administrator_and_the_preset_roles(house: House) -> None:
    admin = house.admin

    assert house.call(admin, "company") == {
        "id": house.events("company.founded")[0][1]["company_id"],
        "name": "华信科技有限公司",
        "short_name": None,
        "logo_url": None,
        "timezone": "Asia/Shanghai",
        "fiscal_year_start": 1,
        "working_days": ["MONDAY", "TUESDAY", "WEDNESDAY", "THURSDAY", "FRIDAY"],
        "phone": None,
        "address": None,
        "updated_at": "2026-11-23T09:00:00.000000Z",
        "version": 1,
    }
    assert [each["name"] for each in house.call(admin, "departments")["nodes"]] == ["华信科技有限公司"]
    (first,) = house.call(admin, "employees")["nodes"]
    assert (first["name"], first["login_name"], first["must_change_password"]) == ("管理员", "admin", True)
    assert len(house.call(admin, "roles", first=100)["nodes"]) == 16


def test_founding_twice_changes_nothing(house: House) -> None:
    before = house.rows()

    again = house.as_system("found_company", name="Another")

    assert again == {"founded": False, "login_name": "admin", "initial_password": None}
    assert house.rows() == before


def test_only_the_system_founds(house: House) -> None:
    assert house.refused(house.admin, "found_company", name="x").code == "FORBIDDEN"


def test_idn_24_the_profile_is_edited_under_its_version(house: House) -> None:
    edited = house.call(
        house.admin,
        "update_company",
        version=1,
        short_name="华信",
        logo_url="https://huaxin.cn/logo.png",
        fiscal_year_start=4,
        working_days=["SATURDAY", "MONDAY"],
        phone="021-55556666",
        address="上海",
    )["company"]
    stale = house.refused(house.admin, "update_company", version=1, name="x")

    assert (edited["short_name"], edited["fiscal_year_start"], edited["working_days"], edited["version"]) == (
        "华信",
        4,
        ["MONDAY", "SATURDAY"],
        2,
    )
    assert stale.code == "CONFLICT"
    assert house.events("company.updated")[-1][1]["changes"]["working_days"] == [
        ["MONDAY", "TUESDAY", "WEDNESDAY", "THURSDAY", "FRIDAY"],
        ["MONDAY", "SATURDAY"],
    ]


def test_idn_24_another_zone_is_the_parameter_of_daily_runs_too(house: House) -> None:
    house.call(house.admin, "update_company", version=1, timezone="Europe/Berlin")
    (setting,) = house.call(house.admin, "settings", keys=["sys.timezone"])

    assert (setting["value"], setting["version"]) == ('"Europe/Berlin"', 1)
    kind, told = house.events("setting.changed")[-1]
    assert (kind, told["key"], told["value"]) == ("setting.changed", "sys.timezone", '"Europe/Berlin"')

    house.call(house.admin, "change_setting", key="sys.timezone", value='"Asia/Tokyo"')

    assert house.call(house.admin, "company")["timezone"] == "Asia/Tokyo"
    assert house.events("company.updated")[-1][1]["changes"] == {"timezone": ["Europe/Berlin", "Asia/Tokyo"]}


@pytest.mark.parametrize(
    ("payload", "field"),
    [
        ({"timezone": "Mars/Olympus"}, "timezone"),
        ({"timezone": "../etc/passwd"}, "timezone"),
        ({"fiscal_year_start": 13}, "fiscal_year_start"),
        ({"working_days": []}, "working_days"),
        ({"working_days": ["MONDAY", "MONDAY"]}, "working_days"),
        ({"working_days": ["YESTERDAY"]}, "working_days"),
        ({"logo_url": "file:///etc/passwd"}, "logo_url"),
        ({"name": " "}, "name"),
    ],
)
def test_idn_24_a_profile_is_of_this_world(house: House, payload: dict[str, object], field: str) -> None:
    refusal = house.refused(house.admin, "update_company", version=1, **payload)

    assert refusal.code == "VALIDATION"
    assert (refusal.field or "").startswith(field)


def test_idn_24_everybody_sees_the_company_and_few_edit_it(house: House) -> None:
    actor = house.actor(house.employee("li", house.position("p", house.department("d")))["id"])

    assert house.call(actor, "company")["name"] == "华信科技有限公司"
    assert house.refused(actor, "update_company", version=1, name="x").details == {"permission": "sys.edit"}
