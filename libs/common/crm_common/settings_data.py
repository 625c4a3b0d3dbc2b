"""Settings as data (SYS-01): declared in protocols, stored by identity, effective at once in every process."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Protocol

from crm_common.protocol.declare import Setting


class SettingsReader(Protocol):
    """Gives the present value of a setting."""

    def get(self, setting: Setting) -> Any:
        """The value in force, of the setting's type: what the company chose, or the default."""
        ...


class GivenSettings:
    """Settings of a process without a company: the defaults, and what was given by key."""

    def __init__(self, values: Mapping[str, Any] | None = None) -> None:
        self.values = dict(values or {})

    def get(self, setting: Setting) -> Any:
        return self.values.get(setting.key, setting.default)
