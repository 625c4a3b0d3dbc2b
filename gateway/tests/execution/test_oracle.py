"""The whole execution against an independent one: graphql-core with plain resolvers over complete rows."""

from __future__ import annotations

import asyncio
import json
from typing import Any

from graphql import GraphQLResolveInfo, execute_sync, get_nullable_type, is_list_type, parse
from graphql import build_schema as build_plain
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st

from crm_common.ids import to_global
from gateway.execution import Caller, execute
from gateway.publishing.meaning import meaning_of
from gateway.schema import build_schema
from library.answering import Answering, book, context, person, shelf, uuid
from library.protocol import PROTOCOLS
from library.queries import VARIABLES, Query

SCHEMA = build_schema(PROTOCOLS)
PLAIN = build_plain(SCHEMA.text())

PEOPLE = [person(1, desk_id=uuid(50)), person(2), person(3, desk_id=uuid(99))]
SHELVES = [shelf(50), shelf(51, opened_on=None, signs=[])]
BOOKS = [
    book(11, shelf=SHELVES[0], keeper_id=uuid(3), tags=None),
    book(12, shelf=None, shelf_id=None, keeper_id=None, reader_ids=[], measure=None, weight=None, genre="science"),
    book(13, shelf=SHELVES[0], keeper_id=uuid(77), reader_ids=[uuid(1), uuid(88)], isbn="978", on_loan=True),
]
SHELVES[0]["books"] = BOOKS
NODES = [to_global(*each) for each in (("Book", uuid(11)), ("Shelf", uuid(50)), ("Book", uuid(12)))]
ROOTS = {
    "books": "(first: 2)",
    "shelves": "",
    "book": f'(id: "{to_global("Book", uuid(13))}")',
    "shelf": f'(id: "{to_global("Shelf", uuid(51))}")',
    "library": "",
    "measures": "",
    "node": f'(id: "{to_global("Person", uuid(1))}")',
    "nodes": f"(ids: {json.dumps(NODES)})",
}
MEASURES = [{"width": 3, "owner_id": None, "parts": []}, {"width": 4, "owner_id": uuid(2), "parts": [{"label": "x"}]}]
LIBRARY = {"name": "Central", "shelves": SHELVES}
BY_TYPE = {"Book": BOOKS, "Shelf": SHELVES, "Person": PEOPLE}


class Typed(dict[str, Any]):
    """A row that knows its type."""

    kind = ""


def found(kind: str, key: str | None) -> Any:
    row = next((row for row in BY_TYPE[kind] if row["id"] == key), None)
    if row is None:
        return None
    typed = Typed(row)
    typed.kind = kind
    return typed


def page(rows: list[Any], first: int) -> dict[str, Any]:
    shown = rows[:first]
    edges = [{"cursor": f"c{index}", "node": row} for index, row in enumerate(shown)]
    return {
        "nodes": shown,
        "edges": edges,
        "pageInfo": {
            "hasNextPage": len(rows) > len(shown),
            "hasPreviousPage": False,
            "startCursor": "c0",
            "endCursor": f"c{len(shown) - 1}",
        },
        "totalCount": len(rows),
        "totalCountAtLeast": len(rows),
    }


def plain_resolver(source: Any, info: GraphQLResolveInfo[Any], **arguments: Any) -> Any:
    """What each field of the schema means, said once more and without any of the gateway's code for it."""
    name, parent = info.field_name, info.parent_type.name
    if source is None:
        keys = {"book": ("Book", uuid(13)), "shelf": ("Shelf", uuid(51)), "node": ("Person", uuid(1))}
        lists = {"books": page(BOOKS, 2), "shelves": page(SHELVES, 20), "library": LIBRARY, "measures": MEASURES}
        if name == "nodes":
            return [found("Book", uuid(11)), found("Shelf", uuid(50)), found("Book", uuid(12))]
        return lists[name] if name in lists else found(*keys[name])
    if name in ("keeper", "desk"):
        return found("Person" if name == "keeper" else "Shelf", source[f"{name}_id"])
    if name == "readers":
        return [found("Person", key) for key in source["reader_ids"]]
    if name in source:
        value = source[name]
    else:
        declared = meaning_of(SCHEMA.graphql.type_map[parent].fields[name])  # type: ignore[attr-defined]
        assert declared is not None
        value = source[declared.name]
    references = {
        "id": parent,
        "keeperId": "Person",
        "deskId": "Shelf",
        "shelfId": "Shelf",
        "ownerId": "Person",
        "readerIds": "Person",
    }
    if name in references and value is not None:
        kind = references[name]
        return [to_global(kind, key) for key in value] if isinstance(value, list) else to_global(kind, value)
    if is_list_type(get_nullable_type(info.return_type)) and "first" in arguments:
        value = value[: arguments["first"]]
    return value


def plain_enums() -> None:
    for each in PLAIN.type_map["Genre"].values.items():  # type: ignore[attr-defined]
        each[1].value = each[0].lower()
    PLAIN.type_map["Genre"].__dict__.pop("_value_lookup", None)


plain_enums()


def client() -> Answering:
    return Answering(
        rows={"Book": BOOKS, "Shelf": SHELVES, "Person": PEOPLE},
        methods={
            "measures": lambda _: MEASURES,
            "library": lambda payload: Answering().by_ids([LIBRARY | {"id": 1}], payload | {"ids": [1]})[0],
        },
    )


@st.composite
def queries(draw: st.DrawFn) -> str:
    return Query(draw, SCHEMA.graphql).text(ROOTS)


@settings(max_examples=100, deadline=None, suppress_health_check=[HealthCheck.too_slow, HealthCheck.filter_too_much])
@given(queries())
def test_every_valid_query_is_answered_as_a_plain_execution_over_complete_rows_would(text: str) -> None:
    document = SCHEMA.document(text)
    assume(not document.errors)
    variables = {name: value for name, value in VARIABLES.items() if f"${name}:" in text}

    answer = asyncio.run(execute(SCHEMA, document, variables, None, Caller(context(), client())))

    expected = execute_sync(
        PLAIN,
        parse(text),
        field_resolver=plain_resolver,
        type_resolver=lambda value, _info, _kind: value.kind,
        variable_values=variables,
    )
    assert expected.errors is None
    assert answer.errors == []
    assert answer.data == expected.data
    assert str(answer.data) == str(expected.data)  # also in the same order
