"""Gateways over the depot, asked over HTTP: replicas that stand before one service."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from functools import cache
from typing import Any

import httpx

from crm_common.context import Context
from crm_common.errors import CommonRules
from crm_common.protocol.declare import services
from crm_common.runtime.client import Client, Feed
from depot.protocol import depot as protocol
from depot.running import Depot
from edge.desk import Desk
from edge.serving import Served
from gateway.app import schema_options
from gateway.schema import GatewaySchema, build_schema
from gateway.settings import GatewaySettings, Rates


@cache
def static_schema() -> GatewaySchema:
    """The schema of the depot and of what knows its people, without any custom field."""
    return build_schema([services()["identity"], protocol])


class InProcess:
    """Sessions are the desk's business, crates the depot's; ``away``: the depot does not answer."""

    def __init__(self, desk: Desk, depot: Depot) -> None:
        self.desk = desk
        self.depot = depot
        self.away = False

    async def call(self, service: str, method: str, payload: dict[str, Any], context: Context) -> bytes:
        """As ``crm_common.runtime.client.Client``."""
        if service == "depot":
            if self.away:
                raise CommonRules.the_service_is_unavailable(service=service)
            return await self.depot.runtime.client.call(service, method, payload, context)
        return await self.desk.call(service, method, payload, context)


class Front:
    """One gateway, asked over HTTP by somebody who may define fields."""

    def __init__(self, served: Served, desk: Desk) -> None:
        self.served = served
        session = desk.begin(permissions=frozenset({"field.edit"}))
        self.http = httpx.Client(timeout=15, headers=desk.bearer(session))

    def ask(self, query: str, **variables: Any) -> dict[str, Any]:
        """The whole response."""
        answer = self.http.post(self.served.url, json={"query": query, "variables": variables})
        return answer.json()  # type: ignore[no-any-return]

    def data(self, query: str, **variables: Any) -> Any:
        """The data of an answer without errors."""
        body = self.ask(query, **variables)
        assert "errors" not in body, body
        return body["data"]

    def fields(self, type_name: str = "CrateCustom") -> dict[str, str | None]:
        """The type's fields (or input fields, or values) and their descriptions, by introspection."""
        query = (
            "query($n: String!) { __type(name: $n) { fields { name description }"
            " inputFields { name description } enumValues { name description } } }"
        )
        found = self.data(query, n=type_name)["__type"]
        parts = found["fields"] or found["inputFields"] or found["enumValues"]
        return {each["name"]: each["description"] for each in parts}

    @property
    def revision(self) -> int:
        """Of the schema that new requests use."""
        return self.served.gateway.operations.engine.holder.current.revision  # type: ignore[attr-defined, no-any-return]


@contextmanager
def gateway_over(client: Client, feed: Feed, desk: Desk) -> Iterator[Front]:
    """A served gateway that knows the depot."""
    settings = GatewaySettings(rates=Rates(address=100_000, address_burst=100_000, actor=100_000, actor_burst=100_000))
    served = Served(settings, client, feed, static_schema().with_options(schema_options(settings)))
    served.start()
    front = Front(served, desk)
    try:
        yield front
    finally:
        front.http.close()
        served.stop()


@contextmanager
def fronts(depot: Depot, count: int, *, away: bool = False) -> Iterator[list[tuple[Front, InProcess]]]:
    """So many gateways over the depot in this process."""
    with ExitStack() as closing:
        found = []
        for _ in range(count):
            client = InProcess(Desk(), depot)
            client.away = away
            found.append((closing.enter_context(gateway_over(client, depot.runtime.feed, client.desk)), client))
        yield found
