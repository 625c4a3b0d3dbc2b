"""The next contact that a follow-up names stands in the schedule of whoever keeps it (CUS-50)."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

from crm_common.changes import Change
from crm_common.ids import to_global
from crm_common.protocol.customer.follow_ups import FollowUpCreated, FollowUpUpdated
from crm_common.protocol.customer.holding import CustomerErased
from crm_common.protocol.office.schedule import EntryKind, EntryStatus
from crm_common.protocol.platform import TIMEZONE
from office.domain.repeats import Span
from office.domain.schedule import Entry
from office.store import schedule
from office.usecases.schedule import enter, keep, remove

_LASTS = timedelta(minutes=30)


def note_follow_up(change: Change, event: FollowUpCreated | FollowUpUpdated) -> None:
    """Enter, move or take away the next contact that the follow-up names; a new follow-up settles earlier ones."""
    source = f"followup/{event.follow_up_id}"
    if isinstance(event, FollowUpCreated):
        for each in schedule.contacts_before(change.connection, to_global("Customer", event.customer_id), source):
            _settle(change, each, replaced="next_contact_at" in event.changes)
    if "next_contact_at" not in event.changes:
        return
    at = event.changes["next_contact_at"][1]
    before = schedule.of_source(change.connection, source)
    if at is None:
        if before is not None:
            remove(change, before)
        return
    after = _contact(change, event, before, datetime.fromisoformat(at).astimezone(UTC), source)
    if before is None:
        enter(change, after)
    else:
        keep(change, before, after)


def forget_customer(change: Change, event: CustomerErased) -> None:
    """A customer was erased: what was to be talked about with him goes, as it names him (CUS-26)."""
    for each in schedule.contacts_with(change.connection, to_global("Customer", event.customer_id)):
        remove(change, each)


def _settle(change: Change, planned: Entry, *, replaced: bool) -> None:
    """The customer was spoken to: what was due is done, what was to come is replaced by what was agreed now."""
    if planned.span.starts_at <= change.now:
        keep(change, planned, replace(planned, status=EntryStatus.DONE))
    elif replaced:
        keep(change, planned, replace(planned, status=EntryStatus.CANCELLED))


def _contact(
    change: Change, event: FollowUpCreated | FollowUpUpdated, before: Entry | None, at: datetime, source: str
) -> Entry:
    zone = change.settings.get(TIMEZONE)
    span = Span(starts_at=at, ends_at=at + _LASTS, all_day=False, zone=zone)
    if before is not None:
        return replace(before, span=span, status=EntryStatus.PLANNED)
    return Entry(
        id=change.new_id(),
        owner_id=event.owner_id or event.author_id,
        kind=EntryKind.CONTACT,
        status=EntryStatus.PLANNED,
        title=f"联系 {event.customer_name}",
        place=None,
        body="",
        span=span,
        private=False,
        about=to_global("Customer", event.customer_id),
        guests=frozenset(),
        source=source,
    )
