"""The relay's publisher: everything confirmed, in order within a subject, and nothing lost in silence."""

from __future__ import annotations

import os
import signal
from collections import defaultdict
from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

import kombu
import psutil
import pytest

from crm_common.ids import Uuid7
from crm_common.protocol.declare import Envelope
from crm_common.runtime.client import EventPublisher
from crm_common.runtime.connection import connect
from crm_common.runtime.events import BrokerPublisher, _Batch
from crm_common.runtime.publishing import LocalPublisher
from crm_common.runtime.wire import STREAM
from crm_servers.rabbitmq import RabbitServer
from crm_servers.waiting import free_ports
from ledger.waiting import until

new_id = Uuid7()


def event(subject: str = "note/1", seq: int = 1, **data: Any) -> Envelope:
    return Envelope(
        id=new_id(),
        type="note.written",
        source="/crm/probe",
        subject=subject,
        seq=seq,
        time=datetime.now(UTC),
        data=data,
    )


class Published:
    """Reads what arrives in a queue bound to the probe's events."""

    def __init__(self, url: str) -> None:
        self._connection = kombu.Connection(url)
        channel = self._connection.channel()
        exchange = kombu.Exchange("probe.events", "topic", durable=True, auto_delete=False)
        self._queue = kombu.Queue(new_id().hex, exchange, "#", exclusive=True)(channel)
        self._queue.declare()

    def read(self, count: int) -> list[tuple[str, str, int]]:
        """``(id, subject, seq)`` of that many messages, in order of arrival."""
        found: list[tuple[str, str, int]] = []

        def on_message(message: kombu.Message) -> None:
            headers = message.headers
            found.append((headers["ce-id"], headers["ce-subject"], int(headers["ce-seq"])))

        with kombu.Consumer(self._queue.channel, [self._queue], on_message=on_message, no_ack=True):
            while len(found) < count:
                self._connection.drain_events(timeout=10)
        return found

    def close(self) -> None:
        self._connection.close()


@pytest.fixture
def publisher(rabbitmq_vhost: str) -> Iterator[BrokerPublisher]:
    made = BrokerPublisher(rabbitmq_vhost, service="probe")
    yield made
    made.close()


