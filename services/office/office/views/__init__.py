"""What the office service shows: each view bound to its table."""

from __future__ import annotations

from office.views.address_book import ADDRESS_CONTACTS
from office.views.announcements import ANNOUNCEMENTS, COLUMNS, READINGS
from office.views.approvals import BINDINGS as APPROVAL_BINDINGS
from office.views.attendance import ATTENDANCE
from office.views.calendars import CALENDARS
from office.views.comments import COMMENTS
from office.views.delivery import DELIVERIES, DELIVERY_SETTINGS, ROBOTS
from office.views.leave import LEAVE
from office.views.memos import MEMOS
from office.views.messages import MESSAGES
from office.views.notes import NOTES
from office.views.reminders import REMINDERS
from office.views.rules import RULE_FIRINGS, RULES
from office.views.schedule import GUESTS, SCHEDULE_ENTRIES
from office.views.task_templates import TASK_PROCESSES, TASK_TEMPLATE_STEPS, TASK_TEMPLATES
from office.views.tasks import TASKS
from office.views.work_reports import (
    MISSING_WORK_REPORTS,
    QUALITY_SCORES,
    WORK_LOGS,
    WORK_QUALITY,
    WORK_QUALITY_MONTHS,
    WORK_REPORTS,
)

BINDINGS = (
    DELIVERIES,
    DELIVERY_SETTINGS,
    ROBOTS,
    ANNOUNCEMENTS,
    COLUMNS,
    READINGS,
    *APPROVAL_BINDINGS,
    MEMOS,
    MESSAGES,
    NOTES,
    REMINDERS,
    TASKS,
    CALENDARS,
    GUESTS,
    SCHEDULE_ENTRIES,
    TASK_PROCESSES,
    TASK_TEMPLATE_STEPS,
    TASK_TEMPLATES,
    COMMENTS,
    RULES,
    RULE_FIRINGS,
    ADDRESS_CONTACTS,
    *ATTENDANCE,
    WORK_REPORTS,
    WORK_LOGS,
    MISSING_WORK_REPORTS,
    QUALITY_SCORES,
    WORK_QUALITY,
    WORK_QUALITY_MONTHS,
    *LEAVE,
)
