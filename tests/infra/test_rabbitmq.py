"""The test RabbitMQ is real: quorum queues, streams, virtual hosts, stop, kill and start again, all on the loopback."""

from __future__ import annotations

import socket

import kombu
import psutil
import pytest

from crm_servers.rabbitmq import RabbitServer
from infra.rabbitmq import SharedRabbit

QUORUM = {"x-queue-type": "quorum"}
STREAM = {"x-queue-type": "stream"}


def publish(url: str, queue: str, body: str, arguments: dict[str, str]) -> None:
    """Declares the queue and publishes one persistent message; returns after the broker's confirm."""
    with (
        kombu.Connection(url, transport_options={"confirm_publish": True}) as connection,
        connection.channel() as channel,
    ):
        kombu.Queue(queue, durable=True, queue_arguments=arguments, channel=channel).declare()
        kombu.Producer(channel).publish(body, routing_key=queue, delivery_mode=2, mandatory=True, timeout=10)


def take(url: str, queue: str) -> str | None:
    with kombu.Connection(url) as connection, connection.channel() as channel:
        message = kombu.Queue(queue, channel=channel).get(no_ack=True)
        return None if message is None else str(message.payload)


def read_stream(url: str, queue: str) -> list[str]:
    """The first message of a stream, read from its beginning without taking it away."""
    seen: list[str] = []

    def on_message(body: str, message: kombu.Message) -> None:
        seen.append(body)
        message.ack()

    with kombu.Connection(url) as connection, connection.channel() as channel:
        channel.basic_qos(0, 10, False)
        from_start = kombu.Queue(queue, no_declare=True, consumer_arguments={"x-stream-offset": "first"})
        with kombu.Consumer(channel, queues=[from_start], callbacks=[on_message], auto_declare=False):
            connection.drain_events(timeout=10)
    return seen


def test_quorum_queues_and_streams_work_in_a_virtual_host_of_the_module(rabbitmq_vhost: str) -> None:
    publish(rabbitmq_vhost, "orders", "one", QUORUM)
    assert take(rabbitmq_vhost, "orders") == "one"
    assert take(rabbitmq_vhost, "orders") is None
    publish(rabbitmq_vhost, "history", "two", STREAM)
    assert read_stream(rabbitmq_vhost, "history") == ["two"]
    assert read_stream(rabbitmq_vhost, "history") == ["two"]


def test_virtual_hosts_are_strangers_to_one_another(rabbitmq: SharedRabbit) -> None:
    one, other = rabbitmq.create_vhost("same"), rabbitmq.create_vhost("same")
    publish(one, "only-here", "x", QUORUM)
    assert [queue["name"] for queue in rabbitmq.queues(one)] == ["only-here"]
    assert rabbitmq.queues(other) == []
    rabbitmq.drop_vhost(one)
    rabbitmq.drop_vhost(other)


def test_an_own_node_keeps_messages_over_kill_9_and_an_orderly_stop(own_rabbitmq: RabbitServer) -> None:
    node = own_rabbitmq
    publish(node.url, "orders", "before the kill", QUORUM)
    node.settle()
    node.kill()
    with pytest.raises(ConnectionRefusedError), socket.create_connection(("127.0.0.1", node.amqp_port)):
        pass
    node.start()
    assert take(node.url, "orders") == "before the kill"
    publish(node.url, "orders", "before the stop", QUORUM)
    node.stop()
    assert not node.running()
    node.start()
    assert take(node.url, "orders") == "before the stop"


def test_an_own_node_listens_on_the_loopback_only_and_answers_rabbitmqctl(own_rabbitmq: RabbitServer) -> None:
    pid = own_rabbitmq.pid()
    assert pid is not None
    group = [each for each in psutil.process_iter() if same_group(each.pid, pid)]
    addresses = {at.laddr.ip for each in group for at in each.net_connections() if at.status == "LISTEN"}
    assert {each.name() for each in group} >= {"epmd", "beam.smp"}
    assert "127.0.0.1" in addresses
    assert addresses <= {"127.0.0.1", "::1"}
    assert own_rabbitmq.ctl("list_vhosts", "name").split() == ["name", "/"]


def same_group(pid: int, leader: int) -> bool:
    import os

    try:
        return os.getpgid(pid) == leader
    except ProcessLookupError:
        return False
