"""What the office service shows: each view bound to its table."""

from __future__ import annotations

from office.views.memos import MEMOS
from office.views.messages import MESSAGES
from office.views.tasks import TASKS

BINDINGS = (MEMOS, MESSAGES, TASKS)
