"""Copies a schema with a few types enlarged: all that refers to them is copied too, what does not change is shared."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, cast

from graphql import (
    GraphQLArgument,
    GraphQLField,
    GraphQLInputField,
    GraphQLInputObjectType,
    GraphQLInterfaceType,
    GraphQLList,
    GraphQLNamedType,
    GraphQLNonNull,
    GraphQLObjectType,
    GraphQLSchema,
    GraphQLUnionType,
    is_introspection_type,
    is_list_type,
    is_non_null_type,
)

Enlarge = Callable[["Copier", dict[str, Any]], GraphQLNamedType]
"""(the copier, the former type's arguments, fields copied already) → the enlarged type."""


class Copier:
    """Makes one copy. Scalars and enums are shared, unless they are enlarged."""

    def __init__(self, schema: GraphQLSchema, enlarged: Mapping[str, Enlarge]) -> None:
        self._schema = schema
        self._enlarged = enlarged
        self._made: dict[str, GraphQLNamedType] = {}

    def schema(self) -> GraphQLSchema:
        """The copy."""
        former = self._schema
        types = [self.named(kind) for kind in former.type_map.values() if not is_introspection_type(kind)]
        roots = (former.query_type, former.mutation_type, former.subscription_type)
        query, mutation, subscription = (cast("Any", self.named(root)) if root else None for root in roots)
        made = GraphQLSchema(
            query, mutation, subscription, types, former.directives, former.description, former.extensions
        )
        # resolvers written by hand find Strawberry's schema by it
        made._strawberry_schema = former._strawberry_schema  # type: ignore[attr-defined]
        return made

    def by_name(self, name: str) -> Any:
        """The copied type of this name."""
        return self.named(self._schema.type_map[name])

    def type(self, kind: Any) -> Any:
        """The copy of a type with its lists and non-nulls."""
        if is_non_null_type(kind):
            return GraphQLNonNull(self.type(kind.of_type))
        if is_list_type(kind):
            return GraphQLList(self.type(kind.of_type))
        return self.named(kind)

    def named(self, kind: GraphQLNamedType) -> GraphQLNamedType:
        """The copy of a named type."""
        found = self._made.get(kind.name)
        if found is None:
            found = self._made[kind.name] = self._copy(kind)
        return found

    def _copy(self, kind: GraphQLNamedType) -> GraphQLNamedType:
        if isinstance(kind, GraphQLObjectType | GraphQLInterfaceType):
            told: dict[str, Any] = {**kind.to_kwargs()}
            told["interfaces"] = lambda: [self.named(each) for each in kind.interfaces]
            told["fields"] = lambda: {name: self._field(each) for name, each in kind.fields.items()}
        elif isinstance(kind, GraphQLInputObjectType):
            told = {**kind.to_kwargs()}
            told["fields"] = lambda: {name: self._input_field(each) for name, each in kind.fields.items()}
        elif isinstance(kind, GraphQLUnionType):
            told = {**kind.to_kwargs(), "types": lambda: [self.named(each) for each in kind.types]}
        elif kind.name in self._enlarged:
            told = {**kind.to_kwargs()}
        else:
            return kind
        enlarge = self._enlarged.get(kind.name)
        return enlarge(self, told) if enlarge else type(kind)(**told)

    def _field(self, field: GraphQLField) -> GraphQLField:
        arguments = {
            name: GraphQLArgument(**{**each.to_kwargs(), "type_": self.type(each.type)})
            for name, each in field.args.items()
        }
        return GraphQLField(**{**field.to_kwargs(), "type_": self.type(field.type), "args": arguments})

    def _input_field(self, field: GraphQLInputField) -> GraphQLInputField:
        return GraphQLInputField(**{**field.to_kwargs(), "type_": self.type(field.type)})
