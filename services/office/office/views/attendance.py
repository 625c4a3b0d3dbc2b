"""Attendance as it is shown: the company's calendar to everybody, records to whom they belong and who may see all."""

from __future__ import annotations

from datetime import timedelta
from uuid import UUID
from zoneinfo import ZoneInfo

from crm_common.context import Actor, ActorKind, Context
from crm_common.protocol.office.attendance import (
    MOST_DAYS,
    SEE_ALL,
    AttendanceDay,
    AttendanceDays,
    AttendanceMonths,
    AttendanceMonthView,
    AttendanceRules,
    AttendanceRuleView,
    CalendarDay,
    SpecialDayView,
    WorkCalendar,
)
from crm_common.protocol.office.checkins import CheckInView, CompanyOfficeView
from crm_common.protocol.platform import TIMEZONE
from crm_common.reading import Where, bind
from crm_common.reading.scope import Reach
from crm_common.runtime.host import ServiceHost
from office.store.attendance_days import calendar, person_days
from office.tables.attendance import attendance_month, attendance_rule, checkin, company_office, special_day

NAME_OF = "SELECT p.name FROM employee_ref p WHERE p.id = {t}.employee_id"


class _OwnRecord:
    """One's own rows; everybody's by attendance.view_all."""

    def kind(self, actor: Actor | None) -> str | None:
        if actor is None:
            return "NOBODY"
        return None if actor.kind is ActorKind.SYSTEM or SEE_ALL.allows(actor) else "SELF"

    def condition(self, kind: str, _reach: Reach) -> str:
        return "false" if kind == "NOBODY" else "{t}.employee_id = {me}"

    def owners(self, _kind: str) -> None:
        return None


OWN_RECORD = _OwnRecord()
"""The scope of records of attendance, one for all views."""
RULE = bind(AttendanceRuleView, attendance_rule)
SPECIAL_DAYS = bind(SpecialDayView, special_day, default_order=[special_day.c.day.desc()])
COMPANY_OFFICES = bind(
    CompanyOfficeView,
    company_office,
    sort={"name": company_office.c.name_key},
    default_order=[company_office.c.name_key],
)
CHECK_INS = bind(
    CheckInView,
    checkin,
    fields={"employee_name": NAME_OF},
    scope=OWN_RECORD,
    default_order=[checkin.c.at.desc()],
)
ATTENDANCE_MONTHS = bind(
    AttendanceMonthView,
    attendance_month,
    fields={"employee_name": NAME_OF},
    scope=OWN_RECORD,
    default_order=[attendance_month.c.month.desc()],
)
ATTENDANCE = (RULE, SPECIAL_DAYS, COMPANY_OFFICES, CHECK_INS, ATTENDANCE_MONTHS)


def rule_id(host: ServiceHost) -> UUID:
    """The one record of when people work."""
    [(found,)] = host.store.rows("SELECT id FROM attendance_rule")
    return UUID(str(found))


def months_in(query: AttendanceMonths) -> Where | None:
    """One month, or all of them."""
    return None if query.month is None else Where("{t}.month = {month}", selective=True, month=query.month)


def work_calendar(host: ServiceHost, query: WorkCalendar) -> list[CalendarDay]:
    """Which days are days of work."""
    number = (query.last_day - query.first_day).days + 1
    if not 1 <= number <= MOST_DAYS:
        raise AttendanceRules.a_calendar_is_asked_for_in_order(field="last_day", days=MOST_DAYS)
    return calendar(host.store.rows, [query.last_day - timedelta(days=back) for back in reversed(range(number))])


def attendance_days(host: ServiceHost, context: Context, query: AttendanceDays) -> list[AttendanceDay]:
    """The days of somebody's month as they stand now."""
    person = query.employee_id or context.authenticated().id
    if person != context.authenticated().id:
        SEE_ALL.check(context)
    zone = ZoneInfo(host.settings.get(TIMEZONE))
    days = person_days(host.store.rows, [person], query.month, zone, host.clock.now())[person]
    return [came_of for _, came_of in days]
