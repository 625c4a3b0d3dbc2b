"""An entry of a schedule and its changes."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime, timedelta
from uuid import UUID

from msgspec import UNSET

from crm_common.editing import chosen, difference, expect_version
from crm_common.ids import from_global
from crm_common.protocol.declare import Changes
from crm_common.protocol.office.schedule import (
    MOST_DAYS,
    CreateScheduleEntry,
    EntryKind,
    EntryStatus,
    UpdateScheduleEntry,
)
from crm_common.protocol.office.schedule_rules import ScheduleRules
from office.domain.repeats import Span, canonical, whole_days

_YEARS = range(1900, 2200)
_WORDS = frozenset({"title", "place", "body", "about"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """An entry as it stands. ``source`` names what it was made of, for entries nobody typed in."""

    id: UUID
    owner_id: UUID
    kind: EntryKind
    status: EntryStatus
    title: str
    place: str | None
    body: str
    span: Span
    private: bool
    about: str | None
    guests: frozenset[UUID]
    source: str | None = None
    version: int = field(default=1, compare=False)


def created(entry_id: UUID, owner_id: UUID, command: CreateScheduleEntry, zone: str, now: datetime) -> Entry:
    """A new entry. What has passed is kept as a record: it is done (OFC-04)."""
    span = _when(command, zone)
    if span is None:
        raise ScheduleRules.an_entry_lies_in_time(field="starts_at")
    span = _repeating(span, command.repeat)
    last = span.last_end()
    return Entry(
        id=entry_id,
        owner_id=owner_id,
        kind=command.kind,
        status=EntryStatus.DONE if last is not None and last <= now else EntryStatus.PLANNED,
        title=titled(command.title),
        place=_text(command.place),
        body=command.body,
        span=span,
        private=command.private,
        about=linked(command.about),
        guests=invited(command.guest_ids, owner_id),
    )


def updated(before: Entry, command: UpdateScheduleEntry) -> Entry:
    """The entry after the command; equal to the one before where nothing changes."""
    expect_version(before.version, command.version)
    span = _when(command, before.span.zone) or before.span
    repeat = chosen(command.repeat, before.span.repeat)
    if span != before.span or repeat != before.span.repeat:
        span = _repeating(replace(span, left_out=()), repeat)
    guests = before.guests if command.guest_ids is UNSET else invited(command.guest_ids, before.owner_id)
    return replace(
        before,
        title=titled(chosen(command.title, before.title)),
        status=chosen(command.status, before.status),
        place=_text(chosen(command.place, before.place)),
        body=chosen(command.body, before.body),
        span=span,
        private=chosen(command.private, before.private),
        about=before.about if command.about is UNSET else linked(command.about),
        guests=guests,
    )


def left_out(before: Entry, start: datetime) -> Entry:
    """The entry without the repeat that begins then."""
    if before.span.repeat is None or not before.span.takes_place(whole_second(start)):
        raise ScheduleRules.there_is_no_such_occurrence(field="starts_at")
    without = tuple(sorted({*before.span.left_out, whole_second(start)}))
    return replace(before, span=replace(before.span, left_out=without))


def told(before: Entry | None, after: Entry | None) -> Changes:
    """What an event tells of a change: of a private entry, and of one that names a customer, nothing that it says."""
    changes = difference(before, after, without=("id", "span", "version"))
    changes |= difference(before and before.span, after and after.span)
    if any(each is not None and (each.private or each.source is not None) for each in (before, after)):
        return {name: change for name, change in changes.items() if name not in _WORDS}
    return changes


def titled(title: str) -> str:
    """The title without outer blanks; one of blanks only is refused."""
    if not title.strip():
        raise ScheduleRules.an_entry_has_a_title(field="title")
    return title.strip()


def linked(about: str | None) -> str | None:
    """The global id of a record, if it is one."""
    if about is None:
        return None
    try:
        from_global(about)
    except ValueError as broken:
        raise ScheduleRules.a_link_leads_to_a_record(field="about") from broken
    return about


def invited(guest_ids: Collection[UUID], owner_id: UUID) -> frozenset[UUID]:
    """The guests, each once; the owner is none."""
    if owner_id in guest_ids:
        raise ScheduleRules.one_does_not_invite_oneself(field="guest_ids")
    return frozenset(guest_ids)


def whole_second(moment: datetime) -> datetime:
    """The moment in UTC, as calendars know no parts of a second."""
    return moment.astimezone(UTC).replace(microsecond=0)


def expect_a_year_people_plan_in(day: date | None) -> None:
    """Refuse days that no calendar of people's holds."""
    if day is not None and not _YEARS.start <= day.year < _YEARS.stop:
        raise ScheduleRules.an_entry_lies_in_time(field="starts_at")


def _when(command: CreateScheduleEntry | UpdateScheduleEntry, zone: str) -> Span | None:
    """When the command says that it takes place; None where it says nothing of it."""
    moments = (command.starts_at, command.ends_at)
    for given in (*moments, command.first_day, command.last_day):
        expect_a_year_people_plan_in(given)
    if command.first_day is not None and moments == (None, None):
        last = command.last_day or command.first_day
        if last < command.first_day:
            raise ScheduleRules.an_entry_ends_after_it_begins(field="last_day")
        starts_at, ends_at = whole_days(command.first_day, last, zone)
        span = Span(starts_at=starts_at, ends_at=ends_at, all_day=True, zone=zone)
    elif command.starts_at and command.ends_at and command.first_day is None and command.last_day is None:
        starts_at, ends_at = (whole_second(each) for each in (command.starts_at, command.ends_at))
        span = Span(starts_at=starts_at, ends_at=ends_at, all_day=False, zone=zone)
        if ends_at <= starts_at:
            raise ScheduleRules.an_entry_ends_after_it_begins(field="ends_at")
    elif moments == (None, None) and command.last_day is None:
        return None
    else:
        raise ScheduleRules.an_entry_lies_in_time(field="starts_at")
    if span.ends_at - span.starts_at > timedelta(days=MOST_DAYS):
        raise ScheduleRules.an_entry_is_not_that_long(field="ends_at", days=MOST_DAYS)
    return span


def _repeating(span: Span, repeat: str | None) -> Span:
    return replace(span, repeat=None if repeat is None else canonical(repeat, span))


def _text(value: str | None) -> str | None:
    return (value or "").strip() or None
