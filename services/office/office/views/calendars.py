"""Schedules as other programs read them: texts of RFC 5545, written by a library."""

from __future__ import annotations

import re
from collections.abc import Iterable
from datetime import timedelta
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

import icalendar

from crm_common.context import Context
from crm_common.errors import CommonRules
from crm_common.protocol.office.calendars import CalendarText, CalendarView
from crm_common.protocol.office.schedule import EntryStatus, ScheduleEntryCalendar, ScheduleEntryView
from crm_common.protocol.selection import names
from crm_common.reading import Reader, bind
from crm_common.runtime.host import ServiceHost
from office.domain.repeats import Span
from office.store.calendars import hash_of
from office.store.schedule import COLUMNS, FIELDS, span_of
from office.tables import calendar
from office.views.schedule import OF_PERSON

CALENDARS = bind(
    CalendarView,
    calendar,
    where="{t}.owner_id = {me}",
    default_order=[calendar.c.created_at.desc()],
)
_KEPT = timedelta(days=92)
"""What has passed longer ago is no longer in a subscribed calendar."""
_MOST = 5_000
_OWNER = """
SELECT c.owner_id, c.name FROM calendar c JOIN employee_ref p ON p.id = c.owner_id AND p.active
WHERE c.secret_hash = %s
"""
_ENTRIES = f"""
SELECT {COLUMNS}, e.updated_at FROM schedule_entry e WHERE e.id IN ({OF_PERSON.format(person="%(owner)s")})
AND (e.last_end IS NULL OR e.last_end > %(since)s) ORDER BY e.starts_at DESC, e.id LIMIT {_MOST}
"""
_ONE = f"SELECT {COLUMNS}, e.updated_at FROM schedule_entry e WHERE e.id = %(id)s"
# what RFC 5545 lets no text hold
_CONTROLS = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f]")


def calendar_text(host: ServiceHost, query: CalendarText) -> str | None:
    """The schedule under an address; None when it was never given out, is revoked, or its owner has left."""
    found = host.store.rows(_OWNER, (hash_of(query.secret),))
    if not found:
        return None
    [(owner, name)] = found
    rows = host.store.rows(_ENTRIES, {"owner": owner, "since": host.clock.now() - _KEPT})
    return _text(name, rows)


def entry_calendar(host: ServiceHost, reader: Reader, context: Context, query: ScheduleEntryCalendar) -> str:
    """One entry as a file, for who sees it."""
    if reader.by_ids(ScheduleEntryView, [query.entry_id], names("id"), context) == b"[null]":
        raise CommonRules.the_record_was_not_found(field="entry_id")
    return _text(None, host.store.rows(_ONE, {"id": query.entry_id}))


def _text(name: str | None, rows: Iterable[tuple[Any, ...]]) -> str:
    made = icalendar.Calendar()
    made.add("prodid", "-//CRM//Schedule//ZH")
    made.add("version", "2.0")
    made.add("calscale", "GREGORIAN")
    made.add("method", "PUBLISH")
    if name is not None:
        made.add("x-wr-calname", _clean(name))
    for row in rows:
        made.add_component(_event(dict(zip((*FIELDS, "updated_at"), row, strict=True))))
    made.add_missing_timezones()
    written: bytes = made.to_ical()
    return written.decode()


def _event(row: dict[str, Any]) -> icalendar.Event:
    span = span_of(row)
    made = icalendar.Event()
    made.add("uid", f"{UUID(str(row['id']))}@schedule")
    made.add("dtstamp", row["updated_at"])
    made.add("last-modified", row["updated_at"])
    made.add("sequence", row["version"] - 1)
    made.add("summary", _clean(row["title"]))
    made.add("status", "CANCELLED" if row["status"] == EntryStatus.CANCELLED else "CONFIRMED")
    if row["place"]:
        made.add("location", _clean(row["place"]))
    if row["body"]:
        made.add("description", _clean(row["body"]))
    if row["private"]:
        made.add("class", "PRIVATE")
    _add_times(made, span)
    return made


def _add_times(made: icalendar.Event, span: Span) -> None:
    zone = ZoneInfo(span.zone)

    def written(moment: Any) -> Any:
        # a repeat is meant by the clock on the wall, anything else as a moment
        local = moment.astimezone(zone)
        return local.date() if span.all_day else local if span.repeat else moment

    made.add("dtstart", written(span.starts_at))
    made.add("dtend", written(span.ends_at))
    if span.repeat:
        made.add("rrule", icalendar.vRecur.from_ical(span.repeat))
        for start in span.left_out:
            made.add("exdate", written(start))


def _clean(text: str) -> str:
    return _CONTROLS.sub(" ", text).replace("\r\n", "\n").replace("\r", "\n")
