"""Commands and queries become Strawberry inputs and arguments, each with a reader that makes the payload of them."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Mapping
from enum import Enum
from typing import Any, NamedTuple, get_type_hints
from uuid import UUID

import strawberry
from strawberry.types.arguments import StrawberryArgument
from strawberry.types.field import StrawberryField

from crm_common.errors import CommonRules, CrmError
from crm_common.ids import from_global
from crm_common.protocol.declare import Command
from gateway.custom_fields.given import custom_of, read_values
from gateway.errors import SchemaRules
from gateway.publishing.docs import UnpublishableError, class_doc, field_doc
from gateway.publishing.naming import camel, sentence
from gateway.publishing.outputs import PLAIN, OutputTypes, argument, element, parts
from gateway.publishing.scalars import JSON

Read = Callable[[Any, str], Any]
"""(value as GraphQL coerced it, path for errors in snake_case) → value of the payload."""


def as_it_is(value: Any, _path: str) -> Any:
    """Strings, numbers and our text scalars arrive in the form in which they travel."""
    return value


def enum_value(value: Any, _path: str) -> Any:
    """Enums travel by their value."""
    return value.value if isinstance(value, Enum) else value


def record_key(type_name: str | None) -> Read:
    """Reads a global id of ``type_name`` into the record's key; a plain UUID where no type is declared."""

    def read(value: Any, path: str) -> str:
        try:
            found, key = (None, UUID(value)) if type_name is None else from_global(value)
        except ValueError as broken:
            raise SchemaRules.this_is_not_an_id(field=path) from broken
        if found != type_name:
            raise SchemaRules.the_id_names_another_type(field=path, wanted=type_name, found=found)
        return str(key)

    return read


def _each(read: Read) -> Read:
    return lambda values, path: [read(value, f"{path}.{index}") for index, value in enumerate(values)]


_EVERYWHERE = frozenset(field.name for field in dataclasses.fields(Command))


class Slot(NamedTuple):
    """Where an input field goes: its name inside, how it is read, and whether null means something."""

    name: str
    read: Read
    nullable: bool


class Reader:
    """Reads a coerced input object (or arguments) into payload fields; what is absent stays absent."""

    def __init__(self) -> None:
        self.slots: dict[str, Slot] = {}

    def __call__(self, value: Mapping[str, Any], path: str = "") -> dict[str, Any]:
        """The payload; every wrong field is named: the first refusal carries the others in ``also``."""
        payload: dict[str, Any] = {}
        refusals: list[CrmError] = []
        for outside, slot in self.slots.items():
            if outside not in value:
                continue
            try:
                payload[slot.name] = _read(slot, value[outside], f"{path}{slot.name}")
            except CrmError as refusal:
                refusals += [refusal, *refusal.also]
        if refusals:
            first, *rest = refusals
            raise CrmError(first.code, first.rule, field=first.field, details=first.details, also=tuple(rest))
        return payload


def _read(slot: Slot, value: Any, path: str) -> Any:
    if value is not None:
        return slot.read(value, path)
    if not slot.nullable:
        raise CommonRules.a_value_has_the_wrong_shape(field=path, problem="null")
    return None


