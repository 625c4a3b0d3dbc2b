"""Schedules and calendars: what is asked and told of them (OFC-02, 04, 05), and what follow-ups put there (CUS-50)."""

from __future__ import annotations

from crm_common.changes import Change
from crm_common.protocol.customer.follow_ups import FollowUpCreated, FollowUpUpdated
from crm_common.protocol.customer.holding import CustomerErased
from crm_common.protocol.office.calendars import (
    Calendars,
    CalendarsByIds,
    CalendarText,
    CreateCalendar,
    RevokeCalendar,
)
from crm_common.protocol.office.schedule import (
    AnswerInvitation,
    CreateScheduleEntry,
    CurrentHandler,
    CurrentHandlers,
    DeleteScheduleEntry,
    LeaveOutOccurrence,
    LoadDemoSchedule,
    Schedule,
    ScheduleEntries,
    ScheduleEntriesByIds,
    ScheduleEntryCalendar,
    ScheduleItem,
    UpcomingSchedule,
    UpdateScheduleEntry,
)
from crm_common.runtime.entrypoints import rpc, subscribe
from crm_common.runtime.raw import Raw
from office.operations.offering import Offering
from office.usecases import calendars, contacts_due, schedule, schedule_demo
from office.views import calendars as calendar_views
from office.views import schedule as schedule_views


class ScheduleOperations(Offering):
    """Schedules and calendars."""

    @rpc
    def schedule(self, query: Schedule) -> list[ScheduleItem]:
        return schedule_views.schedule(self.host, self.context, query)

    @rpc
    def upcoming_schedule(self, query: UpcomingSchedule) -> list[ScheduleItem]:
        return schedule_views.upcoming(self.host, self.context, query)

    @rpc
    def current_handlers(self, query: CurrentHandlers) -> list[CurrentHandler]:
        return schedule_views.current_handlers(self.host, self.context, query)

    @rpc
    def schedule_entries(self, query: ScheduleEntries) -> Raw:
        return self.views.page(query, where=schedule_views.MINE)

    @rpc
    def schedule_entries_by_ids(self, query: ScheduleEntriesByIds) -> Raw:
        return self.views.get(query)

    @rpc
    def schedule_entry_calendar(self, query: ScheduleEntryCalendar) -> str:
        return calendar_views.entry_calendar(self.host, self.views.reader, self.context, query)

    @rpc
    def create_schedule_entry(self, command: CreateScheduleEntry) -> Raw:
        return self.commands.run(schedule.create_schedule_entry, command)

    @rpc
    def update_schedule_entry(self, command: UpdateScheduleEntry) -> Raw:
        return self.commands.run(schedule.update_schedule_entry, command)

    @rpc
    def leave_out_occurrence(self, command: LeaveOutOccurrence) -> Raw:
        return self.commands.run(schedule.leave_out_occurrence, command)

    @rpc
    def delete_schedule_entry(self, command: DeleteScheduleEntry) -> Raw:
        return self.commands.run(schedule.delete_schedule_entry, command)

    @rpc
    def answer_invitation(self, command: AnswerInvitation) -> Raw:
        return self.commands.run(schedule.answer_invitation, command)

    @rpc
    def load_demo_schedule(self, command: LoadDemoSchedule) -> Raw:
        return self.commands.run(schedule_demo.load_demo_schedule, command)

    @rpc
    def calendars(self, query: Calendars) -> Raw:
        return self.views.page(query)

    @rpc
    def calendars_by_ids(self, query: CalendarsByIds) -> Raw:
        return self.views.get(query)

    @rpc
    def calendar_text(self, query: CalendarText) -> str | None:
        return calendar_views.calendar_text(self.host, query)

    @rpc
    def create_calendar(self, command: CreateCalendar) -> Raw:
        return self.commands.run(calendars.create_calendar, command)

    @rpc
    def revoke_calendar(self, command: RevokeCalendar) -> Raw:
        return self.commands.run(calendars.revoke_calendar, command)

    @subscribe(FollowUpCreated)
    def note_follow_up(self, event: FollowUpCreated, change: Change) -> None:
        contacts_due.note_follow_up(change, event)

    @subscribe(CustomerErased)
    def forget_contacts(self, event: CustomerErased, change: Change) -> None:
        contacts_due.forget_customer(change, event)

    @subscribe(FollowUpUpdated)
    def note_corrected_follow_up(self, event: FollowUpUpdated, change: Change) -> None:
        contacts_due.note_follow_up(change, event)
