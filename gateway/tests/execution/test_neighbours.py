"""References to another service's records: one call per view and level, under the neighbour's own rights."""

from __future__ import annotations

from typing import Any

import pytest

from crm_common.errors import CommonRules
from crm_common.ids import to_global
from crm_common.protocol.selection import Selected, dump, names, parse
from gateway.schema import GatewaySchema, build_schema
from library.answering import Answering, ask, book, context, person, shelf, uuid
from library.protocol import PROTOCOLS


@pytest.fixture(scope="module")
def schema() -> GatewaySchema:
    return build_schema(PROTOCOLS)


@pytest.fixture
def client() -> Answering:
    books = [
        book(11, keeper_id=uuid(1), reader_ids=[uuid(2), uuid(1)]),
        book(12, keeper_id=uuid(3), reader_ids=[]),
        book(13, keeper_id=None, reader_ids=[uuid(9), uuid(2)]),
    ]
    people = [person(1, desk_id=uuid(50)), person(2), person(3, desk_id=uuid(51))]
    return Answering(rows={"Book": books, "Person": people, "Shelf": [shelf(50), shelf(51)]})


def test_all_references_of_a_level_are_one_call(schema: GatewaySchema, client: Answering) -> None:
    answer = ask(schema, "{ books { nodes { keeper { name } readers { id } keeperId } } }", client)

    ids = {number: to_global("Person", uuid(number)) for number in (1, 2, 3)}
    assert answer == {
        "data": {
            "books": {
                "nodes": [
                    {"keeper": {"name": "Person 1"}, "readers": [{"id": ids[2]}, {"id": ids[1]}], "keeperId": ids[1]},
                    {"keeper": {"name": "Person 3"}, "readers": [], "keeperId": ids[3]},
                    {"keeper": None, "readers": [None, {"id": ids[2]}], "keeperId": None},
                ]
            }
        }
    }
    assert client.asked == ["books", "people_by_ids"]
    assert client.calls[0].payload["select"] == dump(
        [Selected("_keeper_id", "keeper_id"), Selected("_reader_ids", "reader_ids"), Selected("keeperId", "keeper_id")]
    )
    assert client.calls[1].payload == {"ids": [uuid(1), uuid(3), uuid(2), uuid(9)], "select": names("name", "id")}


def test_response_keys_that_look_like_ours_do_no_harm(schema: GatewaySchema, client: Answering) -> None:
    query = """{ books(first: 1) {
      nodes { _keeper_id: title _keeper_id_1: pages keeper { name } }
      edges { node { keeper: isbn _reader_ids: readers { name } } }
    } }"""

    answer = ask(schema, query, client)

    assert answer["data"]["books"] == {
        "nodes": [{"_keeper_id": "Book 11", "_keeper_id_1": 111, "keeper": {"name": "Person 1"}}],
        "edges": [{"node": {"keeper": None, "_reader_ids": [{"name": "Person 2"}, {"name": "Person 1"}]}}],
    }
    keys = [each.key for each in parse(client.calls[0].payload["select"])]
    assert keys == ["_keeper_id", "_keeper_id_1", "_keeper_id_2", "keeper_1", "_reader_ids_1"]


def test_each_further_level_is_one_call_more(schema: GatewaySchema, client: Answering) -> None:
    query = "{ books { nodes { keeper { desk { name books { keeper { name } } } } } } }"
    client.rows["Shelf"][0]["books"] = [client.rows["Book"][1]]

    answer = ask(schema, query, client)

    assert client.asked == ["books", "people_by_ids", "shelves_by_ids", "people_by_ids"]
    assert [call.payload["ids"] for call in client.calls[1:]] == [[uuid(1), uuid(3)], [uuid(50), uuid(51)], [uuid(3)]]
    assert answer["data"]["books"]["nodes"][0] == {
        "keeper": {"desk": {"name": "Shelf 50", "books": [{"keeper": {"name": "Person 3"}}]}}
    }


