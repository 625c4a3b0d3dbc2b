"""Coerces a request's variables: texts and ids, which most of them are, without the walk that all others need."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from graphql import GraphQLError, GraphQLID, GraphQLString, OperationDefinitionNode, get_nullable_type
from graphql.execution.get_variable_signature import GraphQLVariableSignature, get_variable_signature
from graphql.execution.values import VariableValues, VariableValueSource, get_variable_values

from gateway.execution.documents import Document

if TYPE_CHECKING:
    from gateway.schema import GatewaySchema

_TEXTS = (GraphQLID, GraphQLString)


def coerced(
    schema: GatewaySchema, document: Document, operation: OperationDefinitionNode, given: dict[str, Any]
) -> VariableValues | list[GraphQLError]:
    """What graphql-core's ``get_variable_values`` gives."""
    note = f"texts of {id(operation)}"
    texts: tuple[GraphQLVariableSignature, ...] | None = document.notes.get(note)
    if texts is None:
        texts = document.notes[note] = _texts(schema, operation)
    if texts and (found := _all_texts(texts, given)) is not None:
        return found
    hide = not schema.options.suggestions
    return get_variable_values(schema.graphql, operation.variable_definitions or (), given, hide_suggestions=hide)


def _texts(schema: GatewaySchema, operation: OperationDefinitionNode) -> tuple[GraphQLVariableSignature, ...]:
    """The variables, when every one is a text or an id."""
    found = []
    for definition in operation.variable_definitions or ():
        signature = get_variable_signature(schema.graphql, definition)
        if isinstance(signature, GraphQLError) or get_nullable_type(signature.type) not in _TEXTS:
            return ()
        found.append(signature)
    return tuple(found)


def _all_texts(texts: tuple[GraphQLVariableSignature, ...], given: dict[str, Any]) -> VariableValues | None:
    """The values, when every one is given and a string: none of them is changed by being coerced."""
    sources, values = {}, {}
    for signature in texts:
        value = given.get(signature.name)
        if type(value) is not str:
            return None
        sources[signature.name] = VariableValueSource(signature, value)
        values[signature.name] = value
    return VariableValues(sources, values)
