"""Executes an operation against a schema."""

from __future__ import annotations

from collections.abc import AsyncIterator
from typing import Any

from gateway.execution.documents import Document
from gateway.execution.request import Answer, Caller, Feed
from gateway.schema import GatewaySchema


async def execute(
    schema: GatewaySchema,
    document: Document,
    variables: dict[str, Any] | None,
    operation_name: str | None,
    caller: Caller,
) -> Answer:
    """Run a query or mutation to its end. Never raises for what a client or a service does wrong."""
    raise NotImplementedError


async def subscribe(
    schema: GatewaySchema,
    document: Document,
    variables: dict[str, Any] | None,
    operation_name: str | None,
    caller: Caller,
    feed: Feed,
) -> Answer | AsyncIterator[Answer]:
    """Start a subscription: a request error at once, or an iterator with an answer per event the caller may see.

    Close the iterator (``aclose``) to end it. To judge every event by the session as it is then, pass a ``Caller``
    whose ``context`` the HTTP layer renews: see ``Renewing``.
    """
    raise NotImplementedError
