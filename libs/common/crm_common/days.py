"""Day rules are the company's: what day it is where it works (``sys.timezone``)."""

from __future__ import annotations

from datetime import date, datetime
from zoneinfo import ZoneInfo

from crm_common.changes import Change
from crm_common.protocol.platform import TIMEZONE
from crm_common.settings import SettingsReader


def day_of(settings: SettingsReader, moment: datetime) -> date:
    """The day of a moment in the company's zone."""
    return moment.astimezone(ZoneInfo(settings.get(TIMEZONE))).date()


def today(change: Change) -> date:
    """The day of the change in the company's zone."""
    return day_of(change.settings, change.now)
