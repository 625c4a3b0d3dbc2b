"""One subscription's view of feed and rights: before an event is handed on, the subscriber is judged as he is then."""

from __future__ import annotations

from collections.abc import AsyncGenerator, AsyncIterator, Collection
from contextlib import AbstractAsyncContextManager, aclosing, asynccontextmanager
from typing import Any

from crm_common.context import Context
from crm_common.errors import CrmError
from crm_common.protocol.declare import Envelope
from crm_common.runtime.client import Client
from gateway.authentication import Session
from gateway.execution import Answer
from gateway.live.hub import Address, Hub
from gateway.operations import Operations, Prepared, RefusedError


class Subscriber:
    """A ``Follower`` and the ``Heard`` feed in one: its ``context`` is renewed with each event it lets through."""

    def __init__(self, operations: Operations, hub: Hub, prepared: Prepared, session: Session) -> None:
        self.client: Client = operations.client
        self.extensions: dict[str, Any] = prepared.extensions
        self._operations = operations
        self._hub = hub
        self._prepared = prepared
        self._session = session
        self._context = self._new_context()

    @property
    def context(self) -> Context:
        """The subscriber's context as of the latest event."""
        return self._context

    def _new_context(self) -> Context:
        return self._prepared.arrival.context(self._session, self._operations.settings.limits.seconds)

    def listen(
        self, types: Collection[str], *, to: str | None = None
    ) -> AbstractAsyncContextManager[AsyncIterator[Envelope]]:
        """Events of these types, with ``to`` those in which that field names the subscriber.

        It ends with ``UNAUTHENTICATED`` at the first one after the session's end.
        """
        return self._listening(types, None if to is None else Address(to, str(self._session.actor.id)))

    @asynccontextmanager
    async def _listening(self, types: Collection[str], to: Address | None) -> AsyncIterator[AsyncIterator[Envelope]]:
        async with self._hub.listen(types, to=to) as events, aclosing(self._judged(events)) as judged:
            yield judged

    async def _judged(self, events: AsyncIterator[Envelope]) -> AsyncGenerator[Envelope, None]:
        async for event in events:
            claims = self._session.claims
            self._session = Session(await self._operations.actors.actor(claims), claims)
            self._context = self._new_context()
            yield event

    async def answers(self) -> AsyncGenerator[Answer, None]:
        """Start the subscription; RefusedError when it cannot be."""
        prepared = self._prepared
        started = await self._operations.engine.subscribe(
            prepared.schema, prepared.document, prepared.variables, prepared.operation_name, self, self
        )
        if isinstance(started, Answer):
            raise RefusedError(400, [error.formatted for error in started.errors])
        return started  # type: ignore[return-value]  # the iterator can be closed, as its maker promises


def cause_of(error: BaseException) -> CrmError | None:
    """The refusal that ended a subscription, however deep the executor has wrapped it."""
    found: BaseException | None = error
    while found is not None and not isinstance(found, CrmError):
        found = getattr(found, "original_error", None) or found.__cause__
    return found
