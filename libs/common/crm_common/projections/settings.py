"""Settings as every service knows them: identity's, copied into ``setting_value``."""

from __future__ import annotations

from crm_common.projections.declare import Projection, SnapshotSource
from crm_common.protocol.identity.settings import SettingChanged

SETTINGS = Projection(
    name="settings", owner="identity", table="setting_value", columns=("key", "value"), events=(SettingChanged,)
)

SETTINGS_SOURCE = SnapshotSource("setting", "SELECT id, key, value FROM setting_value")
