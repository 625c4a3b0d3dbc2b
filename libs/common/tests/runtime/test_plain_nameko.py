"""Others speak to our services with stock tools: Nameko's own client, and a consumer that knows only kombu."""

# mypy: disallow-untyped-calls=False
from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any
from uuid import uuid4

import kombu
import pytest
from nameko.exceptions import MethodNotFound, RemoteError, registry
from nameko.standalone.rpc import ClusterRpcProxy

from crm_common.errors import Code, CrmError
from crm_common.runtime.wire import ERROR_PATH, STREAM
from probe.house import House, asking
from probe.running import Place
from probe.service import ROW, TOKEN

pytestmark = pytest.mark.infra


@contextmanager
def cluster(place: Place, **context_data: Any) -> Iterator[Any]:
    """Stock Nameko's client outside of any service."""
    with ClusterRpcProxy({"AMQP_URI": place.amqp_url}, context_data=context_data, timeout=10) as proxy:
        yield proxy


def test_a_plain_client_calls_a_service(broker: House, place: Place) -> None:
    with cluster(place) as services:
        assert services.probe.rows(count=2) == [ROW, ROW]
        assert services.probe.raw_rows(count=1) == [{"n": 1, "name": "王小明"}]


def test_a_plain_client_sees_the_refusal_by_name(broker: House, place: Place) -> None:
    with cluster(place) as services, pytest.raises(RemoteError) as raised:
        services.probe.broken(how="refusal")

    assert raised.value.exc_type == "CrmError"
    assert raised.value.value == "LIMIT_EXCEEDED the_probe_is_full: At most 10 fit."


def test_a_plain_client_that_knows_our_error_gets_it_typed(
    broker: House, place: Place, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(registry, ERROR_PATH, CrmError.from_wire)

    with cluster(place) as services, pytest.raises(CrmError) as raised:
        services.probe.broken(how="refusal")
    assert (raised.value.code, raised.value.rule, raised.value.field) == (
        Code.LIMIT_EXCEEDED, "the_probe_is_full", "count",
    )  # fmt: skip


def test_a_plain_client_is_told_of_a_missing_method_as_nameko_does(broker: House, place: Place) -> None:
    with cluster(place) as services, pytest.raises(MethodNotFound, match="no_such_method"):
        services.probe.no_such_method()


def test_fields_go_by_name(broker: House, place: Place) -> None:
    with cluster(place) as services, pytest.raises(RemoteError, match="fields_are_passed_by_name"):
        services.probe.rows(2)


def test_without_a_token_a_plain_client_is_nobody(broker: House, place: Place) -> None:
    with cluster(place) as services, pytest.raises(RemoteError, match="UNAUTHENTICATED a_valid_session_is_needed"):
        services.probe.guarded()


def test_a_token_makes_a_plain_client_somebody(broker: House, place: Place) -> None:
    with cluster(place, token=TOKEN) as services:
        assert services.probe.guarded() == {"ok": True}
        assert services.probe.who_asks()["actor"] == {"name": "import robot", "kind": "API_CLIENT"}
    with cluster(place, token="guessed") as services, pytest.raises(RemoteError, match="UNAUTHENTICATED"):
        services.probe.guarded()


def test_a_call_that_is_no_json_is_refused_and_does_no_harm(broker: House, place: Place) -> None:
    with kombu.Connection(place.amqp_url) as connection:
        reply = connection.SimpleQueue("", queue_opts={"exclusive": True, "auto_delete": True, "durable": False})
        kombu.Queue(
            reply.queue.name, kombu.Exchange("nameko-rpc", "topic"), "here", channel=connection.channel()
        ).bind_to("nameko-rpc", "here")
        for body, content_type in (("{", "application/json"), ("x", "application/data"), ("[1]", "application/json")):
            connection.Producer().publish(
                body, exchange="nameko-rpc", routing_key="probe.rows", content_type=content_type,
                content_encoding="utf-8", reply_to="here", correlation_id="c",
            )  # fmt: skip
            answer = json.loads(reply.get(timeout=10).body)
            assert (answer["result"], answer["error"]["exc_type"]) == (None, "CrmError")
            assert answer["error"]["exc_args"][0]["code"] == "VALIDATION"
        reply.close()

    assert broker.call("probe", "rows", {"count": 1}) == [ROW]


def test_a_plain_consumer_receives_an_event_as_nameko_publishes_it(broker: House, place: Place) -> None:
    subject = str(uuid4())
    received: list[tuple[Any, dict[str, Any], str]] = []
    with kombu.Connection(place.amqp_url) as connection:
        queue = kombu.Queue(
            "somebody-else",
            kombu.Exchange("probe.events", "topic", durable=True, auto_delete=False),
            routing_key="note.written",
            exclusive=True,
        )

        def on_message(body: Any, message: kombu.Message) -> None:
            received.append((body, dict(message.headers), message.delivery_info["routing_key"]))
            message.ack()

        with connection.Consumer(queue, callbacks=[on_message]):
            broker.call("probe", "note", {"text": "王小明", "about": subject}, asking(correlation_id="c-9"))
            while not received:
                connection.drain_events(timeout=10)

    ((body, headers, routing_key),) = received
    assert body == {"note_id": subject, "text": "王小明", "number": 1}
    assert routing_key == "note.written"
    assert headers.pop("ce-id")
    assert headers.pop("ce-time").endswith("+00:00")
    assert headers == {
        "ce-specversion": "1.0",
        "ce-source": "/crm/probe",
        "ce-type": "note.written",
        "ce-subject": f"note/{subject}",
        "ce-seq": "1",
        "ce-dataversion": "1",
        "ce-actor": "employee:00000000-0000-0000-0000-000000000001",
        "ce-correlationid": "c-9",
        "nameko.correlation_id": "c-9",
    }


def test_every_event_is_kept_in_the_stream(broker: House, place: Place) -> None:
    text = str(uuid4())
    broker.call("probe", "note", {"text": text})
    kept: list[str] = []

    def on_message(body: Any, message: kombu.Message) -> None:
        kept.append(body.get("text"))
        message.ack()

    with kombu.Connection(place.amqp_url) as connection, connection.channel() as channel:
        channel.basic_qos(0, 100, False)
        stream = kombu.Queue(STREAM, no_declare=True, consumer_arguments={"x-stream-offset": "first"})
        with kombu.Consumer(channel, queues=[stream], callbacks=[on_message], auto_declare=False):
            while text not in kept:
                connection.drain_events(timeout=10)


def test_event_queues_are_quorum_queues_under_nameko_s_names(broker: House, place: Place) -> None:
    with kombu.Connection(place.amqp_url) as connection:
        kombu.Queue(
            "evt-probe-note.written--hearer.hear_the_note",
            durable=True,
            queue_arguments={
                "x-queue-type": "quorum",
                "x-single-active-consumer": True,
                "x-delivery-limit": 1_000_000,
            },
            channel=connection.channel(),
        ).queue_declare()
        kombu.Queue("rpc-probe", durable=True, channel=connection.channel()).queue_declare()
