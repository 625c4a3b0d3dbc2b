"""Reminders as they are shown: to whoever set them."""

from __future__ import annotations

from crm_common.protocol.office.reminders import ReminderView
from crm_common.reading import bind
from office.tables import reminder

REMINDERS = bind(
    ReminderView,
    reminder,
    where="{t}.owner_id = {me}",
    default_order=[reminder.c.next_at, reminder.c.created_at.desc()],
)