class InputTypes:
    """The input types of one build."""

    def __init__(self, outputs: OutputTypes) -> None:
        self.outputs = outputs
        self._values: dict[type, tuple[type, Reader]] = {}
        self._customs: dict[str, type] = {}

    def command(self, cls: type) -> tuple[type, Reader]:
        """``<Command>Input`` and its reader."""
        return self._object(cls, f"{cls.__name__}Input")

    def arguments(self, cls: type) -> tuple[list[StrawberryArgument], Reader]:
        """The own fields of a query as arguments, and their reader."""
        reader, found = Reader(), []
        for declared, hint in _own_fields(cls):
            annotation, default = self._field(cls, declared, hint, reader)
            found.append(argument(declared.name, annotation, field_doc(cls, declared), default))
        return found, reader

    def value(self, cls: type) -> tuple[type, Reader]:
        """``<Value>Input`` of a dataclass and its reader."""
        return self._object(cls, f"{cls.__name__}Input")

    def _custom(self, record: str) -> Any:
        """``<Record>CustomInput`` as it is without definitions."""
        name = f"{record}CustomInput"
        if name not in self._customs:
            doc = "Values by their field's key, for programs that do not know the fields; null empties one."
            self.outputs.claim(name, (record, "custom input"))
            self._customs[name] = finish_input(
                type(name, (), {}),
                {"json": input_field(JSON | None, "json", doc)},
                f"Custom fields of a {record} record; what is absent stays as it is, null empties a field",
            )
        return self._customs[name]

    def _object(self, cls: type, name: str) -> tuple[type, Reader]:
        if cls not in self._values:
            self.outputs.claim(name, (cls, "input"))
            outer, reader = type(name, (), {}), Reader()
            self._values[cls] = outer, reader
            fields: dict[str, StrawberryField] = {}
            for declared, hint in _own_fields(cls):
                annotation, default = self._field(cls, declared, hint, reader)
                fields[declared.name] = input_field(annotation, declared.name, field_doc(cls, declared), default)
            finish_input(outer, fields, class_doc(cls))
        return self._values[cls]

    def _field(self, cls: type, declared: dataclasses.Field[Any], hint: Any, reader: Reader) -> tuple[Any, object]:
        """Annotation and default; a field with a default is optional, and null only where None may stand."""
        found = parts(hint)
        record, where = custom_of(hint), f"{cls.__name__}.{declared.name}"
        annotation, read = self._type(hint, where) if record is None else (self._custom(record), read_values)
        reader.slots[camel(declared.name)] = Slot(declared.name, read, found.nullable)
        required = declared.default is dataclasses.MISSING and declared.default_factory is dataclasses.MISSING
        if required and not found.nullable:
            return annotation, strawberry.UNSET
        if found.nullable or found.unset or not isinstance(declared.default, bool | int | str | Enum):
            return annotation | None, strawberry.UNSET
        return annotation, self._default(declared.default)

    def _default(self, default: Any) -> Any:
        return self.outputs.enum(type(default))[default.name] if isinstance(default, Enum) else default

    def _type(self, hint: Any, where: str) -> tuple[Any, Read]:
        found = parts(hint)
        kind = found.type
        if (item := element(kind)) is not None:
            annotation, read = self._type(item, where)
            return list[annotation], _each(read)  # type: ignore[valid-type]
        if kind is UUID:
            return strawberry.ID, record_key(found.ref)
        if kind in PLAIN:
            return kind, as_it_is
        if isinstance(kind, type) and issubclass(kind, Enum):
            return self.outputs.enum(kind), enum_value
        if isinstance(kind, type) and dataclasses.is_dataclass(kind):
            outer, reader = self._object(kind, f"{kind.__name__}Input")
            return outer, lambda value, path: reader(value, f"{path}.")
        if kind is Any or kind is dict or getattr(kind, "__origin__", None) is dict:
            return JSON, as_it_is
        raise UnpublishableError(f"{where}: there is no public form of {kind!r}")


def input_field(annotation: Any, name: str, doc: str, default: object = strawberry.UNSET) -> StrawberryField:
    """A described input field."""
    field: StrawberryField = strawberry.field(
        name=camel(name), description=sentence(doc), graphql_type=annotation, default=default
    )
    return field


def finish_input(cls: type, fields: dict[str, StrawberryField], doc: str) -> type:
    """Give a bare class its fields and make it a Strawberry input."""
    cls.__annotations__ = {
        name: field.type_annotation.annotation for name, field in fields.items() if field.type_annotation
    }
    for name, field in fields.items():
        setattr(cls, name, field)
    return strawberry.input(cls, name=cls.__name__, description=sentence(doc))


def _own_fields(cls: type) -> list[tuple[dataclasses.Field[Any], Any]]:
    hints = get_type_hints(cls, include_extras=True)
    own = [(f, hints[f.name]) for f in dataclasses.fields(cls) if not f.metadata.get("hidden")]
    # what every command has stands last: people read the beginning
    return sorted(own, key=lambda each: each[0].name in _EVERYWHERE)
