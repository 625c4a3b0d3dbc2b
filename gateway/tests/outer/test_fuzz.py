"""Whatever bytes come, the answer is a GraphQL response with 200 or 4xx, never a failure of ours."""

from __future__ import annotations

import asyncio
import json
from typing import Any

import httpx
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from edge.desk import Desk
from edge.serving import schema_for
from gateway.app import create_gateway
from gateway.settings import GatewaySettings, Rates

MANY = Rates(address=1e9, address_burst=10**9, login=1e9, login_burst=10**9)
SETTINGS = GatewaySettings(rates=MANY)
JSON = {"content-type": "application/json"}

values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=30),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=10), inner, max_size=4),
    max_leaves=12,
)
KNOWN = (
    "query mutation subscription fragment on departments nodes id name first filter login input include if "
    'true null 7 -1.5e9 $a Int Query __typename __schema types x """ ...'
)
words = st.sampled_from([*'{}()[]:!$@&|=#,\n\ufeff"', *KNOWN.split(" ")])
documents = st.lists(words, max_size=25).map(" ".join) | st.text(max_size=60)
bodies = (
    st.binary(max_size=200)
    | values.map(lambda value: json.dumps(value).encode())
    | st.fixed_dictionaries(
        {"query": documents | values},
        optional={"operationName": values, "variables": values, "extensions": values, "documentId": values},
    ).map(lambda value: json.dumps(value).encode())
)
fuzzed = settings(max_examples=250, deadline=None, suppress_health_check=list(HealthCheck))


def answered(request: httpx.Request) -> httpx.Response:
    """The answer of a new gateway (its schema is built once)."""
    desk = Desk()

    async def ask() -> httpx.Response:
        app: Any = create_gateway(SETTINGS, desk, desk.feed, schema_for(SETTINGS))
        async with httpx.AsyncClient(transport=httpx.ASGITransport(app=app)) as http:
            return await http.send(request)

    return asyncio.run(ask())


def is_graphql(answer: httpx.Response) -> None:
    assert answer.status_code == 200 or 400 <= answer.status_code < 500, answer.text
    body = answer.json()
    assert "data" in body or body["errors"]
    for error in body.get("errors", ()):
        assert isinstance(error["message"], str)
        assert error["extensions"]["code"]


@given(bodies)
@fuzzed
def test_any_body_is_answered(body: bytes) -> None:
    is_graphql(answered(httpx.Request("POST", "http://crm/graphql", content=body, headers=JSON)))


names = st.sampled_from(["accept", "accept-language", "authorization", "content-type", "x-request-id", "traceparent",
                         "origin", "x-forwarded-for", "content-encoding"])  # fmt: skip
headers = st.lists(st.tuples(names.map(str.encode), st.binary(max_size=60)), max_size=6)


@given(headers)
@fuzzed
def test_any_headers_are_answered(given_headers: list[tuple[bytes, bytes]]) -> None:
    content = b'{"query":"{__typename}"}'
    is_graphql(answered(httpx.Request("POST", "http://crm/graphql", content=content, headers=given_headers)))


@given(
    st.lists(
        st.tuples(st.sampled_from(["query", "variables", "extensions", "operationName", "a"]), documents), max_size=4
    )
)
@fuzzed
def test_any_query_string_is_answered(pairs: list[tuple[str, str]]) -> None:
    is_graphql(answered(httpx.Request("GET", "http://crm/graphql", params=httpx.QueryParams(tuple(pairs)))))
