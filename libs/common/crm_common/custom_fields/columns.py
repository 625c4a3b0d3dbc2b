"""A custom field as SQL: how its value leaves as JSON, how it is compared and sorted, where an index serves."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

from crm_common.custom_fields.definitions import Definition
from crm_common.protocol.custom_fields import CustomFieldType
from crm_common.protocol.views import Cardinality, FieldShape
from crm_common.reading.bindings import Apart, Bound, Through
from crm_common.reading.kinds import (
    BOOLEAN,
    DAY,
    DECIMAL,
    IDENTIFIER,
    MOMENT,
    OPAQUE,
    TEXT,
    WHOLE,
    Kind,
    clean_text,
)

T = CustomFieldType
_PARTS = ("province", "city", "district", "street", "postcode")
_CHOICE = Kind("option", "text", str, frozenset({"eq", "ne", "in", "not_in", "is_null"}), check=clean_text)
# ids are kept as text in the index
_ID_TEXT = Kind("id", "text", UUID, IDENTIFIER.operators)

# Python type, kind, cast of the text in the column
_TYPES: dict[CustomFieldType, tuple[Any, Kind, str]] = {
    T.TEXT: (str, TEXT, ""), T.MULTILINE: (str, TEXT, ""), T.EMAIL: (str, TEXT, ""), T.URL: (str, TEXT, ""),
    T.OPTION: (str, _CHOICE, ""), T.MULTI_OPTION: (list[str], _CHOICE, ""),
    T.NUMBER: (Decimal, DECIMAL, "::numeric"), T.MONEY: (Decimal, DECIMAL, "::numeric"),
    T.DATE: (date, DAY, "::date"), T.DATETIME: (datetime, MOMENT, "::timestamptz"),
    T.YES_NO: (bool, BOOLEAN, "::boolean"), T.PERSON: (UUID, IDENTIFIER, "::uuid"),
    T.ADDRESS: (dict, TEXT, ""), T.FILE: (list[str], OPAQUE, ""),
}  # fmt: skip
_COLUMN = {
    T.TEXT: "text", T.EMAIL: "text", T.URL: "text", T.OPTION: "text", T.MULTI_OPTION: "text", T.PERSON: "text",
    T.NUMBER: "number", T.MONEY: "number", T.DATE: "date", T.DATETIME: "moment",
}  # fmt: skip


def shown_as(definition: Definition) -> tuple[FieldShape, Bound]:
    """The field of the view and what it is bound to. Names of the SQL are keys, which are plain names."""
    declared, kind, _ = _TYPES[definition.type]
    value = f"{{t}}.custom -> '{definition.key}'"
    # what leaves is what is stored: the braces are doubled, as a kind's template is formatted
    own = replace(kind, json=value.replace("{t}", "{{t}}"))
    shape = FieldShape(
        definition.key, definition.description or definition.name, declared, True, Cardinality.VALUE, None,
        "Employee" if definition.type is T.PERSON else None, bool(kind.operators), False, None, None,
    )  # fmt: skip
    return shape, Bound(_compared(definition), own, nullable=True, through=_through(definition))


def in_order(definition: Definition) -> Bound:
    """What a list is sorted by: texts by their stored key (pinyin), options in the order in which they are listed."""
    if definition.type in (T.TEXT, T.EMAIL, T.URL):
        row = f"v.field_id = '{definition.id}' AND v.entity_id = {{t}}.id AND v.place = 0"
        value = f"(SELECT v.sort FROM custom_value v WHERE {row})"
        return Bound(value, TEXT, nullable=True, apart=_apart(definition, "sort"))
    if definition.type is T.OPTION:
        keys = ", ".join(f"'{option.key}'" for option in definition.options)
        place = f"array_position(ARRAY[{keys}]::text[], {{t}}.custom ->> '{definition.key}')"
        return Bound(place, WHOLE, nullable=True)
    column = _COLUMN.get(definition.type)
    return Bound(
        _compared(definition), _TYPES[definition.type][1], nullable=True,
        apart=_apart(definition, column) if column else None,
    )  # fmt: skip


def _apart(definition: Definition, column: str) -> Apart:
    return Apart("custom_value", "entity_id", column, f"{{v}}.field_id = '{definition.id}' AND {{v}}.place = 0")


def _compared(definition: Definition) -> str:
    text = f"{{t}}.custom ->> '{definition.key}'"
    if definition.type is T.ADDRESS:
        parts = ", ".join(f"{{t}}.custom -> '{definition.key}' ->> '{part}'" for part in _PARTS)
        return f"nullif(concat_ws('', {parts}), '')"
    return f"(({text}){_TYPES[definition.type][2]})"


def _through(definition: Definition) -> Through | None:
    column = _COLUMN.get(definition.type)
    kind = _ID_TEXT if definition.type is T.PERSON else _TYPES[definition.type][1]
    if definition.is_indexed and column is not None:
        found = f"{{t}}.id IN (SELECT v.entity_id FROM custom_value v WHERE v.field_id = '{definition.id}' AND "
        return Through(found, Bound(f"v.{column}", kind, nullable=False), ")")
    if definition.type is T.MULTI_OPTION:
        each = f"EXISTS (SELECT FROM jsonb_array_elements_text({{t}}.custom -> '{definition.key}') v(text) WHERE "
        return Through(each, Bound("v.text", kind, nullable=False), ")")
    return None
