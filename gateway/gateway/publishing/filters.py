"""`<View>Filter` and `<View>Order`: conditions and orders by what a view declares filterable and sortable."""

from __future__ import annotations

from collections.abc import Mapping
from enum import Enum
from typing import Any
from uuid import UUID

import strawberry

from crm_common.protocol.declare import Direction
from crm_common.protocol.views import Cardinality, FieldShape, ViewShape
from gateway.custom_fields.given import Given
from gateway.publishing.docs import UnpublishableError
from gateway.publishing.inputs import Read, as_it_is, enum_value, finish_input, input_field, record_key
from gateway.publishing.naming import camel, upper
from gateway.publishing.operators import OperatorTypes, present
from gateway.publishing.outputs import OutputTypes, element, is_internal, needed, parts, singular

_BELOW = {
    "some": "This holds for at least one of them that the viewer may see.",
    "none": "This holds for none of them that the viewer may see.",
    "every": "This holds for every one of them that the viewer may see; also true where there is none.",
}


class FilterReader:
    """Reads ``<View>Filter`` into the tree of ``ListQuery.filter``."""

    def __init__(self) -> None:
        self.fields: dict[str, tuple[str, Read]] = {}

    def __call__(self, value: Mapping[str, Any] | Given, path: str = "filter") -> dict[str, Any]:
        """``{name: {operator: value}, "and": [...], "or": [...], "not": ...}`` with names and operators as inside."""
        if isinstance(value, Given):
            return value.read(path)
        found: dict[str, Any] = {}
        for outside, given in value.items():
            inside = self.fields[outside][0] if outside in self.fields else outside
            where = f"{path}.{inside}"
            present(given, where)
            if outside in ("and", "or"):
                found[outside] = [self(part, f"{where}.{index}") for index, part in enumerate(given)]
            elif outside == "not":
                found["not"] = self(given, where)
            else:
                found[inside] = self.fields[outside][1](given, where)
        return found


class FilterTypes:
    """The filter and order types of one build."""

    def __init__(self, outputs: OutputTypes) -> None:
        self.outputs = outputs
        self.operators = OperatorTypes(outputs)
        self._filters: dict[str, tuple[type, FilterReader]] = {}
        self._lists: dict[str, tuple[type, Read]] = {}
        self._orders: dict[str, type | None] = {}
        self._direction = outputs.enum(Direction)

    def filter(self, shape: ViewShape) -> tuple[type, FilterReader] | None:
        """``<View>Filter`` and its reader; None when the view has nothing filterable."""
        filterable = [field for field in shape.fields.values() if field.filterable and not _hidden(field)]
        if not filterable:
            return None
        if shape.name not in self._filters:
            name = f"{shape.name}Filter"
            self.outputs.claim(name, (shape, "filter"))
            outer, reader = type(name, (), {}), FilterReader()
            self._filters[shape.name] = outer, reader
            fields = {field.name: self._condition(shape, field, reader) for field in filterable}
            every, some = f"Every one of these holds for the {singular(shape)}.", "At least one of these holds."
            fields["and_"] = input_field(list[outer] | None, "and", every)  # type: ignore[valid-type]
            fields["or_"] = input_field(list[outer] | None, "or", some)  # type: ignore[valid-type]
            fields["not_"] = input_field(outer | None, "not", "This does not hold.")
            finish_input(
                outer,
                fields,
                f"Narrows a list of {shape.name} records; the conditions named beside one another all hold",
            )
        return self._filters[shape.name]

    def order(self, shape: ViewShape) -> type | None:
        """``<View>Order``; None when the view has nothing sortable."""
        if shape.name not in self._orders:
            sortable = [field for field in shape.fields.values() if field.sortable and not is_internal(field.policy)]
            self._orders[shape.name] = self._order(shape, sortable) if sortable else None
        return self._orders[shape.name]

    def _condition(self, shape: ViewShape, field: FieldShape, reader: FilterReader) -> Any:
        outer, read = self._below(shape, field) if field.view else self._operators(shape, field)
        reader.fields[camel(field.name)] = (field.name, read)
        return input_field(outer | None, field.name, field.doc + needed(field.policy))

    def _operators(self, shape: ViewShape, field: FieldShape) -> tuple[Any, Read]:
        kind = parts(field.type).type
        each = parts(element(kind) or kind).type
        is_enum = isinstance(each, type) and issubclass(each, Enum)
        read = record_key(field.ref) if each is UUID else enum_value if is_enum else as_it_is
        return self.operators.of(kind, read, f"{shape.name}.{field.name}", masked=field.masked)

    def _below(self, shape: ViewShape, field: FieldShape) -> tuple[Any, Read]:
        """The filter of the record below; of records, what must hold of how many of them."""
        assert field.view is not None
        found = self.filter(field.view)
        if found is None:
            raise UnpublishableError(f"{shape.name}.{field.name}: nothing of {field.view.name} can be filtered")
        if field.cardinality is Cardinality.ONE:
            return found
        if field.view.name not in self._lists:
            name, (outer, reader) = f"{field.view.name}ListFilter", found
            self.outputs.claim(name, (field.view, "list filter"))
            fields = {f"{word}_": input_field(outer | None, word, doc) for word, doc in _BELOW.items()}
            doc = f"Conditions on {field.view.name} records below a record; those given all hold"
            self._lists[field.view.name] = finish_input(type(name, (), {}), fields, doc), _each_word(reader)
        return self._lists[field.view.name]

    def _order(self, shape: ViewShape, sortable: list[FieldShape]) -> type:
        name = f"{shape.name}Order"
        self.outputs.claim(name, (shape, "order"))
        self.outputs.claim(f"{name}Field", (shape, "order field"))
        members = {upper(field.name): strawberry.enum_value(field.name, description=field.doc) for field in sortable}
        fields_enum: Any = Enum(f"{name}Field", members)  # type: ignore[misc]
        choice = strawberry.enum(
            fields_enum,
            name=f"{name}Field",
            description=f"What a list of {shape.name} records can be ordered by.",
        )
        fields = {
            "field": input_field(choice, "field", "What to order by."),
            "direction": input_field(self._direction, "direction", "In which direction.", self._direction.ASC),
        }
        return finish_input(type(name, (), {}), fields, f"One step of an order of {shape.name} records")


def read_order(value: Any) -> list[dict[str, str]]:
    """The payload's ``order_by`` of the argument ``orderBy``."""
    return [{"field": step["field"].value, "direction": enum_value(step["direction"], "")} for step in value]


def _hidden(field: FieldShape) -> bool:
    return is_internal(field.policy) or (field.view is not None and is_internal(field.view.policy))


def _each_word(reader: FilterReader) -> Read:
    def read(value: Mapping[str, Any], path: str) -> dict[str, Any]:
        return {word: reader(present(tree, f"{path}.{word}"), f"{path}.{word}") for word, tree in value.items()}

    return read
