"""Calendars that people subscribe to (OFC-02): an address that only its owner knows, and can revoke."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Annotated
from uuid import UUID

from msgspec import Meta

from crm_common.protocol.declare import Command, Event, GetQuery, ListQuery, given
from crm_common.protocol.office.service import office
from crm_common.protocol.policy import AUTHENTICATED, INTERNAL
from crm_common.protocol.views import Ref, shown

MOST_CALENDARS = 10
"""So many addresses somebody has at a time."""

CalendarId = Annotated[UUID, Ref("Calendar")]


@office.view(AUTHENTICATED)
@dataclass(slots=True, kw_only=True)
class CalendarView:
    """An address under which a program reads the viewer's schedule. The address itself is shown once only."""

    id: UUID = shown("The id.")
    name: str = shown("What it is for.")
    created_at: datetime = shown("When it was given out.", sortable=True)


@office.query(AUTHENTICATED, returns=CalendarView)
@dataclass(frozen=True, slots=True, kw_only=True)
class Calendars(ListQuery):
    """The viewer's calendar addresses, latest first."""


@office.query(AUTHENTICATED, returns=CalendarView)
@dataclass(frozen=True, slots=True, kw_only=True)
class CalendarsByIds(GetQuery):
    """The viewer's calendar addresses by id."""


@office.query(INTERNAL, returns=str | None, public=False)
@dataclass(frozen=True, slots=True, kw_only=True)
class CalendarText:
    """What stands under an address: an iCalendar text, or null when there is none (any more)."""

    secret: str = given("What the address ends with.")


@office.command(AUTHENTICATED, returns={"calendar": CalendarView, "path": str})
@dataclass(frozen=True, slots=True, kw_only=True)
class CreateCalendar(Command):
    """Give out an address of one's schedule. ``path``, below the gateway's own, is shown this once."""

    name: Annotated[str, Meta(min_length=1, max_length=100)] = given("What it is for.")


@office.command(AUTHENTICATED, returns={"revoked_id": CalendarId})
@dataclass(frozen=True, slots=True, kw_only=True)
class RevokeCalendar(Command):
    """Close an address: from now on nothing stands under it."""

    id: CalendarId = given("The calendar.")


@office.event("calendar.created", subject="calendar_id")
@dataclass(frozen=True, slots=True, kw_only=True)
class CalendarCreated(Event):
    """Somebody took an address of his schedule."""

    calendar_id: UUID
    owner_id: UUID
    name: str


@office.event("calendar.revoked", subject="calendar_id")
@dataclass(frozen=True, slots=True, kw_only=True)
class CalendarRevoked(Event):
    """An address was closed."""

    calendar_id: UUID
    owner_id: UUID
    name: str
