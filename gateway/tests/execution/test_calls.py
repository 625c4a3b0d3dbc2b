"""A root field is one call that carries exactly what was selected."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest

from crm_common.context import Context
from crm_common.ids import to_global
from crm_common.protocol.selection import Selected, dump
from gateway.execution import Caller, execute
from gateway.schema import GatewaySchema, build_schema
from library.answering import Answering, ask, book, context, person, shelf, uuid
from library.protocol import PROTOCOLS


@pytest.fixture(scope="module")
def schema() -> GatewaySchema:
    return build_schema(PROTOCOLS)


@pytest.fixture
def client() -> Answering:
    return Answering(rows={"Book": [book(1), book(2)], "Shelf": [shelf(50)], "Person": [person(1)]})


def select(*fields: Any) -> str:
    return dump(field if isinstance(field, Selected) else Selected(field, field) for field in fields)


def test_a_list_asks_once_for_the_selected_fields_with_its_arguments(schema: GatewaySchema, client: Answering) -> None:
    keeper = to_global("Person", uuid(1))
    query = """query ($first: Int!, $keeper: ID) {
      books(
        first: $first, after: "c3", genre: SCIENCE, keptBy: $keeper
        filter: {
          and: [{title: {startsWith: "B"}}, {not: {genre: {in: [NOVEL]}}}], shelfId: {isNull: false}, pages: {gte: 3}
        }
        orderBy: [{field: PRINTED_AT, direction: DESC}, {field: TITLE}]
      ) { nodes { title no: isbn } }
    }"""

    answer = ask(schema, query, client, {"first": 2, "keeper": keeper})

    assert answer == {"data": {"books": {"nodes": [{"title": "Book 1", "no": None}, {"title": "Book 2", "no": None}]}}}
    assert [(call.service, call.method) for call in client.calls] == [("library", "books")]
    assert client.calls[0].payload == {
        "select": select("title", Selected("no", "isbn")),
        "genre": "science",
        "kept_by": uuid(1),
        "first": 2,
        "after": "c3",
        "filter": {
            "and": [{"title": {"starts_with": "B"}}, {"not": {"genre": {"in": ["novel"]}}}],
            "shelf_id": {"is_null": False},
            "pages": {"gte": 3},
        },
        "order_by": [{"field": "printed_at", "direction": "DESC"}, {"field": "title", "direction": "ASC"}],
    }


def test_every_operator_has_its_type(schema: GatewaySchema, client: Answering) -> None:
    query = """query ($reader: ID!) { books(filter: {
      title: {contains: "a", between: {from: "a", to: "b"}, isEmpty: false}, price: {between: {from: "1.00", to: "2"}}
      onLoan: {eq: true}, isbn: {in: ["978-1"]}, otherGenres: {hasAny: [NOVEL]}, tags: {hasNone: ["x"], isEmpty: false}
      readerIds: {hasAll: [$reader]}, genre: {notIn: [NOVEL, SCIENCE]}
      printedAt: {
        withinLast: {amount: 7, unit: DAY}, olderThan: {amount: 12, unit: HOUR}, inPeriod: LAST_QUARTER
        between: {from: "2026-01-01T00:00:00+08:00", to: "2026-02-01T00:00:00Z"}
      }
    }) { nodes { id } } shelves(filter: {openedOn: {in: ["2026-01-01"], withinNext: {amount: 0, unit: YEAR}}}) {
      nodes { id }
    } }"""

    assert "errors" not in ask(schema, query, client, {"reader": to_global("Person", uuid(1))})
    assert [call.payload["filter"] for call in client.calls] == [
        {
            "title": {"contains": "a", "between": {"from": "a", "to": "b"}, "is_empty": False},
            "price": {"between": {"from": "1.00", "to": "2"}},
            "on_loan": {"eq": True},
            "isbn": {"in": ["978-1"]},
            "other_genres": {"has_any": ["novel"]},
            "tags": {"has_none": ["x"], "is_empty": False},
            "reader_ids": {"has_all": [uuid(1)]},
            "genre": {"not_in": ["novel", "science"]},
            "printed_at": {
                "within_last": {"amount": 7, "unit": "DAY"},
                "older_than": {"amount": 12, "unit": "HOUR"},
                "in_period": "LAST_QUARTER",
                "between": {"from": "2025-12-31T16:00:00+00:00", "to": "2026-02-01T00:00:00+00:00"},
            },
        },
        {"opened_on": {"in": ["2026-01-01"], "within_next": {"amount": 0, "unit": "YEAR"}}},
    ]


def test_a_filter_reaches_the_records_below(schema: GatewaySchema, client: Answering) -> None:
    shelf_id = to_global("Shelf", uuid(1))
    query = """query ($id: ID!) {
      shelves(filter: {books: {
        some: {genre: {eq: NOVEL}, or: [{pages: {gt: 3}}]}, none: {}, every: {isbn: {eq: "x"}}
      }}) { nodes { id } }
      books(filter: {shelf: {id: {eq: $id}, books: {some: {onLoan: {eq: true}}}}}) { nodes { id } }
    }"""

    assert "errors" not in ask(schema, query, client, {"id": shelf_id})
    assert [call.payload["filter"] for call in client.calls] == [
        {
            "books": {
                "some": {"genre": {"eq": "novel"}, "or": [{"pages": {"gt": 3}}]},
                "none": {},
                "every": {"isbn": {"eq": "x"}},
            }
        },
        {"shelf": {"id": {"eq": uuid(1)}, "books": {"some": {"on_loan": {"eq": True}}}}},
    ]


@pytest.mark.parametrize(
    ("condition", "field"),
    [
        ("{title: null}", "filter.title"),
        ("{title: {eq: null}}", "filter.title.eq"),
        ("{printedAt: {inPeriod: null}}", "filter.printedAt.inPeriod"),
        ("{shelf: {books: {some: null}}}", "filter.shelf.books.some"),
        ('{shelf: {books: {none: {keeperId: {eq: "x"}}}}}', "filter.shelf.books.none.keeperId.eq"),
        ('{or: [{keeperId: {in: ["x"]}}]}', "filter.or.0.keeperId.in.0"),
    ],
)
def test_conditions_that_mean_nothing_are_refused_with_their_place(
    schema: GatewaySchema, client: Answering, condition: str, field: str
) -> None:
    answer = ask(schema, f"{{ books(filter: {condition}) {{ nodes {{ id }} }} }}", client)

    assert [(error["extensions"]["code"], error["extensions"]["field"]) for error in answer["errors"]] == [
        ("VALIDATION", field)
    ]
    assert client.calls == []


def test_a_record_can_be_asked_for_as_of_another_time(schema: GatewaySchema, client: Answering) -> None:
    query = """query ($id: ID!, $at: DateTime) {
      shelf(id: $id, asOf: $at) { name }
      now: shelf(id: $id) { name }
      node(id: $id) { ... on Shelf { name } }
    }"""

    ask(schema, query, client, {"id": to_global("Shelf", uuid(50)), "at": "2026-01-01T08:00:00+08:00"})

    assert [(call.method, call.payload.get("as_of", "now")) for call in client.calls] == [
        ("shelves_by_ids", "2026-01-01T00:00:00+00:00"),
        ("shelves_by_ids", "now"),
        ("shelves_by_ids", "now"),
    ]


def test_what_is_absent_is_not_sent(schema: GatewaySchema, client: Answering) -> None:
    ask(schema, "query ($first: Int) { books(first: $first) { nodes { title } } }", client)

    assert client.calls[0].payload == {"select": select("title")}


def test_fragments_directives_aliases_and_duplicates_are_resolved_before_the_call(
    schema: GatewaySchema, client: Answering
) -> None:
    query = """query ($yes: Boolean!, $no: Boolean!) {
      books { nodes { ...Some title @skip(if: $yes) ... on Book @include(if: $no) { isbn } shelf { name } } }
    }
    fragment Some on Book { pages shelf { day: openedOn } ... { shelf { name id } } price @include(if: $yes) }"""

    answer = ask(schema, query, client, {"yes": True, "no": False})

    shelf_fields = (Selected("day", "opened_on"), Selected("name", "name"), Selected("id", "id"))
    assert client.calls[0].payload["select"] == select("pages", Selected("shelf", "shelf", {}, shelf_fields), "price")
    assert answer["data"]["books"]["nodes"][0] == {
        "pages": 101,
        "shelf": {"day": "2020-05-06", "name": "Shelf 50", "id": to_global("Shelf", uuid(50))},
        "price": "12.50",
    }


def test_another_value_of_a_variable_makes_another_selection(schema: GatewaySchema, client: Answering) -> None:
    query = "query ($with: Boolean!) { books { nodes { title pages @include(if: $with) } } }"

    both = [ask(schema, query, client, {"with": value})["data"]["books"]["nodes"][0] for value in (True, False, True)]

    assert both == [{"title": "Book 1", "pages": 101}, {"title": "Book 1"}, {"title": "Book 1", "pages": 101}]


@pytest.mark.parametrize(
    ("selected", "asked"),
    [
        ("nodes { title }", {}),
        ("edges { node { title } }", {}),
        ("edges { cursor }", {"cursors": True}),
        ("pageInfo { hasNextPage }", {}),
        ("pageInfo { endCursor }", {"cursors": True}),
        ("totalCount", {"total": True}),
        ("totalCountAtLeast edges { cursor }", {"cursors": True, "total": True}),
        ("nodes { title } totalCount @skip(if: true)", {}),
    ],
)
def test_cursors_and_counts_are_asked_for_only_where_they_are_shown(
    schema: GatewaySchema, client: Answering, selected: str, asked: dict[str, bool]
) -> None:
    ask(schema, f"{{ books {{ {selected} }} }}", client)

    payload = client.calls[0].payload
    assert {name: payload[name] for name in payload.keys() & {"cursors", "total"}} == asked


def test_a_connection_has_edges_nodes_page_and_count(schema: GatewaySchema, client: Answering) -> None:
    query = """{ books(first: 1) {
      nodes { title } edges { cursor node { pages } } totalCount totalCountAtLeast
      pageInfo { hasNextPage hasPreviousPage startCursor endCursor } __typename
    } }"""

    assert ask(schema, query, client)["data"]["books"] == {
        "nodes": [{"title": "Book 1"}],
        "edges": [{"cursor": "c0", "node": {"pages": 101}}],
        "totalCount": 2,
        "totalCountAtLeast": 2,
        "pageInfo": {"hasNextPage": True, "hasPreviousPage": False, "startCursor": "c0", "endCursor": "c0"},
        "__typename": "BookConnection",
    }


def test_selections_of_one_page_that_clash_are_asked_for_side_by_side(schema: GatewaySchema, client: Answering) -> None:
    query = """{ books(first: 1) {
      nodes { x: title same: pages shelf { x: name } }
      more: nodes { x: isbn same: pages }
      edges { node { x: pages shelf { x: openedOn } } again: node { x: title } }
    } }"""

    answer = ask(schema, query, client)

    assert answer["data"]["books"] == {
        "nodes": [{"x": "Book 1", "same": 101, "shelf": {"x": "Shelf 50"}}],
        "more": [{"x": None, "same": 101}],
        "edges": [{"node": {"x": 101, "shelf": {"x": "2020-05-06"}}, "again": {"x": "Book 1"}}],
    }
    assert client.calls[0].payload["select"] == select(
        Selected("x", "title"),
        Selected("same", "pages"),
        Selected("shelf", "shelf", {}, (Selected("x", "name"),)),
        Selected("x_1", "isbn"),
        Selected("x_2", "pages"),
        Selected("shelf_1", "shelf", {}, (Selected("x", "opened_on"),)),
    )


def test_children_are_cut_to_twenty_or_what_is_asked(schema: GatewaySchema) -> None:
    client = Answering(rows={"Shelf": [shelf(50, books=[book(n) for n in range(60)])]})
    query = "query ($n: Int!) { shelves { nodes { books { title } few: books(first: $n) { title } } } }"

    shown = ask(schema, query, client, {"n": 3})["data"]["shelves"]["nodes"][0]

    assert (len(shown["books"]), len(shown["few"])) == (20, 3)
    title = (Selected("title", "title"),)
    assert client.calls[0].payload["select"] == select(
        Selected("books", "books", {"first": 20}, title), Selected("few", "books", {"first": 3}, title)
    )


def test_an_absent_variable_is_the_default_and_null_is_an_error(schema: GatewaySchema, client: Answering) -> None:
    query = "query ($n: Int) { shelves { nodes { books(first: $n) { id } } } }"

    absent, null = ask(schema, query, client), ask(schema, query, client, {"n": None})

    assert absent == {"data": {"shelves": {"nodes": [{"books": []}]}}}
    assert null["data"] == {"shelves": None}
    assert [error["extensions"]["code"] for error in null["errors"]] == ["VALIDATION"]
    assert client.asked == ["shelves"]


@pytest.mark.parametrize("wanted", [51, -1])
def test_more_children_than_the_view_allows_are_refused_without_a_call(
    schema: GatewaySchema, client: Answering, wanted: int
) -> None:
    query = f"{{ shelves {{ nodes {{ its: books(first: {wanted}) {{ title }} }} }} books {{ nodes {{ title }} }} }}"

    answer = ask(schema, query, client)

    assert answer["data"]["shelves"] is None
    assert len(answer["data"]["books"]["nodes"]) == 2
    assert client.asked == ["books"]
    assert [error["extensions"] for error in answer["errors"]] == [
        {
            "code": "LIMIT_EXCEEDED",
            "rule": "a_page_is_too_large",
            "correlationId": "corr-1",
            "field": "nodes.its.first",
        }
    ]


def test_fifty_children_are_allowed_where_the_view_says_fifty(schema: GatewaySchema, client: Answering) -> None:
    assert "errors" not in ask(schema, "{ shelves { nodes { books(first: 50) { title } } } }", client)


def test_a_record_is_asked_by_its_id_and_absent_where_there_is_nothing(
    schema: GatewaySchema, client: Answering
) -> None:
    query = "query ($a: ID!, $b: ID!) { a: book(id: $a) { title } b: book(id: $b) { title } }"

    answer = ask(schema, query, client, {"a": to_global("Book", uuid(2)), "b": to_global("Book", uuid(7))})

    assert answer == {"data": {"a": {"title": "Book 2"}, "b": None}}
    assert [call.payload["ids"] for call in client.calls] == [[uuid(2)], [uuid(7)]]


def test_nodes_are_asked_once_per_type_and_answered_in_order(schema: GatewaySchema, client: Answering) -> None:
    ids = [to_global(*each) for each in (("Shelf", uuid(50)), ("Book", uuid(2)), ("Ghost", uuid(1)), ("Book", uuid(1)))]
    query = """query ($ids: [ID!]!) { nodes(ids: $ids) {
      __typename id ... on Book { x: title } ... on Shelf { x: name } ... on Node { again: id }
    } }"""

    answer = ask(schema, query, client, {"ids": [*ids, ids[1]]})

    second = {"__typename": "Book", "id": ids[1], "x": "Book 2", "again": ids[1]}
    assert answer["data"]["nodes"] == [
        {"__typename": "Shelf", "id": ids[0], "x": "Shelf 50", "again": ids[0]},
        second,
        None,
        {"__typename": "Book", "id": ids[3], "x": "Book 1", "again": ids[3]},
        second,
    ]
    assert sorted((call.method, tuple(call.payload["ids"])) for call in client.calls) == [
        ("books_by_ids", (uuid(2), uuid(1))),
        ("shelves_by_ids", (uuid(50),)),
    ]


def test_only_the_type_of_a_record_still_asks_whether_it_is_there(schema: GatewaySchema, client: Answering) -> None:
    answer = ask(schema, "{ books { nodes { __typename shelf { __typename } } } }", client)

    shown = {"__typename": "Book", "shelf": {"__typename": "Shelf"}}
    assert answer["data"]["books"]["nodes"] == [shown, shown]
    below = (Selected("_", "id"),)
    assert client.calls[0].payload["select"] == select(Selected("shelf", "shelf", {}, below))


def test_one_record_and_plain_values(schema: GatewaySchema) -> None:
    measure = {"width": 3, "owner_id": uuid(1), "parts": [{"label": "lid"}]}
    client = Answering(methods={"library": lambda _: {"name": "Central"}, "measures": lambda _: [measure]})

    answer = ask(schema, "{ library { name } measures(least: 2) { w: width ownerId parts { label } } }", client)

    assert answer["data"] == {
        "library": {"name": "Central"},
        "measures": [{"w": 3, "ownerId": to_global("Person", uuid(1)), "parts": [{"label": "lid"}]}],
    }
    assert [call.payload for call in client.calls] == [{"select": select("name")}, {"least": 2}]


class Meeting:
    """Answers nothing before as many calls have arrived as are expected at the same time."""

    def __init__(self, expected: int) -> None:
        self.barrier = asyncio.Barrier(expected)
        self.order: list[str] = []

    async def call(self, service: str, method: str, payload: dict[str, Any], context: Context) -> bytes:
        self.order.append(f"begin {payload.get('title', method)}")
        await asyncio.wait_for(self.barrier.wait(), 5)
        self.order.append(f"end {payload.get('title', method)}")
        return b'{"nodes": [], "book": null}'


def test_root_fields_of_a_query_run_at_the_same_time(schema: GatewaySchema) -> None:
    async def both() -> dict[str, Any] | None:
        document = schema.document("{ books { nodes { id } } shelves { nodes { id } } }")
        return (await execute(schema, document, None, None, Caller(context(), Meeting(2)))).data

    assert asyncio.run(both()) == {"books": {"nodes": []}, "shelves": {"nodes": []}}


def test_mutations_run_one_after_another(schema: GatewaySchema) -> None:
    async def both() -> list[str]:
        meeting = Meeting(1)
        text = (
            'mutation { a: addBook(input: {title: "A"}) { __typename } b: addBook(input: {title: "B"}) { __typename } }'
        )
        await execute(schema, schema.document(text), None, None, Caller(context(), meeting))
        return meeting.order

    assert asyncio.run(both()) == ["begin A", "end A", "begin B", "end B"]
