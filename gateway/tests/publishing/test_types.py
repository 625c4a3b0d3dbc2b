"""Declarations become types: names, nullability, words and limits, and what must not come out."""

from __future__ import annotations

import dataclasses
import itertools
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any
from uuid import UUID

import pytest
import strawberry
from graphql import GraphQLSchema, is_specified_directive

from crm_common.protocol import declare
from crm_common.protocol.declare import Command, GetQuery, ListQuery, ServiceProtocol, given
from crm_common.protocol.policy import AUTHENTICATED, INTERNAL, needs
from crm_common.protocol.views import child, shown
from gateway.permissions import HandWritten, PolicyMissingError, guarded
from gateway.publishing.docs import UnpublishableError
from gateway.schema import GatewaySchema, build_schema
from library.answering import Answering, ask, context
from library.printing import printed
from library.protocol import PROTOCOLS


@pytest.fixture(scope="module")
def schema() -> GatewaySchema:
    return build_schema(PROTOCOLS)


EXPECTED = {
    "Book": [
        "type Book implements Node {",
        "id: ID!",
        "title: String!",
        "isbn: String",
        "price: Decimal!",
        "weight: Float",
        "pages: Int!",
        "onLoan: Boolean!",
        "genre: Genre!",
        "otherGenres: [Genre!]!",
        "tags: [String!]",
        "printedAt: DateTime!",
        "measure: Measure",
        "note: String",
        "shelfId: ID",
        "shelf: Shelf",
        "keeperId: ID",
        "keeper: Person",
        "readerIds: [ID!]!",
        "readers: [Person]",
        "}",
    ],
    "Shelf": [
        "type Shelf implements Node {",
        "id: ID!",
        "name: String!",
        "openedOn: Date",
        "books(first: Int! = 20): [Book!]!",
        "signs(first: Int! = 20): [Sign!]!",
        "}",
    ],
    "Sign": ["type Sign {", "text: String!", "}"],
    "Measure": ["type Measure {", "width: Int!", "ownerId: ID", "parts: [Part!]!", "}"],
    "Genre": ["enum Genre {", "NOVEL", "SCIENCE", "}"],
    "ShelfOrder": ["input ShelfOrder {", "field: ShelfOrderField!", "direction: Direction! = ASC", "}"],
    "ShelfOrderField": ["enum ShelfOrderField {", "NAME", "OPENED_ON", "}"],
    "BookEdge": ["type BookEdge {", "cursor: String!", "node: Book!", "}"],
    "AddBookInput": [
        "input AddBookInput {",
        "title: String!",
        "genre: Genre! = NOVEL",
        "price: Decimal",
        "shelfId: ID",
        "readerIds: [ID!]",
        "measure: MeasureInput",
        "pages: Int",
        "idempotencyKey: String",
        "}",
    ],
    "MeasureInput": ["input MeasureInput {", "width: Int!", "ownerId: ID", "parts: [PartInput!]", "}"],
    "AddBookPayload": [
        "type AddBookPayload {",
        "book: Book",
        "password: String",
        "userErrors: [UserError!]!",
        "}",
    ],
    "MoveBooksPayload": [
        "type MoveBooksPayload {",
        "books: [Book]",
        "outcomes: [Outcome!]",
        "firstId: ID",
        "userErrors: [UserError!]!",
        "}",
    ],
    "UserError": ["type UserError {", "code: ErrorCode!", "message: String!", "field: String", "}"],
    "BookAdded": ["type BookAdded {", "event: String!", "occurredAt: DateTime!", "record: Book!", "}"],
    "Mutation": [
        "type Mutation {",
        "addBook(input: AddBookInput!): AddBookPayload",
        "moveBooks(input: MoveBooksInput!): MoveBooksPayload",
        "}",
    ],
}


@pytest.mark.parametrize("name", EXPECTED)
def test_types_are_exactly_as_declared(schema: GatewaySchema, name: str) -> None:
    assert printed(schema, name) == EXPECTED[name]


def test_root_fields_are_the_public_queries(schema: GatewaySchema) -> None:
    assert schema.graphql.query_type is not None
    assert sorted(schema.graphql.query_type.fields) == [
        "book",
        "books",
        "library",
        "measures",
        "node",
        "nodes",
        "person",
        "shelf",
        "shelves",
    ]
    arguments = {name: str(each.type) for name, each in schema.graphql.query_type.fields["books"].args.items()}
    assert arguments == {
        "genre": "Genre",
        "keptBy": "ID",
        "filter": "BookFilter",
        "orderBy": "[BookOrder!]",
        "first": "Int",
        "after": "String",
        "last": "Int",
        "before": "String",
    }


