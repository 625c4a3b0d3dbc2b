"""The tables; the migrations make them."""

from __future__ import annotations

from office.tables.announcements import announcement, announcement_column, announcement_reading
from office.tables.attendance import attendance_month, attendance_rule, checkin, company_office, special_day
from office.tables.delivery import delivery, delivery_settings, robot
from office.tables.leave import leave, overtime
from office.tables.messages import message
from office.tables.notebook import memo
from office.tables.reminders import note, reminder
from office.tables.reports import quality_score, work_log, work_quality, work_quality_month, work_report
from office.tables.rules import rule, rule_firing
from office.tables.schedule import address_contact, calendar, schedule_entry, schedule_guest
from office.tables.work import comment, task, task_process, task_template, task_template_step

__all__ = [
    "address_contact",
    "announcement",
    "announcement_column",
    "announcement_reading",
    "attendance_month",
    "attendance_rule",
    "calendar",
    "checkin",
    "comment",
    "company_office",
    "delivery",
    "delivery_settings",
    "leave",
    "memo",
    "message",
    "note",
    "overtime",
    "quality_score",
    "reminder",
    "robot",
    "rule",
    "rule_firing",
    "schedule_entry",
    "schedule_guest",
    "special_day",
    "task",
    "task_process",
    "task_template",
    "task_template_step",
    "work_log",
    "work_quality",
    "work_quality_month",
    "work_report",
]
