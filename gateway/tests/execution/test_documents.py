"""Documents, plans and schemas: made once, kept within bounds, swapped as a whole."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest
from graphql import GraphQLError, ValidationRule

from crm_common.context import Context
from gateway.execution import Caller, execute
from gateway.execution.kept import Kept
from gateway.schema import GatewaySchema, Options, SchemaHolder, build_schema
from library.answering import Answering, ask, book, context
from library.protocol import PROTOCOLS

BOOKS = "query Books { books { nodes { title } } }"


@pytest.fixture
def schema() -> GatewaySchema:
    return build_schema(PROTOCOLS)


def test_a_document_is_parsed_and_validated_once(schema: GatewaySchema) -> None:
    assert schema.document(BOOKS) is schema.document(str(BOOKS))


def test_an_invalid_document_is_not_kept(schema: GatewaySchema) -> None:
    assert schema.document("{ nothing }").errors
    assert len(schema.documents.kept) == 0


def test_documents_are_kept_within_their_capacity() -> None:
    schema = build_schema(PROTOCOLS, Options(kept_characters=1000))
    first = schema.document("{ a1: __typename }")
    for number in range(100):
        schema.document(f"{{ a{number}: __typename }}")

    assert schema.documents.kept.weight <= 1000
    assert schema.document("{ a1: __typename }") is not first
    assert schema.document("{ __typename }" + " " * 200) is not schema.document("{ __typename }" + " " * 200)


def test_a_plan_is_made_once_per_operation_and_shape(schema: GatewaySchema) -> None:
    client = Answering(rows={"Book": [book(1)]})
    text = "query ($n: Int, $with: Boolean!) { books(first: $n) { nodes { title pages @include(if: $with) } } }"
    for number, shown in ((1, True), (2, True), (3, False), (4, True), (5, False)):
        ask(schema, text, client, {"n": number, "with": shown})

    assert len(schema.plans) == 2
    assert [call.payload["first"] for call in client.calls] == [1, 2, 3, 4, 5]


def test_the_operation_is_the_one_named(schema: GatewaySchema) -> None:
    document = schema.document(f"{BOOKS} query Shelves {{ shelves {{ nodes {{ name }} }} }}")
    client = Answering()

    def run(name: str | None) -> dict[str, Any]:
        return asyncio.run(execute(schema, document, None, name, Caller(context(), client))).to_response()

    assert run("Shelves") == {"data": {"shelves": {"nodes": []}}}
    assert client.asked == ["shelves"]
    assert run("Ghost")["errors"][0]["message"] == "Unknown operation named 'Ghost'."
    assert run(None)["errors"][0]["message"] == "Must provide operation name if query contains multiple operations."


def test_rules_of_the_deployment_run_at_validation() -> None:
    class NoFields(ValidationRule):
        def enter_field(self, node: Any, *_: Any) -> None:
            self.report_error(GraphQLError("no fields today", node, extensions={"code": "LIMIT_EXCEEDED"}))

    answer = ask(build_schema(PROTOCOLS, Options(rules=(NoFields,))), BOOKS, Answering())

    assert answer["errors"][0]["extensions"] == {"code": "LIMIT_EXCEEDED", "correlationId": "corr-1"}


def test_introspection_and_suggestions_can_be_switched_off() -> None:
    closed = build_schema(PROTOCOLS, Options(introspection=False, suggestions=False))

    assert ask(closed, "{ __schema { queryType { name } } }", Answering())["errors"]
    assert ask(closed, "{ __typename }", Answering()) == {"data": {"__typename": "Query"}}
    assert (
        ask(closed, "{ bookz }", Answering())["errors"][0]["message"] == "Cannot query field 'bookz' on type 'Query'."
    )


def test_too_many_tokens_are_refused() -> None:
    small = build_schema(PROTOCOLS, Options(max_tokens=5))

    assert "tokens" in ask(small, BOOKS, Answering())["errors"][0]["message"]


def test_a_document_nested_beyond_reason_is_refused_and_not_a_crash(schema: GatewaySchema) -> None:
    answer = ask(
        schema, "{ books { nodes { shelf " + "{ books { shelf " * 2000 + "x" + "}}" * 2000 + "}}}", Answering()
    )

    assert answer["errors"][0]["extensions"]["code"] == "VALIDATION"


def test_running_requests_finish_on_the_schema_they_began_with() -> None:
    holder = SchemaHolder(build_schema(PROTOCOLS))
    newer = build_schema(PROTOCOLS, revision=2)

    class Swapping(Answering):
        async def call(self, service: str, method: str, payload: dict[str, Any], context: Context) -> bytes:
            holder.swap(newer)
            return await super().call(service, method, payload, context)

    before = holder.current
    answer = ask(before, BOOKS, Swapping(rows={"Book": [book(1)]}))

    assert answer == {"data": {"books": {"nodes": [{"title": "Book 1"}]}}}
    assert holder.current is newer


def test_a_schema_that_comes_too_late_is_not_taken() -> None:
    holder = SchemaHolder(build_schema(PROTOCOLS, revision=3))

    with pytest.raises(ValueError, match="revision 3 is not newer than 3"):
        holder.swap(build_schema(PROTOCOLS, revision=3))


def test_what_was_used_longest_ago_makes_room() -> None:
    kept: Kept[str, int] = Kept(20)
    for name in ("a", "b"):
        kept.put(name, 1, 2)
    for name in "cdefghij":
        kept.put(name, 1, 2)
    assert kept.get("a") == 1
    kept.put("k", 1, 2)

    assert (kept.get("a"), kept.get("b"), kept.get("k"), kept.weight) == (1, None, 1, 20)
