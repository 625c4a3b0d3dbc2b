"""Fixtures for the gateway's outer skin: a desk below it, and a client that talks to it without a network."""

from __future__ import annotations

from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AsyncExitStack
from dataclasses import replace
from typing import Any

import httpx
import pytest

from edge.desk import Desk
from edge.serving import schema_for
from gateway.app import create_gateway
from gateway.settings import GatewaySettings

RESPONSE = "application/graphql-response+json"


class Caller:
    """Sends requests to one gateway; ``ask`` takes a document, ``http`` is the plain client."""

    def __init__(self, http: httpx.AsyncClient, desk: Desk, gateway: Any) -> None:
        self.http = http
        self.desk = desk
        self.gateway = gateway

    async def ask(self, query: str, *, accept: str = RESPONSE, token: bool = False, **parts: Any) -> httpx.Response:
        headers = {"accept": accept, **parts.pop("headers", {}), **(self.desk.bearer() if token else {})}
        return await self.http.post("/graphql", json={"query": query, **parts}, headers=headers)


@pytest.fixture
def anyio_backend() -> str:
    return "asyncio"


@pytest.fixture
def desk() -> Desk:
    return Desk()


@pytest.fixture
async def gateway(desk: Desk) -> AsyncIterator[Callable[..., Awaitable[Caller]]]:
    """Makes gateways over the desk: ``await gateway(limits=Limits(depth=3))``."""
    async with AsyncExitStack() as stack:

        async def make(**settings: Any) -> Caller:
            told = replace(GatewaySettings(), **settings)
            app = create_gateway(told, desk, desk.feed, schema_for(told))
            await stack.enter_async_context(app.running())
            transport = httpx.ASGITransport(app=app)
            http = await stack.enter_async_context(httpx.AsyncClient(transport=transport, base_url="http://crm"))
            return Caller(http, desk, app)

        yield make
