"""What each type of custom field is in GraphQL: its output, its input, its conditions."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date, datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

from crm_common.protocol.custom_fields import CustomAddress, CustomFields, CustomFieldType, declared
from crm_common.protocol.views import ViewShape
from gateway.publishing.filters import FilterReader
from gateway.publishing.inputs import Read, as_it_is, record_key
from gateway.publishing.roots import Roots

T = CustomFieldType
EMPLOYEE = "Employee"


@dataclass(frozen=True, slots=True)
class FieldKind:
    """One type of custom field. ``type`` is the GraphQL type's name; ``filter`` that of its conditions, if any."""

    type: str
    input: str
    many: bool = False
    read: Read = as_it_is
    filter: str | None = None
    read_filter: Read = as_it_is
    ref: str | None = None
    whole: bool = False
    """Whether it is an object with parts."""


@dataclass(frozen=True, slots=True)
class CustomBase:
    """What a build prepares for custom fields: records with such fields, kinds, the fixed part of each filter."""

    records: dict[str, CustomFields]
    kinds: dict[CustomFieldType, FieldKind]
    filters: dict[str, FilterReader]


_SCALARS: dict[CustomFieldType, tuple[str, Any]] = {
    T.TEXT: ("String", str), T.MULTILINE: ("String", str), T.EMAIL: ("String", str), T.URL: ("String", str),
    T.NUMBER: ("Decimal", Decimal), T.MONEY: ("Decimal", Decimal), T.DATE: ("Date", date),
    T.DATETIME: ("DateTime", datetime), T.YES_NO: ("Boolean", bool),
}  # fmt: skip


def prepare(roots: Roots) -> tuple[CustomBase | None, list[Any]]:
    """The base of a build and the types that only custom fields need; nothing when no record has such fields."""
    shapes = {id(shape) for service in roots.services for shape in service.views.values()}
    records = {name: each for name, each in declared().items() if id(each.values) in shapes}
    if not records:
        return None, []
    kinds, types = _kinds(roots)
    filters = {name: _fixed_filter(roots, each.values) for name, each in records.items()}
    return CustomBase(records, kinds, filters), types


def _kinds(roots: Roots) -> tuple[dict[CustomFieldType, FieldKind], list[Any]]:
    operators, types = roots.filters.operators, list[Any]()

    def filtered(kind: FieldKind, python: Any, read: Read = as_it_is) -> FieldKind:
        outer, reading = operators.of(python, read, "custom field")
        types.append(outer)
        return replace(kind, filter=outer.__name__, read_filter=reading)

    kinds = {name: filtered(FieldKind(type_, type_), python) for name, (type_, python) in _SCALARS.items()}
    person = FieldKind("ID", "ID", read=record_key(EMPLOYEE), ref=EMPLOYEE)
    kinds[T.PERSON] = filtered(person, UUID, record_key(EMPLOYEE))
    outer, reading = operators.choice()
    types.append(outer)
    option = FieldKind("String", "String", filter=outer.__name__, read_filter=reading)
    kinds[T.OPTION], kinds[T.MULTI_OPTION] = option, replace(option, many=True)
    kinds[T.FILE] = FieldKind("String", "String", many=True)
    shown = roots.outputs.annotation(CustomAddress, where="custom field")
    asked, address = roots.inputs.value(CustomAddress)
    types += [shown, asked]
    kind = FieldKind(shown.__name__, asked.__name__, read=lambda value, path: address(value, f"{path}."), whole=True)
    kinds[T.ADDRESS] = filtered(kind, str)
    return kinds, types


def _fixed_filter(roots: Roots, values: ViewShape) -> FilterReader:
    found = roots.filters.filter(values)
    assert found is not None  # ``filled`` is filterable
    return found[1]
