"""Telling people, and what they read (OFC-06)."""

from __future__ import annotations

from collections.abc import Collection
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from crm_common.changes import Change
from crm_common.errors import CommonRules
from crm_common.ids import to_global
from crm_common.protocol import platform
from crm_common.protocol.office.message_kinds import MessageKind, Subject
from crm_common.protocol.office.messages import MessageArrived, MessageRules, MessagesRead, ReadMessages
from office.domain.message import Parameter, said
from office.store import delivery, messages


def tell(
    change: Change, *, to: Collection[UUID], kind: MessageKind, about: Subject | None, key: str, **parameters: Parameter
) -> None:
    """Write one message for each receiver, in the open transaction; he is shown it after the commit.

    ``key`` names the matter among those of the kind (``f"{approval_id}/{step}"``): telling the same matter to the same
    receiver again changes nothing, but for kinds that gather ``several``: then the message counts up, and one that was
    read arrives again. ``parameters`` fill the kind's templates: names, numbers, days, moments, `Words`; never a phone
    or anything else that is masked somewhere. KeyError where a place of the templates is not filled.
    """
    receivers = [(change.new_id(), each) for each in sorted(set(to))]
    if not receivers:
        return
    where = None if about is None else to_global(about.type_name, about.id)
    words = said(kind, parameters, ZoneInfo(change.settings.get(platform.TIMEZONE)))
    new = messages.New(kind=kind.name, key=f"{kind.name}/{key}", said=words, about=where)
    arrived = messages.insert(change.connection, new, receivers, change.now)
    if arrived:
        delivery.ask(change.connection, kind.name, arrived, change.now)
    change.record(
        *(MessageArrived(message_id=each, receiver_id=person, kind=kind.name, about=where) for each, person in arrived)
    )


def settle(change: Change, receiver_id: UUID, kind: MessageKind, keys: Collection[str]) -> None:
    """What was told of these matters needs no more attention: the messages count as read."""
    ids = messages.of_matters(change.connection, receiver_id, [f"{kind.name}/{key}" for key in keys])
    found = messages.read(change.connection, receiver_id, ids, change.now)
    if found:
        change.record(MessagesRead(receiver_id=receiver_id, message_ids=tuple(found)))


def read_messages(change: Change, command: ReadMessages) -> dict[str, Any]:
    """These, or all, are read."""
    me = change.context.authenticated().id
    if bool(command.ids) == command.all:
        raise MessageRules.messages_are_named_or_all_are_meant(field="ids")
    ids = set(command.ids)
    if messages.own(change.connection, me, sorted(ids)) != len(ids):
        raise CommonRules.the_record_was_not_found(field="ids")
    found = messages.read(change.connection, me, None if command.all else sorted(ids), change.now)
    if found:
        change.record(MessagesRead(receiver_id=me, message_ids=tuple(found)))
    return {"read": len(found), "unread": messages.unread(change.connection, me)}
