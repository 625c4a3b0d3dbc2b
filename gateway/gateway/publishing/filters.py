"""`<View>Filter` and `<View>Order`: typed operators for what a view declares filterable and sortable."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime
from decimal import Decimal
from enum import Enum
from typing import Any, NamedTuple
from uuid import UUID

import strawberry

from crm_common.errors import CommonRules
from crm_common.protocol.declare import Direction
from crm_common.protocol.views import FieldShape, ViewShape
from gateway.publishing.docs import UnpublishableError
from gateway.publishing.inputs import Read, as_it_is, enum_value, finish_input, input_field, record_key
from gateway.publishing.naming import camel, upper
from gateway.publishing.outputs import OutputTypes, is_internal, needed, parts, singular
from gateway.publishing.scalars import Duration


class Operator(NamedTuple):
    """An operator: its words, whether it takes a list, and what it takes when that is not the field's own type."""

    doc: str
    many: bool = False
    takes: Any = None


Operators = dict[str, Operator]
_EQUALITY = {
    "eq": Operator("Equals."),
    "ne": Operator("Does not equal; also true where there is no value."),
    "in": Operator("Is one of.", many=True),
    "not_in": Operator("Is none of; also true where there is no value.", many=True),
}
_RANGE = {
    "gt": Operator("Is greater than."),
    "gte": Operator("Is at least."),
    "lt": Operator("Is less than."),
    "lte": Operator("Is at most."),
    "between": Operator("Is at least the first and at most the second of these two.", many=True),
}
_TEXT = {"contains": Operator("Contains."), "starts_with": Operator("Starts with.")}
_RELATIVE = {
    "within_last": Operator("Lies between so long ago and now.", takes=Duration),
    "older_than": Operator("Lies before so long ago.", takes=Duration),
}
_IS_NULL = {"is_null": Operator("True: there is no value; false: there is one.", takes=bool)}

_AS_IT_IS = frozenset({*_RELATIVE, *_IS_NULL})

_NAMES: dict[Any, tuple[str, str, Operators]] = {
    str: ("StringFilter", "a text; upper and lower case are told apart", _EQUALITY | _RANGE | _TEXT),
    UUID: ("IDFilter", "an id", _EQUALITY),
    bool: ("BooleanFilter", "a yes or no", {"eq": _EQUALITY["eq"], "ne": _EQUALITY["ne"]}),
    int: ("IntFilter", "a whole number", _EQUALITY | _RANGE),
    float: ("FloatFilter", "a number", _EQUALITY | _RANGE),
    Decimal: ("DecimalFilter", "an exact number", _EQUALITY | _RANGE),
    datetime: ("DateTimeFilter", "a moment", _EQUALITY | _RANGE | _RELATIVE),
    date: ("DateFilter", "a day", _EQUALITY | _RANGE | _RELATIVE),
}


class FilterReader:
    """Reads ``<View>Filter`` into the tree of ``ListQuery.filter``."""

    def __init__(self) -> None:
        self.fields: dict[str, tuple[str, Read, dict[str, str]]] = {}

    def __call__(self, value: Mapping[str, Any], path: str = "filter") -> dict[str, Any]:
        """``{name: {operator: value}, "and": [...], "or": [...], "not": ...}`` with names and operators as inside."""
        found: dict[str, Any] = {}
        for outside, given in value.items():
            inside = self.fields[outside][0] if outside in self.fields else outside
            where = f"{path}.{inside}"
            present = _present(given, where)
            if outside in ("and", "or"):
                found[outside] = [self(part, f"{where}.{index}") for index, part in enumerate(present)]
            elif outside == "not":
                found["not"] = self(present, where)
            else:
                _, read, operators = self.fields[outside]
                found[inside] = _conditions(present, read, operators, where)
        return found


def _conditions(value: Mapping[str, Any], read: Read, operators: Mapping[str, str], path: str) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for outside, given in value.items():
        inside = operators[outside]
        where = f"{path}.{inside}"
        _present(given, where)
        if inside in _AS_IT_IS:
            found[inside] = given
        elif isinstance(given, list):
            found[inside] = [read(item, f"{where}.{i}") for i, item in enumerate(given)]
        else:
            found[inside] = read(given, where)
    return found


def _present(value: Any, path: str) -> Any:
    if value is None:
        raise CommonRules.a_value_has_the_wrong_shape(field=path, problem="null")
    return value


class FilterTypes:
    """The filter and order types of one build."""

    def __init__(self, outputs: OutputTypes) -> None:
        self.outputs = outputs
        self._filters: dict[str, tuple[type, FilterReader]] = {}
        self._operators: dict[str, tuple[type, dict[str, str]]] = {}
        self._orders: dict[str, type | None] = {}
        self._direction = outputs.enum(Direction)

    def filter(self, shape: ViewShape) -> tuple[type, FilterReader] | None:
        """``<View>Filter`` and its reader; None when the view has nothing filterable."""
        filterable = [field for field in shape.fields.values() if field.filterable and not is_internal(field.policy)]
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
        kind = parts(field.type).type
        outer, operators = self._operator_input(kind, f"{shape.name}.{field.name}")
        read = record_key(field.ref) if kind is UUID else enum_value if field.is_enum else as_it_is
        reader.fields[camel(field.name)] = (field.name, read, operators)
        return input_field(outer | None, field.name, field.doc + needed(field.policy))

    def _operator_input(self, kind: Any, where: str) -> tuple[Any, dict[str, str]]:
        value: Any
        if isinstance(kind, type) and issubclass(kind, Enum):
            value = self.outputs.enum(kind)
            name, noun, operators = f"{kind.__name__}Filter", f"a {kind.__name__}", _EQUALITY
        elif kind in _NAMES:
            value = strawberry.ID if kind is UUID else kind
            name, noun, operators = _NAMES[kind]
        else:
            raise UnpublishableError(f"{where} cannot be filtered: there are no operators for {kind!r}")
        if name not in self._operators:
            self.outputs.claim(name, (kind, "filter"))
            self._operators[name] = _operator_type(name, noun, operators, value)
        return self._operators[name]

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


def _operator_type(name: str, noun: str, operators: Operators, value: Any) -> tuple[type, dict[str, str]]:
    fields, names = {}, {}
    for operator, about in (operators | _IS_NULL).items():
        one: Any = value if about.takes is None else about.takes
        fields[f"{operator}_"] = input_field((list[one] if about.many else one) | None, operator, about.doc)
        names[camel(operator)] = operator
    return finish_input(type(name, (), {}), fields, f"Conditions on {noun}; those given all hold"), names
