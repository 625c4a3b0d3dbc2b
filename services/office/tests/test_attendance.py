"""Attendance (OFC-14, 15, 16): which days are worked, where people checked in, and what a month comes to."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import uuid4
from zoneinfo import ZoneInfo

import pytest

from crm_common.clock import FixedClock
from crm_common.context import Actor, system_context
from crm_common.settings_data import GivenSettings
from infra.postgres import SharedPostgres
from office.domain.attendance import metres
from office.service import OfficeService
from serving.alone import Alone, alone, employee

pytestmark = pytest.mark.infra

SHANGHAI = ZoneInfo("Asia/Shanghai")
CLOCK = FixedClock(datetime(2026, 3, 2, tzinfo=UTC))
TOWER, ACROSS, FAR = (31.2397, 121.4998), (31.2405, 121.5015), (31.1443, 121.8083)
"""An office, a place 180 m from it, and the airport."""
HR = employee("hr", "attendance.edit", "attendance.view_all")


@pytest.fixture
def service(postgres_server: SharedPostgres) -> Iterator[Alone]:
    """An office of its own, as there is one rule for all."""
    with alone(postgres_server, OfficeService, clock=CLOCK) as served:
        settings = served.runtime.services["office"].scheduler.host.settings
        assert isinstance(settings, GivenSettings)
        settings.values["sys.allow_time_travel"] = True
        yield served


def person(service: Alone, name: str, *, active: bool = True) -> Actor:
    """Somebody this service knows of."""
    found = employee(name)
    with service.store.transaction() as connection:
        connection.exec_driver_sql(
            "INSERT INTO employee_ref (id, seq, name, active, department_id, department_name, department_path, line)"
            " VALUES (%s, 1, %s, %s, %s, '销售部', '/', '{}')",
            (found.id, found.name, active, uuid4()),
        )
    return found


def checked(service: Alone, who: Actor, kind: str, at: str, place: tuple[float, float] = TOWER, **more: Any) -> Any:
    """A check-in at a moment of the company's day."""
    CLOCK.moment = datetime.fromisoformat(f"2026-{at}").replace(tzinfo=SHANGHAI).astimezone(UTC)
    given = {"kind": kind, "latitude": place[0], "longitude": place[1], "accuracy": 20.0} | more
    return service.call(who, "check_in", **given)["check_in"]


def kinds(service: Alone, first: str, last: str) -> list[tuple[bool, str]]:
    """What the days are."""
    found = service.call(HR, "work_calendar", first_day=first, last_day=last)
    return [(each["working"], each["kind"]) for each in found]


def test_ofc_14_days_are_days_of_the_week_public_holidays_and_the_company_s_own(service: Alone) -> None:
    # the State Council's plan of 2026: Spring Festival to 23 February, for which Saturday the 14th and 28th are worked
    assert kinds(service, "2026-02-13", "2026-02-16") == [
        (True, "WORK"), (True, "MADE_UP"), (False, "HOLIDAY"), (False, "HOLIDAY"),
    ]  # fmt: skip
    assert kinds(service, "2026-11-21", "2026-11-23") == [(False, "REST"), (False, "REST"), (True, "WORK")]
    # a year that is not announced: what the days of the week say, until somebody knows more
    assert kinds(service, "2030-10-01", "2030-10-01") == [(True, "WORK")]
    own = service.call(HR, "set_special_day", day="2030-10-01", working=False, name="国庆节")["special_day"]
    assert kinds(service, "2030-10-01", "2030-10-01") == [(False, "COMPANY_REST")]
    assert (
        service.call(HR, "set_special_day", day="2030-10-01", working=True, name="盘点")["special_day"]["id"]
        == own["id"]
    )
    assert kinds(service, "2030-10-01", "2030-10-01") == [(True, "COMPANY_WORK")]
    service.call(HR, "remove_special_day", id=own["id"])
    assert service.refused(HR, "remove_special_day", id=own["id"]) == "NOT_FOUND"
    changed = service.call(HR, "update_attendance_rule", version=1, rest_days=["SUNDAY"], public_holidays=False)["rule"]
    assert (changed["rest_days"], changed["version"]) == (["SUNDAY"], 2)
    assert kinds(service, "2026-02-14", "2026-02-16") == [(True, "WORK"), (False, "REST"), (True, "WORK")]
    assert service.refused(HR, "work_calendar", first_day="2026-01-02", last_day="2026-01-01") == "VALIDATION"
    assert service.refused(HR, "work_calendar", first_day="2026-01-01", last_day="2028-01-01") == "VALIDATION"


