"""What a client sees when something is refused or fails: where, which code, in which language, and nothing more."""

from __future__ import annotations

from typing import Any

import pytest

from crm_common.context import Context
from crm_common.ids import to_global
from gateway.execution.run import DEVIATIONS
from gateway.schema import GatewaySchema, build_schema
from library.answering import Answering, ask, book, context, uuid
from library.protocol import PROTOCOLS


@pytest.fixture(scope="module")
def schema() -> GatewaySchema:
    return build_schema(PROTOCOLS)


@pytest.fixture
def client() -> Answering:
    return Answering(rows={"Book": [book(1)]})


ADD = 'mutation { addBook(input: {title: "T"}) { password } }'


@pytest.mark.parametrize(
    ("caller", "code", "message"),
    [
        (context(anonymous=True), "UNAUTHENTICATED", "Please log in."),
        (context("library.read"), "FORBIDDEN", "You do not have the right for this (library.edit)."),
        (context("library.read", language="zh"), "FORBIDDEN", "您没有此操作的权限（library.edit）。"),
        (
            context("library.edit", restricted="the_session_is_locked"),
            "SESSION_LOCKED",
            "This session is locked; unlock it with your password.",
        ),
    ],
)
def test_who_may_not_call_is_refused_before_the_service_is_asked(
    schema: GatewaySchema, client: Answering, caller: Context, code: str, message: str
) -> None:
    answer = ask(schema, ADD, client, None, caller)

    assert client.calls == []
    assert answer["data"] == {"addBook": None}
    assert answer["errors"][0]["message"] == message
    assert answer["errors"][0]["path"] == ["addBook"]
    assert answer["errors"][0]["locations"] == [{"line": 1, "column": 12}]
    assert answer["errors"][0]["extensions"]["code"] == code
    assert answer["errors"][0]["extensions"]["correlationId"] == "corr-1"


def test_one_refused_field_leaves_the_others(schema: GatewaySchema, client: Answering) -> None:
    client.methods["library"] = lambda _: {"name": "Central"}

    answer = ask(schema, "{ books { nodes { id } } library { name } }", client, None, context(anonymous=True))

    assert answer["data"] == {"books": None, "library": {"name": "Central"}}
    assert [error["path"] for error in answer["errors"]] == [["books"]]


def test_a_field_with_a_policy_is_null_when_the_service_withholds_it(schema: GatewaySchema, client: Answering) -> None:
    client.rows["Book"] = [book(1, note=None)]

    answer = ask(schema, "{ books { nodes { title note } } }", client, None, context("library.read"))

    assert answer == {"data": {"books": {"nodes": [{"title": "Book 1", "note": None}]}}}


def test_an_unforeseen_failure_tells_nothing_of_the_inside(schema: GatewaySchema, client: Answering) -> None:
    def fail(_: dict[str, Any]) -> Any:
        raise RuntimeError("password=hunter2 at /srv/library.py")

    client.methods["books"] = fail

    answer = ask(schema, "{ books { nodes { id } } }", client)

    assert answer == {
        "data": {"books": None},
        "errors": [
            {
                "message": "Something went wrong on our side; it was recorded.",
                "locations": [{"line": 1, "column": 3}],
                "path": ["books"],
                "extensions": {
                    "code": "UNAVAILABLE",
                    "rule": "the_answer_could_not_be_shown",
                    "correlationId": "corr-1",
                },
            }
        ],
    }


def test_what_does_not_fit_its_declaration_is_null_up_to_where_null_may_stand(
    schema: GatewaySchema, client: Answering
) -> None:
    before = DEVIATIONS.labels("books")._value.get()
    client.methods["books"] = lambda _: {"nodes": [{"title": "A", "isbn": ["x"]}, {"title": None, "isbn": "1"}]}
    nullable = ask(schema, "{ books { nodes { isbn } } }", client)
    never_null = ask(schema, "{ books { nodes { title } } }", client)

    assert DEVIATIONS.labels("books")._value.get() == before + 2
    assert nullable["data"] == {"books": {"nodes": [{"isbn": None}, {"isbn": "1"}]}}
    assert [error["path"] for error in nullable["errors"]] == [["books", "nodes", 0, "isbn"]]
    assert never_null["data"] == {"books": None}
    assert [error["path"] for error in never_null["errors"]] == [["books", "nodes", 1, "title"]]
    messages = {error["message"] for error in nullable["errors"] + never_null["errors"]}
    assert messages == {"Something went wrong on our side; it was recorded."}


