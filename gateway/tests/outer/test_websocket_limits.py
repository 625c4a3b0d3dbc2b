"""The limits of HTTP hold on a socket, and a peer that does not read costs no memory."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest

from edge.desk import Desk
from edge.serving import served
from edge.socket import FOLLOW, changed, first_department, follow, following, socket
from gateway.settings import Limits, Live, Rates
from ledger.waiting import until

pytestmark = pytest.mark.infra


@pytest.mark.parametrize(
    ("document", "code"),
    [
        ("{", "VALIDATION"),
        ("{ nothing }", "VALIDATION"),
        ("{ a: __typename b: __typename }", "LIMIT_EXCEEDED"),
        ("{ departments(first: 100) { nodes { id } } }", "LIMIT_EXCEEDED"),
        ("query A { __typename } query B { __typename }", "VALIDATION"),
    ],
)
def test_the_limits_of_http_hold_on_a_socket(desk: Desk, document: str, code: str) -> None:
    with served(desk, limits=Limits(aliases=1, cost=200)) as gateway, socket(gateway) as client:
        client.begin(desk.bearer())
        client.subscribe("1", document)
        refusal = client.hear()
        assert (refusal["id"], refusal["type"]) == ("1", "error")
        assert refusal["payload"][0]["extensions"]["code"] == code


def test_so_many_operations_run_on_one_socket_and_no_more(desk: Desk) -> None:
    with served(desk, limits=Limits(subscriptions=2)) as gateway, socket(gateway) as client:
        client.begin(desk.bearer())
        follow(gateway, client, "1")
        follow(gateway, client, "2")
        client.subscribe("3", FOLLOW)
        refusal = client.hear()
        assert (refusal["id"], refusal["type"]) == ("3", "error")
        assert refusal["payload"][0]["extensions"]["code"] == "LIMIT_EXCEEDED"
        client.say({"id": "1", "type": "complete"})
        until(lambda: following(gateway) == 1, "end of the first subscription")
        follow(gateway, client, "3")


def test_the_rate_of_an_actor_holds_on_a_socket(desk: Desk) -> None:
    with served(desk, rates=Rates(actor=0.01, actor_burst=2, unknown_document=1)) as gateway, socket(gateway) as client:
        client.begin(desk.bearer())
        types = []
        for n in range(3):
            client.subscribe(str(n), "{ __typename }")
            types.append(client.hear()["type"])
            if types[-1] == "next":
                client.hear()
        assert types == ["next", "next", "error"]


def test_who_only_pings_is_closed_at_the_rate_of_his_address(desk: Desk) -> None:
    with served(desk, rates=Rates(address=0.01, address_burst=5)) as gateway, socket(gateway) as client:
        for _ in range(6):
            client.say({"type": "ping"})
        assert client.closed()[0] == 4429


def test_a_client_that_does_not_read_is_cut_off_and_what_waits_for_it_is_bounded(desk: Desk) -> None:
    """The names are long, the peer takes nothing: its buffers fill, then it is cut; the queue stays bounded."""
    department, _ = first_department(desk)
    desk.departments[department] = "x" * 200_000
    with served(desk, live=Live(send_timeout=0.3, queue=4)) as gateway:
        waiting: list[int] = []

        def pushed_until_cut() -> bool:
            desk.tell("department.updated", department)
            waiting.extend(len(each._waiting) for each in tuple(gateway.gateway.hub._listeners["department.updated"]))
            return len(gateway.gateway.connections) == 0

        with socket(gateway, max_queue=1) as client:
            client.begin(desk.bearer())
            follow(gateway, client)
            try:
                until(pushed_until_cut, "cut of the slow client", seconds=20)
            finally:
                client.connection.socket.close()
        assert max(waiting) <= 4
    assert following(gateway) == 0


def test_a_reader_that_falls_behind_is_told_to_reload(desk: Desk) -> None:
    department, name = first_department(desk)
    release = asyncio.Event()
    answered = desk.answers["departments_by_ids"]

    async def slowly(payload: Any, context: Any) -> Any:
        await release.wait()
        return answered(payload, context)

    desk.answers["departments_by_ids"] = slowly
    with served(desk, live=Live(queue=3)) as gateway, socket(gateway) as client:
        client.begin(desk.bearer())
        follow(gateway, client)
        desk.tell("department.updated", department)
        until(lambda: desk.called("departments_by_ids") == 1, "first event at the subscription")
        for _ in range(4):
            desk.tell("department.updated", department)
        (listener,) = gateway.gateway.hub._listeners["department.updated"]
        until(lambda: listener._failure is not None, "overflow")
        gateway.inside(release.set)
        assert client.hear()["payload"] == changed(name)
        refusal = client.hear()
        assert [error["extensions"]["rule"] for error in refusal["payload"]] == ["the_reader_is_too_slow"]
