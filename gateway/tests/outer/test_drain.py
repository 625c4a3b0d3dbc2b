"""On SIGTERM nothing new is taken, running requests are finished, sockets closed with 1001, streams completed."""

from __future__ import annotations

import asyncio
import json
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import httpx
import pytest

from edge.desk import Desk
from edge.serving import served
from edge.socket import socket
from ledger.waiting import until

pytestmark = pytest.mark.infra

ASK = "{ departments { nodes { name } } }"


def test_a_running_request_is_finished_and_a_new_one_finds_nobody(desk: Desk) -> None:
    release = asyncio.Event()
    answered = desk.answers["departments"]

    async def slowly(payload: Any, context: Any) -> Any:
        await release.wait()
        return answered(payload, context)

    desk.answers["departments"] = slowly
    with ThreadPoolExecutor() as pool, served(desk) as gateway:
        running = pool.submit(lambda: httpx.post(gateway.url, json={"query": ASK}, headers=desk.bearer(), timeout=20))
        until(lambda: desk.called("departments") == 1, "request at the service")
        gateway.server.should_exit = True
        until(lambda: gateway.gateway.health.draining, "drain")
        with pytest.raises(httpx.ConnectError):
            httpx.get(gateway.url)
        assert not running.done()
        gateway.inside(release.set)
        assert len(running.result(timeout=10).json()["data"]["departments"]["nodes"]) == 3


def test_sockets_are_closed_with_1001_and_streams_are_completed(desk: Desk) -> None:
    follow = "subscription { departmentChanged { event } }"
    with served(desk) as gateway, httpx.Client(timeout=10) as http, socket(gateway) as client:
        client.begin(desk.bearer())
        client.subscribe("1", follow)
        headers = {"accept": "text/event-stream", **desk.bearer()}
        with http.stream("POST", gateway.url, json={"query": follow}, headers=headers) as response:
            until(lambda: len(gateway.gateway.connections) == 2, "socket and stream")
            gateway.server.should_exit = True
            assert client.closed() == (1001, "This server is being replaced; connect again.")
            lines = [line for line in response.iter_lines() if line and not line.startswith(":")]
        assert lines[0] == "event: next"
        assert json.loads(lines[1].removeprefix("data: "))["errors"][0]["extensions"]["code"] == "UNAVAILABLE"
        assert lines[2:] == ["event: complete", "data: "]
        gateway.thread.join(timeout=25)
        assert not gateway.thread.is_alive()


def test_what_does_not_end_is_cut_off_when_the_time_for_draining_is_over(desk: Desk) -> None:
    async def never(_payload: Any, _context: Any) -> Any:
        await asyncio.Event().wait()

    desk.answers["departments"] = never
    with ThreadPoolExecutor() as pool, served(desk, drain_seconds=1) as gateway:
        running = pool.submit(lambda: httpx.post(gateway.url, json={"query": ASK}, headers=desk.bearer(), timeout=20))
        until(lambda: desk.called("departments") == 1, "request at the service")
        gateway.server.should_exit = True
        gateway.thread.join(timeout=10)
        assert not gateway.thread.is_alive()
        assert isinstance(running.exception(timeout=10), httpx.TransportError) or running.result().status_code == 500
