"""Makes the schema of a revision: the static one, with a typed, described field for each definition."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING, Any, NamedTuple

from graphql import (
    GraphQLEnumType,
    GraphQLEnumValue,
    GraphQLField,
    GraphQLInputField,
    GraphQLInputObjectType,
    GraphQLList,
    GraphQLNonNull,
    GraphQLObjectType,
    validate_schema,
)
from strawberry.schema.schema_converter import GraphQLCoreConverter

from crm_common.custom_fields.definitions import Definition, order_name
from crm_common.protocol.custom_fields import CustomFieldType
from gateway.custom_fields.copying import Copier, Enlarge
from gateway.custom_fields.given import JSON_FIELD, Given
from gateway.custom_fields.kinds import CustomBase, FieldKind
from gateway.execution.rows import bind_resolvers
from gateway.publishing.filters import FilterReader
from gateway.publishing.inputs import Reader, Slot, as_it_is
from gateway.publishing.meaning import KEY, Kind, Meaning
from gateway.publishing.naming import sentence

if TYPE_CHECKING:
    from gateway.schema import GatewaySchema

Known = Mapping[str, tuple[Definition, ...]]
"""Record → its definitions in use, in their order."""


class _Step(NamedTuple):
    """The value of an order's field, read as that of an enum's member."""

    value: str


@dataclass(frozen=True, slots=True)
class _Declared:
    """Stands where Strawberry keeps a field's definition."""

    metadata: dict[str, Any]


def with_definitions(static: GatewaySchema, known: Known, revision: int) -> GatewaySchema:
    """A schema with these definitions; takes some milliseconds, and may be done in any thread.

    ValueError when the outcome is no valid schema: then the former one has to do.
    """
    base = static.custom
    assert base is not None
    enlarged: dict[str, Enlarge] = {}
    for record, definitions in known.items():
        enlarged |= dict(_of_record(base, record, definitions))
    made = Copier(static.graphql, enlarged).schema()
    faults = validate_schema(made)
    if faults:
        raise ValueError(f"the schema of custom fields is not valid: {faults[0].message}")
    for record in known:
        values = made.type_map[f"{record}Custom"]
        assert isinstance(values, GraphQLObjectType)
        bind_resolvers(values)
    return static.at_revision(made, revision)


def _of_record(base: CustomBase, record: str, definitions: tuple[Definition, ...]) -> Iterator[tuple[str, Enlarge]]:
    fields = [(each, base.kinds[each.type]) for each in definitions]
    reader = FilterReader()
    reader.fields = base.filters[record].fields | {
        each.key: (each.key, kind.read_filter) for each, kind in fields if kind.filter
    }
    yield f"{record}Custom", partial(_output, fields)
    yield f"{record}CustomFilter", partial(_filter, fields, reader)
    yield f"{record}CustomInput", partial(_input, fields)
    yield f"{record}OrderField", partial(_order, [each for each in definitions if each.sortable and each.is_indexed])


_Fields = list[tuple[Definition, FieldKind]]


def described(definition: Definition) -> str:
    """The description of a field: its names, what it is for, what its values are."""
    names = " / ".join(name for name in (definition.name, definition.name_en) if name)
    parts = [sentence(names)]
    if definition.description:
        parts.append(sentence(definition.description))
    if definition.options:
        options = ", ".join(f"{each.key} ({each.name})" for each in definition.options if not each.archived)
        parts.append(f"One of {options}." if definition.type is CustomFieldType.OPTION else f"Any of {options}.")
    if definition.longest is not None:
        parts.append(f"At most {definition.longest} characters.")
    parts += [word for flag, word in ((definition.required, "Required."), (definition.unique, "Unique.")) if flag]
    return " ".join(parts)


def _shown(copier: Copier, name: str, *, many: bool) -> Any:
    kind = copier.by_name(name)
    return GraphQLList(GraphQLNonNull(kind)) if many else kind


def _output(fields: _Fields, copier: Copier, told: dict[str, Any]) -> GraphQLObjectType:
    former: Callable[[], dict[str, GraphQLField]] = told["fields"]

    def all_fields() -> dict[str, GraphQLField]:
        return former() | {each.key: _output_field(copier, each, kind) for each, kind in fields}

    return GraphQLObjectType(**{**told, "fields": all_fields})


def _output_field(copier: Copier, definition: Definition, kind: FieldKind) -> GraphQLField:
    meaning = Meaning(kind=Kind.VALUE if kind.whole else Kind.LEAF, name=definition.key, ref=kind.ref)
    return GraphQLField(
        _shown(copier, kind.type, many=kind.many),
        description=described(definition),
        extensions={GraphQLCoreConverter.DEFINITION_BACKREF: _Declared({KEY: meaning})},
    )


def _filter(fields: _Fields, reader: FilterReader, copier: Copier, told: dict[str, Any]) -> GraphQLInputObjectType:
    former: Callable[[], dict[str, GraphQLInputField]] = told["fields"]

    def all_fields() -> dict[str, GraphQLInputField]:
        return former() | {
            each.key: GraphQLInputField(copier.by_name(kind.filter), description=described(each))
            for each, kind in fields
            if kind.filter
        }

    return _input_type(told, all_fields, reader)


def _input(fields: _Fields, copier: Copier, told: dict[str, Any]) -> GraphQLInputObjectType:
    former: Callable[[], dict[str, GraphQLInputField]] = told["fields"]
    reader = Reader()
    reader.slots[JSON_FIELD] = Slot(JSON_FIELD, as_it_is, nullable=True)
    for each, kind in fields:
        read = _each(kind) if kind.many else kind.read
        reader.slots[each.key] = Slot(each.key, read, nullable=True)

    def all_fields() -> dict[str, GraphQLInputField]:
        return former() | {
            each.key: GraphQLInputField(_shown(copier, kind.input, many=kind.many), description=described(each))
            for each, kind in fields
        }

    return _input_type(told, all_fields, lambda values, path: reader(values, f"{path}."))


def _each(kind: FieldKind) -> Any:
    return lambda values, path: [kind.read(value, f"{path}.{index}") for index, value in enumerate(values)]


def _input_type(told: dict[str, Any], fields: Any, reader: Any) -> GraphQLInputObjectType:
    def given(values: dict[str, Any]) -> Given:
        return Given(values, reader)

    return GraphQLInputObjectType(**{**told, "fields": fields, "out_type": given})


def _order(sortable: list[Definition], _copier: Copier, told: dict[str, Any]) -> GraphQLEnumType:
    values = {
        name: GraphQLEnumValue(**{**each.to_kwargs(), "value": _Step(getattr(each.value, "value", each.value))})
        for name, each in told["values"].items()
    }
    for each in sortable:
        values[order_name(each.key)] = GraphQLEnumValue(_Step(f"custom.{each.key}"), description=described(each))
    return GraphQLEnumType(**{**told, "values": values})
