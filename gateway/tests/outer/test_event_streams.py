"""Operations over text/event-stream (graphql-sse, distinct connections), under the same rules as on a socket."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from typing import Any
from uuid import UUID

import httpx
import pytest

from edge.desk import Desk
from edge.serving import Served, served
from gateway.settings import Limits, Live
from ledger.waiting import until

pytestmark = pytest.mark.infra

FOLLOW = "subscription { departmentChanged { event record { name } } }"
EVENTS = {"accept": "text/event-stream"}


@pytest.fixture
def gateway(desk: Desk) -> Iterator[Served]:
    with served(desk) as running:
        yield running


class Stream:
    """The lines of one response."""

    def __init__(self, response: httpx.Response) -> None:
        self.response = response
        self._lines = response.iter_lines()
        self.signs_of_life = 0

    def next(self) -> tuple[str, Any]:
        """The next event as ``(name, data)``; signs of life are counted and passed over."""
        name = ""
        for line in self._lines:
            if line.startswith("event: "):
                name = line.removeprefix("event: ")
            elif line.startswith("data: ") and name:
                text = line.removeprefix("data: ")
                return name, json.loads(text) if text else None
            elif line.startswith(":"):
                self.signs_of_life += 1
        return "end", None


@contextmanager
def stream(gateway: Served, headers: dict[str, str], query: str = FOLLOW) -> Iterator[Stream]:
    with (
        httpx.Client(timeout=8) as http,
        http.stream("POST", gateway.url, json={"query": query}, headers=EVENTS | headers) as response,
    ):
        yield Stream(response)


def following(gateway: Served) -> int:
    return len(gateway.gateway.hub._listeners.get("department.updated", ()))


def department(desk: Desk) -> tuple[UUID, Any]:
    key, name = next(iter(desk.departments.items()))
    return key, {"data": {"departmentChanged": {"event": "department.updated", "record": {"name": name}}}}


def test_a_query_is_one_next_and_complete(gateway: Served) -> None:
    with stream(gateway, {}, "{ __typename }") as events:
        assert events.response.status_code == 200
        assert events.response.headers["content-type"] == "text/event-stream; charset=utf-8"
        assert events.response.headers["cache-control"] == "no-store"
        name, answer = events.next()
        assert (name, answer["data"]) == ("next", {"__typename": "Query"})
        assert events.next() == ("complete", None)
        assert events.next() == ("end", None)


def test_events_are_pushed_until_the_client_goes(gateway: Served, desk: Desk) -> None:
    key, pushed = department(desk)
    with stream(gateway, desk.bearer()) as events:
        until(lambda: following(gateway) == 1, "start of the subscription")
        for _ in range(2):
            desk.tell("department.updated", key)
            assert events.next() == ("next", pushed)
    until(lambda: following(gateway) == 0 and len(gateway.gateway.connections) == 0, "end of the subscription")


def test_a_quiet_stream_shows_signs_of_life(desk: Desk) -> None:
    key, pushed = department(desk)
    with served(desk, live=Live(keep_alive=0.05)) as gateway, stream(gateway, desk.bearer()) as events:
        until(lambda: following(gateway) == 1, "start of the subscription")
        lines = events.response.iter_lines()
        events._lines = lines
        assert [next(lines) for _ in range(6)] == [":", "", ":", "", ":", ""]
        desk.tell("department.updated", key)
        assert events.next() == ("next", pushed)


@pytest.mark.parametrize(
    ("query", "status", "code"),
    [
        ("{", 400, "VALIDATION"),
        ("subscription { nothing }", 400, "VALIDATION"),
        ("subscription { a: departmentChanged { event e: event } }", 400, "LIMIT_EXCEEDED"),
    ],
)
def test_what_cannot_run_is_refused_before_the_stream_begins(desk: Desk, query: str, status: int, code: str) -> None:
    with served(desk, limits=Limits(aliases=1)) as gateway:
        answer = httpx.post(gateway.url, json={"query": query}, headers=EVENTS | desk.bearer())
    assert answer.headers["content-type"].startswith("application/")
    assert answer.json()["errors"][0]["extensions"]["code"] == code
    assert answer.status_code == status


def test_a_subscription_needs_session_and_right(gateway: Served, desk: Desk) -> None:
    for headers, code in (
        ({}, "UNAUTHENTICATED"),
        ({"authorization": "Bearer x"}, "UNAUTHENTICATED"),
        (desk.bearer(desk.begin(permissions=frozenset())), "FORBIDDEN"),
    ):
        answer = httpx.post(gateway.url, json={"query": FOLLOW}, headers=EVENTS | headers)
        assert answer.json()["errors"][0]["extensions"]["code"] == code
    assert following(gateway) == 0


def test_a_stream_ends_with_its_session(gateway: Served, desk: Desk) -> None:
    session = desk.begin()
    with stream(gateway, desk.bearer(session)) as events:
        until(lambda: following(gateway) == 1, "start of the subscription")
        desk.end(session)
        name, answer = events.next()
        assert (name, answer["errors"][0]["extensions"]["code"]) == ("next", "UNAUTHENTICATED")
        assert events.next() == ("complete", None)


def test_a_stream_ends_with_its_token(gateway: Served, desk: Desk) -> None:
    with stream(gateway, desk.bearer(seconds=1.5)) as events:
        name, answer = events.next()
        assert (name, answer["errors"][0]["extensions"]["code"]) == ("next", "UNAUTHENTICATED")
        assert events.next() == ("complete", None)


def test_each_event_is_judged_by_the_rights_of_that_moment(gateway: Served, desk: Desk) -> None:
    key, _ = department(desk)
    session = desk.begin()
    with stream(gateway, desk.bearer(session)) as events:
        until(lambda: following(gateway) == 1, "start of the subscription")
        desk.actors[session] = replace(desk.actors[session], permissions=frozenset())
        desk.tell("role.updated", key)
        desk.tell("department.updated", key)
        name, answer = events.next()
        assert (name, answer["errors"][0]["extensions"]["code"]) == ("next", "FORBIDDEN")
        assert events.next() == ("complete", None)


def test_an_actor_may_open_so_many_streams(desk: Desk) -> None:
    session = desk.begin()
    with served(desk, limits=Limits(sockets=1)) as gateway:
        with stream(gateway, desk.bearer(session)):
            until(lambda: following(gateway) == 1, "start of the subscription")
            refused = httpx.post(gateway.url, json={"query": FOLLOW}, headers=EVENTS | desk.bearer(session))
            assert (refused.status_code, refused.headers["retry-after"]) == (429, "1")
        until(lambda: len(gateway.gateway.connections) == 0, "close of the stream")
        with stream(gateway, desk.bearer(session)):
            until(lambda: following(gateway) == 1, "start of the subscription")


def test_a_client_that_does_not_read_is_cut_off(desk: Desk) -> None:
    key, _ = department(desk)
    desk.departments[key] = "x" * 200_000
    with served(desk, live=Live(send_timeout=0.3, queue=4)) as gateway, stream(gateway, desk.bearer()):

        def pushed_until_cut() -> bool:
            desk.tell("department.updated", key)
            return len(gateway.gateway.connections) == 0

        until(pushed_until_cut, "cut of the slow client", seconds=30)
    assert following(gateway) == 0
