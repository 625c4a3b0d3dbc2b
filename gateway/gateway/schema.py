"""The one schema: built from all protocols, swapped as a whole. ``python -m gateway.schema`` prints it."""

from __future__ import annotations

import sys
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import strawberry
from graphql import (
    ASTValidationRule,
    GraphQLInterfaceType,
    GraphQLObjectType,
    GraphQLSchema,
    NoSchemaIntrospectionCustomRule,
)

from crm_common.protocol.declare import Operation, ServiceProtocol, services
from gateway.custom_fields.kinds import CustomBase, prepare
from gateway.execution.documents import Document, Documents
from gateway.execution.kept import Kept
from gateway.execution.rows import bind_resolvers, type_of_row
from gateway.permissions import HandWritten, check_hand_written, together
from gateway.platform import platform
from gateway.publishing.meaning import meaning_of
from gateway.publishing.outputs import finish_type
from gateway.publishing.roots import Roots
from gateway.publishing.scalars import config
from gateway.search import search

PRINTED = Path(__file__).resolve().parents[1] / "schema.graphql"


@dataclass(frozen=True, slots=True)
class Options:
    """What a deployment decides about its schema. ``rules`` run at validation, before those of the specification."""

    rules: tuple[type[ASTValidationRule], ...] = ()
    max_tokens: int | None = 10_000
    introspection: bool = True
    suggestions: bool = True
    compiled: bool = True
    """False: the stock executor does everything, for comparison and when in doubt."""
    kept_characters: int = 1_000_000
    """How much text of documents (and of plans made of them) is kept ready."""


class GatewaySchema:
    """A built schema of one revision with its caches; immutable from outside."""

    def __init__(
        self,
        built: strawberry.Schema,
        by_ids: dict[str, Operation],
        options: Options,
        revision: int,
        *,
        custom: CustomBase | None = None,
        graphql: GraphQLSchema | None = None,
    ) -> None:
        """``custom`` is what custom fields are made of; ``graphql`` the schema with them."""
        self.strawberry = built
        self.custom = custom
        self.graphql: GraphQLSchema = graphql or built._schema
        self.by_ids = by_ids
        self.revision = revision
        self.options = options
        rules = options.rules if options.introspection else (*options.rules, NoSchemaIntrospectionCustomRule)
        self.documents = Documents(
            self.graphql,
            rules=rules,
            max_tokens=options.max_tokens,
            suggestions=options.suggestions,
            capacity=options.kept_characters,
        )
        self.plans: Kept[Any, Any] = Kept(options.kept_characters)

    def at_revision(self, graphql: GraphQLSchema, revision: int) -> GatewaySchema:
        """The same with another schema, and with caches of its own."""
        return GatewaySchema(self.strawberry, self.by_ids, self.options, revision, custom=self.custom, graphql=graphql)

    def with_options(self, options: Options) -> GatewaySchema:
        """The same types under other options."""
        return GatewaySchema(self.strawberry, self.by_ids, options, self.revision, custom=self.custom)

    def document(self, text: str) -> Document:
        """The parsed and validated document, from the cache when the text was seen before."""
        return self.documents.load(text)

    def live_types(self) -> frozenset[str]:
        """The types of all events that subscriptions listen to."""
        return frozenset(_live_types(self.graphql.subscription_type))

    def text(self) -> str:
        """The schema in GraphQL's own language."""
        return self.strawberry.as_str().rstrip() + "\n"


class SchemaHolder:
    """The schema that new requests use. A request takes ``current`` once and finishes on it."""

    def __init__(self, schema: GatewaySchema) -> None:
        self.current = schema

    def swap(self, schema: GatewaySchema) -> None:
        """Let new requests use ``schema``; ValueError unless its revision is newer (a slow build may come too late)."""
        if schema.revision <= self.current.revision:
            raise ValueError(f"revision {schema.revision} is not newer than {self.current.revision}")
        self.current = schema


def build_schema(
    protocols: Iterable[ServiceProtocol] | None = None,
    options: Options | None = None,
    *,
    revision: int = 1,
    hand_written: HandWritten | None = None,
) -> GatewaySchema:
    """The schema of these protocols; by default that of the product: all there are, and what operators need.

    Raises on anything undescribed or without a policy.
    """
    if protocols is None and hand_written is None:
        whole = _of_product(tuple(services().values()))
        return GatewaySchema(whole.strawberry, whole.by_ids, options or Options(), revision, custom=whole.custom)
    roots = Roots(protocols if protocols is not None else services().values())
    queries, commands, lives = roots.queries(), roots.commands(), roots.lives()
    custom, own = prepare(roots)
    types = [*roots.outputs.finish(), *own]
    beside = hand_written or HandWritten()
    query = _root("Query", queries, beside.query, "What can be asked.")
    mutation = _root("Mutation", commands, beside.mutation, "What can be changed.")
    subscription = _root("Subscription", lives, None, "What can be followed.")
    built = strawberry.Schema(
        query=query or _nothing(), mutation=mutation, subscription=subscription, types=types, config=config()
    )
    _finish(built._schema)
    return GatewaySchema(built, roots.outputs.by_ids, options or Options(), revision, custom=custom)


@cache
def _of_product(protocols: tuple[ServiceProtocol, ...]) -> GatewaySchema:
    """Made once in a process: it takes seconds, and its types are the same under all options."""
    beside = together(platform(sorted(each.name for each in protocols)), search(protocols))
    return build_schema(protocols, hand_written=beside)


def _live_types(subscription: GraphQLObjectType | None) -> Iterator[str]:
    for field in subscription.fields.values() if subscription else ():
        meaning = meaning_of(field)
        if meaning is not None and meaning.root is not None and meaning.root.live is not None:
            yield from (event.event_type for event in meaning.root.live.events)


def _root(name: str, fields: dict[str, Any], beside: type | None, doc: str) -> type | None:
    if not fields and beside is None:
        return None
    return finish_type(type(name, (beside,) if beside else (), {}), fields, doc)


def _nothing() -> type:
    raise TypeError("there is no query to build a schema of")


def _finish(schema: GraphQLSchema) -> None:
    check_hand_written(schema, lambda field: meaning_of(field) is not None)
    for kind in schema.type_map.values():
        if isinstance(kind, GraphQLObjectType):
            bind_resolvers(kind)
        elif isinstance(kind, GraphQLInterfaceType):
            kind.resolve_type = type_of_row


def main(arguments: list[str]) -> int:
    """Print the schema into ``gateway/schema.graphql``; ``--check`` only says whether it is up to date."""
    text = build_schema().text()
    if "--check" in arguments:
        return 0 if PRINTED.exists() and PRINTED.read_text() == text else 1
    PRINTED.write_text(text)
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
