"""A week of schedule for people of the demo company, and where their office is (OFC-02, 16)."""

from __future__ import annotations

from datetime import datetime, time, timedelta
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from crm_common.changes import Change
from crm_common.protocol.office.checkins import CompanyOfficeAdded
from crm_common.protocol.office.schedule import EntryKind, EntryStatus, LoadDemoSchedule
from crm_common.protocol.platform import TIMEZONE
from office.domain.repeats import Span, canonical
from office.domain.schedule import Entry
from office.store import attendance, schedule
from office.usecases.schedule import enter

_TOWER = (31.2397, 121.4998)
# day of the week, hour, minutes, title, place, repeat, whether it is for all
_WEEK: tuple[tuple[int, int, int, str, str | None, str | None, bool], ...] = (
    (0, 9, 15, "晨会", "三楼会议室", "FREQ=WEEKLY;BYDAY=MO,TU,WE,TH,FR", False),
    (0, 14, 90, "周例会", "三楼会议室", "FREQ=WEEKLY", True),
    (1, 10, 60, "拜访老客户", "浦东", None, False),
    (2, 15, 60, "报价评审", "二楼会议室", None, True),
    (3, 9, 120, "产品培训", "培训教室", None, True),
    (4, 16, 60, "本周复盘", None, "FREQ=WEEKLY;COUNT=8", False),
)


def load_demo_schedule(change: Change, command: LoadDemoSchedule) -> dict[str, Any]:
    """This week, if nobody has entered anything yet."""
    people = command.employee_ids
    if not people or schedule.exists(change.connection):
        return {"loaded": 0}
    # what is for all stands once, with everybody else as its guests
    made = [
        _entry(change, owner, people[1:] if each[-1] else (), each)
        for owner in people
        for each in _WEEK
        if owner == people[0] or not each[-1]
    ]
    for each in made:
        enter(change, each)
    office, (north, east) = change.new_id(), _TOWER
    attendance.add_office(change.connection, office, "总部", _TOWER)
    change.record(CompanyOfficeAdded(office_id=office, name="总部", latitude=north, longitude=east))
    return {"loaded": len(made)}


def _entry(change: Change, owner: UUID, guests: tuple[UUID, ...], told: tuple[Any, ...]) -> Entry:
    day, hour, minutes, title, place, repeat, _ = told
    zone = change.settings.get(TIMEZONE)
    today = change.now.astimezone(ZoneInfo(zone)).date()
    monday = today - timedelta(days=today.weekday())
    begins = datetime.combine(monday + timedelta(days=day), time(hour), ZoneInfo(zone)).astimezone(ZoneInfo("UTC"))
    span = Span(starts_at=begins, ends_at=begins + timedelta(minutes=minutes), all_day=False, zone=zone)
    if repeat is not None:
        span = Span(
            starts_at=span.starts_at, ends_at=span.ends_at, all_day=False, zone=zone, repeat=canonical(repeat, span)
        )
    last = span.last_end()
    return Entry(
        id=change.new_id(), owner_id=owner, kind=EntryKind.APPOINTMENT,
        status=EntryStatus.DONE if last is not None and last <= change.now else EntryStatus.PLANNED,
        title=title, place=place, body="", span=span, private=False, about=None,
        guests=frozenset(guests),
    )  # fmt: skip
