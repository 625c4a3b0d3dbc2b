"""The one schema: built from all protocols, swapped as a whole. ``python -m gateway.schema`` prints it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from graphql import ASTValidationRule, GraphQLSchema

from gateway.execution.documents import Document


@dataclass(frozen=True, slots=True)
class Options:
    """What a deployment decides about its schema. ``rules`` run at validation, beside those of the specification."""

    rules: tuple[type[ASTValidationRule], ...] = ()
    max_tokens: int | None = 10_000
    introspection: bool = True
    suggestions: bool = True
    kept_documents: int = 2_000


class GatewaySchema:
    """A built schema of one revision with its caches; immutable from outside."""

    revision: int
    graphql: GraphQLSchema

    def document(self, text: str) -> Document:
        """The parsed and validated document, from the cache when the text was seen before."""
        raise NotImplementedError


class SchemaHolder:
    """The schema that new requests use. A request takes ``current`` once and finishes on it."""

    def __init__(self, schema: GatewaySchema) -> None:
        self.current = schema

    def swap(self, schema: GatewaySchema) -> None:
        """Let new requests use ``schema``; its revision must be newer."""
        raise NotImplementedError


def build_schema(services: Sequence[Any] | None = None, options: Options | None = None, *, revision: int = 1) -> GatewaySchema:
    """The schema of these service protocols (default: all there are). Raises on anything undescribed or without policy."""
    raise NotImplementedError
