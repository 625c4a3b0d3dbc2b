"""A reminder and its moments."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from uuid import UUID

from msgspec import UNSET

from crm_common.editing import chosen, expect_version
from crm_common.protocol.office.reminders import CreateReminder, ReminderRules, UpdateReminder
from office.domain.repeats import Span, canonical

_FAR = timedelta(days=36525)


@dataclass(frozen=True, slots=True, kw_only=True)
class Reminder:
    """A reminder as it stands; ``zone`` is the one whose clock its repeats follow."""

    id: UUID
    owner_id: UUID
    title: str
    about: str | None
    at: datetime
    repeat: str | None
    zone: str
    next_at: datetime | None
    fired_at: datetime | None
    times_fired: int
    version: int


def created(
    reminder_id: UUID, owner_id: UUID, command: CreateReminder, *, about: str | None, zone: str, now: datetime
) -> Reminder:
    """A new reminder."""
    return Reminder(
        id=reminder_id,
        owner_id=owner_id,
        title=_titled(command.title),
        about=about,
        at=_ahead(command.at, now),
        repeat=_ruled(command.repeat, command.at, zone),
        zone=zone,
        next_at=command.at,
        fired_at=None,
        times_fired=0,
        version=1,
    )


def updated(before: Reminder, command: UpdateReminder, now: datetime) -> Reminder:
    """The reminder after the command; the same one where nothing changes."""
    expect_version(before.version, command.version)
    after = replace(before, title=_titled(chosen(command.title, before.title)))
    if command.at is not UNSET or command.repeat is not UNSET:
        at = chosen(command.at, before.next_at or before.at)
        repeat = _ruled(chosen(command.repeat, before.repeat), at, before.zone)
        after = replace(after, at=_ahead(at, now), repeat=repeat, next_at=at)
    return before if after == before else replace(after, version=before.version + 1)


def fired(before: Reminder, now: datetime) -> Reminder:
    """After it has reminded: it waits for its next moment behind ``now``. What was missed is not made up for."""
    span = _span(before.at, before.repeat, before.zone)
    following = next((each for each in span.starts(now, now + _FAR) if each > now), None)
    return replace(before, next_at=following, fired_at=now, times_fired=before.times_fired + 1)


def _titled(title: str) -> str:
    if not title.strip():
        raise ReminderRules.a_reminder_has_a_title(field="title")
    return title.strip()


def _ahead(at: datetime, now: datetime) -> datetime:
    if at <= now:
        raise ReminderRules.a_reminder_lies_ahead(field="at")
    return at


def _ruled(repeat: str | None, at: datetime, zone: str) -> str | None:
    return None if repeat is None else canonical(repeat, _span(at, None, zone))


def _span(at: datetime, repeat: str | None, zone: str) -> Span:
    # it has no length: a moment is over as soon as it has come
    return Span(starts_at=at, ends_at=at, all_day=False, zone=zone, repeat=repeat)
