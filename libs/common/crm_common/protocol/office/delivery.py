"""Delivery of messages beyond the application: by e-mail and by one's own chat robots, as each person chooses."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Annotated
from uuid import UUID

from msgspec import UNSET, Meta, UnsetType

from crm_common.errors import Code, Rule, Rules
from crm_common.protocol.declare import Command, Event, GetQuery, ListQuery, OneQuery, given
from crm_common.protocol.office.messages import MessageId
from crm_common.protocol.office.service import Title, office
from crm_common.protocol.policy import AUTHENTICATED
from crm_common.protocol.views import Ref, shown

RobotId = Annotated[UUID, Ref("Robot")]
Kinds = Annotated[tuple[Annotated[str, Meta(max_length=100)], ...], Meta(max_length=500)]
Hour = Annotated[str, Meta(pattern=r"^([01]\d|2[0-3]):[0-5]\d$")]
Token = Annotated[str, Meta(min_length=1, max_length=200, pattern=r"^[A-Za-z0-9_-]+$")]


class DeliveryChannel(StrEnum):
    """By what a message is delivered, beside the application itself."""

    EMAIL = "EMAIL"
    """To one's e-mail address at work."""
    ROBOT = "ROBOT"
    """By one's robots, into the chat groups in which they are."""


class RobotKind(StrEnum):
    """Whose robot it is."""

    WECOM = "WECOM"
    """企业微信 (WeCom)."""
    DINGTALK = "DINGTALK"
    """钉钉 (DingTalk)."""
    FEISHU = "FEISHU"
    """飞书 (Feishu)."""


class DeliveryState(StrEnum):
    """How far a delivery has come."""

    WAITING = "WAITING"
    """It waits: for its turn, for the end of quiet hours, for another try."""
    SENDING = "SENDING"
    """It is on its way."""
    SENT = "SENT"
    """The other side has taken it."""
    FAILED = "FAILED"
    """It was refused for good, or could not be delivered within a day."""
    UNCERTAIN = "UNCERTAIN"
    """Nobody knows whether it arrived: it is not sent again, as it would then come twice."""


class DeliveryRules(Rules):
    """Refusals of delivery."""

    there_is_no_such_kind_of_message = Rule(
        Code.VALIDATION, en="There is no kind of message named {name}.", zh="没有名为“{name}”的消息类型。"
    )
    quiet_hours_have_two_ends = Rule(
        Code.VALIDATION, en="Say from when to when it is quiet.", zh="请同时填写免打扰的开始和结束时间。"
    )
    too_many_robots = Rule(Code.LIMIT_EXCEEDED, en="At most {limit} robots.", zh="最多连接 {limit} 个机器人。")


@dataclass(frozen=True, slots=True, kw_only=True)
class KnownKind:
    """A kind of message that people may choose how to get."""

    name: str
    """By what it is chosen."""
    label: str
    """What people call it."""
    urgent: bool
    """Whether it is delivered in quiet hours, too."""


@office.view(AUTHENTICATED)
@dataclass(slots=True, kw_only=True)
class DeliverySettingsView:
    """How the viewer gets his messages."""

    id: UUID = shown("The id: his own.")
    language: str = shown("In which language he is written to: zh or en.")
    email_kinds: list[str] = shown("The kinds that come by e-mail.")
    robot_kinds: list[str] = shown("The kinds that his robots post.")
    quiet_from: str | None = shown("From when on nothing is delivered, HH:MM in the company's zone.")
    quiet_to: str | None = shown("Until when.")


@office.view(AUTHENTICATED)
@dataclass(slots=True, kw_only=True)
class RobotView:
    """A robot of the viewer's in a chat group. Its token and secret are never shown."""

    id: UUID = shown("The id.")
    kind: RobotKind = shown("Whose robot it is.")
    name: str = shown("What the viewer calls it.")
    created_at: datetime = shown("When it was connected.")


