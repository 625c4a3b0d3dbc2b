"""What every service copies of identity, employees and settings, in both modes and with identity's real events."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import suppress

import pytest

from copying.neighbourhood import Neighbourhood, in_one_process, on_the_broker
from crm_common.errors import CrmError
from infra.postgres import SharedPostgres
from ledger.waiting import until


@pytest.fixture(scope="module", params=["local", "broker"])
def neighbours(
    request: pytest.FixtureRequest, postgres_server: SharedPostgres, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Neighbourhood]:
    if request.param == "local":
        with in_one_process(postgres_server) as found:
            yield found
    else:
        vhost: str = request.getfixturevalue("rabbitmq_vhost")
        with on_the_broker(postgres_server, vhost, tmp_path_factory.mktemp("e2e")) as found:
            yield found


def same(neighbours: Neighbourhood, what: str) -> None:
    until(lambda: neighbours.copy() == neighbours.truth(), f"{what}: the copy equals the truth", seconds=20)


def test_who_was_there_before_is_copied_from_a_snapshot(neighbours: Neighbourhood) -> None:
    same(neighbours, "the founder")
    assert len(neighbours.copy()) >= 1
    built = "SELECT count(*) FROM projection WHERE generation >= 1 AND NOT building"
    until(lambda: neighbours.neighbour.rows(built) == [(2,)], "employees and settings to be built")


def test_the_copy_follows_every_change_of_an_employee_and_of_what_surrounds_him(neighbours: Neighbourhood) -> None:
    """IDN-03, 05, 06, 07, 08: created, moved, disabled, enabled; renamed and moved departments; another head."""
    call, edit = neighbours.call, neighbours.edit
    sales, east = neighbours.department("sales"), neighbours.department("support")
    li, wu, he = (neighbours.employee(name, sales) for name in ("li", "wu", "he"))
    same(neighbours, "three employees")
    edit("update_employee", li, name="Li Si")
    edit("set_department_head", sales, "department", head_id=wu)
    same(neighbours, "a head")
    (line,) = neighbours.neighbour.rows("SELECT line FROM employee_ref WHERE id = %s", (li,))
    assert [str(each) for each in line[0]] == [wu]
    edit("move_employee", he, position_id=neighbours.position_of(neighbours.employee("xu", east)))
    edit("update_department", east, "department", name="Support East", parent_id=sales)
    edit("disable_employee", li, reason="left")
    same(neighbours, "moves, a renamed department and a leaver")
    edit("enable_employee", li)
    edit("set_department_head", sales, "department", head_id=None)
    same(neighbours, "back again")
    assert call("repair_projection", "copying", name="employees") == {"missing": 0, "wrong": 0, "surplus": 0}


def test_a_setting_is_known_everywhere_within_a_second(neighbours: Neighbourhood) -> None:
    """SYS-01."""
    for minutes in (20, 25):
        neighbours.call("change_setting", key="auth.lock_minutes", value=json.dumps(minutes))
        known = "SELECT value FROM setting_value WHERE key = 'auth.lock_minutes'"
        until(lambda: neighbours.neighbour.rows(known) == [(str(minutes),)], "the copy of the setting", seconds=3)  # noqa: B023


def test_damage_is_repaired_by_comparing_and_by_building_anew(neighbours: Neighbourhood) -> None:
    same(neighbours, "before")
    with neighbours.neighbour.transaction() as harm:
        harm.exec_driver_sql("UPDATE employee_ref SET name = 'nobody', seq = seq + 50")
    assert neighbours.call("repair_projection", "copying", name="employees")["wrong"] == len(neighbours.truth())
    assert neighbours.copy() == neighbours.truth()
    with neighbours.neighbour.transaction() as harm:
        harm.exec_driver_sql("DELETE FROM employee_ref")
    answer = neighbours.call("repair_projection", "copying", name="employees", rebuild=True)
    assert (answer["run"]["outcome"], answer["run"]["report"]) == ("DONE", {"employees": len(neighbours.truth())})
    assert neighbours.copy() == neighbours.truth()


def test_time_travel_follows_the_setting_at_once_also_elsewhere(neighbours: Neighbourhood) -> None:
    """Features §1: ``runJob(name, asOf)`` is refused unless sys.allow_time_travel."""
    run = {"name": "copying.projection_repair", "as_of": "2027-01-01T00:00:00Z"}
    with pytest.raises(CrmError, match="FORBIDDEN the_clock_may_not_be_moved"):
        neighbours.call("run_job", "copying", **run)
    neighbours.call("change_setting", key="sys.allow_time_travel", value="true")

    known = "SELECT value FROM setting_value WHERE key = 'sys.allow_time_travel'"
    until(lambda: neighbours.neighbour.rows(known) == [("true",)], "the neighbour to know the setting", seconds=3)

    def allowed() -> bool:
        with suppress(CrmError):
            return bool(neighbours.call("run_job", "copying", **run)["run"]["outcome"] == "DONE")
        return False

    until(allowed, "the neighbour's process to know it too", seconds=1)
    (last,) = (job["last_run"] for job in neighbours.call("jobs", "copying")["jobs"] if job["name"] == run["name"])
    assert (last["scheduled_for"], last["outcome"]) == ("2027-01-01T00:00:00Z", "DONE")
    assert last["asked_by"] == f"employee:{neighbours.admin.id}"
    neighbours.call("change_setting", key="sys.allow_time_travel", value="false")
