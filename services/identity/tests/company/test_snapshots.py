"""What neighbours copy of the employees: the snapshot, and events that tell the whole row every time."""

from __future__ import annotations

import json
from typing import Any

from crm_common.projections.employees import EMPLOYEES
from crm_common.projections.snapshot import snapshot
from crm_common.protocol.platform import Snapshot
from founded.house import House
from identity.service import IdentityService


def copied(house: House) -> dict[str, dict[str, Any]]:
    """The snapshot's rows by id, without their seq."""
    page = json.loads(snapshot(house.store, IdentityService.snapshots, Snapshot(resource="employees")))
    return {row.pop("id"): {key: value for key, value in row.items() if key != "seq"} for row in page["rows"]}


def told(house: House) -> dict[str, dict[str, Any]]:
    """What the latest event about each employee told."""
    rows: dict[str, dict[str, Any]] = {}
    for _, data in house.events(*(event.event_type for event in EMPLOYEES.events)):
        rows[data["employee_id"]] = {column: data[column] for column in EMPLOYEES.columns}
    return rows


def test_events_and_snapshot_tell_neighbours_the_same(house: House) -> None:
    a, b = house.department("A"), house.department("B")
    position, other = house.position("p", a), house.position("q", b)
    boss, li, wu = (house.employee(name, position) for name in ("boss", "li", "wu"))
    house.head(a, boss)
    house.call(house.admin, "update_department", id=b["id"], version=1, name="C", parent_id=a["id"])
    house.call(house.admin, "move_employee", id=li["id"], version=1, position_id=other["id"])
    house.call(house.admin, "update_employee", id=wu["id"], version=1, name="吴")
    house.call(house.admin, "disable_employee", id=boss["id"], version=1)
    version = house.get("departments", a["id"], "version")["version"]
    house.call(house.admin, "update_department", id=a["id"], version=version, name="Z")

    assert told(house) == copied(house)
    assert copied(house)[li["id"]] == {
        "name": "li",
        "active": True,
        "department_id": b["id"],
        "department_name": "C",
        "department_path": f"/{house.root['id']}/{a['id']}/{b['id']}/",
        "line": [],
    }
