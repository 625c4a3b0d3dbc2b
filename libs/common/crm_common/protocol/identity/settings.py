"""Parameters of the company as data (SYS-01): list, change, history. Each service's protocol declares its own."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Annotated
from uuid import UUID

from msgspec import Meta

from crm_common.protocol.declare import Changes, Command, Event, OneQuery, given
from crm_common.protocol.identity.service import EmployeeId, Text, identity
from crm_common.protocol.policy import needs
from crm_common.protocol.views import child, shown

SEE = needs("sys.view", "sys.edit")
EDIT = needs("sys.edit")
JsonText = Annotated[str, Meta(min_length=1, max_length=10_000)]


@identity.view(SEE)
@dataclass(slots=True, kw_only=True)
class SettingChangeView:
    """One change of a setting."""

    value: str = shown("The value it got, as JSON text.")
    before: str = shown("The value it had, as JSON text.")
    changed_at: datetime = shown("When.")
    changed_by_id: EmployeeId | None = shown("Who; null when the system did.")
    changed_by_name: str | None = shown("His name.")
    reason: str | None = shown("Why.")


@identity.view(SEE)
@dataclass(slots=True, kw_only=True)
class SettingView:
    """A parameter with its type, default and range. Values are JSON text: 10, true, "Asia/Shanghai"."""

    key: str = shown("Its key, e.g. pool.claim_max.")
    description: str = shown("What it does.")
    type: str = shown("int, bool, str, decimal or list.")
    value: str = shown("Its present value, as JSON text.")
    default: str = shown("Its default, as JSON text.")
    minimum: str | None = shown("The least value allowed, as JSON text.")
    maximum: str | None = shown("The greatest value allowed, as JSON text.")
    choices: list[str] = shown("The only values allowed, each as JSON text; empty when any value of the type is.")
    changed: bool = shown("Whether it differs from its default.")
    version: int = shown("Counts its changes, from 0.")
    history: list[SettingChangeView] = child("Its changes, latest first.", limit=100)


@identity.view(SEE)
@dataclass(slots=True, kw_only=True)
class SettingGroupView:
    """The settings whose keys begin alike."""

    name: str = shown("What their keys begin with.")
    service: str = shown("The service that declares them.")
    settings: list[SettingView] = child("The settings, by key.", limit=100)


@identity.view(SEE)
@dataclass(slots=True, kw_only=True)
class SettingsView:
    """All parameters of the company."""

    groups: list[SettingGroupView] = child("The settings by group.", limit=100)


@identity.query(SEE, returns=SettingsView)
@dataclass(frozen=True, slots=True, kw_only=True)
class Settings(OneQuery):
    """All parameters of the company with their present values."""

    keys: tuple[str, ...] = given("Only these settings; all when absent.", default=())


@identity.command(EDIT, returns={"setting": SettingView})
@dataclass(frozen=True, slots=True, kw_only=True)
class ChangeSetting(Command):
    """Give a setting another value; it holds at once in every process."""

    key: str = given("Its key.")
    value: JsonText | None = given("The new value as JSON text; null goes back to the default.", default=None)
    version: Annotated[int, Meta(ge=0)] | None = given(
        "The version the editor saw; absent, the change wins.", default=None
    )
    reason: Text | None = given("Why; kept in the history.", default=None)


@identity.event("setting.changed", subject="setting_id")
@dataclass(frozen=True, slots=True, kw_only=True)
class SettingChanged(Event):
    """A setting got another value."""

    setting_id: UUID
    """Made from the key, so that the changes of one setting keep their order."""
    key: str
    value: str
    """JSON text."""
    reason: str | None
    changes: Changes
