"""Clients that hold a connection without using it are let go: heads and bodies must arrive in their time."""

from __future__ import annotations

import json
import socket

import pytest

from edge.desk import Desk
from edge.serving import Served, served
from edge.socket import socket as websocket
from gateway.settings import Limits, Rates

pytestmark = pytest.mark.infra

BODY = b'{"query":"{__typename}"}'
HEAD = b"POST /graphql HTTP/1.1\r\nHost: crm\r\nContent-Type: application/json\r\nContent-Length: %d\r\n\r\n" % len(
    BODY
)


def said(gateway: Served, *parts: bytes) -> bytes:
    """What the gateway answers to these parts before it closes the connection."""
    with socket.create_connection(("127.0.0.1", gateway.port), timeout=8) as connection:
        for part in parts:
            connection.sendall(part)
        answer = b""
        while received := connection.recv(65_536):
            answer += received
        return answer


@pytest.mark.parametrize("head", [b"", b"POST /gra", HEAD[:-2]])
def test_a_head_that_does_not_come_closes_the_connection(desk: Desk, head: bytes) -> None:
    with served(desk, limits=Limits(head_seconds=0.2)) as gateway:
        assert said(gateway, head) == b""


def test_a_second_head_that_does_not_come_closes_the_connection_after_the_first_answer(desk: Desk) -> None:
    with served(desk, limits=Limits(head_seconds=0.2)) as gateway:
        answer = said(gateway, HEAD + BODY, b"POST /graphql HTTP/1.1\r\nHo")
    assert answer.startswith(b"HTTP/1.1 200 OK")
    assert json.loads(answer.partition(b"\r\n\r\n")[2])["data"] == {"__typename": "Query"}


@pytest.mark.parametrize("body", [b"", BODY[:5]])
def test_a_body_that_does_not_come_is_408(desk: Desk, body: bytes) -> None:
    with (
        served(desk, limits=Limits(body_seconds=0.2), drain_seconds=1) as gateway,
        socket.create_connection(("127.0.0.1", gateway.port), timeout=8) as connection,
    ):
        connection.sendall(HEAD + body)
        answer = connection.recv(65_536)
    assert answer.startswith(b"HTTP/1.1 408 Request Timeout")


def test_sockets_are_opened_at_the_rate_of_their_address(desk: Desk) -> None:
    from websockets.exceptions import InvalidStatus

    with served(desk, rates=Rates(address=0.01, address_burst=2)) as gateway:
        for _ in range(2):
            with websocket(gateway):
                pass
        with pytest.raises(InvalidStatus, match="403"), websocket(gateway):
            pass
