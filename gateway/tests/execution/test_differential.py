"""Compiled and stock execution of the same answers are equal in data and in every error, also when rows are corrupt."""

from __future__ import annotations

import asyncio
import json
from random import Random
from typing import Any

from graphql import GraphQLError
from hypothesis import HealthCheck, event, given, settings
from hypothesis import strategies as st

from crm_common.codec import encode
from crm_common.context import Context
from crm_common.ids import to_global
from gateway.execution import Answer, Caller
from gateway.execution.run import prepare, run
from gateway.execution.stock import Stock
from gateway.schema import GatewaySchema, Options, build_schema
from library.answering import context, uuid
from library.inventions import Inventor, corrupt, invent
from library.queries import VARIABLES, Query


class Recorded:
    """Answers the first execution from the inventor and the second one with the very same texts."""

    def __init__(self, inventor: Inventor, faults: int) -> None:
        self.inventor = inventor
        self.faults = faults
        self.texts: dict[str, bytes] = {}

    async def call(self, service: str, method: str, payload: dict[str, Any], context: Context) -> bytes:
        key = json.dumps([service, method, payload], sort_keys=True)
        if key not in self.texts:
            answer = self.inventor.answer(method, payload)
            for _ in range(self.faults):
                answer = corrupt(self.inventor.chance, answer)
            self.texts[key] = encode(answer)
        return self.texts[key]


def roots_of(schema: GatewaySchema) -> dict[str, str]:
    """Every root field that takes no more than an id, with its arguments."""
    query = schema.graphql.query_type
    assert query is not None
    names = [
        name.removesuffix("List")[0].upper() + name.removesuffix("List")[1:] for name in query.fields if "List" in name
    ]
    ids = [to_global(name, uuid(number)) for number, name in enumerate(names)]
    special = {"node": f'(id: "{ids[0]}")', "nodes": f"(ids: {json.dumps(ids)})"}
    single = {name[0].lower() + name[1:]: f'(id: "{key}")' for name, key in zip(names, ids, strict=True)}
    return {name: special.get(name, single.get(name, "")) for name in query.fields}


def commands_of(schema: GatewaySchema) -> dict[str, str]:
    """Every mutation with the least input."""
    assert schema.graphql.mutation_type is not None
    return dict.fromkeys(schema.graphql.mutation_type.fields, "(input: {})")


def executed(schema: GatewaySchema, text: str, client: Recorded) -> tuple[dict[str, Any] | None, list[str], bool]:
    """The data, the errors before they are made presentable, and whether the stock executor was needed."""
    document = schema.document(text)
    variables = {name: value for name, value in VARIABLES.items() if f"${name}:" in text}
    caller = Caller(context(), client)
    prepared = prepare(schema, document, variables, None, caller)
    assert not isinstance(prepared, Answer)
    stock = Stock(schema, document, *prepared, caller)
    data = asyncio.run(run(stock))
    return data, sorted(_told(error) for error in stock.errors), stock.used


def _told(error: GraphQLError) -> str:
    places = sorted(str(place) for place in error.locations or ())
    return json.dumps([error.message, error.path, places, (error.extensions or {}).get("code")])


ROUNDS = 4


@settings(max_examples=40, deadline=None, suppress_health_check=list(HealthCheck))
@given(st.data())
def test_compiled_and_stock_execution_give_the_same_data_and_the_same_errors(data: st.DataObject) -> None:
    draw: Any = data.draw
    invention = invent(draw)
    schema, stock_schema = build_schema(invention.protocols), build_schema(invention.protocols, Options(compiled=False))
    chance = Random(draw(st.integers(0, 2**32)))
    for _ in range(draw(st.integers(1, 4))):
        mutation = draw(st.integers(0, 3)) == 0
        roots = commands_of(schema) if mutation else roots_of(schema)
        text = Query(draw, schema.graphql).text(roots, mutation=mutation)
        if schema.document(text).errors:
            continue
        for faults in range(ROUNDS):
            compare(schema, stock_schema, text, Recorded(Inventor(chance, invention), faults))


def compare(schema: GatewaySchema, stock_schema: GatewaySchema, text: str, client: Recorded) -> None:
    data, errors, stock_was_needed = executed(schema, text, client)
    expected, expected_errors, _ = executed(stock_schema, text, client)

    event(f"faults: {client.faults}, stock needed: {stock_was_needed}, errors: {bool(errors)}")
    assert json.dumps(data) == json.dumps(expected)
    assert errors == expected_errors
    if client.faults == 0:
        assert (errors, stock_was_needed) == ([], False)
