"""What an execution needs of a request, and what it gives back: the seam between the HTTP layer and the schema."""

from __future__ import annotations

from collections.abc import AsyncIterator, Collection
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass, field
from typing import Any, Protocol

from graphql import GraphQLError

from crm_common.context import Context
from crm_common.protocol.declare import Envelope
from crm_common.runtime.client import Client


@dataclass(frozen=True, slots=True)
class Caller:
    """Who asks and through what: made once per operation (per delivered event in a subscription).

    ``extensions`` is what the answer carries as ``extensions`` (limits put ``cost`` there).
    """

    context: Context
    client: Client
    extensions: dict[str, Any] = field(default_factory=dict)


class Follower(Protocol):
    """Who subscribes: like a Caller, but ``context`` is read anew for every event."""

    @property
    def context(self) -> Context:
        """His context as of now."""
        ...

    @property
    def client(self) -> Client:
        """Through what services are called."""
        ...

    @property
    def extensions(self) -> dict[str, Any]:
        """What the first answer carries."""
        ...


class Heard(Protocol):
    """The feed as one subscriber hears it."""

    def listen(
        self, types: Collection[str], *, to: str | None = None
    ) -> AbstractAsyncContextManager[AsyncIterator[Envelope]]:
        """Events of these types from now on; with ``to`` only those in which that field names the subscriber."""
        ...


@dataclass(slots=True)
class Answer:
    """The result of an operation. ``executed`` is False for a request error: then there is no ``data`` at all.

    ``errors`` are ready to be shown: message in the caller's language, ``extensions.code`` from the closed list.
    """

    data: dict[str, Any] | None
    errors: list[GraphQLError]
    extensions: dict[str, Any]
    executed: bool = True

    def to_response(self) -> dict[str, Any]:
        """The body of a GraphQL response, for ``msgspec.json.encode``."""
        response: dict[str, Any] = {"data": self.data} if self.executed else {}
        if self.errors:
            response["errors"] = [error.formatted for error in self.errors]
        if self.extensions:
            response["extensions"] = self.extensions
        return response
