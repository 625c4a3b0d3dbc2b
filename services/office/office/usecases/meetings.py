"""What people are told of meetings: invitations, other times, calling off, answers (OFC-02, 06)."""

from __future__ import annotations

from collections.abc import Collection
from uuid import UUID

from crm_common.changes import Change
from crm_common.protocol.office.message_kinds import MessageKind, Subject, Words
from crm_common.protocol.office.schedule import EntryStatus, InvitationAnswer, ScheduleMessages
from office.domain.schedule import Entry
from office.store import people
from office.usecases.messages import tell

_SAID = {
    InvitationAnswer.ACCEPTED: Words("accepts", "接受了邀请"),
    InvitationAnswer.DECLINED: Words("declines", "拒绝了邀请"),
}


def tell_guests(change: Change, before: Entry | None, after: Entry | None) -> None:
    """Those who are invited now, those for whom the time is another, and those whom it does not concern any more."""
    planned_before = before is not None and before.status is EntryStatus.PLANNED
    planned_after = after is not None and after.status is EntryStatus.PLANNED
    known = before.guests if before is not None and planned_before else frozenset()
    if after is not None and planned_after:
        _tell(change, ScheduleMessages.schedule_invited, after, after.guests - known)
        if before is not None and _moment(before) != _moment(after):
            _tell(change, ScheduleMessages.schedule_moved, after, after.guests & known)
    if before is not None and known:
        stays = after is not None and after.status is not EntryStatus.CANCELLED
        gone = known - after.guests if after is not None and stays else known
        _tell(change, ScheduleMessages.schedule_called_off, before, gone)


def tell_answer(change: Change, entry: Entry, guest: UUID, answer: InvitationAnswer) -> None:
    """Who invited hears whether somebody comes."""
    if answer not in _SAID:
        return
    tell(
        change,
        to=[entry.owner_id],
        kind=ScheduleMessages.schedule_answered,
        about=Subject("ScheduleEntry", entry.id),
        key=f"{entry.id}/{entry.version}/{guest}/{answer}/{change.now.isoformat()}",
        guest=people.name_of(change.connection, guest),
        answer=_SAID[answer],
        title=entry.title,
    )


def _tell(change: Change, kind: MessageKind, entry: Entry, to: Collection[UUID]) -> None:
    if not to:
        return
    tell(
        change,
        to=to,
        kind=kind,
        about=Subject("ScheduleEntry", entry.id),
        key=f"{entry.id}/{entry.version}",
        owner=people.name_of(change.connection, entry.owner_id),
        title=entry.title,
        at=entry.span.starts_at,
    )


def _moment(entry: Entry) -> tuple[object, ...]:
    return entry.span.starts_at, entry.span.ends_at, entry.span.repeat
