"""All open sockets and streams: judged again when their session may have changed, ended when the process drains."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import Protocol

from crm_common.errors import Code, CrmError
from gateway.authentication import Actors, Claims


class Connection(Protocol):
    """An open socket or stream of an authenticated session."""

    @property
    def claims(self) -> Claims | None:
        """Whose it is; None before a socket has said so."""
        ...

    def end(self, code: int, error: CrmError) -> None:
        """Tell the client why and close; returns at once."""
        ...


# graphql-transport-ws: the session is no longer there
UNAUTHORIZED = 4401
GOING_AWAY = 1001


class Connections:
    """The registry of one gateway. ``judge`` never asks identity about more than one session at a time."""

    def __init__(self, actors: Actors) -> None:
        self._actors = actors
        self._open: set[Connection] = set()
        self._concerned: dict[Connection, None] = {}
        self._judging: asyncio.Task[None] | None = None
        self._empty = asyncio.Event()
        self._empty.set()
        actors.on_drop = self.judge

    def __len__(self) -> int:
        return len(self._open)

    def add(self, connection: Connection) -> None:
        """Keep an eye on it until :meth:`remove`."""
        self._open.add(connection)
        self._empty.clear()

    def remove(self, connection: Connection) -> None:
        """It is closed."""
        self._open.discard(connection)
        self._concerned.pop(connection, None)
        if not self._open:
            self._empty.set()

    def judge(self, concerns: Callable[[Claims], bool]) -> None:
        """Ask anew for the sessions concerned and end the connections of those that are over."""
        for connection in self._open:
            if connection.claims is not None and concerns(connection.claims):
                self._concerned[connection] = None
        if self._concerned and self._judging is None:
            self._judging = asyncio.create_task(self._judge_all())

    async def _judge_all(self) -> None:
        try:
            while self._concerned:
                connection = next(iter(self._concerned))
                del self._concerned[connection]
                await self._judge_one(connection)
        finally:
            self._judging = None

    async def _judge_one(self, connection: Connection) -> None:
        claims = connection.claims
        if claims is None:
            return
        try:
            await self._actors.actor(claims)
        except CrmError as error:
            # while identity is away nobody is judged: the actor cache asks again at the next event that is delivered
            if error.code is Code.UNAUTHENTICATED:
                connection.end(UNAUTHORIZED, error)

    async def drain(self, error: CrmError, seconds: float) -> None:
        """End everything and wait until it is closed, at most ``seconds``."""
        for connection in tuple(self._open):
            connection.end(GOING_AWAY, error)
        try:
            async with asyncio.timeout(seconds):
                await self._empty.wait()
        except TimeoutError:
            return
