"""Parameters of the company (SYS-01): checked, stored, told; the zone is one of them and stands in the profile too."""

from __future__ import annotations

from typing import Any

from crm_common.changes import Change
from crm_common.protocol.declare import Setting
from crm_common.protocol.identity.rules import CompanyRules
from crm_common.protocol.identity.settings import ChangeSetting, SettingChanged
from crm_common.protocol.platform import TIMEZONE
from crm_common.settings_data import setting_catalogue, store_setting, value_of
from identity.domain import company as domain
from identity.store import company


def change_setting(change: Change, command: ChangeSetting) -> dict[str, Any]:
    """Another value of a parameter."""
    if command.key not in setting_catalogue():
        raise CompanyRules.there_is_no_such_setting(field="key", key=command.key)
    _, setting = setting_catalogue()[command.key]
    value = setting.default if command.value is None else _read(setting, command.value)
    if setting.key == TIMEZONE.key:
        value = domain.zone(value, field="value")
        _move_company(change, value)
    put(change, setting, value, version=command.version, reason=command.reason)
    return {}


def put(change: Change, setting: Setting, value: Any, *, version: int | None = None, reason: str | None = None) -> None:
    """Store a value and tell of it, if it is another one."""
    result = store_setting(change, setting, value, version=version)
    if result.changed:
        change.record(
            SettingChanged(
                setting_id=result.setting_id,
                key=result.key,
                value=result.value,
                version=result.version,
                reason=reason,
                changes={"value": (result.before, result.value)},
            )
        )


def _read(setting: Setting, text: str) -> Any:
    try:
        return value_of(setting, text)
    except ValueError as problem:
        raise CompanyRules.a_setting_keeps_its_type_and_range(
            field="value", key=setting.key, problem=str(problem)
        ) from problem


def _move_company(change: Change, timezone: str) -> None:
    present = company.get(change.connection)
    if present is not None:
        after, events = domain.set_timezone(present, timezone)
        if events:
            company.save(change.connection, after, change.now)
            change.record(*events)
