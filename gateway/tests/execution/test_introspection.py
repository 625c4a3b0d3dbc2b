"""Introspection and ``__typename``, as the specification has them."""

from __future__ import annotations

from graphql import build_client_schema, get_introspection_query, print_schema
from graphql import build_schema as build_plain
from graphql.utilities import lexicographic_sort_schema

from gateway.schema import build_schema
from library.answering import Answering, ask, book
from library.protocol import PROTOCOLS

SCHEMA = build_schema(PROTOCOLS)


def test_introspection_tells_the_whole_schema() -> None:
    answer = ask(SCHEMA, get_introspection_query(specified_by_url=True), Answering())

    told = lexicographic_sort_schema(build_client_schema(answer["data"]))
    assert print_schema(told) == print_schema(lexicographic_sort_schema(build_plain(SCHEMA.text())))


def test_introspection_is_worked_out_once_and_follows_its_variables() -> None:
    query = "query ($name: String!) { __type(name: $name) { name } __schema { mutationType { name } } }"

    answers = [ask(SCHEMA, query, Answering(), {"name": name})["data"] for name in ("Book", "Shelf", "Book")]

    schema = {"mutationType": {"name": "Mutation"}}
    assert answers == [{"__type": {"name": name}, "__schema": schema} for name in ("Book", "Shelf", "Book")]


def test_introspection_stands_beside_data_in_the_order_of_the_query() -> None:
    client = Answering(rows={"Book": [book(1)]})
    meta = '__type(name: "Shelf") { kind name }', "__schema { queryType { name } }"
    query = f"{{ b: __typename {meta[0]} books {{ nodes {{ title }} }} {meta[1]} }}"

    answer = ask(SCHEMA, query, client)

    assert list(answer["data"].items()) == [
        ("b", "Query"),
        ("__type", {"kind": "OBJECT", "name": "Shelf"}),
        ("books", {"nodes": [{"title": "Book 1"}]}),
        ("__schema", {"queryType": {"name": "Query"}}),
    ]


def test_typename_at_every_level() -> None:
    query = """mutation { __typename addBook(input: {title: "T"}) {
      __typename book { __typename measure { __typename parts { __typename label } } shelf { t: __typename } }
      userErrors { __typename }
    } }"""
    shown = {"measure": book(1)["measure"], "shelf": {}}
    client = Answering(methods={"add_book": lambda _: {"book": shown}})

    assert ask(SCHEMA, query, client)["data"] == {
        "__typename": "Mutation",
        "addBook": {
            "__typename": "AddBookPayload",
            "book": {
                "__typename": "Book",
                "measure": {"__typename": "Measure", "parts": [{"__typename": "Part", "label": "cover"}]},
                "shelf": {"t": "Shelf"},
            },
            "userErrors": [],
        },
    }


def test_nothing_is_asked_for_a_field_that_is_skipped() -> None:
    client = Answering(rows={"Book": [book(1)]})

    assert ask(SCHEMA, "{ books @skip(if: true) { nodes { id } } x: __typename }", client) == {"data": {"x": "Query"}}
    assert client.calls == []
