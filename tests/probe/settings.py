"""What probe and hearer are told by their environment: what every service is."""

from __future__ import annotations

from crm_common.settings import ServiceSettings

Settings = ServiceSettings
