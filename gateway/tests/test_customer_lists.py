"""What a page of customers costs: five statements at most, with everything that is below each and a filter."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Iterator
from typing import Any

import pytest
from graphql import GraphQLObjectType, get_named_type, is_required_argument

from crm_common.context import Actor, Context
from crm_common.runtime.local import LocalClient
from crm_common.telemetry import REGISTRY
from customer.service import CustomerService
from gateway.execution import Caller, execute
from gateway.publishing.meaning import Kind, meaning_of
from gateway.schema import GatewaySchema, build_schema
from infra.postgres import SharedPostgres
from selling import ENVIRONMENT, created, seller
from serving.alone import Alone, alone

pytestmark = pytest.mark.infra
MOST = 5


@pytest.fixture(scope="module")
def service(postgres_server: SharedPostgres) -> Iterator[Alone]:
    with alone(postgres_server, CustomerService, environment=ENVIRONMENT) as served:
        yield served


@pytest.fixture(scope="module")
def schema() -> GatewaySchema:
    return build_schema()


def below(kind: GraphQLObjectType, depth: int) -> str:
    """Every value, and every record to a depth that the service itself holds."""
    parts = []
    for name, field in kind.fields.items():
        meaning, inner = meaning_of(field), get_named_type(field.type)
        if meaning is None or meaning.kind is Kind.NEIGHBOUR or any(map(is_required_argument, field.args.values())):
            continue
        if not isinstance(inner, GraphQLObjectType):
            parts.append(name)
        elif depth:
            parts.append(f"{name} {below(inner, depth - 1)}")
    return f"{{ {' '.join(parts) or '__typename'} }}"


def statements() -> float:
    """How many the service has sent for pages of customers."""
    about = {"service": "customer", "method": "customers"}
    return REGISTRY.get_sample_value("crm_request_statements_sum", about) or 0.0


def asked(service: Alone, schema: GatewaySchema, actor: Actor, text: str) -> dict[str, Any]:
    """The connection, without an error."""
    asking = Context(actor=actor, correlation_id="pages", deadline=time.time() + 30)
    answer = asyncio.run(execute(schema, schema.document(text), {}, None, Caller(asking, LocalClient(service.runtime))))
    assert (answer.errors, answer.data is None) == ([], False)
    assert answer.data is not None
    found: dict[str, Any] = answer.data["customers"]
    return found


def test_a_page_of_customers_with_all_blocks_costs_five_statements_at_most(
    service: Alone, schema: GatewaySchema
) -> None:
    li = seller(service, "pages.li", customer="DEPT_TREE")
    names = sorted(created(service, li)["name"] for _ in range(25))
    kind = schema.graphql.type_map["Customer"]
    assert isinstance(kind, GraphQLObjectType)
    everything = below(kind, 1)
    assert "followUps" in everything
    wanted = f"totalCount pageInfo {{ hasNextPage endCursor }} edges {{ cursor node {everything} }}"
    filtered = '(first: 25, orderBy: [{field: NAME}], filter: {name: {contains: "客户"}})'
    for arguments in ("(first: 25, orderBy: [{field: NAME}])", filtered, filtered):
        before = statements()
        page = asked(service, schema, li, f"{{ customers{arguments} {{ {wanted} }} }}")
        assert 1 <= statements() - before <= MOST
        assert sorted(edge["node"]["name"] for edge in page["edges"]) == names
        assert page["totalCount"] == len(names)
    before = statements()
    asked(service, schema, li, f"{{ customers{filtered} {{ {wanted} }} }}")
    # how much he sees and which custom fields there are was asked a moment ago
    assert statements() - before <= 2
