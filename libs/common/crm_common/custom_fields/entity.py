"""One kind of record with custom fields, as its service has it: what was declared, its table, who uses its fields."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import sqlalchemy as sa

from crm_common.custom_fields.definitions import Definition
from crm_common.protocol.custom_fields import CustomFields, CustomFieldUse
from crm_common.store import Store

Uses = Callable[[Store, Definition], Sequence[CustomFieldUse]]
"""Where a field is used: saved views, rules, reports of this service or (by their calls) of others."""


def _nowhere(_store: Store, _definition: Definition) -> Sequence[CustomFieldUse]:
    return ()


@dataclass(frozen=True, slots=True)
class Entity:
    """``CUSTOM = Entity(CUSTOMER_FIELDS, customer, uses=saved_views_with)``. ``table`` has ``id`` and ``custom``."""

    fields: CustomFields
    table: sa.Table
    uses: Uses = _nowhere

    @property
    def record(self) -> str:
        """The record's name, as in ``Customer``."""
        return self.fields.record