def test_references_of_different_depths_are_known_together_and_asked_together(
    schema: GatewaySchema, client: Answering
) -> None:
    client.rows["Shelf"][0]["books"] = [client.rows["Book"][1]]
    query = "{ books(first: 1) { nodes { keeper { x: name } shelf { books { keeper { x: bornOn } } } } } }"
    client.rows["Book"][0]["shelf"] = client.rows["Shelf"][0]

    answer = ask(schema, query, client)

    assert client.asked == ["books", "people_by_ids"]
    assert client.calls[1].payload["select"] == dump([Selected("x", "name"), Selected("x_1", "born_on")])
    assert answer["data"]["books"]["nodes"] == [
        {"keeper": {"x": "Person 1"}, "shelf": {"books": [{"keeper": {"x": None}}]}}
    ]


def test_where_no_row_names_anybody_nobody_is_asked(schema: GatewaySchema, client: Answering) -> None:
    client.rows["Book"] = [book(1, keeper_id=None)]

    assert ask(schema, "{ books { nodes { keeper { name } } } }", client)["data"]["books"]["nodes"] == [
        {"keeper": None}
    ]
    assert client.asked == ["books"]


def test_many_ids_are_asked_in_calls_of_five_hundred(schema: GatewaySchema, client: Answering) -> None:
    client.rows["Book"] = [book(1, reader_ids=[uuid(number) for number in range(501)])]

    ask(schema, "{ books { nodes { readers { id } } } }", client)

    assert [len(call.payload["ids"]) for call in client.calls[1:]] == [500, 1]


def test_a_silent_neighbour_costs_its_own_fields_only(schema: GatewaySchema, client: Answering) -> None:
    def silent(_: dict[str, Any]) -> Any:
        raise CommonRules.the_service_is_unavailable(service="register")

    client.methods["people_by_ids"] = silent

    answer = ask(schema, "{ books(first: 2) { nodes { title keeper { name } } } }", client)

    assert answer["data"]["books"]["nodes"] == [
        {"title": "Book 11", "keeper": None},
        {"title": "Book 12", "keeper": None},
    ]
    assert [(error["path"], error["extensions"]["code"]) for error in answer["errors"]] == [
        (["books", "nodes", 0, "keeper"], "UNAVAILABLE"),
        (["books", "nodes", 1, "keeper"], "UNAVAILABLE"),
    ]


def test_the_failure_of_a_neighbour_is_told_also_where_only_its_type_is_asked(
    schema: GatewaySchema, client: Answering
) -> None:
    client.methods["people_by_ids"] = lambda _: "nonsense"

    answer = ask(schema, "{ books(first: 1) { nodes { keeper { __typename } readers { __typename } } } }", client)

    assert answer["data"]["books"]["nodes"] == [{"keeper": None, "readers": [None, None]}]
    assert [error["path"][3:] for error in answer["errors"]] == [["keeper"], ["readers", 0], ["readers", 1]]


def test_who_may_not_see_the_neighbour_is_refused_before_it_is_asked(schema: GatewaySchema, client: Answering) -> None:
    answer = ask(
        schema, "{ books(first: 1) { nodes { title keeper { name } } } }", client, None, context("library.read")
    )

    assert client.asked == ["books"]
    assert answer["data"]["books"]["nodes"] == [{"title": "Book 11", "keeper": None}]
    assert [error["extensions"]["code"] for error in answer["errors"]] == ["FORBIDDEN"]


def test_an_answer_that_is_not_aligned_is_not_guessed_at(schema: GatewaySchema, client: Answering) -> None:
    client.methods["people_by_ids"] = lambda _: [{"name": "somebody else"}]

    answer = ask(schema, "{ books(first: 2) { nodes { keeper { name } } } }", client)

    assert answer["data"]["books"]["nodes"] == [{"keeper": None}, {"keeper": None}]
    assert [error["extensions"]["code"] for error in answer["errors"]] == ["UNAVAILABLE", "UNAVAILABLE"]


def test_neighbours_of_a_payload_and_of_a_node_are_joined_too(schema: GatewaySchema, client: Answering) -> None:
    client.methods["add_book"] = lambda _: {"book": {"_keeper_id": uuid(1)}, "password": None}
    mutation = 'mutation { addBook(input: {title: "T"}) { book { keeper { name } } } }'
    node = f'{{ node(id: "{to_global("Book", uuid(12))}") {{ ... on Book {{ keeper {{ name }} }} }} }}'

    assert ask(schema, mutation, client)["data"] == {"addBook": {"book": {"keeper": {"name": "Person 1"}}}}
    assert ask(schema, node, client)["data"] == {"node": {"keeper": {"name": "Person 3"}}}
