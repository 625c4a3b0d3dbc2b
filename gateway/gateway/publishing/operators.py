"""`<Type>Filter`: the typed operators of one type of value, and their reader."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date, datetime
from decimal import Decimal
from enum import Enum, auto
from typing import Any, NamedTuple
from uuid import UUID

import strawberry

from crm_common.errors import CommonRules
from crm_common.protocol.filters import Period, TimeUnit
from gateway.publishing.docs import UnpublishableError
from gateway.publishing.inputs import Read, as_it_is, enum_value, finish_input, input_field
from gateway.publishing.naming import camel
from gateway.publishing.outputs import OutputTypes, element, parts


class Takes(Enum):
    """What an operator takes."""

    ONE = auto()
    MANY = auto()
    RANGE = auto()
    SPAN = auto()
    PERIOD = auto()
    FLAG = auto()


class Operator(NamedTuple):
    """An operator: its words, and what it takes."""

    doc: str
    takes: Takes = Takes.ONE


Operators = dict[str, Operator]
_EQUALITY = {
    "eq": Operator("Equals."),
    "ne": Operator("Does not equal; also true where there is no value."),
    "in": Operator("Is one of.", Takes.MANY),
    "not_in": Operator("Is none of; also true where there is no value.", Takes.MANY),
}
_RANGE = {
    "gt": Operator("Is greater than."),
    "gte": Operator("Is at least."),
    "lt": Operator("Is less than."),
    "lte": Operator("Is at most."),
    "between": Operator("Is at least the one and at most the other.", Takes.RANGE),
}
_TEXT = {
    "contains": Operator("Contains."),
    "starts_with": Operator("Starts with."),
    "is_empty": Operator("True: there is no text, or an empty one; false: there is some.", Takes.FLAG),
}
_RELATIVE = {
    "within_last": Operator("Lies between so long ago and now.", Takes.SPAN),
    "within_next": Operator("Lies between now and so long from now.", Takes.SPAN),
    "older_than": Operator("Lies before so long ago.", Takes.SPAN),
    "in_period": Operator("Lies in this period of the company's calendar.", Takes.PERIOD),
}
_IS_NULL = {"is_null": Operator("True: there is no value; false: there is one.", Takes.FLAG)}
_LIST = {
    "has_any": Operator("Has at least one of these.", Takes.MANY),
    "has_all": Operator("Has all of these.", Takes.MANY),
    "has_none": Operator("Has none of these; also true where there is no value.", Takes.MANY),
    "is_empty": Operator("True: there is nothing in it; false: there is something.", Takes.FLAG),
}
_MASKED = {
    "eq": Operator("Equals, as a whole: parts of it are nobody's condition."),
    "in": Operator("Is one of, as a whole.", Takes.MANY),
}

# the type's name outside, its noun, its operators
_NAMES: dict[Any, tuple[str, str, Operators]] = {
    str: ("String", "a text; upper and lower case are told apart", _EQUALITY | _RANGE | _TEXT | _IS_NULL),
    UUID: ("ID", "an id", _EQUALITY | _IS_NULL),
    bool: ("Boolean", "a yes or no", {name: _EQUALITY[name] for name in ("eq", "ne")} | _IS_NULL),
    int: ("Int", "a whole number", _EQUALITY | _RANGE | _IS_NULL),
    float: ("Float", "a number", _EQUALITY | _RANGE | _IS_NULL),
    Decimal: ("Decimal", "an exact number", _EQUALITY | _RANGE | _IS_NULL),
    datetime: ("DateTime", "a moment", _EQUALITY | _RANGE | _RELATIVE | _IS_NULL),
    date: ("Date", "a day", _EQUALITY | _RANGE | _RELATIVE | _IS_NULL),
}


class OperatorTypes:
    """The operator types of one build, each made once."""

    def __init__(self, outputs: OutputTypes) -> None:
        self.outputs = outputs
        self._made: dict[str, tuple[Any, Callable[[Read], Read]]] = {}
        self._span: Any = None

    def of(self, kind: Any, read: Read, where: str, *, masked: bool = False) -> tuple[Any, Read]:
        """The operators of a type, and what reads them when ``read`` reads a value of it."""
        if (inner := element(kind)) is not None:
            value, name, noun, _ = self._known(parts(inner).type, where)
            name, noun, operators = f"{name}List", f"a list: each is {noun.partition(';')[0]}", _LIST
        elif masked:
            value, name, noun, operators = str, "Masked", "a text that only some may see in full", _MASKED
        else:
            value, name, noun, operators = self._known(kind, where)
        if name not in self._made:
            self.outputs.claim(f"{name}Filter", f"{name} filter")
            self._made[name] = self._type(name, noun, operators, value)
        outer, reading = self._made[name]
        return outer, reading(read)

    def choice(self) -> tuple[Any, Read]:
        """The operators of what is chosen from options that the company decides."""
        if "Option" not in self._made:
            self.outputs.claim("OptionFilter", "option filter")
            noun = "what is chosen from options; of several, one that fits is enough"
            self._made["Option"] = self._type("Option", noun, _EQUALITY | _IS_NULL, str)
        outer, reading = self._made["Option"]
        return outer, reading(as_it_is)

    def _known(self, kind: Any, where: str) -> tuple[Any, str, str, Operators]:
        """The type of a value outside, its name and noun, its operators."""
        if isinstance(kind, type) and issubclass(kind, Enum):
            return self.outputs.enum(kind), kind.__name__, f"a {kind.__name__}", _EQUALITY | _IS_NULL
        if kind not in _NAMES:
            raise UnpublishableError(f"{where} cannot be filtered: there are no operators for {kind!r}")
        return strawberry.ID if kind is UUID else kind, *_NAMES[kind]

    def _type(self, name: str, noun: str, operators: Operators, value: Any) -> tuple[Any, Callable[[Read], Read]]:
        takes = {
            Takes.ONE: value,
            Takes.MANY: list[value],
            Takes.RANGE: self._range(name, noun, value) if "between" in operators else None,
            Takes.SPAN: self._spans() if "within_last" in operators else None,
            Takes.PERIOD: self.outputs.enum(Period) if "in_period" in operators else None,
            Takes.FLAG: bool,
        }
        fields = {
            f"{operator}_": input_field(takes[about.takes] | None, operator, about.doc)
            for operator, about in operators.items()
        }
        outer = finish_input(type(f"{name}Filter", (), {}), fields, f"Conditions on {noun}; those given all hold")
        known = {camel(operator): (operator, about.takes) for operator, about in operators.items()}
        return outer, lambda read: _conditions(known, read)

    def _range(self, name: str, noun: str, value: Any) -> Any:
        self.outputs.claim(f"{name}Range", (value, "range"))
        fields = {
            "from_": input_field(value, "from", "The least."),
            "to_": input_field(value, "to", "The greatest."),
        }
        return finish_input(
            type(f"{name}Range", (), {}), fields, f"From {noun.partition(';')[0]} to another, both included"
        )

    def _spans(self) -> Any:
        if self._span is None:
            self.outputs.claim("TimeSpan", "time span")
            fields = {
                "amount": input_field(int, "amount", "How many; not negative."),
                "unit": input_field(self.outputs.enum(TimeUnit), "unit", "Of what."),
            }
            self._span = finish_input(type("TimeSpan", (), {}), fields, "A length of time: 7 days, 3 months")
        return self._span


def _conditions(known: Mapping[str, tuple[str, Takes]], read: Read) -> Read:
    def conditions(value: Mapping[str, Any], path: str) -> dict[str, Any]:
        found: dict[str, Any] = {}
        for outside, given in value.items():
            inside, takes = known[outside]
            found[inside] = _value(present(given, f"{path}.{inside}"), takes, read, f"{path}.{inside}")
        return found

    return conditions


def _value(given: Any, takes: Takes, read: Read, path: str) -> Any:
    if takes is Takes.MANY:
        return [read(item, f"{path}.{index}") for index, item in enumerate(given)]
    if takes is Takes.RANGE:
        return {end: read(given[end], f"{path}.{end}") for end in ("from", "to")}
    if takes is Takes.SPAN:
        return {"amount": given["amount"], "unit": enum_value(given["unit"], path)}
    own = {Takes.ONE: read, Takes.PERIOD: enum_value, Takes.FLAG: as_it_is}
    return own[takes](given, path)


def present(value: Any, path: str) -> Any:
    """The value; VALIDATION where null stands for a condition."""
    if value is None:
        raise CommonRules.a_value_has_the_wrong_shape(field=path, problem="null")
    return value
