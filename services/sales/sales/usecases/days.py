"""The day it is in the company's zone."""

from __future__ import annotations

from datetime import date, datetime
from zoneinfo import ZoneInfo

from crm_common.protocol import platform
from crm_common.settings import SettingsReader


def day_of(settings: SettingsReader, moment: datetime) -> date:
    """The day of a moment, as the company's calendar has it."""
    return moment.astimezone(ZoneInfo(settings.get(platform.TIMEZONE))).date()
