"""What the office service says to others: what people write down, tell and ask one another."""

from __future__ import annotations

from crm_common.protocol.office import comments, memos, message_kinds, messages, task_templates, tasks
from crm_common.protocol.office.service import office

__all__ = ["comments", "memos", "message_kinds", "messages", "office", "task_templates", "tasks"]
