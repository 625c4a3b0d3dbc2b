"""Custom fields in tables of imports and exports: their columns, and the values of a row as commands have them."""

from __future__ import annotations

from typing import Any

from crm_common.custom_fields import store as definitions_of
from crm_common.custom_fields.definitions import Definition
from crm_common.exchange import Choice, Column, Kind
from crm_common.exchange.rows import ReadRow
from crm_common.protocol.custom_fields import CustomFieldType as Type
from crm_common.store import Store

# an address has parts, and people and files are ids: none of them fits a cell
_KINDS = {
    Type.TEXT: Kind.TEXT, Type.MULTILINE: Kind.TEXT, Type.EMAIL: Kind.TEXT, Type.URL: Kind.TEXT,
    Type.OPTION: Kind.CHOICE, Type.MULTI_OPTION: Kind.CHOICES, Type.NUMBER: Kind.NUMBER, Type.MONEY: Kind.NUMBER,
    Type.DATE: Kind.DATE, Type.YES_NO: Kind.BOOLEAN,
}  # fmt: skip
_PREFIX = "custom."


def custom_columns(store: Store, record: str) -> tuple[Column, ...]:
    """A column ``custom.<key>`` for each custom field of the kind of record (``"Customer"``) that fits a cell."""
    return tuple(_column(each) for each in definitions_of.read(store, record) if each.type in _KINDS)


def custom_values(row: ReadRow) -> dict[str, Any]:
    """The row's custom values by their keys, as commands have them."""
    return {
        key.removeprefix(_PREFIX): value.isoformat() if hasattr(value, "isoformat") else value
        for key, value in row.values.items()
        if key.startswith(_PREFIX)
    }


def plain_values(row: ReadRow) -> dict[str, Any]:
    """The row's other values, by the keys of their columns."""
    return {key: value for key, value in row.values.items() if not key.startswith(_PREFIX)}


def _column(definition: Definition) -> Column:
    options = tuple(Choice(each.key, each.name, each.name) for each in definition.options if not each.archived)
    return Column(
        key=f"{_PREFIX}{definition.key}",
        en=definition.name,
        zh=definition.name,
        kind=_KINDS[definition.type],
        needed=definition.required,
        choices=options,
    )
