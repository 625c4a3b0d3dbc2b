"""Settings from the environment: typed, declared per process, every fault reported at once, secrets never shown."""

from __future__ import annotations

from crm_common.settings_data import SettingsReader

__all__ = ["SettingsReader"]
