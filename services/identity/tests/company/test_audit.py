"""The audit log and the history of one record (AUD-01)."""

from __future__ import annotations

from typing import Any

import psycopg
import pytest

from crm_common.ids import to_global
from founded.house import House


def entries(house: House, **arguments: Any) -> list[tuple[str, str]]:
    """Type and subject of the log's entries, in the order of the answer."""
    page = house.call(house.admin, "audit_log", **{"first": 100} | arguments)
    return [(each["type"], each["subject"]) for each in page["nodes"]]


def test_aud_01_an_edit_is_a_row_with_old_and_new(house: House) -> None:
    a = house.department("A")
    house.call(house.admin, "update_department", id=a["id"], version=1, name="B")

    latest = house.call(house.admin, "audit_log", first=1)["nodes"][0]

    assert latest["type"] == "department.updated"
    assert latest["subject"] == f"department/{a['id']}"
    assert latest["actor"] == f"employee:{house.admin.id}"
    assert latest["actor_name"] == "管理员"
    assert latest["occurred_at"] == "2026-11-23T09:00:00.000000Z"
    assert latest["changes"] == {"name": ["A", "B"]}
    assert latest["data"]["name"] == "B"
    assert latest["correlation_id"] == "test"


def test_aud_01_the_log_is_filtered_by_record_type_actor_and_time(house: House) -> None:
    hr = house.role("人事", "org.view", "org.edit")
    position = house.position("p", house.department("d"))
    li = house.employee("li", position, hr["id"])
    a = house.call(house.actor(li["id"]), "create_department", name="A")["department"]
    subject = f"department/{a['id']}"

    assert entries(house, employee_id=li["id"]) == [("department.created", subject)]
    assert entries(house, record_id=to_global("Department", a["id"])) == [("department.created", subject)]
    assert entries(house, record_id=a["id"]) == [("department.created", subject)]
    assert {kind for kind, _ in entries(house, record_type="Position")} == {"position.created"}
    assert entries(house, record_type="Position", record_id=a["id"]) == []
    assert [kind for kind, _ in entries(house, record_id=to_global("Employee", li["id"]))] == [
        "role.assigned",
        "employee.created",
    ]
    assert entries(house, since="2026-11-23T09:00:00.000001Z") == []
    assert entries(house, until="2026-11-23T09:00:00Z") == []
    assert len(entries(house, since="2026-11-23T09:00:00Z", until="2026-11-23T10:00:00Z")) > 20
    assert entries(house, filter={"type": {"eq": "department.created"}}, employee_id=li["id"]) == [
        ("department.created", subject)
    ]


def test_aud_01_phones_are_masked_in_the_log_and_in_the_history(house: House) -> None:
    position = house.position("p", house.department("d"))
    li = house.employee("li", position, phone="+86 138 1234 5678")
    house.call(house.admin, "update_employee", id=li["id"], version=1, phone="021-55556666")

    log = house.call(house.admin, "audit_log", record_id=to_global("Employee", li["id"]), first=100)["nodes"]
    history = house.call(house.admin, "record_history", record_id=to_global("Employee", li["id"]))["nodes"]

    assert log[0]["changes"] == {"phone": ["138****5678", "***-******66"]}
    assert log[0]["data"]["changes"] == log[0]["changes"]
    assert history[0]["changes"] == log[0]["changes"]
    assert "1234 5678" not in str(log)
    assert "55556666" not in str(log)


def test_aud_01_nobody_edits_the_log(house: House) -> None:
    with pytest.raises(Exception, match="permission denied") as failure, house.store.transaction() as connection:
        connection.exec_driver_sql("DELETE FROM journal")
    assert isinstance(failure.value.__cause__, psycopg.errors.InsufficientPrivilege)


def test_aud_01_the_log_needs_its_key(house: House) -> None:
    position = house.position("p", house.department("d"))
    auditor = house.actor(house.employee("auditor", position, house.preset("AUDITOR")["id"])["id"])
    seller = house.actor(house.employee("seller", position, house.preset("SALES")["id"])["id"])

    assert house.call(auditor, "audit_log")["nodes"]
    assert house.refused(seller, "audit_log").details == {"permission": "audit.view"}
    assert house.refused(auditor, "create_department", name="x").code == "FORBIDDEN"


def test_the_history_of_a_record_is_for_those_who_see_all_of_it(house: House) -> None:
    a = house.department("A")
    house.call(house.admin, "update_department", id=a["id"], version=1, name="B")
    position = house.position("p", a)
    li = house.employee("li", position)
    seller = house.actor(house.employee("seller", position, house.preset("SALES")["id"])["id"])
    nobody = house.actor(li["id"])

    history = house.call(seller, "record_history", record_id=to_global("Department", a["id"]))["nodes"]

    assert [(each["type"], each["actor_name"], each["changes"].get("name")) for each in history] == [
        ("department.updated", "管理员", ["A", "B"]),
        ("department.created", "管理员", [None, "A"]),
    ]
    assert [(each["employee_id"], each["reason"]) for each in history] == [(str(house.admin.id), None)] * 2
    assert house.refused(seller, "record_history", record_id=to_global("Employee", li["id"])).code == "FORBIDDEN"
    assert house.refused(nobody, "record_history", record_id=to_global("Department", a["id"])).code == "FORBIDDEN"


def test_the_history_of_nothing_is_not_found(house: House) -> None:
    nowhere = "00000000-0000-7000-8000-000000000000"

    for record_id in (to_global("Department", nowhere), to_global("Nonsense", nowhere), nowhere):
        assert house.refused(house.admin, "record_history", record_id=record_id).code == "NOT_FOUND"
    broken = house.refused(house.admin, "audit_log", record_id="nonsense")
    assert (broken.code, broken.field) == ("VALIDATION", "record_id")


def test_the_history_of_an_employee_out_of_scope_is_not_found(house: House) -> None:
    hr = house.role("人事", "org.view", "org.employee.edit", scope="SELF")
    position = house.position("p", house.department("d"))
    actor = house.actor(house.employee("hr", position, hr["id"])["id"])
    li = house.employee("li", position)

    assert house.refused(actor, "record_history", record_id=to_global("Employee", li["id"])).code == "NOT_FOUND"
    own = house.call(actor, "record_history", record_id=to_global("Employee", actor.id))["nodes"]
    assert [each["type"] for each in own] == ["role.assigned", "employee.created"]
