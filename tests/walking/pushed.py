"""Somebody who follows what is pushed to him: a subscription over a WebSocket, heard in a thread of its own."""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from websockets.exceptions import ConnectionClosed
from websockets.sync.client import ClientConnection, connect

from standing.person import Person


class Followed:
    """What was pushed so far, in order."""

    def __init__(self, connection: ClientConnection) -> None:
        self.pushed: list[Any] = []
        self._connection = connection
        self._thread = threading.Thread(target=self._hear, daemon=True)
        self._thread.start()

    def _hear(self) -> None:
        try:
            for text in self._connection:
                message = json.loads(text)
                if message["type"] == "next":
                    self.pushed.append(message["payload"]["data"])
        except ConnectionClosed:
            return


@contextmanager
def following(person: Person, document: str) -> Iterator[Followed]:
    """A subscription of somebody who is logged in; it stands when the block begins."""
    url = person.url.replace("http", "ws", 1) + "/graphql"
    with connect(url, subprotocols=["graphql-transport-ws"]) as connection:  # type: ignore[list-item]
        payload = {"authorization": f"Bearer {person.token}", "accept-language": person.language}
        connection.send(json.dumps({"type": "connection_init", "payload": payload}))
        assert json.loads(connection.recv(timeout=20))["type"] == "connection_ack"
        connection.send(json.dumps({"id": "1", "type": "subscribe", "payload": {"query": document}}))
        # answered behind the subscription's beginning
        connection.send(json.dumps({"type": "ping"}))
        assert json.loads(connection.recv(timeout=20)) == {"type": "pong"}
        yield Followed(connection)
