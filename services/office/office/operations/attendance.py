"""Attendance: what is asked and told of it, and the month that is closed on time (OFC-14, 15, 16)."""

from __future__ import annotations

from crm_common.jobs import JobRun
from crm_common.protocol.office.attendance import (
    AttendanceDay,
    AttendanceDays,
    AttendanceMonths,
    AttendanceMonthsByIds,
    AttendanceRule,
    CalendarDay,
    RemoveSpecialDay,
    SetSpecialDay,
    SpecialDays,
    SpecialDaysByIds,
    UpdateAttendanceRule,
    WorkCalendar,
)
from crm_common.protocol.office.checkins import (
    AddCompanyOffice,
    CheckIn,
    CheckIns,
    CheckInsByIds,
    CompanyOffices,
    CompanyOfficesByIds,
    RemoveCompanyOffice,
)
from crm_common.runtime.entrypoints import every, rpc
from crm_common.runtime.raw import Raw
from office.operations.offering import Offering
from office.usecases import attendance
from office.views import attendance as views


class AttendanceOperations(Offering):
    """Attendance."""

    @rpc
    def attendance_rule(self, query: AttendanceRule) -> Raw:
        return self.views.one(query, views.rule_id(self.host))

    @rpc
    def update_attendance_rule(self, command: UpdateAttendanceRule) -> Raw:
        return self.commands.run(attendance.update_attendance_rule, command)

    @rpc
    def special_days(self, query: SpecialDays) -> Raw:
        return self.views.page(query)

    @rpc
    def special_days_by_ids(self, query: SpecialDaysByIds) -> Raw:
        return self.views.get(query)

    @rpc
    def set_special_day(self, command: SetSpecialDay) -> Raw:
        return self.commands.run(attendance.set_special_day, command)

    @rpc
    def remove_special_day(self, command: RemoveSpecialDay) -> Raw:
        return self.commands.run(attendance.remove_special_day, command)

    @rpc
    def work_calendar(self, query: WorkCalendar) -> list[CalendarDay]:
        return views.work_calendar(self.host, query)

    @rpc
    def company_offices(self, query: CompanyOffices) -> Raw:
        return self.views.page(query)

    @rpc
    def company_offices_by_ids(self, query: CompanyOfficesByIds) -> Raw:
        return self.views.get(query)

    @rpc
    def add_company_office(self, command: AddCompanyOffice) -> Raw:
        return self.commands.run(attendance.add_company_office, command)

    @rpc
    def remove_company_office(self, command: RemoveCompanyOffice) -> Raw:
        return self.commands.run(attendance.remove_company_office, command)

    @rpc
    def check_ins(self, query: CheckIns) -> Raw:
        return self.views.page(query)

    @rpc
    def check_ins_by_ids(self, query: CheckInsByIds) -> Raw:
        return self.views.get(query)

    @rpc
    def check_in(self, command: CheckIn) -> Raw:
        return self.commands.run(attendance.check_in, command)

    @rpc
    def attendance_days(self, query: AttendanceDays) -> list[AttendanceDay]:
        return views.attendance_days(self.host, self.context, query)

    @rpc
    def attendance_months(self, query: AttendanceMonths) -> Raw:
        return self.views.page(query, where=views.months_in(query))

    @rpc
    def attendance_months_by_ids(self, query: AttendanceMonthsByIds) -> Raw:
        return self.views.get(query)

    @every("30 2 1 * *", name="office.attendance_close")
    def close_attendance(self, run: JobRun) -> None:
        """The month that is over is counted for everybody (OFC-15)."""
        attendance.close_month(run)
