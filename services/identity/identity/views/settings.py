"""The parameters of the company as they are shown: the declarations with what was chosen."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal

from crm_common.protocol.declare import Setting
from crm_common.protocol.identity.rules import CompanyRules
from crm_common.protocol.identity.settings import SettingChange, SettingValue
from crm_common.settings_data import setting_catalogue, setting_id, stored_settings, text_of
from crm_common.store import Store

_HISTORY = """
SELECT data #>> '{changes,value,0}', data #>> '{changes,value,1}', occurred_at,
    CASE WHEN actor LIKE 'employee:%%' THEN substr(actor, 10)::uuid END, actor_name, data ->> 'reason'
FROM journal WHERE subject = %s ORDER BY seq DESC LIMIT 100
"""


def settings(store: Store, keys: Sequence[str] | None) -> tuple[SettingValue, ...]:
    """The parameters named, or all, by key."""
    catalogue = setting_catalogue()
    for place, key in enumerate(keys or ()):
        if key not in catalogue:
            raise CompanyRules.there_is_no_such_setting(field=f"keys.{place}", key=key)
    chosen = stored_settings(store)
    return tuple(
        _value(service, setting, chosen.get(setting.key))
        for service, setting in (catalogue[key] for key in (keys if keys is not None else sorted(catalogue)))
    )


def history(store: Store, key: str) -> tuple[SettingChange, ...]:
    """The changes of one parameter, latest first."""
    if key not in setting_catalogue():
        raise CompanyRules.there_is_no_such_setting(field="key", key=key)
    rows = store.rows(_HISTORY, (f"setting/{setting_id(key)}",))
    return tuple(
        SettingChange(
            before=before,
            value=value,
            changed_at=moment,
            changed_by_id=employee_id,
            changed_by_name=name,
            reason=reason,
        )
        for before, value, moment, employee_id, name, reason in rows
    )


def _value(service: str, setting: Setting, stored: tuple[int, str] | None) -> SettingValue:
    version, text = stored or (0, text_of(setting.default))
    return SettingValue(
        key=setting.key,
        group=setting.key.partition(".")[0],
        service=service,
        description=setting.doc,
        type=getattr(setting.type, "__name__", str(setting.type)),
        value=text,
        default=text_of(setting.default),
        minimum=_limit(setting.minimum),
        maximum=_limit(setting.maximum),
        choices=tuple(text_of(choice) for choice in setting.choices),
        chosen=text != text_of(setting.default),
        version=version,
    )


def _limit(limit: float | Decimal | None) -> str | None:
    return None if limit is None else text_of(limit)
