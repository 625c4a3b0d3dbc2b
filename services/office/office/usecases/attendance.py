"""Commands about attendance (OFC-14, 16), and closing a month (OFC-15)."""

from __future__ import annotations

from dataclasses import asdict
from datetime import timedelta
from decimal import Decimal
from typing import Any
from zoneinfo import ZoneInfo

from crm_common.changes import Change
from crm_common.editing import difference
from crm_common.errors import CommonRules
from crm_common.jobs import JobRun
from crm_common.protocol.office.attendance import (
    AttendanceClosed,
    AttendanceRuleUpdated,
    RemoveSpecialDay,
    SetSpecialDay,
    SpecialDayRemoved,
    SpecialDaySet,
    UpdateAttendanceRule,
)
from crm_common.protocol.office.checkins import (
    MOST_METRES_OFF,
    AddCompanyOffice,
    CheckIn,
    CheckInKind,
    CheckInMade,
    CheckInRules,
    CompanyOfficeAdded,
    CompanyOfficeRemoved,
    RemoveCompanyOffice,
)
from crm_common.protocol.platform import TIMEZONE
from office.domain import attendance as domain
from office.domain.work_calendar import SpecialDay
from office.store import attendance
from office.store.attendance_days import overtime_hours, person_days

_BATCH = 200


def update_attendance_rule(change: Change, command: UpdateAttendanceRule) -> dict[str, Any]:
    """When people work, from now on."""
    identifier, before = attendance.locked_rule(change.connection)
    after = domain.updated(before, command)
    if after != before:
        attendance.save_rule(change.connection, after, change.now)
        change.record(AttendanceRuleUpdated(rule_id=identifier, changes=difference(before, after)))
    return {"rule": identifier}


def set_special_day(change: Change, command: SetSpecialDay) -> dict[str, Any]:
    """A day of work or of rest by the company's own word."""
    day = SpecialDay(day=command.day, working=command.working, name=command.name.strip() or command.name)
    identifier = attendance.set_special_day(change.connection, change.new_id(), day)
    change.record(SpecialDaySet(special_day_id=identifier, **asdict(day)))
    return {"special_day": identifier}


def remove_special_day(change: Change, command: RemoveSpecialDay) -> dict[str, Any]:
    """The day is what it is otherwise."""
    day = attendance.remove_special_day(change.connection, command.id)
    if day is None:
        raise CommonRules.the_record_was_not_found(field="id")
    change.record(SpecialDayRemoved(special_day_id=command.id, **asdict(day)))
    return {"removed_id": command.id}


def add_company_office(change: Change, command: AddCompanyOffice) -> dict[str, Any]:
    """Another office."""
    made, place = change.new_id(), (command.latitude, command.longitude)
    attendance.add_office(change.connection, made, command.name, place)
    change.record(CompanyOfficeAdded(office_id=made, name=command.name, latitude=place[0], longitude=place[1]))
    return {"office": made}


def remove_company_office(change: Change, command: RemoveCompanyOffice) -> dict[str, Any]:
    """An office less."""
    gone = attendance.remove_office(change.connection, command.id)
    if gone is None:
        raise CommonRules.the_record_was_not_found(field="id")
    name, latitude, longitude = gone
    change.record(CompanyOfficeRemoved(office_id=command.id, name=name, latitude=latitude, longitude=longitude))
    return {"removed_id": command.id}


def check_in(change: Change, command: CheckIn) -> dict[str, Any]:
    """Where somebody is now; away from every office it is marked."""
    if (command.kind is CheckInKind.VISIT) is (command.customer_id is None):
        raise CheckInRules.a_visit_is_to_a_customer(field="customer_id")
    if command.accuracy > MOST_METRES_OFF:
        raise CheckInRules.the_place_is_not_known_well_enough(field="accuracy", metres=round(command.accuracy))
    rows, place = attendance.within(change.connection), (command.latitude, command.longitude)
    away = [(domain.metres(place, (north, east)), office) for office, north, east in attendance.offices(rows)]
    distance, office = min(away, default=(None, None))
    radius = attendance.rule(rows).office_radius
    made = CheckInMade(
        check_in_id=change.new_id(),
        employee_id=change.context.authenticated().id,
        kind=command.kind,
        at=change.now,
        latitude=command.latitude,
        longitude=command.longitude,
        accuracy=command.accuracy,
        office_id=office,
        outside=None if distance is None else distance > radius,
        customer_id=command.customer_id,
    )
    attendance.check_in(change.connection, made, distance=distance, photo_id=command.photo_id, note=command.note)
    change.record(made)
    return {"check_in": made.check_in_id}


def close_month(run: JobRun) -> None:
    """Count the month before the one that the run is for; who was counted stays as he was counted."""
    employees, number = 0, _BATCH
    while number == _BATCH:
        with run.change() as change:
            month, number = _close_some(change)
            employees += number
            if number < _BATCH and employees:
                change.record(AttendanceClosed(closing_id=change.new_id(), month=month, employees=employees))
        run.report |= {"month": month, "employees": employees}
        if run.dry_run:
            return


def _close_some(change: Change) -> tuple[str, int]:
    zone = ZoneInfo(change.settings.get(TIMEZONE))
    month = f"{change.now.astimezone(zone).date().replace(day=1) - timedelta(days=1):%Y-%m}"
    people = attendance.unclosed(change.connection, month, _BATCH)
    days = person_days(attendance.within(change.connection), people, month, zone, change.now)
    over = overtime_hours(attendance.within(change.connection), people, month, zone)
    counted = [
        (change.new_id(), person, domain.counted(days[person], over.get(person, Decimal(0)))) for person in people
    ]
    attendance.close(change.connection, counted, month, change.now)
    return month, len(people)
