"""Takes calls from a service's queue and answers them, as many at once as there are workers."""

# mypy: disallow-untyped-calls=False
from __future__ import annotations

import threading
import time
from collections.abc import Callable
from contextlib import suppress
from typing import Any

import amqp
from amqp import spec
from nameko.exceptions import MethodNotFound, serialize

from crm_common import codec, telemetry
from crm_common.errors import CommonRules, CrmError
from crm_common.protocol.runtime_rules import RuntimeRules
from crm_common.runtime import measures, topology
from crm_common.runtime.assembly import Assembly
from crm_common.runtime.calling import BrokerPeers
from crm_common.runtime.connection import BROKEN, KeptConnection, open_channel
from crm_common.runtime.dispatch import UnknownMethodError
from crm_common.runtime.storing import acknowledge
from crm_common.runtime.wire import CONTENT_TYPE, error_body, plain_headers, read_call, reply_body

NO_DEADLINE = 300.0
"""Seconds for which a reply is kept for a plain Nameko client: it waits for ever, its reply queue lives so long."""

_CANCEL_SECONDS = 2.0

Spawn = Callable[..., Any]


class Consumer:
    """Consumes one service's calls. ``spawn(function, argument)`` runs one in a worker of its own."""

    def __init__(self, url: str, assembly: Assembly, peers: BrokerPeers, *, workers: int, spawn: Spawn) -> None:
        self._assembly = assembly
        self._service = assembly.host.service
        self._peers = peers
        self._workers = workers
        self._spawn = spawn
        self._consuming: tuple[amqp.Channel, str] | None = None
        self._in_work = 0
        self._idle = threading.Event()
        self._draining = False
        measures.calls_in_work.labels(self._service).set_function(lambda: self._in_work)
        self.connection = KeptConnection(url, name=f"{self._service}.consumer", setup=self._open, lost=self._lose)

    def start(self) -> None:
        """Begin to consume; again after every loss of the connection."""
        self.connection.start()

    def drain(self, seconds: float) -> bool:
        """Take nothing more and wait until everything begun is done; False when ``seconds`` were not enough."""
        self._draining = True
        until = time.monotonic() + seconds
        if self._consuming is not None:
            with suppress(*BROKEN):
                self._take_no_more(*self._consuming, min(seconds, _CANCEL_SECONDS))
        done = self._in_work == 0 or self._idle.wait(max(0.0, until - time.monotonic()))
        self.connection.stop()
        return done

    @staticmethod
    def _take_no_more(channel: amqp.Channel, tag: str, seconds: float) -> None:
        # calls that are on their way until the broker confirms are answered too: dropped, they would come to another
        # replica marked as begun once, and a command without a key would be refused for nothing
        until = time.monotonic() + seconds
        channel.send_method(spec.Basic.Cancel, "sb", (tag, False))
        while tag in channel.callbacks and time.monotonic() < until:
            time.sleep(0.01)

    def _open(self, connection: amqp.Connection) -> None:
        if self._draining:
            return
        channel = open_channel(connection)
        queue = topology.declare_rpc(connection, channel, self._service)
        channel.basic_qos(0, self._workers, False)
        self._consuming = (channel, channel.basic_consume(queue, callback=self._on_call, on_cancel=self._renew))

    def _lose(self) -> None:
        self._consuming = None

    def _renew(self, _tag: str) -> None:
        # somebody has removed the queue
        self.connection.renew()

    def _on_call(self, message: amqp.Message) -> None:
        self._in_work += 1
        self._spawn(self._serve, message)

    def _serve(self, message: amqp.Message) -> None:
        try:
            headers = plain_headers(message.properties.get("application_headers") or {})
            body = self._answer(message, headers)
            self._reply(message, headers, body)
            acknowledge(message)
        finally:
            self._in_work -= 1
            if self._draining and self._in_work == 0:
                self._idle.set()

    def _answer(self, message: amqp.Message, headers: dict[str, Any]) -> bytes:
        method = message.delivery_info["routing_key"].rpartition(".")[2]
        try:
            fields = self._fields(message, method)
            return reply_body(self._assembly.dispatcher.answer(method, fields, headers))
        except UnknownMethodError as unknown:
            return b'{"result":null,"error":%b}' % codec.encode(serialize(MethodNotFound(unknown.method)))
        except CrmError as refusal:
            return error_body(refusal)
        except Exception:  # noqa: BLE001 - headers and bodies come from anybody; none of them may end a worker
            telemetry.logger(self._service).exception("rpc.unreadable", method=method)
            return error_body(RuntimeRules.the_service_failed(service=self._service, correlation_id=""))

    def _fields(self, message: amqp.Message, method: str) -> dict[str, Any]:
        if message.properties.get("content_type", CONTENT_TYPE) != CONTENT_TYPE:
            raise CommonRules.a_value_has_the_wrong_shape(problem=f"calls are {CONTENT_TYPE}")
        fields = read_call(message.body)
        repeated = message.delivery_info["redelivered"]
        if repeated and not self._assembly.dispatcher.may_run_twice(method, fields):
            raise RuntimeRules.the_outcome_is_unknown(service=self._service)
        return fields

    def _reply(self, message: amqp.Message, headers: dict[str, Any], body: bytes) -> None:
        reply_to = message.properties.get("reply_to")
        if not reply_to:
            return
        try:
            deadline = headers.get("deadline")
            seconds = float(deadline) - time.time() if deadline else NO_DEADLINE
            self._peers.reply(str(reply_to), str(message.properties.get("correlation_id", "")), body, seconds)
        except Exception as broken:  # noqa: BLE001 - the caller will give up at his deadline; the worker goes on
            telemetry.logger(self._service).warning("rpc.reply_lost", problem=repr(broken))
