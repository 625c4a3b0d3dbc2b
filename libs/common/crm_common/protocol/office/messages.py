"""Internal messages (OFC-06): what people are told, each by himself; pushed as it arrives, read or not read yet."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Annotated
from uuid import UUID

from msgspec import Meta

from crm_common.errors import Code, Rule, Rules
from crm_common.protocol.declare import Command, Event, GetQuery, ListQuery, given
from crm_common.protocol.office.service import office
from crm_common.protocol.policy import AUTHENTICATED
from crm_common.protocol.views import Ref, shown

MessageId = Annotated[UUID, Ref("Message")]


class MessageRules(Rules):
    """Refusals of messages."""

    messages_are_named_or_all_are_meant = Rule(
        Code.VALIDATION,
        en="Say which messages are read, or that all are.",
        zh="请指定已读的消息，或选择全部已读。",
    )


@office.view(AUTHENTICATED)
@dataclass(slots=True, kw_only=True)
class MessageView:
    """A message to the viewer, in his language."""

    id: UUID = shown("The id.")
    kind: str = shown("What kind of message it is: one of kindsOfMessages.", filterable=True)
    title: str = shown("What it says, in a line.")
    text: str = shown("What more it says; may be empty.")
    about: str | None = shown("The global id of the record it leads to: ask node(id).")
    count: int = shown("How many messages of the same matter have gathered in it.")
    is_read: bool = shown("Whether the viewer has read it.", filterable=True)
    read_at: datetime | None = shown("When he read it.")
    created_at: datetime = shown("When it arrived.", filterable=True, sortable=True)


@office.query(AUTHENTICATED, returns=MessageView)
@dataclass(frozen=True, slots=True, kw_only=True)
class Messages(ListQuery):
    """Messages to the viewer: those not read yet first, each part latest first."""


@office.query(AUTHENTICATED, returns=MessageView)
@dataclass(frozen=True, slots=True, kw_only=True)
class MessagesByIds(GetQuery):
    """Messages to the viewer by id."""


@office.query(AUTHENTICATED, returns=int)
@dataclass(frozen=True, slots=True, kw_only=True)
class UnreadMessages:
    """How many messages the viewer has not read."""


@office.command(AUTHENTICATED, returns={"read": int, "unread": int})
@dataclass(frozen=True, slots=True, kw_only=True)
class ReadMessages(Command):
    """Mark messages as read; answers how many were and how many are left. What was read already stays as it is."""

    ids: Annotated[tuple[MessageId, ...], Meta(max_length=500)] = given("Which ones.", default=())
    all: bool = given("Instead: all that arrived until now.", default=False)


@office.event("message.arrived", subject="message_id")
@dataclass(frozen=True, slots=True, kw_only=True)
class MessageArrived(Event):
    """Somebody was told something. What it says is his alone."""

    message_id: UUID
    receiver_id: UUID
    kind: str
    about: str | None


message_arrived = office.live(
    "message_arrived",
    events=(MessageArrived,),
    returns=MessageView,
    policy=AUTHENTICATED,
    doc="A message to the subscriber arrived.",
    to="receiver_id",
)


@office.event("message.read", subject="receiver_id")
@dataclass(frozen=True, slots=True, kw_only=True)
class MessagesRead(Event):
    """Somebody has read messages."""

    receiver_id: UUID
    message_ids: tuple[UUID, ...]