def test_what_is_between_services_stays_out(schema: GatewaySchema) -> None:
    text = schema.text()

    assert "burnBook" not in text
    assert "BurnBook" not in text
    assert "booksForServices" not in text
    assert "secret" not in text


def undocumented(schema: GraphQLSchema) -> Iterator[str]:
    """Everything that introspection shows without a word."""
    for name, kind in schema.type_map.items():
        if name.startswith("__"):
            continue
        if not kind.description:
            yield name
        for field_name, field in getattr(kind, "fields", {}).items():
            if not field.description:
                yield f"{name}.{field_name}"
            yield from (
                f"{name}.{field_name}({a})" for a, each in getattr(field, "args", {}).items() if not each.description
            )
        yield from (f"{name}.{value}" for value, each in getattr(kind, "values", {}).items() if not each.description)
    yield from (f"@{each.name}" for each in schema.directives if not each.description)
    assert all(is_specified_directive(each) for each in schema.directives)


def test_nothing_is_undocumented(schema: GatewaySchema) -> None:
    assert list(undocumented(schema.graphql)) == []


def test_nothing_in_the_product_is_undocumented() -> None:
    assert list(undocumented(build_schema().graphql)) == []


def test_descriptions_say_what_right_is_needed(schema: GatewaySchema) -> None:
    assert schema.graphql.query_type is not None
    assert schema.graphql.query_type.fields["books"].description == "Books. Needs library.read or library.edit."
    book: Any = schema.graphql.type_map["Book"]
    assert book.fields["note"].description == "For the staff only. Needs library.edit."


_numbers = itertools.count()


def invented() -> ServiceProtocol:
    service = ServiceProtocol(f"invented{next(_numbers)}", doc="Invented.")
    declare._SERVICES.pop(service.name)
    return service


def viewed(service: ServiceProtocol, fields: list[tuple[str, Any, Any]], policy: Any = AUTHENTICATED) -> type:
    view = dataclasses.make_dataclass(f"N{next(_numbers)}View", fields, slots=True, kw_only=True)
    view.__doc__ = "A view."
    return service.view(policy)(view)


def listed(service: ServiceProtocol, view: type, policy: Any = AUTHENTICATED) -> None:
    query: Any = dataclasses.make_dataclass(f"List{next(_numbers)}", [], bases=(ListQuery,), frozen=True, kw_only=True)
    query.__doc__ = "A list."
    service.query(policy, returns=view)(query)


NAME: list[tuple[str, Any, Any]] = [("name", str, shown("Its name."))]


def test_a_query_without_a_policy_cannot_be_built() -> None:
    service = invented()
    listed(service, viewed(service, NAME), policy=None)

    with pytest.raises(PolicyMissingError, match=r"invented\d+\.list\d+ has no declared policy"):
        build_schema([service])


def test_a_command_without_a_policy_cannot_be_built() -> None:
    service = invented()
    listed(service, viewed(service, NAME))

    @service.command(None, returns={"done": bool})  # type: ignore[arg-type]
    @dataclass(frozen=True, slots=True, kw_only=True)
    class DoIt(Command):
        """Do it."""

    with pytest.raises(PolicyMissingError, match=r"\.do_it has no declared policy"):
        build_schema([service])


def test_a_view_without_a_policy_cannot_be_built() -> None:
    service = invented()
    listed(service, viewed(service, NAME, policy=None))

    with pytest.raises(PolicyMissingError, match=r"the view N\d+ has no declared policy"):
        build_schema([service])


def test_a_field_whose_policy_is_none_of_ours_cannot_be_built() -> None:
    service = invented()
    listed(service, viewed(service, [("name", str, shown("Its name.", policy="org.edit"))]))  # type: ignore[arg-type]

    with pytest.raises(PolicyMissingError, match=r"N\d+\.name has no declared policy"):
        build_schema([service])


def test_a_field_written_by_hand_names_its_policy_too() -> None:
    @strawberry.type
    class Open:
        @strawberry.field(description="Says hello.")  # type: ignore[untyped-decorator]
        def hello(self) -> str:
            return "hello"

    with pytest.raises(PolicyMissingError, match=r"Query\.hello has no declared policy"):
        build_schema(PROTOCOLS, hand_written=HandWritten(query=Open))