def test_only_who_may_edit_attendance_changes_it_and_only_to_what_makes_sense(service: Alone) -> None:
    li = person(service, "li")
    changes: dict[str, dict[str, Any]] = {
        "update_attendance_rule": {"version": 1, "grace_minutes": 9},
        "set_special_day": {"day": "2026-05-06", "working": False, "name": "x"},
        "remove_special_day": {"id": str(uuid4())},
        "add_company_office": {"name": "x", "latitude": 1.0, "longitude": 1.0},
        "remove_company_office": {"id": str(uuid4())},
    }
    for command, given in changes.items():
        assert service.refused(li, command, **given) == "FORBIDDEN"
    assert service.refused(HR, "update_attendance_rule", version=1, ends_at="08:00") == "VALIDATION"
    assert service.refused(HR, "update_attendance_rule", version=1, begins_at="25:00") == "VALIDATION"
    everything = ["MONDAY", "TUESDAY", "WEDNESDAY", "THURSDAY", "FRIDAY", "SATURDAY", "SUNDAY"]
    assert service.refused(HR, "update_attendance_rule", version=1, rest_days=everything) == "VALIDATION"
    assert service.refused(HR, "update_attendance_rule", version=7, grace_minutes=9) == "CONFLICT"
    assert service.call(li, "attendance_rule")["office_radius"] == 300


def test_ofc_16_outside_of_the_radius_it_is_marked_as_outside(service: Alone) -> None:
    li = person(service, "li")
    assert checked(service, li, "IN", "03-02T08:50")["outside"] is None  # no office is known yet
    office = service.call(HR, "add_company_office", name="金茂大厦", latitude=TOWER[0], longitude=TOWER[1])["office"]

    near, far = checked(service, li, "IN", "03-02T08:55", ACROSS), checked(service, li, "OUT", "03-02T18:10", FAR)
    assert (near["outside"], near["office_id"], round(near["distance"])) == (False, office["id"], 184)
    assert (far["outside"], round(far["distance"] / 1000)) == (True, 31)
    service.call(HR, "update_attendance_rule", version=1, office_radius=100)
    assert checked(service, li, "OUT", "03-02T18:20", ACROSS)["outside"] is True
    visit = checked(service, li, "VISIT", "03-02T15:00", FAR, customer_id=str(uuid4()), photo_id=str(uuid4()))
    assert (visit["kind"], visit["photo_id"] is None) == ("VISIT", False)
    place = {"latitude": 1.0, "longitude": 1.0, "accuracy": 10.0}
    assert service.refused(li, "check_in", kind="VISIT", **place) == "VALIDATION"
    assert service.refused(li, "check_in", kind="IN", customer_id=str(uuid4()), **place) == "VALIDATION"
    assert service.refused(li, "check_in", kind="IN", **place | {"accuracy": 5000.0}) == "VALIDATION"
    assert service.refused(li, "check_in", kind="IN", **place | {"latitude": 91.0}) == "VALIDATION"
    assert service.events()[-1] == "checkin.made"
    service.call(HR, "remove_company_office", id=office["id"])
    assert checked(service, li, "IN", "03-03T08:55", ACROSS)["outside"] is None


def test_distances_are_those_of_the_globe() -> None:
    assert round(metres((39.9042, 116.4074), (31.2304, 121.4737)) / 1000) == 1067
    assert metres(TOWER, TOWER) == 0
    assert round(metres((0.0, 179.9999), (0.0, -179.9999))) == 22


