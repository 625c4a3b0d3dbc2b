"""Takes the events of a service's subscriptions from their queues into its inbox, in order; then acknowledges them."""

# mypy: disallow-untyped-calls=False
from __future__ import annotations

import threading
import time
from collections import deque

import amqp

from crm_common import telemetry
from crm_common.protocol.declare import Envelope
from crm_common.runtime import measures, topology
from crm_common.runtime.assembly import Assembly
from crm_common.runtime.connection import BROKEN, KeptConnection, open_channel, send
from crm_common.runtime.declaration import Subscription
from crm_common.runtime.frames import acknowledgement
from crm_common.runtime.wire import read_event
from crm_common.store import DatabaseLostError

EVENTS_AHEAD = 100
"""Events that a subscription takes before it has stored them; it stores what is there at once."""

_LONGEST_PAUSE = 5.0


class Subscribers:
    """All subscriptions of a service, on a connection of their own: renewing it disturbs no call being answered."""

    def __init__(self, url: str, assembly: Assembly) -> None:
        self._service = assembly.host.service
        self._storing = [Storing(assembly, each) for each in assembly.dispatcher.declaration.subscriptions]
        self._stopping = False
        self.connection = KeptConnection(url, name=f"{self._service}.events", setup=self._open, lost=self._lose)

    def start(self) -> None:
        """Begin to consume; again after every loss of the connection."""
        for storing in self._storing:
            storing.start()
        self.connection.start()

    def stop(self, seconds: float) -> bool:
        """Store what is in hand and leave the rest to others; False when ``seconds`` were not enough."""
        self._stopping = True
        until = time.monotonic() + seconds
        late = [each for each in self._storing if not each.stop(max(0.0, until - time.monotonic()))]
        self.connection.stop()
        return not late

    def _open(self, connection: amqp.Connection) -> None:
        if self._stopping:
            return
        for storing in self._storing:
            topology.alarm_if_missing(connection, self._service, storing.subscription)
            channel = open_channel(connection)
            queue = topology.declare_subscription(connection, channel, self._service, storing.subscription)
            channel.basic_qos(0, EVENTS_AHEAD, False)
            channel.basic_consume(queue, callback=storing.take, on_cancel=self._renew)

    def _lose(self) -> None:
        for storing in self._storing:
            storing.forget()

    def _renew(self, _tag: str) -> None:
        # RabbitMQ cancels the consumer of a queue that somebody removes
        self.connection.renew()


class Storing:
    """One subscription's way into the inbox, on a thread of its own."""

    def __init__(self, assembly: Assembly, subscription: Subscription) -> None:
        self.subscription = subscription
        self._inbox = assembly.inbox
        self._queue = topology.queue_of(assembly.host.service, subscription)
        self._log = telemetry.logger(assembly.host.service)
        self._waiting: deque[amqp.Message] = deque()
        self._something = threading.Event()
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._run, name=self._queue, daemon=True)

    def start(self) -> None:
        """Begin to store."""
        self._thread.start()

    def stop(self, seconds: float) -> bool:
        """Finish what is in hand; what waits behind it goes back to the queue with the connection."""
        self._stop.set()
        self._something.set()
        self._thread.join(seconds)
        return not self._thread.is_alive()

    def take(self, message: amqp.Message) -> None:
        """A message has arrived."""
        self._waiting.append(message)
        self._something.set()

    def forget(self) -> None:
        """The connection is gone: what waits here will be delivered again."""
        self._waiting.clear()

    def _run(self) -> None:
        while not self._stop.is_set():
            self._something.wait()
            self._something.clear()
            while self._waiting and not self._stop.is_set():
                taken = [self._waiting.popleft() for _ in range(len(self._waiting))]
                self._work(taken)

    def _work(self, messages: list[amqp.Message]) -> None:
        # by id: a message that came back after a lost connection may stand here twice
        events = {event.id: event for message in messages if (event := self._readable(message))}
        if not events or self._stored(list(events.values())):
            acknowledge(messages[-1], multiple=True)

    def _readable(self, message: amqp.Message) -> Envelope | None:
        try:
            return read_event(message.properties.get("application_headers") or {}, message.body)
        except ValueError as strange:
            measures.unreadable.labels(self._queue).inc()
            self._log.error("subscription.unreadable", queue=self._queue, problem=str(strange))
            return None

    def _stored(self, events: list[Envelope]) -> bool:
        """Store them, waiting for the database as long as it takes; False only when told to stop."""
        consumer, pause = self.subscription.consumer, 0.1
        while not self._stop.is_set():
            try:
                self._inbox.store_messages([(consumer, event) for event in events])
            except DatabaseLostError:
                self._log.warning("subscription.waits_for_the_database", queue=self._queue)
                self._stop.wait(pause)
                pause = min(_LONGEST_PAUSE, pause * 2)
            except Exception:  # noqa: BLE001 - the inbox says what it cannot take in many ways
                if len(events) > 1:
                    # one of them cannot be stored: find out which, and do not let it stop the others
                    return all(self._stored([event]) for event in events)
                measures.unreadable.labels(self._queue).inc()
                self._log.exception("subscription.not_storable", queue=self._queue, event_id=str(events[0].id))
                return True
            else:
                return True
        return False


def acknowledge(message: amqp.Message, *, multiple: bool = False) -> None:
    """Tell the broker that a message (``multiple``: and all before it on its channel) is done with."""
    try:
        channel = message.channel
        if channel.connection is not None:
            send(channel, acknowledgement(channel.channel_id, message.delivery_info["delivery_tag"], multiple=multiple))
    except BROKEN:
        # the connection is gone: the broker delivers the message again
        return
