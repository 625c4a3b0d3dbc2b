"""What the office service says to others: what people write down, tell and ask one another."""

from __future__ import annotations

from crm_common.protocol.office import (
    announcement_columns,
    announcements,
    approval_rules,
    approvals,
    approvals_delegations,
    approvals_events,
    approvals_messages,
    calendars,
    comments,
    flows,
    memos,
    message_kinds,
    messages,
    notes,
    reminders,
    rules,
    schedule,
    task_templates,
    tasks,
)
from crm_common.protocol.office.service import office

__all__ = [
    "announcement_columns",
    "announcements",
    "approval_rules",
    "approvals",
    "approvals_delegations",
    "approvals_events",
    "approvals_messages",
    "calendars",
    "comments",
    "flows",
    "memos",
    "message_kinds",
    "messages",
    "notes",
    "office",
    "reminders",
    "rules",
    "schedule",
    "task_templates",
    "tasks",
]