def test_a_guarded_field_written_by_hand_stands_beside_the_generated_ones() -> None:
    @strawberry.type
    class Guarded:
        @strawberry.field(  # type: ignore[untyped-decorator]
            description="Says hello.", metadata=guarded(needs("library.edit"))
        )
        async def hello(self, info: strawberry.Info) -> str:
            return f"hello {info.context.context.actor.name}"

    schema = build_schema(PROTOCOLS, hand_written=HandWritten(query=Guarded))

    assert ask(schema, "{ hello __typename }", Answering()) == {
        "data": {"hello": "hello Reader", "__typename": "Query"}
    }
    refused = ask(schema, "{ hello }", Answering(), None, context("library.read"))
    assert refused["errors"][0]["extensions"]["code"] == "FORBIDDEN"


def test_what_a_resolver_written_by_hand_raises_is_told_without_the_inside() -> None:
    @strawberry.type
    class Failing:
        @strawberry.field(  # type: ignore[untyped-decorator]
            description="Fails.", metadata=guarded(needs("library.edit"))
        )
        async def fails(self) -> str:
            raise RuntimeError("password=hunter2")

    schema = build_schema(PROTOCOLS, hand_written=HandWritten(query=Failing))

    answer = ask(schema, "{ fails __typename }", Answering())

    assert answer["data"] is None
    assert [(error["path"], error["extensions"]["code"], error["message"]) for error in answer["errors"]] == [
        (["fails"], "UNAVAILABLE", "Something went wrong on our side; it was recorded.")
    ]


def test_an_undescribed_part_of_a_value_cannot_be_built() -> None:
    @dataclass(frozen=True, slots=True, kw_only=True)
    class Bare:
        """A value."""

        mute: int

    service = invented()
    listed(service, viewed(service, [("bare", Bare, shown("A value."))]))

    with pytest.raises(UnpublishableError, match=r"Bare\.mute has no description"):
        build_schema([service])


def test_a_type_that_has_no_public_form_cannot_be_built() -> None:
    service = invented()
    listed(service, viewed(service, [("odd", complex, shown("Odd."))]))

    with pytest.raises(UnpublishableError, match=r"N\d+\.odd: there is no public form of <class 'complex'>"):
        build_schema([service])


def test_two_root_fields_of_one_name_cannot_be_built() -> None:
    def declaring() -> ServiceProtocol:
        service = invented()

        @service.query(AUTHENTICATED, returns=int)
        @dataclass(frozen=True, slots=True, kw_only=True)
        class Twice:
            """The same name twice."""

        return service

    with pytest.raises(UnpublishableError, match="two root fields are named twice"):
        build_schema([declaring(), declaring()])


def test_a_child_under_a_stricter_policy_may_be_null() -> None:
    service = invented()
    strict = viewed(service, NAME, policy=needs("x.see"))
    listed(service, viewed(service, [("inner", strict, child("Inner.")), ("many", list[strict], child("Many."))]))  # type: ignore[valid-type]
    schema = build_schema([service])
    outer = next(shape for shape in service.views.values() if "inner" in shape.fields)
    inner = outer.fields["inner"].view
    assert inner is not None
    assert printed(schema, outer.name)[1:3] == [f"inner: {inner.name}", f"many(first: Int! = 20): [{inner.name}!]"]


def test_a_view_that_only_services_may_see_is_no_field() -> None:
    service = invented()
    hidden = viewed(service, NAME, policy=INTERNAL)
    outer = viewed(service, [("name", str, shown("Its name.")), ("hidden", hidden | None, child("Hidden."))])
    listed(service, outer)
    schema = build_schema([service])
    assert printed(schema, outer.__name__.removesuffix("View"))[1:] == ["name: String!", "}"]


def test_adding_a_service_needs_its_protocol_only(schema: GatewaySchema) -> None:
    service = invented()
    view = viewed(service, [("id", UUID, shown("Its id.")), *NAME])
    listed(service, view)
    look_up: Any = dataclasses.make_dataclass("Fetch", [], bases=(GetQuery,), frozen=True, kw_only=True)
    look_up.__doc__ = "By id."
    service.query(AUTHENTICATED, returns=view)(look_up)

    @service.command(AUTHENTICATED, returns={"name": str})
    @dataclass(frozen=True, slots=True, kw_only=True)
    class Rename(Command):
        """Rename it."""

        name: str = given("Its name.")

    grown = build_schema([*PROTOCOLS, service])
    added = {name for name in set(grown.graphql.type_map) - set(schema.graphql.type_map) if view.__name__[:-4] in name}
    assert added == {f"{view.__name__[:-4]}{kind}" for kind in ("", "Connection", "Edge")}
    assert "rename(" in grown.text()
