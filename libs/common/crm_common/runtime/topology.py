"""Exchanges and queues as Nameko declares them, except that event queues are quorum queues and a stream keeps all."""

# mypy: disallow-untyped-calls=False
from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import amqp
from amqp.exceptions import NotFound, PreconditionFailed

from crm_common import telemetry
from crm_common.runtime import measures
from crm_common.runtime.connection import connect
from crm_common.runtime.declaration import Subscription
from crm_common.runtime.wire import RPC_EXCHANGE, STREAM, event_exchange, event_queue, rpc_queue

# one replica stores what arrives, the next takes over when it goes: two storing at once would mix up a subject's order
EVENT_QUEUE = {
    "x-queue-type": "quorum",
    "x-single-active-consumer": True,
    # RabbitMQ 4 drops what was delivered 20 times; a service that dies often is no reason to lose an event
    "x-delivery-limit": 1_000_000,
}
STREAM_QUEUE = {"x-queue-type": "stream", "x-max-age": "30D", "x-stream-max-segment-size-bytes": 50_000_000}


def declare_exchange(channel: amqp.Channel, name: str) -> None:
    """A topic exchange with exactly Nameko's attributes: any other would shut plain Nameko services out (406)."""
    channel.exchange_declare(name, "topic", durable=True, auto_delete=False)


def declare_queue(connection: amqp.Connection, name: str, arguments: dict[str, Any] | None = None) -> None:
    """A durable queue. One that is there with other arguments stays, and is told of: it holds messages all the same."""
    # the broker closes a channel on which it was asked for what cannot be
    channel = connection.channel()
    try:
        channel.queue_declare(name, durable=True, auto_delete=False, arguments=arguments)
        channel.close()
    except PreconditionFailed as differs:
        telemetry.logger().warning("broker.queue_is_otherwise", queue=name, problem=differs.reply_text)


def declare_rpc(connection: amqp.Connection, channel: amqp.Channel, service: str) -> str:
    """The queue of a service's calls, bound; its name."""
    queue = rpc_queue(service)
    declare_exchange(channel, RPC_EXCHANGE)
    declare_queue(connection, queue)
    channel.queue_bind(queue, RPC_EXCHANGE, routing_key=f"{service}.*")
    return queue


def declare_events(connection: amqp.Connection, channel: amqp.Channel, service: str) -> None:
    """The exchange of a service's events, bound to the stream."""
    exchange = event_exchange(service)
    declare_exchange(channel, exchange)
    declare_queue(connection, STREAM, STREAM_QUEUE)
    channel.queue_bind(STREAM, exchange, routing_key="#")


def queue_of(service: str, subscription: Subscription) -> str:
    """The name of a subscription's queue."""
    return event_queue(subscription.source, subscription.event_type, service, subscription.consumer)


def declare_subscription(
    connection: amqp.Connection, channel: amqp.Channel, service: str, subscription: Subscription
) -> str:
    """The queue of one subscription, bound; its name."""
    queue = queue_of(service, subscription)
    exchange = event_exchange(subscription.source)
    declare_exchange(channel, exchange)
    declare_queue(connection, queue, EVENT_QUEUE)
    channel.queue_bind(queue, exchange, routing_key=subscription.event_type)
    return queue


def alarm_if_missing(connection: amqp.Connection, service: str, subscription: Subscription) -> None:
    """Log and count when a subscription has no queue: what was published meanwhile did not reach it."""
    queue = queue_of(service, subscription)
    asking = connection.channel()
    try:
        asking.queue_declare(queue, passive=True)
        asking.close()
    except NotFound:
        measures.queue_missing.labels(service, queue).inc()
        telemetry.logger(service).error("subscription.queue_missing", queue=queue, event_type=subscription.event_type)


def declare_all(url: str, service: str, subscriptions: Iterable[Subscription]) -> None:
    """Everything that a service needs on the broker: done when it is installed, before anything is published."""
    connection = connect(url, name=f"{service}.migrate")
    try:
        channel = connection.channel()
        declare_rpc(connection, channel, service)
        declare_events(connection, channel, service)
        for subscription in subscriptions:
            declare_subscription(connection, channel, service, subscription)
    finally:
        connection.close()
