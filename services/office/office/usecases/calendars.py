"""Commands about the addresses under which programs read a schedule (OFC-02)."""

from __future__ import annotations

import secrets
from typing import Any

from crm_common.changes import Change, Once
from crm_common.errors import CommonRules
from crm_common.protocol.office.calendars import (
    MOST_CALENDARS,
    CalendarCreated,
    CalendarRevoked,
    CreateCalendar,
    RevokeCalendar,
)
from crm_common.protocol.office.schedule_rules import ScheduleRules
from office.domain.schedule import titled
from office.store import calendars
from office.store.calendars import Address

_SECRET_BYTES = 32


def create_calendar(change: Change, command: CreateCalendar) -> dict[str, Any]:
    """A new address; its secret is answered once and kept as a hash."""
    owner_id, name = change.context.authenticated().id, titled(command.name)
    if calendars.count(change.connection, owner_id) >= MOST_CALENDARS:
        raise ScheduleRules.there_are_too_many_calendars(limit=MOST_CALENDARS)
    secret = secrets.token_urlsafe(_SECRET_BYTES)
    made = Address(id=change.new_id(), owner_id=owner_id, name=name, secret=secret)
    calendars.insert(change.connection, made, change.now)
    change.record(CalendarCreated(calendar_id=made.id, owner_id=owner_id, name=name))
    return {"calendar": made.id, "path": Once(f"/calendar/{secret}.ics")}


def revoke_calendar(change: Change, command: RevokeCalendar) -> dict[str, Any]:
    """The address leads nowhere any more."""
    owner_id = change.context.authenticated().id
    name = calendars.delete(change.connection, command.id, owner_id)
    if name is None:
        raise CommonRules.the_record_was_not_found(field="id")
    change.record(CalendarRevoked(calendar_id=command.id, owner_id=owner_id, name=name))
    return {"revoked_id": command.id}
