"""graphql-transport-ws: HTTP's rules on a socket, each event judged by the subscriber's session as it is then."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import pytest
from websockets.exceptions import InvalidStatus

from edge.desk import Desk
from edge.serving import Served, served
from edge.socket import FOLLOW, changed, first_department, follow, following, socket
from gateway.settings import Limits, Live
from ledger.waiting import until

pytestmark = pytest.mark.infra


@pytest.fixture
def gateway(desk: Desk) -> Iterator[Served]:
    with served(desk) as running:
        yield running


# --- the protocol ----------------------------------------------------------------------------------------------


def test_a_query_is_answered_with_next_and_complete(gateway: Served, desk: Desk) -> None:
    with socket(gateway) as client:
        client.begin(desk.bearer())
        client.subscribe("q", "query A { __typename } query B { me { id } }", operationName="A")
        answer = client.hear()
        assert (answer["id"], answer["type"]) == ("q", "next")
        assert answer["payload"]["data"] == {"__typename": "Query"}
        assert answer["payload"]["extensions"]["cost"] == {"requested": 1, "limit": 20_000}
        assert client.hear() == {"id": "q", "type": "complete"}


def test_the_authorization_may_also_stand_in_the_handshake(gateway: Served, desk: Desk) -> None:
    with socket(gateway, additional_headers=desk.bearer()) as client:
        client.begin({})


def test_pings_are_answered_with_their_payload(gateway: Served) -> None:
    with socket(gateway) as client:
        client.say({"type": "ping"})
        assert client.hear() == {"type": "pong"}
        client.say({"type": "ping", "payload": {"a": 1}})
        assert client.hear() == {"type": "pong", "payload": {"a": 1}}
        client.say({"type": "pong"})


@pytest.mark.parametrize("subprotocols", [(), ("graphql-ws",)])
def test_another_subprotocol_is_4406(gateway: Served, subprotocols: tuple[str, ...]) -> None:
    with socket(gateway, subprotocols=subprotocols) as client:
        assert client.closed()[0] == 4406


@pytest.mark.parametrize(
    "message",
    [
        "", "{", "null", "[]", '"x"', "{}", '{"type": 7}', '{"type": "hello"}', b'{"type": "ping"}',
        '{"type": "complete"}', '{"type": "complete", "id": ""}', '{"type": "complete", "id": "%s"}' % ("x" * 129),
        '{"type": "ping", "type": "ping"}', '{"type": "ping", "payload": ' + "[" * 5_000 + "]" * 5_000 + "}",
        '{"type": "connection_init", "payload": 7}',
    ],
)  # fmt: skip
def test_what_is_no_message_is_4400(gateway: Served, message: str | bytes) -> None:
    with socket(gateway) as client:
        client.say(message)
        assert client.closed()[0] == 4400


@pytest.mark.parametrize("payload", [None, 7, [], {}, {"query": 7}, {"query": "{__typename}", "variables": 7}])
def test_a_subscribe_without_an_operation_is_4400(gateway: Served, desk: Desk, payload: Any) -> None:
    with socket(gateway) as client:
        client.begin(desk.bearer())
        client.say({"id": "1", "type": "subscribe", "payload": payload})
        assert client.closed()[0] == 4400


def test_an_operation_before_the_acknowledgement_is_4401(gateway: Served) -> None:
    with socket(gateway) as client:
        client.subscribe("1", "{ __typename }")
        assert client.closed()[0] == 4401


def test_a_second_initialisation_is_4429(gateway: Served, desk: Desk) -> None:
    with socket(gateway) as client:
        client.begin(desk.bearer())
        client.say({"type": "connection_init", "payload": desk.bearer()})
        assert client.closed()[0] == 4429


def test_who_does_not_introduce_himself_in_time_is_4408(desk: Desk) -> None:
    with served(desk, live=Live(init_timeout=0.1)) as gateway, socket(gateway) as client:
        assert client.closed()[0] == 4408


def test_an_id_in_use_is_4409_and_may_be_used_again_when_it_is_done(gateway: Served, desk: Desk) -> None:
    with socket(gateway) as client:
        client.begin(desk.bearer())
        for _ in range(2):
            client.subscribe("1", "{ __typename }")
            assert [client.hear()["type"], client.hear()["type"]] == ["next", "complete"]
        follow(gateway, client)
        client.subscribe("1", FOLLOW)
        assert client.closed()[0] == 4409


def test_a_message_beyond_the_limit_of_a_body_closes_the_socket(desk: Desk) -> None:
    with served(desk, limits=Limits(body=1_000)) as gateway, socket(gateway) as client:
        client.begin(desk.bearer())
        empty = len('{"type": "ping", "payload": {"a": ""}}')
        client.say({"type": "ping", "payload": {"a": "x" * (1_000 - empty)}})
        assert client.hear()["type"] == "pong"
        client.say({"type": "ping", "payload": {"a": "x" * (1_001 - empty)}})
        assert client.closed()[0] == 1009


def test_pages_of_foreign_origins_may_not_open_a_socket(desk: Desk) -> None:
    with served(desk, allowed_origins=("https://crm.example.com",)) as gateway:
        for origin in ("https://crm.example.com", f"http://127.0.0.1:{gateway.port}", None):
            with socket(gateway, origin=origin) as client:
                client.begin(desk.bearer())
        for origin in ("https://evil.example.com", "null", f"http://127.0.0.1:{gateway.port}.evil.example.com"):
            with pytest.raises(InvalidStatus), socket(gateway, origin=origin):
                pass


# --- who ---------------------------------------------------------------------------------------------------------


def test_without_a_session_there_is_no_socket(gateway: Served, desk: Desk) -> None:
    for payload, code in (
        ({}, 4403),
        ({"authorization": "Bearer nonsense"}, 4401),
        ({"authorization": "Basic YQ=="}, 4401),
    ):
        with socket(gateway) as client:
            client.say({"type": "connection_init", "payload": payload})
            assert client.closed()[0] == code
    assert len(gateway.gateway.connections) == 0


def test_the_reason_speaks_the_clients_language(gateway: Served) -> None:
    with socket(gateway) as client:
        client.say({"type": "connection_init", "payload": {"authorization": "Bearer x", "accept-language": "zh-CN"}})
        assert client.closed() == (4401, "请先登录。")


def test_a_socket_ends_with_its_token(gateway: Served, desk: Desk) -> None:
    with socket(gateway) as client:
        client.begin(desk.bearer(seconds=1.5))
        assert client.closed() == (4401, "Please log in.")


def test_a_socket_ends_when_its_session_does_though_nothing_else_happens(gateway: Served, desk: Desk) -> None:
    session, other = desk.begin(), desk.begin()
    with socket(gateway) as client, socket(gateway) as bystander:
        client.begin(desk.bearer(session))
        bystander.begin(desk.bearer(other))
        follow(gateway, client)
        desk.end(session)
        assert client.closed() == (4401, "Please log in.")
        bystander.say({"type": "ping"})
        assert bystander.hear() == {"type": "pong"}
    until(lambda: following(gateway) == 0, "end of the subscription")


def test_sockets_whose_session_ended_unheard_end_when_events_come_again(gateway: Served, desk: Desk) -> None:
    session = desk.begin()
    with socket(gateway) as client:
        client.begin(desk.bearer(session))
        del desk.actors[session]
        (listener,) = desk.feed._listeners
        gateway.inside(listener.gap)
        assert client.closed()[0] == 4401


def test_an_actor_may_open_so_many_sockets(desk: Desk) -> None:
    session = desk.begin()
    with served(desk, limits=Limits(sockets=1)) as gateway:
        with socket(gateway) as first:
            first.begin(desk.bearer(session))
            with socket(gateway) as second:
                second.say({"type": "connection_init", "payload": desk.bearer(session)})
                assert second.closed()[0] == 4429
            with socket(gateway) as of_another:
                of_another.begin(desk.bearer())
        until(lambda: len(gateway.gateway.connections) == 0, "close of the sockets")
        with socket(gateway) as again:
            again.begin(desk.bearer(session))


# --- events ------------------------------------------------------------------------------------------------------


def test_an_event_is_pushed_as_the_record_is_now(gateway: Served, desk: Desk) -> None:
    department, name = first_department(desk)
    with socket(gateway) as client:
        client.begin(desk.bearer())
        follow(gateway, client)
        desk.tell("department.updated", department, {"name": "a name that was true once"})
        assert client.hear() == {"id": "1", "type": "next", "payload": changed(name)}
        client.say({"id": "1", "type": "complete"})
        until(lambda: following(gateway) == 0, "end of the subscription")
        desk.tell("department.updated", department)
        client.say({"type": "ping"})
        assert client.hear() == {"type": "pong"}


def test_only_the_records_asked_for_are_pushed(gateway: Served, desk: Desk) -> None:
    from crm_common.ids import to_global

    (one, _), (two, name) = list(desk.departments.items())[:2]
    with socket(gateway) as client:
        client.begin(desk.bearer())
        follow(gateway, client, ids=[to_global("Department", two)])
        desk.tell("department.updated", one)
        desk.tell("department.updated", two)
        assert client.hear()["payload"] == changed(name)


def test_what_the_subscriber_may_not_see_is_not_pushed(gateway: Served, desk: Desk) -> None:
    from uuid import uuid4

    department, name = first_department(desk)
    with socket(gateway) as client:
        client.begin(desk.bearer())
        follow(gateway, client)
        desk.tell("department.updated", uuid4())
        desk.tell("department.updated", department)
        assert client.hear()["payload"] == changed(name)


def test_each_event_is_judged_by_the_rights_of_that_moment(gateway: Served, desk: Desk) -> None:
    department, name = first_department(desk)
    session = desk.begin()
    with socket(gateway) as client:
        client.begin(desk.bearer(session))
        follow(gateway, client)
        desk.tell("department.updated", department)
        assert client.hear()["payload"] == changed(name)
        actor = desk.actors[session]
        desk.actors[session] = replace(actor, permissions=frozenset())
        desk.tell("employee.updated", actor.id)
        desk.tell("department.updated", department)
        refusal = client.hear()
        assert (refusal["id"], refusal["type"]) == ("1", "error")
        assert [error["extensions"]["code"] for error in refusal["payload"]] == ["FORBIDDEN"]
        client.say({"type": "ping"})
        assert client.hear() == {"type": "pong"}
    assert following(gateway) == 0


def test_a_locked_session_hears_nothing_more(gateway: Served, desk: Desk) -> None:
    department, _ = first_department(desk)
    session = desk.begin()
    with socket(gateway) as client:
        client.begin(desk.bearer(session))
        follow(gateway, client)
        desk.actors[session] = replace(desk.actors[session], restricted="the_session_is_locked")
        desk.tell("session.locked", session)
        desk.tell("department.updated", department)
        refusal = client.hear()
        assert [error["extensions"]["code"] for error in refusal["payload"]] == ["SESSION_LOCKED"]


def test_a_subscription_needs_its_right_from_the_start(gateway: Served, desk: Desk) -> None:
    with socket(gateway) as client:
        client.begin(desk.bearer(desk.begin(permissions=frozenset())))
        client.subscribe("1", FOLLOW)
        refusal = client.hear()
        assert (refusal["type"], refusal["payload"][0]["extensions"]["code"]) == ("error", "FORBIDDEN")
    assert following(gateway) == 0


def test_a_subscription_ends_when_events_may_be_missing(gateway: Served, desk: Desk) -> None:
    with socket(gateway) as client:
        client.begin(desk.bearer())
        follow(gateway, client)
        (listener,) = desk.feed._listeners
        gateway.inside(listener.gap)
        refusal = client.hear()
        assert refusal["type"] == "error"
        assert [error["extensions"]["rule"] for error in refusal["payload"]] == ["events_may_be_missing"]
