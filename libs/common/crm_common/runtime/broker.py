"""Runs one service class on RabbitMQ: one green process, as many replicas as wanted. The process is patched already."""

# mypy: disallow-untyped-calls=False
from __future__ import annotations

import os
import signal
import threading
import time
from collections.abc import Callable
from typing import Any

from eventlet import GreenPool
from nameko.constants import AMQP_URI_CONFIG_KEY, MAX_WORKERS_CONFIG_KEY
from nameko.containers import ServiceContainer, get_service_name

from crm_common import telemetry
from crm_common.clock import SystemClock
from crm_common.context import Seal
from crm_common.ids import Uuid7
from crm_common.runtime.assembly import Assembly, Builtins
from crm_common.runtime.calling import BrokerPeers
from crm_common.runtime.collecting import spare_what_stays
from crm_common.runtime.consuming import Consumer
from crm_common.runtime.events import BrokerPublisher
from crm_common.runtime.health import HealthServer
from crm_common.runtime.host import CONFIG_KEY, ServiceHost
from crm_common.runtime.storing import Subscribers
from crm_common.settings import Misconfigured, ServiceSettings, SettingsReader
from crm_common.settings_data import StoredSettings
from crm_common.store import Store

ReaderOf = Callable[[Store, BrokerPeers], SettingsReader]
"""Makes what reads the company's settings in this process."""

_CLOSING_SECONDS = 3.0
"""What is kept of the time to drain for closing connections."""


class BrokerService:
    """One service on the broker. ``start``, then ``stop`` within its time; see :func:`run` for a whole process."""

    def __init__(
        self,
        service_cls: type,
        settings: ServiceSettings,
        *,
        reader: ReaderOf | None = None,
        builtins: Builtins | None = None,
    ) -> None:
        url = amqp_url(settings)
        self.service = get_service_name(service_cls)
        self._log = telemetry.logger(self.service)
        self.store = Store(settings.database_url.reveal(), service=self.service, size=settings.pool_size)
        seal = Seal(settings.process.cluster_secret.reveal().encode())
        self.peers = BrokerPeers(url, service=self.service, seal=seal)
        host = ServiceHost(
            service=self.service,
            store=self.store,
            seal=seal,
            clock=SystemClock(),
            ids=Uuid7(),
            settings=reader(self.store, self.peers) if reader else StoredSettings(self.store),
            client=self.peers,
            mode="broker",
            environment=settings,
        )
        self.container = ServiceContainer(
            service_cls, {CONFIG_KEY: host, AMQP_URI_CONFIG_KEY: url, MAX_WORKERS_CONFIG_KEY: settings.workers}
        )
        publisher = BrokerPublisher(url, service=self.service)
        self.assembly = Assembly(self.container, publisher, builtins=builtins)
        pool = GreenPool(settings.workers)
        self.consumer = Consumer(url, self.assembly, self.peers, workers=settings.workers, spawn=pool.spawn_n)
        self.subscribers = Subscribers(url, self.assembly)
        self._ready_until_stopped = False

    def start(self) -> None:
        """Start providers and loops, then begin to consume. Waits for no server: what is away now is joined later."""
        self.container.start()
        self.peers.connection.start()
        self.assembly.start()
        self.subscribers.start()
        self.consumer.start()
        self._ready_until_stopped = True

    def checks(self) -> dict[str, Callable[[], bool]]:
        """What has to hold before this process should be sent work."""
        return {
            "running": lambda: self._ready_until_stopped,
            "broker": lambda: all(part.connection.standing() for part in (self.consumer, self.subscribers, self.peers)),
            "database": lambda: self.store.read("SELECT 1") == b"1",
        }

    def stop(self, seconds: float) -> bool:
        """Take nothing more, finish what was begun, close everything; False when ``seconds`` were not enough."""
        self._ready_until_stopped = False
        until = time.monotonic() + max(0.0, seconds - _CLOSING_SECONDS)

        def left() -> float:
            return max(0.0, until - time.monotonic())

        answered = self.consumer.drain(left())
        stored = self.subscribers.stop(left())
        # calls are done; a job that still waits for a peer goes on in another replica, from its checkpoint
        self.peers.hang_up()
        running = self.assembly.stop(left())
        for name in running:
            self._log.error("service.loop_did_not_end", loop=name)
        if not answered:
            self._log.error("service.calls_did_not_end", seconds=seconds)
        self.peers.connection.stop()
        if answered:
            # Nameko waits here for workers of entrypoints that are not ours, without a limit: `run` has one
            self.container.stop()
        self.store.close()
        return answered and stored and not running


def amqp_url(settings: ServiceSettings) -> str:
    """Where the broker is; ``Misconfigured`` when the environment does not say."""
    url = settings.process.amqp_url
    if url is None:
        raise Misconfigured(["CRM_AMQP_URL is missing: a service process needs RabbitMQ"])
    return url.reveal()


def run(service_cls: type, settings: ServiceSettings, **options: Any) -> int:
    """Run the service until SIGTERM or SIGINT; the process's exit code: 0 when everything begun was finished.

    ``options`` are those of :class:`BrokerService`. A second signal, or ``drain_seconds`` gone by, ends it at once.
    """
    told = threading.Event()
    signals: list[int] = []

    def on_signal(number: int, _frame: Any) -> None:
        signals.append(number)
        if len(signals) > 1:
            os._exit(1)

    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, on_signal)
    service = BrokerService(service_cls, settings, **options)
    health = None
    process = settings.process
    if process.metrics_port is not None:
        health = HealthServer((process.listen_address, process.metrics_port), service.checks())
        health.start()
    service.start()
    spare_what_stays()
    telemetry.logger(service.service).info("service.started", health_port=health.port if health else None)
    while not signals:
        # a handler cannot wake the hub, so the flag is looked at
        told.wait(0.2)
    telemetry.logger(service.service).info("service.draining", seconds=process.drain_seconds)
    clean = service.stop(process.drain_seconds)
    if health:
        health.stop()
    telemetry.logger(service.service).info("service.stopped", clean=clean)
    return 0 if clean else 1
