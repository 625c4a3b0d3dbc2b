"""Mutations: what a command is given, what its payload shows, and refusals as data."""

from __future__ import annotations

from typing import Any

import pytest

from crm_common.errors import Code, CommonRules, CrmError
from crm_common.ids import to_global
from crm_common.protocol.selection import Selected, dump
from gateway.schema import GatewaySchema, build_schema
from library.answering import Answering, ask, book, context, show, uuid
from library.protocol import PROTOCOLS, LibraryRules

PERSON, SHELF = to_global("Person", uuid(1)), to_global("Shelf", uuid(50))


@pytest.fixture(scope="module")
def schema() -> GatewaySchema:
    return build_schema(PROTOCOLS)


def refusing(error: Exception) -> Answering:
    def refuse(_: dict[str, Any]) -> Any:
        raise error

    return Answering(methods={"add_book": refuse, "move_books": refuse, "books": refuse})


def adding() -> Answering:
    return Answering(
        methods={
            "add_book": lambda payload: {
                "password": "once",
                **{key: show(book(5), _parsed(text)) for key, text in payload["select"].items()},
            }
        }
    )


def _parsed(text: str) -> Any:
    from crm_common.protocol.selection import parse

    return parse(text)


ADD = "mutation ($input: AddBookInput!) { addBook(input: $input) { book { title } userErrors { code field message } } }"


def test_a_command_gets_its_input_by_its_own_names(schema: GatewaySchema) -> None:
    client = adding()
    given = {
        "title": "T",
        "genre": "SCIENCE",
        "price": "3.20",
        "shelfId": SHELF,
        "readerIds": [PERSON],
        "measure": {"width": 4, "ownerId": PERSON, "parts": [{"label": "x"}]},
        "idempotencyKey": "k-1",
    }

    answer = ask(schema, ADD, client, {"input": given})

    assert answer == {"data": {"addBook": {"book": {"title": "Book 5"}, "userErrors": []}}}
    assert client.calls[0].payload == {
        "select": {"book": dump([Selected("title", "title")])},
        "title": "T",
        "genre": "science",
        "price": "3.20",
        "shelf_id": uuid(50),
        "reader_ids": [uuid(1)],
        "measure": {"width": 4, "owner_id": uuid(1), "parts": [{"label": "x"}]},
        "idempotency_key": "k-1",
    }


def test_absent_null_and_default_are_told_apart(schema: GatewaySchema) -> None:
    client = adding()

    ask(schema, 'mutation { addBook(input: {title: "T"}) { password } }', client)
    ask(schema, 'mutation { addBook(input: {title: "T", shelfId: null, price: null}) { password } }', client)

    assert client.calls[0].payload == {"select": {}, "title": "T", "genre": "novel"}
    assert client.calls[1].payload == {"select": {}, "title": "T", "genre": "novel", "shelf_id": None, "price": None}


def test_null_is_refused_where_it_means_nothing(schema: GatewaySchema) -> None:
    client = adding()

    answer = ask(schema, 'mutation { addBook(input: {title: "T", pages: null}) { userErrors { code field } } }', client)

    assert answer["data"]["addBook"]["userErrors"] == [{"code": "VALIDATION", "field": "pages"}]
    assert client.calls == []


def test_selections_of_one_payload_key_share_the_read(schema: GatewaySchema) -> None:
    client = adding()
    query = """mutation { addBook(input: {title: "T"}) {
      book { x: title shelf { name } } again: book { x: pages shelf { name } } secret: password __typename
    } }"""

    answer = ask(schema, query, client)

    assert answer["data"]["addBook"] == {
        "book": {"x": "Book 5", "shelf": {"name": "Shelf 50"}},
        "again": {"x": 105, "shelf": {"name": "Shelf 50"}},
        "secret": "once",
        "__typename": "AddBookPayload",
    }
    assert client.calls[0].payload["select"] == {
        "book": dump(
            [
                Selected("x", "title"),
                Selected("shelf", "shelf", {}, (Selected("name", "name"),)),
                Selected("x_1", "pages"),
            ]
        )
    }


