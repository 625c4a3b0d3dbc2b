"""Subscriptions to what is for one person each: only he is woken, and what he is shown is read with his rights."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any
from uuid import UUID, uuid4

import pytest

from crm_common.context import Context
from edge.desk import Desk
from edge.serving import Served, served
from edge.socket import Socket, socket
from ledger.waiting import until

pytestmark = [pytest.mark.infra, pytest.mark.timeout(60)]

FOLLOW = "subscription { messageArrived { event record { title } } }"


@pytest.fixture
def gateway(desk: Desk) -> Iterator[Served]:
    with served(desk) as made:
        yield made


def titled(payload: dict[str, Any], context: Context) -> list[Any]:
    """Messages by ids, titled with the name of whoever asks."""
    keys = {name: key for key, name, *_ in json.loads(payload["select"])}
    return [{keys["title"]: str(context.authenticated().id)} for _ in payload["ids"]]


def waiting(gateway: Served) -> int:
    return sum(len(each) for each in gateway.gateway.hub._addressed.values())


def follow(gateway: Served, desk: Desk, client: Socket, session: UUID) -> None:
    client.begin(desk.bearer(session))
    before = waiting(gateway)
    client.subscribe("1", FOLLOW)
    until(lambda: waiting(gateway) == before + 1, "start of the subscription")


def pushed(to: UUID) -> dict[str, Any]:
    return {"data": {"messageArrived": {"event": "message.arrived", "record": {"title": str(to)}}}}


def test_only_whom_an_event_names_is_woken_by_it(gateway: Served, desk: Desk) -> None:
    desk.answers["messages_by_ids"] = titled
    mine, another = desk.begin(), desk.begin()
    me, him = desk.actors[mine].id, desk.actors[another].id
    with socket(gateway) as client, socket(gateway) as bystander:
        follow(gateway, desk, client, mine)
        follow(gateway, desk, bystander, another)
        desk.tell("message.arrived", uuid4(), {"receiver_id": str(me)})
        assert client.hear()["payload"] == pushed(me)
        bystander.say({"type": "ping"})
        assert bystander.hear() == {"type": "pong"}
        assert desk.called("messages_by_ids") == 1
        desk.tell("message.arrived", uuid4(), {"receiver_id": str(him)})
        assert bystander.hear()["payload"] == pushed(him)
        assert desk.called("messages_by_ids") == 2
    until(lambda: gateway.gateway.hub._addressed == {}, "end of the subscriptions")


def test_a_session_that_ended_hears_nothing_more_of_its_own(gateway: Served, desk: Desk) -> None:
    desk.answers["messages_by_ids"] = titled
    session = desk.begin()
    me = desk.actors[session].id
    with socket(gateway) as client:
        follow(gateway, desk, client, session)
        desk.end(session)
        desk.tell("message.arrived", uuid4(), {"receiver_id": str(me)})
        assert client.closed() == (4401, "Please log in.")
    assert desk.called("messages_by_ids") == 0
