"""Parameters of the company as data (SYS-01): list, change, history. Each service's protocol declares its own."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Annotated
from uuid import UUID

from msgspec import Meta

from crm_common.protocol import platform
from crm_common.protocol.declare import Changes, Command, Event, Setting, given
from crm_common.protocol.identity.service import EmployeeId, Text, identity
from crm_common.protocol.policy import needs

SEE = needs("sys.view", "sys.edit")
EDIT = needs("sys.edit")
SettingKey = Annotated[str, Meta(min_length=1, max_length=100)]
JsonText = Annotated[str, Meta(min_length=1, max_length=10_000)]
SeenVersion = Annotated[int, Meta(ge=0)]

# What every service reads is declared once, here.
for _everywhere in platform.SETTINGS:
    identity.setting(_everywhere)
COUNT_LIMIT = identity.setting(
    Setting(
        "api.count_limit",
        int,
        100_000,
        "Lists are counted exactly up to this number.",
        minimum=1_000,
        maximum=10_000_000,
    )
)


@dataclass(frozen=True, slots=True, kw_only=True)
class SettingChange:
    """One change of a setting."""

    before: str
    """The value it had, as JSON text."""
    value: str
    """The value it got, as JSON text."""
    changed_at: datetime
    """When."""
    changed_by_id: EmployeeId | None
    """Who; null when the system did."""
    changed_by_name: str | None
    """His name."""
    reason: str | None
    """Why."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SettingValue:
    """A parameter with its type, default and range. Values are JSON text: 10, true, "Asia/Shanghai"."""

    key: str
    """Its key: pool.claim_max."""
    group: str
    """What the keys of its group begin with: pool."""
    service: str
    """The service that declares it."""
    description: str
    """What it does."""
    type: str
    """What its values are: int, bool, str, Decimal, …"""
    value: str
    """The value in force, as JSON text."""
    default: str
    """The value without a choice of the company, as JSON text."""
    minimum: str | None
    """The least value allowed, as JSON text."""
    maximum: str | None
    """The greatest value allowed, as JSON text."""
    choices: tuple[str, ...]
    """The only values allowed, each as JSON text; empty when any value of the type is."""
    chosen: bool
    """Whether the company chose the value."""
    version: int
    """Counts its changes, from 0."""


@identity.query(SEE, returns=tuple[SettingValue, ...])
@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    """The parameters of the company with their values in force, by key."""

    keys: tuple[SettingKey, ...] | None = given("Only these; all when absent.", default=None)


@identity.query(SEE, returns=tuple[SettingChange, ...])
@dataclass(frozen=True, slots=True, kw_only=True)
class SettingHistory:
    """The changes of one parameter, latest first, at most 100."""

    key: SettingKey = given("Its key.")


@identity.command(EDIT, returns={"setting": SettingValue})
@dataclass(frozen=True, slots=True, kw_only=True)
class ChangeSetting(Command):
    """Give a setting another value; it holds at once in every process."""

    key: SettingKey = given("Its key.")
    value: JsonText | None = given("The new value as JSON text; null goes back to the default.", default=None)
    version: SeenVersion | None = given("The version the editor saw; absent, the change wins.", default=None)
    reason: Text | None = given("Why; kept in the history.", default=None)


@identity.event("setting.changed", subject="setting_id")
@dataclass(frozen=True, slots=True, kw_only=True)
class SettingChanged(Event):
    """A setting got another value."""

    setting_id: UUID
    """Made from the key, so that the changes of one setting keep their order."""
    key: str
    value: str
    """The value in force now, as JSON text."""
    version: int
    """Counts the changes of this setting."""
    reason: str | None
    changes: Changes
