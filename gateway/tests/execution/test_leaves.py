"""Every kind of field against every kind of value: the compiled selection takes for right what the executor does."""

from __future__ import annotations

import asyncio
import json
from typing import Any

import pytest

from gateway.execution import Answer, Caller
from gateway.execution.run import prepare, run
from gateway.execution.stock import Stock
from gateway.schema import GatewaySchema, Options, build_schema
from library.answering import Answering, context
from library.protocol import PROTOCOLS

COMPILED, STOCK = build_schema(PROTOCOLS), build_schema(PROTOCOLS, Options(compiled=False))
VALUES: list[Any] = [
    *(None, True, False, 0, 1, 7, -(2**31), 2**31 - 1, 2**31, -(2**31) - 1, 2**63, 0.0, 7.0, 1.5, 1e300),
    *("", "7", "1.5", "text", "novel", "NOVEL", "2026-01-02", [], ["a"], ["novel", None], [1], [[]], {}, {"width": 1}),
    *({"width": "7"}, {"width": 2**40, "parts": None}, [{"label": "x"}]),
]
FIELDS = [
    *("id", "title", "isbn", "price", "weight", "pages", "onLoan", "genre", "otherGenres", "tags", "printedAt"),
    *("shelfId", "readerIds", "measure { width }", "measure { __typename }", "shelf { __typename }", "shelf { name }"),
]


def executed(schema: GatewaySchema, text: str, client: Any) -> tuple[str, list[Any], bool]:
    caller = Caller(context(), client)
    document = schema.document(text)
    prepared = prepare(schema, document, None, None, caller)
    assert not isinstance(prepared, Answer)
    stock = Stock(schema, document, *prepared, caller)
    data = asyncio.run(run(stock))
    return json.dumps(data), [(error.message, error.path, error.locations) for error in stock.errors], stock.used


def answering(value: Any) -> Answering:
    return Answering(methods={"books": lambda _: {"nodes": [{"x": value}]}})


@pytest.mark.parametrize("field", FIELDS)
def test_compiled_and_stock_execution_judge_every_value_alike(field: str) -> None:
    text = f"{{ books {{ nodes {{ x: {field} }} }} }}"
    taken = 0
    for value in VALUES:
        client = answering(value)

        data, errors, stock_was_needed = executed(COMPILED, text, client)

        assert (data, errors) == executed(STOCK, text, client)[:2], repr(value)
        assert stock_was_needed or not errors
        taken += not stock_was_needed
    assert 0 < taken < len(VALUES)


class Raw:
    """Answers every call with one JSON text."""

    def __init__(self, text: bytes) -> None:
        self.text = text

    async def call(self, *_: Any) -> bytes:
        return self.text


def test_a_number_beyond_floats_is_no_answer_at_all() -> None:
    data, errors, _ = executed(COMPILED, "{ books { nodes { weight } } }", Raw(b'{"nodes": [{"weight": 1e999}]}'))

    assert data == '{"books": null}'
    assert [path for _, path, _ in errors] == [["books"]]


@pytest.mark.parametrize("cursors", [["a"], ["a", "b", "c"], None, "ab", [1, None]])
def test_cursors_that_are_not_one_for_each_row_are_not_guessed_at(cursors: Any) -> None:
    rows = {"nodes": [{"x": "A"}, {"x": "B"}], "cursors": cursors}
    text = "{ books { edges { cursor node { x: title } } } }"

    data, errors, stock_was_needed = executed(COMPILED, text, Raw(json.dumps(rows).encode()))

    assert stock_was_needed
    assert (data, errors) == executed(STOCK, text, Raw(json.dumps(rows).encode()))[:2]
    assert data == '{"books": null}'
