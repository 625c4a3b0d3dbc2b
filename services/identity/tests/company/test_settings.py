"""Parameters as data (SYS-01)."""

from __future__ import annotations

import pytest

from founded.house import House


def test_sys_01_every_parameter_is_listed_with_type_default_and_range(house: House) -> None:
    everything = {each["key"]: each for each in house.call(house.admin, "settings")}

    assert list(everything) == sorted(everything)
    assert everything["role.review_days"] == {
        "key": "role.review_days",
        "group": "role",
        "service": "identity",
        "description": "Days after which rights are reviewed again.",
        "type": "int",
        "value": "90",
        "default": "90",
        "minimum": "1",
        "maximum": "3650",
        "choices": [],
        "chosen": False,
        "version": 0,
    }
    assert {"sys.timezone", "sys.allow_time_travel", "api.count_limit"} <= everything.keys()


def test_sys_01_a_change_is_told_and_kept_in_the_history(house: House) -> None:
    first = house.call(house.admin, "change_setting", key="role.review_days", value="30", reason="更严")["setting"]
    second = house.call(house.admin, "change_setting", key="role.review_days", value=None, version=1)["setting"]

    assert (first["value"], first["chosen"], first["version"]) == ("30", True, 1)
    assert (second["value"], second["chosen"], second["version"]) == ("90", False, 2)
    told = [data for _, data in house.events("setting.changed")]
    assert [(each["value"], each["version"], each["changes"]) for each in told] == [
        ("30", 1, {"value": ["90", "30"]}),
        ("90", 2, {"value": ["30", "90"]}),
    ]
    history = house.call(house.admin, "setting_history", key="role.review_days")
    assert [(each["before"], each["value"], each["reason"], each["changed_by_name"]) for each in history] == [
        ("30", "90", None, "管理员"),
        ("90", "30", "更严", "管理员"),
    ]
    assert history[0]["changed_by_id"] == str(house.admin.id)


@pytest.mark.parametrize("value", ["0", "3651", '"90"', "90.5", "null", "nonsense"])
def test_sys_01_a_value_keeps_type_and_range(house: House, value: str) -> None:
    refusal = house.refused(house.admin, "change_setting", key="role.review_days", value=value)

    assert (refusal.code, refusal.rule, refusal.field) == ("VALIDATION", "a_setting_keeps_its_type_and_range", "value")


def test_sys_01_an_unknown_parameter_or_a_stale_version_is_refused(house: House) -> None:
    house.call(house.admin, "change_setting", key="role.review_days", value="30")

    unknown = house.refused(house.admin, "change_setting", key="role.nonsense", value="1")
    stale = house.refused(house.admin, "change_setting", key="role.review_days", value="31", version=0)
    zone = house.refused(house.admin, "change_setting", key="sys.timezone", value='"Mars"')

    assert (unknown.code, unknown.field) == ("NOT_FOUND", "key")
    assert (stale.code, stale.details) == ("CONFLICT", {"current": 1})
    assert (zone.code, zone.field) == ("VALIDATION", "value")
    assert house.refused(house.admin, "settings", keys=["role.nonsense"]).code == "NOT_FOUND"
    assert house.refused(house.admin, "setting_history", key="role.nonsense").code == "NOT_FOUND"


def test_sys_01_the_value_in_force_already_changes_nothing(house: House) -> None:
    house.call(house.admin, "change_setting", key="role.review_days", value="30")
    before = house.events()

    house.call(house.admin, "change_setting", key="role.review_days", value="30")

    assert house.events() == before


def test_sys_01_parameters_need_their_keys(house: House) -> None:
    position = house.position("p", house.department("d"))
    viewer = house.actor(house.employee("viewer", position, house.role("v", "sys.view")["id"])["id"])
    nobody = house.actor(house.employee("nobody", position)["id"])

    assert house.call(viewer, "settings", keys=["sys.timezone"])[0]["key"] == "sys.timezone"
    assert house.refused(viewer, "change_setting", key="sys.timezone", value='"UTC"').code == "FORBIDDEN"
    assert house.refused(nobody, "settings").code == "FORBIDDEN"
