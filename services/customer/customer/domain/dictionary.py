"""Which fields of a record take their values from which dictionary (CUS-46)."""

from __future__ import annotations

from collections.abc import Collection
from typing import Any

from crm_common.protocol.customer.dictionaries import Dictionary

OF_FIELD = {
    "region": Dictionary.REGION,
    "industry": Dictionary.INDUSTRY,
    "nature": Dictionary.NATURE,
    "source": Dictionary.SOURCE,
    "level": Dictionary.LEVEL,
}


def values(record: Any, names: Collection[str] = OF_FIELD) -> dict[str, str]:
    """The values that a record has in these fields and that a dictionary must have."""
    return {name: value for name in OF_FIELD if name in names and (value := getattr(record, name)) is not None}
