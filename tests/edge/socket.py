"""A client of graphql-transport-ws that says exactly what a test tells it to."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any
from uuid import UUID

from websockets.exceptions import ConnectionClosed
from websockets.sync.client import ClientConnection, connect

from edge.desk import Desk
from edge.serving import Served
from ledger.waiting import until


class Socket:
    """Messages as plain objects; every wait has a deadline."""

    def __init__(self, connection: ClientConnection) -> None:
        self.connection = connection

    def say(self, message: Any) -> None:
        self.connection.send(message if isinstance(message, str | bytes) else json.dumps(message))

    def hear(self, seconds: float = 5) -> Any:
        return json.loads(self.connection.recv(timeout=seconds))

    def begin(self, headers: dict[str, str]) -> None:
        """Introduce oneself and be acknowledged."""
        self.say({"type": "connection_init", "payload": headers})
        assert self.hear() == {"type": "connection_ack"}

    def subscribe(self, id_: str, query: str, **more: Any) -> None:
        self.say({"id": id_, "type": "subscribe", "payload": {"query": query, **more}})

    def closed(self, seconds: float = 8) -> tuple[int, str]:
        """The code and reason the server closes with; other messages before it are skipped."""
        try:
            while True:
                self.connection.recv(timeout=seconds)
        except ConnectionClosed as closed:
            return (closed.rcvd.code, closed.rcvd.reason) if closed.rcvd else (1006, "")


@contextmanager
def socket(
    gateway: Served, *, subprotocols: tuple[str, ...] = ("graphql-transport-ws",), **more: Any
) -> Iterator[Socket]:
    """An open connection to the gateway, not yet introduced."""
    options: dict[str, Any] = {
        "subprotocols": list(subprotocols) or None,
        "open_timeout": 5,
        "close_timeout": 1,
        **more,
    }
    with connect(gateway.ws, **options) as connection:
        yield Socket(connection)


FOLLOW = "subscription Follow($ids: [ID!]) { departmentChanged(ids: $ids) { event record { name } } }"


def following(gateway: Served) -> int:
    """How many subscriptions listen to changes of departments."""
    return len(gateway.gateway.hub._listeners.get("department.updated", ()))


def follow(gateway: Served, client: Socket, id_: str = "1", **variables: Any) -> None:
    before = following(gateway)
    client.subscribe(id_, FOLLOW, variables=variables)
    until(lambda: following(gateway) == before + 1, "start of the subscription")


def changed(name: str) -> dict[str, Any]:
    return {"data": {"departmentChanged": {"event": "department.updated", "record": {"name": name}}}}


def first_department(desk: Desk) -> tuple[UUID, str]:
    return next(iter(desk.departments.items()))
