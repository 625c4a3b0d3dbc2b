"""Named points at which a process can be made to die (kill -9), so that tests hit the moments that matter.

Nothing happens unless ``CRM_CRASH_AT`` names a point when the process starts: then it dies there as soon as the file
``CRM_CRASH_WHEN`` exists, which it removes first, so that it dies once.
"""

from __future__ import annotations

import os
import signal
from pathlib import Path

CHANGE_WRITTEN = "change.written"
"""Everything of a change is written, nothing is committed."""
CHANGE_COMMITTED = "change.committed"
"""A change is committed, its caller has not heard of it."""
RELAY_PUBLISHED = "relay.published"
"""The broker has confirmed events that still lie in the outbox."""
INBOX_HANDLED = "inbox.handled"
"""A subscriber has done its work, nothing of it is committed."""
SEARCH_WRITTEN = "search.written"
"""Documents are in the index; how far the journal was followed, or the build has come, is not noted."""

_armed = os.environ.get("CRM_CRASH_AT")
_trigger = Path(os.environ.get("CRM_CRASH_WHEN", os.devnull + "/never"))


def armed(name: str) -> bool:
    """Whether a test may want this process to die at a point: what is sent late otherwise has to be sent before it."""
    return _armed == name


def point(name: str) -> None:
    """Die here, if a test wants it."""
    if _armed == name and _trigger.exists():
        _trigger.unlink()
        os.kill(os.getpid(), signal.SIGKILL)
