"""The customers who were spoken to less often than their class asks for (CUS-49)."""

from __future__ import annotations

from datetime import datetime, timedelta

from crm_common.protocol.customer.contact_plan import DAYS, LEAST
from crm_common.reading import Where
from crm_common.settings import SettingsReader
from customer.store import touches


def neglected(settings: SettingsReader, now: datetime) -> Where:
    """The condition, by the plan of now."""
    values = touches.plan(settings.get(LEAST), now - timedelta(days=settings.get(DAYS)))
    names = {name: f"{{{name}}}" for name in values}
    return Where(touches.NEGLECTED.format(c="{t}", **names), **values)