def month(service: Alone, who: Actor) -> dict[str, str]:
    """What the days of March came to, rest left out."""
    found = service.call(who, "attendance_days", month="2026-03")
    return {each["day"][8:]: each["state"] for each in found if each["state"] != "REST"}


def worked(service: Alone) -> Actor:
    """Somebody with a first week of March in which everything happens."""
    li = person(service, "li")
    service.call(HR, "add_company_office", name="金茂大厦", latitude=TOWER[0], longitude=TOWER[1])
    for kind, at in (
        ("IN", "03-02T09:05"), ("OUT", "03-02T18:00"),
        ("IN", "03-03T09:06"), ("OUT", "03-03T17:54"),
        ("IN", "03-05T08:30"),
        ("IN", "03-06T08:59"), ("OUT", "03-06T17:00"), ("IN", "03-06T17:30"), ("OUT", "03-06T18:30"),
        ("IN", "03-07T10:00"),
    ):  # fmt: skip
        checked(service, li, kind, at)
    checked(service, li, "VISIT", "03-09T10:00", FAR, customer_id=str(uuid4()))
    checked(service, li, "OUT", "03-10T18:00", FAR)
    return li


def test_ofc_14_15_a_rest_day_is_no_absence_and_each_day_comes_to_what_it_was(service: Alone) -> None:
    li = worked(service)
    CLOCK.moment = datetime(2026, 3, 11, 4, tzinfo=UTC)

    found = month(service, li)
    assert {day: found[day] for day in ("02", "03", "04", "05", "06", "09", "10", "11")} == {
        "02": "PRESENT", "03": "LATE_AND_EARLY", "04": "ABSENT", "05": "HALF",
        "06": "PRESENT", "09": "PRESENT", "10": "HALF", "11": "AHEAD",
    }  # fmt: skip
    assert ("07" in found, "08" in found, found["31"]) == (False, False, "AHEAD")
    first = service.call(li, "attendance_days", month="2026-03")[1]
    assert (first["hours"], first["came_at"][11:16], first["outside"]) == ("8.92", "01:05", False)


def closed(service: Alone, as_of: datetime, *, dry_run: bool = False) -> Any:
    """The job, as of a moment."""
    context = system_context("office", correlation_id="test")
    scheduler = service.runtime.services["office"].scheduler
    return scheduler.run_now("office.attendance_close", context, as_of=as_of, dry_run=dry_run)


def test_ofc_15_a_month_is_closed_once_and_one_sees_one_s_own_record(service: Alone) -> None:
    li, wang = worked(service), person(service, "wang")
    person(service, "gone", active=False)
    april = datetime(2026, 4, 1, 1, tzinfo=UTC)

    closed(service, april, dry_run=True)
    assert service.call(HR, "attendance_months")["nodes"] == []
    report = closed(service, april)["report"]
    assert (report["month"], report["employees"]) == ("2026-03", 2)
    closed(service, april + timedelta(days=1))
    assert service.events().count("attendance.closed") == 1
    [own] = service.call(li, "attendance_months")["nodes"]
    assert {name: own[name] for name in ("work_days", "present_days", "absent_days", "visits", "outside_times")} == {
        "work_days": 22, "present_days": 6, "absent_days": 16, "visits": 1, "outside_times": 1,
    }  # fmt: skip
    assert (own["late_times"], own["early_times"], own["half_times"]) == (1, 1, 2)
    everybody = service.call(HR, "attendance_months", month="2026-03", order_by=[{"field": "absent_days"}])["nodes"]
    assert [(each["employee_name"], each["absent_days"]) for each in everybody] == [(li.name, 16), (wang.name, 22)]
    assert service.call(wang, "attendance_months_by_ids", ids=[own["id"]]) == [None]
    assert service.refused(wang, "attendance_days", month="2026-03", employee_id=str(li.id)) == "FORBIDDEN"
    assert len(service.call(HR, "attendance_days", month="2026-03", employee_id=str(li.id))) == 31
    assert service.call(wang, "check_ins")["nodes"] == []
    assert len(service.call(HR, "check_ins", first=100)["nodes"]) == 12
