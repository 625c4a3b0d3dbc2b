"""Day rules are the company's: what is today where it works."""

from __future__ import annotations

from datetime import date
from zoneinfo import ZoneInfo

from crm_common.changes import Change
from crm_common.protocol.platform import TIMEZONE


def today(change: Change) -> date:
    """The day of the change in the company's zone."""
    return change.now.astimezone(ZoneInfo(change.settings.get(TIMEZONE))).date()
