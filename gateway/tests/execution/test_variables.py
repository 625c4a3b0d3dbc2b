"""Variables are coerced as graphql-core does it, whichever way they take."""

from __future__ import annotations

from typing import Any

import pytest
from graphql.execution.values import VariableValues, get_variable_values

from gateway.execution.variables import coerced
from gateway.schema import GatewaySchema, build_schema

VALUES: list[Any] = ["text", "", "\u0000", 1, 1.5, True, None, ["a"], {"a": 1}]
DECLARED = ["($a: String!)", "($a: ID)", '($a: String = "x")', "($a: Int)", "($a: ID!, $b: String)", "($a: [ID!])"]


def told(values: VariableValues) -> list[tuple[str, str, str, Any]]:
    """Where values come from; the library makes signatures anew each time, and they are equal to none."""
    return [(name, each.signature.name, str(each.signature.type), each.value) for name, each in values.sources.items()]


@pytest.fixture(scope="module")
def schema() -> GatewaySchema:
    return build_schema()


@pytest.mark.parametrize("declared", DECLARED)
def test_values_sources_and_refusals_are_those_of_the_library(schema: GatewaySchema, declared: str) -> None:
    used = " ".join(f"{name}: __type(name: ${name}) {{ name }}" for name in "ab" if f"${name}:" in declared)
    document = schema.documents._make(f"query {declared} {{ {used} }}")
    operation = document.operation(None)
    assert operation is not None
    for given in ({}, *({"a": value} for value in VALUES), *({"a": "x", "b": value, "c": 1} for value in VALUES)):
        for _ in range(2):
            expected = get_variable_values(schema.graphql, operation.variable_definitions or (), given)
            found = coerced(schema, document, operation, given)
            if isinstance(expected, list):
                assert isinstance(found, list)
                assert [each.message for each in found] == [each.message for each in expected]
            else:
                assert isinstance(found, VariableValues)
                assert (found.coerced, told(found)) == (expected.coerced, told(expected))