@pytest.mark.infra
def test_what_is_confirmed_has_arrived_in_order_within_each_subject(
    publisher: BrokerPublisher, rabbitmq_vhost: str
) -> None:
    assert publisher.publish([]) == set()
    published = Published(rabbitmq_vhost)
    events = [event(f"note/{number % 7}", number // 7 + 1, number=number) for number in range(700)]
    confirmed = publisher.publish(events)
    arrived = published.read(700)
    published.close()

    assert confirmed == {each.id for each in events}
    assert {UUID(found) for found, _, _ in arrived} == confirmed
    order = defaultdict(list)
    for _, subject, seq in arrived:
        order[subject].append(seq)
    assert order == {f"note/{number}": list(range(1, 101)) for number in range(7)}


@pytest.mark.infra
def test_more_than_the_window_is_published_in_one_call(publisher: BrokerPublisher) -> None:
    events = [event(f"note/{number}") for number in range(2500)]

    assert publisher.publish(events) == {each.id for each in events}


@pytest.mark.infra
def test_an_event_that_not_even_the_stream_takes_is_not_confirmed(
    publisher: BrokerPublisher, rabbitmq_vhost: str
) -> None:
    kept = event("note/kept")
    assert publisher.publish([kept]) == {kept.id}
    with kombu.Connection(rabbitmq_vhost) as connection:
        connection.channel().queue_unbind(STREAM, "probe.events", "#")
    lost = [event("note/lost"), event("note/lost", 2)]
    refused = publisher.publish(lost)
    # a new connection declares the binding again
    publisher.close()
    again = publisher.publish(lost)

    assert refused == set()
    assert again == {each.id for each in lost}


@pytest.mark.infra
def test_without_a_broker_nothing_is_confirmed_and_nothing_raised() -> None:
    (nobody,) = free_ports(1)
    publisher = BrokerPublisher(f"amqp://guest:guest@127.0.0.1:{nobody}/", service="probe")

    assert publisher.publish([event()]) == set()


@pytest.mark.infra
def test_it_publishes_again_after_the_broker_was_gone(own_rabbitmq: RabbitServer) -> None:
    publisher = BrokerPublisher(own_rabbitmq.url, service="probe")
    first, second = event(), event(seq=2)
    assert publisher.publish([first]) == {first.id}
    own_rabbitmq.stop()
    while_gone = publisher.publish([second])
    own_rabbitmq.start()

    assert while_gone == set()
    assert until(lambda: publisher.publish([second]), "published again") == {second.id}
    publisher.close()


@pytest.mark.infra
def test_a_frozen_broker_is_left_after_the_confirm_timeout(own_rabbitmq: RabbitServer) -> None:
    publisher = BrokerPublisher(own_rabbitmq.url, service="probe", confirm_timeout=0.5)
    first, second = event(), event(seq=2)
    assert publisher.publish([first]) == {first.id}
    pid = own_rabbitmq.pid()
    assert pid is not None
    os.kill(pid, signal.SIGSTOP)
    until(lambda: psutil.Process(pid).status() == psutil.STATUS_STOPPED, "the broker stands still")
    while_frozen = publisher.publish([second])
    os.kill(pid, signal.SIGCONT)

    assert while_frozen == set()
    assert until(lambda: publisher.publish([second]), "published again") == {second.id}
    publisher.close()


@pytest.mark.infra
def test_a_connection_idle_for_longer_than_its_heartbeats_is_noticed(publisher: BrokerPublisher) -> None:
    assert publisher.publish([first := event()]) == {first.id}
    connect_again = publisher._connection
    assert connect_again is not None
    # what a broker does that has not heard from this side for two intervals
    connect_again.transport.sock.shutdown(2)

    second = event(seq=2)
    assert until(lambda: publisher.publish([second]), "published again") == {second.id}


def test_a_subject_s_next_event_is_sent_only_after_the_one_before_was_confirmed() -> None:
    one, two, other = event("a", 1), event("a", 2), event("b", 1)
    batch = _Batch([one, two, other])
    assert list(batch.ready) == [one, other]
    batch.waiting = {1: one, 2: other}
    batch.ready.clear()
    batch.settle(2, multiple=False, confirmed=True)
    assert (list(batch.ready), batch.confirmed) == ([], {other.id})
    batch.settle(1, multiple=False, confirmed=True)
    assert (list(batch.ready), batch.confirmed) == ([two], {other.id, one.id})


def test_one_confirm_may_stand_for_all_before_it() -> None:
    events = [event(str(number)) for number in range(4)]
    batch = _Batch(events)
    batch.waiting = dict(enumerate(events, 1))
    batch.settle(3, multiple=True, confirmed=True)

    assert batch.confirmed == {each.id for each in events[:3]}
    assert batch.waiting == {4: events[3]}


@pytest.mark.parametrize("how", ["refused", "returned"])
def test_what_follows_an_unconfirmed_event_of_its_subject_stays_behind(how: str) -> None:
    one, two = event("a", 1), event("a", 2)
    batch = _Batch([one, two])
    batch.waiting = {1: batch.ready.popleft()}
    if how == "returned":
        batch.returned.add(one.id)
    batch.settle(1, multiple=False, confirmed=how == "returned")

    assert (list(batch.ready), batch.waiting, batch.confirmed) == ([], {}, set())


def test_a_confirm_for_nobody_is_ignored() -> None:
    batch = _Batch([])
    batch.settle(17, multiple=False, confirmed=True)
    batch.settle(17, multiple=True, confirmed=True)

    assert batch.confirmed == set()


class Inbox:
    """Remembers what is stored; refuses what it is told to refuse."""

    def __init__(self, *refused: UUID) -> None:
        self.refused = refused
        self.stored: list[tuple[str, UUID]] = []

    def store_messages(self, messages: Any) -> int:
        if any(each.id in self.refused for _, each in messages):
            raise RuntimeError("not this one")
        self.stored += [(consumer, each.id) for consumer, each in messages if (consumer, each.id) not in self.stored]
        return len(messages)


def test_locally_every_subscriber_and_then_the_feed_gets_every_event() -> None:
    one, other = Inbox(), Inbox()
    told: list[Envelope] = []
    publisher: EventPublisher = LocalPublisher(lambda _: [(one, "a"), (one, "b"), (other, "c")], told.append)
    events = [event(seq=1), event(seq=2)]

    assert publisher.publish(events) == {each.id for each in events}
    assert one.stored == [("a", events[0].id), ("b", events[0].id), ("a", events[1].id), ("b", events[1].id)]
    assert other.stored == [("c", events[0].id), ("c", events[1].id)]
    assert told == events


def test_locally_one_event_that_is_refused_holds_back_its_subject_only() -> None:
    a1, a2, b1, a3, b2 = event("a", 1), event("a", 2), event("b", 1), event("a", 3), event("b", 2)
    inbox = Inbox(a2.id)
    told: list[Envelope] = []

    assert LocalPublisher(lambda _: [(inbox, "x")], told.append).publish([a1, a2, b1, a3, b2]) == {a1.id, b1.id, b2.id}
    assert told == [a1, b1, b2]


def test_locally_values_are_those_of_json() -> None:
    told: list[Envelope] = []
    LocalPublisher(lambda _: [], told.append).publish([event(id=UUID(int=1), ids=(1, 2))])

    assert told[0].data == {"id": "00000000-0000-0000-0000-000000000001", "ids": [1, 2]}


@pytest.mark.infra
def test_relay_connections_bear_a_name(rabbitmq_vhost: str) -> None:
    connection = connect(rabbitmq_vhost, name="probe.relay")

    assert connection.client_properties["connection_name"] == "probe.relay"
    assert connection.heartbeat == 10
    connection.close()