@pytest.mark.parametrize(
    ("query", "message"),
    [
        ("{ books { nodes { id }", "Syntax Error: Expected Name, found <EOF>."),
        ("{ nothing }", "Cannot query field 'nothing' on type 'Query'."),
        ("{ book { title } }", "Argument 'Query.book(id:)' of type 'ID!' is required, but it was not provided."),
        ("fragment F on Book { id }", "Fragment 'F' is never used."),
    ],
)
def test_a_malformed_request_has_errors_and_no_data(
    schema: GatewaySchema, client: Answering, query: str, message: str
) -> None:
    answer = ask(schema, query, client)

    assert "data" not in answer
    assert answer["errors"][0]["message"] == message
    assert answer["errors"][0]["extensions"]["code"] == "VALIDATION"
    assert answer["errors"][0]["extensions"]["correlationId"] == "corr-1"


def test_variables_are_checked_before_anything_is_asked(schema: GatewaySchema, client: Answering) -> None:
    query = "query ($first: Int!) { books(first: $first) { nodes { id } } }"

    missing, wrong = ask(schema, query, client), ask(schema, query, client, {"first": "two"})

    assert "data" not in missing
    assert "data" not in wrong
    assert [error["extensions"]["code"] for error in missing["errors"] + wrong["errors"]] == ["VALIDATION"] * 2
    assert client.calls == []


@pytest.mark.parametrize(
    ("argument", "rule"),
    [
        ('id: "nonsense"', "this_is_not_an_id"),
        (f'id: "{to_global("Shelf", uuid(1))}"', "the_id_names_another_type"),
    ],
)
def test_an_id_of_the_wrong_kind_is_a_validation_error(
    schema: GatewaySchema, client: Answering, argument: str, rule: str
) -> None:
    answer = ask(schema, f"{{ book({argument}) {{ title }} }}", client)

    assert answer["data"] == {"book": None}
    assert answer["errors"][0]["extensions"] == {
        "code": "VALIDATION",
        "rule": rule,
        "correlationId": "corr-1",
        "field": "id",
    }
    assert client.calls == []


@pytest.mark.parametrize(
    ("given", "problem"),
    [
        ("price: 12.5", None),
        ('price: "12.50"', None),
        ('price: "1e5"', "Decimal is written as a string of digits"),
        ('price: "NaN"', "Decimal is written as a string of digits"),
    ],
)
def test_decimals_are_digits_and_never_floats(
    schema: GatewaySchema, client: Answering, given: str, problem: str | None
) -> None:
    client.methods["add_book"] = lambda _: {"password": None}

    answer = ask(schema, f'mutation {{ addBook(input: {{title: "T", {given}}}) {{ password }} }}', client)

    if problem is None:
        assert client.calls[0].payload["price"] == given.removeprefix("price: ").strip('"')
    else:
        assert problem in answer["errors"][0]["message"]


def test_moments_need_a_zone_and_travel_in_utc(schema: GatewaySchema, client: Answering) -> None:
    query = "query ($at: DateTime!) { books(filter: {printedAt: {gte: $at}}) { nodes { id } } }"

    good = ask(schema, query, client, {"at": "2026-11-23T09:30:00+08:00"})
    bad = ask(schema, query, client, {"at": "2026-11-23T09:30:00"})

    assert "errors" not in good
    assert client.calls[0].payload["filter"] == {"printed_at": {"gte": "2026-11-23T01:30:00+00:00"}}
    assert "DateTime needs a time zone" in bad["errors"][0]["message"]