def test_lists_and_values_in_a_payload(schema: GatewaySchema) -> None:
    outcomes = [{"book_id": uuid(1), "refused": None}, {"book_id": uuid(2), "refused": "no"}]
    answered = {"books": [{"title": "A"}, None], "outcomes": outcomes, "first_id": uuid(1)}
    client = Answering(methods={"move_books": lambda _: answered})
    ids = f'["{to_global("Book", uuid(1))}"]'
    query = f"""mutation {{ moveBooks(input: {{ids: {ids}, shelfId: "{SHELF}"}}) {{
      books {{ title }} outcomes {{ bookId refused }} firstId
    }} }}"""

    assert ask(schema, query, client)["data"]["moveBooks"] == {
        "books": [{"title": "A"}, None],
        "outcomes": [
            {"bookId": to_global("Book", uuid(1)), "refused": None},
            {"bookId": to_global("Book", uuid(2)), "refused": "no"},
        ],
        "firstId": to_global("Book", uuid(1)),
    }


def test_a_foreseeable_refusal_is_data_in_the_callers_language_with_all_that_was_wrong(schema: GatewaySchema) -> None:
    also = (LibraryRules.the_shelf_is_full(field="measure.owner_id", shelf="A"),)
    client = refusing(LibraryRules.a_title_is_needed(field="reader_ids.0", also=also))

    answer = ask(schema, ADD, client, {"input": {"title": ""}}, context(language="zh-CN"))

    assert answer == {
        "data": {
            "addBook": {
                "book": None,
                "userErrors": [
                    {"code": "VALIDATION", "field": "readerIds.0", "message": "书名不能为空。"},
                    {"code": "LIMIT_EXCEEDED", "field": "measure.ownerId", "message": "书架 A 已满。"},
                ],
            }
        }
    }


@pytest.mark.parametrize(
    "code", [Code.NOT_FOUND, Code.DUPLICATE, Code.IMMUTABLE_FIELD, Code.READ_ONLY, Code.BAD_STATE, Code.CONFLICT]
)
def test_every_foreseeable_code_is_data(schema: GatewaySchema, code: Code) -> None:
    answer = ask(schema, ADD, refusing(CrmError(code, "some_rule")), {"input": {"title": "T"}})

    expected = {"code": code.value, "field": None, "message": f"{code}: some_rule"}
    assert answer == {"data": {"addBook": {"book": None, "userErrors": [expected]}}}


@pytest.mark.parametrize("code", [Code.UNAUTHENTICATED, Code.SESSION_LOCKED, Code.FORBIDDEN, Code.UNAVAILABLE])
def test_what_could_not_be_foreseen_is_an_error_and_spares_the_other_mutations(
    schema: GatewaySchema, code: Code
) -> None:
    client = refusing(CrmError(code, "some_rule"))
    client.methods["move_books"] = lambda _: {"first_id": uuid(1)}
    text = f"""mutation {{
      addBook(input: {{title: "T"}}) {{ password }}
      moveBooks(input: {{ids: [], shelfId: "{SHELF}"}}) {{ firstId }}
    }}"""

    answer = ask(schema, text, client)

    assert answer["data"] == {"addBook": None, "moveBooks": {"firstId": to_global("Book", uuid(1))}}
    extensions = {"code": code.value, "rule": "some_rule", "correlationId": "corr-1"}
    assert [(error["path"], error["extensions"]) for error in answer["errors"]] == [(["addBook"], extensions)]


def test_a_foreseeable_code_of_a_query_is_an_error(schema: GatewaySchema) -> None:
    client = refusing(CommonRules.the_cursor_belongs_to_another_list(field="after"))

    answer = ask(schema, '{ books(after: "x") { nodes { id } } }', client)

    assert answer["data"] == {"books": None}
    assert answer["errors"][0]["extensions"] == {
        "code": "VALIDATION",
        "rule": "the_cursor_belongs_to_another_list",
        "correlationId": "corr-1",
        "field": "after",
    }


def test_ids_of_another_type_and_what_is_no_id_are_named_together(schema: GatewaySchema) -> None:
    client = adding()
    given = {
        "title": "T",
        "shelfId": PERSON,
        "readerIds": [PERSON, "nonsense"],
        "measure": {"width": 1, "ownerId": SHELF},
    }

    answer = ask(schema, ADD, client, {"input": given})

    assert [(each["code"], each["field"]) for each in answer["data"]["addBook"]["userErrors"]] == [
        ("VALIDATION", "shelfId"),
        ("VALIDATION", "readerIds.1"),
        ("VALIDATION", "measure.ownerId"),
    ]
    assert client.calls == []