@office.view(AUTHENTICATED)
@dataclass(slots=True, kw_only=True)
class DeliveryView:
    """How a message to the viewer is delivered."""

    id: UUID = shown("The id.")
    message_id: MessageId = shown("The message.", filterable=True)
    channel: DeliveryChannel = shown("By what.", filterable=True)
    state: DeliveryState = shown("How far it has come.", filterable=True)
    due_at: datetime = shown("When it is tried next, or was last.")
    attempts: int = shown("How often it was tried.")
    problem: str | None = shown("What went wrong last.")
    sent_at: datetime | None = shown("When it was taken.")
    created_at: datetime = shown("When it was asked for.", sortable=True)


@office.query(AUTHENTICATED, returns=list[KnownKind])
@dataclass(frozen=True, slots=True, kw_only=True)
class KindsOfMessages:
    """The kinds of messages there are, in the viewer's language."""


@office.query(AUTHENTICATED, returns=DeliverySettingsView)
@dataclass(frozen=True, slots=True, kw_only=True)
class MyDelivery(OneQuery):
    """How the viewer gets his messages; null as long as he has chosen nothing: in the application only."""


@office.query(AUTHENTICATED, returns=RobotView)
@dataclass(frozen=True, slots=True, kw_only=True)
class Robots(ListQuery):
    """The viewer's robots."""


@office.query(AUTHENTICATED, returns=RobotView)
@dataclass(frozen=True, slots=True, kw_only=True)
class RobotsByIds(GetQuery):
    """The viewer's robots by id."""


@office.query(AUTHENTICATED, returns=DeliveryView)
@dataclass(frozen=True, slots=True, kw_only=True)
class Deliveries(ListQuery):
    """How messages to the viewer are delivered, latest first."""


@office.command(AUTHENTICATED, returns={"delivery": DeliverySettingsView})
@dataclass(frozen=True, slots=True, kw_only=True)
class ChooseDelivery(Command):
    """Choose how one gets one's messages; what is left out stays."""

    language: Annotated[str, Meta(pattern="^(zh|en)$")] | UnsetType = given("zh or en.", default=UNSET)
    email_kinds: Kinds | UnsetType = given("The kinds that come by e-mail.", default=UNSET)
    robot_kinds: Kinds | UnsetType = given("The kinds that one's robots post.", default=UNSET)
    quiet_from: Hour | UnsetType | None = given("From when on nothing is delivered, HH:MM.", default=UNSET)
    quiet_to: Hour | UnsetType | None = given("Until when; before quietFrom: the next morning.", default=UNSET)


@office.command(AUTHENTICATED, returns={"robot": RobotView})
@dataclass(frozen=True, slots=True, kw_only=True)
class ConnectRobot(Command):
    """Connect a robot that one has added to a chat group."""

    kind: RobotKind = given("Whose robot it is.")
    name: Title = given("What one calls it.")
    token: Token = given("The last part of its webhook's address: key, access_token or hook id.")
    secret: Token | None = given("What its posts are signed with; WeCom has none.", default=None)


@office.command(AUTHENTICATED, returns={"disconnected_id": RobotId})
@dataclass(frozen=True, slots=True, kw_only=True)
class DisconnectRobot(Command):
    """Forget one's robot and what waits for it."""

    id: RobotId = given("The robot.")


@office.event("delivery.chosen", subject="employee_id")
@dataclass(frozen=True, slots=True, kw_only=True)
class DeliveryChosen(Event):
    """Somebody chose how he gets his messages."""

    employee_id: UUID


@dataclass(frozen=True, slots=True, kw_only=True)
class RobotEvent(Event):
    """What every event of a robot tells."""

    robot_id: UUID
    owner_id: UUID
    kind: RobotKind


@office.event("robot.connected", subject="robot_id")
@dataclass(frozen=True, slots=True, kw_only=True)
class RobotConnected(RobotEvent):
    """A robot was connected."""


@office.event("robot.disconnected", subject="robot_id")
@dataclass(frozen=True, slots=True, kw_only=True)
class RobotDisconnected(RobotEvent):
    """A robot was forgotten."""
